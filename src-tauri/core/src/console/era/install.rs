//! What choosing and driving the lane `rebuild` depends on, version by version (rebuild.md §0 to §7).

use super::{Era, Version, Versions};

/// How images get into a cluster's registry without a template: lane B (rebuild.md §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageUpload {
    Impossible,
    /// 6.4.0: one plain POST, from the start each time.
    OnePiece,
    /// From 6.4.1 on: chunks that are found again.
    Chunks,
}

/// Rules of import and install.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of rebuild.md's version tables")]
pub(crate) struct InstallRules {
    /// Lane A: import and install of a package of ours (§0).
    pub can_import: bool,
    /// Lane B.
    pub image_upload: ImageUpload,
    /// `upload_url` is the console's own; before that the region's address, to be reached directly (§3.2).
    pub upload_is_relative: bool,
    /// A package can be put into the region's store instead of being sent, where we have that store (§3.2).
    pub takes_from_store: bool,
    /// `import/{event}/dir` may wipe what was uploaded, where the region stores locally (§3.2).
    pub listing_may_wipe: bool,
    /// A failed file still ends as "success" (§3.4).
    pub calls_failures_success: bool,
    /// Nobody waits for the push of an image: wait before the deploy, and build again what failed (§1.2).
    pub ignores_pushes: bool,
    /// Importing needs a right in the enterprise (§0).
    pub import_needs_enterprise_right: bool,
    /// `market_create/preflight` (§3.5).
    pub has_preflight: bool,
    /// An install of another architecture than the cluster's only one is a 404 (§3.5; before 5.17.3 inferred).
    pub checks_arch: bool,
    /// Internal host names become the component's alias (§4).
    pub loses_service_names: bool,
    /// Every port is open to the inside afterwards (§4.3, recording 1540).
    pub opens_inner_ports: bool,
    /// Protocols other than http, tcp and udp become tcp (§4.3, recording 1540).
    pub flattens_protocols: bool,
    /// A CPU of the package arrives; else it is 0 until set (§5.1).
    pub keeps_cpu: bool,
    /// An unlimited memory becomes 512 MB (§2, §5.1).
    pub limits_memory: bool,
    /// Makes a rule with a random port for each outer TCP port (§9.1).
    pub makes_tcp_rules: bool,
}

pub(crate) fn install_rules(versions: &Versions) -> InstallRules {
    let Versions { console, region, .. } = *versions;
    let is_v6 = console >= Version(6, 0, 0);
    InstallRules {
        can_import: console.min(region) >= Version(5, 6, 0),
        image_upload: match console.min(region) {
            oldest if oldest < Version(6, 4, 0) => ImageUpload::Impossible,
            _ if region < Version(6, 4, 1) => ImageUpload::OnePiece,
            _ => ImageUpload::Chunks,
        },
        upload_is_relative: console >= Version(6, 9, 2),
        takes_from_store: Era::of(region) == Era::E6,
        listing_may_wipe: region >= Version(6, 0, 0),
        calls_failures_success: region < Version(6, 9, 0),
        ignores_pushes: region.is_within(Version(5, 8, 1), Version(6, 0, 0))
            || region.is_within(Version(6, 7, 0), Version(6, 9, 2)),
        import_needs_enterprise_right: !is_v6,
        has_preflight: console >= Version(6, 9, 4),
        checks_arch: console.is_within(Version(5, 11, 0), Version(6, 9, 4)),
        loses_service_names: region < Version(6, 7, 0),
        opens_inner_ports: is_v6,
        flattens_protocols: is_v6,
        keeps_cpu: is_v6,
        limits_memory: console.is_within(Version(6, 0, 0), Version(6, 9, 0)),
        makes_tcp_rules: console >= Version(5, 17, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Certainty;
    use super::*;
    use rstest::rstest;

    fn rules(console: &str, region: &str) -> InstallRules {
        let version = |text| Version::parse(text).unwrap();
        let (console, region) = (version(console), version(region));
        install_rules(&Versions { console, region, certainty: Certainty::Said })
    }

    /// The rules that hold, by name.
    fn held(rules: &InstallRules) -> String {
        let all = [
            ("import", rules.can_import),
            ("relative", rules.upload_is_relative),
            ("store", rules.takes_from_store),
            ("wipe", rules.listing_may_wipe),
            ("lies", rules.calls_failures_success),
            ("pushes", rules.ignores_pushes),
            ("right", rules.import_needs_enterprise_right),
            ("preflight", rules.has_preflight),
            ("arch", rules.checks_arch),
            ("names", rules.loses_service_names),
            ("inner", rules.opens_inner_ports),
            ("protocols", rules.flattens_protocols),
            ("cpu", rules.keeps_cpu),
            ("memory", rules.limits_memory),
            ("tcp", rules.makes_tcp_rules),
        ];
        all.iter().filter(|(_, holds)| *holds).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    }

    /// Both sides of every border that rebuild.md draws.
    #[rstest]
    #[case("5.5.0", "lies right names")]
    #[case("5.6.0", "import lies right names")]
    #[case("5.8.0", "import lies right names")]
    #[case("5.8.1", "import lies pushes right names")]
    #[case("5.10.2", "import lies pushes right names")]
    #[case("5.11.0", "import lies pushes right arch names")]
    #[case("5.17.2", "import lies pushes right arch names")]
    #[case("5.17.3", "import lies pushes right arch names tcp")]
    #[case("6.0.0", "import wipe lies arch names inner protocols cpu memory tcp")]
    #[case("6.4.0", "import wipe lies arch names inner protocols cpu memory tcp")]
    #[case("6.4.1", "import store wipe lies arch names inner protocols cpu memory tcp")]
    #[case("6.6.2", "import store wipe lies arch names inner protocols cpu memory tcp")]
    #[case("6.7.0", "import store wipe lies pushes arch inner protocols cpu memory tcp")]
    #[case("6.8.1", "import store wipe lies pushes arch inner protocols cpu memory tcp")]
    #[case("6.9.0", "import store wipe pushes arch inner protocols cpu tcp")]
    #[case("6.9.1", "import store wipe pushes arch inner protocols cpu tcp")]
    #[case("6.9.2", "import relative store wipe arch inner protocols cpu tcp")]
    #[case("6.9.3", "import relative store wipe arch inner protocols cpu tcp")]
    #[case("6.9.4", "import relative store wipe preflight inner protocols cpu tcp")]
    #[case("6.9.8", "import relative store wipe preflight inner protocols cpu tcp")]
    fn rules_begin_and_end_where_the_tables_say(#[case] version: &str, #[case] expected: &str) {
        assert_eq!(held(&rules(version, version)), expected);
    }

    #[rstest]
    #[case("6.3.0", "6.4.1", ImageUpload::Impossible)]
    #[case("6.4.0", "6.3.0", ImageUpload::Impossible)]
    #[case("6.4.0", "6.4.0", ImageUpload::OnePiece)]
    #[case("6.9.8", "6.4.0", ImageUpload::OnePiece)]
    #[case("6.4.0", "6.4.1", ImageUpload::Chunks)]
    #[case("6.9.8", "6.9.8", ImageUpload::Chunks)]
    fn images_go_as_console_and_region_can(#[case] console: &str, #[case] region: &str, #[case] expected: ImageUpload) {
        assert_eq!(rules(console, region).image_upload, expected);
    }

    #[test]
    fn console_and_region_answer_for_their_own_rules() {
        let found = rules("6.9.8", "6.6.2");
        assert!(found.has_preflight && found.upload_is_relative && found.loses_service_names);
        assert!(found.calls_failures_success && !found.ignores_pushes && !found.limits_memory);
        assert!(!rules("6.9.8", "5.5.0").can_import && !rules("5.5.0", "6.9.8").can_import);
    }
}
