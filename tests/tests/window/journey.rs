//! The main job in the real window, by keyboard alone: import, claim, step up, decide, undo, package, read the history.
//!
//! It must never click.

use std::path::{Path, PathBuf};

use thirtyfour::prelude::*;

use super::Window;
use super::steps::{choose_account, look, look_around, shown, tab_to, unlock, view};

/// Who takes part, and what is brought in.
pub(crate) struct Cast {
    pub(crate) reviewer: (String, String),
    pub(crate) supervisor: (String, String),
    pub(crate) finds: PathBuf,
    pub(crate) bytes: PathBuf,
    /// An empty folder for the finished package.
    pub(crate) out: PathBuf,
}

/// What the journey did, for the caller to compare with the store.
pub(crate) struct Done {
    pub(crate) confirmed: String,
    pub(crate) rejected: String,
    pub(crate) report: String,
}

/// Takes the whole journey. Each view is left with its screenshot taken, in both themes, and without a finding of axe-core.
pub(crate) async fn take(window: &Window, cast: &Cast) -> Done {
    unlock_wrongly_then_rightly(window, &cast.reviewer).await;
    import(window, &cast.finds, &cast.bytes).await;
    let (confirmed, rejected) = review(window).await;
    let report = package(window, &cast.out).await;
    read_history(window, &cast.supervisor, &confirmed).await;
    assert_eq!(
        window.diagnostics().await,
        Vec::<String>::new(),
        "the page noted errors or refused resources"
    );
    Done { confirmed, rejected, report }
}

async fn unlock_wrongly_then_rightly(window: &Window, who: &(String, String)) {
    window.see("unlock-passphrase").await;
    look(window, "unlock").await;
    choose_account(window, &who.0).await;
    window.keys("not the passphrase").await;
    window.press(Key::Enter).await;
    window.says("message-error", "UNLOCK-01").await;
    look(window, "unlock-refused").await;
    unlock(window, who).await;
}

async fn import(window: &Window, finds: &Path, bytes: &Path) {
    view(window, '6', "import").await;
    look(window, "import-form").await;
    tab_to(window, "import-finds").await;
    window.keys(&finds.display().to_string()).await;
    tab_to(window, "import-bytes").await;
    window.keys(&bytes.display().to_string()).await;
    window.press(Key::Enter).await;
    window.find("[data-testid='import-progress'][data-state='done']").await;
    look_around(window, "import-done").await;
}

/// Confirms one case after stepping up and after an undo, rejects one, and uses every other way a case can go.
async fn review(window: &Window) -> (String, String) {
    view(window, '1', "review").await;
    window.find("[data-testid='queue'] [role='option']").await;
    look(window, "review-open").await;
    window.size(1920, 1080).await;
    look(window, "review-open-1920").await;
    window.size(1280, 800).await;

    let confirmed = claim_next(window).await;
    look_around(window, "review-claimed").await;
    for level in ["mosaic", "strong", "soft"] {
        window.keys("v").await;
        shown(window, level).await;
        look(window, &format!("view-{level}")).await;
    }
    look_around(window, "view-soft").await;
    window.keys("h").await;
    window.find("[data-testid='tile'][data-level='hash-only']").await;

    window.keys("c").await;
    window.says("armed", "").await;
    look(window, "decision-armed").await;
    window.keys("4").await;
    window.see("draft").await;
    look_around(window, "decision-draft").await;
    window.keys("u").await;
    window.gone("draft").await;
    window.says("decisions", "Withdrawn").await;
    look(window, "decision-withdrawn").await;
    window.keys("c").await;
    window.keys("4").await;
    window.see("draft").await;
    window.ctrl(Key::Enter).await;
    window.gone("draft").await;
    window.says("case-state", "Confirmed").await;
    look(window, "decision-confirmed").await;

    let rejected = claim_next(window).await;
    window.keys("x").await;
    window.see("draft").await;
    window.ctrl(Key::Enter).await;
    window.says("case-state", "Not a match").await;

    claim_next(window).await;
    window.keys("q").await;
    window.keys("The layout settles nothing at this level.").await;
    window.ctrl(Key::Enter).await;
    window.see("draft").await;
    window.ctrl(Key::Enter).await;
    window.says("case-state", "Cannot tell").await;

    claim_next(window).await;
    window.keys("e").await;
    window.keys("A second person must compare the entry.").await;
    window.ctrl(Key::Enter).await;
    window.see("draft").await;
    window.press(Key::Escape).await;

    claim_next(window).await;
    window.keys("s").await;
    window.see("skip-reason").await;
    window.keys("Known to me from an earlier shift.").await;
    window.press(Key::Enter).await;
    window.gone("skip-reason").await;

    window.keys("w").await;
    window.see("why").await;
    look(window, "review-why").await;
    window.keys("w").await;
    window.keys("?").await;
    window.see("keys-sheet").await;
    look(window, "keys").await;
    window.press(Key::Escape).await;
    window.gone("keys-sheet").await;
    window.ctrl('k').await;
    window.see("palette-input").await;
    look(window, "palette").await;
    window.press(Key::Escape).await;
    window.gone("palette").await;
    (confirmed, rejected)
}

/// Moves down to the next open case and claims it; answers its number as shown.
async fn claim_next(window: &Window) -> String {
    let queue = "document.querySelector(\"[data-testid='queue']\")";
    window.driver.execute(format!("{queue}.focus()"), vec![]).await.unwrap();
    window.keys("j").await;
    window.press(Key::Enter).await;
    window.see("lease").await;
    window.find("[data-testid='case-card']").await.attr("data-case").await.unwrap().unwrap()
}

async fn package(window: &Window, out: &Path) -> String {
    view(window, '4', "packages").await;
    window.see("package-files").await;
    look_around(window, "package-preview").await;
    tab_to(window, "package-out").await;
    window.keys(&out.display().to_string()).await;
    tab_to(window, "package-seal").await;
    window.press(Key::Enter).await;
    let card = window.find("[data-testid='report-card'][data-report]").await;
    look_around(window, "package-sealed").await;
    card.attr("data-report").await.unwrap().unwrap()
}

async fn read_history(window: &Window, supervisor: &(String, String), case: &str) {
    window.ctrl('l').await;
    unlock(window, supervisor).await;
    window.find("[data-testid='queue'] [role='option']").await;
    look(window, "supervisor-review").await;
    view(window, '6', "history").await;
    window.see("history-table").await;
    look_around(window, "history").await;
    tab_to(window, "history-case").await;
    window.keys(case).await;
    window.press(Key::Enter).await;
    window.says("history-table", "Withdrawn").await;
    window.says("history-table", "Exposure opened").await;
    tab_to(window, "ledger-verify").await;
    window.press(Key::Enter).await;
    window.see("ledger-verified").await;
    look_around(window, "history-case").await;
    window.size(1920, 1080).await;
    look(window, "history-1920").await;
    window.size(1280, 800).await;
}
