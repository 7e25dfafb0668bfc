//! The report as such, the incident, where it happened, who knows and who reports.

use super::*;

fn web(inside: &str) -> String {
    details(&format!(
        "<internetDetails><webPageIncident>{inside}</webPageIncident></internetDetails>"
    ))
}

fn newsgroup(inside: &str) -> String {
    details(&format!(
        "<internetDetails><newsgroupIncident>{inside}</newsgroupIncident></internetDetails>"
    ))
}

fn chat(inside: &str) -> String {
    details(&format!(
        "<internetDetails><chatImIncident>{inside}</chatImIncident></internetDetails>"
    ))
}

fn gaming(inside: &str) -> String {
    details(&format!(
        "<internetDetails><onlineGamingIncident>{inside}</onlineGamingIncident></internetDetails>"
    ))
}

fn cell(inside: &str) -> String {
    details(&format!(
        "<internetDetails><cellPhoneIncident>{inside}</cellPhoneIncident></internetDetails>"
    ))
}

fn offline(inside: &str) -> String {
    details(&format!(
        "<internetDetails><nonInternetIncident>{inside}</nonInternetIncident></internetDetails>"
    ))
}

fn peer(inside: &str) -> String {
    details(&format!(
        "<internetDetails><peer2peerIncident>{inside}</peer2peerIncident></internetDetails>"
    ))
}

fn law(inside: &str) -> String {
    details(&format!("<lawEnforcement><agencyName>A</agencyName>{inside}</lawEnforcement>"))
}

rules! {
    "2.1" "A report holds its parts in one order."
    x_the_parts_of_a_report_are_ordered {
        let parts = [
            "<internetDetails><webPageIncident/></internetDetails>",
            "<lawEnforcement><agencyName>A</agencyName></lawEnforcement>",
            "<reporter><reportingPerson><email>a@b.example</email></reportingPerson></reporter>",
            "<personOrUserReported/>",
            "<intendedRecipient/>",
            "<victim><victimPerson/></victim>",
            "<additionalInfo>x</additionalInfo>",
        ];
        ordered(|parts| {
            let head = &LEAST[..LEAST.find("<reporter>").unwrap()];
            format!("{head}{parts}</report>")
        }, &parts);
    }
    "2.1" "Type, time and who reports are the least a report may hold."
    t_the_least_report_is_accepted {
        tell(&[LEAST], &[]);
        tell(&[], &[
            LEAST.replace("<incidentType>Child Sex Tourism</incidentType>", ""),
            LEAST.replace("<incidentDateTime>2025-01-02T03:04:05+01:00</incidentDateTime>", ""),
            LEAST.replace("<reportingPerson><email>desk@data.example</email></reportingPerson>", ""),
        ]);
    }
    "2.1" "A report without internetDetails is valid, whatever a comment in the schema says."
    t_internet_details_may_be_absent {
        assert!(good(LEAST) && !LEAST.contains("internetDetails"));
    }
    "2.1" "The server asks for an email address of who reports; the schema does not."
    d_who_reports_has_an_email_address {
        tell(&[], &[LEAST.replace("<email>desk@data.example</email>", "<firstName>A</firstName>")]);
    }
    "2.1" "One person is reported; the schema would let there be more."
    x_one_person_is_reported {
        tell(&[tail("<personOrUserReported/>")], &[tail("<personOrUserReported/><personOrUserReported/>")]);
    }
    "2.1" "Recipients and victims may be several."
    x_recipients_and_victims_may_be_several {
        let victim = "<victim><victimPerson/></victim>";
        tell(&[tail(&format!("<intendedRecipient/><intendedRecipient/>{victim}{victim}"))], &[]);
    }
    "2.1" "additionalInfo stands once and has no limit."
    x_additional_info_has_no_limit {
        tell(&[tail(&long("additionalInfo", 100_000))], &[tail(&long("additionalInfo", 1).repeat(2))]);
    }
    "2.2" "incidentType is one of eight."
    x_there_are_eight_incident_types {
        assert_eq!(IncidentType::WORDS.len(), 8);
        for word in IncidentType::WORDS {
            tell(&[LEAST.replace("Child Sex Tourism", word)], &[LEAST.replace("Child Sex Tourism", &word.to_lowercase())]);
        }
    }
    "2.2" "The incident holds its fields in one order."
    x_the_incident_is_ordered {
        ordered(summary, &["<platform>x</platform>", "<escalateToHighPriority>x</escalateToHighPriority>", "<reportAnnotations/>"]);
        let late = "<incidentDateTimeDescription>x</incidentDateTimeDescription>";
        tell(&[LEAST.replace("</incidentSummary>", &format!("{late}</incidentSummary>"))], &[summary(late)]);
    }
    "2.2" "platform takes 256 characters, the two reasons 3,000."
    d_the_incident_keeps_its_limits {
        limits(summary, &[("platform", 256), ("escalateToHighPriority", 3000)]);
        limits(|text| LEAST.replace("</incidentSummary>", &format!("{text}</incidentSummary>")), &[("incidentDateTimeDescription", 3000)]);
    }
    "2.2" "escalateToHighPriority is a reason in words: it is not blank."
    d_escalation_is_a_reason {
        tell(&[], &[summary("<escalateToHighPriority/>"), summary("<escalateToHighPriority> </escalateToHighPriority>")]);
    }
    "2.2" "reportAnnotations has five flags."
    x_a_report_has_five_annotations {
        for flag in ["sextortion", "csamSolicitation", "minorToMinorInteraction", "spam", "sadisticOnlineExploitation"] {
            tell(&[summary(&format!("<reportAnnotations><{flag}/></reportAnnotations>"))], &[]);
        }
    }
    "2.2" "generativeAi annotates a file, never a report."
    x_generative_ai_is_no_report_annotation {
        tell(&[], &[summary("<reportAnnotations><generativeAi/></reportAnnotations>")]);
    }
    "2.3" "Each internetDetails has exactly one child; more are told by repeating it."
    t_internet_details_has_exactly_one_child {
        let one = "<internetDetails><webPageIncident/></internetDetails>";
        let both = "<internetDetails><webPageIncident/><chatImIncident/></internetDetails>";
        tell(&[details(&one.repeat(2))], &[details("<internetDetails/>"), details(both)]);
    }
    "2.3" "A web page has any number of addresses, and may be hosted by somebody else."
    x_a_web_page_has_addresses_and_an_attribute {
        let url = "<url>https://h.example/</url>";
        ordered(web, &[url, "<additionalInfo>x</additionalInfo>"]);
        let hosted = |text: &str| web("").replace("<webPageIncident>", &format!("<webPageIncident thirdPartyHostedContent=\"{text}\">"));
        tell(&[web(&url.repeat(3)), hosted("true"), hosted("false")], &[hosted("yes")]);
    }
    "2.3" "An address of an email incident stands with a person of the report too."
    d_an_email_incident_names_an_address_of_a_person {
        let mail = |address: &str| details(&format!(
            "<internetDetails><emailIncident><emailAddress>{address}</emailAddress><content>c</content><additionalInfo>x</additionalInfo></emailIncident></internetDetails>"));
        tell(&[mail("desk@data.example")], &[mail("stranger@data.example")]);
    }
    "2.3" "Each kind of incident has its fields in one order."
    x_each_incident_is_ordered {
        let mail = "<emailAddress>a@b.example</emailAddress>";
        let (content, more) = ("<content>x</content>", "<additionalInfo>x</additionalInfo>");
        ordered(newsgroup, &["<name>x</name>", mail, content, more]);
        ordered(chat, &["<chatClient>x</chatClient>", "<chatRoomName>x</chatRoomName>", content, more]);
        ordered(gaming, &["<gameName>x</gameName>", "<console>x</console>", content, more]);
        ordered(cell, &["<phoneNumber>1</phoneNumber>", "<latitude>1.5</latitude>", "<longitude>-1</longitude>", more]);
        ordered(offline, &["<locationName>x</locationName>", "<incidentAddress/>", more]);
        let ip = "<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress></ipCaptureEvent>";
        ordered(peer, &["<client>x</client>", ip, "<fileNames>x</fileNames>", more]);
    }
    "2.3" "Names of groups, programs, rooms, games, consoles and places take 255 characters."
    d_names_of_places_take_255 {
        limits(newsgroup, &[("name", 255)]);
        limits(chat, &[("chatClient", 255), ("chatRoomName", 255)]);
        limits(gaming, &[("gameName", 255), ("console", 255)]);
        limits(offline, &[("locationName", 255)]);
        limits(peer, &[("client", 255)]);
    }
    "2.3" "Latitude and longitude are numbers in degrees."
    x_degrees_are_numbers {
        tell(&[cell("<latitude>-90</latitude><longitude>180.0000000</longitude>")], &[
            cell("<latitude>north</latitude>"), cell("<latitude>90.0000001</latitude>"), cell("<longitude>-181</longitude>"),
        ]);
    }
    "2.4" "lawEnforcement names an agency, then has its fields in one order."
    x_law_enforcement_is_ordered {
        tell(&[], &[details("<lawEnforcement/>")]);
        ordered(law, &[
            "<caseNumber>x</caseNumber>", "<officerContact/>", "<reportedToLe>true</reportedToLe>",
            "<servedLegalProcessDomestic>false</servedLegalProcessDomestic>",
            "<servedLegalProcessInternational>true</servedLegalProcessInternational>",
        ]);
    }
    "2.4" "agencyName takes 255 characters, caseNumber 100."
    d_law_enforcement_keeps_its_limits {
        limits(law, &[("caseNumber", 100)]);
        limits(|text| details(&format!("<lawEnforcement>{text}</lawEnforcement>")), &[("agencyName", 255)]);
    }
    "2.4" "fleaCountry stands on lawEnforcement in the documentation, on servedLegalProcessInternational in the schema, which refuses it elsewhere."
    t_flea_country_moved {
        let served = law("<servedLegalProcessInternational fleaCountry=\"CA\">true</servedLegalProcessInternational>");
        let documented = law("").replace("<lawEnforcement>", "<lawEnforcement fleaCountry=\"CA\">");
        tell(&[&served], &[&documented]);
        assert!(flaws(&documented, Schema::Documented).is_empty());
        assert!(!flaws(&served, Schema::Documented).is_empty());
        let unwritable = Report {
            law_enforcement: Some(LawEnforcement {
                agency: Text::new("A").unwrap(), case_number: None, officer: None, reported: None,
                served_domestic: None, served_international: None, country: Country::of_word("CA"),
            }),
            ..Report::read(LEAST.as_bytes(), Schema::Served, NOW).unwrap()
        };
        assert!(unwritable.to_xml(Schema::Documented).is_ok());
        assert_eq!(unwritable.to_xml(Schema::Served).unwrap_err().place, "report/lawEnforcement");
    }
    "2.5" "The reporter holds its fields in one order."
    x_the_reporter_is_ordered {
        ordered(reporter, &[
            "<contactPerson/>", "<companyTemplate>x</companyTemplate>", "<termsOfService>x</termsOfService>",
            "<legalURL>https://a.example/</legalURL>",
        ]);
    }
    "2.5" "legalURL is an address of at most 2,083 characters."
    d_the_legal_page_is_an_address {
        tell(&[], &[reporter("<legalURL>legal</legalURL>"), reporter(&format!("<legalURL>https://a.example/{}</legalURL>", "x".repeat(2083)))]);
    }
    "2.10" "The schema of November 2025 refuses informational."
    t_informational_is_refused_by_the_served_schema {
        let marked = summary("<reportAnnotations><informational/></reportAnnotations>");
        assert!(!flaws(&marked, Schema::Documented).is_empty() && !good(&marked));
        assert!(flaws(&marked, Schema::Drifted).is_empty());
    }
    "2.10" "What only clients of 2026 write is accepted in their edition alone, and cannot be written in another."
    x_drift_stands_behind_its_edition {
        let aged = person("<age>9</age><ageAssertionDiscrepancy>true</ageAssertionDiscrepancy>");
        let factors = summary("<reportAnnotations><potentialAggravatingFactors/><instrumentalUse/></reportAnnotations>");
        for xml in [aged, factors] {
            assert!(!good(&xml) && flaws(&xml, Schema::Drifted).is_empty());
            let report = Report::read(xml.as_bytes(), Schema::Drifted, NOW).unwrap();
            assert!(report.to_xml(Schema::Drifted).is_ok());
            let refused = report.to_xml(Schema::Served).unwrap_err();
            assert_eq!(refused.schema, "2025-11-10");
        }
    }
}
