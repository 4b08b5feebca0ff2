//! Carries out a fault on one call, for the console and the store alike.

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use http::{Method, Request, Response};

use crate::fault::{Stage, Trouble, WireFault};
use crate::serve::Dropped;

/// Runs `answer` on the request under `trouble`.
pub(crate) async fn troubled<F, A>(
    trouble: Option<Trouble>,
    request: Request<Body>,
    answer: F,
) -> Result<Response<Body>, Dropped>
where
    F: FnOnce(Request<Body>) -> A,
    A: Future<Output = Result<Response<Body>, Dropped>>,
{
    let carries = matches!(*request.method(), Method::PUT | Method::POST | Method::PATCH);
    match trouble {
        None => answer(request).await,
        Some(Trouble::Fail { status }) => {
            drain(request).await;
            let mut response = Response::new(Body::from("sandbox fault"));
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::BAD_GATEWAY);
            Ok(response)
        }
        Some(Trouble::Stall) => std::future::pending().await,
        Some(Trouble::Late { millis }) => {
            let response = answer(request).await?;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok(response)
        }
        Some(Trouble::Cut { after_bytes }) if carries => {
            take(request, after_bytes).await;
            Err(Dropped)
        }
        Some(Trouble::Cut { after_bytes: 0 }) => Err(Dropped),
        Some(Trouble::Cut { after_bytes }) => {
            Ok(answer(request).await?.map(|body| Body::from_stream(cut(body.into_data_stream(), after_bytes))))
        }
        Some(Trouble::Slow { bytes_per_sec }) if carries => {
            answer(request.map(|body| Body::from_stream(slow(body.into_data_stream(), bytes_per_sec)))).await
        }
        Some(Trouble::Slow { bytes_per_sec }) => {
            Ok(answer(request).await?.map(|body| Body::from_stream(slow(body.into_data_stream(), bytes_per_sec))))
        }
        Some(Trouble::Wire { fault, stage }) => wired(fault, stage, request, answer).await,
        Some(Trouble::Corrupt) => Ok(answer(request)
            .await?
            .map(|body| Body::from_stream(body.into_data_stream().map_ok(|bytes| corrupted(&bytes))))),
    }
}

/// How long a wire is slow, and where in a body it breaks.
const WHILE: Duration = Duration::from_millis(150);
const BROKEN_AFTER: u64 = 20;

async fn wired<F, A>(
    fault: WireFault,
    stage: Stage,
    request: Request<Body>,
    answer: F,
) -> Result<Response<Body>, Dropped>
where
    F: FnOnce(Request<Body>) -> A,
    A: Future<Output = Result<Response<Body>, Dropped>>,
{
    let carries = matches!(*request.method(), Method::PUT | Method::POST | Method::PATCH);
    match stage {
        Stage::Before => match fault {
            WireFault::Latency | WireFault::SlowClose | WireFault::Bandwidth | WireFault::Sliced => {
                tokio::time::sleep(WHILE).await;
                answer(request).await
            }
            WireFault::Timeout => std::future::pending().await,
            WireFault::Down | WireFault::Reset | WireFault::Cut => Err(Dropped),
        },
        // A call that never ends is never done; one that breaks off neither.
        Stage::Body if carries => match fault {
            WireFault::Timeout => std::future::pending().await,
            WireFault::Down | WireFault::Reset | WireFault::Cut => {
                take(request, BROKEN_AFTER).await;
                Err(Dropped)
            }
            _ => answer(request.map(|body| passed(body, fault))).await,
        },
        Stage::Body => Ok(answer(request).await?.map(|body| passed(body, fault))),
        Stage::After => {
            let response = answer(request).await?;
            match fault {
                WireFault::Latency => {
                    tokio::time::sleep(WHILE).await;
                    Ok(response)
                }
                WireFault::Timeout => std::future::pending().await,
                WireFault::Down | WireFault::Reset => Err(Dropped),
                _ => Ok(response.map(|body| passed(body, fault))),
            }
        }
    }
}

/// Takes so many bytes of what a request carries.
async fn take(request: Request<Body>, after_bytes: u64) {
    let mut body = request.into_body().into_data_stream();
    let mut seen = 0;
    while let Some(Ok(piece)) = body.next().await {
        seen += piece.len() as u64;
        if seen >= after_bytes {
            break;
        }
    }
}

/// A body on a bad wire.
fn passed(body: Body, fault: WireFault) -> Body {
    let body = body.into_data_stream();
    match fault {
        WireFault::Latency => Body::from_stream(body.then(|piece| async move {
            tokio::time::sleep(WHILE).await;
            piece
        })),
        WireFault::Bandwidth => Body::from_stream(slow(body, 200_000)),
        WireFault::SlowClose => Body::from_stream(body.chain(futures::stream::once(async {
            tokio::time::sleep(WHILE).await;
            Ok(Bytes::new())
        }))),
        WireFault::Timeout => Body::from_stream(cut(body, BROKEN_AFTER).take_while(|piece| {
            let goes_on = piece.is_ok();
            async move { if goes_on { true } else { std::future::pending().await } }
        })),
        WireFault::Sliced => Body::from_stream(crumbs(body)),
        WireFault::Down | WireFault::Reset | WireFault::Cut => Body::from_stream(cut(body, BROKEN_AFTER)),
    }
}

fn crumbs(
    body: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    body.flat_map(|piece| {
        let pieces: Vec<_> = match piece {
            // As many as a packet of an old modem had, and no more than makes a test slow.
            Ok(bytes) => {
                let step = (bytes.len() / 64).max(7);
                (0..bytes.len()).step_by(step).map(|at| Ok(bytes.slice(at..bytes.len().min(at + step)))).collect()
            }
            Err(error) => vec![Err(error)],
        };
        futures::stream::iter(pieces)
    })
    .then(|piece| async move {
        tokio::task::yield_now().await;
        piece
    })
}

/// Reads the rest of a request, so that the client gets the answer instead of a broken pipe.
async fn drain(request: Request<Body>) {
    let mut body = request.into_body().into_data_stream();
    while let Some(Ok(_)) = body.next().await {}
}

fn cut(
    body: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
    after_bytes: u64,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    futures::stream::unfold((Box::pin(body), after_bytes), |(mut body, left)| async move {
        if left == 0 {
            return Some((Err(axum::Error::new(Dropped)), (body, 0)));
        }
        let piece = body.next().await?;
        let piece = piece.map(|bytes| bytes.slice(..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))));
        let used = piece.as_ref().map_or(left, |bytes| bytes.len() as u64);
        Some((piece, (body, left.saturating_sub(used))))
    })
}

fn slow(
    body: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
    bytes_per_sec: u64,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    const STEPS_PER_SEC: u64 = 10;
    let step = usize::try_from((bytes_per_sec / STEPS_PER_SEC).max(1)).unwrap_or(usize::MAX);
    let pieces = body.flat_map(move |piece| {
        let pieces: Vec<_> = match piece {
            Ok(bytes) => (0..bytes.len())
                .step_by(step)
                .map(|at| Ok(bytes.slice(at..bytes.len().min(at.saturating_add(step)))))
                .collect(),
            Err(error) => vec![Err(error)],
        };
        futures::stream::iter(pieces)
    });
    pieces.then(|piece| async move {
        tokio::time::sleep(Duration::from_millis(1000 / STEPS_PER_SEC)).await;
        piece
    })
}

fn corrupted(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 0x5a;
    }
    bytes.into()
}
