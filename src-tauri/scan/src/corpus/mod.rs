//! Corpora as they lie: folders of files, tar (WebDataset, img2dataset), zip, WARC, parquet.
//!
//! It walks a container in one go and hands out each member's bytes with the place they lie at. It
//! must never write a member to disk, decode a picture, follow a name or a link found inside, or
//! let one bad member cost another. An archive inside an archive is one member, not looked into.

mod facts;
mod loose;
mod member;
mod name;
mod origin;
mod parquet;
mod problem;
mod rewalk;
mod sample;
mod shard;
mod sidecar;
mod sniff;
mod step;
mod tap;
mod tar;
mod walk;
mod warc;
mod zip;

use casement_core::intake::find::{
    Acquisition, BytesAre, Digests, Embedded, Missing, MissingReason, Step, StepKind,
};

pub use self::member::{Member, MemberRef};
pub use self::origin::Origin;
pub(crate) use self::parquet::file::Bounded;
pub(crate) use self::parquet::guarded;
pub use self::problem::{Fault, Problem};
pub use self::rewalk::rewalk;
pub use self::shard::{Shard, ShardKind, Sidecars, shards};
pub(crate) use self::sidecar::each_text;
pub use self::sniff::media_type;
pub use self::walk::{Limits, Visitor, Walked, walk_bytes};
