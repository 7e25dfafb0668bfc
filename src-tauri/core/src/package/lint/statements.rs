//! Rules over what reviewers stated: classification and annotations that do not go together.
//!
//! None says which of the two is right, and none describes a picture.

use super::{Rule, name};
use crate::package::input::{FileInput, Viewed};
use crate::package::words;
use crate::wire::{Annotation, Classification, FindingKind, FindingView, PackageFinding};

const fn check(code: &'static str, title: &'static str, remedy: &'static str) -> Rule {
    Rule {
        code,
        kind: FindingKind::Check,
        title,
        field: "annotations",
        element: "fileDetails/fileAnnotations",
        remedy,
        view: FindingView::Review,
    }
}

const NOT_REAL: Rule = check(
    "L-CLASS-01",
    "Classified, and annotated as not to be taken for real",
    "Look at both again: the classification is for depictions of children, the annotation says drawing, virtual or meme.",
);
const AGE: Rule = check(
    "L-CLASS-02",
    "Class and annotation name different ages",
    "Look at both again: classes B are pubescent.",
);
const CONTENT: Rule = check(
    "L-CLASS-03",
    "Class and annotation name different content",
    "Look at both again: by the scheme's definition this annotation goes with A1 or B1.",
);
const AI: Rule = check(
    "L-AI-01",
    "Believed AI-made, for no reason of its own",
    "Say in the rationale what the belief rests on; being found in training data is none. Else clear the annotation.",
);
const UNSEEN: Rule = check(
    "L-ANNOT-01",
    "Annotated, and nobody looked",
    "Say in the rationale what the annotation rests on, or clear it.",
);

#[cfg(test)]
pub(super) const RULES: &[&Rule] = &[&NOT_REAL, &AGE, &CONTENT, &AI, &UNSEEN];

pub(super) fn findings(file: &FileInput, found: &mut Vec<PackageFinding>) {
    let Some(annotations) = &file.annotations else { return };
    let says = |annotation: Annotation| annotations.yes.contains(&annotation);
    let mut tell = |rule: &Rule, text: String| {
        found.push(rule.case(file.case, format!("{} {text}", name(file))));
    };
    if let Some(class) = file.decision.classification {
        let word = words::classification(class);
        let unreal = [Annotation::AnimeDrawingVirtualHentai, Annotation::PotentialMeme];
        for annotation in unreal.into_iter().filter(|one| says(*one)) {
            tell(&NOT_REAL, format!("is {word}, and annotated {}.", annotation.word()));
        }
        let pubescent = matches!(class, Classification::B1 | Classification::B2);
        if pubescent && says(Annotation::Infant) {
            tell(&AGE, format!("is {word}, and annotated infant."));
        }
        let second = matches!(class, Classification::A2 | Classification::B2);
        if second && says(Annotation::Bestiality) {
            tell(&CONTENT, format!("is {word}, and annotated bestiality."));
        }
    }
    let rationale = file.decision.rationale.trim().to_lowercase();
    let place = ["training", "dataset", "data set", "corpus"];
    if says(Annotation::GenerativeAi)
        && (rationale.is_empty() || place.iter().any(|word| rationale.contains(word)))
    {
        tell(
            &AI,
            "is annotated generativeAi: that the picture itself is believed AI-made.".to_owned(),
        );
    }
    // Fast spreading can be known without a look.
    let shown = annotations.yes.iter().any(|one| *one != Annotation::Viral);
    if shown && file.viewed == Viewed::No {
        tell(&UNSEEN, "is annotated, and was decided on hashes.".to_owned());
    }
}
