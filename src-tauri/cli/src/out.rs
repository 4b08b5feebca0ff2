//! Lines for people, JSON for programs, and exit codes.

use rainferry_core::{Code, Problem};
use serde::Serialize;
use std::io::Write;

/// Where answers go.
#[derive(Clone, Copy)]
pub(crate) struct Out {
    pub json: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// A line for people; nothing in JSON.
    pub(crate) fn line(self, text: impl AsRef<str>) {
        if !self.json {
            put(&mut std::io::stdout(), &harmless(text.as_ref()));
        }
    }

    /// A value for programs; nothing for people.
    pub(crate) fn value(self, value: &impl Serialize) {
        if self.json {
            match serde_json::to_string(value) {
                Ok(text) => put(&mut std::io::stdout(), &text),
                Err(error) => put(&mut std::io::stderr(), &error.to_string()),
            }
        }
    }

    /// What went wrong, with what to do about it, on standard error.
    pub(crate) fn problem(self, problem: &Problem) {
        let mut to = std::io::stderr();
        if self.json {
            put(&mut to, &serde_json::json!({ "ok": false, "problem": problem }).to_string());
            return;
        }
        put(&mut to, &harmless(&format!("Error: {}", problem.message)));
        if let Some(hint) = &problem.hint {
            put(&mut to, &harmless(&format!("  {hint}")));
        }
        for (name, value) in &problem.facts {
            put(&mut to, &harmless(&format!("  {name}: {value}")));
        }
    }
}

/// What servers say is printed, never obeyed: a terminal acts on control characters, and letters that turn others lie.
fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        c if c.is_control() => '\u{FFFD}',
        c => c,
    };
    text.chars().map(shown).collect()
}

fn put(to: &mut impl Write, text: &str) {
    // A closed pipe is the reader's choice, not an error of ours.
    let _ = writeln!(to, "{text}");
}

/// Documented in `--help` and in the README.
pub(crate) fn exit_code(code: Code) -> u8 {
    match code {
        Code::BadRequest | Code::BadAddress | Code::NotHere => 2,
        Code::NotFound | Code::Ambiguous => 3,
        Code::LoginRefused
        | Code::PasswordMissing
        | Code::PassphraseMissing
        | Code::PassphraseWrong
        | Code::LoginExpired
        | Code::Forbidden
        | Code::ReadOnly
        | Code::StoreDenied
        | Code::RegistryDenied => 4,
        Code::Unreachable
        | Code::TlsFailed
        | Code::CertificateChanged
        | Code::NotRainbond
        | Code::StoreUnreachable
        | Code::ClusterDown => 5,
        Code::PlanBlocked | Code::PlanStale | Code::NotConfirmed => 6,
        Code::Cancelled => 8,
        Code::TicketDamaged | Code::NotABundle | Code::BundleDamaged | Code::BundleTooNew | Code::PackageDamaged => 9,
        Code::Locked => 10,
        Code::BackupFailed
        | Code::RestoreFailed
        | Code::RestoreStuck
        | Code::ArrivedIncomplete
        | Code::SourceUnread => 7,
        Code::Unsupported
        | Code::ConsoleRefused
        | Code::BadAnswer
        | Code::ResourcesShort
        | Code::StatefulRunning
        | Code::CustomVolumes
        | Code::BackupBusy
        | Code::TargetNotEmpty
        | Code::StoreMissing
        | Code::StoreFailed
        | Code::RegistryFailed
        | Code::PackageMissing
        | Code::SourceChanged
        | Code::ChecksumMismatch
        | Code::DiskFull
        | Code::FileFailed
        | Code::FileExists
        | Code::KeyringMissing
        | Code::StateDamaged
        // Of the window alone.
        | Code::UpdatesOff
        | Code::ManifestBroken
        | Code::UpdateUntrusted
        | Code::UpdateUnfit
        | Code::UpdateFailed
        | Code::JobsRunning
        | Code::Internal => 1,
    }
}

/// `1.2 GB`, `88 MB`: decimal, as disks and file managers count.
/// A name of the contract as words: `config_file` is “config file”.
pub(crate) fn words(name: impl Serialize) -> String {
    let text = serde_json::to_value(name).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_default().replace('_', " ")
}

pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    #[expect(clippy::cast_precision_loss, reason = "a size for people")]
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or("B");
    if unit == 0 || value >= 99.95 { format!("{value:.0} {name}") } else { format!("{value:.1} {name}") }
}

/// `40 s`, `2 min 31 s`.
pub(crate) fn seconds(count: u64) -> String {
    if count < 60 { format!("{count} s") } else { format!("{} min {} s", count / 60, count % 60) }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_name_does_not_steer_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}]0;owned\u{7}b\r\n商城\u{202e}x"),
            "a\u{fffd}]0;owned\u{fffd}b\u{fffd}\n商城\u{fffd}x"
        );
    }
}
