//! Core's rooms: which may know which, where SQL may stand, what a log line may name.
//! A later step may read what an earlier one wrote; no earlier step knows a later one.

use std::collections::BTreeSet;

use crate::house::{none, texts};
use crate::source::{line_of, parse, words};

const CORE: &str = "src-tauri/core/src/";

/// The steps, in the order the data moves. Each may name itself and the ones before it.
const STEPS: [&str; 11] = [
    "intake",
    "queue",
    "cluster",
    "case",
    "view",
    "decision",
    "removal",
    "package",
    "register",
    "submission",
    "disclosure",
];

/// What lies beneath the steps. These may name each other, never a step.
const BENEATH: [&str; 13] = [
    "account", "airlock", "approval", "clock", "cybertip", "error", "hash", "ledger", "policy",
    "store", "vault", "wire", "words",
];

/// The handle on one open workspace holds every room's state, and the bar at the foot of the window
/// sums them up: both may name all rooms, and every room takes the handle.
const WHOLE: [&str; 3] = ["console", "lib", "status"];

/// Where an earlier step does name a later one, and why. An entry nobody needs fails the rule.
const EXCEPTIONS: [(&str, &str, &str); 14] = [
    ("intake", "case", "an accepted find opens its case, with trail and class, in one transaction"),
    ("intake", "queue", "the new case takes its place in the queue in the same transaction"),
    ("queue", "view", "a claim that ends closes the view it opened, in the same transaction"),
    ("case", "view", "the page of a case shows what may be seen of it"),
    ("case", "decision", "the page of a case shows what was decided"),
    ("case", "package", "the page of a case names the report it went into"),
    ("intake", "cluster", "what a batch brings to clusters and floods enters in one transaction"),
    ("queue", "case", "a flood card names its most frequent domain, defanged"),
    ("approval", "queue", "what two persons decided takes effect in its room, in one transaction"),
    (
        "approval",
        "package",
        "what two persons decided takes effect in its room, in one transaction",
    ),
    ("package", "register", "a sealed report enters the register in the same transaction"),
    (
        "approval",
        "register",
        "what two persons decided takes effect in its room, in one transaction",
    ),
    (
        "approval",
        "submission",
        "what two persons decided takes effect in its room, in one transaction",
    ),
    (
        "approval",
        "removal",
        "what two persons decided takes effect in its room, in one transaction",
    ),
];

#[test]
fn no_earlier_step_knows_a_later_one() {
    let mut offences = Vec::new();
    let mut needed = BTreeSet::new();
    for (path, text) in texts(CORE, &[".rs"]) {
        let room = room_of(&path);
        let known = STEPS.contains(&room) || BENEATH.contains(&room) || WHOLE.contains(&room);
        if !known {
            offences.push(format!("{path}: the room `{room}` is not in the plan of the house"));
            continue;
        }
        let code = parse(&text).code;
        for (at, other) in named_rooms(&code) {
            if may_know(room, other) {
                continue;
            }
            if EXCEPTIONS.iter().any(|&(from, to, _)| (from, to) == (room, other)) {
                needed.insert((room.to_owned(), other.to_owned()));
            } else {
                offences.push(format!("{path}:{}: {room} names {other}", line_of(&code, at)));
            }
        }
    }
    for (from, to, _) in EXCEPTIONS {
        if !needed.contains(&(from.to_owned(), to.to_owned())) {
            offences.push(format!("{from} no longer names {to}: take the exception out"));
        }
    }
    none("data moves one way through core's rooms", &offences);
}

fn room_of(path: &str) -> &str {
    let inside = &path[CORE.len()..];
    inside.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The rooms named as `crate::room`, also within `use crate::{a, b::C}`, and where.
fn named_rooms(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if !rest.starts_with('{') {
            found.extend(words(rest).next().map(|word| (at, word)));
            continue;
        }
        let mut depth = 0;
        let mut expects = true;
        for (offset, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => expects = depth == 1,
                _ if depth == 1 && expects && c.is_alphabetic() => {
                    found.extend(words(&rest[offset..]).next().map(|word| (at, word)));
                    expects = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, word)| STEPS.contains(word) || BENEATH.contains(word) || WHOLE.contains(word))
        .collect()
}

fn may_know(room: &str, other: &str) -> bool {
    let step = |name: &str| STEPS.iter().position(|&step| step == name);
    match (step(room), step(other)) {
        _ if room == other || WHOLE.contains(&room) || WHOLE.contains(&other) => true,
        (Some(from), Some(to)) => to <= from,
        (Some(_), None) | (None, None) => true,
        (None, Some(_)) => false,
    }
}

#[test]
fn the_plan_reads_grouped_uses() {
    let rooms: Vec<_> =
        named_rooms("use crate::{clock::{Clock, DAY}, view, wire::Level}; crate::hash::x()")
            .into_iter()
            .map(|(_, room)| room)
            .collect();
    assert_eq!(rooms, ["clock", "view", "wire", "hash"]);
    assert!(may_know("view", "queue") && !may_know("queue", "view") && !may_know("store", "case"));
}

#[test]
fn sql_stands_in_the_store_only() {
    let opening = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "PRAGMA ",
        "BEGIN IMMEDIATE",
        "WITH RECURSIVE ",
        "ALTER TABLE ",
        "DROP ",
        "ATTACH ",
        "VACUUM",
    ];
    let mut offences = Vec::new();
    for folder in ["src-tauri/src/", CORE, "src-tauri/cli/src/", "src-tauri/airlock/src/"] {
        for (path, text) in texts(folder, &[".rs"]) {
            if path.starts_with(&format!("{CORE}store/")) {
                continue;
            }
            let source = parse(&text);
            for (line, string) in &source.strings {
                if opening.iter().any(|word| string.trim_start().starts_with(word)) {
                    offences.push(format!("{path}:{line}"));
                }
            }
            for (at, _) in source.code.match_indices("sqlx::query") {
                offences.push(format!("{path}:{}", line_of(&source.code, at)));
            }
        }
    }
    none("SQL stands in core's store and nowhere else", &offences);
}

#[test]
fn log_lines_name_no_content() {
    const MACROS: [&str; 11] = [
        "trace!(",
        "debug!(",
        "info!(",
        "warn!(",
        "error!(",
        "event!(",
        "span!(",
        "trace_span!(",
        "debug_span!(",
        "info_span!(",
        "instrument(",
    ];
    const FORBIDDEN: [&str; 13] = [
        "path",
        "url",
        "uri",
        "rationale",
        "passphrase",
        "secret",
        "key",
        "bytes",
        "samples",
        "locator",
        "file_name",
        "member",
        "text",
    ];
    let mut offences = Vec::new();
    for folder in [CORE, "src-tauri/src/", "src-tauri/cli/src/", "src-tauri/airlock/src/"] {
        for (path, text) in texts(folder, &[".rs"]) {
            let mut shown = text.clone();
            // Comments out, strings in: a field can be captured inside a format string.
            shown = without_comments(&shown);
            for name in MACROS {
                for (at, _) in shown.match_indices(name) {
                    if shown[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                        continue;
                    }
                    let call = call_at(&shown, at + name.len());
                    if let Some(word) = named_in(call).find(|word| FORBIDDEN.contains(word)) {
                        offences.push(format!("{path}:{}: {word}", line_of(&shown, at)));
                    }
                }
            }
        }
    }
    none("log lines carry ids and codes, never content", &offences);
}

fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// From just inside an opening bracket to its closing one.
fn call_at(text: &str, from: usize) -> &str {
    let rest = &text[from..];
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}

/// The names a log call evaluates: all of its code, and what its format strings capture.
fn named_in(call: &str) -> impl Iterator<Item = &str> {
    call.split('"').enumerate().flat_map(|(at, part)| {
        let inside_string = at % 2 == 1;
        let pieces: Vec<&str> = if inside_string {
            part.split('{').skip(1).map(|piece| piece.split(['}', ':']).next().unwrap()).collect()
        } else {
            vec![part]
        };
        pieces.into_iter().flat_map(words)
    })
}

#[test]
fn the_log_rule_sees_fields_and_captures_but_not_prose() {
    let words = |call| named_in(call).collect::<Vec<_>>();
    assert!(words(r#"case, path = %p, "opened""#).contains(&"path"));
    assert!(words(r#""read {url} again""#).contains(&"url"));
    assert!(!words(r#"code, "the path was refused""#).contains(&"path"));
    assert_eq!(call_at("(a(b), c) tail", 1), "a(b), c");
}

#[test]
fn core_and_airlock_print_nothing() {
    let mut offences = Vec::new();
    for folder in [CORE, "src-tauri/airlock/src/", "src-tauri/src/"] {
        for (path, text) in texts(folder, &[".rs"]) {
            let code = parse(&text).code;
            for call in ["println!", "eprintln!", "print!", "eprint!", "dbg!"] {
                for (at, _) in code.match_indices(call) {
                    if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                        offences.push(format!("{path}:{}: {call}", line_of(&code, at)));
                    }
                }
            }
        }
    }
    none("only casectl and xtask speak on a terminal", &offences);
}

#[test]
fn no_wire_type_can_carry_bytes() {
    let mut offences = Vec::new();
    for (path, text) in texts(&format!("{CORE}wire"), &[".rs"]) {
        let code = parse(&text).code;
        for shape in ["Vec<u8>", "[u8", "Bytes", "Box<[u8]>"] {
            if let Some(at) = code.find(shape) {
                offences.push(format!("{path}:{}: {shape}", line_of(&code, at)));
            }
        }
    }
    none("what crosses to the window holds no bytes", &offences);
}
