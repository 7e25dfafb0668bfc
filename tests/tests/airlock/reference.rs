//! The confined process against PyPI `pdqhash`, which computed the fixture. A thousand more pictures are compared by
//! `cargo xtask bench --only pdq`.

use std::fs;
use std::path::Path;

use casement_core::airlock::{Airlock, PdqWorker};
use casement_core::hash::pdq::Pdq;

use super::AIRLOCK;

/// What two implementations may differ by, and from which quality on (`pdq/README.md` of ThreatExchange).
const APART: u32 = 10;
const QUALITY: u8 = 80;

#[test]
fn hash_and_quality_are_those_of_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pdq");
    let expected = fs::read_to_string(folder.join("expected.csv")).unwrap();
    let mut worker = PdqWorker::start(&Airlock::new(AIRLOCK.clone())).unwrap();
    let mut apart = Vec::new();
    for line in expected.lines().skip(1) {
        let [name, text, quality] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let (pdq, quality) = (Pdq::parse(text).unwrap(), quality.parse::<u8>().unwrap());
        let file = fs::read(folder.join("pictures").join(name)).unwrap();
        let ours = worker.pdq(&file).unwrap();
        let distance = ours.pdq.distance(&pdq);
        assert!(!ours.damaged, "{name}");
        if name.ends_with("jpg") {
            assert!(ours.quality.abs_diff(quality) <= 1, "{name}: {} for {quality}", ours.quality);
            assert!(quality < QUALITY || distance <= APART, "{name}: {distance} bits");
        } else {
            assert_eq!((ours.pdq, ours.quality), (pdq, quality), "{name}: {distance} bits");
        }
        apart.push(distance);
    }
    apart.sort_unstable();
    assert_eq!(apart.len(), 64);
    assert!(apart[32] == 0 && apart[63] <= 31, "{apart:?}");
}
