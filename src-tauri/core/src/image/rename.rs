//! Gives the images of an archive other names while it passes by. Layers are not looked at.

use super::error::{ImageError, too_long};
use super::names::{Document, Naming};
use super::tarball::{BLOCK, padding, resized};
use super::walk::{Event, Member, Walk};
use bytes::Bytes;
use serde_json::Value;

pub(crate) use super::names::Renamed;

/// More than any archive of one app's images has.
const DOCUMENT_LIMIT_BYTES: u64 = 4 << 20;

/// What may become of an archive's layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Every byte stays where it is: documents are padded with white space, and no new name may be longer than the old one.
    /// So the archive's size is known from the package's directory before a byte of it is read.
    SameLength,
    /// Documents take the room they need.
    Free,
}

/// Takes chunks of an archive and gives chunks of the renamed one; the same bytes however it is cut.
pub(crate) struct Renamer {
    walk: Walk,
    naming: Naming,
    fit: Fit,
    held: Option<Held>,
    drops_padding: bool,
    log: Renamed,
}

/// A document, kept until all of it is here.
struct Held {
    block: Box<[u8; BLOCK]>,
    member: Member,
    document: Document,
    body: Vec<u8>,
}

impl Renamer {
    pub(crate) fn new(naming: Naming, fit: Fit) -> Self {
        Self { walk: Walk::new(), naming, fit, held: None, drops_padding: false, log: Renamed::default() }
    }

    pub(crate) fn push(&mut self, mut chunk: Bytes) -> Result<Vec<Bytes>, ImageError> {
        let mut out = Vec::new();
        while let Some(event) = self.walk.next(&mut chunk)? {
            self.take(event, &mut out)?;
        }
        Ok(out)
    }

    /// What was renamed; an error where the archive was cut short.
    pub(crate) fn finish(self) -> Result<Renamed, ImageError> {
        self.walk.finish()?;
        Ok(self.log)
    }

    fn take(&mut self, event: Event, out: &mut Vec<Bytes>) -> Result<(), ImageError> {
        match event {
            Event::Head { block, member } => {
                self.drops_padding = false;
                match Document::of(&member.path).filter(|_| member.is_file) {
                    Some(document) => self.held = Some(hold(block, member, document)?),
                    None => out.push(Bytes::copy_from_slice(block.as_slice())),
                }
            }
            Event::Body(bytes) => match &mut self.held {
                Some(held) => held.body.extend_from_slice(&bytes),
                None => out.push(bytes),
            },
            Event::BodyEnd => {
                if let Some(held) = self.held.take() {
                    self.release(held, out)?;
                }
            }
            Event::Padding(_) if self.drops_padding => {}
            Event::Padding(bytes) | Event::Other(bytes) => out.push(bytes),
        }
        Ok(())
    }

    fn release(&mut self, held: Held, out: &mut Vec<Bytes>) -> Result<(), ImageError> {
        let Held { block, member, document, body } = held;
        let changed = self.rewritten(&member, document, &body)?;
        let Some(new) = changed else {
            out.extend([Bytes::copy_from_slice(block.as_slice()), body.into()]);
            return Ok(());
        };
        let size = new.len() as u64;
        if size == member.size {
            out.extend([Bytes::copy_from_slice(block.as_slice()), new.into()]);
            return Ok(());
        }
        self.drops_padding = true;
        let zeros = vec![0; usize::try_from(padding(size)).unwrap_or(0)];
        out.extend([Bytes::copy_from_slice(&resized(&block, size)), new.into(), zeros.into()]);
        Ok(())
    }

    /// The document with its new names; `None` where none changed.
    fn rewritten(&mut self, member: &Member, document: Document, body: &[u8]) -> Result<Option<Vec<u8>>, ImageError> {
        let not_json = |_| ImageError::NotJson { member: member.path.clone() };
        let mut value: Value = crate::json::from_slice(body).map_err(not_json)?;
        if document.is_too_long(&value) {
            return Err(too_long());
        }
        let before = value.clone();
        document.rename(&mut value, &self.naming, &mut self.log);
        if value == before {
            return Ok(None);
        }
        let mut new = serde_json::to_vec(&value).map_err(not_json)?;
        let (needed, room) = (new.len() as u64, member.size);
        let may_move = self.fit == Fit::Free && member.owns_size;
        if !may_move {
            if needed > room {
                let member = member.path.clone();
                return Err(ImageError::DoesNotFit { member, room_bytes: room, needed_bytes: needed });
            }
            new.resize(body.len(), b' ');
        }
        Ok(Some(new))
    }
}

fn hold(block: Box<[u8; BLOCK]>, member: Member, document: Document) -> Result<Held, ImageError> {
    if member.size > DOCUMENT_LIMIT_BYTES {
        return Err(ImageError::MemberTooLarge {
            member: member.path,
            bytes: member.size,
            limit: DOCUMENT_LIMIT_BYTES,
        });
    }
    Ok(Held { block, member, document, body: Vec::new() })
}
