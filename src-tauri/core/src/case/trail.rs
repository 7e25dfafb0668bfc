//! The trail of a sighting: its provenance as steps, from the source page to the quarantine.
//!
//! A fact is a step, and so is a fact that is missing, with its reason and what to do next. It
//! must never leave a declared gap out, guess a fact, or show an address that could be followed.

mod gap;
mod later;
mod layer;
mod moment;
mod source;

use self::gap::Gaps;
pub(crate) use self::gap::label;
pub use self::later::with_later;
pub use self::layer::place;
pub use self::moment::when;
pub use self::source::{Source, source_key};
use super::defang;
use crate::intake::find::{BytesAre, Find, TimePrecision, VersionKind};
use crate::wire::{TrailKind, TrailStep};

/// Redirects drawn one by one; the rest is counted.
const REDIRECTS_DRAWN: usize = 8;

/// Layers of one locator drawn one by one; the rest is counted.
const LAYERS_DRAWN: usize = 16;

/// The trail of one find, source to quarantine, in the order it is drawn.
pub fn trail(find: &Find) -> Vec<TrailStep> {
    let mut gaps = Gaps::new(find);
    let mut steps = Vec::new();
    origin(find, &mut gaps, &mut steps);
    fetch(find, &mut gaps, &mut steps);
    steps.extend(gaps.rest("acquisition."));
    stored(find, &mut gaps, &mut steps);
    dataset(find, &mut gaps, &mut steps);
    layers("Layers", &find.locator.steps, &mut steps);
    steps.extend(gaps.rest("locator."));
    steps.extend(gaps.rest(""));
    steps.push(quarantine(find));
    steps
}

/// Page, image, redirects and where they ended.
fn origin(find: &Find, gaps: &mut Gaps<'_>, steps: &mut Vec<TrailStep>) {
    let from = &find.acquisition;
    let address = |url: &str| defang::url_short(url);
    steps.extend(match said(&from.page_url) {
        Some(url) => vec![present("Source page", address(url)).mono().note("as crawled")],
        None => gaps.take("acquisition.page_url"),
    });
    if let Some(account) = said(&from.uploader_ref) {
        steps.push(present("Account", defang::prose(account)).mono().note("at the source"));
    }
    steps.extend(match said(&from.origin_url) {
        Some(url) => vec![present("Image URL", address(url)).mono().note("as crawled")],
        None => gaps.take("acquisition.origin_url"),
    });
    let redirects = from.redirects.as_deref().unwrap_or_default();
    for (index, url) in redirects.iter().take(REDIRECTS_DRAWN).enumerate() {
        let note = format!("{} of {}", index + 1, redirects.len());
        steps.push(match url.trim() {
            "" => present("Redirect", "No address was recorded.".to_owned()).note(note),
            url => present("Redirect", address(url)).mono().note(note),
        });
    }
    if let Some(more) = redirects.len().checked_sub(REDIRECTS_DRAWN + 1) {
        steps.push(present("Redirects", format!("{} more, in the find", more + 1)));
    }
    steps.extend(match said(&from.final_url) {
        Some(url) => {
            let step = present("Final URL", address(url)).mono();
            let step = match from.http_status {
                Some(status) => step.note(format!("HTTP status {status}")),
                None => step.note("after redirects"),
            };
            vec![step]
        }
        None => gaps.take("acquisition.final_url"),
    });
}

/// Server, what it answered, when, and to which program.
fn fetch(find: &Find, gaps: &mut Gaps<'_>, steps: &mut Vec<TrailStep>) {
    let from = &find.acquisition;
    steps.extend(match said(&from.server_ip) {
        Some(ip) => vec![present("Server address", defang::host(ip)).mono().note("as fetched")],
        None => gaps.take("acquisition.server_ip"),
    });
    steps.extend(match from.http_headers.as_deref() {
        Some(headers) if !headers.is_empty() => vec![present("Headers", headers_kept(headers))],
        _ => gaps.take("acquisition.http_headers"),
    });
    let fetcher = from.fetcher.as_ref().map(|fetcher| {
        let parts = [said(&fetcher.name), said(&fetcher.version)];
        defang::prose(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    });
    let fetcher = fetcher.filter(|name| !name.is_empty());
    let uncertain = match (&from.fetched_at, from.time_precision) {
        (Some(_), Some(TimePrecision::ShardInterval)) => ", precise to the shard",
        (Some(_), Some(TimePrecision::CrawlInterval)) => ", precise to the crawl",
        (Some(_), Some(TimePrecision::Unknown)) => ", precision unknown",
        _ => "",
    };
    let exact_gap = gaps.take("acquisition.fetched_at");
    match when(find) {
        Some(time) => {
            let step = present("Fetched", format!("{time}{uncertain}"));
            steps.push(match fetcher {
                Some(name) => step.note(name),
                None => step.note("fetcher not named"),
            });
            steps.extend(exact_gap.into_iter().map(|step| step.labelled("Exact time")));
        }
        None => {
            steps.extend(exact_gap);
            steps.extend(fetcher.map(|name| present("Fetcher", name)));
        }
    }
    if said(&from.final_url).is_none()
        && let Some(status) = from.http_status
    {
        steps.push(present("Answer", format!("HTTP status {status}")));
    }
}

/// What became of the fetched bytes, and where the dataset took its pointer from.
fn stored(find: &Find, gaps: &mut Gaps<'_>, steps: &mut Vec<TrailStep>) {
    let fetched = find.object.as_fetched_digests.as_ref();
    let digest = |text: &str| format!("sha-256 {}", layer::short_digest(text));
    match (find.object.bytes_are, fetched) {
        (BytesAre::AsFetched, _) => {}
        (BytesAre::ReEncoded, Some(digests)) => steps.push(
            present("Re-encoded", "Stored bytes differ from the fetched ones.".to_owned())
                .note(format!("fetched {}", digest(&digests.sha256))),
        ),
        (BytesAre::ReEncoded, None) => {
            steps.push(present("Re-encoded", "Stored bytes differ from the fetched ones.".into()));
        }
        (BytesAre::Unknown, _) => {
            let step = gaps.step(
                "Stored bytes",
                "Not known whether they are what the origin served.",
                "object.as_fetched_digests",
            );
            steps.push(match fetched {
                Some(digests) => step.note(format!("fetched {}", digest(&digests.sha256))),
                None => step,
            });
        }
    }
    if fetched.is_none() {
        steps.extend(gaps.take("object.as_fetched_digests"));
    }
    if let Some(upstream) = &find.acquisition.upstream {
        layers("Pointers", upstream, steps);
        for step in steps.iter_mut().rev().take(upstream.len().min(LAYERS_DRAWN + 1)) {
            step.label = format!("Pointer from: {}", step.label.to_lowercase());
        }
    }
}

/// The dataset at its version, and who gave it to us.
fn dataset(find: &Find, gaps: &mut Gaps<'_>, steps: &mut Vec<TrailStep>) {
    let dataset = &find.locator.dataset;
    let id = defang::prose(&dataset.id);
    let kind = match dataset.version_kind {
        VersionKind::GitCommit => "git commit",
        VersionKind::ContentDigest => "content digest",
        VersionKind::CrawlId => "crawl",
        VersionKind::ReleaseLabel => "release label",
        VersionKind::SnapshotTime => "snapshot time",
        VersionKind::Unversioned => "unversioned",
    };
    let value = match dataset.version_kind {
        VersionKind::Unversioned => id,
        VersionKind::GitCommit => {
            format!("{id}@{}", defang::prose(dataset.version.get(..7).unwrap_or(&dataset.version)))
        }
        VersionKind::ContentDigest => format!("{id}@{}", layer::short_digest(&dataset.version)),
        _ => format!("{id}@{}", defang::prose(&dataset.version)),
    };
    steps.push(present("Dataset", value).mono().note(kind));
    let obtained = dataset.obtained_at.as_ref().map(|time| moment::day(time.instant()));
    let contact = said(&dataset.supplier_contact).map(defang::contact);
    match (said(&dataset.supplier).map(defang::prose), contact) {
        (Some(supplier), Some(contact)) => {
            let step = present("Supplier", format!("{supplier}, {contact}"));
            steps.push(match obtained {
                Some(day) => step.note(format!("obtained {day}")),
                None => step,
            });
        }
        (supplier, contact) => {
            steps.extend(match supplier {
                Some(name) => vec![present("Supplier", name)],
                None => gaps.take("locator.dataset.supplier"),
            });
            steps.extend(match contact {
                Some(contact) => vec![present("Supplier contact", contact)],
                None => gaps.take("locator.dataset.supplier_contact"),
            });
            steps.extend(obtained.map(|day| present("Obtained", day)));
        }
    }
}

fn layers(many: &str, found: &[crate::intake::find::Step], steps: &mut Vec<TrailStep>) {
    for (index, layer) in found.iter().take(LAYERS_DRAWN).enumerate() {
        steps.push(layer::step(layer, index + 1 < found.len()));
    }
    if let Some(more) = found.len().checked_sub(LAYERS_DRAWN + 1) {
        steps.push(present(many, format!("{} more, in the find", more + 1)));
    }
}

fn quarantine(find: &Find) -> TrailStep {
    let scanner =
        defang::prose(&format!("{} {}", find.scanner.name.trim(), find.scanner.version.trim()));
    let value = match said(&find.object.quarantine_ref) {
        Some(reference) => format!("{} · {scanner}", defang::prose(reference)),
        None => scanner,
    };
    let time = find.scanner.scanned_at.as_ref().unwrap_or(&find.emitted_at);
    present("Scanned and quarantined", value).note(moment::minute(time.instant()))
}

/// How many, and which of those that date or place the answer.
fn headers_kept(headers: &[(String, String)]) -> String {
    const TELLING: [&str; 5] = ["Date", "Last-Modified", "ETag", "Content-Type", "Server"];
    let kept: Vec<&str> = TELLING
        .into_iter()
        .filter(|name| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)))
        .collect();
    let count = match headers.len() {
        1 => "1 kept".to_owned(),
        many => format!("{many} kept"),
    };
    if kept.is_empty() { count } else { format!("{count}, with {}", kept.join(", ")) }
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn present(label: &str, value: String) -> TrailStep {
    TrailStep {
        kind: TrailKind::Present,
        label: label.to_owned(),
        value,
        mono: false,
        note: None,
        remark: None,
    }
}

impl TrailStep {
    fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn labelled(mut self, label: &str) -> Self {
        self.label = label.to_owned();
        self
    }
}

#[cfg(test)]
mod tests;
