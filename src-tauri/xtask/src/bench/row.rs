//! One measurement as a row, how programs hand it over, and the table people read.
//! Never rounds a ratio in our favour: it is printed as measured, with two decimals.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

/// A measurement: our time, and that of the floor or peer beside it.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// What was done.
    pub(super) what: String,
    /// Our median, in milliseconds.
    pub(super) ours_ms: f64,
    /// The floor's or peer's median, in milliseconds.
    pub(super) floor_ms: f64,
    /// What the floor or peer is.
    pub(super) floor_name: String,
    /// The largest ratio that meets the goal, where one is set.
    pub(super) goal: Option<f64>,
}

impl Row {
    /// Reads a line such as
    /// `{"what":"decide","ours_ms":0.9,"floor_ms":0.8,"floor_name":"without leaf","goal":1.25}`.
    /// A line that is not a JSON object is chatter and gives `None`.
    pub(super) fn parse(line: &str) -> Option<Result<Self>> {
        let at = line.find('{')?;
        let told: Value = serde_json::from_str(line.get(at..)?.trim()).ok()?;
        told.get("what")?;
        Some(Self::from_json(&told).with_context(|| format!("not a measurement: {line}")))
    }

    fn from_json(told: &Value) -> Result<Self> {
        let number = |name| told[name].as_f64().filter(|n| n.is_finite() && *n > 0.0);
        Ok(Self {
            what: told["what"].as_str().context("`what` is not text")?.to_owned(),
            ours_ms: number("ours_ms").context("`ours_ms` is not a positive number")?,
            floor_ms: number("floor_ms").context("`floor_ms` is not a positive number")?,
            floor_name: told["floor_name"].as_str().context("`floor_name` is not text")?.to_owned(),
            goal: number("goal"),
        })
    }

    fn ratio(&self) -> f64 {
        self.ours_ms / self.floor_ms
    }
}

/// The rows as a table, widths fitted to what is in it.
pub(super) fn table(rows: &[Row]) -> String {
    let head = ["what", "ours", "beside", "", "ratio", "goal"].map(str::to_owned);
    let lines: Vec<[String; 6]> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let widths: Vec<usize> = (0..6)
        .map(|column| lines.iter().filter_map(|l| l.get(column)).map(|c| c.chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 | 3 | 5 => write!(text, "{cell:<width$}  "),
                _ => write!(text, "{cell:>width$}  "),
            };
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn cells(row: &Row) -> [String; 6] {
    let goal = row.goal.map_or(String::new(), |goal| {
        format!("≤ {goal:.2} {}", if row.ratio() <= goal { "met" } else { "NOT met" })
    });
    [
        row.what.clone(),
        time(row.ours_ms),
        time(row.floor_ms),
        row.floor_name.clone(),
        format!("{:.2}", row.ratio()),
        goal,
    ]
}

fn time(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 => format!("{:.1} s", ms / 1000.0),
        ms if ms >= 10.0 => format!("{ms:.0} ms"),
        ms if ms >= 1.0 => format!("{ms:.1} ms"),
        ms => format!("{:.0} µs", ms * 1000.0),
    }
}

/// The middle value; the mean of the two middle ones for an even count.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(upper, *values.get(values.len() / 2 - 1)?))
}

#[cfg(test)]
mod tests {
    use super::{Row, median, table};

    #[test]
    fn reads_measurements_and_passes_over_chatter() {
        let line = r#"{"what":"decide","ours_ms":0.9,"floor_ms":0.8,"floor_name":"without leaf"}"#;
        let row = Row::parse(line).unwrap().unwrap();
        assert_eq!((row.what.as_str(), row.goal), ("decide", None));
        assert!((row.ratio() - 1.125).abs() < 1e-9);
        for chatter in ["", "running 1 test", "test start ... ok", "{not json", r#"{"other":1}"#] {
            assert!(Row::parse(chatter).is_none(), "{chatter}");
        }
    }

    #[test]
    fn a_measurement_without_a_positive_time_is_an_error() {
        for bad in [
            r#"{"what":"x","ours_ms":0,"floor_ms":1,"floor_name":"f"}"#,
            r#"{"what":"x","ours_ms":1,"floor_name":"f"}"#,
            r#"{"what":"x","ours_ms":1,"floor_ms":"1","floor_name":"f"}"#,
        ] {
            assert!(Row::parse(bad).unwrap().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_table_says_whether_a_goal_is_met() {
        let row = |ours_ms, goal| Row {
            what: "w".into(),
            ours_ms,
            floor_ms: 10.0,
            floor_name: "f".into(),
            goal,
        };
        let text = table(&[row(4.0, Some(0.4)), row(4.1, Some(0.4)), row(5.0, None)]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("0.40  ≤ 0.40 met"), "{text}");
        assert!(lines[2].ends_with("0.41  ≤ 0.40 NOT met"), "{text}");
        assert!(lines[3].ends_with("0.50"), "{text}");
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
