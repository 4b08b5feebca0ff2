//! The registry that everybody runs (CNCF `distribution`, Debian's `docker-registry`), in a process of its own.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ended by a shell that holds it, by its own process id, as soon as our end of a pipe closes.
pub(crate) struct Distribution {
    /// `127.0.0.1:port`
    pub host: String,
    is_tls: bool,
    _holder: Child,
}

const HOLDER: &str = r#"dir=$1; shift; "$@" </dev/null >"$dir/log" 2>&1 & held=$!; cat >/dev/null; kill -9 "$held"; wait "$held"; rm -rf "$dir""#;

impl Distribution {
    pub(crate) const USER: &str = "pusher";
    pub(crate) const PASSWORD: &str = "canary-registry-5b1e";
    /// bcrypt of the password: the only kind it reads.
    const HASH: &str = "$2b$04$s5vOUp8jEeQIOb9AFEHIkO0BZnigCDK5zYtkMGMG0/EseHtRHo9.S";

    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// With the certificate of tests/fixtures/tls.
    pub(crate) async fn with_tls() -> Self {
        let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls");
        let (cert, key) = (tls.join("server.pem"), tls.join("server.key"));
        Self::with(&format!("  tls:\n    certificate: {}\n    key: {}\n", cert.display(), key.display())).await
    }

    async fn with(tls: &str) -> Self {
        let program = Path::new("/usr/bin/docker-registry");
        assert!(program.is_file(), "docker-registry is not installed: run tests/tools/install.sh");
        let dir = tempfile::Builder::new().prefix("rainferry-registry-").tempdir().unwrap().keep();
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = format!("127.0.0.1:{}", held.local_addr().unwrap().port());
        drop(held);
        let shown = dir.display();
        std::fs::write(dir.join("htpasswd"), format!("{}:{}\n", Self::USER, Self::HASH)).unwrap();
        let config = format!(
            "version: 0.1\nlog:\n  level: warn\nstorage:\n  delete:\n    enabled: true\n  filesystem:\n    rootdirectory: \
             {shown}/data\nhttp:\n  addr: {host}\n{tls}auth:\n  htpasswd:\n    realm: tests\n    path: {shown}/htpasswd\n"
        );
        std::fs::write(dir.join("config.yml"), config).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", HOLDER, "holder"]).arg(&dir).arg(program).arg("serve").arg(dir.join("config.yml"));
        let holder = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let registry = Self { host, is_tls: !tls.is_empty(), _holder: holder };
        registry.answers().await;
        registry
    }

    fn http() -> reqwest::Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pem = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls/ca.pem")).unwrap();
        let authority = reqwest::Certificate::from_pem(&pem).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_merge([authority]).build().unwrap()
    }

    async fn get(&self, path: &str) -> Result<reqwest::Response, reqwest::Error> {
        let scheme = if self.is_tls { "https" } else { "http" };
        let url = format!("{scheme}://{}/v2/{path}", self.host);
        let kind = "application/vnd.docker.distribution.manifest.v2+json";
        Self::http().get(url).header("Accept", kind).basic_auth(Self::USER, Some(Self::PASSWORD)).send().await
    }

    async fn answers(&self) {
        let look = async {
            while self.get("").await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), look).await.expect("the registry does not answer");
    }

    /// The tags of a repository; none where there is none.
    pub(crate) async fn tags(&self, repository: &str) -> Vec<String> {
        let answer = self.get(&format!("{repository}/tags/list")).await.unwrap();
        let value: serde_json::Value = answer.json().await.unwrap();
        let tags = value["tags"].as_array().into_iter().flatten();
        tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect()
    }

    pub(crate) async fn has_image(&self, repository: &str, tag: &str) -> bool {
        let answer = self.get(&format!("{repository}/manifests/{tag}")).await.unwrap();
        answer.status().is_success()
    }
}
