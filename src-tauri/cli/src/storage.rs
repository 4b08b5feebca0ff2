//! The object storage setting of a console.

use crate::args::{Confirm, StorageArgs, StorageCommand};
use crate::commands::secret;
use crate::out::Out;
use crate::reference;
use rainferry_core::api::{Core, StorageDraft, StorageStep, StorageTestView, StorageView, StoreKind};
use rainferry_core::{ConsoleId, Problem, Secret};

pub(crate) async fn run(core: &Core, command: StorageCommand, out: Out) -> Result<(), Problem> {
    match command {
        StorageCommand::Show { console } => {
            let view = core.read_storage(reference::console(core, &console).await?).await?;
            out.value(&view);
            show(&view, out);
            Ok(())
        }
        StorageCommand::Test { console, setting } => {
            let draft = draft(core, &console, setting, String::new()).await?;
            let seen = core.test_storage(draft).await?;
            out.value(&seen);
            show_test(&seen, out);
            seen.steps.into_iter().find_map(|step| step.problem).map_or(Ok(()), Err)
        }
        StorageCommand::Set { console, setting, confirm: Confirm { confirm } } => {
            let change = core.save_storage(draft(core, &console, setting, confirm).await?).await?;
            out.value(&change);
            show(&change.before, out);
            out.line("→");
            show(&change.after, out);
            Ok(())
        }
    }
}

/// What is not typed stays as the console has it.
async fn draft(core: &Core, console: &str, args: StorageArgs, confirm: String) -> Result<StorageDraft, Problem> {
    let id: ConsoleId = reference::console(core, console).await?;
    let now = core.read_storage(id.clone()).await?;
    let secret_key =
        args.ask_secret.then(|| secret("RAINFERRY_STORE_SECRET", "Secret key of the store: ")).transpose()?;
    Ok(StorageDraft {
        console: id,
        is_enabled: !args.disable,
        kind: match (args.oss, args.s3) {
            (true, _) => StoreKind::Oss,
            (_, true) => StoreKind::S3,
            (false, false) => now.kind,
        },
        endpoint: args.endpoint.unwrap_or(now.endpoint),
        bucket: args.bucket.unwrap_or(now.bucket),
        access_key: args.access_key.map(Secret::new),
        secret_key,
        confirm,
    })
}

fn show(view: &StorageView, out: Out) {
    let kind = match view.kind {
        StoreKind::S3 => "S3",
        StoreKind::Oss => "OSS",
    };
    let state = match (view.is_set, view.is_enabled) {
        (false, _) => "never set",
        (true, false) => "switched off",
        (true, true) => "on",
    };
    out.line(format!("{state}: {kind} {} bucket {} key {}", view.endpoint, view.bucket, view.access_key));
    for note in &view.notes {
        out.line(format!("  {}", note.message));
    }
    if let Some(problem) = &view.problem {
        out.line(format!("  {}", problem.message));
    }
}

fn show_test(seen: &StorageTestView, out: Out) {
    for step in &seen.steps {
        let name = match step.name {
            StorageStep::Reach => "reach",
            StorageStep::Write => "write",
            StorageStep::Read => "read",
            StorageStep::Delete => "delete",
        };
        match &step.problem {
            None => out.line(format!("✓ {name}")),
            Some(problem) => out.line(format!("✗ {name} {}", problem.message)),
        }
    }
}
