//! Any document at all: every field, drawn by a dice.
//!
//! What fields must agree on is put right afterwards, by `fit`.

use std::net::IpAddr;
use std::num::NonZeroU16;

use time::{Date, Duration, OffsetDateTime};

use super::NOW;
use crate::cybertip::*;

/// Numbers from a seed.
pub(in crate::cybertip) struct Dice {
    state: u64,
    /// Out of 8, how often a field that may be absent is there.
    fullness: usize,
}

impl Dice {
    pub(in crate::cybertip) fn new(seed: u64, fullness: usize) -> Self {
        Self { state: seed, fullness }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(in crate::cybertip) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(in crate::cybertip) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn there(&mut self) -> bool {
        self.below(8) < self.fullness
    }

    /// So many characters of any kind, among them those that markup is made of.
    fn string(&mut self, length: usize) -> String {
        let sharp = [
            '<', '>', '&', '"', '\'', ']', '\n', '\t', ' ', 'é', '文', '😀', '\u{85}', '\u{2028}',
            '\r', '\0',
        ];
        (0..length)
            .map(|_| match self.below(3) {
                0 => self.one_of(&sharp),
                _ => char::from(b'!' + u8::try_from(self.below(94)).unwrap()),
            })
            .collect()
    }

    fn word(&mut self, longest: usize) -> String {
        (0..=self.below(longest))
            .map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap()))
            .collect()
    }
}

/// A value drawn by a dice.
pub(in crate::cybertip) trait Any: Sized {
    fn any(dice: &mut Dice) -> Self;
}

impl<T: Any> Any for Option<T> {
    fn any(dice: &mut Dice) -> Self {
        dice.there().then(|| T::any(dice))
    }
}

impl<T: Any> Any for Vec<T> {
    fn any(dice: &mut Dice) -> Self {
        let many = if dice.there() { dice.below(3) } else { 0 };
        (0..many).map(|_| T::any(dice)).collect()
    }
}

impl<const MAX: usize> Any for Text<MAX> {
    fn any(dice: &mut Dice) -> Self {
        let longest = MAX.min(40);
        let length = if dice.below(20) == 0 { MAX.min(3100) } else { dice.below(longest) + 1 };
        Self::new(&dice.string(length)).unwrap_or_else(|| Self::new("x").unwrap())
    }
}

macro_rules! any {
    ($($type:ty: |$dice:ident| $made:expr;)+) => { $(
        impl Any for $type {
            fn any($dice: &mut Dice) -> Self {
                $made
            }
        }
    )+ };
}

any! {
    bool: |dice| dice.below(2) == 0;
    String: |dice| { let length = dice.below(30); Text::<64>::new(&dice.string(length)).map_or(String::new(), |t| t.as_str().to_owned()) };
    EmailAddress: |dice| Self::read(&format!("{}.{}@{}.example", dice.word(30), dice.word(20), dice.word(20))).unwrap();
    Address: |dice| {
        let length = if dice.below(10) == 0 { 500 } else { 20 };
        let tail: String = dice.string(length).chars().filter(|c| c.is_ascii()).collect();
        Self::read(&format!("https://{}.example/{tail}", dice.word(9))).unwrap()
    };
    IpAddr: |dice| if dice.below(2) == 0 {
        IpAddr::from(u32::try_from(dice.next() >> 32).unwrap().to_be_bytes())
    } else {
        IpAddr::from([dice.next().to_be_bytes(), dice.next().to_be_bytes()].concat().try_into().map(|b: [u8; 16]| b).unwrap())
    };
    NonZeroU16: |dice| Self::new(u16::try_from(dice.below(65_535) + 1).unwrap()).unwrap();
    OffsetDateTime: |dice| {
        let ago = i64::try_from(dice.below(1_700_000_000)).unwrap();
        let fraction = if dice.below(2) == 0 { 0 } else { i64::try_from(dice.below(1_000_000_000)).unwrap() };
        NOW - Duration::seconds(ago) - Duration::nanoseconds(fraction)
    };
    Date: |dice| (NOW - Duration::days(i64::try_from(dice.below(36_000)).unwrap())).date();
    Age: |dice| Self::new(u8::try_from(dice.below(151)).unwrap()).unwrap();
    ReportId: |dice| Self::new(i64::try_from(dice.next() >> 1).unwrap().max(1)).unwrap();
    FileId: |dice| Self::read(&format!("{:016x}{:016x}", dice.next(), dice.next() | 1)).unwrap();
    CallingCode: |dice| Self::read(&format!("+{}", dice.below(999) + 1)).unwrap();
    Extension: |dice| Self::read(&dice.below(10_000_000_000).to_string()).unwrap();
    Latitude: |dice| Self::new(i64::try_from(dice.below(1_800_000_001)).unwrap() - 900_000_000).unwrap();
    Longitude: |dice| Self::new(i64::try_from(dice.below(3_600_000_001)).unwrap() - 1_800_000_000).unwrap();
    Code: |dice| Self::new(u32::try_from(dice.below(9999)).unwrap());
    Verification: |dice| match dice.below(3) {
        0 => Self::Unstated,
        1 => Self::No,
        _ => Self::Yes(Any::any(dice)),
    };
    AgeOrBirth: |dice| if dice.below(2) == 0 { Self::Age(Age::any(dice)) } else { Self::Born(Date::any(dice)) };
    Viewing: |dice| { let file = bool::any(dice); Self::of(file, bool::any(dice)) };
    Marks: |dice| if dice.below(4) == 0 {
        Self::PotentialMeme(bool::any(dice))
    } else {
        Self::Annotations(FileAnnotations::any(dice))
    };
    FileIds: |dice| Self { report: ReportId::any(dice), file: FileId::any(dice) };
    FileHash: |dice| {
        let hex = |digits: usize, dice: &mut Dice| (0..digits).map(|_| dice.one_of(&['0', '7', 'a', 'F'])).collect::<String>();
        let (kind, value) = match dice.below(4) {
            0 => (HashKind::Md5, hex(32, dice)),
            1 => (HashKind::Sha1, hex(40, dice)),
            2 => (HashKind::Sha256, hex(64, dice)),
            _ => (HashKind::named(Text::new("PDQ").unwrap()), dice.word(60)),
        };
        Self::new(kind, &value).unwrap()
    };
}

/// A report that is accepted in this edition.
pub(in crate::cybertip) fn report(dice: &mut Dice, schema: Schema) -> Report {
    let mut report = Report::any(dice);
    report.batch = None;
    report.reported.truncate(1);
    if let Some(marks) = &mut report.incident.annotations
        && schema < Schema::Drifted
    {
        marks.informational = false;
        marks.potential_aggravating_factors = false;
        marks.instrumental_use = false;
    }
    let law = report.law_enforcement.iter_mut();
    law.filter(|law| law.served_international.is_none() && schema >= Schema::Served)
        .for_each(|law| law.country = None);
    let reporter = &mut report.reporter.person;
    reporter.emails.push(EmailAddress::any(dice).into());
    let known: Vec<Email> = reporter.emails.clone();
    for details in &mut report.details {
        if let InternetDetails::Email(incident) = details {
            incident.addresses = known.clone();
        }
    }
    fit_person(reporter, schema);
    for reported in &mut report.reported {
        reported.person.iter_mut().for_each(|person| fit_person(person, schema));
        reported.location.iter_mut().for_each(fit_location);
        reported.accounts.iter_mut().for_each(|account| fit_account(account, schema));
    }
    for recipient in &mut report.recipients {
        recipient.person.iter_mut().for_each(|person| fit_person(person, schema));
        recipient.location.iter_mut().for_each(fit_location);
        if schema < Schema::Served {
            recipient.additional_info.truncate(1);
        }
    }
    for victim in &mut report.victims {
        fit_person(&mut victim.person, schema);
        victim.location.iter_mut().for_each(fit_location);
        victim.accounts.iter_mut().for_each(|account| fit_account(account, schema));
    }
    report
}

fn fit_person(person: &mut Person, schema: Schema) {
    if schema < Schema::Drifted {
        person.age_discrepancy = None;
    }
}

fn fit_location(location: &mut EstimatedLocation) {
    if location.country.word() == "US" {
        location.region = FreeText::new("OH");
    }
}

fn fit_account(account: &mut AssociatedAccount, schema: Schema) {
    if schema < Schema::Drifted {
        account.age_discrepancy = None;
    }
    if schema >= Schema::Served {
        account.kind = account.kind.or(Some(AccountKind::Other));
        if account.platform.is_none() {
            account.third_party_user = None;
        }
    }
}

/// A file that is accepted in this edition.
pub(in crate::cybertip) fn file(dice: &mut Dice, schema: Schema) -> FileDetails {
    let mut file = FileDetails::any(dice);
    if schema < Schema::Served {
        file.file_name = None;
    }
    for details in &mut file.details {
        details.pairs.push(NameValue::any(dice));
    }
    if file.relevance == Some(Relevance::Supplemental) {
        file.classification = None;
        file.marks = None;
    }
    file
}
