// Written from the Rust contract; never edited by hand.

export type AppId = number;
export type BackupId = string;
export type ClusterId = string;
export type ConsoleId = string;
export type JobId = string;
export type PlanId = string;
export type TeamName = string;
export type Code = "bad_request" | "bad_address" | "unreachable" | "tls_failed" | "certificate_changed" | "not_rainbond" | "login_refused" | "password_missing" | "login_expired" | "forbidden" | "unsupported" | "console_refused" | "bad_answer" | "cluster_down" | "resources_short" | "not_found" | "ambiguous" | "stateful_running" | "custom_volumes" | "backup_busy" | "target_not_empty" | "read_only" | "store_missing" | "store_unreachable" | "store_denied" | "store_failed" | "registry_denied" | "registry_failed" | "package_missing" | "package_damaged" | "source_changed" | "source_unread" | "checksum_mismatch" | "ticket_damaged" | "not_a_bundle" | "bundle_damaged" | "passphrase_missing" | "passphrase_wrong" | "bundle_too_new" | "disk_full" | "file_failed" | "file_exists" | "plan_blocked" | "plan_stale" | "not_confirmed" | "backup_failed" | "restore_failed" | "restore_stuck" | "arrived_incomplete" | "locked" | "keyring_missing" | "state_damaged" | "not_here" | "updates_off" | "manifest_broken" | "update_untrusted" | "update_unfit" | "update_failed" | "jobs_running" | "cancelled" | "internal";
export type Retry = "never" | "now" | "later" | "after_fix";
export type Problem = { 
/**
 * Stable; screens switch on this and nothing else.
 */
code: Code, 
/**
 * English, capital first, no full stop, names the thing.
 */
message: string, hint: string | null, retry: Retry, 
/**
 * Cluster, key, status, the platform's own words: for the details fold and support text. Never a secret.
 */
facts: Array<[string, string]>, };
export type LineCode = "lane_official" | "lane_official_unsure" | "lane_official_seen" | "lane_rebuild" | "lane_rebuild_seen" | "lane_rebuild_other" | "lane_rebuild_large" | "lane_rebuild_rights" | "lane_from_template" | "lane_registry" | "lane_chosen" | "rebuild_not_too_old" | "rebuild_not_first" | "rebuild_not_allowed" | "rebuild_not_built" | "rebuild_not_postable" | "route_server_copy" | "route_relay" | "route_none" | "route_live" | "route_template" | "route_none_backup" | "route_rebuild_store" | "route_rebuild_calls" | "route_rebuild_registry" | "route_rebuild_post" | "route_mended" | "route_file" | "route_undecided" | "route_none_record" | "arrives_components" | "arrives_config" | "arrives_ports" | "arrives_volumes" | "arrives_volume_data" | "arrives_filled" | "arrives_package" | "arrives_ticket" | "arrives_record" | "stays_volume_data" | "arrives_gateway_rules" | "arrives_certificates" | "stays_gateway_rules" | "stays_config_groups" | "stays_certificates" | "stays_kubeblocks" | "stays_plugins" | "stays_secrets" | "changes_names" | "changes_stopped" | "changes_domains" | "changes_tcp_ports" | "changes_data_repacked" | "changes_images_renamed" | "changes_keys_dropped" | "changes_links_dropped" | "changes_started" | "arrives_read" | "changes_read" | "changes_helper" | "changes_template_gone" | "changes_started_for_data" | "changes_into_original" | "changes_beside_takes_backups" | "changes_beside" | "changes_new_app" | "loses_build_source" | "loses_webhooks" | "loses_autoscaler" | "loses_accounts" | "loses_history" | "loses_permissions" | "loses_compose" | "loses_volume_data" | "loses_third_party" | "loses_schedules" | "loses_volume_skipped" | "loses_dependency_outside" | "loses_dependency_left_out" | "loses_mount_outside" | "loses_mount_left_out" | "loses_domain" | "loses_certificate" | "loses_tcp_port" | "loses_k8s_attributes" | "loses_label" | "loses_probe_invalid" | "loses_plugin_left_out" | "loses_endpoints_kind" | "loses_governance_mode" | "alters_default_domain" | "alters_host_mentioned" | "alters_cname_in_package" | "alters_component_name" | "alters_host_name_taken" | "alters_protocol" | "alters_plugin_limits" | "alters_random_value" | "alters_scope_both" | "alters_empty_config_file" | "alters_volume_kind" | "alters_config_group_disabled" | "alters_job_strategy" | "alters_image_name_kept" | "alters_architecture" | "alters_source_becomes_market" | "volumes_can" | "volumes_none" | "volumes_read" | "volumes_read_version" | "volumes_read_only" | "volumes_read_stopped" | "volumes_read_gone" | "volumes_read_store" | "volumes_read_trust" | "volumes_read_bundle" | "volumes_held" | "volumes_no_helper" | "volumes_job" | "volumes_calls" | "volumes_no_store" | "volumes_left_out" | "loses_by_calls" | "leaves_third_party" | "leaves_kube_blocks" | "leaves_virtual_machine" | "leaves_slug" | "leaves_never_built" | "leaves_image_missing" | "leaves_image_unnamed" | "leaves_image_empty" | "leaves_image_name_collides" | "finding_images_missing" | "check_login_pass" | "check_login_block" | "check_region_pass" | "check_region_block" | "check_rights_pass" | "check_rights_block" | "check_lane_pass" | "check_lane_unverified" | "check_era_warn" | "check_era_block" | "check_images_block" | "check_array_block" | "check_kubeblocks_block" | "check_graphs_block" | "check_third_party_warn" | "check_cut_short_warn" | "check_memory_warn" | "check_expiry_none" | "check_expiry_unknown" | "check_expiry_days" | "check_expiry_date" | "check_expiry_warn" | "check_package_pass" | "check_package_missing" | "check_package_size" | "check_package_unread" | "check_package_unseen_warn" | "check_record_only_warn" | "check_backup_block" | "check_target_empty_pass" | "check_target_exists_pass" | "check_target_empty_block" | "check_name_taken_warn" | "check_key_free_pass" | "check_key_same_pass" | "check_key_taken_block" | "check_key_taken_mended" | "check_store_pass" | "check_store_block" | "check_store_missing" | "check_disk_pass" | "check_disk_block" | "check_file_exists_block" | "check_volume_data_pass" | "check_volume_data_block" | "check_volume_data_mended" | "check_volume_data_dropped" | "check_registry_mended" | "check_registry_unknown" | "check_registry_pass" | "check_registry_warn" | "check_own_registry_pass" | "check_own_registry_missing" | "check_own_registry_down" | "check_own_registry_login" | "check_own_registry_denied" | "check_registry_trust_pass" | "check_registry_trust_plain" | "check_registry_trust_own" | "check_production_warn" | "check_production_pass" | "check_read_only_block" | "check_resources_pass" | "check_resources_warn" | "check_bundle_pass" | "check_stateful_warn" | "check_stateful_hot" | "check_stateful_block" | "check_stateful_pass" | "check_closed_pass" | "check_closed_warn" | "check_closed_block" | "check_unfinished_warn" | "check_duplicate_same" | "check_duplicate_size" | "check_duplicate_other" | "check_duplicate_no_package" | "check_size_unknown" | "check_size_pass" | "check_size_fits" | "check_size_warn" | "check_custom_volumes_block" | "check_custom_volumes_warn" | "check_gateway_pass" | "check_gateway_warn" | "check_gateway_same_warn" | "check_gateway_unread" | "check_helper_warn" | "check_helper_loopback" | "check_reading_warn" | "check_reading_loopback" | "check_reading_block" | "check_helper_block" | "check_live_warn" | "check_live_nothing" | "check_share_pass" | "check_share_leaves" | "check_share_later" | "check_share_stopped" | "check_share_not_first" | "check_share_data_pass" | "check_share_data_warn" | "check_bundle_template" | "check_live_data_pass" | "check_live_data_warn" | "check_object_storage_pass" | "check_object_storage_block" | "check_connection_block" | "check_token_pass" | "check_token_warn" | "check_clock_pass" | "check_clock_warn" | "check_versions_pass" | "check_versions_warn" | "check_last_job_pass" | "check_last_job_failed" | "check_last_job_running" | "check_never_built_pass" | "check_never_built_warn" | "check_kubeblocks_warn" | "check_third_party_kept" | "check_architecture_pass" | "check_architecture_unknown" | "check_architecture_warn" | "check_cpu_pass" | "check_cpu_warn" | "check_cluster_pass" | "check_cluster_unknown" | "check_cluster_memory_warn" | "check_cluster_cpu_warn" | "check_routes_pass" | "check_routes_warn" | "check_routes_unseen" | "check_credentials_pass" | "check_credentials_encrypted" | "check_credentials_open" | "check_credentials_warn" | "check_metadata_pass" | "check_metadata_warn" | "fix_login" | "fix_connection" | "fix_token" | "fix_clock" | "fix_region" | "fix_rights" | "fix_read_only" | "fix_versions" | "fix_lane" | "fix_lane_try" | "fix_era" | "fix_store" | "fix_store_missing" | "fix_store_unseen" | "fix_package_missing" | "fix_package" | "fix_record_only" | "fix_backup" | "fix_target" | "fix_name" | "fix_key" | "fix_disk" | "fix_file" | "fix_volume_data" | "fix_volume_files" | "fix_registry" | "fix_registry_own" | "fix_own_registry_missing" | "fix_own_registry_down" | "fix_own_registry_login" | "fix_own_registry_denied" | "fix_registry_trust_plain" | "fix_registry_trust_own" | "fix_production" | "fix_resources" | "fix_cluster_room" | "fix_stateful" | "fix_stateful_hot" | "fix_closed" | "fix_custom_volumes" | "fix_object_storage" | "fix_images" | "fix_array" | "fix_components" | "fix_share_stopped" | "fix_share_not_first" | "fix_live_nothing" | "fix_bundle_template" | "fix_by_hand" | "fix_never_built" | "fix_memory" | "fix_expiry" | "fix_duplicate" | "fix_unfinished" | "fix_last_job" | "fix_last_job_running" | "fix_cut_short" | "fix_architecture" | "fix_routes" | "fix_helper" | "fix_reading" | "fix_reading_address" | "fix_reading_block" | "fix_helper_address" | "fix_helper_block" | "fix_credentials_open" | "fix_credentials" | "fix_size" | "paper_title" | "paper_made" | "paper_from" | "paper_to" | "paper_result" | "paper_started" | "paper_ended" | "paper_way" | "paper_official" | "paper_rebuild" | "paper_registry" | "paper_problem" | "paper_by_hand" | "paper_arrived" | "paper_missing" | "paper_unexpected" | "paper_announced" | "paper_plan" | "paper_plan_arrives" | "paper_plan_stays" | "paper_plan_changes" | "paper_no_plan" | "paper_checks" | "paper_block" | "paper_warn" | "paper_pass" | "paper_steps" | "paper_took" | "paper_bytes" | "paper_left" | "paper_gateway" | "paper_component" | "paper_old" | "paper_new" | "paper_what" | "paper_backup" | "paper_target" | "paper_computer" | "paper_log" | "paper_queued" | "paper_running" | "paper_cancelling" | "paper_done" | "paper_failed" | "paper_cancelled" | "paper_waiting" | "paper_skipped" | "paper_step_stop" | "paper_step_backup" | "paper_step_start" | "paper_step_check" | "paper_step_publish" | "paper_step_export_template" | "paper_step_fetch" | "paper_step_tidy" | "paper_step_plan" | "paper_step_prepare" | "paper_step_copy" | "paper_step_read" | "paper_step_data" | "paper_step_write" | "paper_step_restore" | "paper_step_import" | "paper_step_install" | "paper_step_adjust" | "paper_step_deploy" | "paper_step_fill" | "paper_step_unplug" | "paper_step_gateway" | "paper_step_compare" | "paper_step_verify" | "paper_step_clean" | "ability_backup" | "ability_app_backups" | "ability_tickets" | "ability_restore" | "ability_elsewhere" | "ability_pack_data" | "ability_unpack_data" | "ability_keep" | "ability_app_states" | "ability_routes" | "why_too_old" | "why_lost_argument" | "why_tickets_crash" | "why_refuses_s3" | "why_unpacks_nothing" | "why_restore_unfinished" | "why_looks_elsewhere" | "why_data_not_packed" | "why_data_unpacked_wrongly" | "why_expires" | "why_no_app_list" | "why_no_routes" | "log_started" | "log_resumed" | "log_stopped_components" | "log_started_components" | "log_backup_accepted" | "log_backup_long" | "log_backup_stays" | "log_share_filled" | "log_shared" | "log_exported" | "log_export_fetched" | "log_export_stays" | "log_app_created" | "log_ticket_imported" | "log_copy_resumed" | "log_copied" | "log_copied_by_tags" | "log_mended" | "log_metadata_beside" | "log_present" | "log_restore_started" | "log_restored" | "log_import_opened" | "log_package_sent" | "log_template_there" | "log_image_there" | "log_image_pushed" | "log_image_found" | "log_composed" | "log_installed" | "log_adjusted" | "log_reader_there" | "log_read_stopping" | "log_read" | "log_read_skipped" | "log_reader_taken" | "log_data_there" | "log_data_none" | "log_data_replicas" | "log_filled" | "log_helper_taken" | "log_rules_made" | "log_deployed" | "log_cleaned" | "log_not_cleaned" | "log_bundle_written" | "log_bundle_verified" | "log_cancelled" | "report_components" | "report_package_equal" | "report_package_equal_tags" | "report_mended" | "report_metadata_mended" | "report_data_dropped" | "report_data_doubtful" | "report_app" | "report_bundle" | "report_from_template" | "report_backup" | "report_backup_in_store" | "report_backup_unseen" | "report_volumes_empty" | "report_volumes_filled" | "report_read" | "report_read_marks" | "report_reader_image" | "report_volumes_not_filled" | "report_volume_marks" | "report_gateway_rules" | "report_rules_made" | "report_rule_clash" | "report_rule_refused" | "report_rules_unread" | "report_certificates" | "report_dns" | "report_started" | "report_pushed" | "report_not_running" | "report_not_compared" | "report_equal" | "report_as_announced" | "report_differs" | "report_not_adjusted" | "report_original_stopped" | "report_record" | "report_not_restored" | "report_package_absent" | "report_copied" | "left_app" | "left_backup" | "left_object" | "left_upload" | "left_route" | "left_certificate" | "left_template" | "left_share" | "left_export" | "left_chunks" | "left_images" | "left_pushed" | "left_blob_upload" | "left_lost_upload" | "left_layers" | "left_import" | "left_volume_data" | "left_reader" | "left_helper" | "left_file" | "left_region" | "left_stopped" | "gone_record" | "stays_object" | "stays_unseen" | "stays_nothing" | "stays_on_disk" | "stays_record" | "gone_object" | "held_by_record" | "held_by_unknown" | "held_by_job" | "storage_shared" | "storage_bucket_only" | "storage_used" | "storage_refused";
export type Line = { code: LineCode, facts: { [key in string]: string }, message: string, };
export type Aspect = "component" | "kind" | "memory" | "cpu" | "replicas" | "command" | "port" | "protocol" | "inner_port" | "host_name" | "env" | "outer_env" | "volume" | "config_file" | "dependency" | "mount" | "probe" | "k8s_attribute" | "endpoint" | "config_group" | "route";
export type Difference = { 
/**
 * Empty where it is about the app.
 */
component: string, aspect: Aspect, 
/**
 * Which row: a name, a path, a port.
 */
what: string, 
/**
 * None: not there. “…” where the value is not shown.
 */
left: string | null, right: string | null, };
export type Environment = "production" | "staging" | "test";
export type Place = { "kind": "team", cluster: ClusterId, 
/**
 * What people call the cluster.
 */
cluster_name: string, environment: Environment, team: TeamName, team_alias: string, 
/**
 * The region's version, as it says it.
 */
version: string, } | { "kind": "this_computer", path: string, } | { "kind": "object", address: string, };
export type Kept = "keyring" | "this_run" | "no";
export type Language = "auto" | "en" | "zh";
export type Theme = "auto" | "light" | "dark";
export type Site = "office" | "factory";
export type Habits = { 
/**
 * Tells when a job ends while another window is in front.
 */
notify: boolean, 
/**
 * Draws progress on the window's button in the taskbar.
 */
progress: boolean, 
/**
 * Asks before quitting while jobs run.
 */
ask: boolean, 
/**
 * Shows a sign in the tray, where the desktop has one.
 */
tray: boolean, 
/**
 * Closing the window leaves the program in the tray.
 */
close_to_tray: boolean, };
export type QuietHours = { from_minute: number, to_minute: number, 
/**
 * Bytes a second that all transfers together may take then; none: they wait.
 */
limit_bytes_per_sec: number | null, };
export type Settings = { language: Language, theme: Theme, 
/**
 * The folder of bundles; the host's own when none is set.
 */
library_dir: string | null, 
/**
 * Columns that are open, by cluster, in order; all when none is set.
 */
columns: Array<string> | null, 
/**
 * Bytes a second that all transfers together may take; none: as fast as it goes.
 */
limit_bytes_per_sec: number | null, 
/**
 * Jobs that move at the same time, 1 to 8; 3 when none is set.
 */
jobs_at_once: number | null, 
/**
 * How many of them may be at one cluster; none: no limit of its own.
 */
jobs_per_cluster: number | null, 
/**
 * A part of each day in which transfers take less; none: no such hours.
 */
quiet: QuietHours | null, 
/**
 * How large all of the window is drawn, in percent; 100 when none is set. The window keeps it between 80 and 200.
 */
zoom_percent: number | null, desktop: Habits, 
/**
 * Who is asked for newer versions of the program, when the person says so; nobody when none is set.
 */
update_endpoint: string | null, };
export type Leave = "asking" | "stay" | "hide" | "quit";
export type DesktopNote = { title: string, body: string, };
export type TrayWords = { show: string, quit: string, };
export type SamplesView = { 
/**
 * False where the host has none to lend.
 */
available: boolean, running: boolean, site: Site, };
export type AboutView = { name: string, version: string, data_dir: string, 
/**
 * Where a secret would go now: the keyring, or memory for this run.
 */
secrets: Kept, samples: SamplesView, };
export type UpdateView = { version: string, 
/**
 * Of the manifest, which nobody signs.
 */
notes: string | null, 
/**
 * The name it was signed under; none until its package is here and proven.
 */
proven: string | null, };
export type UpdatesView = { 
/**
 * False where it was built without a key, or nobody here can install.
 */
taken: boolean, 
/**
 * What was found before and not installed yet.
 */
found: UpdateView | null, };
export type InstalledView = { version: string, 
/**
 * False where a job began meanwhile: it counts from the next start on.
 */
restarts: boolean, };
export type ConsoleState = { "kind": "unknown" } | { "kind": "connecting" } | { "kind": "ready" } | { "kind": "failed", problem: Problem, };
export type StoreKind = "s3" | "oss";
export type StoreView = { kind: StoreKind, endpoint: string, bucket: string, region: string, access_key: string, secret_key: Kept, 
/**
 * Read from the console's own settings, not typed by the user.
 */
from_console: boolean, };
export type StoreDraft = { 
/**
 * The region it belongs to; empty: every region of this console.
 */
cluster_region: string, kind: StoreKind, endpoint: string, bucket: string, region: string, access_key: string, secret_key: string | null, };
export type TeamView = { name: TeamName, alias: string, };
export type CertaintyView = "said" | "paired" | "by_user" | "guessed";
export type CannotView = { what: Line, why: Line, };
export type CertificateView = { 
/**
 * Its SHA-256, `AA:BB:…`.
 */
fingerprint: string, };
export type EraView = { 
/**
 * `E0` to `E6`, by the region: where packages lie, and how.
 */
era: string, 
/**
 * The region's.
 */
version: string, 
/**
 * The console's; they normally match.
 */
console_version: string, certainty: CertaintyView, can: Array<Line>, cannot: Array<CannotView>, };
export type ClusterView = { id: ClusterId, console: ConsoleId, 
/**
 * What people call it: the console's name, with the region's where a console has several.
 */
name: string, region: string, environment: Environment, read_only: boolean, version: string, 
/**
 * What its version can do; none where nobody knows the version.
 */
era: EraView | null, 
/**
 * False when the region does not answer its console.
 */
healthy: boolean, teams: Array<TeamView>, 
/**
 * Teams the console has and this user is not in; shown as a count, never silently.
 */
hidden_team_count: number, store: StoreView | null, };
export type ConsoleView = { id: ConsoleId, name: string, url: string, user: string, environment: Environment, read_only: boolean, group: string, notes: string, ca_pem: string | null, 
/**
 * The one certificate that is believed, by its SHA-256.
 */
fingerprint: string | null, 
/**
 * What goes to the console can be read on the way: plain HTTP, and not to this computer.
 */
plain_http: boolean, 
/**
 * One of the sample clusters.
 */
sample: boolean, password: Kept, state: ConsoleState, 
/**
 * As the console says it, e.g. `v5.17.3`; empty until known.
 */
version: string, clusters: Array<ClusterView>, };
export type ConsoleDraft = { id: ConsoleId | null, name: string, url: string, user: string, 
/**
 * Left out: the one that is kept stays.
 */
password: string | null, environment: Environment, read_only: boolean, group: string, notes: string, 
/**
 * A certificate authority of one's own, as PEM.
 */
ca_pem: string | null, 
/**
 * Believe this certificate and no other: its SHA-256, as `show_certificate` tells it.
 */
fingerprint: string | null, 
/**
 * Left out: those that are saved stay.
 */
stores: Array<StoreDraft> | null, };
export type RungName = "address" | "tcp" | "tls" | "console" | "login" | "rights" | "cluster" | "store";
export type RungState = { "kind": "passed", detail: string, } | { "kind": "failed", problem: Problem, } | { "kind": "not_tried" };
export type RungView = { name: RungName, state: RungState, took_ms: number, };
export type TestView = { rungs: Array<RungView>, version: string, 
/**
 * Of the first region.
 */
era: EraView | null, 
/**
 * Regions that the console names, for the stores.
 */
regions: Array<string>, teams: Array<string>, };
export type AppState = "running" | "starting" | "stopping" | "stopped" | "abnormal" | "empty" | "unknown" | "deleted";
export type BackupMode = "cloud" | "local";
export type BackupStatus = "running" | "ready" | "failed";
export type BackupView = { id: BackupId, app: AppId, app_name: string, 
/**
 * `YYYYMMDDHHMMSS`, the console's local time.
 */
version: string, 
/**
 * As the console says it, without a zone: `2026-08-20 10:30:12`.
 */
created: string, mode: BackupMode, status: BackupStatus, size_bytes: number, note: string, author: string, 
/**
 * Taken while stateful components ran: its data may be inconsistent.
 */
hot: boolean, };
export type AppView = { id: AppId, name: string, state: AppState, component_count: number, running_count: number, 
/**
 * Newest first.
 */
backups: Array<BackupView>, };
export type ColumnRequest = { cluster: ClusterId, team: TeamName, };
export type ColumnView = { cluster: ClusterId, team: TeamName, 
/**
 * Apps of the team; and, after them, apps that are gone but whose backups are not (`deleted`).
 */
apps: Array<AppView>, problems: Array<Problem>, loaded_at: string, };
export type PackageVolume = { name: string, kind: string, path: string, has_data: boolean, };
export type PackageVariable = { name: string, 
/**
 * None where it looks like a secret: such a value leaves the core for nobody.
 */
value: string | null, };
export type PackageComponent = { 
/**
 * Its id in the package: its files lie in folders named after it.
 */
id: string, name: string, kind: string, image: string, 
/**
 * The image tar is in the package.
 */
has_image: boolean, memory_mb: number, variable_count: number, config_file_count: number, variables: Array<PackageVariable>, 
/**
 * Their paths.
 */
config_files: Array<string>, ports: Array<string>, volumes: Array<PackageVolume>, };
export type DiagnosticsRequest = { 
/**
 * The file to write; one in the folder of bundles if left out.
 */
path: string | null, };
export type MemberRequest = { source: PlanSource, name: string, 
/**
 * The file it becomes; one that is there is not replaced.
 */
path: string, };
export type ValueRequest = { source: PlanSource, 
/**
 * The component's id in the package.
 */
component: string, name: string, };
export type MemberView = { name: string, size_bytes: number, compressed_bytes: number, };
export type PackageView = { app_name: string, size_bytes: number, 
/**
 * Bytes that were read to know this.
 */
read_bytes: number, entry_count: number, components: Array<PackageComponent>, gateway_rules: Array<string>, 
/**
 * Where credentials were found; never the values.
 */
credentials: Array<string>, findings: Array<Line>, };
export type PassphraseFor = { "kind": "file", path: string, } | { "kind": "plan", plan: PlanId, } | { "kind": "job", job: JobId, };
export type PassphraseRequest = { for: PassphraseFor, passphrase: string, };
export type FileKind = "bundle" | "locked" | "ticket" | "unreadable";
export type BundleView = { app_name: string, 
/**
 * The backup's version, `YYYYMMDDHHMMSS`.
 */
version: string, 
/**
 * Where it came from: the console's and the team's name; empty in a ticket.
 */
cluster_name: string, team_alias: string, platform_version: string, note: string, author: string, package_bytes: number, 
/**
 * Proven by this program since the file last changed.
 */
verified: boolean, };
export type FileView = { path: string, name: string, kind: FileKind, 
/**
 * Behind a passphrase, given or not.
 */
encrypted: boolean, size_bytes: number, 
/**
 * What a bundle or ticket says of itself.
 */
bundle: BundleView | null, problem: Problem | null, };
export type LibraryView = { folder: string, files: Array<FileView>, free_bytes: number, problems: Array<Problem>, };
export type Lane = "official" | "rebuild" | "registry";
export type Route = "none" | "server_copy" | "relay" | "file";
export type PlanSource = { "kind": "backup", cluster: ClusterId, team: TeamName, backup: BackupId, } | { "kind": "file", path: string, } | { "kind": "app", cluster: ClusterId, team: TeamName, app: AppId, };
export type RestoreManner = "in_place" | "beside";
export type PlanTarget = { "kind": "team", cluster: ClusterId, team: TeamName, app: AppId | null, } | { "kind": "this_computer", folder: string | null, } | { "kind": "backup" } | { "kind": "restore", manner: RestoreManner, };
export type PlanOptions = { 
/**
 * The app's name on arrival; the original one if left out.
 */
app_name: string | null, 
/**
 * Start components after arrival.
 */
start_after: boolean, 
/**
 * The lane, where more than one is possible; chosen if left out.
 */
lane: Lane | null, 
/**
 * For the lane by a registry: the address of a saved one.
 */
registry: string | null, 
/**
 * For a backup: `full-online` (cloud) or `full-offline` (local).
 */
cloud: boolean, note: string, 
/**
 * For a backup: stop stateful components that run, and start them again. For a restore in place: stop all that run.
 */
stop_stateful: boolean, 
/**
 * For a backup: take it while they run, consistent or not.
 */
force: boolean, 
/**
 * Leave the volumes' files out, where a package cannot be restored with them.
 */
drop_volume_data: boolean, 
/**
 * For an import: only the record and its package arrive; nothing is restored.
 */
record_only: boolean, 
/**
 * Make the app's own gateway rules again; where left out: yes, unless the app still runs on the same console.
 */
gateway_rules: boolean | null, 
/**
 * Copy the certificates of these rules, where the source can be asked.
 */
certificates: boolean, 
/**
 * Components whose volumes are filled with what the package holds of them, each by its id or display name; `*`: all that
 * can be. A helper runs before each of them, as a privileged init container. Asks for the lane `rebuild` where none is
 * named; of no effect in the other one, which brings what the platform brings.
 */
volume_data: Array<string>, 
/**
 * Components whose files no package holds and that are read at the source, each by its id or display name; `*`: all that
 * can be. Each is stopped there while a helper reads its volumes, as a privileged init container, and started again; on
 * the target they are filled like the others. Asks for the lane `rebuild` like those; of no effect in the other ones.
 */
volume_reading: Array<string>, 
/**
 * The source's store as its pods know it, where that is not its address here.
 */
reading_endpoint: string | null, 
/**
 * The target's store as its pods know it, where that is not its address here: `http://minio.rbd-system:9000`.
 */
volume_endpoint: string | null, 
/**
 * For an export: behind a passphrase. Where left out: yes, unless the package is known to hold no credentials.
 */
encrypt: boolean | null, };
export type PlanRequest = { source: PlanSource, target: PlanTarget, options: PlanOptions, };
export type AskView = { "kind": "file", file: FileView, } | { "kind": "console", console: ConsoleId | null, address: string, } | { "kind": "plan", source: PlanSource, target: PlanTarget, } | { "kind": "refused", problem: Problem, };
export type PlanKind = "migrate" | "export" | "import" | "backup" | "restore";
export type Level = "block" | "warn" | "pass";
export type CheckId = "login" | "rights" | "read_only" | "era" | "lane" | "backup" | "source_store" | "target_store" | "package" | "volume_data" | "registry" | "target_empty" | "name" | "key_free" | "resources" | "disk" | "file" | "bundle" | "production" | "stateful" | "custom_volumes" | "object_storage" | "metadata" | "images" | "components" | "memory" | "expiry" | "region" | "closed" | "size" | "duplicate" | "unfinished" | "connection" | "token" | "clock" | "versions" | "last_job" | "never_built" | "architecture" | "cpu" | "cluster_room" | "routes" | "credentials" | "gateway" | "helper" | "reading" | "share" | "own_registry" | "registry_trust";
export type CheckView = { id: CheckId, level: Level, 
/**
 * What was looked at and what was seen, with the facts it is judged by.
 */
line: Line, 
/**
 * What to do about it; none where it passed.
 */
fix?: Line, };
export type PlanStep = { name: PhaseName, estimate_secs: number, };
export type EncryptionView = { 
/**
 * It starts with a passphrase only.
 */
on: boolean, 
/**
 * What looks like a credential in the package; none while the package is not made.
 */
credential_count: number | null, };
export type PlanView = { id: PlanId, kind: PlanKind, request: PlanRequest, source: Place, target: Place, 
/**
 * The app as it is called at the source.
 */
source_app: string, 
/**
 * The backup's version (`YYYYMMDDHHMMSS`), where there is one.
 */
version: string | null, 
/**
 * The app as it will be called at the target.
 */
app_name: string, 
/**
 * None where no app comes to life (export, backup).
 */
lane: Lane | null, lane_reason: Line | null, 
/**
 * Lanes that may be chosen instead.
 */
other_lanes: Array<Lane>, route: Route, route_reason: Line, total_bytes: number, estimate_secs: number, steps: Array<PlanStep>, arrives: Array<Line>, stays: Array<Line>, changes: Array<Line>, checks: Array<CheckView>, 
/**
 * Where an app is made anew: its components with files to keep, to be chosen from.
 */
volumes: Array<VolumePlanView>, 
/**
 * For an export: the file that will be written.
 */
path: string | null, 
/**
 * For an export: whether a passphrase is wanted.
 */
encryption: EncryptionView | null, 
/**
 * What must be typed before the button works: the cluster's name, for production.
 */
confirm: string | null, };
export type VolumePlanView = { 
/**
 * Its id in the package.
 */
component: string, name: string, 
/**
 * Names of the volumes that keep files.
 */
volumes: Array<string>, 
/**
 * Of the package's archives that would be unpacked; 0 where it has none.
 */
bytes: number, 
/**
 * They are in no package: only the source itself can be read.
 */
reads: boolean, can: boolean, chosen: boolean, 
/**
 * What would happen, or why it cannot.
 */
line: Line, };
export type JobKind = "migrate" | "export" | "import" | "backup" | "copy" | "verify" | "restore";
export type JobState = "queued" | "running" | "cancelling" | "done" | "failed" | "cancelled";
export type PhaseName = "stop" | "backup" | "start" | "publish" | "export_template" | "fetch" | "plan" | "check" | "read" | "prepare" | "data" | "copy" | "write" | "restore" | "import" | "install" | "adjust" | "fill" | "deploy" | "unplug" | "gateway" | "compare" | "verify" | "tidy" | "clean";
export type PhaseState = "waiting" | "running" | "done" | "failed" | "skipped";
export type PhaseView = { name: PhaseName, state: PhaseState, started_at: string | null, ended_at: string | null, 
/**
 * Bytes moved in this phase; `total_bytes` is 0 where the platform gives no progress.
 */
done_bytes: number, total_bytes: number, };
export type LogLine = { at: string, line: Line, };
export type LeftoverView = { id: string, line: Line, 
/**
 * False where nobody but the cluster's operator can remove it.
 */
removable: boolean, };
export type OriginalView = { cluster: ClusterId, team: TeamName, app_id: AppId, 
/**
 * What must be typed to delete it.
 */
name: string, 
/**
 * The copy was complete and ran when it was compared. Looked at once more before anything is deleted.
 */
can_delete: boolean, deleted: boolean, };
export type ReportView = { arrived: Array<Line>, missing: Array<Line>, 
/**
 * What is left to do, though it arrived.
 */
due: Array<Line>, 
/**
 * Settings that differ from the backup, as the plan had said.
 */
announced: Array<Difference>, 
/**
 * Those that differ though nobody said so.
 */
differences: Array<Difference>, 
/**
 * Where the app is now, for a link and for the board to show it.
 */
cluster: ClusterId | null, team: TeamName | null, app_id: AppId | null, backup_id: BackupId | null, 
/**
 * The file written on this computer.
 */
path: string | null, sha256: string | null, 
/**
 * The page of the app in its console.
 */
app_url: string | null, 
/**
 * The app it was restored from, where that is another one of the same console.
 */
original: OriginalView | null, };
export type JobView = { id: JobId, 
/**
 * Grows with every change that is written down: a view that arrives late is told by it.
 */
revision: number, kind: JobKind, state: JobState, app_name: string, source: Place, target: Place, created_at: string, started_at: string | null, ended_at: string | null, phases: Array<PhaseView>, done_bytes: number, 
/**
 * Of the running phase: on their way, and not yet held by the target.
 */
moving_bytes: number, total_bytes: number, 
/**
 * Measured over the last seconds; 0 while nothing moves.
 */
bytes_per_sec: number, 
/**
 * From what is left and the measured rate; none while no bytes move.
 */
eta_secs: number | null, problem: Problem | null, leftovers: Array<LeftoverView>, report: ReportView | null, log: Array<LogLine>, 
/**
 * Those that wait go in this order, the smallest first.
 */
turn: number, 
/**
 * Bytes are held back until somebody lets it go on.
 */
paused: boolean, can_pause: boolean, can_cancel: boolean, can_retry: boolean, can_clean: boolean, };
export type ShownPlan = { 
/**
 * The app as it was called at the source.
 */
source_app: string, 
/**
 * The backup's version, where there was one.
 */
version: string | null, lane: Lane | null, lane_reason: Line | null, route_reason: Line, total_bytes: number, estimate_secs: number, arrives: Array<Line>, stays: Array<Line>, changes: Array<Line>, checks: Array<CheckView>, };
export type TodoView = { about: Line, fix?: Line, };
export type GatewayTodo = { component: string, old: string, new: Array<string>, };
export type JobReport = { format_version: number, 
/**
 * Of the Rainferry that wrote it.
 */
version: string, job: JobId, kind: JobKind, state: JobState, app_name: string, source: Place, target: Place, created_at: string, started_at: string | null, ended_at: string | null, 
/**
 * As it was shown before the start; none for jobs of older versions, and for those that have no plan.
 */
plan: ShownPlan | null, steps: Array<PhaseView>, problem: Problem | null, 
/**
 * Places, files, and what was found on the target.
 */
result: ReportView, by_hand: Array<TodoView>, gateway: Array<GatewayTodo>, leftovers: Array<LeftoverView>, log: Array<LogLine>, };
export type HistoryFormat = "csv" | "json";
export type HistoryRequest = { format: HistoryFormat, 
/**
 * In this order; every job that has ended, newest first, if left out.
 */
jobs: Array<JobId> | null, 
/**
 * The file to write; one in the folder of bundles if left out.
 */
path: string | null, };
export type ReportFormat = "html" | "json";
export type ReportRequest = { job: JobId, format: ReportFormat, 
/**
 * For a page; the one of the settings if left out, and English where those leave it to the desktop.
 */
language: Language | null, 
/**
 * The file to write; one named after the job in the folder of bundles if left out.
 */
path: string | null, };
export type SavedReport = { path: string, };
export type MoveRequest = { job: JobId, 
/**
 * None: behind all.
 */
before: JobId | null, };
export type StartRequest = { plan: PlanId, 
/**
 * What was typed to confirm, where the plan asks for it.
 */
confirm: string, };
export type CopyRequest = { 
/**
 * `s3://<console>/<cluster>/<bucket>/<key>` of a saved store, or a path.
 */
source: string, target: string, 
/**
 * `s3://<bucket>/<key>` is taken from the environment's store.
 */
environment: boolean, 
/**
 * Overwrite what lies at the target.
 */
overwrite: boolean, 
/**
 * Compute the SHA-256 of the whole. Without it the fastest way is taken whose result can be proven.
 */
sha256: boolean, way: CopyWay | null, 
/**
 * For measuring: do not compare what arrived.
 */
unproven: boolean, };
export type CopyWay = "buffered" | "streamed";
export type DataSign = "unknown" | "no_volumes" | "whole" | "partly" | "absent";
export type BackupsRequest = { cluster: ClusterId, team: TeamName | null, };
export type BackupRow = { cluster: ClusterId, cluster_name: string, team: TeamName, team_alias: string, backup: BackupView, 
/**
 * The app is gone; its backup is not.
 */
app_deleted: boolean, 
/**
 * Known once the package was looked into (`inspect`, or a plan).
 */
data: DataSign, };
export type BackupsView = { 
/**
 * Newest first.
 */
rows: Array<BackupRow>, 
/**
 * Teams whose backups could not be listed.
 */
problems: Array<Problem>, loaded_at: string, };
export type BackupRef = { cluster: ClusterId, team: TeamName, backup: BackupId, };
export type ObjectView = { bucket: string, key: string, size_bytes: number, 
/**
 * One of the two metadata files that v6 leaves beside a package.
 */
is_metadata: boolean, };
export type BackupPlaceView = { backup: BackupRef, version: string, endpoint: string, 
/**
 * Where a restore looks now; none where the package lies in no store.
 */
bucket: string | null, key: string | null, 
/**
 * What is there: the package first, then what lies beside it.
 */
objects: Array<ObjectView>, 
/**
 * The package at places where no restore looks: the console's setting changed since.
 */
elsewhere: Array<ObjectView>, 
/**
 * Why there is no place, or why it could not be looked at.
 */
problem: Problem | null, };
export type RemovalView = { place: BackupPlaceView, app_id: AppId, 
/**
 * Why the record cannot be deleted; none: it can.
 */
problem: Problem | null, 
/**
 * What the platform leaves in the store.
 */
stays: Array<Line>, 
/**
 * Who needs the objects; empty: nobody, and they may be deleted with the record.
 */
holders: Array<Line>, can_delete_objects: boolean, 
/**
 * What must be typed first: the cluster's name, for production.
 */
confirm: string | null, };
export type RemovalRequest = { backup: BackupRef, 
/**
 * Its objects too: refused where anybody else needs them.
 */
objects: boolean, confirm: string, };
export type RemovedView = { gone: Array<Line>, stays: Array<Line>, 
/**
 * Objects that could not be deleted.
 */
problems: Array<Problem>, };
export type CompareRequest = { left: PlanSource, right: PlanSource, };
export type CompareView = { left: string, right: string, 
/**
 * Empty: the same in everything that is looked at.
 */
differences: Array<Difference>, };
export type StorageView = { console: ConsoleId, 
/**
 * Anything was ever set.
 */
is_set: boolean, is_enabled: boolean, kind: StoreKind, endpoint: string, bucket: string, 
/**
 * The first letters of the access key, and dots.
 */
access_key: string, has_secret: boolean, 
/**
 * Why this user may not set it; none: they may.
 */
problem: Problem | null, 
/**
 * What the setting means for each cluster.
 */
notes: Array<Line>, 
/**
 * What must be typed to set it: the console's name, for production.
 */
confirm: string | null, };
export type StorageDraft = { console: ConsoleId, is_enabled: boolean, kind: StoreKind, endpoint: string, bucket: string, access_key: string | null, secret_key: string | null, confirm: string, };
export type StorageStep = "reach" | "write" | "read" | "delete";
export type StorageStepView = { name: StorageStep, 
/**
 * None: it worked.
 */
problem: Problem | null, };
export type StorageTestView = { works: boolean, steps: Array<StorageStepView>, };
export type StorageChangeView = { before: StorageView, after: StorageView, };
export type RegistryView = { 
/**
 * `HOST[:port]/namespace`; what plans name it by.
 */
address: string, 
/**
 * Empty: nobody logs in.
 */
user: string, plain_http: boolean, has_ca: boolean, password: Kept, };
export type RegistryDraft = { address: string, user: string, password: string | null, 
/**
 * Without encryption: only where the registry has none.
 */
plain_http: boolean, 
/**
 * The authority of its certificate, PEM.
 */
ca_pem: string | null, };
export type SelectionRequest = { cluster: ClusterId, team: TeamName, apps: Array<AppId>, options: PlanOptions, };
export type SelectionRow = { app: AppId, plan: PlanView | null, problem: Problem | null, };
export type TicketRequest = { backup: BackupRef, 
/**
 * The folder to write to; the library if left out.
 */
folder: string | null, };
export type AppRef = { cluster: ClusterId, team: TeamName, app: AppId, };
export type AppPageView = { url: string, opened: boolean, };
export type DeleteOriginalRequest = { job: JobId, 
/**
 * The original app's name, as typed.
 */
confirm: string, };
export type Event = { "kind": "job_changed", job: JobView, } | { "kind": "console_changed", console: ConsoleView, } | { "kind": "consoles_changed" } | { "kind": "library_changed" } | { "kind": "column_changed", cluster: ClusterId, } | { "kind": "samples_changed", samples: SamplesView, } | { "kind": "settings_changed", settings: Settings, } | { "kind": "leaving", jobs: number, tray: boolean, } | { "kind": "update_comes", done_bytes: number, total_bytes: number | null, } | { "kind": "asked" };

export interface Commands {
  app_about: { request: null; answer: AboutView };
  get_settings: { request: null; answer: Settings };
  save_settings: { request: Settings; answer: Settings };
  save_diagnostics: { request: DiagnosticsRequest; answer: SavedReport };
  save_diagnostics_as: { request: null; answer: SavedReport | null };
  reveal_logs: { request: null; answer: null };
  get_updates: { request: null; answer: UpdatesView };
  check_update: { request: null; answer: UpdateView | null };
  fetch_update: { request: null; answer: UpdateView };
  stop_fetch: { request: null; answer: null };
  open_update: { request: null; answer: UpdateView | null };
  install_update: { request: string; answer: InstalledView };
  list_consoles: { request: null; answer: Array<ConsoleView> };
  test_console: { request: ConsoleDraft; answer: TestView };
  show_certificate: { request: string; answer: CertificateView };
  save_console: { request: ConsoleDraft; answer: ConsoleView };
  remove_console: { request: ConsoleId; answer: null };
  refresh_console: { request: ConsoleId; answer: ConsoleView };
  list_registries: { request: null; answer: Array<RegistryView> };
  save_registry: { request: RegistryDraft; answer: RegistryView };
  remove_registry: { request: string; answer: null };
  load_column: { request: ColumnRequest; answer: ColumnView };
  remembered_column: { request: ColumnRequest; answer: ColumnView | null };
  inspect: { request: PlanSource; answer: PackageView };
  reveal_value: { request: ValueRequest; answer: string };
  list_members: { request: PlanSource; answer: Array<MemberView> };
  save_member: { request: MemberRequest; answer: MemberView };
  compare: { request: CompareRequest; answer: CompareView };
  list_backups: { request: BackupsRequest; answer: BackupsView };
  locate_backup: { request: BackupRef; answer: BackupPlaceView };
  plan_removal: { request: BackupRef; answer: RemovalView };
  delete_backup: { request: RemovalRequest; answer: RemovedView };
  export_ticket: { request: TicketRequest; answer: FileView };
  read_storage: { request: ConsoleId; answer: StorageView };
  test_storage: { request: StorageDraft; answer: StorageTestView };
  save_storage: { request: StorageDraft; answer: StorageChangeView };
  list_library: { request: null; answer: LibraryView };
  inspect_file: { request: string; answer: FileView };
  choose_file: { request: null; answer: FileView | null };
  choose_folder: { request: null; answer: string | null };
  take_asked: { request: null; answer: Array<AskView> };
  leave: { request: Leave; answer: null };
  notify: { request: DesktopNote; answer: null };
  name_tray: { request: TrayWords; answer: null };
  reveal_file: { request: string; answer: null };
  give_passphrase: { request: PassphraseRequest; answer: null };
  verify_file: { request: string; answer: JobView };
  make_plan: { request: PlanRequest; answer: PlanView };
  plan_selection: { request: SelectionRequest; answer: Array<SelectionRow> };
  start_plan: { request: StartRequest; answer: JobView };
  copy_object: { request: CopyRequest; answer: JobView };
  list_jobs: { request: null; answer: Array<JobView> };
  get_job: { request: JobId; answer: JobView };
  cancel_job: { request: JobId; answer: JobView };
  pause_job: { request: JobId; answer: JobView };
  move_job: { request: MoveRequest; answer: JobView };
  unpause_job: { request: JobId; answer: JobView };
  retry_job: { request: JobId; answer: JobView };
  clean_job: { request: JobId; answer: JobView };
  forget_job: { request: JobId; answer: null };
  job_report: { request: JobId; answer: JobReport };
  save_report: { request: ReportRequest; answer: SavedReport };
  save_report_as: { request: ReportRequest; answer: SavedReport | null };
  save_history: { request: HistoryRequest; answer: SavedReport };
  save_history_as: { request: HistoryRequest; answer: SavedReport | null };
  open_report: { request: SavedReport; answer: null };
  delete_original: { request: DeleteOriginalRequest; answer: JobView };
  open_app: { request: AppRef; answer: AppPageView };
  start_samples: { request: null; answer: SamplesView };
  stop_samples: { request: null; answer: SamplesView };
  move_site: { request: Site; answer: SamplesView };
}
