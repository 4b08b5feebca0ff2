//! Image registries of the user's own: saved, listed, forgotten, and named for a voyage.

use crate::args::{RegistryArgs, RegistryCommand};
use crate::commands::{kept, read_text, secret};
use crate::out::Out;
use rainferry_core::Problem;
use rainferry_core::api::{Core, RegistryDraft, RegistryView};

const PASSWORD: &str = "RAINFERRY_REGISTRY_PASSWORD";

pub(crate) async fn run(core: &Core, command: RegistryCommand, out: Out) -> Result<(), Problem> {
    match command {
        RegistryCommand::List => {
            let views = core.list_registries(()).await?;
            out.value(&views);
            views.iter().for_each(|view| show(view, out));
            Ok(())
        }
        RegistryCommand::Save { registry } => {
            let view = save(core, &registry).await?;
            out.value(&view);
            show(&view, out);
            Ok(())
        }
        RegistryCommand::Remove { address } => {
            core.remove_registry(address.clone()).await?;
            out.line(format!("Forgot {address}"));
            Ok(())
        }
    }
}

fn show(view: &RegistryView, out: Out) {
    let user = if view.user.is_empty() { "nobody" } else { &view.user };
    let plain = if view.plain_http { ", plain HTTP" } else { "" };
    out.line(format!("{} as {user}{plain}; its password is kept {}", view.address, kept(view.password)));
}

async fn save(core: &Core, args: &RegistryArgs) -> Result<RegistryView, Problem> {
    let user = args.registry_user.clone().unwrap_or_default();
    let password = if user.is_empty() { None } else { Some(secret(PASSWORD, "Password of the registry: ")?) };
    let draft = RegistryDraft {
        address: args.registry.clone().unwrap_or_default(),
        user,
        password,
        plain_http: args.registry_plain_http,
        ca_pem: args.registry_ca.as_deref().map(read_text).transpose()?,
    };
    core.save_registry(draft).await
}

/// The address for a plan: a saved one as it is; with a user, or where none is saved, it is saved first.
pub(crate) async fn named(core: &Core, args: &RegistryArgs) -> Result<Option<String>, Problem> {
    let Some(address) = &args.registry else { return Ok(None) };
    let known = core.list_registries(()).await?.into_iter().any(|view| view.address == *address);
    if known && args.registry_user.is_none() {
        return Ok(Some(address.clone()));
    }
    Ok(Some(save(core, args).await?.address))
}
