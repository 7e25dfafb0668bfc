//! What a source holds that stands in an earlier report already: named in the new report, not filed again.
//!
//! The rule: one content is filed once. It must never leave out a file that was found again, nor file it.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::SqliteConnection;

use crate::case::enrich::known_of;
use crate::error::Result;
use crate::package::{Order, grouping, report_name};
use crate::store::package as rows;
use crate::store::trace::RecordRow;
use crate::words as stored;

/// The rule as a report states it.
pub(super) const RULE: &str = "A file that stands in an earlier report of this organisation is named here and not filed again.";

/// Sightings looked at together.
const PAGE: i64 = 500;
/// Files named one by one.
const MAX: usize = 500;

/// A file of an earlier report that was found in this source since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Again {
    pub(super) case: u32,
    pub(super) sha256: String,
    /// E.g. `R-0001`.
    pub(super) report: String,
    /// Places in this source that the earlier report does not know.
    pub(super) places: usize,
}

/// The first by case number, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FoundAgain {
    pub(super) named: Vec<Again>,
    pub(super) files: usize,
}

/// Files of earlier reports that were found in a source after those were sealed.
pub(super) async fn found_again(conn: &mut SqliteConnection, order: &Order) -> Result<FoundAgain> {
    let mut found: BTreeMap<u32, Again> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = rows::again_after(conn, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let about: Vec<(i64, Vec<u8>)> =
            page.iter().map(|row| (row.report_id, row.sha256.clone())).collect();
        let records = page.into_iter().map(|row| RecordRow {
            id: row.id,
            case_id: row.case_id,
            run: row.run,
            record: row.record,
            class: None,
        });
        for (known, (report, sha256)) in known_of(conn, records.collect()).await?.iter().zip(about)
        {
            if grouping::source_of(order.grouping, &known.find).key != order.source {
                continue;
            }
            let case = stored::case_number(known.row.case_id);
            let again = found.entry(case).or_insert_with(|| Again {
                case,
                sha256: hex::encode(sha256),
                report: report_name(report),
                places: 0,
            });
            again.places += 1;
        }
    }
    let files = found.len();
    Ok(FoundAgain { named: found.into_values().take(MAX).collect(), files })
}
