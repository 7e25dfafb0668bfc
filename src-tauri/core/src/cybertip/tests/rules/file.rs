//! `fileDetails`.

use super::*;

const IP: &str = "<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress></ipCaptureEvent>";
const DEVICE: &str = "<deviceId><idType>IMEI</idType><idValue>1</idValue></deviceId>";
const MEME: &str = "<potentialMeme>true</potentialMeme>";
const MARKS: &str = "<fileAnnotations><viral/></fileAnnotations>";
const CLASS: &str = "<industryClassification>B2</industryClassification>";
const HASH: &str = "<originalFileHash hashType=\"SHA256\">0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef</originalFileHash>";
const PAIR: &str = "<nameValuePair><name>PDQ</name><value>f0</value></nameValuePair>";

fn viewed(file: &str, exif: &str) -> String {
    LEAST_FILE.replace(
        "<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>false</exifViewedByEsp>",
        &format!("{file}{exif}"),
    )
}

fn hash(kind: &str, value: &str) -> String {
    file(&format!("<originalFileHash hashType=\"{kind}\">{value}</originalFileHash>"))
}

rules! {
    "3" "A file holds its fields in one order."
    x_a_file_is_ordered {
        ordered(early, &[
            "<fileName>x</fileName>", "<originalFileName>x</originalFileName>",
            "<uploadedToEspTimestamp>2025-01-02T03:04:05Z</uploadedToEspTimestamp>",
            "<locationOfFile>https://h.example/a.jpg</locationOfFile>",
        ]);
        ordered(file, &[
            "<publiclyAvailable>true</publiclyAvailable>", "<fileRelevance>Reported</fileRelevance>", MARKS, CLASS, HASH, IP,
            DEVICE, "<details type=\"HASH\"><nameValuePair><name>a</name><value>b</value></nameValuePair></details>",
            "<additionalInfo>x</additionalInfo>",
        ]);
    }
    "3" "A file names its report and its id."
    x_a_file_has_both_ids {
        tell(&[LEAST_FILE], &[]);
        tell(&[], &[
            LEAST_FILE.replace("<reportId>7</reportId>", ""),
            LEAST_FILE.replace("<fileId>0123456789abcdef0123456789abcdef</fileId>", ""),
            LEAST_FILE.replace("<fileId>0", "<fileId>x"),
        ]);
    }
    "3" "fileName is known to the schema only."
    x_file_name_is_not_documented {
        let named = early("<fileName>x</fileName>");
        assert!(good(&named) && !flaws(&named, Schema::Documented).is_empty());
    }
    "3" "originalFileName takes 2,056 characters."
    d_the_original_name_takes_2056 {
        limits(early, &[("originalFileName", 2056)]);
    }
    "3" "The time of upload lies in the past."
    d_the_upload_lies_in_the_past {
        tell(&[], &[early("<uploadedToEspTimestamp>2026-11-21T12:00:01Z</uploadedToEspTimestamp>")]);
    }
    "3" "The file was viewed if its EXIF was: a rule of the server that the schema does not check."
    t_exif_viewed_asks_for_the_file_viewed {
        let (yes, no) = (|n: &str| format!("<{n}>true</{n}>"), |n: &str| format!("<{n}>false</{n}>"));
        let (file, exif) = ("fileViewedByEsp", "exifViewedByEsp");
        tell(&[viewed(&yes(file), &yes(exif)), viewed(&yes(file), &no(exif))], &[viewed(&no(file), &yes(exif))]);
        assert_eq!(Viewing::of(false, true), Viewing::NotViewed);
    }
    "3" "Both viewing flags are always told: readers take silence for no."
    d_viewing_is_always_told {
        let text = String::from_utf8(FileDetails::default().to_xml(Schema::Served).unwrap()).unwrap();
        assert!(text.contains("<fileViewedByEsp>false<") && text.contains("<exifViewedByEsp>false<"));
        tell(&[], &[viewed("", ""), viewed("<fileViewedByEsp>true</fileViewedByEsp>", "")]);
    }
    "3" "There is no viewedByEsp and no originalBinaryHash."
    d_names_of_others_are_not_ours {
        tell(&[], &[file("<viewedByEsp>true</viewedByEsp>"), file("<originalBinaryHash>x</originalBinaryHash>")]);
    }
    "3" "fileRelevance is one of two."
    d_relevance_is_one_of_two {
        let of = |word: &str| file(&format!("<fileRelevance>{word}</fileRelevance>"));
        tell(&[of("Reported"), of("Supplemental Reported")], &[of("Supplemental"), of("")]);
    }
    "3" "A supplemental file carries neither potentialMeme nor a classification."
    d_a_supplemental_file_has_no_meme_and_no_class {
        let of = |more: &str| file(&format!("<fileRelevance>Supplemental Reported</fileRelevance>{more}"));
        tell(&[of(""), of(MARKS)], &[of(MEME), of("<fileAnnotations><potentialMeme/></fileAnnotations>"), of(CLASS)]);
    }
    "3" "potentialMeme of old and fileAnnotations exclude each other."
    t_file_annotations_and_potential_meme_exclude_each_other {
        tell(&[file(MEME), file(MARKS)], &[file(&[MEME, MARKS].concat()), file(&[MARKS, MEME].concat())]);
    }
    "3" "fileAnnotations has ten flags, each at most once."
    x_a_file_has_ten_annotations {
        let names = [
            "animeDrawingVirtualHentai", "potentialMeme", "viral", "possibleSelfProduction", "physicalHarm", "violenceGore",
            "bestiality", "liveStreaming", "infant", "generativeAi",
        ];
        for name in names {
            let of = |times: usize| file(&format!("<fileAnnotations>{}</fileAnnotations>", format!("<{name}/>").repeat(times)));
            tell(&[of(1)], &[of(2)]);
        }
        tell(&[], &[file("<fileAnnotations><spam/></fileAnnotations>")]);
    }
    "3.1" "A classification is one of four, and is there only for who signed the agreement."
    x_a_classification_is_one_of_four {
        let of = |word: &str| file(&format!("<industryClassification>{word}</industryClassification>"));
        for word in ["A1", "A2", "B1", "B2"] {
            tell(&[of(word)], &[of(&word.to_lowercase())]);
        }
        tell(&[LEAST_FILE.to_owned()], &[of("C1")]);
        assert_eq!(FileDetails::default().classification, None);
    }
    "3" "A hash says its type, in at most 64 characters."
    d_a_hash_says_its_type {
        tell(&[file(HASH)], &[file("<originalFileHash>00</originalFileHash>"), hash("", "00"), hash(&"x".repeat(65), "00")]);
    }
    "3" "The type of a hash is a free text: SHA256 and PDQ pass as MD5 and SHA1 do."
    t_the_type_of_a_hash_is_free {
        let zero = |digits: usize| "0".repeat(digits);
        tell(&[hash("MD5", &zero(32)), hash("SHA1", &zero(40)), hash("SHA256", &zero(64)), hash("PDQ", &zero(64))], &[
            hash("MD5", &zero(40)), hash("SHA256", &zero(63)), hash("SHA1", &"z".repeat(40)),
        ]);
        tell(&[file(&HASH.repeat(3))], &[]);
    }
    "3" "At most one address was captured with a file."
    t_a_second_ip_capture_is_refused {
        tell(&[file(IP)], &[file(&IP.repeat(2))]);
    }
    "3" "The address stands behind classification and hashes."
    t_a_classification_behind_the_ip_capture_is_refused {
        tell(&[file(&[CLASS, HASH, IP].concat())], &[file(&[IP, CLASS].concat()), file(&[IP, HASH].concat())]);
    }
    "3" "Devices may be several."
    x_devices_may_be_several {
        tell(&[file(&DEVICE.repeat(2))], &[]);
    }
    "3" "The kind of details stands on details in the schema, which refuses it on a pair; the documentation has it there."
    t_the_kind_stands_on_details {
        let served = file(&format!("<details type=\"EXIF\">{PAIR}</details>"));
        let documented = file(&format!("<details>{}</details>", PAIR.replace("<nameValuePair>", "<nameValuePair type=\"EXIF\">")));
        tell(&[&served], &[&documented]);
        assert!(flaws(&documented, Schema::Documented).is_empty() && !flaws(&served, Schema::Documented).is_empty());
        let read = FileDetails::read(documented.as_bytes(), Schema::Documented, NOW).unwrap();
        assert_eq!(Ok(read), FileDetails::read(served.as_bytes(), Schema::Served, NOW));
        tell(&[], &[served.replace("EXIF", "PDQ")]);
    }
    "3" "Details hold at least one pair, of a name of at most 64 characters and a value."
    x_details_hold_pairs {
        let of = |pairs: &str| file(&format!("<details>{pairs}</details>"));
        tell(&[of(&PAIR.repeat(2)), of(&PAIR.replace("PDQ", &"n".repeat(64)))], &[
            of(""), of("<nameValuePair><name>x</name></nameValuePair>"), of("<nameValuePair><value>x</value></nameValuePair>"),
            of(&PAIR.replace("PDQ", &"n".repeat(65))),
        ]);
    }
    "3" "additionalInfo may repeat, and has no limit."
    x_additional_info_of_a_file_repeats {
        tell(&[file(&long("additionalInfo", 100_000).repeat(2))], &[]);
    }
}
