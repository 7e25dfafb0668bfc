//! The floor of the store: the same tables and statements on one plain connection, without roles, ledger or words.
//!
//! It must keep to the statements of core's `store`, so that a ratio says what the rest of core costs.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row};

use crate::stage::{self, Finds, LISTS, THRESHOLD};

/// A raw SQLCipher key. It guards nothing: it makes the floor pay for encryption as the store does.
const KEY: &str = "\"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"";
/// Who acts, and when: any name and time that no row has.
const ME: &str = "R-01";
const NOW: i64 = 1_900_000_000_000;

macro_rules! columns {
    () => {
        "SELECT c.id, l.name AS list, c.band, c.rank, c.algorithm, c.distance, c.threshold, c.quality, c.entry, c.dataset,
                c.class, c.sightings, c.created_at, c.state, c.settles_at, c.decided_by, c.decision_seq, c.held_by,
                e.account AS holder, e.expires_at AS lease_ends,
                EXISTS (SELECT 1 FROM skip s WHERE s.case_id = c.id AND s.account = ?1) AS skipped "
    };
}
const PAGE: &str = concat!(
    columns!(),
    "FROM review_case c INDEXED BY case_open_urgent
     JOIN list l ON l.id = c.list_id LEFT JOIN lease e ON e.case_id = c.id AND e.expires_at > ?2
     WHERE c.state = 'suspected' AND c.held_by IS NULL AND (c.rank, c.created_at, c.id) > (?3, ?4, ?5)
     ORDER BY c.rank, c.created_at, c.id LIMIT ?6"
);
const ONE: &str = concat!(
    columns!(),
    "FROM review_case c
     JOIN list l ON l.id = c.list_id LEFT JOIN lease e ON e.case_id = c.id AND e.expires_at > ?2 WHERE c.id = ?3"
);
const ITEM: &str = "SELECT i.blake3, i.sha256, i.sha1, i.md5, i.size_bytes
                    FROM review_case c JOIN item i ON i.id = c.item_id WHERE c.id = ?1";
const SIGHTINGS: &str =
    "SELECT imported_at, record FROM sighting WHERE case_id = ?1 ORDER BY id LIMIT 200";
const DECISIONS: &str = "SELECT d.seq, d.account, d.verdict, d.classification, d.rationale, d.policy_version, d.level_seen,
                                d.at, d.supersedes, w.seq AS withdrawn_seq
                         FROM decision d LEFT JOIN withdrawal w ON w.decision_seq = d.seq
                         WHERE d.case_id = ?1 ORDER BY d.seq";
const EXPOSURES: &str =
    "SELECT id, case_id, account, level, opened_at, opened_seq, closed_seq, ms FROM exposure
                         WHERE case_id = ?1 ORDER BY opened_seq";
const OPEN_EXPOSURES: &str =
    "SELECT id, case_id, account, level, opened_at, opened_seq, closed_seq, ms FROM exposure
                              WHERE closed_seq IS NULL ORDER BY opened_seq";
const SPENT: &str = "SELECT level, coalesce(ms, ?3 - opened_at) FROM exposure WHERE account = ?1 AND opened_at >= ?2";
const POLICY: &str = "SELECT body FROM policy ORDER BY seq DESC LIMIT 1";
const REPORT: &str = "SELECT report_id FROM report_case WHERE case_id = ?1";
const LEASE: &str =
    "SELECT case_id, account, expires_at FROM lease WHERE case_id = ?1 AND expires_at > ?2";
const HELD: &str =
    "SELECT case_id, account, expires_at FROM lease WHERE account = ?1 AND expires_at > ?2";

/// Where a page begins, exclusive.
pub(crate) type Key = (i64, i64, i64);

/// Before the first row.
pub(crate) const TOP: Key = (-1, i64::MIN, 0);

/// One connection, in the store's journal mode and as durable.
pub(crate) struct Bare {
    conn: SqliteConnection,
}

impl Bare {
    async fn connect(path: &Path, sealed: bool) -> Result<Self> {
        let mut options = SqliteConnectOptions::new().filename(path);
        if sealed {
            options = options.pragma("key", KEY);
        }
        let conn = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // A decision refers to its leaf, and there are no leaves here.
            .foreign_keys(false)
            .pragma("temp_store", "MEMORY")
            .connect()
            .await?;
        Ok(Self { conn })
    }

    /// Opens the tables at `path`; makes them and fills them with `finds` when they are not there.
    pub(crate) async fn open(path: &Path, sealed: bool, finds: &Finds) -> Result<Self> {
        if !path.is_file() {
            let half = path.with_extension("unfinished");
            stage::remove(&half)?;
            let mut bare = Self::connect(&half, sealed).await?;
            bare.fill(finds).await?;
            bare.close().await?;
            std::fs::rename(half, path)?;
        }
        Self::connect(path, sealed).await
    }

    async fn fill(&mut self, finds: &Finds) -> Result<()> {
        sqlx::migrate!("../../migrations").run(&mut self.conn).await?;
        let mut write = self.conn.begin().await?;
        for list in 0..LISTS {
            sqlx::query("INSERT INTO list (id, provider, name) VALUES (?1, 'synthetic', ?2)")
                .bind(i64::try_from(list + 1)?)
                .bind(format!("SYNTH-{list}"))
                .execute(&mut *write)
                .await?;
        }
        sqlx::query("INSERT INTO policy (seq, version, body) VALUES (0, '2.0', ?1)")
            .bind(serde_json::to_string(&casement_core::policy::first())?)
            .execute(&mut *write)
            .await?;
        for (n, line) in stage::lines(finds)?.enumerate() {
            let (record, find) = line?;
            insert(&mut write, n, &record, &find).await?;
        }
        Ok(write.commit().await?)
    }

    /// Fifty rows after a key, and the last row's key.
    pub(crate) async fn page(&mut self, after: Key, limit: i64) -> Result<(usize, Option<Key>)> {
        page(&mut self.conn, after, limit).await
    }

    /// What `queue::claim::next` reads and writes, except for its leaf.
    pub(crate) async fn claim_next(&mut self) -> Result<()> {
        let mut write = self.conn.begin_with("BEGIN IMMEDIATE").await?;
        let (_, last) = page(&mut write, TOP, 50).await?;
        let (_, _, case) = last.context("no case is left")?;
        sqlx::query(POLICY).fetch_one(&mut *write).await?;
        sqlx::query(HELD).bind(ME).bind(NOW).fetch_optional(&mut *write).await?;
        lease(&mut write, case).await?;
        Ok(write.commit().await?)
    }

    /// Gives every lease back.
    pub(crate) async fn release(&mut self) -> Result<()> {
        sqlx::query("DELETE FROM lease").execute(&mut self.conn).await?;
        Ok(())
    }

    /// What `case::show` reads.
    pub(crate) async fn show(&mut self, case: i64) -> Result<()> {
        let conn = &mut self.conn;
        one(conn, case).await?;
        sqlx::query(ITEM).bind(case).fetch_one(&mut *conn).await?;
        sqlx::query(SIGHTINGS).bind(case).fetch_all(&mut *conn).await?;
        sqlx::query(DECISIONS).bind(case).fetch_all(&mut *conn).await?;
        sqlx::query(EXPOSURES).bind(case).fetch_all(&mut *conn).await?;
        sqlx::query(POLICY).fetch_one(&mut *conn).await?;
        sqlx::query(SPENT).bind(ME).bind(NOW).bind(NOW).fetch_all(&mut *conn).await?;
        sqlx::query(REPORT).bind(case).fetch_optional(&mut *conn).await?;
        Ok(())
    }

    /// Claims a case, so that it can be decided.
    pub(crate) async fn claim(&mut self, case: i64) -> Result<()> {
        let mut write = self.conn.begin_with("BEGIN IMMEDIATE").await?;
        lease(&mut write, case).await?;
        Ok(write.commit().await?)
    }

    /// What `decision::decide` reads and writes, except for its leaf.
    pub(crate) async fn decide(&mut self, case: i64, seq: i64, rationale: &str) -> Result<()> {
        let mut write = self.conn.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(LEASE).bind(case).bind(NOW).fetch_one(&mut *write).await?;
        sqlx::query(POLICY).fetch_one(&mut *write).await?;
        one(&mut write, case).await?;
        sqlx::query(DECISIONS).bind(case).fetch_all(&mut *write).await?;
        sqlx::query(EXPOSURES).bind(case).fetch_all(&mut *write).await?;
        sqlx::query(
            "INSERT INTO decision (seq, case_id, account, round, verdict, classification, rationale, policy_version,
                                   level_seen, at, settles_at, supersedes)
             VALUES (?1, ?2, ?3, 1, 'not-a-match', NULL, ?4, '2.0', 'hash-only', ?5, ?5, NULL)",
        )
        .bind(seq)
        .bind(case)
        .bind(ME)
        .bind(rationale)
        .bind(NOW)
        .execute(&mut *write)
        .await?;
        sqlx::query(
            "UPDATE review_case SET state = ?2, settles_at = ?3, decided_by = ?4, decision_seq = ?5 WHERE id = ?1",
        )
        .bind(case)
        .bind("not-a-match")
        .bind(NOW)
        .bind(ME)
        .bind(seq)
        .execute(&mut *write)
        .await?;
        sqlx::query(OPEN_EXPOSURES).fetch_all(&mut *write).await?;
        sqlx::query("DELETE FROM lease WHERE case_id = ?1").bind(case).execute(&mut *write).await?;
        Ok(write.commit().await?)
    }

    /// As many leaves with their bodies as a ledger has, each of a usual length.
    pub(crate) async fn put_leaves(&mut self, count: u64) -> Result<()> {
        let mut write = self.conn.begin().await?;
        for seq in 0..i64::try_from(count)? {
            sqlx::query("INSERT INTO ledger_leaf (seq, leaf) VALUES (?1, zeroblob(230))")
                .bind(seq)
                .execute(&mut *write)
                .await?;
            sqlx::query(
                "INSERT INTO act (seq, at, account, role, kind, case_id, salt, body)
                 VALUES (?1, ?2, ?3, 'reviewer', 'decision.recorded', ?1, zeroblob(16), ?4)",
            )
            .bind(seq)
            .bind(NOW)
            .bind(ME)
            .bind("b".repeat(200))
            .execute(&mut *write)
            .await?;
        }
        Ok(write.commit().await?)
    }

    /// Reads every leaf with its body, page by page as a verification does. Answers how many there are.
    pub(crate) async fn scan_leaves(&mut self) -> Result<u64> {
        let mut seen = 0_u64;
        loop {
            let page = sqlx::query(
                "SELECT l.seq, l.leaf, a.at, a.account, a.kind, a.case_id, a.salt, a.body
                 FROM ledger_leaf l JOIN act a ON a.seq = l.seq WHERE l.seq >= ?1 ORDER BY l.seq LIMIT 2000",
            )
            .bind(i64::try_from(seen)?)
            .fetch_all(&mut self.conn)
            .await?;
            if page.is_empty() {
                return Ok(seen);
            }
            seen += page.len() as u64;
        }
    }

    /// Folds the log in and closes the file.
    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.conn.close().await?)
    }
}

async fn page(conn: &mut SqliteConnection, after: Key, limit: i64) -> Result<(usize, Option<Key>)> {
    let rows = sqlx::query(PAGE)
        .bind(ME)
        .bind(NOW)
        .bind(after.0)
        .bind(after.1)
        .bind(after.2)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    let last = rows.last().map(|row| (row.get("rank"), row.get("created_at"), row.get("id")));
    Ok((rows.len(), last))
}

async fn one(conn: &mut SqliteConnection, case: i64) -> Result<()> {
    sqlx::query(ONE).bind(ME).bind(NOW).bind(case).fetch_one(conn).await?;
    Ok(())
}

async fn lease(conn: &mut SqliteConnection, case: i64) -> Result<()> {
    sqlx::query("DELETE FROM lease WHERE account = ?1 OR (case_id = ?2 AND expires_at <= ?3)")
        .bind(ME)
        .bind(case)
        .bind(NOW)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO lease (case_id, account, since, expires_at) VALUES (?1, ?2, ?3, ?3 + 300000)",
    )
    .bind(case)
    .bind(ME)
    .bind(NOW)
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert(conn: &mut SqliteConnection, n: usize, record: &str, find: &Value) -> Result<()> {
    let id = i64::try_from(n + 1)?;
    let place = stage::place(n);
    let digest = |name: &str| -> Result<Vec<u8>> {
        let text = find.pointer(&format!("/object/digests/{name}")).and_then(Value::as_str);
        Ok(hex::decode(text.context("a find has no digest")?)?)
    };
    // Any 32 bytes that are as spread out as the item's own digest.
    let blake3 = casement_core::hash::sha256(record.as_bytes());
    sqlx::query("INSERT INTO item (id, blake3, sha256, sha1, md5, size_bytes) VALUES (?1, ?2, ?3, ?4, ?5, 1024)")
        .bind(id)
        .bind(blake3.as_slice())
        .bind(digest("sha256")?)
        .bind(digest("sha1")?)
        .bind(digest("md5")?)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO review_case (id, item_id, list_id, band, rank, algorithm, distance, threshold, quality, entry,
                                  dataset, class, sightings, source_key, source_name, created_at)
         VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'B', 1, ?11, ?11, ?12)",
    )
    .bind(id)
    .bind(i64::try_from(place.list + 1)?)
    .bind(place.band)
    .bind(i64::try_from(place.rank)?)
    .bind(if place.distance.is_some() { "pdq" } else { "sha256" })
    .bind(place.distance.map(i64::try_from).transpose()?)
    .bind(place.distance.map(|_| i64::try_from(THRESHOLD)).transpose()?)
    .bind(place.quality.map(i64::try_from).transpose()?)
    .bind(format!("E-{:04}", n % 4096))
    .bind(format!("example/pairs-{}", n % 7))
    .bind(format!("host:images-{}.example", place.host))
    // Finds of one batch become cases at one time.
    .bind(1_700_000_000_000 + id / 1_000 * 100)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO sighting (find_id, case_id, run, line, digest, imported_at, record)
         VALUES (?1, ?2, 'run', ?2, ?3, ?4, ?5)",
    )
    .bind(find.get("find_id").and_then(Value::as_str))
    .bind(id)
    .bind(blake3.as_slice())
    .bind(NOW)
    .bind(record)
    .execute(conn)
    .await?;
    Ok(())
}
