//! A console's one object storage setting: tried with a real object, and set for everybody. Consoles hold nobody to being an
//! administrator (recording 405), so this does.
//!
//! Setting it is one request, after which the console is asked what it keeps; a crash leaves the old setting or the new one,
//! and both are read afresh. A crash in a trial may leave its object, which the next trial of this profile replaces and deletes.

use crate::console::ObjectStorage;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::links::{self, Known};
use crate::ids::ConsoleId;
use crate::problem::{Code, Problem};
use crate::profiles::Profile;
use crate::storage::{self, Store};
use bytes::Bytes;
use std::sync::Arc;

/// What is tried, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trial {
    Reach,
    Write,
    Read,
    Delete,
}

/// Puts, reads back and deletes an object of our own. What comes after a failure is not tried, but the deletion.
pub(crate) async fn test(profile: &Profile, setting: &ObjectStorage) -> Vec<(Trial, Option<Problem>)> {
    let mut seen = Vec::new();
    let opened = links::open_store(profile, &links::console_spec(setting, profile.ca_pem.clone()));
    let store = match opened {
        Ok(store) => store,
        Err(problem) => return vec![(Trial::Reach, Some(problem))],
    };
    if let Err(error) = store.check().await {
        return vec![(Trial::Reach, Some(error.into()))];
    }
    seen.push((Trial::Reach, None));
    let key = format!(".rainferry-probe-{}", profile.id);
    let body = Bytes::from(uuid::Uuid::new_v4().simple().to_string());
    let written = store.put(&key, vec![body.clone()]).await.err().map(Problem::from);
    let was_written = written.is_none();
    seen.push((Trial::Write, written));
    if was_written {
        seen.push((Trial::Read, read_back(&store, &key, &body).await.err()));
    }
    seen.push((Trial::Delete, store.delete(&key).await.err().filter(|_| was_written).map(Problem::from)));
    seen
}

async fn read_back(store: &Arc<dyn Store>, key: &str, body: &Bytes) -> Result<(), Problem> {
    let chunks = storage::read_range(store.as_ref(), key, 0..body.len() as u64, None).await?;
    match chunks.concat() == body.as_ref() {
        true => Ok(()),
        false => Err(Problem::new(Code::ChecksumMismatch, "The store gave other bytes back than were written")
            .hint("Something between here and the store changes what passes")),
    }
}

/// Why this user may not set it.
pub(crate) fn refused(profile: &Profile, known: &Known) -> Option<Problem> {
    if profile.read_only {
        return Some(
            Problem::new(Code::ReadOnly, format!("The profile of {} is read-only", profile.name))
                .hint("Change the profile first"),
        );
    }
    (!known.me.is_enterprise_admin).then(|| {
        let words = format!(
            "The user {} is no administrator of {}; the setting is shared by all its teams",
            known.me.user_name, profile.name
        );
        Problem::new(Code::Forbidden, words).hint("Ask an administrator of the enterprise")
    })
}

/// Sets it and reads it back: the console answers with nothing (recording 404).
pub(crate) async fn set(engine: &Engine, ctx: &Ctx, id: &ConsoleId, setting: &ObjectStorage) -> Result<(), Problem> {
    let profile = engine.book.console(id)?;
    let known = engine.links.known(ctx, id).await?;
    if let Some(problem) = refused(&profile, &known) {
        return Err(problem);
    }
    let console = engine.links.console(&profile).await?;
    console.set_object_storage(ctx, &known.me.enterprise_id, setting).await?;
    let now = console.object_storage(ctx, &known.me.enterprise_id).await?;
    engine.links.refresh(ctx, id).await?;
    match now.as_ref() == Some(setting) {
        true => Ok(()),
        false => Err(Problem::new(Code::ConsoleRefused, "The console said yes and keeps another setting")
            .hint("Look at the setting again")),
    }
}
