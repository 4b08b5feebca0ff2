//! Bytes that archives are made of, written by hand: a library would not write what is wrong.

use md5::{Digest, Md5};

/// The same numbers every time (xorshift64*).
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end.max(1) as u64).unwrap()
    }
}

/// A header of a tar that fits the rest of its fields, whatever they say.
#[derive(Clone)]
pub(crate) struct TarHeader(pub [u8; 512]);

impl TarHeader {
    pub(crate) fn new(path: &[u8], size: u64, kind: u8) -> Self {
        let mut block = [0; 512];
        let len = path.len().min(100);
        block[..len].copy_from_slice(&path[..len]);
        block[100..108].copy_from_slice(b"0000644\0");
        block[108..124].copy_from_slice(b"0000000\x000000000\0");
        block[136..148].copy_from_slice(b"00000000000\0");
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        let mut header = Self(block);
        header.size(size);
        header
    }

    pub(crate) fn size(&mut self, size: u64) {
        if size < 1 << 33 {
            self.0[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        } else {
            self.0[124..136].fill(0);
            self.0[124] = 0x80;
            self.0[128..136].copy_from_slice(&size.to_be_bytes());
        }
        self.seal();
    }

    pub(crate) fn set(mut self, at: usize, bytes: &[u8]) -> Self {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self.seal();
        self
    }

    pub(crate) fn link(self, to: &[u8]) -> Self {
        self.set(157, to)
    }

    fn seal(&mut self) {
        self.0[148..156].fill(b' ');
        let sum: u32 = self.0.iter().map(|byte| u32::from(*byte)).sum();
        self.0[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}

/// A tar, member after member.
#[derive(Clone, Default)]
pub(crate) struct Tar(pub Vec<u8>);

impl Tar {
    pub(crate) fn file(self, path: &str, content: &[u8]) -> Self {
        self.member(&TarHeader::new(path.as_bytes(), content.len() as u64, b'0'), content)
    }

    pub(crate) fn member(mut self, header: &TarHeader, content: &[u8]) -> Self {
        self.0.extend_from_slice(&header.0);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// A pax header that speaks of the next member.
    pub(crate) fn pax(self, key: &str, value: &str) -> Self {
        let mut len = key.len() + value.len() + 3;
        len += len.to_string().len();
        if len.to_string().len() + key.len() + value.len() + 3 != len {
            len += 1;
        }
        let record = format!("{len} {key}={value}\n");
        self.member(&TarHeader::new(b"pax", record.len() as u64, b'x'), record.as_bytes())
    }

    pub(crate) fn long_name(self, name: &[u8]) -> Self {
        self.member(&TarHeader::new(b"././@LongLink", name.len() as u64, b'L'), name)
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }
}

/// A zstd frame whose header tells its size; blocks are stored, or one byte repeated.
pub(crate) fn zstd_frame(content: &[u8]) -> Vec<u8> {
    let mut frame = zstd_head(content.len() as u64);
    if content.is_empty() {
        frame.extend_from_slice(&[1, 0, 0]);
    }
    let count = content.chunks(ZSTD_BLOCK).count();
    for (at, block) in content.chunks(ZSTD_BLOCK).enumerate() {
        frame.extend_from_slice(&zstd_block(at + 1 == count, 0, block.len()));
        frame.extend_from_slice(block);
    }
    frame
}

/// So many zeros, in four bytes each 128 KiB.
pub(crate) fn zstd_zeros(bytes: u64) -> Vec<u8> {
    let mut frame = zstd_window_head(bytes);
    let count = bytes.div_ceil(ZSTD_BLOCK as u64);
    for at in 0..count {
        let len = usize::try_from((bytes - at * ZSTD_BLOCK as u64).min(ZSTD_BLOCK as u64)).unwrap();
        frame.extend_from_slice(&zstd_block(at + 1 == count, 1, len));
        frame.push(0);
    }
    frame
}

const ZSTD_BLOCK: usize = 128 << 10;
pub(crate) const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// One segment, a size of eight bytes, no checksum.
fn zstd_head(size: u64) -> Vec<u8> {
    if size > 8 << 20 {
        return zstd_window_head(size);
    }
    [&ZSTD_MAGIC[..], &[0b1110_0000], &size.to_le_bytes()].concat()
}

/// A window of eight MiB, a size of eight bytes.
fn zstd_window_head(size: u64) -> Vec<u8> {
    [&ZSTD_MAGIC[..], &[0b1100_0000, 13 << 3], &size.to_le_bytes()].concat()
}

fn zstd_block(is_last: bool, kind: u32, len: usize) -> [u8; 3] {
    let header = u32::from(is_last) | kind << 1 | u32::try_from(len).unwrap() << 3;
    let [a, b, c, _] = header.to_le_bytes();
    [a, b, c]
}

pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(content).unwrap();
    deflate.finish().unwrap()
}

pub(crate) fn gzipped(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

/// A front, and so many mebibytes of zeros behind it.
pub(crate) fn gzipped_zeros(front: &[u8], mebibytes: usize) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(front).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..mebibytes).for_each(|_| gzip.write_all(&zeros).unwrap());
    gzip.finish().unwrap()
}

/// How a ticket writes its bytes down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Chars,
    Bytes,
}

/// A ticket of any text, its tag fitting (rainbond-console `www/utils/crypt.py`).
pub(crate) fn ticket(plain: &[u8], expiry: &str, spelling: Spelling) -> String {
    let tag = &md5_hex(&[plain, keys().1.as_bytes()].concat())[..16];
    mixed(&[expiry.as_bytes(), tag.as_bytes(), plain].concat(), spelling)
}

/// The same without a head: whatever is said.
pub(crate) fn mixed(message: &[u8], spelling: Spelling) -> String {
    let salt = "8195";
    let crypt_key = format!("{}{}", keys().0, md5_hex(format!("{}{salt}", keys().0).as_bytes()));
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0_usize;
    for i in 0..256 {
        j = (j + usize::from(state[i]) + usize::from(crypt_key.as_bytes()[i % crypt_key.len()])) % 256;
        state.swap(i, j);
    }
    let (mut a, mut b) = (0_usize, 0_usize);
    let mut next = || {
        a = (a + 1) % 256;
        b = (b + usize::from(state[a])) % 256;
        state.swap(a, b);
        state[(usize::from(state[a]) + usize::from(state[b])) % 256]
    };
    let scrambled: Vec<u8> = match spelling {
        Spelling::Bytes => message.iter().map(|byte| byte ^ next()).collect(),
        Spelling::Chars => {
            let text = String::from_utf8_lossy(message);
            let mix = |c: char| char::from_u32(u32::from(c) ^ u32::from(next())).unwrap_or(c);
            text.chars().map(mix).collect::<String>().into_bytes()
        }
    };
    format!("{salt}{}", base64_of(&scrambled))
}

fn md5_hex(bytes: &[u8]) -> String {
    crate::world::hex(&Md5::digest(bytes))
}

fn keys() -> (String, String) {
    let whole = md5_hex(b"GOODRAINLOVE");
    (md5_hex(&whole.as_bytes()[..16]), md5_hex(&whole.as_bytes()[16..]))
}

/// The alphabet of addresses, unpadded.
fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
