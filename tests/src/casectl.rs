//! `casectl` as a process: what it prints on either side, and how it ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// Of everybody in these tests.
pub const PASSPHRASE: &str = "a passphrase for tests";

/// The folder that cargo puts programs in, as seen from a test or from a program beside it.
pub fn programs() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let folder = here.parent().unwrap();
    if folder.ends_with("deps") { folder.parent().unwrap().to_owned() } else { folder.to_owned() }
}

/// `casectl` of this checkout, with its airlock and its typesetter beside it. Built first where nobody says that it is.
pub static CASECTL: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(program) = std::env::var_os("CASECTL_BIN") {
        return program.into();
    }
    let folder = programs();
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The whole workspace, as every other step: a smaller selection has other features, and half would be built again.
    build.args(["build", "--quiet", "--workspace", "--bins", "--target-dir"]);
    build.arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success());
    folder.join("casectl")
});

/// How one command ended, and all it said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Asserts the exit code and the code of the error on standard error, and that standard output is empty.
    #[track_caller]
    pub fn fails(self, exit: i32, code: &str) -> Self {
        let said = self.ends(exit);
        assert_eq!(said.error(), code, "{}", said.err);
        assert_eq!(said.out, "", "an error says nothing on standard output");
        said
    }

    /// The error's code: the last line of standard error.
    #[track_caller]
    pub fn error(&self) -> String {
        let last = self.err.lines().last().unwrap_or_default();
        let error: Value =
            serde_json::from_str(last).unwrap_or_else(|_| panic!("not JSON: {last}"));
        assert!(error["message"].as_str().is_some_and(|text| text.len() > 20), "{last}");
        error["code"].as_str().unwrap().to_owned()
    }

    /// Standard output as exactly one JSON object.
    #[track_caller]
    pub fn object(&self) -> Value {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{}", self.out);
        lines[0].clone()
    }

    /// Standard output as JSON Lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        lines(&self.out)
    }
}

/// JSON Lines; anything else fails.
#[track_caller]
pub fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

/// `casectl` with these arguments and nothing of this test's own settings.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(&*CASECTL);
    command.args(args).stdin(Stdio::null()).env("CASEMENT_PASSPHRASE", PASSPHRASE);
    command.env_remove("CASEMENT_STORE").env("CASEMENT_NEW_PASSPHRASE", PASSPHRASE);
    command
}

/// Runs it to its end.
pub fn run(args: &[&str]) -> Said {
    Said::of(command(args).output().unwrap())
}

/// The arguments of a verb at a store, as someone, with JSON.
pub fn at<'a>(store: &'a Path, name: &'a str, verb: &[&'a str]) -> Vec<&'a str> {
    [verb, &["--store", store.to_str().unwrap(), "--as", name, "--json"]].concat()
}

/// Runs a verb at a store and kills it so many turns of the scheduler after it first wrote there, if it still runs.
/// The write-ahead log is made when the store is opened, and grows when the verb writes.
pub fn killed(store: &Path, name: &str, verb: &[&str], turns: u64) {
    let mut verb = command(&at(store, name, verb));
    let mut child = verb.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let written = || std::fs::metadata(store.join("store.db-wal")).is_ok_and(|log| log.len() > 0);
    while !written() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    for _ in 0..turns {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
}
