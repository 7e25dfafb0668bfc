//! Rows of accounts, policies and settings.

use sqlx::{FromRow, SqliteConnection};

use crate::clock::Millis;
use crate::error::Result;

/// One account.
#[derive(FromRow)]
pub(crate) struct AccountRow {
    pub(crate) name: String,
    pub(crate) pseudonym: String,
    pub(crate) role: String,
}

pub(crate) async fn by_name(conn: &mut SqliteConnection, name: &str) -> Result<Option<AccountRow>> {
    Ok(sqlx::query_as("SELECT name, pseudonym, role FROM account WHERE name = ?1")
        .bind(name)
        .fetch_optional(conn)
        .await?)
}

pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<AccountRow>> {
    Ok(sqlx::query_as("SELECT name, pseudonym, role FROM account ORDER BY created_at, name")
        .fetch_all(conn)
        .await?)
}

/// How many accounts have the role; the next pseudonym follows it.
pub(crate) async fn count(conn: &mut SqliteConnection, role: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM account WHERE role = ?1")
        .bind(role)
        .fetch_one(conn)
        .await?)
}

pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    name: &str,
    pseudonym: &str,
    role: &str,
    at: Millis,
) -> Result<()> {
    sqlx::query("INSERT INTO account (name, pseudonym, role, created_at) VALUES (?1, ?2, ?3, ?4)")
        .bind(name)
        .bind(pseudonym)
        .bind(role)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// A setting as JSON.
pub(crate) async fn setting(conn: &mut SqliteConnection, key: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM setting WHERE key = ?1")
        .bind(key)
        .fetch_optional(conn)
        .await?)
}

pub(crate) async fn set(conn: &mut SqliteConnection, key: &str, value: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a setting away. The page it stood on was never written unencrypted.
pub(crate) async fn forget(conn: &mut SqliteConnection, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM setting WHERE key = ?1").bind(key).execute(conn).await?;
    Ok(())
}

/// Body of the policy in force.
pub(crate) async fn policy(conn: &mut SqliteConnection) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT body FROM policy ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await?)
}

/// Whether a policy of this version was ever in force.
pub(crate) async fn policy_version_used(
    conn: &mut SqliteConnection,
    version: &str,
) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM policy WHERE version = ?1")
        .bind(version)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn insert_policy(
    conn: &mut SqliteConnection,
    seq: i64,
    version: &str,
    body: &str,
) -> Result<()> {
    sqlx::query("INSERT INTO policy (seq, version, body) VALUES (?1, ?2, ?3)")
        .bind(seq)
        .bind(version)
        .bind(body)
        .execute(conn)
        .await?;
    Ok(())
}
