//! The report as one page: no script, nothing from elsewhere, light and dark, fit for paper.

use super::words::Words;
use super::{GatewayTodo, JobReport};
use crate::check::{CheckView, Level};
use crate::difference::Difference;
use crate::jobs::{JobState, Lane, PhaseName, PhaseState, PhaseView, ShownPlan};
use crate::line::{Line, LineCode as L, bytes};
use crate::place::Place;
use chrono::{DateTime, Utc};

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub(crate) fn page(report: &JobReport, words: Words) -> String {
    let pen = Pen { words };
    let title = format!("{} · {}", report.app_name, words.word(L::PaperTitle));
    let body = [
        pen.head(report),
        pen.problem(report),
        pen.todo(report),
        pen.gateway(&report.gateway),
        pen.section(L::PaperArrived, &pen.lines(&report.result.arrived)),
        pen.section(L::PaperMissing, &pen.lines(&report.result.missing)),
        pen.section(L::PaperUnexpected, &pen.differences(&report.result.differences)),
        pen.section(L::PaperAnnounced, &pen.differences(&report.result.announced)),
        pen.section(L::PaperLeft, &pen.lines(report.leftovers.iter().map(|left| &left.line))),
        pen.steps(&report.steps),
        pen.plan(report.plan.as_ref()),
        pen.log(report),
    ]
    .concat();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        words.lang,
        escape(&title)
    )
}

struct Pen {
    words: Words,
}

/// Markup is spelled out, and letters that turn what follows them are shown as such.
fn escape(text: &str) -> String {
    let straight =
        |c: char| if matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') { '\u{FFFD}' } else { c };
    let text: String = text.chars().map(straight).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn took(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> String {
    let Some(secs) = from.zip(to).map(|(from, to)| (to - from).num_seconds().max(0)) else { return "–".to_owned() };
    match (secs / 3600, secs / 60 % 60, secs % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, min, s) => format!("{min} min {s:02} s"),
        (h, min, _) => format!("{h} h {min:02} min"),
    }
}

fn items(rows: impl IntoIterator<Item = String>) -> String {
    let rows: String = rows.into_iter().map(|row| format!("<li>{row}</li>\n")).collect();
    if rows.is_empty() { rows } else { format!("<ul>\n{rows}</ul>\n") }
}

fn table(heads: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let cells = |cells: Vec<String>| cells.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    let rows: String = rows.into_iter().map(|row| format!("<tr>{}</tr>\n", cells(row))).collect();
    let heads: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
    if rows.is_empty() { rows } else { format!("<table>\n<tr>{heads}</tr>\n{rows}</table>\n") }
}

impl Pen {
    fn word(&self, code: L) -> String {
        escape(&self.words.word(code))
    }

    fn say(&self, line: &Line) -> String {
        escape(&self.words.say(line))
    }

    fn lines<'a>(&self, lines: impl IntoIterator<Item = &'a Line>) -> String {
        items(lines.into_iter().map(|line| self.say(line)))
    }

    /// Nothing to say, no heading.
    fn section(&self, head: L, body: &str) -> String {
        if body.is_empty() { String::new() } else { format!("<h2>{}</h2>\n{body}", self.word(head)) }
    }

    fn place(&self, place: &Place) -> String {
        escape(&match place {
            Place::Team { cluster_name, team_alias, version, .. } => {
                format!("{cluster_name} / {team_alias} ({version})")
            }
            Place::ThisComputer { path } => format!("{}: {path}", self.words.word(L::PaperComputer)),
            Place::Object { address } => address.clone(),
        })
    }

    fn head(&self, report: &JobReport) -> String {
        let facts = [("version", report.version.clone()), ("job", report.job.to_string())];
        let made = self.say(&Line::new(L::PaperMade, facts));
        let result = format!("<span class=\"tag {}\">{}</span>", tone(report.state), self.word(state(report.state)));
        let mut rows = vec![
            vec![self.word(L::PaperResult), result],
            vec![self.word(L::PaperFrom), self.place(&report.source)],
            vec![self.word(L::PaperTo), self.place(&report.target)],
            vec![self.word(L::PaperStarted), moment(report.started_at)],
            vec![self.word(L::PaperEnded), moment(report.ended_at)],
            vec![self.word(L::PaperTook), took(report.started_at, report.ended_at)],
        ];
        if let Some(lane) = report.plan.as_ref().and_then(|plan| plan.lane) {
            let lane = match lane {
                Lane::Official => L::PaperOfficial,
                Lane::Rebuild => L::PaperRebuild,
                Lane::Registry => L::PaperRegistry,
            };
            rows.push(vec![self.word(L::PaperWay), self.word(lane)]);
        }
        let url = report.result.app_url.iter().map(|url| vec![String::new(), escape(url)]);
        rows.extend(url);
        format!("<h1>{}</h1>\n<p class=\"soft\">{made}</p>\n{}", escape(&report.app_name), table(&[], rows))
    }

    fn problem(&self, report: &JobReport) -> String {
        let Some(problem) = &report.problem else { return String::new() };
        let hint = problem.hint.iter().map(|hint| format!("<p>{}</p>\n", escape(hint))).collect::<String>();
        let facts = problem.facts.iter().map(|(name, value)| format!("{}: {}", escape(name), escape(value)));
        let body = format!("<p class=\"bad\">{}</p>\n{hint}{}", escape(&problem.message), items(facts));
        self.section(L::PaperProblem, &body)
    }

    fn todo(&self, report: &JobReport) -> String {
        let todo = report.by_hand.iter().map(|todo| {
            let fix = todo.fix.iter().map(|fix| format!(" → {}", self.say(fix))).collect::<String>();
            format!("{}{fix}", self.say(&todo.about))
        });
        self.section(L::PaperByHand, &items(todo))
    }

    fn gateway(&self, rows: &[GatewayTodo]) -> String {
        let heads = [L::PaperComponent, L::PaperOld, L::PaperNew].map(|head| self.word(head));
        let rows = rows.iter().map(|row| vec![escape(&row.component), escape(&row.old), escape(&row.new.join(" "))]);
        self.section(L::PaperGateway, &table(&heads, rows))
    }

    fn differences(&self, rows: &[Difference]) -> String {
        let heads = [L::PaperComponent, L::PaperWhat, L::PaperBackup, L::PaperTarget].map(|head| self.word(head));
        let side = |value: &Option<String>| escape(value.as_deref().unwrap_or("–"));
        let kind =
            |row: &Difference| serde_json::to_value(row.aspect).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        let rows = rows.iter().map(|row| {
            let what = format!("{} {}", kind(row).unwrap_or_default().replace('_', " "), row.what);
            vec![escape(&row.component), escape(&what), side(&row.left), side(&row.right)]
        });
        table(&heads, rows)
    }

    fn steps(&self, steps: &[PhaseView]) -> String {
        let heads =
            [L::PaperWhat, L::PaperResult, L::PaperStarted, L::PaperTook, L::PaperBytes].map(|head| self.word(head));
        let rows = steps.iter().map(|step| {
            let moved = if step.done_bytes > 0 { bytes(step.done_bytes) } else { "–".to_owned() };
            let how = self.word(step_state(step.state));
            vec![
                self.word(step_name(step.name)),
                how,
                moment(step.started_at),
                took(step.started_at, step.ended_at),
                moved,
            ]
        });
        self.section(L::PaperSteps, &table(&heads, rows))
    }

    fn plan(&self, plan: Option<&ShownPlan>) -> String {
        let Some(plan) = plan else {
            let none = format!("<p class=\"soft\">{}</p>\n", self.word(L::PaperNoPlan));
            return self.section(L::PaperPlan, &none);
        };
        let reasons = plan.lane_reason.iter().chain([&plan.route_reason]);
        let part = |head: L, lines: &[Line]| match lines {
            [] => String::new(),
            lines => format!("<h3>{}</h3>\n{}", self.word(head), self.lines(lines)),
        };
        let body = [
            self.lines(reasons),
            part(L::PaperPlanArrives, &plan.arrives),
            part(L::PaperPlanStays, &plan.stays),
            part(L::PaperPlanChanges, &plan.changes),
        ]
        .concat();
        let checks = table(&[], plan.checks.iter().map(|check| self.check(check)));
        self.section(L::PaperPlan, &body) + &self.section(L::PaperChecks, &checks)
    }

    fn check(&self, check: &CheckView) -> Vec<String> {
        let (class, level) = match check.level {
            Level::Block => ("bad", L::PaperBlock),
            Level::Warn => ("warn", L::PaperWarn),
            Level::Pass => ("ok", L::PaperPass),
        };
        let fix = check.fix.iter().map(|fix| format!("<br><span class=\"soft\">{}</span>", self.say(fix)));
        let said = format!("{}{}", self.say(&check.line), fix.collect::<String>());
        vec![format!("<span class=\"tag {class}\">{}</span>", self.word(level)), said]
    }

    fn log(&self, report: &JobReport) -> String {
        let rows = report.log.iter().map(|row| vec![moment(Some(row.at)), self.say(&row.line)]);
        self.section(L::PaperLog, &table(&[], rows))
    }
}

fn tone(state: JobState) -> &'static str {
    match state {
        JobState::Done => "ok",
        JobState::Failed => "bad",
        JobState::Queued | JobState::Running | JobState::Cancelling | JobState::Cancelled => "warn",
    }
}

fn state(state: JobState) -> L {
    match state {
        JobState::Queued => L::PaperQueued,
        JobState::Running => L::PaperRunning,
        JobState::Cancelling => L::PaperCancelling,
        JobState::Done => L::PaperDone,
        JobState::Failed => L::PaperFailed,
        JobState::Cancelled => L::PaperCancelled,
    }
}

fn step_state(state: PhaseState) -> L {
    match state {
        PhaseState::Waiting => L::PaperWaiting,
        PhaseState::Running => L::PaperRunning,
        PhaseState::Done => L::PaperDone,
        PhaseState::Failed => L::PaperFailed,
        PhaseState::Skipped => L::PaperSkipped,
    }
}

fn step_name(name: PhaseName) -> L {
    match name {
        PhaseName::Stop => L::PaperStepStop,
        PhaseName::Backup => L::PaperStepBackup,
        PhaseName::Start => L::PaperStepStart,
        PhaseName::Publish => L::PaperStepPublish,
        PhaseName::ExportTemplate => L::PaperStepExportTemplate,
        PhaseName::Fetch => L::PaperStepFetch,
        PhaseName::Plan => L::PaperStepPlan,
        PhaseName::Check => L::PaperStepCheck,
        PhaseName::Prepare => L::PaperStepPrepare,
        PhaseName::Copy => L::PaperStepCopy,
        PhaseName::Write => L::PaperStepWrite,
        PhaseName::Restore => L::PaperStepRestore,
        PhaseName::Import => L::PaperStepImport,
        PhaseName::Install => L::PaperStepInstall,
        PhaseName::Adjust => L::PaperStepAdjust,
        PhaseName::Read => L::PaperStepRead,
        PhaseName::Data => L::PaperStepData,
        PhaseName::Fill => L::PaperStepFill,
        PhaseName::Unplug => L::PaperStepUnplug,
        PhaseName::Deploy => L::PaperStepDeploy,
        PhaseName::Gateway => L::PaperStepGateway,
        PhaseName::Compare => L::PaperStepCompare,
        PhaseName::Verify => L::PaperStepVerify,
        PhaseName::Tidy => L::PaperStepTidy,
        PhaseName::Clean => L::PaperStepClean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_text() {
        assert_eq!(escape("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
        let at = DateTime::from_timestamp(0, 0);
        assert_eq!(took(at, at.map(|at| at + chrono::TimeDelta::seconds(151))), "2 min 31 s");
    }
}
