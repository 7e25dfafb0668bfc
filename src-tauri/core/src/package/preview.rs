//! What a package would hold, and what stands in its way, before anything is written.
//!
//! It must never show less than all of what must be fixed; of the files it lists the first.

use super::findings::Findings;
use super::input::FileInput;
use super::point::Point;
use super::{Order, grouping};
use crate::clock::datetime;
use crate::console::Console;
use crate::error::Result;
use crate::wire::{Completeness, FindingKind, Level, PackageFile, PackageFinding, PackagePreview};
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
    let mut findings = Findings::new(&point.head, datetime(now));
    let (mut files, mut viewed) = (Vec::new(), 0);
    let total = point.cases.len();
    for case in point.cases.clone() {
        let file = point.file(console, case).await?;
        findings.add(&file);
        viewed += usize::from(file.viewed.entire_file());
        if files.len() < MAX_FILES {
            files.push(preview_file(&file));
        }
    }
    let findings = findings.end();
    for file in &mut files {
        file.finding = of_case(file.case, &findings);
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
        findings,
        rule: point.head.rule.clone(),
        at_leaf: point.head.ledger.leaves,
        viewing,
        waiting: stored::small(Some(open)).unwrap_or(0),
    })
}

fn of_case(case: u32, findings: &[PackageFinding]) -> Option<FindingKind> {
    let has = |kind| findings.iter().any(|f| f.case == Some(case) && f.kind == kind);
    [FindingKind::MustFix, FindingKind::Check].into_iter().find(|kind| has(*kind))
}

fn preview_file(file: &FileInput) -> PackageFile {
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
        finding: None,
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
