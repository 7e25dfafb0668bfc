//! Answers, whole, half and hostile.

use casement_courier::Failure;
use proptest::prelude::*;

use super::{Said, Told, Verdict, judge, may_be_done, read};
use crate::cybertip::Code;
use crate::wire::SubmissionCall::{self, Fileinfo, Finish, Retract, Status, Submit, Upload};

fn xml(root: &str, inside: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>{inside}</{root}>").into_bytes()
}

fn response(code: i32, rest: &str) -> Vec<u8> {
    xml("reportResponse", &format!("<responseCode>{code}</responseCode>{rest}"))
}

fn told(status: u16, body: Vec<u8>) -> Told {
    Told::Answered { status, request_id: None, body }
}

#[test]
fn both_documented_answers_are_read() {
    let upload = response(
        0,
        "<responseDescription>a &lt;b&gt; &#38; c</responseDescription><reportId>77</reportId><fileId>0aF-1</fileId><hash>AB</hash>",
    );
    let said = read(&upload).unwrap();
    assert_eq!(said.description.as_deref(), Some("a <b> & c"));
    assert_eq!((said.number.as_deref(), said.hash.as_deref()), (Some("77"), Some("ab")));
    let done = xml(
        "reportDoneResponse",
        "<responseCode>0</responseCode><reportId>77</reportId><files><fileId>a</fileId><fileId>b</fileId></files>",
    );
    let said = read(&done).unwrap();
    assert!(said.receipt);
    assert_eq!(said.files, ["a", "b"]);
    assert_eq!(said.file_id, None, "the files of a receipt are not the id of an upload");
}

#[test]
fn ids_that_could_change_a_document_are_not_taken() {
    for bad in ["0", "-1", "7 7", "9223372036854775808", "&lt;x&gt;", "7e1", ""] {
        let said = read(&response(0, &format!("<reportId>{bad}</reportId>"))).unwrap();
        assert_eq!(said.number, None, "{bad:?}");
    }
    let long = "a".repeat(65);
    for bad in ["a b", "&quot;", "ä", long.as_str()] {
        let said = read(&response(0, &format!("<fileId>{bad}</fileId>"))).unwrap();
        assert_eq!(said.file_id, None, "{bad:?}");
    }
}

/// Fact sheet §1.4, and what §1.3 makes of the 5xxx.
#[test]
fn every_documented_code_has_its_class() {
    use Verdict::{Again, Finished, Gone, Refused};
    let table = [
        (&[1000, 1100, 1110, 1111, 1300][..], Again),
        (&[1210, 2000, 3000, 3100, 3300, 4000, 4100, 4110, 4200, 5002][..], Refused),
        (&[5001, 5101][..], Gone),
        (&[5102][..], Finished),
    ];
    for (codes, class) in table {
        for code in codes {
            for status in [200, 400, 500] {
                for call in [Submit, Upload, Fileinfo, Finish, Retract] {
                    let body = response(*code, "<reportId>77</reportId>");
                    let verdict = judge(call, Some("77"), &told(status, body));
                    assert_eq!(verdict, class, "{code} {status} {call:?}");
                }
            }
        }
    }
}

/// Who says that it opened a report and not which is not asked again, or it would open another.
#[test]
fn an_opening_without_a_number_is_refused_and_may_be_done() {
    for inside in ["", "<reportId>none</reportId>"] {
        assert_eq!(judge(Submit, None, &told(200, response(0, inside))), Verdict::Refused);
    }
    let code = |code| Some(Code::new(code));
    for (status, code, done) in [
        (Some(200), code(0), true),
        (Some(400), code(0), true),
        (Some(200), code(4000), false),
        (Some(500), code(1000), false),
        (Some(200), None, true),
        (Some(500), None, true),
        (Some(403), None, false),
        (None, None, true),
    ] {
        assert_eq!(may_be_done(status, code), done, "{status:?} {code:?}");
    }
}

#[test]
fn an_answer_without_a_document_is_judged_by_its_status() {
    for (status, again) in [
        (200, true),
        (500, true),
        (503, true),
        (429, true),
        (401, false),
        (302, false),
        (404, false),
    ] {
        let verdict = judge(Finish, Some("77"), &told(status, Vec::new()));
        assert_eq!(verdict == Verdict::Again, again, "{status}");
        assert_ne!(verdict, Verdict::Gone);
    }
    assert_eq!(judge(Finish, Some("77"), &Told::Failed(Failure::Tls)), Verdict::Refused);
    assert_eq!(judge(Finish, Some("77"), &Told::Failed(Failure::Timeout)), Verdict::Again);
}

#[test]
fn success_needs_what_the_next_step_needs() {
    let done = |call: SubmissionCall, number: Option<&str>, body: Vec<u8>| {
        matches!(judge(call, number, &told(200, body)), Verdict::Done(_))
    };
    assert!(done(Status, None, response(0, "")), "the answer to status names no report");
    assert!(!done(Submit, None, response(0, "")));
    let whole = "<reportId>77</reportId><fileId>a</fileId><hash>b</hash>";
    assert!(done(Upload, Some("77"), response(0, whole)));
    assert!(!done(Upload, Some("78"), response(0, whole)), "another report");
    assert!(!done(Upload, Some("77"), response(0, "<reportId>77</reportId><fileId>a</fileId>")));
    let receipt =
        xml("reportDoneResponse", "<responseCode>0</responseCode><reportId>77</reportId><files/>");
    assert!(done(Finish, Some("77"), receipt.clone()));
    assert!(!done(Finish, Some("78"), receipt));
    assert!(!done(Finish, Some("77"), response(0, "<reportId>77</reportId>")), "no receipt");
    assert!(matches!(judge(Retract, Some("77"), &told(500, response(0, ""))), Verdict::Again));
}

#[test]
fn what_is_not_one_whole_document_is_not_read() {
    let whole = response(0, "<reportId>77</reportId>");
    for cut in 0..whole.len() {
        assert_eq!(read(&whole[..cut]), None, "{cut}");
    }
    let mut twice = whole;
    twice.extend_from_slice(b"<reportResponse></reportResponse>");
    assert_eq!(read(&twice), None);
    assert_eq!(read(&xml("html", "<responseCode>0</responseCode>")), None);
    let doctype = b"<!DOCTYPE reportResponse [<!ENTITY a \"b\">]><reportResponse><responseCode>0</responseCode></reportResponse>";
    assert_eq!(read(doctype), None);
    let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
    assert_eq!(read(&response(0, &deep)), None);
}

proptest! {
    #[test]
    fn no_bytes_upset_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..200, byte in any::<u8>()) {
        let _ = read(&bytes);
        let mut damaged = response(0, "<reportId>77</reportId><fileId>a</fileId><hash>b</hash>");
        if let Some(place) = damaged.get_mut(at) {
            *place = byte;
        }
        let said: Option<Said> = read(&damaged);
        if let Some(number) = said.and_then(|said| said.number) {
            prop_assert!(super::is_number(&number));
        }
    }
}
