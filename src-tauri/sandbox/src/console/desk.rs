//! Where a view works: the rows, the time, the era, and the questions every view asks first:
//! which team and region, is the app there, may this user do that.

use std::path::Path;

use super::answer::Answer;
use super::ask::Ask;
use crate::clock::Moment;
use crate::era::{Claim, Era};
use crate::fault::Switches;
use crate::region::Job;
use crate::state::{App, Region, Role, State, User};

pub(crate) struct Desk<'a> {
    state: &'a mut State,
    pub(crate) era: Era,
    pub(crate) now: Moment,
    pub(crate) switches: Switches,
    pub(crate) dir: &'a Path,
    /// How long a component takes to start or stop.
    pub(crate) switching: std::time::Duration,
    pub(crate) jobs: Vec<Job>,
    pub(crate) dirty: bool,
}

/// The team and region a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) tenant_id: String,
    pub(crate) team: String,
    pub(crate) region: String,
}

/// What a role must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    See,
    Operate,
    Create,
    Delete,
}

impl Role {
    fn allows(self, need: Need) -> bool {
        match (self, need) {
            (Self::Admin, _) | (_, Need::See) => true,
            (Self::Developer, need) => need != Need::Delete,
            (Self::Viewer, _) => false,
        }
    }
}

impl<'a> Desk<'a> {
    pub(crate) fn new(
        state: &'a mut State,
        era: Era,
        now: Moment,
        switches: Switches,
        dir: &'a Path,
        switching: std::time::Duration,
    ) -> Self {
        Self { state, era, now, switches, dir, switching, jobs: Vec::new(), dirty: false }
    }

    pub(crate) fn rows(&self) -> &State {
        self.state
    }

    /// The rows to be changed; they are saved before the answer leaves.
    pub(crate) fn rows_mut(&mut self) -> &mut State {
        self.dirty = true;
        self.state
    }

    pub(crate) fn user(&self, ask: &Ask) -> Result<&User, Answer> {
        self.state.user(ask.user_id).ok_or_else(|| Answer::unauthorised(self.era))
    }

    pub(crate) fn nick(&self, ask: &Ask) -> String {
        self.state.user(ask.user_id).map(|user| user.nick.clone()).unwrap_or_default()
    }

    /// Path, query, header, cookie, in this order (rainbond console v6.9.8 console/views/base.py); the query from v5.3 on.
    fn region_name<'b>(&self, ask: &'b Ask) -> Option<&'b str> {
        let underscores = || ask.header("x_region_name");
        let header = ask.header("x-region-name");
        // The server of v6.9.8 drops headers spelled with underscores (recorded 234; v5.17.3 232 takes them).
        let header = if self.era.is_v6() { header } else { header.or_else(underscores) };
        let query = ask.query("region_name").or_else(|| ask.query("region"));
        query.filter(|_| self.era.traits().region_in_query).or(header).or_else(|| ask.cookie("region_name"))
    }

    pub(crate) fn place(&self, ask: &Ask) -> Result<Place, Answer> {
        let Some(region) = self.region_name(ask).filter(|name| !name.is_empty()) else {
            return Err(Answer::bare(400, 400, &serde_json::json!(""), "请求参数不全"));
        };
        let name = ask.param("team");
        let Some(team) = self.state.teams.iter().find(|team| team.name == name) else {
            return Err(Answer::refused(404, &format!("tenant {name} not found"), "团队不存在"));
        };
        if self.state.region(region).is_none() {
            return Err(Answer::refused(404, "region not found", "数据中心不存在"));
        }
        Ok(Place { tenant_id: team.tenant_id.clone(), team: team.name.clone(), region: region.to_owned() })
    }

    /// The place, if the user may do there what is needed.
    pub(crate) fn allowed(&self, ask: &Ask, need: Need) -> Result<Place, Answer> {
        let place = self.place(ask)?;
        if self.user(ask)?.admin {
            return Ok(place);
        }
        let team = self.state.team(&place.team);
        let role = team.and_then(|team| team.members.iter().find(|(id, _)| *id == ask.user_id));
        match role {
            Some((_, role)) if role.allows(need) => Ok(place),
            _ => Err(Answer::no_permission()),
        }
    }

    /// What the era asks of everybody who writes about backups (protocol.md §4.6).
    pub(crate) fn guard(&self, ask: &Ask) -> Result<(), Answer> {
        let writes = ask.method != http::Method::GET && ask.path.contains("/groupapp/");
        if writes && self.era.traits().guards_backups {
            self.allowed(ask, Need::Operate)?;
        }
        Ok(())
    }

    /// The app of the path, looked up in the place, as `ApplicationView` does.
    pub(crate) fn app(&self, ask: &Ask, place: &Place) -> Result<&App, Answer> {
        let id = ask.param("app");
        let Ok(number) = id.parse::<u64>() else {
            let msg = format!("Field 'ID' expected a number but got '{id}'.");
            return Err(Answer::crashed(self.era, "ValueError", &msg, "builtins"));
        };
        let app = self.state.app(number);
        app.filter(|app| app.tenant_id == place.tenant_id && app.region == place.region)
            .ok_or_else(|| Answer::refused(404, "app not found", "应用不存在"))
    }

    pub(crate) fn region(&self, name: &str) -> Result<&Region, Answer> {
        self.state.region(name).ok_or_else(|| Answer::refused(404, "region not found", "数据中心不存在"))
    }

    /// The version this cluster is told to claim.
    pub(crate) fn claims(&self, bug: impl Fn(Claim) -> bool) -> bool {
        self.switches.version.as_deref().and_then(Claim::parse).is_some_and(bug)
    }

    pub(crate) fn is_down(&self, region: &str) -> bool {
        self.switches.regions_down.contains(region)
    }

    /// Fails as a console does whose region does not answer; `path` is what it asked there.
    pub(crate) fn reach(&self, region: &str, path: &str) -> Result<(), Answer> {
        if !self.is_down(region) {
            return Ok(());
        }
        let port = self.region(region)?.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(8443);
        Err(Answer::region_down(port, path))
    }
}
