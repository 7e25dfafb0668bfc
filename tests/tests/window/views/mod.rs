//! Journeys through the views beside the main job, by keyboard alone: clusters, gaps, floods, removal, packages.
//!
//! Each starts from a workspace of its own that `casectl` made, and ends by asking `casectl` whether the store agrees. Each
//! view is looked at in both themes, and axe-core finds nothing there. It must never click.

mod clusters;
mod floods;
mod gaps;
mod packages;
mod removal;

use std::path::PathBuf;

use casement_tests::casectl::PASSPHRASE;
use casement_tests::workspace::Workspace;
use thirtyfour::prelude::*;

use crate::window::Window;
use crate::window::steps::unlock;

/// Opens the window on an office and unlocks it as someone.
async fn open(office: &Workspace, who: &str) -> Window {
    let shots = std::env::var_os("CASEMENT_E2E_SHOTS").map(PathBuf::from);
    let window = Window::open(&office.store, shots).await;
    enter(&window, who).await;
    window
}

async fn enter(window: &Window, who: &str) {
    window.see("unlock-passphrase").await;
    unlock(window, &(who.to_owned(), PASSPHRASE.to_owned())).await;
}

/// Closes the window; what it noted against itself is a failure, and the ledger verifies.
async fn close(window: Window, office: &Workspace) {
    assert_eq!(
        window.diagnostics().await,
        Vec::<String>::new(),
        "the page noted errors or refused resources"
    );
    drop(window.close().await);
    let verified = office.ada(&["verify"]).ends(0).object();
    assert_eq!(verified["findings"], serde_json::json!([]));
}

/// Puts the focus on an element by Tab and types over what stands there.
async fn fill(window: &Window, id: &str, text: &str) {
    crate::window::steps::tab_to(window, id).await;
    window.ctrl('a').await;
    window.keys(text).await;
}

/// Goes to an element by Tab and presses Enter.
async fn press(window: &Window, id: &str) {
    crate::window::steps::tab_to(window, id).await;
    window.press(Key::Enter).await;
}

/// Whether a control says that it cannot be used now.
async fn is_barred(window: &Window, id: &str) -> bool {
    window.see(id).await.attr("aria-disabled").await.unwrap().as_deref() == Some("true")
}

/// Waits for a message that something was done.
async fn told(window: &Window, text: &str) {
    let script = format!(
        "return [...document.querySelectorAll(\"[data-testid='message-done']\")].some(e => e.innerText.includes({}))",
        serde_json::json!(text)
    );
    window.until(&format!("told “{text}”"), &script).await;
}
