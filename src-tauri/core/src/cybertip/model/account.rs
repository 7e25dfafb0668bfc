//! Accounts, and whether they were disabled.

use time::{Date, OffsetDateTime};

use crate::cybertip::address::Address;
use crate::cybertip::model::capture::{DeviceId, IpCaptureEvent};
use crate::cybertip::model::number::{Age, ReportId};
use crate::cybertip::model::part::{Slot, element};
use crate::cybertip::model::person::{Email, Phone, PostalAddress};
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{FreeText, Text};
use crate::cybertip::tree::{Element, Flaw};
use crate::cybertip::words::AccountKind;

element! {
    /// `accountTemporarilyDisabled`.
    TemporarilyDisabled {
        /// Whether it was.
        disabled: bool = "",
        /// When.
        at: Option<OffsetDateTime> = "@disabledDate",
        /// Whether its user was told.
        user_notified: Option<bool> = "@userNotified",
        /// When its user was told.
        user_notified_at: Option<OffsetDateTime> = "@userNotifiedDate",
        /// When it was enabled again, or will be.
        reenabled_at: Option<OffsetDateTime> = "@reenabledDate",
    }
}

element! {
    /// `accountPermanentlyDisabled`.
    PermanentlyDisabled {
        /// Whether it was.
        disabled: bool = "",
        /// When.
        at: Option<OffsetDateTime> = "@disabledDate",
        /// Whether its user was told.
        user_notified: Option<bool> = "@userNotified",
        /// When its user was told.
        user_notified_at: Option<OffsetDateTime> = "@userNotifiedDate",
    }
}

/// `approximateAge` or `dateOfBirth`, never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeOrBirth {
    /// About how old.
    Age(Age),
    /// The day of birth.
    Born(Date),
}

impl Slot for Option<AgeOrBirth> {
    fn put(&self, _: &str, parent: &mut Element, schema: Schema) {
        match self {
            None => {}
            Some(AgeOrBirth::Age(age)) => age.put("approximateAge", parent, schema),
            Some(AgeOrBirth::Born(day)) => day.put("dateOfBirth", parent, schema),
        }
    }

    fn pick(_: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        let age: Option<Age> = Option::pick("approximateAge", parent, schema)?;
        let born: Option<Date> = Option::pick("dateOfBirth", parent, schema)?;
        Ok(age.map(AgeOrBirth::Age).or(born.map(AgeOrBirth::Born)))
    }
}

element! {
    /// `associatedAccount`.
    #[derive(Default)]
    AssociatedAccount {
        /// The application it is an account of.
        platform: Option<Text<256>> = "platform",
        /// Whether that is another company's; since [`Schema::Served`] only beside a platform.
        third_party_user: Option<bool> = "@thirdPartyUser" | "platform@thirdPartyUser",
        /// The first name.
        first_name: Option<Text<100>> = "firstName",
        /// The middle name.
        middle_name: Option<Text<100>> = "middleName",
        /// The last name.
        last_name: Option<Text<100>> = "lastName",
        /// The age.
        age: Option<AgeOrBirth> = "",
        /// Whether the age is told differently in different places; since [`Schema::Drifted`].
        age_discrepancy: Option<bool> = "ageAssertionDiscrepancy",
        /// Telephones.
        phones: Vec<Phone> = "phone",
        /// Email addresses.
        emails: Vec<Email> = "email",
        /// Whether these are all.
        all_emails_reported: Option<bool> = "allEmailsReported",
        /// Postal addresses.
        addresses: Vec<PostalAddress> = "address",
        /// The reporter's product.
        esp_service: Option<Text<100>> = "espService",
        /// The reporter's id of it.
        esp_identifier: Option<Text<255>> = "espIdentifier",
        /// Addresses of its profile.
        profile_urls: Vec<Address> = "profileUrl",
        /// The screen name.
        screen_name: Option<Text<256>> = "screenName",
        /// Other names shown.
        display_names: Vec<Text<255>> = "displayName",
        /// What it says of itself.
        profile_bio: Option<FreeText> = "profileBio",
        /// A group it belongs to.
        group_identifier: Option<Text<255>> = "groupIdentifier",
        /// Whether somebody else took it over.
        compromised: Option<bool> = "compromisedAccount",
        /// Whether it was disabled for a time.
        temporarily_disabled: Option<TemporarilyDisabled> = "accountTemporarilyDisabled",
        /// Whether it was disabled for good.
        permanently_disabled: Option<PermanentlyDisabled> = "accountPermanentlyDisabled",
        /// Addresses it was used from.
        ip_events: Vec<IpCaptureEvent> = "ipCaptureEvent",
        /// Devices it was used from.
        devices: Vec<DeviceId> = "deviceId",
        /// Earlier reports on it.
        prior_reports: Vec<ReportId> = "priorCTReport",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
        /// What it is to the person; required since [`Schema::Served`].
        kind: Option<AccountKind> = "@accountType" | "@type",
    }
}
