//! Journals that a disk, or somebody with access to it, made into something else.

use crate::corpus::{Case, Kind};
use crate::parts::Dice;

const JOURNAL: &str = include_str!("../fixtures/journals/migrate.jsonl");

pub(crate) fn all(cases: &mut Vec<Case>) {
    let mut add = |name: &str, bytes: Vec<u8>| cases.push(Case::new(Kind::Journal, name, bytes));
    let lines: Vec<&str> = JOURNAL.lines().collect();
    // A line in the middle is not whole JSON, or not a fact.
    for at in 0..12 {
        let mut lines = lines.clone();
        let place = at * (lines.len() - 1) / 12;
        lines[place] = &lines[place][..lines[place].len() / 2];
        add(&format!("line-cut-{at:02}"), (lines.join("\n") + "\n").into_bytes());
    }
    let mut dice = Dice(0x10a);
    for at in 0..12 {
        let mut bytes = JOURNAL.as_bytes().to_vec();
        // The colon behind a fact's time: no line can do without.
        let places: Vec<usize> = JOURNAL.match_indices("{\"at\":").map(|(at, _)| at + 5).collect();
        bytes[places[dice.below(places.len())]] = b"x;, 0"[at % 5];
        add(&format!("flipped-{at:02}"), bytes);
    }
    let (first, rest) = JOURNAL.split_once('\n').unwrap();
    let with = |line: &str| format!("{first}\n{line}\n{rest}").into_bytes();
    for (what, line) in [
        ("empty", ""),
        ("text", "hello"),
        ("null", "null"),
        ("list", "[]"),
        ("object", "{}"),
        ("unknown-fact", r#"{"at":"2026-08-20T10:00:00Z","fact":{"is":"exploded"}}"#),
        ("no-time", r#"{"fact":{"is":"run_started"}}"#),
        ("odd-time", r#"{"at":"yesterday","fact":{"is":"run_started"}}"#),
        ("far-time", r#"{"at":"999999999-01-01T00:00:00Z","fact":{"is":"run_started"}}"#),
        ("negative", r#"{"at":"2026-08-20T10:00:00Z","fact":{"is":"phase_started","phase":"copy","total_bytes":-1}}"#),
        ("huge", r#"{"at":"2026-08-20T10:00:00Z","fact":{"is":"phase_started","phase":"copy","total_bytes":1e300}}"#),
        ("types", r#"{"at":"2026-08-20T10:00:00Z","fact":{"is":"part_done","index":"7","tag":null}}"#),
        ("nul", "\0\0\0\0"),
    ] {
        add(&format!("line-{what}"), with(line));
    }
    add("line-no-utf8", [first.as_bytes(), b"\n\"\xff\xfe\"\n", rest.as_bytes()].concat());
    add("line-deep", with(&"[".repeat(500_000)));
    add("line-swelling", with(&format!("{{\"at\":[{}0]}}", "[],".repeat(500_000))));
    add("newer", JOURNAL.replacen("\"schema_version\":1", "\"schema_version\":2", 1).into_bytes());
    add("newest", JOURNAL.replacen("\"schema_version\":1", "\"schema_version\":4294967295", 1).into_bytes());
    add("too-long", JOURNAL.repeat((33 << 20) / JOURNAL.len() + 1).into_bytes());
    add("zeros", [&[0; 512][..], b"\n"].concat());
}
