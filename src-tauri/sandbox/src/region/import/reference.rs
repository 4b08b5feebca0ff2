//! Names of images: how a reference is read, and what it is called after the region has pushed it.

/// A reference with host and tag, as container runtimes keep it: `docker.io/library/` where no host is named.
/// Refused are an empty name, blanks and capitals, as by the reference parser.
pub(super) fn normalised(name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("invalid reference format: repository name must have at least one component".to_owned());
    }
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "._-/:@".contains(ch);
    if !name.chars().all(plain) {
        return Err(format!("invalid reference format: {name}"));
    }
    let (host, rest) = match name.split_once('/') {
        Some((host, rest)) if is_host(host) => (host, rest.to_owned()),
        Some(_) => ("docker.io", name.to_owned()),
        None => ("docker.io", format!("library/{name}")),
    };
    let (repository, tag) = tagged(&rest);
    if repository.is_empty() || tag.is_empty() || repository.chars().any(|ch| ch.is_ascii_uppercase()) {
        return Err(format!("invalid reference format: {name}"));
    }
    Ok(format!("{host}/{repository}:{tag}"))
}

fn is_host(text: &str) -> bool {
    text.contains(['.', ':']) || text == "localhost"
}

fn tagged(rest: &str) -> (&str, &str) {
    match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (rest, "latest"),
    }
}

/// The name after the push: `<hub>/<rest>:<tag>`, where `<rest>` lacks the host and the first path segment
/// (rainbond-oam pkg/util/docker/image.go `NewImageName`; rebuild.md §1.2).
pub(super) fn pushed(name: &str, hub: &str) -> Result<String, String> {
    let whole = normalised(name)?;
    let (_, path) = whole.split_once('/').unwrap_or_default();
    let (repository, tag) = tagged(path);
    let rest = repository.split_once('/').map_or(repository, |(_, rest)| rest);
    Ok(format!("{hub}/{rest}:{tag}"))
}

/// The name without its registry's host.
pub(super) fn without_host(name: &str) -> Result<String, String> {
    normalised(name)?;
    Ok(match name.split_once('/') {
        Some((host, rest)) if is_host(host) => rest.to_owned(),
        _ => name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_their_host_and_tag() {
        assert_eq!(normalised("nginx").unwrap(), "docker.io/library/nginx:latest");
        assert_eq!(normalised("shop/web:1").unwrap(), "docker.io/shop/web:1");
        assert_eq!(normalised("localhost:5000/a/b:2").unwrap(), "localhost:5000/a/b:2");
        for bad in ["", "a b", "Web:1", "web:"] {
            assert!(normalised(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn host_and_first_segment_give_way_to_the_hub() {
        assert_eq!(pushed("old.test/ns1/web:v1", "hub.test").unwrap(), "hub.test/web:v1");
        assert_eq!(pushed("other.test/ns2/web:v1", "hub.test").unwrap(), "hub.test/web:v1");
        assert_eq!(pushed("goodrain.me/web:v1", "hub.test").unwrap(), "hub.test/web:v1");
        assert_eq!(pushed("rbm.local/x/a/web:v1", "hub.test").unwrap(), "hub.test/a/web:v1");
    }
}
