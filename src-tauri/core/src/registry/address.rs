//! `HOST[:port]/namespace`: where images go, and what they are called there.

use super::error::RegistryError;
use crate::image::split_tag;
use std::fmt;

/// Of a repository's last segment; registries take far longer ones, names of Kubernetes do not.
const SEGMENT_LIMIT: usize = 48;
/// Of a tag (OCI distribution specification 1.1, “Pulling manifests”).
const TAG_LIMIT: usize = 128;
/// Of the manifest's checksum in a tag.
const MARK_LEN: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegistryAddress {
    /// With its port where one was given.
    pub host: String,
    /// May be empty.
    pub namespace: String,
}

impl RegistryAddress {
    pub(crate) fn parse(text: &str) -> Result<Self, RegistryError> {
        // What is before an @ may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default().trim().to_owned();
        let bad = |why| Err(RegistryError::BadAddress { address: shown.clone(), why });
        if text.contains('@') {
            return bad("it must not hold a user or password");
        }
        let text = text.trim().trim_end_matches('/');
        let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let (host, namespace) = text.split_once('/').unwrap_or((text, ""));
        let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if name.is_empty() || !name.chars().all(plain) || port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return bad("its host cannot be read");
        }
        // Without one of these it is a name on Docker's own registry (`distribution/reference`, `normalize.go`).
        if !host.contains(['.', ':']) && host != "localhost" {
            return bad("its first part must be a host, with a dot or a port");
        }
        if !namespace.is_empty() && !namespace.split('/').all(is_segment) {
            return bad("its namespace may have small letters, digits, and . _ - between them");
        }
        Ok(Self { host: host.to_ascii_lowercase(), namespace: namespace.to_owned() })
    }

    /// A repository below the namespace, made of any name.
    pub(crate) fn repository(&self, name: &str) -> String {
        let segment = slug(name);
        match self.namespace.as_str() {
            "" => segment,
            namespace => format!("{namespace}/{segment}"),
        }
    }

    /// The whole name of an image: host, repository, tag.
    pub(crate) fn image(&self, repository: &str, tag: &str) -> String {
        format!("{}/{repository}:{tag}", self.host)
    }

    /// Repository and tag of a name that [`Self::image`] made.
    pub(crate) fn split<'a>(&self, image: &'a str) -> Option<(&'a str, &'a str)> {
        let rest = image.strip_prefix(&self.host)?.strip_prefix('/')?;
        rest.rsplit_once(':')
    }
}

impl fmt::Display for RegistryAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => f.write_str(&self.host),
            namespace => write!(f, "{}/{namespace}", self.host),
        }
    }
}

/// A tag that says what it is of and holds a mark of the manifest: one tag, one image, for all time, so that two backups of one
/// image share it and no other image is ever overwritten.
pub(crate) fn tag(old_name: &str, manifest_digest: &str) -> String {
    let hex = manifest_digest.split_once(':').map_or(manifest_digest, |(_, hex)| hex);
    let mark = hex.get(..MARK_LEN).unwrap_or(hex);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let version: String = split_tag(old_name).1.unwrap_or_default().chars().filter(|c| plain(*c)).collect();
    let version = version.trim_start_matches(['.', '-']);
    let version = version.get(..version.len().min(TAG_LIMIT - MARK_LEN - 1)).unwrap_or_default();
    if version.is_empty() { mark.to_owned() } else { format!("{version}-{mark}") }
}

/// `[a-z0-9]+` with single separators between (OCI distribution specification 1.1).
fn is_segment(segment: &str) -> bool {
    let alnum = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    segment.chars().all(|c| alnum(c) || matches!(c, '.' | '_' | '-'))
        && segment.starts_with(alnum)
        && segment.ends_with(alnum)
        && !segment.contains("..")
}

/// A name as a repository's segment; what has no letter of these at all is called `image`.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '-' };
        if (c != '-' || !slug.is_empty() && !slug.ends_with('-')) && slug.len() < SEGMENT_LIMIT {
            slug.push(c);
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "image".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_namespaces_are_told_apart() {
        let check = |text: &str, host: &str, namespace: &str| {
            let address = RegistryAddress::parse(text).unwrap();
            assert_eq!((address.host.as_str(), address.namespace.as_str()), (host, namespace), "{text}");
        };
        check("reg.example.com:5000/team/apps", "reg.example.com:5000", "team/apps");
        check("https://Reg.example.com/team/", "reg.example.com", "team");
        check("localhost/x", "localhost", "x");
        check("127.0.0.1:5000", "127.0.0.1:5000", "");
        for bad in [
            "",
            "team/apps",
            "reg.example.com:port/x",
            "reg.example.com/Team",
            "reg.example.com/a//b",
            "u:secret@r.io/x",
        ] {
            let error = RegistryAddress::parse(bad).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn names_are_such_as_every_registry_takes() {
        let address = RegistryAddress::parse("r.io/team").unwrap();
        assert_eq!(address.repository("Order_DB"), "team/order-db");
        assert_eq!(address.repository("订单"), "team/image");
        let digest = "sha256:0123456789abcdef0123";
        assert_eq!(tag("goodrain.me/web:20260101", digest), "20260101-0123456789ab");
        assert_eq!(tag("goodrain.me/web", digest), "0123456789ab");
        let long = tag(&format!("web:{}", "9".repeat(200)), digest);
        assert_eq!(long.len(), TAG_LIMIT);
        let image = address.image("team/order-db", "1");
        assert_eq!(address.split(&image), Some(("team/order-db", "1")));
        assert_eq!(address.split("other.io/team/order-db:1"), None);
    }
}
