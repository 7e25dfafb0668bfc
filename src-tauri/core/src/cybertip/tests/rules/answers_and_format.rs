//! Answers, codes and what holds for every document.

use super::*;

fn answer(inside: &str) -> bool {
    Answer::read(format!("<reportResponse>{inside}</reportResponse>").as_bytes()).is_ok()
}

fn class(code: u32) -> Class {
    Code::new(code).class()
}

rules! {
    "1.4" "An answer holds code and description, then report id, file id and hash where there are any."
    x_an_answer_has_a_code_and_a_description {
        let both = "<responseCode>0</responseCode><responseDescription>x</responseDescription>";
        assert!(answer(both));
        assert!(!answer("<responseCode>0</responseCode>"));
        assert!(!answer("<responseDescription>x</responseDescription>"));
        let file = "0123456789abcdef0123456789abcdef";
        assert!(answer(&format!("{both}<reportId>1</reportId><fileId>{file}</fileId><hash>{file}</hash>")));
    }
    "1.4" "The answer to a status request has no report id, which the schema allows."
    x_an_answer_may_lack_a_report_id {
        assert!(answer("<responseCode>0</responseCode><responseDescription/>"));
    }
    "1.4" "A receipt names the report."
    t_a_receipt_requires_a_report_id {
        let receipt = |id: &str| {
            let xml = format!("<reportDoneResponse><responseCode>0</responseCode>{id}<files/></reportDoneResponse>");
            Answer::read(xml.as_bytes()).is_ok()
        };
        assert!(receipt("<reportId>7</reportId>") && !receipt(""));
    }
    "1.4" "A receipt has one list of files, which may be empty."
    x_a_receipt_lists_its_files {
        let receipt = |files: &str| {
            let xml = format!("<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId>{files}</reportDoneResponse>");
            Answer::read(xml.as_bytes()).is_ok()
        };
        let id = "<fileId>0123456789abcdef0123456789abcdef</fileId>";
        assert!(receipt("<files/>") && receipt(&format!("<files>{id}{id}</files>")) && !receipt(""));
    }
    "1.4" "A file id is 32 hex digits, although the documentation calls it a number."
    x_a_file_id_is_32_hex_digits {
        assert!(FileId::read("b0754af766b426f2928a02c651ed4b99").is_some());
        assert!(FileId::read("4564654").is_none() && FileId::read(&"g".repeat(32)).is_none());
    }
    "1.4" "The documented codes are known by what they ask of the sender."
    d_codes_say_what_to_do {
        assert_eq!(class(0), Class::Done);
        assert!([1000, 1100, 1110, 1111, 1300].iter().all(|c| class(*c) == Class::Retry));
        let stop = [1210, 2000, 3000, 3100, 3300, 4000, 4100, 4110, 4200];
        assert!(stop.iter().all(|c| class(*c) == Class::Stop));
        assert!([5001, 5002, 5101, 5102].iter().all(|c| class(*c) == Class::State));
    }
    "1.4" "The list of codes is not complete: an unknown one is read, and never tried again."
    d_an_unknown_code_stops {
        assert!(answer("<responseCode>1999</responseCode><responseDescription/>"));
        assert_eq!((class(1999), class(9000)), (Class::Stop, Class::Stop));
    }
    "1.5" "Documents are UTF-8."
    d_documents_are_utf8 {
        let mut xml = LEAST.replace("desk@", "é@").into_bytes();
        assert!(check(&xml, Schema::Served, NOW).is_empty());
        let at = xml.iter().position(|byte| *byte == 0xc3).unwrap();
        xml[at] = 0xff;
        assert_eq!(check(&xml, Schema::Served, NOW)[0].text, "the document is not UTF-8");
    }
    "1.5" "The root names the schema's address without a namespace."
    d_the_root_names_the_schema {
        let xml = FileDetails::default().to_xml(Schema::Served).unwrap();
        let text = String::from_utf8(xml).unwrap();
        assert!(text.contains("xsi:noNamespaceSchemaLocation=\"https://report.cybertip.org/ispws/xsd\""));
        assert!(!good(&LEAST.replace("<report>", "<report xmlns=\"https://a.example\">")));
    }
    "1.5" "A time carries a zone."
    d_a_time_has_a_zone {
        for good_zone in ["Z", "+00:00", "-07:00", "+05:30"] {
            tell(&[LEAST.replace("+01:00", good_zone)], &[]);
        }
        for bad in ["", "z", " Z", "+1", "+0100"] {
            tell(&[], &[LEAST.replace("+01:00", bad)]);
        }
    }
    "1.5" "The schema alone accepts a time without zone, so that the checker is who refuses it."
    t_a_time_without_zone_is_refused_by_us {
        assert!(!good(&LEAST.replace("+01:00", "")));
        assert!(!good(&LEAST.replace("T03", " 03")));
    }
    "1.5" "Times lie in the past."
    d_times_lie_in_the_past {
        tell(&[LEAST.replace("2025-01-02T03:04:05+01:00", "2026-11-21T12:00:00Z")], &[
            LEAST.replace("2025-01-02T03:04:05+01:00", "2026-11-21T12:00:01Z"),
            LEAST.replace("2025-01-02T03:04:05+01:00", "2026-11-21T12:00:00-00:01"),
        ]);
    }
    "1.5" "The order of elements is strict."
    t_order_is_strict {
        let summary = &LEAST["<report>".len()..LEAST.find("<reporter>").unwrap()];
        let reporter = &LEAST[LEAST.find("<reporter>").unwrap()..LEAST.find("</report>").unwrap()];
        tell(&[format!("<report>{summary}{reporter}</report>")], &[format!("<report>{reporter}{summary}</report>")]);
    }
    "1.5" "Only annotations come in any order."
    t_annotations_come_in_any_order {
        let marks = |inside: &str| file(&format!("<fileAnnotations>{inside}</fileAnnotations>"));
        tell(&[marks("<viral/><infant/>"), marks("<infant/><viral/>"), marks("")], &[marks("<viral/><viral/>")]);
        let notes = |inside: &str| summary(&format!("<reportAnnotations>{inside}</reportAnnotations>"));
        tell(&[notes("<spam/><sextortion/>"), notes("<sextortion/><spam/>")], &[notes("<spam/><spam/>")]);
    }
    "1.5" "A flag is empty or true; false is not valid."
    t_false_is_no_flag {
        let mark = |text: &str| file(&format!("<fileAnnotations><viral>{text}</viral></fileAnnotations>"));
        tell(&[mark(""), mark("true")], &[mark("false"), mark("no"), mark(" ")]);
    }
    "1.5" "A flag that is not set is not written."
    t_a_flag_not_set_is_omitted {
        let marks = FileAnnotations { viral: true, ..FileAnnotations::default() };
        let file = FileDetails { marks: Some(Marks::Annotations(marks)), ..FileDetails::default() };
        let text = String::from_utf8(file.to_xml(Schema::Served).unwrap()).unwrap();
        assert!(text.contains("<viral/>") && !text.contains("infant"));
    }
    "1.5" "An address has at most 2,083 characters."
    d_an_address_is_at_most_2083_long {
        let url = |length: usize| {
            let start = "https://h.example/";
            early(&format!("<locationOfFile>{start}{}</locationOfFile>", "x".repeat(length - start.len())))
        };
        tell(&[url(2083)], &[url(2084)]);
    }
    "1.5" "An address has no blanks or control characters, which would give code 4100."
    d_an_address_is_valid {
        let url = |text: &str| early(&format!("<locationOfFile>{text}</locationOfFile>"));
        tell(&[url("https://h.example/a%20b")], &[url("https://h.example/a b"), url("h.example"), url("")]);
        assert_eq!(Address::read("https://h.example/a b").unwrap().text(), "https://h.example/a%20b");
    }
}
