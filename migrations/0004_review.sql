-- Claims, exposures and decisions. A decision is never changed: it is superseded or withdrawn by a later row.
CREATE TABLE lease (
  case_id    INTEGER PRIMARY KEY REFERENCES review_case (id),
  account    TEXT NOT NULL UNIQUE,
  since      INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE skip (
  case_id INTEGER NOT NULL REFERENCES review_case (id),
  account TEXT NOT NULL,
  seq     INTEGER NOT NULL REFERENCES ledger_leaf (seq),
  PRIMARY KEY (case_id, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE exposure (
  id         TEXT PRIMARY KEY,
  case_id    INTEGER NOT NULL REFERENCES review_case (id),
  account    TEXT NOT NULL,
  level      TEXT NOT NULL CHECK (level IN ('mosaic', 'strong', 'soft')),
  opened_at  INTEGER NOT NULL,
  opened_seq INTEGER NOT NULL REFERENCES ledger_leaf (seq),
  closed_seq INTEGER REFERENCES ledger_leaf (seq),
  ms         INTEGER CHECK (ms >= 0)
) STRICT;
CREATE INDEX exposure_by_case ON exposure (case_id, opened_seq);
CREATE INDEX exposure_by_account ON exposure (account, opened_at);
CREATE INDEX exposure_open ON exposure (account) WHERE closed_seq IS NULL;
CREATE TABLE decision (
  seq            INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  case_id        INTEGER NOT NULL REFERENCES review_case (id),
  account        TEXT NOT NULL,
  round          INTEGER NOT NULL,
  verdict        TEXT NOT NULL CHECK (verdict IN ('confirmed', 'not-a-match', 'cannot-tell', 'escalated')),
  classification TEXT CHECK (classification IN ('A1', 'A2', 'B1', 'B2')),
  rationale      TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  level_seen     TEXT NOT NULL,
  at             INTEGER NOT NULL,
  settles_at     INTEGER NOT NULL,
  supersedes     INTEGER REFERENCES decision (seq),
  CHECK ((verdict = 'confirmed') = (classification IS NOT NULL))
) STRICT;
CREATE INDEX decision_by_case ON decision (case_id, seq);
CREATE TABLE withdrawal (
  decision_seq INTEGER PRIMARY KEY REFERENCES decision (seq),
  seq          INTEGER NOT NULL REFERENCES ledger_leaf (seq)
) STRICT;
CREATE TRIGGER decision_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER decision_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER decision_replace BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER withdrawal_update BEFORE UPDATE ON withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER withdrawal_delete BEFORE DELETE ON withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER withdrawal_replace BEFORE INSERT ON withdrawal
WHEN EXISTS (SELECT 1 FROM withdrawal WHERE decision_seq = NEW.decision_seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
