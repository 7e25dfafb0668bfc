//! Rows of the history: acts, filtered, newest first.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One act with what ended the decision it recorded.
#[derive(FromRow)]
pub(crate) struct ActRow {
    pub(crate) seq: i64,
    pub(crate) at: Millis,
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) kind: String,
    pub(crate) case_id: Option<i64>,
    pub(crate) body: String,
    pub(crate) leaf: Vec<u8>,
    pub(crate) ended_by: Option<i64>,
}

/// Which acts; `None` everywhere is all of them.
pub(crate) struct Which<'a> {
    pub(crate) since: Option<Millis>,
    pub(crate) until: Option<Millis>,
    pub(crate) by: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) case: Option<i64>,
}

macro_rules! fits {
    () => {
        "(?1 IS NULL OR a.at >= ?1) AND (?2 IS NULL OR a.at < ?2) AND (?3 IS NULL OR a.account = ?3)
         AND (?4 IS NULL OR a.kind = ?4 OR substr(a.kind, 1, length(?4) + 1) = ?4 || '.') AND (?5 IS NULL OR a.case_id = ?5)"
    };
}

pub(crate) async fn page(
    conn: &mut SqliteConnection,
    which: &Which<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<ActRow>> {
    // A decision ends by its withdrawal, or by the next decision on the case that was not itself withdrawn.
    Ok(sqlx::query_as(concat!(
        "SELECT a.seq, a.at, a.account, a.role, a.kind, a.case_id, a.body, l.leaf,
                iif(a.kind = 'decision.recorded', coalesce(
                  (SELECT w.seq FROM withdrawal w WHERE w.decision_seq = a.seq),
                  (SELECT min(d.seq) FROM decision d LEFT JOIN withdrawal w ON w.decision_seq = d.seq
                   WHERE d.case_id = a.case_id AND d.seq > a.seq AND w.seq IS NULL)), NULL) AS ended_by
         FROM act a JOIN ledger_leaf l ON l.seq = a.seq WHERE a.seq < ?6 AND ",
        fits!(),
        " ORDER BY a.seq DESC LIMIT ?7"
    ))
    .bind(which.since)
    .bind(which.until)
    .bind(which.by)
    .bind(which.kind)
    .bind(which.case)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

pub(crate) async fn total(conn: &mut SqliteConnection, which: &Which<'_>) -> Result<i64> {
    Ok(sqlx::query_scalar(concat!("SELECT count(*) FROM act a WHERE ", fits!()))
        .bind(which.since)
        .bind(which.until)
        .bind(which.by)
        .bind(which.kind)
        .bind(which.case)
        .fetch_one(conn)
        .await?)
}
