//! A reviewer who works without pause, as a process that can be killed: it prints one line for each act that the
//! console has acknowledged, and nothing before.
//!
//! `desk STORE NAME decide` decides until nothing is left. `desk STORE NAME hold TURNS DIR OTHER` takes and gives back
//! cases, and holds each by a file in DIR that nobody else may have made; it ends once both it and the desk of OTHER
//! have taken TURNS. `desk STORE NAME submit REPORT TURNS` sends a report turn by turn and leaves in the middle, with 7,
//! after so many. It must never be installed.

use std::fs::{File, remove_file};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use casement_core::account::keyring::Passphrase;
use casement_core::queue::claim;
use casement_core::submission::{Mode, Run, Turn};
use casement_core::wire::{Classification, DecideRequest, QueueFilter, Verdict};
use casement_core::{Console, Opening, decision, policy};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (store, name, work) = match args.as_slice() {
        [store, name, work @ ..] => (Path::new(store), *name, work),
        _ => return Err("desk STORE NAME decide | hold TURNS DIR OTHER".into()),
    };
    let passphrase = Passphrase::new(std::env::var("CASEMENT_PASSPHRASE")?);
    let console = Console::unlock(store, name, &passphrase, Opening::default()).await?;
    match work {
        ["decide"] => decide(&console).await?,
        ["hold", turns, dir, other] => {
            let (own, other) = (format!("{name}.done"), format!("{other}.done"));
            let dir = Path::new(dir);
            hold(&console, turns.parse()?, dir, [&dir.join(own), &dir.join(other)]).await?;
        }
        ["submit", report, turns] => submit(&console, report, turns.parse()?).await?,
        _ => return Err("this desk decides, holds or submits".into()),
    }
    console.close().await;
    Ok(())
}

/// Leaves without closing anything, as a machine does that loses its power.
async fn submit(console: &Console, report: &str, turns: u32) -> Outcome {
    let mut run = Box::pin(Run::begin(console, report, Mode::Begin, Arc::default())).await?;
    for turn in 0_u32.. {
        if turn == turns {
            std::process::exit(7);
        }
        let took = run.advance().await?;
        if took == Turn::Ended {
            break;
        }
        say(&json!(format!("{took:?}")))?;
    }
    Ok(())
}

fn say(value: &Value) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}

async fn decide(console: &Console) -> Outcome {
    let policy_version = policy::current(console).await?.version;
    while let Some(case) = claim::next(console, &QueueFilter::default()).await? {
        let verdict = match case % 3 {
            0 => Verdict::Confirmed,
            1 => Verdict::NotAMatch,
            _ => Verdict::Escalated,
        };
        let request = DecideRequest {
            case,
            verdict,
            classification: (verdict == Verdict::Confirmed).then_some(Classification::B2),
            rationale: "a rationale".to_owned(),
            policy_version: policy_version.clone(),
        };
        decision::decide(console, &request).await?;
        say(&json!({ "case": case, "decided": verdict }))?;
        if case.is_multiple_of(4) {
            decision::undo(console, case).await?;
            say(&json!({ "case": case, "undone": true }))?;
            // Undoing gave the case back to this desk.
            decision::decide(console, &request).await?;
            say(&json!({ "case": case, "decided": verdict }))?;
        }
    }
    Ok(())
}

/// Goes on after its own turns until the other desk has had its own: both then worked at the same time, whoever began
/// first and however slow the machine is. Gives up on one that never has them, so that its own reason is read.
async fn hold(console: &Console, turns: u32, dir: &Path, done: [&Path; 2]) -> Outcome {
    let mut taken = 0;
    while taken < turns || !done[1].exists() {
        if taken > turns.saturating_mul(200) {
            return Err("the other desk never had its turns".into());
        }
        let case = claim::next(console, &QueueFilter::default())
            .await?
            .ok_or("nothing is left to take")?;
        let mark = dir.join(case.to_string());
        // Fails when the other desk holds the same case now.
        File::create_new(&mark)?;
        say(&json!({ "took": case }))?;
        std::thread::yield_now();
        remove_file(&mark)?;
        claim::release(console, case).await?;
        taken += 1;
        if taken == turns {
            File::create_new(done[0])?;
        }
    }
    Ok(())
}
