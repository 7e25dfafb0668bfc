//! Project VIC exchange (VICS) 2.0, and 1.x, which writes its context as `odata.metadata`.
//!
//! One document `{"@odata.context": "…#Media", "value": [MEDIA, …]}`, or `…#Cases` with `Media` in each case, or one list
//! of MEDIA. It is read element by element, whatever its length; the element is the response that is kept.
//!
//! - `MD5` is the match: exact, by the list that `PrecategorizationSource` names, else the operator. `Category` is kept to
//!   the letter as its label: 0 means "non-pertinent" in one tool and "uncategorised" in another, so it is not read. An
//!   element without a category was sorted into no list: it is counted as one without a match.
//! - Each of `MediaFiles` is a place where the file lay: `ParentFilePath` and `ParentFileName` the container, `ParentMD5`
//!   its digest, `PhysicalLocation` the offset in it. `Created`, `Written`, `Accessed` are times of a file system, never of
//!   a fetch.
//! - The file is found below the folder of bytes by `RelativeFilePath`, else by MD5 or SHA-1.

use serde_json::{Map, Value, json};

use super::draft::{Draft, Evidence, Nearness, Outcome};
use super::envelope::Answer;
use super::object::{Kind, Object, Told};
use super::origin::Place;
use super::part::Part;
use super::pieces::Layout;
use super::vendor::body;
use super::{Adapter, Explained, Lack, lacks};
use crate::intake::check::LineError;
use crate::intake::find::Algorithm;
use crate::intake::find::MissingReason::NeverRecorded;
use crate::wire::ImportFormat;

const FACTS: &[Lack] = lacks! {
    "VICS keeps paths and times of an examined medium, not addresses or fetches; whoever made the corpus may know",
    "matches.list.entry_id": NeverRecorded, "the element has no MediaID";
};

pub(super) static ADAPTER: Adapter = Adapter {
    about: Explained {
        format: ImportFormat::Vics,
        source: "VICS",
        accepts: &[
            "one VICS document, 2.0 (\"@odata.context\") or 1.x (\"odata.metadata\"), of Media or of Cases",
            "or one JSON list of its Media elements",
            "--bytes holds the files at RelativeFilePath, or named by MD5 or SHA-1",
        ],
        lacks: FACTS,
    },
    layout: Layout::Document,
    list: (None, None),
    threshold: "a VICS match is exact and needs none",
    read,
};

/// Switches that are kept as such.
const FLAGS: &[&str] =
    &["VictimIdentified", "OffenderIdentified", "IsDistributed", "IsSuspected", "IsPrecategorized"];

fn read(answer: &Answer<'_>) -> Result<Vec<Outcome>, LineError> {
    let media = body(answer)?;
    let md5 = media.need_text("MD5")?;
    let Some(category) = media.word("Category")? else { return Ok(vec![Outcome::NoMatch]) };
    let mut ext = Map::new();
    for name in FLAGS {
        if let Some(flag) = media.flag(name)? {
            ext.insert((*name).to_owned(), json!(flag));
        }
    }
    let mut outcomes = Vec::new();
    let files = media.parts("MediaFiles")?;
    for file in files.iter().map(Some).chain(files.is_empty().then_some(None)) {
        let mut exact = Evidence::new(media.at("MD5"), Algorithm::Md5, Nearness::Exact);
        exact.matched_value = Some(md5.trim().to_ascii_lowercase());
        exact.list = media.text("PrecategorizationSource")?.map(str::to_owned);
        exact.entry = media.word("MediaID")?;
        exact.label = Some(category.clone());
        let mut draft = Draft::of(answer, object(&media, md5)?, vec![exact]);
        draft.ext.clone_from(&ext);
        if let Some(kind) = media.text("MimeType")? {
            draft.origin.object.insert("media_type".to_owned(), json!(kind));
        }
        if let Some(file) = file {
            match place(&media, file) {
                Ok(steps) => draft.origin.steps = steps,
                Err(error) => {
                    outcomes.push(Outcome::Refused(error));
                    continue;
                }
            }
        }
        outcomes.push(draft.found());
    }
    Ok(outcomes)
}

fn object(media: &Part<'_>, md5: &str) -> Result<Object, LineError> {
    let mut object = Object::default();
    object.names.extend(media.text("RelativeFilePath")?.map(str::to_owned));
    object.tell(&media.at("MD5"), Kind::Md5, md5)?;
    let mut named = |text: &str| {
        object.names.push(text.trim().to_ascii_lowercase());
        object.names.push(text.trim().to_ascii_uppercase());
    };
    named(md5);
    if let Some(sha1) = media.text("SHA1")? {
        named(sha1);
        object.tell(&media.at("SHA1"), Kind::Sha1, sha1)?;
    }
    if let Some(size) = media.whole("MediaSize")? {
        object.told.push((media.at("MediaSize"), Told::Size(size)));
    }
    Ok(object)
}

/// Where one file of a medium lay, outermost first.
fn place(media: &Part<'_>, file: &Part<'_>) -> Result<Vec<Value>, LineError> {
    let inner = path(file, "FilePath", "FileName")?;
    let container = path(file, "ParentFilePath", "ParentFileName")?;
    let offset = file.whole("PhysicalLocation")?;
    let mut place = Place {
        length: offset.and(media.whole("MediaSize")?),
        member: inner,
        container,
        offset,
        ..Place::default()
    };
    if let Some(md5) = file.text("ParentMD5")? {
        place.container_digests.insert("md5".to_owned(), json!(md5.trim().to_ascii_lowercase()));
    }
    let mut steps = place.steps();
    if let Some(outer) = steps.first_mut()
        && place.container.is_some()
        && let Some(at) = file.whole("ParentPhysicalLocation")?
    {
        outer["offset"] = json!(at);
    }
    if let Some(last) = steps.last_mut() {
        for name in ["Unallocated", "Deleted"] {
            if let Some(flag) = file.flag(name)? {
                last[name] = json!(flag);
            }
        }
        for name in ["Created", "Written", "Accessed", "SourceID"] {
            if let Some(text) = file.word(name)? {
                last[name] = json!(text);
            }
        }
    }
    Ok(steps)
}

/// A path and a name as one, where the path does not end in the name already.
fn path(file: &Part<'_>, path: &str, name: &str) -> Result<Option<String>, LineError> {
    Ok(match (file.text(path)?, file.text(name)?) {
        (Some(path), Some(name)) if path.ends_with(name) => Some(path.to_owned()),
        (Some(path), Some(name)) if path.ends_with(['/', '\\']) => Some(format!("{path}{name}")),
        (Some(path), Some(name)) if path.contains('\\') => Some(format!("{path}\\{name}")),
        (Some(path), Some(name)) => Some(format!("{path}/{name}")),
        (path, name) => path.or(name).map(str::to_owned),
    })
}
