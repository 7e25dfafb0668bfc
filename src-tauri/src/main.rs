//! Casement's window: one webview, the commands of `ipc`, the scheme `veil://`. Everything that matters is in core.
//!
//! It must never hold a rule or run SQL.

mod desk;
mod ipc;
mod scheme;

use std::path::PathBuf;

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent, WebviewUrl, WebviewWindowBuilder};

use desk::Desk;

/// Label of the one window.
const WINDOW: &str = "main";

const USAGE: &str = "casement [--store FOLDER]

Opens the review console on a workspace, by default the one in the user's data folder.
Make a workspace with: casectl init FOLDER --as NAME";

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let Some(store) = store_from(std::env::args_os().skip(1))? else { return Ok(()) };
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(Desk::new(store))
        .invoke_handler(ipc::handler())
        .register_asynchronous_uri_scheme_protocol("veil", scheme::answer)
        .setup(|app| {
            let data = app.path().app_cache_dir()?.join("window");
            WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::default())
                .title("Casement")
                .inner_size(1280.0, 800.0)
                .min_inner_size(1180.0, 720.0)
                .data_directory(data)
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window could not be made")?;
    app.run(|app, event| {
        if let RunEvent::ExitRequested { .. } = event {
            // The claim is given back and exposures are closed before the program ends.
            let _ = tauri::async_runtime::block_on(app.state::<Desk>().lock());
        }
    });
    Ok(())
}

/// The workspace to open; `None` when only help was asked for.
fn store_from(
    mut args: impl Iterator<Item = std::ffi::OsString>,
) -> anyhow::Result<Option<PathBuf>> {
    let mut store = std::env::var_os("CASEMENT_STORE").map(PathBuf::from);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--store") => store = Some(args.next().context("--store needs a folder")?.into()),
            Some("--help" | "-h") => {
                use std::io::Write as _;
                writeln!(std::io::stdout(), "{USAGE}")?;
                return Ok(None);
            }
            _ => anyhow::bail!("{USAGE}"),
        }
    }
    match store {
        Some(store) => Ok(Some(store)),
        None => {
            let home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| {
                std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"))
            });
            Ok(Some(
                home.context("no data folder is known; name one with --store")?
                    .join("casement/workspace"),
            ))
        }
    }
}
