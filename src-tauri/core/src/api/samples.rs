//! The sample clusters: started by the host, saved as profiles like any other.

use super::{Core, Event, SamplesView, Site};
use crate::host::SampleCluster;
use crate::ids::ConsoleId;
use crate::problem::{Code, Problem};
use crate::profiles::{Profile, StoreKind, StoreProfile, secrets};

impl Core {
    pub async fn start_samples(&self, (): ()) -> Result<SamplesView, Problem> {
        let host = &self.engine.host;
        let samples = host.samples().ok_or_else(|| Problem::new(Code::NotHere, "There are no sample clusters here"))?;
        for sample in samples.start(&host.data_dir().join("samples")).await? {
            self.save_sample(sample).await?;
        }
        self.tell(Event::ConsolesChanged);
        Ok(self.told_samples().await)
    }

    /// Stops them and takes their profiles away; their folder stays for the next time.
    pub async fn stop_samples(&self, (): ()) -> Result<SamplesView, Problem> {
        let samples = self
            .engine
            .host
            .samples()
            .ok_or_else(|| Problem::new(Code::NotHere, "There are no sample clusters here"))?;
        samples.stop().await?;
        for profile in self.engine.book.consoles().into_iter().filter(|profile| profile.sample) {
            self.remove_console(profile.id).await?;
        }
        self.tell(Event::ConsolesChanged);
        Ok(self.told_samples().await)
    }

    pub async fn move_site(&self, site: Site) -> Result<SamplesView, Problem> {
        let samples = self
            .engine
            .host
            .samples()
            .ok_or_else(|| Problem::new(Code::NotHere, "There are no sample clusters here"))?;
        samples.move_to_factory(site == Site::Factory).await?;
        for profile in self.engine.book.consoles().into_iter().filter(|profile| profile.sample) {
            self.engine.links.drop_session(&profile.id);
        }
        self.tell(Event::ConsolesChanged);
        Ok(self.told_samples().await)
    }

    pub(super) async fn samples(&self) -> SamplesView {
        match self.engine.host.samples() {
            None => SamplesView { available: false, running: false, site: Site::Office },
            Some(samples) => SamplesView {
                available: true,
                running: samples.running().await,
                site: if samples.at_factory().await { Site::Factory } else { Site::Office },
            },
        }
    }

    /// Saved sample clusters come back with the program.
    pub(super) async fn wake_samples(&self) {
        if !self.engine.book.consoles().iter().any(|profile| profile.sample) {
            return;
        }
        if let Err(problem) = self.start_samples(()).await {
            tracing::error!(%problem, "the sample clusters did not come back");
        }
    }

    async fn told_samples(&self) -> SamplesView {
        let samples = self.samples().await;
        self.tell(Event::SamplesChanged { samples: samples.clone() });
        samples
    }

    async fn save_sample(&self, sample: SampleCluster) -> Result<(), Problem> {
        let id = ConsoleId(format!("sample-{}", sample.name));
        let known = self.engine.book.console(&id).ok();
        let seen = known.map_or_else(|| vec![(sample.name.clone(), sample.finishes_restores)], |known| known.restores);
        let stores = sample.store.iter().map(|store| StoreProfile {
            cluster_region: String::new(),
            kind: StoreKind::S3,
            endpoint: store.endpoint.clone(),
            bucket: store.bucket.clone(),
            region: store.region.clone(),
            access_key: store.access_key.clone(),
        });
        self.engine.book.save(Profile {
            id: id.clone(),
            name: sample.name,
            url: sample.url,
            user: sample.user,
            environment: sample.environment,
            read_only: false,
            group: String::new(),
            notes: String::new(),
            ca_pem: None,
            fingerprint: None,
            sample: true,
            stores: stores.collect(),
            restores: seen,
        })?;
        self.engine.host.keep_secret(&secrets::password(&id), &sample.password).await?;
        if let Some(store) = sample.store {
            self.engine.host.keep_secret(&secrets::store_key(&id, ""), &store.secret_key).await?;
        }
        self.engine.links.drop_session(&id);
        Ok(())
    }
}
