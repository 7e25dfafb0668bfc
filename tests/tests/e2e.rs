//! The main job in the real window, on real input, by keyboard alone; and what must never leave the vault.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "window/views/mod.rs"]
mod views;
mod window;

use std::fs;
use std::path::{Path, PathBuf};

use casement_core::account::keyring::Passphrase;
use casement_core::package::{self, Contact, Organisation};
use casement_core::wire::{CaseState, HistoryFilter, Role};
use casement_core::{Console, Opening, case, ledger};
use casement_tests::originals;
use window::{Window, journey};

const SUPERVISOR: &str = "correct horse supervisor";
const REVIEWER: &str = "correct horse reviewer";

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

async fn workspace(store: &Path) {
    let console = Console::init(
        store,
        "supervisor",
        &phrase(SUPERVISOR),
        Role::Supervisor,
        Opening::default(),
    )
    .await
    .unwrap();
    console
        .add_account("reviewer", &phrase(REVIEWER), Role::Reviewer, &phrase(SUPERVISOR))
        .await
        .unwrap();
    let organisation = Organisation {
        name: "Example Lab".to_owned(),
        email: "reports@lab.example".to_owned(),
        contact: Contact { email: "desk@lab.example".to_owned(), ..Contact::default() },
        company_template: "Legal process: legal@lab.example. Data is kept for one year.".to_owned(),
        ..Organisation::default()
    };
    package::set_organisation(&console, &organisation).await.unwrap();
    console.lock().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_by_keyboard() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/real");
    let dir = tempfile::tempdir().unwrap();
    let (store, out) = (dir.path().join("store"), dir.path().join("out"));
    fs::create_dir(&out).unwrap();
    workspace(&store).await;

    let shots = std::env::var_os("CASEMENT_E2E_SHOTS").map(PathBuf::from);
    let window = Window::open(&store, shots).await;
    let cast = journey::Cast {
        reviewer: ("reviewer".to_owned(), REVIEWER.to_owned()),
        supervisor: ("supervisor".to_owned(), SUPERVISOR.to_owned()),
        finds: fixture.join("finds.jsonl"),
        bytes: fixture.join("bytes"),
        out: out.clone(),
    };
    let done = journey::take(&window, &cast).await;
    refuses_what_it_must(&window).await;
    let home = window.close().await;

    // The store agrees with what the window said.
    let console = Console::unlock(&store, "supervisor", &phrase(SUPERVISOR), Opening::default())
        .await
        .unwrap();
    let number = |text: &str| text.parse::<u32>().unwrap();
    assert_eq!(
        case::show(&console, number(&done.confirmed)).await.unwrap().state,
        CaseState::Packaged
    );
    assert_eq!(
        case::show(&console, number(&done.rejected)).await.unwrap().state,
        CaseState::NotAMatch
    );
    assert_eq!(done.report, "R-0001");
    let bag = out.join("R-0001");
    let found = package::verify(Some(&console), &bag, None).await.unwrap();
    assert_eq!(found.findings, Vec::<String>::new());
    assert_eq!(ledger::verify::verify(&console).await.unwrap().findings, Vec::<String>::new());
    let acts = ledger::history::page(&console, &HistoryFilter::default(), 500).await.unwrap().acts;
    let open = acts.iter().filter(|act| act.kind == "view.opened").count();
    let closed = acts.iter().filter(|act| act.kind == "view.closed").count();
    assert_eq!((open, closed), (open, open), "every exposure was closed");
    assert!(open >= 3);
    console.lock().await.unwrap();

    // Neither the store, nor the package, nor anything the web view keeps holds a piece of an original.
    for place in [dir.path(), home.path()] {
        originals::assert_none_in(place, &fixture.join("bytes"));
    }
}

/// What the page itself cannot do: read pixels back, fetch the scheme, load from elsewhere, call what was not granted.
async fn refuses_what_it_must(window: &Window) {
    let refused = |script: &'static str| async move {
        let answer = window.driver.execute_async(script, vec![]).await.unwrap();
        assert_eq!(answer.json(), &serde_json::json!("refused"), "{script}");
    };
    refused(
        "const done = arguments[0]; fetch('veil://localhost/00').then(() => done('answered'), () => done('refused'))",
    )
    .await;
    refused(
        "const done = arguments[0]; const i = new Image(); i.onload = () => done('answered'); \
         i.onerror = () => done('refused'); i.src = 'veil://localhost/00000000000000000000000000000000'",
    )
    .await;
    refused(
        "const done = arguments[0]; const i = new Image(); i.onload = () => done('answered'); \
         i.onerror = () => done('refused'); i.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='",
    )
    .await;
    refused(
        "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('plugin:dialog|open', {}) \
         .then(() => done('answered'), () => done('refused'))",
    )
    .await;
}
