//! `casectl enrich`: facts found later come in by file or by hand; a question that brought none is recorded too.
//!
//! It must never read a file itself: core does, and says what it left out.

use std::path::PathBuf;

use casement_core::Error;
use casement_core::case::enrich as rooms;
use casement_core::wire::{
    AttemptInput, AttemptOutcome, EnrichFile, EnrichForm, EnrichKind, Enriched, FactInput,
};

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

pub(crate) const HELP: &str = "\
Nothing is overwritten: a fact that differs from what is there is kept beside it. Running a file again attaches nothing twice.
cdx: lines of a CDX or CDXJ index. stats: an _stats.json of img2dataset. pointer: rows of a dataset's list of addresses.
answer: find_id, case, sha256, md5, uid, key or url, and a column for each fact. Pointers and answers are CSV or JSON Lines; what
is packed, or Parquet, is unpacked or written as CSV first.

Example:
  casectl enrich lines.cdxj --kind cdx --as ada
  casectl enrich 00001_stats.json --kind stats --dataset example/synth-pairs --as ada
  casectl enrich --case 12 --fact page_url=https://gallery.example/p/1 --source \"letter of the supplier\" --as ada
  casectl enrich --dataset example/synth-pairs --field page_url --outcome asked --due 2026-12-03 --source \"Example Supplier\" --as ada";

#[derive(Debug, clap::Args)]
pub(crate) struct EnrichVerb {
    /// File to attach facts from
    #[arg(value_name = "FILE", requires = "kind", conflicts_with_all = ["case", "outcome"])]
    pub(crate) file: Option<PathBuf>,
    /// What the file is
    #[arg(long, requires = "file", value_parser = one_of::<EnrichKind>(&["cdx", "stats", "pointer", "answer"]))]
    pub(crate) kind: Option<EnrichKind>,
    /// Only sightings of this dataset, by name or number
    #[arg(long, value_name = "NAME", conflicts_with = "case")]
    pub(crate) dataset: Option<String>,
    /// Case to attach facts to by hand
    #[arg(long, requires = "fact", requires = "source", conflicts_with = "outcome")]
    pub(crate) case: Option<u32>,
    /// Only this sighting of the case
    #[arg(long, value_name = "FIND_ID", requires = "case")]
    pub(crate) find: Option<String>,
    /// A fact, e.g. page_url=https://…; may be given more than once
    #[arg(long, value_name = "FIELD=VALUE", requires = "case")]
    pub(crate) fact: Vec<String>,
    /// How an enquiry stands
    #[arg(long, requires = "dataset", requires = "source", value_parser = one_of::<AttemptOutcome>(&["asked", "no-answer", "not-found", "refused"]))]
    pub(crate) outcome: Option<AttemptOutcome>,
    /// The fact that was asked for
    #[arg(long, value_name = "FIELD", requires = "outcome")]
    pub(crate) field: Option<String>,
    /// When an answer is due, e.g. 2026-12-03
    #[arg(long, value_name = "DATE", requires = "outcome")]
    pub(crate) due: Option<String>,
    /// Who or what says so, or was asked; a file's own name unless given
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// Anything else worth keeping
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    pub(crate) note: String,
}

pub(crate) async fn enrich(at: &At, verb: EnrichVerb, out: &Out) -> Outcome {
    let source = verb.source.unwrap_or_default();
    let told = match (verb.file, verb.kind, verb.case, verb.outcome, verb.dataset) {
        (Some(path), Some(kind), None, None, dataset) => {
            let path = path.to_str().ok_or_else(|| {
                Error::usage("FILE-04", "The path of the file is not UTF-8. Rename it, or copy it.")
            })?;
            let input =
                EnrichFile { kind, path: path.to_owned(), dataset, source, note: verb.note };
            Box::pin(sit(at, async |console| Ok(rooms::file(console, &input).await?))).await?
        }
        (None, None, Some(case), None, None) => {
            let facts = verb.fact.iter().map(|fact| typed(fact)).collect::<Result<_, _>>()?;
            let form = EnrichForm { case, find_id: verb.find, facts, source, note: verb.note };
            Box::pin(sit(at, async |console| Ok(rooms::form(console, &form).await?))).await?
        }
        (None, None, None, Some(outcome), Some(dataset)) => {
            let (field, due) = (verb.field, verb.due);
            let input = AttemptInput { dataset, field, outcome, source, note: verb.note, due };
            Box::pin(sit(at, async |console| Ok(rooms::attempt(console, &input).await?))).await?
        }
        _ => {
            return Err(Error::usage(
                "ARGS-04",
                "Give a file with --kind, a case with --fact, or a dataset with --outcome.",
            )
            .into());
        }
    };
    if out.json {
        out.object(&told)?;
    } else {
        say(&told, out)?;
    }
    Ok(End::findings(!told.problems.is_empty()))
}

fn typed(fact: &str) -> Result<FactInput, Error> {
    let (field, value) = fact
        .split_once('=')
        .ok_or_else(|| Error::usage("ARGS-05", "A fact is given as FIELD=VALUE."))?;
    Ok(FactInput { field: field.to_owned(), value: value.to_owned() })
}

fn say(told: &Enriched, out: &Out) -> Outcome<()> {
    let (attempt, counts) = (&told.attempt, &told.attempt.counts);
    out.text(&format!("{}, leaf {}. {}", attempt.title, grouped(attempt.leaf), attempt.words))?;
    if counts.lines > 0 {
        out.text(&format!(
            "{} lines; {} facts attached, {} known already, {} conflicts, {} lines left out.",
            grouped(counts.lines),
            grouped(counts.facts),
            grouped(counts.known),
            grouped(counts.conflicts),
            grouped(counts.left_out)
        ))?;
    }
    for step in &told.moves {
        out.text(&format!(
            "{} sightings moved from class {} to {}.",
            grouped(step.sightings),
            word(&step.from),
            word(&step.to)
        ))?;
    }
    if told.problems.is_empty() {
        return Ok(());
    }
    let rows = told
        .problems
        .iter()
        .map(|problem| {
            [
                grouped(problem.line),
                problem.code.clone(),
                problem.wrong.clone(),
                problem.remedy.clone(),
            ]
        })
        .collect();
    table(["Line", "Code", "What is wrong", "What to do"], rows)
        .iter()
        .try_for_each(|line| out.text(line))
}
