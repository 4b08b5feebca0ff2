//! Follows a job to its end: bars on a terminal, a line a chapter elsewhere, and the report.

use crate::out::{self, Out};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rainferry_core::api::{Core, Event, JobState, JobView, PhaseName, PhaseState, PhaseView};
use rainferry_core::{Code, JobId, Problem};
use std::collections::HashSet;
use std::io::IsTerminal;

/// Waits until the job has ended; a failed one is its problem.
pub(crate) async fn to_end(core: &Core, job: &JobId, out: Out) -> Result<JobView, Problem> {
    let mut events = core.events();
    let mut told = Told::new(out);
    let mut view = core.get_job(job.clone()).await?;
    loop {
        told.show(&view);
        if ended(&view) {
            told.finish();
            return judge(view, out);
        }
        view = tokio::select! {
            event = events.next() => match event {
                Some(Event::JobChanged { job: changed }) if changed.id == *job => *changed,
                Some(_) => continue,
                None => core.get_job(job.clone()).await?,
            },
            _ = tokio::signal::ctrl_c() => core.cancel_job(job.clone()).await?,
        };
    }
}

fn ended(view: &JobView) -> bool {
    matches!(view.state, JobState::Done | JobState::Failed | JobState::Cancelled)
}

fn judge(view: JobView, out: Out) -> Result<JobView, Problem> {
    report(&view, out);
    match view.state {
        JobState::Failed => {
            Err(view.problem.unwrap_or_else(|| Problem::new(Code::Internal, "The job failed without a reason")))
        }
        JobState::Cancelled => Err(Problem::new(Code::Cancelled, "Cancelled")),
        JobState::Done | JobState::Queued | JobState::Running | JobState::Cancelling => Ok(view),
    }
}

fn report(view: &JobView, out: Out) {
    out.value(view);
    if let Some(report) = &view.report {
        for line in &report.arrived {
            out.line(format!("  ✓ {}", line.message));
        }
        for line in &report.missing {
            out.line(format!("  – {}", line.message));
        }
        for line in &report.due {
            out.line(format!("  → {}", line.message));
        }
    }
    for left in &view.leftovers {
        out.line(format!(
            "  Left behind: {} ({})",
            left.line.message,
            if left.removable { "`jobs clean` removes it" } else { "not ours to remove" }
        ));
    }
}

struct Told {
    out: Out,
    bar: ProgressBar,
    said: HashSet<(PhaseName, bool)>,
}

impl Told {
    fn new(out: Out) -> Self {
        let terminal = std::io::stderr().is_terminal() && !out.json;
        let bar = ProgressBar::with_draw_target(
            Some(0),
            if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        if let Ok(style) = ProgressStyle::with_template("  {msg:10} [{bar:30}] {bytes}/{total_bytes} {prefix}") {
            bar.set_style(style);
        }
        Self { out, bar, said: HashSet::new() }
    }

    fn show(&mut self, view: &JobView) {
        for phase in &view.phases {
            let name = phase_name(phase.name);
            if phase.state == PhaseState::Running && self.said.insert((phase.name, false)) {
                self.say(&format!("  {name} …"));
            }
            if phase.state == PhaseState::Done && self.said.insert((phase.name, true)) {
                self.say(&format!("  {name} done{}", done_detail(phase)));
            }
            if phase.state == PhaseState::Running && phase.total_bytes > 0 {
                self.bar.set_length(phase.total_bytes);
                let come = phase.done_bytes + view.moving_bytes;
                self.bar.set_position(come);
                self.bar.set_message(name);
                let eta = view.eta_secs.map(|secs| format!(" · {} left", out::seconds(secs))).unwrap_or_default();
                self.bar.set_prefix(format!("{}/s{eta}", out::bytes(view.bytes_per_sec)));
                if !self.out.json && self.bar.is_hidden() && view.bytes_per_sec > 0 {
                    self.out.line(format!(
                        "  {name} {} of {} · {}/s{eta}",
                        out::bytes(come),
                        out::bytes(phase.total_bytes),
                        out::bytes(view.bytes_per_sec)
                    ));
                }
            }
        }
    }

    fn say(&self, text: &str) {
        let out = self.out;
        self.bar.suspend(|| out.line(text));
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn done_detail(phase: &PhaseView) -> String {
    let bytes = if phase.total_bytes > 0 { format!(", {}", out::bytes(phase.total_bytes)) } else { String::new() };
    match (phase.started_at, phase.ended_at) {
        (Some(started), Some(ended)) => {
            let millis = (ended - started).num_milliseconds();
            format!("{bytes} in {}.{} s", millis / 1000, millis % 1000 / 100)
        }
        _ => bytes,
    }
}

pub(crate) fn phase_name(phase: PhaseName) -> &'static str {
    match phase {
        PhaseName::Stop => "Stop",
        PhaseName::Backup => "Back up",
        PhaseName::Start => "Start",
        PhaseName::Publish => "Publish",
        PhaseName::ExportTemplate => "Export",
        PhaseName::Fetch => "Fetch",
        PhaseName::Plan => "Plan",
        PhaseName::Check => "Check",
        PhaseName::Prepare => "Prepare",
        PhaseName::Read => "Read at the source",
        PhaseName::Data => "Lay data out",
        PhaseName::Copy => "Copy",
        PhaseName::Write => "Write",
        PhaseName::Restore => "Restore",
        PhaseName::Import => "Import",
        PhaseName::Install => "Install",
        PhaseName::Adjust => "Adjust",
        PhaseName::Gateway => "Entries",
        PhaseName::Fill => "Fill volumes",
        PhaseName::Deploy => "Deploy",
        PhaseName::Unplug => "Take helper away",
        PhaseName::Compare => "Compare",
        PhaseName::Verify => "Verify",
        PhaseName::Tidy => "Tidy",
        PhaseName::Clean => "Clean",
    }
}
