//! One sentence for people, as a code with facts: the window says it in the user's language, the command line in English.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// Every sentence the core can say. The text is English; `{name}` stands for a fact.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum LineCode { $($(#[$doc])* $name,)* }

        impl LineCode {
            fn template(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

lines! {
    // Why this lane.
    LaneOfficial = "The platform's own restore: {version} can finish it";
    LaneOfficialUnsure = "The platform's own restore; whether {version} can finish it shows only when it is tried";
    LaneOfficialSeen = "The platform's own restore: it was seen to finish on this cluster";
    LaneRebuild = "Made anew from the backup: consoles of {version} often cannot finish their own restore";
    LaneRebuildSeen = "Made anew from the backup: the platform's own restore was seen to fail on this cluster";
    LaneChosen = "As you chose";
    // Why a rebuild is not possible.
    RebuildNotTooOld = "{cluster} runs {version}; packages of apps can be imported from v5.6 on";
    RebuildNotFirst = "A console imports packages into its first cluster only, {first}; {cluster} is another one";
    RebuildNotAllowed = "{user} is no administrator of the enterprise of {cluster}, and its console lets only those import";
    RebuildNotBuilt = "The backup holds no image to make a component from; {cluster} ({version}) cannot build one";
    RebuildNotPostable = "The package has {bytes} bytes, too many for one request, and the store of {cluster} is not known";
    // Why this route.
    RouteServerCopy = "Both clusters read the same store: it copies within itself";
    RouteRelay = "The clusters share no store: the bytes pass through this computer, none stay";
    RouteNone = "The package already lies where the target looks for it";
    RouteLive = "The app is backed up where it is first; the backup then travels as any other";
    RouteNoneBackup = "The cluster packs the app and stores it by itself";
    RouteRebuildStore = "Images stream out of the backup through this computer into the cluster's store, none stay";
    RouteRebuildPost = "Images stream out of the backup through this computer to the console, none stay";
    RouteMended = "The package is mended on the way: its bytes pass through this computer, none stay";
    RouteFile = "Between a store and a file on this computer";
    RouteUndecided = "Undecided until the checks that block are mended";
    RouteNoneRecord = "No byte moves: only the record is handed in";

    // Arrives.
    ArrivesComponents = "{count} components with their images";
    ArrivesConfig = "{variables} variables, {files} config files";
    ArrivesPorts = "{count} ports, links and probes";
    ArrivesVolumes = "{count} volumes, as definitions";
    ArrivesVolumeData = "Data of {count} volumes";
    ArrivesPackage = "The package, byte for byte, with its checksums";
    ArrivesTicket = "The ticket in both encodings, and the metadata";
    ArrivesRecord = "The backup’s record; nothing is restored";
    // Does not arrive.
    StaysVolumeData = "Data of {count} volumes: {names}";
    ArrivesGatewayRules = "{count} gateway rules are made again: {names}";
    ArrivesCertificates = "Certificates of {names}, from the source’s console";
    StaysGatewayRules = "{count} gateway rules: make them by hand";
    StaysCertificates = "Certificates";
    StaysKubeblocks = "Database components that no package holds: {names}";
    StaysPlugins = "Autoscaling rules and permissions";
    StaysSecrets = "The keys of the store";
    // Changes.
    ChangesNames = "Components arrive as “… -copy”, stopped until started";
    ChangesStopped = "Components arrive under their names, stopped until started";
    ChangesDomains = "Ports open to the outside get new default domains";
    ChangesTcpPorts = "TCP ports get new numbers";
    ChangesDataRepacked = "{count} data archives get a second top-level name, so that {version} unpacks them whole";
    ChangesImagesRenamed = "Images named {found} are named {registry} in the package";
    ChangesKeysDropped = "Settings that the console of {cluster} does not know are left out: {names}";
    ChangesLinksDropped = "{count} links to components outside the app are left out";
    ChangesStarted = "Components are started after arrival";
    ChangesIntoOriginal = "Everything lands in the empty app “{app}” itself";
    ChangesBesideTakesBackups = "The console makes a new app “{app}_…” for it, which takes over the backups of “{app}”";
    ChangesBeside = "The console makes a new app “{app}_…” for it; “{app}” stays as it is";
    ChangesNewApp = "The app is gone: the console makes a new one and names it";

    // What a rebuild loses, alters, or leaves out; names are `component/detail`.
    LosesBuildSource = "Build settings and source access: {names}";
    LosesWebhooks = "Webhooks: {names}";
    LosesAutoscaler = "Autoscaling rules";
    LosesAccounts = "Accounts kept with components: {names}";
    LosesHistory = "Build and upgrade history";
    LosesPermissions = "Permissions of members";
    LosesCompose = "The compose file the app was made from";
    LosesVolumeData = "Data of volumes: {names}";
    LosesVolumeSkipped = "Volumes whose path the platform refuses: {names}";
    LosesDependencyOutside = "Links to components outside the app: {names}";
    LosesDependencyLeftOut = "Links to components that do not come along: {names}";
    LosesMountOutside = "Mounts of volumes outside the app: {names}";
    LosesMountLeftOut = "Mounts of volumes that do not come along: {names}";
    LosesDomain = "Domains: {names}";
    LosesCertificate = "Certificates of {names}";
    LosesTcpPort = "TCP entries: {names}";
    LosesK8sAttributes = "Kubernetes attributes: {names}";
    LosesLabel = "Node labels the cluster does not know: {names}";
    LosesProbeInvalid = "Probes that the platform refuses: {names}";
    LosesPluginLeftOut = "Plugins: {names}";
    LosesEndpointsKind = "Third-party components whose addresses come from elsewhere: {names}";
    LosesGovernanceMode = "The app's governance mode: {names}";
    AltersDefaultDomain = "Default domains are made anew: {names}";
    AltersHostMentioned = "Variables and files mention a name that changes inside the cluster: {names}";
    AltersCnameInPackage = "Components get another name, since two have the same: {names}";
    AltersComponentName = "Names of workloads change: {names}";
    AltersHostNameTaken = "Names inside the cluster that are taken there: {names}";
    AltersProtocol = "Protocols become what the platform knows: {names}";
    AltersPluginLimits = "Plugins get at least 512 MB and 250 m: {names}";
    AltersRandomValue = "Variables that the platform replaces by random values: {names}";
    AltersScopeBoth = "Variables of both scopes become two: {names}";
    AltersEmptyConfigFile = "Empty config files arrive without content: {names}";
    AltersVolumeKind = "Volumes of a type the cluster lacks: {names}";
    AltersConfigGroupDisabled = "Disabled config groups: {names}";
    AltersJobStrategy = "Job strategies are set after the install: {names}";
    AltersImageNameKept = "Images that keep their name and may meet another of the same: {names}";
    AltersArchitecture = "Images for another architecture: {names}";
    AltersSourceBecomesMarket = "Components arrive as images, without their build: {names}";
    LeavesThirdParty = "Third-party components are made by calls of their own: {names}";
    LeavesKubeBlocks = "Database components that no package holds: {names}";
    LeavesVirtualMachine = "Virtual machines: {names}";
    LeavesSlug = "Components built without an image: {names}";
    LeavesNeverBuilt = "Components that were never built: {names}";
    LeavesImageMissing = "Components whose image is not in the package: {names}";
    LeavesImageUnnamed = "Components whose image has no name: {names}";
    LeavesImageEmpty = "Components whose image archive is empty: {names}";
    LeavesImageNameCollides = "Components whose image cannot be told from another: {names}";

    FindingImagesMissing = "Images that the package should hold and does not: {names}";
    // Checks: what was looked at, and what was seen.
    CheckLoginPass = "Login to {cluster} works";
    CheckLoginBlock = "{cluster} lets nobody in: {reason}. Mend the login in the cluster’s settings";
    CheckRegionPass = "{cluster} answers its console";
    CheckRegionBlock = "{cluster} does not answer its console: see that its rbd-api runs and is reached, then plan again";
    CheckRightsPass = "{user} may restore into {team}";
    CheckRightsBlock = "{user} may not do this in {team}";
    CheckLanePass = "{cluster} runs {version} and can do this";
    CheckLaneUnverified = "Regions of {version} do not tell whether images reached their registry; a start is tried again if one is late";
    CheckEraWarn = "Consoles of {version} often cannot finish a restore; Rainferry has not seen this one do it";
    CheckEraBlock = "{cluster} runs {version} and cannot do this: {reason}";
    CheckImagesBlock = "Images that the package should hold and does not: {names}. The restore would fail";
    CheckArrayBlock = "The package is of v5.1.7 or older; regions of {version} cannot read its metadata";
    CheckKubeblocksBlock = "Database components that no package holds ({names}) make the restore fail on {cluster}";
    CheckGraphsBlock = "Consoles of {version} fail to save monitoring graphs of their own: {names} have some";
    CheckThirdPartyWarn = "Third-party components with open ports ({names}) may make the restore fail";
    CheckCutShortWarn = "Volume data in the package ends at a link ({names}): the cluster may have packed no further";
    CheckMemoryWarn = "{cluster} loads the whole package into memory to restore it: {bytes} bytes";
    CheckExpiryWarn = "Regions of {version} delete what is in this bucket after a year; keep a copy elsewhere";
    CheckPackagePass = "The package is in the store, {bytes} bytes as recorded";
    CheckPackageMissing = "The package {key} is not in the store of {cluster}";
    CheckPackageSize = "The package has {found} bytes, the record says {recorded}";
    CheckPackageUnread = "The package cannot be read: {reason}";
    CheckPackageUnseenWarn = "Whether the package is there cannot be seen from here: {reason}";
    CheckRecordOnlyWarn = "The package {key} was found in no saved store: the record alone is handed in, and cannot be restored before its package is there";
    CheckBackupBlock = "The backup is {status}, not finished";
    CheckTargetEmptyPass = "A new, empty app “{app}” is made in {team}";
    CheckTargetExistsPass = "The app “{app}” in {team} is empty";
    CheckTargetEmptyBlock = "The app “{app}” in {team} has {count} components";
    CheckNameTakenWarn = "{team} already has an app “{app}”: this one arrives as “{name}”";
    CheckKeyFreePass = "Nothing lies at the target key yet";
    CheckKeySamePass = "An object of this size lies at {key} already; it is used if its bytes are the same, and left alone";
    CheckKeyTakenBlock = "Another object lies at {key} in the store of {cluster}: {found} bytes, not {expected}";
    CheckKeyTakenMended = "An object lies at {key} in the store of {cluster}, where the mended package must go";
    CheckStorePass = "The store of {cluster} answers and lets Rainferry in";
    CheckStoreBlock = "The store of {cluster} cannot be used: {reason}";
    CheckStoreMissing = "Rainferry does not know the store of {cluster}";
    CheckDiskPass = "{free} bytes free on this computer";
    CheckDiskBlock = "{needed} bytes needed in {folder}, {free} free";
    CheckFileExistsBlock = "{path} is there already";
    CheckVolumeDataPass = "The package holds nothing that the target unpacks wrongly";
    CheckVolumeDataBlock = "The package holds data of {count} volumes; regions of {version} fail to restore such a package";
    CheckVolumeDataMended = "Data of {count} volumes is repacked on the way so that {version} unpacks it, into the cluster's shared folder; volumes that are claims of their own do not read that";
    CheckVolumeDataDropped = "Data of {count} volumes is left out, as asked for: the app arrives without it";
    CheckRegistryMended = "Images named {found} are renamed on the way to {registry}, as {cluster} names them";
    CheckRegistryUnknown = "Rainferry found no package made on {cluster} and cannot know its registry; images are named {found}";
    CheckRegistryPass = "Image names fit the registry of {cluster}";
    CheckRegistryWarn = "Images are named {found}, {cluster} uses {expected}";
    CheckProductionWarn = "{cluster} is production: type its name to confirm";
    CheckProductionPass = "{cluster} is not production";
    CheckReadOnlyBlock = "The profile of {cluster} is read-only";
    CheckResourcesPass = "{team} has room for {needed} MB of memory";
    CheckResourcesWarn = "The app asks for {needed} MB of memory, {team} has {free} MB left";
    CheckBundlePass = "The bundle reads well; every byte is proven on the way";
    CheckStatefulWarn = "Stateful components run: {names}. They are stopped for the backup and started again";
    CheckStatefulHot = "Stateful components run: {names}. A hot backup may be inconsistent";
    CheckStatefulBlock = "Stateful components run: {names}. Let them be stopped for the backup";
    CheckStatefulPass = "No stateful component runs";
    CheckClosedPass = "Every component of the app is closed";
    CheckClosedWarn = "These components are stopped first: {names}. They are started again if the restore fails";
    CheckClosedBlock = "A restore in place wants every component closed; these run: {names}. Let them be stopped, or restore beside";
    CheckUnfinishedWarn = "A restore of this app’s backups is not known to have ended ({restore}); if it still runs, the two will disturb each other";
    CheckDuplicateSame = "{team} has this backup already, with the same bytes, in “{app}” ({version}): restoring that one spares the copy";
    CheckDuplicateSize = "{team} has this backup already in “{app}” ({version}), with a package of the same size";
    CheckDuplicateOther = "{team} has this backup already in “{app}” ({version}), but its package has another size";
    CheckDuplicateNoPackage = "{team} has the record of this backup already in “{app}” ({version}); its package was not seen";
    CheckSizeUnknown = "No earlier backup tells how large this one will be";
    CheckSizePass = "About {bytes} bytes, as the earlier backups";
    CheckSizeFits = "About {bytes} bytes, as the earlier backups; the store takes {limit}";
    CheckSizeWarn = "Earlier backups had {bytes} bytes; the platform cannot store more than {limit} at once, and a larger one fails";
    CheckCustomVolumesBlock = "Volumes that a backup does not carry: {names}";
    CheckCustomVolumesWarn = "Volumes whose data this backup will not hold: {names}";
    CheckGatewayPass = "Nothing that can be seen on {cluster} clashes with {count} gateway rules; what teams of others serve cannot be seen";
    CheckGatewayWarn = "{cluster} serves these already; they are left alone and not made again: {names}";
    CheckGatewaySameWarn = "The app still runs on this console: its gateway rules stay with it unless asked for otherwise";
    CheckGatewayUnread = "The gateway rules of the source cannot be read: {reason}";
    CheckLiveWarn = "What the backup really holds shows once it is made: then this is planned again, and nothing is made on the target if something stands in the way";
    CheckLiveDataPass = "No volume keeps files that a backup here leaves out";
    CheckLiveDataWarn = "A backup here does not hold the files of {names}: these volumes arrive empty";
    CheckObjectStoragePass = "The console has a place for cloud backups";
    CheckObjectStorageBlock = "Cloud backup needs object storage, and {cluster} has none configured";

    // What a version can do, and why not.
    AbilityBackup = "Make backups";
    AbilityAppBackups = "List the backups of one app";
    AbilityTickets = "Export and import tickets (.bak)";
    AbilityRestore = "Restore a backup";
    AbilityElsewhere = "Restore into another team or region by itself";
    AbilityPackData = "Pack the files of shared volumes";
    AbilityUnpackData = "Put the files of volumes back";
    AbilityKeep = "Keep packages as long as wanted";
    AbilityAppStates = "List apps with their states";
    AbilityRoutes = "Read and make routes of the gateway";
    WhyTooOld = "Clusters older than v5.1.9 keep packages in no store";
    WhyLostArgument = "Consoles v6.1.0 to v6.6.1 answer this with an error; v6.6.2 and later do not";
    WhyTicketsCrash = "Console v5.3.0 cannot read or write tickets; v5.3.1 and later can";
    WhyRefusesS3 = "Regions v6.0.0 to v6.4.0 refuse S3 storage; only OSS works";
    WhyUnpacksNothing = "Regions v6.2.0 to v6.4.0 unpack every package wrongly; v6.4.1 and later do not";
    WhyRestoreUnfinished = "Consoles from v5.15.1 on often cannot finish a restore, and none was seen to end well here";
    WhyLooksElsewhere = "From v6.0.0 on the region looks for the copied package under another key; Rainferry copies it there";
    WhyDataNotPacked = "From v6.0.0 on the backup does not look where volumes lie";
    WhyDataUnpackedWrongly = "From v6.2.0 on regions unpack the data of volumes wrongly";
    WhyExpires = "From v6.5.0 on regions delete what is in their buckets after a year";
    WhyNoAppList = "The list with states came with v5.2.2; the names are listed";
    WhyNoRoutes = "Routes came with v6.0.0; older consoles have rules";

    // The log of a job.
    LogStarted = "Started";
    LogResumed = "Taken up again after a stop";
    LogStoppedComponents = "Stopped {names}";
    LogStartedComponents = "Started {names} again";
    LogBackupAccepted = "The platform makes backup {version}";
    LogBackupStays = "Backup {version} was made for this and stays in its team";
    LogAppCreated = "Made the empty app “{app}” ({app_id})";
    LogTicketImported = "Handed in the ticket: backup {backup}, group {group}";
    LogCopyResumed = "{count} parts lie in the store already";
    LogCopied = "Copied {bytes} bytes, SHA-256 {sha256}";
    LogCopiedByTags = "Copied {bytes} bytes, proven part by part";
    LogMended = "{same} members are as they were, rewritten: {names}";
    LogMetadataBeside = "Put the mended metadata beside the package, at {key}";
    LogPresent = "HEAD shows {bytes} bytes at {key}";
    LogRestoreStarted = "The cluster restores ({restore})";
    LogRestored = "The console says: restored";
    LogImportOpened = "The console opened an import ({event})";
    LogPackageSent = "Sent the application package: {images} images, {bytes} bytes";
    LogTemplateThere = "The console took the package in as “{name}”";
    LogInstalled = "Installed {count} components";
    LogAdjusted = "Put {count} settings right";
    LogRulesMade = "Made {count} gateway rules";
    LogDeployed = "Asked the cluster to start the components";
    LogCleaned = "Removed {what}";
    LogNotCleaned = "Could not remove {what}: {reason}";
    LogBundleWritten = "Wrote {path}, {bytes} bytes";
    LogBundleVerified = "Every entry matches its checksum";
    LogCancelled = "Cancelled";

    // The report: what was found on the target.
    ReportComponents = "{found} of {expected} components arrived";
    ReportPackageEqual = "The object at the target is equal to the source: {bytes} bytes, SHA-256 {sha256}";
    ReportPackageEqualTags = "The object at the target is equal to the source: {bytes} bytes, proven part by part";
    ReportMended = "{same} members of the package are equal to the source byte for byte, {count} rewritten on the way: {names}";
    ReportMetadataMended = "Its metadata was mended and lies beside it";
    ReportDataDropped = "{count} data entries of the package were left out";
    ReportDataDoubtful = "Data archives that end in a symlink, and may have been cut short when the backup was made: {names}";
    ReportApp = "App “{app}” in {team}";
    ReportBundle = "Bundle {path}";
    ReportBackup = "Backup {version}, {bytes} bytes";
    ReportBackupInStore = "The package lies in the store, {bytes} bytes";
    ReportBackupUnseen = "The package could not be looked at: {reason}";
    ReportVolumesEmpty = "{count} volumes arrived empty: {names}";
    ReportGatewayRules = "{count} gateway rules are to be made by hand";
    ReportRulesMade = "{count} gateway rules were made again: {names}";
    ReportRuleClash = "{rule} was not made: {owner} has it already";
    ReportRuleRefused = "{rule} could not be made: {reason}";
    ReportRulesUnread = "Gateway rules could not be read, and are to be made by hand: {reason}";
    ReportCertificates = "Certificates copied: {names}";
    ReportDns = "To do at your DNS: point {names} at the gateway of {cluster}";
    ReportStarted = "{count} of {total} components run";
    ReportNotRunning = "{count} components do not run yet";
    ReportNotCompared = "The settings could not be compared with the backup: {reason}";
    ReportEqual = "Every setting is as in the backup";
    ReportAsAnnounced = "{announced} settings differ from the backup, all as announced";
    ReportDiffers = "{count} settings differ from the backup and were not announced";
    ReportNotAdjusted = "A setting could not be put right: {reason}";
    ReportOriginalStopped = "Components of the original stay stopped: {names}";
    ReportRecord = "The record of backup {version} in {team}";
    ReportNotRestored = "Nothing was restored, as asked";
    ReportPackageAbsent = "A restore will look for its package at {key}, where nothing was seen";
    ReportCopied = "Copied {bytes} bytes to {address}";

    // What a failed or cancelled job left behind.
    LeftApp = "App “{app}” ({app_id}) in {team}";
    LeftBackup = "Backup record {backup} in {team}";
    LeftObject = "Object {key} in the store of {cluster}";
    LeftUpload = "Unfinished upload of {key} in the store of {cluster}";
    LeftRoute = "Route {rule} in {team}";
    LeftTemplate = "App template “{name}” in the console of {cluster}";
    LeftImport = "Import record {event} in the console of {cluster}";
    LeftFile = "File {path}";
    LeftRegion = "Components that {cluster} restored and its console does not show; only the cluster's operator can remove them";
    LeftStopped = "Components that were stopped: {names}";

    // What a deletion leaves, and what stands in its way.
    GoneRecord = "The record of backup {version} is gone from its console";
    StaysObject = "{key} stays in bucket {bucket}, {bytes} bytes: the platform never deletes it";
    StaysUnseen = "Whether its package stays could not be looked at: {reason}";
    StaysNothing = "No object of it is in the store";
    StaysOnDisk = "A local backup of this cluster is a file inside the cluster; the platform deletes what it can reach";
    GoneObject = "{key} was deleted from bucket {bucket}";
    HeldByRecord = "Backup {version} in {place} points to the same object";
    HeldByUnknown = "{place} could not be asked whether a backup of it points to the same object: {reason}";
    HeldByJob = "A job that moves “{app}” still needs it";

    // What a console's object storage setting means.
    StorageShared = "One setting for all teams and clusters of the console";
    StorageBucketOnly = "{cluster} keeps packages in its own store; of this setting it uses only the bucket’s name";
    StorageUsed = "{cluster} keeps cloud backups there";
    StorageRefused = "Regions of {version} refuse S3; of {cluster} only OSS works";
}

/// A sentence: what to say, with which facts, and how it reads in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Line {
    pub code: LineCode,
    pub facts: BTreeMap<String, String>,
    pub message: String,
}

impl Line {
    pub fn new<const N: usize>(code: LineCode, facts: [(&str, String); N]) -> Self {
        let facts: BTreeMap<String, String> = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let message = facts
            .iter()
            .fold(code.template().to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        Self { code, facts, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_stand_where_the_text_names_them() {
        let line =
            Line::new(LineCode::LeftApp, [("app", "wiki".into()), ("app_id", "7".into()), ("team", "ops".into())]);
        assert_eq!(line.message, "App “wiki” (7) in ops");
    }

    #[test]
    fn every_sentence_begins_with_a_capital_or_a_fact_and_ends_without_a_stop() {
        for code in LineCode::ALL {
            let text = code.template();
            let first = text.chars().next().unwrap();
            assert!(first.is_uppercase() || first == '{', "{text}");
            assert!(!text.ends_with('.'), "{text}");
        }
    }
}
