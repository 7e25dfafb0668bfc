//! What can be said of a scan.

use std::path::PathBuf;

use casement_core::intake::find::VersionKind;

use super::one_of;

/// Shown under the options.
pub(super) const MORE: &str = "\
Corpora: folders, tar (WebDataset, img2dataset with its parquet and _stats.json), zip, WARC, WARC.GZ with CDXJ, parquet
with embedded bytes. Symbolic links and archives inside archives are told and not followed.

Lists: one digest per line (MD5, SHA-1 or SHA-256 in hex, base32 or base64, found out by length and alphabet; one kind per
list), CSV with a head line (md5, sha1, sha256, pdq, id, label, quality), VICS JSON, NCMEC hash sharing XML. Several lists:
a JSON array of {\"file\",\"name\",\"version\",\"provider\",\"algorithm\",\"threshold\",\"format\"} with --lists.

Finds name the list at its version, the place down to member, byte range and row, and every fact that is missing. The same
bytes at the same place keep their find_id, so nothing is counted twice. A scan to --out FILE that was cut off goes on at
the next shard when it is given again, by its journal FILE.scan; into a pipe or a workspace it begins anew. Matched bytes go
to --bytes, readable by you alone, or sealed into the workspace with --into; nowhere else.

Example:
  casectl scan ./corpus --list known.txt --list-name SYNTH-LIST --list-version 2026-01 --out finds.jsonl --bytes ./quarantine
  casectl scan ./corpus --list pdq.txt --algorithm pdq --threshold 31 --list-name SYNTH-PDQ --list-version 7 --into ./workspace --as ada
  casectl scan ./corpus --lists lists.json --out - --bytes ./quarantine | casectl import - --bytes ./quarantine --store ./workspace --as ada";

#[derive(Debug, clap::Args)]
pub(crate) struct ScanVerb {
    /// Files and folders to scan
    #[arg(required = true, value_name = "CORPUS")]
    pub(crate) corpora: Vec<PathBuf>,

    /// A hash list
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "lists",
        requires = "list_name",
        help_heading = "Lists"
    )]
    pub(crate) list: Option<PathBuf>,
    /// What the list is called
    #[arg(long, value_name = "NAME", requires = "list", help_heading = "Lists")]
    pub(crate) list_name: Option<String>,
    /// Its version; NCMEC XML names its own
    #[arg(long, value_name = "VERSION", requires = "list", help_heading = "Lists")]
    pub(crate) list_version: Option<String>,
    /// Who provides it
    #[arg(long, value_name = "NAME", requires = "list", help_heading = "Lists")]
    pub(crate) provider: Option<String>,
    /// What it is written in; found out unless given
    #[arg(
        long,
        value_name = "FORMAT",
        requires = "list",
        value_parser = ["lines", "csv", "vics", "ncmec"],
        help_heading = "Lists"
    )]
    pub(crate) list_format: Option<String>,
    /// What its digests are; needed for PDQ, which looks like SHA-256
    #[arg(
        long,
        requires = "list",
        value_parser = ["md5", "sha1", "sha256", "pdq"],
        help_heading = "Lists"
    )]
    pub(crate) algorithm: Option<String>,
    /// Most bits that a PDQ may differ in; above 31, other pictures match as well
    #[arg(long, value_name = "BITS", requires = "list", help_heading = "Lists")]
    pub(crate) threshold: Option<u32>,
    /// A JSON file that names several lists
    #[arg(long, value_name = "FILE.json", help_heading = "Lists")]
    pub(crate) lists: Option<PathBuf>,

    /// Where to write the finds; `-` is standard output
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "into",
        requires = "bytes",
        help_heading = "Output"
    )]
    pub(crate) out: Option<PathBuf>,
    /// Folder for matched bytes, each named by its SHA-256
    #[arg(long, value_name = "DIR", requires = "out", help_heading = "Output")]
    pub(crate) bytes: Option<PathBuf>,
    /// Workspace to take finds and bytes in directly
    #[arg(
        long,
        value_name = "STORE",
        conflicts_with_all = ["out", "bytes", "restart"],
        help_heading = "Output"
    )]
    pub(crate) into: Option<PathBuf>,
    /// Throw away what an earlier scan wrote to --out
    #[arg(long, requires = "out", help_heading = "Output")]
    pub(crate) restart: bool,
    /// Shards read at the same time; one per core unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Output")]
    pub(crate) threads: Option<u16>,

    /// Id of the dataset; the folder's name unless given
    #[arg(long, value_name = "ID", help_heading = "Dataset")]
    pub(crate) dataset: Option<String>,
    /// Its version
    #[arg(long, value_name = "VERSION", help_heading = "Dataset")]
    pub(crate) dataset_version: Option<String>,
    /// What the version is
    #[arg(
        long,
        value_name = "KIND",
        requires = "dataset_version",
        default_value = "release_label",
        value_parser = one_of::<VersionKind>(VersionKind::WORDS),
        help_heading = "Dataset"
    )]
    pub(crate) version_kind: VersionKind,
    /// Who supplied it
    #[arg(long, value_name = "NAME", help_heading = "Dataset")]
    pub(crate) supplier: Option<String>,
    /// Whom to ask there
    #[arg(long, value_name = "ADDRESS", help_heading = "Dataset")]
    pub(crate) supplier_contact: Option<String>,
    /// When it was obtained, e.g. 2026-01-02T03:04:05Z
    #[arg(long, value_name = "TIME", help_heading = "Dataset")]
    pub(crate) obtained_at: Option<String>,
}
