//! Whether the graph in the store still holds everything that the records of the sightings say.
//!
//! It must never repair anything.

use serde_json::{Value, json};

use super::{Graph, Key, graph};
use crate::case::enrich::{Known, known_of};
use crate::console::Console;
use crate::error::Result;
use crate::store::{prov, trace as rows};

/// Sightings compared at a time.
const PAGE: i64 = 500;
/// Sightings named; the rest is counted.
const NAMED: usize = 20;

/// Makes the graph of every sighting anew and looks for its nodes and edges. Answers what is missing, in words.
pub async fn check(console: &Console) -> Result<Vec<String>> {
    let mut conn = console.store().read().await?;
    let (mut after, mut findings, mut more) = (0, Vec::new(), 0);
    loop {
        let page = rows::after(&mut conn, after, None, PAGE).await?;
        let page = known_of(&mut conn, page).await?;
        let Some(last) = page.last() else { break };
        after = last.row.id;
        let mut whole = Graph::default();
        for known in &page {
            whole.join(told(known));
        }
        if holds(&mut conn, &whole).await? {
            continue;
        }
        for known in &page {
            if !holds(&mut conn, &told(known)).await? {
                if findings.len() < NAMED {
                    findings.push(format!(
                        "The trail of a sighting of case {} lacks a step that its record tells.",
                        known.row.case_id
                    ));
                } else {
                    more += 1;
                }
            }
        }
    }
    if more > 0 {
        findings.push(format!("{more} more sightings lack a step of their trail."));
    }
    Ok(findings)
}

/// What a sighting tells, as it was reported and with what was attached.
pub(super) fn told(known: &Known) -> Graph {
    let mut both = graph(&known.reported, &known.row.run);
    both.join(graph(&known.find, &known.row.run));
    both
}

async fn holds(conn: &mut sqlx::SqliteConnection, graph: &Graph) -> Result<bool> {
    let keys: Vec<String> = graph.keys().map(Key::hex).collect();
    let nodes = prov::nodes(conn, &json!(keys).to_string()).await?;
    let (_, edges) = graph.rows()?;
    let due = serde_json::from_str::<Vec<Value>>(&edges).map_or(0, |edges| edges.len());
    let there = prov::edges_there(conn, &edges).await?;
    Ok(nodes.len() == keys.len() && usize::try_from(there) == Ok(due))
}
