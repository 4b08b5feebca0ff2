//! Which rules of the gateway were settled.

use crate::jobs::fact::{Fact, RouteRef};
use crate::line::Line;
use std::collections::{BTreeMap, BTreeSet};

/// Gateway rules, by what makes each the same rule everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GatewayRecord {
    pub made: BTreeMap<String, Option<RouteRef>>,
    pub refused: BTreeMap<String, Line>,
    pub certificates: BTreeSet<String>,
}

impl GatewayRecord {
    pub(crate) fn is_settled(&self, rule: &str) -> bool {
        self.made.contains_key(rule) || self.refused.contains_key(rule)
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::RuleMade { rule, route } => drop(self.made.insert(rule.clone(), route.clone())),
            Fact::RuleRefused { rule, line } => drop(self.refused.insert(rule.clone(), line.clone())),
            Fact::CertificateMade { name } => drop(self.certificates.insert(name.clone())),
            _ => {}
        }
    }
}
