//! The board: groups, rules, paging, and a clock that jumps back.

use casement_core::clock::{Clock, DAY, parse};
use casement_core::register;
use casement_core::wire::{ObligationFilter, ObligationGroup, ObligationKind, ObligationState};
use serde_json::json;

use super::{approve, desk, file, office, seal, sound};

const HOUR: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_moves_through_the_groups_and_never_back() {
    let office = office(3);
    let known = office.ada(&["show", "1"]).ends(0).object()["decisions"][0]["at"].clone();
    let known = parse(known.as_str().unwrap()).unwrap();
    let now = Clock::system().now();
    let clock = Clock::standing(now);
    let bo = desk(&office.store, "bo", &clock).await;
    let all = ObligationFilter::default();
    let board = register::board(&bo, &all).await.unwrap();
    assert_eq!(board.rows.len(), 3);
    assert!(board.rows.iter().all(|row| row.state == ObligationState::Unreported));
    let due = parse(board.rows[0].due_at.as_deref().unwrap()).unwrap();
    assert_eq!(due, known + 24 * HOUR);
    assert!(board.rule.contains("24 h") && board.law.contains("2258A"));
    let open = |counts: &casement_core::wire::ObligationCounts| {
        (counts.past_due, counts.today + counts.within_14_days)
    };
    assert_eq!(open(&board.counts), (0, 3));
    clock.advance(25 * HOUR);
    let board = register::board(&bo, &all).await.unwrap();
    assert_eq!(open(&board.counts), (3, 0));
    assert!(board.rows.iter().all(|row| row.group == ObligationGroup::PastDue));
    assert_eq!((board.rows[0].used, board.rows[0].left_ms.unwrap() < 0), (Some(1_000), true));
    // Whatever is done leaves a time in the ledger, and no desk opened afterwards stands before it.
    let path = office.dir.path().join("due.csv");
    register::export(&bo, &path, casement_core::wire::ObligationFormat::Csv).await.unwrap();
    bo.close().await;
    let back = Clock::standing(now - 40 * DAY);
    let late = desk(&office.store, "bo", &back).await;
    assert_eq!(open(&register::counts(&late).await.unwrap()), (3, 0));
    late.close().await;
}

#[test]
fn without_an_own_limit_the_board_says_what_the_law_says() {
    let office = office(1);
    let mut organisation = office.ada(&["organisation", "show"]).ends(0).object();
    let change = |organisation: &serde_json::Value| {
        let file = office.file("other.json", organisation);
        let set = ["organisation", "set", file.to_str().unwrap(), "--reason", "rule"];
        let proposed = office.ada(&set).ends(0).object()["proposal"].to_string();
        office.run("kim", &["approve", &proposed]).ends(0);
        office.ada(&["obligations"])
    };
    organisation["report_due_h"] = json!(null);
    let board = change(&organisation).ends(0).object();
    assert_eq!(board["rows"][0]["group"], "no-fixed-limit");
    assert_eq!(
        (&board["rows"][0]["dueAt"], &board["counts"]["noFixedLimit"]),
        (&json!(null), &json!(1))
    );
    assert!(board["rule"].as_str().unwrap().contains("as soon as reasonably possible"));
    organisation["report_law"] = json!("uk");
    let board = change(&organisation).ends(1).object();
    assert_eq!(board["rows"][0]["group"], "past-due", "at once means at once");
    assert!(board["rule"].as_str().unwrap().contains("2026/268"));
    assert_eq!(board["rows"][0]["dueAt"], board["rows"][0]["since"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_together_are_the_whole_board_once_and_in_order() {
    let office = office(9);
    seal(&office);
    approve(&office, "R-0001");
    file(&office, "R-0001", "<receipt/>");
    let bo = desk(&office.store, "bo", &Clock::system()).await;
    let whole = register::board(&bo, &ObligationFilter::default()).await.unwrap();
    assert_eq!(whole.rows.len(), 1);
    assert_eq!((whole.rows[0].kind, whole.counts.preservation), (ObligationKind::Preserve, 1));
    bo.close().await;
    let office = super::office(9);
    let verb = ["decide", "4", "not-a-match"];
    // Decided again, it is known no more.
    office.run("bo", &verb).ends(0);
    let bo = desk(&office.store, "bo", &Clock::system()).await;
    let whole = register::board(&bo, &ObligationFilter::default()).await.unwrap();
    assert_eq!(whole.rows.len(), 8);
    let counts = &whole.counts;
    assert_eq!(counts.past_due + counts.today + counts.within_14_days + counts.later, 8);
    let (mut ids, mut filter) = (Vec::new(), ObligationFilter { limit: 3, ..Default::default() });
    loop {
        let page = register::board(&bo, &filter).await.unwrap();
        assert!(page.rows.len() <= 3);
        ids.extend(page.rows.into_iter().map(|row| row.id));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => break,
        }
    }
    assert_eq!(ids, whole.rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let mine = ObligationFilter { owner: Some("R-01".to_owned()), ..Default::default() };
    assert_eq!(register::board(&bo, &mine).await.unwrap().rows.len(), 8);
    let nobody = ObligationFilter { owner: Some("R-09".to_owned()), ..Default::default() };
    assert_eq!(register::board(&bo, &nobody).await.unwrap().rows.len(), 0);
    let wrong = ObligationFilter { after: Some("open.x".to_owned()), ..Default::default() };
    assert_eq!(register::board(&bo, &wrong).await.unwrap_err().code, "DUE-01");
    bo.close().await;
    sound(&office);
}
