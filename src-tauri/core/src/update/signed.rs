//! What a signature says of a package: that these are the bytes, for which version, and under which name the package was signed.
//! All of it is covered by the signature (minisign's trusted comment), unlike the manifest, which is anybody's.

use crate::host::{Installed, Package, PackageKind, Proven};
use crate::problem::{Code, Problem};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{Error, PublicKey, Signature};
use semver::Version;

const COME_AGAIN: &str = "Get the update and its signature again from where Rainferry is published";

/// The package, if it is one of ours, newer than what runs, and for this system.
pub(crate) fn prove(installed: &Installed, package: Package) -> Result<Proven, Problem> {
    let key = key(installed)?;
    let (signature, text) = signature(&package)?;
    key.verify(&package.bytes, &signature, false).map_err(|error| not_ours(&package, &error))?;
    let said = signature.trusted_comment();
    let version = version(&package, said)?;
    is_newer(installed, &package, &version)?;
    let file = field(said, "file:").ok_or_else(|| {
        untrusted(&package, "The signature of", "does not say for which file it was made").hint(AS_SIGNED)
    })?;
    fits(installed, &package, file)?;
    Ok(Proven {
        version: version.to_string(),
        file: file.to_owned(),
        notes: package.notes,
        bytes: package.bytes,
        signature: STANDARD.encode(text),
    })
}

const AS_SIGNED: &str = "Whoever publishes it signs it with `tauri signer sign --app-version`";

/// Whether this build takes updates, and why not.
pub(crate) fn takes_updates(installed: &Installed) -> Result<(), Problem> {
    key(installed).map(|_| ())
}

fn key(installed: &Installed) -> Result<PublicKey, Problem> {
    let key = installed.key.as_deref().ok_or_else(|| {
        Problem::new(Code::UpdatesOff, "This build takes no updates: it was built without a key to check them with")
            .hint("Install a newer version the way this one was installed")
    })?;
    let text = STANDARD.decode(key.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.and_then(|text| PublicKey::decode(text.trim()).ok());
    key.ok_or_else(|| {
        Problem::new(Code::UpdatesOff, "This build takes no updates: the key it was built with is damaged")
            .hint("Install a newer version the way this one was installed")
    })
}

/// Read, and as text: either as it is, or in base64, as Tauri's tools write it.
fn signature(package: &Package) -> Result<(Signature, String), Problem> {
    let text = package.signature.trim();
    if text.is_empty() {
        return Err(untrusted(package, "The signature of", "is missing").hint(COME_AGAIN));
    }
    let plain = if text.starts_with("untrusted comment:") {
        Some(text.to_owned())
    } else {
        STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    plain
        .and_then(|plain| Signature::decode(&plain).ok().map(|signature| (signature, plain)))
        .ok_or_else(|| untrusted(package, "The signature of", "is damaged").hint(COME_AGAIN))
}

fn not_ours(package: &Package, error: &Error) -> Problem {
    let problem = match error {
        Error::UnexpectedKeyId => untrusted(package, "", "is signed with another key than Rainferry’s"),
        _ => untrusted(package, "", "is not what was signed: its bytes or its signature were changed"),
    };
    problem.hint(COME_AGAIN).fact("reason", error.to_string())
}

fn version(package: &Package, said: &str) -> Result<Version, Problem> {
    let signed = field(said, "version:").ok_or_else(|| {
        untrusted(package, "The signature of", "does not say for which version it was made").hint(AS_SIGNED)
    })?;
    let version = read_version(signed)
        .ok_or_else(|| untrusted(package, "The signature of", "names no version that can be read").hint(AS_SIGNED))?;
    match package.announced.as_deref() {
        Some(announced) if read_version(announced).as_ref() != Some(&version) => {
            Err(untrusted(package, "", "was signed for another version than the one that was announced")
                .hint(COME_AGAIN)
                .fact("announced", announced)
                .fact("signed", signed))
        }
        _ => Ok(version),
    }
}

fn read_version(text: &str) -> Option<Version> {
    Version::parse(text.trim_start_matches('v')).ok()
}

fn is_newer(installed: &Installed, package: &Package, version: &Version) -> Result<(), Problem> {
    let own = read_version(&installed.version);
    if own.is_some_and(|own| *version > own) {
        return Ok(());
    }
    Err(unfit(package, &format!("holds version {version}, and {} is here already", installed.version))
        .hint("There is nothing to do, unless you meant a newer file"))
}

/// Held against the name under which it was signed: a manifest may say of a package what it likes.
fn fits(installed: &Installed, package: &Package, file: &str) -> Result<(), Problem> {
    let name = file.to_ascii_lowercase();
    let problem = if !name.starts_with("rainferry") {
        "is no package of Rainferry".to_owned()
    } else if !ending_fits(installed, &name) {
        let wanted: Vec<&str> = kinds(installed).iter().flat_map(|kind| endings(*kind)).copied().collect();
        format!("is not of the kind that was installed here ({})", wanted.join(", "))
    } else if !arch_fits(installed, &name) {
        format!("is for another processor than this one ({})", installed.arch)
    } else {
        return Ok(());
    };
    Err(unfit(package, &problem).hint("Get the file for this system").fact("signed as", file))
}

/// Where it was built and only started, any package of the system would do.
fn kinds(installed: &Installed) -> Vec<PackageKind> {
    match (installed.by, installed.os.as_str()) {
        (Some(kind), _) => vec![kind],
        (None, "linux") => vec![PackageKind::Deb, PackageKind::Rpm, PackageKind::AppImage],
        (None, "macos") => vec![PackageKind::App],
        (None, "windows") => vec![PackageKind::Nsis, PackageKind::Msi],
        (None, _) => Vec::new(),
    }
}

fn endings(kind: PackageKind) -> &'static [&'static str] {
    match kind {
        PackageKind::Deb => &[".deb"],
        PackageKind::Rpm => &[".rpm"],
        PackageKind::AppImage => &[".appimage", ".appimage.tar.gz"],
        PackageKind::App => &[".app.tar.gz"],
        PackageKind::Nsis => &["-setup.exe"],
        PackageKind::Msi => &[".msi"],
    }
}

fn ending_fits(installed: &Installed, name: &str) -> bool {
    kinds(installed).iter().flat_map(|kind| endings(*kind)).any(|ending| name.ends_with(ending))
}

/// Each kind of package calls the same processor by another name.
fn arch_fits(installed: &Installed, name: &str) -> bool {
    let names: &[&str] = match installed.arch.as_str() {
        "x86_64" => &["amd64", "x86_64", "x64"],
        "aarch64" => &["arm64", "aarch64"],
        other => &[other],
    };
    names.iter().any(|one| name.contains(one)) || (installed.os == "macos" && name.contains("universal"))
}

/// The trusted comment is fields between tabs.
fn field<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    said.split('\t').find_map(|field| field.strip_prefix(name)).map(str::trim).filter(|value| !value.is_empty())
}

fn untrusted(package: &Package, before: &str, after: &str) -> Problem {
    let message = [before, &package.from, after].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
    Problem::new(Code::UpdateUntrusted, message.join(" "))
}

fn unfit(package: &Package, after: &str) -> Problem {
    Problem::new(Code::UpdateUnfit, format!("{} {after}", package.from))
}
