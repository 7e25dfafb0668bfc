//! Rows of floods: list entries with many cases, the cards that hold them, and what a card sums up.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// An entry with more cases than go to people one by one, and no card that holds them.
#[derive(FromRow)]
pub(crate) struct RisingRow {
    pub(crate) list_id: i64,
    pub(crate) entry: String,
    pub(crate) list: String,
    pub(crate) provider: String,
    pub(crate) cases: i64,
    /// The card that was released before.
    pub(crate) flood: Option<i64>,
}

/// Those among the entries of the cases of the finds at hand. A released one rises again when its cases have doubled.
pub(crate) async fn rising(conn: &mut SqliteConnection, k: i64) -> Result<Vec<RisingRow>> {
    Ok(sqlx::query_as(
        "SELECT e.list_id, e.entry, l.name AS list, l.provider, e.cases, f.id AS flood
         FROM (SELECT DISTINCT c.list_id, c.entry FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3
               CROSS JOIN review_case c ON c.item_id = i.id WHERE c.entry IS NOT NULL) n
         JOIN entry_count e ON e.list_id = n.list_id AND e.entry = n.entry
         JOIN list l ON l.id = e.list_id
         LEFT JOIN flood f ON f.list_id = e.list_id AND f.entry = e.entry
         WHERE e.cases > ?1 AND (f.id IS NULL OR (f.state = 'released' AND e.cases >= 2 * f.released_cases))
         ORDER BY e.list_id, e.entry",
    )
    .bind(k)
    .fetch_all(conn)
    .await?)
}

/// The number the next card gets.
pub(crate) async fn next_id(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM flood").fetch_one(conn).await?)
}

/// The last act on a card.
pub(crate) struct Act<'a> {
    pub(crate) seq: i64,
    pub(crate) account: &'a str,
    pub(crate) at: Millis,
    pub(crate) reason: &'a str,
}

/// Makes a card, or takes up a released one again.
pub(crate) async fn raise(
    conn: &mut SqliteConnection,
    id: i64,
    list: i64,
    entry: &str,
    act: &Act<'_>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO flood (id, list_id, entry, state, seq, account, at, reason) VALUES (?1, ?2, ?3, 'held', ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET state = 'held', released_cases = NULL, seq = excluded.seq,
           account = excluded.account, at = excluded.at, reason = excluded.reason",
    )
    .bind(id)
    .bind(list)
    .bind(entry)
    .bind(act.seq)
    .bind(act.account)
    .bind(act.at)
    .bind(act.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Holds every suspected case of a card's entry that nobody has claimed. Answers how many.
pub(crate) async fn hold(conn: &mut SqliteConnection, flood: i64, now: Millis) -> Result<u64> {
    Ok(sqlx::query(
        "UPDATE review_case SET held_by = ?1
         WHERE id IN (SELECT c.id FROM flood f JOIN review_case c ON c.list_id = f.list_id AND c.entry = f.entry
                      WHERE f.id = ?1 AND c.state = 'suspected' AND c.held_by IS NULL)
           AND NOT EXISTS (SELECT 1 FROM lease e WHERE e.case_id = review_case.id AND e.expires_at > ?2)",
    )
    .bind(flood)
    .bind(now)
    .execute(conn)
    .await?
    .rows_affected())
}

/// Whether any card was ever made.
pub(crate) async fn any(conn: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM flood)").fetch_one(conn).await?)
}

/// Sends the cases of the finds at hand to the card that holds their entry; those whose better match is now another
/// entry leave theirs.
pub(crate) async fn follow(conn: &mut SqliteConnection, now: Millis) -> Result<()> {
    sqlx::query(
        "UPDATE review_case SET held_by =
           (SELECT f.id FROM flood f WHERE f.list_id = review_case.list_id AND f.entry = review_case.entry
            AND f.state <> 'released')
         WHERE id IN (SELECT c.id FROM temp.incoming j CROSS JOIN item i ON i.blake3 = j.blake3
                      CROSS JOIN review_case c ON c.item_id = i.id)
           AND state = 'suspected'
           AND held_by IS NOT (SELECT f.id FROM flood f WHERE f.list_id = review_case.list_id
                               AND f.entry = review_case.entry AND f.state <> 'released')
           AND NOT EXISTS (SELECT 1 FROM lease e WHERE e.case_id = review_case.id AND e.expires_at > ?1)",
    )
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sends a card's suspected cases back to the queues. Answers how many.
pub(crate) async fn let_go(conn: &mut SqliteConnection, flood: i64) -> Result<u64> {
    Ok(sqlx::query("UPDATE review_case SET held_by = NULL WHERE held_by = ?1")
        .bind(flood)
        .execute(conn)
        .await?
        .rows_affected())
}

pub(crate) async fn release(
    conn: &mut SqliteConnection,
    flood: i64,
    cases: i64,
    act: &Act<'_>,
) -> Result<()> {
    sqlx::query(
        "UPDATE flood SET state = 'released', until = NULL, released_cases = ?2, seq = ?3, account = ?4, at = ?5,
           reason = ?6 WHERE id = ?1",
    )
    .bind(flood)
    .bind(cases)
    .bind(act.seq)
    .bind(act.account)
    .bind(act.at)
    .bind(act.reason)
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn suppress(
    conn: &mut SqliteConnection,
    flood: i64,
    until: Millis,
    act: &Act<'_>,
) -> Result<()> {
    sqlx::query(
        "UPDATE flood SET state = 'suppressed', until = ?2, seq = ?3, account = ?4, at = ?5, reason = ?6
         WHERE id = ?1",
    )
    .bind(flood)
    .bind(until)
    .bind(act.seq)
    .bind(act.account)
    .bind(act.at)
    .bind(act.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// A card.
#[derive(FromRow)]
pub(crate) struct FloodRow {
    pub(crate) id: i64,
    pub(crate) list_id: i64,
    pub(crate) provider: String,
    pub(crate) list: String,
    pub(crate) entry: String,
    pub(crate) state: String,
    pub(crate) until: Option<Millis>,
    pub(crate) held: i64,
    pub(crate) cases: i64,
    pub(crate) seq: i64,
    pub(crate) account: String,
    pub(crate) at: Millis,
    pub(crate) reason: String,
}

macro_rules! columns {
    () => {
        "SELECT f.id, f.list_id, l.provider, l.name AS list, f.entry, f.state, f.until, f.held, e.cases, f.seq, f.account,
                f.at, f.reason
         FROM flood f JOIN list l ON l.id = f.list_id
         JOIN entry_count e ON e.list_id = f.list_id AND e.entry = f.entry "
    };
}

/// Newest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<FloodRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "ORDER BY f.id DESC")).fetch_all(conn).await?)
}

pub(crate) async fn one(conn: &mut SqliteConnection, flood: i64) -> Result<Option<FloodRow>> {
    Ok(sqlx::query_as(concat!(columns!(), "WHERE f.id = ?1"))
        .bind(flood)
        .fetch_optional(conn)
        .await?)
}

/// Suspected cases that cards keep out of the queues.
pub(crate) async fn held(conn: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT coalesce(sum(held), 0) FROM flood").fetch_one(conn).await?)
}

/// What the cases of an entry amount to. Decisions within their undo window are left out.
#[derive(FromRow)]
pub(crate) struct SumRow {
    pub(crate) items: i64,
    pub(crate) sightings: i64,
    pub(crate) first_at: Option<Millis>,
    pub(crate) last_at: Option<Millis>,
    pub(crate) exact: i64,
    pub(crate) confirmed: i64,
    pub(crate) not_a_match: i64,
    pub(crate) cannot_tell: i64,
    pub(crate) escalated: i64,
}

pub(crate) async fn sum(
    conn: &mut SqliteConnection,
    list: i64,
    entry: &str,
    now: Millis,
) -> Result<SumRow> {
    Ok(sqlx::query_as(
        "SELECT count(*) AS items, coalesce(sum(sightings), 0) AS sightings, min(created_at) AS first_at,
                max(created_at) AS last_at, count(*) FILTER (WHERE distance IS NULL) AS exact,
                count(*) FILTER (WHERE state IN ('confirmed', 'packaged') AND settles_at <= ?3) AS confirmed,
                count(*) FILTER (WHERE state = 'not-a-match' AND settles_at <= ?3) AS not_a_match,
                count(*) FILTER (WHERE state = 'cannot-tell' AND settles_at <= ?3) AS cannot_tell,
                count(*) FILTER (WHERE state = 'escalated' AND settles_at <= ?3) AS escalated
         FROM review_case INDEXED BY case_by_entry WHERE list_id = ?1 AND entry = ?2",
    )
    .bind(list)
    .bind(entry)
    .bind(now)
    .fetch_one(conn)
    .await?)
}

/// Cases of an entry by distance and quality.
pub(crate) async fn shape(
    conn: &mut SqliteConnection,
    list: i64,
    entry: &str,
) -> Result<Vec<(Option<i64>, Option<i64>, i64)>> {
    Ok(sqlx::query_as(
        "SELECT distance, quality, count(*) FROM review_case INDEXED BY case_by_entry WHERE list_id = ?1 AND entry = ?2
         GROUP BY distance, quality ORDER BY distance, quality",
    )
    .bind(list)
    .bind(entry)
    .fetch_all(conn)
    .await?)
}

/// Cases of an entry by source: key, name, how many.
pub(crate) async fn sources(
    conn: &mut SqliteConnection,
    list: i64,
    entry: &str,
) -> Result<Vec<(String, String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT source_key, min(source_name), count(*) FROM review_case INDEXED BY case_by_entry
         WHERE list_id = ?1 AND entry = ?2 GROUP BY source_key",
    )
    .bind(list)
    .bind(entry)
    .fetch_all(conn)
    .await?)
}

/// Suspected cases of an entry, nearest first.
pub(crate) async fn suspected(
    conn: &mut SqliteConnection,
    list: i64,
    entry: &str,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM review_case INDEXED BY case_by_entry WHERE list_id = ?1 AND entry = ?2 AND state = 'suspected'
         ORDER BY coalesce(distance, 0), id",
    )
    .bind(list)
    .bind(entry)
    .fetch_all(conn)
    .await?)
}

/// The newest sighting of an entry's cases, verbatim.
pub(crate) async fn record(
    conn: &mut SqliteConnection,
    list: i64,
    entry: &str,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT record FROM sighting WHERE case_id =
           (SELECT max(id) FROM review_case INDEXED BY case_by_entry WHERE list_id = ?1 AND entry = ?2)
         ORDER BY id DESC LIMIT 1",
    )
    .bind(list)
    .bind(entry)
    .fetch_optional(conn)
    .await?)
}

/// Entries with an exact match that people judged not to be one: list, provider, name, entry.
pub(crate) async fn rejected_exact(
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(i64, String, String, String)>> {
    Ok(sqlx::query_as(
        "SELECT DISTINCT c.list_id, l.provider, l.name, c.entry
         FROM review_case c INDEXED BY case_decided JOIN list l ON l.id = c.list_id
         WHERE c.decision_seq IS NOT NULL AND c.state = 'not-a-match' AND c.settles_at <= ?1 AND c.band = 'exact'
           AND c.entry IS NOT NULL ORDER BY c.list_id, c.entry",
    )
    .bind(now)
    .fetch_all(conn)
    .await?)
}

/// An open proposal to put a card aside: its number, and whose it is.
pub(crate) async fn proposed(
    conn: &mut SqliteConnection,
    flood: i64,
    now: Millis,
) -> Result<Option<(i64, String)>> {
    Ok(sqlx::query_as(
        "SELECT id, proposed_by FROM proposal
         WHERE state = 'open' AND expires_at > ?2 AND kind = 'suppress-entry' AND subject ->> '$.flood' = ?1
         ORDER BY id DESC LIMIT 1",
    )
    .bind(flood)
    .bind(now)
    .fetch_optional(conn)
    .await?)
}
