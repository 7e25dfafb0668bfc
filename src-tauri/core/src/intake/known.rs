//! Which finds were taken in before: those in the store, and those of the last batch, which may still be on its way there.
//!
//! For the reading thread. It must never take a find for known that was left out.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use tokio::runtime::Handle;

use super::batch::NewFind;
use super::broke_off;
use crate::console::Console;
use crate::error::Result;
use crate::store::import as rows;

/// Looks finds up by their ids.
pub(super) struct Known {
    console: Console,
    runtime: Handle,
    /// Digest and line by find id.
    last: HashMap<String, ([u8; 32], String)>,
}

impl Known {
    /// Made inside the runtime whose store is asked.
    pub(super) fn new(console: Console) -> Self {
        Self { console, runtime: Handle::current(), last: HashMap::new() }
    }

    /// Digest by find id, for those of `find_ids` that are known.
    pub(super) fn of(&self, find_ids: &[String]) -> Result<HashMap<String, Vec<u8>>> {
        self.look_up(find_ids, rows::known, |(digest, _)| digest.to_vec())
    }

    /// Lines by find id, for those of `find_ids` that are known.
    pub(super) fn lines(&self, find_ids: &[String]) -> Result<HashMap<String, String>> {
        self.look_up(find_ids, rows::lines, |(_, line)| line.clone())
    }

    fn look_up<T>(
        &self,
        find_ids: &[String],
        stored: impl AsyncFnOnce(&mut SqliteConnection, &str) -> Result<Vec<(String, T)>>,
        last: impl Fn(&([u8; 32], String)) -> T,
    ) -> Result<HashMap<String, T>> {
        let ids = serde_json::to_string(find_ids).map_err(|error| broke_off().caused_by(error))?;
        let stored = self.runtime.block_on(async {
            let mut conn = self.console.store().read().await?;
            stored(&mut conn, &ids).await
        })?;
        let last = find_ids.iter().filter_map(|id| Some((id.clone(), last(self.last.get(id)?))));
        Ok(stored.into_iter().chain(last).collect())
    }

    /// Remembers what a batch accepted, in place of the batch before: by the time another is read, that one is written.
    pub(super) fn accepted(&mut self, finds: &[NewFind]) {
        self.last = finds
            .iter()
            .map(|find| (find.find_id.clone(), (find.digest_bytes, find.record.clone())))
            .collect();
    }
}
