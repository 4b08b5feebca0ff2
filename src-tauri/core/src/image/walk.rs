//! A tar as it passes by: cut into headers, bodies and what is between, whatever the chunks it comes in.
//!
//! Long names and sizes beyond the header's fields are followed (GNU `L`, pax `path` and `size`), since containerd's and
//! Docker's writers (Go `archive/tar`) use them.

use super::error::ImageError;
use super::tarball::{BLOCK, padding};
use crate::twins;
use bytes::{Bytes, BytesMut};
use std::collections::HashSet;
use std::io::{self, Read};
use tar::{EntryType, Header};

/// Names and pax records longer than this are nobody's.
const EXTENSION_LIMIT_BYTES: u64 = 1 << 20;
const LARGEST_MEMBER_BYTES: u64 = 16 << 40;
/// More than any set of images has.
const MOST_MEMBERS: usize = 100_000;

/// Put together again in order, these are the archive.
#[derive(Debug)]
pub(super) enum Event {
    /// A member begins.
    Head {
        block: Box<[u8; BLOCK]>,
        member: Member,
    },
    /// Some of its bytes.
    Body(Bytes),
    /// All of its bytes passed; what fills its last block follows.
    BodyEnd,
    Padding(Bytes),
    /// Headers that only speak of the next one, and what follows the last member.
    Other(Bytes),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Without a leading `./`.
    pub path: String,
    pub size: u64,
    pub is_file: bool,
    /// The size is in the header itself and may be changed there.
    pub owns_size: bool,
    /// The member this one only points to, as a path from the archive's root.
    pub link: Option<String>,
}

#[derive(Clone, Copy)]
enum State {
    Header,
    Body {
        rest: u64,
        padding: u64,
    },
    Padding {
        rest: u64,
    },
    /// Content of a pax or long-name header; padding included in `rest`.
    Extension {
        kind: Extension,
        content: u64,
        rest: u64,
    },
    Tail,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extension {
    Pax,
    LongName,
    LongLink,
    /// Of no meaning to us: a global header.
    Ignored,
}

pub(super) struct Walk {
    state: State,
    /// An unfinished header, or the content of an extension.
    kept: BytesMut,
    next_path: Option<String>,
    next_size: Option<u64>,
    next_link: Option<String>,
    /// Members so far, as the laxest of computers tells them apart.
    seen: HashSet<String>,
    count: usize,
    at_bytes: u64,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self {
            state: State::Header,
            kept: BytesMut::new(),
            next_path: None,
            next_size: None,
            next_link: None,
            seen: HashSet::new(),
            count: 0,
            at_bytes: 0,
        }
    }

    /// The next event, made of the front of `input`; `None` where more input is needed.
    pub(super) fn next(&mut self, input: &mut Bytes) -> Result<Option<Event>, ImageError> {
        loop {
            match self.state {
                State::Body { rest: 0, padding } => {
                    self.state = State::Padding { rest: padding };
                    return Ok(Some(Event::BodyEnd));
                }
                State::Padding { rest: 0 } => self.state = State::Header,
                State::Extension { kind, content, rest: 0 } => {
                    self.extend(kind, content)?;
                    self.state = State::Header;
                }
                _ if input.is_empty() => return Ok(None),
                State::Body { rest, padding } => {
                    let piece = self.take(input, rest);
                    self.state = State::Body { rest: rest - piece.len() as u64, padding };
                    return Ok(Some(Event::Body(piece)));
                }
                State::Padding { rest } => {
                    let piece = self.take(input, rest);
                    self.state = State::Padding { rest: rest - piece.len() as u64 };
                    return Ok(Some(Event::Padding(piece)));
                }
                State::Extension { kind, content, rest } => {
                    let piece = self.take(input, rest);
                    self.kept.extend_from_slice(&piece);
                    self.state = State::Extension { kind, content, rest: rest - piece.len() as u64 };
                    return Ok(Some(Event::Other(piece)));
                }
                State::Tail => return Ok(Some(Event::Other(self.take(input, u64::MAX)))),
                State::Header => {
                    let wanted = BLOCK - self.kept.len();
                    let piece = self.take(input, wanted as u64);
                    self.kept.extend_from_slice(&piece);
                    if let Ok(block) = <[u8; BLOCK]>::try_from(self.kept.as_ref()) {
                        self.kept.clear();
                        return self.begin(block).map(Some);
                    }
                }
            }
        }
    }

    /// Says whether the archive came to its end.
    pub(super) fn finish(&self) -> Result<(), ImageError> {
        match self.state {
            State::Tail => Ok(()),
            // No end marker, but a whole last member: readers take it, so do we.
            State::Header if self.kept.is_empty() && self.at_bytes > 0 => Ok(()),
            _ => Err(ImageError::CutShort { at_bytes: self.at_bytes }),
        }
    }

    fn take(&mut self, input: &mut Bytes, most: u64) -> Bytes {
        let len = usize::try_from(most).unwrap_or(usize::MAX).min(input.len());
        self.at_bytes += len as u64;
        input.split_to(len)
    }

    fn begin(&mut self, block: [u8; BLOCK]) -> Result<Event, ImageError> {
        if block.iter().all(|byte| *byte == 0) {
            self.state = State::Tail;
            return Ok(Event::Other(Bytes::copy_from_slice(&block)));
        }
        let header = Header::from_byte_slice(&block);
        let mut again = header.clone();
        again.set_cksum();
        if header.cksum().ok() != again.cksum().ok() {
            return Err(self.damaged("a header's checksum is wrong"));
        }
        let size = header.entry_size().map_err(|_| self.damaged("a size is no number"))?;
        let kind = match header.entry_type() {
            EntryType::XHeader => Some(Extension::Pax),
            EntryType::GNULongName => Some(Extension::LongName),
            EntryType::GNULongLink => Some(Extension::LongLink),
            EntryType::XGlobalHeader => Some(Extension::Ignored),
            EntryType::GNUSparse => return Err(self.damaged("it holds a sparse file")),
            _ => None,
        };
        if let Some(kind) = kind {
            if size > EXTENSION_LIMIT_BYTES {
                return Err(self.damaged("a name is too long"));
            }
            self.state = State::Extension { kind, content: size, rest: size + padding(size) };
            return Ok(Event::Other(Bytes::copy_from_slice(&block)));
        }
        let owns_size = self.next_size.is_none();
        let size = self.next_size.take().unwrap_or(size);
        let path = self.next_path.take().unwrap_or_else(|| String::from_utf8_lossy(&header.path_bytes()).into_owned());
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        let is_file = header.entry_type().is_file();
        let target = self.next_link.take().or_else(|| {
            let bytes = header.link_name_bytes()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        });
        let link = match header.entry_type() {
            EntryType::Symlink => target.map(|target| self.pointed_to(&path, &target)).transpose()?,
            EntryType::Link => target.map(|target| self.pointed_to("", &target)).transpose()?,
            _ => None,
        };
        self.admit(&path, header.entry_type())?;
        // Links and folders have no body, whatever their size says (POSIX ustar).
        let has_body = is_file || header.entry_type().is_contiguous();
        let body = if has_body { size } else { 0 };
        if body > LARGEST_MEMBER_BYTES {
            return Err(self.damaged("a size is larger than any image"));
        }
        self.state = State::Body { rest: body, padding: padding(body) };
        Ok(Event::Head { block: Box::new(block), member: Member { path, size: body, is_file, owns_size, link } })
    }

    /// Names are data here, and yet what is passed on is unpacked by others.
    fn admit(&mut self, path: &str, kind: EntryType) -> Result<(), ImageError> {
        if path.starts_with('/') || path.contains('\0') || path.split(['/', '\\']).any(|part| part == "..") {
            return Err(self.damaged("a name leads out of it"));
        }
        self.count += 1;
        if self.count > MOST_MEMBERS {
            return Err(self.damaged("it has too many members"));
        }
        match kind {
            EntryType::Directory => Ok(()),
            EntryType::Regular | EntryType::Continuous | EntryType::Symlink | EntryType::Link => {
                if self.seen.insert(twins::key(path)) { Ok(()) } else { Err(self.damaged("two members have one name")) }
            }
            _ => Err(self.damaged("a member is neither file, folder nor link")),
        }
    }

    /// Where a link leads, seen from the archive's root: older archives of Docker hold each layer once and point to it.
    fn pointed_to(&self, path: &str, target: &str) -> Result<String, ImageError> {
        let out = || self.damaged("a link leads out of it");
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        if target.starts_with('/') {
            return Err(out());
        }
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop().ok_or_else(out)?),
                name => parts.push(name),
            }
        }
        Ok(parts.join("/"))
    }

    fn extend(&mut self, kind: Extension, content: u64) -> Result<(), ImageError> {
        let kept = self.kept.split();
        let content = kept.get(..usize::try_from(content).unwrap_or(usize::MAX)).unwrap_or(&kept);
        match kind {
            Extension::Ignored => {}
            Extension::LongName | Extension::LongLink => {
                let name = content.split(|byte| *byte == 0).next().unwrap_or_default();
                let name = String::from_utf8_lossy(name).into_owned();
                match kind {
                    Extension::LongName => self.next_path = Some(name),
                    _ => self.next_link = Some(name),
                }
            }
            Extension::Pax => {
                for record in tar::PaxExtensions::new(content) {
                    let record = record.map_err(|_| self.damaged("a pax header makes no sense"))?;
                    let value = String::from_utf8_lossy(record.value_bytes()).into_owned();
                    match record.key() {
                        Ok("path") => self.next_path = Some(value),
                        Ok("linkpath") => self.next_link = Some(value),
                        Ok("size") => {
                            let size = value.parse().map_err(|_| self.damaged("a size is no number"))?;
                            self.next_size = Some(size);
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn damaged(&self, what: &'static str) -> ImageError {
        ImageError::Damaged { at_bytes: self.at_bytes, what }
    }
}

/// Passes bytes on and walks along: what reads behind it never sees what this refuses.
pub(crate) struct Guard(Walk);

impl Guard {
    pub(crate) fn new() -> Self {
        Self(Walk::new())
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        let mut chunk = Bytes::copy_from_slice(bytes);
        while self.0.next(&mut chunk)?.is_some() {}
        Ok(())
    }
}

/// A tar that is read through a guard.
pub(crate) struct Guarded<R> {
    inner: R,
    guard: Guard,
}

impl<R> Guarded<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, guard: Guard::new() }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.guard.push(buffer.get(..count).unwrap_or_default()).map_err(io::Error::other)?;
        Ok(count)
    }
}
