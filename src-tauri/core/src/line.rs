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
            pub(crate) fn template(self) -> &'static str {
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
    LaneRebuildOther = "Made anew by calls: a console imports packages into its first cluster only, and this is another one";
    LaneRebuildLarge = "Made anew by calls, image after image: the package is too large for one request";
    LaneRebuildRights = "Made anew by calls: you may not import packages into this console";
    LaneRegistry = "Made anew by calls, its images through your own registry";
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
    RouteRebuildCalls = "Images stream out of the backup through this computer into the cluster's registry, in chunks that survive a break";
    RouteRebuildRegistry = "Images are pushed into your registry, from which the cluster pulls them; components are made by calls";
    RouteRebuildPost = "Images stream out of the backup through this computer to the console, none stay";
    RouteMended = "The package is mended on the way: its bytes pass through this computer, none stay";
    RouteFile = "Between a store and a file on this computer";
    RouteUndecided = "Undecided until the checks that block are mended";
    RouteNoneRecord = "No byte moves: only the record is handed in";

    // Arrives.
    ArrivesComponents = "{count|component|components} with images";
    ArrivesConfig = "{variables|variable|variables}, {files|config file|config files}";
    ArrivesPorts = "{count|port, link or probe|ports, links and probes}";
    ArrivesVolumes = "{count|volume|volumes}, as definitions";
    ArrivesVolumeData = "Data of {count|volume|volumes}";
    ArrivesPackage = "The package, byte for byte, with its checksums";
    ArrivesTicket = "The ticket in both encodings, and the metadata";
    ArrivesRecord = "The backup’s record; nothing is restored";
    // Does not arrive.
    StaysVolumeData = "Data of {count|volume|volumes}: {names}";
    ArrivesGatewayRules = "{count|gateway rule is|gateway rules are} made again: {names}";
    ArrivesCertificates = "Certificates of {names}, from the source's console";
    StaysGatewayRules = "{count|gateway rule|gateway rules} to make by hand";
    StaysConfigGroups = "Config groups, which the target does not know: {names}";
    StaysCertificates = "Certificates";
    StaysKubeblocks = "Database components that no package holds: {names}";
    StaysPlugins = "Autoscaling rules and permissions";
    StaysSecrets = "The keys of the store";
    // Changes.
    ChangesNames = "Components arrive as “… -copy”, stopped until started";
    ChangesStopped = "Components arrive under their names, stopped until started";
    ChangesDomains = "Ports open to the outside get new default domains";
    ChangesTcpPorts = "TCP ports get new numbers";
    ChangesDataRepacked = "{count|data archive gets|data archives get} a second top-level name, so that {version} unpacks them whole";
    ChangesImagesRenamed = "Images named {found} are named {registry} in the package";
    ChangesKeysDropped = "Settings that the console of {cluster} does not know are left out: {names}";
    ChangesLinksDropped = "{count|link to a component outside the app is|links to components outside the app are} left out";
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
    LosesByCalls = "Settings of plugins for ports, which no call takes as they are, must be set by hand: {names}";
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
    CheckTargetEmptyBlock = "The app “{app}” in {team} has {count|component|components}";
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
    CheckVolumeDataBlock = "The package holds data of {count|volume|volumes}; regions of {version} fail to restore such a package";
    CheckVolumeDataMended = "Data of {count|volume|volumes} is repacked on the way so that {version} unpacks it, into the cluster's shared folder; volumes that are claims of their own do not read that";
    CheckVolumeDataDropped = "Data of {count|volume|volumes} is left out, as asked for: the app arrives without it";
    CheckRegistryMended = "Images named {found} are renamed on the way to {registry}, as {cluster} names them";
    CheckRegistryUnknown = "Rainferry found no package made on {cluster} and cannot know its registry; images are named {found}";
    CheckRegistryPass = "Image names fit the registry of {cluster}";
    CheckRegistryWarn = "Images are named {found}, {cluster} uses {expected}";
    CheckOwnRegistryPass = "{registry} answers, and {user} may write to {repository}";
    CheckOwnRegistryMissing = "No registry is named that images for {cluster} could be pushed to";
    CheckOwnRegistryDown = "{registry} cannot be used: {reason}";
    CheckOwnRegistryLogin = "{registry} refused the login of {user}";
    CheckOwnRegistryDenied = "{user} may not write to {repository} on {registry}";
    CheckRegistryTrustPass = "The nodes of {cluster} must reach {registry} and trust its certificate, as this computer does";
    CheckRegistryTrustPlain = "{registry} speaks plain HTTP: nodes of {cluster} pull from it only if told so";
    CheckRegistryTrustOwn = "{registry} has a certificate of an authority of its own, which nodes of {cluster} may not know";
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

    // Checks of the surroundings.
    CheckConnectionBlock = "{cluster} cannot be reached: {reason}";
    CheckTokenPass = "The login to {cluster} holds until {until}";
    CheckTokenWarn = "The login to {cluster} ends at {until}";
    CheckClockPass = "The clock of {cluster} and that of this computer agree";
    CheckClockWarn = "The clock of {cluster} and that of this computer are {minutes|minute|minutes} apart; stores refuse requests that are 15 minutes off";
    CheckVersionsPass = "From {from} to {to}";
    CheckVersionsWarn = "The target runs {to}, older than {from}, where the backup was made";
    CheckLastJobPass = "No other job of “{app}” runs here, and the last one did not fail";
    CheckLastJobFailed = "The last job of “{app}” failed ({job}): {reason}";
    CheckLastJobRunning = "Another job of “{app}” runs here ({job})";
    CheckNeverBuiltPass = "Every component was built";
    CheckNeverBuiltWarn = "Components that were never built: {names}. No package holds an image of them";
    CheckKubeblocksWarn = "Database components that no package holds are left out: {names}";
    CheckThirdPartyKept = "Third-party components ({names}): a backup holds their settings only";
    CheckArchitecturePass = "The components are built for {needed}, and {cluster} has such nodes";
    CheckArchitectureUnknown = "{cluster} does not tell the architecture of its nodes; the components are built for {needed}";
    CheckArchitectureWarn = "{cluster} has nodes of {has} only; built for another architecture: {names}";
    CheckCpuPass = "{team} has room for {needed} m of CPU";
    CheckCpuWarn = "The app asks for {needed} m of CPU, {team} has {free} m left";
    CheckRoutesPass = "No address of the app is taken in {team}";
    CheckRoutesWarn = "Addresses that are taken in {team} already: {names}. They stay as they are";
    CheckRoutesUnseen = "Whether addresses of the app are taken in {team} could not be looked at: {reason}";
    CheckCredentialsPass = "Nothing in the package looks like a credential";
    CheckCredentialsWarn = "The package holds what looks like credentials, and they come along: {names}";
    CheckMetadataPass = "The console of {cluster} knows every setting of the package";
    CheckMetadataWarn = "Settings that the console of {cluster} does not know are left out: {names}";

    // What to do about a check that warns or blocks.
    FixLogin = "Type user and password again in the settings of {cluster}";
    FixConnection = "Check the address in the settings of {cluster}, the network, and that its console runs";
    FixToken = "Refresh {cluster}: Rainferry logs in anew with the password that is kept";
    FixClock = "Have both clocks set by a time server (NTP)";
    FixRegion = "See that rbd-api of {cluster} runs and its console reaches it, then plan again";
    FixRights = "Ask an owner of {team} for the right, or log in as somebody who has it";
    FixReadOnly = "Allow changes in the settings of {cluster}";
    FixVersions = "Read what changes, and try the copy before the original goes";
    FixLane = "Choose the other lane where there is one, another cluster, or export a bundle";
    FixLaneTry = "Watch the restore to its end; where it fails, choose the other lane";
    FixEra = "Upgrade the platform, or choose another cluster";
    FixStore = "Check address, bucket and keys of the store in the settings of {cluster}";
    FixStoreMissing = "Type address, bucket and keys of the store in the settings of {cluster}";
    FixStoreUnseen = "Type the store in the settings of its cluster to have it looked at";
    FixPackageMissing = "Put the package back to that key, or make a new backup";
    FixPackage = "Make a new backup and move that one";
    FixRecordOnly = "Put the package where a restore looks for it before the record is used";
    FixBackup = "Wait until it has ended, or take another backup";
    FixTarget = "Choose an empty app, or let a new one be made";
    FixName = "Keep that name, or type another one";
    FixKey = "Move the object away from that key and plan again";
    FixDisk = "Free some space, or choose another folder";
    FixFile = "Move that file away, or choose another folder";
    FixVolumeData = "Migrate the backup into its own team instead: the package is mended on the way";
    FixVolumeFiles = "Look at the volumes after arrival; a bundle keeps the files for what is missing";
    FixRegistry = "Make one backup on {cluster}, so that its registry shows";
    FixRegistryOwn = "Migrate the backup into its own team instead: image names are mended on the way";
    FixOwnRegistryMissing = "Give address and login of a registry that the nodes of {cluster} can pull from";
    FixOwnRegistryDown = "Check the registry's address, whether it speaks plain HTTP, and whether it has an authority of its own";
    FixOwnRegistryLogin = "Type user and password of the registry again";
    FixOwnRegistryDenied = "Let {user} push there, or choose another namespace";
    FixRegistryTrustPlain = "List {registry} as an insecure registry in the container runtime of each node, or use HTTPS";
    FixRegistryTrustOwn = "Add the authority to the container runtime of each node for {registry}";
    FixProduction = "Type the name of {cluster} to go on";
    FixResources = "Stop what {team} does not need, or have its quota raised";
    FixStateful = "Let them be stopped for the backup; they are started again afterwards";
    FixStatefulHot = "Stop them for the backup where the data matters";
    FixClosed = "Let them be stopped, or restore beside";
    FixCustomVolumes = "Back up without them (force) and copy their files by their own storage";
    FixObjectStorage = "Set the object storage of {cluster}, or make a local backup";
    FixImages = "Build these components at the source and make a new backup";
    FixArray = "Make a new backup with a console of v5.1.9 or newer";
    FixComponents = "Take these components out of the app at the source and make a new backup, or rebuild the app";
    FixByHand = "Set these up by hand after arrival";
    FixNeverBuilt = "Build them once they are there";
    FixMemory = "Give the rbd-chaos of {cluster} more memory than that first";
    FixExpiry = "Export a bundle as a second copy";
    FixDuplicate = "Use the one that is there, or go on and have two";
    FixUnfinished = "Wait for it to end, or look into the cluster's own log";
    FixLastJob = "Open that job: go on with it, or clean up what it left";
    FixLastJobRunning = "Wait for it, or cancel it first";
    FixCutShort = "Compare the files at the source with those of the package before you rely on it";
    FixArchitecture = "Add such nodes to {cluster}, or build for the ones it has";
    FixRoutes = "Give the arriving app other addresses, or free these first";
    FixCredentials = "Change them after the move, and keep bundles where only you read them";
    FixSize = "Empty what the volumes do not need before the backup";

    // Headings and names of the written report.
    PaperTitle = "Report of a job";
    PaperMade = "Made by Rainferry {version}, job {job}";
    PaperFrom = "From";
    PaperTo = "To";
    PaperResult = "Result";
    PaperStarted = "Started";
    PaperEnded = "Ended";
    PaperWay = "Way";
    PaperOfficial = "Platform's own restore";
    PaperRebuild = "Rebuild";
    PaperRegistry = "By calls, images through one's own registry";
    PaperProblem = "What went wrong";
    PaperByHand = "To do by hand";
    PaperArrived = "What arrived";
    PaperMissing = "What did not arrive";
    PaperUnexpected = "Differences nobody announced";
    PaperAnnounced = "Differences as announced";
    PaperPlan = "The plan";
    PaperPlanArrives = "Arrives";
    PaperPlanStays = "Does not arrive";
    PaperPlanChanges = "Changes";
    PaperNoPlan = "What the plan showed was not kept";
    PaperChecks = "Checks";
    PaperBlock = "Blocks";
    PaperWarn = "Warning";
    PaperPass = "Passed";
    PaperSteps = "Steps";
    PaperTook = "Took";
    PaperBytes = "Bytes";
    PaperLeft = "Left behind";
    PaperGateway = "Addresses to make again";
    PaperComponent = "Component";
    PaperOld = "Old";
    PaperNew = "New";
    PaperWhat = "What";
    PaperBackup = "In the backup";
    PaperTarget = "On the target";
    PaperComputer = "This computer";
    PaperLog = "Log";
    PaperQueued = "Waits";
    PaperRunning = "Runs";
    PaperCancelling = "Is being cancelled";
    PaperDone = "Done";
    PaperFailed = "Failed";
    PaperCancelled = "Cancelled";
    PaperWaiting = "Not begun";
    PaperSkipped = "Skipped";
    PaperStepStop = "Stop components";
    PaperStepBackup = "Back up";
    PaperStepStart = "Start again";
    PaperStepCheck = "Look again";
    PaperStepPlan = "Plan again";
    PaperStepPrepare = "Prepare the target";
    PaperStepCopy = "Copy";
    PaperStepWrite = "Write the bundle";
    PaperStepRestore = "Restore";
    PaperStepImport = "Import";
    PaperStepInstall = "Install";
    PaperStepAdjust = "Put right";
    PaperStepDeploy = "Start";
    PaperStepGateway = "Gateway";
    PaperStepCompare = "Compare";
    PaperStepVerify = "Prove";
    PaperStepClean = "Clean up";

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
    LogCopyResumed = "{count|part lies|parts lie} in the store already";
    LogCopied = "Copied {bytes} bytes, SHA-256 {sha256}";
    LogCopiedByTags = "Copied {bytes} bytes, proven part by part";
    LogMended = "{same|member is as it was|members are as they were}, rewritten: {names}";
    LogMetadataBeside = "Put the mended metadata beside the package, at {key}";
    LogPresent = "HEAD shows {bytes} bytes at {key}";
    LogRestoreStarted = "The cluster restores ({restore})";
    LogRestored = "The console says: restored";
    LogImportOpened = "The console opened an import ({event})";
    LogPackageSent = "Sent the application package: {images|image|images}, {bytes} bytes";
    LogTemplateThere = "The console took the package in as “{name}”";
    LogImageThere = "The cluster's registry has image {count} of {total}";
    LogImagePushed = "Pushed image {count} of {total} into the registry";
    LogImageFound = "The registry had image {count} of {total} already";
    LogComposed = "Made {count|component|components}";
    LogInstalled = "Installed {count|component|components}";
    LogAdjusted = "Put {count|setting|settings} right";
    LogRulesMade = "Made {count|gateway rule|gateway rules}";
    LogDeployed = "Asked the cluster to start the components";
    LogCleaned = "Removed {what}";
    LogNotCleaned = "Could not remove {what}: {reason}";
    LogBundleWritten = "Wrote {path}, {bytes} bytes";
    LogBundleVerified = "Every entry matches its checksum";
    LogCancelled = "Cancelled";

    // The report: what was found on the target.
    ReportComponents = "{found} of {expected|component|components} arrived";
    ReportPackageEqual = "The object at the target is equal to the source: {bytes} bytes, SHA-256 {sha256}";
    ReportPackageEqualTags = "The object at the target is equal to the source: {bytes} bytes, proven part by part";
    ReportMended = "{same|member of the package is|members of the package are} equal to the source byte for byte, {count} rewritten on the way: {names}";
    ReportMetadataMended = "Its metadata was mended and lies beside it";
    ReportDataDropped = "{count|data entry of the package was|data entries of the package were} left out";
    ReportDataDoubtful = "Data archives that end in a symlink, and may have been cut short when the backup was made: {names}";
    ReportApp = "App “{app}” in {team}";
    ReportBundle = "Bundle {path}";
    ReportBackup = "Backup {version}, {bytes} bytes";
    ReportBackupInStore = "The package lies in the store, {bytes} bytes";
    ReportBackupUnseen = "The package could not be looked at: {reason}";
    ReportVolumesEmpty = "{count|volume|volumes} arrived empty: {names}";
    ReportGatewayRules = "{count|gateway rule is|gateway rules are} to be made by hand";
    ReportRulesMade = "{count|gateway rule was|gateway rules were} made again: {names}";
    ReportRuleClash = "{rule} was not made: {owner} has it already";
    ReportRuleRefused = "{rule} could not be made: {reason}";
    ReportRulesUnread = "Gateway rules could not be read, and are to be made by hand: {reason}";
    ReportCertificates = "Certificates copied: {names}";
    ReportDns = "To do at your DNS: point {names} at the gateway of {cluster}";
    ReportStarted = "{count} of {total|component|components} run";
    ReportPushed = "Images that the cluster pulls from your registry: {names}";
    ReportNotRunning = "{count|component does|components do} not run yet";
    ReportNotCompared = "The settings could not be compared with the backup: {reason}";
    ReportEqual = "Every setting is as in the backup";
    ReportAsAnnounced = "{announced|setting differs|settings differ} from the backup, as announced";
    ReportDiffers = "{count|setting differs|settings differ} from the backup without having been announced";
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
    LeftChunks = "Chunks of {name} on {cluster}, which forgets them after a day";
    LeftImages = "Images in the registry of {cluster}: {names}";
    LeftPushed = "Image {name}";
    LeftBlobUpload = "An unfinished upload to {registry}";
    LeftLayers = "Layers without an image in {names} of {registry}, which its own sweep removes";
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
        Self::with(code, facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    pub(crate) fn with(code: LineCode, facts: BTreeMap<String, String>) -> Self {
        let message = fill(code.template(), &facts, ", ");
        Self { code, facts, message }
    }
}

/// Puts facts where a text names them: `{name}`, `{count|one|many}`, and in the words of the page also `{bytes:bytes}`,
/// `{version:when}`, `{sha256:short}` and `{names:list}`. What nobody told stays as it is written.
pub(crate) fn fill(text: &str, facts: &BTreeMap<String, String>, comma: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(&placed(place, facts, comma).unwrap_or_else(|| format!("{{{place}}}")));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

fn placed(place: &str, facts: &BTreeMap<String, String>, comma: &str) -> Option<String> {
    let mut parts = place.splitn(3, '|');
    let head = parts.next()?;
    let (name, form) = head.split_once(':').unwrap_or((head, ""));
    let value = facts.get(name)?;
    Some(match (parts.next(), parts.next(), form) {
        (Some(one), Some(many), _) => format!("{value} {}", if value == "1" { one } else { many }),
        (_, _, "bytes") => value.parse().map_or_else(|_| value.clone(), bytes),
        (_, _, "when") => version_time(value),
        (_, _, "short") if value.len() > 16 => value.chars().take(12).chain(['…']).collect(),
        (_, _, "list") => value.split(',').map(str::trim).collect::<Vec<_>>().join(comma),
        _ => value.clone(),
    })
}

/// 1000 based, as disks and stores count: `1.2 GB`, `84 KB`.
pub(crate) fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = count as f64;
    let mut units = ["B", "KB", "MB", "GB", "TB", "PB"].into_iter().enumerate().peekable();
    while let Some((step, unit)) = units.next() {
        if value < 999.5 || units.peek().is_none() {
            let digits = usize::from((step >= 2 && value < 9.95) || (step >= 3 && value < 99.5));
            return format!("{value:.digits$} {unit}");
        }
        value /= 1000.0;
    }
    String::new()
}

/// `YYYYMMDDHHMMSS` as people read it; anything else stays as it is.
fn version_time(version: &str) -> String {
    chrono::NaiveDateTime::parse_from_str(version, "%Y%m%d%H%M%S")
        .map_or_else(|_| version.to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
