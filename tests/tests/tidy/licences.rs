//! Where dependencies come from and under which licence, by the lists of deny.toml and the locks.
//! Reads licence expressions as SPDX means them: `OR` offers a choice, `AND` asks for all.

use crate::crates::metadata;
use crate::house::{none, read};

/// The licences that deny.toml allows.
fn allowed() -> Vec<String> {
    let text = read("deny.toml");
    let (_, rest) = text.split_once("\nallow = [").expect("deny.toml allows licences");
    let (list, _) = rest.split_once(']').unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// True if the expression can be met with the allowed licences alone.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allowed);
    assert_eq!(at, words.len(), "`{expression}` is not a licence expression");
    met
}

fn either(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allowed);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let met = either(words, at, allowed);
        assert_eq!(words.get(*at), Some(&")"));
        *at += 1;
        return met;
    }
    let mut name = word.to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name)
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "Unicode-3.0".to_owned()];
    assert!(is_met("MIT/GPL-3.0", &allowed));
    assert!(is_met("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
    assert!(!is_met("MIT AND GPL-3.0", &allowed));
    assert!(!is_met("Apache-2.0 WITH LLVM-exception", &allowed));
    assert!(is_met("GPL-2.0-only OR Apache-2.0", &allowed));
}

#[test]
fn every_crate_has_an_allowed_licence() {
    let allowed = allowed();
    assert!(allowed.len() > 3);
    let mut offences = Vec::new();
    for package in metadata()["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or_default();
        if licence.is_empty() || !is_met(licence, &allowed) {
            offences.push(format!("{} {licence:?}", package["name"]));
        }
    }
    none("licences are those deny.toml allows", &offences);
}

#[test]
fn dependencies_come_from_the_public_registries_only() {
    let mut offences = Vec::new();
    for line in read("Cargo.lock").lines().filter(|line| line.starts_with("source = ")) {
        if line != "source = \"registry+https://github.com/rust-lang/crates.io-index\"" {
            offences.push(format!("Cargo.lock: {line}"));
        }
    }
    for line in read("ui/package-lock.json").lines() {
        let line = line.trim();
        let resolved = line.strip_prefix("\"resolved\": \"");
        if resolved.is_some_and(|url| !url.starts_with("https://registry.npmjs.org/")) {
            offences.push(format!("ui/package-lock.json: {line}"));
        }
    }
    none("crates come from crates.io, npm packages from npmjs.org", &offences);
}
