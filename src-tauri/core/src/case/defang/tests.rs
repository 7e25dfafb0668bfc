//! Nothing that is shown can be followed.

use proptest::prelude::*;

use super::*;

#[test]
fn web_addresses_stay_readable_and_die() {
    for (given, shown) in [
        ("https://images.example/a.jpg", "hxxps://images[.]example/a.jpg"),
        ("http://images.example", "hxxp://images[.]example/"),
        ("HTTPS://Images.Example:8443/A?b=c#d", "hxxps://images[.]example:8443/A?b=c#d"),
        ("https://user:secret@images.example/a", "hxxps://…@images[.]example/a"),
        ("https://user@images.example/a", "hxxps://…@images[.]example/a"),
        ("http://203.0.113.7/a.jpg", "hxxp://203[.]0[.]113[.]7/a.jpg"),
        ("http://[2001:db8::1]:8080/a", "hxxp://[2001[:]db8[:][:]1]:8080/a"),
        ("ftp://files.example/a.tar", "fxp://files[.]example/a.tar"),
        ("images.example/a.jpg", "images[.]example/a.jpg"),
        ("images.example:8080/a.jpg", "images[.]example:8080/a.jpg"),
        ("//images.example/a.jpg", "images[.]example/a.jpg"),
        ("https://bücher.example/ä", "hxxps://xn--bcher-kva[.]example/%C3%A4"),
        ("  https://images.example/a.jpg ", "hxxps://images[.]example/a.jpg"),
        (
            "https://proxy.example/?u=https://images.example/a",
            "hxxps://proxy[.]example/?u=hxxps://images.example/a",
        ),
        (
            "https://proxy.example/?u=HTTP%3A%2F%2Fimages.example",
            "hxxps://proxy[.]example/?u=hxxp%3A%2F%2Fimages.example",
        ),
        ("s3://bucket.example/a.tar", "s3://bucket.example/a.tar"),
        ("not an address", "not an address"),
        ("", ""),
    ] {
        assert_eq!(url(given), shown, "{given}");
    }
}

#[test]
fn inline_content_is_never_shown() {
    let shown = url("data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==");
    assert_eq!(shown, "data: address of 46 characters, not shown");
    assert!(!prose("see data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==").contains("iVBOR"));
}

#[test]
fn long_addresses_keep_host_and_end() {
    let long = format!("https://images.example/{}/last-part.jpg", "x".repeat(400));
    let shown = url_short(&long);
    assert_eq!(shown.chars().count(), 120);
    assert!(shown.starts_with("hxxps://images[.]example/xxx"));
    assert!(shown.ends_with("last-part.jpg"));
    assert_eq!(shown.matches('…').count(), 1);
    assert_eq!(url(&long).chars().count(), long.chars().count() + 2);
    let labels = vec!["label"; 30].join(".");
    let shown = url_short(&format!("https://{labels}.example/{}", "y".repeat(200)));
    assert!(shown.starts_with(&format!("hxxps://{}[.]example/", labels.replace('.', "[.]"))));
}

#[test]
fn characters_that_disguise_are_made_visible() {
    assert_eq!(prose("gpj.\u{202e}exe\u{0}\n"), "gpj.\u{fffd}exe\u{fffd}\u{fffd}");
    assert_eq!(prose("a\u{200b}b"), "a\u{fffd}b");
}

#[test]
fn addresses_in_prose_die() {
    assert_eq!(
        prose("pointer from <https://images.example/a.jpg>, HTTP://b.example too"),
        "pointer from <hxxps://images[.]example/a.jpg%3E, hxxp://b[.]example/ too"
    );
    assert_eq!(
        prose("https://a.example https://b.example"),
        "hxxps://a[.]example/ hxxps://b[.]example/"
    );
    assert_eq!(prose("no address, only http as a word"), "no address, only http as a word");
}

#[test]
fn contacts_lose_their_link() {
    assert_eq!(contact("abuse@supplier.example"), "abuse@supplier[.]example");
    assert_eq!(contact("https://supplier.example/abuse"), "hxxps://supplier[.]example/abuse");
    assert_eq!(contact("Desk 4, second floor"), "Desk 4, second floor");
}

#[test]
fn hosts_of_odd_addresses() {
    for (given, expected) in [
        ("https://Images.EXAMPLE./a", Some("images.example")),
        ("https://user:pw@images.example:8443/a", Some("images.example")),
        ("images.example:8080/a", Some("images.example")),
        ("images.example/a", Some("images.example")),
        ("//images.example/a", Some("images.example")),
        ("http://0xcb.0.0x71.7/a", Some("203.0.113.7")),
        ("http://[2001:DB8::1]/a", Some("[2001:db8::1]")),
        ("s3://bucket/a", None),
        ("file:///srv/a.jpg", None),
        ("data:text/plain,images.example", None),
        ("mailto:abuse@images.example", None),
        ("a.jpg", Some("a.jpg")),
        ("relative/a.jpg", None),
        ("https://", None),
        ("no host at all.", None),
        ("", None),
    ] {
        assert_eq!(host_of(given).as_deref(), expected, "{given}");
    }
    assert!(names_a_file("https://images.example/a.jpg"));
    assert!(names_a_file("https://images.example/?id=7"));
    assert!(!names_a_file("https://images.example/"));
    assert!(!names_a_file("images.example"));
}

/// Independent of the code under test: a live scheme is `http`, perhaps `s`, then `://`.
pub(crate) fn is_live(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["http://", "https://", "http%3a%2f%2f", "https%3a%2f%2f"].iter().any(|s| lower.contains(s))
}

fn addressy() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("http".to_owned()),
        Just("HTTPS".to_owned()),
        Just("hThttpttp".to_owned()),
        Just("://".to_owned()),
        Just("%3A%2F%2F".to_owned()),
        Just("images.example".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\t".to_owned()),
        Just(" ".to_owned()),
        Just("data:".to_owned()),
        "[a-z@:/?#.%\\[\\]s-]{0,6}",
        "\\PC{0,4}",
    ];
    proptest::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn nothing_shown_is_live(text in addressy()) {
        for shown in [url(&text), url_short(&text), prose(&text), contact(&text), host(&text)] {
            prop_assert!(!is_live(&shown), "{:?} -> {:?}", text, shown);
            prop_assert!(!shown.contains(char::is_control));
        }
    }

    #[test]
    fn no_host_is_lost(name in "[a-z]{1,12}\\.[a-z]{1,12}\\.example", path in "[a-z/]{0,300}") {
        let shown = url_short(&format!("https://{name}/{path}"));
        let start = format!("hxxps://{}/", name.replace('.', "[.]"));
        prop_assert!(shown.starts_with(&start));
    }

    #[test]
    fn the_middle_goes_only_from_long_texts(text in "\\PC{0,40}", limit in 2usize..30) {
        let cut = middle_out(&text, limit);
        let (before, after) = (text.chars().count(), cut.chars().count());
        prop_assert_eq!(after, before.min(limit));
        if before <= limit {
            prop_assert_eq!(cut, text);
        }
    }
}
