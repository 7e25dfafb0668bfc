//! Rows of proposals, and who could decide them.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One proposal.
#[derive(FromRow)]
pub(crate) struct ProposalRow {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) subject_sha256: String,
    pub(crate) reason: String,
    pub(crate) proposed_by: String,
    pub(crate) proposed_at: Millis,
    pub(crate) proposed_seq: i64,
    pub(crate) expires_at: Millis,
    pub(crate) state: String,
    pub(crate) decided_by: Option<String>,
    pub(crate) decided_at: Option<Millis>,
    pub(crate) decided_seq: Option<i64>,
    pub(crate) decided_why: Option<String>,
}

/// A proposal to insert.
pub(crate) struct NewProposal<'a> {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) subject: &'a str,
    pub(crate) subject_sha256: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) proposed_by: &'a str,
    pub(crate) proposed_at: Millis,
    pub(crate) proposed_seq: i64,
    pub(crate) expires_at: Millis,
}

/// How a proposal ends.
pub(crate) struct Ending<'a> {
    pub(crate) state: &'a str,
    pub(crate) by: &'a str,
    pub(crate) at: Millis,
    pub(crate) seq: i64,
    pub(crate) why: Option<&'a str>,
}

/// The number the next proposal gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM proposal").fetch_one(conn).await?)
}

pub(crate) async fn insert(conn: &mut SqliteConnection, new: &NewProposal<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO proposal (id, kind, subject, subject_sha256, reason, proposed_by, proposed_at, proposed_seq, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(new.id)
    .bind(&new.kind)
    .bind(new.subject)
    .bind(new.subject_sha256)
    .bind(new.reason)
    .bind(new.proposed_by)
    .bind(new.proposed_at)
    .bind(new.proposed_seq)
    .bind(new.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn one(conn: &mut SqliteConnection, id: i64) -> Result<Option<ProposalRow>> {
    Ok(sqlx::query_as("SELECT * FROM proposal WHERE id = ?1").bind(id).fetch_optional(conn).await?)
}

/// An open proposal of the same subject.
pub(crate) async fn open_of(
    conn: &mut SqliteConnection,
    sha256: &str,
    now: Millis,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM proposal WHERE state = 'open' AND subject_sha256 = ?1 AND expires_at > ?2 LIMIT 1",
    )
    .bind(sha256)
    .bind(now)
    .fetch_optional(conn)
    .await?)
}

/// Newest first. An open one whose time is over is `expired`.
pub(crate) async fn page(
    conn: &mut SqliteConnection,
    state: Option<&str>,
    kind: Option<&str>,
    now: Millis,
    limit: i64,
) -> Result<Vec<ProposalRow>> {
    Ok(sqlx::query_as(
        "SELECT * FROM proposal
         WHERE (?1 IS NULL OR ?1 = iif(state = 'open' AND expires_at <= ?3, 'expired', state)) AND (?2 IS NULL OR kind = ?2)
         ORDER BY id DESC LIMIT ?4",
    )
    .bind(state)
    .bind(kind)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn end(conn: &mut SqliteConnection, id: i64, ending: &Ending<'_>) -> Result<()> {
    sqlx::query(
        "UPDATE proposal SET state = ?2, decided_by = ?3, decided_at = ?4, decided_seq = ?5, decided_why = ?6 WHERE id = ?1",
    )
    .bind(id)
    .bind(ending.state)
    .bind(ending.by)
    .bind(ending.at)
    .bind(ending.seq)
    .bind(ending.why)
    .execute(conn)
    .await?;
    Ok(())
}

/// The subject's digest as the proposal's own leaf holds it.
pub(crate) async fn logged_subject(
    conn: &mut SqliteConnection,
    id: i64,
    seq: i64,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT body ->> '$.subject_sha256' FROM act
         WHERE seq = ?2 AND kind = 'proposal.made' AND body ->> '$.proposal' = ?1",
    )
    .bind(id)
    .bind(seq)
    .fetch_optional(conn)
    .await?)
}

/// Accounts that could approve: supervisors and custodians.
pub(crate) async fn keepers(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM account WHERE role IN ('supervisor', 'custodian')")
        .fetch_one(conn)
        .await?)
}

/// The account behind a pseudonym.
pub(crate) async fn account_name(
    conn: &mut SqliteConnection,
    pseudonym: &str,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT name FROM account WHERE pseudonym = ?1")
        .bind(pseudonym)
        .fetch_optional(conn)
        .await?)
}

/// Proposals that differ from what the ledger says of them, and approvals in the ledger that no proposal knows.
pub(crate) async fn unlogged_rows(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM proposal p LEFT JOIN act a ON a.seq = p.proposed_seq
                 WHERE a.kind IS NOT 'proposal.made' OR a.account IS NOT p.proposed_by
                    OR a.body ->> '$.proposal' IS NOT p.id OR a.body ->> '$.subject_sha256' IS NOT p.subject_sha256)
              + (SELECT count(*) FROM proposal p LEFT JOIN act a ON a.seq = p.decided_seq
                 WHERE p.state <> 'open' AND (a.kind IS NOT 'proposal.' || p.state OR a.account IS NOT p.decided_by
                    OR a.body ->> '$.proposal' IS NOT p.id))
              + (SELECT count(*) FROM act a WHERE a.kind IN ('proposal.approved', 'proposal.refused', 'proposal.withdrawn')
                 AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.decided_seq = a.seq))
              + (SELECT count(*) FROM act a WHERE a.kind = 'proposal.made'
                 AND NOT EXISTS (SELECT 1 FROM proposal p WHERE p.proposed_seq = a.seq))",
    )
    .fetch_one(conn)
    .await?)
}
