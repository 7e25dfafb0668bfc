//! Rows of clusters and their members.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// A case with its fingerprint, and its cluster where it has one.
#[derive(FromRow)]
pub(crate) struct PrintedRow {
    pub(crate) item_id: i64,
    pub(crate) case_id: i64,
    pub(crate) pdq: Vec<u8>,
    pub(crate) cluster_id: Option<i64>,
}

/// Fingerprints that were compared, in the order of their items, after one.
pub(crate) async fn linked(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<PrintedRow>> {
    Ok(sqlx::query_as(
        "SELECT p.item_id, c.id AS case_id, p.pdq, m.cluster_id
         FROM item_pdq p JOIN review_case c ON c.item_id = p.item_id LEFT JOIN cluster_member m ON m.case_id = c.id
         WHERE p.item_id > ?1 AND p.linked = 1 ORDER BY p.item_id LIMIT ?2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Fingerprints that wait to be compared.
pub(crate) async fn unlinked(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<PrintedRow>> {
    Ok(sqlx::query_as(
        "SELECT p.item_id, c.id AS case_id, p.pdq, NULL AS cluster_id
         FROM item_pdq p INDEXED BY item_pdq_unlinked JOIN review_case c ON c.item_id = p.item_id
         WHERE p.linked = 0 AND p.quality >= 50 ORDER BY p.item_id LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Marks items (a JSON array of ids) as compared.
pub(crate) async fn mark_linked(conn: &mut SqliteConnection, items: &str) -> Result<()> {
    sqlx::query(
        "UPDATE item_pdq SET linked = 1 WHERE item_id IN (SELECT value FROM json_each(?1))",
    )
    .bind(items)
    .execute(conn)
    .await?;
    Ok(())
}

/// The greatest id of a cluster that has members.
pub(crate) async fn last_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(cluster_id), 0) FROM cluster_member")
        .fetch_one(conn)
        .await?)
}

/// Sets the cluster of cases (a JSON array of `[case, cluster]`), and removes clusters that were taken up by others.
pub(crate) async fn move_members(
    conn: &mut SqliteConnection,
    moved: &str,
    gone: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO cluster_member (case_id, cluster_id) SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
         ON CONFLICT (case_id) DO UPDATE SET cluster_id = excluded.cluster_id",
    )
    .bind(moved)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM cluster WHERE id IN (SELECT value FROM json_each(?1))")
        .bind(gone)
        .execute(conn)
        .await?;
    Ok(())
}

/// Fingerprints of a cluster's members, in the order of their numbers.
pub(crate) async fn prints(
    conn: &mut SqliteConnection,
    cluster: i64,
) -> Result<Vec<(i64, Vec<u8>)>> {
    Ok(sqlx::query_as(
        "SELECT c.id, p.pdq FROM cluster_member m JOIN review_case c ON c.id = m.case_id
         JOIN item_pdq p ON p.item_id = c.item_id WHERE m.cluster_id = ?1 ORDER BY c.id",
    )
    .bind(cluster)
    .fetch_all(conn)
    .await?)
}

/// What a cluster is now.
pub(crate) struct Shape {
    pub(crate) id: i64,
    pub(crate) first_case: i64,
    pub(crate) cases: i64,
    pub(crate) medoid: i64,
    pub(crate) farthest: i64,
    pub(crate) widest: i64,
}

pub(crate) async fn put(conn: &mut SqliteConnection, shape: &Shape) -> Result<()> {
    sqlx::query(
        "INSERT INTO cluster (id, first_case, cases, medoid, farthest, widest, open) VALUES (?1, ?2, ?3, ?4, ?5, ?6,
           (SELECT count(*) FROM cluster_member m JOIN review_case c ON c.id = m.case_id
            WHERE m.cluster_id = ?1 AND c.state = 'suspected' AND c.held_by IS NULL))
         ON CONFLICT (id) DO UPDATE SET first_case = excluded.first_case, cases = excluded.cases,
           medoid = excluded.medoid, farthest = excluded.farthest, widest = excluded.widest, open = excluded.open",
    )
    .bind(shape.id)
    .bind(shape.first_case)
    .bind(shape.cases)
    .bind(shape.medoid)
    .bind(shape.farthest)
    .bind(shape.widest)
    .execute(conn)
    .await?;
    Ok(())
}

/// A cluster.
#[derive(FromRow, Clone)]
pub(crate) struct ClusterRow {
    pub(crate) id: i64,
    pub(crate) first_case: i64,
    pub(crate) cases: i64,
    pub(crate) widest: i64,
    pub(crate) open: i64,
}

/// The cluster that a case is in.
pub(crate) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Option<ClusterRow>> {
    Ok(sqlx::query_as(
        "SELECT k.id, k.first_case, k.cases, k.widest, k.open FROM cluster_member m JOIN cluster k ON k.id = m.cluster_id
         WHERE m.case_id = ?1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?)
}

/// Clusters after a key, by most open cases. Those without any come last, where they are asked for.
pub(crate) async fn by_open(
    conn: &mut SqliteConnection,
    all: bool,
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<ClusterRow>> {
    Ok(sqlx::query_as(
        "SELECT id, first_case, cases, widest, open FROM cluster INDEXED BY cluster_by_open
         WHERE open <= ?1 AND (open < ?1 OR first_case > ?2) AND open >= ?3
         ORDER BY open DESC, first_case LIMIT ?4",
    )
    .bind(after.0)
    .bind(after.1)
    .bind(i64::from(!all))
    .bind(limit)
    .fetch_all(conn)
    .await?)
}

/// Clusters after a number, by it.
pub(crate) async fn by_number(
    conn: &mut SqliteConnection,
    all: bool,
    after: i64,
    limit: i64,
) -> Result<Vec<ClusterRow>> {
    let sql = if all {
        "SELECT id, first_case, cases, widest, open FROM cluster WHERE first_case > ?1 ORDER BY first_case LIMIT ?2"
    } else {
        "SELECT id, first_case, cases, widest, open FROM cluster INDEXED BY cluster_open_oldest
         WHERE open > 0 AND first_case > ?1 ORDER BY first_case LIMIT ?2"
    };
    Ok(sqlx::query_as(sql).bind(after).bind(limit).fetch_all(conn).await?)
}

/// Clusters with an open case.
pub(crate) async fn open(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM cluster INDEXED BY cluster_open_oldest WHERE open > 0",
    )
    .fetch_one(conn)
    .await?)
}

/// Clusters, and cases in them.
pub(crate) async fn totals(conn: &mut SqliteConnection) -> Result<(i64, i64)> {
    Ok(sqlx::query_as("SELECT count(*), coalesce(sum(cases), 0) FROM cluster")
        .fetch_one(conn)
        .await?)
}

/// What the cases of a cluster amount to.
#[derive(FromRow)]
pub(crate) struct SumRow {
    pub(crate) cluster_id: i64,
    pub(crate) sightings: i64,
    pub(crate) held: i64,
    pub(crate) confirmed: i64,
    pub(crate) not_a_match: i64,
    pub(crate) cannot_tell: i64,
    pub(crate) escalated: i64,
    /// Somebody other than the one who asks, who holds a case of it.
    pub(crate) holder: Option<String>,
}

/// Sums of clusters (a JSON array of ids).
pub(crate) async fn sums(
    conn: &mut SqliteConnection,
    clusters: &str,
    me: &str,
    now: Millis,
) -> Result<Vec<SumRow>> {
    Ok(sqlx::query_as(
        "SELECT m.cluster_id, sum(c.sightings) AS sightings,
                count(*) FILTER (WHERE c.state = 'suspected' AND c.held_by IS NOT NULL) AS held,
                count(*) FILTER (WHERE c.state IN ('confirmed', 'packaged')) AS confirmed,
                count(*) FILTER (WHERE c.state = 'not-a-match') AS not_a_match,
                count(*) FILTER (WHERE c.state = 'cannot-tell') AS cannot_tell,
                count(*) FILTER (WHERE c.state = 'escalated') AS escalated,
                min(e.account) AS holder
         FROM json_each(?1) j CROSS JOIN cluster_member m ON m.cluster_id = j.value
         JOIN review_case c ON c.id = m.case_id
         LEFT JOIN lease e ON e.case_id = c.id AND e.expires_at > ?3 AND e.account <> ?2
         GROUP BY m.cluster_id",
    )
    .bind(clusters)
    .bind(me)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// One member, as far as its place in a cluster asks for it.
#[derive(FromRow)]
pub(crate) struct MemberRow {
    pub(crate) case_id: i64,
    pub(crate) pdq: Vec<u8>,
    pub(crate) print_quality: i64,
    pub(crate) source: String,
    pub(crate) list: String,
    pub(crate) entry: Option<String>,
    pub(crate) algorithm: String,
    pub(crate) distance: Option<i64>,
    pub(crate) threshold: Option<i64>,
    pub(crate) class: String,
    pub(crate) dataset: String,
    pub(crate) sightings: i64,
    pub(crate) state: String,
    pub(crate) settles_at: Option<Millis>,
    pub(crate) decided_by: Option<String>,
    pub(crate) held_by: Option<i64>,
    pub(crate) holder: Option<String>,
    pub(crate) lease_ends: Option<Millis>,
}

/// Every member of a cluster, in the order of their numbers.
pub(crate) async fn members(
    conn: &mut SqliteConnection,
    cluster: i64,
    now: Millis,
) -> Result<Vec<MemberRow>> {
    Ok(sqlx::query_as(
        "SELECT c.id AS case_id, p.pdq, p.quality AS print_quality, p.source, l.name AS list, c.entry, c.algorithm,
                c.distance, c.threshold, c.class, c.dataset, c.sightings, c.state, c.settles_at, c.decided_by, c.held_by,
                e.account AS holder, e.expires_at AS lease_ends
         FROM cluster_member m JOIN review_case c ON c.id = m.case_id JOIN item_pdq p ON p.item_id = c.item_id
         JOIN list l ON l.id = c.list_id LEFT JOIN lease e ON e.case_id = c.id AND e.expires_at > ?2
         WHERE m.cluster_id = ?1 ORDER BY c.id",
    )
    .bind(cluster)
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// What an account has seen of a cluster's cases: case, level, and for how long. A view that could not be shown is none.
pub(crate) async fn seen(
    conn: &mut SqliteConnection,
    cluster: i64,
    account: &str,
    now: Millis,
) -> Result<Vec<(i64, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT e.case_id, e.level, coalesce(e.ms, ?3 - e.opened_at) FROM exposure e
         JOIN cluster_member m ON m.case_id = e.case_id
         WHERE e.account = ?2 AND m.cluster_id = ?1 AND (e.closed_seq IS NULL OR e.ms > 0)",
    )
    .bind(cluster)
    .bind(account)
    .bind(now)
    .fetch_all(conn)
    .await?)
}
