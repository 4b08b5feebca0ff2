//! What a version can do and what it cannot, with the reason, in words: the cluster view and the plan say the same.

use super::{Era, Observed, RestoreFinishes, Versions, capabilities, quirks};
use crate::line::LineCode;

/// One thing the platform is asked for, and why a version does not do it.
pub(crate) type Cannot = (LineCode, LineCode);

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Abilities {
    pub can: Vec<LineCode>,
    pub cannot: Vec<Cannot>,
}

/// Why no app can be restored there at all; `provider` is that of the console's object storage setting.
pub(crate) fn restore_obstacle(versions: &Versions, provider: Option<&str>) -> Option<LineCode> {
    let can = capabilities(versions, Observed::Nothing);
    match can.era {
        Era::E0 => return Some(LineCode::WhyTooOld),
        Era::E4 if provider != Some("alioss") => return Some(LineCode::WhyRefusesS3),
        Era::E5 => return Some(LineCode::WhyUnpacksNothing),
        Era::E1 | Era::E2 | Era::E3 | Era::E4 | Era::E6 => {}
    }
    match () {
        () if !can.can_start_restore => Some(LineCode::WhyLostArgument),
        () if !can.import_export => Some(LineCode::WhyTicketsCrash),
        () => None,
    }
}

/// Why a version makes no backup; of cloud backups where `provider` is the setting's.
pub(crate) fn backup_obstacle(versions: &Versions, provider: Option<&str>) -> Option<LineCode> {
    let can = capabilities(versions, Observed::Nothing);
    match can.era {
        Era::E0 => Some(LineCode::WhyTooOld),
        _ if !can.can_create_backup => Some(LineCode::WhyLostArgument),
        Era::E4 | Era::E5 if provider != Some("alioss") => Some(LineCode::WhyRefusesS3),
        Era::E1 | Era::E2 | Era::E3 | Era::E4 | Era::E5 | Era::E6 => None,
    }
}

pub(crate) fn abilities(versions: &Versions, observed: Observed, provider: Option<&str>) -> Abilities {
    use LineCode as L;
    let (can, bugs) = (capabilities(versions, observed), quirks(versions));
    let old = can.era == Era::E0;
    let unless = |fine: bool, why: LineCode| if old { Some(L::WhyTooOld) } else { (!fine).then_some(why) };
    let restore = restore_obstacle(versions, provider).or(match can.restore_finishes {
        RestoreFinishes::Yes | RestoreFinishes::Seen => None,
        RestoreFinishes::NotExpected | RestoreFinishes::SeenFailing => Some(L::WhyRestoreUnfinished),
    });
    let rows = [
        (L::AbilityBackup, backup_obstacle(versions, provider)),
        (L::AbilityAppBackups, unless(can.can_list_app_backups, L::WhyLostArgument)),
        (L::AbilityTickets, unless(can.import_export, L::WhyTicketsCrash)),
        (L::AbilityRestore, restore),
        (L::AbilityElsewhere, unless(can.can_migrate_elsewhere, L::WhyLooksElsewhere)),
        (L::AbilityPackData, unless(can.packs_shared_volumes, L::WhyDataNotPacked)),
        (L::AbilityUnpackData, unless(!bugs.unzip_strips_roots, L::WhyDataUnpackedWrongly)),
        (L::AbilityKeep, unless(!bugs.expires_objects, L::WhyExpires)),
        (L::AbilityAppStates, unless(can.can_list_apps, L::WhyNoAppList)),
        (L::AbilityRoutes, unless(can.has_gateway_routes, L::WhyNoRoutes)),
    ];
    let mut found = Abilities::default();
    for (what, why) in rows {
        match why {
            None => found.can.push(what),
            Some(why) => found.cannot.push((what, why)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Certainty, Version};
    use super::*;

    fn at(console: &str) -> Versions {
        let version = Version::parse(console).unwrap();
        Versions { console: version, region: version, certainty: Certainty::Said }
    }

    fn why(version: &str, provider: Option<&str>, what: LineCode) -> Option<LineCode> {
        let found = abilities(&at(version), Observed::Nothing, provider);
        found.cannot.into_iter().find(|(cannot, _)| *cannot == what).map(|(_, why)| why)
    }

    #[test]
    fn every_ability_is_on_one_of_the_two_lists() {
        for version in ["5.1.8", "5.2.2", "5.3.0", "5.17.3", "6.0.3", "6.1.0", "6.3.0", "6.4.1", "6.9.8"] {
            let found = abilities(&at(version), Observed::Nothing, Some("s3"));
            assert_eq!(found.can.len() + found.cannot.len(), 10, "{version}");
        }
    }

    #[test]
    fn what_is_too_old_can_nothing() {
        let found = abilities(&at("5.1.8"), Observed::Nothing, None);
        assert!(found.can.is_empty() && found.cannot.iter().all(|(_, why)| *why == LineCode::WhyTooOld), "{found:?}");
    }

    #[test]
    fn restores_are_refused_for_the_versions_own_reason() {
        use LineCode as L;
        let restore = |version, provider| why(version, provider, L::AbilityRestore);
        assert_eq!(restore("5.2.2", Some("s3")), None);
        assert_eq!(restore("5.3.0", Some("s3")), Some(L::WhyTicketsCrash));
        assert_eq!(restore("5.17.3", Some("s3")), Some(L::WhyRestoreUnfinished));
        assert_eq!(restore("6.0.3", Some("s3")), Some(L::WhyRefusesS3));
        assert_eq!(restore("6.0.3", Some("alioss")), Some(L::WhyRestoreUnfinished));
        assert_eq!(restore("6.1.0", Some("alioss")), Some(L::WhyLostArgument));
        assert_eq!(restore("6.3.0", Some("alioss")), Some(L::WhyUnpacksNothing));
        assert_eq!(restore("6.6.1", None), Some(L::WhyLostArgument));
        assert_eq!(restore("6.9.8", None), Some(L::WhyRestoreUnfinished));
        let seen = abilities(&at("6.9.8"), Observed::RestoreFinished, None);
        assert!(seen.can.contains(&L::AbilityRestore));
    }
}
