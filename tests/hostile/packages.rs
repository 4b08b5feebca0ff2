//! Packages: zips whose two directories differ, lie, overlap or swell, names that climb, and metadata that is none.

use crate::corpus::{Case, Kind};
use crate::parts::Dice;
use crate::zips::{End, Member, Wide, zip};

const ROOT: &str = "c25a_20260820103000";
const CONSOLE: &[u8] = br#"{"apps": [], "group_info": {"group_name": "shop"}}"#;
const REGION: &[u8] = br#"{"Services": []}"#;

fn members() -> Vec<Member> {
    let image: Vec<u8> = (0..6_000_u32).flat_map(|n| (n * n).to_le_bytes()).collect();
    vec![
        Member::deflated(&format!("{ROOT}/app_1/image_1.tar"), &image),
        Member::deflated(&format!("{ROOT}/console_apps_metadata.json"), CONSOLE),
        Member::stored(&format!("{ROOT}/data_1/data.zip"), &zip(&[Member::stored("s/a", b"1")], &End::default())),
        Member::stored(&format!("{ROOT}/region_apps_metadata.json"), REGION),
    ]
}

pub(crate) fn usual() -> Vec<u8> {
    zip(&members(), &End::default())
}

pub(crate) fn all(cases: &mut Vec<Case>) {
    lies(cases);
    ends(cases);
    names(cases);
    swelling(cases);
    damage(cases);
    metadata(cases);
    nested(cases);
}

fn add(cases: &mut Vec<Case>, name: &str, bytes: Vec<u8>) {
    cases.push(Case::new(Kind::Package, name, bytes));
}

/// One member of the usual ones, changed.
fn with(at: usize, change: impl FnOnce(&mut Member)) -> Vec<u8> {
    let mut all = members();
    change(&mut all[at]);
    zip(&all, &End::default())
}

type Change = (&'static str, fn(&mut Member));

fn lies(cases: &mut Vec<Case>) {
    let changes: &[Change] = &[
        ("local-name", |m| m.local.name = b"c25a_20260820103000/escaped".to_vec()),
        ("local-name-up", |m| m.local.name = b"../../escaped".to_vec()),
        ("local-name-empty", |m| m.local.name.clear()),
        ("local-method", |m| m.local.method = 8 - m.local.method),
        ("local-encrypted", |m| m.local.flags |= 1),
        ("local-size", |m| m.local.size += 1),
        ("local-size-zero", |m| m.local.size = 0),
        ("local-packed", |m| m.local.packed -= 1),
        ("local-packed-top", |m| m.local.packed = u32::MAX - 1),
        ("local-crc", |m| m.local.crc32 ^= 1),
        ("central-size", |m| m.central.size += 1),
        ("central-size-less", |m| m.central.size -= 1),
        ("central-size-top", |m| m.central.size = u32::MAX - 1),
        ("central-size-wide", |m| m.central.size = u32::MAX),
        ("central-packed-more", |m| m.central.packed += 10_000),
        ("central-packed-less", |m| m.central.packed /= 2),
        ("central-packed-wide", |m| m.central.packed = u32::MAX),
        ("central-crc", |m| m.central.crc32 ^= 0x8000),
        ("encrypted", |m| {
            m.central.flags |= 1;
            m.local.flags |= 1;
        }),
        ("encrypted-strongly", |m| {
            m.central.flags |= 0x41;
            m.local.flags |= 0x41;
        }),
        ("method-1", |m| (m.central.method, m.local.method) = (1, 1)),
        ("method-9", |m| (m.central.method, m.local.method) = (9, 9)),
        ("method-12", |m| (m.central.method, m.local.method) = (12, 12)),
        ("method-14", |m| (m.central.method, m.local.method) = (14, 14)),
        ("method-93", |m| (m.central.method, m.local.method) = (93, 93)),
        ("method-99", |m| (m.central.method, m.local.method) = (99, 99)),
        ("both-sizes", |m| {
            m.central.size += 1;
            m.local.size += 1;
        }),
        ("both-crcs", |m| {
            m.central.crc32 ^= 1;
            m.local.crc32 ^= 1;
        }),
        ("offset-of-the-first", |m| m.offset = Some(0)),
        ("offset-odd", |m| m.offset = Some(3)),
        ("offset-top", |m| m.offset = Some(u64::from(u32::MAX) - 1)),
        ("offset-wide", |m| m.offset = Some(u64::MAX)),
        ("data-cut", |m| m.data.truncate(m.data.len() / 2)),
        ("data-zeros", |m| m.data.fill(0)),
        ("data-ones", |m| m.data.fill(0xff)),
        ("wide-field-cut", |m| {
            m.central.size = u32::MAX;
            m.extra = b"\x01\0\x08\0\x01\0\0".to_vec();
        }),
        ("wide-field-top", |m| {
            m.central.size = u32::MAX;
            m.extra = [&b"\x01\0\x08\0"[..], &u64::MAX.to_le_bytes()].concat();
        }),
        ("wide-field-offset", |m| {
            m.offset = Some(u64::MAX);
            m.extra = [&b"\x01\0\x08\0"[..], &(1_u64 << 62).to_le_bytes()].concat();
        }),
    ];
    for (what, change) in changes {
        for at in [1, 2] {
            add(cases, &format!("{what}-{at}"), with(at, change));
        }
    }
    for (what, mode) in [
        ("link", 0o120_777),
        ("character-device", 0o020_644),
        ("block-device", 0o060_644),
        ("pipe", 0o010_644),
        ("socket", 0o140_644),
    ] {
        add(cases, &format!("mode-{what}"), with(2, |m| m.mode = mode));
    }
}

fn ends(cases: &mut Vec<Case>) {
    let mut put = |what: &str, end: End| add(cases, &format!("end-{what}"), zip(&members(), &end));
    let usual = End::default;
    put("count-more", End { count: Some(5), ..usual() });
    put("count-less", End { count: Some(3), ..usual() });
    put("count-none", End { count: Some(0), ..usual() });
    put("count-top", End { count: Some(0xfffe), ..usual() });
    put("count-differs", End { count_here: Some(1), ..usual() });
    put("disk", End { disk: 1, ..usual() });
    put("len-less", End { len: Some(46), ..usual() });
    put("len-more", End { len: Some(1 << 20), ..usual() });
    put("len-top", End { len: Some(u32::MAX - 1), ..usual() });
    put("offset-zero", End { offset: Some(0), ..usual() });
    put("offset-top", End { offset: Some(u32::MAX - 1), ..usual() });
    put("offset-wide", End { offset: Some(u32::MAX), ..usual() });
    put("len-wide", End { len: Some(u32::MAX), ..usual() });
    put("comment-len", End { comment_len: Some(9), ..usual() });
    put("comment-len-top", End { comment_len: Some(u16::MAX), comment: b"short".to_vec(), ..usual() });
    put("gap", End { gap: vec![0; 64], ..usual() });
    put("behind", End { after: b"behind the end".to_vec(), ..usual() });
    put("far-behind", End { after: vec![0; 70_000], ..usual() });
    // A second end in the comment of the first, and the other way round: which of them counts depends on the reader.
    let inner = zip(&[Member::stored("escaped", b"x")], &End::default());
    put("second-in-comment", End { comment: inner[inner.len() - 22..].to_vec(), ..usual() });
    put("whole-zip-in-comment", End { comment: inner.clone(), ..usual() });
    put("mark-in-comment", End { comment: b"PK\x05\x06 is a mark".to_vec(), ..usual() });
    let wide = |wide: Wide| End { wide: Some(wide), ..End::default() };
    put("wide-count", wide(Wide { count: Some(9), ..Wide::default() }));
    put("wide-count-top", wide(Wide { count: Some(u64::MAX), ..Wide::default() }));
    put("wide-len", wide(Wide { len: Some(46), ..Wide::default() }));
    put("wide-len-top", wide(Wide { len: Some(u64::MAX), ..Wide::default() }));
    put("wide-offset", wide(Wide { offset: Some(1), ..Wide::default() }));
    put("wide-offset-top", wide(Wide { offset: Some(u64::MAX), ..Wide::default() }));
    put("wide-locator", wide(Wide { locator: Some(0), ..Wide::default() }));
    put("wide-locator-top", wide(Wide { locator: Some(u64::MAX), ..Wide::default() }));
    put("narrow-count-differs", End { count: Some(3), ..wide(Wide::default()) });
    put("narrow-offset-differs", End { offset: Some(7), ..wide(Wide::default()) });
    put("narrow-len-differs", End { len: Some(92), ..wide(Wide::default()) });
}

fn names(cases: &mut Vec<Case>) {
    let names: &[(&str, &str)] = &[
        ("up", "../escaped"),
        ("up-deep", "c25a_20260820103000/../../../../tmp/escaped"),
        ("up-last", "c25a_20260820103000/.."),
        ("up-backslash", "..\\..\\escaped"),
        ("absolute", "/tmp/escaped"),
        ("drive", "C:/escaped"),
        ("drive-backslash", "C:\\escaped"),
        ("backslash", "c25a_20260820103000\\app_1\\escaped"),
        ("nul", "c25a_20260820103000/escaped\0.json"),
        ("new-line", "c25a_20260820103000/escaped\n"),
        ("escape", "c25a_20260820103000/\u{1b}[2Jescaped"),
        ("delete", "c25a_20260820103000/a\u{7f}"),
        ("same", "c25a_20260820103000/region_apps_metadata.json"),
        ("case", "c25a_20260820103000/Region_Apps_Metadata.JSON"),
        ("case-root", "C25A_20260820103000/region_apps_metadata.json"),
        ("letters", "c25a_20260820103000/region_app\u{17f}_metadata.json"),
        ("folder-of-a-file", "c25a_20260820103000/region_apps_metadata.json/"),
    ];
    for (what, name) in names {
        let mut all = members();
        all.push(Member::stored(name, if name.ends_with('/') { b"" } else { b"x" }));
        add(cases, &format!("name-{what}"), zip(&all, &End::default()));
    }
    for (what, one, other) in [
        ("accents", "caf\u{e9}", "cafe\u{301}"),
        ("rings", "\u{212b}", "A\u{30a}"),
        ("hangul", "\u{ac00}", "\u{1100}\u{1161}"),
        ("sharp", "stra\u{df}e", "strasse"),
    ] {
        let mut all = members();
        let file = |name: &str| Member::stored(&format!("{ROOT}/data_1/{name}.zip"), b"x");
        all.extend([file(one), file(other)]);
        add(cases, &format!("twins-{what}"), zip(&all, &End::default()));
    }
    let folder = Member::stored(&format!("{ROOT}/folder/"), b"with content");
    add(cases, "folder-with-content", zip(&[members(), vec![folder]].concat(), &End::default()));
}

fn swelling(cases: &mut Vec<Case>) {
    let zeros = vec![0; 64 << 20];
    let bomb = |at: usize| {
        let mut all = members();
        let name = String::from_utf8(all[at].local.name.clone()).unwrap();
        all[at] = Member::deflated(&name, &zeros);
        zip(&all, &End::default())
    };
    add(cases, "bomb-console-metadata", bomb(1));
    add(cases, "bomb-region-metadata", bomb(3));
    for (what, size) in [("sixteen", 16_u64 << 30), ("peta", 1 << 50), ("top", u64::MAX >> 1)] {
        let bytes = with(1, |m| {
            m.central.size = u32::MAX;
            m.local.size = u32::MAX;
            m.extra = [&b"\x01\0\x08\0"[..], &size.to_le_bytes()].concat();
        });
        add(cases, &format!("bomb-claimed-{what}"), bytes);
    }
    // Every entry over the same bytes, as in the best known of all bombs.
    let mut overlapping = members();
    for at in 0..200 {
        let mut again = overlapping[0].clone();
        again.central.name = format!("{ROOT}/app_{at}/x").into_bytes();
        again.offset = Some(0);
        overlapping.push(again);
    }
    add(cases, "bomb-overlapping", zip(&overlapping, &End::default()));
    let tiny = |at: usize| Member::stored(&format!("{at:x}"), b"").with(|m| m.comment.clear());
    let many: Vec<Member> = (0..65_000).map(tiny).collect();
    let wrong = End { count: Some(64_999), ..End::default() };
    add(cases, "entries-many", zip(&many, &wrong));
    let far: Vec<Member> = (0..300_000).map(tiny).collect();
    add(cases, "entries-too-many", zip(&far, &End { wide: Some(Wide::default()), ..End::default() }));
    let long = |at: usize| Member::stored(&format!("{at}{}", "n".repeat(60_000)), b"").with(|m| m.local.name.clear());
    let named: Vec<Member> = (0..600).map(long).collect();
    add(cases, "directory-huge", zip(&named, &End::default()));
}

fn damage(cases: &mut Vec<Case>) {
    let whole = usual();
    for at in 0..24 {
        add(cases, &format!("cut-{at:02}"), whole[..at * whole.len() / 24].to_vec());
    }
    let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let mut dice = Dice(0x21b);
    for at in 0..24 {
        let mut bytes = whole.clone();
        // Of the data, all of which a checksum guards.
        let place = 200 + dice.below(directory - 2_000);
        bytes[place] ^= 1 << dice.below(8);
        add(cases, &format!("flipped-{at:02}"), bytes);
    }
    let mut put = |what: &str, bytes: Vec<u8>| add(cases, what, bytes);
    put("none-empty", Vec::new());
    put("none-text", b"hello, I am a web page that is long enough to be one".to_vec());
    put("none-zeros", vec![0; 100_000]);
    put("none-marks", b"PK\x05\x06".repeat(20_000));
    put("none-entries", b"PK\x01\x02".repeat(20_000));
    put("only-directory", whole[directory..].to_vec());
    put("before-garbage", [b"garbage", &whole[..]].concat());
    put("twice", [&whole[..], &whole[..]].concat());
}

fn metadata(cases: &mut Vec<Case>) {
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("text", b"\"hello\"".to_vec()),
        ("number", b"1e999".to_vec()),
        ("cut", b"{\"apps\": [".to_vec()),
        ("behind", b"{\"apps\": [], \"Services\": []} {}".to_vec()),
        ("no-utf8", b"{\"apps\": [], \"Services\": [], \"a\": \"\xff\xfe\"}".to_vec()),
        ("utf16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("null", b"null".to_vec()),
        ("empty-object", b"{}".to_vec()),
        ("deep", b"{\"apps\":".iter().chain(&b"[".repeat(1_000_000)).copied().collect()),
        ("deep-objects", b"{\"a\":".repeat(200_000)),
        ("swelling-lists", format!("{{\"apps\":[{}0]}}", "[],".repeat(3_000_000)).into_bytes()),
        ("swelling-objects", format!("{{\"apps\":[{}0]}}", "{\"\":0},".repeat(2_000_000)).into_bytes()),
        ("swelling-numbers", format!("{{\"apps\":[{}0]}}", "0,".repeat(10_000_000)).into_bytes()),
        ("page", b"<html>502 Bad Gateway</html>".to_vec()),
        ("nan", b"{\"apps\": [], \"Services\": [], \"a\": NaN}".to_vec()),
    ];
    for (at, which) in [(1, "console"), (3, "region")] {
        for (what, text) in &texts {
            let mut all = members();
            let name = String::from_utf8(all[at].local.name.clone()).unwrap();
            all[at] = Member::deflated(&name, text);
            cases.push(Case::new(Kind::Package, &format!("{which}-metadata-{what}"), zip(&all, &End::default())));
        }
        let mut less = members();
        less.remove(at);
        add(cases, &format!("{which}-metadata-missing"), zip(&less, &End::default()));
    }
}

/// Zips of volumes' files, inside.
fn nested(cases: &mut Vec<Case>) {
    let mut put = |what: &str, inner: Vec<u8>| {
        for (packed, make) in [("stored", Member::stored as fn(&str, &[u8]) -> Member), ("deflated", Member::deflated)]
        {
            let mut all = members();
            all[2] = make(&format!("{ROOT}/data_1/data.zip"), &inner);
            add(cases, &format!("nested-{packed}-{what}"), zip(&all, &End::default()));
        }
    };
    put("none", b"no zip at all".to_vec());
    put("empty", Vec::new());
    put("cut", zip(&[Member::stored("s/a", b"1")], &End::default())[..60].to_vec());
    put("up", zip(&[Member::stored("../../escaped", b"1")], &End::default()));
    put("absolute", zip(&[Member::stored("/tmp/escaped", b"1")], &End::default()));
    put("nul", zip(&[Member::stored("s/escaped\0", b"1")], &End::default()));
    put("same", zip(&[Member::stored("s/a", b"1"), Member::stored("s/a", b"2")], &End::default()));
    let through =
        [Member::stored("s/link", b"/tmp").with(|m| m.mode = 0o120_777), Member::stored("s/link/escaped", b"1")];
    put("through-a-link", zip(&through, &End::default()));
    put("encrypted", zip(&[Member::stored("s/a", b"1").with(|m| m.central.flags = 1)], &End::default()));
    put(
        "overlapping",
        zip(&[Member::stored("s/a", b"1"), Member::stored("s/b", b"1").with(|m| m.offset = Some(0))], &End::default()),
    );
    put("count", zip(&[Member::stored("s/a", b"1")], &End { count: Some(7), ..End::default() }));
    put("two-ends", zip(&[Member::stored("s/a", b"1")], &End { comment: b"PK\x05\x06".to_vec(), ..End::default() }));
}
