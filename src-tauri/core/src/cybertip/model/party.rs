//! Who took part in an incident: reported, intended recipient, victim.
//!
//! A find in training data names none of them. Readers take whoever is `personOrUserReported` for
//! the suspect: a publisher or a server must never stand there.

use crate::cybertip::address::Address;
use crate::cybertip::model::account::{
    AssociatedAccount, PermanentlyDisabled, TemporarilyDisabled,
};
use crate::cybertip::model::capture::{DeviceId, EstimatedLocation, IpCaptureEvent};
use crate::cybertip::model::number::ReportId;
use crate::cybertip::model::part::element;
use crate::cybertip::model::person::Person;
use crate::cybertip::text::{FreeText, Text};

element! {
    /// `personOrUserReported`.
    #[derive(Default)]
    Reported {
        /// Who it is.
        person: Option<Person> = "personOrUserReportedPerson",
        /// A vehicle.
        vehicle: Option<Text<300>> = "vehicleDescription",
        /// The reporter's id of the account.
        esp_identifier: Option<Text<255>> = "espIdentifier",
        /// The reporter's product.
        esp_service: Option<Text<100>> = "espService",
        /// Whether somebody else took the account over.
        compromised: Option<bool> = "compromisedAccount",
        /// The screen name.
        screen_name: Option<Text<256>> = "screenName",
        /// Other names shown.
        display_names: Vec<Text<255>> = "displayName",
        /// Addresses of the profile.
        profile_urls: Vec<Address> = "profileUrl",
        /// What the profile says of itself.
        profile_bio: Option<FreeText> = "profileBio",
        /// Addresses used.
        ip_events: Vec<IpCaptureEvent> = "ipCaptureEvent",
        /// Devices used.
        devices: Vec<DeviceId> = "deviceId",
        /// A user of another company's service, of whom no more is known.
        third_party_user: Option<bool> = "thirdPartyUserReported",
        /// Earlier reports.
        prior_reports: Vec<ReportId> = "priorCTReports",
        /// A group.
        group_identifier: Option<Text<255>> = "groupIdentifier",
        /// Whether the account was disabled for a time.
        temporarily_disabled: Option<TemporarilyDisabled> = "accountTemporarilyDisabled",
        /// Whether the account was disabled for good.
        permanently_disabled: Option<PermanentlyDisabled> = "accountPermanentlyDisabled",
        /// Where the reporter thinks the person is.
        location: Option<EstimatedLocation> = "estimatedLocation",
        /// Whether all known email addresses are reported.
        all_emails_reported: Option<bool> = "allEmailsReported",
        /// Other accounts.
        accounts: Vec<AssociatedAccount> = "associatedAccount",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `intendedRecipient`.
    #[derive(Default)]
    IntendedRecipient {
        /// Who it is.
        person: Option<Person> = "intendedRecipientPerson",
        /// The reporter's id of the account.
        esp_identifier: Option<Text<255>> = "espIdentifier",
        /// The reporter's product.
        esp_service: Option<Text<100>> = "espService",
        /// Whether somebody else took the account over.
        compromised: Option<bool> = "compromisedAccount",
        /// The screen name.
        screen_name: Option<Text<256>> = "screenName",
        /// Other names shown.
        display_names: Vec<Text<255>> = "displayName",
        /// Addresses of the profile.
        profile_urls: Vec<Address> = "profileUrl",
        /// What the profile says of itself.
        profile_bio: Option<FreeText> = "profileBio",
        /// Addresses used.
        ip_events: Vec<IpCaptureEvent> = "ipCaptureEvent",
        /// Devices used.
        devices: Vec<DeviceId> = "deviceId",
        /// Earlier reports.
        prior_reports: Vec<ReportId> = "priorCTReports",
        /// A group.
        group_identifier: Option<Text<255>> = "groupIdentifier",
        /// Whether the account was disabled for a time.
        temporarily_disabled: Option<TemporarilyDisabled> = "accountTemporarilyDisabled",
        /// Whether the account was disabled for good.
        permanently_disabled: Option<PermanentlyDisabled> = "accountPermanentlyDisabled",
        /// Where the reporter thinks the person is.
        location: Option<EstimatedLocation> = "estimatedLocation",
        /// Whether all known email addresses are reported.
        all_emails_reported: Option<bool> = "allEmailsReported",
        /// Anything else; more than one only since [`crate::cybertip::Schema::Served`].
        additional_info: Vec<FreeText> = "additionalInfo",
    }
}

element! {
    /// `victim`.
    #[derive(Default)]
    Victim {
        /// Who it is.
        person: Person = "victimPerson",
        /// The reporter's id of the account.
        esp_identifier: Option<Text<255>> = "espIdentifier",
        /// The reporter's product.
        esp_service: Option<Text<100>> = "espService",
        /// Whether somebody else took the account over.
        compromised: Option<bool> = "compromisedAccount",
        /// The screen name.
        screen_name: Option<Text<256>> = "screenName",
        /// Other names shown.
        display_names: Vec<Text<255>> = "displayName",
        /// Addresses of the profile.
        profile_urls: Vec<Address> = "profileUrl",
        /// What the profile says of itself.
        profile_bio: Option<FreeText> = "profileBio",
        /// Addresses used.
        ip_events: Vec<IpCaptureEvent> = "ipCaptureEvent",
        /// Devices used.
        devices: Vec<DeviceId> = "deviceId",
        /// The school.
        school: Option<Text<255>> = "schoolName",
        /// Earlier reports.
        prior_reports: Vec<ReportId> = "priorCTReports",
        /// Whether the account was disabled for a time.
        temporarily_disabled: Option<TemporarilyDisabled> = "accountTemporarilyDisabled",
        /// Whether the account was disabled for good.
        permanently_disabled: Option<PermanentlyDisabled> = "accountPermanentlyDisabled",
        /// Where the reporter thinks the person is.
        location: Option<EstimatedLocation> = "estimatedLocation",
        /// Whether all known email addresses are reported.
        all_emails_reported: Option<bool> = "allEmailsReported",
        /// Other accounts.
        accounts: Vec<AssociatedAccount> = "associatedAccount",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}
