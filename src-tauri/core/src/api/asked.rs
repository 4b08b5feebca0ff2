//! What a start of the program was asked to open: files, and links of `rainferry://`. Words come from anywhere, a web page too:
//! each is understood whole or refused with a reason, and what is understood only opens a sheet. Nothing is done by itself.

use super::{Core, Event, FileView, PlanSource, PlanTarget};
use crate::bundle;
use crate::ids::{AppId, BackupId, ClusterId, ConsoleId, TeamName};
use crate::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use url::Url;

const LONGEST_WORD: usize = 4096;
/// Of one start: more are left out.
const MOST_WORDS: usize = 64;

/// One thing to open, in the order it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AskView {
    /// A bundle or a ticket, as if it were dropped.
    File { file: FileView },
    /// A saved console, or an address to be added.
    Console { console: Option<ConsoleId>, address: String },
    /// With the options that a plan begins with.
    Plan { source: PlanSource, target: PlanTarget },
    /// Not opened, and why.
    Refused { problem: Problem },
}

/// A word, understood by itself.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    File(PathBuf),
    Console(String),
    Plan(PlanWords),
}

#[derive(Clone, Debug, PartialEq)]
struct PlanWords {
    source: SourceWords,
    target: Option<TeamWords>,
}

#[derive(Clone, Debug, PartialEq)]
enum SourceWords {
    File(PathBuf),
    Backup(TeamWords, String),
    App(TeamWords, i64),
}

#[derive(Clone, Debug, PartialEq)]
struct TeamWords {
    console: String,
    cluster: String,
    team: String,
}

impl Core {
    /// Keeps the arguments of a start until the window takes them; paths are as seen from `folder`.
    pub fn ask(&self, words: &[String], folder: &Path) {
        if words.is_empty() {
            return;
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST_WORDS.saturating_sub(asked.len());
        asked.extend(words.iter().take(room).map(|word| (word.clone(), folder.to_owned())));
        drop(asked);
        self.tell(Event::Asked);
    }

    /// What was asked for since the last time.
    pub async fn take_asked(&self, (): ()) -> Result<Vec<AskView>, Problem> {
        let words = std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner));
        let mut views = Vec::new();
        for (word, folder) in words {
            let view = match understood(&word, &folder) {
                Ok(word) => self.ask_view(word).await,
                Err(problem) => Err(problem),
            };
            views.push(view.unwrap_or_else(|problem| AskView::Refused { problem }));
        }
        Ok(views)
    }

    async fn ask_view(&self, word: Word) -> Result<AskView, Problem> {
        match word {
            Word::File(path) => {
                let file = self.inspect_file(path.display().to_string()).await?;
                Ok(AskView::File { file })
            }
            Word::Console(address) => Ok(AskView::Console { console: self.saved(&address), address }),
            Word::Plan(PlanWords { source, target }) => {
                let target = match target {
                    Some(words) => {
                        let (cluster, team) = self.team(words)?;
                        PlanTarget::Team { cluster, team, app: None }
                    }
                    None => PlanTarget::ThisComputer { folder: None },
                };
                Ok(AskView::Plan { source: self.source(source)?, target })
            }
        }
    }

    fn source(&self, words: SourceWords) -> Result<PlanSource, Problem> {
        Ok(match words {
            SourceWords::File(path) => PlanSource::File { path: path.display().to_string() },
            SourceWords::Backup(team, backup) => {
                let (cluster, team) = self.team(team)?;
                PlanSource::Backup { cluster, team, backup: BackupId(backup) }
            }
            SourceWords::App(team, app) => {
                let (cluster, team) = self.team(team)?;
                PlanSource::App { cluster, team, app: AppId(app) }
            }
        })
    }

    /// Only consoles that are saved are ever asked anything.
    fn team(&self, words: TeamWords) -> Result<(ClusterId, TeamName), Problem> {
        let console = self.saved(&words.console).ok_or_else(|| {
            Problem::new(Code::NotFound, format!("No saved connection has the address {}", words.console))
                .hint("Add the cluster first, then open the link again")
        })?;
        Ok((ClusterId::of(&console, &words.cluster), TeamName(words.team)))
    }

    fn saved(&self, address: &str) -> Option<ConsoleId> {
        let plain = |text: &str| text.trim_end_matches('/').to_lowercase();
        let consoles = self.engine.book.consoles();
        consoles.into_iter().find(|console| plain(&console.url) == plain(address)).map(|console| console.id)
    }
}

fn refused(why: &str) -> Problem {
    Problem::new(Code::BadAddress, why)
        .hint("Rainferry opens bundles (.tar.zst, .tar.zst.age), tickets (.bak) and its own links (rainferry://)")
}

fn understood(word: &str, folder: &Path) -> Result<Word, Problem> {
    if word.len() > LONGEST_WORD || word.chars().any(char::is_control) {
        return Err(refused("What was to be opened is no address and no file name"));
    }
    let scheme = word.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("rainferry") => link(word),
        Some("file") => {
            let url = Url::parse(word).map_err(|_| refused("The address of the file cannot be read"))?;
            let path = url.to_file_path().map_err(|()| refused("The file is not on this computer"))?;
            Ok(Word::File(a_file(&path)?))
        }
        _ if word.contains("://") => Err(refused("Only links that begin with rainferry:// are opened")),
        _ if word.starts_with('-') => Err(refused(&format!("The window has no option {word}"))),
        _ => Ok(Word::File(a_file(&folder.join(word))?)),
    }
}

/// A bundle or a ticket by its ending, by a whole path of this computer, and a plain file: reading a device or a pipe would never end.
fn a_file(path: &Path) -> Result<PathBuf, Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ours = bundle::ENDINGS.iter().chain(&[".bak"]).any(|ending| name.ends_with(ending));
    if !ours || !path.is_absolute() || path.to_string_lossy().contains('\u{fffd}') {
        return Err(refused(&format!("{} is neither a bundle nor a ticket", path.display())));
    }
    match path.metadata() {
        Ok(meta) if meta.is_file() => Ok(path.to_owned()),
        _ => Err(Problem::new(Code::NotFound, format!("{} is not a file of this computer", path.display()))),
    }
}

fn link(word: &str) -> Result<Word, Problem> {
    let url = Url::parse(word).map_err(|_| refused("The link cannot be read"))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.port().is_none() && url.fragment().is_none();
    if !plain || !matches!(url.path(), "" | "/") {
        return Err(refused("The link is not one of Rainferry's"));
    }
    let mut said = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        if value.is_empty()
            || value.chars().any(char::is_control)
            || said.insert(name.into_owned(), value.into_owned()).is_some()
        {
            return Err(refused("The link says something twice, or nothing"));
        }
    }
    let word = match url.host_str() {
        Some("console") => Word::Console(address(take(&mut said, "address")?)?),
        Some("import") => Word::File(linked_file(&take(&mut said, "file")?)?),
        Some("plan") => Word::Plan(plan_words(&mut said)?),
        _ => return Err(refused("The link is not one of Rainferry's")),
    };
    match said.keys().next() {
        Some(name) => Err(refused(&format!("Rainferry's links do not say “{name}”"))),
        None => Ok(word),
    }
}

fn take(said: &mut BTreeMap<String, String>, name: &str) -> Result<String, Problem> {
    said.remove(name).ok_or_else(|| refused(&format!("The link does not say “{name}”")))
}

fn plan_words(said: &mut BTreeMap<String, String>) -> Result<PlanWords, Problem> {
    let target = if said.contains_key("to-console") { Some(team_words(said, "to-")?) } else { None };
    let source = if let Some(file) = said.remove("file") {
        SourceWords::File(linked_file(&file)?)
    } else {
        let team = team_words(said, "")?;
        match said.remove("app") {
            Some(app) => SourceWords::App(team, app.parse().map_err(|_| refused("The link's app is no number"))?),
            None => SourceWords::Backup(team, take(said, "backup")?),
        }
    };
    if matches!(source, SourceWords::File(_)) && target.is_none() {
        return Err(refused("The link does not say where the file is to go"));
    }
    Ok(PlanWords { source, target })
}

fn team_words(said: &mut BTreeMap<String, String>, before: &str) -> Result<TeamWords, Problem> {
    Ok(TeamWords {
        console: address(take(said, &format!("{before}console"))?)?,
        cluster: name(take(said, &format!("{before}cluster"))?)?,
        team: name(take(said, &format!("{before}team"))?)?,
    })
}

/// Goes into the paths of calls.
fn name(text: String) -> Result<String, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.chars().all(plain) && !text.starts_with('.') {
        Ok(text)
    } else {
        Err(refused("A name in the link is none of the platform's"))
    }
}

/// A web address without a login in it: who follows a link shall see every part of where it leads.
fn address(text: String) -> Result<String, Problem> {
    let url = Url::parse(&text).map_err(|_| refused("The link's address cannot be read"))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
        return Ok(text);
    }
    Err(refused("The link's address is no address of a console"))
}

/// Of a link: by its whole path, and not on another computer, which would be told who asks.
fn linked_file(text: &str) -> Result<PathBuf, Problem> {
    if text.starts_with("//") || text.starts_with(r"\\") {
        return Err(refused("The file is not on this computer"));
    }
    a_file(Path::new(text))
}

#[cfg(test)]
#[path = "asked_tests.rs"]
mod tests;
