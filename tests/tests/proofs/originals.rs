//! Originals handed on: two persons, sealed to those who were named and to nobody else, and never a plain byte on the way.

use std::fs;
use std::io::Read;
use std::path::Path;

use age::x25519::Identity;
use casement_tests::oracles::ask;
use casement_tests::originals::assert_none_in;
use serde_json::{Value, json};

use crate::sealed;

fn opened(file: &Path, identity: &Identity) -> Option<Vec<u8>> {
    let decryptor = age::Decryptor::new(fs::File::open(file).unwrap()).unwrap();
    let mut plain = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)).ok()?;
    reader.read_to_end(&mut plain).ok()?;
    Some(plain)
}

#[test]
fn originals_go_only_to_those_whom_two_persons_named() {
    let office = sealed(2);
    let (space, out) = (&office.space, office.package.parent().unwrap());
    let (one, two, nobody) = (Identity::generate(), Identity::generate(), Identity::generate());
    let (first, second) = (one.to_public().to_string(), two.to_public().to_string());
    let ask_for = ["originals", "R-0001", "--to", &first, "--to", &second, "--reason", "order 12"];
    space.run("bo", &ask_for).fails(3, "ROLE-01");
    let wrong = ["originals", "R-0001", "--to", "age1nonsense", "--reason", "order 12"];
    space.ada(&wrong).fails(2, "VAULT-06");
    let absent = ["originals", "R-0009", "--to", &first, "--reason", "order 12"];
    space.ada(&absent).fails(2, "ORIGINALS-02");
    let proposal = space.ada(&ask_for).ends(0).object()["proposal"].to_string();
    let write = ["originals", "--proposal", &proposal, "--out", out.to_str().unwrap()];
    space.run("kim", &write).fails(3, "APPROVE-10");
    space.ada(&["approve", &proposal]).fails(3, "APPROVE-02");
    space.run("kim", &["approve", &proposal]).ends(0);
    let package = fs::read(office.package.join("tagmanifest-sha256.txt")).unwrap();
    let sealed = space.run("kim", &write).ends(0).object();
    assert_eq!((&sealed["files"], &sealed["report"]), (&json!(2), &json!("R-0001")));

    let bag = out.join("R-0001.originals");
    assert!(ask(&["-m", "bagit", "--validate", "--quiet"], &[&bag]).status.success());
    let index: Value =
        serde_json::from_slice(&fs::read(bag.join("data/originals.json")).unwrap()).unwrap();
    for file in index["files"].as_array().unwrap() {
        let path = bag.join(file["file"].as_str().unwrap());
        let plain = opened(&path, &one).unwrap();
        assert_eq!(casement_tests::corpora::sha256(&plain), file["sha256"].as_str().unwrap());
        assert_eq!(plain.len() as u64, file["size_bytes"].as_u64().unwrap());
        assert_eq!(opened(&path, &two).unwrap(), plain);
        assert!(opened(&path, &nobody).is_none());
    }
    // Who was handed the bag alone can check it; the workspace knows it for its own.
    let check = ["verify", "--package", bag.to_str().unwrap()];
    let found = casement_tests::casectl::run(&[&check[..], &["--json"]].concat()).ends(0).object();
    let names: Vec<&str> = found["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["bag", "no pictures", "originals"]);
    let own = space.ada(&check).ends(0).object();
    assert!(own["checks"].as_array().unwrap().iter().any(|c| c["check"] == "sealed here"));
    let extra = bag.join("data/999999.age");
    fs::write(&extra, b"age-encryption.org/v1\n").unwrap();
    let found = space.ada(&check).ends(1).object();
    let of = |name: &str| {
        found["checks"].as_array().unwrap().iter().find(|c| c["check"] == name).unwrap()["ok"]
            .clone()
    };
    assert_eq!((of("originals"), of("bag")), (json!(false), json!(false)));
    fs::remove_file(extra).unwrap();
    // The package is as it was, and nothing plain lies anywhere.
    assert_eq!(fs::read(office.package.join("tagmanifest-sha256.txt")).unwrap(), package);
    assert_none_in(&bag, &space.quarantine.bytes);
    assert_none_in(&space.store, &space.quarantine.bytes);
    let history = space.ada(&["history", "--kind", "originals.sealed"]).ends(0).lines();
    assert_eq!((history.len(), &history[0]["by"]), (1, &json!("C-01")));
    space.ada(&["verify"]).ends(0);

    // Written once more it is another bag; a damaged original ends it, and leaves nothing that was not recorded.
    space.run("kim", &write).fails(2, "BAG-01");
    let again = space.dir.path().join("again");
    fs::create_dir(&again).unwrap();
    let vault = space.store.join("vault");
    for folder in fs::read_dir(&vault).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            let mut bytes = fs::read(&file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&file, bytes).unwrap();
        }
    }
    let write = ["originals", "--proposal", &proposal, "--out", again.to_str().unwrap()];
    space.run("kim", &write).fails(4, "VAULT-04");
    assert_eq!(fs::read_dir(&again).unwrap().count(), 0);
}
