//! Stores for tests: a folder, s3s-fs in this process, and one SeaweedFS for all tests of a run.

use super::open::open_bucket;
use super::spec::{StoreKind, StoreSpec};
use super::store::Store;
use super::wire::{Ask, Tries, Wire};
use crate::secret::Secret;
use http::Method;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

pub(crate) const ACCESS_KEY: &str = "rainferry-tests";
pub(crate) const SECRET_KEY: &str = "not-a-secret-0001";

/// Bytes that do not compress, the same for the same seed.
pub(crate) fn noise(len: usize, seed: u64) -> bytes::Bytes {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    out.truncate(len);
    out.into()
}

pub(crate) fn spec(endpoint: &str, bucket: &str) -> StoreSpec {
    StoreSpec {
        kind: StoreKind::S3,
        endpoint: endpoint.to_owned(),
        bucket: bucket.to_owned(),
        region: String::new(),
        path_style: true,
        access_key: ACCESS_KEY.to_owned(),
        secret: Secret::new(SECRET_KEY),
        ca_pem: None,
        allow_http: true,
    }
}

pub(crate) fn folder_store(root: &Path, bucket: &str) -> Arc<dyn Store> {
    std::fs::create_dir_all(root.join(bucket)).unwrap();
    let spec = StoreSpec { kind: StoreKind::Folder, ..spec(root.to_str().unwrap(), bucket) };
    super::open(&spec).unwrap()
}

/// An S3 server in this process, over a folder that goes with it.
pub(crate) struct S3sFs {
    pub endpoint: String,
    root: tempfile::TempDir,
    _accepting: tokio_util::task::AbortOnDropHandle<()>,
}

impl S3sFs {
    pub(crate) async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut builder = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        builder.set_auth(s3s::auth::SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let accepting = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let io = hyper_util::rt::TokioIo::new(socket);
                let connection = hyper::server::conn::http1::Builder::new().serve_connection(io, service.clone());
                tokio::spawn(connection);
            }
        });
        Self { endpoint, root, _accepting: tokio_util::task::AbortOnDropHandle::new(accepting) }
    }

    pub(crate) fn bucket(&self, name: &str) -> StoreSpec {
        std::fs::create_dir_all(self.root.path().join(name)).unwrap();
        spec(&self.endpoint, name)
    }
}

/// The SeaweedFS of this run. A shell holds it and ends it, by its own process id, as soon as our end of a pipe closes:
/// when the tests are over, however they end.
pub(crate) struct SeaweedFs {
    pub endpoint: String,
    _holder: Mutex<Child>,
}

const INSTALLER: &str = "tests/tools/seaweedfs.sh";

impl SeaweedFs {
    /// Starts it once for all tests of this process.
    pub(crate) fn shared() -> &'static Self {
        static SERVER: OnceLock<SeaweedFs> = OnceLock::new();
        SERVER.get_or_init(|| Self::start().unwrap())
    }

    fn start() -> std::io::Result<Self> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let weed = home.join("target/seaweedfs/bin/weed");
        assert!(weed.is_file(), "SeaweedFS is not installed: run {INSTALLER}");
        let dir = tempfile::Builder::new().prefix("rainferry-seaweed-").tempdir()?.keep();
        let ports: Vec<u16> = free_ports(8)?;
        let endpoint = format!("http://127.0.0.1:{}", ports[0]);
        let holder = Command::new("sh")
            .args(["-c", HOLDER, "holder"])
            .arg(&dir)
            .arg(weed)
            .args(arguments(&dir, &ports)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        wait_until_it_answers(&endpoint, &dir);
        Ok(Self { endpoint, _holder: Mutex::new(holder) })
    }

    /// A bucket of its own for one test.
    pub(crate) async fn bucket(&self, name: &str) -> StoreSpec {
        let spec = spec(&self.endpoint, name);
        create_bucket(&spec).await;
        spec
    }
}

/// `$1` is the folder to remove, the rest the command to hold.
const HOLDER: &str = r#"dir=$1; shift; "$@" </dev/null >"$dir/log" 2>&1 & held=$!; cat >/dev/null; kill -9 "$held"; wait "$held"; rm -rf "$dir""#;

fn free_ports(count: usize) -> std::io::Result<Vec<u16>> {
    let held: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    held.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

fn arguments(dir: &Path, ports: &[u16]) -> std::io::Result<Vec<String>> {
    let config: PathBuf = dir.join("s3.json");
    let identity = serde_json::json!({"identities": [{
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }]});
    std::fs::File::create(&config)?.write_all(identity.to_string().as_bytes())?;
    let dir = dir.display();
    let mut all: Vec<String> = ["-logtostderr=true", "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        .into_iter()
        .chain(["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=2000"])
        .chain(["-master.volumeSizeLimitMB=128"])
        .map(str::to_owned)
        .collect();
    all.push(format!("-dir={dir}"));
    all.push(format!("-s3.config={}", config.display()));
    all.push(format!("-filer.localSocket={dir}/filer.sock"));
    all.push(format!("-s3.localSocket={dir}/s3.sock"));
    let flags = ["s3.port", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc"].into_iter().chain([
        "filer.port",
        "filer.port.grpc",
        "s3.port.grpc",
    ]);
    all.extend(flags.zip(ports).map(|(flag, port)| format!("-{flag}={port}")));
    Ok(all)
}

#[expect(clippy::disallowed_methods, reason = "a server of another language says when it is ready by answering")]
fn wait_until_it_answers(endpoint: &str, dir: &Path) {
    let address = endpoint.trim_start_matches("http://");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if answers(address).unwrap_or(false) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
    panic!("SeaweedFS does not answer at {endpoint}:\n{log}");
}

fn answers(address: &str) -> std::io::Result<bool> {
    use std::io::Read;
    let mut socket = std::net::TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    socket.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut head = [0; 12];
    socket.read_exact(&mut head)?;
    Ok(head.starts_with(b"HTTP/1."))
}

/// Creating buckets is no work of ours, so the store has no method for it.
pub(crate) async fn create_bucket(spec: &StoreSpec) {
    let wire: Wire = open_bucket(spec).unwrap().into_wire();
    let ask = Ask { method: Method::PUT, doing: "create", key: "", ..Ask::default() };
    wire.ask(&ask, Tries::Patiently).await.unwrap();
}
