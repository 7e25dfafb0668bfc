//! Workspaces that vanish with the test: one supervisor `ada`, two reviewers `bo` and `cy`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::casectl::{Said, at, run};
use crate::finds::Quarantine;

/// A workspace with its quarantine beside it.
pub struct Workspace {
    pub dir: TempDir,
    pub store: PathBuf,
    pub quarantine: Quarantine,
}

impl Workspace {
    /// With the accounts named; `ada` is there in any case.
    pub fn new(reviewers: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("workspace");
        run(&["init", store.to_str().unwrap(), "--as", "ada", "--json"]).ends(0);
        let quarantine = Quarantine::new(dir.path());
        let made = Self { dir, store, quarantine };
        for name in reviewers {
            made.ada(&["account", "add", name, "--role", "reviewer"]).ends(0);
        }
        made
    }

    /// With finds imported, and decisions that settle at once where `undo_s` is 0.
    pub fn filled(reviewers: &[&str], cases: u32, undo_s: u32) -> Self {
        let made = Self::new(reviewers);
        made.policy(&json!({ "undo_s": undo_s }));
        made.quarantine.fill(cases, cases);
        made.import().ends(0);
        made
    }

    /// Runs a verb as the supervisor.
    pub fn ada(&self, verb: &[&str]) -> Said {
        self.run("ada", verb)
    }

    /// Runs a verb as someone.
    pub fn run(&self, name: &str, verb: &[&str]) -> Said {
        run(&at(&self.store, name, verb))
    }

    /// Imports what is in quarantine, as the supervisor.
    pub fn import(&self) -> Said {
        let (finds, bytes) = (&self.quarantine.finds, &self.quarantine.bytes);
        self.ada(&["import", finds.to_str().unwrap(), "--bytes", bytes.to_str().unwrap()])
    }

    /// Puts a policy in force that differs from the present one in these fields.
    pub fn policy(&self, changes: &Value) {
        let mut policy = self.ada(&["policy", "show"]).ends(0).object();
        policy["version"] = json!(format!("{}x", policy["version"].as_str().unwrap()));
        for (field, value) in changes.as_object().unwrap() {
            let field = if field == "undo_s" { "undoS" } else { field };
            policy[field] = value.clone();
        }
        let file = self.file("policy.json", &policy);
        self.ada(&["policy", "set", file.to_str().unwrap()]).ends(0);
    }

    /// Writes a JSON file beside the workspace.
    pub fn file(&self, name: &str, value: &Value) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, value.to_string()).unwrap();
        path
    }

    /// Every case as the queue tells it, in the order of its number.
    pub fn cases(&self) -> Vec<Value> {
        let mut cases: Vec<Value> = [&["--decided"][..], &[]]
            .iter()
            .flat_map(|more| {
                self.ada(&[&["queue", "--limit", "0"][..], more].concat()).ends(0).lines()
            })
            .collect();
        cases.sort_by_key(|row| row["case"].as_u64());
        cases
    }
}

/// Copies a closed workspace.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What undoes a migration that only makes tables, indexes and triggers: last made, first dropped.
pub fn undo(version: i64) -> Vec<String> {
    let migrations = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations"));
    let prefix = format!("{version:04}_");
    let file = migrations
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&prefix))
        .unwrap();
    let made = fs::read_to_string(file).unwrap();
    let mut drops: Vec<String> = made
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE "))
        .map(|rest| {
            let mut words = rest.split_whitespace().filter(|word| *word != "UNIQUE");
            let (what, name) = (words.next().unwrap(), words.next().unwrap());
            format!("DROP {what} IF EXISTS {name}")
        })
        .collect();
    drops.reverse();
    drops.push(format!("DELETE FROM _sqlx_migrations WHERE version = {version}"));
    drops
}
