//! What reviewers stated of a file, read from leaves that the ledger's root commits to.
//!
//! It must never take a table's word: a row that no leaf bears out is named, and stands for nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use crate::decision::{annotate, attest};
use crate::error::Result;
use crate::ledger::proven::Root;
use crate::ledger::unsigned;
use crate::package::input::Attestation;
use crate::store::ledger::LeafRow;
use crate::store::statement::{self as rows, AnnotationRow, AttestationRow};
use crate::wire::Annotation;

/// What a reviewer believes of a file, as it stands. What is in neither set is not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Annotations {
    /// Believed so: these become elements of the report.
    pub yes: BTreeSet<Annotation>,
    /// Believed not so: said in the provenance, there is no element for it.
    pub no: BTreeSet<Annotation>,
    /// Pseudonym of the reviewer.
    pub by: String,
    /// The leaf that holds it.
    pub leaf: u64,
}

impl Annotations {
    /// Whether the picture itself is believed AI-made. `None`: not stated.
    pub(crate) fn ai_made(&self) -> Option<bool> {
        let ai = Annotation::GenerativeAi;
        match (self.yes.contains(&ai), self.no.contains(&ai)) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }

    /// `viral, not generativeAi; by R-07 at leaf 201`.
    pub(crate) fn sentence(&self) -> String {
        let mut parts: Vec<String> = self.yes.iter().map(|one| one.word().to_owned()).collect();
        parts.extend(self.no.iter().map(|one| format!("not {}", one.word())));
        format!("{}; by {} at leaf {}", parts.join(", "), self.by, self.leaf)
    }

    fn states_nothing(&self) -> bool {
        self.yes.is_empty() && self.no.is_empty()
    }
}

/// What stands of a case.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub attestation: Option<Attestation>,
    pub annotations: Option<Annotations>,
    /// Leaves that a row or the readable side of the history speaks of, and that the ledger does not bear out.
    pub unproven: Vec<u64>,
}

/// Reads what was stated of a case. The leaves are proven against the root as it stands.
pub(super) async fn of_case(conn: &mut SqliteConnection, case: i64) -> Result<Stated> {
    let attested = rows::attestations(conn, case).await?;
    let annotated = rows::annotations(conn, case).await?;
    let mut told = Told { case: crate::words::case_number(case), ..Told::default() };
    let mut root = None;
    for row in rows::leaves_of_case(conn, case).await? {
        let Some(said) = Said::of(&row) else { continue };
        let root = match &mut root {
            Some(known) => known,
            // Most cases have no statement, and need no root.
            none => none.insert(Root::now(conn).await?),
        };
        if root.holds(conn, &row).await? && said.agrees(&row) {
            told.take(&row, said)?;
        } else {
            told.unproven.insert(unsigned(row.seq)?);
        }
    }
    told.compare_attestations(&attested)?;
    told.compare_annotations(&annotated)?;
    Ok(told.stands())
}

/// What a leaf says, where it is a statement.
struct Said {
    kind: String,
    leaf: Value,
    body: Value,
}

impl Said {
    /// `None` for a leaf about something else. The kind is read from the leaf: its readable side may have been changed.
    fn of(row: &LeafRow) -> Option<Self> {
        const KINDS: [&str; 4] =
            [attest::ATTESTED, attest::WITHDRAWN, annotate::ANNOTATED, annotate::WITHDRAWN];
        let leaf: Value = serde_json::from_slice(&row.leaf).unwrap_or_default();
        let kind = leaf.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = KINDS.into_iter().find(|one| *one == kind || *one == row.kind)?.to_owned();
        Some(Self { kind, leaf, body: serde_json::from_str(&row.body).unwrap_or_default() })
    }

    /// Whether leaf, body and readable side are one.
    fn agrees(&self, row: &LeafRow) -> bool {
        let text = |key: &str| self.leaf.get(key).and_then(Value::as_str);
        let number = |key: &str| self.leaf.get(key).and_then(Value::as_i64);
        let commitment = Sha256::new().chain_update(&row.salt).chain_update(&row.body).finalize();
        text("type") == Some(self.kind.as_str())
            && text("type") == Some(row.kind.as_str())
            && text("by") == Some(row.account.as_str())
            && number("seq") == Some(row.seq)
            && number("case") == row.case_id
            && text("body_sha256") == Some(hex::encode(commitment).as_str())
    }
}

/// Statements of one case being read, in the order of their leaves.
#[derive(Default)]
struct Told {
    case: u32,
    attestations: BTreeMap<u64, Attestation>,
    annotations: BTreeMap<u64, Annotations>,
    unproven: BTreeSet<u64>,
}

impl Told {
    fn take(&mut self, row: &LeafRow, said: Said) -> Result<()> {
        let seq = unsigned(row.seq)?;
        let number = |key: &str| said.body.get(key).and_then(Value::as_u64);
        match said.kind.as_str() {
            attest::ATTESTED => {
                let read = Attestation::from_leaf(seq, &row.leaf, &row.salt, &row.body, self.case);
                let Some(attestation) = read else {
                    self.unproven.insert(seq);
                    return Ok(());
                };
                if let Some(before) = number("supersedes") {
                    self.attestations.remove(&before);
                }
                self.attestations.insert(seq, attestation);
            }
            attest::WITHDRAWN => {
                let ended = number("attestation").unwrap_or(u64::MAX);
                // Nobody withdraws for another: such a leaf was not written by this program.
                match self.attestations.get(&ended) {
                    Some(attestation) if attestation.by() == row.account => {
                        self.attestations.remove(&ended);
                    }
                    _ => {
                        self.unproven.insert(seq);
                    }
                }
            }
            annotate::ANNOTATED => {
                let set = |key: &str| -> BTreeSet<Annotation> {
                    let listed = said.body.get(key).map(Value::to_string).unwrap_or_default();
                    annotate::parsed(&listed).into_iter().collect()
                };
                let (yes, no) = (set("yes"), set("no"));
                let read = Annotations { yes, no, by: row.account.clone(), leaf: seq };
                self.annotations.insert(seq, read);
            }
            _ => {
                let ended = number("annotation").unwrap_or(u64::MAX);
                match self.annotations.get(&ended) {
                    Some(annotations) if annotations.by == row.account => {
                        self.annotations.remove(&ended);
                    }
                    _ => {
                        self.unproven.insert(seq);
                    }
                }
            }
        }
        Ok(())
    }

    /// Rows that say something else than the leaves, and leaves whose rows are gone.
    fn compare_attestations(&mut self, rows: &[AttestationRow]) -> Result<()> {
        let mut stand = BTreeSet::new();
        for row in rows {
            let seq = unsigned(row.seq)?;
            let superseded = rows.iter().any(|other| other.supersedes == Some(row.seq));
            if superseded || row.withdrawn_seq.is_some() {
                continue;
            }
            stand.insert(seq);
            let same = self.attestations.get(&seq).is_some_and(|known| {
                known.by() == row.account
                    && known.has_exif() == row.exif
                    && known.statement() == row.statement
            });
            if !same {
                self.unproven.insert(seq);
            }
        }
        let known: Vec<u64> = self.attestations.keys().copied().collect();
        self.unproven.extend(known.into_iter().filter(|seq| !stand.contains(seq)));
        Ok(())
    }

    fn compare_annotations(&mut self, rows: &[AnnotationRow]) -> Result<()> {
        let mut there = BTreeSet::new();
        for row in rows.iter().filter(|row| row.withdrawn_seq.is_none()) {
            let seq = unsigned(row.seq)?;
            there.insert(seq);
            let set = |listed: &str| annotate::parsed(listed).into_iter().collect();
            let (yes, no): (BTreeSet<_>, BTreeSet<_>) = (set(&row.yes), set(&row.no));
            let same = self
                .annotations
                .get(&seq)
                .is_some_and(|known| known.by == row.account && known.yes == yes && known.no == no);
            if !same {
                self.unproven.insert(seq);
            }
        }
        let known: Vec<u64> = self.annotations.keys().copied().collect();
        self.unproven.extend(known.into_iter().filter(|seq| !there.contains(seq)));
        Ok(())
    }

    /// What counts: nothing that is doubted. Of several attestations one that covers the EXIF data, then the earliest.
    fn stands(self) -> Stated {
        let doubted = &self.unproven;
        let attestation = self
            .attestations
            .into_iter()
            .filter(|(seq, _)| !doubted.contains(seq))
            .map(|(_, attestation)| attestation)
            .min_by_key(|attestation| (!attestation.has_exif(), attestation.leaf()));
        let annotations = self
            .annotations
            .into_iter()
            .next_back()
            .filter(|(seq, _)| !doubted.contains(seq))
            .map(|(_, annotations)| annotations)
            .filter(|annotations| !annotations.states_nothing());
        Stated { attestation, annotations, unproven: self.unproven.into_iter().collect() }
    }
}
