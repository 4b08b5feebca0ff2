//! A rule as neither v5 nor v6 has it: what it says, so that either can be made from the other.

use crate::console::{Backend, NewHttpRule, RouteMatch, RouteSpec};
use crate::package::{AppModel, GatewayRule, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a gateway gives the only one.
const ALL: u64 = 100;

/// An entry that a person made, and where it leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// The component's `service_id` at the source.
    pub component: String,
    /// Its name there.
    pub name: String,
    pub port: u16,
    pub entry: Entry,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    Http(Box<HttpEntry>),
    Tcp { port: u16 },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HttpEntry {
    pub host: String,
    pub path: String,
    /// `name=value`, several with `;`.
    pub header: String,
    pub cookie: String,
    pub weight: u64,
    /// It answers over https, by the certificate of this id where the source tells.
    pub is_https: bool,
    pub certificate: Option<i64>,
    pub extensions: Vec<Value>,
    /// The parameters of its nginx (v5).
    pub parameters: Value,
    /// As v6 has it.
    pub route: Option<RouteSpec>,
    /// Further components that share what comes, by weight.
    pub others: Vec<Leg>,
    /// Where a part of it went that is not of this app, as v6 calls it.
    pub left_out: Vec<String>,
}

/// Where a share of an entry leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leg {
    /// The component's `service_id` at the source.
    pub component: String,
    /// Its name there.
    pub name: String,
    pub port: u16,
    pub weight: u64,
}

impl Rule {
    /// What makes it the same rule everywhere; as a comparison calls it.
    pub(crate) fn key(&self) -> String {
        match &self.entry {
            Entry::Http(http) => format!("{}{}", http.host, http.path_or_root()),
            Entry::Tcp { port } => format!("tcp:{port}"),
        }
    }

    /// All of its legs, the first one first.
    pub(crate) fn legs(&self) -> Vec<Leg> {
        let (weight, others) = match &self.entry {
            Entry::Http(http) => (http.weight_or_all(), http.others.as_slice()),
            Entry::Tcp { .. } => (ALL, [].as_slice()),
        };
        let first = Leg { component: self.component.clone(), name: self.name.clone(), port: self.port, weight };
        std::iter::once(first).chain(others.iter().cloned()).collect()
    }

    /// Old → new, for the plan.
    pub(crate) fn in_words(&self) -> String {
        let legs = self.legs();
        let leg = |leg: &Leg| match legs.len() {
            1 => format!("{}:{}", leg.name, leg.port),
            _ => format!("{}:{} ({})", leg.name, leg.port, leg.weight),
        };
        let mut words = format!("{} → {}", self.key(), legs.iter().map(leg).collect::<Vec<_>>().join(" + "));
        if let Entry::Http(http) = &self.entry
            && !http.left_out.is_empty()
        {
            words.push_str(&format!(" (− {})", http.left_out.join(" − ")));
        }
        words
    }
}

impl HttpEntry {
    pub(crate) fn path_or_root(&self) -> &str {
        if self.path.is_empty() { "/" } else { &self.path }
    }

    pub(crate) fn weight_or_all(&self) -> u64 {
        if self.weight == 0 { ALL } else { self.weight }
    }

    /// As the gateway of v6 wants it (rebuild.md §9.2): one route for all its legs.
    pub(crate) fn route(&self, backends: Vec<Backend>) -> RouteSpec {
        if let Some(route) = &self.route {
            return RouteSpec { backends, ..route.clone() };
        }
        let conditions = |scope: &str, text: &str| {
            let row = |(name, value): (String, String)| json!({"subject": {"scope": scope, "name": name}, "op": "Equal", "value": value});
            pairs(text).into_iter().map(row).collect::<Vec<_>>()
        };
        let mut exprs = conditions("Header", &self.header);
        exprs.extend(conditions("Cookie", &self.cookie));
        let auth = json!({"enable": false, "type": "basicAuth", "keyAuth": {}, "jwtAuth": {}, "ldapAuth": {}});
        RouteSpec {
            matches: RouteMatch {
                hosts: vec![self.host.clone()],
                paths: vec![format!("{}*", self.path_or_root())],
                exprs,
                ..RouteMatch::default()
            },
            backends,
            plugins: self.plugins(),
            websocket: self.parameters.get("WebSocket").and_then(Value::as_bool).unwrap_or(false),
            authentication: auth,
            timeout: self.timeout(),
            ..RouteSpec::default()
        }
    }

    /// Headers that are set, and the way from http to https.
    fn plugins(&self) -> Vec<Value> {
        let mut plugins = Vec::new();
        let row = Row(&self.parameters);
        let headers: serde_json::Map<String, Value> = row
            .rows("set_headers")
            .map(|header| (header.text("item_key"), Value::from(header.text("item_value"))))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        if !headers.is_empty() {
            plugins.push(json!({"name": "proxy-rewrite", "enable": true, "config": {"headers": headers}}));
        }
        let redirects = |row: &Value| row.get("key").and_then(Value::as_str) == Some("httptohttps");
        if self.extensions.iter().any(redirects) {
            plugins.push(json!({"name": "redirect", "enable": true, "config": {"http_to_https": true}}));
        }
        plugins
    }

    fn timeout(&self) -> Value {
        let seconds = |key: &str| self.parameters.get(key).and_then(Value::as_u64).filter(|seconds| *seconds > 0);
        let times =
            [("connect", "proxy_connect_timeout"), ("send", "proxy_send_timeout"), ("read", "proxy_read_timeout")];
        let found: serde_json::Map<String, Value> = times
            .into_iter()
            .filter_map(|(name, key)| Some((name.to_owned(), Value::from(format!("{}s", seconds(key)?)))))
            .collect();
        if found.len() == times.len() { found.into() } else { Value::Null }
    }

    /// As the tables of v5 want it; none where it says what they cannot hold.
    pub(crate) fn row(
        &self,
        service_id: &str,
        port: u16,
        weight: u64,
        certificate: Option<i64>,
    ) -> Option<NewHttpRule> {
        let (header, cookie) = match &self.route {
            None => (self.header.clone(), self.cookie.clone()),
            Some(route) => {
                let is_plain = route.matches.methods.is_empty()
                    && route.matches.remote_addrs.is_empty()
                    && route.matches.hosts.len() == 1
                    && route.matches.paths.len() == 1
                    && route.plugins.is_empty();
                is_plain.then_some(())?;
                (of_scope(&route.matches.exprs, "Header")?, of_scope(&route.matches.exprs, "Cookie")?)
            }
        };
        Some(NewHttpRule {
            service_id: service_id.to_owned(),
            port,
            domain: self.host.clone(),
            path: self.path_or_root().to_owned(),
            cookie,
            header,
            weight,
            certificate,
            extensions: self.extensions.clone(),
            value: self.parameters.clone(),
        })
    }
}

/// `a=b;c=d`
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| part.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    text.split(';').filter_map(pair).collect()
}

/// Conditions of one scope as v5 writes them; none where one is of another kind than both know.
fn of_scope(exprs: &[Value], scope: &str) -> Option<String> {
    let mut found = Vec::new();
    for expr in exprs.iter().map(Row) {
        let subject = expr.row("subject");
        if expr.text("op") != "Equal" || !["Header", "Cookie"].contains(&subject.text("scope").as_str()) {
            return None;
        }
        if subject.text("scope") == scope {
            found.push(format!("{}={}", subject.text("name"), expr.text("value")));
        }
    }
    Some(found.join(";"))
}

/// Rules of people in a package; default domains are made anew by the platform.
pub(crate) fn of_package(model: &AppModel) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for rule in model.gateway_rules.iter().filter_map(|rule| of_row(model, rule)) {
        match rules.iter_mut().find_map(|known| shared_by(known, &rule)) {
            Some(http) => http.others.extend(rule.legs()),
            None => rules.push(rule),
        }
    }
    rules
}

/// Rows of one host, path and condition that lead to several components are one rule with several legs: v5 shares by
/// weight so, and on v6 the second would overwrite the first.
fn shared_by<'a>(known: &'a mut Rule, rule: &Rule) -> Option<&'a mut HttpEntry> {
    let elsewhere = known.legs().iter().all(|leg| (&leg.component, leg.port) != (&rule.component, rule.port));
    let (Entry::Http(one), Entry::Http(other)) = (&mut known.entry, &rule.entry) else { return None };
    let place = |http: &HttpEntry| [&http.host, http.path_or_root(), &http.header, &http.cookie].map(str::to_owned);
    (elsewhere && place(one) == place(other)).then_some(one)
}

fn of_row(model: &AppModel, rule: &GatewayRule) -> Option<Rule> {
    let found = |id: &str| model.components.iter().find(|component| component.id == id);
    match rule {
        GatewayRule::Http { is_default: true, .. } | GatewayRule::Tcp { is_default: true, .. } => None,
        GatewayRule::Http { component, port, domain, path, weight, has_certificate, raw, .. } => {
            let owner = found(component)?;
            let row = Row(&raw.0);
            let certificate = Some(row.number("certificate_id")).filter(|id| *id != 0);
            let entry = HttpEntry {
                host: domain.clone(),
                path: path.clone(),
                header: row.text("domain_heander"),
                cookie: row.text("domain_cookie"),
                weight: u64::try_from(*weight).unwrap_or(100),
                is_https: *has_certificate,
                certificate,
                extensions: extensions(&row),
                parameters: parameters(Row(&owner.console_raw.0), &row.text("http_rule_id")),
                ..HttpEntry::default()
            };
            let port = u16::try_from(*port).ok()?;
            Some(Rule {
                component: component.clone(),
                name: owner.cname.clone(),
                port,
                entry: Entry::Http(Box::new(entry)),
            })
        }
        GatewayRule::Tcp { component, port, end_point, .. } => {
            let owner = found(component)?;
            let outer = end_point.rsplit(':').next()?.parse().ok()?;
            let port = u16::try_from(*port).ok()?;
            Some(Rule {
                component: component.clone(),
                name: owner.cname.clone(),
                port,
                entry: Entry::Tcp { port: outer },
            })
        }
    }
}

/// `httptohttps:true,lb-type:round-robin`, or rows already.
fn extensions(row: &Row<'_>) -> Vec<Value> {
    let raw = row.row("rule_extensions");
    if let Value::Array(rows) = raw.0 {
        return rows.clone();
    }
    let pair = |part: &str| {
        let (key, value) = part.split_once(':')?;
        Some(json!({"key": key.trim(), "value": value.trim()}))
    };
    raw.0.as_str().unwrap_or_default().split(',').filter_map(pair).collect()
}

/// `http_rule_configs[].value`, which is JSON text.
fn parameters(component: Row<'_>, rule_id: &str) -> Value {
    let config = component.rows("http_rule_configs").find(|config| config.text("rule_id") == rule_id);
    let read = config.and_then(|config| serde_json::from_str::<Value>(&config.text("value")).ok());
    read.filter(Value::is_object).unwrap_or_else(|| json!({}))
}
