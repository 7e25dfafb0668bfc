//! A missing fact attached by form: a wrong value is refused at its field, the right one moves the completeness class.

use casement_tests::workspace::Workspace;
use serde_json::json;
use thirtyfour::prelude::*;

use super::{close, fill, open, press};
use crate::window::steps::{look, look_around, view};

const FIELD: &str = "object.as_fetched_digests";

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_attached_by_form_moves_the_class() {
    let office = Workspace::filled(&["bo"], 3, 60);
    assert_eq!(office.cases()[0]["class"], "B");
    let window = open(&office, "bo").await;
    view(&window, '3', "gaps").await;
    window.see("gap-table").await;
    look_around(&window, "gaps").await;

    let there = format!(
        "return !!document.querySelector(\"tr[data-field='{FIELD}'][aria-current='true']\")"
    );
    for _ in 0..40 {
        let on = window.driver.execute(&there, vec![]).await.unwrap();
        if on.json() == &json!(true) {
            break;
        }
        window.keys("j").await;
    }
    window.until("the gap chosen", &there).await;
    window.says("gap-detail", "class B → A").await;
    press(&window, "gap-attach").await;
    fill(&window, "gap-case", "1").await;
    fill(&window, "gap-value", "no digest").await;
    fill(&window, "gap-source", "The supplier, by letter").await;
    window.press(Key::Enter).await;
    window.says("gap-value-wrong", "ENRICH-07").await;
    look(&window, "gap-refused").await;

    fill(&window, "gap-value", &"ab".repeat(32)).await;
    window.press(Key::Enter).await;
    window.says("gap-done", "from class B to A").await;
    look_around(&window, "gap-attached").await;
    close(window, &office).await;

    let cases = office.cases();
    let classes: Vec<_> = cases.iter().map(|case| case["class"].clone()).collect();
    assert_eq!(classes, ["A", "B", "B"]);
}
