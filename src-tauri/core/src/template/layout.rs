//! Where everything lies in a package's tar: one folder, the metadata first, then the image archives (rebuild.md §1.1).

use super::draft::{Draft, ImagePart};
use super::gzip;
use crate::image::{BLOCK, file_header, folder_header, padding};
use bytes::Bytes;
use std::collections::VecDeque;

/// A stretch of the tar.
pub(super) enum Piece {
    Bytes(Bytes),
    Image(Box<ImagePart>),
}

/// The tar as a list, and its size.
pub(super) struct Layout {
    pub pieces: VecDeque<Piece>,
    pub content_bytes: u64,
}

impl Layout {
    pub(super) fn of(draft: &Draft) -> Self {
        let mut layout = Self { pieces: VecDeque::new(), content_bytes: 0 };
        // Texts and numbers are always JSON.
        let metadata = serde_json::to_vec(&draft.metadata.0).unwrap_or_default();
        layout.bytes(&folder_header(&format!("{}/", draft.root)));
        layout.bytes(&file_header(&format!("{}/metadata.json", draft.root), metadata.len() as u64, 0o644));
        layout.bytes(&metadata);
        layout.fill(metadata.len() as u64);
        for image in &draft.images {
            layout.bytes(&file_header(&format!("{}/{}", draft.root, image.file), image.bytes, 0o644));
            layout.pieces.push_back(Piece::Image(Box::new(image.clone())));
            layout.content_bytes += image.bytes;
            layout.fill(image.bytes);
        }
        layout.bytes(&[0; 2 * BLOCK]);
        layout
    }

    /// Of the compressed file.
    pub(super) fn total_bytes(&self) -> u64 {
        gzip::total_bytes(self.content_bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.content_bytes += bytes.len() as u64;
        self.pieces.push_back(Piece::Bytes(Bytes::copy_from_slice(bytes)));
    }

    fn fill(&mut self, size: u64) {
        self.bytes(&vec![0; usize::try_from(padding(size)).unwrap_or(0)]);
    }
}
