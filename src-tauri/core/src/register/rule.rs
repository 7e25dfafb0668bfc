//! By when a confirmed case must be reported, and by which rule.
//!
//! It must never state a fixed limit that no law and no organisation set.

use sqlx::SqliteConnection;

use crate::clock::Millis;
use crate::error::Result;
use crate::package::{ReportLaw, read_organisation};

const HOUR: Millis = 3_600_000;
const US: &str = "18 U.S.C. 2258A(a)(1): as soon as reasonably possible after actual knowledge. The law sets no number of hours.";
const UK: &str = "Online Safety Act 2023 s. 66 with S.I. 2026/268: priority level 1 is reported to the NCA at once.";

/// How long filed material is kept, in words.
pub(super) const KEEP: &str =
    "18 U.S.C. 2258A(h): kept for one year from filing; only ever extended.";

/// The rule of this organisation.
pub(super) struct Rule {
    hours: Option<u32>,
    law: ReportLaw,
}

impl Rule {
    pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Self> {
        let set = read_organisation(conn).await?;
        Ok(Self { hours: set.report_due_h, law: set.report_law })
    }

    /// How long after knowledge a report is due; `None` where nothing fixes it.
    pub(super) fn within(&self) -> Option<Millis> {
        match self.law {
            ReportLaw::Uk => Some(0),
            ReportLaw::Us => self.hours.map(|hours| Millis::from(hours) * HOUR),
        }
    }

    /// When what was known then is due.
    pub(super) fn due(&self, known_at: Millis) -> Option<Millis> {
        self.within().map(|within| known_at + within)
    }

    /// The rule the due time follows.
    pub(super) fn words(&self) -> String {
        match (self.law, self.hours) {
            (ReportLaw::Uk, _) => UK.to_owned(),
            (ReportLaw::Us, None) => US.to_owned(),
            (ReportLaw::Us, Some(hours)) => {
                format!(
                    "This organisation's own limit: filed within {hours} h of actual knowledge."
                )
            }
        }
    }

    /// What the law says, where the due time is not the law's.
    pub(super) fn beside(&self) -> Option<String> {
        (self.law == ReportLaw::Us && self.hours.is_some()).then(|| US.to_owned())
    }

    /// What the law says.
    pub(super) fn law(&self) -> &'static str {
        match self.law {
            ReportLaw::Us => US,
            ReportLaw::Uk => UK,
        }
    }
}
