//! A list in memory: sorted keys, each with the number of its entry, and the entries' ids and labels packed together.
//!
//! About 40 bytes an entry with one digest, 130 with a PDQ, and its id. It must never answer with an entry that the list
//! withdrew.

use std::collections::HashMap;

use casement_core::hash::near::Near;
use casement_core::hash::pdq::Pdq;

use super::{Entry, ListError, Standing, Value};

/// A list ready to be searched.
pub struct Table {
    md5: Vec<Key<16>>,
    sha1: Vec<Key<20>>,
    sha256: Vec<Key<32>>,
    pdq: Near,
    /// Entry by number of its hash in `pdq`.
    pdq_entries: Vec<u32>,
    entries: Entries,
    count: u64,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The value on the list.
    pub value: Value,
    /// Bits between it and the value asked for.
    pub distance: u32,
    entry: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<const N: usize> {
    value: [u8; N],
    entry: u32,
}

impl Table {
    /// Entries that stand on the list.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.md5.is_empty() && self.sha1.is_empty() && self.sha256.is_empty() && self.pdq.is_empty()
    }

    /// Whether it holds MD5, SHA-1, SHA-256, PDQ.
    pub fn holds(&self) -> [bool; 4] {
        [!self.md5.is_empty(), !self.sha1.is_empty(), !self.sha256.is_empty(), !self.pdq.is_empty()]
    }

    /// Entries of exactly this digest, in the order of the list. A PDQ is not looked for here.
    pub fn exact(&self, value: &Value) -> Vec<Hit> {
        let entries = match value {
            Value::Md5(value) => equal(&self.md5, value),
            Value::Sha1(value) => equal(&self.sha1, value),
            Value::Sha256(value) => equal(&self.sha256, value),
            Value::Pdq(_) => Vec::new(),
        };
        entries.into_iter().map(|entry| Hit { value: *value, distance: 0, entry }).collect()
    }

    /// Entries within `threshold` bits of a PDQ, nearest first, then in the order of the list.
    pub fn near(&self, pdq: &Pdq, threshold: u32) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.pdq.within(pdq, threshold, &mut |number, distance| {
            let entry = self.pdq_entries.get(number as usize);
            if let (Some(&entry), Some(value)) = (entry, self.pdq.get(number)) {
                hits.push(Hit { value: Value::Pdq(value.to_bytes()), distance, entry });
            }
        });
        hits.sort_unstable_by_key(|hit| (hit.distance, hit.entry));
        hits
    }

    /// What names the entry: its id, or its value where the list gives none.
    pub fn id(&self, hit: &Hit) -> String {
        match self.entries.id(hit.entry) {
            "" => hex::encode(hit.value.bytes()),
            id => id.to_owned(),
        }
    }

    /// Its label.
    pub fn label(&self, hit: &Hit) -> Option<&str> {
        self.entries.label(hit.entry)
    }
}

/// Entries of the keys of this value.
fn equal<const N: usize>(keys: &[Key<N>], value: &[u8; N]) -> Vec<u32> {
    let from = keys.partition_point(|key| key.value < *value);
    let same = keys.get(from..).unwrap_or_default().iter().take_while(|key| key.value == *value);
    same.map(|key| key.entry).collect()
}

/// Ids end to end, and labels each once.
#[derive(Default)]
struct Entries {
    ids: String,
    /// Where each id ends.
    ends: Vec<u64>,
    labels: Vec<String>,
    /// Number of its label, plus one.
    label_of: Vec<u32>,
}

impl Entries {
    fn id(&self, entry: u32) -> &str {
        let entry = entry as usize;
        let end = |at: usize| self.ends.get(at).and_then(|end| usize::try_from(*end).ok());
        let from = entry.checked_sub(1).map_or(Some(0), end);
        from.zip(end(entry)).and_then(|(from, to)| self.ids.get(from..to)).unwrap_or_default()
    }

    fn label(&self, entry: u32) -> Option<&str> {
        let number = self.label_of.get(entry as usize)?.checked_sub(1)?;
        self.labels.get(number as usize).map(String::as_str)
    }
}

/// Takes entries in and makes a table of them.
#[derive(Default)]
pub(super) struct Builder {
    md5: Vec<Key<16>>,
    sha1: Vec<Key<20>>,
    sha256: Vec<Key<32>>,
    pdq: Vec<(Pdq, u32)>,
    entries: Entries,
    labels: HashMap<String, u32>,
    /// By id, for lists that replace and withdraw.
    standing: HashMap<String, u32>,
    gone: Vec<u32>,
    full: bool,
}

impl Builder {
    pub(super) fn take(&mut self, entry: Entry<'_>) {
        // The last number is kept free, so that a label's number plus one is one too.
        let number = u32::try_from(self.entries.ends.len()).ok().filter(|n| *n < u32::MAX - 1);
        let Some(number) = number else {
            self.full = true;
            return;
        };
        let id = entry.id.unwrap_or_default();
        let before = match entry.standing {
            Standing::Beside => None,
            Standing::Instead => self.standing.insert(id.to_owned(), number),
            Standing::Withdrawn => self.standing.remove(id),
        };
        self.gone.extend(before);
        if entry.standing == Standing::Withdrawn {
            return;
        }
        self.entries.ids.push_str(id);
        self.entries.ends.push(self.entries.ids.len() as u64);
        let label = entry.label.map_or(0, |label| self.label(label));
        self.entries.label_of.push(label);
        for value in entry.values {
            match *value {
                Value::Md5(value) => self.md5.push(Key { value, entry: number }),
                Value::Sha1(value) => self.sha1.push(Key { value, entry: number }),
                Value::Sha256(value) => self.sha256.push(Key { value, entry: number }),
                Value::Pdq(value) => self.pdq.push((Pdq::from_bytes(&value), number)),
            }
        }
    }

    fn label(&mut self, label: &str) -> u32 {
        if let Some(number) = self.labels.get(label) {
            return *number;
        }
        self.entries.labels.push(label.to_owned());
        let number = u32::try_from(self.entries.labels.len()).unwrap_or(0);
        self.labels.insert(label.to_owned(), number);
        number
    }

    pub(super) fn finish(mut self) -> Result<Table, ListError> {
        if self.full {
            return Err(ListError::too_many());
        }
        self.gone.sort_unstable();
        let gone = &self.gone;
        let stands = |entry: u32| gone.binary_search(&entry).is_err();
        let count = (self.entries.ends.len() - gone.len()) as u64;
        let named = |entry: u32| !self.entries.id(entry).is_empty();
        let md5 = sorted(self.md5, &stands, &named);
        let sha1 = sorted(self.sha1, &stands, &named);
        let sha256 = sorted(self.sha256, &stands, &named);
        self.pdq.retain(|(_, entry)| stands(*entry));
        let (hashes, pdq_entries): (Vec<Pdq>, Vec<u32>) = self.pdq.into_iter().unzip();
        let pdq = Near::build(&hashes);
        Ok(Table { md5, sha1, sha256, pdq, pdq_entries, entries: self.entries, count })
    }
}

/// Ready to be searched. Of entries without an id one is kept per value: they name the same.
fn sorted<const N: usize>(
    mut keys: Vec<Key<N>>,
    stands: &impl Fn(u32) -> bool,
    named: &impl Fn(u32) -> bool,
) -> Vec<Key<N>> {
    keys.retain(|key| stands(key.entry));
    keys.sort_unstable();
    keys.dedup_by(|later, earlier| {
        later.value == earlier.value && !named(later.entry) && !named(earlier.entry)
    });
    keys.shrink_to_fit();
    keys
}
