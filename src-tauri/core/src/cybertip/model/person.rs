//! Persons and how to reach them.

use time::{Date, OffsetDateTime};

use crate::cybertip::model::number::{Age, CallingCode, Extension};
use crate::cybertip::model::part::{Slot, element};
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{EmailAddress, Text};
use crate::cybertip::tree::{Element, Flaw};
use crate::cybertip::words::{AddressKind, Country, EmailKind, PhoneKind, UsState};

/// `verified` and `verificationDate`: only what is verified has a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verification {
    /// Nothing is said.
    #[default]
    Unstated,
    /// It is not verified.
    No,
    /// It is verified, since when if known.
    Yes(Option<OffsetDateTime>),
}

impl Slot for Verification {
    fn put(&self, _: &str, parent: &mut Element, schema: Schema) {
        let (verified, at) = match self {
            Self::Unstated => (None, None),
            Self::No => (Some(false), None),
            Self::Yes(at) => (Some(true), *at),
        };
        verified.put("@verified", parent, schema);
        at.put("@verificationDate", parent, schema);
    }

    fn pick(_: &str, parent: &Element, schema: Schema) -> Result<Self, Flaw> {
        Ok(match Option::pick("@verified", parent, schema)? {
            None => Self::Unstated,
            Some(false) => Self::No,
            Some(true) => Self::Yes(Option::pick("@verificationDate", parent, schema)?),
        })
    }
}

element! {
    /// `phone`.
    Phone {
        /// The number.
        number: Text<50> = "",
        /// What it is for.
        kind: Option<PhoneKind> = "@type",
        /// Whether it was verified.
        verification: Verification = "@verified",
        /// The code of its country.
        calling_code: Option<CallingCode> = "@countryCallingCode",
        /// The extension.
        extension: Option<Extension> = "@extension",
    }
}

impl From<Text<50>> for Phone {
    /// A number of which no more is said.
    fn from(number: Text<50>) -> Self {
        let verification = Verification::Unstated;
        Self { number, kind: None, verification, calling_code: None, extension: None }
    }
}

element! {
    /// `email`.
    Email {
        /// The address.
        address: EmailAddress = "",
        /// What it is for.
        kind: Option<EmailKind> = "@type",
        /// Whether it was verified.
        verification: Verification = "@verified",
    }
}

impl From<EmailAddress> for Email {
    /// An address of which no more is said.
    fn from(address: EmailAddress) -> Self {
        Self { address, kind: None, verification: Verification::Unstated }
    }
}

element! {
    /// `address`.
    #[derive(Default)]
    PostalAddress {
        /// Street and number.
        street: Option<Text<255>> = "address",
        /// The city.
        city: Option<Text<100>> = "city",
        /// The postal code.
        zip_code: Option<Text<20>> = "zipCode",
        /// In the United States: the state or territory.
        state: Option<UsState> = "state",
        /// Elsewhere: the state or province.
        non_usa_state: Option<Text<100>> = "nonUsaState",
        /// The country.
        country: Option<Country> = "country",
        /// What it is for.
        kind: Option<AddressKind> = "@type",
    }
}

element! {
    /// `contactPerson`, `officerContact`.
    #[derive(Default)]
    ContactPerson {
        /// The first name.
        first_name: Option<Text<100>> = "firstName",
        /// The last name.
        last_name: Option<Text<100>> = "lastName",
        /// Telephones.
        phones: Vec<Phone> = "phone",
        /// Email addresses.
        emails: Vec<Email> = "email",
        /// Postal addresses.
        addresses: Vec<PostalAddress> = "address",
    }
}

element! {
    /// A person of any part in the incident, and the one who reports it.
    #[derive(Default)]
    Person {
        /// The first name.
        first_name: Option<Text<100>> = "firstName",
        /// The last name.
        last_name: Option<Text<100>> = "lastName",
        /// Telephones.
        phones: Vec<Phone> = "phone",
        /// Email addresses. The server asks one of whom reports.
        emails: Vec<Email> = "email",
        /// Postal addresses.
        addresses: Vec<PostalAddress> = "address",
        /// The age.
        age: Option<Age> = "age",
        /// Whether the age is told differently in different places; since [`Schema::Drifted`].
        age_discrepancy: Option<bool> = "ageAssertionDiscrepancy",
        /// The day of birth.
        born: Option<Date> = "dateOfBirth",
    }
}
