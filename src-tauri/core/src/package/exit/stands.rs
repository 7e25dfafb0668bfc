//! How a report stands when an exit is written: filed or not, and what became of its originals.
//!
//! It must never promise an original that was destroyed, nor deny a filing, nor tell one authority of another's hold.

use sqlx::SqliteConnection;

use crate::clock::{Millis, datetime};
use crate::error::Result;
use crate::package::pages;
use crate::register;
use crate::store::destruction;

/// A report as the register has it.
pub(super) struct Stands {
    /// When, by which route, and under which number.
    filed: Option<(Millis, String, Option<String>)>,
    sent: bool,
    keep_until: Option<Millis>,
    cases: usize,
    /// Cases whose originals are destroyed, or ordered to be.
    gone: usize,
    destructions: Vec<String>,
    done: bool,
}

impl Stands {
    /// That report, of so many cases.
    pub(super) async fn of(conn: &mut SqliteConnection, report: i64, cases: usize) -> Result<Self> {
        let row = register::known(conn, report).await?;
        let left = destruction::left_in(conn, report).await?.len();
        let destructions = destruction::of_report(conn, report).await?;
        let route = row.route.as_deref().map(register::route_words).transpose()?;
        Ok(Self {
            filed: row.filed_at.map(|at| (at, route.unwrap_or_default().to_owned(), row.number)),
            sent: row.sent,
            keep_until: row.preserve_until,
            cases,
            gone: cases.saturating_sub(left),
            done: destructions.iter().all(|(row, _)| row.done_seq.is_some()),
            destructions: destructions
                .iter()
                .map(|(row, _)| register::destruction_name(row.id))
                .collect(),
        })
    }

    /// Whether it was filed, in one sentence.
    pub(super) fn filed(&self) -> String {
        match &self.filed {
            Some((at, route, number)) => {
                let number = number.as_deref().map(|n| format!(" as {n}")).unwrap_or_default();
                format!("Filed{number} on {}: {route}.", pages::instant(datetime(*at)))
            }
            None if self.sent => {
                "Sent to the CyberTipline; whether it was finished there is being settled."
                    .to_owned()
            }
            None => "Not filed when this was written.".to_owned(),
        }
    }

    /// What became of the originals.
    pub(super) fn originals(&self) -> String {
        let which = self.destructions.join(", ");
        let how = if self.done { "were destroyed" } else { "are ordered to be destroyed" };
        match self.gone {
            0 => format!("The original files are kept sealed{}.", self.kept()),
            gone if gone == self.cases => format!(
                "The original files {how} here ({which}): none can be handed over. The certificate says when and on whose word."
            ),
            gone => format!(
                "{gone} of {} original files {how} here ({which}). The others are kept sealed{}.",
                self.cases,
                self.kept()
            ),
        }
    }

    /// Whether an original is left.
    pub(super) fn holds_any(&self) -> bool {
        self.gone < self.cases
    }

    /// Until when they are kept at least, where that is later than `at`.
    pub(super) fn kept_until_after(&self, at: time::Date) -> time::Date {
        self.keep_until
            .map(|until| datetime(until).date())
            .filter(|until| *until > at)
            .unwrap_or(at)
    }

    fn kept(&self) -> String {
        self.keep_until
            .map(|at| format!(" until {} at least", datetime(at).date()))
            .unwrap_or_default()
    }
}
