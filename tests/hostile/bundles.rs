//! Bundles: tar headers, names, sizes, manifests, sums and frames that are not as they should be.

use crate::corpus::{Case, Kind, sha256};
use crate::parts::{Dice, Tar, TarHeader, ZSTD_MAGIC, zstd_frame, zstd_zeros};
use serde_json::{Value, json};

pub(crate) const FOLDER: &str = "shop-20260820103000";
/// What a package is cut into.
const PART: usize = 8 << 20;
const PACKAGE: &str = "package/c25a_20260820103000.zip";
const REGION: &str = "metadata/region_apps_metadata.json";

/// What a bundle is made of; each part can be put wrong by itself.
#[derive(Clone)]
pub(crate) struct Bundle {
    /// Names below the folder, and content; without manifest and sums.
    pub entries: Vec<(String, Vec<u8>)>,
    pub manifest: Option<Vec<u8>>,
    pub sums: Option<Vec<u8>>,
}

impl Bundle {
    pub(crate) fn usual() -> Self {
        let package = crate::packages::usual();
        Self::of(vec![(REGION, br#"{"Services": []}"#), ("metadata/console_apps_metadata.json", br#"{"apps": []}"#)])
            .entry(PACKAGE, &package)
    }

    pub(crate) fn of(entries: Vec<(&str, &[u8])>) -> Self {
        let entries = entries.into_iter().map(|(name, content)| (name.to_owned(), content.to_vec())).collect();
        Self { entries, manifest: None, sums: None }
    }

    pub(crate) fn entry(mut self, name: &str, content: &[u8]) -> Self {
        self.entries.push((name.to_owned(), content.to_vec()));
        self
    }

    fn manifest(&self) -> Value {
        let rows: Vec<Value> =
            self.entries.iter().map(|(name, content)| json!({"name": name, "size": content.len()})).collect();
        json!({
            "format": 1, "made_by": "test", "made_at": "2026-08-20T10:00:00Z",
            "source": {"console": "c", "cluster": "r", "team": "t", "app": "shop"},
            "versions": {}, "backup": {}, "entries": rows,
        })
    }

    fn with_manifest(&self, change: impl FnOnce(&mut Value)) -> Self {
        let mut manifest = self.manifest();
        change(&mut manifest);
        Self { manifest: Some(manifest.to_string().into_bytes()), ..self.clone() }
    }

    fn said(&self) -> Vec<u8> {
        self.manifest.clone().unwrap_or_else(|| self.manifest().to_string().into_bytes())
    }

    fn sums(&self) -> Vec<u8> {
        let line = |name: &str, content: &[u8]| format!("{}  {name}\n", sha256(content));
        let mut text = line("manifest.json", &self.said());
        self.entries.iter().for_each(|(name, content)| text.push_str(&line(name, content)));
        text.into_bytes()
    }

    /// Every member of the archive with its header, in order.
    fn members(&self) -> Vec<(TarHeader, Vec<u8>)> {
        let member = |name: &str, content: Vec<u8>| {
            (TarHeader::new(format!("{FOLDER}/{name}").as_bytes(), content.len() as u64, b'0'), content)
        };
        let mut all = vec![member("manifest.json", self.said())];
        all.extend(self.entries.iter().map(|(name, content)| member(name, content.clone())));
        all.push(member("SHA256SUMS", self.sums.clone().unwrap_or_else(|| self.sums())));
        all
    }

    /// A frame for each member, as bundles have them.
    pub(crate) fn file(&self) -> Vec<u8> {
        file(&self.members())
    }
}

fn file(members: &[(TarHeader, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (header, content) in members {
        let member = Tar::default().member(header, content).0;
        member.chunks(PART).for_each(|part| out.extend_from_slice(&zstd_frame(part)));
    }
    out.extend_from_slice(&zstd_frame(&[0; 1024]));
    out
}

pub(crate) fn all(cases: &mut Vec<Case>) {
    let usual = Bundle::usual();
    headers(&usual, cases);
    manifests(&usual, cases);
    archives(&usual, cases);
    frames(&usual, cases);
}

fn add(cases: &mut Vec<Case>, name: &str, bytes: Vec<u8>) {
    cases.push(Case::new(Kind::Bundle, name, bytes));
}

/// One member's header is wrong.
fn headers(usual: &Bundle, cases: &mut Vec<Case>) {
    let names: &[(&str, &[u8])] = &[
        ("up", b"../escaped.json"),
        ("up-within", b"shop-20260820103000/../escaped.json"),
        ("up-deep", b"shop-20260820103000/metadata/../../../escaped"),
        ("absolute", b"/tmp/escaped.json"),
        ("drive", b"C:\\escaped.json"),
        ("backslash", b"shop-20260820103000\\metadata\\escaped.json"),
        ("no-folder", b"escaped.json"),
        ("other-folder", b"other/metadata/region_apps_metadata.json"),
        ("case-folder", b"SHOP-20260820103000/metadata/region_apps_metadata.json"),
        ("case-name", b"shop-20260820103000/metadata/Region_apps_metadata.json"),
        ("dot", b"./shop-20260820103000/metadata/region_apps_metadata.json"),
        ("double-slash", b"shop-20260820103000//metadata/region_apps_metadata.json"),
        ("trailing-slash", b"shop-20260820103000/metadata/region_apps_metadata.json/"),
        ("new-line", b"shop-20260820103000/metadata/a\nb.json"),
        ("no-utf8", b"shop-20260820103000/metadata/\xff\xfe.json"),
        ("empty", b""),
        ("device-name", b"shop-20260820103000/NUL"),
    ];
    let at = 1;
    let changed = |change: &dyn Fn(&mut TarHeader, &mut Vec<u8>)| {
        let mut members = usual.members();
        let (header, content) = &mut members[at];
        change(header, content);
        file(&members)
    };
    for (what, path) in names {
        let bytes = changed(&|header, content| *header = TarHeader::new(path, content.len() as u64, b'0'));
        add(cases, &format!("name-{what}"), bytes);
    }
    let kinds = [
        ("link", b'1'),
        ("symlink", b'2'),
        ("character", b'3'),
        ("block", b'4'),
        ("folder", b'5'),
        ("pipe", b'6'),
        ("contiguous", b'7'),
        ("pax", b'x'),
        ("pax-global", b'g'),
        ("long-name", b'L'),
        ("long-link", b'K'),
        ("sparse", b'S'),
        ("multi-volume", b'M'),
        ("volume", b'V'),
        ("unknown", b'Z'),
    ];
    for (what, kind) in kinds {
        for member in [0, at] {
            let mut members = usual.members();
            members[member].0 = members[member].0.clone().set(156, &[kind]);
            add(cases, &format!("kind-{what}-{member}"), file(&members));
        }
    }
    let linked = changed(&|header, _| *header = header.clone().set(156, b"2").link(b"/etc/passwd"));
    add(cases, "symlink-to-secrets", linked);
    add(cases, "link-name-on-a-file", changed(&|header, _| *header = header.clone().link(b"../escaped")));
    for (what, size) in
        [("zero", 0), ("one", 1), ("more", 1 << 20), ("huge", 1 << 40), ("top", u64::MAX), ("near-top", u64::MAX - 511)]
    {
        add(cases, &format!("size-{what}"), changed(&|header, _| header.size(size)));
    }
    for (what, field) in
        [("letters", b"zzzzzzzzzzz\0"), ("negative", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")]
    {
        add(cases, &format!("size-{what}"), changed(&|header, _| *header = header.clone().set(124, field)));
    }
    add(cases, "checksum", changed(&|header, _| header.0[148] ^= 1));
    for at in [0, 50, 100, 124, 136, 156, 257, 345] {
        add(cases, &format!("header-byte-{at}"), changed(&|header, _| header.0[at] ^= 0x15));
    }
}

fn manifests(usual: &Bundle, cases: &mut Vec<Case>) {
    let mut put = |name: &str, change: &dyn Fn(&mut Value)| {
        add(cases, &format!("manifest-{name}"), usual.with_manifest(change).file());
    };
    for key in ["format", "made_by", "made_at", "source", "versions", "backup", "entries"] {
        put(&format!("without-{key}"), &|value| drop(value.as_object_mut().unwrap().remove(key)));
        if key != "made_by" {
            put(&format!("{key}-text"), &|value| value[key] = json!("odd text"));
        }
        put(&format!("{key}-number"), &|value| value[key] = json!(-7));
    }
    put("newer", &|value| value["format"] = json!(2));
    put("newest", &|value| value["format"] = json!(u64::MAX));
    put("no-package", &|value| drop(value["entries"].as_array_mut().unwrap().pop()));
    put("empty", &|value| value["entries"] = json!([]));
    put("twice", &|value| {
        let row = value["entries"][0].clone();
        value["entries"].as_array_mut().unwrap().insert(0, row);
    });
    put("order", &|value| value["entries"].as_array_mut().unwrap().reverse());
    put("many", &|value| {
        let row = |at: usize| json!({"name": format!("metadata/a{at}.json"), "size": 1});
        let rows: Vec<Value> = (0..100_000).map(row).collect();
        value["entries"].as_array_mut().unwrap().splice(0..0, rows);
    });
    for (what, twin) in [
        ("case", "metadata/Region_Apps_Metadata.json"),
        ("sharp", "metadata/region_app\u{17f}_metadata.json"),
        ("two-packages", "package/other.zip"),
        ("up", "metadata/../escaped.json"),
        ("absolute", "/tmp/escaped"),
        ("hidden", "metadata/.escaped.json"),
        ("dash", "package/-escaped.zip"),
        ("right-to-left", "metadata/\u{202e}nosj.json"),
        ("nul", "metadata/a\0.json"),
        ("sums", "SHA256SUMS"),
        ("itself", "manifest.json"),
        (
            "long",
            "metadata/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json",
        ),
    ] {
        put(&format!("name-{what}"), &|value| {
            let at = usize::from(what != "two-packages");
            value["entries"].as_array_mut().unwrap().insert(3 - 2 * at, json!({"name": twin, "size": 1}));
        });
    }
    for (what, size) in [("negative", json!(-1)), ("half", json!(0.5)), ("top", json!(u64::MAX)), ("text", json!("7"))]
    {
        put(&format!("size-{what}"), &|value| value["entries"][2]["size"] = size.clone());
    }
    put("metadata-huge", &|value| value["entries"][0]["size"] = json!(1_u64 << 30));
    // Two spellings of one name, both there and both listed.
    let twins = Bundle::of(vec![("metadata/caf\u{e9}.json", b"{}"), ("metadata/cafe\u{301}.json", b"{}")]);
    add(cases, "twins-by-spelling", twins.entry(PACKAGE, &crate::packages::usual()).file());
    let sharp = Bundle::of(vec![("metadata/stra\u{df}e.json", b"{}"), ("metadata/STRASSE.json", b"{}")]);
    add(cases, "twins-by-letters", sharp.entry(PACKAGE, &crate::packages::usual()).file());
    let mut raw = |name: &str, text: Vec<u8>| {
        add(cases, &format!("manifest-{name}"), Bundle { manifest: Some(text), ..usual.clone() }.file());
    };
    raw("none", Vec::new());
    raw("list", b"[]".to_vec());
    raw("no-json", b"hello".to_vec());
    raw("deep", [b"{\"format\":1,\"a\":".to_vec(), b"[".repeat(100_000)].concat());
    raw("swelling", format!("{{\"format\":1,\"a\":[{}0]}}", "[],".repeat(200_000)).into_bytes());
    raw("too-large", vec![b' '; 5 << 20]);
}

/// Entries that are missing, doubled, out of place or not as the sums say.
fn archives(usual: &Bundle, cases: &mut Vec<Case>) {
    let whole = usual.members();
    for at in 0..whole.len() {
        let mut members = whole.clone();
        members.remove(at);
        add(cases, &format!("without-entry-{at}"), file(&members));
        let mut members = whole.clone();
        members.insert(at, whole[at].clone());
        add(cases, &format!("entry-twice-{at}"), file(&members));
        let mut members = whole.clone();
        let other = (at + 1) % whole.len();
        members.swap(at, other);
        add(cases, &format!("entries-swapped-{at}"), file(&members));
        let mut members = whole.clone();
        if let Some(byte) = members[at].1.last_mut() {
            *byte ^= 1;
        }
        add(cases, &format!("content-changed-{at}"), file(&members));
    }
    let mut more = whole.clone();
    more.push((TarHeader::new(b"shop-20260820103000/escaped", 1, b'0'), b"x".to_vec()));
    add(cases, "entry-behind-the-sums", file(&more));
    let mut many = whole.clone();
    let tiny = (TarHeader::new(b"shop-20260820103000/metadata/a.json", 0, b'0'), Vec::new());
    many.splice(1..1, std::iter::repeat_n(tiny, 20_000));
    add(cases, "entries-without-end", file(&many));
    let mut named = |what: &str, before: Tar| {
        let mut bytes = zstd_frame(&before.0);
        bytes.extend_from_slice(&usual.file());
        add(cases, &format!("first-{what}"), bytes);
    };
    named("pax-path", Tar::default().pax("path", "../../escaped"));
    named("pax-size", Tar::default().pax("size", "18446744073709551615"));
    named("pax-huge", Tar::default().pax("comment", &"x".repeat(3 << 20)));
    named("long-name", Tar::default().long_name(&[b'a'; 70_000]));
    named("global", Tar::default().member(&TarHeader::new(b"g", 0, b'g'), b""));
    named("folder", Tar::default().member(&TarHeader::new(b"shop-20260820103000/", 0, b'5'), b""));
    let sums = String::from_utf8(usual.sums()).unwrap();
    let texts = [
        ("empty", String::new()),
        ("short", sums.lines().skip(1).map(|line| format!("{line}\n")).collect()),
        ("more", format!("{sums}{}  escaped\n", "0".repeat(64))),
        ("order", sums.lines().rev().map(|line| format!("{line}\n")).collect()),
        ("no-hex", sums.replace(['0', '1', '2'], "g")),
        ("other", sums.replace(['a', 'b'], "c")),
        ("names", sums.replace("metadata/", "../")),
        ("text", "these are no sums\n".to_owned()),
        ("large", format!("{}  a\n", "0".repeat(64)).repeat(2_000)),
    ];
    for (what, text) in texts {
        add(cases, &format!("sums-{what}"), Bundle { sums: Some(text.into_bytes()), ..usual.clone() }.file());
    }
}

/// The zstd stream around it all.
fn frames(usual: &Bundle, cases: &mut Vec<Case>) {
    let whole = usual.file();
    for at in 0..24 {
        add(cases, &format!("cut-{at:02}"), whole[..at * whole.len() / 24].to_vec());
    }
    let members = usual.members();
    let mut dice = Dice(0xb0d1e);
    for at in 0..24 {
        // Of a member's content, where each byte counts.
        let mut members = members.clone();
        let member = at % (members.len() - 1);
        let place = dice.below(members[member].1.len());
        members[member].1[place] ^= 1 << dice.below(8);
        add(cases, &format!("flipped-{at:02}"), file(&members));
    }
    let mut put = |what: &str, bytes: Vec<u8>| add(cases, what, bytes);
    put("behind-garbage", [&whole[..], b"garbage behind the end"].concat());
    put("behind-a-second", [&whole[..], &whole[..]].concat());
    put("behind-text", [&whole[..], &zstd_frame(b"text behind the end")].concat());
    put("behind-zeros", [&whole[..], &zstd_zeros(1 << 30)].concat());
    put("before-garbage", [b"garbage", &whole[..]].concat());
    put("only-magic", ZSTD_MAGIC.to_vec());
    put("only-empty-frames", zstd_frame(b"").repeat(50_000));
    put("only-zeros", zstd_zeros(2 << 30));
    put("skippable", [&[0x50, 0x2a, 0x4d, 0x18][..], &u32::MAX.to_le_bytes(), b"x"].concat());
    put("window-huge", [&ZSTD_MAGIC[..], &[0b1100_0000, 0xff], &(1_u64 << 60).to_le_bytes(), &[1, 0, 0]].concat());
    put("frame-size-lies", [&ZSTD_MAGIC[..], &[0b1110_0000], &u64::MAX.to_le_bytes(), &[1, 0, 0]].concat());
    put("block-reserved", [&ZSTD_MAGIC[..], &[0b1110_0000], &9_u64.to_le_bytes(), &[0b0000_0111, 0, 0]].concat());
    // The package claims more zeros than any disk holds, and has them in a few kilobytes.
    for (what, size) in [("gigabytes", 4_u64 << 30), ("terabytes", 8 << 40), ("beyond", 1 << 60)] {
        let short = usual.with_manifest(|value| value["entries"][2]["size"] = json!(size));
        let mut members = short.members();
        members.truncate(4);
        let mut header = members.pop().unwrap().0;
        header.size(size);
        let mut bytes = file(&members);
        bytes.truncate(bytes.len() - zstd_frame(&[0; 1024]).len());
        bytes.extend_from_slice(&zstd_frame(&header.0));
        bytes.extend_from_slice(&zstd_zeros(size.min(1 << 30)));
        put(&format!("bomb-package-{what}"), bytes);
    }
    let bomb = usual.with_manifest(|value| value["entries"][0]["size"] = json!(32_u64 << 20));
    let mut members = bomb.members();
    members.truncate(1);
    let mut bytes = file(&members);
    bytes.truncate(bytes.len() - zstd_frame(&[0; 1024]).len());
    let mut header = TarHeader::new(format!("{FOLDER}/{REGION}").as_bytes(), 0, b'0');
    header.size(32 << 20);
    bytes.extend_from_slice(&zstd_frame(&header.0));
    bytes.extend_from_slice(&zstd_zeros(32 << 20));
    put("bomb-metadata", bytes);
    put("gzip", crate::parts::gzipped(b"not this way"));
    put("plain-tar", Tar::default().file("shop-1/manifest.json", b"{}").end());
    put("xz", b"\xfd7zXZ\0\0\x04".to_vec());
}
