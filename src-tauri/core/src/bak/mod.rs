//! The platform's `.bak` record (a ticket): bytes in, structs out. No I/O here.
//!
//! A ticket holds no data, no bucket and no key: only the record of a backup, scrambled with a constant everybody
//! knows (rainbond-console v6.9.8 `www/utils/crypt.py`). The tag inside proves that it was not altered by accident.
#![allow(dead_code, unused_imports, reason = "the room offers more than the engine asks for so far")]

mod decode;
mod encode;
mod json;
mod keystream;
mod record;
#[cfg(test)]
pub(crate) mod vectors;

pub(crate) use decode::{Decoded, decode, open, read};
pub(crate) use encode::{Salt, encode};
pub(crate) use record::{Mode, TicketRecord};

/// How the scrambled bytes are written down. Which consoles read which: protocol.md §5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// Code points as UTF-8; consoles from v5.3.1 on.
    New,
    /// Plain bytes; consoles up to v5.2.2.
    Old,
}

/// Why a text is no ticket, or no ticket can be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TicketError {
    #[error("The file is empty")]
    Empty,
    #[error("The file is larger than any ticket; one has at most {limit} bytes")]
    TooLarge { limit: usize },
    #[error("The file is no ticket: its text is not of a ticket's alphabet")]
    NotATicket,
    #[error("The ticket is cut short or altered: its tag does not fit")]
    Altered,
    #[error("The ticket expired at {unix}")]
    Expired { unix: i64 },
    #[error("The ticket holds no record")]
    NotARecord(#[source] serde_json::Error),
    #[error("The ticket's record has no usable field {key}")]
    MissingField { key: &'static str },
    #[error("Backup {backup_id} has no package: its state is {status}")]
    NoPackage { backup_id: String, status: String },
}
