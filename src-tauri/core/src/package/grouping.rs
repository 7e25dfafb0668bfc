//! What makes confirmed cases one report: the rule a person chose, the sources it makes, and what each
//! rule would make.
//!
//! It must never put a case into two sources of one rule, nor leave one without.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::SqliteConnection;

use crate::case::defang;
use crate::case::enrich::known_of;
use crate::case::trail::{Source, source_key};
use crate::clock::Millis;
use crate::console::Console;
use crate::cybertip::Address;
use crate::error::Result;
use crate::intake::find::Find;
use crate::package::{Order, organisation};
use crate::store::{package as rows, trace};
use crate::wire::{GroupingFacts, PackageGrouping, SourceFacts};
use crate::words as stored;

/// Cases whose source is worked out at once.
const PAGE: i64 = 500;

/// Every rule, as offered.
pub const GROUPINGS: [PackageGrouping; 4] = [
    PackageGrouping::Host,
    PackageGrouping::Page,
    PackageGrouping::Dataset,
    PackageGrouping::Supplier,
];

/// The rule in words, as a report states it.
pub fn rule(grouping: PackageGrouping) -> &'static str {
    match grouping {
        PackageGrouping::Host => {
            "One report per source: the host of the page where that is known, else the host of the file, else the dataset."
        }
        PackageGrouping::Page => {
            "One report per page that showed the file; where no page is known, the host of the file, else the dataset."
        }
        PackageGrouping::Dataset => "One report per dataset at its version.",
        PackageGrouping::Supplier => {
            "One report per supplier of datasets; where none is named, the dataset at its version."
        }
    }
}

/// The source of a sighting under a rule.
pub(super) fn source_of(grouping: PackageGrouping, find: &Find) -> Source {
    let dataset = &find.locator.dataset;
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let versioned = || Source {
        key: format!("dataset:{}@{}", dataset.id.trim(), dataset.version.trim()),
        name: defang::prose(&format!("{}@{}", dataset.id.trim(), dataset.version.trim())),
    };
    match grouping {
        PackageGrouping::Host => source_key(find),
        PackageGrouping::Page => {
            let page = find.acquisition.page_url.as_deref().and_then(Address::read);
            page.map_or_else(
                || source_key(find),
                |page| Source {
                    key: format!("page:{}", page.text()),
                    name: defang::url_short(page.text()),
                },
            )
        }
        PackageGrouping::Dataset => versioned(),
        PackageGrouping::Supplier => said(&dataset.supplier).map_or_else(versioned, |supplier| {
            Source { key: format!("supplier:{supplier}"), name: defang::prose(&supplier) }
        }),
    }
}

/// Settled confirmed cases with the find of their most complete sighting, in order of case.
async fn each(
    conn: &mut SqliteConnection,
    now: Millis,
    settled: bool,
    mut take: impl FnMut(i64, &Find),
) -> Result<()> {
    let mut after = 0;
    loop {
        let cases = if settled {
            rows::waiting_after(conn, after, now, PAGE).await?
        } else {
            rows::open_after(conn, after, now, PAGE).await?
        };
        let Some(last) = cases.last() else { return Ok(()) };
        after = *last;
        let best = trace::best(conn, &json!(cases).to_string()).await?;
        for known in known_of(conn, best).await? {
            take(known.row.case_id, &known.find);
        }
    }
}

/// The cases of one source under a rule, by number.
pub(super) async fn cases(
    conn: &mut SqliteConnection,
    grouping: PackageGrouping,
    source: &str,
    now: Millis,
) -> Result<Vec<i64>> {
    if grouping == PackageGrouping::Host {
        return crate::store::report::confirmed(conn, source, now).await;
    }
    let mut cases = Vec::new();
    each(conn, now, true, |case, find| {
        if source_of(grouping, find).key == source {
            cases.push(case);
        }
    })
    .await?;
    Ok(cases)
}

/// How a source is called.
pub(super) async fn name(
    conn: &mut SqliteConnection,
    grouping: PackageGrouping,
    source: &str,
    case: i64,
) -> Result<String> {
    let best = trace::best(conn, &json!([case]).to_string()).await?;
    let known = known_of(conn, best).await?;
    Ok(known
        .first()
        .map_or_else(|| source.to_owned(), |known| source_of(grouping, &known.find).name))
}

/// Cases of a source that can still be undone.
pub(super) async fn open(
    conn: &mut SqliteConnection,
    grouping: PackageGrouping,
    source: &str,
    now: Millis,
) -> Result<i64> {
    if grouping == PackageGrouping::Host {
        return crate::store::report::waiting(conn, source, now).await;
    }
    let mut count = 0;
    each(conn, now, false, |_, find| {
        count += i64::from(source_of(grouping, find).key == source);
    })
    .await?;
    Ok(count)
}

/// Sources with confirmed cases that are in no package yet, by a rule.
pub async fn sources_by(console: &Console, grouping: PackageGrouping) -> Result<Vec<SourceFacts>> {
    let now = console.clock().now();
    let mut conn = console.store().read().await?;
    let mut found: BTreeMap<String, SourceFacts> = BTreeMap::new();
    each(&mut conn, now, true, |_, find| {
        let source = source_of(grouping, find);
        let facts = found.entry(source.key.clone()).or_insert_with(|| SourceFacts {
            source: source.key,
            name: source.name,
            dataset: find.locator.dataset.id.clone(),
            cases: 0,
        });
        facts.cases += 1;
    })
    .await?;
    Ok(found.into_values().collect())
}

/// What each rule would make of the cases that wait.
pub async fn groupings(console: &Console) -> Result<Vec<GroupingFacts>> {
    let now = console.clock().now();
    let mut conn = console.store().snapshot().await?;
    let most = organisation::read(&mut conn).await?.max_files;
    let mut counts: [BTreeMap<String, u64>; 4] = Default::default();
    each(&mut conn, now, true, |_, find| {
        for (grouping, counts) in GROUPINGS.into_iter().zip(&mut counts) {
            *counts.entry(source_of(grouping, find).key).or_default() += 1;
        }
    })
    .await?;
    let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let facts = GROUPINGS.into_iter().zip(&counts).map(|(grouping, counts)| GroupingFacts {
        grouping,
        rule: rule(grouping).to_owned(),
        sources: stored::small(i64::try_from(counts.len()).ok()).unwrap_or(0),
        files: small(counts.values().sum()),
        largest: small(counts.values().max().copied().unwrap_or(0)),
        reports: small(counts.values().map(|files| parts(*files, most)).sum()),
    });
    Ok(facts.collect())
}

/// Reports that the cases of a source make as they wait now.
pub async fn reports_of(console: &Console, order: &Order) -> Result<u64> {
    let now = console.clock().now();
    let mut conn = console.store().snapshot().await?;
    let files = cases(&mut conn, order.grouping, &order.source, now).await?.len();
    let most = organisation::read(&mut conn).await?.max_files;
    Ok(parts(files as u64, most))
}

/// Reports that this many files make.
pub(super) fn parts(files: u64, most: Option<u32>) -> u64 {
    most.filter(|most| *most > 0).map_or(1, |most| files.div_ceil(u64::from(most)).max(1))
}
