//! Image archives and application packages: tars that lie, manifests of what is not there, gzip that swells.

use crate::corpus::{Case, Kind};
use crate::parts::{Dice, Tar, TarHeader, gzipped, gzipped_zeros};

const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
const MANIFEST: &str = r#"[{"Config":"c.json","RepoTags":["r.test/x/web:1"],"Layers":["a/layer.tar"]}]"#;

/// Everything but the manifest, which is the last.
fn layers() -> Tar {
    Tar::default().file("a/layer.tar", &[7; 3_000]).file("c.json", CONFIG)
}

fn image() -> Vec<u8> {
    layers().file("manifest.json", MANIFEST.as_bytes()).end()
}

pub(crate) fn all(cases: &mut Vec<Case>) {
    let mut archives = Vec::new();
    members(&mut archives);
    documents(&mut archives);
    damage(&mut archives);
    for (name, bytes) in &archives {
        cases.push(Case::new(Kind::Image, name, bytes.clone()));
    }
    exports(cases, &archives);
}

type Named = Vec<(String, Vec<u8>)>;

fn members(out: &mut Named) {
    let mut put = |what: &str, tar: Tar| {
        out.push((what.to_owned(), tar.file("manifest.json", MANIFEST.as_bytes()).end()));
    };
    for (what, path) in [
        ("up", "../escaped"),
        ("up-deep", "a/../../../../tmp/escaped"),
        ("absolute", "/tmp/escaped"),
        ("backslash", "..\\..\\escaped"),
        ("same", "a/layer.tar"),
        ("same-dotted", "./a/layer.tar"),
        ("case", "A/LAYER.tar"),
    ] {
        put(&format!("name-{what}"), layers().file(path, b"x"));
    }
    put("twins", layers().file("caf\u{e9}", b"x").file("cafe\u{301}", b"x"));
    put("pax-path-up", layers().pax("path", "../../escaped").file("x", b"x"));
    put("pax-path-absolute", layers().pax("path", "/tmp/escaped").file("x", b"x"));
    put("long-name-up", layers().long_name(b"../../escaped\0").file("x", b"x"));
    put("long-name-huge", layers().long_name(&vec![b'a'; 3 << 20]).file("x", b"x"));
    put("pax-huge", layers().pax("comment", &"x".repeat(3 << 20)).file("x", b"x"));
    put("pax-size-top", layers().pax("size", "18446744073709551615").file("x", b"x"));
    put("pax-size-letters", layers().pax("size", "many").file("x", b"x"));
    let pax = TarHeader::new(b"pax", 7, b'x');
    put("pax-no-record", layers().member(&pax, b"no pax\n").file("x", b"x"));
    for (what, kind) in [("character", b'3'), ("block", b'4'), ("pipe", b'6'), ("sparse", b'S'), ("unknown", b'Z')] {
        put(&format!("kind-{what}"), layers().member(&TarHeader::new(b"escaped", 0, kind), b""));
    }
    for (what, kind) in [("symlink", b'2'), ("link", b'1')] {
        for (to, target) in [("up", &b"../../../etc/passwd"[..]), ("absolute", b"/etc/passwd")] {
            put(&format!("{what}-{to}"), layers().member(&TarHeader::new(b"b/layer.tar", 0, kind).link(target), b""));
        }
    }
    for (what, size) in [("more", 1_u64 << 20), ("huge", 1 << 40), ("top", u64::MAX)] {
        put(&format!("size-{what}"), layers().member(&TarHeader::new(b"x", size, b'0'), b"x"));
    }
    put("size-letters", layers().member(&TarHeader::new(b"x", 1, b'0').set(124, b"zzzzzzzzzzz\0"), b"x"));
    let mut wrong = TarHeader::new(b"x", 1, b'0');
    wrong.0[150] ^= 1;
    put("checksum", layers().member(&wrong, b"x"));
    let many =
        (0..100_100).fold(layers(), |tar, at| tar.member(&TarHeader::new(format!("{at}").as_bytes(), 0, b'0'), b""));
    put("members-many", many);
}

/// `manifest.json` and its like.
fn documents(out: &mut Named) {
    let mut put = |what: &str, name: &str, text: String| {
        out.push((format!("{what}-{}", name.replace('.', "-")), layers().file(name, text.as_bytes()).end()));
    };
    let manifest = "manifest.json";
    for (what, text) in [
        ("empty", ""),
        ("cut", "[{"),
        ("text", "\"x\""),
        ("null", "null"),
        ("none", "[]"),
        ("object", "{}"),
        ("rows-of-text", "[\"x\"]"),
        ("config-missing", r#"[{"Config":"gone.json","RepoTags":["a:1"],"Layers":[]}]"#),
        ("config-number", r#"[{"Config":7,"RepoTags":["a:1"],"Layers":[]}]"#),
        ("config-outside", r#"[{"Config":"../../etc/passwd","RepoTags":["a:1"],"Layers":[]}]"#),
        ("layer-missing", r#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["gone.tar"]}]"#),
        ("layer-outside", r#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["/etc/passwd"]}]"#),
        ("layer-number", r#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":[7]}]"#),
    ] {
        put(what, manifest, text.to_owned());
    }
    let index = "index.json";
    for (what, text) in [
        ("empty", ""),
        ("cut", "{"),
        ("none", "{}"),
        ("blob-missing", r#"{"manifests":[{"mediaType":"t","size":1,"digest":"sha256:00"}]}"#),
        ("blob-outside", r#"{"manifests":[{"mediaType":"t","size":1,"digest":"../../../etc:passwd"}]}"#),
        ("blob-no-digest", r#"{"manifests":[{"mediaType":"t","size":1}]}"#),
    ] {
        put(what, index, text.to_owned());
    }
    for name in [manifest, index] {
        put("deep", name, "[".repeat(100_000));
        put("too-large", name, " ".repeat(5 << 20));
        put("swelling", name, format!("[{}0]", "[],".repeat(1_000_000)));
    }
    let rows = |row: &str, count: usize| format!("[{row}{}]", format!(",{row}").repeat(count - 1));
    put("images-many", manifest, rows(r#"{"Config":"c.json","RepoTags":["a:1"],"Layers":[]}"#, 40_000));
    let tags = rows("\"a:1\"", 300_000);
    put("tags-many", manifest, format!(r#"[{{"Config":"c.json","RepoTags":{tags},"Layers":[]}}]"#));
    let layers = rows("\"a/layer.tar\"", 200_000);
    put("layers-many", manifest, format!(r#"[{{"Config":"c.json","RepoTags":["a:1"],"Layers":{layers}}}]"#));
    let link = |name: &[u8], to: &[u8]| TarHeader::new(name, 0, b'2').link(to);
    let circle = Tar::default().member(&link(b"a", b"b"), b"").member(&link(b"b", b"a"), b"").file("c.json", CONFIG);
    let text = MANIFEST.replace("a/layer.tar", "a");
    out.push(("links-in-a-circle".to_owned(), circle.file(manifest, text.as_bytes()).end()));
    let itself = Tar::default().member(&link(b"manifest.json", b"manifest.json"), b"");
    out.push(("manifest-is-a-link".to_owned(), itself.end()));
}

fn damage(out: &mut Named) {
    let whole = image();
    let mut put = |what: String, bytes: Vec<u8>| out.push((what, bytes));
    // Behind the last member nothing but zeros is missing.
    let content = whole.len() - 1024;
    for at in 0..12 {
        put(format!("cut-{at:02}"), whole[..at * content / 12 + 1].to_vec());
    }
    let mut dice = Dice(0x1a6e);
    for at in 0..12 {
        let mut bytes = whole.clone();
        // Of a header: of a layer's content, only its own checksum knows.
        let header = [0, 3_584, 4_608][at % 3];
        bytes[header + dice.below(100)] ^= 1 << dice.below(8);
        put(format!("flipped-{at:02}"), bytes);
    }
    put("none-empty".to_owned(), Vec::new());
    put("none-text".to_owned(), b"hello, I am no archive".repeat(40));
    put("none-gzip".to_owned(), gzipped(&whole));
    put("none-zeros".to_owned(), vec![0; 10_240]);
}

/// Application packages: a gzipped tar with metadata and image archives.
fn exports(cases: &mut Vec<Case>, archives: &Named) {
    let mut put = |what: &str, bytes: Vec<u8>| cases.push(Case::new(Kind::Export, what, bytes));
    let metadata = include_bytes!("../fixtures/templates/v6.9.8/metadata.json");
    let usual = || Tar::default().file("shop-1.0/metadata.json", metadata);
    let packed = |tar: Tar| gzipped(&tar.end());
    let whole = packed(usual().file("shop-1.0/component-images.tar", &image()));
    for at in 0..12 {
        put(&format!("cut-{at:02}"), whole[..at * whole.len() / 12].to_vec());
    }
    let mut dice = Dice(0xe8);
    for at in 0..12 {
        let mut bytes = whole.clone();
        // Behind gzip's own header, which holds a time and a system.
        let place = 12 + dice.below(whole.len() - 12);
        bytes[place] ^= 1 << dice.below(8);
        put(&format!("flipped-{at:02}"), bytes);
    }
    // One in three of the bad archives, inside.
    for (name, bytes) in archives.iter().step_by(3) {
        put(&format!("with-{name}"), packed(usual().file("shop-1.0/component-images.tar", bytes)));
    }
    for (what, path) in
        [("up", "../../escaped.tar"), ("absolute", "/tmp/escaped.tar"), ("same", "shop-1.0/metadata.json")]
    {
        put(&format!("name-{what}"), packed(usual().file(path, &image())));
    }
    put("link", packed(usual().member(&TarHeader::new(b"shop-1.0/escaped.tar", 0, b'2').link(b"/etc/passwd"), b"")));
    put("device", packed(usual().member(&TarHeader::new(b"shop-1.0/escaped.tar", 0, b'3'), b"")));
    put("pax-huge", packed(Tar::default().pax("comment", &"x".repeat(64 << 20)).file("metadata.json", metadata)));
    put("long-name-huge", packed(Tar::default().long_name(&vec![b'a'; 64 << 20]).file("metadata.json", metadata)));
    put("no-metadata", packed(Tar::default().file("shop-1.0/component-images.tar", &image())));
    for (what, text) in [("empty", String::new()), ("cut", "{\"apps\": [".to_owned()), ("page", "<html>".to_owned())] {
        put(&format!("metadata-{what}"), packed(Tar::default().file("metadata.json", text.as_bytes())));
    }
    let swelling = format!("{{\"apps\":[{}0]}}", "[],".repeat(3_000_000));
    put("metadata-swelling", packed(Tar::default().file("metadata.json", swelling.as_bytes())));
    put("metadata-too-large", packed(Tar::default().file("metadata.json", &vec![b' '; 40 << 20])));
    let mut header = TarHeader::new(b"images.tar", 0, b'0');
    header.size(400 << 20);
    put("bomb", gzipped_zeros(&Tar::default().file("metadata.json", metadata).member(&header, b"").0, 400));
    put("none", b"this is no gzip".to_vec());
}
