//! The connection test: which layer answers, from the address up to the clusters, and the first that does not.

use super::client::{Console, ConsoleSpec};
use super::error::{ConsoleError, Silence};
use super::inventory::{Me, Region};
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::secret::Secret;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Address,
    Tcp,
    Tls,
    Http,
    Login,
    Rights,
    Cluster,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    Fine,
    /// Works, with something to know.
    Doubtful(&'static str),
    Failed(ConsoleError),
    /// Plain HTTP has no TLS.
    NotNeeded,
    /// A lower layer failed.
    NotReached,
}

#[derive(Debug)]
pub(crate) struct Rung {
    pub layer: Layer,
    /// Host, version, user, cluster: what this rung is about.
    pub about: String,
    pub outcome: Outcome,
}

/// What the test found, lowest layer first.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    pub rungs: Vec<Rung>,
    /// What the console calls its version.
    pub version: Option<String>,
    pub me: Option<Me>,
    pub regions: Vec<Region>,
}

const LAYERS: [Layer; 7] =
    [Layer::Address, Layer::Tcp, Layer::Tls, Layer::Http, Layer::Login, Layer::Rights, Layer::Cluster];

impl Probe {
    pub(crate) fn is_fine(&self) -> bool {
        self.rungs.iter().all(|rung| matches!(rung.outcome, Outcome::Fine | Outcome::NotNeeded))
    }

    fn add(&mut self, layer: Layer, about: impl Into<String>, outcome: Outcome) {
        self.rungs.push(Rung { layer, about: about.into(), outcome });
    }

    /// Ends the test: the layers above were not reached.
    fn end(mut self, layer: Layer, about: impl Into<String>, error: ConsoleError) -> Self {
        self.add(layer, about, Outcome::Failed(error));
        for above in LAYERS.into_iter().filter(|&above| above as u8 > layer as u8) {
            self.add(above, "", Outcome::NotReached);
        }
        self
    }
}

/// Tests a connection. Logs in once, even where an earlier login was refused: the user asked for it.
pub(crate) async fn probe(ctx: &Ctx, spec: ConsoleSpec, password: Secret, clock: Arc<dyn Clock>) -> Probe {
    let mut probe = Probe::default();
    let address = spec.base_url.clone();
    let console = match Console::new(spec, password, clock) {
        Ok(console) => console,
        Err(error @ ConsoleError::BadCertificate { .. }) => {
            probe.add(Layer::Address, address, Outcome::Fine);
            probe.add(Layer::Tcp, "", Outcome::NotReached);
            return probe.end(Layer::Tls, "", error);
        }
        Err(error) => return probe.end(Layer::Address, "", error),
    };
    let host = console.host();
    probe.add(Layer::Address, console.base.as_str(), Outcome::Fine);
    match console.config_info(ctx).await {
        Ok(info) => {
            add_carriers(&mut probe, &console);
            probe.version = info.version;
            let about = probe.version.clone().unwrap_or_default();
            probe.add(Layer::Http, about, Outcome::Fine);
        }
        Err(error) => return end_below_http(probe, &console, error),
    }
    if let Err(error) = console.log_in_again(ctx).await {
        return probe.end(Layer::Login, console.user(), error);
    }
    probe.add(Layer::Login, console.user(), Outcome::Fine);
    let me = match console.me(ctx).await {
        Ok(me) => me,
        Err(error) => return probe.end(Layer::Rights, host, error),
    };
    let rights = if me.teams.is_empty() && !me.is_enterprise_admin {
        Outcome::Doubtful("the user is in no team")
    } else {
        Outcome::Fine
    };
    probe.add(Layer::Rights, me.user_name.clone(), rights);
    let regions = console.regions(ctx, &me.enterprise_id).await;
    probe.me = Some(me);
    match regions {
        Ok(regions) => add_clusters(probe, regions),
        Err(error) => probe.end(Layer::Cluster, "", error),
    }
}

/// Adds the layers that carry HTTP, once something came back over them.
fn add_carriers(probe: &mut Probe, console: &Console) {
    probe.add(Layer::Tcp, console.host(), Outcome::Fine);
    let tls = if console.base.scheme() == "https" { Outcome::Fine } else { Outcome::NotNeeded };
    probe.add(Layer::Tls, "", tls);
}

fn end_below_http(mut probe: Probe, console: &Console, error: ConsoleError) -> Probe {
    let host = console.host();
    match &error {
        // Connected, and then cut off or left waiting: TCP is there, HTTP is not.
        ConsoleError::Unreachable { why: Silence::CutOff | Silence::NoAnswer, .. } => {
            probe.add(Layer::Tcp, host, Outcome::Fine);
            let layer = if console.base.scheme() == "https" { Layer::Tls } else { Layer::Http };
            if layer == Layer::Http {
                probe.add(Layer::Tls, "", Outcome::NotNeeded);
            }
            probe.end(layer, "", error)
        }
        ConsoleError::Unreachable { .. } => probe.end(Layer::Tcp, host, error),
        ConsoleError::Tls { .. } | ConsoleError::CertificateChanged { .. } => {
            probe.add(Layer::Tcp, host, Outcome::Fine);
            probe.end(Layer::Tls, "", error)
        }
        _ => {
            add_carriers(&mut probe, console);
            probe.end(Layer::Http, "", error)
        }
    }
}

fn add_clusters(mut probe: Probe, regions: Vec<Region>) -> Probe {
    if regions.is_empty() {
        probe.add(Layer::Cluster, "", Outcome::Doubtful("the console has no cluster"));
    }
    for region in &regions {
        let outcome = if region.is_healthy() {
            Outcome::Fine
        } else {
            Outcome::Doubtful("the cluster does not answer its console")
        };
        probe.add(Layer::Cluster, region.name.clone(), outcome);
    }
    probe.regions = regions;
    probe
}
