//! The same case set at the same point of the ledger gives the same bytes, whoever builds it and whenever.

use casement_tests::casectl::run;
use serde_json::Value;

use crate::office::{confirmed, folder, names, open, package, state, tree};
use casement_core::package::{self, Order, Watch};

#[tokio::test(flavor = "multi_thread")]
async fn a_package_built_twice_is_the_same_to_the_byte() {
    let office = confirmed(12).await;
    let before = state(&office);
    let dirs = ["first", "second", "by-ada", "sealed"].map(|name| folder(&office, name));
    let told = package(&office, &["--dry-run"], &dirs[0]).ends(0).object();
    assert_eq!(told["sealed"], false);
    package(&office, &["--dry-run"], &dirs[1]).ends(0);
    let ada = open(&office.store, "ada").await;
    let order = Order::of(crate::office::SOURCE);
    package::rehearse(&ada, &order, &dirs[2], None, &Watch::default()).await.unwrap();
    ada.close().await;
    assert_eq!(state(&office), before, "a rehearsal leaves no leaf and no report");

    let sealed = package(&office, &[], &dirs[3]).ends(0).object();
    let first = tree(&dirs[0].join("R-0001.preview"));
    assert!(first.len() > 12 * 2 && first.contains_key("data/report.xml"), "{}", first.len());
    for other in
        [dirs[1].join("R-0001.preview"), dirs[2].join("R-0001.preview"), dirs[3].join("R-0001")]
    {
        let other = tree(&other);
        assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &first {
            assert!(other[name] == *bytes, "{name} differs");
        }
    }
    assert_eq!(sealed["sha256"], told["sha256"]);
    assert_eq!(names(&dirs[3]), ["R-0001"]);
    run(&["verify", "--package", dirs[3].join("R-0001").to_str().unwrap()]).ends(0);

    // The index names every case, list and document.
    let manifest: Value = serde_json::from_slice(&first["data/manifest.json"]).unwrap();
    assert_eq!(manifest["cases"].as_array().unwrap().len(), 12);
    assert_eq!(manifest["lists"][0]["files"], 12);
    let listed = manifest["cases"].as_array().unwrap().iter().map(|case| &case["documents"]);
    let listed: Vec<&String> = listed
        .chain([&manifest["documents"]])
        .flat_map(|documents| documents.as_object().unwrap().keys())
        .collect();
    let there = first.keys().filter(|name| name.starts_with("data/"));
    assert_eq!(listed.len() + 1, there.count(), "all but the index itself");
}
