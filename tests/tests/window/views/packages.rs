//! A report from its first check to what is kept of it: a finding leads to its field, the package is sealed, one person
//! proposes to file it and another approves, the filing is recorded with its receipt, and the board says until when.

use std::fs;

use casement_tests::workspace::Workspace;
use serde_json::json;

use super::{close, enter, fill, is_barred, open, press};
use crate::window::Window;
use crate::window::steps::{look, look_around, view};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_checked_sealed_approved_by_another_and_filed() {
    let office = Workspace::filled(&["bo"], 3, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    for case in ["1", "2"] {
        office.run("bo", &["decide", case, "confirmed", "--class", "B2"]).ends(0);
    }
    let out = office.dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let receipt = office.dir.path().join("receipt.txt");
    fs::write(&receipt, "Accepted as number 4711.\n").unwrap();

    let window = open(&office, "ada").await;
    view(&window, '4', "packages").await;
    window.see("package-files").await;
    look_around(&window, "package-findings").await;
    assert!(is_barred(&window, "package-seal").await, "nobody is named who reports");
    who_reports(&window).await;

    // Back to the source: nothing must be fixed any more.
    window.keys("k").await;
    window.see("package-card").await;
    window.says("findings-count", "0 must be fixed").await;
    window.says("package-viewing", "fileViewedByEsp").await;
    fill(&window, "package-out", out.to_str().unwrap()).await;
    press(&window, "package-seal").await;
    window.find("[data-testid='report-card'][data-report='R-0001']").await;
    window.says("report-state", "Sealed").await;
    window.see("report-history").await;
    look_around(&window, "report-sealed").await;

    fill(&window, "propose-reason", "Two cases of one host, checked.").await;
    press(&window, "report-propose").await;
    window.says("report-state", "Waits for 2nd approval").await;
    window.see("cannot-approve").await;
    look_around(&window, "report-proposed").await;

    change_to(&window, "kim").await;
    turn_to_report(&window).await;
    let proposal = window.see("report-acts").await.text().await.unwrap();
    let number = proposal.split_whitespace().find(|word| word.starts_with("P-")).unwrap();
    fill(&window, "approve-typed", number.trim_end_matches(['.', ','])).await;
    press(&window, "approve").await;
    window.says("report-state", "Approved").await;
    look(&window, "report-approved").await;

    change_to(&window, "ada").await;
    view(&window, '4', "packages").await;
    turn_to_report(&window).await;
    fill(&window, "filed-receipt", receipt.to_str().unwrap()).await;
    fill(&window, "filed-number", "4711").await;
    press(&window, "report-file").await;
    window.says("report-state", "Filed").await;
    window.says("report-receipt", "Accepted as number 4711.").await;
    look_around(&window, "report-filed").await;

    press(&window, "report-to-due").await;
    window.find("tr[data-kind='preserve'][aria-current='true']").await;
    window.says("due-detail", "R-0001").await;
    window.says("due-holds", "Legal hold").await;
    look_around(&window, "due").await;
    window.size(1920, 1080).await;
    look(&window, "due-1920").await;
    window.size(1280, 800).await;
    close(window, &office).await;

    let told = office.ada(&["report", "show", "R-0001"]).ends(0).object();
    assert_eq!(
        json!([told["row"]["state"], told["row"]["number"], told["receipt"]["text"]]),
        json!(["filed", "4711", "Accepted as number 4711.\n"])
    );
    let year = |text: &serde_json::Value| text.as_str().unwrap()[..4].parse::<u32>().unwrap();
    assert_eq!(year(&told["row"]["preserveUntil"]), year(&told["row"]["filedAt"]) + 1);
}

/// Follows the first finding to the field it is about, and says who reports.
async fn who_reports(window: &Window) {
    press(window, "finding-go").await;
    window.see("organisation-card").await;
    window
        .until(
            "the field of the finding focused",
            "return (document.activeElement?.dataset.testid ?? '').startsWith('org-')",
        )
        .await;
    look_around(window, "organisation").await;
    for (id, text) in [
        ("org-name", "Example Lab"),
        ("org-email", "reports@lab.example"),
        ("org-contact-email", "desk@lab.example"),
        ("org-company-template", "Legal process: legal@lab.example. Data is kept for one year."),
    ] {
        fill(window, id, text).await;
    }
    press(window, "organisation-keep").await;
    super::told(window, "Who reports is set").await;
}

/// Locks and unlocks as another person.
async fn change_to(window: &Window, who: &str) {
    window.ctrl('l').await;
    enter(window, who).await;
    window.see("rail-packages").await;
}

/// Moves through the list until the report is open.
async fn turn_to_report(window: &Window) {
    const CURRENT: &str = "return document.querySelector(\"[data-testid='package-list'] [aria-current]\")?.dataset.testid";
    window.see("report-R-0001").await;
    let current = async || window.driver.execute(CURRENT, vec![]).await.unwrap().json().clone();
    for _ in 0..10 {
        window.keys("k").await;
    }
    for _ in 0..10 {
        if current().await == "report-R-0001" {
            break;
        }
        window.keys("j").await;
    }
    window.see("report-history").await;
}
