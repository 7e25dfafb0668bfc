//! The arguments of `casectl history`.
//!
//! It must never act.

#[derive(Debug, clap::Args)]
pub(crate) struct HistoryVerb {
    /// Only acts on this case
    #[arg(long)]
    pub(crate) case: Option<u32>,
    /// Only acts of this pseudonym, e.g. R-01
    #[arg(long, value_name = "PSEUDONYM")]
    pub(crate) by: Option<String>,
    /// Only this event type or family, e.g. decision or view.opened
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Not before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Most acts to print; 0 prints all
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) limit: usize,
}
