//! Who depends on whom, by cargo's own account of the workspace.
//! Judges what is resolved, so a dependency of a dependency is seen as well.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::house::{none, read, texts, top};

/// Cargo's account of the workspace.
pub(crate) fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &platform])
            .current_dir(top())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    })
}

/// Package names by package id.
fn names() -> BTreeMap<&'static str, &'static str> {
    let packages = metadata()["packages"].as_array().unwrap();
    packages.iter().map(|p| (p["id"].as_str().unwrap(), p["name"].as_str().unwrap())).collect()
}

/// For each package name, the names it needs when it is built for use (not for tests).
fn needs() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let names = names();
    let mut needs: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for node in metadata()["resolve"]["nodes"].as_array().unwrap() {
        let from = names[node["id"].as_str().unwrap()];
        for dep in node["deps"].as_array().unwrap() {
            let kinds = dep["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].as_str() != Some("dev")) {
                needs.entry(from).or_default().insert(names[dep["pkg"].as_str().unwrap()]);
            }
        }
    }
    needs
}

/// Everything reachable from a package, without looking behind those in `stop`.
fn tree(from: &'static str, stop: &[&str]) -> BTreeSet<&'static str> {
    let needs = needs();
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        for &next in needs.get(name).into_iter().flatten() {
            if seen.insert(next) && !stop.contains(&next) {
                open.push(next);
            }
        }
    }
    assert!(!seen.is_empty(), "{from} is not in the workspace, or needs nothing");
    seen
}

fn members() -> Vec<&'static Value> {
    let packages = metadata()["packages"].as_array().unwrap();
    packages.iter().filter(|package| package["source"].is_null()).collect()
}

#[test]
fn core_is_headless_and_decodes_nothing() {
    let is_window = |name: &str| {
        ["tauri", "wry", "tao", "gtk", "gdk", "webkit2gtk", "javascriptcore"]
            .iter()
            .any(|part| name == *part || name.starts_with(&format!("{part}-")))
    };
    for from in ["casement-core", "casement-cli", "casement-airlock"] {
        let offences: Vec<String> =
            tree(from, &[]).into_iter().filter(|name| is_window(name)).map(str::to_owned).collect();
        none(&format!("{from} never brings in a window"), &offences);
    }
    // Only the protocol half of the airlock and the page model of the typesetter are core's business; what their
    // programs need is not looked through.
    let core = tree("casement-core", &["casement-airlock", "casement-print"]);
    for decoder in ["image", "zune-jpeg", "image-webp", "gif", "jpeg-decoder"] {
        assert!(!core.contains(decoder), "core reaches the decoder {decoder} past the airlock");
    }
}

#[test]
fn decoders_are_needed_by_the_airlock_only() {
    let allowed = ["casement-airlock", "casement-tests", "xtask"];
    let mut offences = Vec::new();
    for package in members() {
        let name = package["name"].as_str().unwrap();
        let deps = package["dependencies"].as_array().unwrap();
        let decoder = |dep: &&Value| {
            let needed = dep["kind"].as_str() != Some("dev");
            needed
                && matches!(
                    dep["name"].as_str(),
                    Some("image" | "zune-jpeg" | "image-webp" | "gif")
                )
        };
        if let Some(dep) = deps.iter().find(decoder).filter(|_| !allowed.contains(&name)) {
            offences.push(format!("{name} needs {}", dep["name"]));
        }
    }
    none("untrusted bytes are decoded in the airlock", &offences);
    for folder in ["src-tauri/core/src/", "src-tauri/src/", "src-tauri/cli/src/"] {
        for (path, text) in texts(folder, &[".rs"]) {
            assert!(
                !crate::source::parse(&text).code.contains("image::"),
                "{path} names `image::`"
            );
        }
    }
}

#[test]
fn the_typesetter_is_a_program_of_its_own() {
    let offences: Vec<String> = needs()
        .into_iter()
        .filter(|(name, _)| *name != "casement-print" && !name.starts_with("typst"))
        .filter(|(_, needs)| needs.iter().any(|need| need.starts_with("typst")))
        .map(|(name, _)| name.to_owned())
        .collect();
    none("only casement-print needs typst, which brings decoders with it", &offences);
    let offences: Vec<String> = members()
        .into_iter()
        .filter(|package| {
            let mut deps = package["dependencies"].as_array().unwrap().iter();
            let heavy = deps.find(|dep| dep["name"] == "casement-print");
            heavy.is_some_and(|dep| dep["uses_default_features"].as_bool() != Some(false))
        })
        .map(|package| package["name"].to_string())
        .collect();
    none("whoever speaks of pages takes their model, not the typesetter", &offences);
}

#[test]
fn only_the_window_needs_tauri() {
    let offences: Vec<String> = needs()
        .into_iter()
        .filter(|(name, _)| *name != "casement" && !name.starts_with("tauri-plugin-"))
        .filter(|(_, needs)| needs.contains("tauri"))
        .map(|(name, _)| name.to_owned())
        .collect();
    none("only the window needs tauri", &offences);
}

#[test]
fn the_product_brings_no_network_client_and_no_opener() {
    let mut offences = Vec::new();
    // The courier is a program of its own: of it core has the protocol, not the client, which is not looked through.
    for from in ["casement", "casement-cli", "casement-core", "casement-airlock", "casement-scan"] {
        let tree = tree(from, &["casement-courier"]);
        for name in [
            "reqwest",
            "hyper",
            "ureq",
            "rustls",
            "curl",
            "axum",
            "openssl",
            "tauri-plugin-http",
            "tauri-plugin-shell",
            "tauri-plugin-opener",
        ] {
            if tree.contains(name) {
                offences.push(format!("{from} reaches {name}"));
            }
        }
    }
    none("the console works offline but for the courier", &offences);
}

#[test]
fn only_the_courier_has_a_network_client() {
    let mut offences = Vec::new();
    for package in members() {
        let name = package["name"].as_str().unwrap();
        for dep in package["dependencies"].as_array().unwrap() {
            let client =
                matches!(dep["name"].as_str(), Some("ureq" | "rustls" | "reqwest" | "hyper"));
            if client && name != "casement-courier" {
                offences.push(format!("{name} needs {}", dep["name"]));
            }
            // Everybody else takes the protocol alone: the client comes only with the feature of the program.
            if dep["name"] == "casement-courier" && dep["uses_default_features"] != false {
                offences.push(format!("{name} takes the courier with its client"));
            }
        }
    }
    none("only casement-courier may have a network client", &offences);
    for (path, text) in texts("src-tauri/", &[".rs"]) {
        let code = crate::source::parse(&text).code;
        let reaches = ["TcpStream", "TcpListener", "UdpSocket", "ureq::"];
        let inside =
            path.starts_with("src-tauri/courier/") || path.starts_with("src-tauri/airlock/");
        assert!(inside || !reaches.iter().any(|word| code.contains(word)), "{path}");
    }
}

#[test]
fn one_place_hands_originals_to_the_courier() {
    let users: Vec<String> = texts("src-tauri/", &[".rs"])
        .into_iter()
        .filter(|(_, text)| crate::source::parse(text).code.contains(".for_courier("))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(users, ["src-tauri/core/src/submission/courier.rs"]);
}

#[test]
fn the_airlock_is_small_and_single_threaded() {
    let tree = tree("casement-airlock", &[]);
    for name in ["rayon", "tokio", "tracing", "sqlx", "age", "casement-core"] {
        assert!(!tree.contains(name), "the airlock reaches {name}");
    }
    assert!(tree.len() < 80, "the airlock reaches {} crates", tree.len());
}

#[test]
fn xtask_and_tests_are_not_needed_by_the_product() {
    for from in ["casement", "casement-cli"] {
        let tree = tree(from, &[]);
        assert!(!tree.contains("xtask") && !tree.contains("casement-tests"), "{from}");
    }
    assert!(!tree("xtask", &[]).contains("casement-core"), "xtask must build quickly");
}

#[test]
fn members_take_versions_and_lints_from_the_workspace() {
    let mut offences = Vec::new();
    for package in members() {
        let name = package["name"].as_str().unwrap();
        let manifest = package["manifest_path"].as_str().unwrap();
        let path = std::path::Path::new(manifest).strip_prefix(top()).unwrap();
        let text = read(path.to_str().unwrap());
        if !text.contains("[lints]\nworkspace = true") {
            offences.push(format!("{name} does not take the workspace's lints"));
        }
        if !package["publish"].as_array().is_some_and(Vec::is_empty) {
            offences.push(format!("{name} could be published"));
        }
        for dep in package["dependencies"].as_array().unwrap() {
            if dep["path"].is_null() && dep["req"].as_str() == Some("*") {
                offences.push(format!("{name} takes any version of {}", dep["name"]));
            }
        }
    }
    none("members follow the workspace", &offences);
}
