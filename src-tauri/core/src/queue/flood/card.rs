//! A flood summed up: what a supervisor needs to see to release it, or to have it put aside.
//!
//! It must never show an address that can be followed.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::{name, rows, state};
use crate::case::defang;
use crate::clock::{Millis, rfc3339};
use crate::error::Result;
use crate::intake::find::{Find, ListRef};
use crate::store::flood::{FloodRow, SumRow};
use crate::wire::{DistanceCount, FloodCard, FloodState, QualityRange, VerdictCounts};
use crate::words;

pub(super) async fn read(
    conn: &mut SqliteConnection,
    row: FloodRow,
    now: Millis,
) -> Result<FloodCard> {
    let (list, entry) = (row.list_id, row.entry.as_str());
    let sum = rows::sum(conn, list, entry, now).await?;
    let shape = rows::shape(conn, list, entry).await?;
    let sources = fold(rows::sources(conn, list, entry).await?);
    let suspected = rows::suspected(conn, list, entry).await?;
    let listed = listed(conn, list, &row.provider, &row.list, entry).await?;
    let proposal = rows::proposed(conn, row.id, now).await?;
    let top = sources.iter().max_by_key(|(key, (_, n))| (*n, std::cmp::Reverse(*key)));
    let state = state(&row, now);
    Ok(FloodCard {
        flood: words::case_number(row.id),
        name: name(row.id),
        state,
        until: row.until.filter(|_| state == FloodState::Suppressed).map(rfc3339),
        list_version: listed.as_ref().map(|listed| listed.version.clone()),
        label: listed.and_then(|listed| listed.label),
        items: words::count(sum.items),
        sightings: words::count(sum.sightings),
        held: words::count(row.held),
        decided: verdicts(&sum),
        top_source: top.map(|(_, (name, _))| name.clone()),
        top_share: top.map_or(0, |(_, (_, n))| share(*n, sum.items)),
        sources: sources.len() as u64,
        quality: quality(&shape),
        distances: distances(&shape),
        exact: words::count(sum.exact),
        samples: samples(&suspected),
        first_seen: sum.first_at.map(rfc3339).unwrap_or_default(),
        last_seen: sum.last_at.map(rfc3339).unwrap_or_default(),
        provider: row.provider,
        list: row.list,
        entry: row.entry,
        by: row.account,
        at: rfc3339(row.at),
        leaf: words::count(row.seq),
        reason: row.reason,
        proposed: proposal.as_ref().map(|(id, _)| words::count(*id)),
        proposed_by: proposal.map(|(_, by)| by),
    })
}

pub(super) fn verdicts(sum: &SumRow) -> VerdictCounts {
    let small = |n| words::small(Some(n)).unwrap_or(0);
    VerdictCounts {
        confirmed: small(sum.confirmed),
        not_a_match: small(sum.not_a_match),
        cannot_tell: small(sum.cannot_tell),
        escalated: small(sum.escalated),
    }
}

/// What the newest find says of the entry: its list at a version, and its label.
pub(super) async fn listed(
    conn: &mut SqliteConnection,
    list: i64,
    provider: &str,
    name: &str,
    entry: &str,
) -> Result<Option<ListRef>> {
    let record = rows::record(conn, list, entry).await?;
    let find: Option<Find> = record.and_then(|record| serde_json::from_str(&record).ok());
    Ok(find.into_iter().flat_map(|find| find.matches).map(|found| found.list).find(|of| {
        of.provider == provider && of.name == name && of.entry_id.as_deref() == Some(entry)
    }))
}

/// Sources by registrable domain, as far as that can be told without a list of suffixes; others as they are.
fn fold(sources: Vec<(String, String, i64)>) -> BTreeMap<String, (String, i64)> {
    let mut folded: BTreeMap<String, (String, i64)> = BTreeMap::new();
    for (key, name, n) in sources {
        let (key, name) = match key.strip_prefix("host:") {
            Some(host) => {
                let domain = domain(host);
                (format!("host:{domain}"), defang::host(domain))
            }
            None => (key, name),
        };
        folded.entry(key).or_insert((name, 0)).1 += n;
    }
    folded
}

/// The last two labels of a host, or three where the last two look like a public suffix (`co.uk`); an IP address whole.
fn domain(host: &str) -> &str {
    if host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok() {
        return host;
    }
    let dots: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at).collect();
    let (Some(&last), Some(&second)) = (dots.first(), dots.get(1)) else { return host };
    let country = host.len() - last - 1 == 2;
    let cut = if country && last - second - 1 <= 3 { dots.get(2).copied() } else { Some(second) };
    cut.and_then(|cut| host.get(cut + 1..)).unwrap_or(host)
}

/// Rounded down, so that 100 means all.
fn share(part: i64, all: i64) -> u32 {
    words::small(Some(part.saturating_mul(100) / all.max(1))).unwrap_or(0)
}

type Shape = [(Option<i64>, Option<i64>, i64)];

fn quality(shape: &Shape) -> Option<QualityRange> {
    let mut by_quality: BTreeMap<u32, i64> = BTreeMap::new();
    for (_, quality, n) in shape {
        if let Some(quality) = words::small(*quality) {
            *by_quality.entry(quality).or_default() += n;
        }
    }
    let all: i64 = by_quality.values().sum();
    let mut left = (all - 1) / 2;
    let median = by_quality.iter().find(|(_, n)| {
        left -= **n;
        left < 0
    });
    Some(QualityRange {
        min: *by_quality.keys().next()?,
        median: *median?.0,
        max: *by_quality.keys().next_back()?,
    })
}

fn distances(shape: &Shape) -> Vec<DistanceCount> {
    let mut by_distance: BTreeMap<u32, i64> = BTreeMap::new();
    for (distance, _, n) in shape {
        if let Some(distance) = words::small(*distance) {
            *by_distance.entry(distance).or_default() += n;
        }
    }
    by_distance
        .into_iter()
        .map(|(distance, n)| DistanceCount { distance, cases: words::count(n) })
        .collect()
}

/// Nearest, median and farthest, each once.
fn samples(suspected: &[i64]) -> Vec<u32> {
    let picked = [suspected.first(), suspected.get(suspected.len() / 2), suspected.last()];
    let mut cases: Vec<u32> =
        picked.into_iter().flatten().map(|case| words::case_number(*case)).collect();
    cases.dedup();
    cases
}

#[cfg(test)]
mod tests {
    use super::{DistanceCount, QualityRange, distances, domain, fold, quality, samples, share};

    #[test]
    fn hosts_of_one_domain_are_one_source() {
        for (host, told) in [
            ("images.example", "images.example"),
            ("a.b.images.example", "images.example"),
            ("www.shop.co.uk", "shop.co.uk"),
            ("shop.co.uk", "shop.co.uk"),
            ("a.images.de", "images.de"),
            ("203.0.113.7", "203.0.113.7"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(domain(host), told);
        }
        let folded = fold(vec![
            ("host:a.images.example".into(), "a[.]images[.]example".into(), 3),
            ("host:b.images.example".into(), "b[.]images[.]example".into(), 4),
            ("dataset:d".into(), "d".into(), 1),
        ]);
        assert_eq!(folded["host:images.example"], ("images[.]example".to_owned(), 7));
        assert_eq!(folded.len(), 2);
    }

    #[test]
    fn figures_are_those_of_the_cases() {
        let shape = [
            (None, None, 5),
            (Some(3), Some(31), 2),
            (Some(3), Some(90), 1),
            (Some(9), Some(40), 4),
        ];
        assert_eq!(quality(&shape), Some(QualityRange { min: 31, median: 40, max: 90 }));
        assert_eq!(
            quality(&[(Some(1), Some(7), 1)]),
            Some(QualityRange { min: 7, median: 7, max: 7 })
        );
        assert_eq!(quality(&shape[..1]), None);
        let counts =
            [DistanceCount { distance: 3, cases: 3 }, DistanceCount { distance: 9, cases: 4 }];
        assert_eq!(distances(&shape), counts);
        assert_eq!((share(97, 98), share(98, 98), share(0, 0)), (98, 100, 0));
        assert_eq!(samples(&[4, 5, 6, 7]), [4, 6, 7]);
        assert_eq!(samples(&[4]), [4]);
        assert_eq!(samples(&[]), Vec::<u32>::new());
    }
}
