//! A missing fact as a step: why it is missing, and what would find it.
//!
//! It must never claim that an enquiry was made; a next step is a proposal.

use super::{present, said};
use crate::case::defang;
use crate::intake::find::{Find, Missing, MissingReason, StepKind, VersionKind};
use crate::wire::{TrailKind, TrailStep};

/// The declared gaps of a find, each taken once.
pub(super) struct Gaps<'a> {
    find: &'a Find,
    left: Vec<&'a Missing>,
}

impl<'a> Gaps<'a> {
    pub(super) fn new(find: &'a Find) -> Self {
        let mut left: Vec<&Missing> = Vec::with_capacity(find.missing.len());
        for missing in &find.missing {
            if !left.contains(&missing) {
                left.push(missing);
            }
        }
        Self { find, left }
    }

    /// The gaps declared for a field or for parts of it.
    pub(super) fn take(&mut self, field: &str) -> Vec<TrailStep> {
        self.draw(|missing| {
            missing
                .field
                .strip_prefix(field)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// All gaps left below a prefix.
    pub(super) fn rest(&mut self, prefix: &str) -> Vec<TrailStep> {
        self.draw(|missing| missing.field.starts_with(prefix))
    }

    /// A gap the find does not declare but shows.
    pub(super) fn step(&self, label: &str, value: &str, field: &str) -> TrailStep {
        let mut step = present(label, value.to_owned());
        step.kind = TrailKind::Gap;
        step.note = next_step(self.find, field, MissingReason::NeverRecorded);
        step
    }

    fn draw(&mut self, wanted: impl Fn(&Missing) -> bool) -> Vec<TrailStep> {
        let (taken, left) = self.left.drain(..).partition(|missing| wanted(missing));
        self.left = left;
        let taken: Vec<&Missing> = taken;
        taken.into_iter().map(|missing| gap(self.find, missing)).collect()
    }
}

fn gap(find: &Find, missing: &Missing) -> TrailStep {
    let applies = missing.reason != MissingReason::NotApplicable;
    TrailStep {
        kind: if applies { TrailKind::Gap } else { TrailKind::NotApplicable },
        label: label(&missing.field),
        value: reason(find, missing),
        mono: false,
        note: next_step(find, &missing.field, missing.reason),
        remark: said(&missing.note).map(defang::prose),
    }
}

/// What a field is called in the trail.
fn label(field: &str) -> String {
    let known = match field {
        "acquisition.page_url" => "Source page",
        "acquisition.origin_url" => "Image URL",
        "acquisition.final_url" => "Final URL",
        "acquisition.redirects" => "Redirects",
        "acquisition.server_ip" => "Server address",
        "acquisition.http_headers" => "Headers",
        "acquisition.http_status" => "Answer",
        "acquisition.fetched_at" => "Fetched",
        "acquisition.fetched_interval" => "Interval of fetching",
        "acquisition.fetcher" => "Fetcher",
        "acquisition.uploader_ref" => "Account",
        "acquisition.upstream" => "Upstream pointer",
        "locator.dataset.version" => "Dataset version",
        "locator.dataset.supplier" => "Supplier",
        "locator.dataset.supplier_contact" => "Supplier contact",
        "locator.dataset.obtained_at" => "Obtained",
        _ if is_as_fetched(field) => "Fetched bytes",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    // A field the trail has no word for keeps its own, in words.
    let name = field.split('.').rfind(|part| !part.is_empty()).unwrap_or("fact");
    let name = defang::prose(&name.replace('_', " "));
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Fact".to_owned(),
    }
}

/// The reason in words.
fn reason(find: &Find, missing: &Missing) -> String {
    let fetched = missing.field.starts_with("acquisition.") || is_as_fetched(&missing.field);
    match missing.reason {
        MissingReason::NeverRecorded if fetched => "Never recorded by the fetcher.",
        MissingReason::NeverRecorded => "Never recorded.",
        MissingReason::DiscardedUpstream
            if missing.field == "acquisition.page_url"
                && said(&find.acquisition.origin_url).is_some() =>
        {
            "Discarded upstream. Only the image URL was kept."
        }
        MissingReason::DiscardedUpstream => "Discarded upstream.",
        MissingReason::DiscardedByUs => "Discarded by us.",
        MissingReason::NotApplicable => "Does not apply here.",
        MissingReason::LookupFailed => "Looked up and not found.",
        MissingReason::Withheld => "Withheld by those who hold it.",
    }
    .to_owned()
}

/// Where the fact could still be found, by what the find says of its own making.
fn next_step(find: &Find, field: &str, reason: MissingReason) -> Option<String> {
    match reason {
        MissingReason::NotApplicable => return None,
        MissingReason::Withheld => return Some(ask(find, "Ask again")),
        _ => {}
    }
    let steps = &find.locator.steps;
    let has = |kind: StepKind| steps.iter().any(|step| step.kind == kind);
    let pointers = has(StepKind::ParquetRow) || has(StepKind::HfFile);
    let upstream = find.acquisition.upstream.as_ref().is_some_and(|steps| !steps.is_empty());
    let crawled = has(StepKind::WarcRecord)
        || upstream
        || find.locator.dataset.version_kind == VersionKind::CrawlId;
    let supplier = said(&find.locator.dataset.supplier_contact).is_some()
        || said(&find.locator.dataset.supplier).is_some();
    let discarded = reason == MissingReason::DiscardedUpstream;
    let next = match field {
        "acquisition.page_url" if discarded && supplier => ask(find, "Ask supplier"),
        "acquisition.page_url" | "acquisition.upstream" if pointers && !crawled => {
            "Join the pointer set".to_owned()
        }
        "acquisition.origin_url" if crawled => "Search the crawl archive".to_owned(),
        "acquisition.origin_url" | "acquisition.uploader_ref" => {
            if pointers && field == "acquisition.origin_url" {
                "Join the pointer set".to_owned()
            } else {
                ask(find, "Ask supplier")
            }
        }
        "acquisition.fetched_at" | "acquisition.fetched_interval" => time_of_fetch(find, crawled),
        _ if is_as_fetched(field) && pointers => "Join the pointer set".to_owned(),
        _ if field.starts_with("acquisition.") => "Search the crawl archive".to_owned(),
        "locator.dataset.version" => "Compare shards to releases".to_owned(),
        "locator.dataset.supplier_contact" if supplier => ask(find, "Ask supplier"),
        _ if field.starts_with("locator.dataset.") => {
            if has(StepKind::S3Object) {
                "Read the object-store access logs".to_owned()
            } else {
                "Search the transfer notes".to_owned()
            }
        }
        _ if field.starts_with("locator.") => "Walk the shard again by digest".to_owned(),
        _ => ask(find, "Ask supplier"),
    };
    Some(next)
}

/// A time is in the crawl's records, in img2dataset's shard statistics, or in the store's logs.
fn time_of_fetch(find: &Find, crawled: bool) -> String {
    let fetcher = find.acquisition.fetcher.as_ref().and_then(|fetcher| said(&fetcher.name));
    let img2dataset = fetcher.is_some_and(|name| name.eq_ignore_ascii_case("img2dataset"));
    let stored = find.locator.steps.iter().any(|step| step.kind == StepKind::S3Object);
    if crawled {
        "Search the crawl archive".to_owned()
    } else if img2dataset && find.acquisition.fetched_interval.is_none() {
        "Read img2dataset _stats.json".to_owned()
    } else if stored {
        "Read the object-store access logs".to_owned()
    } else {
        ask(find, "Ask supplier")
    }
}

/// `Ask supplier, abuse@supplier[.]example`, with the name where no address is known.
fn ask(find: &Find, words: &str) -> String {
    let dataset = &find.locator.dataset;
    match (said(&dataset.supplier_contact), said(&dataset.supplier)) {
        (Some(contact), _) => format!("{words}, {}", defang::contact(contact)),
        (None, Some(name)) => format!("{words}, {}", defang::prose(name)),
        (None, None) if words == "Ask again" => words.to_owned(),
        (None, None) => "Ask whoever supplied the dataset".to_owned(),
    }
}

fn is_as_fetched(field: &str) -> bool {
    field.starts_with("object.as_fetched_digests")
}
