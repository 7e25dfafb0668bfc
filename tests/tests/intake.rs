//! Bad input, bad stores and bad machines: each is told by a code of its own, costs nothing else, and can be mended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use casement_tests::casectl::{CASECTL, PASSPHRASE, Said, at, command, lines};
use casement_tests::finds::{find, jpeg, png};
use casement_tests::keys::store_key;
use casement_tests::workspace::{Workspace, copy, undo};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

/// A line, and the code it is left out with; `None` for one that is taken in.
type Row = (String, Option<&'static str>);

fn changed(mut line: Value, pointer: &str, value: Value) -> String {
    *line.pointer_mut(pointer).unwrap() = value;
    line.to_string()
}

/// Good and bad lines in turn. What is good stays good whatever stands beside it.
fn table(office: &Workspace) -> Vec<Row> {
    let quarantine = &office.quarantine;
    let good = |n| quarantine.find(n, &png(n, 12, 9));
    let mut long = good(20);
    long["ext"] = json!({ "raw": "x".repeat(300 * 1024) });
    let mut silent = good(21);
    silent["missing"].as_array_mut().unwrap().pop();
    let absent = find(22, 22, &png(22, 12, 9));
    let ahead = changed(good(23), "/emitted_at", json!("2999-01-01T00:00:00Z"));
    let whole = jpeg(31, 200, 150);
    vec![
        (good(1).to_string(), None),
        (r#"{"schema":"find/v1","find_id":"#.to_owned(), Some("FIND-03")),
        (r#"{"schema":find}"#.to_owned(), Some("FIND-03")),
        (good(2).to_string(), None),
        (String::new(), None),
        (changed(good(24), "/object/digests/sha256", json!("ab".repeat(32))), Some("FIND-07")),
        (absent.to_string(), Some("FIND-06")),
        (good(3).to_string(), None),
        (changed(good(25), "/locator/dataset/version_kind", json!("weekly")), Some("FIND-12")),
        (long.to_string(), Some("FIND-04")),
        (good(4).to_string(), None),
        (changed(good(1), "/matches/0/list/entry_id", json!("e-other")), Some("FIND-09")),
        (quarantine.find(26, b"").to_string(), Some("FIND-05")),
        (changed(quarantine.find(27, b""), "/object/size_bytes", json!(10)), Some("FIND-05")),
        (silent.to_string(), Some("FIND-11")),
        (ahead, Some("FIND-13")),
        (changed(good(28), "/schema", json!("find/v2")), Some("FIND-15")),
        (quarantine.find(30, b"this is text, not a picture").to_string(), None),
        (quarantine.find(31, &whole[..whole.len() / 2]).to_string(), None),
        (good(1).to_string(), None),
        (good(5).to_string(), None),
    ]
}

#[test]
fn every_bad_line_is_told_with_its_number_and_costs_nothing_else() {
    let office = Workspace::new(&["bo"]);
    let table = table(&office);
    // The last line has no line end.
    let text = table.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
    fs::write(&office.quarantine.finds, text).unwrap();
    let expected: Vec<Value> = (1_u64..)
        .zip(&table)
        .filter_map(|(number, (_, code))| code.map(|code| json!([number, code])))
        .collect();
    let told = |run: &Value| -> Vec<Value> {
        run["problems"].as_array().unwrap().iter().map(|p| json!([p["line"], p["code"]])).collect()
    };

    let first = office.import().ends(1).object();
    assert_eq!(told(&first), expected);
    let progress = &first["progress"];
    assert_eq!(
        json!([
            progress["lines"],
            progress["newFinds"],
            progress["known"],
            progress["leftOut"],
            progress["newCases"]
        ]),
        json!([table.len(), 7, 1, expected.len(), 7])
    );
    for problem in first["problems"].as_array().unwrap() {
        assert!(
            problem["wrong"].as_str().unwrap().len() > 8
                && problem["remedy"].as_str().unwrap().len() > 8
        );
        assert!(
            !problem.to_string().contains("images.example"),
            "no content of evidence: {problem}"
        );
    }
    let cases = office.cases();
    assert_eq!(cases.len(), 7);

    // Again: the same is said, and nothing is counted twice.
    let second = office.import().ends(1).object();
    assert_eq!(told(&second), expected);
    assert_eq!(json!([second["progress"]["newFinds"], second["progress"]["known"]]), json!([0, 8]));
    assert_eq!(office.cases(), cases);

    // What was mended comes in; the rest is known.
    let mended: Vec<Value> = (20..29)
        .map(|n| office.quarantine.find(n, &png(n, 12, 9)))
        .chain([find(1, 1, &png(1, 12, 9))])
        .collect();
    office.quarantine.write(&mended);
    let third = office.import().ends(0).object();
    assert_eq!(json!([third["progress"]["newFinds"], third["progress"]["known"]]), json!([9, 1]));
    assert_eq!(office.cases().len(), 16);
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));

    files_that_are_no_pictures(&office);
}

/// They come in, since their bytes match; looking at them is refused in words, or shows what could be read.
fn files_that_are_no_pictures(office: &Workspace) {
    let rows = office.cases();
    let case_of =
        |entry: &str| rows.iter().find(|row| row["entry"] == entry).unwrap()["case"].to_string();
    let png = office.dir.path().join("veiled.png");
    let out = png.to_str().unwrap();
    let text = case_of("e-30");
    office.run("bo", &["claim", &text]).ends(0);
    office.run("bo", &["view", &text, "--level", "mosaic", "--out", out]).fails(3, "VEIL-65");
    assert!(!png.exists());
    let seen = office.run("bo", &["show", &text]).ends(0).object()["view"]["seen"].clone();
    assert_eq!(
        json!([seen[0]["ms"], seen[0]["open"]]),
        json!([0, false]),
        "nothing was shown, and the ledger says so"
    );
    office.run("bo", &["decide", &text, "not-a-match"]).ends(0);

    let half = case_of("e-31");
    office.run("bo", &["claim", &half]).ends(0);
    office.run("bo", &["view", &half, "--level", "mosaic", "--out", out]).ends(0);
    assert!(png.exists());
}

#[test]
fn an_import_from_a_stream_is_the_same_import() {
    let office = Workspace::new(&[]);
    office.quarantine.fill(30, 10);
    let bytes = office.quarantine.bytes.to_str().unwrap();
    let stream = || {
        let mut import = command(&at(&office.store, "ada", &["import", "-", "--bytes", bytes]));
        import.stdin(fs::File::open(&office.quarantine.finds).unwrap());
        Said::of(import.output().unwrap()).ends(0).object()["progress"].clone()
    };
    let first = stream();
    assert_eq!(
        json!([first["newFinds"], first["newCases"], first["totalBytes"]]),
        json!([30, 10, 0])
    );
    let cases = office.cases();
    assert_eq!(
        json!([stream()["known"], office.import().ends(0).object()["progress"]["known"]]),
        json!([30, 30])
    );
    assert_eq!(office.cases(), cases);
}

#[test]
fn what_is_wrong_with_a_store_is_told_apart() {
    let office = Workspace::filled(&[], 40, 0);
    let spoilt = |name: &str, spoil: &dyn Fn(&Path)| {
        let store = office.dir.path().join(name);
        copy(&office.store, &store);
        spoil(&store);
        casement_tests::casectl::run(&at(&store, "ada", &["verify"]))
    };
    spoilt("no-keyring", &|store| fs::remove_file(store.join("keyring.json")).unwrap())
        .fails(4, "STORE-01");
    spoilt("half-keyring", &|store| {
        let text = fs::read(store.join("keyring.json")).unwrap();
        fs::write(store.join("keyring.json"), &text[..text.len() / 2]).unwrap();
    })
    .fails(4, "KEYS-01");
    spoilt("no-store", &|store| fs::remove_file(store.join("store.db")).unwrap())
        .fails(4, "STORE-03");
    let scribble = |store: &Path, from: usize, to: usize| {
        let mut bytes = fs::read(store.join("store.db")).unwrap();
        let to = to.min(bytes.len());
        bytes[from..to].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(store.join("store.db"), bytes).unwrap();
    };
    spoilt("no-header", &|store| scribble(store, 0, 4_096)).fails(4, "STORE-02");
    spoilt("half-scribbled", &|store| scribble(store, 40_960, usize::MAX)).fails(4, "STORE-02");
    spoilt("cut", &|store| {
        let file = fs::File::options().write(true).open(store.join("store.db")).unwrap();
        file.set_len(20_000).unwrap();
    })
    .fails(4, "STORE-02");
    let mut wrong = command(&at(&office.store, "ada", &["verify"]));
    Said::of(wrong.env("CASEMENT_PASSPHRASE", "wrong, and long enough").output().unwrap())
        .fails(4, "UNLOCK-01");
    office.ada(&["verify"]).ends(0);
}

async fn raw(store: &Path) -> SqliteConnection {
    let key = store_key(store, "ada", PASSPHRASE);
    SqliteConnectOptions::new()
        .filename(store.join("store.db"))
        .pragma("key", key)
        .connect()
        .await
        .unwrap()
}

async fn tables(connection: &mut SqliteConnection) -> Vec<String> {
    sqlx::query_scalar("SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1")
        .fetch_all(connection)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_store_is_copied_and_brought_up_to_date_and_a_newer_one_is_refused() {
    let office = Workspace::filled(&[], 5, 0);
    let cases = office.cases();
    let mut connection = raw(&office.store).await;
    let now = tables(&mut connection).await;
    // Back to before the last migration: what it made is dropped, and forgotten.
    let newest: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    for sql in undo(newest) {
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    let before = tables(&mut connection).await;
    assert!(before.len() < now.len());
    connection.close().await.unwrap();

    assert_eq!(office.cases(), cases);
    let mut connection = raw(&office.store).await;
    assert_eq!(tables(&mut connection).await, now);
    connection.close().await.unwrap();
    // The copy is the store as it was, under the same key.
    let kept = office.dir.path().join("kept");
    copy(&office.store, &kept);
    fs::rename(kept.join(format!("store-before-{}.db", newest - 1)), kept.join("store.db"))
        .unwrap();
    let mut connection = raw(&kept).await;
    assert_eq!(tables(&mut connection).await, before);
    connection.close().await.unwrap();

    let mut connection = raw(&office.store).await;
    connection
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', TRUE, x'00', 0)",
        )
        .await
        .unwrap();
    connection.close().await.unwrap();
    let bytes = fs::read(office.store.join("store.db")).unwrap();
    office.ada(&["queue"]).fails(4, "STORE-04");
    assert_eq!(
        fs::read(office.store.join("store.db")).unwrap(),
        bytes,
        "a refused store is not touched"
    );
}

fn root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_read_only_folder_is_told_and_left_alone() {
    let office = Workspace::filled(&[], 3, 0);
    let modes = |folder: u32, file: u32| {
        for path in ["", "vault", "keyring.json", "store.db"].map(|name| office.store.join(name)) {
            let mode = if path.is_dir() { folder } else { file };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    modes(0o555, 0o444);
    let (finds, bytes) =
        (office.quarantine.finds.to_str().unwrap(), office.quarantine.bytes.to_str().unwrap());
    let verb = at(&office.store, "ada", &["import", finds, "--bytes", bytes]);
    let mut import = if root() {
        // Modes do not bind root: someone else tries, with a copy of the program they can reach.
        fs::set_permissions(office.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = office.dir.path().join("casectl");
        fs::copy(&*CASECTL, &program).unwrap();
        let mut import = Command::new("setpriv");
        import
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .arg(program)
            .args(verb);
        import.env("CASEMENT_PASSPHRASE", PASSPHRASE).stdin(Stdio::null());
        import
    } else {
        command(&verb)
    };
    Said::of(import.output().unwrap()).fails(4, "STORE-06");
    modes(0o755, 0o644);
    assert_eq!(office.import().ends(0).object()["progress"]["known"], 3);
}

/// In a file system of its own that is too small. The store is put on it, fills it, and is given room again.
const FULL: &str = r#"
set -eu
mount -t tmpfs -o size="$SIZE" tmpfs "$STORE"
cp -a "$UNTOUCHED"/. "$STORE"/
set +e
"$@" > "$OUT/full.out" 2> "$OUT/full.err"; echo $? > "$OUT/full.code"
mount -o remount,size=256m "$STORE"
"$@" > "$OUT/again.out" 2> "$OUT/again.err"; echo $? > "$OUT/again.code"
"$CASECTL" verify --store "$STORE" --as ada --json > "$OUT/verify.out" 2> "$OUT/verify.err"
"#;

/// Six megabytes in three batches, onto a disk of four.
const FINDS: u32 = 300;

#[test]
fn a_full_disk_keeps_what_was_acknowledged_and_can_be_mended() {
    let office = Workspace::new(&[]);
    office.quarantine.scatter(FINDS, 20, 20_000);
    let (finds, bytes) =
        (office.quarantine.finds.to_str().unwrap(), office.quarantine.bytes.to_str().unwrap());
    let untouched = office.dir.path().join("untouched");
    copy(&office.store, &untouched);
    let import = command(&at(&office.store, "ada", &["import", finds, "--bytes", bytes]));
    let mut inside = Command::new("unshare");
    if !root() {
        inside.arg("--map-root-user");
    }
    inside
        .args(["--mount", "sh", "-c", FULL, "sh"])
        .arg(import.get_program())
        .args(import.get_args());
    inside.env("CASEMENT_PASSPHRASE", PASSPHRASE).env("CASECTL", &*CASECTL).env("SIZE", "4m");
    inside.env("STORE", &office.store).env("UNTOUCHED", &untouched).env("OUT", office.dir.path());
    let tried = Said::of(inside.output().unwrap());
    let read = |name: &str| fs::read_to_string(office.dir.path().join(name)).unwrap_or_default();
    if read("full.code").is_empty() {
        println!(
            "no file system of one's own here ({}); files are limited instead",
            tried.err.trim()
        );
        return limited(&office, import);
    }
    assert_eq!(read("full.code"), "4\n", "{}{}", read("full.err"), read("full.out"));
    let said = lines(&read("full.err"));
    assert_eq!(said.last().unwrap()["code"], "STORE-08");
    let kept = said.iter().filter_map(|line| line["newFinds"].as_u64()).max().unwrap();
    assert!(kept > 0 && kept < u64::from(FINDS), "the disk filled after {kept} finds");
    assert_eq!(read("again.code"), "1\n", "{}", read("again.err"));
    let again = lines(&read("again.out")).remove(0)["progress"].clone();
    assert_eq!(json!([again["known"], again["newFinds"]]), json!([kept, u64::from(FINDS) - kept]));
    assert_eq!(lines(&read("verify.out"))[0]["findings"], json!([]));
}

/// Where no file system can be mounted: no file may grow beyond a limit.
fn limited(office: &Workspace, import: Command) {
    let mut small = Command::new("prlimit");
    small.args(["--fsize=1500000", "sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    small.arg(import.get_program()).args(import.get_args()).env("CASEMENT_PASSPHRASE", PASSPHRASE);
    Said::of(small.output().unwrap()).ends(4);
    let again = office.import().ends(1).object()["progress"].clone();
    assert_eq!(
        again["known"].as_u64().unwrap() + again["newFinds"].as_u64().unwrap(),
        u64::from(FINDS)
    );
    assert_eq!(office.ada(&["verify"]).ends(0).object()["findings"], json!([]));
}
