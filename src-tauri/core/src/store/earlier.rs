//! What of a case's content, or near it, is in sealed reports already.

use sqlx::{FromRow, SqliteConnection};

use crate::error::Result;

/// A case of the same content in a sealed report.
#[derive(FromRow)]
pub(crate) struct SameRow {
    pub(crate) report: i64,
    pub(crate) case_id: i64,
    /// The number its report has at the recipient, once it was filed.
    pub(crate) number: Option<String>,
}

/// A member of a cluster in a sealed report.
#[derive(FromRow)]
pub(crate) struct ReportedRow {
    pub(crate) report: i64,
    pub(crate) case_id: i64,
    pub(crate) number: Option<String>,
    pub(crate) pdq: Vec<u8>,
}

/// Cases in reports that stand whose content has the SHA-256 of a case's item, that case among them.
pub(crate) async fn same_content(conn: &mut SqliteConnection, case: i64) -> Result<Vec<SameRow>> {
    Ok(sqlx::query_as(
        "SELECT r.report_id AS report, r.case_id, p.number FROM review_case c JOIN item i ON i.id = c.item_id
         JOIN item o INDEXED BY item_by_sha256 ON o.sha256 = i.sha256 JOIN review_case e ON e.item_id = o.id
         JOIN report_case r ON r.case_id = e.id JOIN register g ON g.report_id = r.report_id AND g.state <> 'withdrawn'
         LEFT JOIN receipt p ON p.report_id = r.report_id WHERE c.id = ?1 ORDER BY r.report_id, r.case_id",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

/// The cluster of a case, what it is called by, and the case's own fingerprint.
pub(crate) async fn print_in_cluster(
    conn: &mut SqliteConnection,
    case: i64,
) -> Result<Option<(i64, i64, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT m.cluster_id, k.first_case, p.pdq FROM cluster_member m JOIN cluster k ON k.id = m.cluster_id
         JOIN review_case c ON c.id = m.case_id JOIN item_pdq p ON p.item_id = c.item_id
         WHERE m.case_id = ?1 AND p.pdq IS NOT NULL",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}

/// Members of a cluster that are in reports that stand.
pub(crate) async fn reported_members(
    conn: &mut SqliteConnection,
    cluster: i64,
) -> Result<Vec<ReportedRow>> {
    Ok(sqlx::query_as(
        "SELECT r.report_id AS report, r.case_id, q.number, p.pdq FROM cluster_member m
         JOIN report_case r ON r.case_id = m.case_id
         JOIN register g ON g.report_id = r.report_id AND g.state <> 'withdrawn'
         LEFT JOIN receipt q ON q.report_id = r.report_id
         JOIN review_case c ON c.id = m.case_id JOIN item_pdq p ON p.item_id = c.item_id
         WHERE m.cluster_id = ?1 AND p.pdq IS NOT NULL ORDER BY r.report_id, r.case_id",
    )
    .bind(cluster)
    .fetch_all(conn)
    .await?)
}
