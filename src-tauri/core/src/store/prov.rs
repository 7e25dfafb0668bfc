//! Rows of the trail's graph.

use sqlx::{FromRow, SqliteConnection};

use crate::error::Result;

/// One node.
#[derive(FromRow)]
pub(crate) struct NodeRow {
    pub(crate) id: i64,
    /// Lower-case hex.
    pub(crate) key: String,
    pub(crate) kind: String,
    #[sqlx(rename = "type")]
    pub(crate) name: String,
    pub(crate) attrs: String,
}

/// Puts nodes and edges in that are not there yet; both as JSON arrays of arrays in the order of the columns.
pub(crate) async fn insert(conn: &mut SqliteConnection, nodes: &str, edges: &str) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO prov_node (key, kind, type, attrs)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1)",
    )
    .bind(nodes)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT OR IGNORE INTO prov_edge (src, rel, dst)
         SELECT a.id, j.value ->> 1, b.id FROM json_each(?1) j
         CROSS JOIN prov_node a ON a.key = unhex(j.value ->> 0)
         CROSS JOIN prov_node b ON b.key = unhex(j.value ->> 2)",
    )
    .bind(edges)
    .execute(conn)
    .await?;
    Ok(())
}

/// The nodes of these keys, a JSON array of hex, in the order they came in.
pub(crate) async fn nodes(conn: &mut SqliteConnection, keys: &str) -> Result<Vec<NodeRow>> {
    Ok(sqlx::query_as(
        "SELECT n.id, lower(hex(n.key)) AS key, n.kind, n.type, n.attrs
         FROM json_each(?1) j CROSS JOIN prov_node n ON n.key = unhex(j.value) ORDER BY n.id",
    )
    .bind(keys)
    .fetch_all(conn)
    .await?)
}

/// Edges that leave these nodes and end in one of them: source, word, target. `ids` is a JSON array.
pub(crate) async fn edges_among(
    conn: &mut SqliteConnection,
    ids: &str,
) -> Result<Vec<(i64, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT e.src, r.word, e.dst FROM json_each(?1) j
         CROSS JOIN prov_edge e ON e.src = j.value
         CROSS JOIN prov_relation r ON r.id = e.rel
         WHERE e.dst IN (SELECT value FROM json_each(?1)) ORDER BY e.src, e.rel, e.dst",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?)
}

/// How many of these edges, `[[src, rel, dst], …]` by key, are there.
pub(crate) async fn edges_there(conn: &mut SqliteConnection, edges: &str) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM json_each(?1) j
         CROSS JOIN prov_node a ON a.key = unhex(j.value ->> 0)
         CROSS JOIN prov_node b ON b.key = unhex(j.value ->> 2)
         CROSS JOIN prov_edge e ON e.src = a.id AND e.rel = j.value ->> 1 AND e.dst = b.id",
    )
    .bind(edges)
    .fetch_one(conn)
    .await?)
}
