//! Made-up hash lists, and what each file of the demo matches in them.
//!
//! Distances are true: the Hamming distance between the two values given. The PDQ values are not those
//! of the pictures; no entry stands for anything that exists.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::dice::{Dice, hex};
use super::item::{Item, NO_PICTURE, TRUNCATED};

/// Largest PDQ distance that counts.
const THRESHOLD: u32 = 31;
const LABELS: [&str; 3] = ["synthetic-A", "synthetic-B", "synthetic-C"];

/// One line of a list.
struct Entry {
    id: String,
    value: String,
    label: &'static str,
}

/// A made-up hash list.
pub(super) struct List {
    provider: &'static str,
    pub(super) name: &'static str,
    version: &'static str,
    algorithm: &'static str,
    entries: Vec<Entry>,
    /// SHA-256 of the list as a file, once it is complete.
    snapshot: String,
}

impl List {
    /// The list as a CSV file with a header.
    pub(super) fn csv(&self) -> String {
        let head = format!("entry_id,{},label\n", self.algorithm);
        let lines = self
            .entries
            .iter()
            .map(|entry| format!("{},{},{}\n", entry.id, entry.value, entry.label));
        std::iter::once(head).chain(lines).collect()
    }

    fn facts(&self, entry: &Entry) -> Value {
        json!({
            "provider": self.provider, "name": self.name, "version": self.version,
            "snapshot_sha256": self.snapshot, "entry_count": self.entries.len(),
            "entry_id": entry.id, "label": entry.label,
        })
    }

    fn near(&self, query: [u8; 32], quality: i32, raw: &mut Dice) -> Vec<Value> {
        let query = hex(&query);
        let mut found = Vec::new();
        for entry in &self.entries {
            let distance = distance(&query, &entry.value);
            if distance > THRESHOLD {
                continue;
            }
            let mut one = json!({
                "algorithm": "pdq", "kind": "near", "query_value": query, "query_quality": quality,
                "matched_value": entry.value, "distance": distance,
                "distance_unit": "hamming_bits", "threshold": THRESHOLD, "list": self.facts(entry),
            });
            if raw.chance(60) {
                one["raw_sha256"] = json!(hex(&raw.bits256()));
            }
            found.push(one);
        }
        found
    }

    fn exact(&self, query: &str) -> Vec<Value> {
        let same = self.entries.iter().filter(|entry| entry.value == query);
        same.map(|entry| {
            json!({
                "algorithm": self.algorithm, "kind": "exact", "query_value": query,
                "matched_value": entry.value, "list": self.facts(entry),
            })
        })
        .collect()
    }
}

/// The lists of the demo.
pub(super) struct Lists {
    near: List,
    near_b: List,
    exact: List,
    md5: List,
}

/// Which lists know a file.
#[derive(Clone, Copy, Default)]
struct Known {
    near: bool,
    near_b: bool,
    exact: bool,
    md5: bool,
}

fn known(item: &Item) -> Known {
    let none = Known::default();
    if item.number == NO_PICTURE {
        return Known { md5: true, ..none };
    }
    if item.number == TRUNCATED {
        return Known { exact: true, ..none };
    }
    let mut dice = Dice::new("known", item.number);
    let second = dice.chance(20);
    if item.in_a_family() {
        return Known { near: true, near_b: second, ..none };
    }
    match dice.between(1, 100) {
        ..=52 => Known { near: true, ..none },
        53..=62 => Known { near: true, near_b: true, ..none },
        63..=73 => Known { near_b: true, ..none },
        74..=85 => Known { exact: true, near: second, ..none },
        86..=96 => Known { md5: true, ..none },
        _ => Known { exact: true, md5: true, near: second, ..none },
    }
}

impl Lists {
    /// Lists that know the given files, and others nobody has.
    pub(super) fn of(items: &[Item]) -> Self {
        let mut lists = Self {
            near: empty("synthetic", "SYNTH-LIST", "built_to=1788220800", "pdq"),
            near_b: empty("synthetic-two", "SYNTH-LIST-B", "2026-08-30", "pdq"),
            exact: empty("synthetic", "SYNTH-EXACT", "v12", "sha256"),
            md5: empty("synthetic-two", "SYNTH-MD5", "2026-09-02T04:00:00Z", "md5"),
        };
        for item in items {
            let knows = known(item);
            if knows.near {
                lists.near.learn(
                    (1001 + item.family).to_string(),
                    hex(&family_value(item)),
                    item.family,
                );
            }
            if knows.near_b {
                lists.near_b.learn(
                    format!("B-{:04}", item.family),
                    hex(&family_value(item)),
                    item.family,
                );
            }
            if knows.exact {
                lists.exact.learn(
                    format!("E-{:05}", item.number),
                    item.sha256.clone(),
                    item.number,
                );
            }
            if knows.md5 {
                lists.md5.learn(
                    format!("{:08}", 40_000 + item.number),
                    item.md5.clone(),
                    item.number,
                );
            }
        }
        for list in [&mut lists.near, &mut lists.near_b, &mut lists.exact, &mut lists.md5] {
            list.complete();
        }
        lists
    }

    /// All four.
    pub(super) fn all(&self) -> [&List; 4] {
        [&self.near, &self.near_b, &self.exact, &self.md5]
    }

    /// What a file matches, exact before near.
    pub(super) fn matches(&self, item: &Item) -> Vec<Value> {
        let knows = known(item);
        let mut raw = Dice::new("raw", item.number);
        let mut found = Vec::new();
        if knows.exact {
            found.extend(self.exact.exact(&item.sha256));
        }
        if knows.md5 {
            found.extend(self.md5.exact(&item.md5));
        }
        let (query, quality) = (query(item), quality(item));
        if knows.near {
            found.extend(self.near.near(query, quality, &mut raw));
        }
        if knows.near_b {
            found.extend(self.near_b.near(query, quality, &mut raw));
        }
        found
    }
}

fn empty(
    provider: &'static str,
    name: &'static str,
    version: &'static str,
    algorithm: &'static str,
) -> List {
    List { provider, name, version, algorithm, entries: Vec::new(), snapshot: String::new() }
}

impl List {
    fn learn(&mut self, id: String, value: String, number: usize) {
        let label = LABELS.into_iter().cycle().nth(number % LABELS.len()).unwrap_or("synthetic");
        if self.entries.iter().all(|entry| entry.id != id) {
            self.entries.push(Entry { id, value, label });
        }
    }

    /// A list is more than its hits; after this it changes no more.
    fn complete(&mut self) {
        let digits = if self.algorithm == "md5" { 32 } else { 64 };
        let mut dice = Dice::new(self.name, 0);
        for number in 0..self.entries.len() * 4 {
            let value = hex(&dice.bits256()).chars().take(digits).collect();
            self.learn(format!("{}", 700_001 + number), value, number);
        }
        self.snapshot = hex(&Sha256::digest(self.csv()));
    }
}

/// The value a list holds for a family.
fn family_value(item: &Item) -> [u8; 32] {
    Dice::new("entry", item.family).bits256()
}

/// A file's own value: the family's, with as many bits turned as the distance says. Members turn
/// bits in the same order, so they are also close to each other.
fn query(item: &Item) -> [u8; 32] {
    let mut dice = Dice::new("distance", item.family);
    let base = match dice.between(1, 100) {
        ..=12 => 0,
        13..=22 => 31,
        _ => dice.between(1, 30),
    };
    let away = usize::try_from(base).unwrap_or(0) + item.member * 3;
    let mut order: Vec<usize> = (0..256).collect();
    order.sort_by_cached_key(|_| dice.roll());
    let mut value = family_value(item);
    for bit in order.into_iter().take(away.min(31)) {
        if let Some(byte) = value.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
    }
    value
}

fn quality(item: &Item) -> i32 {
    let mut dice = Dice::new("quality", item.number);
    match dice.between(1, 100) {
        ..=12 => dice.between(30, 49),
        13..=50 => dice.between(50, 90),
        51..=80 => dice.between(91, 99),
        _ => 100,
    }
}

fn distance(one: &str, other: &str) -> u32 {
    let bits = |digit: char| digit.to_digit(16).unwrap_or(0);
    one.chars().zip(other.chars()).map(|(a, b)| (bits(a) ^ bits(b)).count_ones()).sum()
}
