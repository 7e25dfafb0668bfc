//! By what a line of a source and a sighting here are known to speak of the same thing.
//!
//! It must never join by a name that means something else in another dataset: row keys and shard numbers count only
//! within one.

use std::collections::BTreeSet;

use url::Url;

use crate::intake::find::{Digests, Find, Step, StepKind, VersionKind};

/// How firmly a key ties a line to a sighting; firmest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tie {
    /// The find or the case itself.
    Named,
    /// A place in an archive.
    Place,
    /// A digest of the bytes.
    Digest,
    /// A row's own key, unique everywhere.
    Uid,
    /// A row's key or number within one dataset.
    Row,
    /// An address, which says nothing of when.
    Address,
    /// A shard, within one dataset.
    Shard,
}

/// A key, comparable between lines and sightings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub(super) Tie, pub(super) String);

impl Key {
    pub(super) fn find(id: &str) -> Self {
        Self(Tie::Named, format!("find:{}", id.trim().to_ascii_lowercase()))
    }

    pub(super) fn case(case: i64) -> Self {
        Self(Tie::Named, format!("case:{case}"))
    }

    pub(super) fn place(file: &str, offset: u64) -> Self {
        Self(Tie::Place, format!("{}+{offset}", last_segment(file)))
    }

    /// `None` where it is not hexadecimal of this many bytes.
    pub(super) fn digest(algorithm: &str, hex: &str) -> Option<Self> {
        let bytes = match algorithm {
            "md5" => 16,
            "sha1" => 20,
            _ => 32,
        };
        let hex = hex.trim().to_ascii_lowercase();
        let fits = hex.len() == bytes * 2 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self(Tie::Digest, format!("{algorithm}:{hex}")))
    }

    /// `sha1:BASE32` of a crawl, with or without its name.
    pub(super) fn payload(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix("sha1:").unwrap_or(text);
        Self::digest("sha1", bare).or_else(|| Self::digest("sha1", &hex::encode(base32(bare)?)))
    }

    pub(super) fn uid(uid: &str) -> Self {
        Self(Tie::Uid, format!("uid:{}", uid.trim()))
    }

    pub(super) fn row(key: &str) -> Self {
        Self(Tie::Row, format!("key:{}", key.trim()))
    }

    pub(super) fn shard(name: &str) -> Option<Self> {
        let name = last_segment(name);
        let stem = name.split('.').next().unwrap_or_default();
        let stem = stem.strip_suffix("_stats").unwrap_or(stem);
        (!stem.is_empty()).then(|| Self(Tie::Shard, format!("shard:{stem}")))
    }

    /// An address without scheme, default port and fragment.
    pub(super) fn address(url: &str) -> Option<Self> {
        let url = web(url)?;
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let host = url.host_str()?.trim_end_matches('.');
        Some(Self(Tie::Address, format!("url:{host}{port}{}{query}", url.path())))
    }

    /// A crawl's own sort-friendly form of an address, for lines that have no other.
    pub(super) fn surt(text: &str) -> Self {
        Self(Tie::Address, format!("surt:{}", text.trim().to_ascii_lowercase()))
    }

    /// Whether it means something only within one dataset.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.0, Tie::Row | Tie::Shard)
    }
}

/// Every key of a sighting.
pub(super) fn keys(find: &Find, case: i64) -> BTreeSet<Key> {
    let mut keys = BTreeSet::from([Key::find(&find.find_id.to_string()), Key::case(case)]);
    let digests = [Some(&find.object.digests), find.object.as_fetched_digests.as_ref()];
    for digests in digests.into_iter().flatten() {
        keys.extend(of_digests(digests));
    }
    let from = &find.acquisition;
    for url in [&from.origin_url, &from.final_url].into_iter().flatten() {
        keys.extend(Key::address(url));
        keys.extend(surt_of(url).map(|text| Key::surt(&text)));
    }
    let upstream = from.upstream.as_deref().unwrap_or_default();
    for step in find.locator.steps.iter().chain(upstream) {
        keys.extend(of_step(step));
    }
    for step in &find.locator.steps {
        let object = matches!(
            step.kind,
            StepKind::S3Object | StepKind::HfFile | StepKind::HttpFile | StepKind::LocalFile
        );
        if let (true, Some(uri)) = (object, &step.uri) {
            keys.extend(Key::shard(uri));
        }
    }
    keys
}

fn of_digests(digests: &Digests) -> impl Iterator<Item = Key> {
    let named = [
        ("sha256", Some(&digests.sha256)),
        ("sha1", digests.sha1.as_ref()),
        ("md5", digests.md5.as_ref()),
    ];
    named.into_iter().filter_map(|(name, hex)| Key::digest(name, hex?))
}

fn of_step(step: &Step) -> Vec<Key> {
    let mut keys = Vec::new();
    if step.kind == StepKind::WarcRecord
        && let (Some(uri), Some(offset)) = (&step.uri, step.offset)
    {
        keys.push(Key::place(uri, offset));
    }
    keys.extend(step.payload_digest.as_deref().and_then(Key::payload));
    for (name, value) in step.keys.iter().flatten() {
        match name.as_str() {
            "uid" => keys.push(Key::uid(value)),
            "key" => keys.push(Key::row(value)),
            _ => {}
        }
    }
    keys
}

/// Whether the bytes themselves were taken from a crawl's archive, so that its index speaks of them.
pub(super) fn is_of_a_crawl(find: &Find) -> bool {
    find.locator.dataset.version_kind == VersionKind::CrawlId
        || find.locator.steps.iter().any(|step| step.kind == StepKind::WarcRecord)
}

fn web(text: &str) -> Option<Url> {
    let text = text.trim();
    let url = Url::parse(text).ok().filter(Url::has_host);
    url.or_else(|| Url::parse(&format!("http://{text}")).ok().filter(Url::has_host))
}

/// `example,images)/1.png`, in lower case, without `www`, the arguments in order.
fn surt_of(text: &str) -> Option<String> {
    let url = web(text)?;
    let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    let bare = host.split_once('.').filter(|(first, _)| {
        first.strip_prefix("www").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    });
    let host = bare.map_or(host.as_str(), |(_, rest)| rest);
    let names: Vec<&str> = host.split('.').rev().collect();
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let query = url.query().filter(|query| !query.is_empty()).map_or_else(String::new, |query| {
        let mut arguments: Vec<&str> = query.split('&').collect();
        arguments.sort_unstable();
        format!("?{}", arguments.join("&"))
    });
    let path = match url.path() {
        "/" => "/",
        path => path.trim_end_matches('/'),
    };
    Some(format!("{}{port}){path}{query}", names.join(",")).to_ascii_lowercase())
}

fn last_segment(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.trim().trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default()
}

/// RFC 4648, upper case, without padding: twenty bytes of SHA-1.
fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(20);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (bytes.len() == 20).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Key, Tie, base32, surt_of};

    #[test]
    fn a_crawls_digest_is_the_sha1_in_base32() {
        // Of no bytes, as every crawl writes it.
        let empty = base32("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ").unwrap();
        assert_eq!(hex::encode(empty), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(base32("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBY1"), None);
        assert_eq!(
            Key::payload("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"),
            Key::payload("da39a3ee5e6b4b0d3255bfef95601890afd80709")
        );
    }

    #[test]
    fn addresses_are_the_same_whatever_their_scheme() {
        let key = |url| Key::address(url).unwrap();
        assert_eq!(key("https://Images.Example:443/A.png#x"), key("http://images.example/A.png"));
        assert_ne!(key("http://images.example/A.png"), key("http://images.example/a.png"));
        assert_ne!(key("http://images.example/?a=1"), key("http://images.example/?a=2"));
        assert_eq!(
            surt_of("https://www.Images.example/A/b.png?z=1&a=2").unwrap(),
            "example,images)/a/b.png?a=2&z=1"
        );
    }

    #[test]
    fn shards_are_named_by_their_stem() {
        for name in ["00001.tar", "s3://bucket/x/00001.parquet", "/a/00001_stats.json"] {
            assert_eq!(Key::shard(name), Some(Key(Tie::Shard, "shard:00001".to_owned())));
        }
    }
}
