//! Made-up inputs for tests: one fixed, and a strategy for hostile ones.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::intake::find::{BytesAre, Digests, Find, Interval, TimePrecision, Utc};
use crate::package::build::{Counted, PackageError, Shelf, Writing};
use crate::package::earlier::{Earlier, EarlierKind};
use crate::package::input::*;
use crate::package::lint;
use crate::package::reread::Reread;
use crate::wire::{self, PackageFinding};

/// The documents of a package by their path in the bag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Documents {
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Documents {
    pub(crate) fn xml(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let xml = self.files.iter().filter(|(name, _)| name.ends_with(".xml"));
        xml.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

impl Shelf for Documents {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        assert!(self.files.insert(name.to_owned(), bytes.to_vec()).is_none(), "{name} twice");
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.files.entry(name.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

/// The check before sealing, over all of it.
pub(crate) fn findings(input: &PackageInput) -> Vec<PackageFinding> {
    lint::findings(input, SEALED)
}

/// Both passes over a report that lies in memory; no PDF, which another process makes.
pub(crate) fn build(input: &PackageInput) -> Result<Documents, PackageError> {
    let mut files: Vec<FileInput> = input.files.iter().cloned().map(FileInput::in_order).collect();
    files.sort_by_key(|file| file.case);
    let mut counted = Counted::default();
    files.iter().for_each(|file| counted.add(&input.head, file));
    let head = input.head.clone();
    let mut writing = Writing::begin(head, counted, &findings(input), Documents::default())?;
    files.iter().try_for_each(|file| writing.file(file, &[]))?;
    writing.end(&[], None)
}

/// The time at which the samples are sealed.
pub(crate) const SEALED: OffsetDateTime = datetime!(2026-02-03 10:20:30 UTC);

/// The example record of the schema.
pub(crate) fn find() -> Find {
    serde_json::from_str(include_str!("example.jsonl")).unwrap()
}

fn utc(text: &str) -> Utc {
    Utc::parse(text).unwrap()
}

/// A find with a whole trail, of bytes as they were fetched.
pub(crate) fn traced() -> Find {
    let mut find = find();
    find.find_id = "6f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e60".parse().unwrap();
    find.object.bytes_are = BytesAre::AsFetched;
    find.object.as_fetched_digests = None;
    find.object.digests.sha256 = "34".repeat(32);
    let got = &mut find.acquisition;
    got.origin_url = Some("https://images.example/gallery/b 2.jpg?size=l&v=1".into());
    got.final_url = Some("https://cdn.images.example/b2.jpg".into());
    got.page_url = Some("https://images.example/gallery/".into());
    got.fetched_interval = None;
    got.time_precision = Some(TimePrecision::Exact);
    got.fetched_at = Some(utc("2025-11-02T03:04:05Z"));
    got.server_ip = Some("192.0.2.7".into());
    got.http_status = Some(200);
    got.http_headers = Some(vec![("Content-Type".into(), "image/jpeg".into())]);
    find.missing.clear();
    find
}

fn completeness(class: wire::Class, o: u8) -> wire::Completeness {
    wire::Completeness {
        class,
        vector: wire::Vector { m: 2, o, t: 2, c: 3, d: 3, p: 1 },
        holds_back: if class == wire::Class::A { vec![] } else { vec!["O".into()] },
    }
}

/// One confirmed case with one sighting.
pub(crate) fn file(case: u32, find: Find, class: wire::Class) -> FileInput {
    let bytes_are = find.object.bytes_are.word().to_owned();
    FileInput {
        case,
        item: wire::ItemFacts {
            blake3: "0b".repeat(32),
            sha256: find.object.digests.sha256.clone(),
            sha1: "5a".repeat(20),
            md5: "cd".repeat(16),
            size_bytes: find.object.size_bytes,
            media_type: find.object.media_type.clone(),
            width: Some(256),
            height: Some(256),
            bytes_are,
            as_fetched_sha256: find.object.as_fetched_digests.as_ref().map(|d| d.sha256.clone()),
        },
        sightings: vec![SightingInput {
            reported: find.clone(),
            find,
            later: Vec::new(),
            tried: Vec::new(),
            completeness: completeness(class, 2),
            imported_at: datetime!(2026-01-05 08:00:00 UTC),
        }],
        decision: wire::DecisionFacts {
            leaf: 190 + u64::from(case % 100),
            at: "2026-01-06T09:00:00Z".into(),
            by: "R-07".into(),
            mine: false,
            verdict: wire::Verdict::Confirmed,
            classification: Some(wire::Classification::B2),
            rationale: "Same picture as the entry; supplier asked on 2026-01-06.".into(),
            policy_version: "7.3".into(),
            level_seen: wire::Level::HashOnly,
            status: wire::DecisionStatus::Stands,
            supersedes: None,
            ended_by: None,
        },
        seen: vec![],
        viewed: Viewed::No,
        annotations: None,
        unproven: Vec::new(),
        reread: Reread::Same,
        previously_reported: Vec::new(),
    }
}

/// A complete, harmless organisation.
pub(crate) fn organisation() -> Organisation {
    Organisation {
        name: "Example Data Ltd".into(),
        email: "reports@data.example".into(),
        contact: Contact {
            email: "legal@data.example".into(),
            phone: "+1 555 0100".into(),
            ..Contact::default()
        },
        company_template:
            "Serve legal process on legal@data.example. Records are kept for one year. \
                           A telephone is answered at all hours: +1 555 0100."
                .into(),
        legal_url: "https://data.example/legal".into(),
        ..Organisation::default()
    }
}

/// Two files: one decided on hashes from a thin trail, one seen veiled with a whole trail.
pub(crate) fn input() -> PackageInput {
    let mut seen = file(4110, traced(), wire::Class::A);
    seen.seen =
        vec![SeenInput { by: "R-07".into(), level: wire::Level::Strong, ms: 10_400, leaf: 188 }];
    seen.viewed = Viewed::derive(&seen.seen, None);
    seen.decision.level_seen = wire::Level::Strong;
    let head = Head {
        report: "R-0001".into(),
        sealed_at: SEALED,
        organisation: organisation(),
        source: Source {
            key: "host:images.example".into(),
            name: "images[.]example".into(),
            url_hosts: vec!["images.example".into()],
        },
        rule: "Confirmed cases whose file was fetched from one host.".into(),
        policy_version: "7.3".into(),
        ledger: LedgerPoint { leaves: 212, root: "9e".repeat(32) },
        tool: Tool { name: "casement".into(), version: "0.1.0".into() },
    };
    PackageInput { head, files: vec![seen, file(4102, find(), wire::Class::B)] }
}

/// What [`attestation_leaf`] is salted with.
pub(crate) const SALT: &[u8] = b"sixteen bytes of";

/// A leaf in which `by` attests to `body` about `case`.
pub(crate) fn attestation_leaf(seq: u64, case: u32, by: &str, body: &str) -> Vec<u8> {
    let commitment = Sha256::new().chain_update(SALT).chain_update(body).finalize();
    serde_json::to_vec(&serde_json::json!({
        "type": "view.attested", "seq": seq, "case": case, "by": by,
        "body_sha256": hex::encode(commitment),
    }))
    .unwrap()
}

fn url() -> impl Strategy<Value = Option<String>> {
    let web = ("\\PC{0,40}", prop_oneof![3 => Just(0), 1 => 0_usize..4000])
        .prop_map(|(tail, long)| format!("https://h.example/{tail}{}", "x/".repeat(long / 2)));
    prop_oneof![
        Just(None),
        any::<String>().prop_map(Some),
        web.prop_map(Some),
        Just(Some("http://h.example/a".to_owned())),
    ]
}

fn time() -> impl Strategy<Value = Utc> {
    (1970_u32..2030, 1_u32..13, 1_u32..29, 0_u32..24, 0_u32..1000).prop_map(|(y, m, d, h, ms)| {
        Utc::parse(&format!("{y:04}-{m:02}-{d:02}T{h:02}:00:00.{ms:03}Z")).unwrap()
    })
}

fn hostile_find() -> impl Strategy<Value = Find> {
    let urls = (url(), url(), url());
    let times = (time(), proptest::option::of(time()), proptest::option::of((time(), time())));
    let words = (any::<String>(), any::<String>(), any::<String>(), any::<String>());
    let rest = (
        proptest::option::of(prop_oneof![
            any::<String>(),
            any::<std::net::IpAddr>().prop_map(|ip| ip.to_string())
        ]),
        proptest::option::of(any::<String>()),
        0_u8..3,
        any::<bool>(),
    );
    (urls, times, words, rest).prop_map(|(urls, times, words, (ip, value, bytes, fetched))| {
        let mut find = find();
        find.emitted_at = times.0;
        find.scanner.scanned_at = times.1.clone();
        find.scanner.name = words.0.clone();
        find.matches[0].list.name = words.1.clone();
        find.matches[0].query_value = value;
        find.locator.dataset.id = words.2.clone();
        find.locator.dataset.supplier = Some(words.3.clone());
        find.locator.steps[1].member = Some(words.1);
        find.missing[0].note = Some(words.3);
        find.object.bytes_are = BytesAre::ALL[usize::from(bytes)];
        find.object.as_fetched_digests = fetched.then(|| Digests {
            sha256: "56".repeat(32),
            md5: Some("78".repeat(16)),
            sha1: None,
            sha512: None,
        });
        let got = &mut find.acquisition;
        (got.origin_url, got.final_url, got.page_url) = urls;
        got.server_ip = ip;
        got.fetched_at = times.1;
        got.fetched_interval = times.2.map(|(start, end)| Interval { start, end });
        find
    })
}

/// Inputs with any text in any place a scanner, a reviewer or an operator fills.
pub(crate) fn hostile() -> impl Strategy<Value = PackageInput> {
    let files = proptest::collection::vec(
        (hostile_find(), any::<String>(), any::<bool>(), proptest::option::of(any::<String>())),
        1..4,
    );
    let standing = (any::<String>(), any::<String>(), any::<String>(), any::<bool>());
    (files, standing).prop_map(|(finds, (name, template, first, mou))| {
        let mut input = input();
        input.head.organisation.name = format!("N{name}");
        input.head.organisation.company_template = format!("T{template}");
        input.head.organisation.first_name = first;
        input.head.organisation.mou_signed = mou;
        input.head.source.name = name;
        input.head.rule = template;
        input.files = (1_u32..)
            .zip(finds)
            .map(|(case, (find, rationale, seen, before))| {
                let mut file = file(case, find, wire::Class::D);
                file.decision.rationale = rationale.clone();
                file.previously_reported = before
                    .into_iter()
                    .map(|report| Earlier {
                        report,
                        kind: EarlierKind::Exact,
                        case: 1,
                        filed_number: None,
                    })
                    .collect();
                if seen {
                    let act = SeenInput { by: rationale, level: wire::Level::Soft, ms: 5, leaf: 9 };
                    file.seen.push(act);
                }
                file.viewed = Viewed::derive(&file.seen, None);
                file
            })
            .collect();
        input
    })
}
