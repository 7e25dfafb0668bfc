//! Rows of the register: events of reports, where they stand, receipts, how long they are kept.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// Where a report stands, with what its package is.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct StandingRow {
    pub(crate) report_id: i64,
    pub(crate) state: String,
    pub(crate) cases: i64,
    pub(crate) known_at: Millis,
    pub(crate) owner: String,
    pub(crate) route: Option<String>,
    pub(crate) filed_at: Option<Millis>,
    pub(crate) preserve_until: Option<Millis>,
    pub(crate) source_name: String,
    pub(crate) account: String,
    pub(crate) sealed_at: Millis,
    pub(crate) path: String,
    pub(crate) sha256: String,
    pub(crate) number: Option<String>,
    /// A hotline may have it: a sending to production stands open, or ended there, with its receipt or without.
    pub(crate) sent: bool,
}

/// One event to append, or as it stands.
#[derive(Debug, FromRow)]
pub(crate) struct EventRow {
    pub(crate) seq: i64,
    pub(crate) report_id: i64,
    pub(crate) state: String,
    pub(crate) at: Millis,
    pub(crate) account: String,
    pub(crate) sha256: String,
    pub(crate) proposal: Option<i64>,
    pub(crate) route: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A receipt, without its bytes.
#[derive(FromRow)]
pub(crate) struct ReceiptRow {
    pub(crate) filed_at: Millis,
    pub(crate) recorded_at: Millis,
    pub(crate) number: Option<String>,
    pub(crate) sha256: String,
    pub(crate) size: i64,
}

/// A receipt to insert.
pub(crate) struct NewReceipt<'a> {
    pub(crate) report: i64,
    pub(crate) seq: i64,
    pub(crate) filed_at: Millis,
    pub(crate) recorded_at: Millis,
    pub(crate) number: Option<&'a str>,
    pub(crate) sha256: &'a str,
    pub(crate) body: &'a [u8],
}

/// Both persons of an approval that still stands, and the package it names.
#[derive(FromRow)]
pub(crate) struct ApprovalRow {
    pub(crate) proposal: i64,
    pub(crate) seq: i64,
    pub(crate) at: Millis,
    pub(crate) sha256: String,
    pub(crate) route: String,
    pub(crate) proposed_by: String,
    pub(crate) decided_by: String,
}

/// A row as it stands, with what its package is.
macro_rules! standing {
    ($which:literal) => {
        concat!(
            "SELECT g.report_id, g.state, g.cases, g.known_at, g.owner, g.route, g.filed_at, g.preserve_until,
                    r.source_name, r.account, r.sealed_at, r.path, r.sha256, p.number,
                    (EXISTS (SELECT 1 FROM submission s WHERE s.report_id = g.report_id AND s.outcome IS NULL
                        AND s.environment = 'production')
                     OR EXISTS (SELECT 1 FROM submission s WHERE s.report_id = g.report_id
                        AND s.environment = 'production' AND s.outcome IN ('filed', 'receipt-lost'))) AS sent
             FROM register g JOIN report r ON r.id = g.report_id LEFT JOIN receipt p ON p.report_id = g.report_id ",
            $which
        )
    };
}

pub(crate) async fn one(conn: &mut SqliteConnection, report: i64) -> Result<Option<StandingRow>> {
    Ok(sqlx::query_as(standing!("WHERE g.report_id = ?1"))
        .bind(report)
        .fetch_optional(conn)
        .await?)
}

/// Newest first, below `before`.
pub(crate) async fn page(
    conn: &mut SqliteConnection,
    state: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<StandingRow>> {
    Ok(sqlx::query_as(standing!(
        "WHERE g.report_id < ?1 AND (?3 IS NULL OR g.state = ?3) ORDER BY g.report_id DESC LIMIT ?2"
    ))
    .bind(before)
    .bind(limit)
    .bind(state)
    .fetch_all(conn)
    .await?)
}

/// Reports that are not filed, the longest known first, after this one.
pub(crate) async fn open(
    conn: &mut SqliteConnection,
    after: (Millis, i64),
    owner: Option<&str>,
    limit: i64,
) -> Result<Vec<StandingRow>> {
    Ok(sqlx::query_as(standing!(
        "WHERE g.state IN ('sealed', 'approved') AND (g.known_at, g.report_id) > (?1, ?2)
           AND (?3 IS NULL OR g.owner = ?3)
         ORDER BY g.known_at, g.report_id LIMIT ?4"
    ))
    .bind(after.0)
    .bind(after.1)
    .bind(owner)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Open reports known before `at`; `None`: all.
pub(crate) async fn open_before(conn: &mut SqliteConnection, at: Option<Millis>) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM register INDEXED BY register_open
         WHERE state IN ('sealed', 'approved') AND known_at < coalesce(?1, 9223372036854775807)",
    )
    .bind(at)
    .fetch_one(conn)
    .await?)
}

/// Filed reports of which anything is kept, the one whose time ends first at the top, after this one.
pub(crate) async fn kept(
    conn: &mut SqliteConnection,
    after: (Millis, i64),
    owner: Option<&str>,
    limit: i64,
) -> Result<Vec<StandingRow>> {
    Ok(sqlx::query_as(standing!(
        "WHERE g.state = 'filed' AND g.ended = 0 AND (g.preserve_until, g.report_id) > (?1, ?2)
           AND (?3 IS NULL OR g.owner = ?3)
         ORDER BY g.preserve_until, g.report_id LIMIT ?4"
    ))
    .bind(after.0)
    .bind(after.1)
    .bind(owner)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn insert_event(conn: &mut SqliteConnection, row: &EventRow) -> Result<()> {
    sqlx::query(
        "INSERT INTO report_event (seq, report_id, state, at, account, sha256, proposal, route, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(row.seq)
    .bind(row.report_id)
    .bind(&row.state)
    .bind(row.at)
    .bind(&row.account)
    .bind(&row.sha256)
    .bind(row.proposal)
    .bind(&row.route)
    .bind(&row.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Oldest first.
pub(crate) async fn events(conn: &mut SqliteConnection, report: i64) -> Result<Vec<EventRow>> {
    Ok(sqlx::query_as("SELECT * FROM report_event WHERE report_id = ?1 ORDER BY seq")
        .bind(report)
        .fetch_all(conn)
        .await?)
}

/// Enters a sealed report whose event stands in leaf `seq`.
pub(crate) async fn enter(conn: &mut SqliteConnection, report: i64, seq: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO report_event (seq, report_id, state, at, account, sha256)
         SELECT ?2, id, 'sealed', sealed_at, account, sha256 FROM report WHERE id = ?1",
    )
    .bind(report)
    .bind(seq)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO register (report_id, state, cases, known_at, owner)
         SELECT r.id, 'sealed', count(c.id), coalesce(min(c.known_at), r.sealed_at), r.account
         FROM report r LEFT JOIN report_case m ON m.report_id = r.id LEFT JOIN review_case c ON c.id = m.case_id
         WHERE r.id = ?1 GROUP BY r.id",
    )
    .bind(report)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn set_approved(
    conn: &mut SqliteConnection,
    report: i64,
    route: &str,
) -> Result<()> {
    sqlx::query("UPDATE register SET state = 'approved', route = ?2 WHERE report_id = ?1")
        .bind(report)
        .bind(route)
        .execute(conn)
        .await?;
    Ok(())
}

pub(crate) async fn set_filed(
    conn: &mut SqliteConnection,
    report: i64,
    owner: &str,
    at: Millis,
    until: Millis,
) -> Result<()> {
    sqlx::query(
        "UPDATE register SET state = 'filed', owner = ?2, filed_at = ?3, preserve_until = ?4 WHERE report_id = ?1",
    )
    .bind(report)
    .bind(owner)
    .bind(at)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// Its cases are confirmed again.
pub(crate) async fn set_withdrawn(conn: &mut SqliteConnection, report: i64) -> Result<()> {
    sqlx::query("UPDATE register SET state = 'withdrawn' WHERE report_id = ?1")
        .bind(report)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE review_case SET state = 'confirmed', report_id = NULL
         WHERE id IN (SELECT case_id FROM report_case WHERE report_id = ?1) AND report_id = ?1 AND state = 'packaged'",
    )
    .bind(report)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn insert_receipt(
    conn: &mut SqliteConnection,
    new: &NewReceipt<'_>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO receipt (report_id, seq, filed_at, recorded_at, number, sha256, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(new.report)
    .bind(new.seq)
    .bind(new.filed_at)
    .bind(new.recorded_at)
    .bind(new.number)
    .bind(new.sha256)
    .bind(new.body)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn receipt(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Option<ReceiptRow>> {
    Ok(sqlx::query_as(
        "SELECT filed_at, recorded_at, number, sha256, length(body) AS size FROM receipt WHERE report_id = ?1",
    )
    .bind(report)
    .fetch_optional(conn)
    .await?)
}

/// The receipt itself.
pub(crate) async fn receipt_body(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar("SELECT body FROM receipt WHERE report_id = ?1")
        .bind(report)
        .fetch_optional(conn)
        .await?)
}

/// The approval of the newest `approved` event, with its two persons.
pub(crate) async fn approval(
    conn: &mut SqliteConnection,
    report: i64,
) -> Result<Option<ApprovalRow>> {
    Ok(sqlx::query_as(
        "SELECT p.id AS proposal, e.seq, e.at, e.sha256, e.route, p.proposed_by, p.decided_by
         FROM report_event e JOIN proposal p ON p.id = e.proposal
         WHERE e.report_id = ?1 AND e.state = 'approved' AND p.state = 'approved' AND p.kind = 'file-report'
         ORDER BY e.seq DESC LIMIT 1",
    )
    .bind(report)
    .fetch_optional(conn)
    .await?)
}

/// Open proposals of this kind, each with the report its subject names.
pub(crate) async fn waiting(
    conn: &mut SqliteConnection,
    kind: &str,
    now: Millis,
) -> Result<Vec<(i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT subject ->> '$.report', id FROM proposal INDEXED BY proposal_waiting
         WHERE state = 'open' AND kind = ?1 AND expires_at > ?2 ORDER BY id",
    )
    .bind(kind)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// Keeps a report until then; `reason` where it was extended.
pub(crate) async fn insert_preservation(
    conn: &mut SqliteConnection,
    report: i64,
    seq: i64,
    until: Millis,
    reason: Option<&str>,
    (account, at): (&str, Millis),
) -> Result<()> {
    sqlx::query(
        "INSERT INTO preservation (seq, report_id, until, reason, account, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(seq)
    .bind(report)
    .bind(until)
    .bind(reason)
    .bind(account)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn extend(conn: &mut SqliteConnection, report: i64, until: Millis) -> Result<()> {
    sqlx::query("UPDATE register SET preserve_until = ?2 WHERE report_id = ?1")
        .bind(report)
        .bind(until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Rows that differ from what the ledger says, and reports that the register does not know.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM report_event e LEFT JOIN act a ON a.seq = e.seq
                 WHERE a.kind IS NOT 'report.' || e.state OR a.account IS NOT e.account
                    OR a.body ->> '$.report' IS NOT printf('R-%04d', e.report_id))
              + (SELECT count(*) FROM act a WHERE a.kind IN ('report.sealed', 'report.approved', 'report.filed', 'report.withdrawn')
                 AND NOT EXISTS (SELECT 1 FROM report_event e WHERE e.seq = a.seq))
              + (SELECT count(*) FROM report r LEFT JOIN register g ON g.report_id = r.id
                 WHERE g.state IS NOT (SELECT e.state FROM report_event e WHERE e.report_id = r.id ORDER BY e.seq DESC LIMIT 1))
              + (SELECT count(*) FROM register g WHERE g.preserve_until IS NOT
                   (SELECT max(p.until) FROM preservation p WHERE p.report_id = g.report_id))
              + (SELECT count(*) FROM receipt p LEFT JOIN act a ON a.seq = p.seq
                 WHERE a.kind IS NOT 'report.filed' OR a.body ->> '$.receipt_sha256' IS NOT p.sha256)
              + (SELECT count(*) FROM hold h LEFT JOIN act a ON a.seq = h.seq
                 WHERE a.kind IS NOT 'hold.added' OR a.body ->> '$.hold' IS NOT printf('H-%03d', h.id))
              + (SELECT count(*) FROM hold h LEFT JOIN act a ON a.seq = h.lifted_seq
                 WHERE h.lifted_seq IS NOT NULL AND (a.kind IS NOT 'hold.lifted' OR a.body ->> '$.hold' IS NOT printf('H-%03d', h.id)))
              + (SELECT count(*) FROM act a WHERE a.kind = 'hold.added' AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.seq = a.seq))
              + (SELECT count(*) FROM destruction d LEFT JOIN act a ON a.seq = d.ordered_seq
                 WHERE a.kind IS NOT 'destruction.ordered' OR a.body ->> '$.destruction' IS NOT printf('D-%04d', d.id))
              + (SELECT count(*) FROM destruction d LEFT JOIN act a ON a.seq = d.done_seq
                 WHERE d.done_seq IS NOT NULL AND (a.kind IS NOT 'destruction.done' OR a.body ->> '$.destruction' IS NOT printf('D-%04d', d.id)))",
    )
    .fetch_one(conn)
    .await?)
}
