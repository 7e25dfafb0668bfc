//! Rust source as the rules read it: code and string literals apart, comments gone.
//! A reader of tokens, not a parser; it knows strings, raw strings, characters and nested comments.

use std::ops::Range;

/// A source file taken apart. Both halves keep the line breaks, so line numbers stay true.
pub(crate) struct Source {
    /// The code with every comment and the inside of every string blanked.
    pub(crate) code: String,
    /// The string literals: the line each begins on, and what is between its quotes.
    pub(crate) strings: Vec<(usize, String)>,
}

/// Takes a source file apart.
pub(crate) fn parse(text: &str) -> Source {
    let chars: Vec<char> = text.chars().collect();
    let mut source = Source { code: String::with_capacity(text.len()), strings: Vec::new() };
    let mut at = 0;
    let mut line = 1;
    while at < chars.len() {
        let rest = &chars[at..];
        let length = if rest.starts_with(&['/', '/']) {
            rest.iter().position(|&c| c == '\n').unwrap_or(rest.len())
        } else if rest.starts_with(&['/', '*']) {
            block_comment(rest)
        } else if let Some((inside, length)) = string(rest, at.checked_sub(1).map(|i| chars[i])) {
            source.strings.push((line, rest[inside].iter().collect()));
            length
        } else if let Some(length) = character(rest) {
            length
        } else {
            source.code.push(rest[0]);
            line += usize::from(rest[0] == '\n');
            at += 1;
            continue;
        };
        source.code.push(' ');
        for _ in rest[..length].iter().filter(|&&c| c == '\n') {
            source.code.push('\n');
            line += 1;
        }
        at += length;
    }
    source
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// If a string literal begins here: what is between its quotes, and its whole length.
fn string(rest: &[char], before: Option<char>) -> Option<(Range<usize>, usize)> {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut open = 0;
    if !in_word {
        open += usize::from(matches!(rest.first(), Some('b' | 'c')));
    }
    let raw = !in_word && rest.get(open) == Some(&'r');
    open += usize::from(raw);
    let hashes = if raw { rest[open..].iter().take_while(|&&c| c == '#').count() } else { 0 };
    open += hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    open += 1;
    let mut at = open;
    while at < rest.len() {
        if rest[at] == '\\' && !raw {
            at += 2;
        } else if rest[at] == '"'
            && rest[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes
        {
            return Some((open..at, at + 1 + hashes));
        } else {
            at += 1;
        }
    }
    None
}

/// The length of a character literal that begins here; a lifetime is none.
fn character(rest: &[char]) -> Option<usize> {
    match rest {
        ['\'', '\\', ..] => Some(rest[3..].iter().position(|&c| c == '\'')? + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

/// The words of a piece of code: names, keywords, numbers.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The number of the line on which the byte `at` lies.
pub(crate) fn line_of(code: &str, at: usize) -> usize {
    1 + code[..at].matches('\n').count()
}

#[test]
fn source_is_taken_apart_like_the_compiler_does() {
    let text = "let a = \"x\\\"y\"; // \"no\"\nlet b = r#\"S\"q\"#; /* /* \"n\" */ */ let c = '\"';\nfn f<'a>(s: &'a str) { bar\"z\" }";
    let source = parse(text);
    let strings: Vec<_> = source.strings.iter().map(|(l, s)| (*l, s.as_str())).collect();
    assert_eq!(strings, [(1, "x\\\"y"), (2, "S\"q"), (3, "z")]);
    assert!(!source.code.contains('"') && source.code.contains("fn f<'a>"));
    assert_eq!(source.code.lines().count(), 3);
}
