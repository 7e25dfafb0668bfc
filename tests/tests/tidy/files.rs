//! Files as such: where they may lie, how long they may be, how they begin, what they may not hold.

use crate::house::{files, none, read, texts, top};
use crate::source::{line_of, parse, words};

/// The longest a source file may be.
const LINES: usize = 400;

/// Flat lists, which are read by looking a name up rather than from top to bottom.
const LISTS: [&str; 1] = ["ui/src/words.ts"];

#[test]
fn the_top_level_is_fixed() {
    const FOLDERS: [&str; 5] = ["icons", "migrations", "src-tauri", "tests", "ui"];
    const FILES: [&str; 11] = [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "clippy.toml",
        "deny.toml",
        "rustfmt.toml",
    ];
    let offences: Vec<String> = files()
        .into_iter()
        .filter(|path| !path.starts_with('.'))
        .filter(|path| match path.split_once('/') {
            Some((folder, _)) => !FOLDERS.contains(&folder),
            None => !FILES.contains(&path.as_str()),
        })
        .collect();
    none("the top level holds five folders and a few documents", &offences);
    for name in FILES {
        assert!(top().join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn no_source_file_is_too_long() {
    let offences: Vec<String> = texts("", &[".rs", ".ts", ".svelte"])
        .into_iter()
        .filter(|(path, _)| {
            !path.starts_with("ui/src/bindings/") && !LISTS.contains(&path.as_str())
        })
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    none("a file fits in a head: at most 400 lines", &offences);
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let offences: Vec<String> = texts("", &[".rs"])
        .into_iter()
        // The list of commands is included by a build script, where `//!` cannot stand.
        .filter(|(path, text)| {
            let head = if path == "src-tauri/src/commands.rs" { "// " } else { "//! " };
            !text.starts_with(head)
        })
        .map(|(path, _)| path)
        .collect();
    none("every Rust file begins with `//!`", &offences);
}

#[test]
fn unsafe_code_is_the_airlocks_alone() {
    let mut offences = Vec::new();
    for (path, text) in texts("", &[".rs"]) {
        let code = parse(&text).code;
        let lifts = words(&code).any(|word| word == "unsafe_code");
        if lifts && !path.starts_with("src-tauri/airlock/src/") {
            offences.push(path);
        }
    }
    none("only the airlock may lift the ban on unsafe code", &offences);
}

#[test]
fn names_come_from_the_field() {
    const KINDS: [&str; 4] = ["struct", "enum", "trait", "mod"];
    const ENDINGS: [&str; 5] = ["Manager", "Service", "Helper", "Util", "Utils"];
    let mut offences = Vec::new();
    for (path, text) in texts("", &[".rs"]) {
        let code = parse(&text).code;
        let all: Vec<&str> = words(&code).collect();
        for pair in all.windows(2) {
            let bad =
                ENDINGS.iter().any(|end| pair[1].ends_with(end) || pair[1] == end.to_lowercase());
            if KINDS.contains(&pair[0]) && bad {
                offences.push(format!("{path}: {} {}", pair[0], pair[1]));
            }
        }
    }
    none("a name says what a thing is in the field", &offences);
}

#[test]
fn no_file_holds_a_path_of_somebodys_machine() {
    // Put together here, so that this file does not hold them either.
    let places =
        [["/ro", "ot/"], ["/wo", "rk/"], ["/ho", "me/"], ["/Us", "ers/"], ["C:\\Us", "ers"]];
    let mut offences = Vec::new();
    for path in files() {
        let Ok(text) = std::fs::read_to_string(top().join(&path)) else { continue };
        for place in places.map(|halves| halves.concat()) {
            for (at, _) in text.match_indices(&place) {
                // Inside a longer path, such as a URL, it is a word like any other.
                let before = text[..at].chars().next_back();
                if before
                    .is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}')))
                {
                    offences.push(format!("{path}:{}: {place}", line_of(&text, at)));
                }
            }
        }
    }
    none("the project knows no machine", &offences);
}

#[test]
fn scripts_stop_at_the_first_failure() {
    for path in [".ci/run", "icons/make.sh"] {
        let text = read(path);
        assert!(
            text.starts_with("#!/usr/bin/env bash\n") && text.contains("set -euo pipefail"),
            "{path}"
        );
    }
}
