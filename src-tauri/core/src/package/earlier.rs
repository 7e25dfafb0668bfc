//! What was reported before: the same content, or a near-duplicate of it, in an earlier sealed report.
//!
//! It must never call near the same, and never leave out how far.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::cluster;
use crate::error::Result;
use crate::hash::pdq::{MATCH, Pdq};
use crate::package::{report_name, words};
use crate::store::earlier::{self as rows, ReportedRow};
use crate::words::case_number;

/// Near-duplicates named of one file, the nearest first.
const MAX_NEAR: usize = 5;
/// Fingerprints of reported cases kept while a package is put together.
const MAX_KEPT: usize = 200_000;

/// One case in an earlier sealed report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Earlier {
    /// E.g. `R-0024`.
    pub report: String,
    #[serde(flatten)]
    pub kind: EarlierKind,
    pub case: u32,
    /// The number the report has at the authority, once it was filed.
    pub filed_number: Option<String>,
}

/// The same, or how near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum EarlierKind {
    /// The same bytes.
    Exact,
    /// A near-duplicate by PDQ, in the same cluster.
    Near {
        /// Bits that differ.
        distance: u32,
        /// E.g. `K-0193`.
        cluster: String,
    },
}

impl Earlier {
    /// `R-0024, number 1234567: case 003977, the same bytes`.
    pub(crate) fn sentence(&self) -> String {
        let filed =
            self.filed_number.as_ref().map_or_else(String::new, |n| format!(", filed as {n}"));
        let how = match &self.kind {
            EarlierKind::Exact => "the same bytes".to_owned(),
            EarlierKind::Near { distance, cluster } => {
                format!("{distance} of 256 bits differ (PDQ), cluster {cluster}")
            }
        };
        format!("{}{filed}: case {}, {how}", self.report, words::case_number(self.case))
    }
}

/// All of them in one sentence; `None` where there is none.
pub(crate) fn sentence(all: &[Earlier]) -> Option<String> {
    let told: Vec<String> = all.iter().map(Earlier::sentence).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// A reported member of a cluster.
struct Reported {
    row: ReportedRow,
    print: Pdq,
}

/// Looks earlier reports up, case after case. A cluster's reported members are read once.
#[derive(Default)]
pub(super) struct Lookup {
    clusters: HashMap<i64, Vec<Reported>>,
    kept: usize,
}

impl Lookup {
    /// Earlier reports of the same content, then of the nearest near-duplicates.
    pub(super) async fn of_case(
        &mut self,
        conn: &mut SqliteConnection,
        case: i64,
    ) -> Result<Vec<Earlier>> {
        let mut found: Vec<Earlier> = Vec::new();
        for row in rows::same_content(conn, case).await? {
            found.push(earlier(row.report, row.case_id, row.number, EarlierKind::Exact));
        }
        let Some((id, first_case, print)) = rows::print_in_cluster(conn, case).await? else {
            return Ok(found);
        };
        let Some(print) = pdq(&print) else { return Ok(found) };
        if !self.clusters.contains_key(&id) {
            if self.kept > MAX_KEPT {
                self.clusters.clear();
                self.kept = 0;
            }
            let members: Vec<Reported> = rows::reported_members(conn, id)
                .await?
                .into_iter()
                .filter_map(|row| Some(Reported { print: pdq(&row.pdq)?, row }))
                .collect();
            self.kept += members.len();
            self.clusters.insert(id, members);
        }
        let members = self.clusters.get(&id).map_or(&[][..], Vec::as_slice);
        let mut near: Vec<(u32, &ReportedRow)> = members
            .iter()
            .filter(|other| other.row.case_id != case)
            .map(|other| (print.distance(&other.print), &other.row))
            .filter(|(distance, row)| {
                let same = |known: &Earlier| known.case == case_number(row.case_id);
                *distance <= MATCH && !found.iter().any(same)
            })
            .collect();
        near.sort_unstable_by_key(|(distance, row)| (*distance, row.report, row.case_id));
        let name = cluster::name(first_case);
        found.extend(near.into_iter().take(MAX_NEAR).map(|(distance, row)| {
            let kind = EarlierKind::Near { distance, cluster: name.clone() };
            earlier(row.report, row.case_id, row.number.clone(), kind)
        }));
        Ok(found)
    }
}

fn earlier(report: i64, case: i64, filed_number: Option<String>, kind: EarlierKind) -> Earlier {
    Earlier { report: report_name(report), kind, case: case_number(case), filed_number }
}

fn pdq(bytes: &[u8]) -> Option<Pdq> {
    bytes.try_into().ok().map(Pdq::from_bytes)
}
