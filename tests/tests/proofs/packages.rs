//! A real package before verifiers of others: bagit-python, CASE's validator, a tlog verifier written from the RFC. What any of
//! them refuses, ours must refuse, and no byte can change unnoticed.

use std::fs;
use std::path::{Path, PathBuf};

use casement_tests::casectl::run;
use casement_tests::oracles::{ask, said};
use casement_tests::workspace::{Workspace, copy};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::{confirmed, failed, seal, sealed, tlog, verified};

fn bagit(package: &Path) -> bool {
    ask(&["-m", "bagit", "--validate", "--quiet"], &[package]).status.success()
}

/// Every file below, by its path.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// What its own command runs.
const CASE_VALIDATE: &str =
    "import sys; from case_utils.case_validate import main; sys.exit(main())";

fn case_validate(documents: &[PathBuf]) -> (bool, String) {
    let documents: Vec<&Path> = documents.iter().map(PathBuf::as_path).collect();
    let module = ["-c", CASE_VALIDATE, "--allow-info", "--built-version", "case-1.5.0"];
    let output = ask(&module, &documents);
    (output.status.success(), said(&output))
}

#[test]
fn a_package_is_accepted_by_everyone_and_no_byte_of_it_can_change() {
    let office = sealed(3);
    let package = &office.package;
    let found = verified(package);
    let names: Vec<&str> =
        found["checks"].as_array().unwrap().iter().map(|c| c["check"].as_str().unwrap()).collect();
    let all = [
        "bag",
        "no pictures",
        "manifest",
        "checkpoint",
        "documents",
        "proofs",
        "decisions",
        "viewing",
        "graphs",
    ];
    assert_eq!(names, all);
    assert_eq!(found["findings"], json!([]), "{found}");
    assert!(bagit(package));
    let theirs = tlog(&["package"], package).unwrap();
    let vkey = office.space.ada(&["vkey"]).ends(0).object()["vkey"].as_str().unwrap().to_owned();
    let manifest: Value =
        serde_json::from_slice(&fs::read(package.join("data/manifest.json")).unwrap()).unwrap();
    assert_eq!(theirs["cases"], 3);
    assert_eq!(theirs["root"], manifest["ledger"]["root"]);
    assert_eq!(theirs["size"], manifest["ledger"]["leaves"]);

    // With the workspace it was sealed in, with the key an outsider was given, and with another one.
    let dir = package.to_str().unwrap();
    let own = office.space.ada(&["verify", "--package", dir]).ends(0).object();
    assert!(own["checks"].as_array().unwrap().iter().any(|c| c["check"] == "sealed here"));
    run(&["verify", "--package", dir, "--vkey", &vkey]).ends(0);
    let other = Workspace::new(&[]);
    let foreign = other.ada(&["vkey"]).ends(0).object()["vkey"].as_str().unwrap().to_owned();
    run(&["verify", "--package", dir, "--vkey", &foreign]).ends(1);
    run(&["verify", "--package", dir, "--vkey", "nonsense"]).ends(2);
    other.ada(&["verify", "--package", dir]).ends(1);

    // One byte, in every file: ours and bagit-python's both see it.
    let place = tempfile::tempdir().unwrap();
    let copied = place.path().join("R-0001");
    copy(package, &copied);
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() });
    for (n, file) in files(&copied).into_iter().enumerate() {
        let whole = fs::read(&file).unwrap();
        let flip = (0..whole.len(), 1..=255_u8);
        let (at, by) = flip.new_tree(&mut runner).unwrap().current();
        let mut changed = whole.clone();
        changed[at] ^= by;
        fs::write(&file, &changed).unwrap();
        let name = file.strip_prefix(&copied).unwrap().display().to_string();
        assert!(failed(&copied).contains(&"bag".to_owned()), "{name} at {at}");
        // bagit-python leaves tag manifests themselves alone, as RFC 8493 does; starting it is slow, so every fourth.
        if !name.starts_with("tagmanifest-") && n % 4 == 0 {
            assert!(!bagit(&copied), "{name} at {at}");
        }
        fs::write(&file, &whole).unwrap();
    }
    assert_eq!(failed(&copied), Vec::<String>::new());
}

#[test]
fn the_graphs_are_case_and_ontology_errors_are_seen() {
    let office = sealed(2);
    let folder = office.package.join("data/case");
    let documents = files(&folder);
    assert_eq!(documents.len(), 3);
    let (good, told) = case_validate(&documents);
    assert!(good, "{told}");
    // The validator would notice: a misspelt term, and a digest without its value.
    let text = fs::read_to_string(&documents[0]).unwrap();
    let wrong = folder.join("wrong.jsonld");
    for (from, to) in [
        ("investigation:exhibitNumber", "investigation:exhibitNumer"),
        ("types:hashValue", "types:hashMethodValue"),
    ] {
        assert!(text.contains(from));
        fs::write(&wrong, text.replace(from, to)).unwrap();
        assert!(!case_validate(std::slice::from_ref(&wrong)).0, "{from}");
    }
}

#[test]
fn the_same_cases_at_the_same_checkpoint_give_the_same_bytes() {
    let space = confirmed(2);
    let other = Workspace::new(&[]);
    fs::remove_dir_all(&other.store).unwrap();
    copy(&space.store, &other.store);
    let (one, two) = (seal(&space), seal(&other));
    let (ours, theirs) = (files(&one), files(&two));
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours.strip_prefix(&one).unwrap(), theirs.strip_prefix(&two).unwrap());
        assert_eq!(fs::read(ours).unwrap(), fs::read(theirs).unwrap(), "{}", ours.display());
    }
}
