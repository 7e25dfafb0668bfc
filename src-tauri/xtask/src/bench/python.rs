//! The Python that peers run in: a virtual environment in the target folder, with pinned packages.
//! Never more in it than a measurement that was asked for needs.

use std::path::PathBuf;

use anyhow::Result;

use crate::place::Place;
use crate::setup;

// The peers' versions, so that figures of two runs can be compared.
pub(super) const PILLOW: &str = "pillow==13.0.0";
pub(super) const NUMPY: &str = "numpy==2.4.6";
pub(super) const PDQHASH: &str = "pdqhash==0.2.8";
pub(super) const FAISS: &str = "faiss-cpu==1.15.1";

/// A Python of this checkout with these packages in it.
pub(super) fn with(place: &Place, packages: &[&str]) -> Result<PathBuf> {
    setup::venv(place, "bench-venv", packages, Some("pdqhash"))
}
