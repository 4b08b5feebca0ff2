//! Runs the views: reads the request, checks the token, lets one view at a time at the rows, saves what it changed
//! before the answer leaves, and starts the work that goes on afterwards.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Request, Response, StatusCode, header};

use super::answer::{Answer, Reply};
use super::ask::Ask;
use super::desk::Desk;
use super::login::authenticate;
use super::routes::{self, Found, Who};
use crate::clock::Clock;
use crate::era::Era;
use crate::error::SandboxError;
use crate::fault::{Faults, Server};
use crate::region::{ConsoleMetadata, Job, Pace, Starts, carry_out, hand_out, image_door, receive, uploaded};
use crate::serve::{Answerer, Dropped, answerer};
use crate::state::{ObjectStorage, State};
use crate::store::{Objects, StoreAddress, StoreServer, percent_decoded, troubled};

/// What a console is made of.
pub(crate) struct ConsoleSpec {
    pub(crate) era: Era,
    pub(crate) dir: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) captures_volumes: bool,
}

pub(crate) struct Console {
    spec: ConsoleSpec,
    state: Mutex<State>,
    faults: Faults,
    store: StoreServer,
    busy: AtomicUsize,
    idle: tokio::sync::Notify,
    starts: Starts,
}

/// A job under way, for as long as it lives.
pub(crate) struct Busy<'a>(&'a Console);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        self.0.idle.notify_waiters();
    }
}

impl Console {
    pub(crate) fn new(spec: ConsoleSpec, state: State, faults: Faults, store: StoreServer) -> Arc<Self> {
        let (busy, idle) = (AtomicUsize::new(0), tokio::sync::Notify::new());
        Arc::new(Self { spec, state: Mutex::new(state), faults, store, busy, idle, starts: Starts::default() })
    }

    pub(crate) fn era(&self) -> Era {
        self.spec.era
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.spec.dir
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.spec.clock
    }

    pub(crate) fn pace(&self) -> Pace {
        self.spec.pace
    }

    pub(crate) fn captures_volumes(&self) -> bool {
        self.spec.captures_volumes
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) fn store(&self) -> &StoreServer {
        &self.store
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes rows and saves them before anybody can see the change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, SandboxError> {
        let mut state = self.lock();
        let done = change(&mut state);
        state.save(&self.state_path())?;
        Ok(done)
    }

    pub(crate) fn state_path(&self) -> PathBuf {
        self.spec.dir.join("state.json")
    }

    /// The store an enterprise configuration points to; our own is reached by the inner door.
    pub(crate) fn configured_store(&self, storage: &ObjectStorage) -> Objects {
        let ours = format!("127.0.0.1:{}", self.store.public().port());
        let endpoint = storage.endpoint.trim_end_matches('/');
        let bare = endpoint.rsplit("://").next().unwrap_or_default().replace("localhost", "127.0.0.1");
        if bare == ours {
            return self.store.own();
        }
        Objects::new(&StoreAddress {
            endpoint: endpoint.to_owned(),
            bucket: storage.bucket_name.clone(),
            access_key: storage.access_key.clone(),
            secret_key: storage.secret_key.clone(),
            region: "us-east-1".to_owned(),
        })
        .of_platform()
    }

    pub(crate) fn starts(&self) -> &Starts {
        &self.starts
    }

    pub(crate) fn busy(&self) -> Busy<'_> {
        Busy(self)
    }

    /// Starts a job. It counts as under way at once.
    pub(crate) fn start(self: &Arc<Self>, job: Job) {
        self.busy.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(carry_out(Arc::clone(self), job));
    }

    /// Waits until no job is under way.
    pub(crate) async fn settled(&self) {
        while self.busy.load(Ordering::SeqCst) > 0 {
            let idle = self.idle.notified();
            let _ = tokio::time::timeout(std::time::Duration::from_millis(20), idle).await;
        }
    }

    /// The answerer of the public door.
    pub(crate) fn answers(self: &Arc<Self>) -> Answerer {
        let console = Arc::clone(self);
        answerer(move |request: Request<Body>| {
            let console = Arc::clone(&console);
            let trouble = console.faults.arrive(Server::Console, request.method().as_str(), request.uri().path());
            troubled(trouble, request, move |request| answer(console, request))
        })
    }

    /// Reads what a view needs from the region's store or disk: the console metadata of a restore (v6), the files
    /// that arrived for an import.
    async fn fetch(self: &Arc<Self>, ask: &mut Ask) {
        if let Some(event) = routes::dir_event(&ask.path).map(str::to_owned) {
            ask.arrived = uploaded(self, &event).await;
        }
        let restore = ask.query("restore_id").map(str::to_owned);
        let Some(id) = restore.filter(|_| self.spec.era.is_v6() && ask.method == http::Method::GET) else { return };
        let done = self.look(|state| state.restores.iter().any(|row| row.restore_id == id && row.status == "success"));
        ask.has_restored = done;
        if done {
            let bytes = self.store.own().get(ConsoleMetadata::BUCKET, &ConsoleMetadata::key(&id)).await;
            ask.stored_metadata = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        }
    }

    /// One view at a time; what it changed is on disk before this returns.
    fn run(self: &Arc<Self>, ask: &mut Ask) -> Answer {
        let era = self.spec.era;
        let (who, view) = match routes::find(era, ask) {
            Found::View(who, view) => (who, view),
            Found::WrongMethod => {
                let detail = format!("方法 “{}” 不被允许。", ask.method);
                return Answer::framework(405, "MethodNotAllowed", &detail);
            }
            Found::Nothing => return Answer::unknown_path(era),
        };
        let mut state = self.lock();
        let (now, switches) = (self.spec.clock.now(), self.faults.switches());
        let mut desk = Desk::new(&mut state, era, now, switches, &self.spec.dir, self.spec.pace.switching);
        let reply: Reply = match who {
            Who::Anyone => view(&mut desk, ask),
            Who::User => authenticate(&desk, ask).and_then(|user| {
                ask.user_id = user;
                desk.guard(ask)?;
                view(&mut desk, ask)
            }),
        };
        let (jobs, dirty) = (std::mem::take(&mut desk.jobs), desk.dirty);
        if dirty && let Err(error) = state.save(&self.state_path()) {
            tracing::error!(%error, "state not saved");
            return Answer::refused(500, "state not saved", "系统异常");
        }
        drop(state);
        jobs.into_iter().for_each(|job| self.start(job));
        reply.unwrap_or_else(|refusal| refusal)
    }
}

async fn answer(console: Arc<Console>, request: Request<Body>) -> Result<Response<Body>, Dropped> {
    let event = routes::upload_event(console.era(), request.method(), request.uri().path()).map(str::to_owned);
    if let Some(event) = event {
        let answer = match receive(&console, &event, request).await {
            Ok(()) => Answer::json(200, &serde_json::json!({"bean": null})),
            Err(why) => Answer::json(400, &serde_json::json!({"code": 400, "msg": why})),
        };
        return Ok(response(answer, false));
    }
    if let Some((event, door)) = routes::image_door(console.era(), request.method(), request.uri().path()) {
        return Ok(response(image_door(&console, &event, door, request).await, false));
    }
    if let Some(file) = routes::download(console.era(), request.method(), request.uri().path()) {
        let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
        return Ok(response(hand_out(console.dir(), &percent_decoded(file), range), false));
    }
    let mut ask = Ask::read(request).await;
    console.fetch(&mut ask).await;
    let answer = console.run(&mut ask);
    let gzip = ask.header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip"));
    Ok(response(answer, gzip))
}

/// Answers of some size are gzipped when asked for, downloads too (recorded 600).
fn response(answer: Answer, gzip: bool) -> Response<Body> {
    const SMALLEST: usize = 200;
    let mut builder =
        Response::builder().status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    let packed = (gzip && answer.body.len() >= SMALLEST).then(|| gzipped(&answer.body)).flatten();
    let made = match packed {
        Some(body) => builder.header(header::CONTENT_ENCODING, "gzip").body(Body::from(body)),
        None => builder.body(Body::from(answer.body)),
    };
    made.unwrap_or_default()
}

fn gzipped(body: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write;
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(body).ok()?;
    out.finish().ok()
}
