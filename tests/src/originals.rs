//! Whether bytes of originals lie where they must not.

use std::fs;
use std::path::Path;

/// Length of the pieces looked for: too long to occur by chance.
const PIECE: usize = 24;

/// Panics if any file below `dir` holds a piece from the middle of any file in `originals`.
pub fn assert_none_in(dir: &Path, originals: &Path) {
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for original in fs::read_dir(originals).unwrap() {
        let bytes = fs::read(original.unwrap().path()).unwrap();
        let starts = [bytes.len() / 3, bytes.len() / 2];
        pieces.extend(starts.map(|at| bytes[at..at + PIECE].to_vec()));
    }
    assert!(!pieces.is_empty(), "there is nothing to look for");
    let mut folders = vec![dir.to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                files += 1;
                let bytes = fs::read(&path).unwrap();
                for piece in &pieces {
                    let found = bytes.windows(PIECE).any(|window| window == piece);
                    assert!(!found, "{} holds bytes of an original", path.display());
                }
            }
        }
    }
    assert!(files > 0, "there is nothing to look through");
}
