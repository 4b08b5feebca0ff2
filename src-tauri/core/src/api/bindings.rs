//! Writes the contract as TypeScript. The committed file must be what the Rust says; `RAINFERRY_WRITE_BINDINGS=1` writes it.

use ts_rs::{Config, TS};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/ipc/generated/contract.ts");

fn declare<T: TS>(out: &mut String, config: &Config) {
    out.push_str("export ");
    out.push_str(&T::decl(config));
    out.push('\n');
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident: $request:ty => $answer:ty;)*) => {
        fn commands(out: &mut String, config: &Config) {
            out.push_str("\nexport interface Commands {\n");
            $(out.push_str(&format!("  {}: {{ request: {}; answer: {} }};\n", stringify!($name),
                <$request as TS>::name(config), <$answer as TS>::name(config)));)*
            out.push_str("}\n");
        }
    };
}
super::commands::command_table!(rows);

macro_rules! declare_all {
    ($out:ident, $config:ident, $($ty:ty),* $(,)?) => { $(declare::<$ty>(&mut $out, &$config);)* };
}

fn contract() -> String {
    use crate::api::*;
    let config = Config::default();
    let mut out = String::from("// Written from the Rust contract; never edited by hand.\n\n");
    declare_all!(
        out,
        config,
        crate::AppId,
        crate::BackupId,
        crate::ClusterId,
        crate::ConsoleId,
        crate::JobId,
        crate::PlanId,
        crate::TeamName,
        crate::Code,
        crate::Retry,
        crate::Problem,
        LineCode,
        Line,
        Aspect,
        Difference,
        Environment,
        Place,
        Kept,
        Language,
        Theme,
        Site,
        Habits,
        QuietHours,
        Settings,
        Leave,
        DesktopNote,
        TrayWords,
        SamplesView,
        AboutView,
        UpdateView,
        UpdatesView,
        InstalledView,
        ConsoleState,
        StoreKind,
        StoreView,
        StoreDraft,
        TeamView,
        CertaintyView,
        CannotView,
        CertificateView,
        EraView,
        ClusterView,
        ConsoleView,
        ConsoleDraft,
        RungName,
        RungState,
        RungView,
        TestView,
        AppState,
        BackupMode,
        BackupStatus,
        BackupView,
        AppView,
        ColumnRequest,
        ColumnView,
        PackageVolume,
        PackageVariable,
        PackageComponent,
        DiagnosticsRequest,
        MemberRequest,
        ValueRequest,
        MemberView,
        PackageView,
        PassphraseFor,
        PassphraseRequest,
        FileKind,
        BundleView,
        FileView,
        LibraryView,
        Lane,
        Route,
        PlanSource,
        RestoreManner,
        PlanTarget,
        PlanOptions,
        PlanRequest,
        AskView,
        PlanKind,
        Level,
        CheckId,
        CheckView,
        PlanStep,
        EncryptionView,
        PlanView,
        VolumePlanView,
        JobKind,
        JobState,
        PhaseName,
        PhaseState,
        PhaseView,
        LogLine,
        LeftoverView,
        OriginalView,
        ReportView,
        JobView,
        ShownPlan,
        TodoView,
        GatewayTodo,
        JobReport,
        HistoryFormat,
        HistoryRequest,
        ReportFormat,
        ReportRequest,
        SavedReport,
        MoveRequest,
        StartRequest,
        CopyRequest,
        CopyWay,
        DataSign,
        BackupsRequest,
        BackupRow,
        BackupsView,
        BackupRef,
        ObjectView,
        BackupPlaceView,
        RemovalView,
        RemovalRequest,
        RemovedView,
        CompareRequest,
        CompareView,
        StorageView,
        StorageDraft,
        StorageStep,
        StorageStepView,
        StorageTestView,
        StorageChangeView,
        RegistryView,
        RegistryDraft,
        SelectionRequest,
        SelectionRow,
        TicketRequest,
        AppRef,
        AppPageView,
        DeleteOriginalRequest,
        Event,
    );
    commands(&mut out, &config);
    out
}

#[test]
fn the_committed_typescript_is_what_the_rust_says() {
    let wanted = contract();
    if std::env::var_os("RAINFERRY_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(PATH).parent().unwrap()).unwrap();
        std::fs::write(PATH, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(PATH).unwrap_or_default();
    assert_eq!(found, wanted, "run the tests once with RAINFERRY_WRITE_BINDINGS=1 and commit the file");
}
