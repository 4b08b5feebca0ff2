//! Saved consoles: listed, saved, tested, refreshed, removed.

use super::clusters::{
    CertificateView, ClusterView, ConsoleDraft, ConsoleState, ConsoleView, RungName, RungState, RungView, StoreDraft,
    StoreView, TeamView, TestView,
};
use super::eras::era_view;
use super::{Core, Event};
use crate::console::era::Observed;
use crate::console::{self, Layer, Outcome, Probe, Rung, probe};
use crate::engine::links::{self, Known, LinkState};
use crate::host::Kept;
use crate::ids::{ClusterId, ConsoleId};
use crate::problem::{Code, Problem};
use crate::profiles::{Profile, StoreProfile, secrets};
use crate::secret::Secret;
use crate::storage;
use crate::trust::Fingerprint;
use std::time::Instant;

impl Core {
    pub async fn list_consoles(&self, (): ()) -> Result<Vec<ConsoleView>, Problem> {
        let mut views = Vec::new();
        for profile in self.engine.book.consoles() {
            views.push(self.console_view(&profile).await);
        }
        Ok(views)
    }

    /// Logs in and reads clusters and teams afresh; a failure is the view's state, not an error of the call.
    pub async fn refresh_console(&self, id: ConsoleId) -> Result<ConsoleView, Problem> {
        let profile = self.engine.book.console(&id)?;
        let _ = self.engine.links.refresh(&self.ctx(), &id).await;
        let view = self.console_view(&profile).await;
        if matches!(view.state, ConsoleState::Ready) {
            self.remember_console(&view).await;
        }
        self.tell(Event::ConsoleChanged { console: Box::new(view.clone()) });
        Ok(view)
    }

    pub async fn save_console(&self, draft: ConsoleDraft) -> Result<ConsoleView, Problem> {
        let known = draft.id.as_ref().map(|id| self.engine.book.console(id)).transpose()?;
        let profile = profile_of(&draft, known.as_ref())?;
        if profile.name.is_empty() || profile.url.is_empty() || profile.user.is_empty() {
            return Err(Problem::new(Code::BadRequest, "A console needs a name, an address and a user"));
        }
        if self.engine.book.consoles().iter().any(|other| other.name == profile.name && other.id != profile.id) {
            return Err(Problem::new(Code::BadRequest, format!("There is a console “{}” already", profile.name))
                .hint("Choose another name"));
        }
        // The address is checked before anything is saved.
        crate::console::Console::new(links::spec_of(&profile), Secret::new(""), self.engine.host.clock())?;
        if let Some(password) = draft.password.as_ref().filter(|password| !password.is_empty()) {
            self.engine.host.keep_secret(&secrets::password(&profile.id), password).await?;
        }
        for store in draft.stores.iter().flatten() {
            if let Some(secret) = store.secret_key.as_ref().filter(|secret| !secret.is_empty()) {
                self.engine.host.keep_secret(&secrets::store_key(&profile.id, &store.cluster_region), secret).await?;
            }
        }
        let is_same =
            |known: &Profile| (&known.url, &known.user, &known.name) == (&profile.url, &profile.user, &profile.name);
        if !known.as_ref().is_some_and(is_same) {
            self.forget_console(&profile.id);
        }
        self.engine.book.save(profile.clone())?;
        self.engine.links.drop_session(&profile.id);
        self.tell(Event::ConsolesChanged);
        Ok(self.console_view(&profile).await)
    }

    /// Removes the profile and its secrets; the console itself is untouched.
    pub async fn remove_console(&self, id: ConsoleId) -> Result<(), Problem> {
        let profile = self.engine.book.console(&id)?;
        self.engine.book.remove(&id)?;
        self.engine.links.drop_session(&id);
        self.forget_console(&id);
        self.tell(Event::ConsolesChanged);
        self.engine.host.forget_secret(&secrets::password(&id)).await?;
        for store in &profile.stores {
            self.engine.host.forget_secret(&secrets::store_key(&id, &store.cluster_region)).await?;
        }
        Ok(())
    }

    /// Every layer in turn, with what is typed; secrets that are left out are those that are kept.
    pub async fn test_console(&self, draft: ConsoleDraft) -> Result<TestView, Problem> {
        let known = draft.id.as_ref().map(|id| self.engine.book.console(id)).transpose()?;
        let profile = profile_of(&draft, known.as_ref())?;
        let password = match draft.password.clone().filter(|password| !password.is_empty()) {
            Some(password) => password,
            None => self.engine.links.password(&profile).await?,
        };
        let begun = Instant::now();
        let seen = probe(&self.ctx(), links::spec_of(&profile), password, self.engine.host.clock()).await;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut rungs = rungs(&seen, took_ms);
        rungs.push(self.store_rung(&profile, &draft, &seen).await);
        let said = seen.regions.first().and_then(|region| region.rbd_version.as_deref());
        let versions = links::weighed(seen.version.as_deref().unwrap_or_default(), said);
        Ok(TestView {
            rungs,
            era: versions.map(|found| era_view(&found, Observed::Nothing, None)),
            version: seen.version.unwrap_or_default(),
            regions: seen.regions.into_iter().map(|region| region.name).collect(),
            teams: seen.me.into_iter().flat_map(|me| me.teams).map(|team| team.alias).collect(),
        })
    }

    /// The certificate of an address, believed or not; nothing is sent to it.
    pub async fn show_certificate(&self, url: String) -> Result<CertificateView, Problem> {
        let shown = console::shown_certificate(&self.ctx(), &url).await?.ok_or_else(|| {
            Problem::new(Code::TlsFailed, "This address shows no certificate")
                .hint("Check that the address begins with https:// and its port is right")
        })?;
        Ok(CertificateView { fingerprint: shown.to_string() })
    }

    async fn store_rung(&self, profile: &Profile, draft: &ConsoleDraft, seen: &Probe) -> RungView {
        let begun = Instant::now();
        let state = match profile.stores.first() {
            None => RungState::NotTried,
            Some(_)
                if !seen
                    .rungs
                    .iter()
                    .any(|rung| rung.layer == Layer::Login && matches!(rung.outcome, Outcome::Fine)) =>
            {
                RungState::NotTried
            }
            Some(store) => match self.try_store(profile, store, draft).await {
                Ok(()) => RungState::Passed { detail: format!("{} on {}", store.bucket, store.endpoint) },
                Err(problem) => RungState::Failed { problem },
            },
        };
        RungView {
            name: RungName::Store,
            state,
            took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    async fn try_store(&self, profile: &Profile, store: &StoreProfile, draft: &ConsoleDraft) -> Result<(), Problem> {
        let typed = draft.stores.iter().flatten().find(|typed| typed.cluster_region == store.cluster_region);
        let typed = typed.and_then(|typed| typed.secret_key.clone()).filter(|secret| !secret.is_empty());
        let secret = match typed {
            Some(secret) => secret,
            None => self.kept_store_key(profile, &store.cluster_region).await?,
        };
        let spec = links::typed_spec(store, secret, profile.ca_pem.clone());
        Ok(storage::open(&spec)?.check().await?)
    }

    async fn kept_store_key(&self, profile: &Profile, region: &str) -> Result<Secret, Problem> {
        let kept = self.engine.host.read_secret(&secrets::store_key(&profile.id, region)).await?;
        kept.map(|(secret, _)| secret).ok_or_else(|| {
            Problem::new(Code::StoreMissing, "No secret key is kept for this store").hint("Type the secret key")
        })
    }

    pub(super) async fn console_view(&self, profile: &Profile) -> ConsoleView {
        let state = self.engine.links.state(&profile.id);
        let (version, clusters) = match state.known() {
            Some(known) => (known.version.clone(), self.cluster_views(profile, known).await),
            None => self.remembered_console(profile).await.unwrap_or_default(),
        };
        ConsoleView {
            id: profile.id.clone(),
            name: profile.name.clone(),
            url: profile.url.clone(),
            user: profile.user.clone(),
            environment: profile.environment,
            read_only: profile.read_only,
            group: profile.group.clone(),
            notes: profile.notes.clone(),
            ca_pem: profile.ca_pem.clone(),
            fingerprint: profile.fingerprint.clone(),
            plain_http: console::can_be_read_on_the_way(&profile.url),
            sample: profile.sample,
            password: self.kept(&secrets::password(&profile.id)).await,
            version,
            clusters,
            state: match state {
                LinkState::Unknown => ConsoleState::Unknown,
                LinkState::Connecting => ConsoleState::Connecting,
                LinkState::Ready(_) => ConsoleState::Ready,
                LinkState::Failed(problem, _) => ConsoleState::Failed { problem },
            },
        }
    }

    async fn kept(&self, handle: &str) -> Kept {
        self.engine.host.read_secret(handle).await.ok().flatten().map_or(Kept::No, |(_, kept)| kept)
    }

    async fn cluster_views(&self, profile: &Profile, known: &Known) -> Vec<ClusterView> {
        let mut views = Vec::new();
        let provider = known.storage.as_ref().map(|storage| storage.provider.as_str());
        for region in &known.regions {
            let versions = links::versions_of(known, &region.name);
            let teams = known.me.teams.iter().filter(|team| team.regions.iter().any(|open| open.name == region.name));
            views.push(ClusterView {
                id: ClusterId::of(&profile.id, &region.name),
                console: profile.id.clone(),
                name: links::cluster_name(profile, known, &region.name),
                region: region.name.clone(),
                environment: profile.environment,
                read_only: profile.read_only,
                version: links::version_label(versions.as_ref()),
                era: versions.map(|found| era_view(&found, links::observed(profile, &region.name), provider)),
                healthy: region.is_healthy(),
                teams: teams.map(|team| TeamView { name: team.name.clone(), alias: team.alias.clone() }).collect(),
                hidden_team_count: known.hidden_team_count,
                store: self.store_view(profile, known, &region.name).await,
            });
        }
        views
    }

    async fn store_view(&self, profile: &Profile, known: &Known, region: &str) -> Option<StoreView> {
        let of = |wanted: &str| profile.stores.iter().find(|store| store.cluster_region == wanted);
        if let Some(store) = of(region).or_else(|| of("")) {
            return Some(StoreView {
                kind: store.kind,
                endpoint: store.endpoint.clone(),
                bucket: store.bucket.clone(),
                region: store.region.clone(),
                access_key: store.access_key.clone(),
                secret_key: self.kept(&secrets::store_key(&profile.id, &store.cluster_region)).await,
                from_console: false,
            });
        }
        let versions = links::versions_of(known, region)?;
        let storage =
            known.storage.as_ref().filter(|_| crate::console::era::Era::of(versions.region).uses_console_storage())?;
        Some(StoreView {
            kind: if storage.provider == "alioss" {
                crate::profiles::StoreKind::Oss
            } else {
                crate::profiles::StoreKind::S3
            },
            endpoint: storage.endpoint.clone(),
            bucket: storage.bucket.clone(),
            region: String::new(),
            access_key: String::new(),
            secret_key: Kept::ThisRun,
            from_console: true,
        })
    }
}

/// The profile as it would be saved: what the draft leaves out stays.
fn profile_of(draft: &ConsoleDraft, known: Option<&Profile>) -> Result<Profile, Problem> {
    let stores = draft.stores.as_ref().map(|stores| stores.iter().map(store_of).collect());
    let fingerprint = draft.fingerprint.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let fingerprint = fingerprint.map(|text| Fingerprint::parse(text).ok_or_else(no_fingerprint)).transpose()?;
    Ok(Profile {
        id: known.map_or_else(|| ConsoleId(uuid::Uuid::new_v4().simple().to_string()), |known| known.id.clone()),
        name: draft.name.trim().to_owned(),
        url: draft.url.trim().trim_end_matches('/').to_owned(),
        user: draft.user.trim().to_owned(),
        environment: draft.environment,
        read_only: draft.read_only,
        group: draft.group.trim().to_owned(),
        notes: draft.notes.clone(),
        ca_pem: draft.ca_pem.clone().filter(|pem| !pem.trim().is_empty()),
        fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
        sample: known.is_some_and(|known| known.sample),
        stores: stores.unwrap_or_else(|| known.map(|known| known.stores.clone()).unwrap_or_default()),
        restores: known.map(|known| known.restores.clone()).unwrap_or_default(),
    })
}

fn no_fingerprint() -> Problem {
    Problem::new(Code::BadRequest, "The fingerprint of a certificate is 64 hexadecimal digits, its SHA-256")
        .hint("Copy it whole, with or without colons")
}

fn store_of(draft: &StoreDraft) -> StoreProfile {
    StoreProfile {
        cluster_region: draft.cluster_region.clone(),
        kind: draft.kind,
        endpoint: draft.endpoint.trim().trim_end_matches('/').to_owned(),
        bucket: draft.bucket.trim().to_owned(),
        region: draft.region.trim().to_owned(),
        access_key: draft.access_key.trim().to_owned(),
    }
}

fn rungs(seen: &Probe, took_ms: u64) -> Vec<RungView> {
    let last = seen.rungs.iter().rposition(|rung| !matches!(rung.outcome, Outcome::NotReached));
    let view = |(index, rung): (usize, &Rung)| RungView {
        name: match rung.layer {
            Layer::Address => RungName::Address,
            Layer::Tcp => RungName::Tcp,
            Layer::Tls => RungName::Tls,
            Layer::Http => RungName::Console,
            Layer::Login => RungName::Login,
            Layer::Rights => RungName::Rights,
            Layer::Cluster => RungName::Cluster,
        },
        state: match &rung.outcome {
            Outcome::Fine => RungState::Passed { detail: rung.about.clone() },
            Outcome::Doubtful(why) => RungState::Passed { detail: format!("{}: {why}", rung.about) },
            Outcome::NotNeeded => RungState::Passed { detail: "plain HTTP".to_owned() },
            Outcome::NotReached => RungState::NotTried,
            Outcome::Failed(error) => RungState::Failed { problem: Problem::of_console(error) },
        },
        // The layers are tried in one go; the time is that of all of them.
        took_ms: if Some(index) == last { took_ms } else { 0 },
    };
    seen.rungs.iter().enumerate().map(view).collect()
}
