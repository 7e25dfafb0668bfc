//! The loose files of one folder, in the order of their names.
//!
//! It must never follow a link, nor go into folders below: each is a shard of its own.

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::walk::{Found, Walk, Walked};
use super::{Problem, Shard, sample};

/// Walks the loose files of a folder, or the one file that was named.
pub(super) fn walk(shard: &Shard, walk: &mut Walk<'_>) -> Result<Walked, Problem> {
    let files = if shard.path.is_dir() {
        shard.listing().map_err(|error| shard.unreadable(&error))?.loose
    } else {
        vec![(shard.path.clone(), shard.size_bytes)]
    };
    let name = |path: &Path| path.file_name().map(|n| n.as_bytes().to_vec()).unwrap_or_default();
    let pictures: HashSet<Vec<u8>> = files
        .iter()
        .map(|(path, _)| name(path))
        .filter(|name| sample::is_picture(name))
        .map(|name| sample::key(&name).to_vec())
        .collect();
    let mut size_bytes = 0_u64;
    for (path, size) in &files {
        if walk.ended() {
            break;
        }
        size_bytes = size_bytes.saturating_add(*size);
        let name = name(path);
        let beside = sample::is_text(&name) && pictures.contains(sample::key(&name));
        if beside && sample::describes(path, *size) {
            continue;
        }
        if !walk.wants() {
            walk.pass();
            continue;
        }
        match File::open(path) {
            Ok(mut file) => {
                let found =
                    Found { name: &name, offset: 0, steps: Vec::new(), size_hint: Some(*size) };
                walk.give_loose(&shard.uri_beside(path), found, &mut file)?;
            }
            Err(error) => {
                // It keeps its number, so that a file that can be read later moves no other.
                walk.tell_error(&name, 0, &error);
                walk.pass();
            }
        }
        walk.progress(size_bytes);
    }
    let complete = !walk.ended();
    Ok(Walked { sha256: None, size_bytes, members: walk.members(), complete })
}
