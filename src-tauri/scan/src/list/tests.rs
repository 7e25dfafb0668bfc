//! Every reader: what it takes is what was written, what it refuses it names by its place, and nothing makes it break off.

mod round_trip;

use super::table::Builder;
use super::*;

// hashlib and base64 of Python over b"casement".
const MD5_TEXTS: [&str; 3] = [
    "2a35d1a29a4b2aeb08ad0a15e20a921c",
    "FI25DIU2JMVOWCFNBIK6ECUSDQ======",
    "KjXRoppLKusIrQoV4gqSHA==",
];
const SHA1_TEXTS: [&str; 3] = [
    "e117d87b132e4ec2293ef937fa246a3464e020da",
    "4EL5Q6YTFZHMEKJ67E37UJDKGRSOAIG2",
    "4RfYexMuTsIpPvk3+iRqNGTgINo=",
];
const SHA256_TEXTS: [&str; 3] = [
    "fe21d54fbb0739cab45545ebea6a9b52ee4304cfecfd8b95ab03b63a74192993",
    "7YQ5KT53A444VNCVIXV6U2U3KLXEGBGP5T6YXFNLAO3DU5AZFGJQ====",
    "/iHVT7sHOcq0VUXr6mqbUu5DBM/s/YuVqwO2OnQZKZM=",
];

/// Id, label, values, standing.
type Kept = (Option<String>, Option<String>, Vec<Value>, Standing);

fn kept(
    format: Format,
    algorithm: Option<Algorithm>,
    text: impl AsRef<[u8]>,
) -> Result<(Vec<Kept>, Told), ListError> {
    let mut all = Vec::new();
    let told = read(format, algorithm, text.as_ref(), &mut |entry| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        all.push((owned(entry.id), owned(entry.label), entry.values.to_vec(), entry.standing));
    })?;
    Ok((all, told))
}

fn values(format: Format, algorithm: Option<Algorithm>, text: impl AsRef<[u8]>) -> Vec<Value> {
    kept(format, algorithm, text).unwrap().0.into_iter().flat_map(|entry| entry.2).collect()
}

#[track_caller]
fn refused(format: Format, text: impl AsRef<[u8]>, code: &str, place: Place) {
    let error = kept(format, None, text.as_ref()).map(|_| ()).unwrap_err();
    assert_eq!((error.code, error.place), (code, place), "{error}");
    let said = error.to_string();
    for word in String::from_utf8_lossy(text.as_ref()).split(|c: char| !c.is_alphanumeric()) {
        assert!(word.len() < 20 || !said.contains(word), "{said} holds a value of the list");
    }
}

#[test]
fn what_python_writes_is_read() {
    let told = [("md5", MD5_TEXTS), ("sha1", SHA1_TEXTS), ("sha256", SHA256_TEXTS)];
    for (word, [hex, base32, base64]) in told {
        let algorithm = Algorithm::of(word).unwrap();
        let wanted = Value::parse(algorithm, hex).unwrap();
        assert_eq!(hex::encode(wanted.bytes()), hex);
        for text in [base32, base64] {
            assert_eq!(Value::parse(algorithm, text), Some(wanted), "{text}");
            assert_eq!(values(Format::Lines, None, text), [wanted]);
            assert_eq!(Value::parse(algorithm, &format!("{text}=")), None);
            assert_eq!(Value::parse(algorithm, &text[1..]), None);
        }
    }
}

#[test]
fn a_list_of_two_kinds_is_refused_by_its_line() {
    let (md5, sha1) = (MD5_TEXTS[0], SHA1_TEXTS[0]);
    refused(Format::Lines, format!("# list\n\n{md5}\n{sha1}\n"), "LIST-03", Place::Line(4));
    refused(Format::Lines, format!("{md5}\n{}\n", MD5_TEXTS[2]), "LIST-03", Place::Line(2));
    refused(Format::Lines, format!("{sha1}\n{sha1} 80\n"), "LIST-03", Place::Line(2));
    refused(Format::Lines, format!("{md5}\nnone\n"), "LIST-02", Place::Line(2));
    refused(Format::Lines, format!("{md5} picture.jpg\n"), "LIST-02", Place::Line(1));
    refused(Format::Lines, "x".repeat(300_000), "LIST-06", Place::Line(1));
    let head = "id,md5,label";
    refused(
        Format::Csv,
        format!("{head}\n1,{md5},\n2,{},\n", MD5_TEXTS[1]),
        "LIST-03",
        Place::Line(3),
    );
    refused(Format::Csv, format!("{head}\n1,{sha1},\n"), "LIST-02", Place::Line(2));
    refused(Format::Csv, "name,size\na,1\n", "LIST-05", Place::Line(1));
    refused(Format::Csv, format!("md5,MD5\n{md5},{md5}\n"), "LIST-05", Place::Line(1));
    refused(
        Format::Csv,
        format!("md5,label\n{md5},\"{}", "x,\n".repeat(200_000)),
        "LIST-06",
        Place::Line(2),
    );
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_back() {
    // Every digit is one of hex and of base32: MD5 by the one, SHA-1 by the other.
    let open = "abcdef234567abcdef234567abcdef23";
    refused(Format::Lines, format!("{open}\n"), "LIST-04", Place::Whole);
    assert_eq!(values(Format::Lines, Some(Algorithm::Sha1), open)[0].algorithm(), Algorithm::Sha1);
    // A later line settles it for all.
    let settled = values(Format::Lines, None, format!("{open}\n{}\n", MD5_TEXTS[0]));
    assert_eq!(settled.iter().map(Value::algorithm).collect::<Vec<_>>(), [Algorithm::Md5; 2]);
    let other = values(Format::Lines, None, format!("{open}\n{}\n", SHA1_TEXTS[1]));
    assert_eq!(other.iter().map(Value::algorithm).collect::<Vec<_>>(), [Algorithm::Sha1; 2]);
}

#[test]
fn pdq_is_not_taken_for_sha256() {
    // As many ones as zeros, as PDQ is built.
    let line = |n: u8| format!("{}{}\n", hex::encode([n; 16]), hex::encode([!n; 16]));
    let pdq: String = (0..60).map(line).collect();
    refused(Format::Lines, &pdq, "LIST-04", Place::Whole);
    assert_eq!(values(Format::Lines, Some(Algorithm::Pdq), &pdq).len(), 60);
    assert_eq!(values(Format::Lines, Some(Algorithm::Sha256), &pdq).len(), 60);
    // A quality says it, too.
    let rated = pdq.replace('\n', ",87\n");
    let read = values(Format::Lines, None, &rated);
    assert!(read.len() == 60 && read.iter().all(|value| value.algorithm() == Algorithm::Pdq));
    refused(Format::Lines, rated.replace(",87", ",101"), "LIST-02", Place::Line(1));
}

#[test]
fn columns_stand_in_any_order_and_fields_may_be_empty() {
    let [md5, sha1] = [MD5_TEXTS[0], SHA1_TEXTS[0]];
    let text = format!(
        "\u{feff}# made up\r\nLabel;SHA-1;other;id;MD5\r\n\"A;\"\"1\"\"\";{sha1};x;e-1;\r\n;;;e-2;{md5}\r\n;;;e-3;\r\n"
    );
    let (all, told) = kept(Format::Csv, None, text).unwrap();
    assert_eq!(told.not_comparable, 1);
    assert_eq!(all[0].0.as_deref(), Some("e-1"));
    assert_eq!(all[0].1.as_deref(), Some("A;\"1\""));
    assert_eq!(all[0].2, [Value::parse(Algorithm::Sha1, sha1).unwrap()]);
    assert_eq!((all[1].1.as_deref(), all[1].2.len(), all[2].2.len()), (None, 1, 0));
}

#[test]
fn vics_is_read_as_media_or_cases_of_either_version() {
    let (md5, sha1) = (MD5_TEXTS[0], SHA1_TEXTS[0]);
    let media = format!(
        r#"{{"MediaID":7,"Category":"2","MD5":"{}","SHA1":"{sha1}","MediaFiles":[{{"MD5":"x","FileName":"a"}}]}},
           {{"MediaID":"m-8","Category":1,"MD5":null,"SHA1":""}}"#,
        md5.to_uppercase()
    );
    let two = format!(
        r#"{{"@odata.context":"http://example/DataModels/2.0.xml/$metadata#Media","value":[{media}]}}"#
    );
    let one = format!(
        r#"{{"odata.metadata":"http://example/DataModels/1.3.xml#Media","value":[{media}]}}"#
    );
    let case =
        format!(r##"{{"@odata.context":"#Cases","value":[{{"CaseID":"c","Media":[{media}]}}]}}"##);
    for text in [two, one, case] {
        let (all, told) = kept(Format::Vics, None, &text).unwrap();
        assert_eq!((all.len(), told.not_comparable), (2, 1), "{text}");
        assert_eq!((all[0].0.as_deref(), all[0].1.as_deref()), (Some("7"), Some("2")));
        assert_eq!(all[0].2.len(), 2);
        assert_eq!((all[1].0.as_deref(), all[1].1.as_deref()), (Some("m-8"), Some("1")));
        for cut in [text.len() / 2, text.len() - 1] {
            assert_eq!(kept(Format::Vics, None, &text[..cut]).unwrap_err().code, "LIST-06");
        }
    }
    refused(
        Format::Vics,
        format!(r#"{{"value":[{media},{{"MD5":"{sha1}"}}]}}"#),
        "LIST-02",
        Place::Entry(3),
    );
    refused(Format::Vics, r#"{"items":[]}"#, "LIST-07", Place::Whole);
    refused(Format::Vics, "[1]", "LIST-07", Place::Whole);
}

fn feed(entries: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
          <images count="2" maxTimestamp="2026-01-02T00:00:00Z">{entries}</images>
          <videos count="0" maxTimestamp="2026-01-03T00:00:00Z"/>
        </queryResult>"#
    )
}

fn image(id: &str, md5: &str) -> String {
    format!(
        "<image><member id=\"42\">Example &amp; Co</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>{id}</id>\
         <classification>A1</classification><fingerprints><md5>{md5}</md5><pdna>abc</pdna></fingerprints></image>"
    )
}

#[test]
fn a_feed_is_read_with_its_tombstones_and_its_version() {
    let (one, two) = ("0".repeat(32), "1".repeat(32));
    let gone = "<deletedImage><member id=\"42\">M</member><id>b</id><timestamp>t</timestamp></deletedImage>";
    let text = feed(&[image("a", &one), image("b", &one), gone.into(), image("a", &two)].concat());
    let (all, told) = kept(Format::Ncmec, None, &text).unwrap();
    assert_eq!(told.version.as_deref(), Some("2026-01-03T00:00:00Z"));
    assert_eq!((told.withdrawn, told.notes.len()), (1, 0));
    assert_eq!(all[0].0.as_deref(), Some("42-a"));
    assert_eq!(all[0].1.as_deref(), Some("A1"));
    let table = table(Format::Ncmec, &text);
    assert_eq!(table.len(), 1, "b was withdrawn, a was written anew");
    let of = |text: &str| table.exact(&Value::parse(Algorithm::Md5, text).unwrap()).len();
    assert_eq!((of(&one), of(&two)), (0, 1));

    let more = text.replace(
        "</queryResult>",
        "<paging><next>/v2/entries?a&amp;b</next></paging></queryResult>",
    );
    assert_eq!(kept(Format::Ncmec, None, more).unwrap().1.notes.len(), 1);
    let entity = text.replace("<?xml", "<!DOCTYPE x [<!ENTITY y \"z\">]><?xml");
    assert!(kept(Format::Ncmec, None, entity).is_err());
    refused(Format::Ncmec, feed(&image("a", "zz")), "LIST-02", Place::Entry(1));
    refused(Format::Ncmec, feed(&image("", &one)), "LIST-02", Place::Entry(1));
    refused(Format::Ncmec, "<html></html>", "LIST-07", Place::Whole);
    assert_eq!(kept(Format::Ncmec, None, &text[..text.len() - 30]).unwrap_err().code, "LIST-06");
}

#[test]
fn the_beginning_tells_the_format() {
    let of = |text: &str| format_of(text.as_bytes());
    assert_eq!(of("\u{feff} {\"value\":[]}"), Format::Vics);
    assert_eq!(of("<?xml?>"), Format::Ncmec);
    assert_eq!(of("# a\n\nid;\"MD5\"\n"), Format::Csv);
    assert_eq!((of(MD5_TEXTS[0]), of("")), (Format::Lines, Format::Lines));
}

fn table(format: Format, text: &str) -> Table {
    let mut builder = Builder::default();
    read(format, None, text.as_bytes(), &mut |entry| builder.take(entry)).unwrap();
    builder.finish().unwrap()
}
