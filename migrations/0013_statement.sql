-- What reviewers state of a file beside the verdict, and what was tried about cases that cannot be traced to their origin.
-- No row is ever changed: a later one supersedes it, or withdraws it.
-- That a reviewer viewed the entire file outside the veil. The flag in a report is read from the leaf, not from here.
CREATE TABLE attestation (
  seq        INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  case_id    INTEGER NOT NULL REFERENCES review_case (id),
  account    TEXT NOT NULL,
  exif       INTEGER NOT NULL CHECK (exif IN (0, 1)),
  statement  TEXT NOT NULL,
  at         INTEGER NOT NULL,
  supersedes INTEGER REFERENCES attestation (seq)
) STRICT;
CREATE INDEX attestation_by_case ON attestation (case_id, seq);
CREATE TABLE attestation_withdrawal (
  attestation_seq INTEGER PRIMARY KEY REFERENCES attestation (seq),
  seq             INTEGER NOT NULL REFERENCES ledger_leaf (seq)
) STRICT;
-- Annotations of a file as the report names them: JSON arrays of what is believed so, and of what is believed not so.
CREATE TABLE annotation (
  seq        INTEGER PRIMARY KEY REFERENCES ledger_leaf (seq),
  case_id    INTEGER NOT NULL REFERENCES review_case (id),
  account    TEXT NOT NULL,
  yes        TEXT NOT NULL,
  no         TEXT NOT NULL,
  at         INTEGER NOT NULL,
  supersedes INTEGER REFERENCES annotation (seq)
) STRICT;
CREATE INDEX annotation_by_case ON annotation (case_id, seq);
CREATE TABLE annotation_withdrawal (
  annotation_seq INTEGER PRIMARY KEY REFERENCES annotation (seq),
  seq            INTEGER NOT NULL REFERENCES ledger_leaf (seq)
) STRICT;
-- The cases that a sentence for the reader of a report speaks of; the sentence is the note of the attempt.
CREATE TABLE told (
  case_id     INTEGER NOT NULL REFERENCES review_case (id),
  attempt_seq INTEGER NOT NULL REFERENCES attempt (seq),
  PRIMARY KEY (case_id, attempt_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_attempt ON told (attempt_seq);
CREATE TRIGGER attestation_update BEFORE UPDATE ON attestation BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attestation_delete BEFORE DELETE ON attestation BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attestation_replace BEFORE INSERT ON attestation
WHEN EXISTS (SELECT 1 FROM attestation WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attestation_withdrawal_update BEFORE UPDATE ON attestation_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attestation_withdrawal_delete BEFORE DELETE ON attestation_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER attestation_withdrawal_replace BEFORE INSERT ON attestation_withdrawal
WHEN EXISTS (SELECT 1 FROM attestation_withdrawal WHERE attestation_seq = NEW.attestation_seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_update BEFORE UPDATE ON annotation BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_delete BEFORE DELETE ON annotation BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_replace BEFORE INSERT ON annotation
WHEN EXISTS (SELECT 1 FROM annotation WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_withdrawal_update BEFORE UPDATE ON annotation_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_withdrawal_delete BEFORE DELETE ON annotation_withdrawal BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER annotation_withdrawal_replace BEFORE INSERT ON annotation_withdrawal
WHEN EXISTS (SELECT 1 FROM annotation_withdrawal WHERE annotation_seq = NEW.annotation_seq) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER told_update BEFORE UPDATE ON told BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER told_delete BEFORE DELETE ON told BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER told_replace BEFORE INSERT ON told
WHEN EXISTS (SELECT 1 FROM told WHERE case_id = NEW.case_id AND attempt_seq = NEW.attempt_seq)
BEGIN SELECT RAISE(ABORT, 'append-only'); END;
