-- Reports from their sealing on: what became of each, until when it is kept, what holds it, what was destroyed.

-- Knowledge: when the first confirmed decision was made of the run that stands. Empty unless a case is confirmed.
ALTER TABLE review_case ADD COLUMN known_at INTEGER;
UPDATE review_case SET known_at = (
  SELECT min(d.at) FROM decision d
  WHERE d.case_id = review_case.id AND d.verdict = 'confirmed' AND d.seq <= review_case.decision_seq
    AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.decision_seq = d.seq)
    AND d.seq > coalesce((SELECT max(o.seq) FROM decision o
      WHERE o.case_id = review_case.id AND o.verdict <> 'confirmed' AND o.seq < review_case.decision_seq
        AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.decision_seq = o.seq)), -1))
WHERE state IN ('confirmed', 'packaged');
CREATE INDEX case_unreported ON review_case (known_at, id) WHERE state = 'confirmed';
CREATE INDEX case_unreported_of ON review_case (decided_by, known_at, id) WHERE state = 'confirmed';
CREATE TRIGGER case_known AFTER UPDATE OF state ON review_case
WHEN NEW.state = 'confirmed' AND OLD.state NOT IN ('confirmed', 'packaged') BEGIN
  UPDATE review_case SET known_at = (
    SELECT min(d.at) FROM decision d
    WHERE d.case_id = NEW.id AND d.verdict = 'confirmed' AND d.seq <= NEW.decision_seq
      AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.decision_seq = d.seq)
      AND d.seq > coalesce((SELECT max(o.seq) FROM decision o
        WHERE o.case_id = NEW.id AND o.verdict <> 'confirmed' AND o.seq < NEW.decision_seq
          AND NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.decision_seq = o.seq)), -1))
  WHERE id = NEW.id;
END;
CREATE TRIGGER case_unknown AFTER UPDATE OF state ON review_case
WHEN NEW.state NOT IN ('confirmed', 'packaged') AND OLD.state IN ('confirmed', 'packaged') BEGIN
  UPDATE review_case SET known_at = NULL WHERE id = NEW.id;
END;

-- Confirmed cases in no report by the hour they were known, so that the board's counts cost nothing to show.
CREATE TABLE unreported_hour (
  hour INTEGER PRIMARY KEY,
  n    INTEGER NOT NULL CHECK (n >= 0)
) STRICT;
INSERT INTO unreported_hour (hour, n)
  SELECT known_at / 3600000, count(*) FROM review_case WHERE state = 'confirmed' AND known_at IS NOT NULL GROUP BY 1;
CREATE TRIGGER case_counted AFTER UPDATE OF state, known_at ON review_case BEGIN
  UPDATE unreported_hour SET n = n - 1
  WHERE OLD.state = 'confirmed' AND OLD.known_at IS NOT NULL AND hour = OLD.known_at / 3600000;
  INSERT INTO unreported_hour (hour, n) SELECT NEW.known_at / 3600000, 1
  WHERE NEW.state = 'confirmed' AND NEW.known_at IS NOT NULL
  ON CONFLICT (hour) DO UPDATE SET n = n + 1;
END;

-- A case whose report was withdrawn may go into another one.
CREATE TABLE report_member (
  report_id INTEGER NOT NULL REFERENCES report (id),
  case_id   INTEGER NOT NULL REFERENCES review_case (id),
  PRIMARY KEY (report_id, case_id)
) STRICT, WITHOUT ROWID;
INSERT INTO report_member SELECT report_id, case_id FROM report_case;
DROP TABLE report_case;
ALTER TABLE report_member RENAME TO report_case;
CREATE INDEX report_case_by_case ON report_case (case_id);
CREATE INDEX case_reported ON review_case (report_id) WHERE report_id IS NOT NULL;

-- What happened to a report, in order.
CREATE TABLE report_event (
  seq       INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  report_id INTEGER NOT NULL REFERENCES report (id),
  state     TEXT NOT NULL CHECK (state IN ('sealed', 'approved', 'filed', 'withdrawn')),
  at        INTEGER NOT NULL,
  account   TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  proposal  INTEGER REFERENCES proposal (id),
  route     TEXT CHECK (route IN ('cybertip', 'cybertip-form', 'nca', 'hotline', 'law-enforcement')),
  reason    TEXT,
  CHECK (state <> 'approved' OR proposal IS NOT NULL),
  CHECK ((state IN ('approved', 'filed')) = (route IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX report_event_by_report ON report_event (report_id, seq);
CREATE TRIGGER report_event_two_persons BEFORE INSERT ON report_event
WHEN NEW.state = 'filed' AND NOT EXISTS (
  SELECT 1 FROM report_event e JOIN proposal p ON p.id = e.proposal
  WHERE e.report_id = NEW.report_id AND e.state = 'approved' AND e.route = NEW.route AND e.sha256 = NEW.sha256
    AND p.kind = 'file-report' AND p.state = 'approved' AND p.decided_by <> p.proposed_by)
BEGIN SELECT RAISE(ABORT, 'two persons'); END;
CREATE TRIGGER report_event_update BEFORE UPDATE ON report_event BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER report_event_delete BEFORE DELETE ON report_event BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER report_event_replace BEFORE INSERT ON report_event
WHEN EXISTS (SELECT 1 FROM report_event WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Where each report stands, as its events say.
CREATE TABLE register (
  report_id      INTEGER PRIMARY KEY REFERENCES report (id),
  state          TEXT NOT NULL CHECK (state IN ('sealed', 'approved', 'filed', 'withdrawn')),
  cases          INTEGER NOT NULL,
  known_at       INTEGER NOT NULL,
  owner          TEXT NOT NULL,
  route          TEXT,
  filed_at       INTEGER,
  preserve_until INTEGER,
  ended          INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
  CHECK ((state = 'filed') = (filed_at IS NOT NULL) AND (filed_at IS NULL) = (preserve_until IS NULL)),
  CHECK (preserve_until >= filed_at + 31536000000),
  CHECK (ended = 0 OR state = 'filed')
) STRICT;
CREATE INDEX register_open ON register (known_at, report_id) WHERE state IN ('sealed', 'approved');
CREATE INDEX register_kept ON register (preserve_until, report_id) WHERE state = 'filed' AND ended = 0;
CREATE INDEX register_by_state ON register (state, report_id);
CREATE TRIGGER register_begins_sealed BEFORE INSERT ON register
WHEN NEW.state <> 'sealed' OR EXISTS (SELECT 1 FROM register WHERE report_id = NEW.report_id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER register_moves_on BEFORE UPDATE ON register
WHEN NEW.report_id IS NOT OLD.report_id OR NEW.known_at IS NOT OLD.known_at OR NEW.cases IS NOT OLD.cases
  OR NOT (NEW.state = OLD.state OR (OLD.state = 'sealed' AND NEW.state IN ('approved', 'withdrawn'))
          OR (OLD.state = 'approved' AND NEW.state IN ('filed', 'withdrawn')))
  OR (OLD.filed_at IS NOT NULL AND NEW.filed_at IS NOT OLD.filed_at)
  OR coalesce(NEW.preserve_until < OLD.preserve_until, 0) OR NEW.ended < OLD.ended
BEGIN SELECT RAISE(ABORT, 'forward only'); END;
CREATE TRIGGER register_delete BEFORE DELETE ON register BEGIN SELECT RAISE(ABORT, 'append-only'); END;

INSERT INTO report_event (seq, report_id, state, at, account, sha256)
  SELECT seq, id, 'sealed', sealed_at, account, sha256 FROM report ORDER BY seq;
INSERT INTO register (report_id, state, cases, known_at, owner)
  SELECT r.id, 'sealed', (SELECT count(*) FROM report_case m WHERE m.report_id = r.id),
    coalesce((SELECT min(c.known_at) FROM report_case m JOIN review_case c ON c.id = m.case_id WHERE m.report_id = r.id), r.sealed_at),
    r.account FROM report r;

-- What the recipient answered, byte for byte.
CREATE TABLE receipt (
  report_id   INTEGER PRIMARY KEY REFERENCES report (id),
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  filed_at    INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  number      TEXT,
  sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
  body        BLOB NOT NULL
) STRICT;
CREATE TRIGGER receipt_update BEFORE UPDATE ON receipt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER receipt_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER receipt_replace BEFORE INSERT ON receipt
WHEN EXISTS (SELECT 1 FROM receipt WHERE report_id = NEW.report_id) BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Until when a report is kept: filed plus one year, then whatever it was extended to.
CREATE TABLE preservation (
  seq       INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  report_id INTEGER NOT NULL REFERENCES report (id),
  until     INTEGER NOT NULL,
  reason    TEXT,
  account   TEXT NOT NULL,
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX preservation_by_report ON preservation (report_id, seq);
CREATE TRIGGER preservation_extends BEFORE INSERT ON preservation
WHEN EXISTS (SELECT 1 FROM preservation WHERE seq = NEW.seq OR (report_id = NEW.report_id AND until >= NEW.until))
BEGIN SELECT RAISE(ABORT, 'only ever extended'); END;
CREATE TRIGGER preservation_update BEFORE UPDATE ON preservation BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER preservation_delete BEFORE DELETE ON preservation BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Legal holds, on a report or on a case.
CREATE TABLE hold (
  id         INTEGER PRIMARY KEY,
  report_id  INTEGER REFERENCES report (id),
  case_id    INTEGER REFERENCES review_case (id),
  reference  TEXT NOT NULL,
  asked_by   TEXT NOT NULL,
  added_by   TEXT NOT NULL,
  added_at   INTEGER NOT NULL,
  seq        INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  lifted_at  INTEGER,
  lifted_by  TEXT,
  lifted_seq INTEGER UNIQUE REFERENCES ledger_leaf (seq),
  proposal   INTEGER REFERENCES proposal (id),
  CHECK ((report_id IS NULL) <> (case_id IS NULL)),
  CHECK ((lifted_seq IS NULL) = (lifted_at IS NULL) AND (lifted_seq IS NULL) = (lifted_by IS NULL)
     AND (lifted_seq IS NULL) = (proposal IS NULL))
) STRICT;
CREATE INDEX hold_on_report ON hold (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX hold_on_case ON hold (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX hold_stands ON hold (id) WHERE lifted_seq IS NULL;
CREATE TRIGGER hold_begins BEFORE INSERT ON hold
WHEN NEW.lifted_seq IS NOT NULL OR EXISTS (SELECT 1 FROM hold WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER hold_lifts_once BEFORE UPDATE ON hold
WHEN OLD.lifted_seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.report_id IS NOT OLD.report_id
  OR NEW.case_id IS NOT OLD.case_id OR NEW.reference IS NOT OLD.reference OR NEW.asked_by IS NOT OLD.asked_by
  OR NEW.added_by IS NOT OLD.added_by OR NEW.added_at IS NOT OLD.added_at OR NEW.seq IS NOT OLD.seq
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER hold_delete BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Originals that two persons had destroyed. A row stands from the order on; the bytes are gone once `done_seq` is set.
CREATE TABLE destruction (
  id          INTEGER PRIMARY KEY,
  report_id   INTEGER NOT NULL REFERENCES report (id),
  ground      TEXT NOT NULL CHECK (ground IN ('preservation-ended', 'law-enforcement')),
  reference   TEXT NOT NULL,
  asked_by    TEXT NOT NULL,
  proposal    INTEGER NOT NULL UNIQUE REFERENCES proposal (id),
  ordered_at  INTEGER NOT NULL,
  ordered_seq INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  done_at     INTEGER,
  done_seq    INTEGER UNIQUE REFERENCES ledger_leaf (seq),
  CHECK ((done_at IS NULL) = (done_seq IS NULL))
) STRICT;
CREATE INDEX destruction_by_report ON destruction (report_id);
CREATE INDEX destruction_open ON destruction (id) WHERE done_seq IS NULL;
CREATE TRIGGER destruction_begins BEFORE INSERT ON destruction
WHEN NEW.done_seq IS NOT NULL OR EXISTS (SELECT 1 FROM destruction WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER destruction_ends_once BEFORE UPDATE ON destruction
WHEN OLD.done_seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.report_id IS NOT OLD.report_id
  OR NEW.ground IS NOT OLD.ground OR NEW.reference IS NOT OLD.reference OR NEW.asked_by IS NOT OLD.asked_by
  OR NEW.proposal IS NOT OLD.proposal OR NEW.ordered_at IS NOT OLD.ordered_at OR NEW.ordered_seq IS NOT OLD.ordered_seq
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER destruction_delete BEFORE DELETE ON destruction BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TABLE destroyed (
  item_id     INTEGER PRIMARY KEY REFERENCES item (id),
  case_id     INTEGER NOT NULL UNIQUE REFERENCES review_case (id),
  destruction INTEGER NOT NULL REFERENCES destruction (id),
  was_sealed  INTEGER NOT NULL CHECK (was_sealed IN (0, 1))
) STRICT;
CREATE INDEX destroyed_by_destruction ON destroyed (destruction, case_id);
CREATE TRIGGER destroyed_never_held BEFORE INSERT ON destroyed
WHEN EXISTS (SELECT 1 FROM destroyed WHERE item_id = NEW.item_id)
  OR EXISTS (SELECT 1 FROM hold WHERE lifted_seq IS NULL AND case_id = NEW.case_id)
  OR EXISTS (SELECT 1 FROM hold h JOIN report_case m ON m.report_id = h.report_id
       WHERE h.lifted_seq IS NULL AND m.case_id = NEW.case_id)
  OR NOT EXISTS (SELECT 1 FROM review_case c JOIN register r ON r.report_id = c.report_id
       WHERE c.id = NEW.case_id AND r.state = 'filed')
BEGIN SELECT RAISE(ABORT, 'held'); END;
CREATE TRIGGER destroyed_update BEFORE UPDATE ON destroyed BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER destroyed_delete BEFORE DELETE ON destroyed BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE INDEX proposal_waiting ON proposal (kind) WHERE state = 'open';
