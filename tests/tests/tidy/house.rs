//! The checkout as the rules see it: its files, by path from the top, and their text.
//! Reads what git would take in, so nothing built or downloaded is ever judged.

use std::path::PathBuf;
use std::process::Command;

/// The top of the checkout.
pub(crate) fn top() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_path_buf()
}

/// Every file of the checkout that is not ignored, with `/` between folders, sorted.
pub(crate) fn files() -> Vec<String> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .args(["--cached", "--others", "--exclude-standard"])
        .current_dir(top())
        .output()
        .expect("the rules read git's list of files: install git");
    assert!(output.status.success(), "git cannot list the files: is this a clone?");
    let listed = String::from_utf8(output.stdout).expect("every file name is UTF-8");
    let mut files: Vec<String> = listed
        .split_terminator('\0')
        .filter(|path| top().join(path).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    assert!(files.len() > 20, "git lists only {} files", files.len());
    files
}

/// The files below `folder` whose name ends in one of `endings`, with their text.
pub(crate) fn texts(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    files()
        .into_iter()
        .filter(|path| path.starts_with(folder) && endings.iter().any(|end| path.ends_with(end)))
        .map(|path| {
            let text = read(&path);
            (path, text)
        })
        .collect()
}

/// A file's text.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails with every offence at once, so that one run shows the whole of what is to be done.
pub(crate) fn none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}\n  {}\n", offences.join("\n  "));
}
