//! From facts to documents, one file at a time: first what all files come to, then each file's own.
//!
//! The same input gives the same bytes, without a clock, a file or a picture. It must never write a
//! document while a finding must be fixed, and never hold more than one file.

mod details;
mod report;

use casement_print::Pages;

use crate::cybertip::xsd::XsdError;
use crate::cybertip::{Flaw, Schema, Unwritable, check};
use crate::package::bag::{BagError, BagWriter};
use crate::package::case_ld::{self, Investigation};
use crate::package::input::{FileInput, Head};
use crate::package::overview::Overview;
use crate::package::pages::{self, Totals};
use crate::package::record::{self, Index};
use crate::package::typeset::TypesetError;
use crate::package::words;
use crate::wire::{FindingKind, PackageFinding};
use details::file_details;

/// What takes a package's documents, in the order they are made.
pub(crate) trait Shelf {
    /// Takes a whole document by its path in the bag.
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError>;

    /// Takes the next part of a document that ends with the package.
    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError>;
}

impl Shelf for BagWriter {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        Ok(Self::add(self, name, bytes)?)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        Ok(Self::append(self, name, bytes)?)
    }
}

/// Why a package could not be built. Nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// `code` is that of the first of `count` findings.
    #[error("{count} findings must be fixed before this report can be sealed, first {code}.")]
    MustFix { code: String, count: u32 },
    #[error(
        "A written document breaks the rules of the report at {place}, line {line}: {text}. Nothing was sealed."
    )]
    Refused { place: String, line: usize, text: String },
    #[error("A document of the report could not be written. Nothing was sealed.")]
    Write,
    #[error(
        "The schema refuses {count} places; first {document} line {line}, {place}: {text}. Nothing was sealed."
    )]
    Schema { count: usize, document: String, line: usize, place: String, text: String },
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error(transparent)]
    NoOpinion(#[from] XsdError),
    #[error(transparent)]
    Bag(#[from] BagError),
    #[error(transparent)]
    Typeset(#[from] TypesetError),
}

impl PackageError {
    /// Stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::MustFix { .. } => "PKG-01",
            Self::Refused { .. } | Self::Unwritable(_) => "PKG-02",
            Self::Write => "PKG-03",
            Self::Schema { .. } => "XSD-04",
            Self::NoOpinion(error) => error.code(),
            Self::Bag(error) => error.code(),
            Self::Typeset(error) => error.code(),
        }
    }
}

impl From<std::io::Error> for PackageError {
    fn from(_: std::io::Error) -> Self {
        Self::Write
    }
}

impl From<serde_json::Error> for PackageError {
    fn from(_: serde_json::Error) -> Self {
        Self::Write
    }
}

impl From<PackageError> for crate::error::Error {
    fn from(error: PackageError) -> Self {
        match &error {
            PackageError::NoOpinion(_) | PackageError::Typeset(_) => {
                Self::machine(error.code(), error.to_string())
            }
            PackageError::Bag(_) => Self::store(error.code(), error.to_string()),
            _ => Self::refused(error.code(), error.to_string()),
        }
    }
}

/// Refuses where a finding must be fixed first.
pub(crate) fn refuse_while_to_be_fixed(found: &[PackageFinding]) -> Result<(), PackageError> {
    let must: Vec<_> = found.iter().filter(|f| f.kind == FindingKind::MustFix).collect();
    let Some(first) = must.first() else { return Ok(()) };
    let count = must.iter().map(|finding| finding.count.unwrap_or(1)).sum();
    Err(PackageError::MustFix { code: first.code.clone(), count })
}

/// Sets pages as a PDF.
pub(crate) type Typeset = fn(&Pages) -> Result<Vec<u8>, TypesetError>;

/// What the first pass brings to the second.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub(crate) overview: Overview,
    pub(crate) totals: Totals,
}

impl Counted {
    /// Takes one file in. Files come in order of their cases.
    pub(crate) fn add(&mut self, head: &Head, file: &FileInput) {
        self.overview.add(head, file);
        self.totals.add(head, file);
    }
}

/// The second pass: each file's documents, then those about all of them.
///
/// Every document has its one line in [`Writing::file`] or [`Writing::end`].
pub(crate) struct Writing<S> {
    head: Head,
    counted: Counted,
    shelf: S,
    index: Index,
    investigation: Investigation,
}

/// A document made elsewhere: its path in the bag, and its bytes.
pub(crate) type Document = (String, Vec<u8>);

impl<S: Shelf> Writing<S> {
    /// Begins, unless one of the findings must be fixed.
    pub(crate) fn begin(
        head: Head,
        counted: Counted,
        findings: &[PackageFinding],
        mut shelf: S,
    ) -> Result<Self, PackageError> {
        refuse_while_to_be_fixed(findings)?;
        let index = Index::begin(&head, &counted.overview, &mut shelf)?;
        let investigation = Investigation::new(&head);
        Ok(Self { head, counted, shelf, index, investigation })
    }

    /// Writes one file's documents, with those that prove its decision. Files come in order of their cases.
    pub(crate) fn file(
        &mut self,
        file: &FileInput,
        proofs: &[Document],
    ) -> Result<(), PackageError> {
        let number = words::case_number(file.case);
        self.index.file(file);
        let details = file_details(&self.head, file).to_xml(Schema::default())?;
        self.add_xml(&format!("data/files/{number}.fileDetails.xml"), &details)?;
        let record = record::case(&self.head, file)?;
        self.add(&format!("data/provenance/{number}.json"), &record)?;
        let graph = case_ld::case(&self.head, file)?;
        self.add(&format!("data/case/{number}.jsonld"), &graph)?;
        self.investigation.add(file);
        proofs.iter().try_for_each(|(name, bytes)| self.add(name, bytes))?;
        self.index.end_file(&mut self.shelf)
    }

    /// Writes the documents about all files, with what signs them, and gives the shelf back; without a typesetter, no PDF.
    pub(crate) fn end(
        mut self,
        signed: &[Document],
        typeset: Option<Typeset>,
    ) -> Result<S, PackageError> {
        let told = pages::pages(&self.head, &self.counted.totals);
        let report =
            report::report(&self.head, &self.counted.overview, &told).to_xml(Schema::default())?;
        self.add_xml("data/report.xml", &report)?;
        self.add("data/summary.html", pages::html(&told).as_bytes())?;
        self.add("data/summary.txt", pages::text(&told).as_bytes())?;
        if let Some(typeset) = typeset {
            self.add("data/summary.pdf", &typeset(&told)?)?;
        }
        let investigation = std::mem::take(&mut self.investigation).document(&self.head)?;
        self.add("data/case/report.jsonld", &investigation)?;
        signed.iter().try_for_each(|(name, bytes)| self.add(name, bytes))?;
        self.index.end(&mut self.shelf)?;
        Ok(self.shelf)
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.index.document(name, bytes);
        self.shelf.add(name, bytes)
    }

    fn add_xml(&mut self, name: &str, xml: &[u8]) -> Result<(), PackageError> {
        if let Some(Flaw { place, line, text }) =
            check(xml, Schema::default(), self.head.sealed_at).into_iter().next()
        {
            return Err(PackageError::Refused { place, line, text });
        }
        self.add(name, xml)
    }
}

#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
