//! Arguments of `casectl package`.

use std::path::PathBuf;

use casement_core::wire::PackageGrouping;

use super::one_of;

#[derive(Debug, clap::Args)]
pub(crate) struct PackageVerb {
    /// Key of a source, as listed without it
    #[arg(long, value_name = "KEY")]
    pub(crate) source: Option<String>,
    /// What makes cases one report
    #[arg(long, default_value = "host", value_parser = one_of::<PackageGrouping>(&["host", "page", "dataset", "supplier"]))]
    pub(crate) by: PackageGrouping,
    /// Say what each of these rules would make of the cases that wait
    #[arg(long, conflicts_with = "source")]
    pub(crate) rules: bool,
    /// Schema that every document must pass before sealing
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) xsd: Option<PathBuf>,
    /// Folder that the package's own folder is made in
    #[arg(long, value_name = "DIR", requires = "source")]
    pub(crate) out: Option<PathBuf>,
    /// Write what would be sealed, byte by byte the same, and seal nothing
    #[arg(long, requires = "out")]
    pub(crate) dry_run: bool,
    /// Check only, with every digest taken again from the sealed bytes, and print what is found
    #[arg(long, requires = "source", conflicts_with = "out")]
    pub(crate) lint: bool,
}
