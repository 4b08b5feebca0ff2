//! Saved consoles: added, listed, tested, removed; and the certificate that an address shows.

use crate::args::{ConsoleCommand, EnvironmentArg, StoreArgs};
use crate::commands::{environment, kept, read_text, secret};
use crate::out::Out;
use crate::reference;
use rainferry_core::api::{ConsoleDraft, ConsoleState, Core, Environment, RungState, StoreDraft, StoreKind};
use rainferry_core::{Code, ConsoleId, Problem};

pub(crate) async fn run(core: &Core, command: ConsoleCommand, out: Out) -> Result<(), Problem> {
    match command {
        ConsoleCommand::Add { name, url, user, environment, read_only, ca, fingerprint, store } => {
            let draft = ConsoleDraft {
                id: None,
                name,
                url,
                user,
                password: Some(secret("RAINFERRY_PASSWORD", "Password: ")?),
                environment: match environment {
                    EnvironmentArg::Production => Environment::Production,
                    EnvironmentArg::Staging => Environment::Staging,
                    EnvironmentArg::Test => Environment::Test,
                },
                read_only,
                group: String::new(),
                notes: String::new(),
                ca_pem: ca.map(|path| read_text(&path)).transpose()?,
                fingerprint,
                stores: store_draft(*store)?.map(|store| vec![store]),
            };
            let saved = core.save_console(draft).await?;
            let seen = core.refresh_console(saved.id.clone()).await?;
            out.value(&seen);
            out.line(format!("Saved {} ({}); its password is kept {}", seen.name, seen.url, kept(seen.password)));
            match seen.state {
                ConsoleState::Failed { problem } => Err(problem),
                ConsoleState::Unknown | ConsoleState::Connecting | ConsoleState::Ready => Ok(()),
            }
        }
        ConsoleCommand::List => {
            let views = core.list_consoles(()).await?;
            out.value(&views);
            for view in views {
                out.line(format!(
                    "{:20} {:10} {} as {}{}",
                    view.name,
                    environment(view.environment),
                    view.url,
                    view.user,
                    if view.plain_http { " (not encrypted)" } else { "" }
                ));
            }
            Ok(())
        }
        ConsoleCommand::Certificate { url } => {
            let shown = core.show_certificate(url).await?;
            out.value(&shown);
            out.line(&shown.fingerprint);
            Ok(())
        }
        ConsoleCommand::Test { console } => {
            let id = reference::console(core, &console).await?;
            test(core, &id, out).await
        }
        ConsoleCommand::Remove { console } => {
            let id = reference::console(core, &console).await?;
            core.remove_console(id).await?;
            out.line(format!("Removed {console} and its secrets; the console itself is untouched"));
            Ok(())
        }
    }
}

async fn test(core: &Core, id: &ConsoleId, out: Out) -> Result<(), Problem> {
    let view = core.list_consoles(()).await?.into_iter().find(|view| view.id == *id);
    let view = view.ok_or_else(|| Problem::new(Code::NotFound, "The console is gone"))?;
    let draft = ConsoleDraft {
        id: Some(id.clone()),
        name: view.name,
        url: view.url,
        user: view.user,
        password: None,
        environment: view.environment,
        read_only: view.read_only,
        group: view.group,
        notes: view.notes,
        ca_pem: view.ca_pem,
        fingerprint: view.fingerprint,
        stores: None,
    };
    let seen = core.test_console(draft).await?;
    out.value(&seen);
    let mut failed = None;
    for rung in seen.rungs {
        let name = format!("{:?}", rung.name);
        match rung.state {
            RungState::Passed { detail } => out.line(format!("✓ {name:8} {detail} ({} ms)", rung.took_ms)),
            RungState::NotTried => out.line(format!("  {name:8} not tried")),
            RungState::Failed { problem } => {
                out.line(format!("✗ {name:8} {}", problem.message));
                failed.get_or_insert(problem);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn store_draft(store: StoreArgs) -> Result<Option<StoreDraft>, Problem> {
    let Some(endpoint) = store.store_endpoint else { return Ok(None) };
    Ok(Some(StoreDraft {
        cluster_region: String::new(),
        kind: if store.store_oss { StoreKind::Oss } else { StoreKind::S3 },
        endpoint,
        bucket: store.store_bucket.unwrap_or_else(|| "grdata".to_owned()),
        region: store.store_region,
        access_key: store.store_access_key.unwrap_or_default(),
        secret_key: Some(secret("RAINFERRY_STORE_SECRET", "Secret key of the store: ")?),
    }))
}
