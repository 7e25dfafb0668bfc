-- Fingerprints of items (PDQ), the clusters of near-duplicates they make, and acts that decide many cases of one at once.
-- A row without a fingerprint says why there is none, so that "not compared" is never taken for "resembles nothing".
CREATE TABLE item_pdq (
  item_id INTEGER PRIMARY KEY REFERENCES item (id),
  pdq     BLOB CHECK (length(pdq) = 32),
  quality INTEGER CHECK (quality BETWEEN 0 AND 100),
  source  TEXT NOT NULL CHECK (source IN ('scanner', 'airlock')),
  problem TEXT,
  linked  INTEGER NOT NULL DEFAULT 0 CHECK (linked IN (0, 1)),
  seq     INTEGER NOT NULL REFERENCES ledger_leaf (seq),
  CHECK ((pdq IS NULL) = (quality IS NULL)),
  CHECK ((pdq IS NULL) = (problem IS NOT NULL)),
  CHECK (linked = 0 OR quality >= 50)
) STRICT;
CREATE INDEX item_pdq_unlinked ON item_pdq (item_id) WHERE linked = 0 AND quality >= 50;
CREATE INDEX item_pdq_low ON item_pdq (item_id) WHERE quality < 50;
CREATE INDEX item_pdq_none ON item_pdq (item_id) WHERE pdq IS NULL;
-- Items that still wait for a fingerprint.
CREATE TABLE item_wait (
  item_id INTEGER PRIMARY KEY REFERENCES item (id)
) STRICT;
INSERT INTO item_wait (item_id) SELECT id FROM item;

-- Connected components at distance 31, of two cases or more. A cluster is called by its smallest case number; `id` is
-- only what its members point to, so that a merge moves the smaller side.
CREATE TABLE cluster (
  id         INTEGER PRIMARY KEY,
  first_case INTEGER NOT NULL UNIQUE REFERENCES review_case (id),
  cases      INTEGER NOT NULL CHECK (cases >= 2),
  medoid     INTEGER NOT NULL REFERENCES review_case (id),
  farthest   INTEGER NOT NULL REFERENCES review_case (id),
  widest     INTEGER NOT NULL,
  open       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cluster_by_open ON cluster (open DESC, first_case);
CREATE INDEX cluster_open_oldest ON cluster (first_case) WHERE open > 0;
CREATE TABLE cluster_member (
  case_id    INTEGER PRIMARY KEY REFERENCES review_case (id),
  cluster_id INTEGER NOT NULL
) STRICT;
CREATE INDEX cluster_member_of ON cluster_member (cluster_id, case_id);

CREATE TABLE cluster_act (
  seq            INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  cluster        INTEGER NOT NULL,
  account        TEXT NOT NULL,
  verdict        TEXT NOT NULL CHECK (verdict IN ('confirmed', 'not-a-match', 'cannot-tell', 'escalated')),
  classification TEXT CHECK (classification IN ('A1', 'A2', 'B1', 'B2')),
  medoid         INTEGER NOT NULL REFERENCES review_case (id),
  farthest       INTEGER NOT NULL REFERENCES review_case (id),
  cases          INTEGER NOT NULL,
  looked_at      INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  settles_at     INTEGER NOT NULL
) STRICT;
CREATE TABLE cluster_act_decision (
  decision_seq INTEGER PRIMARY KEY REFERENCES decision (seq),
  act_seq      INTEGER NOT NULL REFERENCES cluster_act (seq),
  case_id      INTEGER NOT NULL REFERENCES review_case (id)
) STRICT;
CREATE INDEX cluster_act_decision_of ON cluster_act_decision (act_seq);
CREATE INDEX cluster_act_decision_case ON cluster_act_decision (case_id);
CREATE TABLE cluster_act_withdrawal (
  act_seq INTEGER PRIMARY KEY REFERENCES cluster_act (seq),
  seq     INTEGER NOT NULL REFERENCES ledger_leaf (seq)
) STRICT;
CREATE TRIGGER cluster_act_update BEFORE UPDATE ON cluster_act BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_delete BEFORE DELETE ON cluster_act BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_replace BEFORE INSERT ON cluster_act
WHEN EXISTS (SELECT 1 FROM cluster_act WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_decision_update BEFORE UPDATE ON cluster_act_decision BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_decision_delete BEFORE DELETE ON cluster_act_decision BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_decision_replace BEFORE INSERT ON cluster_act_decision
WHEN EXISTS (SELECT 1 FROM cluster_act_decision WHERE decision_seq = NEW.decision_seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_withdrawal_update BEFORE UPDATE ON cluster_act_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_withdrawal_delete BEFORE DELETE ON cluster_act_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER cluster_act_withdrawal_replace BEFORE INSERT ON cluster_act_withdrawal
WHEN EXISTS (SELECT 1 FROM cluster_act_withdrawal WHERE act_seq = NEW.act_seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
