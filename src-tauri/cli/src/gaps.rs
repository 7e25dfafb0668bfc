//! `casectl gaps`: what is missing, why, and whom to ask.
//!
//! It must never print an address that could be followed.

use casement_core::case::gaps as rooms;
use casement_core::wire::{Class, GapDetail, GapFilter, GapGrouping, GapsView};

use crate::args::{At, one_of};
use crate::desk::sit;
use crate::print::{Out, grouped, table, word};
use crate::{End, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct GapsVerb {
    /// Only this dataset, by name or number
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// Only this fact, by its path or the last part of it
    #[arg(long, value_name = "FIELD")]
    pub(crate) field: Option<String>,
    /// Only this reason, e.g. discarded_upstream
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
    /// Only sightings of this class; may be given more than once
    #[arg(long = "class", value_parser = one_of::<Class>(&["A", "B", "C", "D"]))]
    pub(crate) classes: Vec<Class>,
    /// What the list is grouped by
    #[arg(long, default_value = "dataset", value_parser = one_of::<GapGrouping>(&["dataset", "field", "reason"]))]
    pub(crate) group: GapGrouping,
    /// Cases of one gap after this one
    #[arg(long, value_name = "CASE", requires_all = ["dataset", "field", "reason"])]
    pub(crate) after: Option<u32>,
}

pub(crate) async fn gaps(at: &At, verb: GapsVerb, out: &Out) -> Outcome {
    let one = verb.dataset.is_some() && verb.field.is_some() && verb.reason.is_some();
    let filter = GapFilter {
        group: verb.group,
        reason: verb.reason,
        classes: verb.classes,
        field: verb.field,
        dataset: verb.dataset,
    };
    let (view, detail) = sit(at, async |console| {
        let view = rooms::list(console, &filter).await?;
        let mut rows = view.groups.iter().flat_map(|group| &group.rows);
        let detail = match (one, rows.next(), rows.next()) {
            (true, Some(row), None) => {
                Some(rooms::show(console, row.dataset, &row.field, &row.reason, verb.after).await?)
            }
            _ => None,
        };
        Ok((view, detail))
    })
    .await?;
    match (&detail, out.json) {
        (Some(detail), true) => out.object(detail)?,
        (None, true) => out.object(&view)?,
        (Some(detail), false) => say_one(detail, out)?,
        (None, false) => say_all(&view, out)?,
    }
    Ok(End::Done)
}

fn say_all(view: &GapsView, out: &Out) -> Outcome<()> {
    let classes: Vec<String> = view
        .classes
        .iter()
        .map(|class| format!("{} {} {}", word(&class.class), grouped(class.sightings), class.words))
        .collect();
    out.text(&format!("{} sightings: {}.", grouped(view.sightings), classes.join(", ")))?;
    for group in &view.groups {
        let about = match (group.about.as_str(), group.sightings) {
            ("", _) => String::new(),
            (about, 0) => format!(" ({about})"),
            (about, n) => format!(" ({about}, {} sightings)", grouped(n)),
        };
        out.text("")?;
        out.text(&format!("{}{about}", group.title))?;
        let rows = group
            .rows
            .iter()
            .map(|row| {
                [
                    grouped(row.sightings),
                    row.field.clone(),
                    row.reason_words.clone(),
                    row.ask.clone().unwrap_or_default(),
                    row.last_tried.as_deref().map_or("never", day).to_owned(),
                    row.next_step.clone(),
                ]
            })
            .collect();
        let head = ["Sightings", "Missing fact", "Reason", "Ask", "Last tried", "Next step"];
        for line in table(head, rows) {
            out.text(&line)?;
        }
    }
    Ok(())
}

fn say_one(detail: &GapDetail, out: &Out) -> Outcome<()> {
    let row = &detail.row;
    out.text(&format!("{} ({}), {}", row.label, row.field, row.dataset_name))?;
    let mut lines = vec![
        format!(
            "Missing in   {} sightings, {} cases",
            grouped(row.sightings),
            grouped(detail.cases)
        ),
        format!("Reason       {}", row.reason_words),
        format!("Declared by  {}", detail.declared_by),
        format!("If recovered {}", detail.effect.words),
        format!("Next step    {}", detail.next_step_text),
        format!("Ask          {}", row.ask.as_deref().unwrap_or("nobody")),
    ];
    for attempt in &detail.attempts {
        let (day, by) = (day(&attempt.at), &attempt.by);
        lines.push(format!(
            "Tried        {day} {by}, leaf {}: {}, {}. {}",
            attempt.leaf, attempt.title, attempt.source, attempt.words
        ));
    }
    lines.push(format!("Report says  {}", detail.report_sentence));
    let cases: Vec<String> =
        detail.page.cases.iter().map(|case| format!("{:06}", case.case)).collect();
    lines.push(format!("Cases        {}", cases.join(" ")));
    if let Some(next) = detail.page.next {
        lines.push(format!("             and more: --after {next}"));
    }
    lines.iter().try_for_each(|line| out.text(line))?;
    if let Some(request) = &detail.request {
        out.text("")?;
        request.lines().try_for_each(|line| out.text(line))?;
    }
    Ok(())
}

fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}
