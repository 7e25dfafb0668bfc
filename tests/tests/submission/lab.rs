//! A workspace with one approved report, and the hotline that it may be sent to.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use casement_tests::casectl::{Said, at, command};
use casement_tests::hotline::{Hotline, PASSWORD, USER};
use casement_tests::workspace::{Workspace, copy};
use serde_json::{Value, json};

/// The report that is sent.
pub(crate) const REPORT: &str = "R-0001";

pub(crate) struct Lab {
    pub(crate) office: Workspace,
    pub(crate) hotline: Hotline,
    /// Where the package lies.
    pub(crate) bag: PathBuf,
}

impl Lab {
    /// With so many confirmed cases in a sealed package that nobody has approved yet; nothing is configured.
    pub(crate) fn sealed(files: u32) -> Self {
        let office = Workspace::filled(&["bo"], files, 0);
        office.ada(&["account", "add", "kim", "--role", "custodian"]).ends(0);
        let organisation = office.file(
            "organisation.json",
            &json!({
                "name": "Example Lab", "email": "reports@lab.example", "contact": { "email": "desk@lab.example" },
                "company_template": "Legal process: legal@lab.example. Data is kept for one year.",
            }),
        );
        office.ada(&["organisation", "set", organisation.to_str().unwrap()]).ends(0);
        for case in 1..=files {
            let case = case.to_string();
            office.run("bo", &["decide", &case, "confirmed", "--class", "B2"]).ends(0);
        }
        let out = office.dir.path().join("reports");
        std::fs::create_dir(&out).unwrap();
        let source = office.ada(&["package"]).ends(0).lines()[0]["source"].clone();
        let source = source.as_str().unwrap();
        let sealed = ["package", "--source", source, "--out", out.to_str().unwrap()];
        let sealed = office.ada(&sealed).ends(0).object();
        assert_eq!(sealed["report"], REPORT);
        let bag = PathBuf::from(sealed["path"].as_str().unwrap());
        Self { office, hotline: Hotline::open(), bag }
    }

    /// With a report that two persons approved, and production configured and unlocked.
    pub(crate) fn ready(files: u32) -> Self {
        let lab = Self::sealed(files);
        lab.approve();
        lab.configure("production", &[]).ends(0);
        lab.unlock();
        lab
    }

    /// Two persons approve filing it.
    pub(crate) fn approve(&self) {
        let proposed = ["report", "propose", REPORT, "--route", "cybertip", "--reason", "whole"];
        self.second(&self.office.ada(&proposed).ends(0).object());
    }

    /// Two persons unlock production.
    pub(crate) fn unlock(&self) {
        let proposed = ["submission", "unlock", "--hours", "2", "--reason", "filing"];
        self.second(&self.office.ada(&proposed).ends(0).object());
    }

    /// The custodian approves what the supervisor proposed.
    pub(crate) fn second(&self, proposed: &Value) {
        let proposal = proposed["proposal"].to_string();
        self.office.run("kim", &["approve", &proposal]).ends(0);
    }

    /// Configures this hotline, without waits unless `more` says otherwise.
    pub(crate) fn configure(&self, environment: &str, more: &[&str]) -> Said {
        let base = self.hotline.base();
        let mut verb =
            vec!["submission", "configure", environment, "--base", &base, "--user", USER];
        for pace in [["--timeout", "3"], ["--retries", "1"], ["--retry-after", "0"]] {
            if !more.contains(&pace[0]) {
                verb.extend(pace);
            }
        }
        verb.extend(more);
        self.with_password(&verb, PASSWORD)
    }

    pub(crate) fn with_password(&self, verb: &[&str], password: &str) -> Said {
        let mut command = command(&at(&self.office.store, "ada", verb));
        Said::of(command.env("CASEMENT_HOTLINE_PASSWORD", password).output().unwrap())
    }

    /// Sends it, as the supervisor.
    pub(crate) fn send(&self, verb: &str) -> Said {
        self.office.ada(&["submission", verb, REPORT])
    }

    /// The same as a process that the hotline may kill.
    pub(crate) fn start(&self, verb: &str) -> Child {
        let verb = ["submission", verb, REPORT];
        let mut command = command(&at(&self.office.store, "ada", &verb));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.hotline.guest(child.id());
        child
    }

    /// What is known of the newest submission.
    pub(crate) fn newest(&self) -> Value {
        let status = ["submission", "status", "--report", REPORT];
        self.office.ada(&status).ends(0).object()["submissions"][0].clone()
    }

    /// Where the report stands in the register: `approved`, `filed`.
    pub(crate) fn register(&self) -> String {
        let shown = self.office.ada(&["report", "show", REPORT]).ends(0).object();
        shown["row"]["state"].as_str().unwrap().to_owned()
    }

    /// Puts the workspace aside, to begin from it again and again.
    pub(crate) fn keep(&self) -> PathBuf {
        let kept = self.office.dir.path().join("kept");
        copy(&self.office.store, &kept);
        kept
    }

    /// Begins again from what was kept, at an empty hotline.
    pub(crate) fn again(&self, kept: &std::path::Path) {
        std::fs::remove_dir_all(&self.office.store).unwrap();
        copy(kept, &self.office.store);
        self.hotline.reset();
    }
}
