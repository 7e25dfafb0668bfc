-- The cases of a list entry are counted as they stand: a better match of a later find moves a case to another entry.
DELETE FROM entry_count;
INSERT INTO entry_count (list_id, entry, cases)
  SELECT list_id, entry, count(*) FROM review_case WHERE entry IS NOT NULL GROUP BY list_id, entry;
CREATE TRIGGER case_entry_opened AFTER INSERT ON review_case WHEN NEW.entry IS NOT NULL BEGIN
  INSERT INTO entry_count (list_id, entry, cases) VALUES (NEW.list_id, NEW.entry, 1)
  ON CONFLICT (list_id, entry) DO UPDATE SET cases = cases + 1;
END;
CREATE TRIGGER case_entry_moved AFTER UPDATE OF list_id, entry ON review_case
WHEN NEW.list_id IS NOT OLD.list_id OR NEW.entry IS NOT OLD.entry BEGIN
  UPDATE entry_count SET cases = cases - 1 WHERE list_id = OLD.list_id AND entry = OLD.entry;
  INSERT INTO entry_count (list_id, entry, cases) SELECT NEW.list_id, NEW.entry, 1 WHERE NEW.entry IS NOT NULL
  ON CONFLICT (list_id, entry) DO UPDATE SET cases = cases + 1;
END;
