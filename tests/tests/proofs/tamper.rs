//! Somebody with the key of the store and the will, or a package rebuilt so that its bag is whole: what each change is
//! noticed by.

use std::fs;
use std::path::Path;

use casement_tests::casectl::PASSPHRASE;
use casement_tests::keys::store_key;
use casement_tests::oracles::ask;
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::{failed, sealed, tlog};

async fn open(space: &Workspace) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(space.store.join("store.db"))
        .pragma("key", store_key(&space.store, "ada", PASSPHRASE))
        .connect()
        .await
        .unwrap()
}

/// Each of these acts on the ledger, with every guard taken away first, and must be seen by `casectl verify`.
#[tokio::test(flavor = "multi_thread")]
async fn no_leaf_can_be_changed_swapped_or_dropped() {
    let space = Workspace::new(&["bo", "cy"]);
    let kept = space.dir.path().join("kept");
    space.ada(&["checkpoint", "--out", kept.to_str().unwrap()]).ends(0);
    let unguarded = "DROP TRIGGER ledger_leaf_next; DROP TRIGGER ledger_leaf_update; DROP TRIGGER ledger_leaf_delete;
         DROP TRIGGER act_next; DROP TRIGGER act_update; DROP TRIGGER act_delete; PRAGMA foreign_keys = OFF;";
    let changes = [
        ("flip a byte", "UPDATE ledger_leaf SET leaf = CAST(replace(CAST(leaf AS TEXT), 'supervisor', 'supervisos') AS BLOB) WHERE seq = 2"),
        ("swap two", "UPDATE ledger_leaf SET leaf = CASE seq WHEN 2 THEN (SELECT leaf FROM ledger_leaf WHERE seq = 3)
                      ELSE (SELECT leaf FROM ledger_leaf WHERE seq = 2) END WHERE seq IN (2, 3)"),
        ("drop the middle", "DELETE FROM act WHERE seq = 3; DELETE FROM ledger_leaf WHERE seq = 3"),
        ("drop the tail", "DELETE FROM act WHERE seq >= 4; DELETE FROM ledger_leaf WHERE seq >= 4"),
        ("change a body", "UPDATE act SET body = replace(body, 'R-01', 'R-09') WHERE kind = 'account.added'"),
    ];
    for (what, change) in changes {
        let other = Workspace::new(&[]);
        fs::remove_dir_all(&other.store).unwrap();
        copy(&space.store, &other.store);
        let mut connection = open(&other).await;
        connection.execute(unguarded).await.unwrap();
        connection.execute(change).await.unwrap();
        connection.close().await.unwrap();
        assert_eq!(other.ada(&["verify"]).code, 1, "{what}");
    }
    // Guarded, the store itself refuses, and no leaf is longer than a tile's entry.
    let mut connection = open(&space).await;
    for refused in [
        "UPDATE checkpoint SET size = 1",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO checkpoint SELECT * FROM checkpoint",
        "UPDATE ledger_key SET vkey = 'x'",
        "DELETE FROM ledger_key",
        "INSERT INTO ledger_leaf (seq, leaf) VALUES ((SELECT max(seq) + 1 FROM ledger_leaf), zeroblob(65536))",
    ] {
        assert!(connection.execute(refused).await.is_err(), "{refused}");
    }
    // A checkpoint that was signed and is gone, or another in its place.
    connection.execute("DROP TRIGGER checkpoint_update").await.unwrap();
    connection.execute("UPDATE checkpoint SET root = zeroblob(32)").await.unwrap();
    connection.close().await.unwrap();
    space.ada(&["verify"]).ends(1);
}

/// Makes the bag whole again around whatever was changed in it, and its manifest too.
fn rebuild(package: &Path) {
    const SCRIPT: &str = r#"
import hashlib, json, pathlib, sys
bag = pathlib.Path(sys.argv[1])
index = bag / "data/manifest.json"
manifest = json.loads(index.read_text())
for case in manifest["cases"]:
    case["documents"] = {}
manifest["documents"] = {name: hashlib.sha256((bag / name).read_bytes()).hexdigest()
    for name in sorted(str(p.relative_to(bag)) for p in (bag / "data").rglob("*") if p.is_file()) if name != "data/manifest.json"}
index.write_text(json.dumps(manifest, indent=2) + "\n")
payload = sorted(str(p.relative_to(bag)) for p in (bag / "data").rglob("*") if p.is_file())
size = sum((bag / name).stat().st_size for name in payload)
info = bag / "bag-info.txt"
info.write_text("".join(line if not line.startswith("Payload-Oxum") else f"Payload-Oxum: {size}.{len(payload)}\n"
    for line in info.read_text().splitlines(True)))
def write(prefix, names):
    for algorithm in ("sha256", "sha512"):
        (bag / f"{prefix}-{algorithm}.txt").write_text("".join(
            hashlib.new(algorithm, (bag / name).read_bytes()).hexdigest() + "  " + name + "\n" for name in names))
write("manifest", payload)
write("tagmanifest", ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt"])
"#;
    assert!(ask(&["-c", SCRIPT], &[package]).status.success());
    assert!(ask(&["-m", "bagit", "--validate", "--quiet"], &[package]).status.success());
}

fn edit(file: &Path, change: impl Fn(String) -> String) {
    let text = fs::read_to_string(file).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "{}", file.display());
    fs::write(file, changed).unwrap();
}

#[test]
fn a_package_rebuilt_around_a_lie_is_seen_through() {
    let office = sealed(2);
    let place = tempfile::tempdir().unwrap();
    let copied = place.path().join("R-0001");
    let data = copied.join("data");
    let number = {
        let manifest: Value =
            serde_json::from_slice(&fs::read(office.package.join("data/manifest.json")).unwrap())
                .unwrap();
        format!("{:06}", manifest["cases"][0]["case"].as_u64().unwrap())
    };
    let path = |what: &str| data.join(what.replace('#', &number));
    let forged = |t: String| {
        t.replace(
            "<fileViewedByEsp>false</fileViewedByEsp>",
            "<fileViewedByEsp>true</fileViewedByEsp>",
        )
    };
    type Lie<'a> = (&'a str, Box<dyn Fn() + 'a>, &'a str);
    let lies: Vec<Lie<'_>> = vec![
        ("nothing", Box::new(|| {}), ""),
        (
            "another verdict in the record",
            Box::new(|| {
                edit(&path("provenance/#.json"), |t| t.replace("\"confirmed\"", "\"not-a-match\""))
            }),
            "decisions",
        ),
        (
            "another rationale in the record",
            Box::new(|| {
                edit(&path("provenance/#.json"), |t| t.replace("\"layout\"", "\"colour\""))
            }),
            "decisions",
        ),
        (
            "another body",
            Box::new(|| edit(&path("proofs/#.body.json"), |t| t.replace("layout", "colour"))),
            "proofs",
        ),
        (
            "another leaf",
            Box::new(|| edit(&path("proofs/#.leaf.json"), |t| t.replace("reviewer", "reviewes"))),
            "proofs",
        ),
        (
            "another salt",
            Box::new(|| {
                edit(&path("proofs/#.tlog-proof"), |t| {
                    let salt = t.lines().nth(1).unwrap().to_owned();
                    t.replace(&salt, "extra AAAAAAAAAAAAAAAAAAAAAA==")
                })
            }),
            "proofs",
        ),
        (
            "another index",
            Box::new(|| edit(&path("proofs/#.tlog-proof"), |t| t.replacen("index ", "index 1", 1))),
            "proofs",
        ),
        (
            "a step of the way left out",
            Box::new(|| {
                edit(&path("proofs/#.tlog-proof"), |t| {
                    let step = t.lines().nth(3).unwrap().to_owned();
                    t.replacen(&format!("{step}\n"), "", 1)
                })
            }),
            "proofs",
        ),
        ("no proof", Box::new(|| fs::remove_file(path("proofs/#.tlog-proof")).unwrap()), "proofs"),
        (
            "another size",
            Box::new(|| edit(&path("checkpoint"), |t| t.replacen('\n', "\n1", 1))),
            "checkpoint",
        ),
        (
            "a further line",
            Box::new(|| edit(&path("checkpoint"), |t| t.replacen("\n\n", "\nmore\n\n", 1))),
            "checkpoint",
        ),
        ("no checkpoint", Box::new(|| fs::remove_file(path("checkpoint")).unwrap()), "checkpoint"),
        (
            "another digest in the graph",
            Box::new(|| {
                edit(&path("case/#.jsonld"), |t| {
                    let at = t.find("\"SHA256\"").unwrap();
                    let value = t[at..].find("\"@value\":\"").unwrap() + at + 10;
                    let other = if &t[value..=value] == "A" { "B" } else { "A" };
                    format!("{}{other}{}", &t[..value], &t[value + 1..])
                })
            }),
            "graphs",
        ),
        (
            "a graph left out",
            Box::new(|| fs::remove_file(path("case/#.jsonld")).unwrap()),
            "graphs",
        ),
        (
            "a picture",
            Box::new(|| fs::write(path("files/a.txt"), b"\x89PNG\r\n\x1a\n....").unwrap()),
            "no pictures",
        ),
        (
            "a viewing in the details alone",
            Box::new(|| edit(&path("files/#.fileDetails.xml"), forged)),
            "viewing",
        ),
        (
            "a viewing that nobody attested",
            Box::new(|| {
                edit(&path("files/#.fileDetails.xml"), forged);
                edit(&path("manifest.json"), |t| {
                    t.replacen("\"file_viewed\":false", "\"file_viewed\":true", 1)
                });
            }),
            "viewing",
        ),
        (
            "a viewing by the proof of a decision",
            Box::new(|| {
                edit(&path("files/#.fileDetails.xml"), forged);
                edit(&path("manifest.json"), |t| {
                    t.replacen("\"file_viewed\":false", "\"file_viewed\":true", 1)
                });
                for part in ["leaf.json", "body.json", "tlog-proof"] {
                    let from = path(&format!("proofs/#.{part}"));
                    fs::copy(from, path(&format!("proofs/#.attested.{part}"))).unwrap();
                }
            }),
            "viewing",
        ),
        (
            "XML out of order",
            Box::new(|| {
                edit(&path("report.xml"), |t| {
                    t.replacen("<incidentSummary>", "<reporter></reporter><incidentSummary>", 1)
                })
            }),
            "documents",
        ),
    ];
    for (what, lie, seen_by) in lies {
        let _ = fs::remove_dir_all(&copied);
        copy(&office.package, &copied);
        lie();
        rebuild(&copied);
        let failed = failed(&copied);
        match seen_by {
            "" => assert_eq!(failed, Vec::<String>::new()),
            _ => assert!(failed.iter().any(|check| check == seen_by), "{what}: {failed:?}"),
        }
        // The workspace never takes a rebuilt package for its own.
        office.space.ada(&["verify", "--package", copied.to_str().unwrap()]).ends(1);
        if seen_by == "proofs" {
            assert!(tlog(&["package"], &copied).is_err(), "{what}");
        }
    }
}

/// The whole package signed anew by a key of the same name: an outsider who was given the key sees it, and so does the
/// workspace.
#[test]
fn a_key_of_the_same_name_is_another_key() {
    const SCRIPT: &str = r#"
import base64, hashlib, pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
data = pathlib.Path(sys.argv[1]) / "data"
name = (data / "vkey").read_text().split("+")[0]
key = Ed25519PrivateKey.generate()
public = b"\x01" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
ident = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
old = (data / "checkpoint").read_text()
text = old.split("\n\n")[0] + "\n"
new = text + "\n\u2014 " + name + " " + base64.b64encode(ident + key.sign(text.encode())).decode() + "\n"
(data / "vkey").write_text(name + "+" + ident.hex() + "+" + base64.b64encode(public).decode() + "\n")
(data / "checkpoint").write_text(new)
for proof in (data / "proofs").glob("*.tlog-proof"):
    proof.write_text(proof.read_text().replace(old, new))
"#;
    let office = sealed(1);
    let vkey = office.space.ada(&["vkey"]).ends(0).object()["vkey"].as_str().unwrap().to_owned();
    assert!(ask(&["-c", SCRIPT], &[&office.package]).status.success());
    rebuild(&office.package);
    assert_eq!(failed(&office.package), Vec::<String>::new(), "nothing in it says whose key it is");
    let dir = office.package.to_str().unwrap();
    let found =
        casement_tests::casectl::run(&["verify", "--package", dir, "--vkey", &vkey, "--json"]);
    assert_eq!(
        found.ends(1).object()["findings"],
        json!(["The package is signed by another key than the one it is compared with."])
    );
    office.space.ada(&["verify", "--package", dir]).ends(1);
}
