//! A component made from an image by calls: created, checked (which guesses), cleared, built (rebuild.md §7.1 step 5;
//! console views/app_create/docker_run.py, services/app_check_service.py).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::{base_row, find};
use super::desk::{Desk, Need};
use crate::noise;
use crate::region::{Job, Kept, PullJob, Purpose, Registry, is_elsewhere};
use crate::state::{Component, EnvVar, Port, Volume};

/// `POST /console/teams/<team>/apps/docker_run`: rows of the console only, until the build.
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let missing = |what: &str| Answer::refused(400, &format!("{what} cannot be null"), "参数错误");
    ask.text("image_type").filter(|kind| *kind == "docker_image").ok_or_else(|| missing("image_type"))?;
    let image = ask.text("docker_cmd").ok_or_else(|| missing("docker_cmd"))?.to_owned();
    let app_id = ask.field("group_id").and_then(Value::as_u64).unwrap_or_default();
    let app = desk.rows().app(app_id).filter(|app| app.tenant_id == place.tenant_id && app.region == place.region);
    app.ok_or_else(|| Answer::refused(404, "app not found", "应用不存在"))?;
    let name = ask.text("service_cname").ok_or_else(|| Answer::refused(400, "service name", "组件名不能为空"))?;
    let k8s = ask.text("k8s_component_name").unwrap_or_default();
    if !k8s.is_empty() && desk.rows().components_of(app_id).any(|row| row.k8s_name == k8s) {
        return Err(Answer::refused_as(400, 400, "k8s component name exists", "组件英文名已存在"));
    }
    let (service_id, now) = (noise::id(), desk.now);
    let id = desk.rows_mut().next_id("component");
    let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    let row = Component {
        id,
        alias: format!("gr{}", &service_id[service_id.len() - 6..]),
        service_id,
        name: name.to_owned(),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        app_id,
        version: tag.to_owned(),
        source: "docker_image".to_owned(),
        extend_method: "stateless_multiple".to_owned(),
        k8s_name: k8s.to_owned(),
        arch: ask.text("arch").unwrap_or_default().to_owned(),
        by_call: true,
        registry_user: ask.text("user_name").unwrap_or_default().to_owned(),
        registry_password: ask.text("password").unwrap_or_default().to_owned(),
        creating: true,
        // What a component made by hand begins with.
        min_memory: 512,
        min_node: 1,
        creater: ask.user_id,
        create_time: now,
        update_time: now + i64::try_from(id).unwrap_or_default(),
        status: "creating".to_owned(),
        build_version: noise::id()[..14].to_owned(),
        image_name: image.clone(),
        image,
        base_bytes: 4096,
        layer_bytes: 4096,
        ..Component::default()
    };
    let mut bean = base_row(&row, "", desk.era);
    bean.insert("create_status".to_owned(), json!("creating"));
    desk.rows_mut().components.push(row);
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(Value::Object(bean))))
}

/// `POST /console/teams/<team>/apps/<component>/check`
pub(crate) fn check(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    desk.reach(&place.region, &format!("/v2/tenants/{}/servicecheck", place.team))?;
    let uuid = noise::id();
    let mut pulls = false;
    if let Some(row) = desk.rows_mut().component_mut(&id) {
        row.check_uuid.clone_from(&uuid);
        row.pulled = None;
        pulls = is_elsewhere(&row.image);
    }
    if pulls {
        desk.jobs.push(Job::Pull(PullJob { service_id: id, purpose: Purpose::Check }));
    }
    Ok(Answer::found(Data::bean(json!({ "check_uuid": uuid, "check_event_id": noise::id() }))))
}

/// `GET /console/teams/<team>/apps/<component>/check?check_uuid=`: the first look that sees the end writes what was
/// guessed, once, and only before the build.
pub(crate) fn check_state(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let row = find(desk, ask, &place)?.clone();
    if ask.query("check_uuid").is_none_or(|uuid| uuid != row.check_uuid) {
        return Err(Answer::refused(404, "check not found", "检测记录不存在"));
    }
    let registry = desk.region(&row.region)?.registry.clone();
    let here = row.image.starts_with(&format!("{registry}/"));
    let kept = Registry::open(desk.dir).get(&row.image).cloned();
    let missing = (here && kept.is_none()).then(|| format!("镜像({})不存在", row.image));
    let why = match (&row.pulled, is_elsewhere(&row.image)) {
        (None, true) => {
            let bean = json!({ "check_status": "checking", "error_infos": [], "service_info": [] });
            return Ok(Answer::found(Data::bean(bean)));
        }
        (Some(Value::String(why)), true) => Some(why.clone()),
        _ => missing,
    };
    if let Some(why) = why {
        let error = json!({"error_type": "pull image", "error_info": why});
        let bean = json!({ "check_status": "failure", "error_infos": [error], "service_info": [] });
        return Ok(Answer::found(Data::bean(bean)));
    }
    if row.creating && row.check_event_id.is_empty() {
        let pulled = row.pulled.as_ref().map(|config| config["config"].clone());
        let config = pulled.or_else(|| kept.map(|kept: Kept| kept.config)).unwrap_or_default();
        guess(desk, &row, &config);
    }
    let bean = json!({ "check_status": "success", "error_infos": [], "service_info": [{"type": "image"}] });
    Ok(Answer::found(Data::bean(bean)))
}

/// Ports, variables and volumes of the image's own configuration.
fn guess(desk: &mut Desk<'_>, component: &Component, config: &Value) {
    let now = desk.now;
    let state = desk.rows_mut();
    let keys = |name: &str| config[name].as_object().into_iter().flatten().map(|(key, _)| key.clone());
    let mut ports = Vec::new();
    for key in keys("ExposedPorts").collect::<Vec<_>>() {
        let (number, protocol) = key.split_once('/').unwrap_or((&key, "tcp"));
        let Ok(number) = number.parse() else { continue };
        ports.push(Port {
            id: state.next_id("port"),
            port: number,
            protocol: protocol.to_owned(),
            alias: format!("{}{number}", component.alias.to_uppercase()),
            inner: true,
            outer: false,
            k8s_service: format!("{}-{number}", component.alias),
            name: None,
        });
    }
    let mut envs = Vec::new();
    for pair in config["Env"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        envs.push(EnvVar {
            id: state.next_id("env"),
            port: 0,
            name: key.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
            scope: "inner".to_owned(),
            changeable: true,
            create_time: now,
        });
    }
    let mut volumes = Vec::new();
    for path in keys("Volumes").collect::<Vec<_>>() {
        volumes.push(Volume {
            id: state.next_id("volume"),
            name: format!("{}-{}", component.alias, volumes.len()),
            kind: "share-file".to_owned(),
            path,
            provider: "rainbond.io/provisioner-sslc".to_owned(),
            access: "RWX".to_owned(),
            ..Volume::default()
        });
    }
    if let Some(row) = state.component_mut(&component.service_id) {
        row.ports.extend(ports);
        row.envs.extend(envs);
        row.volumes.extend(volumes);
        row.check_event_id = noise::id();
    }
}

/// `PUT /console/teams/<team>/apps/<component>/buildsource`: image and start command.
pub(crate) fn build_source(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    let command = ask.text("cmd").unwrap_or_default().to_owned();
    let image = ask.text("image").map(str::to_owned);
    if let Some(row) = desk.rows_mut().component_mut(&id) {
        row.cmd = command;
        if let Some(image) = image {
            row.image_name.clone_from(&image);
            row.image = image;
        }
    }
    Ok(Answer::done("修改成功"))
}

/// `DELETE …/ports/<port>`: an open one must be closed first.
pub(crate) fn delete_port(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let number: u64 = ask.param("port").parse().unwrap_or_default();
    let port = component.ports.iter().find(|port| port.port == number);
    let port = port.ok_or_else(|| Answer::refused(404, "port not found", &format!("端口{number}不存在")))?;
    if port.inner {
        return Err(Answer::refused(409, "port is inner", "请关闭对内服务"));
    }
    if port.outer {
        return Err(Answer::refused(409, "port is outer", "请关闭对外服务"));
    }
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.ports.retain(|port| port.port != number);
        row.envs.retain(|env| env.port != number);
    }
    Ok(Answer::done("删除成功"))
}

/// `DELETE …/envs/<env>`
pub(crate) fn delete_env(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let service = find(desk, ask, &place)?.service_id.clone();
    let id: u64 = ask.param("env").parse().unwrap_or_default();
    if let Some(row) = desk.rows_mut().component_mut(&service) {
        row.envs.retain(|env| env.id != id);
    }
    Ok(Answer::done("删除成功"))
}

/// `DELETE …/volumes/<volume>`
pub(crate) fn delete_volume(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let service = find(desk, ask, &place)?.service_id.clone();
    let id: u64 = ask.param("volume").parse().unwrap_or_default();
    let row = desk.rows_mut().component_mut(&service);
    let Some(row) = row.filter(|row| row.volumes.iter().any(|volume| volume.id == id)) else {
        return Err(Answer::refused(404, "volume not found", "存储不存在"));
    };
    row.volumes.retain(|volume| volume.id != id);
    Ok(Answer::done("删除成功"))
}
