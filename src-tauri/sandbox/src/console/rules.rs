//! The older gateway API: the console's own tables of HTTP and TCP rules (recorded 820–828; v5.17.3 820, 821).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::apps::{port_row, urls};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::enterprise::paged;
use crate::clock;
use crate::noise;
use crate::state::{Component, HttpRule, TcpRule};

/// The component a rule belongs to, if it is in the place (and app).
fn owner<'a>(desk: &'a Desk<'_>, place: &Place, app: Option<u64>, service_id: &str) -> Option<&'a Component> {
    let row = desk.rows().component(service_id)?;
    let here = row.tenant_id == place.tenant_id && row.region == place.region;
    (here && app.is_none_or(|app| app == row.app_id)).then_some(row)
}

fn group_name(desk: &Desk<'_>, row: &Component) -> Value {
    json!(desk.rows().app(row.app_id).map(|app| app.name.clone()))
}

fn http_row(desk: &Desk<'_>, rule: &HttpRule, row: &Component) -> Value {
    let certificate = desk.rows().certificates.iter().find(|known| known.id == rule.certificate_id);
    let scheme = if certificate.is_some() { "https" } else { "http" };
    json!({
        "certificate_alias": certificate.map(|known| known.alias.clone()).unwrap_or_default(),
        "domain_name": format!("{scheme}://{}", rule.domain), "type": u8::from(!rule.default),
        "is_senior": false, "group_name": group_name(desk, row), "service_cname": row.name,
        "service_alias": row.alias, "container_port": rule.port, "http_rule_id": rule.rule_id,
        "service_id": row.service_id, "domain_path": rule.path, "domain_cookie": "", "domain_heander": "",
        "the_weight": rule.weight, "is_outer_service": true, "path_rewrite": false, "rewrites": [], "group_id": row.app_id,
    })
}

fn tcp_row(desk: &Desk<'_>, rule: &TcpRule, row: &Component) -> Value {
    json!({
        "end_point": rule.end_point, "type": u8::from(!rule.default), "protocol": rule.protocol,
        "group_name": group_name(desk, row), "service_alias": row.alias, "container_port": rule.port,
        "service_cname": row.name, "tcp_rule_id": rule.rule_id, "service_id": row.service_id,
        "is_outer_service": true, "group_id": row.app_id, "service_source": row.source,
    })
}

fn listed(ask: &Ask, rows: &[Value]) -> Answer {
    let page = paged(rows, ask.number("page", 1), ask.number("page_size", 10));
    let list: Value = page.cloned().collect();
    Answer::found(Data::list(list).and_bean(json!({"total": rows.len()})))
}

/// `GET …/domain/query` of a team, `GET …/app/<app>/domain` of one app.
pub(crate) fn http_query(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let app = ask.param("app").parse().ok();
    let rules = desk.rows().http_rules.iter();
    let rows = rules.filter_map(|rule| Some(http_row(desk, rule, owner(desk, &place, app, &rule.service_id)?)));
    Ok(listed(ask, &rows.collect::<Vec<_>>()))
}

/// `GET …/tcpdomain/query` of a team, `GET …/app/<app>/tcpdomain` of one app.
pub(crate) fn tcp_query(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let app = ask.param("app").parse().ok();
    let rules = desk.rows().tcp_rules.iter();
    let rows = rules.filter_map(|rule| Some(tcp_row(desk, rule, owner(desk, &place, app, &rule.service_id)?)));
    Ok(listed(ask, &rows.collect::<Vec<_>>()))
}

/// `GET /console/teams/<team>/domain/get_port`
pub(crate) fn get_port(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let ip = desk.region(&place.region)?.tcp_domain.clone();
    let list = json!([{"ip": ip, "available_port": 10000}]);
    Ok(Answer::said(200, 200, "success", "可用端口查询成功", Data::list(list)))
}

fn asked_component(desk: &Desk<'_>, ask: &Ask, place: &Place) -> Result<Component, Answer> {
    let id = ask.text("service_id").unwrap_or_default();
    let row = owner(desk, place, None, id).cloned();
    row.ok_or_else(|| Answer::refused(404, "not service", "组件不存在"))
}

/// `POST /console/teams/<team>/httpdomain`: 201 (recorded 825), a second time 400 (826).
pub(crate) fn http_create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let row = asked_component(desk, ask, &place)?;
    let port = ask.field("container_port").and_then(Value::as_u64);
    let port = port.ok_or_else(|| Answer::refused(400, "parameters are missing", "参数缺失"))?;
    let domain = ask.text("domain_name").ok_or_else(|| Answer::refused(400, "parameters are missing", "参数缺失"))?;
    let path = ask.text("domain_path").unwrap_or("/");
    // Another component may share the place, by weight (rebuild.md §9.1).
    let same = |rule: &HttpRule| {
        rule.domain == domain && rule.path == path && rule.service_id == row.service_id && rule.port == port
    };
    if desk.rows().http_rules.iter().any(same) {
        return Err(Answer::refused(400, "failed", "策略已存在"));
    }
    let region_id = desk.region(&place.region)?.id.clone();
    let now = desk.now;
    let state = desk.rows_mut();
    let rule = HttpRule {
        id: state.next_id("http_rule"),
        rule_id: noise::id(),
        service_id: row.service_id.clone(),
        port,
        domain: domain.to_owned(),
        path: path.to_owned(),
        default: false,
        extensions: ask.field("rule_extensions").cloned().unwrap_or(json!([])),
        config: ask.field("value").cloned(),
        certificate_id: ask.field("certificate_id").and_then(Value::as_u64).unwrap_or_default(),
        weight: ask.field("the_weight").and_then(Value::as_u64).unwrap_or(100),
        create_time: now,
    };
    state.http_rules.push(rule.clone());
    let bean = json!({
        "protocol": "http", "http_rule_id": rule.rule_id, "service_id": row.service_id, "service_name": row.alias,
        "domain_name": rule.domain, "domain_type": "www", "service_alias": row.name,
        "create_time": clock::plain(now), "container_port": port, "certificate_id": rule.certificate_id, "domain_path": rule.path,
        "domain_cookie": "", "domain_heander": "", "the_weight": rule.weight, "tenant_id": row.tenant_id, "auto_ssl": false,
        "auto_ssl_config": null, "rule_extensions": [], "region_id": region_id, "path_rewrite": false,
        "rewrites": [], "type": 1,
    });
    Ok(Answer::said(201, 201, "success", "策略添加成功", Data::bean(bean)))
}

/// `POST /console/teams/<team>/tcpdomain`
pub(crate) fn tcp_create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let row = asked_component(desk, ask, &place)?;
    let missing = || Answer::refused(400, "parameters are missing", "参数缺失");
    let port = ask.field("container_port").and_then(Value::as_u64).ok_or_else(missing)?;
    let end_point = ask.text("end_point").ok_or_else(missing)?;
    if desk.rows().tcp_rules.iter().any(|rule| rule.end_point == end_point) {
        return Err(Answer::refused(400, "failed", "策略已存在"));
    }
    let region_id = desk.region(&place.region)?.id.clone();
    let now = desk.now;
    let state = desk.rows_mut();
    // One rule per port in the tables: the default one gives way (recorded 827 and the addresses in 1101).
    state.tcp_rules.retain(|rule| !(rule.service_id == row.service_id && rule.port == port && rule.default));
    let rule = TcpRule {
        id: state.next_id("tcp_rule"),
        rule_id: noise::id(),
        service_id: row.service_id.clone(),
        port,
        end_point: end_point.to_owned(),
        protocol: "tcp".to_owned(),
        default: false,
        create_time: now,
    };
    state.tcp_rules.push(rule.clone());
    let bean = json!({
        "tcp_rule_id": rule.rule_id, "service_id": row.service_id, "service_name": row.alias,
        "service_alias": row.name, "create_time": clock::plain(now), "container_port": port,
        "tenant_id": row.tenant_id, "protocol": "tcp", "end_point": rule.end_point, "region_id": region_id,
        "rule_extensions": [], "type": 1,
    });
    Ok(Answer::said(200, 200, "success", "tcp策略添加成功", Data::bean(bean)))
}

/// `GET /console/teams/<team>/groups/<app>/visit`
pub(crate) fn visit(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let id = desk.app(ask, &place)?.id;
    let tcp_domain = desk.region(&place.region)?.tcp_domain.clone();
    let state = desk.rows();
    let mut components: Vec<&Component> = state.components_of(id).collect();
    components.sort_by_key(|row| std::cmp::Reverse(row.update_time));
    let list = components.into_iter().map(|row| {
        let http = row.ports.first().is_some_and(|port| port.protocol == "http");
        let outer = row.ports.iter().any(|port| port.outer);
        let kind = match (row.ports.is_empty(), http, outer) {
            (true, ..) => "no_port",
            (_, true, true) => "http_port",
            (_, true, false) => "http_inner",
            (_, false, true) => "not_http_outer",
            (_, false, false) => "not_http_inner",
        };
        let info = row.ports.iter().map(|port| {
            let mut out = port_row(row, port);
            if port.outer {
                out.insert("access_urls".to_owned(), urls(state, row, port.port, &tcp_domain));
            }
            let connect = [("连接地址", "HOST", port.k8s_service.clone()), ("端口", "PORT", port.port.to_string())];
            let connect = connect.map(|(name, key, value)| {
                json!({"name": name, "attr_name": format!("{}_{key}", port.alias), "attr_value": value})
            });
            out.insert("connect_info".to_owned(), json!(connect));
            out.insert("service_cname".to_owned(), json!(row.name));
            Value::Object(out)
        });
        json!({"access_type": kind, "access_info": info.collect::<Value>()})
    });
    Ok(Answer::found(Data::list(list.collect::<Value>())))
}
