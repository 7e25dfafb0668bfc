//! One file's `fileDetails` from what is known of it.
//!
//! Flags come from the ledger alone. It must never give a digest of changed bytes as the original's,
//! and never put a server's address where a person's would stand.

use std::collections::BTreeSet;

use crate::cybertip::{
    Address, Details, FileAnnotations, FileDetails, FileHash, FreeText, HashKind, IndustryClass,
    IpCaptureEvent, Marks, Relevance, Text, Viewing,
};
use crate::intake::find::{Algorithm, BytesAre, Find};
use crate::package::input::{FileInput, Head};
use crate::package::{provenance, words};
use crate::wire::Annotation;

/// The document of one file; sightings are in order.
pub(super) fn file_details(head: &Head, file: &FileInput) -> FileDetails {
    let finds = || file.sightings.iter().map(|sighting| &sighting.find);
    let origin = finds().find_map(|find| web(find.acquisition.origin_url.as_deref()));
    let location =
        origin.or_else(|| finds().find_map(|find| web(find.acquisition.final_url.as_deref())));
    let mut additional_info = vec![provenance::block(head, file)];
    if let Some(whole) = location.as_ref().and_then(Address::whole) {
        additional_info.push(format!(
            "locationOfFile is shortened: the whole address is {} bytes, SHA-256 {}.",
            whole.bytes, whole.sha256
        ));
    }
    let server = finds().find_map(|find| server(find, head));
    if server.is_some() {
        additional_info.push(
            "ipCaptureEvent is the address of the server the file was fetched from, not of a person."
                .to_owned(),
        );
    }
    let classification =
        file.decision.classification.map(words::classification).and_then(IndustryClass::of_word);
    FileDetails {
        location,
        viewing: Viewing::of(file.viewed.entire_file(), file.viewed.exif()),
        // `find/v1` has no field that records whether the file could be had without a login.
        publicly_available: None,
        relevance: Some(Relevance::Reported),
        marks: marks(file),
        classification: classification.filter(|_| head.organisation.mou_signed),
        hashes: hashes(file),
        ip_event: server,
        details: Details::hashes(hash_pairs(file)).into_iter().collect(),
        additional_info: additional_info.iter().filter_map(|text| FreeText::new(text)).collect(),
        ..FileDetails::default()
    }
}

/// What a reviewer stated to believe of the picture; nothing follows from where it was found.
fn marks(file: &FileInput) -> Option<Marks> {
    let stated = &file.annotations.as_ref()?.yes;
    let is = |annotation| stated.contains(&annotation);
    (!stated.is_empty()).then(|| {
        Marks::Annotations(FileAnnotations {
            anime_drawing_virtual_hentai: is(Annotation::AnimeDrawingVirtualHentai),
            potential_meme: is(Annotation::PotentialMeme),
            viral: is(Annotation::Viral),
            possible_self_production: is(Annotation::PossibleSelfProduction),
            physical_harm: is(Annotation::PhysicalHarm),
            violence_gore: is(Annotation::ViolenceGore),
            bestiality: is(Annotation::Bestiality),
            live_streaming: is(Annotation::LiveStreaming),
            infant: is(Annotation::Infant),
            generative_ai: is(Annotation::GenerativeAi),
        })
    })
}

fn web(url: Option<&str>) -> Option<Address> {
    url.and_then(Address::read)
}

fn server(find: &Find, head: &Head) -> Option<IpCaptureEvent> {
    let ip = find.acquisition.server_ip.as_deref()?.trim().parse().ok()?;
    let at = find.acquisition.fetched_at.as_ref().map(|at| at.instant());
    Some(IpCaptureEvent::server(ip, at.filter(|at| *at <= head.sealed_at)))
}

/// Digests of the file as obtained, before any change: of the stored bytes unless they were
/// re-encoded, then only those recorded at fetching. The stored ones are in the block either way.
fn hashes(file: &FileInput) -> Vec<FileHash> {
    let mut hashes = BTreeSet::new();
    let mut add = |kind, value: Option<&str>| {
        hashes.extend(value.and_then(|value| FileHash::new(kind, value)));
    };
    if provenance::bytes_are(file) == BytesAre::ReEncoded {
        for digests in provenance::as_fetched(file) {
            add(HashKind::Md5, digests.md5.as_deref());
            add(HashKind::Sha1, digests.sha1.as_deref());
            add(HashKind::Sha256, Some(&digests.sha256));
        }
    } else {
        add(HashKind::Md5, Some(&file.item.md5));
        add(HashKind::Sha1, Some(&file.item.sha1));
        add(HashKind::Sha256, Some(&file.item.sha256));
    }
    hashes.into_iter().collect()
}

/// Perceptual hashes of the stored bytes with their quality, each once; and the stored bytes' own
/// digests where `originalFileHash` does not carry them.
fn hash_pairs(file: &FileInput) -> Vec<(Text<64>, FreeText)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for evidence in file.sightings.iter().flat_map(|sighting| &sighting.find.matches) {
        let name = match evidence.algorithm {
            Algorithm::Pdq => "PDQ",
            Algorithm::PhotoDna => "PhotoDNA",
            Algorithm::Vpdq => "vPDQ",
            Algorithm::TmkPdqf => "TMK+PDQF",
            Algorithm::SaferHash => "SaferHash",
            Algorithm::Md5 | Algorithm::Sha1 | Algorithm::Sha256 | Algorithm::Other => continue,
        };
        if let Some(value) = &evidence.query_value
            && !pairs.iter().any(|(known, old)| known == name && old == value)
        {
            pairs.push((name.to_owned(), value.clone()));
            if let Some(quality) = evidence.query_quality {
                pairs.push((format!("{name} quality"), quality.to_string()));
            }
        }
    }
    if provenance::bytes_are(file) == BytesAre::ReEncoded {
        pairs.push(("MD5 of stored, re-encoded bytes".into(), file.item.md5.clone()));
        pairs.push(("SHA1 of stored, re-encoded bytes".into(), file.item.sha1.clone()));
        pairs.push(("SHA256 of stored, re-encoded bytes".into(), file.item.sha256.clone()));
    }
    let text = |(name, value): &(String, String)| Some((Text::new(name)?, Text::new(value)?));
    pairs.iter().filter_map(text).collect()
}
