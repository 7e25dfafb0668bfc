-- Who may sit at the console, under which policy, for which organisation. Keys are not here: they wrap this file's own key.
CREATE TABLE account (
  name       TEXT PRIMARY KEY,
  pseudonym  TEXT NOT NULL UNIQUE,
  role       TEXT NOT NULL CHECK (role IN ('reviewer', 'supervisor', 'custodian')),
  created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE policy (
  seq     INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  version TEXT NOT NULL UNIQUE,
  body    TEXT NOT NULL
) STRICT;
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
