//! The certificate of a destruction: what was destroyed, on whose word, and what nobody can promise.
//!
//! It must never be made while a sealed file still lies in the vault.

use std::fmt::Write as _;

use super::destroy::{finish, ground, held};
use super::{destruction_name, hold_name, known, number};
use crate::approval::{KEEPERS, Subject};
use crate::clock::rfc3339;
use crate::console::Console;
use crate::error::{Error, Result};
use crate::ledger::{self, unsigned};
use crate::package::{read_organisation, report_name};
use crate::store::approval as proposals;
use crate::store::destruction as rows;
use crate::wire::{Certificate, CertificateItem, DestructionGround};
use crate::words;

const DONE: [&str; 3] = [
    "The first 4,096 bytes of each sealed file, which hold the only copy of its file key, were overwritten with random bytes and written to the disk.",
    "Each sealed file was unlinked, and its folder written to the disk.",
    "Content with these digests is not taken into this vault again.",
];
const NOT_GUARANTEED: [&str; 4] = [
    "Solid-state disks and copy-on-write file systems may keep the overwritten and unlinked blocks for some time. What is left there is ciphertext, which the key of this vault could open together with an intact header.",
    "Backups, snapshots and copies of the vault's folder made outside Casement are not reached. Whoever keeps them must destroy them.",
    "Packages that lie elsewhere, with what was handed to their recipients, are not reached. Whether one held sealed originals stands in its manifest.",
    "The sources in which this content was found are not reached. Removal lists say where they are.",
];

/// The certificate of a destruction that is done. One that was ordered is finished first.
pub async fn certificate(console: &Console, destruction: &str) -> Result<Certificate> {
    console.actor().needs(KEEPERS)?;
    let id = number(destruction, "D-", "DESTROY-08")?;
    finish(console).await?;
    let mut conn = console.store().read().await?;
    let mut conn = sqlx::Connection::begin(&mut *conn).await?;
    let row = rows::one(&mut conn, id).await?.ok_or_else(|| {
        Error::usage("DESTROY-08", "There is no destruction of this number. See the report.")
    })?;
    let items = rows::items(&mut conn, id).await?;
    let (Some(done_at), Some(done_seq)) = (row.done_at, row.done_seq) else {
        let why = match held(&mut conn, &items).await? {
            Some(hold) => format!("{} stands over it. Two persons can lift it.", hold_name(hold)),
            None => "an import is running. Ask again when it has ended.".to_owned(),
        };
        return Err(Error::refused(
            "DESTROY-09",
            format!("This destruction is ordered and not done: {why}"),
        ));
    };
    let there = items.iter().any(|item| {
        item.blake3.as_slice().try_into().is_ok_and(|blake3| console.vault().holds(blake3))
    });
    if there {
        return Err(Error::store(
            "DESTROY-10",
            "A sealed file of this destruction lies in the vault again: a backup was put back. Nothing can be certified. Tell the custodian.",
        ));
    }
    let report = known(&mut conn, row.report_id).await?;
    let proposal = proposals::one(&mut conn, row.proposal).await?.ok_or_else(damaged)?;
    let Subject::Destroy { preserve_until, .. } =
        serde_json::from_str(&proposal.subject).map_err(|error| damaged().caused_by(error))?
    else {
        return Err(damaged());
    };
    let (leaves, root) = ledger::root(&mut conn).await?;
    let mut made = Certificate {
        destruction: destruction_name(id),
        organisation: read_organisation(&mut conn).await?.name,
        report: report_name(row.report_id),
        number: report.number,
        filed_at: report.filed_at.map(rfc3339).unwrap_or_default(),
        preserved_until: rfc3339(preserve_until),
        ground: ground(&row.ground),
        reference: row.reference,
        asked_by: row.asked_by,
        reason: proposal.reason,
        proposal: words::case_number(proposal.id),
        proposed_by: proposal.proposed_by,
        proposed_at: rfc3339(proposal.proposed_at),
        proposed_leaf: words::count(proposal.proposed_seq),
        approved_by: proposal.decided_by.ok_or_else(damaged)?,
        approved_at: rfc3339(proposal.decided_at.ok_or_else(damaged)?),
        approved_leaf: words::count(proposal.decided_seq.ok_or_else(damaged)?),
        ordered_leaf: words::count(row.ordered_seq),
        done_at: rfc3339(done_at),
        done_leaf: words::count(done_seq),
        ledger_leaves: unsigned(leaves)?,
        ledger_root: hex::encode(root),
        items: items
            .into_iter()
            .map(|item| CertificateItem {
                case: words::case_number(item.case_id),
                sha256: hex::encode(item.sha256),
                sha1: hex::encode(item.sha1),
                md5: hex::encode(item.md5),
                blake3: hex::encode(item.blake3),
                size: words::count(item.size_bytes),
                was_sealed: item.was_sealed,
            })
            .collect(),
        done: DONE.map(str::to_owned).into(),
        not_guaranteed: NOT_GUARANTEED.map(str::to_owned).into(),
        text: String::new(),
    };
    made.text = text(&made);
    Ok(made)
}

fn damaged() -> Error {
    Error::store("APPROVE-07", "A proposal in this store cannot be read. Run casectl verify.")
}

/// All of it, for people: plain lines, no picture, no address.
fn text(made: &Certificate) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        // Writing into a String does not fail.
        let _ = writeln!(out, "{text}");
    };
    let ground = match made.ground {
        DestructionGround::PreservationEnded => {
            "The duty to keep it had ended (18 U.S.C. 2258A(h)).".to_owned()
        }
        DestructionGround::LawEnforcement => format!(
            "Law enforcement asked for it (18 U.S.C. 2258B(c)): {}, reference {}.",
            made.asked_by, made.reference
        ),
    };
    line(format!("Certificate of destruction {}", made.destruction));
    line(String::new());
    line(format!("Organisation     {}", made.organisation));
    line(format!("Report           {}", made.report));
    line(format!("Recipient's no.  {}", made.number.as_deref().unwrap_or("none given")));
    line(format!("Filed            {}", made.filed_at));
    line(format!("Kept until       {}, or longer", made.preserved_until));
    line(format!("Ground           {ground}"));
    line(format!("Reason given     {}", made.reason));
    line(format!(
        "Proposed         {} by {}, leaf {}, proposal {}",
        made.proposed_at, made.proposed_by, made.proposed_leaf, made.proposal
    ));
    line(format!(
        "Approved         {} by {}, leaf {}",
        made.approved_at, made.approved_by, made.approved_leaf
    ));
    line(format!(
        "Done             {}, ordered in leaf {}, done in leaf {}",
        made.done_at, made.ordered_leaf, made.done_leaf
    ));
    line(format!("Ledger           {} leaves, root {}", made.ledger_leaves, made.ledger_root));
    line(String::new());
    line("What was done".to_owned());
    made.done.iter().for_each(|text| line(format!("- {text}")));
    line(String::new());
    line("What nobody can promise".to_owned());
    made.not_guaranteed.iter().for_each(|text| line(format!("- {text}")));
    line(String::new());
    line(format!("Originals ({})", made.items.len()));
    for item in &made.items {
        let was = if item.was_sealed { "was in the vault" } else { "was not in the vault" };
        line(format!("- case {:06}, {} bytes, {was}", item.case, item.size));
        line(format!("  SHA-256 {}", item.sha256));
        line(format!("  SHA-1   {}", item.sha1));
        line(format!("  MD5     {}", item.md5));
        line(format!("  BLAKE3  {}", item.blake3));
    }
    out
}
