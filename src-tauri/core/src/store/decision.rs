//! Rows of decisions. Only inserts: what ends a decision is another row.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One decision with what ended it.
#[derive(FromRow)]
pub(crate) struct DecisionRow {
    pub(crate) seq: i64,
    pub(crate) account: String,
    pub(crate) verdict: String,
    pub(crate) classification: Option<String>,
    pub(crate) rationale: String,
    pub(crate) policy_version: String,
    pub(crate) level_seen: String,
    pub(crate) at: Millis,
    pub(crate) supersedes: Option<i64>,
    pub(crate) withdrawn_seq: Option<i64>,
}

/// A decision to insert.
pub(crate) struct NewDecision<'a> {
    pub(crate) seq: i64,
    pub(crate) case_id: i64,
    pub(crate) account: &'a str,
    pub(crate) verdict: &'a str,
    pub(crate) classification: Option<&'a str>,
    pub(crate) rationale: &'a str,
    pub(crate) policy_version: &'a str,
    pub(crate) level_seen: &'a str,
    pub(crate) at: Millis,
    pub(crate) settles_at: Millis,
    pub(crate) supersedes: Option<i64>,
}

/// Every decision on a case, oldest first.
pub(crate) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Vec<DecisionRow>> {
    Ok(sqlx::query_as(
        "SELECT d.seq, d.account, d.verdict, d.classification, d.rationale, d.policy_version, d.level_seen, d.at,
                d.supersedes, w.seq AS withdrawn_seq
         FROM decision d LEFT JOIN withdrawal w ON w.decision_seq = d.seq
         WHERE d.case_id = ?1 ORDER BY d.seq",
    )
    .bind(case)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn insert(conn: &mut SqliteConnection, new: &NewDecision<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO decision (seq, case_id, account, round, verdict, classification, rationale, policy_version,
                               level_seen, at, settles_at, supersedes)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(new.seq)
    .bind(new.case_id)
    .bind(new.account)
    .bind(new.verdict)
    .bind(new.classification)
    .bind(new.rationale)
    .bind(new.policy_version)
    .bind(new.level_seen)
    .bind(new.at)
    .bind(new.settles_at)
    .bind(new.supersedes)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw(conn: &mut SqliteConnection, decision: i64, seq: i64) -> Result<()> {
    sqlx::query("INSERT INTO withdrawal (decision_seq, seq) VALUES (?1, ?2)")
        .bind(decision)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// Where the case now stands, as follows from its decisions.
pub(crate) struct Standing<'a> {
    pub(crate) state: &'a str,
    pub(crate) settles_at: Option<Millis>,
    pub(crate) decided_by: Option<&'a str>,
    pub(crate) decision_seq: Option<i64>,
}

pub(crate) async fn set_standing(
    conn: &mut SqliteConnection,
    case: i64,
    standing: &Standing<'_>,
) -> Result<()> {
    sqlx::query(
        "UPDATE review_case SET state = ?2, settles_at = ?3, decided_by = ?4, decision_seq = ?5 WHERE id = ?1",
    )
    .bind(case)
    .bind(standing.state)
    .bind(standing.settles_at)
    .bind(standing.decided_by)
    .bind(standing.decision_seq)
    .execute(conn)
    .await?;
    Ok(())
}

/// When the decision that stands settles, or settled.
pub(crate) async fn settle_now(conn: &mut SqliteConnection, case: i64, now: Millis) -> Result<()> {
    sqlx::query("UPDATE review_case SET settles_at = ?2 WHERE id = ?1")
        .bind(case)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}
