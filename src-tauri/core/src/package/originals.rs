//! Originals handed on: those of one report, sealed anew to named recipients, in a bag of their own beside the package.
//!
//! Two persons decide it. The plain bytes stay within the vault, which turns one sealing into another; this room must never
//! see them. The package itself holds none and does not change: sealing is random, a package is not.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::SqliteConnection;

use super::bag::{BagError, BagInfo, BagWriter};
use super::pending::{Pending, put_in_place};
use super::{organisation, report_name};
use crate::approval::{self, Subject};
use crate::clock::datetime;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{Event, Unlogged};
use crate::register;
use crate::store::case as case_rows;
use crate::store::checkpoint::{self as handouts, HandoutRow};
use crate::store::destruction;
use crate::store::report::{self as rows, ReportRow};
use crate::vault;
use crate::wire::{OriginalsFacts, ProposalFacts};
use crate::words as stored;

/// The index of the bag.
pub(super) const INDEX: &str = "data/originals.json";

/// What the index holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Index {
    format: String,
    pub(super) report: String,
    /// Of the tag manifest of the package that it goes with.
    pub(super) package_sha256: String,
    pub(super) recipients: Vec<String>,
    pub(super) files: Vec<Sealed>,
}

/// One sealed original, as the index tells it.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    case: u32,
    pub(super) file: String,
    /// Of the plain bytes, as in the report.
    sha256: String,
    blake3: String,
    size_bytes: u64,
}

/// Proposes to hand the originals of a report (`R-0001`) to the holders of these age keys.
pub async fn propose(
    console: &Console,
    report: &str,
    recipients: &[String],
    reason: &str,
) -> Result<ProposalFacts> {
    console.actor().needs(approval::KEEPERS)?;
    let mut write = Unlogged::begin(console.store()).await?;
    let row = row(write.conn(), number(report)?).await?;
    let mut recipients = recipients.to_vec();
    recipients.sort();
    let subject = Subject::SealOriginals {
        report: stored::case_number(row.id),
        sha256: row.sha256,
        recipients,
    };
    approval::propose_in(console, write, subject, reason).await
}

/// Refuses unless the report is the one that was sealed and the recipients can be sealed to.
pub(crate) async fn check(
    conn: &mut SqliteConnection,
    report: u32,
    sha256: &str,
    recipients: &[String],
) -> Result<()> {
    vault::recipients(recipients)?;
    register::not_withdrawn(conn, i64::from(report)).await?;
    let gone = destruction::of_report(conn, i64::from(report)).await?;
    if let Some((destroyed, _)) = gone.first() {
        return Err(Error::refused(
            "ORIGINALS-03",
            format!(
                "Originals of {} were destroyed ({}), so they cannot all be handed on.",
                report_name(i64::from(report)),
                register::destruction_name(destroyed.id)
            ),
        ));
    }
    if row(conn, i64::from(report)).await?.sha256 == sha256 {
        return Ok(());
    }
    Err(approval::stale("The report is another one"))
}

/// What it means, in words.
pub(crate) fn words(report: u32, recipients: &[String]) -> (String, Vec<String>) {
    let report = report_name(i64::from(report));
    let mut what = vec![
        "Whoever holds one of these keys can open the originals. It cannot be taken back."
            .to_owned(),
    ];
    what.extend(recipients.iter().cloned());
    (format!("Seal the originals of {report} to {} recipients", recipients.len()), what)
}

/// Writes the bag that a proposal was approved for into `OUT/R-NNNN.originals`, which has its name only once the ledger
/// knows it.
pub async fn seal(console: &Console, proposal: u32, out: &Path) -> Result<OriginalsFacts> {
    console.actor().needs(approval::KEEPERS)?;
    if !out.is_dir() {
        return Err(Error::usage(
            "PKG-04",
            "The folder for the package is not there. Make it, or choose another.",
        ));
    }
    let mut conn = console.store().read().await?;
    let (subject, approved) = approval::approved(&mut conn, proposal).await?;
    let Subject::SealOriginals { report, sha256, recipients } = subject else {
        return Err(Error::usage("ORIGINALS-01", "This proposal is not about originals."));
    };
    check(&mut conn, report, &sha256, &recipients).await?;
    let mut items = Vec::new();
    for case in rows::cases(&mut conn, i64::from(report)).await? {
        let item = case_rows::item(&mut conn, case).await?.ok_or_else(incomplete)?;
        let blake3: [u8; 32] = item.blake3.as_slice().try_into().map_err(|_| incomplete())?;
        items.push((stored::case_number(case), blake3, hex::encode(&item.sha256)));
    }
    let organisation = organisation::read(&mut conn).await?;
    drop(conn);
    let name = report_name(i64::from(report));
    let dir = std::path::absolute(out)?.join(format!("{name}.originals"));
    if dir.symlink_metadata().is_ok() {
        return Err(bagged(BagError::Exists));
    }
    let written = Pending::of(&dir);
    let info = BagInfo {
        bagging_date: datetime(console.clock().now()).date(),
        source_organization: organisation.name,
        contact_email: organisation.contact.email,
        external_identifier: name.clone(),
        external_description: format!("{} originals of {name}, sealed with age", items.len()),
        agent: format!("Casement {}", env!("CARGO_PKG_VERSION")),
    };
    let to = vault::recipients(&recipients)?;
    let (vault, place, keys) = (console.vault().clone(), written.0.clone(), recipients.clone());
    let package = sha256;
    let (bag, files) = tokio::task::spawn_blocking(move || {
        // Left by a run that ended before it was in the ledger.
        if place.is_dir() {
            std::fs::remove_dir_all(&place)?;
        }
        let mut bag = BagWriter::begin(&place).map_err(bagged)?;
        let mut index = Vec::new();
        for (case, blake3, sha256) in items {
            let file = format!("data/{}.age", super::words::case_number(case));
            let size_bytes = vault.reseal(&blake3, &to, Part { bag: &mut bag, file: &file })?;
            bag.end(&file).map_err(bagged)?;
            index.push(Sealed { case, file, sha256, blake3: hex::encode(blake3), size_bytes });
        }
        let files = index.len();
        let index = Index {
            format: "casement-originals/1".to_owned(),
            report: name,
            package_sha256: package,
            recipients: keys,
            files: index,
        };
        let mut text = serde_json::to_vec_pretty(&index).map_err(io::Error::from)?;
        text.push(b'\n');
        bag.add(INDEX, &text).map_err(bagged)?;
        Ok::<_, Error>((bag.finish(&info).map_err(bagged)?, files))
    })
    .await
    .map_err(|error| {
        Error::store("PKG-03", "The originals could not be sealed. Nothing was handed on.")
            .caused_by(error)
    })??;
    let handed = Handed { report, dir: &dir, sha256: &bag.tagmanifest_sha256, files };
    let leaf = record(console, (proposal, approved), &recipients, &handed, written).await?;
    put_in_place(&dir)?;
    Ok(OriginalsFacts {
        report: report_name(i64::from(report)),
        proposal,
        recipients,
        files: u32::try_from(files).unwrap_or(u32::MAX),
        path: dir.display().to_string(),
        sha256: bag.tagmanifest_sha256,
        leaf: stored::count(leaf),
    })
}

/// What is handed on.
struct Handed<'a> {
    report: u32,
    dir: &'a Path,
    sha256: &'a str,
    files: usize,
}

async fn record(
    console: &Console,
    (proposal, approved): (u32, i64),
    recipients: &[String],
    handed: &Handed<'_>,
    written: Pending,
) -> Result<i64> {
    let Handed { report, dir, sha256, files } = *handed;
    let mut write = Unlogged::begin(console.store()).await?;
    let event = Event::new(
        "originals.sealed",
        json!({
            "approved_leaf": approved,
            "files": files,
            "proposal": proposal,
            "recipients": recipients,
            "report": report_name(i64::from(report)),
            "sha256": sha256,
        }),
    );
    // Proposal and report must stand as they did when the first byte was sealed.
    approval::approved(write.conn(), proposal).await?;
    register::not_withdrawn(write.conn(), i64::from(report)).await?;
    let (mut write, seq) = write.log(console.clock(), console.actor(), event).await?;
    let row = HandoutRow {
        seq,
        report_id: i64::from(report),
        proposal: i64::from(proposal),
        account: console.actor().pseudonym(),
        at: console.clock().now(),
        path: &dir.display().to_string(),
        sha256,
    };
    handouts::insert_handout(write.conn(), &row).await?;
    // From here on the ledger may know of it, whatever the commit answers.
    written.keep();
    write.commit().await?;
    Ok(seq)
}

/// The end of one file of the bag, as something age can write to.
struct Part<'a> {
    bag: &'a mut BagWriter,
    file: &'a str,
}

impl Write for Part<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bag.append(self.file, bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn row(conn: &mut SqliteConnection, report: i64) -> Result<ReportRow> {
    rows::all(conn).await?.into_iter().find(|row| row.id == report).ok_or_else(|| {
        Error::usage(
            "ORIGINALS-02",
            "There is no sealed report of this name. casectl reports lists them.",
        )
    })
}

fn number(report: &str) -> Result<i64> {
    let digits = report.strip_prefix("R-").unwrap_or(report);
    digits.parse().map_err(|_| {
        Error::usage("ORIGINALS-02", "A report has a name like R-0001. casectl reports lists them.")
    })
}

fn incomplete() -> Error {
    Error::store(
        "CASE-02",
        "A confirmed case in the store cannot be read whole. Run casectl verify.",
    )
}

fn bagged(error: BagError) -> Error {
    match error {
        BagError::Exists => Error::usage(error.code(), error.to_string()),
        _ => Error::store(error.code(), error.to_string()),
    }
}
