//! Where things are: the checkout, the target folder and what is kept inside it.
//! Everything xtask makes lies in the target folder, so `cargo clean` removes all of it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

/// The folders of one checkout.
pub(crate) struct Place {
    /// The top of the checkout.
    pub(crate) top: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Place {
    /// Finds the checkout from cargo's environment, or from the current folder upwards.
    pub(crate) fn find() -> Result<Self> {
        let here = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => PathBuf::from(manifest),
            None => env::current_dir()?,
        };
        let top = here
            .ancestors()
            .find(|dir| dir.join("src-tauri/xtask").is_dir() && dir.join("ui").is_dir())
            .context("run this from inside a Casement checkout")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => top.join(dir),
            None => top.join("target"),
        };
        fs::create_dir_all(&target).context("the target folder cannot be made")?;
        Ok(Self { top, target })
    }

    /// The folder for command-line tools installed for this checkout only.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A tool of this checkout, whether or not it is installed yet.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.tools().join("bin").join(name)
    }

    /// A program built from this workspace.
    pub(crate) fn program(&self, profile: Profile, name: &str) -> PathBuf {
        self.target.join(profile.folder()).join(name)
    }

    /// The interface's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.top.join("ui")
    }

    /// A small file that remembers what was done; its folder is made on the way.
    pub(crate) fn stamp(&self, name: &str) -> Result<PathBuf> {
        let dir = self.target.join("stamps");
        fs::create_dir_all(&dir)?;
        Ok(dir.join(name))
    }

    /// A path as a reader of the terminal would type it.
    pub(crate) fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.top).unwrap_or(path).display()
    }
}

/// Which of cargo's two profiles a program is built with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}
