//! Names of bundles and of what is in them. Pure.

/// Longest folder name in bytes: with the longest entry it must fit a tar header.
const LONGEST_FOLDER: usize = 120;
/// Longest name of a file below `metadata/` or `package/`.
const LONGEST_FILE: usize = 90;

/// The folder inside a bundle, which is also the bundle's name without its ending.
pub(crate) fn folder_name(app: &str, version: &str) -> String {
    let version = fitted(&harmless(version), LONGEST_FOLDER / 2);
    let room = LONGEST_FOLDER - version.len() - 1;
    format!("{}-{version}", fitted(&harmless(app), room))
}

pub(crate) fn file_name(app: &str, version: &str) -> String {
    format!("{}.tar.zst", folder_name(app, version))
}

/// The name of the same behind a passphrase.
pub(crate) fn encrypted_name(app: &str, version: &str) -> String {
    format!("{}.age", file_name(app, version))
}

/// How names of bundles end.
pub(crate) const ENDINGS: [&str; 2] = [".tar.zst", ".tar.zst.age"];

/// Replaces what some desktop forbids in a file's name.
fn harmless(text: &str) -> String {
    let swap = |c: char| match c {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
        c if c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            '_'
        }
        c => c,
    };
    let swapped: String = text.trim().chars().map(swap).collect();
    // A leading dot hides a file, a leading dash looks like an option.
    let swapped = match swapped.strip_prefix(['.', '-']) {
        Some(rest) => format!("_{rest}"),
        None => swapped,
    };
    if swapped.is_empty() { "_".to_owned() } else { swapped }
}

/// As many whole characters as fit.
fn fitted(text: &str, bytes: usize) -> String {
    let mut fitted = String::new();
    for c in text.chars() {
        if fitted.len() + c.len_utf8() > bytes {
            break;
        }
        fitted.push(c);
    }
    fitted.trim_end_matches([' ', '.']).to_owned()
}

/// The places an entry can have, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Ticket,
    OldTicket,
    Metadata,
    Package,
}

/// Where an entry belongs by its name. `None`: it belongs nowhere.
pub(crate) fn place(name: &str) -> Option<Place> {
    match name {
        "app.bak" => Some(Place::Ticket),
        "app.old.bak" => Some(Place::OldTicket),
        other => match other.split_once('/')? {
            ("metadata", file) if is_plain(file) && file.ends_with(".json") => Some(Place::Metadata),
            ("package", file) if is_plain(file) && file.ends_with(".zip") => Some(Place::Package),
            _ => None,
        },
    }
}

/// A name that is one file's name on every desktop.
pub(crate) fn is_plain(file: &str) -> bool {
    !file.is_empty() && file.len() <= LONGEST_FILE && harmless(file) == file && !file.ends_with(['.', ' '])
}

/// Whether a folder name is one that we could have given.
pub(crate) fn is_folder(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_FOLDER && harmless(name) == name && !name.ends_with(['.', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_allowed_on_every_desktop() {
        let check = |app: &str, version: &str, expected: &str| assert_eq!(file_name(app, version), expected);
        check("商城", "20260820103000", "商城-20260820103000.tar.zst");
        check("a/b\\c:d*e?f\"g<h>i|j", "1", "a_b_c_d_e_f_g_h_i_j-1.tar.zst");
        check("../../etc/passwd", "1", "_./../etc/passwd-1.tar.zst".replace('/', "_").as_str());
        check("  .hidden ", "v 1.", "_hidden-v 1.tar.zst");
        check("", "", "_-_.tar.zst");
        check("tab\tnew\nline\u{202e}", "1", "tab_new_line_-1.tar.zst");
        let long = file_name(&"备".repeat(100), "20260820103000");
        assert!(long.len() <= LONGEST_FOLDER + 8 && long.ends_with("-20260820103000.tar.zst"), "{long}");
    }

    #[test]
    fn entries_have_places_and_nothing_else_has() {
        let check = |name: &str, expected| assert_eq!(place(name), expected, "{name:?}");
        check("app.bak", Some(Place::Ticket));
        check("metadata/gateway_rules.json", Some(Place::Metadata));
        check("package/c25a_20261123.zip", Some(Place::Package));
        for bad in ["", "other", "/app.bak", "../app.bak", "metadata/../x.json", "metadata/.x.json", "package/a/b.zip"]
        {
            check(bad, None);
        }
        for bad in
            ["package/x.tar", "metadata/x", "metadata/a\nb.json", "package/a\\b.zip", "manifest.json", "package/-x.zip"]
        {
            check(bad, None);
        }
    }
}
