//! Who took part, their accounts, and the types that stand in several places.

use super::*;

fn recipient(inside: &str) -> String {
    tail(&format!("<intendedRecipient>{inside}</intendedRecipient>"))
}

fn victim(inside: &str) -> String {
    tail(&format!("<victim><victimPerson/>{inside}</victim>"))
}

fn account(inside: &str) -> String {
    reported(&format!("<associatedAccount type=\"Other\">{inside}</associatedAccount>"))
}

fn ip(inside: &str) -> String {
    reported(&format!("<ipCaptureEvent>{inside}</ipCaptureEvent>"))
}

fn device(inside: &str) -> String {
    reported(&format!("<deviceId>{inside}</deviceId>"))
}

fn address(inside: &str) -> String {
    person(&format!("<address>{inside}</address>"))
}

fn phone(attributes: &str) -> String {
    person(&format!("<phone {attributes}>555 0100</phone>"))
}

fn email(attributes: &str) -> String {
    person(&format!("<email {attributes}>a@b.example</email>"))
}

fn location(inside: &str) -> String {
    reported(&format!("<estimatedLocation>{inside}</estimatedLocation>"))
}

/// The part that accounts of all three parties have.
const IP: &str = "<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress></ipCaptureEvent>";
const DEVICE: &str = "<deviceId><idType>IMEI</idType><idValue>1</idValue></deviceId>";
const HEAD: [&str; 7] = [
    "<espIdentifier>x</espIdentifier>",
    "<espService>x</espService>",
    "<compromisedAccount>true</compromisedAccount>",
    "<screenName>x</screenName>",
    "<displayName>x</displayName>",
    "<profileUrl>https://h.example/</profileUrl>",
    "<profileBio>x</profileBio>",
];
const TAIL: [&str; 4] = [
    "<accountTemporarilyDisabled>true</accountTemporarilyDisabled>",
    "<accountPermanentlyDisabled>false</accountPermanentlyDisabled>",
    "<estimatedLocation><countryCode>DE</countryCode></estimatedLocation>",
    "<allEmailsReported>true</allEmailsReported>",
];
const PRIOR: &str = "<priorCTReports>7</priorCTReports>";
const GROUP: &str = "<groupIdentifier>x</groupIdentifier>";
const ACCOUNT: &str = "<associatedAccount type=\"Linked\"/>";
const MORE: &str = "<additionalInfo>x</additionalInfo>";

rules! {
    "2.6" "The person reported has its fields in one order."
    x_the_person_reported_is_ordered {
        let mut all = vec!["<personOrUserReportedPerson/>", "<vehicleDescription>x</vehicleDescription>"];
        all.extend(HEAD);
        all.extend([IP, DEVICE, "<thirdPartyUserReported>true</thirdPartyUserReported>", PRIOR, GROUP]);
        all.extend(TAIL);
        all.extend([ACCOUNT, MORE]);
        ordered(reported, &all);
    }
    "2.6" "Names, ids and descriptions of the person reported keep their limits."
    d_the_person_reported_keeps_its_limits {
        limits(reported, &[
            ("vehicleDescription", 300), ("espIdentifier", 255), ("espService", 100), ("screenName", 256),
            ("displayName", 255), ("groupIdentifier", 255),
        ]);
    }
    "2.6" "Email and telephone live inside the person, not beside it."
    t_no_email_or_telephone_beside_the_person {
        tell(&[], &[reported("<email>a@b.example</email>"), reported("<phone>1</phone>")]);
        tell(&[reported("<personOrUserReportedPerson><email>a@b.example</email></personOrUserReportedPerson>")], &[]);
    }
    "2.6" "A disabled account says when, and whether its user was told; only a temporary one is enabled again."
    d_a_disabled_account_has_dates {
        let disabled = |how: &str, attributes: &str| reported(&format!("<account{how}Disabled {attributes}>true</account{how}Disabled>"));
        let common = "disabledDate=\"2025-01-02T03:04:05Z\" userNotified=\"true\" userNotifiedDate=\"2025-01-02T03:04:05Z\"";
        let again = format!("{common} reenabledDate=\"2025-02-02T03:04:05Z\"");
        tell(
            &[disabled("Temporarily", &again), disabled("Permanently", common)],
            &[disabled("Permanently", &again), disabled("Temporarily", "disabledDate=\"2025-01-02\"")],
        );
    }
    "2.6" "Earlier reports are numbers."
    d_prior_reports_are_numbers {
        tell(&[reported(&PRIOR.repeat(2))], &[reported("<priorCTReports>CT-7</priorCTReports>")]);
    }
    "2.7" "A recipient has no vehicle, no third party, no associated account."
    x_a_recipient_has_less {
        let mut all = vec!["<intendedRecipientPerson/>"];
        all.extend(HEAD);
        all.extend([IP, DEVICE, PRIOR, GROUP]);
        all.extend(TAIL);
        all.push(MORE);
        ordered(recipient, &all);
        tell(&[], &[
            recipient("<vehicleDescription>x</vehicleDescription>"),
            recipient("<thirdPartyUserReported>true</thirdPartyUserReported>"),
            recipient(ACCOUNT),
        ]);
    }
    "2.7" "The schema lets additionalInfo of a recipient repeat, the documentation does not."
    x_additional_info_of_a_recipient_repeats {
        let twice = recipient(&MORE.repeat(2));
        tell(&[&twice], &[]);
        assert!(!flaws(&twice, Schema::Documented).is_empty());
    }
    "2.7" "A victim has a person."
    x_a_victim_has_a_person {
        tell(&[tail("<victim><victimPerson/></victim>")], &[tail("<victim/>")]);
    }
    "2.7" "A victim has a school behind the devices, and no group, vehicle or third party."
    x_a_victim_has_a_school {
        let mut all = HEAD.to_vec();
        all.extend([IP, DEVICE, "<schoolName>x</schoolName>", PRIOR]);
        all.extend(TAIL);
        all.extend([ACCOUNT, MORE]);
        ordered(victim, &all);
        limits(victim, &[("schoolName", 255)]);
        tell(&[], &[victim(GROUP), victim("<vehicleDescription>x</vehicleDescription>"), victim("<thirdPartyUserReported>true</thirdPartyUserReported>")]);
    }
    "2.8" "An associated account has its fields in one order."
    x_an_associated_account_is_ordered {
        ordered(account, &[
            "<platform>x</platform>", "<firstName>x</firstName>", "<middleName>x</middleName>", "<lastName>x</lastName>",
            "<approximateAge>9</approximateAge>", "<phone>1</phone>", "<email>a@b.example</email>",
            "<allEmailsReported>true</allEmailsReported>", "<address/>", "<espService>x</espService>",
            "<espIdentifier>x</espIdentifier>", "<profileUrl>https://h.example/</profileUrl>", "<screenName>x</screenName>",
            "<displayName>x</displayName>", "<profileBio>x</profileBio>", GROUP, "<compromisedAccount>true</compromisedAccount>",
            "<accountTemporarilyDisabled>true</accountTemporarilyDisabled>",
            "<accountPermanentlyDisabled>true</accountPermanentlyDisabled>", IP, DEVICE, "<priorCTReport>7</priorCTReport>", MORE,
        ]);
        limits(account, &[("platform", 256)]);
    }
    "2.8" "An associated account has an approximate age or a day of birth, not both."
    d_age_and_birth_exclude_each_other {
        let (age, born) = ("<approximateAge>9</approximateAge>", "<dateOfBirth>2016-01-02</dateOfBirth>");
        tell(&[account(age), account(born)], &[account(&format!("{age}{born}")), account(&format!("{born}{age}"))]);
    }
    "2.8" "The schema calls the kind of an associated account type and requires it; the documentation calls it accountType."
    t_the_kind_of_an_account_is_called_type {
        for word in AccountKind::WORDS {
            tell(&[reported(&format!("<associatedAccount type=\"{word}\"/>"))], &[]);
        }
        let documented = reported("<associatedAccount accountType=\"Billing\"/>");
        tell(&[], &[documented.clone(), reported("<associatedAccount/>"), reported("<associatedAccount type=\"Friend\"/>")]);
        assert!(flaws(&documented, Schema::Documented).is_empty());
        assert!(flaws(&reported("<associatedAccount/>"), Schema::Documented).is_empty());
    }
    "2.8" "thirdPartyUser stands on the platform in the schema."
    x_third_party_user_stands_on_the_platform {
        let served = account("<platform thirdPartyUser=\"true\">x</platform>");
        tell(&[&served], &[&served.replace(" type=", " thirdPartyUser=\"true\" type=")]);
        assert!(!flaws(&served.replace(" type=\"Other\"", ""), Schema::Documented).is_empty());
    }
    "2.9" "A captured address has its fields in one order."
    x_an_ip_capture_is_ordered {
        ordered(ip, &[
            "<ipAddress>192.0.2.7</ipAddress>", "<eventName>Upload</eventName>", "<dateTime>2025-01-02T03:04:05Z</dateTime>",
            "<possibleProxy>true</possibleProxy>", "<port>443</port>",
        ]);
    }
    "2.9" "A captured address is IPv4 or IPv6."
    d_an_ip_address_is_v4_or_v6 {
        let of = |text: &str| ip(&format!("<ipAddress>{text}</ipAddress>"));
        tell(&[of("192.0.2.7"), of("2001:db8::7")], &[of("192.0.2.700"), of("host.example"), of(""), ip("")]);
    }
    "2.9" "An event is one of six words; a port is 1 to 65535; its time lies in the past."
    d_a_capture_keeps_its_ranges {
        let with = |more: &str| ip(&format!("<ipAddress>192.0.2.7</ipAddress>{more}"));
        for word in EventName::WORDS {
            tell(&[with(&format!("<eventName>{word}</eventName>"))], &[]);
        }
        tell(&[with("<port>1</port>"), with("<port>65535</port>")], &[
            with("<port>0</port>"), with("<port>65536</port>"), with("<eventName>Crawl</eventName>"),
            with("<dateTime>2026-11-21T12:00:01Z</dateTime>"), with("<dateTime>2025-01-02T03:04:05</dateTime>"),
        ]);
    }
    "2.9" "A device has a type of at most 255 and a value of at most 2,083 characters."
    d_a_device_has_type_and_value {
        let (kind, value) = ("<idType>IMEI</idType>", "<idValue>1</idValue>");
        tell(&[device(&[kind, value].concat())], &[device(kind), device(value), device(&[value, kind].concat())]);
        limits(|text| device(&format!("{text}<idValue>1</idValue>")), &[("idType", 255)]);
        limits(|text| device(&format!("<idType>IMEI</idType>{text}")), &[("idValue", 2083)]);
    }
    "2.9" "The telephone of a person stands before the email."
    t_telephone_before_email {
        tell(&[person("<phone>1</phone><email>a@b.example</email>")], &[person("<email>a@b.example</email><phone>1</phone>")]);
    }
    "2.9" "A person has its fields in one order."
    x_a_person_is_ordered {
        ordered(person, &[
            "<firstName>x</firstName>", "<lastName>x</lastName>", "<phone>1</phone>", "<email>a@b.example</email>", "<address/>",
            "<age>150</age>", "<dateOfBirth>2016-01-02</dateOfBirth>",
        ]);
    }
    "2.9" "Names take 100 characters, an age is 0 to 150."
    d_a_person_keeps_its_limits {
        limits(person, &[("firstName", 100), ("lastName", 100)]);
        tell(&[person("<age>0</age>"), person("<age>150</age>")], &[person("<age>151</age>"), person("<age>-1</age>"), person("<dateOfBirth>2027-01-01</dateOfBirth>")]);
    }
    "2.9" "A contact is a person without age and birth."
    x_a_contact_has_no_age {
        let contact = |inside: &str| reporter(&format!("<contactPerson>{inside}</contactPerson>"));
        tell(&[contact("<phone>1</phone>")], &[contact("<age>30</age>"), contact("<dateOfBirth>1990-01-01</dateOfBirth>")]);
    }
    "2.9" "A postal address has its fields in one order and within their limits."
    x_a_postal_address_is_ordered {
        ordered(address, &[
            "<address>x</address>", "<city>x</city>", "<zipCode>x</zipCode>", "<state>OH</state>", "<nonUsaState>x</nonUsaState>",
            "<country>US</country>",
        ]);
        limits(address, &[("address", 255), ("city", 100), ("zipCode", 20), ("nonUsaState", 100)]);
        tell(&[], &[address("<state>ZZ</state>"), address("<country>ZZ</country>"), address("<country>us</country>")]);
        for word in AddressKind::WORDS {
            tell(&[person(&format!("<address type=\"{word}\"/>"))], &[]);
        }
    }
    "2.9" "A telephone takes 50 characters; its kind, code and extension keep their form."
    d_a_telephone_keeps_its_form {
        limits(person, &[("phone", 50)]);
        for word in PhoneKind::WORDS {
            tell(&[phone(&format!("type=\"{word}\""))], &[]);
        }
        tell(&[phone("countryCallingCode=\"+1\" extension=\"0123456789\"")], &[
            phone("type=\"Car\""), phone("countryCallingCode=\"1\""), phone("countryCallingCode=\"+1234\""),
            phone("extension=\"x1\""), phone("extension=\"01234567890\""),
        ]);
    }
    "2.9" "An email address takes 255 characters, 64 before the sign."
    d_an_email_address_keeps_its_limits {
        let of = |local: usize, domain: usize| person(&format!("<email>{}@{}.example</email>", "x".repeat(local), "y".repeat(domain)));
        tell(&[of(64, 182)], &[of(65, 10), of(64, 183), person("<email>nobody</email>")]);
        for word in EmailKind::WORDS {
            tell(&[email(&format!("type=\"{word}\""))], &[]);
        }
        tell(&[], &[email("type=\"Mobile\"")]);
    }
    "2.9" "A date of verification asks that it is verified."
    d_a_verification_date_needs_verified {
        let date = "verificationDate=\"2025-01-02T03:04:05Z\"";
        tell(&[email(&format!("verified=\"true\" {date}")), email("verified=\"false\"")], &[
            email(date), email(&format!("verified=\"false\" {date}")), phone(date),
        ]);
    }
    "2.9" "An estimated location has a country; in the United States its region is a state."
    d_an_estimated_location_has_a_country {
        ordered(location, &["<city>x</city>", "<region>OH</region>", "<countryCode>US</countryCode>"]);
        tell(&[location("<region>Bayern</region><countryCode>DE</countryCode>")], &[
            location("<city>x</city>"), location("<region>Ohio</region><countryCode>US</countryCode>"),
        ]);
    }
    "2.9" "A country is an ISO code of two letters, empty, or one of the codes of old lists."
    x_a_country_is_iso_or_empty_or_of_an_old_list {
        assert_eq!(Country::WORDS.len(), 249 + 1 + 8);
        for word in ["", "A1", "A2", "O1", "AP", "EU", "AN", "FX", "XK", "GB", "SS"] {
            tell(&[address(&format!("<country>{word}</country>"))], &[]);
        }
        tell(&[], &[address("<country>UK</country>"), address("<country>USA</country>")]);
    }
    "2.9" "A batched report has one reason, may name several persons by identifier, and may say no more."
    d_a_batched_report_says_little {
        let batch = "<batchedReport reason=\"VIRAL_POTENTIAL_MEME\"/>";
        let of = |text: String| text.replace("<report>", &format!("<report>{batch}"));
        let who = "<personOrUserReported><espIdentifier>x</espIdentifier></personOrUserReported>";
        tell(&[of(tail(&who.repeat(3)))], &[
            of(LEAST.to_owned()).replace("VIRAL_POTENTIAL_MEME", "SPAM"),
            of(tail("<personOrUserReported><screenName>x</screenName></personOrUserReported>")),
            of(details("<internetDetails><webPageIncident/></internetDetails>")),
            of(details("<lawEnforcement><agencyName>A</agencyName></lawEnforcement>")),
            of(tail("<intendedRecipient/>")),
            of(tail("<victim><victimPerson/></victim>")),
            of(tail("<additionalInfo>x</additionalInfo>")),
            of(summary("<escalateToHighPriority>x</escalateToHighPriority>")),
        ]);
    }
    "2.9" "The file of a batched report is viral, a potential meme, or both, and says nothing of where it came from."
    d_a_batched_file_says_nothing_of_its_origin {
        let marks = |viral, infant| FileDetails {
            marks: Some(Marks::Annotations(FileAnnotations { viral, infant, ..FileAnnotations::default() })),
            ..FileDetails::default()
        };
        let fits = |file: FileDetails| file.unfit_for_batch(Schema::Served).is_empty();
        assert!(fits(marks(true, false)));
        assert!(!fits(marks(false, false)) && !fits(marks(true, true)) && !fits(FileDetails::default()));
        let location = Address::read("https://h.example/");
        assert!(!fits(FileDetails { location, ..marks(true, false) }));
        assert!(!fits(FileDetails { additional_info: vec![FreeText::new("x").unwrap()], ..marks(true, false) }));
    }
}
