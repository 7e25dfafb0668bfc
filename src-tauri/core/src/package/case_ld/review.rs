//! What people did with a case: each veiled view, an attested one, and the decision that stands.
//!
//! It must never call a veiled view a view of the file.

use serde_json::json;

use super::action::{Act, Chain};
use super::graph::refer;
use crate::clock;
use crate::package::input::Viewed;
use crate::package::words;
use crate::words as stored;

impl Chain<'_> {
    /// Looking, and the decision that stands.
    pub(super) fn review(&mut self) {
        let mut before = self.quarantined.clone();
        let mut looked = Vec::new();
        for seen in &self.file.seen {
            let person = self.graph.person(&seen.by);
            let act = Act {
                name: "veiled_view",
                about: format!(
                    "Seen veiled, {}, for {} min:s; ledger leaf {}. Not a view of the whole file.",
                    words::level(seen.level),
                    words::duration(seen.ms),
                    seen.leaf
                ),
                performer: Some(person),
                objects: vec![self.content.to_owned()],
                ..Act::default()
            };
            looked.push(self.act(&seen.leaf.to_string(), act, &before));
        }
        if let Viewed::Attested(by) = &self.file.viewed {
            let person = self.graph.person(by.by());
            let act = Act {
                name: "attested_view",
                about: format!(
                    "Attested to have viewed the whole file; ledger leaf {}.",
                    by.leaf()
                ),
                performer: Some(person),
                objects: vec![self.content.to_owned()],
                ..Act::default()
            };
            looked.push(self.act(&by.leaf().to_string(), act, &before));
        }
        before.extend(looked);
        self.decision(&before);
    }

    fn decision(&mut self, before: &[String]) {
        let decision = &self.file.decision;
        let person = self.graph.person(&decision.by);
        let class = decision.classification.map(words::classification);
        let class = class.map_or_else(String::new, |class| format!(", classification {class}"));
        let leaf = decision.leaf.to_string();
        let result = self.graph.own("analytic-result", &["decision", &leaf]);
        self.graph.put(
            &result,
            json!({
                "@type": "analysis:AnalyticResult",
                "core:name": "decision",
                "core:statement": format!("{}{class}", stored::verdict_word(decision.verdict)),
                "core:description": decision.rationale,
                "analysis:resultContent": refer(self.content),
            }),
        );
        self.concluded.push(result.clone());
        let at = clock::parse(&decision.at).ok().map(clock::datetime);
        let act = Act {
            name: "decide",
            about: format!(
                "Decided under policy {}, having seen {}; ledger leaf {leaf}.",
                decision.policy_version,
                words::level(decision.level_seen)
            ),
            end: at,
            performer: Some(person),
            objects: vec![self.content.to_owned()],
            results: vec![result],
            ..Act::default()
        };
        self.act(&leaf, act, before);
    }
}
