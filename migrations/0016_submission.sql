-- Submissions of approved packages to a hotline: one row for each try, and everything asked and answered, in order.
CREATE TABLE submission (
  id             INTEGER PRIMARY KEY,
  report_id      INTEGER NOT NULL REFERENCES report (id),
  environment    TEXT NOT NULL CHECK (environment IN ('test', 'production')),
  config_sha256  TEXT NOT NULL CHECK (length(config_sha256) = 64),
  package_sha256 TEXT NOT NULL CHECK (length(package_sha256) = 64),
  files          INTEGER NOT NULL CHECK (files > 0),
  account        TEXT NOT NULL,
  begun_at       INTEGER NOT NULL,
  seq            INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  number         TEXT,
  opened_at      INTEGER,
  touched_at     INTEGER,
  files_done     INTEGER NOT NULL DEFAULT 0 CHECK (files_done BETWEEN 0 AND files),
  outcome        TEXT CHECK (outcome IN ('filed', 'rehearsed', 'retracted', 'failed', 'orphaned', 'receipt-lost')),
  ended_at       INTEGER,
  ended_seq      INTEGER UNIQUE REFERENCES ledger_leaf (seq),
  CHECK ((number IS NULL) = (opened_at IS NULL)),
  CHECK ((number IS NULL) = (touched_at IS NULL)),
  CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  CHECK ((outcome IS NULL) = (ended_seq IS NULL)),
  CHECK (outcome <> 'filed' OR environment = 'production'),
  CHECK (outcome <> 'rehearsed' OR environment = 'test')
) STRICT;
-- One at a time, and what was finished in production stands for good: the store itself refuses a second.
CREATE UNIQUE INDEX submission_open ON submission (report_id) WHERE outcome IS NULL;
CREATE UNIQUE INDEX submission_once ON submission (report_id)
  WHERE environment = 'production' AND outcome IN ('filed', 'receipt-lost');
CREATE TRIGGER submission_begins_open BEFORE INSERT ON submission
WHEN NEW.outcome IS NOT NULL OR EXISTS (SELECT 1 FROM submission WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER submission_ends_once BEFORE UPDATE ON submission
WHEN OLD.outcome IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.report_id IS NOT OLD.report_id
  OR NEW.environment IS NOT OLD.environment OR NEW.config_sha256 IS NOT OLD.config_sha256
  OR NEW.package_sha256 IS NOT OLD.package_sha256 OR NEW.files IS NOT OLD.files OR NEW.account IS NOT OLD.account
  OR NEW.begun_at IS NOT OLD.begun_at OR NEW.seq IS NOT OLD.seq OR NEW.files_done < OLD.files_done
  OR (OLD.number IS NOT NULL AND (NEW.number IS NOT OLD.number OR NEW.opened_at IS NOT OLD.opened_at))
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER submission_delete BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- `asked` is committed before a request leaves, `told` after its answer came or did not; `answer` is it verbatim.
CREATE TABLE submission_event (
  submission_id  INTEGER NOT NULL REFERENCES submission (id),
  n              INTEGER NOT NULL CHECK (n > 0),
  kind           TEXT NOT NULL CHECK (kind IN ('asked', 'told')),
  call           TEXT NOT NULL CHECK (call IN ('status', 'submit', 'upload', 'fileinfo', 'finish', 'retract')),
  case_id        INTEGER REFERENCES review_case (id),
  request_sha256 TEXT CHECK (length(request_sha256) = 64),
  failure        TEXT,
  http_status    INTEGER,
  code           INTEGER,
  request_id     TEXT,
  answer         BLOB,
  at             INTEGER NOT NULL,
  seq            INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  PRIMARY KEY (submission_id, n),
  CHECK ((case_id IS NULL) = (call NOT IN ('upload', 'fileinfo'))),
  CHECK (kind = 'told' OR (failure IS NULL AND http_status IS NULL AND answer IS NULL)),
  CHECK (kind = 'asked' OR (failure IS NULL) = (http_status IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER submission_event_next BEFORE INSERT ON submission_event
WHEN NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM submission_event WHERE submission_id = NEW.submission_id)
BEGIN SELECT RAISE(ABORT, 'next key only'); END;
CREATE TRIGGER submission_event_update BEFORE UPDATE ON submission_event BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER submission_event_delete BEFORE DELETE ON submission_event BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- What a hotline may have finished is not taken back here, or its cases would be reported a second time.
CREATE TRIGGER register_keeps_what_was_sent BEFORE UPDATE OF state ON register
WHEN NEW.state = 'withdrawn' AND EXISTS (
  SELECT 1 FROM submission s WHERE s.report_id = NEW.report_id AND s.environment = 'production'
    AND (s.outcome IN ('filed', 'receipt-lost') OR s.outcome IS NULL))
BEGIN SELECT RAISE(ABORT, 'sent'); END;
