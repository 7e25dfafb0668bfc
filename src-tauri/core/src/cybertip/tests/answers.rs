//! What the server may answer, and what is made of it.

use super::*;

fn answer(xml: &str) -> Answer {
    Answer::read(xml.as_bytes()).unwrap()
}

#[test]
fn each_answer_of_a_submission_is_read() {
    let status = answer(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<reportResponse>\
         <responseCode>0</responseCode><responseDescription>Remote User : x</responseDescription></reportResponse>",
    );
    assert_eq!((status.code(), status.report()), (Code::new(0), None));
    let uploaded = answer(
        "<reportResponse><responseCode>0</responseCode><responseDescription>Success</responseDescription>\
         <reportId>4564654</reportId><fileId>b0754af766b426f2928a02c651ed4b99</fileId>\
         <hash>fafa5efeaf3cbe3b23b2748d13e629a1</hash></reportResponse>",
    );
    let Answer::Response(uploaded) = uploaded else { panic!("not a response") };
    assert_eq!(uploaded.report.unwrap().get(), 4_564_654);
    assert_eq!(uploaded.file.unwrap().as_str(), "b0754af766b426f2928a02c651ed4b99");
    assert_eq!(uploaded.md5.unwrap(), "fafa5efeaf3cbe3b23b2748d13e629a1");
    let done = answer(
        "<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId><files>\
         <fileId>b0754af766b426f2928a02c651ed4b99</fileId></files></reportDoneResponse>",
    );
    let Answer::Done(done) = done else { panic!("not a receipt") };
    assert_eq!((done.report.get(), done.files.ids.len()), (7, 1));
}

#[test]
fn what_a_later_server_adds_does_not_cost_the_receipt() {
    let done = answer(
        "<reportDoneResponse version=\"2\"><responseCode>0</responseCode><note>x</note>\
         <reportId>7</reportId><files/></reportDoneResponse>",
    );
    assert_eq!(done.report(), ReportId::new(7));
    let refused = answer(
        "<reportResponse><responseCode>4100</responseCode><responseDescription/>\
         <reportId>0</reportId><fileId/><hash></hash></reportResponse>",
    );
    assert_eq!((refused.code().class(), refused.report()), (Class::Stop, None));
}

#[test]
fn what_is_no_answer_is_refused() {
    for xml in [
        "",
        "<html><body>Bad gateway</body></html>",
        "<reportResponse/>",
        "<reportResponse><responseCode>x</responseCode><responseDescription/></reportResponse>",
        "<reportDoneResponse><responseCode>0</responseCode><files/></reportDoneResponse>",
        "<reportDoneResponse><responseCode>0</responseCode><reportId>0</reportId><files/></reportDoneResponse>",
        "<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId><files>\
         <fileId>short</fileId></files></reportDoneResponse>",
    ] {
        assert!(Answer::read(xml.as_bytes()).is_err(), "{xml}");
    }
}

#[test]
fn ids_are_filled_in_and_nothing_else_changes() {
    let schema = Schema::Served;
    let info = "<reportId>0</reportId> & <fileId>00000000000000000000000000000000</fileId>";
    let file = FileDetails {
        additional_info: vec![FreeText::new(info).unwrap()],
        viewing: Viewing::File,
        ..FileDetails::default()
    };
    let xml = file.to_xml(schema).unwrap();
    let ids = FileIds {
        report: ReportId::read("4564654").unwrap(),
        file: FileId::read("b0754af766b426f2928a02c651ed4b99").unwrap(),
    };
    let filled = FileDetails::with_ids(&xml, &ids, schema, NOW).unwrap();
    assert_eq!(
        FileDetails::read(&filled, schema, NOW).unwrap(),
        FileDetails { ids: Some(ids.clone()), ..file }
    );
    let lines = |xml: &[u8]| -> Vec<String> {
        String::from_utf8(xml.to_vec()).unwrap().lines().map(str::to_owned).collect()
    };
    let (before, after) = (lines(&xml), lines(&filled));
    let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
    assert_eq!((changed, before.len()), (2, after.len()));
    assert!(FileDetails::with_ids(&filled, &ids, schema, NOW).is_err(), "ids are filled in once");
    assert!(FileDetails::with_ids(LEAST.as_bytes(), &ids, schema, NOW).is_err());
}

#[test]
fn placeholders_are_no_ids() {
    assert_eq!(FileId::read(&"0".repeat(32)), None);
    assert_eq!((ReportId::read("0"), ReportId::read("-1"), ReportId::read("")), (None, None, None));
    let half = LEAST_FILE.replace("<reportId>7<", "<reportId>0<");
    assert_eq!(flaws(&half, Schema::Served)[0].text, "one id is a placeholder, the other is not");
}
