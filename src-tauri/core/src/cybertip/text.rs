//! Texts as a report may carry them: bounded, and of characters that XML can hold.
//!
//! It must never lose text silently: what is cut ends in `…`, what cannot be held becomes U+FFFD.

/// Text of at most `MAX` characters that XML 1.0 can carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// Text the server sets no limit for.
pub type FreeText = Text<{ usize::MAX }>;

impl<const MAX: usize> Text<MAX> {
    /// Characters XML cannot carry become U+FFFD, line ends become `\n`; longer text ends in `…`.
    /// `None` when nothing is left to read.
    pub fn new(raw: &str) -> Option<Self> {
        let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String =
            unified.chars().map(|c| if is_xml(c) { c } else { '\u{fffd}' }).collect();
        let clean = clean.trim();
        let text = if clean.chars().count() <= MAX {
            clean.to_owned()
        } else {
            let mut cut: String = clean.chars().take(MAX.saturating_sub(1)).collect();
            cut.push('…');
            cut
        };
        (!text.is_empty()).then_some(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// XML 1.0 `Char`, without the carriage return that a parser would change.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// An email address within the limits of the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// `None` where the text, without blanks around it, is none.
    pub fn read(raw: &str) -> Option<Self> {
        is_email(raw).then(|| Self(raw.trim().to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text has the form of an email address within the limits of the report (255, local part
/// 64). Says nothing about whether it is answered.
pub(crate) fn is_email(text: &str) -> bool {
    let text = text.trim();
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| {
                c.is_alphanumeric() || (c.is_ascii_graphic() && !"<>()[],;:\\\"@".contains(c))
            })
    };
    text.chars().count() <= 255
        && text.split_once('@').is_some_and(|(local, domain)| {
            local.chars().count() <= 64 && plain(local) && plain(domain) && domain.contains('.')
        })
}
