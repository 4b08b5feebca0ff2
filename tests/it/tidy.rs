//! The house is in order: rooms of the core use only the rooms below them, files say what they are for, and none is a hall.

use std::fs;
use std::path::{Path, PathBuf};

/// Leaf files: every room may use them, they use no room but `host` what it needs of them.
const LEAVES: &[&str] = &[
    "check",
    "clock",
    "ctx",
    "difference",
    "files",
    "host",
    "ids",
    "json",
    "line",
    "line_codes",
    "moment",
    "place",
    "problem",
    "secret",
    "silence",
    "trust",
    "twins",
];

/// Each room of the core and the rooms it may use, besides the leaves.
const MAY_USE: &[(&str, &[&str])] = &[
    (
        "api",
        &[
            "engine", "compare", "jobs", "profiles", "bak", "bundle", "console", "package", "registry", "report",
            "storage", "update",
        ],
    ),
    ("compare", &["console", "package"]),
    (
        "engine",
        &[
            "bak", "bundle", "compare", "console", "image", "jobs", "package", "profiles", "registry", "repair",
            "storage", "template", "transfer", "volumes",
        ],
    ),
    ("transfer", &["storage"]),
    ("volumes", &["image", "package", "storage", "template", "transfer"]),
    ("package", &["storage"]),
    ("registry", &["console", "image"]),
    ("repair", &["image", "package"]),
    ("template", &["console", "image", "package"]),
    // Not in what is shipped: every reader has a door there.
    ("fuzzing", &["bak", "bundle", "console", "engine", "image", "jobs", "package", "template"]),
    ("image", &[]),
    ("bundle", &[]),
    ("bak", &[]),
    ("console", &[]),
    ("storage", &[]),
    ("jobs", &[]),
    ("report", &["jobs"]),
    ("profiles", &[]),
    ("update", &[]),
    ("host", &[]),
];

const LINE_LIMIT: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files that only tests are built from.
fn is_test_code(file: &Path) -> bool {
    let inside = file.strip_prefix(root().join("src-tauri/core/src")).unwrap_or(file);
    let named = |part: &str| {
        matches!(part, "tests" | "testing" | "conformance" | "vectors" | "bindings") || part.ends_with("_tests")
    };
    inside.components().any(|part| named(part.as_os_str().to_string_lossy().trim_end_matches(".rs")))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target" && name != "gen") {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms that a text names as `crate::room`, test code left out.
fn rooms_used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let names = code
        .split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>());
    names.filter(|name| !name.is_empty()).collect()
}

/// What a file of `room` uses and may not.
fn trespasses(room: &str, text: &str) -> Vec<String> {
    let allowed = MAY_USE.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, rooms)| rooms);
    let known = |name: &String| MAY_USE.iter().any(|(room, _)| room == name);
    let mut used = rooms_used(text);
    used.retain(|name| known(name) && name != room && name != "host" && !allowed.contains(&name.as_str()));
    used
}

#[test]
fn rooms_of_the_core_look_down_only() {
    let core = root().join("src-tauri/core/src");
    let mut wrong = Vec::new();
    let mut looked = 0;
    for (room, _) in MAY_USE {
        for file in rust_files(&core.join(room)) {
            if is_test_code(&file) {
                continue;
            }
            looked += 1;
            let text = fs::read_to_string(&file).unwrap();
            wrong.extend(
                trespasses(room, &text).into_iter().map(|name| format!("{}: {room} uses {name}", file.display())),
            );
        }
    }
    assert!(looked > 30, "only {looked} files were looked at");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let core = root().join("src-tauri/core/src");
    for entry in fs::read_dir(core).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let known = MAY_USE.iter().any(|(room, _)| *room == name)
            || LEAVES.contains(&name.as_str())
            || name == "lib"
            || name.ends_with("_tests");
        assert!(known, "{name} is neither a room nor a leaf: put it in the table");
    }
}

#[test]
fn a_planted_trespass_is_found() {
    assert_eq!(trespasses("storage", "use crate::engine::Engine;"), ["engine"]);
    assert_eq!(trespasses("console", "let x = crate::transfer::copy();"), ["transfer"]);
    assert!(trespasses("engine", "use crate::console::Console; use crate::problem::Problem;").is_empty());
}

#[test]
fn the_leaves_use_no_room() {
    for leaf in LEAVES.iter().filter(|leaf| **leaf != "host") {
        let text = fs::read_to_string(root().join(format!("src-tauri/core/src/{leaf}.rs"))).unwrap();
        let used = rooms_used(&text);
        let rooms: Vec<_> = used.iter().filter(|name| MAY_USE.iter().any(|(room, _)| room == *name)).collect();
        assert!(rooms.is_empty(), "{leaf} uses {rooms:?}");
    }
}

fn all_rust() -> Vec<PathBuf> {
    ["src-tauri", "tests"].iter().flat_map(|folder| rust_files(&root().join(folder))).collect()
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    for file in all_rust() {
        let text = fs::read_to_string(&file).unwrap();
        let says = text.starts_with("//!") || text.starts_with("#![doc = include_str!");
        assert!(says, "{} does not say what it is for", file.display());
    }
}

#[test]
fn no_file_is_a_hall() {
    for file in all_rust() {
        // A table has as many rows as there are things to say.
        if file.ends_with("src/line_codes.rs") {
            continue;
        }
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LINE_LIMIT, "{} has {lines} lines, more than {LINE_LIMIT}", file.display());
    }
}

#[test]
fn versions_are_compared_in_one_place() {
    for file in rust_files(&root().join("src-tauri/core/src")) {
        let name = file.to_string_lossy().into_owned();
        if name.contains("/console/era") || name.contains("/console/versions") || is_test_code(&file) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("Version("), "{name} compares versions; console/era.rs does that");
    }
}
