//! Proofs from any tree of any size: they hold, and with any one byte changed they do not.

use proptest::prelude::*;
use serde_json::json;
use signed_note::StandardSigner;

use super::*;
use crate::ledger::key;

const SALT: [u8; 16] = *b"sixteen bytes of";

/// Everything an outsider gets about one leaf of a ledger of `size`.
struct Handed {
    proof: String,
    leaf: Vec<u8>,
    body: String,
    vkey: String,
}

fn handed(size: u64, seq: u64) -> Handed {
    let body = json!({ "verdict": "confirmed", "n": seq }).to_string();
    let leaf = |n: u64| match n == seq {
        true => json!({ "body_sha256": event::commitment(&SALT, &body), "seq": n }).to_string(),
        false => json!({ "seq": n }).to_string(),
    };
    let mut tree = Known::default();
    let mut next = 0;
    for n in 0..size {
        for hash in tlog_tiles::stored_hashes(n, leaf(n).as_bytes(), &tree).unwrap() {
            tree.hashes.insert(next, hash);
            next += 1;
        }
    }
    let (secret, vkey) = key::generate().unwrap();
    let signer = StandardSigner::new(&secret).unwrap();
    let root = tlog_tiles::tree_hash(size, &tree).unwrap().0;
    let origin = vkey.split('+').next().unwrap();
    let note = checkpoint::sign(&signer, origin, size, root).unwrap();
    let path = tlog_tiles::prove_record(size, seq, &tree).unwrap();
    Handed { proof: text(&SALT, seq, &path, &note), leaf: leaf(seq).into_bytes(), body, vkey }
}

impl Handed {
    fn check(&self) -> Result<Checked, ProofFlaw> {
        check(self.proof.as_bytes(), &self.leaf, self.body.as_bytes(), &self.vkey)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_proof_holds_and_none_with_a_changed_byte(
        (size, seq) in (1..90_u64).prop_flat_map(|size| (Just(size), 0..size)),
        at in any::<prop::sample::Index>(), by in 1..=255_u8, which in 0..3_u8,
    ) {
        let whole = handed(size, seq);
        let held = whole.check().unwrap();
        prop_assert_eq!((held.index, held.checkpoint.size), (seq, size));
        let (mut proof, mut leaf, mut body) =
            (whole.proof.clone().into_bytes(), whole.leaf.clone(), whole.body.clone().into_bytes());
        let changed = [&mut proof, &mut leaf, &mut body].into_iter().nth(which.into()).unwrap();
        let at = at.index(changed.len());
        changed[at] ^= by;
        prop_assert!(check(&proof, &leaf, &body, &whole.vkey).is_err());
        // Another key of the same name, and another leaf's place.
        let other = handed(size, seq);
        prop_assert!(check(whole.proof.as_bytes(), &whole.leaf, whole.body.as_bytes(), &other.vkey).is_err());
    }
}

#[test]
fn a_checkpoint_with_a_further_line_or_of_another_origin_is_none() {
    let (secret, vkey) = key::generate().unwrap();
    let signer = StandardSigner::new(&secret).unwrap();
    let origin = vkey.split('+').next().unwrap();
    let good = checkpoint::sign(&signer, origin, 7, [3; 32]).unwrap();
    assert_eq!(checkpoint::open(good.as_bytes(), &vkey).unwrap().size, 7);
    let other = checkpoint::sign(&signer, "casement/other", 7, [3; 32]).unwrap();
    assert!(matches!(checkpoint::open(other.as_bytes(), &vkey), Err(NoteFlaw::Origin)));
    let text = format!("{origin}\n7\n{}\nmore\n", STANDARD.encode([3; 32]));
    let sig = signed_note::Signer::sign(&signer, text.as_bytes()).unwrap();
    let id = signed_note::Signer::key_id(&signer);
    let line = signed_note::Signature::new(origin.to_owned(), id, sig).unwrap();
    let longer = signed_note::Note::new(text.as_bytes(), &[line]).unwrap().to_bytes();
    assert!(matches!(checkpoint::open(&longer, &vkey), Err(NoteFlaw::Form)));
}
