//! Commands of import: which formats there are, begin, stop, and what ran before.
//!
//! It must never read a line itself.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use casement_core::intake::{self, Import, Watch};
use casement_core::wire::{
    FormatFacts, FormatLack, ImportFormat, ImportRun, ImportState, ImportTerms,
};
use casement_core::{Error, cluster};
use tauri::State;

use super::Answer;
use crate::desk::{Desk, Running};

const FORMATS: [ImportFormat; 7] = [
    ImportFormat::Find,
    ImportFormat::Hma,
    ImportFormat::PhotoDna,
    ImportFormat::Safer,
    ImportFormat::Arachnid,
    ImportFormat::Vics,
    ImportFormat::Csv,
];

#[tauri::command]
pub(crate) async fn import_formats() -> Answer<Vec<FormatFacts>> {
    Ok(FORMATS.into_iter().map(facts).collect())
}

fn facts(format: ImportFormat) -> FormatFacts {
    let about = intake::explain(format);
    FormatFacts {
        format,
        source: about.source.to_owned(),
        accepts: about.accepts.iter().map(|&shape| shape.to_owned()).collect(),
        lacks: about
            .lacks
            .iter()
            .map(|lack| FormatLack {
                field: lack.field.to_owned(),
                reason: lack.reason.word().to_owned(),
                why: lack.why.to_owned(),
            })
            .collect(),
    }
}

#[tauri::command]
pub(crate) async fn import_start(
    desk: State<'_, Desk>,
    finds: PathBuf,
    bytes: PathBuf,
    terms: ImportTerms,
) -> Answer<String> {
    let console = desk.console().await?;
    let (import, written) = open_finds(&finds, bytes)?;
    let begun = intake::begin_as(&console, import, terms, written).await?;
    let id = begun.id().to_owned();
    let watch = Arc::new(Watch::default());
    let comparing = Arc::new(cluster::Watch::default());
    let (watched, compared, comparison) = (watch.clone(), comparing.clone(), desk.comparison());
    let task = tauri::async_runtime::spawn(async move {
        // How it ended stands in the watch and in the list of imports.
        let ended = begun.run(&console, &watched).await;
        if ended.is_ok_and(|progress| progress.state == ImportState::Done) {
            comparison.run(&console, compared).await;
        }
    });
    desk.put_import(Running { watch, comparing, task }).await;
    Ok(id)
}

type Opened = (Import<BufReader<std::fs::File>>, Option<SystemTime>);

fn open_finds(finds: &Path, bytes: PathBuf) -> Answer<Opened> {
    let file = std::fs::File::open(finds).map_err(Error::from)?;
    let about = file.metadata().map_err(Error::from)?;
    let name =
        finds.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let finds = BufReader::with_capacity(256 * 1024, file);
    Ok((Import { finds, name, total_bytes: about.len(), bytes }, about.modified().ok()))
}

#[tauri::command]
pub(crate) async fn import_stop(desk: State<'_, Desk>) -> Answer<()> {
    if let Some(watch) = desk.watch().await {
        watch.stop();
    }
    Ok(())
}

#[tauri::command]
pub(crate) async fn import_runs(desk: State<'_, Desk>) -> Answer<Vec<ImportRun>> {
    Ok(intake::runs(&desk.console().await?).await?)
}
