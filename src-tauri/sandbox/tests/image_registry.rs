//! The image registry is as strict as the OCI distribution specification (1.1): logins, chunks in order, checksums, and manifests
//! whose blobs are there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rainferry_sandbox::{ImageRegistry, RegistryLogin, RegistrySpec};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

struct Bench {
    _dir: tempfile::TempDir,
    registry: ImageRegistry,
    http: reqwest::Client,
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

impl Bench {
    async fn start(change: impl FnOnce(&mut RegistrySpec)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut spec = RegistrySpec::new(dir.path(), "robot", "word");
        change(&mut spec);
        let registry = ImageRegistry::start(spec).await.unwrap();
        Self { _dir: dir, registry, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let url =
            if path.starts_with('/') { format!("http://{}{path}", self.registry.host()) } else { path.to_owned() };
        let request = self.http.request(method, url).basic_auth("robot", Some("word")).body(body.to_vec());
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    async fn begin(&self, repository: &str) -> String {
        let answer = self.ask(Method::POST, &format!("/v2/{repository}/blobs/uploads/"), &[], b"").await;
        assert_eq!(answer.status(), 202);
        at(&answer)
    }

    async fn put(&self, repository: &str, bytes: &[u8]) -> String {
        let digest = digest(bytes);
        let to = format!("{}&digest={digest}", self.begin(repository).await);
        assert_eq!(self.ask(Method::PUT, &to, &[], bytes).await.status(), 201);
        digest
    }
}

fn at(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn code(answer: Response) -> String {
    let value: Value = answer.json().await.unwrap();
    value["errors"][0]["code"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_follow_each_other_and_the_checksum_decides() {
    let bench = Bench::start(|spec| spec.login = RegistryLogin::Basic).await;
    let first = bench.begin("team/web").await;
    let sent = bench.ask(Method::PATCH, &first, &[("content-range", "0-2")], b"one").await;
    assert_eq!((sent.status().as_u16(), sent.headers()["range"].to_str().unwrap()), (202, "0-2"));
    let second = at(&sent);
    // A gap, a place that is no longer it, a chunk without a range.
    let gap = bench.ask(Method::PATCH, &second, &[("content-range", "5-7")], b"two").await;
    assert_eq!(gap.status(), 416);
    assert_eq!(bench.ask(Method::PATCH, &first, &[("content-range", "3-5")], b"two").await.status(), 416);
    assert_eq!(code(bench.ask(Method::PATCH, &second, &[], b"two").await).await, "BLOB_UPLOAD_INVALID");
    let known = bench.ask(Method::GET, &second, &[], b"").await;
    assert_eq!((known.status().as_u16(), known.headers()["range"].to_str().unwrap()), (204, "0-2"));
    let wrong = bench.ask(Method::PUT, &format!("{second}&digest={}", digest(b"other")), &[], b"").await;
    assert_eq!(code(wrong).await, "DIGEST_INVALID");
    assert_eq!(bench.ask(Method::GET, &second, &[], b"").await.status(), 404, "it is given up with that");

    let digest = bench.put("team/web", b"onetwo").await;
    let look = |repository: &str| format!("/v2/{repository}/blobs/{digest}");
    assert_eq!(bench.ask(Method::HEAD, &look("team/web"), &[], b"").await.status(), 200);
    assert_eq!(bench.ask(Method::HEAD, &look("team/other"), &[], b"").await.status(), 404, "of another repository");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_wants_its_blobs_and_its_kind() {
    const KIND: &str = "application/vnd.docker.distribution.manifest.v2+json";
    let bench = Bench::start(|spec| spec.login = RegistryLogin::Basic).await;
    let config = bench.put("team/web", b"{}").await;
    let manifest = |layer: &str, size: u64| {
        json!({
            "schemaVersion": 2, "mediaType": KIND, "config": {"mediaType": "c", "size": 2, "digest": config},
            "layers": [{"mediaType": "l", "size": size, "digest": layer}],
        })
        .to_string()
    };
    let place = "/v2/team/web/manifests/1.0";
    let put =
        async |kind: &str, text: &str| bench.ask(Method::PUT, place, &[("content-type", kind)], text.as_bytes()).await;
    let unknown = manifest(&digest(b"layer"), 5);
    assert_eq!(code(put(KIND, &unknown).await).await, "MANIFEST_BLOB_UNKNOWN");
    let layer = bench.put("team/web", b"layer").await;
    assert_eq!(code(put("application/json", &unknown).await).await, "MANIFEST_INVALID");
    assert_eq!(code(put(KIND, &manifest(&layer, 6)).await).await, "MANIFEST_BLOB_UNKNOWN");
    let good = manifest(&layer, 5);
    assert_eq!(put(KIND, &good).await.status(), 201);
    let shown = bench.ask(Method::GET, place, &[("accept", KIND)], b"").await;
    assert_eq!(shown.headers()["docker-content-digest"].to_str().unwrap(), digest(good.as_bytes()));
    assert_eq!(shown.text().await.unwrap(), good);
    assert_eq!(bench.ask(Method::GET, place, &[("accept", "text/plain")], b"").await.status(), 404);
    assert_eq!(bench.ask(Method::DELETE, place, &[], b"").await.status(), 405, "by checksum only");
    let exact = format!("/v2/team/web/manifests/{}", digest(good.as_bytes()));
    assert_eq!(bench.ask(Method::DELETE, &exact, &[], b"").await.status(), 202);
    assert!(bench.registry.images().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_for_one_repository_and_ends() {
    let bench = Bench::start(|spec| {
        spec.token_uses = 2;
        spec.reader = Some(("guest".to_owned(), "guest".to_owned()));
    })
    .await;
    let url = |path: &str| format!("http://{}{path}", bench.registry.host());
    let challenge = bench.http.get(url("/v2/")).send().await.unwrap();
    assert!(challenge.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer realm="));
    let token = async |user: &str, word: &str| {
        let asked = bench.http.get(url("/token?service=sandbox-registry&scope=repository:team/web:pull,push"));
        let answer = asked.basic_auth(user, Some(word)).send().await.unwrap();
        let status = answer.status().as_u16();
        let value: Value = answer.json().await.unwrap();
        (status, value["token"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(token("robot", "wrong").await.0, 401);
    let begin = async |token: &str, repository: &str| {
        let asked = bench.http.post(url(&format!("/v2/{repository}/blobs/uploads/")));
        asked.bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    let (_, guest) = token("guest", "guest").await;
    assert_eq!(begin(&guest, "team/web").await, 401, "one who only reads");
    let (_, writer) = token("robot", "word").await;
    assert_eq!(begin(&writer, "team/other").await, 401);
    assert_eq!(begin(&writer, "team/web").await, 202);
    assert_eq!(begin(&writer, "team/web").await, 401, "it was good for two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_registry_takes_no_more() {
    let bench = Bench::start(|spec| {
        spec.login = RegistryLogin::Open;
        spec.capacity_bytes = 6;
    })
    .await;
    bench.put("team/web", b"one").await;
    let to = format!("{}&digest={}", bench.begin("team/web").await, digest(b"fourth"));
    let refused = bench.ask(Method::PUT, &to, &[], b"fourth").await;
    assert_eq!(refused.status(), 403);
    assert_eq!(code(refused).await, "DENIED");
    assert_eq!(bench.registry.stored_bytes(), 3);
}
