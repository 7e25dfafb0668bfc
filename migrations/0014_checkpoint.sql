-- The keys that sign the ledger's checkpoints (public halves), and every checkpoint that was signed: what the ledger may never
-- contradict again. `seq` is the leaf that made it known; a checkpoint covers leaves before that one.
CREATE TABLE ledger_key (
  id   INTEGER PRIMARY KEY CHECK (id >= 1),
  seq  INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  vkey TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE checkpoint (
  id   INTEGER PRIMARY KEY CHECK (id >= 1),
  seq  INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  size INTEGER NOT NULL CHECK (size BETWEEN 1 AND seq),
  root BLOB NOT NULL CHECK (length(root) = 32),
  at   INTEGER NOT NULL,
  sink TEXT NOT NULL CHECK (sink IN ('exported', 'packaged')),
  note TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_by_size ON checkpoint (size);
-- Sealed originals that were handed out, each by an approved proposal.
CREATE TABLE handout (
  id        INTEGER PRIMARY KEY CHECK (id >= 1),
  seq       INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  report_id INTEGER NOT NULL REFERENCES report (id),
  proposal  INTEGER NOT NULL REFERENCES proposal (id),
  account   TEXT NOT NULL,
  at        INTEGER NOT NULL,
  path      TEXT NOT NULL,
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;
CREATE TRIGGER ledger_key_next BEFORE INSERT ON ledger_key
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM ledger_key) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER ledger_key_update BEFORE UPDATE ON ledger_key BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_key_delete BEFORE DELETE ON ledger_key BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER checkpoint_next BEFORE INSERT ON checkpoint
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM checkpoint) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER handout_next BEFORE INSERT ON handout
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM handout) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER handout_update BEFORE UPDATE ON handout BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER handout_delete BEFORE DELETE ON handout BEGIN SELECT RAISE(ABORT, 'append-only'); END;
