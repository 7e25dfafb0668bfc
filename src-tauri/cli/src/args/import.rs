//! What can be said of an import.

use std::path::PathBuf;

use casement_core::wire::ImportFormat;

use super::one_of;

#[derive(Debug, clap::Args)]
pub(crate) struct ImportVerb {
    /// JSON Lines of find/v1, or what a vendor answered; `-` reads standard input
    #[arg(required_unless_present = "explain")]
    pub(crate) finds: Option<PathBuf>,
    /// What the file is written in
    #[arg(long, default_value = "find", value_parser = one_of::<ImportFormat>(
        &["find", "hma", "photodna", "safer", "arachnid", "vics", "csv"]
    ))]
    pub(crate) format: ImportFormat,
    /// Folder of quarantined bytes, each named by its quarantine_ref or its SHA-256, or as the format says
    #[arg(long, value_name = "DIR", required_unless_present = "explain")]
    pub(crate) bytes: Option<PathBuf>,
    /// Do not compare pictures at the end; `casectl cluster` does it later
    #[arg(long)]
    pub(crate) compare_later: bool,
    /// Say which shapes the format accepts and which facts it cannot give
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) terms: TermsOfImport,
}

/// What holds for a whole file of a vendor's answers, unless an answer says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "What holds for a whole file of a vendor's")]
pub(crate) struct TermsOfImport {
    /// Dataset that was scanned
    #[arg(long, value_name = "ID")]
    pub(crate) dataset: Option<String>,
    /// Its version; without one it counts as unversioned
    #[arg(long, value_name = "VERSION", requires = "version_kind")]
    pub(crate) dataset_version: Option<String>,
    /// What the version is
    #[arg(long, value_name = "KIND", requires = "dataset_version", value_parser = [
        "git_commit", "content_digest", "crawl_id", "release_label", "snapshot_time", "unversioned",
    ])]
    pub(crate) version_kind: Option<String>,
    /// Who supplied the dataset
    #[arg(long, value_name = "NAME")]
    pub(crate) supplier: Option<String>,
    /// Whom to ask there
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) supplier_contact: Option<String>,
    /// When it was obtained (RFC 3339, UTC)
    #[arg(long, value_name = "TIME")]
    pub(crate) obtained_at: Option<String>,
    /// Who provides the list that was matched
    #[arg(long, value_name = "NAME")]
    pub(crate) list_provider: Option<String>,
    /// The list that was matched
    #[arg(long, value_name = "NAME")]
    pub(crate) list_name: Option<String>,
    /// Its version, where the answers do not tell
    #[arg(long, value_name = "VERSION")]
    pub(crate) list_version: Option<String>,
    /// Greatest distance that was called near
    #[arg(long, value_name = "DISTANCE")]
    pub(crate) threshold: Option<u32>,
    /// When the vendor answered (RFC 3339, UTC); the file's own time unless given
    #[arg(long, value_name = "TIME")]
    pub(crate) reported_at: Option<String>,
}
