//! Installing a template into an app, and the check before it (recorded 1524–1533, 1536, 1537; rebuild.md §3.5).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::installed;
use super::operations;
use super::templates::{components, memory, total};
use crate::state::{Template, TemplateVersion};

/// What the one node of a region has.
const NODE_CPU: u64 = 8000;
const NODE_MEMORY: u64 = 32 * 1024;
const NODE_ARCH: &str = "amd64";

/// What is asked for, found.
struct Wanted {
    place: Place,
    app_id: u64,
    template: Template,
    version: TemplateVersion,
}

fn wanted(desk: &Desk<'_>, ask: &Ask) -> Result<Wanted, Answer> {
    // v6 asks for no rights (recorded 1536), v5 for those to create (300002, 400002; rebuild.md §0).
    let place = if desk.era.is_v6() { desk.place(ask)? } else { desk.allowed(ask, Need::Create)? };
    let key = ask.text("app_id").unwrap_or_default();
    let template = desk.rows().templates.iter().find(|row| row.app_id == key).cloned();
    let template = template.ok_or_else(|| Answer::refused(400, "未找到该应用", "未找到该应用"))?;
    let number = ask.text("app_version").unwrap_or_default();
    let version = template.versions.iter().find(|row| row.version == number).cloned();
    let version = version.ok_or_else(|| Answer::refused(404, "app version not found", "应用市场应用版本不存在"))?;
    let app_id = ask.field("group_id").and_then(Value::as_u64).unwrap_or_default();
    let app = desk.rows().app(app_id).filter(|app| app.tenant_id == place.tenant_id && app.region == place.region);
    if app.is_none() {
        return Err(Answer::refused(404, "app not found", "应用不存在"));
    }
    if version.region != place.region {
        let show = format!(
            "该应用版本属于{}集群，无法跨集群安装，若需要跨集群，请在企业设置中配置跨集群访问的镜像仓库后重新发布。",
            version.region
        );
        return Err(Answer::refused(400, "app version can not install to this region", &show));
    }
    Ok(Wanted { place, app_id, template, version })
}

/// `POST /console/teams/<team>/apps/market_create/preflight` (v6.9.4 and later)
pub(crate) fn preflight(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let wanted = wanted(desk, ask)?;
    let bean = checked(desk, &wanted);
    Ok(Answer::said(200, 200, "success", "检测完成", Data::bean(bean)))
}

fn checked(desk: &Desk<'_>, wanted: &Wanted) -> Value {
    let (template, arch) = (&wanted.version.template, &wanted.version.arch);
    let (cpu, memory) = (total(template, |one| &one["cpu"]), memory(template));
    let here = desk.rows().components.iter().filter(|row| row.region == wanted.place.region);
    let live = here.filter(|row| row.status_at(desk.now) == "running");
    let used = live.fold((0, 0), |(cpu, memory), row| (cpu + row.min_cpu, memory + row.min_memory * row.min_node));
    let (free_cpu, free_memory) = (NODE_CPU.saturating_sub(used.0), NODE_MEMORY.saturating_sub(used.1));
    let fits = cpu <= free_cpu && memory <= free_memory;
    let runs = arch == NODE_ARCH;
    let status = |good: bool| if good { "pass" } else { "block" };
    let capacity = if fits { "集群资源满足安装要求" } else { "集群剩余资源不足" };
    let architecture = if runs { "应用架构与集群匹配" } else { "应用架构与集群节点架构不匹配" };
    let summary = match (fits, runs) {
        (true, true) => {
            format!("安装环境检测通过，应用预计需要{cpu}m CPU、{memory}Mi 内存")
        }
        (false, _) => capacity.to_owned(),
        (true, false) => architecture.to_owned(),
    };
    json!({
        "status": status(fits && runs), "mode": "block", "should_block": !(fits && runs), "duration_ms": 46,
        "summary": summary,
        "requirements": {
            "component_count": components(template).len(), "cpu": cpu, "memory": memory, "arch": arch,
            "images": images(template),
        },
        "checks": [
            {
                "name": "resource_capacity", "status": status(fits), "message": capacity,
                "reason": if fits { "" } else { "resource_insufficient" },
                "details": {
                    "total_cpu": NODE_CPU, "used_cpu": used.0, "free_cpu": free_cpu, "required_cpu": cpu,
                    "free_memory": free_memory, "required_memory": memory, "all_node": 1, "node_ready": 1,
                    "missing_cpu": cpu.saturating_sub(free_cpu),
                    "missing_memory": memory.saturating_sub(free_memory),
                },
            },
            {
                "name": "architecture", "status": status(runs), "message": architecture,
                "reason": if runs { "" } else { "arch_mismatch" },
                "details": {"template_arch": arch, "cluster_arches": [NODE_ARCH]},
            },
        ],
    })
}

fn images(template: &Value) -> BTreeSet<String> {
    let both = components(template).iter().flat_map(|row| [&row["share_image"], &row["image"]]);
    both.filter_map(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// `POST /console/teams/<team>/apps/market_create`: no id in the answer (recorded 1533); a second time it makes a
/// second set of components (recorded 1537).
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let wanted = wanted(desk, ask)?;
    if desk.era.is_v6() {
        let bean = checked(desk, &wanted);
        if bean["should_block"] == true {
            let show = bean["summary"].as_str().unwrap_or_default().to_owned();
            return Err(Answer::said(412, 10412, "market app preflight blocked", &show, Data::bean(bean)));
        }
    } else if wanted.version.arch != NODE_ARCH {
        // rebuild.md §3.5: v5.17.3–6.9.3.
        return Err(Answer::refused(404, "app arch mismatch", "应用架构与构建节点架构不匹配"));
    }
    desk.reach(&wanted.place.region, &format!("/v2/tenants/{}/apps/install", wanted.place.team))?;
    let user = ask.user_id;
    let made = installed::install(desk, &wanted.place, wanted.app_id, &wanted.template.name, &wanted.version, user)?;
    if ask.field("is_deploy") == Some(&json!(true)) {
        operations::operate(desk, &made, "deploy");
    }
    Ok(Answer::done("创建成功"))
}
