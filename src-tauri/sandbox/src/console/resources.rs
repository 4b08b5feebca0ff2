//! Memory and CPU of a component (recorded 1575).

use serde_json::Value;

use super::answer::{Answer, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};

/// `POST /console/teams/<team>/apps/<component>/vertical`
pub(crate) fn vertical(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    desk.reach(&place.region, &format!("/v2/tenants/{}/services/{}/vertical", place.team, ask.param("component")))?;
    let number = |name: &str| ask.field(name).and_then(Value::as_u64);
    let memory = number("new_memory").ok_or_else(|| Answer::refused(400, "new_memory is null", "请选择内存大小"))?;
    if let Some(row) = desk.rows_mut().component_mut(&id) {
        row.min_memory = memory;
        row.min_cpu = number("new_cpu").unwrap_or(row.min_cpu);
    }
    Ok(Answer::done("操作成功"))
}
