//! An update as a file: the package itself, and beside it its signature, as `tauri signer sign` writes it.

use crate::files;
use crate::host::{LARGEST_UPDATE, Package};
use crate::problem::{Code, Problem};
use std::path::{Path, PathBuf};

const AGAIN: &str = "Copy both again from where they came: the update, and its signature beside it";
const LARGEST_SIGNATURE: usize = 16 << 10;

/// Whichever of the two files is named, both are read.
pub(crate) fn beside(chosen: &Path) -> Result<Package, Problem> {
    let package = match chosen.extension() {
        Some(ending) if ending == "sig" => chosen.with_extension(""),
        _ => chosen.to_owned(),
    };
    let beside = signature_of(&package);
    let signature = files::read_at_most(&beside, LARGEST_SIGNATURE)?.ok_or_else(|| {
        Problem::new(Code::UpdateUntrusted, format!("There is no signature beside {}", package.display()))
            .hint(format!("Put {} into the same folder: it comes with the update", name(&beside)))
    })?;
    if signature.len() > LARGEST_SIGNATURE {
        return Err(Problem::new(Code::UpdateUntrusted, format!("{} is too large for a signature", beside.display()))
            .hint(AGAIN));
    }
    let bytes = files::read_at_most(&package, LARGEST_UPDATE)?
        .ok_or_else(|| Problem::new(Code::NotFound, format!("{} is not there", package.display())).hint(AGAIN))?;
    if bytes.len() > LARGEST_UPDATE {
        return Err(
            Problem::new(Code::UpdateUntrusted, format!("{} is larger than any update", package.display())).hint(AGAIN)
        );
    }
    let signature = String::from_utf8_lossy(&signature).into_owned();
    Ok(Package { from: package.display().to_string(), bytes: bytes.into(), signature, announced: None, notes: None })
}

fn signature_of(package: &Path) -> PathBuf {
    let mut path = package.as_os_str().to_owned();
    path.push(".sig");
    path.into()
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
