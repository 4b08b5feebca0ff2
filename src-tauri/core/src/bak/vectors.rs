//! Every golden ticket there is, read and written again: protocol.md §5.4 (tests/fixtures/tickets), the codec's own
//! vectors and each recorded download (tests/fixtures/recorded).

use super::encode::encode_text;
use super::{Encoding, Salt, TicketRecord, decode, open};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("no {key} in {row}"))
}

/// Reads the ticket, and writes it again from its text, to the same characters.
fn check(name: &str, ticket: &str, plain: &str, encoding: Encoding) {
    assert_eq!(open(ticket.as_bytes()).unwrap(), (plain.to_owned(), encoding), "{name}");
    assert_eq!(encode_text(plain, encoding, Salt::of(ticket).unwrap()), ticket.trim(), "{name}");
}

/// An official record is typed and written again without a difference.
fn check_record(name: &str, ticket: &str, plain: &str) {
    let record = decode(ticket.as_bytes()).unwrap().record;
    assert_eq!(record.to_json(), plain, "{name}");
    assert_eq!(TicketRecord::from_json(plain).unwrap(), record, "{name}");
}

fn documented() -> usize {
    let file: Value = serde_json::from_str(&read(&fixtures().join("tickets/vectors.json"))).unwrap();
    let rows = file["vectors"].as_array().unwrap();
    for row in rows {
        let (name, ticket, plain) = (text(row, "name"), text(row, "ticket"), text(row, "plain"));
        let encoding = if text(row, "variant") == "OLD" { Encoding::Old } else { Encoding::New };
        check(name, ticket, plain, encoding);
        if name == "#11" {
            check_record(name, ticket, plain);
        }
    }
    rows.len()
}

fn from_the_codec() -> usize {
    let folder = fixtures().join("recorded/v6.9.8");
    let file: Value = serde_json::from_str(&read(&folder.join("authcode-vectors.json"))).unwrap();
    let rows = file["vectors"].as_array().unwrap();
    for row in rows {
        let plain = text(row, "plaintext");
        if let Some(path) = row["file"].as_str() {
            let ticket = read(&folder.join(path));
            check(path, &ticket, plain, Encoding::New);
            check_record(path, &ticket, plain);
            assert_eq!(read(&folder.join(text(row, "plain_file"))).trim_end(), plain, "{path}");
        } else {
            let name = text(row, "name");
            let encoding = if name == "codec-old-byte-form" { Encoding::Old } else { Encoding::New };
            check(name, text(row, "encoded"), plain, encoding);
        }
    }
    rows.len()
}

/// The one download that the codec's file does not list.
fn of_the_older_console() -> usize {
    let folder = fixtures().join("recorded/v5.17.3/files");
    let (ticket, plain) = (read(&folder.join("unicode-note.bak")), read(&folder.join("unicode-note.plain.json")));
    check("v5.17.3/unicode-note.bak", &ticket, plain.trim_end(), Encoding::New);
    check_record("v5.17.3/unicode-note.bak", &ticket, plain.trim_end());
    1
}

/// Replays all vectors and says how many there were.
pub(crate) fn replay() -> usize {
    documented() + from_the_codec() + of_the_older_console()
}

#[test]
fn every_golden_ticket_is_read_and_written_to_the_same_characters() {
    assert_eq!(replay(), 24);
}

#[test]
fn an_official_ticket_survives_no_change_anywhere() {
    let ticket = read(&fixtures().join("recorded/v6.9.8/files/ascii-note.bak")).into_bytes();
    let (plain, _) = open(&ticket).unwrap();
    for place in 0..ticket.len() {
        let mut altered = ticket.clone();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        match open(&altered) {
            Ok((read, _)) => assert_eq!(read, plain, "character {place}"),
            Err(e) => assert!(!e.to_string().contains("backup_id"), "character {place}: {e}"),
        }
    }
}

#[test]
fn an_official_ticket_cut_anywhere_is_refused() {
    let ticket = read(&fixtures().join("recorded/v6.9.8/files/ascii-note.bak"));
    for end in 0..ticket.trim_end().len() {
        assert!(open(&ticket.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}
