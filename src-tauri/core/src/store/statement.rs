//! Rows of attestations, annotations and sentences on what was tried. Only inserts: what ends one is another row.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;
use crate::store::ledger::LeafRow;

/// One attestation with what ended it.
#[derive(FromRow)]
pub(crate) struct AttestationRow {
    pub(crate) seq: i64,
    pub(crate) account: String,
    pub(crate) exif: bool,
    pub(crate) statement: String,
    pub(crate) at: Millis,
    pub(crate) supersedes: Option<i64>,
    pub(crate) withdrawn_seq: Option<i64>,
}

/// Every attestation about a case, oldest first.
pub(crate) async fn attestations(
    conn: &mut SqliteConnection,
    case: i64,
) -> Result<Vec<AttestationRow>> {
    Ok(sqlx::query_as(
        "SELECT a.seq, a.account, a.exif, a.statement, a.at, a.supersedes, w.seq AS withdrawn_seq
         FROM attestation a LEFT JOIN attestation_withdrawal w ON w.attestation_seq = a.seq
         WHERE a.case_id = ?1 ORDER BY a.seq",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn attest(
    conn: &mut SqliteConnection,
    case: i64,
    row: &AttestationRow,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO attestation (seq, case_id, account, exif, statement, at, supersedes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(row.seq)
    .bind(case)
    .bind(&row.account)
    .bind(row.exif)
    .bind(&row.statement)
    .bind(row.at)
    .bind(row.supersedes)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw_attestation(
    conn: &mut SqliteConnection,
    attestation: i64,
    seq: i64,
) -> Result<()> {
    sqlx::query("INSERT INTO attestation_withdrawal (attestation_seq, seq) VALUES (?1, ?2)")
        .bind(attestation)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// One act of annotating with what ended it. `yes` and `no` are JSON arrays of words.
#[derive(FromRow)]
pub(crate) struct AnnotationRow {
    pub(crate) seq: i64,
    pub(crate) account: String,
    pub(crate) yes: String,
    pub(crate) no: String,
    pub(crate) at: Millis,
    pub(crate) supersedes: Option<i64>,
    pub(crate) withdrawn_seq: Option<i64>,
}

/// Every act of annotating a case, oldest first.
pub(crate) async fn annotations(
    conn: &mut SqliteConnection,
    case: i64,
) -> Result<Vec<AnnotationRow>> {
    Ok(sqlx::query_as(
        "SELECT a.seq, a.account, a.yes, a.no, a.at, a.supersedes, w.seq AS withdrawn_seq
         FROM annotation a LEFT JOIN annotation_withdrawal w ON w.annotation_seq = a.seq
         WHERE a.case_id = ?1 ORDER BY a.seq",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn annotate(
    conn: &mut SqliteConnection,
    case: i64,
    row: &AnnotationRow,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO annotation (seq, case_id, account, yes, no, at, supersedes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(row.seq)
    .bind(case)
    .bind(&row.account)
    .bind(&row.yes)
    .bind(&row.no)
    .bind(row.at)
    .bind(row.supersedes)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw_annotation(
    conn: &mut SqliteConnection,
    annotation: i64,
    seq: i64,
) -> Result<()> {
    sqlx::query("INSERT INTO annotation_withdrawal (annotation_seq, seq) VALUES (?1, ?2)")
        .bind(annotation)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// Every leaf about a case, in order, whatever its readable side calls it.
pub(crate) async fn leaves_of_case(conn: &mut SqliteConnection, case: i64) -> Result<Vec<LeafRow>> {
    Ok(sqlx::query_as(
        "SELECT l.seq, l.leaf, a.at, a.account, a.kind, a.case_id, a.salt, a.body
         FROM act a INDEXED BY act_by_case JOIN ledger_leaf l ON l.seq = a.seq
         WHERE a.case_id = ?1 ORDER BY a.seq",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

/// Cases a sentence on what was tried may speak of: one by its number, else confirmed ones of class C or D in no package,
/// of a source or of datasets (a JSON array of ids).
pub(crate) async fn untraced(
    conn: &mut SqliteConnection,
    source: Option<&str>,
    datasets: Option<&str>,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT c.id FROM review_case c INDEXED BY case_confirmed
         WHERE c.state = 'confirmed' AND c.class IN ('C', 'D') AND (?1 IS NULL OR c.source_key = ?1)
           AND (?2 IS NULL OR EXISTS (SELECT 1 FROM sighting s JOIN trace t ON t.sighting_id = s.id
                WHERE s.case_id = c.id AND t.dataset_id IN (SELECT value FROM json_each(?2))))
         ORDER BY c.id",
    )
    .bind(source)
    .bind(datasets)
    .fetch_all(conn)
    .await?)
}

/// Says of which cases (a JSON array of ids) the sentence of an attempt speaks.
pub(crate) async fn tell(conn: &mut SqliteConnection, attempt: i64, cases: &str) -> Result<()> {
    sqlx::query("INSERT INTO told (case_id, attempt_seq) SELECT value, ?1 FROM json_each(?2)")
        .bind(attempt)
        .bind(cases)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was told of the case of a sighting, newest first: sentence, who, when.
pub(crate) async fn told(
    conn: &mut SqliteConnection,
    sighting: i64,
) -> Result<Vec<(String, String, Millis)>> {
    Ok(sqlx::query_as(
        "SELECT a.note, a.account, a.at FROM sighting s JOIN told t ON t.case_id = s.case_id
         JOIN attempt a ON a.seq = t.attempt_seq WHERE s.id = ?1 ORDER BY a.seq DESC",
    )
    .bind(sighting)
    .fetch_all(conn)
    .await?)
}

/// Statements that differ from what the ledger says of them, or that only one of the two knows.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM attestation t LEFT JOIN act a ON a.seq = t.seq
                 WHERE a.kind IS NOT 'view.attested' OR a.case_id IS NOT t.case_id OR a.account IS NOT t.account
                    OR a.body ->> '$.exif' IS NOT t.exif OR a.body ->> '$.statement' IS NOT t.statement)
              + (SELECT count(*) FROM attestation_withdrawal w JOIN attestation t ON t.seq = w.attestation_seq
                 LEFT JOIN act a ON a.seq = w.seq
                 WHERE a.kind IS NOT 'view.attestation-withdrawn' OR a.case_id IS NOT t.case_id
                    OR a.account IS NOT t.account OR a.body ->> '$.attestation' IS NOT w.attestation_seq)
              + (SELECT count(*) FROM annotation t LEFT JOIN act a ON a.seq = t.seq
                 WHERE a.kind IS NOT 'file.annotated' OR a.case_id IS NOT t.case_id OR a.account IS NOT t.account
                    OR a.body ->> '$.yes' IS NOT t.yes OR a.body ->> '$.no' IS NOT t.no)
              + (SELECT count(*) FROM annotation_withdrawal w JOIN annotation t ON t.seq = w.annotation_seq
                 LEFT JOIN act a ON a.seq = w.seq
                 WHERE a.kind IS NOT 'file.annotation-withdrawn' OR a.case_id IS NOT t.case_id
                    OR a.account IS NOT t.account OR a.body ->> '$.annotation' IS NOT w.annotation_seq)
              + (SELECT count(*) FROM act a WHERE a.kind = 'view.attested'
                 AND NOT EXISTS (SELECT 1 FROM attestation t WHERE t.seq = a.seq))
              + (SELECT count(*) FROM act a WHERE a.kind = 'view.attestation-withdrawn'
                 AND NOT EXISTS (SELECT 1 FROM attestation_withdrawal w WHERE w.seq = a.seq))
              + (SELECT count(*) FROM act a WHERE a.kind = 'file.annotated'
                 AND NOT EXISTS (SELECT 1 FROM annotation t WHERE t.seq = a.seq))
              + (SELECT count(*) FROM act a WHERE a.kind = 'file.annotation-withdrawn'
                 AND NOT EXISTS (SELECT 1 FROM annotation_withdrawal w WHERE w.seq = a.seq))
              + (SELECT count(*) FROM told t LEFT JOIN act a ON a.seq = t.attempt_seq
                 WHERE NOT EXISTS (SELECT 1 FROM json_each(a.body, '$.cases') j WHERE j.value = t.case_id))",
    )
    .fetch_one(conn)
    .await?)
}
