//! Measures the rooms of core beside a floor taken in the same run: `bench import | queue | decide [--quick]`.
//!
//! Prints one JSON object a measurement, as `cargo xtask bench` reads them. It must never judge a time by itself.
//! What is measured against another program is only done here: `bench near [--quick]`, `bench digests FILE 1|2`.

mod bare;
mod decide;
mod digests;
mod import;
mod near;
mod queue;
mod row;
mod stage;

use anyhow::{Result, bail};
use stage::Stage;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quick = args.iter().any(|arg| arg == "--quick");
    let verbs: Vec<&str> =
        args.iter().map(String::as_str).filter(|arg| *arg != "--quick").collect();
    if let ["digests", file, threads] = *verbs.as_slice() {
        return digests::print(file, threads);
    }
    let stage = Stage::new(quick)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match *verbs.as_slice() {
            ["import"] => Box::pin(import::measure(&stage)).await,
            ["queue"] => Box::pin(queue::measure(&stage)).await,
            ["decide"] => Box::pin(decide::measure(&stage)).await,
            ["near"] => near::measure(&stage),
            _ => bail!(
                "usage: bench import | queue | decide | near [--quick], bench digests FILE 1|2"
            ),
        }
    })
}
