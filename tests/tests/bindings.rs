//! The window's types are generated from core's: `ui/src/bindings/` must equal what the wire structs say today.
//! With `UPDATE_BINDINGS=1` the folder is written anew instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use casement_core::wire;
use std::collections::BTreeMap;
use std::path::Path;
use ts_rs::{Config, TS};

fn generate(dir: &Path) {
    // Counts and milliseconds stay far below 2^53, so `number` holds them.
    let config = Config::new().with_out_dir(dir).with_large_int("number");
    macro_rules! export {
        ($($name:ident),* $(,)?) => { $( wire::$name::export_all(&config).unwrap(); )* };
    }
    // The roots: what a command takes or answers. Their parts follow by themselves.
    export!(
        WireError,
        Gate,
        Session,
        Status,
        QueueFacts,
        QueueFilter,
        QueuePage,
        Claim,
        CaseView,
        Grant,
        DecideRequest,
        HistoryFilter,
        HistoryPage,
        SourceFacts,
        PackagePreview,
        GroupingFacts,
        PackageProgress,
        CheckpointFacts,
        CheckpointCheck,
        PackageCheck,
        PackageVerification,
        OriginalsFacts,
        ReportFacts,
        ImportRun,
        ImportTerms,
        Verification,
        Check,
        GapFilter,
        GapsView,
        GapDetail,
        EnrichForm,
        EnrichFile,
        AttemptInput,
        Enriched,
        AttestRequest,
        AnnotateRequest,
        TriedInput,
        ToldFacts,
        FormatFacts,
        ClusterFilter,
        ClusterPage,
        ClusterView,
        ClusterDecide,
        ClusterDecided,
        ClusterUndone,
        Neighbour,
        RefreshProgress,
        FloodCard,
        SuppressRequest,
        ListFeedback,
        FeedbackFile,
        ProposalFilter,
        ProposalFacts,
        RemovalStatus,
        LocationRequest,
        ExportRequest,
        RemovalExport,
        AckRequest,
        AckReceipt,
        OrganisationForm,
        SubmissionConfigure,
        SubmissionEndpoint,
        SubmissionStatus,
        SubmissionFacts,
        SubmissionDryRun,
        SubmissionProgress,
        RegisterFilter,
        ReportRow,
        ReportDetail,
        FiledRequest,
        Withdrawal,
        Receipt,
        ObligationFilter,
        ObligationBoard,
        ObligationExport,
        HoldFacts,
        HoldRequest,
        DestroyRequest,
        DestructionFacts,
        Certificate,
        ExitRequest,
        ExitFacts,
        HandOverRequest,
        Route,
        ObligationFormat,
    );
}

fn contents(dir: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return BTreeMap::new() };
    entries
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn bindings_are_fresh() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/bindings");
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = std::fs::remove_dir_all(&committed);
        generate(&committed);
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    generate(scratch.path());
    let (now, then) = (contents(scratch.path()), contents(&committed));
    for name in now.keys().chain(then.keys()) {
        assert_eq!(
            then.get(name),
            now.get(name),
            "ui/src/bindings/{name} is stale: run `cargo xtask bindings`"
        );
    }
}
