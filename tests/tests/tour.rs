//! The tour: the main job in the real window on the demo workspace, with a numbered screenshot of every view.
//! It is taken by `cargo xtask run` where there is no screen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod window;

use std::path::{Path, PathBuf};

use window::{Window, journey};

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by cargo xtask run"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "taken by cargo xtask run"]
async fn the_tour() {
    let out = PathBuf::from(variable("CASEMENT_TOUR_OUT"));
    let store = PathBuf::from(variable("CASEMENT_STORE"));
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/real");
    let packages = out.join("package");
    std::fs::create_dir_all(&packages).unwrap();
    let window = Window::open(&store, Some(out.clone())).await;
    let cast = journey::Cast {
        reviewer: ("reviewer-1".to_owned(), variable("CASEMENT_DEMO_REVIEWER_1")),
        supervisor: ("supervisor".to_owned(), variable("CASEMENT_DEMO_SUPERVISOR")),
        finds: fixture.join("finds.jsonl"),
        bytes: fixture.join("bytes"),
        out: packages,
    };
    let done = journey::take(&window, &cast).await;
    window.close().await;
    println!("Imported a scanner's finds, claimed cases, stepped up to a veiled view and back.");
    println!(
        "Confirmed case {}, rejected case {}, undid one decision, skipped one case.",
        done.confirmed, done.rejected
    );
    let report = &done.report;
    println!("Sealed {report}, then read the history as supervisor and had the ledger recomputed.");
}
