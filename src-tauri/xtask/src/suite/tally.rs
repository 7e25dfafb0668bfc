//! Counting tests from what the runners print.
//! Counts only closing lines of a runner, never single test lines, so nothing is counted twice.

/// How many tests passed and failed so far.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Tally {
    /// Takes in one line of output; lines other than a runner's closing line change nothing.
    pub(super) fn hear(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        let counts = if let Some((_, rest)) =
            line.split_once(" tests run: ").filter(|_| line.starts_with("Summary"))
        {
            rest
        } else if let Some((_, rest)) =
            line.split_once(" test run: ").filter(|_| line.starts_with("Summary"))
        {
            rest
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            rest
        } else if let Some(rest) = line.strip_prefix("Tests ") {
            rest
        } else {
            return;
        };
        self.passed += before(counts, "passed");
        self.failed += before(counts, "failed") + before(counts, "timed out");
    }
}

/// The number standing right before a word: `before("3 failed, 1 skipped", "failed")` is 3.
fn before(text: &str, word: &str) -> u32 {
    text.find(word)
        .and_then(|at| text.get(..at)?.split_whitespace().next_back()?.parse().ok())
        .unwrap_or(0)
}

/// The line without the escape sequences that colour it.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn heard(lines: &[&str]) -> (u32, u32) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.hear(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn reads_the_closing_line_of_each_runner() {
        for (line, expected) in [
            ("     Summary [   1.203s] 245 tests run: 245 passed (1 slow), 3 skipped", (245, 0)),
            ("     Summary [   0.003s] 1 test run: 0 passed, 1 failed, 3 skipped", (0, 1)),
            (
                "     Summary [  60.003s] 9 tests run: 6 passed, 2 failed, 1 timed out, 0 skipped",
                (6, 3),
            ),
            ("test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", (4, 0)),
            ("      Tests  3 failed | 40 passed (43)", (40, 3)),
            (
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m43 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (43)",
                (43, 0),
            ),
        ] {
            assert_eq!(heard(&[line]), expected, "{line}");
        }
    }

    #[test]
    fn single_tests_and_chatter_count_nothing() {
        let lines = [
            "        PASS [   0.005s] xtask suite::tally::tests::one",
            " Test Files  4 passed (4)",
            "    Starting 12 tests across 3 binaries",
            "error: test run failed",
            "",
        ];
        assert_eq!(heard(&lines), (0, 0));
    }
}
