//! What a fact that comes later changes, and what it leaves as it was.

use std::fs;
use std::path::PathBuf;

use casement_tests::casectl::{at, run};
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};

use crate::{FIRST, bare, classes, enrich, file, office, sighting, sound, step};

#[test]
fn three_enrichments_move_a_case_from_supplier_to_origin_and_overwrite_nothing() {
    let office = office(&[1, 2], |_, find| find);
    assert_eq!(sighting(&office, "1", 0)["completeness"]["class"], "C");
    assert_eq!(classes(&office), [0, 0, 2, 0]);
    let before = office.cases();
    assert_eq!(before[0]["class"], "C");

    // Shard statistics give the interval, of both sightings.
    let stats = file(
        &office,
        "00001_stats.json",
        r#"{"count": 2, "start_time": 1762052400.5, "end_time": 1762053120.25}"#,
    );
    let told = enrich(&office, &stats, &["--kind", "stats"]).ends(0).object();
    assert_eq!(told["attempt"]["counts"]["facts"], 4, "interval and precision of both: {told}");
    assert_eq!(told["moves"], json!([]), "a time alone opens no gate");
    let shown = sighting(&office, "1", 0);
    assert_eq!(step(&shown, "Fetched")["value"], "2025-11-02 03:00 to 03:12 UTC");
    let note = step(&shown, "Fetched")["note"].as_str().unwrap();
    let leaf = told["attempt"]["leaf"].to_string();
    assert!(note.contains("00001_stats.json") && note.contains(&format!("leaf {leaf}")), "{note}");

    // Pointer rows give the addresses of one.
    let rows = file(
        &office,
        "pointers.csv",
        "uid,url,text,page_url\n00000000000000000000000000000001,https://images.example/1.png,\"a caption, of nothing\",https://gallery.example/p/1\n\
         00000000000000000000000000000099,https://images.example/99.png,x,\n",
    );
    let told = enrich(&office, &rows, &["--kind", "pointer"]).ends(0).object();
    assert_eq!(told["moves"], json!([{ "from": "C", "to": "B", "sightings": 1 }]));
    let shown = sighting(&office, "1", 0);
    assert_eq!(step(&shown, "Source page")["kind"], "present");
    assert_eq!(step(&shown, "Source page")["value"], "hxxps://gallery[.]example/p/1");
    assert!(!shown.to_string().contains("a caption"), "the text beside a picture is not kept");
    let row = &office.cases()[0];
    assert_eq!(row["class"], "B");

    // An answer gives the digest of what was fetched: material at 2, and with it class A.
    let answer = file(
        &office,
        "answer.jsonl",
        &format!("{}\n", json!({ "find_id": FIRST, "as_fetched_digests": "ab".repeat(32) })),
    );
    let told = enrich(&office, &answer, &["--kind", "answer"]).ends(0).object();
    assert_eq!(told["moves"], json!([{ "from": "B", "to": "A", "sightings": 1 }]));
    assert_eq!(classes(&office), [1, 0, 1, 0]);
    let gaps = office.ada(&["gaps"]).ends(0).object();
    let missing = |field: &str| -> u64 {
        let rows =
            gaps["groups"].as_array().unwrap().iter().flat_map(|g| g["rows"].as_array().unwrap());
        rows.filter(|row| row["field"] == field).map(|row| row["sightings"].as_u64().unwrap()).sum()
    };
    assert_eq!([missing("acquisition.page_url"), missing("acquisition.server_ip")], [1, 2]);

    // What differs is kept beside what is there.
    let form = ["enrich", "--case", "1", "--find", FIRST, "--source", "a letter", "--fact"];
    let page = "page_url=https://other.example/p/7";
    let told = office.run("bo", &[&form[..], &[page]].concat()).ends(0).object();
    assert_eq!(
        json!([told["attempt"]["counts"]["facts"], told["attempt"]["counts"]["conflicts"]]),
        json!([0, 1])
    );
    let shown = sighting(&office, "1", 0);
    assert_eq!(step(&shown, "Source page")["value"], "hxxps://gallery[.]example/p/1");
    assert_eq!(step(&shown, "Source page, differing")["value"], "hxxps://other[.]example/p/7");

    // Again: everything is known, nothing is doubled.
    for (path, kind) in [(&stats, "stats"), (&rows, "pointer"), (&answer, "answer")] {
        let told = enrich(&office, path, &["--kind", kind]).ends(0).object();
        assert_eq!(told["attempt"]["outcome"], "already-known", "{told}");
        assert_eq!(told["attempt"]["counts"]["conflicts"], 0);
    }
    let told = office.run("bo", &[&form[..], &[page]].concat()).ends(0).object();
    assert_eq!(told["attempt"]["outcome"], "already-known");
    assert_eq!(sighting(&office, "1", 0), shown);
    let history = office.ada(&["history", "--kind", "enrichment"]).ends(0).lines();
    assert_eq!(history.len(), 8, "each attempt is a leaf, also one that found nothing new");
    assert!(history.iter().all(|act| act["words"] == "Enquiry recorded"));
    assert!(
        history.iter().any(|act| act["what"] == "form, found, acquisition.page_url, 1 conflicts")
    );
    sound(&office);
}

#[test]
fn a_report_says_what_was_tried_and_what_came_later() {
    let office = office(&[1], |_, find| find);
    let organisation = office.file(
        "organisation.json",
        &json!({
            "name": "Example Lab", "email": "reports@lab.example",
            "contact": { "email": "desk@lab.example" }, "company_template": "Legal process: legal@lab.example.",
        }),
    );
    office.ada(&["organisation", "set", organisation.to_str().unwrap()]).ends(0);
    let ask = [
        "enrich",
        "--dataset",
        "example/synthetic",
        "--field",
        "page_url",
        "--source",
        "Example Supplier",
    ];
    let told = office
        .ada(&[&ask[..], &["--outcome", "asked", "--due", "2031-12-03"]].concat())
        .ends(0)
        .object();
    assert_eq!(told["attempt"]["words"], "No answer yet, due 2031-12-03.");

    let gap = [
        "gaps",
        "--dataset",
        "example/synthetic",
        "--field",
        "page_url",
        "--reason",
        "discarded_upstream",
    ];
    let detail = office.ada(&gap).ends(0).object();
    assert_eq!(json!([detail["row"]["sightings"], detail["cases"]]), json!([1, 1]));
    assert_eq!(detail["effect"]["words"], "O0 → O1, class unchanged");
    assert_eq!(detail["row"]["ask"], "abuse@supplier[.]example");
    let says = detail["reportSentence"].as_str().unwrap();
    assert!(
        says.starts_with("Source page unknown: Example Supplier asked 20")
            && says.ends_with("no answer yet."),
        "{says}"
    );
    let request = detail["request"].as_str().unwrap();
    assert!(request.contains(FIRST) && request.contains("00000000000000000000000000000001"));
    assert!(!request.contains("://") && !request.contains("supplier.example"));
    assert_eq!(detail["page"]["cases"][0]["case"], 1);

    office.run("bo", &["decide", "1", "confirmed", "--class", "B2"]).ends(0);
    let source = office.ada(&["package"]).ends(0).lines()[0]["source"].as_str().unwrap().to_owned();
    assert_eq!(source, "dataset:example/synthetic");
    let seal = |name: &str, source: &str| {
        let out = office.dir.path().join(name);
        fs::create_dir(&out).unwrap();
        let copied = office.dir.path().join(format!("{name}-store"));
        copy(&office.store, &copied);
        let verb = ["package", "--source", source, "--out", out.to_str().unwrap()];
        let sealed = run(&at(&copied, "ada", &verb)).ends(0).object();
        let bag = PathBuf::from(sealed["path"].as_str().unwrap()).join("data");
        (
            fs::read_to_string(bag.join("summary.txt")).unwrap(),
            fs::read_to_string(bag.join("files/000001.fileDetails.xml")).unwrap(),
            fs::read_to_string(bag.join("provenance/000001.json")).unwrap(),
        )
    };
    let (summary, details, _) = seal("before", &source);
    assert!(summary.contains("Tried: Example Supplier asked "), "{summary}");
    assert!(details.contains("; tried: Example Supplier asked "), "{details}");
    assert!(!details.contains("attached_later"));

    office
        .run(
            "bo",
            &[
                "enrich",
                "--case",
                "1",
                "--source",
                "Example Supplier",
                "--fact",
                "page_url=https://gallery.example/p/1",
            ],
        )
        .ends(0);
    let source = office.ada(&["package"]).ends(0).lines()[0]["source"].as_str().unwrap().to_owned();
    assert_eq!(source, "host:gallery.example", "the source follows what is known");
    let (_, details, record) = seal("after", &source);
    assert!(details.contains("page_url: https://gallery.example/p/1"), "{details}");
    assert!(details.contains("attached_later.1: acquisition.page_url; from Example Supplier"));
    let record: Value = serde_json::from_str(&record).unwrap();
    let place = &record["sightings"][0];
    assert_eq!(
        place["find"]["acquisition"].get("page_url"),
        None,
        "the find stays as it was reported"
    );
    assert_eq!(place["attached_later"][0]["value"], "https://gallery.example/p/1");
    sound(&office);
}

#[test]
fn a_crawl_index_dates_what_came_from_the_crawl_and_only_points_at_the_rest() {
    let office = office(&[1, 2], |number, mut find| {
        if number == 1 {
            find["locator"]["dataset"]["version_kind"] = json!("crawl_id");
            find["locator"]["dataset"]["version"] = json!("EXAMPLE-2025-44");
            find["locator"]["steps"] = json!([
                { "kind": "warc_record", "uri": "s3://crawl/segments/x.warc.gz", "offset": 385, "length": 387 },
            ]);
        } else {
            find["acquisition"]["origin_url"] = json!("https://images.example/2.png");
            let missing = find["missing"].as_array_mut().unwrap();
            missing.retain(|missing| missing["field"] != "acquisition.origin_url");
        }
        find
    });
    let lines = [
        r#"example,images)/1.png 20251102030405 {"url": "https://images.example/1.png", "mime": "image/png", "status": "200", "digest": "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "length": "387", "offset": "385", "filename": "segments/x.warc.gz"}"#,
        "example,images)/2.png not-a-time {\"url\": \"https://images.example/2.png\"}",
        r#"example,images)/2.png 20251102030409 {"url": "http://images.example/2.png", "status": "200", "offset": "9000", "filename": "segments/y.warc.gz"}"#,
        "no json here",
    ];
    let path = file(&office, "lines.cdxj", &lines.join("\n"));
    let told = enrich(&office, &path, &["--kind", "cdx"]).ends(1).object();
    let problems: Vec<Value> = told["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| json!([p["line"], p["code"]]))
        .collect();
    assert_eq!(problems, [json!([2, "ENRICH-24"]), json!([4, "ENRICH-24"])]);
    assert!(!told.to_string().contains("images.example"), "no content of evidence: {told}");
    let first = sighting(&office, "1", 0);
    assert_eq!(step(&first, "Fetched")["value"], "2025-11-02 03:04:05 UTC");
    assert_eq!(step(&first, "Image URL")["value"], "hxxps://images[.]example/1.png");
    let second = sighting(&office, "2", 0);
    assert_eq!(
        second["when"],
        Value::Null,
        "when a crawl saw an address is not when it was fetched"
    );
    assert!(second["trail"].to_string().contains("y.warc.gz"), "{second}");
    sound(&office);
}

#[test]
fn the_same_bytes_in_two_shards_are_one_item_in_the_class_of_the_better_place() {
    let office = Workspace::new(&[]);
    let (mut poor, mut good) = (bare(&office, 1), bare(&office, 1));
    good["find_id"] = json!("00000000-0000-4000-8000-0000000000aa");
    good["locator"]["steps"][0]["uri"] = json!("00002.tar");
    poor["locator"]["dataset"]["version_kind"] = json!("unversioned");
    office.quarantine.write(&[poor, good]);
    let run = office.import().ends(0).object();
    assert_eq!(json!([run["progress"]["newFinds"], run["progress"]["newCases"]]), json!([2, 1]));
    let case = office.ada(&["show", "1"]).ends(0).object();
    let places: Vec<&Value> =
        case["sightings"].as_array().unwrap().iter().map(|s| &s["completeness"]["class"]).collect();
    assert_eq!(places, ["D", "C"]);
    assert_eq!(office.cases()[0]["class"], "C");
    // A fact about one place is a fact about that place.
    let shown = [
        "enrich",
        "--case",
        "1",
        "--find",
        FIRST,
        "--source",
        "a letter",
        "--fact",
        "server_ip=192.0.2.7",
    ];
    office.ada(&shown).ends(0);
    assert_eq!(step(&sighting(&office, "1", 0), "Server address")["kind"], "present");
    assert_eq!(step(&sighting(&office, "1", 1), "Server address")["kind"], "gap");
    sound(&office);
}

#[test]
fn what_cannot_be_attached_is_said_with_its_line() {
    let office = office(&[1], |_, find| find);
    let answer = file(
        &office,
        "answer.csv",
        &format!(
            "find_id,server_ip,fetched_at\n{FIRST},192.0.2.7,2999-01-01T00:00:00Z\n,192.0.2.8,\n{FIRST},,yesterday\n{FIRST},,\n"
        ),
    );
    let told = enrich(&office, &answer, &["--kind", "answer"]).ends(1).object();
    let problems: Vec<Value> = told["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| json!([p["line"], p["code"]]))
        .collect();
    assert_eq!(
        problems,
        [
            json!([2, "FIND-13"]),
            json!([3, "ENRICH-27"]),
            json!([4, "ENRICH-28"]),
            json!([5, "ENRICH-29"])
        ]
    );
    assert_eq!(told["attempt"]["counts"]["facts"], 1, "the address beside the bad time is good");
    let form = |fact: &str| office.ada(&["enrich", "--case", "1", "--source", "x", "--fact", fact]);
    form("find_id=1").fails(2, "ENRICH-12");
    form("http_status=ok").fails(2, "ENRICH-07");
    office
        .ada(&["enrich", "--case", "9", "--source", "x", "--fact", "server_ip=192.0.2.1"])
        .ends(2);
    office
        .ada(&["enrich", "--dataset", "nobody", "--outcome", "asked", "--source", "x"])
        .fails(2, "ENRICH-04");
    for wrong in [
        "origin_url=foo",
        "page_url=javascript:alert(1)",
        "server_ip=not-an-ip",
        "http_status=9999",
        "media_type=banana",
    ] {
        form(wrong).fails(2, "ENRICH-07");
    }
    office.ada(&["enrich", "gone.csv", "--kind", "answer"]).fails(2, "ENRICH-02");
    // What cannot be read was not searched: no attempt is on record, and no report will say that one was made.
    let attempts = || office.ada(&["history", "--kind", "trail"]).ends(0).lines().len();
    let before = attempts();
    let packed = office.dir.path().join("packed.cdxj.gz");
    fs::write(&packed, b"\x1f\x8b\x08\x00\xff\n\xfe\xfd\n").unwrap();
    for kind in ["cdx", "pointer", "answer", "stats"] {
        office.ada(&["enrich", packed.to_str().unwrap(), "--kind", kind]).fails(2, "ENRICH-14");
    }
    assert_eq!(attempts(), before);
    sound(&office);
}
