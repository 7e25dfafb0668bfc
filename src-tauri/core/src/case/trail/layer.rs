//! One layer of storage as a step, and a sighting's place in short.
//!
//! It must never shorten a name so that two layers of one find look the same for want of a
//! digest: what is cut from a path is its beginning.

use super::present;
use crate::case::defang;
use crate::intake::find::{Find, Step, StepKind};
use crate::wire::TrailStep;

/// Segments of a storage path that are shown.
const SEGMENTS: usize = 3;

/// A layer as a step; `holds_more` when the next layer is inside it.
pub(super) fn step(layer: &Step, holds_more: bool) -> TrailStep {
    let uri = layer.uri.as_deref().unwrap_or_default();
    let label = match layer.kind {
        StepKind::S3Object | StepKind::HfFile | StepKind::HttpFile | StepKind::LocalFile => {
            if holds_more {
                "Shard"
            } else {
                "Object"
            }
        }
        StepKind::TarMember | StepKind::ZipMember => "Member",
        StepKind::WarcRecord | StepKind::TfRecord => "Record",
        StepKind::ParquetRow => "Row",
        StepKind::ByteRange => "Bytes",
    };
    let value = match layer.kind {
        StepKind::TarMember | StepKind::ZipMember => layer.member.as_deref().map(defang::prose),
        StepKind::ParquetRow => layer.row.map(|row| row_of(uri, row)),
        StepKind::WarcRecord | StepKind::TfRecord if uri.is_empty() => {
            layer.record_id.as_deref().or(layer.target_uri.as_deref()).map(defang::url_short)
        }
        StepKind::HfFile => layer.revision.as_deref().map(|revision| {
            format!("{} @ {}", storage(uri), revision.get(..7).unwrap_or_default())
        }),
        _ => None,
    };
    let value =
        value.filter(|value| !value.trim().is_empty()).unwrap_or_else(|| match uri.trim() {
            "" => range(layer).unwrap_or_else(|| "No name was recorded.".to_owned()),
            _ => storage(uri),
        });
    let step = present(label, value).mono();
    match note(layer) {
        Some(note) => step.note(note),
        None => step,
    }
}

/// Where the item was found, in short: `00001.tar / 000010005.jpg`.
pub fn place(find: &Find) -> String {
    let mut parts: Vec<String> = Vec::new();
    for layer in &find.locator.steps {
        let part = match layer.kind {
            StepKind::TarMember | StepKind::ZipMember => layer.member.as_deref().map(last_segment),
            StepKind::S3Object | StepKind::HfFile | StepKind::HttpFile | StepKind::LocalFile => {
                layer.uri.as_deref().map(last_segment)
            }
            StepKind::WarcRecord | StepKind::ByteRange | StepKind::TfRecord => {
                let file = layer.uri.as_deref().map(last_segment);
                let at = layer.offset.map(|offset| format!("+{}", grouped(offset)));
                match (file, at) {
                    (Some(file), Some(at)) => Some(format!("{file} {at}")),
                    (file, at) => file.or(at),
                }
            }
            // A row beside the bytes describes them; it is the place only when nothing else is.
            StepKind::ParquetRow if parts.len() < 2 => {
                let file = layer.uri.as_deref().map(last_segment);
                let row = layer.row.map(|row| format!("row {}", grouped(row)));
                match (file, row) {
                    (Some(file), Some(row)) if !parts.contains(&file) => {
                        Some(format!("{file} {row}"))
                    }
                    (_, row) => row,
                }
            }
            StepKind::ParquetRow => None,
        };
        parts.extend(part.filter(|part| !part.is_empty()));
    }
    if parts.is_empty() { "no object or member named".to_owned() } else { parts.join(" / ") }
}

/// First and last four digits: `1111…1111`. Anything that is not hexadecimal is shown as text.
pub(super) fn short_digest(text: &str) -> String {
    let hex = text.len() > 12 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match (hex, text.get(..4), text.get(text.len().saturating_sub(4)..)) {
        (true, Some(start), Some(end)) => format!("{start}…{end}"),
        _ => defang::prose(text),
    }
}

/// `s3:…/synth/v3/00001.tar`; web addresses keep their host.
fn storage(uri: &str) -> String {
    let uri = uri.trim();
    if defang::is_inline(uri) || defang::host_of(uri).is_some() && uri.contains("://") {
        return defang::url_short(uri);
    }
    let (scheme, path, has_root) = match uri.split_once("://") {
        Some((scheme, rest)) => match rest.split_once('/') {
            Some((_, path)) => (scheme, path, true),
            None => (scheme, rest, false),
        },
        None => ("", uri.trim_start_matches('/'), uri.starts_with('/')),
    };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let cut = segments.len().saturating_sub(SEGMENTS);
    let kept = segments.get(cut..).unwrap_or_default().join("/");
    let lead = match (scheme, has_root || cut > 0) {
        ("", false) => String::new(),
        ("", true) => "…/".to_owned(),
        (scheme, true) => format!("{scheme}:…/"),
        (scheme, false) => format!("{scheme}:"),
    };
    match format!("{lead}{kept}") {
        shown if shown.trim().is_empty() => defang::prose(uri),
        shown => defang::prose(&shown),
    }
}

fn row_of(uri: &str, row: u64) -> String {
    match last_segment(uri) {
        file if file.is_empty() => format!("row {}", grouped(row)),
        file => format!("{file} row {}", grouped(row)),
    }
}

/// Digest first; then the place and size inside the layer around; then whatever names a version.
fn note(layer: &Step) -> Option<String> {
    let place = range(layer);
    let inside = matches!(
        layer.kind,
        StepKind::TarMember | StepKind::ZipMember | StepKind::WarcRecord | StepKind::TfRecord
    );
    let keys = layer.keys.as_ref().filter(|keys| !keys.is_empty()).map(|keys| {
        let pairs: Vec<String> =
            keys.iter().map(|(name, value)| format!("{name} {value}")).collect();
        defang::prose(&pairs.join(", "))
    });
    let version = layer.version_id.as_deref().map(|id| format!("version {}", defang::prose(id)));
    let size = layer.size_bytes.map(size);
    let digest = digest(layer);
    if inside {
        place.or(digest).or(size)
    } else {
        digest.or(keys).or(version).or(size).or(place.filter(|_| layer.uri.is_some()))
    }
}

fn digest(layer: &Step) -> Option<String> {
    let digests = layer.digests.as_ref();
    let named = [("sha256", "sha-256"), ("sha512", "sha-512"), ("sha1", "sha-1"), ("md5", "md5")];
    let given = named.into_iter().find_map(|(field, name)| {
        let text = digests?.get(field)?.as_str()?;
        Some(format!("{name} {}", short_digest(text)))
    });
    given.or_else(|| {
        layer.payload_digest.as_deref().map(|text| format!("payload {}", defang::prose(text)))
    })
}

/// `+1,048,576, 19.8 KiB`.
fn range(layer: &Step) -> Option<String> {
    match (layer.offset, layer.length.or(layer.size_bytes)) {
        (Some(offset), Some(length)) => Some(format!("+{}, {}", grouped(offset), size(length))),
        (Some(offset), None) => Some(format!("+{}", grouped(offset))),
        (None, _) => None,
    }
}

fn last_segment(path: &str) -> String {
    if defang::is_inline(path) {
        return defang::url_short(path);
    }
    let web = defang::host_of(path).is_some() && path.contains("://");
    let path = if web { path.split(['?', '#']).next().unwrap_or(path) } else { path };
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    defang::prose(name)
}

/// `19.8 KiB`, in steps of 1,024; bytes below that are whole.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths, rounded half up, so that no float is needed.
    let mut unit = 0;
    let mut scale: u128 = 1024;
    let mut tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        unit += 1;
        scale *= 1024;
        tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

/// `1,048,576`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
