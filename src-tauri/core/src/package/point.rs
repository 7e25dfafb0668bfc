//! The store at one point of the ledger: the head of a report and its cases, read one at a time.
//!
//! It must never read through another connection than its own: everything in a report is of one point.

use serde_json::json;
use sqlx::{Sqlite, Transaction};
use time::OffsetDateTime;

use crate::clock::{Millis, datetime};
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, Unlogged, unsigned};
use crate::package::again::{FoundAgain, found_again};
use crate::package::build::Document;
use crate::package::earlier::Lookup;
use crate::package::input::{Attestation, FileInput, Head, LedgerPoint, Source, Tool};
use crate::package::proofs::Evidence;
use crate::package::{Order, gather, grouping, organisation, report_name};
use crate::policy;
use crate::store::{ledger as leaves, package as rows, report};
use crate::words as stored;

/// A source at a point of the ledger.
pub(super) struct Point {
    reader: Transaction<'static, Sqlite>,
    /// The number the report gets.
    pub(super) id: i64,
    pub(super) head: Head,
    /// The cases of the report, by number.
    pub(super) cases: Vec<i64>,
    /// What of this source stands in an earlier report already.
    pub(super) again: FoundAgain,
    earlier: Lookup,
    leaves: i64,
    at: Millis,
    sighting: i64,
}

impl Point {
    /// Takes the point as it is now.
    pub(super) async fn of(console: &Console, order: &Order) -> Result<Self> {
        let now = console.clock().now();
        let mut reader = console.store().snapshot().await?;
        let conn = &mut *reader;
        let (leaves, root) = ledger::root(conn).await?;
        let at = leaves::last_at(conn).await?.unwrap_or(now);
        let mut cases = grouping::cases(conn, order.grouping, &order.source, now).await?;
        let Some(first) = cases.first().copied() else {
            return Err(Error::usage(
                "PKG-05",
                "This source has no confirmed case that is settled and in no package yet.",
            ));
        };
        let name = grouping::name(conn, order.grouping, &order.source, first).await?;
        let organisation = organisation::read(conn).await?;
        let (waiting, most) = (cases.len(), organisation.max_files);
        if let Some(most) = most.filter(|most| *most > 0) {
            cases.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        }
        let id = report::next_id(conn).await?;
        let host = order.source.strip_prefix("host:");
        let head = Head {
            report: report_name(id),
            sealed_at: datetime(at),
            source: Source {
                key: order.source.clone(),
                name,
                url_hosts: host.map(str::to_owned).into_iter().collect(),
            },
            rule: stated(order, cases.len(), waiting),
            policy_version: policy::read(conn).await?.version,
            ledger: LedgerPoint { leaves: unsigned(leaves)?, root: hex::encode(root) },
            tool: Tool { name: "Casement".to_owned(), version: env!("CARGO_PKG_VERSION").into() },
            organisation,
        };
        let again = found_again(conn, order).await?;
        let sighting = rows::last_sighting(conn).await?;
        let earlier = Lookup::default();
        Ok(Self { reader, id, head, cases, again, earlier, leaves, at, sighting })
    }

    /// One case of the report.
    pub(super) async fn file(&mut self, console: &Console, case: i64) -> Result<FileInput> {
        let file = gather::file(console, &mut self.reader, case, self.at, &mut self.earlier);
        Ok(file.await?.in_order())
    }

    /// What this machine's clock says, which may lie before the newest act: [`Clock::now`] never does.
    ///
    /// [`Clock::now`]: crate::clock::Clock::now
    pub(super) fn machine_now(&self, console: &Console) -> OffsetDateTime {
        let behind = console.clock().seen(self.at);
        datetime(console.clock().now() - behind)
    }

    /// Signs this point of the ledger.
    pub(super) async fn evidence(&mut self, console: &Console) -> Result<Evidence> {
        Evidence::of(console, &mut self.reader).await
    }

    /// The proofs of a case's decision, and of what was attested about it, at this point.
    pub(super) async fn prove(
        &mut self,
        evidence: &mut Evidence,
        file: &FileInput,
    ) -> Result<Vec<Document>> {
        let attested = file.viewed.attestation().map(Attestation::leaf);
        evidence.of_case(&mut self.reader, file.case, file.decision.leaf, attested).await
    }

    /// Refuses where what was read no longer holds, under the write lock.
    pub(super) async fn still_holds(&self, write: &mut Unlogged) -> Result<()> {
        if report::next_id(write.conn()).await? != self.id {
            return Err(Error::refused(
                "PKG-07",
                "Another package was sealed meanwhile and has this one's number. Nothing was sealed. Seal again.",
            ));
        }
        let cases = json!(self.cases).to_string();
        let changed = rows::changed_since(write.conn(), &cases, self.leaves, self.sighting).await?;
        match changed {
            None => Ok(()),
            Some(case) => Err(Error::refused(
                "PKG-07",
                format!(
                    "Case {:06} changed while the package was written. Nothing was sealed. Seal again.",
                    stored::case_number(case)
                ),
            )),
        }
    }
}

fn stated(order: &Order, files: usize, waiting: usize) -> String {
    let rule = grouping::rule(order.grouping);
    if files == waiting {
        return rule.to_owned();
    }
    format!(
        "{rule} The organisation puts at most {files} files into one report: these are the first {files} of {waiting} \
         that wait, by case number; the others follow in further reports."
    )
}
