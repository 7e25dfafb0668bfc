//! Checkpoints: signed, kept by somebody else, held against the ledger later; and what a store that was put back must not do.

use std::fs;
use std::path::Path;

use casement_tests::casectl::{Said, run};
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};

use crate::tlog;

fn export(space: &Workspace, file: &Path) -> Said {
    space.ada(&["checkpoint", "--out", file.to_str().unwrap()])
}

fn check(space: &Workspace, file: &Path) -> Said {
    space.ada(&["checkpoint", "--check", file.to_str().unwrap()])
}

/// An act that makes the ledger longer by one leaf or more.
fn act(space: &Workspace, name: &str) {
    space.ada(&["account", "add", name, "--role", "reviewer"]).ends(0);
}

/// The same workspace at another place.
fn fork(space: &Workspace) -> Workspace {
    let other = Workspace::new(&[]);
    fs::remove_dir_all(&other.store).unwrap();
    copy(&space.store, &other.store);
    other
}

/// Puts the store's file back from a copy, and leaves what lies beside it.
fn restore(space: &Workspace, from: &Workspace) {
    for file in ["store.db-wal", "store.db-shm"] {
        let _ = fs::remove_file(space.store.join(file));
    }
    fs::copy(from.store.join("store.db"), space.store.join("store.db")).unwrap();
    fs::copy(from.store.join("keyring.json"), space.store.join("keyring.json")).unwrap();
}

fn findings(said: &Said) -> Value {
    said.object()["findings"].clone()
}

#[test]
fn a_kept_checkpoint_is_continued_and_others_agree() {
    let space = Workspace::new(&[]);
    let vkey = space.ada(&["vkey"]).ends(0).object()["vkey"].as_str().unwrap().to_owned();
    let first = space.dir.path().join("first.checkpoint");
    let signed = export(&space, &first).ends(0).object();
    assert_eq!(signed["note"], fs::read_to_string(&first).unwrap());
    let theirs = tlog(&["note", &vkey], &first).unwrap();
    for field in ["origin", "size", "root"] {
        assert_eq!(signed[field], theirs[field]);
    }
    assert_eq!(signed["leaf"], signed["size"], "it covers what was there before its own leaf");
    export(&space, &first).fails(2, "CHECKPOINT-04");
    for name in ["cy", "di", "ed"] {
        act(&space, name);
        let found = check(&space, &first).ends(0).object();
        assert_eq!(found["findings"], json!([]));
        let file = space.file("check.json", &found);
        assert_eq!(tlog(&["consistency"], &file).unwrap(), json!({ "consistent": true }));
    }
    let verified = space.ada(&["verify"]).ends(0);
    assert_eq!(findings(&verified), json!([]));
    let history = space.ada(&["history", "--kind", "checkpoint.exported"]).ends(0).lines();
    assert_eq!(history.len(), 1);
}

#[test]
fn only_those_who_keep_the_workspace_hand_checkpoints_out() {
    let space = Workspace::new(&["bo"]);
    space.run("bo", &["checkpoint"]).fails(3, "ROLE-01");
    space.run("bo", &["vkey"]).ends(0);
}

#[test]
fn a_store_put_back_from_an_older_copy_signs_nothing() {
    let space = Workspace::new(&[]);
    let old = fork(&space);
    act(&space, "cy");
    let kept = space.dir.path().join("kept.checkpoint");
    export(&space, &kept).ends(0);
    restore(&space, &old);
    // Shorter than what was signed, then as long and other: neither is signed, and the outsider's copy shows both.
    space.ada(&["checkpoint"]).fails(4, "CHECKPOINT-01");
    assert!(findings(&check(&space, &kept).ends(1))[0].as_str().unwrap().contains("older copy"));
    act(&space, "di");
    act(&space, "ed");
    space.ada(&["checkpoint"]).fails(4, "CHECKPOINT-02");
    let found = check(&space, &kept).ends(1);
    assert!(findings(&found)[0].as_str().unwrap().starts_with("No proof exists"));
    assert_eq!(found.object()["proof"], json!([]));
    // With the file gone, too, the store alone cannot know; whoever kept the checkpoint does.
    fs::remove_file(space.store.join("checkpoint")).unwrap();
    space.ada(&["checkpoint"]).ends(0);
    check(&space, &kept).ends(1);
}

#[test]
fn two_histories_of_one_size_are_told_apart() {
    let space = Workspace::new(&[]);
    let other = fork(&space);
    act(&space, "cy");
    act(&other, "di");
    let (one, two) = (space.dir.path().join("one"), space.dir.path().join("two"));
    let (a, b) = (export(&space, &one).ends(0).object(), export(&other, &two).ends(0).object());
    assert_eq!(a["size"], b["size"]);
    assert_ne!(a["root"], b["root"]);
    check(&space, &one).ends(0);
    for (space, note) in [(&space, &two), (&other, &one)] {
        assert!(findings(&check(space, note).ends(1))[0].as_str().unwrap().starts_with("No proof"));
    }
}

#[test]
fn a_note_of_another_ledger_or_with_a_changed_byte_is_none() {
    let (space, other) = (Workspace::new(&[]), Workspace::new(&[]));
    let (mine, theirs) = (space.dir.path().join("mine"), space.dir.path().join("theirs"));
    export(&space, &mine).ends(0);
    export(&other, &theirs).ends(0);
    assert_eq!(
        findings(&check(&space, &theirs).ends(1)),
        json!(["The checkpoint is not signed by this key."])
    );
    let note = fs::read_to_string(&mine).unwrap();
    let longer = note.replacen("\n\n", "\nextra\n\n", 1);
    let other_size = note.replacen('\n', "\n1", 1);
    for changed in [longer, other_size, note.replace("casement/", "casemenu/"), String::new()] {
        fs::write(&theirs, changed).unwrap();
        check(&space, &theirs).ends(1);
    }
    run(&[
        "checkpoint",
        "--check",
        "nowhere",
        "--store",
        space.store.to_str().unwrap(),
        "--as",
        "ada",
        "--json",
    ])
    .fails(2, "CHECKPOINT-05");
    // The file beside the store is believed only as far as its signature.
    fs::write(space.store.join("checkpoint"), "nonsense\n").unwrap();
    space.ada(&["checkpoint"]).fails(4, "CHECKPOINT-03");
}
