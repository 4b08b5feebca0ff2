//! Faults as commands on a running cluster, and the count of calls that tests assert.
//! A fault hits a call of the console or of the store; a switch changes what the region does.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How long nothing gets through.
const DOWN: Duration = Duration::from_millis(120);

/// Which of a cluster's two servers, or an image registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    Console,
    Store,
    Registry,
}

/// What happens to the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Answered with this status; nothing is done.
    Fail { status: u16 },
    /// Taken, and never answered.
    Stall,
    /// The connection is dropped after so many bytes: of the request if it carries data, else of the answer.
    Cut { after_bytes: u64 },
    /// The answer (or the upload) trickles.
    Slow { bytes_per_sec: u64 },
    /// The answer's content comes with one byte changed in every piece.
    Corrupt,
    /// Done, but answered so many milliseconds later.
    Late { millis: u64 },
    /// Something the wire does, at one of three stages of the call.
    Wire { fault: WireFault, stage: Stage },
}

/// What a wire does to a call: the kinds of toxiproxy, a proxy that tests networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireFault {
    /// It takes a while.
    Latency,
    /// Nothing gets through for a while, this call included.
    Down,
    /// Bytes trickle.
    Bandwidth,
    /// All is there, and the end of it is not said for a while.
    SlowClose,
    /// Nothing comes any more, and nobody says so.
    Timeout,
    /// The connection is gone.
    Reset,
    /// Bytes come in crumbs.
    Sliced,
    /// The connection ends after some bytes.
    Cut,
}

impl WireFault {
    pub const ALL: [Self; 8] = [
        Self::Latency,
        Self::Down,
        Self::Bandwidth,
        Self::SlowClose,
        Self::Timeout,
        Self::Reset,
        Self::Sliced,
        Self::Cut,
    ];
}

/// When it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before anything of the call was read.
    Before,
    /// In the middle of what the call carries, or of its answer where it carries nothing.
    Body,
    /// After it was done, before it is answered.
    After,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::Before, Self::Body, Self::After];
}

/// Which calls, counted from the moment the fault is set; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hits {
    Always,
    Nth(u32),
    First(u32),
    From(u32),
}

impl Hits {
    fn includes(self, call: u32) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(n) => call == n,
            Self::First(n) => call <= n,
            Self::From(n) => call >= n,
        }
    }
}

/// `method` is an HTTP method on the console (`POST`), an operation on the store (`UploadPart`), or `*`.
/// In `path`, `*` stands for anything without a slash and `**` for anything; on the store it is `bucket/key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub server: Server,
    pub method: String,
    pub path: String,
    pub hits: Hits,
    pub trouble: Trouble,
}

impl Fault {
    pub fn console(method: &str, path: &str, hits: Hits, trouble: Trouble) -> Self {
        Self { server: Server::Console, method: method.to_owned(), path: path.to_owned(), hits, trouble }
    }

    pub fn store(operation: &str, path: &str, hits: Hits, trouble: Trouble) -> Self {
        Self { server: Server::Store, method: operation.to_owned(), path: path.to_owned(), hits, trouble }
    }

    /// `path` is the request's, `/v2/…`.
    pub fn registry(method: &str, path: &str, hits: Hits, trouble: Trouble) -> Self {
        Self { server: Server::Registry, method: method.to_owned(), path: path.to_owned(), hits, trouble }
    }

    fn fits(&self, server: Server, method: &str, path: &str) -> bool {
        self.server == server && (self.method == "*" || self.method == method) && matches(&self.path, path)
    }
}

/// One call that arrived, for counting.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Call {
    pub server: Server,
    pub method: String,
    pub path: String,
}

/// An answer of the region to the console that is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionFault {
    pub status: u16,
    pub message: String,
}

/// A rule that deletes objects so many days after they were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryRule {
    pub id: String,
    pub prefix: String,
    pub days: u32,
}

impl ExpiryRule {
    /// What v6 regions put on their buckets (protocol.md B-18).
    pub(crate) fn of_regions() -> Self {
        Self { id: "expire-after-365-days".to_owned(), prefix: String::new(), days: 365 }
    }
}

/// What a region says it has, and what pods asked for (recorded 221).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    pub total_memory_mb: u64,
    pub used_memory_mb: u64,
    pub total_cpu_millis: u32,
    pub used_cpu_millis: u32,
}

impl Default for Resources {
    fn default() -> Self {
        Self { total_memory_mb: 32768, used_memory_mb: 4096, total_cpu_millis: 8000, used_cpu_millis: 1500 }
    }
}

/// What the region does differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Switches {
    /// Regions the console cannot reach.
    pub regions_down: BTreeSet<String>,
    /// Every backup that runs now ends `failed`.
    pub backup_fails: bool,
    /// Every restore that runs now fails on the region.
    pub restore_fails: bool,
    /// Every import that runs now fails on the region.
    pub import_fails: bool,
    /// Every export that runs now fails on the region.
    pub export_fails: bool,
    /// The region's registry refuses every push.
    pub push_fails: bool,
    /// The intermediate console metadata is gone when the console asks for it.
    pub metadata_lost: bool,
    /// The region answers status questions so.
    pub status_fault: Option<RegionFault>,
    /// SHA-256 of the one program that init containers really run; others are taken for done.
    pub init_program: Option<String>,
    /// Pod security is `restricted`: init containers of plugins, which are privileged, are not let run (rebuild.md §8.3, 1).
    pub refuses_privileged: bool,
    pub resources: Resources,
    /// Rules of its store that delete objects, on every bucket.
    pub expiry_rules: Vec<ExpiryRule>,
    /// Jobs of the builder do not end before this is off again.
    pub hold_builder: bool,
    /// The region sends `k8s_component_name` with restored components; the published one does not.
    pub sends_component_name: bool,
    /// The region also finds a package where the original record had it; the published v6 one does not.
    pub finds_copied_package: bool,
    /// What console and region call their version, with the bugs that go with it (protocol.md B-0, B-4, B-8, B-9).
    pub version: Option<String>,
    /// Tokens made before this moment (seconds since 1970) are no longer good.
    pub tokens_end_before: i64,
}

#[derive(Debug, Default)]
struct Inner {
    faults: Vec<(Fault, u32)>,
    calls: Vec<Call>,
    switches: Switches,
    /// Nothing gets through before.
    down_until: Option<Instant>,
}

/// A cluster's faults; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    inner: Arc<Mutex<Inner>>,
    changed: Arc<tokio::sync::Notify>,
}

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, fault: Fault) {
        self.lock().faults.push((fault, 0));
    }

    /// Removes all faults; switches and counts stay.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.faults.clear();
        inner.down_until = None;
        drop(inner);
        self.changed.notify_waiters();
    }

    pub fn switches(&self) -> Switches {
        self.lock().switches.clone()
    }

    /// Changes the switches.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.lock().switches);
        self.changed.notify_waiters();
    }

    pub fn region_down(&self, region: &str) {
        self.switch(|switches| {
            switches.regions_down.insert(region.to_owned());
        });
    }

    pub fn region_up(&self, region: &str) {
        self.switch(|switches| {
            switches.regions_down.remove(region);
        });
    }

    /// How many calls arrived, faulty ones included. The same wildcards as in [`Fault`].
    pub fn count(&self, server: Server, method: &str, path: &str) -> usize {
        let fits = |call: &&Call| {
            call.server == server && (method == "*" || call.method == method) && matches(path, &call.path)
        };
        self.lock().calls.iter().filter(fits).count()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    pub fn forget_calls(&self) {
        self.lock().calls.clear();
    }

    /// Notes a call and says what is to happen to it.
    pub(crate) fn arrive(&self, server: Server, method: &str, path: &str) -> Option<Trouble> {
        const KEPT: usize = 200_000;
        let mut inner = self.lock();
        if inner.calls.len() < KEPT {
            inner.calls.push(Call { server, method: method.to_owned(), path: path.to_owned() });
        }
        let is_down = inner.down_until.is_some_and(|until| Instant::now() < until);
        let mut trouble = is_down.then_some(Trouble::Wire { fault: WireFault::Reset, stage: Stage::Before });
        for (fault, seen) in &mut inner.faults {
            if fault.fits(server, method, path) {
                *seen += 1;
                if trouble.is_none() && fault.hits.includes(*seen) {
                    trouble = Some(fault.trouble.clone());
                }
            }
        }
        if matches!(trouble, Some(Trouble::Wire { fault: WireFault::Down, .. })) {
            inner.down_until = Some(Instant::now() + DOWN);
        }
        trouble
    }

    /// Waits until the builder is not held.
    pub(crate) async fn builder_free(&self) {
        loop {
            let changed = self.changed.notified();
            if !self.lock().switches.hold_builder {
                return;
            }
            // Looks again now and then: a change between the look and the wait must not be missed.
            let _ = tokio::time::timeout(Duration::from_millis(50), changed).await;
        }
    }
}

/// `*` within one piece of a path, `**` across pieces.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("**") {
        return (0..=path.len()).any(|at| path.is_char_boundary(at) && matches(rest, &path[at..]));
    }
    if let Some(rest) = pattern.strip_prefix('*') {
        let end = path.find('/').unwrap_or(path.len());
        return (0..=end).any(|at| path.is_char_boundary(at) && matches(rest, &path[at..]));
    }
    match (pattern.chars().next(), path.chars().next()) {
        (None, None) => true,
        (Some(want), Some(found)) if want == found => matches(&pattern[want.len_utf8()..], &path[found.len_utf8()..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_pieces_and_tails() {
        assert!(matches("/console/teams/*/groupapp/*/backup", "/console/teams/x/groupapp/3/backup"));
        assert!(!matches("/console/teams/*/backup", "/console/teams/x/groupapp/3/backup"));
        assert!(matches("grdata/backup/**", "grdata/backup/a/b.zip"));
        assert!(matches("**", ""));
        assert!(!matches("*", "a/b"));
    }

    #[test]
    fn the_third_call_alone_is_hit() {
        let faults = Faults::default();
        faults.set(Fault::store("UploadPart", "**", Hits::Nth(3), Trouble::Fail { status: 503 }));
        let hits: Vec<bool> = (0..5).map(|_| faults.arrive(Server::Store, "UploadPart", "b/k").is_some()).collect();
        assert_eq!(hits, [false, false, true, false, false]);
        assert_eq!(faults.count(Server::Store, "UploadPart", "b/*"), 5);
        assert_eq!(faults.count(Server::Console, "*", "**"), 0);
    }
}
