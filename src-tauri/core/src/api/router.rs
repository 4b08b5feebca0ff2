//! The core as one object: opened on a host, called by name or by method, listened to.

use super::events::{Event, Events};
use super::updates::Update;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::files;
use crate::host::Host;
use crate::problem::{Code, Problem};
use crate::profiles::Book;
use crate::storage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, broadcast};

const COLUMNS_AT_ONCE: usize = 8;

/// Everything the program does, behind one door.
pub struct Core {
    pub(super) engine: Arc<Engine>,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) columns_at_once: Semaphore,
    /// Arguments of starts that no window has taken yet, each with the folder it was written in.
    pub(super) asked: Mutex<Vec<(String, PathBuf)>>,
    /// A newer version of the program that was found in this run.
    pub(super) update: tokio::sync::Mutex<Update>,
    /// Its download is to end.
    pub(super) stop_fetch: tokio::sync::Notify,
    /// Held until this core is closed or gone: one program uses a data folder at a time.
    lock: Mutex<Option<files::Lock>>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core").field("data", &self.engine.host.data_dir()).finish_non_exhaustive()
    }
}

impl Core {
    /// Takes the data folder, reads what is saved, and goes on with unfinished jobs. Does not wait for any network.
    pub async fn open(host: Arc<dyn Host>) -> Result<Self, Problem> {
        let folder = host.data_dir();
        let lock = files::lock(&folder.join("lock"))?;
        let book = Arc::new(Book::open(&folder)?);
        storage::remember_in(&folder, host.clock().now());
        let engine = Engine::open(host, book)?;
        let core = Self {
            events: broadcast::channel(256).0,
            columns_at_once: Semaphore::new(COLUMNS_AT_ONCE),
            asked: Mutex::default(),
            update: tokio::sync::Mutex::default(),
            stop_fetch: tokio::sync::Notify::new(),
            engine,
            lock: Mutex::new(Some(lock)),
        };
        core.wake_samples().await;
        core.engine.runner.resume_all(&core.engine);
        Ok(core)
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        Events::new(self.events.subscribe(), self.engine.notices())
    }

    /// Stops every job where it is; it goes on at the next start.
    pub async fn close(&self) {
        self.engine.ctx.cancel.cancel();
        self.engine.runner.close().await;
        if let Some(samples) = self.engine.host.samples()
            && let Err(problem) = samples.stop().await
        {
            tracing::warn!(%problem, "the sample clusters did not stop");
        }
        // A program that starts itself anew is not gone before the next one is there.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    pub(super) fn ctx(&self) -> Ctx {
        self.engine.ctx.clone()
    }

    pub(super) fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }
}

fn parse<T: DeserializeOwned>(name: &str, request: Value) -> Result<T, Problem> {
    serde_json::from_value(request).map_err(|error| {
        Problem::new(Code::BadRequest, format!("The request of {name} is not of its form"))
            .fact("reason", error.to_string())
    })
}

fn answer(value: impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| {
        Problem::new(Code::Internal, "An answer could not be put into words").fact("reason", error.to_string())
    })
}

macro_rules! route {
    ($($(#[$doc:meta])* $name:ident: $request:ty => $answer:ty;)*) => {
        impl Core {
            /// A command by its name, with its request and answer as JSON.
            pub async fn call(&self, name: &str, request: Value) -> Result<Value, Problem> {
                match name {
                    $(stringify!($name) => {
                        let request: $request = parse(name, request)?;
                        let said: $answer = self.$name(request).await?;
                        answer(said)
                    })*
                    other => Err(Problem::new(Code::BadRequest, format!("There is no command {other}"))),
                }
            }
        }
    };
}
super::commands::command_table!(route);
