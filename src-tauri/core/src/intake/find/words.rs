//! The closed vocabularies of schema `find/v1`, each word spelled once.
//!
//! It must never accept a word the schema does not have, nor rename one.

use serde::{Deserialize, Serialize};

use crate::wire;

/// Declares an enum of schema words once: the serde names, the word of each variant and the list
/// of all words, which `check` uses as the rule.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every variant, in the order of the schema.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];
            /// Every word the schema allows here, in its order.
            pub const WORDS: &[&str] = &[$($word,)+];

            /// The word as the schema spells it.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// Whether the stored bytes are what the origin served.
    BytesAre {
        AsFetched = "as_fetched",
        ReEncoded = "re_encoded",
        Unknown = "unknown",
    }
}

words! {
    /// State of EXIF or XMP metadata inside the file.
    Presence {
        Present = "present",
        Absent = "absent",
        StrippedUpstream = "stripped_upstream",
        NotChecked = "not_checked",
    }
}

words! {
    /// State of a C2PA manifest inside the file.
    C2pa {
        PresentValid = "present_valid",
        PresentInvalid = "present_invalid",
        Absent = "absent",
        NotChecked = "not_checked",
    }
}

words! {
    /// What a match was computed with.
    Algorithm {
        Md5 = "md5",
        Sha1 = "sha1",
        Sha256 = "sha256",
        Pdq = "pdq",
        PhotoDna = "photodna",
        Vpdq = "vpdq",
        TmkPdqf = "tmk_pdqf",
        SaferHash = "saferhash",
        Other = "other",
    }
}

words! {
    /// Exact or near.
    MatchKind {
        Exact = "exact",
        Near = "near",
    }
}

words! {
    /// What a distance counts.
    DistanceUnit {
        HammingBits = "hamming_bits",
        Vendor = "vendor",
    }
}

words! {
    /// What the version of a dataset is.
    VersionKind {
        GitCommit = "git_commit",
        ContentDigest = "content_digest",
        CrawlId = "crawl_id",
        ReleaseLabel = "release_label",
        SnapshotTime = "snapshot_time",
        /// The supplier keeps no versions: the version text names nothing that can be fetched again.
        Unversioned = "unversioned",
    }
}

words! {
    /// One layer of storage a locator passes through.
    StepKind {
        S3Object = "s3_object",
        HfFile = "hf_file",
        HttpFile = "http_file",
        LocalFile = "local_file",
        TarMember = "tar_member",
        ZipMember = "zip_member",
        WarcRecord = "warc_record",
        ParquetRow = "parquet_row",
        TfRecord = "tfrecord",
        ByteRange = "byte_range",
    }
}

words! {
    /// How precisely the time of fetching is known.
    TimePrecision {
        Exact = "exact",
        ShardInterval = "shard_interval",
        CrawlInterval = "crawl_interval",
        Unknown = "unknown",
    }
}

words! {
    /// Why a fact is absent.
    MissingReason {
        NeverRecorded = "never_recorded",
        DiscardedUpstream = "discarded_upstream",
        DiscardedByUs = "discarded_by_us",
        NotApplicable = "not_applicable",
        LookupFailed = "lookup_failed",
        Withheld = "withheld",
    }
}

impl From<MatchKind> for wire::MatchKind {
    fn from(kind: MatchKind) -> Self {
        match kind {
            MatchKind::Exact => Self::Exact,
            MatchKind::Near => Self::Near,
        }
    }
}
