//! Graphs of a component's own measures (console views/app_config/graph.py; services/app_config/component_graph.py).

use serde_json::json;

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use super::templates::text;
use crate::noise;

const GRAPHS: &str = "component_graphs";

/// `GET /console/teams/<team>/apps/<component>/graphs`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    Ok(Answer::found(Data::list(component.rows(GRAPHS).to_vec())))
}

/// `POST …/graphs` `{title, promql}`: both are needed, a title is there once, and comes last.
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let body = ask.body_json();
    let (title, promql) = (text(&body, "title"), text(&body, "promql"));
    if title.is_empty() || promql.is_empty() {
        return Err(Answer::refused(400, "param error", "参数错误"));
    }
    if component.rows(GRAPHS).iter().any(|row| row["title"] == title.as_str()) {
        return Err(Answer::refused(400, "the component graph already exists", "监控图表已存在"));
    }
    let id = desk.rows_mut().next_id("graph");
    let row = json!({
        "ID": id, "component_id": component.service_id, "graph_id": noise::id(), "title": title, "promql": promql,
        "sequence": component.rows(GRAPHS).len(),
    });
    if let Some(component) = desk.rows_mut().component_mut(&component.service_id) {
        component.add_row(GRAPHS, row.clone());
    }
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(row)))
}
