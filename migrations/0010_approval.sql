-- Acts that need two persons: what one proposed, and how it ended. An open one past `expires_at` has expired by itself.
CREATE TABLE proposal (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL,
  subject        TEXT NOT NULL,
  subject_sha256 TEXT NOT NULL CHECK (length(subject_sha256) = 64),
  reason         TEXT NOT NULL,
  proposed_by    TEXT NOT NULL,
  proposed_at    INTEGER NOT NULL,
  proposed_seq   INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  expires_at     INTEGER NOT NULL,
  state          TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
  decided_by     TEXT,
  decided_at     INTEGER,
  decided_seq    INTEGER UNIQUE REFERENCES ledger_leaf (seq),
  decided_why    TEXT,
  CHECK ((state = 'open') = (decided_by IS NULL)),
  CHECK ((state = 'open') = (decided_at IS NULL)),
  CHECK ((state = 'open') = (decided_seq IS NULL)),
  CHECK (state NOT IN ('approved', 'refused') OR decided_by <> proposed_by),
  CHECK (state <> 'withdrawn' OR decided_by = proposed_by)
) STRICT;
CREATE INDEX proposal_open ON proposal (subject_sha256) WHERE state = 'open';
CREATE TRIGGER proposal_begins_open BEFORE INSERT ON proposal
WHEN NEW.state <> 'open' OR EXISTS (SELECT 1 FROM proposal WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER proposal_ends_once BEFORE UPDATE ON proposal
WHEN OLD.state <> 'open' OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject IS NOT OLD.subject
  OR NEW.subject_sha256 IS NOT OLD.subject_sha256 OR NEW.reason IS NOT OLD.reason OR NEW.proposed_by IS NOT OLD.proposed_by
  OR NEW.proposed_at IS NOT OLD.proposed_at OR NEW.proposed_seq IS NOT OLD.proposed_seq OR NEW.expires_at IS NOT OLD.expires_at
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER proposal_delete BEFORE DELETE ON proposal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
