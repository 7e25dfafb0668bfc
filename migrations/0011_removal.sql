-- Lists for the owners of corpora, the places that keep copies, and what was answered for each.
CREATE INDEX case_standing ON review_case (id) WHERE state IN ('confirmed', 'packaged');
CREATE INDEX case_rejected ON review_case (id, dataset, settles_at) WHERE state = 'not-a-match';

CREATE TABLE list_export (
  id        INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL CHECK (kind IN ('tombstones', 'release')),
  dataset   TEXT NOT NULL,
  version   TEXT,
  format    TEXT NOT NULL CHECK (format IN ('jsonl', 'csv')),
  sightings INTEGER NOT NULL CHECK (sightings >= 0),
  retracted INTEGER NOT NULL CHECK (retracted >= 0),
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
  path      TEXT NOT NULL,
  account   TEXT NOT NULL,
  made_at   INTEGER NOT NULL,
  seq       INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  proposal  INTEGER REFERENCES proposal (id),
  CHECK ((kind = 'release') = (proposal IS NOT NULL))
) STRICT;
CREATE INDEX list_export_by_dataset ON list_export (dataset, id);
CREATE TRIGGER list_export_update BEFORE UPDATE ON list_export BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER list_export_delete BEFORE DELETE ON list_export BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- A sighting stands in the tombstone lists from `since` until the list that took it back.
CREATE TABLE tombstone (
  sighting_id INTEGER NOT NULL REFERENCES sighting (id),
  since       INTEGER NOT NULL REFERENCES list_export (id),
  until       INTEGER REFERENCES list_export (id) CHECK (until > since),
  dataset     TEXT NOT NULL,
  version     TEXT NOT NULL,
  PRIMARY KEY (sighting_id, since)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tombstone_stands ON tombstone (sighting_id) WHERE until IS NULL;
CREATE INDEX tombstone_by_dataset ON tombstone (dataset, sighting_id);
CREATE TRIGGER tombstone_ends_once BEFORE UPDATE ON tombstone
WHEN OLD.until IS NOT NULL OR NEW.sighting_id IS NOT OLD.sighting_id OR NEW.since IS NOT OLD.since
  OR NEW.dataset IS NOT OLD.dataset OR NEW.version IS NOT OLD.version
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER tombstone_delete BEFORE DELETE ON tombstone BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TABLE location (
  id          INTEGER PRIMARY KEY,
  dataset     TEXT NOT NULL,
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('bucket', 'mirror', 'backup', 'cache', 'training-copy')),
  contact     TEXT NOT NULL,
  added_at    INTEGER NOT NULL,
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  retired_at  INTEGER,
  retired_seq INTEGER UNIQUE REFERENCES ledger_leaf (seq),
  retired_why TEXT,
  CHECK ((retired_seq IS NULL) = (retired_at IS NULL) AND (retired_seq IS NULL) = (retired_why IS NULL))
) STRICT;
CREATE UNIQUE INDEX location_asked ON location (dataset, name) WHERE retired_seq IS NULL;
CREATE TRIGGER location_retires_once BEFORE UPDATE ON location
WHEN OLD.retired_seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.dataset IS NOT OLD.dataset OR NEW.name IS NOT OLD.name
  OR NEW.kind IS NOT OLD.kind OR NEW.contact IS NOT OLD.contact OR NEW.added_at IS NOT OLD.added_at OR NEW.seq IS NOT OLD.seq
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER location_delete BEFORE DELETE ON location BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TABLE answer (
  seq         INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  location_id INTEGER NOT NULL REFERENCES location (id),
  kind        TEXT NOT NULL CHECK (kind IN ('removed', 'not-present', 'refused')),
  said_by     TEXT NOT NULL,
  said_at     INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  CHECK (kind <> 'refused' OR reason <> '')
) STRICT;
CREATE TRIGGER answer_update BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER answer_delete BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- What an answer covers. It is an answer to being listed since `since`: listed anew, the sighting is open again.
CREATE TABLE answered (
  location_id INTEGER NOT NULL REFERENCES location (id),
  sighting_id INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  seq         INTEGER NOT NULL REFERENCES answer (seq),
  PRIMARY KEY (location_id, sighting_id, since, seq),
  FOREIGN KEY (sighting_id, since) REFERENCES tombstone (sighting_id, since)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER answered_update BEFORE UPDATE ON answered BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER answered_delete BEFORE DELETE ON answered BEGIN SELECT RAISE(ABORT, 'append-only'); END;
