//! A list entry with too many cases: its card is released with a reason, and the cases are in the queue.

use casement_tests::workspace::Workspace;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{close, fill, is_barred, open, press};
use crate::window::steps::{look_around, tab_to, view};

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_released_with_a_reason() {
    let office = Workspace::new(&[]);
    office.policy(&json!({ "floodK": 4 }));
    office.quarantine.fill(6, 6);
    let text = std::fs::read_to_string(&office.quarantine.finds).unwrap();
    let finds: Vec<Value> = text
        .lines()
        .map(|line| {
            let mut find: Value = serde_json::from_str(line).unwrap();
            find["matches"][0]["list"]["entry_id"] = json!("e-flood");
            find
        })
        .collect();
    office.quarantine.write(&finds);
    office.import().ends(0);
    assert_eq!(office.ada(&["queue", "--limit", "0"]).ends(0).lines(), Vec::<Value>::new());

    let window = open(&office, "ada").await;
    view(&window, '2', "clusters").await;
    tab_to(&window, "tab-clusters").await;
    window.press(Key::Right).await;
    window.press(Key::Enter).await;
    window.find("[data-testid='floods'] [role='option']").await;
    window.see("flood-why").await;
    look_around(&window, "flood").await;
    assert!(is_barred(&window, "flood-release").await, "a release needs a reason");
    fill(&window, "flood-why", "A known crawl of one host.").await;
    press(&window, "flood-release").await;
    window.says("flood-state", "Released").await;
    look_around(&window, "flood-released").await;
    view(&window, '1', "review").await;
    window.says("queue-open", "6 open").await;
    close(window, &office).await;

    let card = office.ada(&["floods"]).ends(0).object();
    assert_eq!(
        json!([card["state"], card["held"], card["reason"]]),
        json!(["released", 0, "A known crawl of one host."])
    );
}
