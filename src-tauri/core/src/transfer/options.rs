//! What a transfer is given and what it gives back.

use super::parts::Parts;
use super::valve::Valve;
use crate::storage::{Etag, Store};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// An object in a store.
#[derive(Clone, Debug)]
pub(crate) struct ObjectRef {
    pub store: Arc<dyn Store>,
    pub key: String,
}

impl ObjectRef {
    pub(crate) fn new(store: Arc<dyn Store>, key: impl Into<String>) -> Self {
        Self { store, key: key.into() }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.key, self.store.identity())
    }
}

/// What becomes of a half-made upload or file when the transfer is cancelled. After an error both stay, to be resumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnCancel {
    /// Nothing is left behind.
    #[default]
    Discard,
    /// It stays for a later resume (a pause, or the program ends); [`super::discard`] removes it.
    Keep,
}

/// What a download does about a file that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnExisting {
    #[default]
    Refuse,
    Replace,
}

/// Whether the target is compared with the source at the end. Hashes are computed either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proving {
    #[default]
    Prove,
    /// For measuring against a store that keeps nothing.
    Skip,
}

/// How the bytes of a part go from one store to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Read whole, hashed in order, sent.
    Buffered,
    /// What is read is what is being sent: nothing is held, and there is no hash of the whole.
    Streamed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Reads at once, and writes at once: apart, so that neither side waits for the other.
    pub gets: usize,
    pub puts: usize,
    pub on_cancel: OnCancel,
    pub on_existing: OnExisting,
    pub proving: Proving,
    /// The caller needs the SHA-256 of the whole.
    pub whole_sha256: bool,
    /// `None`: as it suits what has to be proven.
    pub way: Option<Way>,
    /// A part size to use instead of the usual rule.
    pub part_size: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gets: 8,
            puts: 8,
            on_cancel: OnCancel::default(),
            on_existing: OnExisting::default(),
            proving: Proving::default(),
            whole_sha256: true,
            way: None,
            part_size: None,
        }
    }
}

/// Counters that a caller reads while a transfer runs. They only hint: the result says what was done.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    read_bytes: AtomicU64,
    done_bytes: AtomicU64,
    total_bytes: AtomicU64,
    done_parts: AtomicU32,
    part_count: AtomicU32,
    kept_bytes: AtomicU64,
    passed_before: AtomicU64,
    valve: Arc<Valve>,
}

impl Progress {
    /// One whose bytes pass this valve.
    pub(crate) fn through(valve: Arc<Valve>) -> Self {
        Self { valve, ..Self::default() }
    }

    /// What pauses this transfer, and holds it to a rate.
    pub(crate) fn valve(&self) -> &Valve {
        &self.valve
    }

    pub(crate) fn begin(&self, parts: Parts) {
        self.read_bytes.store(0, Relaxed);
        self.done_bytes.store(0, Relaxed);
        self.done_parts.store(0, Relaxed);
        self.kept_bytes.store(0, Relaxed);
        self.passed_before.store(self.valve.passed_bytes(), Relaxed);
        self.resize(parts);
    }

    /// There is more, or less, to send than was thought; what is done stays.
    pub(crate) fn resize(&self, parts: Parts) {
        self.total_bytes.store(parts.size, Relaxed);
        self.part_count.store(parts.count(), Relaxed);
    }

    pub(crate) fn read(&self, bytes: u64) {
        self.read_bytes.fetch_add(bytes, Relaxed);
    }

    /// Read, and given on.
    pub(crate) fn passed(&self, bytes: u64) {
        self.read(bytes);
        self.done_bytes.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn part_done(&self, bytes: u64) {
        self.done_bytes.fetch_add(bytes, Relaxed);
        self.done_parts.fetch_add(1, Relaxed);
    }

    /// Done in an earlier run.
    pub(crate) fn part_kept(&self, bytes: u64) {
        self.kept_bytes.fetch_add(bytes, Relaxed);
        self.part_done(bytes);
    }

    /// Bytes that came from the source in this run.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.read_bytes.load(Relaxed)
    }

    /// Bytes that the target holds, those of earlier runs included.
    pub(crate) fn done_bytes(&self) -> u64 {
        self.done_bytes.load(Relaxed)
    }

    /// Bytes that are on their way: of parts that the target does not hold yet.
    pub(crate) fn moving_bytes(&self) -> u64 {
        let done = self.done_bytes();
        let passed = self.valve.passed_bytes().saturating_sub(self.passed_before.load(Relaxed));
        let sent = done.saturating_sub(self.kept_bytes.load(Relaxed));
        passed.saturating_sub(sent).min(self.total_bytes().saturating_sub(done))
    }

    pub(crate) fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Relaxed)
    }

    pub(crate) fn done_parts(&self) -> u32 {
        self.done_parts.load(Relaxed)
    }

    pub(crate) fn part_count(&self) -> u32 {
        self.part_count.load(Relaxed)
    }
}

/// Why we say that the target holds the source's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Source and target were cut alike and have one ETag.
    SameEtag,
    /// Every part was held against a checksum of ours, by the store or by its tag.
    CheckedParts,
    /// The store computed the CRC-64 of the whole itself, and it is that of what was read.
    StoreCrc,
    /// The target was read again and has the source's SHA-256, or the CRC-64 of what was read.
    ReadBack,
    /// The store copied it within itself and names the same size.
    StoreCopied,
    /// Every byte went through our hash into the file, and the file was flushed.
    Written,
    /// It was asked not to look.
    Skipped,
}

/// What a transfer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    pub bytes: u64,
    /// Of the whole object, in hex. `None` after a resume that did not have to read the earlier parts again.
    pub sha256: Option<String>,
    pub etag: Option<Etag>,
    pub parts_sent: u32,
    /// Parts of earlier runs that were not sent again.
    pub parts_reused: u32,
    /// The recorded upload was gone, and all was sent anew.
    pub started_over: bool,
    pub proof: Proof,
}
