//! The one shape in which anything that went wrong reaches the journal, the window and the command line.

use serde::{Deserialize, Serialize};

/// Stable names of what can go wrong. A code exists only when something acts on it: words, a remedy, an exit code, a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request itself makes no sense; a fault of the caller.
    BadRequest,
    /// An address that is no URL, or of no scheme we speak.
    BadAddress,
    /// The address does not answer: refused, timed out, no such host.
    Unreachable,
    /// The TLS handshake failed: unknown issuer, wrong name, expired.
    TlsFailed,
    /// Another certificate is shown than the one the user said to trust: nothing is sent.
    CertificateChanged,
    /// Something answers, but it is not a Rainbond console.
    NotRainbond,
    /// User name or password refused.
    LoginRefused,
    /// No password is kept for this profile: it must be typed again.
    PasswordMissing,
    /// The token ran out and could not be renewed.
    LoginExpired,
    /// The user may not do this.
    Forbidden,
    /// The console's version cannot do this (eras and bugs of protocol.md §0).
    Unsupported,
    /// The console answered with an error of its own.
    ConsoleRefused,
    /// The console answered something that is not its protocol.
    BadAnswer,
    /// The console answers, its cluster does not (code 10411).
    ClusterDown,
    /// The cluster has too little left (codes 10406, 10413).
    ResourcesShort,
    /// Team, app, backup, bundle, job or plan that is not (or no longer) there.
    NotFound,
    /// The name fits more than one thing.
    Ambiguous,
    /// Stateful components run: stop them first (code 4121).
    StatefulRunning,
    /// Volumes that a backup does not carry (code 4122).
    CustomVolumes,
    /// Another backup of this app is under way.
    BackupBusy,
    /// The target app is not empty.
    TargetNotEmpty,
    /// The profile is marked read-only.
    ReadOnly,
    /// No store is set for the cluster, and none could be read.
    StoreMissing,
    /// The store does not answer.
    StoreUnreachable,
    /// The store refused the keys.
    StoreDenied,
    /// The store answered with an error.
    StoreFailed,
    /// An image registry refused the login, or what was to be done there.
    RegistryDenied,
    /// An image registry failed, is full, or is none.
    RegistryFailed,
    /// The package is not in the store.
    PackageMissing,
    /// The package is there and is not what it should be.
    PackageDamaged,
    /// The source object changed while it was read.
    SourceChanged,
    /// Pods of the source could not read its volumes; the components run as before.
    SourceUnread,
    /// The copied bytes are not those that were read.
    ChecksumMismatch,
    /// Text that is no ticket, or was tampered with.
    TicketDamaged,
    /// A file that is no bundle.
    NotABundle,
    /// A bundle that is cut short or altered.
    BundleDamaged,
    /// An encrypted bundle, or a job that writes one, whose passphrase was not given in this run.
    PassphraseMissing,
    /// A passphrase that does not open the bundle.
    PassphraseWrong,
    /// A bundle of a newer format.
    BundleTooNew,
    /// No room on the disk.
    DiskFull,
    /// A file or folder could not be read or written.
    FileFailed,
    /// A file is there already.
    FileExists,
    /// Checks of the plan forbid the start.
    PlanBlocked,
    /// The world is not as the plan saw it.
    PlanStale,
    /// The typed confirmation is missing or wrong.
    NotConfirmed,
    /// The platform's backup ended as failed.
    BackupFailed,
    /// The platform's restore ended as failed.
    RestoreFailed,
    /// The platform's restore makes no progress (protocol.md §8.3).
    RestoreStuck,
    /// Less arrived than the plan said.
    ArrivedIncomplete,
    /// Another Rainferry uses the data folder.
    Locked,
    /// No keyring on this desktop, or it refused.
    KeyringMissing,
    /// The journal or a saved file cannot be read.
    StateDamaged,
    /// The host lends no such thing (no dialogs in a terminal, no samples).
    NotHere,
    /// This build takes no updates: it was built without a key.
    UpdatesOff,
    /// An address answered with something that is no update manifest.
    ManifestBroken,
    /// The signature of an update is missing, damaged, by another key, or of other bytes: nothing of it is run.
    UpdateUntrusted,
    /// A signed update that is not newer, or is for another system.
    UpdateUnfit,
    /// The system did not install an update.
    UpdateFailed,
    /// Jobs run that an update would break into.
    JobsRunning,
    /// Cancelled by the user; a result, kept for answers that need one.
    Cancelled,
    /// A fault of ours.
    Internal,
}

/// Whether trying again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    Never,
    Now,
    Later,
    AfterFix,
}

/// What happened, where, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// Stable; screens switch on this and nothing else.
    pub code: Code,
    /// English, capital first, no full stop, names the thing.
    pub message: String,
    pub hint: Option<String>,
    pub retry: Retry,
    /// Cluster, key, status, the platform's own words: for the details fold and support text. Never a secret.
    pub facts: Vec<(String, String)>,
}

impl Problem {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, retry: Retry::AfterFix, facts: Vec::new() }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.push((name.to_owned(), value.into()));
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
