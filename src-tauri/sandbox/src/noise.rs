//! Incompressible bytes from a fixed seed, made fast enough for a debug build. Not random, on purpose.

use std::io::Read;

/// An endless-looking stream of `len` bytes; the same seed gives the same bytes.
#[derive(Debug)]
pub(crate) struct Noise {
    state: u64,
    left: u64,
}

impl Noise {
    pub(crate) fn new(seed: u64, len: u64) -> Self {
        Self { state: seed | 1, left: len }
    }
}

impl Read for Noise {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let want = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let mut state = self.state;
        for chunk in buf[..want].chunks_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let bytes = state.to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        self.state = state;
        self.left -= want as u64;
        Ok(want)
    }
}

/// A seed from a name, so that equal names give equal bytes.
pub(crate) fn seed_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A fresh 32-digit id, as the platform's `make_uuid`.
pub(crate) fn id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Four hex digits, as the platform puts behind copied names.
pub(crate) fn hex4() -> String {
    id()[..4].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let read = |seed| {
            let mut bytes = Vec::new();
            Noise::new(seed, 1003).read_to_end(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(read(7), read(7));
        assert_ne!(read(7), read(9));
        assert_eq!(read(7).len(), 1003);
    }
}
