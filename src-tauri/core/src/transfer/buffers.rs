//! Buffers of parts that are read from files, used again: memory that is new each time is cleared by the system each time.

use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// Some bytes as `fill` makes them, in a buffer that comes back when the last of them is let go.
    pub(super) fn filled<E>(&self, len: usize, fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Bytes, E> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        bytes.resize(len, 0);
        fill(&mut bytes)?;
        Ok(Bytes::from_owner(Lent { bytes, home: self.clone() }))
    }
}

struct Lent {
    bytes: Vec<u8>,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.0.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_lent_again_once_all_of_it_is_let_go() {
        let buffers = Buffers::default();
        let fill = |with: u8| {
            move |bytes: &mut [u8]| {
                bytes.fill(with);
                Ok::<_, ()>(())
            }
        };
        let first = buffers.filled(8, fill(1)).unwrap();
        let (place, piece) = (first.as_ptr(), first.slice(2..4));
        drop(first);
        let second = buffers.filled(8, fill(2)).unwrap();
        assert!(second.as_ptr() != place && piece.as_ref() == [1, 1]);
        drop(piece);
        let third = buffers.filled(4, fill(3)).unwrap();
        assert_eq!((third.as_ptr(), third.as_ref()), (place, [3; 4].as_slice()));
    }
}
