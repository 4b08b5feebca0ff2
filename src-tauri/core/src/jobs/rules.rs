//! Which rules of the gateway were settled.

use crate::jobs::fact::{Fact, RouteRef};
use crate::line::Line;
use std::collections::{BTreeMap, BTreeSet};

/// Gateway rules, by what makes each the same rule everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GatewayRecord {
    pub made: BTreeMap<String, Option<RouteRef>>,
    pub refused: BTreeMap<String, Line>,
    /// By name, with the id that its console gave it.
    pub certificates: BTreeMap<String, Option<i64>>,
    pub certificates_asked: BTreeSet<String>,
}

impl GatewayRecord {
    pub(crate) fn is_settled(&self, rule: &str) -> bool {
        self.made.contains_key(rule) || self.refused.contains_key(rule)
    }

    pub(super) fn forget_certificate(&mut self, name: &str) {
        self.certificates.remove(name);
        self.certificates_asked.remove(name);
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::RuleMade { rule, route } => drop(self.made.insert(rule.clone(), route.clone())),
            Fact::RuleRefused { rule, line } => drop(self.refused.insert(rule.clone(), line.clone())),
            Fact::CertificateAsking { name } => drop(self.certificates_asked.insert(name.clone())),
            Fact::CertificateMade { name, id } => drop(self.certificates.insert(name.clone(), *id)),
            _ => {}
        }
    }
}
