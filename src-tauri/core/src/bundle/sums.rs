//! `SHA256SUMS`: made while an archive is written, compared while it is read. Pure.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Names with the hashes of their content, in tar order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums(pub Vec<(String, String)>);

impl Sums {
    pub(crate) fn push(&mut self, name: &str, sha256: String) {
        self.0.push((name.to_owned(), sha256));
    }

    pub(crate) fn of(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(listed, _)| listed == name).map(|(_, sha256)| sha256.as_str())
    }

    pub(crate) fn to_text(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, (name, sha256)| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{sha256}  {name}");
            text
        })
    }

    /// `None`: it is no list of sums.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let line = |line: &str| {
            let (sha256, name) = line.split_once("  ").or_else(|| line.split_once(" *"))?;
            let is_hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
            is_hex.then(|| (name.to_owned(), sha256.to_ascii_lowercase()))
        };
        text.lines().map(line).collect::<Option<Vec<_>>>().map(Self)
    }
}

pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_they_were_written() {
        let mut sums = Sums::default();
        sums.push("manifest.json", sha256_of(b"a"));
        sums.push("package/中 文.zip", sha256_of(b"b"));
        assert_eq!(Sums::parse(sums.to_text().as_bytes()), Some(sums.clone()));
        assert_eq!(Sums::parse(sums.to_text().replace("  ", " *").as_bytes()), Some(sums));
        assert_eq!(Sums::parse(b"short  name\n"), None);
        assert_eq!(Sums::parse(b"\xff"), None);
    }
}
