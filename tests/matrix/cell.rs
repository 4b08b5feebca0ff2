//! One migration of the matrix, and what came of it.

use crate::world::{Client, World};
use rainferry_core::api::{
    Aspect, Difference, JobState, JobView, Lane, PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView,
};
use rainferry_sandbox::Era;
use std::collections::BTreeMap;

/// Sample apps and the versions of their backups: between them they have one of each thing that makes a migration hard.
pub(crate) const APPS: [(&str, &str); 4] = [
    ("商城", "20260806103000"),
    ("wiki", "20260819221500"),
    ("在线课堂", "20260730210000"),
    ("支付", "20260731210000"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Relay,
    Bundle,
}

pub(crate) struct Cell {
    pub from: Era,
    pub to: Era,
    pub finishes: bool,
    pub way: Way,
    pub app: &'static str,
    pub plan: PlanView,
    pub job: JobView,
}

/// What the columns of the table are about.
pub(crate) const COLUMNS: [(&str, &[Aspect]); 7] = [
    ("components", &[Aspect::Component, Aspect::Kind, Aspect::Memory, Aspect::Cpu, Aspect::Replicas, Aspect::Command]),
    ("env", &[Aspect::Env, Aspect::OuterEnv, Aspect::ConfigGroup]),
    ("ports", &[Aspect::Port, Aspect::Protocol, Aspect::InnerPort, Aspect::HostName]),
    ("volumes", &[Aspect::Volume, Aspect::Mount]),
    ("config files", &[Aspect::ConfigFile]),
    ("dependencies", &[Aspect::Dependency, Aspect::Probe, Aspect::K8sAttribute, Aspect::Endpoint]),
    ("routes", &[Aspect::Route]),
];

impl Cell {
    pub(crate) async fn run(
        world: &World,
        client: &Client,
        (from, to, finishes, way): (Era, Era, bool, Way),
        (app, version): (&'static str, &'static str),
    ) -> Self {
        let source = client.backup(world.at("beijing"), version).await;
        let source = match way {
            Way::Relay => source,
            Way::Bundle => in_file(client, source).await,
        };
        // Where restores finish, the platform's own lane is the one to try; else whatever the plan chooses.
        let lane = finishes.then_some(Lane::Official);
        let options = PlanOptions { lane, start_after: false, ..PlanOptions::default() };
        let target = client.team("guangzhou", "gz1").await;
        let request = PlanRequest { source, target, options };
        let plan = client.plan(request.clone()).await;
        let job = match plan.blocks().next() {
            Some(block) => panic!("{app} {} → {}: {}", from.version(), to.version(), block.line.message),
            None => client.perform(request).await,
        };
        Self { from, to, finishes, way, app, plan, job }
    }

    pub(crate) fn announced(&self) -> &[Difference] {
        self.job.report.as_ref().map_or(&[], |report| &report.announced)
    }

    pub(crate) fn unexpected(&self) -> &[Difference] {
        self.job.report.as_ref().map_or(&[], |report| &report.differences)
    }

    pub(crate) fn is_red(&self) -> bool {
        self.job.state != JobState::Done || !self.unexpected().is_empty() || !self.job.leftovers.is_empty()
    }

    pub(crate) fn why_red(&self) -> String {
        match &self.job.problem {
            Some(problem) => format!("{:?}: {} {:?}", problem.code, problem.message, problem.facts),
            None => format!("{:?} {:?}", self.unexpected(), self.job.leftovers),
        }
    }

    /// By column: how many rows differ as announced, and how many though nobody said so.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, (usize, usize)> {
        let count =
            |rows: &[Difference], aspects: &[Aspect]| rows.iter().filter(|row| aspects.contains(&row.aspect)).count();
        COLUMNS
            .iter()
            .map(|(name, aspects)| (*name, (count(self.announced(), aspects), count(self.unexpected(), aspects))))
            .collect()
    }
}

async fn in_file(client: &Client, source: PlanSource) -> PlanSource {
    let target = PlanTarget::ThisComputer { folder: None };
    let job = client.perform(PlanRequest { source, target, options: PlanOptions::default() }).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.problem);
    PlanSource::File { path: job.report.unwrap().path.unwrap() }
}
