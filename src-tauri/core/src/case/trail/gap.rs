//! A missing fact as a step: why it is missing, and what would find it.
//!
//! It must never claim that an enquiry was made; a next step is a proposal.

use super::{present, said};
use crate::case::defang;
use crate::case::remedy::short;
use crate::intake::find::{Find, Missing, MissingReason};
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
        step.note = short(self.find, field, MissingReason::NeverRecorded);
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
        note: short(find, &missing.field, missing.reason),
        remark: said(&missing.note).map(defang::prose),
    }
}

/// What a field is called in the trail.
pub(crate) fn label(field: &str) -> String {
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

fn is_as_fetched(field: &str) -> bool {
    field.starts_with("object.as_fetched_digests")
}
