-- What is missing from each sighting's trail, what was tried about it, and the facts attached later.
-- A dataset as it was supplied; '' where supplier or contact is not known.
CREATE TABLE dataset (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL,
  version      TEXT NOT NULL,
  version_kind TEXT NOT NULL,
  supplier     TEXT NOT NULL,
  contact      TEXT NOT NULL,
  UNIQUE (name, version, version_kind, supplier, contact)
) STRICT;
-- Sightings share few different sets of gaps, so a set is kept once; `key` is the sorted JSON of its [field, reason] pairs.
CREATE TABLE gap_set (
  id  INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE gap (
  gap_set_id INTEGER NOT NULL REFERENCES gap_set (id),
  field      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (gap_set_id, field, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX gap_by_field ON gap (field, reason, gap_set_id);
-- Where a sighting's trail stands now: with what was attached later, not only as it was reported.
CREATE TABLE trace (
  sighting_id INTEGER PRIMARY KEY REFERENCES sighting (id),
  case_id     INTEGER NOT NULL REFERENCES review_case (id),
  dataset_id  INTEGER NOT NULL REFERENCES dataset (id),
  gap_set_id  INTEGER NOT NULL REFERENCES gap_set (id),
  class       TEXT NOT NULL CHECK (class IN ('A', 'B', 'C', 'D'))
) STRICT;
CREATE INDEX trace_by_gap ON trace (dataset_id, gap_set_id, case_id, class);
-- Kept by triggers, so that a million sightings are listed without reading one.
CREATE TABLE trace_count (
  dataset_id INTEGER NOT NULL REFERENCES dataset (id),
  gap_set_id INTEGER NOT NULL REFERENCES gap_set (id),
  class      TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (dataset_id, gap_set_id, class)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER trace_added AFTER INSERT ON trace BEGIN
  INSERT INTO trace_count (dataset_id, gap_set_id, class, n) VALUES (NEW.dataset_id, NEW.gap_set_id, NEW.class, 1)
  ON CONFLICT (dataset_id, gap_set_id, class) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER trace_moved AFTER UPDATE OF dataset_id, gap_set_id, class ON trace BEGIN
  UPDATE trace_count SET n = n - 1
  WHERE dataset_id = OLD.dataset_id AND gap_set_id = OLD.gap_set_id AND class = OLD.class;
  INSERT INTO trace_count (dataset_id, gap_set_id, class, n) VALUES (NEW.dataset_id, NEW.gap_set_id, NEW.class, 1)
  ON CONFLICT (dataset_id, gap_set_id, class) DO UPDATE SET n = n + 1;
END;

-- One part of an attempt, one leaf. A long file takes several parts of one run.
CREATE TABLE attempt (
  seq        INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  run        TEXT NOT NULL,
  at         INTEGER NOT NULL,
  account    TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('cdx', 'stats', 'pointer', 'answer', 'form', 'enquiry')),
  outcome    TEXT NOT NULL
             CHECK (outcome IN ('found', 'already-known', 'not-found', 'asked', 'no-answer', 'refused')),
  dataset_id INTEGER REFERENCES dataset (id),
  case_id    INTEGER REFERENCES review_case (id),
  field      TEXT,
  source     TEXT NOT NULL,
  note       TEXT NOT NULL,
  due        TEXT,
  raw_sha256 BLOB CHECK (length(raw_sha256) = 32),
  lines      INTEGER NOT NULL,
  matched    INTEGER NOT NULL,
  facts      INTEGER NOT NULL,
  known      INTEGER NOT NULL,
  conflicts  INTEGER NOT NULL,
  ambiguous  INTEGER NOT NULL,
  left_out   INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_by_run ON attempt (run, seq);
-- Datasets whose sightings a part spoke of, or was about.
CREATE TABLE attempt_reach (
  attempt_seq INTEGER NOT NULL REFERENCES attempt (seq),
  dataset_id  INTEGER NOT NULL REFERENCES dataset (id),
  PRIMARY KEY (dataset_id, attempt_seq)
) STRICT, WITHOUT ROWID;
-- A fact attached later. `conflict`: something else is there already, and stays.
CREATE TABLE fact (
  sighting_id INTEGER NOT NULL REFERENCES sighting (id),
  field       TEXT NOT NULL,
  value       TEXT NOT NULL,
  attempt_seq INTEGER NOT NULL REFERENCES attempt (seq),
  standing    TEXT NOT NULL CHECK (standing IN ('accepted', 'conflict')),
  PRIMARY KEY (sighting_id, field, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_by_attempt ON fact (attempt_seq);
CREATE TRIGGER attempt_update BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attempt_delete BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attempt_replace BEFORE INSERT ON attempt
WHEN EXISTS (SELECT 1 FROM attempt WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER fact_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER fact_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER fact_replace BEFORE INSERT ON fact
WHEN EXISTS (SELECT 1 FROM fact WHERE sighting_id = NEW.sighting_id AND field = NEW.field AND value = NEW.value)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
