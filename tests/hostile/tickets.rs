//! Tickets: envelopes that are none, tags that do not fit, and records behind tags that do.

use crate::corpus::{Case, Kind};
use crate::parts::{Dice, Spelling, mixed, ticket};
use serde_json::{Map, Value, json};

const PLAIN: &str = include_str!("../fixtures/recorded/v6.9.8/files/ascii-note.plain.json");
const NEVER: &str = "0000000000";
const REQUIRED: [&str; 11] = [
    "backup_id",
    "status",
    "version",
    "source_dir",
    "source_type",
    "mode",
    "backup_size",
    "note",
    "user",
    "total_memory",
    "backup_server_info",
];

pub(crate) fn all(cases: &mut Vec<Case>) {
    let mut add = |name: String, bytes: Vec<u8>| cases.push(Case::new(Kind::Ticket, &name, bytes));
    for (word, spelling) in [("new", Spelling::Chars), ("old", Spelling::Bytes)] {
        let whole = ticket(PLAIN.trim().as_bytes(), NEVER, spelling);
        for at in 0..16 {
            let end = at * whole.len() / 16;
            add(format!("{word}-cut-{at:02}"), whole.as_bytes()[..end].to_vec());
        }
        let mut dice = Dice(0x71c + whole.len() as u64);
        for at in 0..16 {
            let mut bytes = whole.clone().into_bytes();
            let place = (at * bytes.len() / 16 + dice.below(20)).min(bytes.len() - 2);
            bytes[place] = if bytes[place] == b'A' { b'Q' } else { b'A' };
            add(format!("{word}-flipped-{at:02}"), bytes);
        }
        for (what, expiry) in
            [("past", "0000000001"), ("future", "9999999999"), ("signed", "-000000001"), ("blank", "          ")]
        {
            add(format!("{word}-expiry-{what}"), ticket(PLAIN.as_bytes(), expiry, spelling).into_bytes());
        }
        let untagged = [NEVER, "0123456789abcdef", PLAIN].concat();
        add(format!("{word}-tag-wrong"), mixed(untagged.as_bytes(), spelling).into_bytes());
        add(format!("{word}-tag-short"), mixed(b"00000000000123", spelling).into_bytes());
        add(format!("{word}-two-joined"), format!("{whole}{whole}").into_bytes());
        add(format!("{word}-broken-by-a-line"), format!("{}\n{}", &whole[..60], &whole[60..]).into_bytes());
        add(format!("{word}-padded-thrice"), format!("{whole}===").into_bytes());
        for (what, text) in records() {
            add(format!("{word}-record-{what}"), ticket(text.as_bytes(), NEVER, spelling).into_bytes());
        }
    }
    let raw = [PLAIN.trim().as_bytes(), &[0xff, 0xfe, 0xc0]].concat();
    add("old-record-no-utf8".to_owned(), ticket(&raw, NEVER, Spelling::Bytes).into_bytes());
    for (what, bytes) in no_tickets() {
        add(format!("none-{what}"), bytes);
    }
}

/// Texts that are no record of a backup.
fn records() -> Vec<(String, String)> {
    let whole: Map<String, Value> = serde_json::from_str(PLAIN).unwrap();
    let mut texts = Vec::new();
    for key in REQUIRED {
        let mut less = whole.clone();
        less.remove(key);
        texts.push((format!("without-{key}"), Value::Object(less).to_string()));
        for (what, value) in [("list", json!([1])), ("null", Value::Null)] {
            let mut other = whole.clone();
            other.insert(key.to_owned(), value);
            texts.push((format!("{key}-{what}"), Value::Object(other).to_string()));
        }
    }
    for (what, value) in [("negative", "-1"), ("huge", "18446744073709551616"), ("power", "1e400"), ("half", "0.5")] {
        let text = Value::Object(whole.clone()).to_string();
        let size = whole["backup_size"].to_string();
        let changed = text.replacen(&format!("\"backup_size\":{size}"), &format!("\"backup_size\":{value}"), 1);
        assert_ne!(text, changed);
        texts.push((format!("size-{what}"), changed));
    }
    let mut say = |what: &str, text: String| texts.push((what.to_owned(), text));
    for (what, text) in [("empty", ""), ("null", "null"), ("list", "[]"), ("text", "\"x\""), ("number", "7")] {
        say(what, text.to_owned());
    }
    say("empty-object", "{}".to_owned());
    say("behind-a-mark", format!("\u{feff}{PLAIN}"));
    say("followed", format!("{}{{}}", PLAIN.trim()));
    say("cut", PLAIN.trim()[..PLAIN.trim().len() - 1].to_owned());
    say("deep", format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200)));
    say("deeper", "[".repeat(100_000));
    say("swelling", format!("{{\"a\":[{}0]}}", "[],".repeat(150_000)));
    say("swelling-objects", format!("{{\"a\":[{}0]}}", "{\"\":0},".repeat(110_000)));
    say("single-quotes", PLAIN.replace('"', "'"));
    say("not-a-number", "{\"backup_size\": NaN}".to_owned());
    texts
}

fn no_tickets() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("empty", Vec::new()),
        ("blank", b" \r\n\t ".to_vec()),
        ("three", b"819".to_vec()),
        ("salt", b"8195".to_vec()),
        ("page", b"<!DOCTYPE html><html><title>Login</title></html>".to_vec()),
        ("json", PLAIN.as_bytes().to_vec()),
        ("zip", b"PK\x03\x04\x14\0\0\0\0\0".to_vec()),
        ("zeros", vec![0; 4096]),
        ("large", vec![b'a'; 3 << 20]),
        ("large-blank", vec![b' '; 3 << 20]),
        ("slashes", b"8195ab/+cd/+".to_vec()),
        ("traversal", b"8195../../escaped".to_vec()),
        ("utf16", "8195abcd".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ]
}
