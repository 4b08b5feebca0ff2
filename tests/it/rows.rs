//! The platform's own feature, row by row and clause by clause, and the tests that hold each: one in the real window, one that
//! runs the command line. A test that is not there, or that a test with no assertion pretends to be, fails this.

use std::path::{Path, PathBuf};

/// What is promised, `file: title` in `tests/window`, and `file::test` in `tests/it` or `file: title` in `tests/window`.
struct Clause {
    says: &'static str,
    window: &'static str,
    typed: &'static str,
}

macro_rules! rows {
    ($($row:literal { $($says:literal: $window:literal, $typed:literal;)* })*) => {
        const ROWS: &[(&str, &[Clause])] =
            &[$(($row, &[$(Clause { says: $says, window: $window, typed: $typed }),*])),*];
    };
}

rows! {
    "Back up" {
        "into the store": "main: makes a backup of an app whose database runs, and it appears", "typed::backing_up";
        "local": "clauses: backs up while stateful components run, locally, and marks it hot", "typed::backing_up";
        "with a note": "clauses: backs up while stateful components run, locally, and marks it hot", "typed::backing_up";
        "of one app": "main: makes a backup of an app whose database runs, and it appears", "typed::backing_up";
        "of a selection": "official: backs up several apps from one sheet, without those that are blocked", "typed::backing_up";
        "progress": "main: migrates a backup that is dragged onto another cluster", "typed::backing_up";
        "running stateful components are listed": "clauses: backs up while stateful components run, locally, and marks it hot", "typed::backing_up";
        "stop, back up, start again": "main: makes a backup of an app whose database runs, and it appears", "typed::backing_up";
        "custom volumes explained": "clauses: says which custom volumes hold a backup back, and what to do", "typed::backing_up";
        "force explained and marked hot": "clauses: backs up while stateful components run, locally, and marks it hot", "typed::backing_up";
    }
    "Object storage" {
        "read, tested and set, secrets masked": "official: reads, tests and sets the object storage; the keys stay masked", "typed::object_storage";
        "OSS and S3": "official: reads, tests and sets the object storage; the keys stay masked", "typed::object_storage";
        "forecast against the limits": "clauses: backs up while stateful components run, locally, and marks it hot", "typed::backing_up";
        "which bucket and key": "official: says in which bucket and under which key a backup really is", "typed::object_storage";
    }
    "Lists" {
        "per app": "main: shows the sample clusters side by side", "typed::lists_and_deletion";
        "all of a cluster, deleted apps included": "official: lists all backups, those of deleted apps included; searches, sorts and filters them", "typed::lists_and_deletion";
        "search, sort, filter": "official: lists all backups, those of deleted apps included; searches, sorts and filters them", "typed::lists_and_deletion";
        "delete, saying what stays": "official: deletes a backup with its package, after saying what stays without", "typed::lists_and_deletion";
        "the objects too": "official: deletes a backup with its package, after saying what stays without", "typed::lists_and_deletion";
    }
    "Restore" {
        "beside": "official: restores a backup beside its app, and deletes the original by its typed name", "typed::restoring";
        "in place, with its preconditions": "clauses: restores in place, after what runs was stopped", "typed::restoring";
        "unattended, surviving restarts": "clauses: goes on after the window was closed in the middle of a copy", "kill: finishes a copy in whose middle it was killed, and imports once";
        "hangs: said, with what to do": "clauses: says that a restore hangs, and what to do about it", "kill: says that a restore hangs, and what to do about it";
        "compared": "official: compares a backup with its app as it runs", "typed::restoring";
        "the original goes by its typed name": "official: restores a backup beside its app, and deletes the original by its typed name", "typed::restoring";
    }
    "Export" {
        "the platform's ticket": "official: exports a ticket", "typed::exporting_and_importing";
        "a bundle": "main: exports a backup that is dragged to this computer", "cli::commands_answer_in_json_and_exit_with_what_happened";
        "a bundle behind a passphrase": "encrypted: an export with credentials wants a passphrase, twice the same", "encrypted::the_command_line_takes_the_passphrase_from_the_environment";
        "local backups whose package is in a store": "clauses: exports a local backup whose package is in a store, and tells a duplicate by its content", "typed::exporting_and_importing";
    }
    "Import" {
        "a bundle behind a passphrase": "encrypted: it is imported from its plan, which asks once, byte for byte", "encrypted::the_command_line_takes_the_passphrase_from_the_environment";
        "a bundle, dragged or typed": "main: imports a bundle that is dragged onto a cluster", "typed::exporting_and_importing";
        "by dialog": "main: opens a ticket and a bundle by the desktop's file dialog", "typed::exporting_and_importing";
        "by a drop from the desktop": "drop: takes a file that is dropped in from the desktop", "typed::exporting_and_importing";
        "into a new app": "clauses: exports a local backup whose package is in a store, and tells a duplicate by its content", "typed::exporting_and_importing";
        "duplicates by content": "clauses: exports a local backup whose package is in a store, and tells a duplicate by its content", "typed::exporting_and_importing";
        "as a record only": "official: imports a ticket's backup as a record only", "typed::exporting_and_importing";
        "without the data of volumes": "clauses: explains a clash of gateway rules, and lets the data of volumes be left out", "typed::migrating";
    }
    "Migrate" {
        "to another team, within a store": "clauses: migrates to another team of its cluster, inside the one store", "typed::migrating";
        "to another cluster of the same console": "regions: carries an app to another cluster of its console", "typed::migrating_within_a_console";
        "to another console, through this computer": "main: migrates a backup that is dragged onto another cluster", "typed::migrating";
        "where nothing else reaches, by a bundle": "clauses: carries a bundle to a site that nothing else reaches", "cli::the_demo_does_the_main_job_and_says_so";
        "a cluster that does not answer is named": "looks: names the layer of a cluster that does not answer, beside columns that work", "typed::migrating";
        "a running app": "clauses: drags a running app to another column: the ghost says what it is, a place says why not, and it is backed up first", "typed::migrating";
        "by keyboard": "clauses: takes a running app by keyboard to the next column", "typed::migrating";
        "opens in its console": "clauses: leaves gateway rules to people when told so: old and new addresses, a checklist, and the app opened in its console", "typed::migrating";
    }
    "After" {
        "old and new addresses": "clauses: leaves gateway rules to people when told so: old and new addresses, a checklist, and the app opened in its console", "typed::afterwards";
        "made again": "clauses: drags a running app to another column: the ghost says what it is, a place says why not, and it is backed up first", "typed::afterwards";
        "clashes explained": "clauses: explains a clash of gateway rules, and lets the data of volumes be left out", "typed::afterwards";
        "a checklist": "clauses: leaves gateway rules to people when told so: old and new addresses, a checklist, and the app opened in its console", "typed::afterwards";
        "started, and how many run": "clauses: leaves gateway rules to people when told so: old and new addresses, a checklist, and the app opened in its console", "typed::afterwards";
        "a report to keep": "clauses: saves a report as a page and as data, where the desktop's dialog says", "cli::commands_answer_in_json_and_exit_with_what_happened";
    }
}

/// What makes a test one: something that may be otherwise.
const ASSERTS: &[&str] = &["assert", "until(", "jobEnds(", ".refused("];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The body of a test: in Rust by its function, in the window by its title.
fn body(named: &str) -> Result<String, String> {
    let none = || format!("there is no test “{named}”");
    let (file, opening) = match named.split_once("::") {
        Some((file, test)) => (tests().join(format!("it/{file}.rs")), format!("async fn {test}() {{")),
        None => {
            let (file, title) = named.split_once(": ").ok_or_else(none)?;
            (tests().join(format!("window/{file}.test.mjs")), format!("it(\"{title}\", "))
        }
    };
    let text = std::fs::read_to_string(file).map_err(|_| none())?;
    let (before, rest) = text.split_once(&opening).ok_or_else(none)?;
    // It ends where its own indentation comes back.
    let close = match (named.contains("::"), before.ends_with("  ")) {
        (true, _) => "\n}",
        (false, true) => "\n  });",
        (false, false) => "\n});",
    };
    Ok(rest[..rest.find(close).ok_or_else(none)?].to_owned())
}

#[test]
fn every_clause_has_a_test_in_the_window_and_one_that_is_typed() {
    let mut wrong = Vec::new();
    for (row, clauses) in ROWS {
        for clause in *clauses {
            let mut held = |named: &str, runs: &[&str]| match body(named) {
                Err(none) => wrong.push(format!("{row}, {}: {none}", clause.says)),
                Ok(body) if !ASSERTS.iter().any(|word| body.contains(word)) => {
                    wrong.push(format!("{row}, {}: “{named}” asserts nothing", clause.says));
                }
                Ok(body) if !runs.iter().any(|word| body.contains(word)) => {
                    wrong.push(format!("{row}, {}: “{named}” does not use {runs:?}", clause.says));
                }
                Ok(_) => {}
            };
            held(clause.window, &["window.", "carryOut("]);
            held(clause.typed, &[".run(&", "Command::new(cli())", "spawn(cli, "]);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_eight_rows_are_there() {
    let names: Vec<_> = ROWS.iter().map(|(row, _)| *row).collect();
    assert_eq!(names, ["Back up", "Object storage", "Lists", "Restore", "Export", "Import", "Migrate", "After"]);
    assert!(body("official: a test that nobody wrote").is_err() && body("typed::nobody_wrote_this").is_err());
}
