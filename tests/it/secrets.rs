//! No password and no key is ever in a file of ours, in an event, in an answer, or in a problem.

use crate::world::{PASSWORD, SHOP_VERSION, World, done, failed, official};
use rainferry_core::Code;
use rainferry_core::api::{DiagnosticsRequest, PlanRequest, PlanTarget, ValueRequest};
use rainferry_sandbox::{Fault, Hits, Trouble};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_leaves_the_keyring() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let secrets = [PASSWORD.to_owned(), world.shanghai().store().secret_key, world.beijing().store().secret_key];
    let said = Arc::new(Mutex::new(Vec::new()));
    let (mut events, heard) = (client.core.events(), said.clone());
    let listening = tokio::spawn(async move {
        while let Some(event) = events.next().await {
            heard.lock().unwrap().push(serde_json::to_string(&event).unwrap());
        }
    });

    // A run that fails in the store, is tried again, and ends well; an export; and consoles that refuse.
    let refuse = Trouble::Fail { status: 403 };
    world.shanghai().faults().set(Fault::store("PutObject", "**", Hits::Always, refuse));
    let job = client.perform(client.voyage(&world).await).await;
    failed(&job, Code::StoreDenied);
    world.shanghai().faults().clear();
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let export = client.perform(PlanRequest { source, target, options: official() }).await;
    done(&export);
    let refuse = Trouble::Fail { status: 500 };
    world.shanghai().faults().set(Fault::console("*", "**", Hits::Always, refuse));
    let console = client.console("shanghai").await;
    client.core.refresh_console(console).await.unwrap();
    for command in ["app_about", "get_settings", "list_consoles", "list_library", "list_jobs"] {
        let answer = client.core.call(command, serde_json::Value::Null).await.unwrap().to_string();
        said.lock().unwrap().push(answer);
    }
    client.core.close().await;
    drop(client);
    listening.abort();

    let said = said.lock().unwrap();
    assert!(said.len() > 30, "only {} things were said", said.len());
    let looked = files(&world.home());
    assert!(looked.iter().any(|path| path.extension().is_some_and(|ending| ending == "jsonl")), "{looked:?}");
    for secret in &secrets {
        assert!(secret.len() > 10);
        for text in said.iter() {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
        for path in &looked {
            assert!(!holds(&std::fs::read(path).unwrap(), secret), "{} holds a secret", path.display());
        }
    }
    // The bundle is given away: neither its plain entries nor its packed bytes know the keys.
    let bundle = export.report.unwrap().path.unwrap();
    let text = std::process::Command::new("tar").args(["--zstd", "-xOf", &bundle]).output().unwrap();
    assert!(text.status.success());
    for secret in &secrets {
        assert!(!holds(&text.stdout, secret), "the bundle holds a secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn diagnostics_hold_what_helps_and_no_secret() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let refuse = Trouble::Fail { status: 403 };
    world.shanghai().faults().set(Fault::store("PutObject", "**", Hits::Always, refuse));
    let job = client.perform(client.voyage(&world).await).await;
    failed(&job, Code::StoreDenied);
    // A name that somebody gave is a password: it goes all the same.
    client.change(world.beijing(), |draft| draft.notes = format!("the password is {PASSWORD}")).await;
    let path = world.dir.path().join("diagnostics.txt").display().to_string();
    let request = DiagnosticsRequest { path: Some(path.clone()) };
    assert_eq!(client.core.save_diagnostics(request.clone()).await.unwrap().path, path);
    let text = std::fs::read_to_string(&path).unwrap();
    for helps in [env!("CARGO_PKG_VERSION"), "shanghai", "v6.9.8", &job.id.0, "store_denied", "limit_bytes_per_sec"] {
        assert!(text.contains(helps), "{helps} is missing");
    }
    for secret in [PASSWORD, &world.shanghai().store().secret_key, &world.beijing().store().secret_key] {
        assert!(!text.contains(secret), "it holds a secret");
    }
    assert_eq!(client.core.save_diagnostics(request).await.unwrap_err().code, Code::FileExists);
}

/// Each person sees for themselves; that it was seen is logged (by `security`, with all that is logged).
#[tokio::test(flavor = "multi_thread")]
async fn a_covered_value_is_told_when_it_is_asked_for_and_no_other() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let view = client.core.inspect(source.clone()).await.unwrap();
    let covered = |one: &rainferry_core::api::PackageComponent| {
        one.variables.iter().find(|variable| variable.value.is_none()).map(|variable| variable.name.clone())
    };
    let (component, name) =
        view.components.iter().find_map(|one| Some((one.id.clone(), covered(one)?))).expect("a covered variable");
    let asked = ValueRequest { source, component, name };
    let value = client.core.reveal_value(asked.clone()).await.unwrap();
    assert!(!value.is_empty());
    assert!(!serde_json::to_string(&view).unwrap().contains(&value));
    let other = ValueRequest { name: "NOT_THERE".to_owned(), ..asked };
    assert_eq!(client.core.reveal_value(other).await.unwrap_err().code, Code::NotFound);
}
