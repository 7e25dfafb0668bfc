//! Which source a sighting belongs to, so that confirmed cases of one source make one report.
//!
//! It must never resolve a name or follow an address: the host is taken from the text alone.

use super::said;
use crate::case::defang;
use crate::intake::find::Find;

/// A source of sightings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// Stable, for machines: `host:images.example` or `dataset:example/synth-pairs`.
    pub key: String,
    /// For people, defanged: `images[.]example`.
    pub name: String,
}

/// The host of the page, else of the image, else of the final address; without any, the dataset.
pub fn source_key(find: &Find) -> Source {
    let from = &find.acquisition;
    let host = [&from.page_url, &from.origin_url, &from.final_url]
        .into_iter()
        .find_map(|url| said(url).and_then(defang::host_of));
    if let Some(host) = host {
        let name = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(address) => format!("[{}]", defang::host(address)),
            None => defang::host(&host),
        };
        return Source { key: format!("host:{host}"), name };
    }
    let dataset = &find.locator.dataset;
    let id = dataset.id.trim();
    let name = match said(&dataset.supplier) {
        Some(supplier) => format!("{}, {}", defang::prose(supplier), defang::prose(id)),
        None => defang::prose(id),
    };
    Source { key: format!("dataset:{id}"), name }
}
