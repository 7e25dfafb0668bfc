//! A shelf that asks the operator's schema about each XML document before it takes it.

use std::path::PathBuf;

use super::build::{PackageError, Shelf};
use super::xsd;

/// A shelf with the operator's schema before it, where there is one.
pub(super) struct Opinion<S> {
    shelf: S,
    xsd: Option<PathBuf>,
}

impl<S> Opinion<S> {
    pub(super) fn new(shelf: S, xsd: Option<PathBuf>) -> Self {
        Self { shelf, xsd }
    }

    pub(super) fn into_shelf(self) -> S {
        self.shelf
    }
}

impl<S: Shelf> Shelf for Opinion<S> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        if let Some(xsd) = self.xsd.as_deref().filter(|_| name.ends_with(".xml")) {
            let complaints = xsd::validate(xsd, [(name, bytes)])?;
            if let Some(first) = complaints.first() {
                return Err(PackageError::Schema {
                    count: complaints.len(),
                    document: first.document.clone(),
                    line: first.line,
                    text: first.text.clone(),
                });
            }
        }
        self.shelf.add(name, bytes)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.shelf.append(name, bytes)
    }
}
