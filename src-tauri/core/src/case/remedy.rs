//! Where a missing fact could still be found, and whom to ask: one table for the trail, the list of gaps and the report.
//!
//! It must never claim that an enquiry was made; a remedy is a proposal.

use super::defang;
use crate::intake::find::{Find, MissingReason, StepKind, VersionKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    AskAgain,
    Ask,
    PointerSet,
    CrawlArchive,
    ShardStats,
    StoreLogs,
    CompareReleases,
    TransferNotes,
    Rewalk,
}

/// By what the find says of its own making. `None`: the fact does not apply.
fn remedy(find: &Find, field: &str, reason: MissingReason) -> Option<Remedy> {
    match reason {
        MissingReason::NotApplicable => return None,
        MissingReason::Withheld => return Some(Remedy::AskAgain),
        _ => {}
    }
    let dataset = &find.locator.dataset;
    let has = |kind: StepKind| find.locator.steps.iter().any(|step| step.kind == kind);
    let pointers = has(StepKind::ParquetRow) || has(StepKind::HfFile);
    let upstream = find.acquisition.upstream.as_ref().is_some_and(|steps| !steps.is_empty());
    let crawled =
        has(StepKind::WarcRecord) || upstream || dataset.version_kind == VersionKind::CrawlId;
    let supplier = said(&dataset.supplier_contact).is_some() || said(&dataset.supplier).is_some();
    let discarded = reason == MissingReason::DiscardedUpstream;
    Some(match field {
        "acquisition.page_url" if discarded && supplier => Remedy::Ask,
        "acquisition.page_url" | "acquisition.upstream" if pointers && !crawled => {
            Remedy::PointerSet
        }
        "acquisition.origin_url" if crawled => Remedy::CrawlArchive,
        "acquisition.origin_url" if pointers => Remedy::PointerSet,
        "acquisition.origin_url" | "acquisition.uploader_ref" => Remedy::Ask,
        "acquisition.fetched_at" | "acquisition.fetched_interval" => time_of_fetch(find, crawled),
        _ if is_as_fetched(field) && pointers => Remedy::PointerSet,
        _ if field.starts_with("acquisition.") => Remedy::CrawlArchive,
        "locator.dataset.version" => Remedy::CompareReleases,
        "locator.dataset.supplier_contact" if supplier => Remedy::Ask,
        _ if field.starts_with("locator.dataset.") => {
            if has(StepKind::S3Object) {
                Remedy::StoreLogs
            } else {
                Remedy::TransferNotes
            }
        }
        _ if field.starts_with("locator.") => Remedy::Rewalk,
        _ => Remedy::Ask,
    })
}

/// A time is in the crawl's records, in img2dataset's shard statistics, or in the store's logs.
fn time_of_fetch(find: &Find, crawled: bool) -> Remedy {
    let fetcher = find.acquisition.fetcher.as_ref().and_then(|fetcher| said(&fetcher.name));
    let img2dataset = fetcher.is_some_and(|name| name.eq_ignore_ascii_case("img2dataset"));
    let stored = find.locator.steps.iter().any(|step| step.kind == StepKind::S3Object);
    if crawled {
        Remedy::CrawlArchive
    } else if img2dataset && find.acquisition.fetched_interval.is_none() {
        Remedy::ShardStats
    } else if stored {
        Remedy::StoreLogs
    } else {
        Remedy::Ask
    }
}

/// In a few words, with whom to ask: `Ask supplier, abuse@supplier[.]example`.
pub(crate) fn short(find: &Find, field: &str, reason: MissingReason) -> Option<String> {
    let remedy = remedy(find, field, reason)?;
    Some(match remedy {
        Remedy::Ask | Remedy::AskAgain => {
            let dataset = &find.locator.dataset;
            match (remedy, said(&dataset.supplier_contact).or(said(&dataset.supplier))) {
                (Remedy::AskAgain, Some(_)) => format!("Ask again, {}", supplier(find)),
                (Remedy::AskAgain, None) => "Ask again".to_owned(),
                (_, Some(_)) => format!("Ask supplier, {}", supplier(find)),
                (_, None) => "Ask whoever supplied the dataset".to_owned(),
            }
        }
        _ => task(remedy).to_owned(),
    })
}

/// In a few words, and whom, each for a column of its own.
pub(crate) fn columns(find: &Find, field: &str, reason: MissingReason) -> (String, Option<String>) {
    let Some(remedy) = remedy(find, field, reason) else { return ("None needed".to_owned(), None) };
    let whom = match remedy {
        Remedy::Ask | Remedy::AskAgain | Remedy::PointerSet => supplier(find),
        Remedy::CrawlArchive => "archive keeper".to_owned(),
        Remedy::ShardStats | Remedy::StoreLogs | Remedy::Rewalk => "ourselves".to_owned(),
        Remedy::CompareReleases => "data owner".to_owned(),
        Remedy::TransferNotes => "custodian".to_owned(),
    };
    let what = match (remedy, field) {
        (Remedy::Ask, "acquisition.page_url" | "acquisition.origin_url") => {
            "Ask for the pointer rows"
        }
        _ => task(remedy),
    };
    (what.to_owned(), Some(whom))
}

fn task(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Ask => "Ask the supplier",
        Remedy::AskAgain => "Ask again",
        Remedy::PointerSet => "Join the pointer set",
        Remedy::CrawlArchive => "Search the crawl archive",
        Remedy::ShardStats => "Read img2dataset _stats.json",
        Remedy::StoreLogs => "Read the object-store access logs",
        Remedy::CompareReleases => "Compare shards to releases",
        Remedy::TransferNotes => "Search the transfer notes",
        Remedy::Rewalk => "Walk the shard again by digest",
    }
}

/// For a reader outside, who may do it in our place. `contact` as it is.
pub(crate) fn sentence(find: &Find, field: &str, reason: MissingReason) -> Option<String> {
    let remedy = remedy(find, field, reason)?;
    if reason == MissingReason::DiscardedByUs {
        return Some("ask the reporting organisation, which held it once".to_owned());
    }
    let contact = find.locator.dataset.supplier_contact.as_deref();
    let ask = contact.map_or_else(
        || "ask whoever supplied the dataset; no contact is recorded".to_owned(),
        |contact| format!("ask the supplier, {contact}"),
    );
    Some(match how(remedy, field) {
        Some(how) if remedy == Remedy::TransferNotes => how.to_owned(),
        Some(how) => format!("{how}; {ask}"),
        None => ask,
    })
}

/// For the person at the console, in whole sentences.
pub(crate) fn advice(find: &Find, field: &str, reason: MissingReason) -> String {
    let Some(remedy) = remedy(find, field, reason) else {
        return "This fact does not apply here. Nobody need be asked.".to_owned();
    };
    let asked = "The request holds keys and digests, no addresses.";
    match (remedy, how(remedy, field)) {
        (Remedy::AskAgain, _) => {
            format!(
                "They hold it and withheld it. Ask again when the reason may have passed. {asked}"
            )
        }
        (Remedy::PointerSet, Some(how)) => {
            format!(
                "{}. Where the rows are not at hand, ask for those of these keys. {asked}",
                capital(how)
            )
        }
        (_, Some(how)) => format!("{}. Attach what it gives.", capital(how)),
        (_, None) => format!("Ask {} for these keys. {asked}", supplier(find)),
    }
}

/// What to do besides asking the supplier.
fn how(remedy: Remedy, field: &str) -> Option<&'static str> {
    Some(match remedy {
        Remedy::Ask | Remedy::AskAgain => return None,
        Remedy::PointerSet => {
            "join the row by its key or uid to the pointer dataset it was made from"
        }
        Remedy::CrawlArchive => match field {
            "acquisition.page_url" => {
                "search the link records (WAT) of the crawl for the address of the file"
            }
            "acquisition.server_ip" => {
                "look for the crawl record (WARC), which carries the address, or passive DNS records"
            }
            _ => "look for the crawl record (WARC) of the same fetch",
        },
        Remedy::ShardStats => {
            "read the statistics file of the download shard, which gives start and end"
        }
        Remedy::StoreLogs => "read the versions and access logs of the object store",
        Remedy::CompareReleases => "compare the shards by digest to the releases of the dataset",
        Remedy::TransferNotes => {
            "search the notes of the transfer, or look up the publisher of the dataset where it was obtained"
        }
        Remedy::Rewalk => "walk the shard again by digest",
    })
}

/// The supplier as shown: contact, else name.
fn supplier(find: &Find) -> String {
    let dataset = &find.locator.dataset;
    match (said(&dataset.supplier_contact), said(&dataset.supplier)) {
        (Some(contact), _) => defang::contact(contact),
        (None, Some(name)) => defang::prose(name),
        (None, None) => "whoever supplied the dataset".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn is_as_fetched(field: &str) -> bool {
    field.starts_with("object.as_fetched_digests")
}
