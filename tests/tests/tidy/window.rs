//! The window's walls: what its configuration, its capabilities and the interface's source allow.
//! A change to any of these is meant to be noticed here first.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house::{none, read, texts};
use crate::source::parse;

const COMMANDS: &str = "src-tauri/src/commands.rs";

fn config() -> Value {
    serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("tauri.conf.json is JSON")
}

/// A policy's directives, each with its sources in the order of the alphabet.
fn directives(policy: &Value) -> Vec<(String, Vec<String>)> {
    let mut directives: Vec<(String, Vec<String>)> = match policy {
        Value::String(text) => text
            .split(';')
            .filter_map(|directive| {
                let mut words = directive.split_whitespace().map(str::to_owned);
                Some((words.next()?, words.collect()))
            })
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, sources)| {
                let text = match sources {
                    Value::Array(list) => {
                        list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
                    }
                    other => other.as_str().unwrap_or_default().to_owned(),
                };
                (name.clone(), text.split_whitespace().map(str::to_owned).collect())
            })
            .collect(),
        other => panic!("the content security policy is {other}"),
    };
    directives.iter_mut().for_each(|(_, sources)| sources.sort());
    directives.sort();
    directives
}

#[test]
fn the_content_security_policy_is_the_expected_one() {
    let expected = json!({
        "connect-src": "ipc: http://ipc.localhost",
        "default-src": "'none'",
        "base-uri": "'none'",
        "font-src": "'self'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "img-src": "'self' veil: http://veil.localhost",
        "script-src": "'self'",
        "style-src": "'self'",
    });
    let security = &config()["app"]["security"];
    assert_eq!(directives(&security["csp"]), directives(&expected));
    assert!(security["devCsp"].is_null(), "a second policy would be the weaker one");
}

#[test]
fn the_security_block_opens_nothing() {
    let config = config();
    let app = &config["app"];
    let security = app["security"].as_object().expect("app.security is there");
    assert_ne!(app["withGlobalTauri"], json!(true), "no global bridge");
    for key in ["assetProtocol", "dangerousDisableAssetCspModification"] {
        let value = security.get(key).unwrap_or(&Value::Null);
        let off = value.is_null() || value == &json!(false) || value["enable"] == json!(false);
        assert!(off, "app.security.{key} is {value}");
    }
    assert_eq!(app["security"]["freezePrototype"], json!(true), "prototypes are frozen");
    let known = [
        "assetProtocol",
        "capabilities",
        "csp",
        "dangerousDisableAssetCspModification",
        "freezePrototype",
        "headers",
        "pattern",
    ];
    let offences: Vec<String> =
        security.keys().filter(|key| !known.contains(&key.as_str())).cloned().collect();
    none("the security block holds only what is judged here", &offences);
    let text = config.to_string();
    assert!(!text.contains("unsafe-"), "no unsafe- source anywhere");
}

/// The commands of the one list, as text between quotes.
fn commands() -> BTreeSet<String> {
    let source = parse(&read(COMMANDS));
    let commands: BTreeSet<String> = source.strings.into_iter().map(|(_, name)| name).collect();
    assert!(commands.len() > 5, "{COMMANDS} names {} commands", commands.len());
    commands
}

#[test]
fn capabilities_name_listed_commands_and_the_main_window_only() {
    const PLUGINS: [&str; 5] = [
        "core:event:allow-listen",
        "core:event:allow-unlisten",
        "dialog:allow-open",
        "dialog:allow-save",
        "core:window:allow-set-title",
    ];
    let granted_by_name: BTreeSet<String> =
        commands().iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    let mut granted = BTreeSet::new();
    let mut offences = Vec::new();
    for (path, text) in texts("src-tauri/capabilities/", &[".json"]) {
        let capability: Value = serde_json::from_str(&text).unwrap();
        if capability["windows"] != json!(["main"]) {
            offences.push(format!("{path}: windows are {}", capability["windows"]));
        }
        if !capability["remote"].is_null() {
            offences.push(format!("{path}: remote pages are let in"));
        }
        for permission in capability["permissions"].as_array().unwrap() {
            let Some(name) = permission.as_str() else {
                offences.push(format!("{path}: a scoped permission {permission}"));
                continue;
            };
            if granted_by_name.contains(name) {
                granted.insert(name.to_owned());
            } else if !PLUGINS.contains(&name) {
                offences.push(format!("{path}: {name}"));
            }
        }
    }
    for name in granted_by_name.difference(&granted) {
        offences.push(format!("{name}: the command is listed, yet no window may call it"));
    }
    none("capabilities grant what commands.rs lists", &offences);
}

#[test]
fn commands_hold_no_rule_and_no_sql() {
    for (path, text) in texts("src-tauri/src/", &[".rs"]) {
        let code = parse(&text).code;
        for word in ["sqlx", "libsqlite3", "casement_core::store", "casement_core::vault"] {
            assert!(!code.contains(word), "{path} names {word}");
        }
    }
}

#[test]
fn one_file_talks_to_the_shell() {
    let offences: Vec<String> = texts("ui/src/", &[".ts", ".svelte", ".js"])
        .into_iter()
        .filter(|(path, _)| {
            !matches!(path.as_str(), "ui/src/console.ts" | "ui/src/console.test.ts")
        })
        .filter(|(_, text)| text.contains("@tauri-apps") || text.contains("__TAURI"))
        .map(|(path, _)| path)
        .collect();
    none("only ui/src/console.ts imports @tauri-apps", &offences);
}

#[test]
fn the_interface_never_writes_markup_from_text() {
    let mut offences = Vec::new();
    for (path, text) in texts("ui/src/", &[".ts", ".svelte", ".js"]) {
        for word in
            ["{@html", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        {
            if text.contains(word) {
                offences.push(format!("{path}: {word}"));
            }
        }
    }
    none("text from a scanner stays text", &offences);
}

#[test]
fn the_interface_reaches_no_network() {
    let mut offences = Vec::new();
    for (path, text) in texts("ui/src/", &[".ts", ".svelte", ".js", ".css"]) {
        if path.starts_with("ui/src/bindings/") {
            continue;
        }
        for word in
            ["fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "url(http"]
        {
            if text.contains(word) {
                offences.push(format!("{path}: {word}"));
            }
        }
    }
    none("the interface works offline", &offences);
}
