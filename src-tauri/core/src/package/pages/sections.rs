//! What concerns all files, in full: where they were found, how matched, who reviewed them, what is missing.
//!
//! It must never name more than it counted, nor hide that it counted more than it names.

use casement_print::{Column, Fact, Line, Section, Table};

use super::totals::{Dataset, Gap};
use super::{Totals, brief, file, grouped, many, standing};
use crate::case::defang;
use crate::package::input::Head;
use crate::package::words;
use crate::wire::{Class, Level};

/// The title under which it says what was tried.
pub(super) const TRIED: &str = "What was tried";

pub(super) fn sections(head: &Head, totals: &Totals) -> Vec<Section> {
    vec![
        standing::who(head),
        datasets(head, totals),
        matched(totals),
        review(totals),
        completeness(totals),
        gaps(totals),
        tried(totals),
        before(totals),
        standing::ledger(head),
        standing::check(head),
    ]
}

pub(super) fn section(title: &str) -> Section {
    Section { title: title.to_owned(), ..Section::default() }
}

fn datasets(head: &Head, totals: &Totals) -> Section {
    let row = |(set, files): (&Dataset, u64)| {
        let supplier = match &set.supplier {
            Some(supplier) => Line::plain(supplier.clone()),
            None => Line::gap("not recorded"),
        };
        let contact = match &set.contact {
            Some(contact) => Line::note(contact.clone()),
            None => Line::gap("no contact recorded"),
        };
        vec![
            vec![Line::code(set.name.clone())],
            vec![Line::code(set.version.clone()), Line::note(set.kind)],
            vec![supplier, contact],
            vec![Line::plain(grouped(files))],
        ]
    };
    let mut facts = vec![
        Fact::new("Source", Line::plain(defang::prose(&head.source.name))),
        Fact::new("Grouping", Line::plain(defang::prose(&head.rule))),
        Fact::lines("Time", brief::when(totals)),
    ];
    if totals.re_encoded > 0 {
        let text = format!(
            "{} of {}: the stored bytes are not, or not surely, those that the origin served.",
            grouped(totals.re_encoded),
            many(totals.files, "file")
        );
        facts.push(Fact::new("Stored bytes", Line::plain(text)));
    }
    let mut hosts: Vec<Line> = totals
        .hosts
        .ranked()
        .into_iter()
        .take(20)
        .map(|(host, files)| Line::plain(format!("{host}: {}", many(files, "file"))))
        .collect();
    let left = u64::try_from(totals.hosts.ranked().len().saturating_sub(20)).unwrap_or(u64::MAX);
    if left > 0 || totals.hosts.rest > 0 {
        hosts.push(Line::note("Further hosts stand in the provenance records."));
    }
    if totals.hosts.is_empty() {
        hosts.push(Line::gap("No web address of any file is recorded."));
    }
    facts.push(Fact::lines("Hosts", hosts));
    let mut text = Vec::new();
    if totals.datasets.rest > 0 {
        text.push(Line::gap("Not every dataset is named here; data/provenance names them all."));
    }
    Section {
        text,
        facts,
        table: Some(Table {
            caption: "Datasets the files were found in".to_owned(),
            columns: vec![
                Column::share("Dataset", 3),
                Column::share("Version", 3),
                Column::share("Supplied by", 3),
                Column::number("Files"),
            ],
            rows: totals.datasets.ranked().into_iter().map(row).collect(),
        }),
        ..section("Where the files were found")
    }
}

fn matched(totals: &Totals) -> Section {
    let rows = totals.lists.iter().map(|(list, hits)| {
        let near = if hits.near == 0 { "–".to_owned() } else { brief::distance(list, hits) };
        let quality = hits
            .quality
            .map_or_else(|| "–".to_owned(), |(low, high)| brief::range(low.into(), high.into()));
        vec![
            vec![Line::plain(list.name.clone()), Line::note(format!("version {}", list.version))],
            vec![Line::plain(list.method.clone())],
            vec![Line::plain(grouped(hits.exact))],
            vec![Line::plain(grouped(hits.near))],
            vec![Line::plain(near)],
            vec![Line::plain(quality)],
        ]
    });
    let mut text = vec![Line::plain(
        "Exact: the digest is that of the list's entry. Near: a perceptual hash differs by the distance \
         given, within the threshold that the scanner used. Quality is of our file's hash, of 100; below \
         50 a near match says little.",
    )];
    if totals.lists_rest > 0 {
        text.push(Line::gap("Not every list is named here; data/provenance names them all."));
    }
    Section {
        text,
        table: Some(Table {
            caption: "Lists that matched, at the version that matched".to_owned(),
            columns: vec![
                Column::share("List", 4),
                Column::fit("Method"),
                Column::number("Exact"),
                Column::number("Near"),
                Column::share("Distance", 2),
                Column::fit("Quality"),
            ],
            rows: rows.collect(),
        }),
        ..section("How the files were matched")
    }
}

fn review(totals: &Totals) -> Section {
    let people: Vec<&str> = totals.deciders.iter().map(String::as_str).take(30).collect();
    let policies: Vec<&str> = totals.policies.iter().map(String::as_str).take(30).collect();
    let levels = [Level::HashOnly, Level::Mosaic, Level::Strong, Level::Soft]
        .into_iter()
        .filter(|level| totals.looked.of(level) > 0)
        .map(|level| {
            let files = many(totals.looked.of(&level), "file");
            Line::plain(format!("{files} at most at {}", file::level(level)))
        });
    let classified: Vec<String> = totals
        .classified
        .ranked()
        .into_iter()
        .map(|(class, files)| format!("{class}: {}", grouped(files)))
        .collect();
    let mut attested: Vec<Line> = totals
        .attested
        .kept
        .iter()
        .map(|(case, by, leaf)| {
            let case = words::case_number(*case);
            Line::plain(format!("Case {case}, by {}, leaf {}", defang::prose(by), grouped(*leaf)))
        })
        .collect();
    if totals.attested.rest > 0 {
        attested.push(Line::note(format!("and {} more", grouped(totals.attested.rest))));
    }
    if attested.is_empty() {
        attested.push(Line::plain("None. Without one, no file is said to have been viewed."));
    }
    Section {
        text: brief::viewing(totals),
        facts: vec![
            Fact::new("Decided by", Line::plain(people.join(", "))),
            Fact::new("Under policy", Line::plain(policies.join(", "))),
            Fact::lines("Looked at", levels.collect()),
            Fact::lines("Attested", attested),
            Fact::new("Classification", Line::plain(classified.join(", "))),
        ],
        ..section("Who reviewed them")
    }
}

fn completeness(totals: &Totals) -> Section {
    let needs = |class| match class {
        Class::A => {
            "as fetched or with the fetched digest, address, time within a day, place in the dataset, match"
        }
        Class::B => "some address, some time and some dataset are known",
        Class::C => "the place in a versioned dataset is known, so that its supplier can be asked",
        Class::D => "neither origin nor supplier can be named",
    };
    let row = |class: Class| {
        vec![
            vec![Line::plain(words::class(class))],
            vec![Line::plain(words::class_meaning(class)), Line::note(needs(class))],
            vec![Line::plain(grouped(totals.classes.of(&class)))],
        ]
    };
    Section {
        text: vec![Line::plain(
            "How far a file can be traced, by the reporting organisation's own rubric, not NCMEC's. It is \
             no priority and no score: a file counts as its best place. In M2 O2 T2 C3 D3 P2 each letter is \
             a dimension from 0 (nothing) to 3: material, origin, time, chain of storage, detection, \
             preservation.",
        )],
        table: Some(Table {
            caption: "Files by class of traceability".to_owned(),
            columns: vec![
                Column::fit("Class"),
                Column::share("Meaning, and what it takes", 1),
                Column::number("Files"),
            ],
            rows: [Class::A, Class::B, Class::C, Class::D].into_iter().map(row).collect(),
        }),
        ..section("How far they can be traced")
    }
}

fn gaps(totals: &Totals) -> Section {
    let row = |(gap, files): (&Gap, u64)| {
        vec![
            vec![Line::plain(gap.what.clone())],
            vec![Line::plain(gap.why)],
            vec![Line::plain(grouped(files))],
            vec![Line::plain(gap.next.clone())],
            vec![Line::plain(gap.whom.clone())],
        ]
    };
    let all = totals.gaps.ranked();
    let mut text = vec![Line::plain(format!(
        "{} of {} lack a fact that is named here. A fact that does not apply is not counted.",
        grouped(totals.gaps_in),
        many(totals.files, "file")
    ))];
    let left = u64::try_from(all.len().saturating_sub(30)).unwrap_or(u64::MAX);
    if left > 0 || totals.gaps.rest > 0 {
        text.push(Line::note(
            "The most frequent kinds; every gap of a file stands in its provenance record.",
        ));
    }
    Section {
        text,
        table: Some(Table {
            caption: "Facts that are missing, most frequent first".to_owned(),
            columns: vec![
                Column::share("Missing", 3),
                Column::share("Why", 3),
                Column::number("Files"),
                Column::share("Next step", 4),
                Column::share("Whom to ask", 4),
            ],
            rows: all.into_iter().take(30).map(row).collect(),
        }),
        ..section("What is missing, and whom to ask")
    }
}

fn tried(totals: &Totals) -> Section {
    let mut text: Vec<Line> =
        totals.tried.kept.iter().map(|tried| Line::plain(format!("{tried}."))).collect();
    if totals.tried.rest > 0 {
        text.push(Line::note("Further attempts stand in the provenance records."));
    }
    if text.is_empty() {
        text.push(if totals.untraced == 0 {
            Line::plain("No file is of class C or D, so nothing had to be tried.")
        } else {
            Line::gap(format!(
                "Nothing is recorded as tried for {} of class C or D.",
                many(totals.untraced, "file")
            ))
        });
    }
    Section { text, ..section(TRIED) }
}

fn before(totals: &Totals) -> Section {
    let mut text: Vec<Line> = totals
        .before
        .kept
        .iter()
        .map(|(case, report)| Line::plain(format!("Case {}: {report}", words::case_number(*case))))
        .collect();
    if totals.before.rest > 0 {
        text.push(Line::note(format!("and {} more", grouped(totals.before.rest))));
    }
    if text.is_empty() {
        text.push(Line::plain(
            "No file of this report was reported before by this organisation, as far as it recorded.",
        ));
    }
    Section { text, ..section("Already reported") }
}

/// Files that are not described one by one: a line each, and a count of those that have none.
pub(super) fn listed(totals: &Totals, rows: &[&file::Row]) -> Section {
    let told = u64::try_from(totals.described.len() + rows.len()).unwrap_or(u64::MAX);
    let mut text = vec![Line::plain(format!(
        "{} are described above. The rest are named here; everything known of each stands in \
         data/provenance, by case number.",
        many(u64::try_from(totals.described.len()).unwrap_or(u64::MAX), "file")
    ))];
    if let Some(left) = totals.files.checked_sub(told).filter(|left| *left > 0) {
        text.push(Line::gap(format!(
            "{} are not named on these pages. data/manifest.json names them all.",
            many(left, "more file")
        )));
    }
    let row = |row: &&file::Row| {
        vec![
            vec![Line::code(row.case.clone())],
            vec![
                Line::code(row.sha256.clone()),
                Line::code(row.place.clone()),
                Line::note(format!("{}; {}", row.matched, row.when)),
            ],
            vec![Line::plain(row.class)],
        ]
    };
    Section {
        text,
        table: Some(Table {
            caption: "Further files".to_owned(),
            columns: vec![
                Column::fit("Case"),
                Column::share("SHA-256, match, place and time", 1),
                Column::fit("Class"),
            ],
            rows: rows.iter().map(row).collect(),
        }),
        ..section("Further files")
    }
}
