//! From a confirmed case to nothing left open: a place named, the list written, its answer recorded, the place retired.

use std::fs;

use casement_tests::workspace::Workspace;
use serde_json::json;
use thirtyfour::prelude::*;

use super::{close, enter, fill, open, press};
use crate::window::steps::{look, look_around, tab_to, view};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_written_and_answered_until_none_is_open() {
    let office = Workspace::filled(&["bo"], 3, 0);
    office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
    for case in ["1", "2"] {
        office.run("bo", &["decide", case, "confirmed", "--class", "B2"]).ends(0);
    }
    let list = office.dir.path().join("tombstones.jsonl");

    let window = open(&office, "ada").await;
    view(&window, '5', "removal").await;
    window.says("removal-card", "example/synthetic").await;
    look_around(&window, "removal").await;
    fill(&window, "location-name", "bucket-1").await;
    fill(&window, "location-contact", "storage@lab.example").await;
    press(&window, "location-add").await;
    window.says("removal-locations", "bucket-1").await;

    fill(&window, "export-path", list.to_str().unwrap()).await;
    press(&window, "removal-export").await;
    window.says("removal-exports", "L-0001").await;
    assert_eq!(fs::read_to_string(&list).unwrap().lines().count(), 3, "a heading and two lines");
    window.says("removal-state", "Open").await;
    look(&window, "removal-exported").await;

    fill(&window, "ack-by", "Storage team").await;
    press(&window, "ack-record").await;
    window.says("removal-state", "None open").await;
    look_around(&window, "removal-answered").await;

    tab_to(&window, "act-ack").await;
    window.press(Key::Right).await;
    window.press(Key::Enter).await;
    fill(&window, "retire-reason", "The bucket is deleted as a whole.").await;
    press(&window, "location-retire").await;
    window.says("removal-locations", "retired").await;
    look(&window, "removal-retired").await;

    // A custodian keeps removal as well, and is a second person.
    window.ctrl('l').await;
    enter(&window, "kim").await;
    view(&window, '2', "removal").await;
    window.says("removal-list", "Approvals").await;
    look(&window, "removal-custodian").await;
    close(window, &office).await;

    let status = office.ada(&["removal", "status"]).ends(0).object();
    let place = &status["datasets"][0]["locations"][0];
    assert_eq!(json!([place["name"], place["removed"]]), json!(["bucket-1", 2]));
    assert_eq!(place["retiredWhy"], "The bucket is deleted as a whole.");
}
