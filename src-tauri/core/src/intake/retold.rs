//! Finds under an id that is known, whose lines differ. A scan that is run again tells the same find at another time: that
//! find is known. Anything else is another find under the id of an earlier one.
//!
//! It must never take a difference in the evidence for one in the telling.

use std::collections::HashMap;

use serde_json::json;

use super::find::Find;
use super::known::Known;
use crate::error::Result;
use crate::hash::sha256;

/// For each of `again`, whether it says what was said under its id before: in `fresh`, or in the store.
pub(super) fn same(again: &[&Find], fresh: &[&Find], known: &Known) -> Result<Vec<bool>> {
    if again.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = again.iter().map(|find| find.find_id.to_string()).collect();
    let mut said: HashMap<String, [u8; 32]> =
        fresh.iter().map(|find| (find.find_id.to_string(), statement(find))).collect();
    for (id, line) in known.lines(&ids)? {
        if let Ok(find) = serde_json::from_str::<Find>(&line) {
            said.insert(id, statement(&find));
        }
    }
    let same = |(id, find): (&String, &&Find)| said.get(id) == Some(&statement(find));
    Ok(ids.iter().zip(again).map(same).collect())
}

/// Digest of what a find says, without when, and by which run and build of the scanner, it was said.
fn statement(find: &Find) -> [u8; 32] {
    let said = json!([
        find.find_id,
        find.scanner.name,
        find.object,
        find.matches,
        find.locator,
        find.acquisition,
        find.missing,
        find.ext,
    ]);
    sha256(said.to_string().as_bytes())
}
