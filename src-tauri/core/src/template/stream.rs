//! Writes a draft as a `.tar.gz`, reading the backup's image tars as it goes: no copy on disk, a few chunks in memory.
//!
//! The size is known before the first byte. A stream that begins later is made from the beginning and thrown away up to there,
//! so a resumed upload gets the very bytes of the first one.

use super::draft::{Draft, ImagePart, ImageSource};
use super::error::TemplateError;
use super::gzip::Gzip;
use super::layout::{Layout, Piece};
use crate::ctx::Ctx;
use crate::image::{Fit, Renamer, same_name};
use crate::package::{Entry, MemberReader, Package};
use bytes::{Buf, Bytes};
use futures::stream::{self, Stream};
use std::collections::VecDeque;
use std::sync::Arc;

pub(crate) struct PackageStream {
    package: Arc<Package>,
    layout: Layout,
    gzip: Gzip,
    open: Option<OpenImage>,
    /// Content that is ready to be packed.
    ready: VecDeque<Bytes>,
    total_bytes: u64,
    /// Still to be thrown away.
    skip_bytes: u64,
}

/// One image archive of a draft, named as the draft says.
pub(crate) struct OpenImage {
    part: Box<ImagePart>,
    from: Source,
    renamer: Renamer,
    written_bytes: u64,
}

enum Source {
    Member(Box<MemberReader>),
    Made(Option<Bytes>),
}

impl PackageStream {
    /// An error where the backup package is not the one that the draft was made from.
    pub(crate) fn new(draft: &Draft, package: Arc<Package>) -> Result<Self, TemplateError> {
        for image in &draft.images {
            if let ImageSource::Member(name) = &image.source {
                let found = find(&package, name)?.size;
                if found != image.bytes {
                    return Err(TemplateError::MemberChanged { name: name.clone(), expected: image.bytes, found });
                }
            }
        }
        let layout = Layout::of(draft);
        let (gzip, total_bytes) = (Gzip::new(layout.content_bytes), layout.total_bytes());
        Ok(Self { package, layout, gzip, open: None, ready: VecDeque::new(), total_bytes, skip_bytes: 0 })
    }

    /// Bytes of the whole file, whatever is skipped.
    pub(crate) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// What [`Self::total_bytes`] will say, before there is a package to read.
    pub(crate) fn size_of(draft: &Draft) -> u64 {
        Layout::of(draft).total_bytes()
    }

    /// Begins so many bytes into the file.
    pub(crate) fn starting_at(mut self, offset: u64) -> Self {
        self.skip_bytes = offset;
        self
    }

    /// The next bytes of the file; `None` once all came.
    pub(crate) async fn chunk(&mut self, ctx: &Ctx) -> Result<Option<Bytes>, TemplateError> {
        loop {
            ctx.check()?;
            let Some(content) = self.content(ctx).await? else { return Ok(None) };
            let mut packed = self.gzip.push(&content);
            let skipped = usize::try_from(self.skip_bytes).unwrap_or(usize::MAX).min(packed.len());
            packed.advance(skipped);
            self.skip_bytes -= skipped as u64;
            if !packed.is_empty() {
                return Ok(Some(packed));
            }
        }
    }

    /// The same as a stream, for a request's body or the parts of an upload.
    pub(crate) fn into_stream(self, ctx: Ctx) -> impl Stream<Item = Result<Bytes, TemplateError>> + Send {
        stream::try_unfold((self, ctx), |(mut file, ctx)| async move {
            let chunk = file.chunk(&ctx).await?;
            Ok(chunk.map(|chunk| (chunk, (file, ctx))))
        })
    }

    /// The next bytes of the tar; not empty.
    async fn content(&mut self, ctx: &Ctx) -> Result<Option<Bytes>, TemplateError> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                if bytes.is_empty() {
                    continue;
                }
                return Ok(Some(bytes));
            }
            if let Some(image) = &mut self.open {
                match image.next(ctx).await? {
                    Some(chunks) => self.ready.extend(chunks),
                    None => {
                        if let Some(image) = self.open.take() {
                            image.finish()?;
                        }
                    }
                }
                continue;
            }
            match self.layout.pieces.pop_front() {
                None => return Ok(None),
                Some(Piece::Bytes(bytes)) => self.ready.push_back(bytes),
                Some(Piece::Image(part)) => self.open = Some(OpenImage::open(ctx, &self.package, part).await?),
            }
        }
    }
}

impl OpenImage {
    pub(crate) async fn open(ctx: &Ctx, package: &Package, part: Box<ImagePart>) -> Result<Self, TemplateError> {
        let from = match &part.source {
            ImageSource::Made(bytes) => Source::Made(Some(bytes.clone())),
            ImageSource::Member(name) => {
                let entry = find(package, name)?;
                Source::Member(Box::new(package.open_member(ctx, entry).await?))
            }
        };
        let renamer = Renamer::new(part.naming.clone(), Fit::SameLength);
        Ok(Self { part, from, renamer, written_bytes: 0 })
    }

    pub(crate) async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<Bytes>>, TemplateError> {
        let chunk = match &mut self.from {
            Source::Made(bytes) => bytes.take(),
            Source::Member(member) => member.chunk(ctx).await?,
        };
        let Some(chunk) = chunk else { return Ok(None) };
        let chunks = self.renamer.push(chunk);
        let chunks = chunks.map_err(|source| TemplateError::Image { name: self.name(), source })?;
        self.written_bytes += chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
        Ok(Some(chunks))
    }

    /// The importer finds an image by its name alone, so it must be in here (rebuild.md §1.2).
    pub(crate) fn finish(self) -> Result<(), TemplateError> {
        let (name, expected, found) = (self.name(), self.part.bytes, self.written_bytes);
        let names = self.renamer.finish().map_err(|source| TemplateError::Image { name: name.clone(), source })?;
        if found != expected {
            return Err(TemplateError::MemberChanged { name, expected, found });
        }
        let there = names.changed.iter().map(|(_, new)| new).chain(&names.kept);
        if !there.into_iter().any(|there| same_name(there, &self.part.image)) {
            return Err(TemplateError::ImageNotThere { name, image: self.part.image });
        }
        Ok(())
    }

    fn name(&self) -> String {
        match &self.part.source {
            ImageSource::Member(name) => name.clone(),
            ImageSource::Made(_) => self.part.file.clone(),
        }
    }
}

fn find<'a>(package: &'a Package, name: &str) -> Result<&'a Entry, TemplateError> {
    let entry = package.entries().iter().find(|entry| entry.name == name);
    entry.ok_or_else(|| TemplateError::MemberMissing { name: name.to_owned() })
}
