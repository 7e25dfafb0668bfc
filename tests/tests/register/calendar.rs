//! The board as a calendar and as a table. The calendar is read by a reader of its own, strict in RFC 5545's terms.

use std::collections::BTreeMap;
use std::fs;

use super::{approve, file, office, seal};

/// Content lines, unfolded. Fails on anything RFC 5545, 3.1 does not allow.
fn lines(bytes: &[u8]) -> Vec<(String, String)> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "CRLF only");
    assert_eq!(text.matches('\r').count(), text.matches("\r\n").count(), "CRLF only");
    let mut whole: Vec<String> = Vec::new();
    for line in text.split_terminator("\r\n") {
        assert!((1..=75).contains(&line.len()), "{} bytes", line.len());
        match line.strip_prefix(' ') {
            Some(more) => whole.last_mut().unwrap().push_str(more),
            None => whole.push(line.to_owned()),
        }
    }
    let split = |line: &String| {
        let (name, value) = line.split_once(':').unwrap();
        assert!(name.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{name}");
        (name.to_owned(), value.to_owned())
    };
    whole.iter().map(split).collect()
}

/// Events by their identifiers, each with its properties once.
fn events(bytes: &[u8]) -> BTreeMap<String, BTreeMap<String, String>> {
    let lines = lines(bytes);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(lines.first(), Some(&pair("BEGIN", "VCALENDAR")));
    assert_eq!(lines.last(), Some(&pair("END", "VCALENDAR")));
    assert!(lines.contains(&pair("VERSION", "2.0")));
    let (mut found, mut open) = (BTreeMap::new(), None);
    for (name, value) in &lines[1..lines.len() - 1] {
        match (name.as_str(), value.as_str(), &mut open) {
            ("BEGIN", "VEVENT", None) => open = Some(BTreeMap::new()),
            ("END", "VEVENT", Some(event)) => {
                let event: BTreeMap<String, String> = std::mem::take(event);
                for needed in ["UID", "DTSTAMP", "DTSTART", "SUMMARY"] {
                    assert!(event.contains_key(needed), "{needed}");
                }
                for time in ["DTSTAMP", "DTSTART"] {
                    let value = event[time].as_bytes();
                    assert!(value.len() == 16 && value[8] == b'T' && value[15] == b'Z');
                }
                assert!(found.insert(event["UID"].clone(), event).is_none(), "one of each");
                open = None;
            }
            (name, value, Some(event)) => {
                assert!(event.insert(name.to_owned(), value.to_owned()).is_none(), "{name} twice");
            }
            (_, _, None) => {}
        }
    }
    assert!(open.is_none());
    found
}

#[test]
fn calendar_and_table_hold_numbers_and_no_content() {
    let office = office(4);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let path = |name: &str| office.dir.path().join(name);
    let ics = |name: &str| {
        let told =
            office.ada(&["obligations", "--ics", path(name).to_str().unwrap()]).ends(0).object();
        (told["entries"].as_u64().unwrap(), fs::read(path(name)).unwrap())
    };
    let (entries, first) = ics("first.ics");
    let found = events(&first);
    assert_eq!((entries, found.len()), (1, 1));
    let (uid, event) = found.iter().next().unwrap();
    assert!(uid.starts_with("preserve-R-0001@") && event["SUMMARY"].contains("R-0001"));
    let until = super::show(&office, "R-0001")["row"]["preserveUntil"].clone();
    let digits: String = until
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap()
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == 'T')
        .collect();
    assert_eq!(event["DTSTART"].trim_end_matches('Z'), digits.trim_end_matches('Z'));
    let (_, second) = ics("second.ics");
    assert_eq!(found.keys().collect::<Vec<_>>(), events(&second).keys().collect::<Vec<_>>());
    office.ada(&["obligations", "--ics", path("first.ics").to_str().unwrap()]).fails(2, "DUE-02");

    let csv = path("due.csv");
    office.ada(&["obligations", "--csv", csv.to_str().unwrap()]).ends(0);
    let table = fs::read_to_string(&csv).unwrap();
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(
        table.starts_with("id,kind,group,state,") && table.contains("preserve-R-0001,preserve,")
    );
    for file in [String::from_utf8(first).unwrap(), table] {
        for never in ["images.example", "SYNTH-LIST", "png", "Example Supplier", "B2"] {
            assert!(!file.contains(never), "{never}");
        }
    }
}

#[test]
fn many_unreported_cases_are_one_event_a_day() {
    let office = office(30);
    let path = office.dir.path().join("due.ics");
    office.ada(&["obligations", "--ics", path.to_str().unwrap()]).ends(0);
    let found = events(&fs::read(&path).unwrap());
    assert!(found.len() <= 2, "a day, or two around midnight");
    let first = found.values().next().unwrap();
    assert!(first["DESCRIPTION"].contains("000001\\, 000002"), "{}", first["DESCRIPTION"]);
}
