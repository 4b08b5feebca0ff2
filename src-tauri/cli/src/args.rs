//! What can be typed.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Moves applications between Rainbond clusters.
///
/// A backup is named `console/cluster/team/app@version`; what is unambiguous may be left out.
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found or ambiguous, 4 login or rights, 5 unreachable,
/// 6 the plan is blocked or stale, 7 the job failed, 8 cancelled, 9 damaged file, 10 another Rainferry runs.
#[derive(Debug, Parser)]
#[command(name = "rainferry-cli", version, max_term_width = 100)]
pub(crate) struct Args {
    /// Answers as JSON, one value a line
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Saved consoles
    #[command(subcommand)]
    Console(ConsoleCommand),
    /// Image registries of your own that apps may be brought through
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Clusters and teams of all saved consoles
    Clusters,
    /// Backups of a team: `console/cluster/team`, or of all teams
    Backups {
        #[command(flatten)]
        args: BackupsArgs,
    },
    /// Backups of the platform
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Restores a backup within its team, by the platform's own restore
    Restore {
        backup: String,
        /// Into a new app; else into its own where that is empty, or a new one that takes its backups over
        #[arg(long)]
        beside: bool,
        /// Stops the app's components first: a restore in place wants them closed
        #[arg(long, conflicts_with = "beside")]
        stop: bool,
        /// Leaves the restored components stopped
        #[arg(long)]
        keep_stopped: bool,
        /// Only says what would happen
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Deletes the app a restore came from, once its copy is whole and runs; confirm with the app's name
    DeleteOriginal {
        job: String,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// The page of an app in its console: `console/cluster/team/app`
    Open { app: String },
    /// The object storage setting of a console, shared by all its teams
    #[command(subcommand)]
    Storage(StorageCommand),
    /// What is inside a package: a backup, a bundle or a ticket
    Inspect { what: String },
    /// The files inside a package, a backup's or a bundle's; one of them, read alone, with `--save`
    Members {
        what: String,
        /// The name of the one to save
        #[arg(long)]
        save: Option<String>,
        /// The file it becomes; its own last name in this folder if left out
        #[arg(long, requires = "save")]
        to: Option<PathBuf>,
    },
    /// What would happen; nothing does
    Plan {
        #[command(flatten)]
        voyage: Voyage,
    },
    /// Brings a backup to life in another team
    Migrate {
        #[command(flatten)]
        voyage: Voyage,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Writes a backup to a bundle on this computer
    Export {
        backup: String,
        /// The folder to write to; the library if left out
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Writes the platform's own `.bak` instead: a claim, without the data
        #[arg(long, conflicts_with_all = ["encrypt", "no_encrypt"])]
        ticket: bool,
        #[command(flatten)]
        sealing: Sealing,
    },
    /// Brings a bundle, or the backup a ticket names, to life in a team
    Import {
        file: PathBuf,
        /// `console/cluster/team`
        team: String,
        #[command(flatten)]
        arrival: Arrival,
        /// Hands the backup in as a record and restores nothing
        #[arg(long)]
        record_only: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Shows in what two apps differ: backups, bundles, or live apps (`console/cluster/team/app`)
    Compare { left: String, right: String },
    /// Proves every byte of a bundle
    Verify { file: PathBuf },
    /// Writes one text for whoever helps you: versions, settings, jobs and logs, no password and no key
    Diagnostics { file: PathBuf },
    /// Jobs, running and ended
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Copies an object: `s3://console/cluster/bucket/key` (a saved store), or a file; with `--environment`
    /// (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION) also `s3://bucket/key` and
    /// `https://endpoint/bucket/key`
    Copy(CopyArgs),
    /// For measuring the engine alone, on objects of the environment's store
    #[command(subcommand, hide = true)]
    Measure(MeasureCommand),
    /// Serves sample clusters until interrupted and prints their addresses
    Sandbox {
        /// Where they keep their state
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Prints one JSON line with addresses and logins
        #[arg(long)]
        print_json: bool,
        /// Gives the console of shanghai a second cluster
        #[arg(long)]
        second_cluster: bool,
        #[command(subcommand)]
        command: Option<SandboxCommand>,
    },
    /// Does the main job on sample clusters and ends by itself
    Demo {
        /// Where the sample clusters and the bundle go
        #[arg(long, default_value = "target/demo")]
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConsoleCommand {
    /// Saves a console; the password comes from RAINFERRY_PASSWORD or a prompt
    Add {
        name: String,
        url: String,
        #[arg(long)]
        user: String,
        #[arg(long, value_enum, default_value = "test")]
        environment: EnvironmentArg,
        #[arg(long)]
        read_only: bool,
        /// A certificate authority of one's own, a PEM file
        #[arg(long)]
        ca: Option<PathBuf>,
        /// Believes this certificate and no other: its SHA-256, as `console certificate` shows it
        #[arg(long, conflicts_with = "ca")]
        fingerprint: Option<String>,
        #[command(flatten)]
        store: Box<StoreArgs>,
    },
    List,
    /// Shows the fingerprint of the certificate at an address, to be compared; nothing is sent there
    Certificate {
        url: String,
    },
    /// Tries every layer of the connection
    Test {
        console: String,
    },
    Remove {
        console: String,
    },
}

/// The store of the console's clusters; its secret key comes from RAINFERRY_STORE_SECRET or a prompt
#[derive(Debug, clap::Args)]
pub(crate) struct StoreArgs {
    #[arg(long)]
    pub store_endpoint: Option<String>,
    #[arg(long, requires = "store_endpoint")]
    pub store_bucket: Option<String>,
    #[arg(long, requires = "store_endpoint")]
    pub store_access_key: Option<String>,
    #[arg(long, requires = "store_endpoint", default_value = "")]
    pub store_region: String,
    /// Aliyun OSS instead of S3
    #[arg(long, requires = "store_endpoint")]
    pub store_oss: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CopyArgs {
    pub source: String,
    pub target: String,
    /// Takes the store of `s3://bucket/key` from the environment
    #[arg(long)]
    pub environment: bool,
    #[arg(long)]
    pub overwrite: bool,
    /// Computes the SHA-256 of the whole; without it the fastest way is taken that proves what arrived
    #[arg(long)]
    pub sha256: bool,
    /// For measuring: this way, whatever suits
    #[arg(long, hide = true)]
    pub way: Option<WayArg>,
    /// For measuring against a store that keeps nothing: compares nothing
    #[arg(long, hide = true)]
    pub unproven: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeasureCommand {
    /// Writes an object as the package of a bundle
    Export { source: String, target: PathBuf },
    /// Reads the directory and both metadata files of a package
    Look { source: String },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum WayArg {
    Buffered,
    Streamed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EnvironmentArg {
    Production,
    Staging,
    Test,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Has the platform back apps up: `console/cluster/team/app`, one or more
    Create {
        #[arg(required = true)]
        apps: Vec<String>,
        #[arg(long)]
        note: String,
        /// Keeps it in the cluster instead of the object storage
        #[arg(long)]
        local: bool,
        /// Stops stateful components first and starts them again afterwards
        #[arg(long)]
        stop: bool,
        /// Backs up while they run; the copy may be inconsistent
        #[arg(long, conflicts_with = "stop")]
        force: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Which bucket and key a backup is really in
    Where { backup: String },
    /// Deletes a backup's record and says what stays in the store
    Delete {
        backup: String,
        /// Deletes its objects as well; refused where another record needs them
        #[arg(long)]
        objects: bool,
        /// Only says what would happen
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        confirm: Confirm,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct BackupsArgs {
    pub place: Option<String>,
    /// One row a backup, those of deleted apps too
    #[arg(long)]
    pub all: bool,
    /// In the app's name, note, author, version, team or cluster
    #[arg(long, requires = "all")]
    pub search: Option<String>,
    #[arg(long, requires = "all", value_enum, default_value = "created")]
    pub sort: SortArg,
    #[arg(long, requires = "all", value_enum)]
    pub status: Option<StatusArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SortArg {
    Created,
    Size,
    App,
    Note,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusArg {
    Ready,
    Running,
    Failed,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    Show {
        console: String,
    },
    /// Puts, reads and deletes an object; changes no setting
    Test {
        console: String,
        #[command(flatten)]
        setting: StorageArgs,
    },
    /// Sets it for all teams of the console; for administrators
    Set {
        console: String,
        #[command(flatten)]
        setting: StorageArgs,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// What is left out stays as the console has it
#[derive(Debug, clap::Args)]
pub(crate) struct StorageArgs {
    #[arg(long)]
    pub endpoint: Option<String>,
    #[arg(long)]
    pub bucket: Option<String>,
    #[arg(long)]
    pub access_key: Option<String>,
    /// A new secret key, from RAINFERRY_STORE_SECRET or a prompt
    #[arg(long)]
    pub ask_secret: bool,
    /// Aliyun OSS
    #[arg(long, conflicts_with = "s3")]
    pub oss: bool,
    /// S3 or MinIO
    #[arg(long)]
    pub s3: bool,
    /// Switches cloud backups off
    #[arg(long)]
    pub disable: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Voyage {
    /// The backup, or a bundle or ticket file
    pub source: String,
    /// The team it goes to: `console/cluster/team`; `.` for this computer
    pub target: String,
    #[command(flatten)]
    pub arrival: Arrival,
    #[command(flatten)]
    pub sealing: Sealing,
    /// The source is an app that runs, `console/cluster/team/app`: it is backed up first
    #[arg(long)]
    pub live: bool,
    /// For a running app: stops its stateful components for the backup and starts them again
    #[arg(long, requires = "live")]
    pub stop: bool,
    /// For a running app: backs up while stateful components run, consistent or not
    #[arg(long, requires = "live", conflicts_with = "stop")]
    pub force: bool,
}

/// A bundle behind a passphrase, which comes from RAINFERRY_PASSPHRASE or a prompt
#[derive(Debug, clap::Args)]
pub(crate) struct Sealing {
    /// Encrypts the bundle with a passphrase from RAINFERRY_PASSPHRASE or a prompt; left out: unless the package is known
    /// to hold no credentials
    #[arg(long, conflicts_with = "no_encrypt")]
    pub encrypt: bool,
    /// Writes the bundle so that anybody can read it
    #[arg(long)]
    pub no_encrypt: bool,
}

/// What may be chosen for an arrival
#[derive(Debug, clap::Args)]
pub(crate) struct Arrival {
    /// The app's name on arrival
    #[arg(long)]
    pub name: Option<String>,
    /// Leaves the components stopped
    #[arg(long)]
    pub keep_stopped: bool,
    /// How the app comes to life; chosen if left out
    #[arg(long, value_enum)]
    pub lane: Option<LaneArg>,
    #[command(flatten)]
    pub registry: RegistryArgs,
    /// Leaves the files of volumes out, where the target would unpack them wrongly
    #[arg(long)]
    pub without_data: bool,
    /// Makes the app's gateway rules again, even where the app still runs on the same console
    #[arg(long, conflicts_with = "no_gateway")]
    pub gateway: bool,
    /// Leaves the gateway rules to be made by hand
    #[arg(long)]
    pub no_gateway: bool,
    /// Copies the certificates of these rules, too
    #[arg(long)]
    pub certificates: bool,
    #[command(flatten)]
    pub volumes: Volumes,
}

/// Files of volumes, where an app is made anew
#[derive(Debug, clap::Args)]
#[group(id = "filled", multiple = true, args = ["volume_data", "read_volumes"])]
pub(crate) struct Volumes {
    /// Fills this component's volumes with what the package holds (`all`: each that can be): a helper runs once before it,
    /// as a privileged init container
    #[arg(long, value_name = "COMPONENT")]
    pub volume_data: Vec<String>,
    /// Reads this component's files at the source, where no package holds them (`all`: each that can be): it is stopped there
    /// meanwhile, a helper reads its volumes as a privileged init container, and it starts again
    #[arg(long, value_name = "COMPONENT")]
    pub read_volumes: Vec<String>,
    /// The source's store as its pods know it, where that is another address than from here
    #[arg(long, value_name = "URL", requires = "read_volumes")]
    pub source_pods_store: Option<String>,
    /// The target's store as its pods know it, where that is another address than from here
    #[arg(long, value_name = "URL", requires = "filled")]
    pub pods_store: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LaneArg {
    /// The platform's own restore
    Official,
    /// An application package made from the backup
    Rebuild,
    /// By calls, images through a registry of your own (--registry)
    Registry,
}

/// An image registry of the user's own. Its password comes from RAINFERRY_REGISTRY_PASSWORD or a prompt.
#[derive(Debug, clap::Args)]
pub(crate) struct RegistryArgs {
    /// Where images are pushed to: `HOST[:port]/namespace`
    #[arg(long)]
    pub registry: Option<String>,
    /// Who logs in there; a registry that is saved needs no user again
    #[arg(long, requires = "registry")]
    pub registry_user: Option<String>,
    /// The registry speaks plain HTTP
    #[arg(long, requires = "registry")]
    pub registry_plain_http: bool,
    /// File with the authority of the registry's certificate (PEM)
    #[arg(long, requires = "registry")]
    pub registry_ca: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    List,
    /// Saves address and login; a plan tries them out
    Save {
        #[command(flatten)]
        registry: RegistryArgs,
    },
    Remove {
        address: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Confirm {
    /// The target cluster's name, where the plan asks for it
    #[arg(long, default_value = "")]
    pub confirm: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    List,
    Show {
        job: String,
    },
    /// What was planned, done and found, and what is left to do
    Report {
        job: String,
        /// Writes one self-contained page to this file
        #[arg(long)]
        html: Option<PathBuf>,
        /// The page's language; that of the settings if left out
        #[arg(long, requires = "html", value_enum)]
        language: Option<LanguageArg>,
    },
    /// Writes every ended job into a table: a `.csv` or a `.json` file
    Export {
        file: PathBuf,
    },
    /// Goes on with unfinished jobs, or with a failed one, and waits
    Resume {
        job: Option<String>,
    },
    Cancel {
        job: String,
    },
    /// Removes what a failed or cancelled job left behind
    Clean {
        job: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LanguageArg {
    En,
    Zh,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Moves this computer, for sample clusters that are being served
    Site { site: SiteArg },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SiteArg {
    Office,
    Factory,
}
