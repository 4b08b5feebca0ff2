//! The platform versions the sandbox plays, and what each answers differently.
//!
//! v5.17.3 and v6.9.8 are taken from recordings. v5.2.2 was never recorded: its row of [`Traits`] is protocol.md's, each
//! field with its paragraph. What a cluster only claims to be ([`Claim`]) changes what it says, and the bugs of that version.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Era {
    /// Python 2, of protocol.md alone.
    #[serde(rename = "v5.2.2")]
    V5_2_2,
    #[serde(rename = "v5.17.3")]
    V5_17_3,
    #[serde(rename = "v6.9.8")]
    V6_9_8,
}

/// How tickets are spelled (protocol.md §5.1, step 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TicketForm {
    /// Python 2: bytes. Reads no other form (§5.2).
    Bytes,
    /// Python 3: code points, written as UTF-8. Reads both.
    Characters,
}

/// What an unhandled exception looks like (protocol.md B-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Django's own page: the JSON hook came with v5.3.0.
    Html,
    /// 10401 and no word more (recorded v5.17.3 542).
    Silent,
    /// 10401 with the traceback (recorded 506).
    Traceback,
}

/// What sets the versions apart. A paragraph is one of protocol.md.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table: one column a difference")]
pub(crate) struct Traits {
    /// §5.2.
    pub(crate) tickets: TicketForm,
    /// The region may stand in the query; before, only headers and cookies are read (§1.5).
    pub(crate) region_in_query: bool,
    /// Name and note of a new app: `group_…` up to v5.2.2 (§2.2).
    pub(crate) app_fields: (&'static str, &'static str),
    /// `k8s_app` is required of a new app, and told of one: from v5.5.0 (§2.2, §6.4).
    pub(crate) has_k8s_app: bool,
    /// Lists say how an app is; E1 and E2 may leave it out (§2.2).
    pub(crate) tells_app_state: bool,
    /// An app with components is deleted, and they are orphaned; refused up to v5.2.2 and again on v6.9.8 (§2.2, recorded 1300).
    pub(crate) orphans_components: bool,
    /// Writing calls about backups want a permission: v5.2.1 to v5.17.3 (§4.6).
    pub(crate) guards_backups: bool,
    /// Answer to a second backup at once: 409 from v5.3.1, a plain 400 before (§4.2).
    pub(crate) busy_status: u16,
    /// A stateful component that was never deployed counts as stopped: from v5.3.1 (§4.2).
    pub(crate) undeployed_is_stopped: bool,
    /// The file name of a ticket is spelled `filename*=UTF-8''…`: from v5.3 (§5).
    pub(crate) encodes_file_name: bool,
    /// Restored components are called `…-copy`: from v5.3.1 (§8.2).
    pub(crate) adds_copy: bool,
    /// What is saved after a restore needs the name that the published region does not send: from v5.15.1 (B-1).
    pub(crate) needs_component_name: bool,
    pub(crate) crash: Crash,
    /// Exceptions have no `.message`, so that views fail in their own error handling: Python 3, from v5.3.0 (B-10).
    pub(crate) handlers_crash: bool,
    /// Method and pattern of endpoints that are not there; for v5.2.2 those that protocol.md §2 does not name for it.
    pub(crate) missing: &'static [(&'static str, &'static str)],
    /// Table and column of what the console's models and packages do not have yet (§6.3, §6.4, §8.7).
    pub(crate) unknown: &'static [(&'static str, &'static str)],
}

const V5_2_2: Traits = Traits {
    tickets: TicketForm::Bytes,
    region_in_query: false,
    app_fields: ("group_name", "group_note"),
    has_k8s_app: false,
    tells_app_state: false,
    orphans_components: false,
    guards_backups: true,
    busy_status: 400,
    undeployed_is_stopped: false,
    encodes_file_name: false,
    adds_copy: false,
    needs_component_name: false,
    crash: Crash::Html,
    handlers_crash: false,
    missing: &[
        ("GET", "/console/teams/{team}/groups"),
        ("GET", "/console/teams/{team}/groups/{app}/status"),
        ("GET", "/console/teams/{team}/groups/{app}/visit"),
        ("GET", "/console/users/team_details"),
        ("*", "/console/api-gateway/"),
        // Application packages came with v5.6 (rebuild.md §0), config groups with v5.3.1, attributes with v5.8 (§6.4).
        ("*", "/console/enterprise/{eid}/app-model"),
        ("*", "/console/teams/{team}/apps/market_create"),
        ("*", "/console/teams/{team}/apps/package_build/"),
        ("*", "/console/teams/{team}/groups/{app}/share/"),
        ("*", "/console/teams/{team}/groups/{app}/shared/"),
        ("*", "/console/teams/{team}/share/"),
        ("*", "/console/teams/{team}/groups/{app}/configgroups"),
        ("*", "/console/teams/{team}/components/{component}/k8s-attributes"),
    ],
    unknown: &[
        // Of the console: app_config_group_info, component_id, http_rule_configs, monitors and graphs ≥ v5.3.1.
        ("top", "app_config_group_info"),
        ("apps", "component_id"),
        ("apps", "http_rule_configs"),
        ("apps", "service_monitors"),
        ("apps", "component_graphs"),
        ("apps", "component_k8s_attributes"),
        ("group_info", "k8s_app"),
        ("service_base", "k8s_component_name"),
        ("service_base", "job_strategy"),
        ("service_base", "arch"),
        ("service_base", "dockerfile"),
        ("service_base", "build_strategy"),
        ("service_ports", "name"),
        ("service_volumes", "mode"),
        // Of the region.
        ("Service", "k8s_component_name"),
        ("Service", "job_strategy"),
        ("ServicePort", "name"),
    ],
};

const V5_17_3: Traits = Traits {
    tickets: TicketForm::Characters,
    region_in_query: true,
    app_fields: ("app_name", "note"),
    has_k8s_app: true,
    tells_app_state: true,
    orphans_components: true,
    guards_backups: true,
    busy_status: 409,
    undeployed_is_stopped: true,
    encodes_file_name: true,
    adds_copy: true,
    needs_component_name: true,
    crash: Crash::Silent,
    handlers_crash: true,
    // Recorded v5.17.3 800.
    // The gateway of v6 (recorded v5.17.3 800), and the preflight of v6.9.4 (rebuild.md §3.5).
    missing: &[
        ("*", "/console/api-gateway/"),
        ("*", "/console/teams/{team}/apps/market_create/preflight"),
        // rebuild.md §7.1: from v6.4.0 on.
        ("*", "/console/teams/{team}/apps/package_build/"),
    ],
    // Columns that came after v5.17.3 (rainbond console v6.4.0, v6.7.0 www/models/main.py).
    unknown: &[("service_base", "dockerfile"), ("service_base", "build_strategy")],
};

const V6_9_8: Traits = Traits {
    orphans_components: false,
    guards_backups: false,
    crash: Crash::Traceback,
    missing: &[],
    unknown: &[],
    ..V5_17_3
};

impl Traits {
    /// Whether the era has an endpoint of the table of routes, by its pattern.
    pub(crate) fn has(&self, method: &str, pattern: &str) -> bool {
        !self.missing.iter().any(|(verb, missing)| match *verb {
            "*" => pattern.starts_with(missing),
            verb => verb == method && *missing == pattern,
        })
    }

    pub(crate) fn knows(&self, table: &str, column: &str) -> bool {
        !self.unknown.contains(&(table, column))
    }

    /// The row as this version has it.
    pub(crate) fn known(&self, table: &str, mut row: Map<String, Value>) -> Map<String, Value> {
        row.retain(|column, _| self.knows(table, column));
        row
    }
}

impl Era {
    pub fn version(self) -> &'static str {
        match self {
            Self::V5_2_2 => "v5.2.2",
            Self::V5_17_3 => "v5.17.3",
            Self::V6_9_8 => "v6.9.8",
        }
    }

    pub fn is_v6(self) -> bool {
        match self {
            Self::V5_2_2 | Self::V5_17_3 => false,
            Self::V6_9_8 => true,
        }
    }

    pub(crate) fn traits(self) -> &'static Traits {
        match self {
            Self::V5_2_2 => &V5_2_2,
            Self::V5_17_3 => &V5_17_3,
            Self::V6_9_8 => &V6_9_8,
        }
    }

    /// Days a login token lives (recorded 101 of both versions: `exp` minus the time of the answer; protocol.md §1.4).
    pub(crate) fn token_days(self) -> i64 {
        match self {
            Self::V5_2_2 | Self::V5_17_3 => 15,
            Self::V6_9_8 => 3650,
        }
    }

    /// HTTP status of code 10405 (recorded 120 of both versions; protocol.md B-23).
    pub(crate) fn unauthorised(self) -> u16 {
        match self {
            Self::V5_2_2 | Self::V5_17_3 => 403,
            Self::V6_9_8 => 401,
        }
    }
}

/// The version a cluster is told to claim, with the bugs that go with it. Everything else stays as its era has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim(u16, u16, u16);

impl Claim {
    /// `v6.3.0`, with anything after the number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim_start_matches('v').split(|ch: char| !ch.is_ascii_digit()).map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    fn within(self, from: Self, below: Self) -> bool {
        from <= self && self < below
    }

    /// B-0: backups and restores are made with a constructor that wants one argument more.
    pub(crate) fn lacks_argument(self) -> bool {
        self.within(Self(6, 1, 0), Self(6, 6, 2))
    }

    /// B-0: so is the list of one app's backups.
    pub(crate) fn cannot_list(self) -> bool {
        self.within(Self(6, 1, 0), Self(6, 2, 0))
    }

    /// Port names of a package are lost by the region's types (rebuild.md §1.6).
    pub(crate) fn loses_service_names(self) -> bool {
        self < Self(6, 7, 0)
    }

    /// Uploads and downloads go to the region's own address (rebuild.md §3.2).
    pub(crate) fn sends_to_region(self) -> bool {
        self < Self(6, 9, 2)
    }

    /// B-9: every ticket crashes.
    pub(crate) fn has_no_tickets(self) -> bool {
        self == Self(5, 3, 0)
    }

    /// B-8: the region's store driver.
    pub(crate) fn refuses(self, provider: &str) -> bool {
        provider == "s3" && self.within(Self(6, 0, 0), Self(6, 4, 1))
    }

    /// B-4: the package's own root is stripped.
    pub(crate) fn unpacks_nothing(self) -> bool {
        self.within(Self(6, 2, 0), Self(6, 4, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_as_consoles_write_them() {
        assert_eq!(Claim::parse("v6.9.8-release-8f3c2d1"), Some(Claim(6, 9, 8)));
        assert_eq!(Claim::parse("5.1.8"), Some(Claim(5, 1, 8)));
        assert_eq!(Claim::parse("public-cloud"), None);
        let bugs = |text: &str| Claim::parse(text).map(|claim| (claim.lacks_argument(), claim.cannot_list()));
        assert_eq!(bugs("v6.1.3"), Some((true, true)));
        assert_eq!(bugs("v6.6.1"), Some((true, false)));
        assert_eq!(bugs("v6.6.2"), Some((false, false)));
    }

    #[test]
    fn every_missing_endpoint_is_one_of_the_table() {
        assert!(!V5_2_2.has("GET", "/console/teams/{team}/groups"));
        assert!(V5_2_2.has("POST", "/console/teams/{team}/groups"));
        assert!(!V5_17_3.has("POST", "/console/api-gateway/v1/{team}/routes/tcp"));
        assert!(V6_9_8.has("POST", "/console/api-gateway/v1/{team}/routes/tcp"));
    }
}
