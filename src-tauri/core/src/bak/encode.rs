//! Writes tickets, in both encodings. Decides nothing about which one a console wants (console/era.rs does).

use super::keystream::{Keystream, SALT_LEN, tag};
use super::{Encoding, TicketRecord};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Four hex digits at the front of a ticket. Any will do; the platform derives them from the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Salt([u8; SALT_LEN]);

impl Salt {
    /// Spells a number; the same number gives the same ticket.
    pub(crate) fn from_number(number: u16) -> Self {
        let mut salt = [b'0'; SALT_LEN];
        for (place, byte) in salt.iter_mut().zip(format!("{number:04x}").bytes()) {
            *place = byte;
        }
        Self(salt)
    }

    /// The first four characters of a ticket, to write the same one again.
    pub(crate) fn of(ticket: &str) -> Option<Self> {
        ticket.trim().as_bytes().get(..SALT_LEN)?.try_into().ok().map(Self)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("0000")
    }
}

/// The ticket of a record: one line of text.
pub(crate) fn encode(record: &TicketRecord, encoding: Encoding, salt: Salt) -> String {
    encode_text(&record.to_json(), encoding, salt)
}

pub(super) fn encode_text(plain: &str, encoding: Encoding, salt: Salt) -> String {
    let message = format!("0000000000{}{plain}", tag(plain.as_bytes()));
    let stream = Keystream::new(&salt.0);
    let mixed = match encoding {
        Encoding::New => stream.mix_chars(&message).into_bytes(),
        Encoding::Old => stream.mix_bytes(message.as_bytes()),
    };
    format!("{}{}", salt.as_str(), URL_SAFE_NO_PAD.encode(mixed))
}
