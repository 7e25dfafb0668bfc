//! What was captured of an address, a device, a place.

use std::net::IpAddr;
use std::num::NonZeroU16;

use time::OffsetDateTime;

use crate::cybertip::model::part::element;
use crate::cybertip::text::{FreeText, Text};
use crate::cybertip::words::{Country, EventName};

element! {
    /// `ipCaptureEvent`.
    IpCaptureEvent {
        /// The address.
        ip: IpAddr = "ipAddress",
        /// What happened from it.
        event: Option<EventName> = "eventName",
        /// When.
        at: Option<OffsetDateTime> = "dateTime",
        /// Whether it is thought to be a proxy.
        possible_proxy: Option<bool> = "possibleProxy",
        /// The port.
        port: Option<NonZeroU16> = "port",
    }
}

impl IpCaptureEvent {
    /// The server that held a file, and when the file was fetched from it; never a person's address.
    pub fn server(ip: IpAddr, at: Option<OffsetDateTime>) -> Self {
        Self { ip, event: Some(EventName::Other), at, possible_proxy: None, port: None }
    }
}

element! {
    /// `deviceId`.
    DeviceId {
        /// What kind of id, in free words: IMEI, ICCID.
        kind: Text<255> = "idType",
        /// The id.
        value: Text<2083> = "idValue",
        /// What happened from it.
        event: Option<EventName> = "eventName",
        /// When.
        at: Option<OffsetDateTime> = "dateTime",
    }
}

element! {
    /// `estimatedLocation`.
    EstimatedLocation {
        /// The city.
        city: Option<FreeText> = "city",
        /// The region; in the United States the code of a state.
        region: Option<FreeText> = "region",
        /// The country.
        country: Country = "countryCode",
        /// Whether the place is verified.
        verified: Option<bool> = "@verified",
        /// When it was estimated.
        at: Option<OffsetDateTime> = "@timestamp",
    }
}
