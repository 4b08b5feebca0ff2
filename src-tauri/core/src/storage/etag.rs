//! What a store calls the content of an object: often, and never surely, an MD5.

use std::fmt;

/// An ETag as the store sent it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Etag(String);

impl Etag {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it was sent, quotes and all: for `If-Match` and for completing an upload.
    pub(crate) fn as_sent(&self) -> &str {
        &self.0
    }

    /// Without quotes and in small letters: OSS writes hex in capitals.
    pub(crate) fn plain(&self) -> String {
        self.0.trim().trim_start_matches("W/").trim_matches('"').to_ascii_lowercase()
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        self.plain() == other.plain()
    }

    /// Whether it has the shape of the MD5 of a whole body. Servers that encrypt send the shape without the meaning.
    pub(crate) fn looks_like_md5(&self) -> bool {
        is_md5_hex(&self.plain())
    }

    /// The number of parts, when it has the shape `<md5 of md5s>-<parts>`.
    pub(crate) fn part_count(&self) -> Option<u32> {
        let plain = self.plain();
        let (hash, count) = plain.split_once('-')?;
        if is_md5_hex(hash) { count.parse().ok() } else { None }
    }
}

fn is_md5_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

impl fmt::Debug for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Etag({})", self.0)
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    #[test]
    fn the_same_content_is_the_same_etag_however_it_is_written() {
        assert!(Etag::new(format!("\"{MD5}\"")).same(&Etag::new(MD5.to_uppercase())));
        assert!(!Etag::new(format!("{MD5}-2")).same(&Etag::new(MD5)));
    }

    #[test]
    fn only_an_md5_of_md5s_names_its_parts() {
        let check = |text: &str, expected| assert_eq!(Etag::new(text).part_count(), expected, "{text}");
        check(&format!("\"{MD5}-52\""), Some(52));
        check(&format!("\"{MD5}\""), None);
        check(&format!("{MD5}-x"), None);
        check("5f-3", None);
        check("", None);
    }
}
