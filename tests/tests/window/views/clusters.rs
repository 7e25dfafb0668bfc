//! Near-duplicates decided together: nothing before medoid and farthest were looked at, then one act, and its undo.

use casement_tests::pictures::variants;
use casement_tests::workspace::Workspace;
use serde_json::Value;
use thirtyfour::prelude::*;

use super::{close, is_barred, open, press, told};
use crate::window::Window;
use crate::window::steps::{look, look_around, shown, tab_to, view};

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_decided_after_it_was_looked_at_and_undone_as_a_whole() {
    let office = Workspace::new(&["bo"]);
    let finds: Vec<Value> =
        (0..).zip(variants(1)).map(|(n, bytes)| office.quarantine.find(n, &bytes)).collect();
    office.quarantine.write(&finds);
    office.import().ends(0);
    let cases = finds.len();

    let window = open(&office, "bo").await;
    view(&window, '2', "clusters").await;
    window.find("[data-testid='clusters'] [role='option']").await;
    window.find("[data-testid='cluster-card'][data-cluster]").await;
    look_around(&window, "clusters").await;
    assert!(is_barred(&window, "apply").await, "nobody has looked at anything");
    window.says("apply-waits", "Unlocks when").await;

    step_up(&window, "medoid").await;
    assert!(is_barred(&window, "apply").await, "the farthest member was not looked at");
    window.says("apply-waits", "Unlocks when").await;
    step_up(&window, "farthest").await;
    window.says("apply-waits", "Choose a verdict").await;
    look_around(&window, "cluster-looked-at").await;

    window.keys("x").await;
    window
        .until(
            "apply unlocked",
            "return !document.querySelector(\"[data-testid='apply']\").ariaDisabled",
        )
        .await;
    press(&window, "apply").await;
    window.see("cluster-act").await;
    look(&window, "cluster-applied").await;
    tab_to(&window, "cluster-undo").await;
    window.press(Key::Enter).await;
    window.gone("cluster-act").await;
    window.says("cluster-acts", "taken back").await;
    look_around(&window, "cluster-undone").await;

    // Comparing again finds nothing to do, and says so.
    press(&window, "compare-now").await;
    told(&window, "is compared").await;
    close(window, &office).await;

    let drafted = office.ada(&["history", "--kind", "decision"]).ends(0).lines();
    assert!(drafted.len() >= 2 * cases, "one decision a case, and one withdrawal of each");
    assert!(office.cases().iter().all(|case| case["state"] == "suspected"));
}

/// Goes to the member that must be looked at, claims it, and steps up until its picture is drawn.
async fn step_up(window: &Window, role: &str) {
    press(window, &format!("goto-{role}")).await;
    window.press(Key::Enter).await;
    window.see("lease").await;
    window.keys("v").await;
    shown(window, "mosaic").await;
    window.find(&format!("[data-testid='coverage-{role}'][data-done='true']")).await;
    window.keys("h").await;
    window.find("[data-testid='tile'][data-level='hash-only']").await;
}
