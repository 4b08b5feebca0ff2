//! What will not arrive, or not as it was: rows for people, without words (rebuild.md §6, protocol.md §8.6).

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The component by its id on the source; `None`: the app.
    pub id: Option<String>,
    /// Its display name there, which others may have as well.
    pub component: Option<String>,
    pub what: What,
}

/// Names, paths and numbers only; never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    // Lost.
    BuildSource,
    Webhooks,
    Autoscaler,
    Accounts,
    History,
    Permissions,
    Compose,
    VolumeData {
        volume: String,
        kind: String,
        in_package: bool,
    },
    /// The target skips it: path too short, or within another.
    VolumeSkipped {
        path: String,
    },
    DependencyOutside {
        on: String,
    },
    DependencyLeftOut {
        on: String,
    },
    MountOutside {
        volume: String,
        path: String,
    },
    MountLeftOut {
        volume: String,
        path: String,
    },
    Domain {
        domain: String,
        path: String,
        port: i64,
    },
    Certificate {
        domain: String,
    },
    K8sAttributes {
        names: Vec<String>,
    },
    Label {
        name: String,
    },
    ProbeInvalid {
        mode: String,
    },
    PluginLeftOut {
        name: String,
    },
    EndpointsKind {
        kind: String,
    },
    GovernanceMode {
        mode: String,
    },
    // Changed.
    /// A default domain gives way to one of the target's.
    DefaultDomain {
        domain: String,
        port: i64,
    },
    /// Gets another number.
    TcpPort {
        end_point: String,
        port: i64,
    },
    CnameInPackage {
        cname: String,
    },
    ComponentName {
        name: String,
    },
    HostNameTaken {
        port: i64,
        name: String,
    },
    Protocol {
        port: i64,
        protocol: String,
    },
    PluginLimits {
        plugin: String,
    },
    RandomValue {
        name: String,
    },
    ScopeBoth {
        name: String,
    },
    EmptyConfigFile {
        path: String,
    },
    VolumeKind {
        volume: String,
        kind: String,
    },
    ConfigGroupDisabled {
        name: String,
    },
    JobStrategy,
    /// Keeps its name, for which the target's registry may have another image.
    ImageNameKept {
        image: String,
    },
    Architecture {
        arch: String,
    },
    /// Becomes a market component: an image, without a build.
    SourceBecomesMarket {
        source: String,
    },
}

impl What {
    /// Nothing of it is left on the target; else it is there and differs.
    pub(crate) fn is_loss(&self) -> bool {
        match self {
            Self::BuildSource
            | Self::Webhooks
            | Self::Autoscaler
            | Self::Accounts
            | Self::History
            | Self::Permissions
            | Self::Compose
            | Self::VolumeData { .. }
            | Self::VolumeSkipped { .. }
            | Self::DependencyOutside { .. }
            | Self::DependencyLeftOut { .. }
            | Self::MountOutside { .. }
            | Self::MountLeftOut { .. }
            | Self::Domain { .. }
            | Self::Certificate { .. }
            | Self::K8sAttributes { .. }
            | Self::Label { .. }
            | Self::ProbeInvalid { .. }
            | Self::PluginLeftOut { .. }
            | Self::EndpointsKind { .. }
            | Self::GovernanceMode { .. } => true,
            Self::DefaultDomain { .. }
            | Self::TcpPort { .. }
            | Self::CnameInPackage { .. }
            | Self::ComponentName { .. }
            | Self::HostNameTaken { .. }
            | Self::Protocol { .. }
            | Self::PluginLimits { .. }
            | Self::RandomValue { .. }
            | Self::ScopeBoth { .. }
            | Self::EmptyConfigFile { .. }
            | Self::VolumeKind { .. }
            | Self::ConfigGroupDisabled { .. }
            | Self::JobStrategy
            | Self::ImageNameKept { .. }
            | Self::Architecture { .. }
            | Self::SourceBecomesMarket { .. } => false,
        }
    }
}
