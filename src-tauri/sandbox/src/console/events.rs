//! Events of components and their logs (recorded 1590, 1591).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need};
use super::enterprise::paged;
use crate::clock;
use crate::noise;
use crate::state::{Component, Event};

/// Notes what was done to a component; `log` is what the region wrote while doing it.
pub(crate) fn add(desk: &mut Desk<'_>, component: &Component, kind: &str, log: &[String]) {
    add_as(desk, component, kind, "success", log);
}

/// Notes what failed, with the reason in the log.
pub(crate) fn add_failed(desk: &mut Desk<'_>, component: &Component, kind: &str, log: &[String]) {
    add_as(desk, component, kind, "failure", log);
}

fn add_as(desk: &mut Desk<'_>, component: &Component, kind: &str, status: &str, log: &[String]) {
    let event = Event {
        event_id: noise::id(),
        tenant_id: component.tenant_id.clone(),
        target_id: component.service_id.clone(),
        opt_type: kind.to_owned(),
        status: status.to_owned(),
        message: String::new(),
        time: desk.now,
        log: log.to_vec(),
    };
    desk.rows_mut().events.push(event);
}

/// `GET /console/teams/<team>/events?target=service&targetAlias=`: the oldest first.
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let alias = ask.query("targetAlias").unwrap_or_default();
    let mut rows = desk.rows().components.iter();
    let component = rows.find(|row| row.alias == alias && row.tenant_id == place.tenant_id);
    let target = component.map(|row| row.service_id.clone()).unwrap_or_default();
    let found: Vec<&Event> = desk.rows().events.iter().filter(|event| event.target_id == target).collect();
    let (page, size) = (ask.number("page", 1), ask.number("page_size", 6));
    let list = paged(&found, page, size).map(|event| {
        let time = clock::rfc3339(event.time);
        json!({
            "event_id": event.event_id, "tenant_id": event.tenant_id, "target": "service",
            "target_id": event.target_id, "opt_type": event.opt_type, "status": event.status,
            "final_status": "complete", "message": event.message, "create_time": time, "start_time": time,
            "end_time": time, "syn_type": 0, "user_name": "", "request_body": "",
        })
    });
    let more = i64::try_from(found.len()).unwrap_or_default() > page * size;
    let data = Data::list(list.collect::<Value>()).and("total", found.len()).and("has_next", more);
    Ok(Answer::found(data))
}

/// `GET /console/teams/<team>/events/<event>/log`
pub(crate) fn log(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let id = ask.param("event");
    let event = desk.rows().events.iter().find(|event| event.event_id == id && event.tenant_id == place.tenant_id);
    let lines = event.map(|event| (event.time, event.log.clone())).unwrap_or_default();
    let list = lines
        .1
        .iter()
        .map(|line| json!({"message": line, "time": clock::rfc3339(lines.0), "utime": lines.0 / 1_000_000}));
    Ok(Answer::found(Data::list(list.collect::<Value>())))
}
