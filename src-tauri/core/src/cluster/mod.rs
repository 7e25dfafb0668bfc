//! Clusters: cases whose pictures are near-duplicates of each other, by PDQ.
//!
//! A cluster is a connected component at distance 31, of fingerprints with a quality of 50 or more; it is called by its
//! smallest case number. What could not be compared is said to be so. It must never decide anything, and never take
//! "not compared" for "resembles nothing".

mod members;
mod partition;
mod poles;
mod refresh;

use crate::console::Console;
use crate::error::{Error, Result};
use crate::hash::pdq::{MATCH, Pdq};
use crate::ledger::Logged;
use crate::queue::claim::no_such_case;
use crate::store::cluster::{self as rows, ClusterRow as Row, SumRow};
use crate::store::{fingerprint, ledger};
use crate::wire::{
    ClusterFilter, ClusterOrder, ClusterPage, ClusterRef, ClusterRow, Comparison, Fingerprint,
    FingerprintCounts, Neighbour, VerdictCounts, WireError,
};
use crate::words;

pub use members::show;
pub(crate) use members::{
    Member, blocked, covered, not_covered, poles_of, read as members, too_few,
};
pub(crate) use poles::{Poles, poles};
pub use refresh::{Watch, refresh};

/// Most clusters of one page.
pub const MAX_PAGE: u32 = 200;
/// Most near-duplicates told of one case.
const MAX_NEIGHBOURS: usize = 50;
/// Clusters larger than this are not searched for the nearest member when a case is opened.
const AT_A_GLANCE: i64 = 1_000;

/// `K-0193`.
pub fn name(first_case: i64) -> String {
    format!("K-{first_case:04}")
}

/// Reads `K-0193`, `k-193` or `193`.
///
/// # Errors
/// `CLUSTER-03` for anything else.
pub fn parse_name(text: &str) -> Result<u32> {
    let digits = text.strip_prefix("K-").or_else(|| text.strip_prefix("k-")).unwrap_or(text);
    digits.parse().map_err(|_| no_such_cluster())
}

/// What the finds at hand bring, in the transaction that takes them in: fingerprints that scanners gave, items that wait
/// for one, and entries with too many cases. `new` is how many cases they opened.
pub(crate) async fn arrived(console: &Console, write: &mut Logged, new: i64) -> Result<()> {
    let seq = ledger::size(write.conn()).await? - 1;
    let first = crate::store::import::last_case(write.conn()).await? - new + 1;
    fingerprint::arrive(write.conn(), first, seq).await?;
    crate::queue::flood::arrived(console, write).await
}

/// One page of clusters, and how many items were compared at all.
pub async fn list(
    console: &Console,
    filter: &ClusterFilter,
    after: Option<&str>,
    limit: u32,
) -> Result<ClusterPage> {
    let limit = i64::from(limit.clamp(1, MAX_PAGE));
    let after = after.map(parse_key).transpose()?;
    let mut conn = console.store().read().await?;
    let found = match filter.order {
        ClusterOrder::Open => {
            rows::by_open(&mut conn, filter.all, after.unwrap_or((i64::MAX, 0)), limit).await?
        }
        ClusterOrder::Oldest => {
            rows::by_number(&mut conn, filter.all, after.map_or(0, |(_, case)| case), limit).await?
        }
    };
    let full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= limit;
    let next = found.last().map(|row| format!("{}.{}", row.open, row.first_case));
    let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
    let sums = sums(&mut conn, console, &ids).await?;
    let open = rows::open(&mut conn).await?;
    Ok(ClusterPage {
        rows: found.iter().map(|row| cluster_row(row, &sums)).collect(),
        next: next.filter(|_| full),
        open: words::count(open),
        compared: counts(&mut conn).await?,
    })
}

fn parse_key(key: &str) -> Result<(i64, i64)> {
    let bad =
        || Error::usage("CLUSTER-10", "This page key was not given out by a list of clusters.");
    let (open, case) = key.split_once('.').ok_or_else(bad)?;
    Ok((open.parse().map_err(|_| bad())?, case.parse().map_err(|_| bad())?))
}

async fn sums(
    conn: &mut sqlx::SqliteConnection,
    console: &Console,
    ids: &[i64],
) -> Result<Vec<SumRow>> {
    let ids = serde_json::to_string(ids).unwrap_or_default();
    rows::sums(conn, &ids, console.actor().pseudonym(), console.clock().now()).await
}

fn cluster_row(row: &Row, sums: &[SumRow]) -> ClusterRow {
    let sum = sums.iter().find(|sum| sum.cluster_id == row.id);
    ClusterRow {
        cluster: words::case_number(row.first_case),
        name: name(row.first_case),
        cases: small(row.cases),
        open: small(row.open),
        sightings: sum.map_or(0, |sum| small(sum.sightings)),
        widest: small(row.widest),
        threshold: MATCH,
        decided: sum.map(verdicts).unwrap_or_default(),
        claimed_by: sum.and_then(|sum| sum.holder.clone()),
    }
}

fn verdicts(sum: &SumRow) -> VerdictCounts {
    VerdictCounts {
        confirmed: small(sum.confirmed),
        not_a_match: small(sum.not_a_match),
        cannot_tell: small(sum.cannot_tell),
        escalated: small(sum.escalated),
    }
}

fn small(n: i64) -> u32 {
    words::small(Some(n)).unwrap_or(0)
}

async fn counts(conn: &mut sqlx::SqliteConnection) -> Result<FingerprintCounts> {
    let row = fingerprint::counts(conn).await?;
    let waiting = row.without + row.unlinked;
    Ok(FingerprintCounts {
        compared: words::count(row.items - waiting - row.low - row.none),
        waiting: words::count(waiting),
        low_quality: words::count(row.low),
        not_comparable: words::count(row.none),
    })
}

/// What is known of a case's fingerprint, and the cluster it is in.
pub(crate) async fn of_case(
    conn: &mut sqlx::SqliteConnection,
    console: &Console,
    case: i64,
) -> Result<(Fingerprint, Option<ClusterRef>)> {
    let print = fingerprint::of_case(conn, case).await?;
    let fingerprint = Fingerprint {
        comparison: match &print {
            None => Comparison::Waiting,
            Some(print) if print.problem.is_some() => Comparison::NotComparable,
            Some(print) if print.linked => Comparison::Compared,
            Some(print) if print.quality.is_some_and(|quality| quality >= QUALITY) => {
                Comparison::Waiting
            }
            Some(_) => Comparison::LowQuality,
        },
        quality: print.as_ref().and_then(|print| words::small(print.quality)),
        source: print.as_ref().map(|print| print.source.clone()),
        problem: print.and_then(|print| print.problem).as_deref().map(problem),
    };
    let Some(row) = rows::of_case(conn, case).await? else { return Ok((fingerprint, None)) };
    let sums = sums(conn, console, &[row.id]).await?;
    let nearest = if row.cases <= AT_A_GLANCE {
        let prints = rows::prints(conn, row.id).await?;
        distances(&prints, case).first().map(|(distance, _)| *distance)
    } else {
        None
    };
    let cluster = ClusterRef {
        cluster: words::case_number(row.first_case),
        name: name(row.first_case),
        cases: small(row.cases),
        open: small(row.open),
        decided: sums.first().map(verdicts).unwrap_or_default(),
        nearest,
    };
    Ok((fingerprint, Some(cluster)))
}

/// Below it a fingerprint is not compared.
const QUALITY: i64 = crate::hash::pdq::QUALITY as i64;

/// Why an item has no fingerprint, in words.
fn problem(code: &str) -> WireError {
    let message = match code {
        "not_a_picture" => {
            "Not the bytes of a picture in a format the airlock reads (PNG, JPEG, WebP, GIF), or too damaged."
        }
        "other_media" => "The scanner says that this is no picture.",
        "too_large" => "Larger than the airlock decodes.",
        "timeout" | "limits" => "Decoding it took more time or memory than is allowed.",
        "crashed" | "protocol" => "The decoder failed on it.",
        "forbidden" => "The decoder tried something it is not allowed to do. Tell a supervisor.",
        "not_in_vault" => {
            "Its sealed bytes are not in the vault, or cannot be opened. Tell the custodian."
        }
        _ => "No fingerprint could be made of it.",
    };
    WireError { code: code.to_owned(), message: message.to_owned() }
}

/// Distance and number of every other member, nearest first.
fn distances(prints: &[(i64, Vec<u8>)], case: i64) -> Vec<(u32, i64)> {
    let Some(mine) = prints.iter().find(|(of, _)| *of == case).map(|(_, pdq)| read_pdq(pdq)) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, i64)> = prints
        .iter()
        .filter(|(of, _)| *of != case)
        .map(|(of, pdq)| (read_pdq(pdq).distance(&mine), *of))
        .collect();
    found.sort_unstable();
    found
}

/// The near-duplicates of a case, nearest first, at most fifty. Empty where it resembles nothing, or was not compared.
pub async fn neighbours(console: &Console, case: u32) -> Result<Vec<Neighbour>> {
    let id = i64::from(case);
    let mut conn = console.store().read().await?;
    let now = console.clock().now();
    let Some(row) = rows::of_case(&mut conn, id).await? else {
        let me = console.actor().pseudonym();
        crate::store::queue::one(&mut conn, me, now, id).await?.ok_or_else(no_such_case)?;
        return Ok(Vec::new());
    };
    let members = rows::members(&mut conn, row.id, now).await?;
    let Some(mine) = members.iter().find(|member| member.case_id == id) else {
        return Ok(Vec::new());
    };
    let mine = read_pdq(&mine.pdq);
    let mut found: Vec<Neighbour> = members
        .iter()
        .filter(|member| member.case_id != id)
        .map(|member| Neighbour {
            case: words::case_number(member.case_id),
            distance: read_pdq(&member.pdq).distance(&mine),
            quality: small(member.print_quality),
            state: members::state(member, now),
            list: member.list.clone(),
            entry: member.entry.clone(),
            class: words::class(&member.class),
            sightings: small(member.sightings),
        })
        .collect();
    found.sort_unstable_by_key(|neighbour| (neighbour.distance, neighbour.case));
    found.truncate(MAX_NEIGHBOURS);
    Ok(found)
}

/// A fingerprint as the table's CHECK lets it be.
fn read_pdq(stored: &[u8]) -> Pdq {
    stored.try_into().map(Pdq::from_bytes).unwrap_or_default()
}

pub(crate) fn no_such_cluster() -> Error {
    Error::usage(
        "CLUSTER-03",
        "There is no cluster of this number, or not with these cases. List them with casectl clusters.",
    )
}
