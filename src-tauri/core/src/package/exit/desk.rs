//! A sealed report as its exits read it: who reports, what was sealed, and its confirmed files one at a time.
//!
//! It must never hold more than one file's facts.

use serde_json::Value;
use sqlx::SqliteConnection;

use super::stands::Stands;
use crate::clock::{Millis, datetime};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, unsigned};
use crate::package::earlier::Lookup;
use crate::package::input::{FileInput, Head, LedgerPoint, Source, Tool};
use crate::package::{gather, organisation, report_name};
use crate::policy;
use crate::register;
use crate::store::{ledger as leaves, report as rows};

/// One report at one point of the ledger.
pub(super) struct Desk<'a> {
    console: &'a Console,
    conn: &'a mut SqliteConnection,
    pub(super) row: rows::ReportRow,
    pub(super) head: Head,
    pub(super) cases: Vec<i64>,
    pub(super) stands: Stands,
    /// Leaves and root now, as against those at which it was sealed.
    pub(super) now_at: LedgerPoint,
    pub(super) now: Millis,
}

impl<'a> Desk<'a> {
    /// The report of this name.
    pub(super) async fn of(
        console: &'a Console,
        conn: &'a mut SqliteConnection,
        report: &str,
    ) -> Result<Self> {
        let row = named(conn, report).await?;
        let cases = rows::cases(conn, row.id).await?;
        let stands = Stands::of(conn, row.id, cases.len()).await?;
        let (size, root) = ledger::root(conn).await?;
        let now_at = LedgerPoint { leaves: unsigned(size)?, root: hex::encode(root) };
        let sealed = sealed_at(conn, row.seq).await?;
        let (ledger, at) = sealed.unwrap_or_else(|| (now_at.clone(), row.sealed_at));
        let head = Head {
            report: report_name(row.id),
            sealed_at: datetime(at),
            organisation: organisation::read(conn).await?,
            source: Source {
                key: row.source_key.clone(),
                name: row.source_name.clone(),
                url_hosts: Vec::new(),
            },
            rule: "As stated in the sealed package.".to_owned(),
            policy_version: policy::read(conn).await?.version,
            ledger,
            tool: Tool {
                name: "Casement".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
        };
        Ok(Self { console, conn, row, head, cases, stands, now_at, now: console.clock().now() })
    }

    /// The facts of one of its cases, as they are known now.
    pub(super) async fn file(&mut self, case: i64) -> Result<FileInput> {
        let mut file =
            gather::file(self.console, self.conn, case, self.now, &mut Lookup::default()).await?;
        // This report, and those that came after it, are not earlier ones.
        let rank = |name: &str| (name.len(), name.to_owned());
        let own = rank(&self.head.report);
        file.previously_reported.retain(|earlier| rank(&earlier.report) < own);
        Ok(file)
    }

    /// `R-0001/004102`: by which a reader may ask about one file.
    pub(super) fn reference(&self, case: u32) -> String {
        format!("{}/{}", self.head.report, crate::package::words::case_number(case))
    }

    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        self.conn
    }
}

/// The row of a report that was not withdrawn.
pub(super) async fn named(conn: &mut SqliteConnection, report: &str) -> Result<rows::ReportRow> {
    let found = rows::all(conn).await?.into_iter().find(|row| report_name(row.id) == report);
    let found = found.ok_or_else(|| {
        Error::usage(
            "EXIT-04",
            "There is no sealed report of this name. List them: casectl reports.",
        )
    })?;
    register::not_withdrawn(conn, found.id).await?;
    Ok(found)
}

/// The state of the ledger that the leaf of the sealing names, and the time of its last leaf: that of the package.
async fn sealed_at(conn: &mut SqliteConnection, seq: i64) -> Result<Option<(LedgerPoint, Millis)>> {
    let leaf = leaves::leaves(conn, seq, 1).await?;
    let body: Option<Value> = leaf.first().and_then(|leaf| serde_json::from_str(&leaf.body).ok());
    let point = body.and_then(|body| {
        Some(LedgerPoint {
            leaves: body.get("at_leaf")?.as_u64()?,
            root: body.get("at_root")?.as_str()?.to_owned(),
        })
    });
    let Some(point) = point else { return Ok(None) };
    let last = leaves::leaves(conn, ledger::signed(point.leaves)? - 1, 1).await?;
    Ok(last.first().map(|leaf| (point, leaf.at)))
}
