//! One line of the demo: a file, what it matched, where it was found, and what nobody knows of it.
//!
//! A fact is either there or declared missing with a reason, as the importer insists.

use serde_json::{Value, json};

use super::dice::{Dice, hex};
use super::evidence::Lists;
use super::item::Item;
use super::origin::{self, Held, sighting, utc};

/// How often a file was found.
pub(super) fn sightings(item: &Item) -> usize {
    1 + usize::from(item.number % 3 == 1) + usize::from(item.number % 9 == 1)
}

/// The `find/v1` record of one sighting.
pub(super) fn record(item: &Item, number: usize, lists: &Lists) -> Value {
    let mut dice = Dice::new("find", item.number * 10 + number);
    let held = origin::held(item);
    let seen = sighting(item, number);
    // Between 2026-08-31 and 2026-10-14.
    let scanned = 1_788_134_400 + i64::from(dice.between(0, 3_800_000));

    let mut object = json!({
        "digests": { "sha256": item.sha256, "sha1": item.sha1, "md5": item.md5 },
        "size_bytes": item.bytes.len(), "media_type": item.media_type,
        "bytes_are": held.word(), "quarantine_ref": item.quarantine_ref(),
    });
    if let Some((width, height)) = item.size {
        object["width"] = json!(width);
        object["height"] = json!(height);
    }
    if let Held::ReEncoded { as_fetched: Some(digest) } = &held {
        object["as_fetched_digests"] = json!({ "sha256": digest });
    }
    object["embedded"] = match held {
        Held::AsFetched => json!({ "exif": "absent", "xmp": "absent", "c2pa": "not_checked" }),
        Held::ReEncoded { .. } => {
            json!({ "exif": "stripped_upstream", "xmp": "stripped_upstream", "c2pa": "absent" })
        }
        Held::Unknown => {
            json!({ "exif": "not_checked", "xmp": "not_checked", "c2pa": "not_checked" })
        }
    };
    let scanner = if item.number.is_multiple_of(4) {
        json!({ "name": "shard-sweep", "version": "0.9.1", "run_id": format!("sweep-{}", seen.run) })
    } else {
        json!({
            "name": "example-scanner", "version": "1.2.3", "run_id": format!("run-{}", seen.run),
            "config_sha256": hex(&Dice::new("config", 0).bits256()), "scanned_at": utc(scanned),
        })
    };
    json!({
        "schema": "find/v1", "find_id": find_id(&mut dice),
        "emitted_at": utc(scanned + i64::from(dice.between(1, 5400))), "scanner": scanner,
        "object": object, "matches": lists.matches(item),
        "locator": { "dataset": seen.dataset, "steps": seen.steps },
        "acquisition": seen.acquisition, "missing": seen.missing,
    })
}

fn find_id(dice: &mut Dice) -> String {
    let [first, second] = [dice.roll().to_be_bytes(), dice.roll().to_be_bytes()];
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(first.into_iter().chain(second)) {
        *to = from;
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
