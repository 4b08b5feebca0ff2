//! Adding variables (recorded 1553, 1554). The list is among the components' views.

use serde_json::json;

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::{env_row, find};
use super::desk::{Desk, Need};
use crate::clock;
use crate::state::EnvVar;

/// `POST /console/teams/<team>/apps/<component>/envs`
pub(crate) fn add(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let key = ask.text("attr_name").ok_or_else(|| Answer::refused(400, "attr_name is null", "变量名不能为空"))?;
    let scope = ask.text("scope").filter(|scope| matches!(*scope, "inner" | "outer" | "both"));
    let scope = scope.ok_or_else(|| Answer::refused(400, "scope error", "参数异常"))?;
    if component.envs.iter().any(|env| env.key == key) {
        return Err(Answer::refused(412, "add env error", &format!("环境变量{key}已存在")));
    }
    let env = EnvVar {
        id: desk.rows_mut().next_id("env"),
        port: 0,
        name: ask.text("name").unwrap_or_default().to_owned(),
        key: key.to_owned(),
        value: ask.text("attr_value").unwrap_or_default().to_owned(),
        scope: scope.to_owned(),
        changeable: ask.field("is_change") != Some(&json!(false)),
        create_time: desk.now,
    };
    let bean = env_row(&component, &env, &clock::plain(env.create_time));
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.envs.push(env);
    }
    Ok(Answer::said(200, 200, "success", "环境变量添加成功", Data::bean(bean)))
}
