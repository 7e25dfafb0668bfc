-- Floods: one list entry with more cases than people should be sent one by one. Its open cases are held by one card and
-- stand in no queue; they stay suspected, and nothing is decided by that.
CREATE TABLE entry_count (
  list_id INTEGER NOT NULL REFERENCES list (id),
  entry   TEXT NOT NULL,
  cases   INTEGER NOT NULL,
  PRIMARY KEY (list_id, entry)
) STRICT, WITHOUT ROWID;
INSERT INTO entry_count (list_id, entry, cases)
  SELECT list_id, entry, count(*) FROM review_case WHERE entry IS NOT NULL GROUP BY list_id, entry;
-- `seq`, `account`, `at` and `reason` are those of the last act on the card; the acts before it are in the ledger.
CREATE TABLE flood (
  id             INTEGER PRIMARY KEY,
  list_id        INTEGER NOT NULL REFERENCES list (id),
  entry          TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('held', 'released', 'suppressed')),
  until          INTEGER,
  released_cases INTEGER,
  held           INTEGER NOT NULL DEFAULT 0,
  seq            INTEGER NOT NULL REFERENCES ledger_leaf (seq),
  account        TEXT NOT NULL,
  at             INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  UNIQUE (list_id, entry),
  CHECK ((state = 'suppressed') = (until IS NOT NULL)),
  CHECK ((state = 'released') = (released_cases IS NOT NULL))
) STRICT;
ALTER TABLE review_case ADD COLUMN held_by INTEGER REFERENCES flood (id);
CREATE INDEX case_by_entry ON review_case (list_id, entry, id) WHERE entry IS NOT NULL;
CREATE INDEX case_held ON review_case (held_by, id) WHERE held_by IS NOT NULL;

-- A held case is open to no queue: the indexes that queues are read along, and the counts beside them, leave it out.
DROP INDEX case_open_urgent;
DROP INDEX case_open_oldest;
DROP INDEX case_open_list_urgent;
DROP INDEX case_open_list_oldest;
CREATE INDEX case_open_urgent ON review_case (rank, created_at, id) WHERE state = 'suspected' AND held_by IS NULL;
CREATE INDEX case_open_oldest ON review_case (created_at, id) WHERE state = 'suspected' AND held_by IS NULL;
CREATE INDEX case_open_list_urgent ON review_case (list_id, rank, created_at, id) WHERE state = 'suspected' AND held_by IS NULL;
CREATE INDEX case_open_list_oldest ON review_case (list_id, created_at, id) WHERE state = 'suspected' AND held_by IS NULL;
DROP TRIGGER case_opened;
DROP TRIGGER case_moved;
CREATE TRIGGER case_opened AFTER INSERT ON review_case WHEN NEW.state = 'suspected' AND NEW.held_by IS NULL BEGIN
  INSERT INTO open_count (list_id, band, n) VALUES (NEW.list_id, NEW.band, 1)
  ON CONFLICT (list_id, band) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER case_moved AFTER UPDATE OF state, list_id, band, held_by ON review_case BEGIN
  UPDATE open_count SET n = n - 1
  WHERE OLD.state = 'suspected' AND OLD.held_by IS NULL AND list_id = OLD.list_id AND band = OLD.band;
  INSERT INTO open_count (list_id, band, n) SELECT NEW.list_id, NEW.band, 1 WHERE NEW.state = 'suspected' AND NEW.held_by IS NULL
  ON CONFLICT (list_id, band) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER case_held_moved AFTER UPDATE OF state, held_by ON review_case
WHEN OLD.held_by IS NOT NULL OR NEW.held_by IS NOT NULL BEGIN
  UPDATE flood SET held = held - 1 WHERE OLD.state = 'suspected' AND id = OLD.held_by;
  UPDATE flood SET held = held + 1 WHERE NEW.state = 'suspected' AND id = NEW.held_by;
END;
-- Open cases of a cluster. What a new member adds is counted when it is linked.
CREATE TRIGGER case_cluster_moved AFTER UPDATE OF state, held_by ON review_case
WHEN (OLD.state = 'suspected' AND OLD.held_by IS NULL) IS NOT (NEW.state = 'suspected' AND NEW.held_by IS NULL) BEGIN
  UPDATE cluster SET open = open + iif(NEW.state = 'suspected' AND NEW.held_by IS NULL, 1, -1)
  WHERE id = (SELECT cluster_id FROM cluster_member WHERE case_id = NEW.id);
END;
