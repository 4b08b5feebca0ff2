//! Archives that no program of ours or of the platform's would write: refused by every reader of the room.

use super::{Fit, Guard, Inspector, Measurer, Naming, Renamer, split};
use bytes::Bytes;
use tar::{EntryType, Header};

/// Past the checks of the library, which would not write such names.
fn member(path: &str, content: &[u8], kind: EntryType, link: &str) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_cksum();
    let mut bytes = [header.as_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn file(path: &str, content: &[u8]) -> Vec<u8> {
    member(path, content, EntryType::Regular, "")
}

const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"}}"#;
const MANIFEST: &[u8] = br#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["l.tar"]}]"#;

fn archive(more: &[Vec<u8>], manifest: &[u8]) -> Bytes {
    let front = [file("l.tar", b"layer"), file("c.json", CONFIG)].concat();
    [front, more.concat(), file("manifest.json", manifest), vec![0; 1024]].concat().into()
}

/// What each of the readers says; nothing where it takes it.
fn said(archive: &Bytes) -> [Option<String>; 4] {
    let text = |error: super::ImageError| error.to_string();
    let mut inspector = Inspector::default();
    let mut measurer = Measurer::new();
    let mut renamer = Renamer::new(Naming::Only("b:1".to_owned()), Fit::Free);
    [
        inspector.push(archive.clone()).and_then(|()| inspector.finish().map(drop)).err().map(text),
        measurer.push(archive.clone()).and_then(|()| measurer.finish("a:1", "amd64").map(drop)).err().map(text),
        renamer.push(archive.clone()).and_then(|_| renamer.finish().map(drop)).err().map(text),
        split(&mut std::io::Cursor::new(archive.as_ref())).err().map(text),
    ]
}

#[test]
fn names_and_kinds_that_lead_elsewhere_are_refused_while_they_pass() {
    assert_eq!(said(&archive(&[], MANIFEST)), [None, None, None, None]);
    let refused = |more: Vec<u8>, why: &str| {
        let archive = archive(&[more], MANIFEST);
        for said in &said(&archive)[..3] {
            assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{said:?}: {why}");
        }
        // What takes an export apart reads it behind this.
        assert!(Guard::new().push(&archive).is_err());
    };
    for path in ["../x", "/x", "a/../../x", "..\\x"] {
        refused(file(path, b"x"), "leads out");
    }
    for target in ["../x", "/etc/passwd"] {
        refused(member("l", b"", EntryType::Symlink, target), "leads out");
        refused(member("l", b"", EntryType::Link, target), "leads out");
    }
    for path in ["l.tar", "./l.tar", "L.TAR"] {
        refused(file(path, b"x"), "one name");
    }
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        refused(member("x", b"", kind, ""), "neither");
    }
    refused(file("x", b"").repeat(100_001), "one name");
}

#[test]
fn documents_that_name_more_than_can_be_compared_are_refused() {
    let rows = |row: &str, count: usize| format!("[{row}{}]", format!(",{row}").repeat(count - 1));
    let check = |manifest: String, readers: &[usize]| {
        let said = said(&archive(&[], manifest.as_bytes()));
        for reader in readers {
            assert!(said[*reader].as_ref().is_some_and(|said| said.contains("more images")), "{reader}: {said:?}");
        }
    };
    check(rows(r#"{"Config":"c.json","RepoTags":["a:1"],"Layers":[]}"#, 30_000), &[0, 1, 2, 3]);
    let tags = rows("\"a:1\"", 30_000);
    check(format!(r#"[{{"Config":"c.json","RepoTags":{tags},"Layers":[]}}]"#), &[0, 1, 2, 3]);
    let layers = rows("\"l.tar\"", 30_000);
    check(format!(r#"[{{"Config":"c.json","RepoTags":["a:1"],"Layers":{layers}}}]"#), &[1, 3]);
}

#[test]
fn configs_without_measure_are_not_kept() {
    let long = format!(r#"{{"architecture":"{}","os":"linux","rootfs":{{}}}}"#, "x".repeat(1_000));
    let mut inspector = Inspector::default();
    inspector.push(archive(&[file("d.json", long.as_bytes())], br#"[{"Config":"d.json"}]"#)).unwrap();
    assert!(inspector.finish().unwrap().platforms.is_empty());
}
