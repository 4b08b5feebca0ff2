//! Zips of which every number can be made to lie, in either of the two places where it stands.

/// One member: what its local header says, what the directory says, and what is there.
#[derive(Clone)]
pub(crate) struct Member {
    pub local: Says,
    pub central: Says,
    pub data: Vec<u8>,
    /// Where the directory says it lies; none: where it does.
    pub offset: Option<u64>,
    pub mode: u32,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct Says {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc32: u32,
    pub packed: u32,
    pub size: u32,
}

impl Member {
    pub(crate) fn stored(name: &str, content: &[u8]) -> Self {
        Self::of(name, 0, content.to_vec(), content)
    }

    pub(crate) fn deflated(name: &str, content: &[u8]) -> Self {
        Self::of(name, 8, crate::parts::deflated(content), content)
    }

    fn of(name: &str, method: u16, data: Vec<u8>, content: &[u8]) -> Self {
        let says = Says {
            name: name.as_bytes().to_vec(),
            flags: 0,
            method,
            crc32: crc32(content),
            packed: u32::try_from(data.len()).unwrap(),
            size: u32::try_from(content.len()).unwrap(),
        };
        let (mode, extra) = (0o100_644, Vec::new());
        Self { local: says.clone(), central: says, data, offset: None, mode, extra, comment: b"0/0".to_vec() }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The end records, with whatever they claim.
#[derive(Clone, Default)]
pub(crate) struct End {
    pub count: Option<u16>,
    pub count_here: Option<u16>,
    pub disk: u16,
    pub len: Option<u32>,
    pub offset: Option<u32>,
    pub comment: Vec<u8>,
    /// Claims of it, and of the comment's length.
    pub comment_len: Option<u16>,
    pub wide: Option<Wide>,
    /// Between directory and end.
    pub gap: Vec<u8>,
    pub after: Vec<u8>,
}

#[derive(Clone, Default)]
pub(crate) struct Wide {
    pub count: Option<u64>,
    pub len: Option<u64>,
    pub offset: Option<u64>,
    pub locator: Option<u64>,
}

pub(crate) fn zip(members: &[Member], end: &End) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let at = out.len() as u64;
        out.extend_from_slice(b"PK\x03\x04\x14\0");
        common(&member.local, &mut out);
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&member.local.name);
        out.extend_from_slice(&member.data);
        directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
        common(&member.central, &mut directory);
        directory.extend_from_slice(&u16::try_from(member.extra.len()).unwrap().to_le_bytes());
        directory.extend_from_slice(&u16::try_from(member.comment.len()).unwrap().to_le_bytes());
        directory.extend_from_slice(&[0; 4]);
        directory.extend_from_slice(&(member.mode << 16).to_le_bytes());
        let offset = member.offset.unwrap_or(at);
        directory.extend_from_slice(&u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
        directory.extend_from_slice(&member.central.name);
        directory.extend_from_slice(&member.extra);
        directory.extend_from_slice(&member.comment);
    }
    let (at, len, count) = (out.len() as u64, directory.len() as u64, members.len() as u64);
    out.extend_from_slice(&directory);
    out.extend_from_slice(&end.gap);
    if let Some(wide) = &end.wide {
        let record = out.len() as u64;
        out.extend_from_slice(b"PK\x06\x06");
        out.extend_from_slice(&44_u64.to_le_bytes());
        out.extend_from_slice(&[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let claimed = wide.count.unwrap_or(count);
        for number in [claimed, claimed, wide.len.unwrap_or(len), wide.offset.unwrap_or(at)] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        out.extend_from_slice(&wide.locator.unwrap_or(record).to_le_bytes());
        out.extend_from_slice(&[1, 0, 0, 0]);
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    out.extend_from_slice(b"PK\x05\x06");
    out.extend_from_slice(&[end.disk.to_le_bytes(), end.disk.to_le_bytes()].concat());
    out.extend_from_slice(&end.count_here.or(end.count).unwrap_or(count).to_le_bytes());
    out.extend_from_slice(&end.count.unwrap_or(count).to_le_bytes());
    out.extend_from_slice(&end.len.unwrap_or_else(|| u32::try_from(len).unwrap()).to_le_bytes());
    out.extend_from_slice(&end.offset.unwrap_or_else(|| u32::try_from(at).unwrap()).to_le_bytes());
    let comment_len = end.comment_len.unwrap_or_else(|| u16::try_from(end.comment.len()).unwrap());
    out.extend_from_slice(&comment_len.to_le_bytes());
    out.extend_from_slice(&end.comment);
    out.extend_from_slice(&end.after);
    out
}

/// From the flags to the length of the name.
fn common(says: &Says, out: &mut Vec<u8>) {
    out.extend_from_slice(&says.flags.to_le_bytes());
    out.extend_from_slice(&says.method.to_le_bytes());
    out.extend_from_slice(&[0, 0, 0x21, 0]);
    for number in [says.crc32, says.packed, says.size] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&u16::try_from(says.name.len()).unwrap().to_le_bytes());
}
