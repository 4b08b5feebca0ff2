//! What is made of real backups for each range of targets, word by word. `RAINFERRY_BLESS=1` writes the files anew.

use super::super::{Draft, check};
use super::kit::{app, draft_of, fixtures, rich};
use std::fmt::Write;

/// Everything that is decided beside the metadata.
fn notes(draft: &Draft) -> String {
    let mut out = String::new();
    writeln!(out, "{} in {}, {} {}", draft.file_name, draft.root, draft.group_name, draft.group_version).unwrap();
    for image in &draft.images {
        writeln!(out, "image {} {} bytes: {} -> {}", image.file, image.bytes, image.was, image.image).unwrap();
    }
    for left in &draft.left_out {
        writeln!(out, "left out {}: {:?}", left.cname, left.reason).unwrap();
    }
    for fixup in &draft.fixups {
        writeln!(out, "{:?} {} {:?}", fixup.stage, fixup.id, fixup.act).unwrap();
    }
    for change in &draft.changes {
        let of = change.component.as_deref().unwrap_or("*");
        let kind = if change.what.is_loss() { "lost" } else { "changed" };
        writeln!(out, "{kind} {of}: {:?}", change.what).unwrap();
    }
    out
}

fn hold(name: &str, file: &str, now: &str) {
    let path = fixtures().join("templates").join(name).join(file);
    // The environment is read in a test only, to write what it compares with.
    if std::env::var_os("RAINFERRY_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden, now, "{} differs; look, then RAINFERRY_BLESS=1", path.display());
}

fn hold_draft(name: &str, draft: &Draft) {
    assert_eq!(check(draft), []);
    hold(name, "metadata.json", &(serde_json::to_string_pretty(&draft.metadata.0).unwrap() + "\n"));
    hold(name, "notes.txt", &notes(draft));
}

#[tokio::test]
async fn real_backups_become_what_they_became_before() {
    for (name, folder, version) in [
        ("v5.6", "v5-no-volume-data", [5, 6, 0]),
        ("v5.17.3", "v5-no-volume-data", [5, 17, 3]),
        ("v6.3", "v6-with-volume-data", [6, 3, 0]),
        ("v6.9.8", "v6-with-volume-data", [6, 9, 8]),
    ] {
        hold_draft(name, &draft_of(&app(folder).await, version));
    }
}

#[test]
fn an_app_with_everything_becomes_what_it_became_before() {
    for (name, version) in
        [("rich-v5.6", [5, 6, 0]), ("rich-v5.17.3", [5, 17, 3]), ("rich-v6.3", [6, 3, 0]), ("rich-v6.9.8", [6, 9, 8])]
    {
        hold_draft(name, &draft_of(&rich(), version));
    }
}
