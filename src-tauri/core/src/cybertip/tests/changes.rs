//! Any change of order, number, length or word is refused.

use proptest::prelude::*;
use proptest::sample::Index;

use super::any::{self, Dice};
use super::*;
use crate::cybertip::grammar::{Content, MANY, Rule, Value, live, root};
use crate::cybertip::tree::{self, Element};

/// Every element below the root with its row of the table, as the way to it by child numbers.
fn ways(
    element: &Element,
    rule: &Rule,
    schema: Schema,
    here: &[usize],
    found: &mut Vec<(Vec<usize>, Rule)>,
) {
    let (Content::Ordered(rules) | Content::AnyOrder(rules) | Content::OneOf(rules)) = rule.content
    else {
        return;
    };
    for (at, child) in element.children.iter().enumerate() {
        let way = [here, &[at]].concat();
        let row = live(rules, schema).find(|rule| rule.name == child.name).unwrap();
        found.push((way.clone(), *row));
        ways(child, row, schema, &way, found);
    }
}

fn parent<'a>(root: &'a mut Element, way: &[usize]) -> &'a mut Element {
    way[..way.len() - 1].iter().fold(root, |at, next| &mut at.children[*next])
}

fn refused(root: &Element, schema: Schema) -> bool {
    let xml = tree::write(root).unwrap();
    !check(&xml, schema, NOW).is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_change_of_order_number_length_or_word_is_refused(
        seed in any::<u64>(), fullness in 2_usize..=8, edition in 0_usize..3, pick in any::<Index>(),
    ) {
        let schema = Schema::ALL[edition];
        let dice = &mut Dice::new(seed, fullness);
        let xml = if seed.is_multiple_of(2) {
            any::report(dice, schema).to_xml(schema).unwrap()
        } else {
            any::file(dice, schema).to_xml(schema).unwrap()
        };
        let whole = tree::read(&xml).unwrap();
        let top = root(&whole.name).unwrap();
        let mut found = Vec::new();
        ways(&whole, top, schema, &[], &mut found);
        let (way, row) = pick.get(&found);
        let at = *way.last().unwrap();
        let mut holder = whole.clone();
        let in_any_order = ["reportAnnotations", "fileAnnotations"]
            .contains(&parent(&mut holder, way).name.as_str());

        let mut swapped = whole.clone();
        let siblings = &mut parent(&mut swapped, way).children;
        if at + 1 < siblings.len() && siblings[at].name != siblings[at + 1].name {
            siblings.swap(at, at + 1);
            prop_assert_eq!(refused(&swapped, schema), !in_any_order, "swapped {:?}", way);
        }

        let mut twice = whole.clone();
        let siblings = &mut parent(&mut twice, way).children;
        let copy = siblings[at].clone();
        siblings.insert(at, copy);
        // Several persons reported are the table's to allow and the batch rule's to refuse.
        let many = row.at_most == MANY && row.name != "personOrUserReported";
        prop_assert_eq!(!refused(&twice, schema), many, "doubled {}", row.name);

        let mut less = whole.clone();
        let siblings = &mut parent(&mut less, way).children;
        let gone = siblings.remove(at);
        let last = !siblings.iter().any(|sibling| sibling.name == gone.name);
        if row.at_least > 0 && last {
            prop_assert!(refused(&less, schema), "without {}", row.name);
        }

        let mut strange = whole.clone();
        parent(&mut strange, way).children[at].attributes.push(("kind".into(), "x".into()));
        prop_assert!(refused(&strange, schema), "attribute at {}", row.name);

        let mut foreign = whole.clone();
        parent(&mut foreign, way).children[at].name.push('x');
        prop_assert!(refused(&foreign, schema), "another name at {}", row.name);

        if let Content::Value(value) = row.content {
            let wrong = match value {
                Value::Text(MANY) => " ".to_owned(),
                Value::Text(most) => "x".repeat(most + 1),
                Value::Remark => return Ok(()),
                Value::Flag => "false".to_owned(),
                Value::Url => format!("https://h.example/{}", "x".repeat(2083)),
                Value::PastTime => "2027-01-01T00:00:00Z".to_owned(),
                Value::PastDay => "2027-01-01".to_owned(),
                Value::Whole(_, i64::MAX) => "-1".to_owned(),
                Value::Whole(_, to) => (to + 1).to_string(),
                _ => "certainly not".to_owned(),
            };
            // A hash of a kind we do not know may be anything but blank.
            let wrong = if matches!(value, Value::Hash) { " ".to_owned() } else { wrong };
            let mut spoilt = whole.clone();
            parent(&mut spoilt, way).children[at].text = wrong;
            prop_assert!(refused(&spoilt, schema), "wrong value in {}", row.name);
        }
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes, Schema::Served, NOW);
        let _ = Answer::read(&bytes);
    }

    #[test]
    fn a_damaged_document_is_judged_without_panic(
        seed in any::<u64>(), hits in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..5),
    ) {
        let mut xml = any::file(&mut Dice::new(seed, 6), Schema::Served).to_xml(Schema::Served).unwrap();
        for (at, byte) in hits {
            let at = at.index(xml.len());
            xml[at] = byte;
        }
        check(&xml, Schema::Served, NOW);
        let _ = FileDetails::read(&xml, Schema::Served, NOW);
    }
}

#[test]
fn the_reader_is_bounded() {
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    assert!(flaws(&deep, Schema::Served)[0].text.contains("too deep"));
    let large = vec![b' '; MAX_BYTES + 1];
    assert!(check(&large, Schema::Served, NOW)[0].text.contains("larger"));
    let many = format!("<report>{}</report>", "<a/>".repeat(1_000_001));
    assert!(flaws(&many, Schema::Served)[0].text.contains("too many"));
    let doctype = "<!DOCTYPE report [<!ENTITY a \"b\">]><report>&a;</report>";
    assert!(!good(doctype));
}

#[test]
fn a_flaw_says_where_and_never_what() {
    let xml = LEAST.replace(
        "<incidentDateTime>",
        "<platform>\n</platform>\n<platform>secret</platform><incidentDateTime>",
    );
    let found = flaws(&xml, Schema::Served);
    assert_eq!(found[0].place, "report/incidentSummary/platform");
    assert_eq!((found[0].line, found[0].text.as_str()), (1, "is blank"));
    assert_eq!(found[1].line, 3);
    assert!(found.iter().all(|flaw| !flaw.text.contains("secret")));
}
