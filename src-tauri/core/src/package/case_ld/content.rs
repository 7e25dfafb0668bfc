//! What there is: the file's content and digests, the containers it lay in, the addresses it had.
//!
//! A digest stands only with the bytes it is of.

use serde_json::{Value, json};

use super::graph::{Graph, refer};
use crate::intake::find::{Algorithm, BytesAre, Digests, Find, Step, StepKind};
use crate::package::input::FileInput;
use crate::package::provenance;

/// The quarantined bytes. Named by their digest, so that the same bytes in two reports are one node.
pub(super) fn stored(graph: &mut Graph, file: &FileInput) -> String {
    let item = &file.item;
    let id = graph.common("file", &[&item.blake3]);
    let mut hashes = vec![
        ("MD5", item.md5.clone()),
        ("SHA1", item.sha1.clone()),
        ("SHA256", item.sha256.clone()),
        ("BLAKE3", item.blake3.clone()),
    ];
    hashes.extend(perceptual(file));
    let hashes = hashes.iter().filter_map(|(method, value)| hash(graph, &id, method, value));
    let hashes: Vec<Value> = hashes.collect();
    let data = json!({
        "observable:mimeType": item.media_type,
        "observable:sizeInBytes": item.size_bytes,
        "observable:hash": hashes,
    });
    let mut facets = vec![graph.facet(&id, "observable:ContentDataFacet", data)];
    let name = file.sightings.iter().find_map(|sighting| innermost(&sighting.find));
    let named = json!({ "observable:fileName": name, "observable:sizeInBytes": item.size_bytes });
    facets.push(graph.facet(&id, "observable:FileFacet", named));
    if let (Some(width), Some(height)) = (item.width, item.height) {
        let size = json!({ "observable:pictureWidth": width, "observable:pictureHeight": height });
        facets.push(graph.facet(&id, "observable:RasterPictureFacet", size));
    }
    graph.put(
        &id,
        json!({
            "@type": ["observable:ContentData", "observable:File"],
            "core:hasFacet": facets,
        }),
    );
    id
}

fn innermost(find: &Find) -> Option<&str> {
    let step = find.locator.steps.last()?;
    step.member.as_deref().or(step.uri.as_deref())
}

fn perceptual(file: &FileInput) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for evidence in file.sightings.iter().flat_map(|sighting| &sighting.find.matches) {
        let method = match evidence.algorithm {
            Algorithm::Pdq => "PDQ",
            Algorithm::PhotoDna => "PhotoDNA",
            _ => continue,
        };
        let value = evidence.query_value.as_ref().map(|value| (method, value.clone()));
        found.extend(value.filter(|pair| !found.contains(pair)));
    }
    found
}

/// A digest, where its text is one.
fn hash(graph: &mut Graph, of: &str, method: &str, value: &str) -> Option<Value> {
    let whole = !value.is_empty() && value.len().is_multiple_of(2);
    if !whole || !value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let id = graph.common("hash", &[of, method, value]);
    graph.put(
        &id,
        json!({
            "@type": "types:Hash",
            "types:hashMethod": method,
            "types:hashValue": { "@type": "xsd:hexBinary", "@value": value.to_ascii_uppercase() },
        }),
    );
    Some(refer(&id))
}

/// The bytes the origin served, where they are others than the stored ones and their digest is known. The stored bytes
/// themselves where they are as they were fetched; `None` where nobody knows.
pub(super) fn as_fetched(graph: &mut Graph, file: &FileInput, stored: &str) -> Option<String> {
    match provenance::bytes_are(file) {
        BytesAre::AsFetched => Some(stored.to_owned()),
        BytesAre::Unknown => None,
        BytesAre::ReEncoded => {
            let digests = provenance::as_fetched(file).into_iter().next()?;
            let id = graph.common("content-data", &[&digests.sha256]);
            let hashes = digests_of(graph, &id, &digests);
            let data = json!({ "observable:hash": hashes });
            let facet = graph.facet(&id, "observable:ContentDataFacet", data);
            graph.put(
                &id,
                json!({
                    "@type": "observable:ContentData",
                    "core:description": "The bytes as they were fetched; only their digests were kept.",
                    "core:hasFacet": facet,
                }),
            );
            Some(id)
        }
    }
}

fn digests_of(graph: &mut Graph, id: &str, digests: &Digests) -> Vec<Value> {
    let all = [
        ("MD5", digests.md5.as_deref()),
        ("SHA1", digests.sha1.as_deref()),
        ("SHA256", Some(digests.sha256.as_str())),
        ("SHA512", digests.sha512.as_deref()),
    ];
    all.into_iter().filter_map(|(method, value)| hash(graph, id, method, value?)).collect()
}

/// The layers of a locator, outermost first, and the range of each in the one around it. The last layer is the file itself
/// where `content` is given. Answers the outermost.
pub(super) fn layers(
    graph: &mut Graph,
    scope: &str,
    steps: &[Step],
    content: Option<&str>,
) -> Option<String> {
    let mut around: Option<String> = None;
    let mut outermost = None;
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        let id = match content.filter(|_| last && steps.len() > 1) {
            Some(content) => content.to_owned(),
            None => layer(graph, scope, at, step, steps.get(at + 1)),
        };
        if let Some(outer) = &around {
            contained(graph, scope, at, &id, outer, step);
        }
        outermost.get_or_insert_with(|| id.clone());
        around = Some(id);
    }
    if let (Some(content), Some(outer), 1) = (content, &around, steps.len()) {
        let only = steps.first()?;
        contained(graph, scope, 1, content, outer, only);
    }
    outermost
}

fn layer(graph: &mut Graph, scope: &str, at: usize, step: &Step, inner: Option<&Step>) -> String {
    let id = graph.own("layer", &[scope, &at.to_string()]);
    let archive = inner.is_some_and(|inner| {
        matches!(inner.kind, StepKind::TarMember | StepKind::ZipMember | StepKind::WarcRecord)
    });
    let kind = if archive { "observable:ArchiveFile" } else { "observable:File" };
    let digests = step.digests.iter().flatten();
    let hashes: Vec<(String, String)> = digests
        .filter_map(|(name, value)| Some((method(name)?.to_owned(), value.as_str()?.to_owned())))
        .collect();
    let hashes = hashes.iter().filter_map(|(method, value)| hash(graph, &id, method, value));
    let hashes: Vec<Value> = hashes.collect();
    let mut facets = Vec::new();
    if !hashes.is_empty() {
        let data = json!({ "observable:hash": hashes });
        facets.push(graph.facet(&id, "observable:ContentDataFacet", data));
    }
    let path = step.uri.as_deref().or(step.target_uri.as_deref());
    let named = json!({
        "observable:fileName": step.member.as_deref().or(path),
        "observable:filePath": path,
        "observable:sizeInBytes": step.size_bytes,
    });
    facets.push(graph.facet(&id, "observable:FileFacet", named));
    graph.put(
        &id,
        json!({
            "@type": kind,
            "core:description": describe(step),
            "core:hasFacet": facets,
        }),
    );
    id
}

fn method(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "md5" => "MD5",
        "sha1" => "SHA1",
        "sha256" => "SHA256",
        "sha512" => "SHA512",
        "blake3" => "BLAKE3",
        _ => return None,
    })
}

/// What has no term of its own, in words.
fn describe(step: &Step) -> String {
    let mut text = step.kind.word().to_owned();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("; {key} {value}"));
        }
    };
    add("version", step.version_id.clone());
    add("revision", step.revision.clone());
    add("etag", step.etag.clone());
    add("record", step.record_id.clone());
    add("payload digest", step.payload_digest.clone());
    add("row group", step.row_group.map(|n| n.to_string()));
    add("row", step.row.map(|n| n.to_string()));
    for (name, value) in step.keys.iter().flatten() {
        add("key", Some(format!("{name} = {value}")));
    }
    text
}

fn contained(graph: &mut Graph, scope: &str, at: usize, inner: &str, outer: &str, step: &Step) {
    let id = graph.own("relationship", &[scope, &at.to_string()]);
    let range = (step.offset.is_some() || step.length.is_some()).then(|| {
        let range = json!({
            "observable:rangeOffset": step.offset,
            "observable:rangeSize": step.length,
            "observable:rangeOffsetType": step.offset.map(|_| "bytes from the start of the container"),
        });
        graph.facet(&id, "observable:DataRangeFacet", range)
    });
    relation(graph, &id, (inner, "Contained_Within", outer), describe(step), range);
}

/// One thing's relation to another.
pub(super) fn relation(
    graph: &mut Graph,
    id: &str,
    (source, kind, target): (&str, &str, &str),
    about: String,
    facet: Option<Value>,
) {
    graph.put(
        id,
        json!({
            "@type": "observable:ObservableRelationship",
            "core:source": refer(source),
            "core:target": refer(target),
            "core:kindOfRelationship": kind,
            "core:isDirectional": true,
            "core:description": about,
            "core:hasFacet": facet,
        }),
    );
}

/// An address as it was recorded, whole.
pub(super) fn url(graph: &mut Graph, address: &str) -> String {
    let id = graph.common("url", &[address]);
    let facet = graph.facet(&id, "observable:URLFacet", json!({ "observable:fullValue": address }));
    graph.put(&id, json!({ "@type": "observable:URL", "core:hasFacet": facet }));
    id
}

/// The address of a server.
pub(super) fn server(graph: &mut Graph, ip: &str) -> Option<String> {
    let (kind, facet) = match ip.trim().parse().ok()? {
        std::net::IpAddr::V4(_) => ("observable:IPv4Address", "observable:IPv4AddressFacet"),
        std::net::IpAddr::V6(_) => ("observable:IPv6Address", "observable:IPv6AddressFacet"),
    };
    let id = graph.common("ip-address", &[ip.trim()]);
    let facet = graph.facet(&id, facet, json!({ "observable:addressValue": ip.trim() }));
    let about = "Address of a server, not of a person.";
    graph.put(&id, json!({ "@type": kind, "core:description": about, "core:hasFacet": facet }));
    Some(id)
}
