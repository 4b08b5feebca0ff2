//! Sessions with consoles: one client each, what was last learnt of it, and the way from a cluster to its store.

use crate::clock::Clock;
use crate::console::era::{self, Capabilities, Observed, Quirks, TemplateRules, Versions};
use crate::console::{Access, Console, ConsoleError, ConsoleSpec, Me, ObjectStorage, Region, Scope};
use crate::ctx::Ctx;
use crate::host::Host;
use crate::ids::{ClusterId, ConsoleId, TeamName};
use crate::place::Place;
use crate::problem::{Code, Problem};
use crate::profiles::{Book, Profile, StoreKind, StoreProfile, secrets};
use crate::secret::Secret;
use crate::storage::{self, Guarded, Store, StoreSpec};
use crate::trust::{Fingerprint, Trust};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a console said of itself when it was last asked.
#[derive(Debug)]
pub(crate) struct Known {
    /// As the console names it; empty where it does not.
    pub version: String,
    pub me: Me,
    pub regions: Vec<Region>,
    /// Its setting for cloud backups, keys included.
    pub storage: Option<ObjectStorage>,
    /// Teams of the enterprise that this user is not in.
    pub hidden_team_count: u32,
}

/// How a console is, for the board.
#[derive(Clone, Debug, Default)]
pub(crate) enum LinkState {
    #[default]
    Unknown,
    Connecting,
    Ready(Arc<Known>),
    /// With what was known before it failed.
    Failed(Problem, Option<Arc<Known>>),
}

impl LinkState {
    pub(crate) fn known(&self) -> Option<&Arc<Known>> {
        match self {
            Self::Ready(known) => Some(known),
            Self::Failed(_, known) => known.as_ref(),
            Self::Unknown | Self::Connecting => None,
        }
    }
}

#[derive(Default)]
struct Link {
    console: Option<Arc<Console>>,
    state: LinkState,
}

/// All sessions.
pub(crate) struct Links {
    host: Arc<dyn Host>,
    book: Arc<Book>,
    clock: Arc<dyn Clock>,
    links: Mutex<HashMap<ConsoleId, Link>>,
}

/// A cluster, ready to be asked.
#[derive(Clone)]
pub(crate) struct Cluster {
    pub id: ClusterId,
    pub profile: Profile,
    pub console: Arc<Console>,
    pub known: Arc<Known>,
    pub region: String,
    pub versions: Option<Versions>,
    host: Arc<dyn Host>,
}

impl Links {
    pub(crate) fn new(host: Arc<dyn Host>, book: Arc<Book>) -> Self {
        Self { clock: host.clock(), host, book, links: Mutex::default() }
    }

    fn links(&self) -> MutexGuard<'_, HashMap<ConsoleId, Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self, id: &ConsoleId) -> LinkState {
        self.links().get(id).map(|link| link.state.clone()).unwrap_or_default()
    }

    /// Forgets the session, so that the next call uses the profile as it is now.
    pub(crate) fn drop_session(&self, id: &ConsoleId) {
        self.links().remove(id);
    }

    /// The client of a saved console, with the password that is kept.
    pub(crate) async fn console(&self, profile: &Profile) -> Result<Arc<Console>, Problem> {
        if let Some(console) = self.links().get(&profile.id).and_then(|link| link.console.clone()) {
            return Ok(console);
        }
        let password = self.password(profile).await?;
        let console = Arc::new(Console::new(spec_of(profile), password, self.clock.clone())?);
        self.links().entry(profile.id.clone()).or_default().console = Some(console.clone());
        Ok(console)
    }

    pub(crate) async fn password(&self, profile: &Profile) -> Result<Secret, Problem> {
        match self.host.read_secret(&secrets::password(&profile.id)).await? {
            Some((password, _)) => Ok(password),
            None => Err(Problem::new(
                Code::PasswordMissing,
                format!("No password is kept for {} on {}", profile.user, profile.name),
            )
            .hint("Type the password again in the cluster's settings")),
        }
    }

    /// Logs in and reads versions, clusters, teams and the storage setting afresh.
    pub(crate) async fn refresh(&self, ctx: &Ctx, id: &ConsoleId) -> Result<Arc<Known>, Problem> {
        let profile = self.book.console(id)?;
        let before = self.state(id).known().cloned();
        if before.is_none() {
            self.links().entry(id.clone()).or_default().state = LinkState::Connecting;
        }
        let learnt = match self.console(&profile).await {
            Ok(console) => learn(ctx, &console).await,
            Err(problem) => Err(problem),
        };
        let mut links = self.links();
        let link = links.entry(id.clone()).or_default();
        match learnt {
            Ok(known) => {
                let known = Arc::new(known);
                link.state = LinkState::Ready(known.clone());
                Ok(known)
            }
            Err(problem) => {
                let problem = problem.fact("console", profile.name);
                link.state = LinkState::Failed(problem.clone(), before);
                Err(problem)
            }
        }
    }

    pub(crate) async fn known(&self, ctx: &Ctx, id: &ConsoleId) -> Result<Arc<Known>, Problem> {
        if let LinkState::Ready(known) = self.state(id) {
            return Ok(known);
        }
        self.refresh(ctx, id).await
    }

    pub(crate) async fn cluster(&self, ctx: &Ctx, id: &ClusterId) -> Result<Cluster, Problem> {
        let (console_id, region) = id.split();
        let profile = self.book.console(&console_id)?;
        let known = self.known(ctx, &console_id).await?;
        let console = self.console(&profile).await?;
        let versions = versions_of(&known, &region);
        Ok(Cluster { id: id.clone(), profile, console, known, region, versions, host: self.host.clone() })
    }
}

pub(crate) fn spec_of(profile: &Profile) -> ConsoleSpec {
    let pinned = profile.fingerprint.as_deref().and_then(Fingerprint::parse).map(Trust::Pinned);
    let trust = pinned.or_else(|| profile.ca_pem.clone().map(Trust::ExtraCa)).unwrap_or_default();
    let access = if profile.read_only { Access::ReadOnly } else { Access::Full };
    ConsoleSpec { base_url: profile.url.clone(), user: profile.user.clone(), trust, access }
}

async fn learn(ctx: &Ctx, console: &Console) -> Result<Known, Problem> {
    let info = console.config_info(ctx).await?;
    let me = console.me(ctx).await?;
    let regions = console.regions(ctx, &me.enterprise_id).await?;
    let storage = match console.object_storage(ctx, &me.enterprise_id).await {
        Ok(storage) => storage.filter(|storage| storage.is_enabled),
        // Silence is no word about the setting.
        Err(error @ (ConsoleError::Unreachable { .. } | ConsoleError::Cancelled(_))) => return Err(error.into()),
        // Not every user may read it on every console; without it the user names the store.
        Err(_) => None,
    };
    let all = if me.is_enterprise_admin {
        console.enterprise_teams(ctx, &me.enterprise_id).await.map_or(0, |teams| teams.len())
    } else {
        0
    };
    let hidden_team_count = u32::try_from(all.saturating_sub(me.teams.len())).unwrap_or(u32::MAX);
    Ok(Known { version: info.version.unwrap_or_default(), me, regions, storage, hidden_team_count })
}

/// What console and region say of their versions, weighed.
pub(crate) fn versions_of(known: &Known, region: &str) -> Option<Versions> {
    let said = known.regions.iter().find(|row| row.name == region).and_then(|row| row.rbd_version.as_deref());
    weighed(&known.version, said)
}

/// What a console calls itself, and a region itself.
pub(crate) fn weighed(console: &str, region: Option<&str>) -> Option<Versions> {
    era::weigh(&era::Evidence {
        console: era::Version::parse(console),
        region: region.and_then(era::Version::parse),
        ..era::Evidence::default()
    })
}

/// What restores into a region were seen to do.
pub(crate) fn observed(profile: &Profile, region: &str) -> Observed {
    // The last word counts.
    match profile.restores.iter().rev().find(|(known, _)| known == region) {
        Some((_, true)) => Observed::RestoreFinished,
        Some((_, false)) => Observed::RestoreFailed,
        None => Observed::Nothing,
    }
}

/// What people call a cluster: the console's name, with the region's where there are several.
pub(crate) fn cluster_name(profile: &Profile, known: &Known, region: &str) -> String {
    if known.regions.len() < 2 {
        return profile.name.clone();
    }
    let alias = known.regions.iter().find(|row| row.name == region).map_or(region, |row| row.alias.as_str());
    format!("{} {alias}", profile.name)
}

/// A region's version in few words: `v5.17.3`.
pub(crate) fn version_label(versions: Option<&Versions>) -> String {
    versions.map(|versions| versions.region.to_string()).unwrap_or_default()
}

impl Cluster {
    pub(crate) fn name(&self) -> String {
        cluster_name(&self.profile, &self.known, &self.region)
    }

    pub(crate) fn version(&self) -> String {
        version_label(self.versions.as_ref())
    }

    pub(crate) fn scope(&self, team: &TeamName) -> Scope {
        Scope { team: team.clone(), region: self.region.clone() }
    }

    pub(crate) fn team_alias(&self, team: &TeamName) -> String {
        let known = self.known.me.teams.iter().find(|row| row.name == *team);
        known.map_or_else(|| team.to_string(), |row| row.alias.clone())
    }

    /// The page of an app in the console's own web (rainbond-ui, hash routes; the same path on v5.17 and v6.9).
    pub(crate) fn app_url(&self, team: &TeamName, app: crate::ids::AppId) -> String {
        format!("{}/#/team/{team}/region/{}/apps/{app}", self.profile.url, self.region)
    }

    pub(crate) fn place(&self, team: &TeamName) -> Place {
        Place::Team {
            cluster: self.id.clone(),
            cluster_name: self.name(),
            environment: self.profile.environment,
            team: team.clone(),
            team_alias: self.team_alias(team),
            version: self.version(),
        }
    }

    /// What the platform can do there. Where no version could be found out, the user must say it.
    pub(crate) fn versions(&self) -> Result<&Versions, Problem> {
        self.versions.as_ref().ok_or_else(|| {
            Problem::new(Code::Unsupported, format!("{} does not say which version it runs", self.name()))
                .hint("Without it Rainferry cannot know where packages lie")
        })
    }

    pub(crate) fn capabilities(&self) -> Result<Capabilities, Problem> {
        let versions = self.versions()?;
        Ok(era::capabilities(versions, observed(&self.profile, &self.region)))
    }

    pub(crate) fn quirks(&self) -> Result<Quirks, Problem> {
        self.versions().map(era::quirks)
    }

    pub(crate) fn template_rules(&self) -> Result<TemplateRules, Problem> {
        self.versions().map(era::template_rules)
    }

    /// The bucket of the console's setting, where it is switched on.
    pub(crate) fn configured_bucket(&self) -> Option<&str> {
        self.known.storage.as_ref().map(|storage| storage.bucket.as_str()).filter(|bucket| !bucket.is_empty())
    }

    /// What the console's setting calls its kind of store: `s3` or `alioss`.
    pub(crate) fn provider(&self) -> Option<&str> {
        self.known.storage.as_ref().map(|storage| storage.provider.as_str())
    }

    /// The store the user typed for this region, or for the whole console.
    pub(crate) fn typed_store(&self) -> Option<&StoreProfile> {
        let of = |region: &str| self.profile.stores.iter().find(|store| store.cluster_region == region);
        of(&self.region).or_else(|| of(""))
    }

    /// The store that packages of this cluster lie in, opened on a bucket.
    pub(crate) async fn store(&self, bucket: &str) -> Result<Arc<dyn Store>, Problem> {
        let spec = self.store_spec().await?.with_bucket(bucket);
        open_store(&self.profile, &spec)
    }

    /// Where that store is and how to be let in; its bucket is that of the setting.
    pub(crate) async fn store_spec(&self) -> Result<StoreSpec, Problem> {
        if let Some(typed) = self.typed_store() {
            let handle = secrets::store_key(&self.profile.id, &typed.cluster_region);
            let Some((secret, _)) = self.host.read_secret(&handle).await? else {
                return Err(Problem::new(
                    Code::StoreMissing,
                    format!("No secret key is kept for the store of {}", self.name()),
                )
                .hint("Type the store's secret key again in the cluster's settings"));
            };
            return Ok(typed_spec(typed, secret, self.profile.ca_pem.clone()));
        }
        let uses_console = self.capabilities()?.era.uses_console_storage();
        match &self.known.storage {
            Some(storage) if uses_console => Ok(console_spec(storage, self.profile.ca_pem.clone())),
            _ => Err(missing_store(&self.name(), uses_console)),
        }
    }
}

/// Opens a store of a profile; one that is read-only only to be looked at.
pub(crate) fn open_store(profile: &Profile, spec: &StoreSpec) -> Result<Arc<dyn Store>, Problem> {
    let store = storage::open(spec)?;
    Ok(if profile.read_only { Guarded::over(store) } else { store })
}

fn missing_store(name: &str, uses_console: bool) -> Problem {
    let problem = Problem::new(Code::StoreMissing, format!("Rainferry does not know the store of {name}"));
    problem.hint(if uses_console {
        "Its console has no object storage configured: set it there, or type the store in the cluster's settings"
    } else {
        "From v6.4.1 on packages lie in the cluster's own store, which no console names: type it in the cluster's settings"
    })
}

pub(crate) fn typed_spec(typed: &StoreProfile, secret: Secret, ca_pem: Option<String>) -> StoreSpec {
    StoreSpec {
        kind: store_kind(typed.kind),
        endpoint: with_scheme(&typed.endpoint),
        bucket: typed.bucket.clone(),
        region: typed.region.clone(),
        path_style: typed.kind == StoreKind::S3,
        access_key: typed.access_key.clone(),
        secret,
        ca_pem,
        allow_http: true,
    }
}

pub(crate) fn console_spec(storage: &ObjectStorage, ca_pem: Option<String>) -> StoreSpec {
    let kind = if storage.provider == "alioss" { StoreKind::Oss } else { StoreKind::S3 };
    StoreSpec {
        kind: store_kind(kind),
        // The platform's own client speaks plain HTTP to `host:port` (region v5.17.3 builder/cloudos/s3.go, DisableSSL).
        endpoint: if kind == StoreKind::S3 { with_scheme(&storage.endpoint) } else { storage.endpoint.clone() },
        bucket: storage.bucket.clone(),
        region: String::new(),
        path_style: kind == StoreKind::S3,
        access_key: storage.access_key.reveal().to_owned(),
        secret: storage.secret_key.clone(),
        ca_pem,
        allow_http: true,
    }
}

fn with_scheme(endpoint: &str) -> String {
    if endpoint.contains("://") { endpoint.to_owned() } else { format!("http://{endpoint}") }
}

fn store_kind(kind: StoreKind) -> storage::StoreKind {
    match kind {
        StoreKind::S3 => storage::StoreKind::S3,
        StoreKind::Oss => storage::StoreKind::Oss,
    }
}
