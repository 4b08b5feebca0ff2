//! Streams one file to where a console says: to itself, or to its region's own address. Memory stays flat.

use super::client::{Console, authorization, broken, host_of, parse_address, receive, shown};
use super::envelope::{self, Envelope, Reply};
use super::error::ConsoleError;
use super::request::Auth;
use crate::ctx::{Cancelled, Ctx};
use crate::moment;
use crate::silence::patience;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, LOCATION};
use reqwest::multipart::{Form, Part};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// The console itself waits an hour for its region (`console:views/proxy.py`, rebuild.md §3.2).
const SPOOLING: Duration = Duration::from_secs(60 * 60);
/// Slower than this, an upload is given up.
const SLOWEST_BYTES_PER_SECOND: u64 = 64 * 1024;

/// Where to send a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Upstream<'a> {
    /// The console's words: `/console/…` of its own from v6.9.2 on, before that an address of the region (rebuild.md §3.2).
    pub url: &'a str,
    /// What the user says the region's address is, where the console's is not to be reached from here: `host`,
    /// `host:port` or with a scheme. Nothing to a `url` that is the console's own.
    pub region_address: Option<&'a str>,
}

/// A file on its way out. Who wants progress counts in the stream.
pub(crate) struct Outgoing<S> {
    /// Without `,` and `:`: the region keeps `name:status,name:status` (rebuild.md §1.1).
    pub name: String,
    pub length: u64,
    pub body: S,
}

/// Why a file did not go out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError<E> {
    /// The file itself could not be read.
    #[error("the file could not be read")]
    Source(E),
    /// The stream gave more or less than was promised.
    #[error("the file is {found} bytes and should be {promised}")]
    Length { promised: u64, found: u64 },
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

/// What the stream did wrong; the request only learns that something did.
enum Fault<E> {
    Source(E),
    Length(u64),
}

type Slot<E> = Arc<Mutex<Option<Fault<E>>>>;

#[derive(Debug, thiserror::Error)]
#[error("the file ended early")]
struct Broken;

impl Console {
    /// The address of an upload; a sub-path in front of `/console` is kept.
    pub(super) fn upload_address(&self, to: Upstream<'_>) -> Result<Url, ConsoleError> {
        let own = to.url.starts_with('/') && !to.url.starts_with("//");
        if own {
            let mut url = self.base.clone();
            url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), to.url));
            return Ok(url);
        }
        let mut url = parse_address(to.url)?;
        if let Some(address) = to.region_address {
            move_to(&mut url, address)?;
        }
        Ok(url)
    }

    /// A token is for the console alone; the region asks for none (rebuild.md §3.2).
    pub(super) fn auth_for(&self, url: &Url) -> Auth {
        if url.origin() == self.base.origin() { Auth::Token } else { Auth::Anonymous }
    }

    /// Sends a file as the only part of a form. Cannot be sent again by itself: the stream is gone.
    pub(super) async fn send_file<S, E>(
        &self,
        ctx: &Ctx,
        act: &'static str,
        to: Upstream<'_>,
        part: &'static str,
        file: Outgoing<S>,
    ) -> Result<Envelope, UploadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        self.pen()?;
        let url = self.upload_address(to)?;
        let token = match self.auth_for(&url) {
            Auth::Token => Some(self.token(ctx, None).await?),
            Auth::Anonymous | Auth::Garbage => None,
        };
        let (promised, fault) = (file.length, Slot::default());
        let mut request = self.http_for(&url).post(url.clone()).timeout(time_for(promised));
        if let Some(token) = &token {
            request = request.header(AUTHORIZATION, authorization(token.text.reveal())?);
        }
        let body = reqwest::Body::wrap_stream(watched(file.body, promised, fault.clone()));
        let form = Form::new().part(part, Part::stream_with_length(body, promised).file_name(file.name));
        let exchange = exchange(&url, request.multipart(form));
        let reply = tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => return Err(ConsoleError::from(Cancelled).into()),
            reply = exchange => reply,
        };
        match fault.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(Fault::Source(error)) => return Err(UploadError::Source(error)),
            Some(Fault::Length(found)) => return Err(UploadError::Length { promised, found }),
            None => {}
        }
        let mut hide = vec![self.password.reveal()];
        hide.extend(token.as_ref().map(|token| token.text.reveal()));
        match envelope::read(act, &reply?, &hide) {
            Ok(envelope::Answer::Json(envelope)) => Ok(*envelope),
            Ok(envelope::Answer::Empty) => Ok(Envelope { act, status: 200, ..Envelope::default() }),
            Ok(envelope::Answer::File(_)) => Err(ConsoleError::BadAnswer { act, status: 200, why: "a file" }.into()),
            Err(error) => {
                // The stream is spent; the next try at least comes with a good token.
                if matches!(error, ConsoleError::LoginExpired(_)) {
                    self.token(ctx, token.as_ref()).await?;
                }
                Err(error.into())
            }
        }
    }
}

async fn exchange(url: &Url, request: reqwest::RequestBuilder) -> Result<Reply, ConsoleError> {
    let answer = moment::around("send a file", request.send()).await.map_err(|e| broken(url, &e))?;
    if answer.status().is_redirection() {
        let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
        let to = to.as_ref().map_or_else(String::new, shown);
        return Err(ConsoleError::Moved { host: host_of(url), to });
    }
    receive(url, answer).await
}

/// The stream, with what goes wrong in it kept for the caller.
fn watched<S, E>(body: S, promised: u64, fault: Slot<E>) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Send + 'static,
{
    let keep = move |what| {
        *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
        Some(Err(Broken))
    };
    // The end of the stream is an item too: only there can it be too short.
    let pieces = body.map(Some).chain(futures::stream::once(std::future::ready(None)));
    pieces
        .scan(0_u64, move |sent, piece| {
            std::future::ready(Some(match piece {
                Some(Ok(bytes)) => {
                    *sent += bytes.len() as u64;
                    if *sent > promised { keep(Fault::Length(*sent)) } else { Some(Ok(bytes)) }
                }
                Some(Err(error)) => keep(Fault::Source(error)),
                None if *sent < promised => keep(Fault::Length(*sent)),
                None => None,
            }))
        })
        .filter_map(std::future::ready)
}

fn time_for(length: u64) -> Duration {
    patience(SPOOLING + Duration::from_secs(length / SLOWEST_BYTES_PER_SECOND))
}

/// Puts the user's host, and port and scheme where given, into the region's address.
fn move_to(url: &mut Url, address: &str) -> Result<(), ConsoleError> {
    let has_scheme = address.contains("://");
    let whole = if has_scheme { address.to_owned() } else { format!("{}://{address}", url.scheme()) };
    let given = parse_address(&whole)?;
    let bad = || ConsoleError::BadAddress { address: host_of(&given), why: "it names no host" };
    url.set_host(given.host_str()).map_err(|_| bad())?;
    if has_scheme {
        url.set_scheme(given.scheme()).map_err(|()| bad())?;
    }
    if has_scheme || given.port().is_some() {
        url.set_port(given.port()).map_err(|()| bad())?;
    }
    Ok(())
}
