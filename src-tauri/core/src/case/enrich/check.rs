//! Whether facts and attempts are those the ledger speaks of, and whether what the lists show follows from them.
//!
//! It must never repair anything.

use serde_json::Value;

use super::apply::fact_digest;
use super::known_of;
use crate::case::trace::{Trace, class_word};
use crate::console::Console;
use crate::error::Result;
use crate::ledger::root_of;
use crate::store::{enrich as rows, trace as traces};

const PAGE: i64 = 1_000;

/// One sentence for each attempt or sighting that does not agree.
pub(crate) async fn check(console: &Console) -> Result<Vec<String>> {
    let mut conn = console.store().read().await?;
    let mut findings = Vec::new();
    let mut seq = -1;
    while let Some((part, body)) = rows::part_after(&mut conn, seq).await? {
        seq = part;
        let facts = rows::facts_of_part(&mut conn, part).await?;
        let digests: Vec<[u8; 32]> = facts
            .iter()
            .map(|(find, field, value, standing)| fact_digest(find, field, value, standing))
            .collect();
        let body: Option<Value> = body.and_then(|text| serde_json::from_str(&text).ok());
        let told = body.as_ref().and_then(|body| body.get("facts_root")?.as_str());
        if told != Some(hex::encode(root_of(&digests)?).as_str()) {
            findings
                .push(format!("The facts attached at leaf {part} are not those it commits to."));
        }
    }
    let unrecorded = rows::acts_without_attempt(&mut conn).await?;
    if unrecorded > 0 {
        findings.push(format!("{unrecorded} recorded enrichments have no attempt beside them."));
    }
    let mut after = 0;
    loop {
        let found = traces::stand_after(&mut conn, after, PAGE).await?;
        let Some(last) = found.last() else { break };
        after = last.id;
        let stands: Vec<Option<String>> = found.iter().map(|row| row.stands.clone()).collect();
        let known = known_of(&mut conn, found.into_iter().map(Into::into).collect()).await?;
        for (sighting, stands) in known.iter().zip(stands) {
            let expected = Trace::of(&sighting.find).stands(class_word(&sighting.find));
            if stands.as_deref() != Some(expected.as_str()) {
                let id = sighting.row.id;
                findings.push(format!(
                    "The trail of sighting {id} does not follow from its find and its facts."
                ));
            }
        }
    }
    if !traces::counts_agree(&mut conn).await? {
        findings.push("The counts of gaps do not follow from the sightings.".to_owned());
    }
    Ok(findings)
}
