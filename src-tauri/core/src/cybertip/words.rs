//! Every enumeration of the documents, in the server's spelling.
//!
//! The table and the types take the words from here. It must never hold a word that the
//! documentation or the schema does not.

use super::model::part::{Part, unreadable};
use super::schema::Schema;
use super::tree::{Element, Flaw};

/// An enumeration and its words, in one order.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* #[doc = concat!("`", $word, "`")] $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The words, in the order of [`Self::ALL`].
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// As the report spells it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one with this spelling.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }

        impl Part for $name {
            fn fill(&self, into: &mut Element, _: Schema) {
                into.text.push_str(self.word());
            }

            fn of(element: &Element, _: Schema) -> Result<Self, Flaw> {
                Self::of_word(&element.text).ok_or_else(|| unreadable(element))
            }
        }

        #[cfg(test)]
        impl super::tests::any::Any for $name {
            fn any(dice: &mut super::tests::any::Dice) -> Self {
                Self::of_word(dice.one_of(Self::WORDS)).unwrap()
            }
        }
    };
}

words! {
    /// `incidentType`. What is found in training data is [`Self::Possession`].
    IncidentType {
        Possession = "Child Pornography (possession, manufacture, and distribution)",
        SexTrafficking = "Child Sex Trafficking",
        SexTourism = "Child Sex Tourism",
        Molestation = "Child Sexual Molestation",
        MisleadingDomain = "Misleading Domain Name",
        MisleadingWords = "Misleading Words or Digital Images on the Internet",
        Enticement = "Online Enticement of Children for Sexual Acts",
        ObsceneMaterial = "Unsolicited Obscene Material Sent to a Child",
    }
}

words! {
    /// Why reports were batched.
    BatchReason {
        ViralPotentialMeme = "VIRAL_POTENTIAL_MEME",
    }
}

words! {
    /// `eventName` of an address or a device.
    EventName {
        Login = "Login",
        Registration = "Registration",
        Purchase = "Purchase",
        Upload = "Upload",
        Other = "Other",
        Unknown = "Unknown",
    }
}

words! {
    /// `type` of a telephone number.
    PhoneKind {
        Mobile = "Mobile",
        Home = "Home",
        Business = "Business",
        Work = "Work",
        Fax = "Fax",
        Internet = "Internet",
        Recovery = "Recovery",
    }
}

words! {
    /// `type` of an email address.
    EmailKind {
        Home = "Home",
        Work = "Work",
        Business = "Business",
        Recovery = "Recovery",
    }
}

words! {
    /// `type` of a postal address.
    AddressKind {
        Home = "Home",
        Business = "Business",
        Billing = "Billing",
        Shipping = "Shipping",
        Technical = "Technical",
    }
}

words! {
    /// What an associated account is to the person.
    AccountKind {
        Billing = "Billing",
        Linked = "Linked",
        Business = "Business",
        Creator = "Creator",
        ParentGuardian = "Parent/Guardian",
        Other = "Other",
    }
}

words! {
    /// `fileRelevance`.
    Relevance {
        Reported = "Reported",
        Supplemental = "Supplemental Reported",
    }
}

words! {
    /// `industryClassification`: A prepubescent, B pubescent; 1 a sex act, 2 lascivious exhibition.
    /// Only for a signatory of the hash-sharing agreement.
    IndustryClass {
        A1 = "A1",
        A2 = "A2",
        B1 = "B1",
        B2 = "B2",
    }
}

words! {
    /// `type` of `details`.
    DetailKind {
        Exif = "EXIF",
        Hash = "HASH",
    }
}

/// A code out of a list too long for variants.
macro_rules! codes {
    ($(#[$about:meta])* $name:ident [$($code:literal,)+]) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(&'static str);

        impl $name {
            /// The codes.
            pub const WORDS: &'static [&'static str] = &[$($code,)+];

            /// The code.
            pub const fn word(self) -> &'static str {
                self.0
            }

            /// The one with this code.
            pub fn of_word(code: &str) -> Option<Self> {
                Self::WORDS.iter().copied().find(|known| *known == code).map(Self)
            }
        }

        impl Part for $name {
            fn fill(&self, into: &mut Element, _: Schema) {
                into.text.push_str(self.0);
            }

            fn of(element: &Element, _: Schema) -> Result<Self, Flaw> {
                Self::of_word(&element.text).ok_or_else(|| unreadable(element))
            }
        }

        #[cfg(test)]
        impl super::tests::any::Any for $name {
            fn any(dice: &mut super::tests::any::Dice) -> Self {
                Self::of_word(dice.one_of(Self::WORDS)).unwrap()
            }
        }
    };
}

codes! {
    /// ISO 3166-1 alpha-2; the empty one says that the country is not known; then codes of old lists
    /// of network addresses.
    Country [
            "",
            "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU",
            "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL",
            "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC",
            "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV",
            "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG",
            "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD",
            "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT",
            "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM",
            "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH",
            "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK",
            "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH",
            "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW",
            "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR",
            "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR",
            "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
            "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
            "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL",
            "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY",
            "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA",
            "ZM", "ZW",
            "A1", "A2", "O1", "AP", "EU", "AN", "FX", "XK",
    ]
}

codes! {
    /// A state or territory of the United States.
    UsState [
            "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI",
            "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO",
            "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR",
            "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI",
            "WV", "WY",
    ]
}
