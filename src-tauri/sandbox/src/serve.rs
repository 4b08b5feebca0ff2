//! A door: one HTTP listener on loopback that can be shut and opened again on the same port.
//! While it is shut, connections are refused, as by a machine that does not listen.

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use futures::future::BoxFuture;
use http::{Request, Response};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::error::SandboxError;

/// Answers a request, or drops the connection without a word.
pub(crate) type Answerer =
    Arc<dyn Fn(Request<Body>) -> BoxFuture<'static, Result<Response<Body>, Dropped>> + Send + Sync>;

/// The connection is cut instead of answered.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped")]
pub(crate) struct Dropped;

impl From<Infallible> for Dropped {
    fn from(value: Infallible) -> Self {
        match value {}
    }
}

pub(crate) fn answerer<F, A>(answer: F) -> Answerer
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Body>, Dropped>> + Send + 'static,
{
    Arc::new(move |request| Box::pin(answer(request)))
}

pub(crate) struct Door {
    port: u16,
    answer: Answerer,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Door {
    /// Opens on `port` if it is free, else on any (0 means any).
    pub(crate) async fn open(port: u16, answer: Answerer) -> Result<Self, SandboxError> {
        let listener = match bind(port).await {
            Ok(listener) => listener,
            Err(_) if port != 0 => bind(0).await.map_err(|source| SandboxError::Port { port, source })?,
            Err(source) => return Err(SandboxError::Port { port, source }),
        };
        let port = listener.local_addr().map_err(|source| SandboxError::Port { port, source })?.port();
        let running = Mutex::new(Some(serve(listener, Arc::clone(&answer))));
        Ok(Self { port, answer, running })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Shuts the door: open connections are dropped, new ones refused.
    pub(crate) async fn shut(&self) {
        let running = self.running.lock().await.take();
        if let Some(running) = running {
            let _ = running.stop.send(true);
            let _ = running.task.await;
        }
    }

    /// Opens a shut door again, on its port.
    pub(crate) async fn reopen(&self) -> Result<(), SandboxError> {
        let mut running = self.running.lock().await;
        if running.is_none() {
            let listener = bind(self.port).await.map_err(|source| SandboxError::Port { port: self.port, source })?;
            *running = Some(serve(listener, Arc::clone(&self.answer)));
        }
        Ok(())
    }
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

fn serve(listener: TcpListener, answer: Answerer) -> Running {
    let (stop, mut stopped) = watch::channel(false);
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let answer = Arc::clone(&answer);
                    connections.spawn(async move {
                        let _ = stream.set_nodelay(true);
                        let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                            answer(request.map(Body::new))
                        });
                        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                        let _ = connection.await;
                    });
                }
            }
        }
        drop(listener);
        connections.shutdown().await;
    });
    Running { stop, task }
}
