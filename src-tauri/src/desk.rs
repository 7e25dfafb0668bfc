//! What the window holds between two commands: the workspace's path, the unlocked console, the running import.
//!
//! It must never hold a rule.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use casement_core::intake::Watch;
use casement_core::wire::{PackageProgress, RefreshProgress, ReportFacts, WireError};
use casement_core::{Console, cluster, package};
use tauri::async_runtime::JoinHandle;
use tokio::sync::{Mutex, RwLock};

/// The window's state.
pub(crate) struct Desk {
    pub(crate) store: PathBuf,
    console: RwLock<Option<Console>>,
    import: Mutex<Option<Running>>,
    comparison: Comparison,
    packaging: Packaging,
}

/// An import going on in the background.
pub(crate) struct Running {
    pub(crate) watch: Arc<Watch>,
    /// Of the comparison that follows it.
    pub(crate) comparing: Arc<cluster::Watch>,
    pub(crate) task: JoinHandle<()>,
}

/// Comparing pictures, watched and stopped from the window. One goes on at a time; core refuses a second.
#[derive(Clone, Default)]
pub(crate) struct Comparison {
    running: Arc<Mutex<Option<Arc<cluster::Watch>>>>,
    /// Held while one runs, so that the session can wait for its end.
    busy: Arc<Mutex<()>>,
}

impl Comparison {
    pub(crate) async fn run(&self, console: &Console, watch: Arc<cluster::Watch>) {
        let _busy = self.busy.lock().await;
        *self.running.lock().await = Some(watch.clone());
        // What could not be compared is said by the counts of the list, and again next time.
        let _ = cluster::refresh(console, &watch).await;
        *self.running.lock().await = None;
    }

    /// Stops after the batch at hand, and waits for that.
    async fn end(&self) {
        if let Some(watch) = self.running.lock().await.as_ref() {
            watch.stop();
        }
        let _ended = self.busy.lock().await;
    }
}

/// Sealing a package, watched and stopped from the window. One goes on at a time; core refuses a second.
#[derive(Clone, Default)]
pub(crate) struct Packaging {
    running: Arc<Mutex<Option<Arc<package::Watch>>>>,
    /// Held while one runs, so that the session can wait for its end.
    busy: Arc<Mutex<()>>,
}

impl Packaging {
    pub(crate) async fn run(
        &self,
        console: &Console,
        order: &package::Order,
        out: &Path,
        xsd: Option<&Path>,
    ) -> Result<ReportFacts, casement_core::Error> {
        let _busy = self.busy.lock().await;
        let watch = Arc::new(package::Watch::default());
        *self.running.lock().await = Some(watch.clone());
        let sealed = package::seal_watched(console, order, out, xsd, &watch).await;
        *self.running.lock().await = None;
        sealed
    }

    /// How far it is; `None` when none is being made.
    pub(crate) async fn progress(&self) -> Option<PackageProgress> {
        self.running.lock().await.as_ref()?.progress()
    }

    /// Stops after the case at hand.
    pub(crate) async fn stop(&self) {
        if let Some(watch) = self.running.lock().await.as_ref() {
            watch.stop();
        }
    }

    async fn end(&self) {
        self.stop().await;
        let _ended = self.busy.lock().await;
    }
}

impl Desk {
    pub(crate) fn new(store: PathBuf) -> Self {
        Self {
            store,
            console: RwLock::new(None),
            import: Mutex::new(None),
            comparison: Comparison::default(),
            packaging: Packaging::default(),
        }
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

    /// The comparison of this session, to be run after an import.
    pub(crate) fn comparison(&self) -> Comparison {
        self.comparison.clone()
    }

    /// The packaging of this session.
    pub(crate) fn packaging(&self) -> Packaging {
        self.packaging.clone()
    }

    /// Compares pictures in the background.
    pub(crate) async fn compare(&self, console: Console) {
        let comparison = self.comparison.clone();
        tauri::async_runtime::spawn(async move { comparison.run(&console, Arc::default()).await });
    }

    /// How far comparing is; `None` when it is not going on.
    pub(crate) async fn comparing(&self) -> Option<RefreshProgress> {
        self.comparison.running.lock().await.as_ref()?.progress()
    }

    /// Ends the session: stops the import after its batch, gives back the claim, closes exposures and the store.
    pub(crate) async fn lock(&self) -> Result<(), WireError> {
        let running = self.import.lock().await.take();
        if let Some(running) = running {
            running.watch.stop();
            running.comparing.stop();
            let _ = running.task.await;
        }
        self.comparison.end().await;
        self.packaging.end().await;
        let console = self.console.write().await.take();
        match console {
            Some(console) => console.lock().await.map_err(WireError::from),
            None => Ok(()),
        }
    }
}
