//! Verifies a bag: everything that is listed is there and unchanged, and nothing is there unlisted.
//!
//! Reads only. It must never open what a symbolic link or a path out of the bag points to: a bag
//! comes from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256, Sha512};

use crate::package::bag::{BagError, DECLARATION, decode_name, is_safe};

/// Largest tag file that is read into memory.
const MAX_TAG_FILE: u64 = 64 << 20;
/// The manifests of tag files, which nothing lists, and all that are checked.
const TAG_MANIFESTS: [&str; 2] = ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt"];
const MANIFESTS: [&str; 4] =
    ["manifest-sha256.txt", "manifest-sha512.txt", TAG_MANIFESTS[0], TAG_MANIFESTS[1]];
/// Folders deeper than this are not ours.
const MAX_DEPTH: usize = 16;

/// Digests of one file.
struct Sums {
    sha256: String,
    sha512: String,
    bytes: u64,
}

/// Verifies the bag at `dir`. Empty: complete and valid. Each finding is a sentence that names a
/// file of the bag; fails only where nothing can be said at all.
pub fn verify_bag(dir: &Path) -> Result<Vec<String>, BagError> {
    if !fs::symlink_metadata(dir).is_ok_and(|about| about.is_dir()) {
        return Err(BagError::NotABag);
    }
    let mut findings = Vec::new();
    let mut files = BTreeMap::new();
    walk(dir, "", 0, &mut files, &mut findings)?;
    let Some(declaration) = tag_text(dir, "bagit.txt", &files)? else {
        return Err(BagError::NotABag);
    };
    if declaration.replace("\r\n", "\n") != DECLARATION {
        findings.push("`bagit.txt` does not declare BagIt 1.0 in UTF-8.".into());
    }
    if files.contains_key("fetch.txt") {
        findings.push(
            "`fetch.txt` asks for files from elsewhere; a package is whole in itself.".into(),
        );
    }
    for (prefix, payload) in [("manifest", true), ("tagmanifest", false)] {
        for algorithm in ["sha256", "sha512"] {
            let name = format!("{prefix}-{algorithm}.txt");
            match tag_text(dir, &name, &files)? {
                None => findings.push(format!("`{name}` is absent.")),
                Some(text) => {
                    let listed = read_manifest(&name, &text, algorithm, payload, &mut findings);
                    compare(&name, &listed, &files, algorithm, payload, &mut findings);
                }
            }
        }
    }
    let manifest = |name: &str| name.starts_with("manifest-") || name.starts_with("tagmanifest-");
    for name in files.keys().filter(|name| manifest(name)) {
        if !MANIFESTS.contains(&name.as_str()) {
            findings.push(format!("{name:?} is a manifest that is not checked here."));
        }
    }
    oxum(dir, &files, &mut findings)?;
    Ok(findings)
}

/// Collects every regular file with its digests; says what is neither a file nor a folder.
fn walk(
    dir: &Path,
    below: &str,
    depth: usize,
    files: &mut BTreeMap<String, Sums>,
    findings: &mut Vec<String>,
) -> Result<(), BagError> {
    if depth > MAX_DEPTH {
        findings.push(format!("{below:?} is nested too deep."));
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            findings.push("A file name is not UTF-8.".into());
            continue;
        };
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &name, depth + 1, files, findings)?;
        } else if kind.is_file() {
            files.insert(name, sums(&entry.path())?);
        } else {
            findings.push(format!("{name:?} is a link or a device, not a file."));
        }
    }
    Ok(())
}

fn sums(path: &Path) -> io::Result<Sums> {
    let mut file = File::open(path)?;
    let (mut sha256, mut sha512, mut bytes) = (Sha256::new(), Sha512::new(), 0_u64);
    let mut buffer = vec![0_u8; 64 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        sha256.update(part);
        sha512.update(part);
        bytes += read as u64;
    }
    Ok(Sums {
        sha256: hex::encode(sha256.finalize()),
        sha512: hex::encode(sha512.finalize()),
        bytes,
    })
}

/// A tag file that the walk found to be a regular file; `None` when it is absent.
fn tag_text(
    dir: &Path,
    name: &str,
    files: &BTreeMap<String, Sums>,
) -> Result<Option<String>, BagError> {
    match files.get(name) {
        None => Ok(None),
        Some(sums) if sums.bytes > MAX_TAG_FILE => Err(BagError::Io(io::ErrorKind::FileTooLarge)),
        Some(_) => {
            let bytes = fs::read(dir.join(name))?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
    }
}

fn read_manifest(
    manifest: &str,
    text: &str,
    algorithm: &str,
    payload: bool,
    findings: &mut Vec<String>,
) -> BTreeMap<String, String> {
    let digits = if algorithm == "sha256" { 64 } else { 128 };
    let mut listed = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        let at = at + 1;
        let entry = line.split_once([' ', '\t']).map(|(digest, name)| {
            (digest.to_ascii_lowercase(), decode_name(name.trim_start_matches([' ', '\t', '*'])))
        });
        let Some((digest, name)) = entry.filter(|(digest, _)| {
            digest.len() == digits && digest.bytes().all(|b| b.is_ascii_hexdigit())
        }) else {
            findings.push(format!("`{manifest}` line {at} is not a digest and a name."));
            continue;
        };
        if !is_safe(&name) || name.starts_with("data/") != payload {
            findings.push(format!("`{manifest}` line {at} names a place it must not name."));
        } else if listed.insert(name, digest).is_some() {
            findings.push(format!("`{manifest}` line {at} names a file a second time."));
        }
    }
    listed
}

fn compare(
    manifest: &str,
    listed: &BTreeMap<String, String>,
    files: &BTreeMap<String, Sums>,
    algorithm: &str,
    payload: bool,
    findings: &mut Vec<String>,
) {
    for (name, digest) in listed {
        match files.get(name) {
            None => findings.push(format!("{name:?} is listed in `{manifest}` and absent.")),
            Some(sums) => {
                let actual = if algorithm == "sha256" { &sums.sha256 } else { &sums.sha512 };
                if actual != digest {
                    findings.push(format!("{name:?} is not what `{manifest}` says it was."));
                }
            }
        }
    }
    let wanted: BTreeSet<&String> = files
        .keys()
        .filter(|name| {
            name.starts_with("data/") == payload && !TAG_MANIFESTS.contains(&name.as_str())
        })
        .collect();
    for name in wanted {
        if !listed.contains_key(name) {
            findings.push(format!("{name:?} is not listed in `{manifest}`."));
        }
    }
}

fn oxum(
    dir: &Path,
    files: &BTreeMap<String, Sums>,
    findings: &mut Vec<String>,
) -> Result<(), BagError> {
    let Some(info) = tag_text(dir, "bag-info.txt", files)? else {
        findings.push("`bag-info.txt` is absent.".into());
        return Ok(());
    };
    let payload = files.iter().filter(|(name, _)| name.starts_with("data/"));
    let (count, bytes) =
        payload.fold((0_u64, 0_u64), |(count, bytes), (_, sums)| (count + 1, bytes + sums.bytes));
    let stated = info.lines().find_map(|line| line.strip_prefix("Payload-Oxum:"));
    if stated.map(str::trim) != Some(format!("{bytes}.{count}").as_str()) {
        findings.push("`bag-info.txt` states another size of the payload.".into());
    }
    Ok(())
}
