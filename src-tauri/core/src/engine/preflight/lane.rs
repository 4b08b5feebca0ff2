//! Which way an app comes to life on a target, and why: what the platform can do there, what was seen there, what the user
//! wants. Looks at nothing but what is known already.

use super::checks::check;
use crate::console::era::{self, ImageUpload, RestoreFinishes};
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level};
use crate::jobs::Lane;
use crate::jobs::request::{Build, Handing};
use crate::line::{Line, LineCode};
use crate::package::AppModel;
use crate::problem::Problem;

/// One request can carry this much; object stores take no larger single put (rebuild.md §3.2).
const LARGEST_POST_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// The lane of a plan, and what else may be chosen.
pub(super) struct Choice {
    pub lane: Lane,
    pub reason: Line,
    pub others: Vec<Lane>,
    pub check: CheckView,
    /// By calls, component after component.
    is_composed: bool,
}

impl Choice {
    /// For what no restore can read.
    pub(super) fn is_the_only_one(&mut self, why: LineCode) {
        self.others.clear();
        if !self.is_composed {
            self.reason = Line::new(why, []);
        }
    }

    pub(super) fn build(&self) -> Build {
        if self.is_composed { Build::Compose } else { Build::Template }
    }
}

/// What a lane says for itself.
struct Offer {
    lane: Lane,
    /// Why it cannot be.
    obstacle: Option<Line>,
    /// Expected to end well.
    is_sure: bool,
    /// Why it goes by calls, image after image, and not by a package.
    by_calls: Option<LineCode>,
}

pub(super) fn choose(
    target: &Cluster,
    model: Option<&AppModel>,
    bytes: u64,
    wanted: Option<Lane>,
    registry: Option<&str>,
) -> Result<Choice, Problem> {
    let official = official(target)?;
    let rebuild = rebuild(target, model, bytes)?;
    let by_registry = by_registry(target, model)?;
    let cannot = |offer: &Offer| offer.obstacle.is_some();
    // Asks the user for a registry only where nothing else is left; one that is named serves where the others are not sure.
    let serves = !cannot(&by_registry) && cannot(&rebuild) && (registry.is_some() || cannot(&official));
    let lane = wanted.unwrap_or(match (&official, &rebuild) {
        (official, _) if official.is_sure && !cannot(official) => Lane::Official,
        (_, rebuild) if !cannot(rebuild) => Lane::Rebuild,
        _ if serves => Lane::Registry,
        _ => Lane::Official,
    });
    let by_calls = rebuild.by_calls.filter(|_| lane == Lane::Rebuild && !cannot(&rebuild));
    let reason = match by_calls {
        Some(code) => Line::new(code, []),
        None => Line::new(reason(target, lane, wanted)?, [("version", target.version())]),
    };
    let offers = [official, rebuild, by_registry];
    let obstacle = offers.iter().find(|offer| offer.lane == lane).and_then(|offer| offer.obstacle.clone());
    let others = offers.iter().filter(|offer| offer.lane != lane && !cannot(offer)).map(|offer| offer.lane);
    let check = match obstacle {
        Some(line) => CheckView { id: CheckId::Lane, level: Level::Block, line, fix: None },
        None => sure(target, lane, offers.iter().any(|offer| offer.lane == lane && offer.is_sure)),
    };
    let is_composed = by_calls.is_some() || lane == Lane::Registry;
    Ok(Choice { lane, reason, others: others.collect(), check, is_composed })
}

/// The platform's own restore as the only lane, for an app that stays in its console.
pub(super) fn own(target: &Cluster) -> Result<(Lane, Line), Problem> {
    let code = reason(target, Lane::Official, None)?;
    Ok((Lane::Official, Line::new(code, [("version", target.version())])))
}

/// How sure that is.
pub(super) fn own_check(target: &Cluster) -> Result<CheckView, Problem> {
    let offer = official(target)?;
    Ok(match offer.obstacle {
        Some(line) => CheckView { id: CheckId::Lane, level: Level::Block, line, fix: None },
        None => sure(target, Lane::Official, offer.is_sure),
    })
}

fn sure(target: &Cluster, lane: Lane, is_sure: bool) -> CheckView {
    let facts = [("cluster", target.name()), ("version", target.version())];
    match (lane, is_sure) {
        (_, true) => check(CheckId::Lane, Level::Pass, LineCode::CheckLanePass, facts),
        (Lane::Official, false) => check(CheckId::Lane, Level::Warn, LineCode::CheckEraWarn, facts),
        (Lane::Rebuild | Lane::Registry, false) => {
            check(CheckId::Lane, Level::Warn, LineCode::CheckLaneUnverified, facts)
        }
    }
}

fn reason(target: &Cluster, lane: Lane, wanted: Option<Lane>) -> Result<LineCode, Problem> {
    use RestoreFinishes::{NotExpected, Seen, SeenFailing, Yes};
    let finishes = target.capabilities()?.restore_finishes;
    Ok(match (lane, finishes) {
        _ if wanted.is_some() => LineCode::LaneChosen,
        (Lane::Official, Yes) => LineCode::LaneOfficial,
        (Lane::Official, Seen) => LineCode::LaneOfficialSeen,
        (Lane::Official, NotExpected | SeenFailing) => LineCode::LaneOfficialUnsure,
        (Lane::Rebuild, SeenFailing) => LineCode::LaneRebuildSeen,
        (Lane::Rebuild, Yes | Seen | NotExpected) => LineCode::LaneRebuild,
        (Lane::Registry, Yes | Seen | NotExpected | SeenFailing) => LineCode::LaneRegistry,
    })
}

/// The platform's own restore.
fn official(target: &Cluster) -> Result<Offer, Problem> {
    let capabilities = target.capabilities()?;
    let obstacle = era::restore_obstacle(target.versions()?, target.provider()).map(|why| {
        let reason = ("reason", Line::new(why, []).message);
        Line::new(LineCode::CheckEraBlock, [("cluster", target.name()), ("version", target.version()), reason])
    });
    let is_sure = matches!(capabilities.restore_finishes, RestoreFinishes::Yes | RestoreFinishes::Seen);
    Ok(Offer { lane: Lane::Official, obstacle, is_sure, by_calls: None })
}

/// The app made anew from the backup: by an application package, or by calls where none can be imported.
fn rebuild(target: &Cluster, model: Option<&AppModel>, bytes: u64) -> Result<Offer, Problem> {
    let rules = target.template_rules()?;
    let named = || [("cluster", target.name()), ("version", target.version())];
    let has_image = |model: &AppModel| model.components.iter().any(|component| component.image_entry.is_some());
    let (obstacle, by_calls) = if !rules.can_import {
        (Some(Line::new(LineCode::RebuildNotTooOld, named())), None)
    } else if model.is_some_and(|model| !has_image(model)) {
        (Some(Line::new(LineCode::RebuildNotBuilt, named())), None)
    } else {
        match (no_import(target, bytes)?, era::install_rules(target.versions()?).image_upload) {
            (None, _) => (None, None),
            (Some((line, _)), ImageUpload::Impossible) => (Some(line), None),
            (Some((_, why)), ImageUpload::OnePiece | ImageUpload::Chunks) => (None, Some(why)),
        }
    };
    let is_sure = rules.awaits_pushes && !rules.hides_failed_files && by_calls.is_none();
    Ok(Offer { lane: Lane::Rebuild, obstacle, is_sure, by_calls })
}

/// The app made by calls, its images fetched by the cluster from a registry of the user's own (rebuild.md §7.2).
fn by_registry(target: &Cluster, model: Option<&AppModel>) -> Result<Offer, Problem> {
    let named = || [("cluster", target.name()), ("version", target.version())];
    let obstacle = if !target.template_rules()?.can_import {
        // The calls that make components are read of versions that can import only.
        Some(Line::new(LineCode::RebuildNotTooOld, named()))
    } else if model.is_some_and(|model| !model.components.iter().any(|component| component.image_entry.is_some())) {
        Some(Line::new(LineCode::RebuildNotBuilt, named()))
    } else {
        None
    };
    Ok(Offer { lane: Lane::Registry, obstacle, is_sure: false, by_calls: None })
}

/// Why no package can be imported there, and what that makes of the reason for going by calls.
fn no_import(target: &Cluster, bytes: u64) -> Result<Option<(Line, LineCode)>, Problem> {
    let me = &target.known.me;
    let first = target.known.regions.first().map(|region| region.name.as_str()).unwrap_or_default();
    let not = |code, fact: (&str, String)| Line::new(code, [("cluster", target.name()), fact]);
    Ok(if !first.is_empty() && first != target.region {
        Some((not(LineCode::RebuildNotFirst, ("first", first.to_owned())), LineCode::LaneRebuildOther))
    } else if target.template_rules()?.import_wants_admin && !me.is_enterprise_admin {
        Some((not(LineCode::RebuildNotAllowed, ("user", me.user_name.clone())), LineCode::LaneRebuildRights))
    } else if handing(target)? == Handing::Post && bytes > LARGEST_POST_BYTES {
        Some((not(LineCode::RebuildNotPostable, ("bytes", bytes.to_string())), LineCode::LaneRebuildLarge))
    } else {
        None
    })
}

/// Straight into the region's store where the user gave us that; one long request otherwise.
pub(super) fn handing(target: &Cluster) -> Result<Handing, Problem> {
    let in_store = target.capabilities()?.era.uses_region_storage() && target.typed_store().is_some();
    Ok(if in_store { Handing::Store } else { Handing::Post })
}
