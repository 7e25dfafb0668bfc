//! Which time a find gives for its incident, and what that time is.
//!
//! It must never turn an interval into an instant without saying so, and never use a time that lies
//! after the sealing: such a clock was wrong.

use time::OffsetDateTime;

use crate::package::input::{FileInput, SightingInput};

/// The best time known for a sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Fetched from its address at this instant.
    Fetched(OffsetDateTime),
    /// Fetched at an unknown time between these two, ends included.
    FetchedWithin(OffsetDateTime, OffsetDateTime),
    /// No time of fetching is known: a scanner detected it in the data at this instant.
    Detected(OffsetDateTime),
}

impl Moment {
    /// The instant that stands for it: of an interval the beginning.
    pub(super) fn instant(self) -> OffsetDateTime {
        match self {
            Self::Fetched(at) | Self::FetchedWithin(at, _) | Self::Detected(at) => at,
        }
    }

    pub(super) fn is_of_fetching(self) -> bool {
        !matches!(self, Self::Detected(_))
    }
}

/// The best time of a sighting that does not lie after `limit`. `None` when there is no such time.
pub(super) fn of_sighting(sighting: &SightingInput, limit: OffsetDateTime) -> Option<Moment> {
    let find = &sighting.find;
    let acquisition = &find.acquisition;
    let past = |at: &OffsetDateTime| *at <= limit;
    let fetched = acquisition.fetched_at.as_ref().map(|at| at.instant()).filter(past);
    let within = acquisition
        .fetched_interval
        .as_ref()
        .map(|span| (span.start.instant(), span.end.instant()))
        .filter(|(start, end)| start <= end && end <= &limit);
    let detected = find.scanner.scanned_at.as_ref().map(|at| at.instant()).filter(past);
    let emitted = Some(find.emitted_at.instant()).filter(past);
    fetched
        .map(Moment::Fetched)
        .or(within.map(|(start, end)| Moment::FetchedWithin(start, end)))
        .or(detected.or(emitted).map(Moment::Detected))
}

/// Whether any time the find carries lies after `limit`.
pub(super) fn has_future(sighting: &SightingInput, limit: OffsetDateTime) -> bool {
    let find = &sighting.find;
    let acquisition = &find.acquisition;
    [
        acquisition.fetched_at.as_ref(),
        acquisition.fetched_interval.as_ref().map(|span| &span.end),
        find.scanner.scanned_at.as_ref(),
        Some(&find.emitted_at),
    ]
    .into_iter()
    .flatten()
    .any(|at| at.instant() > limit)
}

/// The earliest time of a file, a time of fetching before a time of detection.
pub(super) fn of_file(file: &FileInput, limit: OffsetDateTime) -> Option<Moment> {
    earliest(file.sightings.iter().filter_map(|sighting| of_sighting(sighting, limit)))
}

/// The earliest of several, a time of fetching before a time of detection.
pub(super) fn earliest(moments: impl Iterator<Item = Moment>) -> Option<Moment> {
    moments.min_by_key(|moment| (!moment.is_of_fetching(), moment.instant()))
}
