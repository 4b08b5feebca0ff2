//! All bad files, made anew each time, and the list of them that is kept: what each must be refused with.

use crate::{answers, bundles, images, journals, packages, sealed, tickets};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// Which door a file goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Ticket,
    Bundle,
    Package,
    Image,
    Export,
    Answer,
    Journal,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Ticket, Self::Bundle, Self::Package, Self::Image, Self::Export, Self::Answer, Self::Journal];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Bundle => "bundle",
            Self::Package => "package",
            Self::Image => "image",
            Self::Export => "export",
            Self::Answer => "answer",
            Self::Journal => "journal",
        }
    }

    /// What its files may be refused with; the list says with which of them.
    pub(crate) fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Ticket => &["ticket_damaged"],
            Self::Bundle => &["bundle_damaged", "not_a_bundle", "bundle_too_new", "passphrase_wrong"],
            Self::Package | Self::Image | Self::Export => &["package_damaged"],
            Self::Answer => &[
                "bad_answer",
                "not_rainbond",
                "console_refused",
                "unreachable",
                "forbidden",
                "unsupported",
                "cluster_down",
                "login_refused",
                "login_expired",
            ],
            Self::Journal => &["state_damaged"],
        }
    }
}

pub(crate) struct Case {
    pub kind: Kind,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Case {
    pub(crate) fn new(kind: Kind, name: &str, bytes: Vec<u8>) -> Self {
        Self { kind, name: format!("{}-{name}", kind.word()), bytes }
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    crate::world::hex(&Sha256::digest(bytes))
}

/// Every case once; two files of one kind with the same bytes would count twice for nothing.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    tickets::all(&mut cases);
    bundles::all(&mut cases);
    sealed::all(&mut cases);
    packages::all(&mut cases);
    images::all(&mut cases);
    answers::all(&mut cases);
    journals::all(&mut cases);
    let mut names = HashSet::new();
    let mut contents = HashSet::new();
    cases.retain(|case| {
        assert!(names.insert(case.name.clone()), "{} is there twice", case.name);
        // The same answer at another stage is another case.
        case.kind == Kind::Answer || contents.insert((case.kind, sha256(&case.bytes)))
    });
    cases
}

/// A line of the list: name, kind, code, SHA-256.
pub(crate) struct Expected {
    pub code: String,
    pub sha256: String,
}

pub(crate) fn list_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile/list.tsv")
}

pub(crate) fn list() -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(list_path()).unwrap_or_default();
    let line = |line: &str| {
        let [name, _, code, sha256] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        (name.to_owned(), Expected { code: code.to_owned(), sha256: sha256.to_owned() })
    };
    text.lines().map(line).collect()
}

pub(crate) fn write_list(lines: &BTreeMap<String, (Kind, String, String)>) {
    let text: String = lines
        .iter()
        .map(|(name, (kind, code, sha256))| format!("{name}\t{}\t{code}\t{sha256}\n", kind.word()))
        .collect();
    std::fs::create_dir_all(list_path().parent().unwrap()).unwrap();
    std::fs::write(list_path(), text).unwrap();
}
