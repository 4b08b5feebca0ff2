//! What fuzzers begin with, and a thousand changes of each, in every test run: nothing panics, and nothing that is written
//! again differs from what was read.

use super::*;
use std::path::PathBuf;

const CHANGES: u32 = 1_000;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn package_fixture(name: &str) -> Vec<u8> {
    std::fs::read(crate::package::tests::kit::fixture(name)).unwrap()
}

/// The same numbers every time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end.max(1) as u64).unwrap()
    }

    /// Numbers that are at the edge of something.
    fn edge(&mut self) -> u8 {
        [0, 1, 0x7f, 0x80, 0xfe, 0xff, b'"', b'{', b'[', b'/', b'.', b'9'][self.below(12)]
    }
}

/// Some bytes flipped, set, cut out, doubled or cut off.
fn changed(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        let len = dice.below(64).min(bytes.len() - at);
        match dice.below(6) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = dice.edge(),
            2 => bytes[at..at + len].fill(dice.edge()),
            3 => drop(bytes.drain(at..at + len)),
            4 => {
                let piece = bytes[at..at + len].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

#[track_caller]
fn replay(seeds: &[Vec<u8>], read: impl Fn(&[u8]) -> Result<(), Problem>) {
    assert!(!seeds.is_empty());
    for seed in seeds {
        read(seed).unwrap_or_else(|problem| panic!("a seed is refused: {problem:?}"));
        let mut dice = Dice(0x5eed);
        for number in 0..CHANGES {
            if let Err(problem) = read(&changed(seed, &mut dice)) {
                assert_ne!(problem.code, Code::Internal, "change {number}: {problem:?}");
                assert!(!problem.message.is_empty());
            }
        }
    }
}

#[test]
fn tickets() {
    let file = |name: &str| fixture(&format!("recorded/v6.9.8/files/{name}.bak"));
    replay(&[file("ascii-note"), file("unicode-note"), file("failed-backup"), old_ticket()], ticket);
}

fn old_ticket() -> Vec<u8> {
    let record = bak::decode(&fixture("recorded/v6.9.8/files/unicode-note.bak")).unwrap().record;
    bak::encode(&record, bak::Encoding::Old, bak::Salt::from_number(7)).into_bytes()
}

/// The same record with another text, in a ticket whose tag fits: what is behind the tag is reached, too.
#[test]
fn records_behind_a_tag_that_fits() {
    let text = fixture("recorded/v6.9.8/files/ascii-note.plain.json");
    let read = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        bak::TicketRecord::from_json(&text)?;
        Ok(())
    };
    replay(&[text], read);
}

/// Only the directory and what follows it are changed.
#[test]
fn package_directories() {
    for name in ["v5-no-volume-data", "v6-with-volume-data"] {
        let whole = package_fixture(name);
        let at = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        let (front, tail) = whole.split_at(at);
        replay(&[tail.to_vec()], |tail| package_directory(&[front, tail].concat()));
    }
}

#[test]
fn packages() {
    replay(&[package_fixture("v6-with-volume-data")], package);
}

#[test]
fn metadata_of_clusters_and_consoles() {
    let read = |name: &str, file: &str| {
        let ctx = Ctx::new(Arc::new(SystemClock));
        let reader = Arc::new(InMemory(package_fixture(name).into()));
        futures::executor::block_on(async {
            let package = crate::package::Package::open(&ctx, reader).await.unwrap();
            let entry = package.find(file).unwrap();
            package.read_member(&ctx, entry, MEMBER_LIMIT_BYTES).await.unwrap().to_vec()
        })
    };
    for name in ["v5-no-volume-data", "v6-with-volume-data"] {
        replay(&[read(name, "region_apps_metadata.json")], region_metadata);
        replay(&[read(name, "console_apps_metadata.json")], console_metadata);
    }
}

#[test]
fn manifests() {
    replay(&[fixture("bundles/format-1.manifest.json")], manifest);
}

#[test]
fn journals() {
    replay(&[fixture("journals/migrate.jsonl")], journal);
}

#[test]
fn envelopes() {
    let seeds = ["240-team-apps-page1", "750-backups-all-team-after", "100-config-info-anonymous"]
        .map(|name| body_of(&fixture(&format!("recorded/v6.9.8/{name}.json"))));
    replay(&seeds, |bytes| envelope(200, "application/json", bytes));
    for status in [302, 401, 404, 412, 500, 502] {
        replay_refused(&seeds, |bytes| envelope(status, "text/html", bytes));
    }
}

/// The body of a recorded exchange.
fn body_of(recording: &[u8]) -> Vec<u8> {
    let value: Value = serde_json::from_slice(recording).unwrap();
    let body = value.pointer("/response/body").or_else(|| value.get("body")).unwrap_or(&value);
    body.to_string().into_bytes()
}

fn replay_refused(seeds: &[Vec<u8>], read: impl Fn(&[u8]) -> Result<(), Problem>) {
    for seed in seeds {
        let mut dice = Dice(0x5eed);
        for _ in 0..CHANGES / 10 {
            assert!(read(&changed(seed, &mut dice)).is_err());
        }
    }
}

#[test]
fn application_packages() {
    replay(
        &["rich-v5.6", "rich-v6.9.8"].map(|name| fixture(&format!("templates/{name}/metadata.json"))),
        import_package,
    );
}

#[test]
fn image_archives() {
    replay(&[image::docker_archive(b"program", "r.test/x/web:1", "amd64")], image);
}
