//! What both encodings share: the keys, the stream of RC4 and the tag. Knows nothing of base64 or JSON.
//!
//! rainbond-console v6.9.8 `www/utils/crypt.py`, class `AuthCode`, with its constant key.

use md5::{Digest, Md5};

const KEY: &[u8] = b"GOODRAINLOVE";
/// Ten digits of expiry (0: never) stand before the tag.
pub(super) const EXPIRY_LEN: usize = 10;
pub(super) const TAG_LEN: usize = 16;
pub(super) const HEAD_LEN: usize = EXPIRY_LEN + TAG_LEN;
/// Characters at the front of the file that make every export of one record different.
pub(super) const SALT_LEN: usize = 4;

fn md5_hex(parts: &[&[u8]]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part);
    }
    hex::encode(md5.finalize())
}

/// The two halves of the hashed key, each hashed again: (`key_a`, `key_b`) of the source.
fn keys() -> (String, String) {
    let key = md5_hex(&[KEY]);
    let (front, back) = key.split_at(16);
    (md5_hex(&[front.as_bytes()]), md5_hex(&[back.as_bytes()]))
}

/// Sixteen hex characters that vouch for the plain text.
pub(super) fn tag(plain: &[u8]) -> String {
    let (_, key_b) = keys();
    let mut tag = md5_hex(&[plain, key_b.as_bytes()]);
    tag.truncate(TAG_LEN);
    tag
}

/// RC4 over the 64 hex characters that the salt leads to.
pub(super) struct Keystream {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Keystream {
    pub(super) fn new(salt: &[u8]) -> Self {
        let (key_a, _) = keys();
        let crypt_key = format!("{key_a}{}", md5_hex(&[key_a.as_bytes(), salt]));
        let mut state = [0u8; 256];
        for (place, value) in state.iter_mut().zip(0u8..=255) {
            *place = value;
        }
        let mut j = 0u8;
        for (i, key) in (0..256usize).zip(crypt_key.bytes().cycle()) {
            j = j.wrapping_add(state[i]).wrapping_add(key);
            state.swap(i, usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    pub(super) fn next_byte(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        let at = usize::from(self.i);
        self.j = self.j.wrapping_add(self.state[at]);
        self.state.swap(at, usize::from(self.j));
        let sum = self.state[at].wrapping_add(self.state[usize::from(self.j)]);
        self.state[usize::from(sum)]
    }

    /// Both directions of the OLD encoding: every byte by itself.
    pub(super) fn mix_bytes(mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().map(|byte| byte ^ self.next_byte()).collect()
    }

    /// Both directions of the NEW encoding: the low eight bits of every code point. The rest stays, so a character
    /// never leaves its block of 256 and never becomes a surrogate.
    pub(super) fn mix_chars(mut self, text: &str) -> String {
        text.chars().map(|c| char::from_u32(u32::from(c) ^ u32::from(self.next_byte())).unwrap_or(c)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_stream_are_those_of_the_protocol() {
        let (key_a, key_b) = keys();
        assert_eq!(key_a, "c895d7a8a33d2ee40a9ccc076736d012");
        assert_eq!(key_b, "12c141477b744bd8b4bf05f546a7f326");
        assert_eq!(tag(b"{}"), "4f2b7b5042db3c39");
        let mut stream = Keystream::new(b"8195");
        let first: Vec<u8> = (0..16).map(|_| stream.next_byte()).collect();
        assert_eq!(hex::encode(first), "5cddc7aa74cc6a47629673334962a19c");
    }
}
