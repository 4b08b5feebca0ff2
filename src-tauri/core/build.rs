//! Makes the helper that travels to clusters (`rainferry-helper`) and lays it where `volumes/agent.rs` takes it in.
//!
//! The helper is another program for another system: static, small, without this one's flags. It is built by a cargo of its
//! own with a folder of its own, so that no lock is waited for twice. On a machine that cannot build it, a finished one can
//! be named (`RAINFERRY_HELPER_X86_64`, `RAINFERRY_HELPER_AARCH64`); without any, volume data is not offered, and says why.
#![allow(clippy::print_stdout, reason = "cargo reads it")]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What cargo and its wrappers tell this build and must not tell the other one.
const NOT_FOR_THE_HELPER: [&str; 8] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_RUSTFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "CLIPPY_ARGS",
    "CLIPPY_CONF_DIR",
];

fn main() {
    let home = PathBuf::from(of("CARGO_MANIFEST_DIR"));
    let workspace = home.join("../..");
    for file in ["src-tauri/helper/src", "src-tauri/helper/Cargo.toml", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(file).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(of("OUT_DIR"));
    let built = || (of("HOST") == TARGET).then(|| build(&workspace));
    lay(named("RAINFERRY_HELPER_X86_64").or_else(built).as_deref(), &out.join("helper-x86_64"));
    lay(named("RAINFERRY_HELPER_AARCH64").as_deref(), &out.join("helper-aarch64"));
}

fn of(name: &str) -> OsString {
    env::var_os(name).unwrap_or_default()
}

/// A finished helper, by the variable that names it.
fn named(variable: &str) -> Option<PathBuf> {
    println!("cargo::rerun-if-env-changed={variable}");
    let path = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(path) = &path {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    path
}

fn build(workspace: &Path) -> PathBuf {
    let folder = workspace.join("target/helper");
    let mut cargo = Command::new(of("CARGO"));
    NOT_FOR_THE_HELPER.iter().for_each(|name| {
        cargo.env_remove(name);
    });
    cargo
        .args(["build", "--quiet", "--locked", "--profile", "helper", "--package", "rainferry-helper"])
        .args(["--bin", "rainferry-helper", "--target", TARGET, "--manifest-path"])
        .arg(workspace.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", "-C target-feature=+crt-static");
    match cargo.output() {
        Ok(done) if done.status.success() => folder.join(TARGET).join("helper/rainferry-helper"),
        Ok(done) => give_up(&String::from_utf8_lossy(&done.stderr)),
        Err(error) => give_up(&error.to_string()),
    }
}

fn give_up(why: &str) -> ! {
    for line in why.lines().chain(["name a finished helper in RAINFERRY_HELPER_X86_64, or mend this"]) {
        println!("cargo::error=The helper for clusters could not be built: {line}");
    }
    exit(1)
}

/// An empty file stands for a helper that this build does not carry.
fn lay(helper: Option<&Path>, to: &Path) {
    let laid = match helper {
        Some(path) => std::fs::copy(path, to).map(drop).map_err(|error| format!("{}: {error}", path.display())),
        None => std::fs::write(to, []).map_err(|error| format!("{}: {error}", to.display())),
    };
    if let Err(why) = laid {
        give_up(&why);
    }
}
