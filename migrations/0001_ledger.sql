-- The append-only Merkle log (RFC 6962 tree, stored-hash layout of C2SP tlog), and the readable body each leaf commits to.
-- The "next key only" guards matter: INSERT OR REPLACE would otherwise overwrite a row without firing a delete trigger.
CREATE TABLE ledger_leaf (
  seq  INTEGER PRIMARY KEY CHECK (seq >= 0),
  leaf BLOB NOT NULL CHECK (length(leaf) BETWEEN 2 AND 65535)
) STRICT;
CREATE TABLE ledger_hash (
  idx  INTEGER PRIMARY KEY CHECK (idx >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE act (
  seq     INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  at      INTEGER NOT NULL,
  account TEXT NOT NULL,
  role    TEXT NOT NULL,
  kind    TEXT NOT NULL,
  case_id INTEGER,
  salt    BLOB NOT NULL CHECK (length(salt) = 16),
  body    TEXT NOT NULL
) STRICT;
CREATE INDEX act_by_case ON act (case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX act_by_account ON act (account, seq);
CREATE INDEX act_by_kind ON act (kind, seq);
CREATE INDEX act_by_time ON act (at);

CREATE TRIGGER ledger_leaf_next BEFORE INSERT ON ledger_leaf
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_leaf) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER ledger_leaf_update BEFORE UPDATE ON ledger_leaf BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_leaf_delete BEFORE DELETE ON ledger_leaf BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_hash_next BEFORE INSERT ON ledger_hash
WHEN NEW.idx IS NOT (SELECT coalesce(max(idx), -1) + 1 FROM ledger_hash) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER ledger_hash_update BEFORE UPDATE ON ledger_hash BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_hash_delete BEFORE DELETE ON ledger_hash BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER act_next BEFORE INSERT ON act
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM act) BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER act_update BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER act_delete BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'append-only'); END;
