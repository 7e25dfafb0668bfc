//! What is not sent, and why: off, locked, not approved, not whole, not the right place.

use std::fs;

use casement_tests::hotline::PASSWORD;
use serde_json::json;

use crate::lab::{Lab, REPORT};

#[test]
fn nothing_leaves_before_everything_is_in_order() {
    let lab = Lab::sealed(2);
    lab.send("run").fails(3, "SUBMIT-01");
    let rehearsed = lab.office.ada(&["submission", "dry-run", REPORT]).ends(1).object();
    let codes: Vec<&str> = rehearsed["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["SUBMIT-01", "SUBMIT-12"]);

    lab.configure("production", &[]).ends(0);
    lab.send("run").fails(3, "SUBMIT-12");
    lab.approve();
    lab.send("run").fails(3, "SUBMIT-06");
    lab.unlock();
    for (name, verb) in [("bo", "run"), ("kim", "run"), ("bo", "dry-run"), ("bo", "status")] {
        let verb = if verb == "status" {
            vec!["submission", verb]
        } else {
            vec!["submission", verb, REPORT]
        };
        lab.office.run(name, &verb).fails(3, "ROLE-01");
    }
    lab.office.ada(&["submission", "run", "R-0009"]).fails(2, "SUBMIT-08");
    lab.office.ada(&["submission", "run", "9"]).fails(2, "SUBMIT-08");
    lab.send("resume").fails(2, "SUBMIT-15");

    // Another user locks it again: the unlock was for this one.
    lab.configure("production", &["--timeout", "9"]).ends(0);
    lab.configure("production", &["--no-upload"]).ends(0);
    lab.send("run").fails(3, "SUBMIT-17");
    let base = format!("{}/other", lab.hotline.base());
    let verb = ["submission", "configure", "production", "--base", &base, "--user", "lab"];
    let other = lab.with_password(&verb, PASSWORD).ends(0).object();
    assert_eq!(other["unlockedUntil"], json!(null));
    lab.send("run").fails(3, "SUBMIT-06");
    // Back at the former address it stays locked: the change was the end of that unlock.
    lab.configure("production", &[]).ends(0);
    lab.send("run").fails(3, "SUBMIT-06");
    lab.unlock();

    let details = lab.bag.join("data/files/000002.fileDetails.xml");
    let sealed = fs::read_to_string(&details).unwrap();
    let flag = "<fileViewedByEsp>false<";
    assert!(sealed.contains(flag));
    fs::write(&details, sealed.replace(flag, "<fileViewedByEsp>true<")).unwrap();
    lab.send("run").fails(3, "SUBMIT-09");
    fs::write(&details, &sealed).unwrap();

    let vault = lab.office.store.join("vault");
    let aside = lab.office.dir.path().join("vault-aside");
    fs::rename(&vault, &aside).unwrap();
    lab.send("run").fails(3, "SUBMIT-18");
    fs::rename(&aside, &vault).unwrap();

    lab.office.ada(&["submission", "off"]).ends(0);
    lab.send("run").fails(3, "SUBMIT-01");
    assert!(lab.hotline.state().seen.is_empty(), "not one request left");
}

#[test]
fn only_a_place_of_its_own_over_a_safe_line_is_configured() {
    let lab = Lab::sealed(1);
    let configure = |environment: &str, base: &str, user: &str, password: &str| {
        let verb = ["submission", "configure", environment, "--base", base, "--user", user];
        lab.with_password(&verb, password)
    };
    for base in [
        "http://hotline.example/ws",
        "http://localhost:1/ws",
        "http://127.0.0.1.example/ws",
        "ftp://127.0.0.1/ws",
        "https://someone:secret@hotline.example/ws",
        "https://hotline.example/ws?to=elsewhere",
        "https://hotline.example/ws#x",
        "https://hotline.example../ws",
        "hotline.example",
    ] {
        configure("test", base, "lab", "secret").fails(2, "SUBMIT-02");
    }
    for (user, password) in [("a:b", "secret"), ("", "secret"), ("lab", ""), ("lab", "a\nb")] {
        configure("test", "https://hotline.example/ws", user, password).fails(2, "SUBMIT-03");
    }
    let (production, test) =
        ("https://report.cybertip.org/ispws", "https://exttest.cybertip.org/ispws");
    configure("test", production, "lab", "secret").fails(3, "SUBMIT-05");
    // The same host by its other name.
    for dotted in ["https://report.cybertip.org./ispws", "https://REPORT.cybertip.org%2E/ispws"] {
        configure("test", dotted, "lab", "secret").fails(3, "SUBMIT-05");
    }
    configure("production", test, "lab", "secret").fails(3, "SUBMIT-05");
    configure("production", "https://REPORT.cybertip.org/ispws/", "lab", "secret").ends(0);
    configure("test", test, "lab", "secret").fails(3, "SUBMIT-05");
    let made = configure("test", test, "lab", "another").ends(0).object();
    assert_eq!((&made["base"], &made["host"]), (&json!(test), &json!("exttest.cybertip.org")));
    let long = ["submission", "unlock", "--hours", "169", "--reason", "long"];
    lab.office.ada(&long).fails(2, "SUBMIT-07");
}
