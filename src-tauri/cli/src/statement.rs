//! `attest`, `annotate`, `tried`: what a reviewer states of a file beside the verdict.
//!
//! It must never state anything that was not typed.

use casement_core::case::enrich;
use casement_core::wire::{
    AnnotateRequest, Annotation, AnnotationFacts, AttestRequest, TriedInput,
};
use casement_core::{Error, case as cases, decision};
use clap::ArgGroup;
use serde_json::json;

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped};
use crate::{End, Outcome};

const ATTEST: &str = "\
It is the only way to a report that says the file was viewed. Nobody can state it for another.

Example:
  casectl attest 12 --entire --statement \"at the custodian's station, 19 November\" --as bo
  casectl attest 12 --withdraw --as bo";
const ANNOTATE: &str = "\
generativeAi: the picture itself is believed AI-made. It never follows from the place it was found in.

Example:
  casectl annotate 12 --set viral --deny generativeAi --as bo
  casectl annotate 12 --clear --as bo";
const TRIED: &str = "\
Example:
  casectl tried --source host:images.example --sentence \"Supplier asked 19 November, no answer\" --as ada";

const ANNOTATIONS: [&str; 10] = [
    "animeDrawingVirtualHentai",
    "potentialMeme",
    "viral",
    "possibleSelfProduction",
    "physicalHarm",
    "violenceGore",
    "bestiality",
    "liveStreaming",
    "infant",
    "generativeAi",
];

#[derive(Debug, clap::Subcommand)]
pub(crate) enum StatementVerb {
    /// State that you viewed the entire file outside the veil, or take that back
    #[command(after_help = ATTEST)]
    Attest(AttestVerb),
    /// State what you believe of a file, in the report's own words
    #[command(after_help = ANNOTATE)]
    Annotate(AnnotateVerb),
    /// Tell the reader of a report what was tried about files that cannot be traced
    #[command(after_help = TRIED)]
    Tried(TriedVerb),
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("what").required(true).args(["entire", "withdraw"])))]
pub(crate) struct AttestVerb {
    /// Number of the case; naming it here is the confirmation
    pub(crate) case: String,
    /// You viewed the entire file, outside the veil
    #[arg(long, requires = "statement")]
    pub(crate) entire: bool,
    /// You viewed its EXIF data as well
    #[arg(long, requires = "entire")]
    pub(crate) exif: bool,
    /// Where, when and on whose authority
    #[arg(long, value_name = "TEXT", requires = "entire")]
    pub(crate) statement: Option<String>,
    /// Take your attestation back
    #[arg(long)]
    pub(crate) withdraw: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["set", "deny", "clear", "undo"])))]
pub(crate) struct AnnotateVerb {
    pub(crate) case: u32,
    /// Believed so, in the report's word; may be given more than once. What is not named no longer stands
    #[arg(long, value_name = "NAME", value_parser = one_of::<Annotation>(&ANNOTATIONS))]
    pub(crate) set: Vec<Annotation>,
    /// Believed not so: animeDrawingVirtualHentai or generativeAi
    #[arg(long, value_name = "NAME", value_parser = one_of::<Annotation>(&ANNOTATIONS))]
    pub(crate) deny: Vec<Annotation>,
    /// State nothing any more
    #[arg(long, conflicts_with_all = ["set", "deny", "undo"])]
    pub(crate) clear: bool,
    /// Take your annotation back; the one before it stands again
    #[arg(long, conflicts_with_all = ["set", "deny"])]
    pub(crate) undo: bool,
}

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("of").required(true).args(["case", "source", "dataset"])))]
pub(crate) struct TriedVerb {
    /// Of one case
    #[arg(long)]
    pub(crate) case: Option<u32>,
    /// Of all confirmed cases of class C or D of this source
    #[arg(long, value_name = "KEY")]
    pub(crate) source: Option<String>,
    /// Of all confirmed cases of class C or D of this dataset, by name or number
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// Whom you asked or what you searched, and when
    #[arg(long, value_name = "TEXT")]
    pub(crate) sentence: String,
}

pub(crate) async fn state(at: &At, verb: StatementVerb, out: &Out) -> Outcome {
    match verb {
        StatementVerb::Attest(verb) => attest(at, verb, out).await,
        StatementVerb::Annotate(verb) => annotate(at, verb, out).await,
        StatementVerb::Tried(verb) => tried(at, verb, out).await,
    }
}

async fn attest(at: &At, verb: AttestVerb, out: &Out) -> Outcome {
    let case: u32 = verb
        .case
        .trim()
        .parse()
        .map_err(|_| Error::usage("ARGS-06", "A case is named by its number, such as 12."))?;
    sit(at, async |console| {
        if verb.withdraw {
            decision::withdraw_attestation(console, case).await?;
            return done(case, "withdrawn", "Your attestation no longer stands.", out);
        }
        let request = AttestRequest {
            case,
            entire: verb.entire,
            exif: verb.exif,
            statement: verb.statement.unwrap_or_default(),
            confirm: verb.case,
        };
        let told = decision::attest(console, &request).await?;
        if out.json {
            out.object(&told)?;
        } else {
            let exif = if told.exif { " and its EXIF data" } else { "" };
            out.text(&format!(
                "You attested in leaf {} that you viewed the entire file of case {case:06}{exif}. \
                 Its report will say fileViewedByEsp true.",
                grouped(told.leaf)
            ))?;
        }
        Ok(End::Done)
    })
    .await
}

async fn annotate(at: &At, verb: AnnotateVerb, out: &Out) -> Outcome {
    let case = verb.case;
    sit(at, async |console| {
        if verb.undo {
            decision::undo_annotation(console, case).await?;
            let stands = cases::show(console, case).await?.annotations;
            let stands = stands.into_iter().rfind(|one| one.ended_by.is_none());
            if out.json {
                out.object(&json!({ "case": case, "done": "undone", "stands": stands }))?;
            } else {
                out.text(&stands.map_or_else(
                    || format!("Nothing is stated of case {case:06}."),
                    |stands| said(&stands),
                ))?;
            }
            return Ok(End::Done);
        }
        let request = AnnotateRequest { case, yes: verb.set, no: verb.deny };
        let told = decision::annotate(console, &request).await?;
        if out.json {
            out.object(&told)?;
        } else {
            out.text(&said(&told))?;
        }
        Ok(End::Done)
    })
    .await
}

/// What stands, in one line.
pub(crate) fn said(told: &AnnotationFacts) -> String {
    let mut parts: Vec<String> = told.yes.iter().map(|one| one.word().to_owned()).collect();
    parts.extend(told.no.iter().map(|one| format!("not {}", one.word())));
    let stated = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
    format!("Annotated: {stated}; by {}, leaf {}.", told.by, grouped(told.leaf))
}

async fn tried(at: &At, verb: TriedVerb, out: &Out) -> Outcome {
    let input = TriedInput {
        case: verb.case,
        source: verb.source,
        dataset: verb.dataset,
        sentence: verb.sentence,
    };
    let told = sit(at, async |console| Ok(enrich::tell(console, &input).await?)).await?;
    if out.json {
        out.object(&told)?;
    } else {
        out.text(&format!(
            "Told of {} cases, leaf {}. Their report carries it.",
            grouped(told.cases.into()),
            grouped(told.leaf)
        ))?;
    }
    Ok(End::Done)
}

fn done(case: u32, what: &str, text: &str, out: &Out) -> Outcome {
    if out.json {
        out.object(&json!({ "case": case, "done": what }))?;
    } else {
        out.text(text)?;
    }
    Ok(End::Done)
}
