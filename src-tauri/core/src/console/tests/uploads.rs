//! Files on their way out: what is sent, where to, with which token, and what becomes of one that breaks.

use super::super::upload::{Outgoing, UploadError, Upstream};
use super::super::{Console, ConsoleError};
use super::stage::{Answer, Asked, Server, client, ctx};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures::StreamExt;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

const PATH: &str = "/console/regions/rainbond/websocket/app/upload/e1";

fn own() -> Upstream<'static> {
    Upstream { url: PATH, region_address: None }
}

/// A console, or a region, that takes every upload.
fn takes_all(asked: &Asked) -> Answer {
    if asked.path.ends_with("/users/login") {
        Answer::login("t0ken")
    } else {
        Answer::json(200, &json!({"bean": null}))
    }
}

fn pieces(texts: &[&'static str]) -> impl futures::Stream<Item = Result<Bytes, String>> + Send + 'static {
    let pieces: Vec<Result<Bytes, String>> = texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect();
    futures::stream::iter(pieces)
}

async fn upload(
    console: &Console,
    to: Upstream<'_>,
    length: u64,
    texts: &[&'static str],
) -> Result<(), UploadError<String>> {
    let file = Outgoing { name: "shop.tar.gz".into(), length, body: pieces(texts) };
    console.upload_import(&ctx(), to, file).await
}

#[tokio::test]
async fn a_package_is_one_named_part_of_a_form_whose_length_is_told() {
    let server = Server::start(takes_all).await;
    upload(&server.client(), own(), 9, &["pack", "age", "!!"]).await.unwrap();
    let asked = server.asked();
    let sent = asked.iter().find(|asked| asked.path == PATH).unwrap();
    assert_eq!(sent.method, "POST");
    assert_eq!(sent.header("content-length").unwrap(), sent.body.len().to_string());
    assert_eq!(sent.header("transfer-encoding"), None);
    let body = String::from_utf8(sent.body.clone()).unwrap();
    assert!(body.contains("name=\"appTarFile\"; filename=\"shop.tar.gz\""), "{body}");
    assert!(body.contains("\r\n\r\npackage!!\r\n--"), "{body}");
}

#[tokio::test]
async fn the_consoles_own_address_keeps_its_sub_path_and_gets_the_token() {
    let server = Server::start(takes_all).await;
    upload(&client(&format!("{}/rainbond/", server.address)), own(), 4, &["pack"]).await.unwrap();
    let sent = server.asked().pop().unwrap();
    assert_eq!(sent.path, format!("/rainbond{PATH}"));
    assert_eq!(sent.header("authorization"), Some("GRJWT t0ken"));
}

#[tokio::test]
async fn a_regions_address_gets_no_token_and_can_be_moved() {
    let (console, region) = (Server::start(takes_all).await, Server::start(takes_all).await);
    let port = region.address.rsplit(':').next().unwrap();
    let here = format!("127.0.0.1:{port}");
    let check = |url: String, address: Option<String>| {
        let (console, region) = (&console, &region);
        async move {
            let to = Upstream { url: &url, region_address: address.as_deref() };
            upload(&console.client(), to, 4, &["pack"]).await.unwrap_or_else(|e| panic!("{url}: {e}"));
            let sent = region.asked().pop().unwrap();
            assert_eq!(sent.path, "/app/upload/e1");
            assert_eq!(sent.header("authorization"), None);
            region.play(takes_all);
        }
    };
    check(format!("http://{here}/app/upload/e1"), None).await;
    check("http://10.255.255.1:6060/app/upload/e1".into(), Some(here.clone())).await;
    check("https://auto:6060/app/upload/e1".into(), Some(format!("http://{here}"))).await;
    check(format!("http://auto:{port}/app/upload/e1"), Some("127.0.0.1".into())).await;
    assert!(console.asked().is_empty(), "nobody logged in");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anything_is_read() {
    let server = Server::start(takes_all).await;
    for (url, address) in [("", None), ("//evil/app", None), ("ftp://x/y", None), ("http://a/b", Some("http://u:p@h"))]
    {
        let sent = upload(&server.client(), Upstream { url, region_address: address }, 4, &["pack"]).await;
        assert!(matches!(sent, Err(UploadError::Console(ConsoleError::BadAddress { .. }))), "{url}: {sent:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_file_that_breaks_is_the_callers_error_and_none_of_the_consoles() {
    let server = Server::start(takes_all).await;
    let broken = futures::stream::iter(vec![Ok(Bytes::from_static(b"pa")), Err("disk gone".to_owned())]);
    let file = Outgoing { name: "p.tar.gz".into(), length: 100, body: broken };
    let sent = server.client().upload_import(&ctx(), own(), file).await;
    assert!(matches!(&sent, Err(UploadError::Source(why)) if why == "disk gone"), "{sent:?}");
}

#[tokio::test]
async fn a_file_of_another_size_than_promised_is_not_sent_as_if_it_were_whole() {
    let server = Server::start(takes_all).await;
    let short = upload(&server.client(), own(), 10, &["pack"]).await;
    assert!(matches!(short, Err(UploadError::Length { promised: 10, found: 4 })), "{short:?}");
    let long = upload(&server.client(), own(), 3, &["pack"]).await;
    assert!(matches!(long, Err(UploadError::Length { promised: 3, found: 4 })), "{long:?}");
    let accepted = server.asked().iter().filter(|asked| asked.path == PATH && !asked.body.is_empty()).count();
    assert_eq!(accepted, 0);
}

#[tokio::test]
async fn a_token_that_ran_out_meanwhile_is_renewed_for_the_next_try() {
    let mut logins = 0;
    let server = Server::start(move |asked| match asked.header("authorization") {
        _ if asked.path.ends_with("login") => {
            logins += 1;
            Answer::login(&format!("t{logins}"))
        }
        Some("GRJWT t1") => Answer::expired(),
        _ => Answer::json(200, &json!({"bean": null})),
    })
    .await;
    let console = server.client();
    let first = upload(&console, own(), 4, &["pack"]).await;
    assert!(matches!(first, Err(UploadError::Console(ConsoleError::LoginExpired(_)))), "{first:?}");
    upload(&console, own(), 4, &["pack"]).await.unwrap();
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn what_a_proxy_says_of_the_size_is_told() {
    let too_large = Answer { status: 413, body: b"<html>413</html>".to_vec(), ..Answer::default() };
    let server =
        Server::start(move |asked| if asked.path.ends_with("login") { Answer::login("t") } else { too_large.clone() })
            .await;
    let sent = upload(&server.client(), own(), 4, &["pack"]).await;
    let Err(UploadError::Console(ConsoleError::BadAnswer { status: 413, why, .. })) = sent else { panic!("{sent:?}") };
    assert!(why.contains("too large"));
}

#[tokio::test]
async fn an_upload_that_is_cancelled_ends_at_once_and_stops_reading() {
    let server = Server::start(takes_all).await;
    let (console, ctx) = (server.client(), ctx());
    let cancel = ctx.cancel.clone();
    // Never ends by itself; says when all it has was taken.
    let taken = Arc::new(tokio::sync::Notify::new());
    let tell = taken.clone();
    let body = futures::stream::iter(0..3)
        .map(|_| Ok::<_, String>(Bytes::from_static(b"x")))
        .chain(futures::stream::once(async move { tell.notify_one() }).then(|()| futures::future::pending()));
    let file = Outgoing { name: "p.tar.gz".into(), length: 1000, body };
    let (sent, ()) = tokio::join!(console.upload_import(&ctx, own(), file), async {
        taken.notified().await;
        cancel.cancel();
    });
    assert!(matches!(sent, Err(UploadError::Console(ConsoleError::Cancelled(_)))), "{sent:?}");
}

/// Counts what arrives and keeps nothing of it, and holds back after the first bytes.
struct Slow {
    arrived: AtomicU64,
    go_on: tokio::sync::Notify,
}

async fn swallow(State(slow): State<Arc<Slow>>, request: Request) -> Response<Body> {
    let mut body = request.into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    slow.arrived.fetch_add(first.len() as u64, Ordering::SeqCst);
    slow.go_on.notified().await;
    while let Some(piece) = body.next().await {
        slow.arrived.fetch_add(piece.unwrap().len() as u64, Ordering::SeqCst);
    }
    Response::builder().status(StatusCode::OK).body(Body::from(r#"{"bean":null}"#)).unwrap()
}

/// The count once it has begun and stood still for a while.
async fn at_rest(count: &AtomicUsize) -> usize {
    let (mut seen, mut still) = (0, 0);
    while seen == 0 || still < 10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = count.load(Ordering::SeqCst);
        still = if now == seen { still + 1 } else { 0 };
        seen = now;
    }
    seen
}

#[tokio::test]
async fn memory_stays_flat_the_file_is_read_only_as_fast_as_it_is_taken() {
    const PIECE: usize = 1024 * 1024;
    const COUNT: usize = 256;
    let slow = Arc::new(Slow { arrived: AtomicU64::new(0), go_on: tokio::sync::Notify::new() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/app/upload/e1", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(swallow).with_state(slow.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let server = Server::start(takes_all).await;
    let read = Arc::new(AtomicUsize::new(0));
    let counter = read.clone();
    let piece = Bytes::from(vec![7_u8; PIECE]);
    let body = futures::stream::iter(0..COUNT).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, String>(piece.clone())
    });
    let (console, ctx) = (server.client(), ctx());
    let file = Outgoing { name: "big.tar.gz".into(), length: (PIECE * COUNT) as u64, body };
    let to = Upstream { url: &url, region_address: None };
    let held = async {
        // Read ahead, it would go on until the end of the file; held back, it comes to rest before.
        let so_far = at_rest(&read).await;
        assert!(so_far > 0 && so_far < COUNT / 4, "{so_far} of {COUNT} MiB were read ahead");
        slow.go_on.notify_one();
    };
    let (sent, ()) = tokio::join!(console.upload_import(&ctx, to, file), held);
    sent.unwrap();
    assert_eq!(read.load(Ordering::SeqCst), COUNT);
    let arrived = slow.arrived.load(Ordering::SeqCst);
    assert!(arrived > (PIECE * COUNT) as u64 && arrived < (PIECE * COUNT) as u64 + 1024, "{arrived} bytes");
}
