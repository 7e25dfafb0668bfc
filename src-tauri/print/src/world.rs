//! All that typst can reach: one template, one file of data, and the fonts that are built in.
//!
//! It must never answer for any other file, a package or today's date; what is set depends on the pages alone.

use casement_print::Pages;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::letters;

const TEMPLATE: &str = include_str!("report.typ");

struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: (FileId, Bytes),
}

/// Sets the pages as a tagged PDF that is archivable (PDF/A-2a) and accessible (PDF/UA-1). `None` when they cannot be
/// set as one; why not could hold other people's words, and is not said.
pub(crate) fn pdf(mut pages: Pages) -> Option<Vec<u8>> {
    let fonts: Vec<Font> =
        typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    letters::fit(&mut pages, &fonts);
    let data = serde_json::to_vec(&pages).ok()?;
    let ident = format!("{} {}", pages.report, pages.sealed_at.text);
    drop(pages);
    let desk = Desk {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        template: Source::new(id("report.typ")?, TEMPLATE.to_owned()),
        data: (id("pages.json")?, Bytes::new(data)),
    };
    let document = told(typst::compile::<PagedDocument>(&desk).output)?;
    let options = PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Casement".to_owned())),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).ok()?,
        ..PdfOptions::default()
    };
    told(typst_pdf::pdf(&document, &options))
}

/// In a debug build the diagnostics of the template go to the developer.
fn told<T>(result: typst::diag::SourceResult<T>) -> Option<T> {
    #[cfg(debug_assertions)]
    if let Err(errors) = &result {
        for error in errors {
            eprintln!("{} {:?}", error.message, error.hints);
        }
    }
    result.ok()
}

fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(refused()) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data.0 { Ok(self.data.1.clone()) } else { Err(refused()) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn refused() -> FileError {
    FileError::AccessDenied
}
