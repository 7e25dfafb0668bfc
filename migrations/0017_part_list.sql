-- A removal list that holds only what one report names: an answer to it speaks of those cases and no others.
ALTER TABLE list_export ADD COLUMN report_id INTEGER REFERENCES report (id);
