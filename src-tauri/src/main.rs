//! The window around the core. No decisions are made here.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app;
mod asked;
mod demo;
mod leave;
mod native;
mod progress;
mod rpc;
mod stand;
mod tray;
mod updates;
#[cfg(test)]
#[path = "../../tests/it/signer.rs"]
mod updates_tests_signer;

fn main() -> std::process::ExitCode {
    app::run()
}
