-- Sealed packages and the cases in them.
CREATE TABLE report (
  id          INTEGER PRIMARY KEY,
  source_key  TEXT NOT NULL,
  source_name TEXT NOT NULL,
  account     TEXT NOT NULL,
  sealed_at   INTEGER NOT NULL,
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_leaf (seq),
  path        TEXT NOT NULL,
  sha256      TEXT NOT NULL
) STRICT;
CREATE TABLE report_case (
  report_id INTEGER NOT NULL REFERENCES report (id),
  case_id   INTEGER NOT NULL UNIQUE REFERENCES review_case (id),
  PRIMARY KEY (report_id, case_id)
) STRICT, WITHOUT ROWID;
