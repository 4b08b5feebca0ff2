//! What stores that cannot be had in a test are sent: OSS, held to what its documentation and its users' reports ask for.

use super::open::open_bucket;
use super::testing::{ACCESS_KEY, spec};
use super::*;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
struct Seen {
    method: Method,
    target: String,
    headers: HeaderMap,
}

type Log = Arc<Mutex<Vec<Seen>>>;

/// A server that takes everything and remembers it.
async fn capture() -> (String, Log) {
    let log = Log::default();
    let app = axum::Router::new().fallback(take).with_state(Arc::clone(&log));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (endpoint, log)
}

async fn take(State(log): State<Log>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let body = match head.method {
        Method::POST => "<R><UploadId>u1</UploadId><ETag>e1</ETag></R>",
        _ => "",
    };
    log.lock().unwrap().push(Seen { method: head.method, target: head.uri.to_string(), headers: head.headers });
    ([("etag", "\"e1\"")], body).into_response()
}

fn oss(endpoint: &str) -> StoreSpec {
    StoreSpec { kind: StoreKind::Oss, endpoint: endpoint.to_owned(), path_style: true, ..spec(endpoint, "backups") }
}

#[tokio::test]
async fn oss_is_addressed_by_the_buckets_own_host() {
    use object_store::signer::Signer;
    let bucket = open_bucket(&oss("https://oss-cn-hangzhou.aliyuncs.com")).unwrap();
    let key = object_store::path::Path::parse("grdata/备份.zip").unwrap();
    let url = bucket.library().signed_url(Method::GET, &key, std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(url.host_str(), Some("backups.s3.oss-cn-hangzhou.aliyuncs.com"));
    assert_eq!((url.scheme(), url.path()), ("https", "/grdata/%E5%A4%87%E4%BB%BD.zip"));
    let scope = url.query_pairs().find(|(name, _)| name == "X-Amz-Credential").unwrap().1.into_owned();
    assert!(scope.starts_with(ACCESS_KEY) && scope.ends_with("/cn-hangzhou/s3/aws4_request"), "{scope}");
    assert_eq!(bucket.into_wire().address.base, "https://backups.s3.oss-cn-hangzhou.aliyuncs.com");
}

#[tokio::test]
async fn oss_gets_plain_bodies_and_no_header_that_it_refuses() {
    let (endpoint, log) = capture().await;
    let store = open(&StoreSpec { region: "cn-hangzhou".to_owned(), ..oss(&endpoint) }).unwrap();
    store.put("a/b", vec!["hello ".into(), "world".into()]).await.unwrap();
    let upload = store.create_upload("a/b", UploadKind::Plain).await.unwrap();
    store.put_part("a/b", &upload, 0, vec!["hello ".into(), "world".into()]).await.unwrap();
    store.complete_upload("a/b", &upload, &[Etag::new("\"e1\"")]).await.unwrap();
    store.abort_upload("a/b", &upload).await.unwrap();
    store.check().await.unwrap();
    let seen = log.lock().unwrap().clone();
    let lines: Vec<_> = seen.iter().map(|one| format!("{} {}", one.method, one.target)).collect();
    let expected = [
        "PUT /a/b",
        "POST /a/b?uploads=",
        "PUT /a/b?partNumber=1&uploadId=u1",
        "POST /a/b?uploadId=u1",
        "DELETE /a/b?uploadId=u1",
        "GET /?list-type=2&max-keys=1",
    ];
    assert_eq!(lines, expected);
    for one in &seen {
        let text = |name: &str| one.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let refused = ["x-amz-checksum-sha256", "x-amz-trailer", "x-amz-tagging", "if-none-match", "accept-encoding"];
        refused.iter().for_each(|name| assert_eq!(text(name), "", "{one:?}"));
        assert_eq!((text("content-encoding"), text("transfer-encoding")), ("", ""), "{one:?}");
        let begin = format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/");
        let signed = text("authorization");
        assert!(signed.starts_with(&begin) && signed.contains("/cn-hangzhou/s3/aws4_request"), "{signed}");
    }
    for put in [&seen[0], &seen[2]] {
        assert_eq!(put.headers.get("content-length").unwrap(), "11");
    }
    // Over http each body is signed; over https it would say UNSIGNED-PAYLOAD.
    let hash = seen[0].headers.get("x-amz-content-sha256").unwrap().to_str().unwrap();
    assert_eq!(hash, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
}
