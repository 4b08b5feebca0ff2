//! The contract: every command with its request and its answer, and the events. The window, the command line and the
//! tests all come in here, and nowhere else.

mod afterwards;
mod asked;
mod backups;
#[cfg(test)]
mod bindings;
mod bundles;
mod clusters;
mod columns;
mod commands;
mod compare;
mod consoles;
mod diagnostics;
mod eras;
mod events;
mod leaving;
mod library;
mod lists;
mod registries;
mod remembered;
mod reports;
mod router;
mod samples;
mod settings;
mod storage;
mod transfers;
mod updates;

pub use afterwards::{AppPageView, AppRef, DeleteOriginalRequest, SelectionRequest, SelectionRow, TicketRequest};
pub use asked::AskView;
pub use backups::{
    AppState, AppView, BackupMode, BackupStatus, BackupView, ColumnRequest, ColumnView, MemberRequest, MemberView,
    PackageComponent, PackageVariable, PackageView, PackageVolume, ValueRequest,
};
pub use bundles::{BundleView, FileKind, FileView, LibraryView, PassphraseFor, PassphraseRequest};
pub use clusters::{
    CannotView, CertaintyView, CertificateView, ClusterView, ConsoleDraft, ConsoleState, ConsoleView, EraView,
    RungName, RungState, RungView, StoreDraft, StoreView, TeamView, TestView,
};
pub use compare::{CompareRequest, CompareView};
pub use diagnostics::DiagnosticsRequest;
pub use events::{Event, Events};
pub use leaving::DesktopNote;
pub use lists::{
    BackupPlaceView, BackupRef, BackupRow, BackupsRequest, BackupsView, ObjectView, RemovalRequest, RemovalView,
    RemovedView,
};
pub use registries::{RegistryDraft, RegistryView};
pub use reports::{HistoryFormat, HistoryRequest, ReportFormat, ReportRequest, SavedReport};
pub use router::Core;
pub use settings::{AboutView, SamplesView, Site};
pub use storage::{StorageChangeView, StorageDraft, StorageStep, StorageStepView, StorageTestView, StorageView};
pub use transfers::{MoveRequest, StartRequest};
pub use updates::{InstalledView, UpdateView, UpdatesView};

pub use crate::difference::{Aspect, Difference};
pub use crate::engine::{
    CheckId, CheckView, CopyRequest, EncryptionView, Lane, Level, PlanKind, PlanOptions, PlanRequest, PlanSource,
    PlanStep, PlanTarget, PlanView, RestoreManner, Route, VolumePlanView,
};
pub use crate::engine::{DataSign, helper_sha256};
pub use crate::host::{Kept, Leave, TrayWords};
pub use crate::jobs::{
    CopyWay, JobKind, JobState, JobView, LeftoverView, LogLine, OriginalView, PhaseName, PhaseState, PhaseView,
    ReportView, ShownPlan,
};
pub use crate::line::{Line, LineCode};
pub use crate::place::{Environment, Place};
pub use crate::profiles::{Habits, Language, QuietHours, Settings, StoreKind, Theme};
pub use crate::report::{GatewayTodo, JobReport, TodoView};
