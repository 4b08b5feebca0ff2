//! A bundle behind a passphrase: the plain file, whole, inside an age file (FORMAT.md, Encryption).
//!
//! Every reader of a bundle comes through [`open`], which gives the plain bytes of either kind, readable from anywhere. What
//! a passphrase opened is remembered for this run as the file's own key; the passphrase itself is not.

use super::error::BundleError;
use crate::secret::Secret;
use age::secrecy::{ExposeSecret, SecretString};
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, Identity, Recipient, scrypt};
use age_core::format::{FileKey, Stanza};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"age-";
/// 2^17 blocks of a KiB: 128 MiB and less than a second for each guess.
const WORK: u8 = 17;
/// A file may ask for a GiB; more is made to stall whoever opens it.
const MOST_WORK: u8 = 20;
/// Larger than any head with one passphrase.
const LARGEST_HEAD: u64 = 512;
const FIRST_LINE: &str = "age-encryption.org/v1";

type Key = Zeroizing<[u8; 16]>;

/// Keys of the files that were opened in this run, by their heads.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<Vec<u8>, Key>>);

/// A bundle is written for whoever has this.
#[derive(Clone)]
pub(crate) struct Seal {
    pub passphrase: Secret,
    /// What is written can be read in this run.
    pub keys: Arc<Keys>,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Keys {
    fn of(&self, head: &[u8]) -> Option<Key> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(head).cloned()
    }

    fn keep(&self, head: &[u8], key: Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(head.to_vec(), key);
    }

    /// Whether a file can be read as things are; errors are those of its reading.
    pub(crate) fn opens(&self, path: &Path) -> Result<bool, BundleError> {
        let mut file = file(path)?;
        if !is_sealed(&mut file, path)? {
            return Ok(true);
        }
        Ok(self.of(&head(&mut file, path)?).is_some())
    }

    /// Tries a passphrase, and remembers the key it gives. Takes as long as the file asks for.
    pub(crate) fn unlock(&self, path: &Path, passphrase: &Secret) -> Result<(), BundleError> {
        let mut file = file(path)?;
        if !is_sealed(&mut file, path)? {
            return Ok(());
        }
        let head = head(&mut file, path)?;
        let mut identity = scrypt::Identity::new(secret(passphrase));
        identity.set_max_work_factor(MOST_WORK);
        let slot = Slot::default();
        decrypted(path, &mut file, &Taking { identity, slot: &slot })?;
        if let Some(key) = slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.keep(&head, key);
        }
        Ok(())
    }

    /// The key of an opened file as text, for a job that may have to open it again.
    pub(crate) fn told(&self, path: &Path) -> Result<Option<Secret>, BundleError> {
        let mut file = file(path)?;
        if !is_sealed(&mut file, path)? {
            return Ok(None);
        }
        let key = self.of(&head(&mut file, path)?);
        Ok(key.map(|key| Secret::new(hex::encode(*key))))
    }

    /// Takes such a text back. `false`: it is not this file's.
    pub(crate) fn take_back(&self, path: &Path, told: &Secret) -> Result<bool, BundleError> {
        let mut file = file(path)?;
        if !is_sealed(&mut file, path)? {
            return Ok(false);
        }
        let head = head(&mut file, path)?;
        let mut key = Key::default();
        if hex::decode_to_slice(told.reveal(), key.as_mut_slice()).is_err() {
            return Ok(false);
        }
        let fits = decrypted(path, &mut file, &Known(key.clone())).is_ok();
        if fits {
            self.keep(&head, key);
        }
        Ok(fits)
    }
}

/// Plain bytes, of whichever kind of file.
pub(super) trait Plain: Read + Seek + Send {}

impl<T: Read + Seek + Send> Plain for T {}

/// Opens a bundle's file at its first plain byte.
pub(super) fn open(keys: &Keys, path: &Path) -> Result<Box<dyn Plain>, BundleError> {
    let mut file = file(path)?;
    if !is_sealed(&mut file, path)? {
        return Ok(Box::new(file));
    }
    let head = head(&mut file, path)?;
    let key = keys.of(&head).ok_or_else(|| BundleError::Locked { path: path.to_owned() })?;
    let mut stream = decrypted(path, file, &Known(key))?;
    // The last piece says that it is the last: a file that lacks it is noticed here.
    let length = stream.seek(SeekFrom::End(0)).map_err(|error| broken_off(path, error))?;
    stream.seek(SeekFrom::Start(0)).map_err(|error| broken_off(path, error))?;
    Ok(Box::new(Bounded { stream, length, at: 0 }))
}

/// Whether a file is encrypted, by its first bytes.
pub(crate) fn is_encrypted(path: &Path) -> Result<bool, BundleError> {
    is_sealed(&mut file(path)?, path)
}

fn file(path: &Path) -> Result<File, BundleError> {
    File::open(path).map_err(|error| BundleError::file(path, "read", 0, error))
}

/// Leaves the file at its beginning.
fn is_sealed(file: &mut File, path: &Path) -> Result<bool, BundleError> {
    let mut first = Vec::new();
    let read = Read::by_ref(file).take(MAGIC.len() as u64).read_to_end(&mut first).and_then(|_| file.rewind());
    read.map_err(|error| BundleError::file(path, "read", 0, error))?;
    Ok(first == MAGIC)
}

/// The head of an age file, which has one passphrase and asks for no more work than is sane. Looked at before any parser sees
/// it: heads of other files have no end.
fn head(file: &mut File, path: &Path) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    let read = Read::by_ref(file).take(LARGEST_HEAD).read_to_end(&mut bytes).and_then(|_| file.rewind());
    read.map_err(|error| BundleError::file(path, "read", 0, error))?;
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut lines = text.split_inclusive('\n');
    let mut length = 0;
    let mut line = || {
        let line = lines.next().unwrap_or_default();
        length += line.len();
        line.strip_suffix('\n').map(str::to_owned)
    };
    let [Some(first), Some(slot), Some(body), Some(seal)] = [line(), line(), line(), line()] else {
        return Err(match (bytes.len() as u64) < LARGEST_HEAD {
            true => BundleError::Truncated { path: path.to_owned(), entry: "its head".to_owned() },
            false => not_one(path, "it is encrypted in a way that Rainferry does not know"),
        });
    };
    if first != FIRST_LINE {
        return Err(not_one(path, "it is encrypted in a way that Rainferry does not know"));
    }
    let Some(words) = slot.strip_prefix("-> scrypt ") else {
        return Err(match slot.starts_with("-> ") {
            true => not_one(path, "it is encrypted for keys, not with a passphrase"),
            false => altered(path, HEAD, "it is not as it was written"),
        });
    };
    let work = words.split(' ').nth(1).and_then(|word| word.parse::<u64>().ok());
    if body.len() != BODY_CHARS || !seal.starts_with("--- ") {
        return Err(altered(path, HEAD, "it is not as it was written"));
    }
    match work {
        Some(work) if work <= u64::from(MOST_WORK) => Ok(bytes.get(..length).unwrap_or_default().to_vec()),
        Some(_) => Err(BundleError::Refused {
            path: path.to_owned(),
            entry: HEAD.to_owned(),
            reason: "its passphrase would take too long to try",
        }),
        None => Err(altered(path, HEAD, "it is not as it was written")),
    }
}

/// What messages call the part of the file that the passphrase opens.
const HEAD: &str = "The head";
/// Of a file key and its tag in base64.
const BODY_CHARS: usize = 43;

fn decrypted<R: Read>(path: &Path, file: R, identity: &dyn Identity) -> Result<StreamReader<R>, BundleError> {
    let told = Decryptor::new(file).and_then(|file| file.decrypt(std::iter::once(identity)));
    told.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            BundleError::WrongPassphrase { path: path.to_owned() }
        }
        DecryptError::ExcessiveWork { .. } => BundleError::Refused {
            path: path.to_owned(),
            entry: HEAD.to_owned(),
            reason: "its passphrase would take too long to try",
        },
        DecryptError::InvalidHeader | DecryptError::InvalidMac | DecryptError::UnknownFormat => {
            altered(path, HEAD, "it is not as it was written")
        }
        DecryptError::Io(error) => broken_off(path, error),
    })
}

/// An error while the ends of a file are looked at: of the disk, or of bytes that are not there.
fn broken_off(path: &Path, error: io::Error) -> BundleError {
    if error.raw_os_error().is_some() {
        return BundleError::file(path, "read", 0, error);
    }
    altered(path, "The end", "it is cut short or was changed")
}

fn altered(path: &Path, entry: &str, reason: &str) -> BundleError {
    BundleError::Altered { path: path.to_owned(), entry: entry.to_owned(), reason: reason.to_owned() }
}

fn not_one(path: &Path, reason: &'static str) -> BundleError {
    BundleError::NotABundle { path: path.to_owned(), reason }
}

fn secret(passphrase: &Secret) -> SecretString {
    SecretString::from(passphrase.reveal())
}

/// A stream of known length: nothing is sought or read behind its end, where the reader of age is not at home.
struct Bounded {
    stream: StreamReader<File>,
    length: u64,
    at: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.stream.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let target = target.filter(|at| *at <= self.length).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.at = self.stream.seek(SeekFrom::Start(target))?;
        Ok(self.at)
    }
}

type Slot = Mutex<Option<Key>>;

fn take(slot: &Slot, key: &FileKey) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Zeroizing::new(*key.expose_secret()));
}

/// Opens with a passphrase, and takes the key along.
struct Taking<'a> {
    identity: scrypt::Identity,
    slot: &'a Slot,
}

impl Identity for Taking<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let key = self.identity.unwrap_stanza(stanza)?;
        if let Ok(key) = &key {
            take(self.slot, key);
        }
        Some(key)
    }
}

/// Opens with a key that is known.
struct Known(Key);

impl Identity for Known {
    fn unwrap_stanza(&self, _: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        Some(Ok(FileKey::new(Box::new(*self.0))))
    }
}

/// Writes for a passphrase, and takes the key along.
struct Giving<'a> {
    recipient: scrypt::Recipient,
    slot: &'a Slot,
}

impl Recipient for Giving<'_> {
    fn wrap_file_key(&self, key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        take(self.slot, key);
        self.recipient.wrap_file_key(key)
    }
}

/// The file that a bundle is written to.
pub(super) enum Sink {
    Plain(File),
    Sealed { stream: Box<StreamWriter<File>>, slot: Slot, keys: Arc<Keys> },
}

impl Sink {
    pub(super) fn new(file: File, seal: Option<&Seal>) -> io::Result<Self> {
        let Some(seal) = seal else { return Ok(Self::Plain(file)) };
        let slot = Slot::default();
        let mut recipient = scrypt::Recipient::new(secret(&seal.passphrase));
        recipient.set_work_factor(WORK);
        let giving = Giving { recipient, slot: &slot };
        let encryptor = Encryptor::with_recipients(std::iter::once(&giving as &dyn Recipient));
        let stream = encryptor.map_err(io::Error::other)?.wrap_output(file)?;
        Ok(Self::Sealed { stream: Box::new(stream), slot, keys: Arc::clone(&seal.keys) })
    }

    /// All that was written is on the disk when this returns; its size is told.
    pub(super) fn finish(self, path: &Path) -> Result<u64, BundleError> {
        let failed = |error| BundleError::file(path, "written", 0, error);
        let file = match self {
            Self::Plain(file) => file,
            Self::Sealed { stream, slot, keys } => {
                let written = stream.finish().map_err(failed)?;
                let key = slot.into_inner().unwrap_or_else(PoisonError::into_inner);
                if let Some(key) = key {
                    keys.keep(&head(&mut file(path)?, path)?, key);
                }
                written
            }
        };
        file.sync_all().map_err(failed)?;
        Ok(file.metadata().map_err(failed)?.len())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Sealed { stream, .. } => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Sealed { stream, .. } => stream.flush(),
        }
    }
}
