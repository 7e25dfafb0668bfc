//! The editions of NCMEC's schema that the table knows.
//!
//! It must never guess an edition: what is not named by its date is refused.

/// An edition, by the date it was seen. Later editions compare greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Schema {
    /// The public documentation as last changed on 2025-06-11.
    Documented,
    /// The schema the server gave out in November 2025. Where it differs from the documentation it
    /// is what a document is validated against.
    #[default]
    Served,
    /// What clients of 2026 write beyond that. Read second-hand: to be confirmed with NCMEC before
    /// it is used.
    Drifted,
}

impl Schema {
    /// All of them, oldest first.
    pub const ALL: [Self; 3] = [Self::Documented, Self::Served, Self::Drifted];

    /// Its date, which is its name.
    pub const fn date(self) -> &'static str {
        match self {
            Self::Documented => "2025-06-11",
            Self::Served => "2025-11-10",
            Self::Drifted => "2026-08-26",
        }
    }

    /// The edition of this date.
    pub fn of_date(date: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|schema| schema.date() == date)
    }
}

/// The editions in which a row of the table holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    pub since: Schema,
    /// The first edition in which it holds no more.
    pub until: Option<Schema>,
}

impl Life {
    pub(super) const ALWAYS: Self = Self { since: Schema::Documented, until: None };

    pub(super) fn holds(self, schema: Schema) -> bool {
        self.since <= schema && self.until.is_none_or(|until| schema < until)
    }
}
