//! The contract: every recorded request, sent in order to a sandbox in the same situation, is answered with the same
//! HTTP status, the same `code` and the same key tree with JSON types.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod packages;
mod recorded;

use std::io::Write;

use rainferry_sandbox::Era;
use recorded::shape::{differences, shape};
use recorded::stage::{Got, Stage};
use recorded::{Recording, rebuild, recordings, skipped, worlds};
use serde_json::Value;

/// What is different, if anything.
fn judged(recording: &Recording, got: &Got) -> Option<String> {
    if recording.status != got.status {
        return Some(format!("HTTP {} instead of {}: {}", got.status, recording.status, got.body));
    }
    if recording.body.get("code") != got.body.get("code") {
        return Some(format!("code {:?} instead of {:?}", got.body.get("code"), recording.body.get("code")));
    }
    if let (Some(want), Some(have)) = (recording.body.get("$bytes"), got.body.get("$bytes")) {
        let empty = |value: &Value| value.as_u64() == Some(0);
        return (empty(want) != empty(have)).then(|| "an empty body against a full one".to_owned());
    }
    let mut out = Vec::new();
    differences("", &recording.body, &got.body, &mut out);
    (shape(&recording.body) != shape(&got.body)).then(|| out.join("; "))
}

/// Three stages: v6.9.8 up to its rebuild lane, that lane in a world of its own, and v5.17.3.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Six,
    Rebuild,
    Five,
}

impl Act {
    fn recordings(self) -> Vec<Recording> {
        let (version, lane) = match self {
            Self::Six => ("v6.9.8", false),
            Self::Rebuild => ("v6.9.8", true),
            Self::Five => ("v5.17.3", false),
        };
        recordings(version).into_iter().filter(|recording| (recording.number >= 1500) == lane).collect()
    }

    async fn set(self) -> Stage {
        match self {
            Self::Six => Stage::set(Era::V6_9_8, worlds::a(), worlds::b()).await,
            Self::Rebuild => Stage::set(Era::V6_9_8, rebuild::world(), worlds::b()).await,
            Self::Five => Stage::set(Era::V5_17_3, worlds::a5(), worlds::b5()).await,
        }
    }

    async fn play(self, stage: &mut Stage, recording: &Recording) -> Got {
        match self {
            Self::Six => stage.before_v6(recording.number).await,
            Self::Rebuild => rebuild::before(stage, recording.number).await,
            Self::Five => stage.before_v5(recording.number).await,
        }
        let got = stage.send(recording).await;
        stage.learn(&recording.body, &got.body);
        match self {
            Self::Six => stage.after_v6(recording.number).await,
            Self::Rebuild => {
                rebuild::learn_aliases(stage, &recording.body, &got.body);
                stage.tick();
            }
            Self::Five => stage.after_v5(recording.number).await,
        }
        got
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_answers_as_the_recorded_consoles_did() {
    let (skipped, not_yet) = (skipped::skipped(), skipped::not_yet());
    let (mut agreed, mut wrong) = (0usize, Vec::new());
    for act in [Act::Six, Act::Rebuild, Act::Five] {
        let mut stage = act.set().await;
        for recording in act.recordings() {
            if skipped.contains_key(recording.name.as_str()) {
                continue;
            }
            let got = act.play(&mut stage, &recording).await;
            match (judged(&recording, &got), not_yet.contains_key(recording.name.as_str())) {
                (None, false) => agreed += 1,
                (None, true) => wrong.push(format!("{}: agrees now; take it from the table", recording.name)),
                (Some(_), true) => {}
                (Some(why), false) => wrong.push(format!("{}: {why}", recording.name)),
            }
        }
        stage.clear().await;
    }
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
    assert!(skipped.len() <= 60);
    assert_eq!(agreed + skipped.len() + not_yet.len(), 519);
    writeln!(std::io::stderr(), "sandbox agreed on {agreed}, skipped {}", skipped.len()).unwrap();
}
