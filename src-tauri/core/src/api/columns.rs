//! A column of the board: apps and backups of a team, and what is inside one backup.

use super::backups::{
    AppState, AppView, BackupMode, BackupStatus, BackupView, ColumnRequest, ColumnView, MemberRequest, MemberView,
    PackageComponent, PackageVariable, PackageView, PackageVolume, ValueRequest,
};
use super::{Core, PlanSource};
use crate::bak::Mode;
use crate::console::{App, BackupRecord, BackupState};
use crate::engine::head::Head;
use crate::engine::members;
use crate::engine::preflight::source::{self, Inside};
use crate::ids::AppId;
use crate::line::{Line, LineCode};
use crate::package::{AppModel, ComponentModel, Credential, Entry, EnvValue, EnvVar, GatewayRule};
use crate::problem::{Code, Problem};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::PoisonError;

impl Core {
    /// What loads is there; what does not is named beside it.
    pub async fn load_column(&self, request: ColumnRequest) -> Result<ColumnView, Problem> {
        let ctx = self.ctx();
        let cluster = self.engine.links.cluster(&ctx, &request.cluster).await?;
        // Lists of many clusters are held one after the other, not all at once.
        let _turn = self.columns_at_once.acquire().await;
        let scope = cluster.scope(&request.team);
        let (apps, backups) =
            tokio::join!(cluster.console.apps(&ctx, &scope), cluster.console.team_backups(&ctx, &scope));
        let mut problems = Vec::new();
        let apps = apps.unwrap_or_else(|error| {
            problems.push(error.into());
            Vec::new()
        });
        let backups = backups.unwrap_or_else(|error| {
            problems.push(error.into());
            Vec::new()
        });
        let backups = self.refreshed(&cluster, &scope, backups).await;
        let loaded_at = self.engine.host.clock().now();
        let (cluster, team) = (request.cluster, request.team);
        let view = ColumnView { cluster, team, apps: column(apps, backups), problems, loaded_at };
        if view.problems.is_empty() {
            self.remember_column(&view).await;
        }
        Ok(view)
    }

    /// Lists show the state as it was last asked for (recording 516): running ones are asked for now.
    pub(super) async fn refreshed(
        &self,
        cluster: &crate::engine::links::Cluster,
        scope: &crate::console::Scope,
        mut backups: Vec<BackupRecord>,
    ) -> Vec<BackupRecord> {
        for row in backups.iter_mut().filter(|row| row.state() == BackupState::Starting).take(8) {
            if let Ok(now) = cluster.console.backup(&self.ctx(), scope, row.app(), &row.backup_id).await {
                let (group_name, is_delete) = (row.group_name.take(), row.is_delete);
                *row = BackupRecord { group_name, is_delete, ..now };
            }
        }
        backups
    }

    /// What it was, and in which package, is logged; the value is not.
    pub async fn reveal_value(&self, request: ValueRequest) -> Result<String, Problem> {
        let model = match &request.source {
            PlanSource::Backup { cluster, team, backup } => {
                source::of_backup(&self.engine, &self.ctx(), cluster, team, backup).await?.found?.inside?.model
            }
            PlanSource::File { path } => Head::open(&self.engine.keys, Path::new(path)).await?.model()?,
            PlanSource::App { .. } => {
                return Err(Problem::new(Code::BadRequest, "An app has no package; its backups have"));
            }
        };
        let component = model.components.iter().find(|component| component.id == request.component);
        let variable = component.and_then(|one| one.envs.iter().find(|env| env.name == request.name));
        let gone = || Problem::new(Code::NotFound, format!("There is no variable {}", request.name));
        let value = variable.ok_or_else(gone)?.value.reveal().to_owned();
        let component = component.map_or("", |component| component.cname.as_str());
        tracing::info!(app = %model.name, component, variable = %request.name, "a covered value was shown");
        Ok(value)
    }

    pub async fn inspect(&self, source: PlanSource) -> Result<PackageView, Problem> {
        let ctx = self.ctx();
        match source {
            PlanSource::Backup { cluster, team, backup } => {
                let seen = source::of_backup(&self.engine, &ctx, &cluster, &team, &backup).await?;
                let found = seen.found?;
                let size_bytes = found.facts?.size;
                let Inside { model, entry_count, read_bytes, .. } = found.inside?;
                let sign = crate::engine::preflight::data_sign(&model);
                let mut signs = self.engine.signs.lock().unwrap_or_else(PoisonError::into_inner);
                signs.insert((cluster, backup), sign);
                Ok(package_view(&model, size_bytes, read_bytes, entry_count))
            }
            PlanSource::File { path } => {
                let head = Head::open(&self.engine.keys, Path::new(&path)).await?;
                let model = head.model()?;
                Ok(package_view(&model, head.package_bytes(), 0, 0))
            }
            PlanSource::App { .. } => Err(Problem::new(Code::BadRequest, "An app has no package; its backups have")),
        }
    }

    pub async fn list_members(&self, source: PlanSource) -> Result<Vec<MemberView>, Problem> {
        let package = members::open(&self.engine, &self.ctx(), &source).await?;
        Ok(package.entries().iter().map(member_view).collect())
    }

    pub async fn save_member(&self, request: MemberRequest) -> Result<MemberView, Problem> {
        let ctx = self.ctx();
        let package = members::open(&self.engine, &ctx, &request.source).await?;
        let entry = members::save(&ctx, &package, &request.name, Path::new(&request.path)).await?;
        Ok(member_view(&entry))
    }
}

fn member_view(entry: &Entry) -> MemberView {
    let (name, size_bytes, compressed_bytes) = (entry.name.clone(), entry.size, entry.compressed_size);
    MemberView { name, size_bytes, compressed_bytes }
}

fn column(apps: Vec<App>, backups: Vec<BackupRecord>) -> Vec<AppView> {
    let mut by_app: BTreeMap<i64, Vec<BackupView>> = BTreeMap::new();
    let mut names: BTreeMap<i64, String> = BTreeMap::new();
    for row in backups {
        names.entry(row.group_id).or_insert_with(|| gone_name(&row));
        by_app.entry(row.group_id).or_default().push(backup_view(row));
    }
    let mut views: Vec<AppView> =
        apps.into_iter().map(|app| app_view(&app, by_app.remove(&app.id().0).unwrap_or_default())).collect();
    views.sort_by(|a, b| a.name.cmp(&b.name));
    views.extend(by_app.into_iter().map(|(id, backups)| AppView {
        id: AppId(id),
        name: names.remove(&id).unwrap_or_default(),
        state: AppState::Deleted,
        component_count: 0,
        running_count: 0,
        backups,
    }));
    for view in &mut views {
        view.backups.sort_by(|a, b| b.version.cmp(&a.version));
        let name = view.name.clone();
        view.backups.iter_mut().for_each(|backup| backup.app_name.clone_from(&name));
    }
    views
}

/// A deleted app is listed as "应用已删除": its number tells two of them apart.
pub(super) fn gone_name(row: &BackupRecord) -> String {
    match &row.group_name {
        Some(name) if !row.is_delete && !name.is_empty() => name.clone(),
        _ => format!("#{}", row.group_id),
    }
}

fn app_view(app: &App, backups: Vec<BackupView>) -> AppView {
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    AppView {
        id: app.id(),
        name: app.name.clone(),
        state: app_state(app),
        component_count: count(app.component_count),
        running_count: count(app.running_count),
        backups,
    }
}

/// `RUNNING, STARTING, STOPPING, CLOSED, ABNORMAL, PARTIAL_ABNORMAL, UNKNOWN`; old consoles say nothing (protocol.md §2.2).
fn app_state(app: &App) -> AppState {
    if app.component_count == 0 {
        return AppState::Empty;
    }
    match app.state.to_ascii_uppercase().as_str() {
        "RUNNING" => AppState::Running,
        "STARTING" => AppState::Starting,
        "STOPPING" => AppState::Stopping,
        "CLOSED" | "NIL" | "UNDEPLOY" => AppState::Stopped,
        "ABNORMAL" | "PARTIAL_ABNORMAL" => AppState::Abnormal,
        "" if app.running_count == app.component_count => AppState::Running,
        "" if app.running_count == 0 => AppState::Stopped,
        _ => AppState::Unknown,
    }
}

pub(super) fn backup_view(row: BackupRecord) -> BackupView {
    BackupView {
        app: row.app(),
        status: match row.state() {
            BackupState::Starting | BackupState::Other => BackupStatus::Running,
            BackupState::Success => BackupStatus::Ready,
            BackupState::Failed => BackupStatus::Failed,
        },
        mode: match Mode::parse(&row.mode) {
            Some(Mode::FullOffline) => BackupMode::Local,
            Some(Mode::FullOnline) | None => BackupMode::Cloud,
        },
        id: row.backup_id,
        app_name: String::new(),
        version: row.version,
        created: row.create_time,
        size_bytes: row.backup_size,
        hot: crate::engine::hot::is_hot(&row.note),
        note: row.note,
        author: row.user,
    }
}

fn package_view(model: &AppModel, size_bytes: u64, read_bytes: u64, entry_count: u32) -> PackageView {
    PackageView {
        app_name: model.name.clone(),
        size_bytes,
        read_bytes,
        entry_count,
        components: model.components.iter().map(component_view).collect(),
        gateway_rules: model.gateway_rules.iter().map(rule).collect(),
        credentials: model.credentials.iter().map(credential).collect(),
        findings: findings(model),
    }
}

fn component_view(component: &ComponentModel) -> PackageComponent {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    PackageComponent {
        id: component.id.clone(),
        name: component.cname.clone(),
        kind: component.extend_method.clone(),
        image: if component.image.is_empty() { component.built_image.clone() } else { component.image.clone() },
        has_image: component.image_entry.is_some(),
        memory_mb: u32::try_from(component.memory_mb).unwrap_or(u32::MAX),
        variable_count: count(component.envs.len()),
        config_file_count: count(component.config_files.len()),
        variables: component.envs.iter().map(variable).collect(),
        config_files: component.config_files.iter().map(|file| file.path.clone()).collect(),
        ports: component.ports.iter().map(|port| format!("{}/{}", port.port, port.protocol)).collect(),
        volumes: component
            .volumes
            .iter()
            .map(|volume| PackageVolume {
                name: volume.name.clone(),
                kind: volume.kind.clone(),
                path: volume.path.clone(),
                has_data: volume.data_in_package,
            })
            .collect(),
    }
}

fn variable(env: &EnvVar) -> PackageVariable {
    let value = match &env.value {
        EnvValue::Shown(text) => Some(text.clone()),
        EnvValue::Masked(_) => None,
    };
    PackageVariable { name: env.name.clone(), value }
}

fn rule(rule: &GatewayRule) -> String {
    match rule {
        GatewayRule::Http { domain, path, component, port, .. } => format!("{domain}{path} → {component}:{port}"),
        GatewayRule::Tcp { end_point, component, port, .. } => format!("{end_point} → {component}:{port}"),
    }
}

/// Where a credential lies; never what it is.
fn credential(found: &Credential) -> String {
    match &found.component {
        Some(component) => format!("{component}: {}", found.place),
        None => found.place.clone(),
    }
}

fn findings(model: &AppModel) -> Vec<Line> {
    let mut lines = Vec::new();
    let missing: Vec<&str> =
        model.missing_images.iter().filter(|image| image.was_built).map(|image| image.cname.as_str()).collect();
    if !missing.is_empty() {
        lines.push(Line::new(LineCode::FindingImagesMissing, [("names", missing.join(", "))]));
    }
    let empty = crate::engine::preflight::empty_volumes(model);
    if !empty.is_empty() {
        lines.push(Line::new(
            LineCode::StaysVolumeData,
            [("count", empty.len().to_string()), ("names", empty.join(", "))],
        ));
    }
    lines
}
