//! The register and the board: what is owed, what was filed, what is held, what was destroyed.
//!
//! It must never file anything itself.

use std::path::PathBuf;

use casement_core::register as rooms;
use casement_core::wire::{
    Certificate, DestroyRequest, FiledRequest, HoldFacts, HoldRequest, ObligationBoard,
    ObligationFilter, ObligationFormat, ObligationRow, RegisterFilter, ReportDetail, ReportRow,
};
use casement_core::{Error, Result};

use crate::approval::proposed;
use crate::args::At;
use crate::args::register::{DestroyVerb, HoldVerb, ObligationsVerb, PreserveVerb, ReportVerb};
use crate::desk::sit;
use crate::exit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

pub(crate) async fn report(at: &At, verb: ReportVerb, out: &Out) -> Outcome {
    match verb {
        ReportVerb::Exit(verb) => return exit::exit(at, verb, out).await,
        ReportVerb::List { state } => {
            let filter = RegisterFilter { state, before: None, limit: 500 };
            let found = sit(at, async |console| Ok(rooms::list(console, &filter).await?)).await?;
            let head = [
                "Report",
                "State",
                "Cases",
                "Known",
                "Due",
                "Filed",
                "Number",
                "Kept until",
                "Holds",
            ];
            out.list(&found, head, line)?;
        }
        ReportVerb::Show { report, receipt } => {
            let found = sit(at, async |console| {
                let found = rooms::show(console, &report).await?;
                if let Some(path) = &receipt {
                    let body = rooms::receipt(console, &report).await?;
                    let mut file = std::fs::File::create_new(path).map_err(Error::from)?;
                    std::io::Write::write_all(&mut file, &body).map_err(Error::from)?;
                }
                Ok(found)
            })
            .await?;
            if out.json { out.object(&found)? } else { say_report(&found, out)? }
        }
        ReportVerb::Propose { report, route, reason } => {
            let facts =
                sit(
                    at,
                    async |console| Ok(rooms::propose(console, &report, route, &reason).await?),
                )
                .await?;
            return proposed(&facts, out);
        }
        ReportVerb::Withdraw { report, reason } => {
            let done =
                sit(at, async |console| Ok(rooms::withdraw(console, &report, &reason).await?))
                    .await?;
            match &done.proposal {
                Some(facts) => return proposed(facts, out),
                None => said(&done.report, out)?,
            }
        }
        ReportVerb::Filed { report, number, receipt, at: when } => {
            let receipt = path(receipt)?;
            let request = FiledRequest { report, number, receipt, at: when };
            let row = sit(at, async |console| Ok(rooms::filed(console, &request).await?)).await?;
            said(&row, out)?;
        }
    }
    Ok(End::Done)
}

fn path(path: PathBuf) -> Result<String> {
    path.into_os_string().into_string().map_err(|_| {
        Error::usage("ARGS-04", "The path of the file is not UTF-8. Choose another name for it.")
    })
}

fn line(row: &ReportRow) -> [String; 9] {
    [
        row.report.clone(),
        word(&row.state),
        grouped(row.cases.into()),
        row.known_at.clone(),
        row.due_at.clone().unwrap_or_default(),
        row.filed_at.clone().unwrap_or_default(),
        row.number.clone().unwrap_or_default(),
        row.preserve_until.clone().unwrap_or_default(),
        row.holds.join(" "),
    ]
}

fn said(row: &ReportRow, out: &Out) -> Outcome<()> {
    if out.json {
        return out.object(row);
    }
    let kept =
        row.preserve_until.as_ref().map_or(String::new(), |until| format!(", kept until {until}"));
    out.text(&format!("{} is {}{kept}.", row.report, word(&row.state)))
}

fn say_report(found: &ReportDetail, out: &Out) -> Outcome<()> {
    said(&found.row, out)?;
    out.text(&format!(
        "{} cases from {}, in {}",
        found.row.cases, found.row.source, found.row.path
    ))?;
    out.text(&format!("Package {}", found.row.package_sha256))?;
    for event in &found.history {
        let why = event.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
        out.text(&format!(
            "  {} {} by {}, leaf {}{why}",
            event.at,
            word(&event.state),
            event.by,
            event.leaf
        ))?;
    }
    if let Some(receipt) = &found.receipt {
        let number = receipt.number.as_deref().unwrap_or("none");
        out.text(&format!(
            "Receipt: number {number}, {} bytes, SHA-256 {}",
            receipt.size, receipt.sha256
        ))?;
    }
    found.holds.iter().try_for_each(|hold| say_hold(hold, out))?;
    for gone in &found.destructions {
        out.text(&format!(
            "{}: {} originals, {}",
            gone.destruction,
            gone.cases,
            word(&gone.state)
        ))?;
    }
    Ok(())
}

fn say_hold(hold: &HoldFacts, out: &Out) -> Outcome<()> {
    let on = hold.report.clone().or(hold.case.map(|case| format!("case {case}")));
    let lifted = hold.lifted_at.as_ref().map_or(String::new(), |at| format!(", lifted {at}"));
    out.text(&format!(
        "{} on {}: {}, asked by {}, {}{lifted}",
        hold.hold,
        on.unwrap_or_default(),
        hold.reference,
        hold.asked_by,
        hold.added_at
    ))
}

pub(crate) async fn obligations(at: &At, verb: ObligationsVerb, out: &Out) -> Outcome {
    let file = match (verb.csv, verb.ics) {
        (Some(path), _) => Some((path, ObligationFormat::Csv)),
        (None, Some(path)) => Some((path, ObligationFormat::Ics)),
        (None, None) => None,
    };
    if let Some((path, format)) = file {
        let written =
            sit(at, async |console| Ok(rooms::export(console, &path, format).await?)).await?;
        if out.json {
            out.object(&written)?;
        } else {
            out.text(&format!(
                "{}: {} entries, SHA-256 {}",
                written.path,
                grouped(written.entries),
                written.sha256
            ))?;
        }
        return Ok(End::Done);
    }
    let wanted = if verb.limit == 0 { usize::MAX } else { verb.limit as usize };
    let mut filter = ObligationFilter {
        kind: verb.kind,
        owner: verb.owner,
        after: None,
        limit: u32::try_from(wanted.min(500)).unwrap_or(500),
    };
    let board = sit(at, async |console| {
        let mut board = rooms::board(console, &filter).await?;
        while board.rows.len() < wanted
            && let Some(next) = board.next.take()
        {
            filter.after = Some(next);
            let more = rooms::board(console, &filter).await?;
            board.rows.extend(more.rows);
            board.next = more.next;
        }
        board.rows.truncate(wanted);
        Ok(board)
    })
    .await?;
    if out.json {
        out.object(&board)?
    } else {
        say_board(&board, out)?
    }
    Ok(End::findings(board.counts.past_due > 0))
}

fn say_board(board: &ObligationBoard, out: &Out) -> Outcome<()> {
    let counts = &board.counts;
    out.text(&format!(
        "Past due {}, today {}, within 14 days {}, later {}, without a fixed limit {}; kept {} ({} ended), holds {}.",
        grouped(counts.past_due),
        grouped(counts.today),
        grouped(counts.within_14_days),
        grouped(counts.later),
        grouped(counts.no_fixed_limit),
        grouped(counts.preservation),
        grouped(counts.ended),
        grouped(counts.holds)
    ))?;
    out.text(&board.rule)?;
    let rows = board.rows.iter().map(told).collect();
    let head = ["Group", "Obligation", "For", "Since", "Due", "Used", "State", "Holds", "Owner"];
    table(head, rows).iter().try_for_each(|line| out.text(line))
}

fn told(row: &ObligationRow) -> [String; 9] {
    [
        word(&row.group),
        word(&row.kind),
        row.report.clone().unwrap_or_else(|| format!("{:06}", row.case.unwrap_or(0))),
        row.since.clone(),
        row.due_at.clone().unwrap_or_else(|| "no fixed time".to_owned()),
        row.used.map_or(String::new(), |used| format!("{} %", used / 10)),
        word(&row.state),
        row.holds.join(" "),
        row.owner.clone(),
    ]
}

pub(crate) async fn hold(at: &At, verb: HoldVerb, out: &Out) -> Outcome {
    match verb {
        HoldVerb::Add { report, case, reference, asked_by } => {
            let request = HoldRequest { report, case, reference, asked_by };
            let hold =
                sit(at, async |console| Ok(rooms::add_hold(console, &request).await?)).await?;
            if out.json { out.object(&hold)? } else { say_hold(&hold, out)? }
        }
        HoldVerb::Lift { hold, reason } => {
            let facts =
                sit(at, async |console| Ok(rooms::propose_lift(console, &hold, &reason).await?))
                    .await?;
            return proposed(&facts, out);
        }
        HoldVerb::List { all } => {
            let found = sit(at, async |console| Ok(rooms::holds(console, !all).await?)).await?;
            out.list(&found, ["Hold", "On", "Reference", "Asked by", "Added", "Lifted"], |hold| {
                [
                    hold.hold.clone(),
                    hold.report.clone().unwrap_or_else(|| format!("{:06}", hold.case.unwrap_or(0))),
                    hold.reference.clone(),
                    hold.asked_by.clone(),
                    hold.added_at.clone(),
                    hold.lifted_at.clone().unwrap_or_default(),
                ]
            })?;
        }
    }
    Ok(End::Done)
}

pub(crate) async fn preserve(at: &At, verb: PreserveVerb, out: &Out) -> Outcome {
    let PreserveVerb::Extend { report, until, reason } = verb;
    let row = sit(at, async |console| Ok(rooms::extend(console, &report, &until, &reason).await?))
        .await?;
    said(&row, out)?;
    Ok(End::Done)
}

pub(crate) async fn destroy(at: &At, verb: DestroyVerb, out: &Out) -> Outcome {
    match verb {
        DestroyVerb::Propose { report, case, ground, reference, asked_by, reason } => {
            let request = DestroyRequest { report, case, ground, reference, asked_by, reason };
            let facts =
                sit(at, async |console| Ok(rooms::propose_destruction(console, &request).await?))
                    .await?;
            proposed(&facts, out)
        }
        DestroyVerb::Certificate { destruction } => {
            let made: Certificate =
                sit(at, async |console| Ok(rooms::certificate(console, &destruction).await?))
                    .await?;
            if out.json {
                out.object(&made)?
            } else {
                made.text.trim_end().lines().try_for_each(|line| out.text(line))?
            }
            Ok(End::Done)
        }
    }
}
