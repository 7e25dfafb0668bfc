//! Times in words, always in UTC and never more precise than they are known.

use time::{Date, Duration, OffsetDateTime, UtcOffset};

use crate::intake::find::Find;

/// When the item was fetched, as precisely as is known: `2025-11-02 03:00 to 03:12 UTC`.
pub fn when(find: &Find) -> Option<String> {
    let from = &find.acquisition;
    if let Some(time) = &from.fetched_at {
        return Some(second(time.instant()));
    }
    from.fetched_interval.as_ref().map(|i| interval(i.start.instant(), i.end.instant()))
}

/// Spans within a day show minutes, longer ones days.
fn interval(start: OffsetDateTime, end: OffsetDateTime) -> String {
    let (start, end) = (start.to_offset(UtcOffset::UTC), end.to_offset(UtcOffset::UTC));
    if end - start > Duration::DAY {
        return format!("{} to {}", date(start.date()), date(end.date()));
    }
    let clock = |time: OffsetDateTime| {
        if end - start < Duration::MINUTE {
            format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
        } else {
            format!("{:02}:{:02}", time.hour(), time.minute())
        }
    };
    let until = if start.date() == end.date() {
        clock(end)
    } else {
        format!("{} {}", date(end.date()), clock(end))
    };
    format!("{} {} to {until} UTC", date(start.date()), clock(start))
}

/// `2025-11-02 03:04:05 UTC`.
fn second(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    let (h, m, s) = (time.hour(), time.minute(), time.second());
    format!("{} {h:02}:{m:02}:{s:02} UTC", date(time.date()))
}

/// `2025-11-02 03:04 UTC`.
pub(super) fn minute(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", date(time.date()), time.hour(), time.minute())
}

/// `2025-11-02`.
pub(super) fn day(time: OffsetDateTime) -> String {
    date(time.to_offset(UtcOffset::UTC).date())
}

fn date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}
