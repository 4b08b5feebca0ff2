//! A real S3 store in a process of its own, and a wire before it that is as slow as a test needs.

use rainferry_sandbox::{Objects, StoreAddress};
use sha2::{Digest, Sha256};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Ended by a shell that holds it, by its own process id, as soon as our end of a pipe closes.
pub(crate) struct SeaweedFs {
    pub endpoint: String,
    _holder: Child,
}

const HOLDER: &str = r#"dir=$1; shift; "$@" </dev/null >"$dir/log" 2>&1 & held=$!; cat >/dev/null; kill -9 "$held"; wait "$held"; rm -rf "$dir""#;

impl SeaweedFs {
    pub(crate) const ACCESS_KEY: &str = "rainferry-tests";
    pub(crate) const SECRET_KEY: &str = "not-a-secret-0001";

    /// Somebody else may take a port before it does: then on others.
    pub(crate) async fn start() -> Self {
        for _ in 0..3 {
            let store = Self::spawn();
            if store.answers().await {
                return store;
            }
        }
        panic!("SeaweedFS does not answer")
    }

    fn spawn() -> Self {
        let weed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/seaweedfs/bin/weed");
        assert!(weed.is_file(), "SeaweedFS is not installed: run tests/tools/seaweedfs.sh");
        let dir = tempfile::Builder::new().prefix("rainferry-seaweed-").tempdir().unwrap().keep();
        let held: Vec<TcpListener> = (0..8).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = held.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(held);
        let endpoint = format!("http://127.0.0.1:{}", ports[0]);
        // Anybody may make buckets and look at uploads: that is the test's own business, not the client's.
        let config = serde_json::json!({"identities": [
            {"name": "anonymous", "actions": ["Admin", "Read", "Write", "List"]},
            {"name": "tests", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
             "credentials": [{"accessKey": Self::ACCESS_KEY, "secretKey": Self::SECRET_KEY}]},
        ]});
        std::fs::write(dir.join("s3.json"), config.to_string()).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", HOLDER, "holder"]).arg(&dir).arg(weed);
        command.args(["-logtostderr=true", "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]);
        command.args(["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
        command.args(["-volume.max=2000", "-master.volumeSizeLimitMB=128"]);
        let shown = dir.display();
        command.arg(format!("-dir={shown}")).arg(format!("-s3.config={shown}/s3.json"));
        command.arg(format!("-filer.localSocket={shown}/filer.sock")).arg(format!("-s3.localSocket={shown}/s3.sock"));
        let flags = ["s3.port", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port"];
        for (flag, port) in flags.into_iter().chain(["filer.port.grpc", "s3.port.grpc"]).zip(&ports) {
            command.arg(format!("-{flag}={port}"));
        }
        let holder = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { endpoint, _holder: holder }
    }

    async fn answers(&self) -> bool {
        let look = async {
            while http().get(&self.endpoint).send().await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), look).await.is_ok()
    }

    pub(crate) async fn make_bucket(&self, bucket: &str) {
        let url = format!("{}/{bucket}", self.endpoint);
        // Its parts get ready one after the other.
        let make = async {
            while !http().put(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), make).await.expect("SeaweedFS makes no bucket");
    }

    pub(crate) async fn unfinished_uploads(&self, bucket: &str) -> usize {
        let url = format!("{}/{bucket}?uploads", self.endpoint);
        let answer = http().get(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.text().await.unwrap().matches("<UploadId>").count()
    }

    pub(crate) async fn sha256(&self, bucket: &str, key: &str) -> String {
        let address = StoreAddress {
            endpoint: self.endpoint.clone(),
            bucket: bucket.to_owned(),
            access_key: Self::ACCESS_KEY.to_owned(),
            secret_key: Self::SECRET_KEY.to_owned(),
            region: String::new(),
        };
        sha256_of(&Objects::new(&address).get(bucket, key).await.unwrap())
    }
}

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    crate::world::hex(&Sha256::digest(bytes))
}

/// Bytes that do not compress and do not repeat.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Passes bytes on to a server, so many a second of what is sent to it, until it is opened.
pub(crate) struct Throttle {
    pub url: String,
    bytes_per_sec: Arc<AtomicU64>,
}

impl Throttle {
    pub(crate) async fn before(endpoint: &str, bytes_per_sec: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (to, rate) = (endpoint.trim_start_matches("http://").to_owned(), Arc::new(AtomicU64::new(bytes_per_sec)));
        let pace = rate.clone();
        // One after the other: all connections share the wire.
        let wire = Arc::new(tokio::sync::Mutex::new(()));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (to, pace, wire) = (to.clone(), pace.clone(), wire.clone());
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(to).await else { return };
                    let (mut from_client, mut to_client) = client.into_split();
                    let (mut from_server, mut to_server) = server.into_split();
                    tokio::select! {
                        _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
                        _ = trickle(&mut from_client, &mut to_server, &pace, &wire) => {}
                    }
                });
            }
        });
        Self { url, bytes_per_sec: rate }
    }

    pub(crate) fn open(&self) {
        self.bytes_per_sec.store(u64::MAX, Relaxed);
    }
}

async fn trickle(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    pace: &AtomicU64,
    wire: &tokio::sync::Mutex<()>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 256 << 10];
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 {
            // The answer may still be on its way.
            to.shutdown().await?;
            return std::future::pending().await;
        }
        let rate = pace.load(Relaxed);
        if rate < u64::MAX {
            let _turn = wire.lock().await;
            tokio::time::sleep(Duration::from_micros(count as u64 * 1_000_000 / rate)).await;
        }
        to.write_all(&bytes[..count]).await?;
    }
}
