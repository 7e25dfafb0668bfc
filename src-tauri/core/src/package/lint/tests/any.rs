//! Whatever goes in: either a finding must be fixed, or the documents pass the check.

use proptest::prelude::*;

use super::{annotated, earlier};
use crate::cybertip::{Schema, check};
use crate::package::build::sample::build;
use crate::package::build::sample::{self, SEALED};
use crate::package::earlier::EarlierKind;
use crate::package::lint;
use crate::package::reread::Reread;
use crate::wire::{Annotation, Class, DecisionStatus, FindingKind, Level};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_finding_must_be_fixed_or_the_documents_pass(
        mut input in sample::hostile(),
        annotations in proptest::collection::vec(0_usize..10, 0..5),
        (reread, before, class) in (0_u8..5, 0_u8..4, 0_u8..4),
        broken in 0_u8..12,
        text in any::<String>(),
    ) {
        let file = &mut input.files[0];
        let chosen: Vec<Annotation> = annotations.iter().map(|at| Annotation::ALL[*at]).collect();
        annotated(file, &chosen);
        file.reread = [
            Reread::NotYet, Reread::Same, Reread::Differs, Reread::NotHeld, Reread::Unreadable,
        ][usize::from(reread)];
        file.sightings[0].completeness.class =
            [Class::A, Class::B, Class::C, Class::D][usize::from(class)];
        file.previously_reported = match before {
            0 => Vec::new(),
            1 => earlier(EarlierKind::Exact, Some(&text)),
            2 => earlier(EarlierKind::Exact, None),
            _ => earlier(EarlierKind::Near { distance: 9, cluster: text.clone() }, None),
        };
        match broken {
            0 => file.decision.status = DecisionStatus::Draft,
            1 => file.decision.level_seen = Level::Mosaic,
            2 => file.item.md5 = text,
            3 => file.unproven.push(7),
            4 => input.head.organisation.email = text,
            5 => input.head.organisation.company_template = " ".into(),
            6 => input.head.organisation.legal_url = text,
            7 => input.head.organisation.contact.phone = text,
            _ => {}
        }
        let found = lint::findings(&input, SEALED);
        let must = found.iter().any(|finding| finding.kind == FindingKind::MustFix);
        match build(&input) {
            Err(error) => {
                prop_assert_eq!(error.code(), "PKG-01");
                prop_assert!(must);
            }
            Ok(documents) => {
                prop_assert!(!must);
                for (name, xml) in documents.xml() {
                    let flaws = check(xml, Schema::default(), SEALED);
                    prop_assert!(flaws.is_empty(), "{} {:?}", name, flaws);
                }
            }
        }
    }
}
