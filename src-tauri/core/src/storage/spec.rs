//! Saved settings of a store, and the address and region that follow from them. Pure: nothing here connects.

use super::error::StoreError;
use crate::secret::Secret;
use std::fmt;
use url::Url;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StoreKind {
    /// S3, MinIO and what is like them.
    S3,
    /// Aliyun OSS through its S3 names.
    Oss,
    /// A folder of this computer: `endpoint` is its path and `bucket` a folder in it.
    Folder,
}

/// Where a store is and how to be let in.
#[derive(Clone, Debug)]
pub(crate) struct StoreSpec {
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    /// Empty: taken from the host name (OSS), or the usual one.
    pub region: String,
    /// `https://host/bucket/key` instead of `https://bucket.host/key`. OSS knows only the latter.
    pub path_style: bool,
    pub access_key: String,
    pub secret: Secret,
    /// Certificates to trust beside the system's.
    pub ca_pem: Option<String>,
    pub allow_http: bool,
}

impl StoreSpec {
    /// The same store, another bucket: v6 regions keep objects in more than one.
    pub(crate) fn with_bucket(&self, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), ..self.clone() }
    }
}

/// Which store this is. Two that have one endpoint are one store with, perhaps, two buckets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StoreIdentity {
    pub kind: StoreKind,
    /// Scheme, host and port, without the bucket.
    pub endpoint: String,
    pub bucket: String,
}

impl StoreIdentity {
    /// Whether one request can copy from the other bucket to this one, or within it.
    pub(crate) fn same_endpoint(&self, other: &Self) -> bool {
        self.kind == other.kind && self.endpoint == other.endpoint
    }
}

impl fmt::Display for StoreIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bucket {} of {}", self.bucket, self.endpoint)
    }
}

/// What a spec comes down to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub identity: StoreIdentity,
    pub region: String,
    /// What `/key` is appended to, the bucket included.
    pub base: String,
    pub https: bool,
}

const USUAL_REGION: &str = "us-east-1";

/// Works out where requests go. A bucket's name and an endpoint are text from elsewhere: both are checked.
pub(crate) fn address(spec: &StoreSpec) -> Result<Address, StoreError> {
    check_bucket(&spec.bucket)?;
    let url = endpoint_url(spec)?;
    let host = url.host_str().ok_or_else(|| bad("endpoint", "it names no host"))?.to_owned();
    let https = url.scheme() == "https";
    if !https && !spec.allow_http {
        return Err(bad("endpoint", "it is http, and only https is allowed"));
    }
    let (host, in_host) = match spec.kind {
        StoreKind::Oss => oss_host(&host, &spec.bucket),
        StoreKind::S3 | StoreKind::Folder => (host, if spec.path_style { None } else { Some(spec.bucket.clone()) }),
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let endpoint = format!("{}://{host}{port}", url.scheme());
    let base = match (&in_host, spec.kind) {
        (Some(bucket), _) if bucket.is_empty() => endpoint.clone(),
        (Some(bucket), _) => format!("{}://{bucket}.{host}{port}", url.scheme()),
        (None, _) => format!("{endpoint}/{}", spec.bucket),
    };
    let region = region(spec, &host)?;
    let identity = StoreIdentity { kind: spec.kind, endpoint, bucket: spec.bucket.clone() };
    Ok(Address { identity, region, base, https })
}

fn endpoint_url(spec: &StoreSpec) -> Result<Url, StoreError> {
    let text = spec.endpoint.trim();
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&full).map_err(|error| bad("endpoint", &error.to_string()))?;
    match url.scheme() {
        "http" | "https" => {}
        other => return Err(bad("endpoint", &format!("{other} is no scheme of a store"))),
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() {
        return Err(bad("endpoint", "it has a path; give scheme, host and port"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("endpoint", "it holds a user name or password"));
    }
    Ok(url)
}

/// The host to talk to, and the bucket to put before it (empty: the host is the bucket's own name).
///
/// Signed path-style requests get 403 `SecondLevelDomainForbidden` from OSS, so there is no other way; a host outside
/// `aliyuncs.com` is a custom domain bound to one bucket, the only kind that newer accounts may use in the mainland.
fn oss_host(host: &str, bucket: &str) -> (String, Option<String>) {
    let Some(name) = host.strip_suffix(".aliyuncs.com") else {
        return (host.to_owned(), Some(String::new()));
    };
    let name = name.strip_prefix(&format!("{bucket}.")).unwrap_or(name);
    let name = if name.starts_with("oss-") { format!("s3.{name}") } else { name.to_owned() };
    (format!("{name}.aliyuncs.com"), Some(bucket.to_owned()))
}

fn region(spec: &StoreSpec, host: &str) -> Result<String, StoreError> {
    let given = spec.region.trim();
    match spec.kind {
        StoreKind::Oss if given.is_empty() => oss_region(host)
            .ok_or_else(|| bad("region", "the host name does not tell it; give one such as cn-hangzhou")),
        StoreKind::Oss => Ok(given.trim_start_matches("oss-").to_owned()),
        StoreKind::S3 | StoreKind::Folder if given.is_empty() => Ok(USUAL_REGION.to_owned()),
        StoreKind::S3 | StoreKind::Folder => Ok(given.to_owned()),
    }
}

fn oss_region(host: &str) -> Option<String> {
    let name = host.strip_suffix(".aliyuncs.com")?.trim_start_matches("s3.").strip_prefix("oss-")?;
    let region = name.trim_end_matches("-internal");
    if region.starts_with("accelerate") || region.contains('.') { None } else { Some(region.to_owned()) }
}

fn check_bucket(bucket: &str) -> Result<(), StoreError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if bucket.is_empty() || bucket.len() > 255 || !bucket.chars().all(fits) || bucket.starts_with('.') {
        return Err(bad("bucket", "a bucket's name is letters, digits, dots and dashes"));
    }
    Ok(())
}

pub(crate) fn bad(field: &'static str, reason: &str) -> StoreError {
    StoreError::BadSpec { field, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: StoreKind, endpoint: &str, bucket: &str) -> StoreSpec {
        StoreSpec {
            kind,
            endpoint: endpoint.to_owned(),
            bucket: bucket.to_owned(),
            region: String::new(),
            path_style: kind == StoreKind::S3,
            access_key: "ak".to_owned(),
            secret: Secret::new("sk"),
            ca_pem: None,
            allow_http: true,
        }
    }

    fn check(kind: StoreKind, endpoint: &str, bucket: &str, base: &str, region: &str) {
        let got = address(&spec(kind, endpoint, bucket)).unwrap();
        assert_eq!((got.base.as_str(), got.region.as_str()), (base, region), "{endpoint}");
    }

    #[test]
    fn requests_go_where_each_kind_of_store_wants_them() {
        use StoreKind::{Oss, S3};
        check(S3, "http://minio:9000", "grdata", "http://minio:9000/grdata", "us-east-1");
        check(S3, "minio.example.com/", "grdata", "https://minio.example.com/grdata", "us-east-1");
        check(S3, "https://[::1]:9000", "C", "https://[::1]:9000/C", "us-east-1");
        let s3 = "https://backups.s3.oss-cn-hangzhou.aliyuncs.com";
        check(Oss, "https://s3.oss-cn-hangzhou.aliyuncs.com", "backups", s3, "cn-hangzhou");
        check(Oss, "oss-cn-hangzhou.aliyuncs.com", "backups", s3, "cn-hangzhou");
        check(Oss, "https://backups.oss-cn-hangzhou.aliyuncs.com", "backups", s3, "cn-hangzhou");
        let inside = "https://b.s3.oss-cn-shanghai-internal.aliyuncs.com";
        check(Oss, "https://s3.oss-cn-shanghai-internal.aliyuncs.com", "b", inside, "cn-shanghai");
    }

    #[test]
    fn a_custom_domain_is_the_bucket_itself_and_needs_a_region() {
        let mut spec = spec(StoreKind::Oss, "https://files.example.com", "backups");
        assert!(matches!(address(&spec), Err(StoreError::BadSpec { field: "region", .. })));
        spec.region = "oss-cn-beijing".to_owned();
        let got = address(&spec).unwrap();
        assert_eq!((got.base.as_str(), got.region.as_str()), ("https://files.example.com", "cn-beijing"));
    }

    #[test]
    fn virtual_hosts_are_used_where_path_style_is_off() {
        let mut spec = spec(StoreKind::S3, "https://s3.example.com:8443", "b");
        spec.path_style = false;
        assert_eq!(address(&spec).unwrap().base, "https://b.s3.example.com:8443");
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_field() {
        let check = |endpoint: &str, bucket: &str, field: &str| {
            let got = address(&spec(StoreKind::S3, endpoint, bucket)).unwrap_err();
            assert!(
                matches!(&got, StoreError::BadSpec { field: f, .. } if *f == field),
                "{endpoint} {bucket}: {got:?}"
            );
        };
        check("ftp://host", "b", "endpoint");
        check("", "b", "endpoint");
        check("https://host/path", "b", "endpoint");
        check("https://user:pw@host", "b", "endpoint");
        check("https://host", "", "bucket");
        check("https://host", "../x", "bucket");
        check("https://host", "a/b", "bucket");
    }

    #[test]
    fn plain_http_needs_leave() {
        let mut spec = spec(StoreKind::S3, "http://host", "b");
        spec.allow_http = false;
        assert!(matches!(address(&spec), Err(StoreError::BadSpec { field: "endpoint", .. })));
    }

    #[test]
    fn two_buckets_of_one_endpoint_are_one_store() {
        let of = |endpoint: &str, bucket: &str| address(&spec(StoreKind::S3, endpoint, bucket)).unwrap().identity;
        assert!(of("http://HOST:9000/", "a").same_endpoint(&of("http://host:9000", "b")));
        assert!(!of("http://host:9000", "a").same_endpoint(&of("http://host:9001", "a")));
    }
}
