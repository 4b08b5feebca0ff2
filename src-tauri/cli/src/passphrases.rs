//! Passphrases of bundles: from the environment, else asked for, and handed to the core at once.

use crate::args::Sealing;
use rainferry_core::api::{Core, FileKind, PassphraseFor, PassphraseRequest, PlanView};
use rainferry_core::{Code, JobId, Problem, Secret};

const VARIABLE: &str = "RAINFERRY_PASSPHRASE";

impl Sealing {
    pub(crate) fn wanted(&self) -> Option<bool> {
        (self.encrypt || self.no_encrypt).then_some(self.encrypt)
    }
}

/// For a plan that writes an encrypted bundle, unless something blocks it anyway.
pub(crate) async fn for_plan(core: &Core, plan: &PlanView) -> Result<(), Problem> {
    let is_wanted = plan.encryption.as_ref().is_some_and(|encryption| encryption.on);
    if !is_wanted || plan.blocks().next().is_some() {
        return Ok(());
    }
    let hint = "Set it, or write the bundle unencrypted with --no-encrypt";
    let passphrase = ask("Passphrase of the new bundle: ", hint)?;
    if from_environment().is_none() && ask("Once more: ", hint)? != passphrase {
        return Err(Problem::new(Code::PassphraseWrong, "The two passphrases differ").hint("Type the same one twice"));
    }
    give(core, PassphraseFor::Plan { plan: plan.id.clone() }, passphrase).await
}

/// Opens a bundle for this run, where it is encrypted.
pub(crate) async fn unlock(core: &Core, path: &str) -> Result<(), Problem> {
    // What is not there is told by whoever wants it.
    let Ok(file) = core.inspect_file(path.to_owned()).await else { return Ok(()) };
    if file.kind != FileKind::Locked {
        return Ok(());
    }
    let passphrase = ask(&format!("Passphrase of {}: ", file.name), "Set it to the bundle's passphrase")?;
    give(core, PassphraseFor::File { path: path.to_owned() }, passphrase).await
}

/// For the next try of a job that has none.
pub(crate) async fn for_job(core: &Core, job: &JobId) -> Result<(), Problem> {
    let passphrase = ask("Passphrase of this job's bundle: ", "Set it, then resume the job again")?;
    give(core, PassphraseFor::Job { job: job.clone() }, passphrase).await
}

async fn give(core: &Core, of: PassphraseFor, passphrase: Secret) -> Result<(), Problem> {
    core.give_passphrase(PassphraseRequest { of, passphrase }).await
}

#[expect(clippy::disallowed_methods, reason = "secrets for scripts come in by the environment, never by an argument")]
fn from_environment() -> Option<Secret> {
    std::env::var(VARIABLE).ok().map(Secret::new)
}

fn ask(prompt: &str, hint: &str) -> Result<Secret, Problem> {
    if let Some(given) = from_environment() {
        return Ok(given);
    }
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|error| {
        Problem::new(
            Code::PassphraseMissing,
            format!("No passphrase: {VARIABLE} is not set and there is no terminal to ask on"),
        )
        .hint(hint)
        .fact("reason", error.to_string())
    })
}
