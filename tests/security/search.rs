//! Looks for secrets in texts, files and bundles, and at who may read a file.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What must be nowhere, each with a name that may be told.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// Those of the world, and what no log and no file of ours holds whatever its value: tokens and signed addresses.
    pub(crate) fn new(known: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let always = [
            ("a signed address", "X-Amz-Signature="),
            ("a signed address, escaped", "X-Amz-Signature%3D"),
            ("a token of a console", "GRJWT ey"),
            ("a token's second half", ".eyJ"),
            ("a registry's token", "Bearer "),
        ];
        let always = always.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let known = known.into_iter().map(|(name, text)| (name.to_owned(), text));
        let all: Vec<_> = known.chain(always).collect();
        assert!(all.iter().all(|(_, text)| text.len() > 3));
        Self(all)
    }

    pub(crate) fn and(mut self, name: &str, text: &str) -> Self {
        self.0.push((name.to_owned(), text.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Which of them a text holds; what stands before the place is told, the secret is not.
    pub(crate) fn within(&self, place: &str, text: &[u8]) -> Vec<String> {
        let found = |(name, secret): &(String, String)| {
            let at = text.windows(secret.len()).position(|window| window == secret.as_bytes())?;
            let before = String::from_utf8_lossy(&text[at.saturating_sub(120)..at]).into_owned();
            Some(format!("{place} holds {name}, after “{before}”"))
        };
        self.0.iter().filter_map(found).collect()
    }
}

/// Everything below a folder, but what lies in `except`; folders too.
pub(crate) fn below(folder: &Path, except: &[&str]) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if except.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        if path.is_dir() { found.extend(below(&path, except)) } else { found.push(path) }
    }
    found
}

/// Files below a folder that hold a secret. A bundle is looked at packed and unpacked: what an app's own settings hold is in it
/// by purpose, and is not among `ours`.
pub(crate) fn in_files(folder: &Path, except: &[&str], all: &Secrets, ours: &Secrets) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in below(folder, except).into_iter().filter(|path| path.is_file()) {
        let place = path.display().to_string();
        let text = std::fs::read(&path).unwrap();
        if place.ends_with(".tar.zst") {
            let plain = std::process::Command::new("tar").args(["--zstd", "-xOf", &place]).output().unwrap();
            assert!(plain.status.success(), "{place} is no bundle");
            wrong.extend(ours.within(&place, &plain.stdout));
            wrong.extend(ours.within(&place, &text));
        } else if place.ends_with(".bak") {
            wrong.extend(ours.within(&place, &text));
        } else {
            wrong.extend(all.within(&place, &text));
        }
    }
    wrong
}

/// Files and folders that others may read, write or enter.
pub(crate) fn open_to_others(folder: &Path, except: &[&str]) -> Vec<String> {
    let mode = |path: &PathBuf| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    let rows = below(folder, except).into_iter().map(|path| (mode(&path), path));
    let wanted = |path: &Path| if path.is_dir() { 0o700 } else { 0o600 };
    let wrong = rows.filter(|(mode, path)| *mode != wanted(path));
    wrong.map(|(mode, path)| format!("{} is {mode:o}", path.display())).collect()
}
