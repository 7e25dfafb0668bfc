-- What vendors answered, as delivered. Matches refer to it by digest; nothing parses it again.
CREATE TABLE raw_response (
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  format TEXT NOT NULL,
  run    TEXT NOT NULL REFERENCES import_run (id),
  body   BLOB NOT NULL
) STRICT;
CREATE TRIGGER raw_response_update BEFORE UPDATE ON raw_response BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER raw_response_delete BEFORE DELETE ON raw_response BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Imports that are not of find/v1.
CREATE TABLE import_adapted (
  run       TEXT PRIMARY KEY REFERENCES import_run (id),
  format    TEXT NOT NULL,
  unmatched INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
