//! Rows of acts that decide many cases at once. Only inserts: what takes one back is another row.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One act, with what took it back.
#[derive(FromRow)]
pub(crate) struct ActRow {
    pub(crate) seq: i64,
    pub(crate) account: String,
    pub(crate) verdict: String,
    pub(crate) classification: Option<String>,
    pub(crate) medoid: i64,
    pub(crate) farthest: i64,
    pub(crate) cases: i64,
    pub(crate) looked_at: i64,
    pub(crate) at: Millis,
    pub(crate) settles_at: Millis,
    pub(crate) withdrawn_seq: Option<i64>,
}

/// An act to insert.
pub(crate) struct NewAct<'a> {
    pub(crate) seq: i64,
    pub(crate) cluster: i64,
    pub(crate) account: &'a str,
    pub(crate) verdict: &'a str,
    pub(crate) classification: Option<&'a str>,
    pub(crate) medoid: i64,
    pub(crate) farthest: i64,
    pub(crate) cases: i64,
    pub(crate) looked_at: i64,
    pub(crate) at: Millis,
    pub(crate) settles_at: Millis,
}

pub(crate) async fn insert(conn: &mut SqliteConnection, new: &NewAct<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO cluster_act (seq, cluster, account, verdict, classification, medoid, farthest, cases, looked_at, at,
                                  settles_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(new.seq)
    .bind(new.cluster)
    .bind(new.account)
    .bind(new.verdict)
    .bind(new.classification)
    .bind(new.medoid)
    .bind(new.farthest)
    .bind(new.cases)
    .bind(new.looked_at)
    .bind(new.at)
    .bind(new.settles_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn insert_decision(
    conn: &mut SqliteConnection,
    act: i64,
    decision: i64,
    case: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO cluster_act_decision (decision_seq, act_seq, case_id) VALUES (?1, ?2, ?3)",
    )
    .bind(decision)
    .bind(act)
    .bind(case)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw(conn: &mut SqliteConnection, act: i64, seq: i64) -> Result<()> {
    sqlx::query("INSERT INTO cluster_act_withdrawal (act_seq, seq) VALUES (?1, ?2)")
        .bind(act)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}

macro_rules! columns {
    () => {
        "SELECT a.seq, a.account, a.verdict, a.classification, a.medoid, a.farthest, a.cases, a.looked_at, a.at,
                a.settles_at, w.seq AS withdrawn_seq
         FROM cluster_act a LEFT JOIN cluster_act_withdrawal w ON w.act_seq = a.seq "
    };
}

pub(crate) async fn one(conn: &mut SqliteConnection, act: i64) -> Result<Option<ActRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "WHERE a.seq = ?1"))
        .bind(act)
        .fetch_optional(conn)
        .await?)
}

/// Acts on cases that are in a cluster now, newest first.
pub(crate) async fn of_cluster(conn: &mut SqliteConnection, cluster: i64) -> Result<Vec<ActRow>> {
    Ok(sqlx::query_as(concat!(
        columns!(),
        "WHERE a.seq IN (SELECT d.act_seq FROM cluster_member m JOIN cluster_act_decision d ON d.case_id = m.case_id
                         WHERE m.cluster_id = ?1) ORDER BY a.seq DESC LIMIT 50"
    ))
    .bind(cluster)
    .fetch_all(conn)
    .await?)
}

/// Case and decision of every decision of an act, in the order of the cases.
pub(crate) async fn decisions(conn: &mut SqliteConnection, act: i64) -> Result<Vec<(i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT case_id, decision_seq FROM cluster_act_decision WHERE act_seq = ?1 ORDER BY case_id",
    )
    .bind(act)
    .fetch_all(conn)
    .await?)
}
