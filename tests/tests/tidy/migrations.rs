//! Migrations are history: once landed, a file never changes, because every workspace holds its
//! checksum. New ones are appended to `tests/fixtures/migrations.sha256`, in the form of sha256sum.

use sha2::{Digest, Sha256};

use crate::house::{none, read, texts};

#[test]
fn landed_migrations_are_never_edited() {
    let list = read("tests/fixtures/migrations.sha256");
    let landed: Vec<(&str, &str)> =
        list.lines().map(|line| line.split_once("  ").expect("a line is `digest  name`")).collect();
    let present = texts("migrations/", &[".sql"]);
    let mut offences = Vec::new();
    for (digest, name) in &landed {
        match present.iter().find(|(path, _)| path.strip_prefix("migrations/") == Some(name)) {
            None => offences.push(format!("{name} has landed and is gone")),
            Some((_, text)) if hex(text) != *digest => {
                offences
                    .push(format!("{name} has landed and was edited: take it back, add a new one"));
            }
            Some(_) => {}
        }
    }
    for (path, text) in &present {
        let name = path.strip_prefix("migrations/").unwrap();
        if !landed.iter().any(|(_, landed)| *landed == name) {
            offences.push(format!("{name} is new; append its line: {}  {name}", hex(text)));
        }
    }
    let mut sorted = landed.clone();
    sorted.sort_by_key(|(_, name)| *name);
    if sorted != landed {
        offences.push("the list is not in the order of the names".to_owned());
    }
    none("migrations are append-only", &offences);
}

#[test]
fn migrations_are_numbered_without_gaps_and_use_strict_tables() {
    let mut offences = Vec::new();
    for (at, (path, text)) in texts("migrations/", &[".sql"]).iter().enumerate() {
        if !path.starts_with(&format!("migrations/{:04}_", at + 1)) {
            offences.push(format!("{path} is not number {}", at + 1));
        }
        if text.contains('\r') {
            offences.push(format!("{path} has a carriage return, which changes its checksum"));
        }
        let bare: String =
            text.lines().map(|l| l.split("--").next().unwrap()).collect::<Vec<_>>().join("\n");
        for statement in bare.split(';').map(str::trim) {
            let upper = statement.to_uppercase();
            if upper.starts_with("CREATE TABLE")
                && !upper.ends_with("STRICT")
                && !upper.contains("STRICT,")
            {
                offences
                    .push(format!("{path}: {} is not STRICT", statement.lines().next().unwrap()));
            }
        }
    }
    none("migrations are numbered and their tables strict", &offences);
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
