//! Errors of the rooms become problems: the only shape that journal, window and command line see. Each variant has its
//! arm; a new one asks for its words here.

use crate::bak::TicketError;
use crate::bundle::{BundleError, WriteError};
use crate::console::{ConsoleError, Refusal};
use crate::engine::runner::Stop;
use crate::files::way_out;
use crate::package::PackageError;
use crate::problem::{Code, Problem, Retry};
use crate::registry::RegistryError;
use crate::repair::RepairError;
use crate::storage::StoreError;
use crate::template::TemplateError;
use crate::transfer::{Copied, StreamError, TransferError};
use crate::volumes::VolumeError;

/// The console's words and numbers, for the details.
fn refused(code: Code, error: &ConsoleError, refusal: &Refusal) -> Problem {
    let mut problem = Problem::new(code, error.to_string()).fact("status", refusal.status.to_string());
    if let Some(code) = refusal.code {
        problem = problem.fact("platform code", code.to_string());
    }
    match &refusal.said {
        Some(said) => problem.fact("platform", said.clone()),
        None => problem,
    }
}

fn said(problem: Problem, said: Option<String>) -> Problem {
    match said {
        Some(said) => problem.fact("platform", said),
        None => problem,
    }
}

impl From<ConsoleError> for Stop {
    fn from(error: ConsoleError) -> Self {
        Problem::from(error).into()
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

impl From<TicketError> for Stop {
    fn from(error: TicketError) -> Self {
        Problem::from(error).into()
    }
}

impl From<VolumeError> for Stop {
    fn from(error: VolumeError) -> Self {
        Problem::from(error).into()
    }
}

impl From<VolumeError> for Problem {
    fn from(error: VolumeError) -> Self {
        use VolumeError as E;
        let text = error.to_string();
        match error {
            E::NoHelper { .. } => Self::new(Code::Unsupported, text).hint("Take these volumes over by hand"),
            E::JobTooLong { .. } => {
                Self::new(Code::Unsupported, text).hint("Choose fewer volumes at once").retry(Retry::Never)
            }
            E::BadName { .. } => Self::new(Code::Internal, text),
            E::BadStatus { .. } | E::WrongArchive { .. } => Self::new(Code::BadAnswer, text)
                .hint("Something else writes to this place of the store; try again")
                .retry(Retry::Later),
            E::Store(error) => error.into(),
            E::Package(error) => error.into(),
            E::Transfer(error) => error.into(),
        }
    }
}

impl From<ConsoleError> for Problem {
    fn from(error: ConsoleError) -> Self {
        Self::of_console(&error)
    }
}

impl Problem {
    pub(crate) fn of_console(error: &ConsoleError) -> Self {
        use ConsoleError as E;
        let text = error.to_string();
        match error {
            E::BadAddress { .. } => Self::new(Code::BadAddress, text).hint("An address looks like http://host:7070"),
            E::BadCertificate { .. } => Self::new(Code::TlsFailed, text)
                .hint("Paste the certificate of the authority, beginning with -----BEGIN CERTIFICATE-----"),
            E::Unreachable { .. } => Self::new(Code::Unreachable, text)
                .hint("Check the address, the network and that the console runs")
                .retry(Retry::Later),
            E::Tls { .. } => Self::new(Code::TlsFailed, text)
                .hint("Where the console has a certificate of its own, add its authority to the profile, or trust exactly that certificate"),
            E::CertificateChanged { pinned, shown, .. } => Self::new(Code::CertificateChanged, text)
                .hint("Ask the console's administrator; only where it was renewed, trust the new one in the profile")
                .retry(Retry::Never)
                .fact("trusted", pinned.clone())
                .fact("shown", shown.clone()),
            E::ReadOnly { .. } => {
                Self::new(Code::ReadOnly, text).hint("Allow changes in the cluster's settings, or choose another")
            }
            E::Moved { to, .. } => {
                Self::new(Code::NotRainbond, text).hint(format!("Use the address it points to: {to}"))
            }
            E::NotRainbond { status, .. } => Self::new(Code::NotRainbond, text)
                .hint("Give the address people open in their browser, without what follows the port or the sub-path")
                .fact("status", status.to_string()),
            E::PasswordMissing { .. } => {
                Self::new(Code::PasswordMissing, text).hint("Type the password again in the cluster's settings")
            }
            E::LoginRefused { said: words, .. } => {
                said(Self::new(Code::LoginRefused, text).hint("Check user name and password"), words.clone())
            }
            E::LoginExpired(refusal) => refused(Code::LoginExpired, error, refusal).hint("Type the password again"),
            E::Forbidden(refusal) => {
                refused(Code::Forbidden, error, refusal).hint("Ask an administrator of the team for the right")
            }
            E::ClusterDown(refusal) => refused(Code::ClusterDown, error, refusal)
                .hint("The console works; look at the cluster's own health")
                .retry(Retry::Later),
            E::ResourcesShort(refusal) => {
                refused(Code::ResourcesShort, error, refusal).hint("Free memory in the team or raise its quota")
            }
            E::NotFound(refusal) => refused(Code::NotFound, error, refusal),
            E::NoSuchCall(refusal) => refused(Code::Unsupported, error, refusal).retry(Retry::Never),
            E::StatefulRunning { said: words, .. } => said(
                Self::new(Code::StatefulRunning, text)
                    .hint("Let Rainferry stop them for the backup, or stop them first"),
                words.clone(),
            ),
            E::CustomVolumes { said: words, .. } => said(
                Self::new(Code::CustomVolumes, text).hint("Such volumes are not in a backup; force leaves them out"),
                words.clone(),
            ),
            E::BackupBusy(refusal) => {
                refused(Code::BackupBusy, error, refusal).hint("Wait until it has ended").retry(Retry::Later)
            }
            E::NoObjectStorage(refusal) => refused(Code::ConsoleRefused, error, refusal)
                .hint("Set up object storage in the console's enterprise settings, or make a local backup"),
            E::TargetNotEmpty(refusal) => {
                refused(Code::TargetNotEmpty, error, refusal).hint("Choose an empty app, or a new one")
            }
            E::NotExportable(refusal) => refused(Code::Unsupported, error, refusal),
            E::AlreadyImported(refusal) => refused(Code::ConsoleRefused, error, refusal),
            E::TicketRefused(refusal) => refused(Code::ConsoleRefused, error, refusal),
            E::RegionNotOpen(refusal) => {
                refused(Code::ConsoleRefused, error, refusal).hint("Open the cluster for the team in its console")
            }
            E::InstallBlocked { said: words, .. } => said(
                Self::new(Code::ConsoleRefused, text).hint("Free what the cluster lacks, or choose another cluster"),
                words.clone(),
            ),
            E::OtherCluster(refusal) => refused(Code::ConsoleRefused, error, refusal)
                .hint("Import on the target cluster, or set up an image registry in the enterprise settings"),
            E::NameTaken(refusal) => refused(Code::ConsoleRefused, error, refusal).hint("Choose another host name"),
            E::AlreadyThere(refusal) => refused(Code::ConsoleRefused, error, refusal),
            E::NothingDone { .. } => Self::new(Code::ConsoleRefused, text).retry(Retry::Later),
            E::Unsupported { .. } => Self::new(Code::Unsupported, text).retry(Retry::Never),
            E::Refused(refusal) => refused(Code::ConsoleRefused, error, refusal)
                .hint("The console's own log says more")
                .retry(Retry::Later),
            E::BadAnswer { .. } => Self::new(Code::BadAnswer, text)
                .hint("Something between this computer and the console may answer in its place")
                .retry(Retry::Later),
            E::Cancelled(_) => Self::new(Code::Cancelled, "Cancelled"),
        }
    }
}

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        let text = error.to_string();
        match error {
            TicketError::Empty | TicketError::TooLarge { .. } | TicketError::NotATicket => {
                Self::new(Code::TicketDamaged, text).hint("A ticket is the .bak file that a console exports")
            }
            TicketError::Altered | TicketError::NotARecord(_) | TicketError::MissingField { .. } => {
                Self::new(Code::TicketDamaged, text)
                    .hint("Export the backup again, or copy the file again in binary mode")
            }
            TicketError::Expired { .. } => Self::new(Code::TicketDamaged, text).hint("Export the backup again"),
            TicketError::NoPackage { .. } => {
                Self::new(Code::PackageMissing, text).hint("Choose a backup that has finished")
            }
        }
    }
}

/// Errors of a store begin with what they are about: “bucket … of …”.
fn capital(text: &str) -> String {
    text.strip_prefix("bucket ").map_or_else(|| text.to_owned(), |rest| format!("Bucket {rest}"))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        use StoreError as E;
        let text = capital(&error.to_string());
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let problem = match error {
            E::BadSpec { .. } => Self::new(Code::BadAddress, text).hint("Correct the store in the cluster's settings"),
            E::BadKey { .. } => Self::new(Code::BadRequest, text),
            E::Unreachable { .. } => Self::new(Code::StoreUnreachable, text)
                .hint("The store of a cluster often has no address outside of it: give one that this computer reaches")
                .retry(Retry::Later),
            E::Tls { .. } => {
                Self::new(Code::TlsFailed, text).hint("Add the authority of its certificate to the profile")
            }
            E::Denied { code, .. } => {
                let denied =
                    Self::new(Code::StoreDenied, text).hint("Check access key and secret key, and what they may do");
                code.into_iter().fold(denied, |problem, code| problem.fact("store", code))
            }
            E::NoBucket { .. } => Self::new(Code::StoreFailed, text).hint("Check the bucket's name"),
            E::NotFound { .. } => Self::new(Code::PackageMissing, text)
                .hint("Look whether the cluster still keeps it; else choose another backup"),
            E::Changed { .. } => Self::new(Code::SourceChanged, text).hint("Plan again with what is there now"),
            E::UploadGone { .. } => {
                Self::new(Code::StoreFailed, text).hint("Try again: the copy begins anew").retry(Retry::Now)
            }
            E::Full { .. } => Self::new(Code::DiskFull, text).hint("Free space in the store"),
            E::Lacks { .. } => Self::new(Code::Unsupported, text).retry(Retry::Never),
            E::ReadOnly { .. } => Self::new(Code::ReadOnly, text)
                .hint("Allow changes in the cluster's settings, or choose another target"),
            E::Refused { status, code, .. } => {
                let refused = Self::new(Code::StoreFailed, text)
                    .hint("Look at the store itself, then try again: what was copied stays")
                    .retry(Retry::Later);
                let facts = status
                    .map(|status| ("status", status.to_string()))
                    .into_iter()
                    .chain(code.map(|code| ("store", code)));
                facts.fold(refused, |problem, (name, value)| problem.fact(name, value))
            }
            E::WrongLength { .. } => {
                Self::new(Code::StoreFailed, text).hint("Try again: what was copied stays").retry(Retry::Now)
            }
            E::BadAnswer { .. } => {
                Self::new(Code::StoreFailed, text).hint("The address may be that of another service")
            }
            E::File { ref source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                Self::new(Code::DiskFull, text).hint("Free some space and try again")
            }
            E::File { ref source, .. } => Self::new(Code::FileFailed, text).hint(way_out(source)),
        };
        cause.into_iter().fold(problem, |problem, cause| problem.fact("reason", cause))
    }
}

/// The console could not save what its cluster restored (protocol.md B-1), or the metadata did not fit.
pub(crate) fn restore_failed(cluster: &str, version: &str) -> Problem {
    let problem =
        Problem::new(Code::RestoreFailed, format!("The console of {cluster} could not save what its cluster restored"));
    super::restore::with_advice(problem).fact("cluster", cluster).fact("version", version)
}

/// A restore that failed in the cluster is never told (protocol.md §8.3): all that shows is that nothing happens.
pub(crate) fn restore_stuck(cluster: &str, minutes: i64) -> Problem {
    let problem =
        Problem::new(Code::RestoreStuck, format!("The restore on {cluster} has made no progress for {minutes} min"));
    super::restore::with_advice(problem).fact("cluster", cluster)
}

pub(crate) fn arrived_incomplete(cluster: &str, missing: &[String]) -> Problem {
    Problem::new(Code::ArrivedIncomplete, format!("Not everything arrived on {cluster}: {}", missing.join(", ")))
        .hint("Compare with the report, then try again or remove what arrived")
        .retry(Retry::Later)
}

/// A store that cannot copy within itself: the bytes then go through this computer.
pub(crate) fn if_lacking(error: TransferError) -> Result<Option<Copied>, Stop> {
    match &error {
        TransferError::Target { source, .. }
            if matches!(**source, StoreError::Lacks { .. } | StoreError::Denied { .. }) =>
        {
            Ok(None)
        }
        _ => Err(error.into()),
    }
}

impl From<TransferError> for Stop {
    fn from(error: TransferError) -> Self {
        Problem::from(error).into()
    }
}

impl From<TransferError> for Problem {
    fn from(error: TransferError) -> Self {
        use TransferError as E;
        let text = error.to_string();
        match error {
            E::Cancelled => Self::new(Code::Cancelled, "Cancelled"),
            E::Source { from, source } => Self::from(*source).fact("reading", from),
            E::Target { to, source } => Self::from(*source).fact("writing", to),
            E::Part { to, part, source } => Self::from(*source).fact("writing", to).fact("part", part.to_string()),
            E::SourceChanged { .. } => Self::new(Code::SourceChanged, text).hint("Plan again with what is there now"),
            E::Mismatch { .. } => {
                Self::new(Code::ChecksumMismatch, text).hint("Try again; the source is untouched").retry(Retry::Now)
            }
            E::DiskFull { .. } => {
                Self::new(Code::DiskFull, text).hint("Free some space, then try again: what was copied stays")
            }
            E::FileExists { .. } => {
                Self::new(Code::FileExists, text).hint("Move the file away or choose another folder")
            }
            E::FileMissing { .. } => Self::new(Code::NotFound, text).hint("Put it back where it was, then try again"),
            E::File { source, .. } => {
                Self::new(Code::FileFailed, text).hint(way_out(&source)).fact("reason", source.to_string())
            }
            E::WrongSize { .. } => Self::new(Code::SourceChanged, text).retry(Retry::Now),
            E::NotRecorded { source } if source.kind() == std::io::ErrorKind::StorageFull => {
                Self::new(Code::DiskFull, text).hint("Free some space on the disk of the data folder, then try again")
            }
            E::NotRecorded { source } => Self::new(Code::FileFailed, text)
                .hint("Check the disk of the data folder")
                .fact("reason", source.to_string()),
            E::Broken { source, .. } => Self::new(Code::Internal, text).fact("reason", source.to_string()),
        }
    }
}

impl<E: std::error::Error> From<StreamError<E>> for Stop
where
    Problem: From<E>,
{
    fn from(error: StreamError<E>) -> Self {
        match error {
            StreamError::Transfer(error) => error.into(),
            StreamError::Feed(error) => Problem::from(error).into(),
        }
    }
}

impl<E: std::error::Error> From<WriteError<E>> for Stop
where
    Problem: From<E>,
{
    fn from(error: WriteError<E>) -> Self {
        match error {
            WriteError::Bundle(error) => error.into(),
            WriteError::Feed(error) => Problem::from(error).into(),
        }
    }
}

impl From<BundleError> for Stop {
    fn from(error: BundleError) -> Self {
        Problem::from(error).into()
    }
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        use BundleError as E;
        let text = error.to_string();
        match error {
            E::Cancelled => Self::new(Code::Cancelled, "Cancelled"),
            E::NotABundle { .. } => Self::new(Code::NotABundle, text)
                .hint("Rainferry opens bundles (.tar.zst, .tar.zst.age) and tickets (.bak)"),
            E::Locked { .. } => Self::new(Code::PassphraseMissing, text)
                .hint("Give its passphrase; on the command line, in RAINFERRY_PASSPHRASE"),
            E::WrongPassphrase { .. } => Self::new(Code::PassphraseWrong, text).hint(
                "Type it again; where it is surely right, the file's first lines are damaged: copy the file again",
            ),
            E::TooNew { .. } => {
                Self::new(Code::BundleTooNew, text).hint("Update Rainferry to open it").retry(Retry::Never)
            }
            E::Truncated { .. } => Self::new(Code::BundleDamaged, text)
                .hint("Copy the file again, or export the backup again; nothing was changed"),
            E::Altered { reason, .. } => Self::new(Code::BundleDamaged, text)
                .hint("Copy the file again, or export the backup again")
                .fact("reason", reason),
            E::NotSeekable { .. } => Self::new(Code::Unsupported, text).hint(
                "Unpack it with tar and pack it with Rainferry again, or take it through the platform's own restore",
            ),
            E::Refused { .. } => {
                Self::new(Code::BundleDamaged, text).hint("This file was not made by Rainferry; do not trust it")
            }
            E::BadEntry { .. } => Self::new(Code::PackageDamaged, text),
            E::WrongSize { .. } => Self::new(Code::SourceChanged, text).retry(Retry::Now),
            E::DiskFull { .. } => Self::new(Code::DiskFull, text).hint("Free some space, then try again"),
            E::FileExists { .. } => {
                Self::new(Code::FileExists, text).hint("Move the file away or choose another folder")
            }
            E::FileMissing { .. } => Self::new(Code::NotFound, text).hint("Put it back where it was, then try again"),
            E::File { source, .. } => {
                Self::new(Code::FileFailed, text).hint(way_out(&source)).fact("reason", source.to_string())
            }
            E::Broken { source, .. } => Self::new(Code::Internal, text).fact("reason", source.to_string()),
        }
    }
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Self {
        Problem::from(error).into()
    }
}

impl From<PackageError> for Problem {
    fn from(error: PackageError) -> Self {
        use PackageError as E;
        let text = error.to_string();
        match error {
            E::Read { source, .. } => match source.downcast::<StoreError>() {
                Ok(error) => Self::from(*error).fact("reading", text),
                Err(source) => Self::new(Code::StoreFailed, text).fact("reason", source.to_string()).retry(Retry::Now),
            },
            E::CutShort { .. }
            | E::NotAZip
            | E::Unsupported { .. }
            | E::DirectoryDamaged { .. }
            | E::DirectoryTooLarge { .. }
            | E::TooManyEntries { .. }
            | E::MemberDamaged { .. }
            | E::Refused { .. }
            | E::MemberTooLarge { .. }
            | E::MemberMissing { .. }
            | E::MetadataForeign { .. } => {
                Self::new(Code::PackageDamaged, text).hint("Choose another backup of the app")
            }
            E::MetadataDamaged { source, .. } => Self::new(Code::PackageDamaged, text)
                .hint("Choose another backup of the app")
                .fact("reason", source.to_string()),
            E::Cancelled(_) => Self::new(Code::Cancelled, "Cancelled"),
        }
    }
}

impl From<TemplateError> for Stop {
    fn from(error: TemplateError) -> Self {
        Problem::from(error).into()
    }
}

impl From<TemplateError> for Problem {
    fn from(error: TemplateError) -> Self {
        use TemplateError as E;
        let text = error.to_string();
        match error {
            E::TargetTooOld | E::NothingToPack => Self::new(Code::Unsupported, text).retry(Retry::Never),
            E::MemberMissing { .. } | E::ImageNotThere { .. } => {
                Self::new(Code::PackageDamaged, text).hint("Make a new backup of the app").retry(Retry::Never)
            }
            E::MemberChanged { .. } => Self::new(Code::SourceChanged, text).hint("Plan again with what is there now"),
            E::Image { source, .. } => Self::new(Code::PackageDamaged, text)
                .hint("Make a new backup of the app")
                .fact("reason", source.to_string()),
            E::Package(error) => error.into(),
            E::Cancelled(_) => Self::new(Code::Cancelled, "Cancelled"),
        }
    }
}

impl From<RepairError> for Stop {
    fn from(error: RepairError) -> Self {
        Problem::from(error).into()
    }
}

impl From<RepairError> for Problem {
    fn from(error: RepairError) -> Self {
        use RepairError as E;
        let text = error.to_string();
        match error {
            E::Package(error) => error.into(),
            E::TooManyFiles { .. } => {
                Self::new(Code::Unsupported, text).hint("Plan again without the volumes' data").retry(Retry::Never)
            }
            E::NestedDamaged { source, .. } => Self::new(Code::PackageDamaged, text)
                .hint("Plan again without the volumes' data, or choose another backup of the app")
                .fact("reason", source.to_string()),
            E::Image { source, .. } => Self::new(Code::PackageDamaged, text)
                .hint("Choose another backup of the app")
                .fact("reason", source.to_string()),
            E::Metadata { source, .. } => Self::new(Code::PackageDamaged, text)
                .hint("Choose another backup of the app")
                .fact("reason", source.to_string()),
            E::Deflate(source) => Self::new(Code::Internal, text).fact("reason", source.to_string()),
            E::Differs { .. } => {
                Self::new(Code::ChecksumMismatch, text).hint("Try again: the package is sent anew").retry(Retry::Now)
            }
            E::Abandoned => Self::new(Code::Internal, text),
        }
    }
}

impl From<RegistryError> for Stop {
    fn from(error: RegistryError) -> Self {
        Problem::from(error).into()
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let text = error.to_string();
        match error {
            E::BadAddress { .. } => {
                Self::new(Code::BadAddress, text).hint("A registry is written like registry.example.com:5000/team")
            }
            E::BadCertificate { .. } => Self::new(Code::TlsFailed, text)
                .hint("Paste the certificate of the authority, beginning with -----BEGIN CERTIFICATE-----"),
            E::Unreachable { .. } => Self::new(Code::Unreachable, text)
                .hint("Check the registry's address, the network and that it runs")
                .retry(Retry::Later),
            E::Tls { .. } => Self::new(Code::TlsFailed, text)
                .hint("Give the authority of its certificate; where it speaks plain HTTP, say so"),
            E::NotARegistry { status, .. } => Self::new(Code::RegistryFailed, text)
                .hint("Check host and port of the registry")
                .fact("status", status.to_string()),
            E::Unauthorised { .. } => {
                Self::new(Code::RegistryDenied, text).hint("Type user and password of the registry again")
            }
            E::OpenRealm { .. } => Self::new(Code::RegistryDenied, text)
                .hint("Have the registry's operator put its token server behind HTTPS"),
            E::Denied { said, .. } => Self::new(Code::RegistryDenied, text)
                .hint("Give the user the right to push there, or choose another namespace")
                .fact("registry", said),
            E::Full { said, .. } => Self::new(Code::RegistryFailed, text)
                .hint("Free space in the registry or raise its quota, then try again: what arrived stays")
                .fact("registry", said)
                .retry(Retry::Later),
            E::UploadGone { .. } => {
                Self::new(Code::RegistryFailed, text).hint("Try again: this layer begins anew").retry(Retry::Now)
            }
            E::Mismatch { digest, .. } => Self::new(Code::RegistryFailed, text)
                .hint("Try again: this layer begins anew")
                .fact("digest", digest)
                .retry(Retry::Now),
            E::Taken { .. } => {
                Self::new(Code::RegistryFailed, text).hint("Choose another namespace: nothing is overwritten")
            }
            E::KeepsAll { .. } => Self::new(Code::Unsupported, text).retry(Retry::Never),
            E::Refused { status, said, .. } => Self::new(Code::RegistryFailed, text)
                .hint("The registry's own log says more")
                .fact("status", status.to_string())
                .fact("registry", said)
                .retry(Retry::Later),
            E::BadAnswer { why, .. } => Self::new(Code::RegistryFailed, text)
                .hint("Something between this computer and the registry may answer in its place")
                .fact("reason", why)
                .retry(Retry::Later),
            E::Cancelled(_) => Self::new(Code::Cancelled, "Cancelled"),
        }
    }
}
