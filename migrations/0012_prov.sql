-- The trail as W3C PROV: nodes that many sightings share, and edges between them. Nothing is ever taken out: what is learnt
-- later stands beside what was known before. A key is the first half of the SHA-256 of what identifies the node.
CREATE TABLE prov_node (
  id    INTEGER PRIMARY KEY,
  key   BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
  kind  TEXT NOT NULL CHECK (kind IN ('entity', 'activity', 'agent')),
  type  TEXT NOT NULL,
  attrs TEXT NOT NULL
) STRICT;
CREATE TABLE prov_relation (
  id   INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO prov_relation (id, word) VALUES
  (1, 'used'), (2, 'wasGeneratedBy'), (3, 'wasDerivedFrom'), (4, 'wasInformedBy'), (5, 'wasAssociatedWith'),
  (6, 'wasAttributedTo'), (7, 'actedOnBehalfOf'), (8, 'specializationOf'), (9, 'hadMember');
CREATE TABLE prov_edge (
  src INTEGER NOT NULL REFERENCES prov_node (id),
  rel INTEGER NOT NULL REFERENCES prov_relation (id),
  dst INTEGER NOT NULL REFERENCES prov_node (id),
  PRIMARY KEY (src, rel, dst)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER prov_node_update BEFORE UPDATE ON prov_node BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER prov_node_delete BEFORE DELETE ON prov_node BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER prov_edge_update BEFORE UPDATE ON prov_edge BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER prov_edge_delete BEFORE DELETE ON prov_edge BEGIN SELECT RAISE(ABORT, 'append-only'); END;
