//! Whether the graph in the store still holds everything that the records of the sightings say.
//!
//! It must never repair anything.

use serde_json::{Value, json};

use super::{Graph, Key, graph};
use crate::case::read_record;
use crate::console::Console;
use crate::error::Result;
use crate::store::{case as rows, prov};

/// Sightings compared at a time.
const PAGE: i64 = 500;
/// Sightings named; the rest is counted.
const NAMED: usize = 20;

/// Makes the graph of every sighting anew and looks for its nodes and edges. Answers what is missing, in words.
pub async fn check(console: &Console) -> Result<Vec<String>> {
    let mut conn = console.store().read().await?;
    let (mut after, mut findings, mut more) = (0, Vec::new(), 0);
    loop {
        let page = rows::sightings_after(&mut conn, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let mut whole = Graph::default();
        for row in &page {
            whole.join(graph(&read_record(row)?, &row.run));
        }
        if holds(&mut conn, &whole).await? {
            continue;
        }
        for row in &page {
            if !holds(&mut conn, &graph(&read_record(row)?, &row.run)).await? {
                if findings.len() < NAMED {
                    findings.push(format!(
                        "The trail of a sighting of case {} lacks a step that its record tells.",
                        row.case_id
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

async fn holds(conn: &mut sqlx::SqliteConnection, graph: &Graph) -> Result<bool> {
    let keys: Vec<String> = graph.keys().map(Key::hex).collect();
    let nodes = prov::nodes(conn, &json!(keys).to_string()).await?;
    let (_, edges) = graph.rows()?;
    let due = serde_json::from_str::<Vec<Value>>(&edges).map_or(0, |edges| edges.len());
    let there = prov::edges_there(conn, &edges).await?;
    Ok(nodes.len() == keys.len() && usize::try_from(there) == Ok(due))
}
