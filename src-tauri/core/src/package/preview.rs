//! What a package would hold, and what stands in its way, before anything is written.
//!
//! It must never show less than all of what must be fixed; of the files it lists the first.

use super::input::FileInput;
use super::lint::Findings;
use super::point::Point;
use super::watch::Meter;
use super::{Order, Watch, grouping, seal};
use crate::console::Console;
use crate::error::Result;
use crate::wire::{
    Completeness, FindingKind, Level, PackageFile, PackageFinding, PackagePreview, PackageStep,
};
use crate::words as stored;

/// Files listed one by one.
const MAX_FILES: usize = 1_000;

/// What a package of this source, grouped by host, would hold, and what stands in its way.
pub async fn preview(console: &Console, source: &str) -> Result<PackagePreview> {
    preview_by(console, &Order::of(source)).await
}

/// What a package of this source would hold, and what stands in its way.
pub async fn preview_by(console: &Console, order: &Order) -> Result<PackagePreview> {
    let now = console.clock().now();
    let mut conn = console.store().read().await?;
    let open = grouping::open(&mut conn, order.grouping, &order.source, now).await?;
    drop(conn);
    let mut point = Point::of(console, order).await?;
    let mut findings = Findings::new(&point.head, point.machine_now(console));
    let (mut files, mut viewed) = (Vec::new(), 0);
    let total = point.cases.len();
    for case in point.cases.clone() {
        let file = point.file(console, case).await?;
        let finding = findings.add(&file);
        viewed += usize::from(file.viewed.entire_file());
        if files.len() < MAX_FILES {
            files.push(preview_file(&file, finding));
        }
    }
    let viewing = format!(
        "{} of {total} files: fileViewedByEsp false. A veiled view is not a view of the whole file.",
        total - viewed
    );
    Ok(PackagePreview {
        source: order.source.clone(),
        name: point.head.source.name.clone(),
        files,
        total: u32::try_from(total).unwrap_or(u32::MAX),
        findings: findings.end(),
        rule: point.head.rule.clone(),
        at_leaf: point.head.ledger.leaves,
        viewing,
        waiting: stored::small(Some(open)).unwrap_or(0),
    })
}

/// Every finding on a report of this source, with the digests of each file taken again from its sealed bytes.
pub async fn findings(
    console: &Console,
    order: &Order,
    watch: &Watch,
) -> Result<Vec<PackageFinding>> {
    let mut point = Point::of(console, order).await?;
    let mut meter = Meter::new(watch, &point.head.report, point.cases.len());
    let found = seal::read(console, &mut point, &mut meter).await?.findings;
    meter.step(PackageStep::Done);
    Ok(found)
}

fn preview_file(file: &FileInput, finding: Option<FindingKind>) -> PackageFile {
    let highest = file.seen.iter().map(|seen| seen.level).max().unwrap_or(Level::HashOnly);
    let ms = file.seen.iter().filter(|seen| seen.level == highest).map(|seen| seen.ms).sum();
    let looked_at = match highest {
        Level::HashOnly => "hash-only".to_owned(),
        level => format!(
            "{} {}, {}",
            stored::level_word(level),
            crate::airlock::samples(level),
            stored::minutes(ms)
        ),
    };
    PackageFile {
        case: file.case,
        sha256: file.item.sha256.clone(),
        classification: file.decision.classification,
        completeness: best(file),
        looked_at,
        viewed: file.viewed.entire_file(),
        finding,
    }
}

/// A file is as traceable as its most complete sighting.
fn best(file: &FileInput) -> Completeness {
    let best = file
        .sightings
        .iter()
        .map(|sighting| &sighting.completeness)
        .min_by_key(|known| known.class);
    best.cloned().unwrap_or(Completeness {
        class: crate::wire::Class::D,
        vector: crate::wire::Vector { m: 0, o: 0, t: 0, c: 0, d: 0, p: 0 },
        holds_back: Vec::new(),
    })
}
