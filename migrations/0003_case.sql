-- Items, their sightings, and the cases made of them. Times are milliseconds since 1970 UTC, digests raw bytes.
CREATE TABLE import_run (
  id          TEXT PRIMARY KEY,
  file        TEXT NOT NULL,
  account     TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  state       TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed', 'interrupted')),
  lines       INTEGER NOT NULL DEFAULT 0,
  bytes       INTEGER NOT NULL DEFAULT 0,
  total_bytes INTEGER NOT NULL DEFAULT 0,
  new_finds   INTEGER NOT NULL DEFAULT 0,
  known       INTEGER NOT NULL DEFAULT 0,
  left_out    INTEGER NOT NULL DEFAULT 0,
  new_cases   INTEGER NOT NULL DEFAULT 0,
  scanner     TEXT,
  digest      TEXT,
  problem     TEXT
) STRICT;
CREATE TABLE import_problem (
  run    TEXT NOT NULL REFERENCES import_run (id),
  line   INTEGER NOT NULL,
  code   TEXT NOT NULL,
  wrong  TEXT NOT NULL,
  remedy TEXT NOT NULL,
  PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_missing (
  run    TEXT NOT NULL REFERENCES import_run (id),
  field  TEXT NOT NULL,
  reason TEXT NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (run, field, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE list (
  id       INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  name     TEXT NOT NULL,
  UNIQUE (provider, name)
) STRICT;
CREATE TABLE item (
  id         INTEGER PRIMARY KEY,
  blake3     BLOB NOT NULL UNIQUE CHECK (length(blake3) = 32),
  sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
  sha1       BLOB NOT NULL CHECK (length(sha1) = 20),
  md5        BLOB NOT NULL CHECK (length(md5) = 16),
  size_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX item_by_sha256 ON item (sha256);
-- One case per item. `rank` is ascending, 0 most urgent; `band` is what it is by kind of match.
CREATE TABLE review_case (
  id           INTEGER PRIMARY KEY,
  item_id      INTEGER NOT NULL UNIQUE REFERENCES item (id),
  list_id      INTEGER NOT NULL REFERENCES list (id),
  band         TEXT NOT NULL CHECK (band IN ('exact', 'near', 'low-quality')),
  rank         INTEGER NOT NULL,
  algorithm    TEXT NOT NULL,
  distance     INTEGER,
  threshold    INTEGER,
  quality      INTEGER,
  entry        TEXT,
  dataset      TEXT NOT NULL,
  class        TEXT NOT NULL CHECK (class IN ('A', 'B', 'C', 'D')),
  sightings    INTEGER NOT NULL DEFAULT 0,
  source_key   TEXT NOT NULL,
  source_name  TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  state        TEXT NOT NULL DEFAULT 'suspected'
               CHECK (state IN ('suspected', 'confirmed', 'not-a-match', 'cannot-tell', 'escalated', 'packaged')),
  settles_at   INTEGER,
  decided_by   TEXT,
  decision_seq INTEGER,
  report_id    INTEGER
) STRICT;
CREATE INDEX case_open_urgent ON review_case (rank, created_at, id) WHERE state = 'suspected';
CREATE INDEX case_open_oldest ON review_case (created_at, id) WHERE state = 'suspected';
CREATE INDEX case_open_list_urgent ON review_case (list_id, rank, created_at, id) WHERE state = 'suspected';
CREATE INDEX case_open_list_oldest ON review_case (list_id, created_at, id) WHERE state = 'suspected';
CREATE INDEX case_decided ON review_case (decision_seq) WHERE decision_seq IS NOT NULL;
CREATE INDEX case_confirmed ON review_case (source_key, id) WHERE state = 'confirmed';
CREATE TABLE sighting (
  id          INTEGER PRIMARY KEY,
  find_id     TEXT NOT NULL UNIQUE,
  case_id     INTEGER NOT NULL REFERENCES review_case (id),
  run         TEXT NOT NULL REFERENCES import_run (id),
  line        INTEGER NOT NULL,
  digest      BLOB NOT NULL CHECK (length(digest) = 32),
  imported_at INTEGER NOT NULL,
  record      TEXT NOT NULL
) STRICT;
CREATE INDEX sighting_by_case ON sighting (case_id, id);
CREATE INDEX sighting_by_run ON sighting (run);

-- Open cases by list and band, kept by triggers so that the queue list costs nothing to show.
CREATE TABLE open_count (
  list_id INTEGER NOT NULL REFERENCES list (id),
  band    TEXT NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (list_id, band)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER case_opened AFTER INSERT ON review_case WHEN NEW.state = 'suspected' BEGIN
  INSERT INTO open_count (list_id, band, n) VALUES (NEW.list_id, NEW.band, 1)
  ON CONFLICT (list_id, band) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER case_moved AFTER UPDATE OF state, list_id, band ON review_case BEGIN
  UPDATE open_count SET n = n - 1 WHERE OLD.state = 'suspected' AND list_id = OLD.list_id AND band = OLD.band;
  INSERT INTO open_count (list_id, band, n) SELECT NEW.list_id, NEW.band, 1 WHERE NEW.state = 'suspected'
  ON CONFLICT (list_id, band) DO UPDATE SET n = n + 1;
END;
