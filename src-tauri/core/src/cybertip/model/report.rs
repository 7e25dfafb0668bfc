//! `report`, the document of `/submit`.

use time::OffsetDateTime;

use crate::cybertip::address::Address;
use crate::cybertip::document::{self, Unwritable};
use crate::cybertip::model::incident::InternetDetails;
use crate::cybertip::model::part::{element, flags};
use crate::cybertip::model::party::{IntendedRecipient, Reported, Victim};
use crate::cybertip::model::person::{ContactPerson, Person};
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{FreeText, Text};
use crate::cybertip::tree::Flaw;
use crate::cybertip::words::{BatchReason, Country, IncidentType};

element! {
    /// `batchedReport`: several persons reported at once. It forbids every field that says where a
    /// file came from, so it is of no use for what is found in training data.
    Batch {
        /// Why.
        reason: BatchReason = "@reason",
    }
}

flags! {
    /// `reportAnnotations`.
    ReportAnnotations {
        /// Sextortion.
        sextortion = "sextortion",
        /// Solicitation of material.
        csam_solicitation = "csamSolicitation",
        /// Between minors.
        minor_to_minor = "minorToMinorInteraction",
        /// Spam.
        spam = "spam",
        /// Sadistic online exploitation.
        sadistic_online_exploitation = "sadisticOnlineExploitation",
        /// Since [`Schema::Drifted`]; what it means is to be confirmed with NCMEC.
        informational = "informational",
        /// Since [`Schema::Drifted`], as above.
        potential_aggravating_factors = "potentialAggravatingFactors",
        /// Since [`Schema::Drifted`], as above.
        instrumental_use = "instrumentalUse",
    }
}

element! {
    /// `incidentSummary`.
    IncidentSummary {
        /// What happened.
        incident_type: IncidentType = "incidentType",
        /// The application in which it happened.
        platform: Option<Text<256>> = "platform",
        /// Why the report is urgent; its presence makes it so.
        escalate: Option<Text<3000>> = "escalateToHighPriority",
        /// Flags.
        annotations: Option<ReportAnnotations> = "reportAnnotations",
        /// When.
        at: OffsetDateTime = "incidentDateTime",
        /// Says what `at` is the time of.
        at_description: Option<Text<3000>> = "incidentDateTimeDescription",
    }
}

element! {
    /// `lawEnforcement`: who there knows of it already.
    LawEnforcement {
        /// The agency.
        agency: Text<255> = "agencyName",
        /// Its number of the case.
        case_number: Option<Text<100>> = "caseNumber",
        /// The officer.
        officer: Option<ContactPerson> = "officerContact",
        /// Whether the reporter told it.
        reported: Option<bool> = "reportedToLe",
        /// Whether legal process was served from within the country.
        served_domestic: Option<bool> = "servedLegalProcessDomestic",
        /// Whether legal process was served from abroad.
        served_international: Option<bool> = "servedLegalProcessInternational",
        /// From where; since [`Schema::Served`] only beside the field before.
        country: Option<Country> =
            "@fleaCountry" | "servedLegalProcessInternational@fleaCountry",
    }
}

element! {
    /// `reporter`.
    #[derive(Default)]
    Reporter {
        /// Who reports; the server asks for an email address.
        person: Person = "reportingPerson",
        /// Whom law enforcement should call.
        contact: Option<ContactPerson> = "contactPerson",
        /// What the company says in every report: how legal process is served, how long records are
        /// kept, a telephone answered at all hours.
        company_template: Option<FreeText> = "companyTemplate",
        /// Terms of service.
        terms_of_service: Option<FreeText> = "termsOfService",
        /// A page with more.
        legal_url: Option<Address> = "legalURL",
    }
}

element! {
    /// The root of `POST /submit`.
    Report {
        /// Set in a batched report only.
        batch: Option<Batch> = "batchedReport",
        /// What and when.
        incident: IncidentSummary = "incidentSummary",
        /// Where.
        details: Vec<InternetDetails> = "internetDetails",
        /// Who of law enforcement knows.
        law_enforcement: Option<LawEnforcement> = "lawEnforcement",
        /// Who reports.
        reporter: Reporter = "reporter",
        /// The suspect; more than one in a batched report only.
        reported: Vec<Reported> = "personOrUserReported",
        /// To whom it was sent.
        recipients: Vec<IntendedRecipient> = "intendedRecipient",
        /// Victims.
        victims: Vec<Victim> = "victim",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

impl Report {
    /// A report of what happened and who says so; everything else is to be added.
    pub fn new(incident: IncidentSummary, reporter: Reporter) -> Self {
        Self {
            batch: None,
            incident,
            details: Vec::new(),
            law_enforcement: None,
            reporter,
            reported: Vec::new(),
            recipients: Vec::new(),
            victims: Vec::new(),
            additional_info: None,
        }
    }

    /// The document, UTF-8.
    pub fn to_xml(&self, schema: Schema) -> Result<Vec<u8>, Unwritable> {
        document::write("report", self, schema)
    }

    /// Reads a document, whose times must not lie after `now`.
    pub fn read(xml: &[u8], schema: Schema, now: OffsetDateTime) -> Result<Self, Vec<Flaw>> {
        document::read("report", xml, schema, Some(now))
    }
}
