//! What can go wrong between us and a console. Which answer means which: envelope.rs. What to tell the user: the engine.

use crate::ctx::Cancelled;

/// A console's answer that says no, in numbers and in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What was asked, as the end of "could not …".
    pub act: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The `code` of the body; often not the status.
    pub code: Option<i64>,
    /// What the platform tells its users (`msg_show`): redacted, never a traceback.
    pub said: Option<String>,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    NoSuchHost,
    Refused,
    /// Nobody took the connection.
    TimedOut,
    /// Connected and asked, and no answer came in time.
    NoAnswer,
    CutOff,
    Unknown,
}

impl Silence {
    /// Whether the console may have done what it was asked: look before asking again.
    pub(crate) fn may_have_arrived(self) -> bool {
        match self {
            Self::NoSuchHost | Self::Refused | Self::TimedOut => false,
            Self::NoAnswer | Self::CutOff | Self::Unknown => true,
        }
    }
}

impl std::fmt::Display for Silence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoSuchHost => "no such host",
            Self::Refused => "connection refused",
            Self::TimedOut => "timed out",
            Self::NoAnswer => "no answer in time",
            Self::CutOff => "connection cut off",
            Self::Unknown => "connection failed",
        })
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    #[error("{address} is no address of a console: {why}")]
    BadAddress { address: String, why: &'static str },
    #[error("The certificate given for {host} is not readable PEM")]
    BadCertificate { host: String },
    #[error("{host} does not answer: {why}")]
    Unreachable { host: String, why: Silence },
    #[error("No secure connection to {host}: {why}")]
    Tls { host: String, why: String },
    /// The profile believes one certificate, and another was shown.
    #[error("{host} shows another certificate than the one that is trusted")]
    CertificateChanged { host: String, pinned: String, shown: String },
    #[error("The profile of {host} is read-only")]
    ReadOnly { host: String },
    /// Answers with a redirect to somewhere else; we never carry a token there.
    #[error("{host} points to {to}")]
    Moved { host: String, to: String },
    #[error("{host} answers, but is no Rainbond console")]
    NotRainbond { host: String, status: u16 },
    #[error("No password is kept for {user}")]
    PasswordMissing { user: String },
    #[error("Login of {user} was refused")]
    LoginRefused { user: String, said: Option<String> },
    /// Code 10405 even after a new login.
    #[error("The login ran out and could not be renewed")]
    LoginExpired(Refusal),
    #[error("Not allowed to {}", .0.act)]
    Forbidden(Refusal),
    /// Codes 10411 and 10412: the console answers, its cluster does not.
    #[error("Could not {}: the cluster does not answer its console", .0.act)]
    ClusterDown(Refusal),
    /// Codes 10406 (cluster) and 10413 (team).
    #[error("Could not {}: resources are short", .0.act)]
    ResourcesShort(Refusal),
    #[error("Could not {}: not found", .0.act)]
    NotFound(Refusal),
    /// The console has no such call: too old, or too new.
    #[error("Could not {}: this console has no such call", .0.act)]
    NoSuchCall(Refusal),
    /// Code 4121.
    #[error("Stateful components are running: {}", components.join(", "))]
    StatefulRunning { components: Vec<String>, said: Option<String> },
    /// Code 4122.
    #[error("Volumes that a backup does not carry: {}", components.join(", "))]
    CustomVolumes { components: Vec<String>, said: Option<String> },
    /// 409 on create: another backup of the app, or one of any app in the same second (recordings 512, 1401).
    #[error("Could not {}: another backup is under way", .0.act)]
    BackupBusy(Refusal),
    /// 404 on create and migrate of a cloud backup (recordings 402, 700).
    #[error("Could not {}: the console has no object storage", .0.act)]
    NoObjectStorage(Refusal),
    /// 409 on import (recording 617).
    #[error("Could not {}: the target app is not empty", .0.act)]
    TargetNotEmpty(Refusal),
    /// 409 on export: local, or not finished (recordings 533, 602).
    #[error("Could not {}: the console exports finished cloud backups only", .0.act)]
    NotExportable(Refusal),
    /// 412 on import (recordings 625, 627).
    #[error("Could not {}: this app has the backup already", .0.act)]
    AlreadyImported(Refusal),
    /// 500 on import: whatever does not decode (recordings 610-613).
    #[error("Could not {}: the console does not take the ticket", .0.act)]
    TicketRefused(Refusal),
    /// 412 on migrate: unknown, closed to the team, or not usable (recordings 712-714).
    #[error("Could not {}: the target cluster is not open to the team", .0.act)]
    RegionNotOpen(Refusal),
    /// Code 10412 with status 412, and what older consoles say of the architecture with 404: the platform's own checks
    /// forbid the install (recording 1527, rebuild.md §3.5).
    #[error("The install is blocked: {}", reasons.join(", "))]
    InstallBlocked { reasons: Vec<String>, said: Option<String> },
    /// 400 on install: a template stays on the cluster it was imported on (recordings 1531, 1532).
    #[error("Could not {}: the template belongs to another cluster", .0.act)]
    OtherCluster(Refusal),
    /// Code 20500: another component of the team has the internal host name (recording 1542).
    #[error("Could not {}: the internal host name is taken", .0.act)]
    NameTaken(Refusal),
    /// The same thing is there: a variable (recording 1554), a rule (826), a node port (812).
    #[error("Could not {}: it is there already", .0.act)]
    AlreadyThere(Refusal),
    /// Success was said and nothing happened (v5.17.3 513: delete of a running backup).
    #[error("Could not {act}: the console said yes and did nothing")]
    NothingDone { act: &'static str },
    #[error("{what} is not possible with console {version}")]
    Unsupported { what: &'static str, version: String },
    #[error("Could not {}: the console refused", .0.act)]
    Refused(Refusal),
    #[error("Could not {act}: the answer (status {status}) is not what a console says: {why}")]
    BadAnswer { act: &'static str, status: u16, why: &'static str },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
