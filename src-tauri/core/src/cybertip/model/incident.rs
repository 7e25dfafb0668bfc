//! `internetDetails`: where it happened, exactly one kind each.

use crate::cybertip::address::Address;
use crate::cybertip::model::capture::IpCaptureEvent;
use crate::cybertip::model::number::{Latitude, Longitude};
use crate::cybertip::model::part::{Part, element, put_part, unreadable};
use crate::cybertip::model::person::{Email, Phone, PostalAddress};
use crate::cybertip::schema::Schema;
use crate::cybertip::text::{FreeText, Text};
use crate::cybertip::tree::{Element, Flaw};

element! {
    /// `webPageIncident`.
    #[derive(Default)]
    WebPage {
        /// Where.
        urls: Vec<Address> = "url",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
        /// The address is on another company's server, and the reporter knows nothing more.
        third_party: Option<bool> = "@thirdPartyHostedContent",
    }
}

element! {
    /// `emailIncident`.
    #[derive(Default)]
    EmailIncident {
        /// Addresses, each of which must also stand with a person of the report.
        addresses: Vec<Email> = "emailAddress",
        /// Head, subject and text.
        content: Option<FreeText> = "content",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `newsgroupIncident`.
    #[derive(Default)]
    Newsgroup {
        /// The group.
        name: Option<Text<255>> = "name",
        /// Addresses.
        addresses: Vec<Email> = "emailAddress",
        /// The posting.
        content: Option<FreeText> = "content",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `chatImIncident`.
    #[derive(Default)]
    Chat {
        /// The program.
        client: Option<Text<255>> = "chatClient",
        /// The room.
        room: Option<Text<255>> = "chatRoomName",
        /// What was said.
        content: Option<FreeText> = "content",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `onlineGamingIncident`.
    #[derive(Default)]
    Gaming {
        /// The game.
        game: Option<Text<255>> = "gameName",
        /// The console.
        console: Option<Text<255>> = "console",
        /// What was said.
        content: Option<FreeText> = "content",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `cellPhoneIncident`.
    #[derive(Default)]
    CellPhone {
        /// The number.
        phone: Option<Phone> = "phoneNumber",
        /// Where, north.
        latitude: Option<Latitude> = "latitude",
        /// Where, east.
        longitude: Option<Longitude> = "longitude",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `nonInternetIncident`.
    #[derive(Default)]
    NonInternet {
        /// The place.
        location: Option<Text<255>> = "locationName",
        /// Its addresses.
        addresses: Vec<PostalAddress> = "incidentAddress",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

element! {
    /// `peer2peerIncident`.
    #[derive(Default)]
    PeerToPeer {
        /// The program.
        client: Option<Text<255>> = "client",
        /// Addresses used.
        ip_events: Vec<IpCaptureEvent> = "ipCaptureEvent",
        /// Names of files.
        file_names: Option<FreeText> = "fileNames",
        /// Anything else.
        additional_info: Option<FreeText> = "additionalInfo",
    }
}

/// One `internetDetails` with the one child it may have.
macro_rules! kinds {
    ($($(#[$of:meta])* $variant:ident($type:ident) = $name:literal,)+) => {
        /// `internetDetails`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum InternetDetails { $($(#[$of])* $variant($type),)+ }

        $(impl From<$type> for InternetDetails {
            fn from(kind: $type) -> Self {
                Self::$variant(kind)
            }
        })+

        impl Part for InternetDetails {
            fn fill(&self, into: &mut Element, schema: Schema) {
                match self { $(Self::$variant(kind) => put_part(kind, $name, into, schema),)+ }
            }

            fn of(element: &Element, schema: Schema) -> Result<Self, Flaw> {
                let child = element.children.first().ok_or_else(|| unreadable(element))?;
                match child.name.as_str() {
                    $($name => $type::of(child, schema).map(Self::$variant),)+
                    _ => Err(unreadable(child)),
                }
            }
        }

        #[cfg(test)]
        impl crate::cybertip::tests::any::Any for InternetDetails {
            fn any(dice: &mut crate::cybertip::tests::any::Dice) -> Self {
                let kinds = [$(|dice: &mut _| Self::$variant($type::any(dice)),)+];
                kinds[dice.below(kinds.len())](dice)
            }
        }
    };
}

kinds! {
    /// On a page of the web.
    WebPage(WebPage) = "webPageIncident",
    /// By email.
    Email(EmailIncident) = "emailIncident",
    /// In a newsgroup.
    Newsgroup(Newsgroup) = "newsgroupIncident",
    /// In a chat.
    Chat(Chat) = "chatImIncident",
    /// In a game.
    Gaming(Gaming) = "onlineGamingIncident",
    /// By telephone.
    CellPhone(CellPhone) = "cellPhoneIncident",
    /// Not on the internet.
    NonInternet(NonInternet) = "nonInternetIncident",
    /// From peer to peer.
    PeerToPeer(PeerToPeer) = "peer2peerIncident",
}
