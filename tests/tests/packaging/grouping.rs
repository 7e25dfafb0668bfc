//! What makes cases one report is chosen, said beforehand, and stated in the report.

use std::fs;

use serde_json::{Value, json};

use crate::office::{confirmed, folder, names, organisation, package};
use casement_tests::casectl::run;

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_says_what_it_makes_and_the_report_states_it() {
    let office = confirmed(7).await;
    organisation(&office, Some(3));
    let rules = office.run("bo", &["package", "--rules"]).ends(0).lines();
    let told: Vec<Value> = rules
        .iter()
        .map(|rule| json!([rule["grouping"], rule["sources"], rule["files"], rule["reports"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["host", 1, 7, 3]),
            json!(["page", 1, 7, 3]),
            json!(["dataset", 1, 7, 3]),
            json!(["supplier", 1, 7, 3]),
        ]
    );
    let by = |by: &'static str| office.run("bo", &["package", "--by", by]).ends(0).lines();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(by("host")[0]["source"], "host:images.example");
    assert_eq!(by("page")[0]["source"], "host:images.example", "no page is known");
    assert_eq!(by("dataset")[0]["source"], format!("dataset:example/synthetic@{commit}"));
    assert_eq!(by("supplier")[0]["source"], "supplier:Example Supplier");

    let source = ["package", "--by", "supplier", "--source", "supplier:Example Supplier"];
    let preview = office.run("bo", &source).ends(0).object();
    assert_eq!((&preview["total"], preview["files"].as_array().unwrap().len()), (&json!(3), 3));
    assert!(preview["rule"].as_str().unwrap().contains("these are the first 3 of 7"));

    let out = folder(&office, "out");
    let sealed = office
        .run("bo", &[&source[..], &["--out", out.to_str().unwrap()]].concat())
        .ends(0)
        .lines();
    let files: Vec<&Value> = sealed.iter().map(|report| &report["files"]).collect();
    assert_eq!(files, [&json!(3), &json!(3), &json!(1)]);
    assert_eq!(names(&out), ["R-0001", "R-0002", "R-0003"]);
    for name in names(&out) {
        run(&["verify", "--package", out.join(name).to_str().unwrap()]).ends(0);
    }
    let text = fs::read_to_string(out.join("R-0002/data/report.xml")).unwrap();
    assert!(text.contains("One report per supplier of datasets"), "{text}");
    assert!(text.contains("these are the first 3 of 4"), "{text}");
    package(&office, &[], &out).fails(2, "PKG-05");
}
