//! What the window holds between two commands: the workspace's path, the unlocked console, the running import.
//!
//! It must never hold a rule.

use std::path::PathBuf;
use std::sync::Arc;

use casement_core::Console;
use casement_core::intake::Watch;
use casement_core::wire::WireError;
use tauri::async_runtime::JoinHandle;
use tokio::sync::{Mutex, RwLock};

/// The window's state.
pub(crate) struct Desk {
    pub(crate) store: PathBuf,
    console: RwLock<Option<Console>>,
    import: Mutex<Option<Running>>,
}

/// An import going on in the background.
pub(crate) struct Running {
    pub(crate) watch: Arc<Watch>,
    pub(crate) task: JoinHandle<()>,
}

impl Desk {
    pub(crate) fn new(store: PathBuf) -> Self {
        Self { store, console: RwLock::new(None), import: Mutex::new(None) }
    }

    /// The unlocked console, or the refusal to give to a locked window.
    pub(crate) async fn console(&self) -> Result<Console, WireError> {
        self.try_console().await.ok_or_else(|| WireError {
            code: "UNLOCK-02".to_owned(),
            message: "The console is locked. Unlock it to go on.".to_owned(),
        })
    }

    pub(crate) async fn try_console(&self) -> Option<Console> {
        self.console.read().await.clone()
    }

    pub(crate) async fn put(&self, console: Console) {
        *self.console.write().await = Some(console);
    }

    pub(crate) async fn watch(&self) -> Option<Arc<Watch>> {
        self.import.lock().await.as_ref().map(|running| running.watch.clone())
    }

    /// Remembers a new import. The one before has ended, or the store's lock would have refused this one.
    pub(crate) async fn put_import(&self, running: Running) {
        *self.import.lock().await = Some(running);
    }

    /// Ends the session: stops the import after its batch, gives back the claim, closes exposures and the store.
    pub(crate) async fn lock(&self) -> Result<(), WireError> {
        let running = self.import.lock().await.take();
        if let Some(running) = running {
            running.watch.stop();
            let _ = running.task.await;
        }
        let console = self.console.write().await.take();
        match console {
            Some(console) => console.lock().await.map_err(WireError::from),
            None => Ok(()),
        }
    }
}
