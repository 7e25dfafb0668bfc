//! The store: one SQLCipher file, one writer, read-only readers. The only room with SQL.
//!
//! Functions here take a connection and answer rows; they must never hold a rule. A reader's connection is opened
//! read-only, so a write through it fails in SQLite itself. Writing begins in `ledger` alone.

pub(crate) mod account;
pub(crate) mod adapted;
pub(crate) mod approval;
pub(crate) mod case;
pub(crate) mod checkpoint;
pub(crate) mod cluster;
pub(crate) mod cluster_act;
pub(crate) mod decision;
pub(crate) mod destruction;
pub(crate) mod earlier;
pub(crate) mod enrich;
pub(crate) mod exposure;
pub(crate) mod fingerprint;
pub(crate) mod flood;
pub(crate) mod gaps;
pub(crate) mod history;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod incoming;
pub(crate) mod ledger;
pub(crate) mod location;
pub(crate) mod obligation;
pub(crate) mod package;
pub(crate) mod prov;
pub(crate) mod queue;
pub(crate) mod register;
pub(crate) mod removal;
pub(crate) mod report;
pub(crate) mod statement;
pub(crate) mod submission;
pub(crate) mod trace;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::account::keyring::StoreKey;
use crate::error::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");
/// The store file within a workspace folder.
pub(crate) const FILE: &str = "store.db";
const READERS: u32 = 4;
/// Negative: KiB rather than pages.
const WRITER_CACHE: &str = "-32768";
const READER_CACHE: &str = "-16384";

/// An unlocked store.
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A connection that can only read.
pub(crate) type Reader = PoolConnection<Sqlite>;

impl Store {
    /// Makes the file and its tables. Refuses where one is already.
    pub(crate) async fn create(dir: &Path, key: &StoreKey) -> Result<Self> {
        Self::open_with(dir, key, true).await
    }

    /// Opens the file, brings its tables up to date after putting a copy beside it.
    pub(crate) async fn open(dir: &Path, key: &StoreKey) -> Result<Self> {
        if !dir.join(FILE).is_file() {
            return Err(Error::store(
                "STORE-03",
                "keyring.json is here but store.db is not. Put back the store file or a backup of it.",
            ));
        }
        Self::open_with(dir, key, false).await
    }

    async fn open_with(dir: &Path, key: &StoreKey, create: bool) -> Result<Self> {
        // SQLCipher would have libcrypto tidy up when the process exits, while a thread of a closed pool may still
        // end, and die of it after all was done. This makes libcrypto leave it to the kernel.
        openssl_sys::init();
        let path = dir.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .pragma("key", key.pragma().to_string())
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // A page that falls out of the cache must be decrypted again, which costs more than reading it.
            .pragma("cache_size", WRITER_CACHE)
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON")
            // Without it, INSERT OR REPLACE deletes rows without firing their delete triggers.
            .pragma("recursive_triggers", "ON");
        // The journal mode is set by the writer, before any reader exists.
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::query("SELECT count(*) FROM sqlite_master").execute(&writer).await?;
        migrate(&writer, &path).await?;
        let reader = SqliteConnectOptions::new()
            .filename(&path)
            .pragma("key", key.pragma().to_string())
            .read_only(true)
            .pragma("cache_size", READER_CACHE)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF");
        let readers = pool(READERS).connect_with(reader).await?;
        Ok(Self { writer, readers })
    }

    /// A connection to read through.
    pub(crate) async fn read(&self) -> Result<Reader> {
        Ok(self.readers.acquire().await?)
    }

    /// A connection that reads the store as it stands at its first statement, whatever is written meanwhile.
    #[expect(clippy::disallowed_methods, reason = "a reader's connection cannot write at all")]
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.readers.begin().await?)
    }

    /// The write lock, taken at once, so that what is read inside cannot change before it is written.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Lets the write-ahead log grow to 64 MiB before it is folded into the file, so that a page which one batch after
    /// another touches is written there once for many. For a long run of large transactions; [`Self::fold_often`] ends it.
    pub(crate) async fn fold_seldom(&self) -> Result<()> {
        sqlx::query("PRAGMA wal_autocheckpoint = 16384").execute(&self.writer).await?;
        Ok(())
    }

    /// Folds what lies in the log into the file, as far as no reader needs it, and from now on little by little: no
    /// single decision has to wait for much.
    pub(crate) async fn fold_often(&self) -> Result<()> {
        sqlx::query("PRAGMA wal_autocheckpoint = 1000").execute(&self.writer).await?;
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&self.writer).await?;
        Ok(())
    }

    /// Closes both pools; the write-ahead log is folded into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn pool(size: u32) -> PoolOptions<Sqlite> {
    // A ping before every use would double the cost of a look-up in a local file.
    PoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

async fn migrate(writer: &SqlitePool, path: &Path) -> Result<()> {
    let mut connection = writer.acquire().await?;
    let applied: Vec<i64> = if table_exists(&mut connection, "_sqlx_migrations").await? {
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&mut *connection)
            .await?
    } else {
        Vec::new()
    };
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let newer = || {
        Error::store("STORE-04", "This workspace was made by a newer Casement. Update this one.")
    };
    match applied.last() {
        Some(last) if *last > newest => return Err(newer()),
        Some(last) if *last < newest => copy_before(&mut connection, path, *last).await?,
        _ => {}
    }
    drop(connection);
    MIGRATIONS.run(writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => newer(),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => Error::store(
            "STORE-09",
            "The store could not be brought up to date. The copy made beforehand lies beside it.",
        )
        .caused_by(other),
    })
}

/// Copies the store file while the write lock is held and the log is folded in: `store-before-VERSION.db`.
async fn copy_before(
    connection: &mut sqlx::SqliteConnection,
    path: &Path,
    version: i64,
) -> Result<()> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
    let transaction = sqlx::Connection::begin_with(connection, "BEGIN IMMEDIATE").await?;
    let copy: PathBuf = path.with_file_name(format!("store-before-{version}.db"));
    std::fs::copy(path, &copy)?;
    std::fs::File::open(&copy)?.sync_all()?;
    transaction.rollback().await?;
    Ok(())
}

async fn table_exists(connection: &mut sqlx::SqliteConnection, name: &str) -> Result<bool> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    Ok(found.is_some())
}
