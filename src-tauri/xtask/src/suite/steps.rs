//! The steps of `cargo xtask test`, in the order they run: quick ones first, the window last.
//! Says only what each step is; how a step runs is the suite's business.

/// One step.
pub(super) struct Step {
    /// Its name on the command line.
    pub(super) key: &'static str,
    /// What it checks.
    pub(super) words: &'static str,
    /// How it is run.
    pub(super) action: Action,
    /// Runs even when other steps were asked for, because those build on it.
    pub(super) always: bool,
    /// Without it no later step can run.
    pub(super) stops: bool,
}

impl Step {
    /// The file that keeps the step's output.
    pub(super) fn log(&self) -> String {
        format!("{}.log", self.key)
    }
}

/// How a step is run.
pub(super) enum Action {
    SetUp,
    BuildUi,
    Npm(&'static [&'static str]),
    Cargo(&'static [&'static str]),
    /// Cargo with a virtual display of its own.
    Windowed(&'static [&'static str]),
    /// Cargo with cargo-deny, which is large and therefore not demanded.
    Deny(&'static [&'static str]),
}

const fn step(key: &'static str, words: &'static str, action: Action) -> Step {
    Step { key, words, action, always: false, stops: false }
}

const fn base(key: &'static str, words: &'static str, action: Action) -> Step {
    Step { key, words, action, always: true, stops: true }
}

// Each cargo line makes the same selection (`suite::SELECTION`), so that one set of built
// dependencies serves them all.
macro_rules! cargo {
    ($($verb:literal)+; $($arg:literal)*) => {
        &[$($verb,)+ "--locked", "--workspace", $($arg,)*]
    };
}

pub(super) const STEPS: [Step; 14] = [
    base(
        "set-up",
        "system packages, npm packages, nextest, tauri-driver and Python's verifiers",
        Action::SetUp,
    ),
    step("format", "rustfmt", Action::Cargo(&["fmt", "--all", "--check"])),
    step("ui-check", "types of the interface", Action::Npm(&["run", "--silent", "check"])),
    step("ui-lint", "eslint and prettier", Action::Npm(&["run", "--silent", "lint"])),
    step("ui-test", "unit tests of the interface", Action::Npm(&["run", "--silent", "test"])),
    base("ui-build", "the interface that goes into the window", Action::BuildUi),
    base(
        "build",
        "the console, casectl, the airlock, the typesetter and every test",
        Action::Cargo(cargo!("build"; "--bins" "--tests")),
    ),
    step(
        "rules",
        "rules of the house, and generated bindings fresh",
        Action::Cargo(cargo!("nextest" "run"; "-E" "binary(/^(tidy|bindings)$/)")),
    ),
    step(
        "clippy",
        "lints of every target, warnings denied",
        Action::Cargo(cargo!("clippy"; "--all-targets" "--" "-D" "warnings")),
    ),
    step(
        "test",
        "unit, property, command-line and whole-path tests",
        Action::Cargo(cargo!("nextest" "run"; "-E" "not binary(/^(e2e|tour|tidy|bindings)/)")),
    ),
    step("doctest", "examples in the documentation", Action::Cargo(cargo!("test"; "--doc"))),
    step(
        "docs",
        "documentation of our crates, warnings denied",
        Action::Cargo(cargo!("doc"; "--no-deps" "--document-private-items")),
    ),
    step(
        "e2e",
        "the real window, driven on a virtual display",
        Action::Windowed(cargo!("nextest" "run"; "--test-threads" "1" "-E" "binary(/^e2e/)")),
    ),
    step(
        "deny",
        "licences, bans and sources by cargo-deny",
        Action::Deny(&["deny", "--workspace", "check", "bans", "licenses", "sources"]),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Action, STEPS};
    use crate::suite::SELECTION;

    #[test]
    fn steps_have_names_of_their_own() {
        let keys: HashSet<&str> = STEPS.iter().map(|step| step.key).collect();
        assert_eq!(keys.len(), STEPS.len());
    }

    #[test]
    fn every_building_step_selects_the_same_packages_and_features() {
        for step in &STEPS {
            let (Action::Cargo(args) | Action::Windowed(args)) = &step.action else {
                continue;
            };
            if args.first() == Some(&"fmt") {
                continue;
            }
            assert!(args.windows(SELECTION.len()).any(|w| w == SELECTION), "{}", step.key);
        }
    }
}
