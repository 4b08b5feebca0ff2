//! The files inside a package: listed, and one saved alone.

use crate::out::{self, Out};
use crate::reference;
use rainferry_core::api::{Core, MemberRequest};
use rainferry_core::{Code, Problem};
use std::path::{Path, PathBuf};

pub(crate) async fn members(
    core: &Core,
    what: &str,
    save: Option<String>,
    to: Option<PathBuf>,
    out: Out,
) -> Result<(), Problem> {
    let source = reference::source(core, what).await?;
    let Some(name) = save else {
        for member in core.list_members(source).await? {
            out.value(&member);
            out.line(format!("{:>10}  {}", out::bytes(member.size_bytes), member.name));
        }
        return Ok(());
    };
    let path = to.map_or_else(|| file_of(&name), Ok)?;
    let member = core.save_member(MemberRequest { source, name, path: path.display().to_string() }).await?;
    out.value(&member);
    out.line(format!("{}: {}", path.display(), out::bytes(member.size_bytes)));
    Ok(())
}

/// The last part of a member's name, as a file of this folder. A package may be anybody's: nothing else of the name is used.
fn file_of(name: &str) -> Result<PathBuf, Problem> {
    let last = name.rsplit(['/', '\\']).next().filter(|last| !matches!(*last, "" | "." | "..") && !last.contains(':'));
    let last = last.ok_or_else(|| {
        Problem::new(Code::BadRequest, format!("{name} gives no file a name")).hint("Name one with --to")
    })?;
    Ok(Path::new(".").join(last))
}
