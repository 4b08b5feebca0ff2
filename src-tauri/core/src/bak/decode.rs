//! Reads tickets, whichever encoding they are in. Never yields half a record: the tag fits, or there is an error.

use super::keystream::{EXPIRY_LEN, HEAD_LEN, Keystream, SALT_LEN, tag};
use super::{Encoding, TicketError, TicketRecord};
use crate::files;
use crate::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::path::Path;

/// The console's own limit for an upload (recording 614).
pub(super) const LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// What a ticket holds, and how it was written.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    pub record: TicketRecord,
    pub encoding: Encoding,
}

/// The text of a file that may be a ticket; of a longer one as much as shows that it is too long.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    files::read_at_most(path, LIMIT_BYTES)
}

/// Reads a ticket into its record.
pub(crate) fn decode(ticket: &[u8]) -> Result<Decoded, TicketError> {
    let (plain, encoding) = open(ticket)?;
    Ok(Decoded { record: TicketRecord::from_json(&plain)?, encoding })
}

/// Reads a ticket into its text, whatever that says.
///
/// NEW is tried first and OLD second, and only the tag decides: an OLD ticket may happen to be valid UTF-8, which
/// fools the console's own test (`www/utils/crypt.py` of rainbond-console v6.9.8).
pub(crate) fn open(ticket: &[u8]) -> Result<(String, Encoding), TicketError> {
    if ticket.len() > LIMIT_BYTES {
        return Err(TicketError::TooLarge { limit: LIMIT_BYTES });
    }
    let ticket = ticket.trim_ascii();
    if ticket.is_empty() {
        return Err(TicketError::Empty);
    }
    let (salt, body) = ticket.split_at_checked(SALT_LEN).ok_or(TicketError::NotATicket)?;
    let body = body.strip_suffix(b"==").or_else(|| body.strip_suffix(b"=")).unwrap_or(body);
    let mixed = URL_SAFE_NO_PAD.decode(body).map_err(|_| TicketError::NotATicket)?;
    if let Some(plain) = open_new(salt, &mixed)? {
        return Ok((plain, Encoding::New));
    }
    match open_old(salt, &mixed)? {
        Some(plain) => Ok((plain, Encoding::Old)),
        None => Err(TicketError::Altered),
    }
}

fn open_new(salt: &[u8], mixed: &[u8]) -> Result<Option<String>, TicketError> {
    let Ok(text) = std::str::from_utf8(mixed) else { return Ok(None) };
    let message = Keystream::new(salt).mix_chars(text);
    let Some(head) = message.get(..HEAD_LEN) else { return Ok(None) };
    // `get` above proves that the cut is at a character.
    let plain = message.get(HEAD_LEN..).unwrap_or_default();
    Ok(judge(head.as_bytes(), plain.as_bytes())?.then(|| plain.to_owned()))
}

fn open_old(salt: &[u8], mixed: &[u8]) -> Result<Option<String>, TicketError> {
    let message = Keystream::new(salt).mix_bytes(mixed);
    let Some((head, plain)) = message.split_at_checked(HEAD_LEN) else { return Ok(None) };
    if !judge(head, plain)? {
        return Ok(None);
    }
    Ok(String::from_utf8(plain.to_vec()).ok())
}

/// Whether the head vouches for the plain text.
fn judge(head: &[u8], plain: &[u8]) -> Result<bool, TicketError> {
    let Some((expiry, claimed)) = head.split_at_checked(EXPIRY_LEN) else { return Ok(false) };
    if claimed != tag(plain).as_bytes() {
        return Ok(false);
    }
    // The tag does not cover the expiry, so anything but digits means an altered ticket.
    let digits = std::str::from_utf8(expiry).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|text| text.parse::<i64>().ok()) {
        Some(0) => Ok(true),
        // The platform writes 0 only; the rest came about by altering.
        Some(unix) => Err(TicketError::Expired { unix }),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::encode::encode_text;
    use super::super::{Salt, encode};
    use super::*;
    use proptest::prelude::*;

    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    fn either() -> impl Strategy<Value = Encoding> {
        prop_oneof![Just(Encoding::New), Just(Encoding::Old)]
    }

    proptest! {
        #[test]
        fn every_text_comes_back(plain in any::<String>(), number in any::<u16>(), encoding in either()) {
            let ticket = encode_text(&plain, encoding, Salt::from_number(number));
            let (read, seen) = open(ticket.as_bytes()).unwrap();
            prop_assert_eq!(&read, &plain);
            // A text whose scrambled bytes are the same in both encodings reads as NEW.
            if seen != encoding {
                prop_assert_eq!(ticket, encode_text(&plain, seen, Salt::from_number(number)));
            }
        }

        #[test]
        fn one_changed_character_is_refused(
            note in "\\PC{0,40}", number in any::<u16>(), encoding in either(), place in any::<prop::sample::Index>(), letter in 0usize..64,
        ) {
            let record = TicketRecord { note, backup_id: "b".into(), ..TicketRecord::default() };
            let mut ticket = encode(&record, encoding, Salt::from_number(number)).into_bytes();
            let place = place.index(ticket.len());
            prop_assume!(ticket[place] != ALPHABET[letter]);
            ticket[place] = ALPHABET[letter];
            if let Ok((plain, _)) = open(&ticket) {
                prop_assert_eq!(plain, record.to_json());
            }
        }

        #[test]
        fn garbage_is_refused_quietly(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn garbage_of_the_right_alphabet_is_refused(text in "[A-Za-z0-9_-]{0,400}") {
            prop_assert!(decode(text.as_bytes()).is_err());
        }
    }

    #[test]
    fn a_ticket_may_be_wrapped_in_blanks_and_padded() {
        let ticket = encode_text("{}", Encoding::New, Salt::from_number(0x8195));
        let padded = format!("  {ticket}==\r\n");
        assert_eq!(open(padded.as_bytes()).unwrap().0, "{}");
    }

    #[test]
    fn no_more_of_a_file_is_read_than_shows_that_it_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("huge.bak");
        // Without blocks on the disk.
        std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let bytes = read(&path).unwrap().unwrap();
        assert_eq!(bytes.len(), LIMIT_BYTES + 1);
        assert!(matches!(open(&bytes), Err(TicketError::TooLarge { .. })));
        assert_eq!(read(&dir.path().join("none.bak")).unwrap(), None);
    }

    #[test]
    fn a_file_above_the_consoles_limit_is_refused() {
        let huge = vec![b'a'; LIMIT_BYTES + 1];
        assert!(matches!(open(&huge), Err(TicketError::TooLarge { .. })));
    }
}
