//! What the console's roles let a user do with an app's backups. The API does not hold anyone to it (recordings
//! 1210-1223), so we do.

use crate::ids::AppId;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// One app's `app_backup` permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BackupRight {
    pub describe: bool,
    pub add: bool,
    pub import: bool,
    pub recover: bool,
    pub migrate: bool,
    pub export: bool,
    pub delete: bool,
    /// Publish the app as a template, and export that (`app_release`).
    pub share: bool,
}

/// The permissions of one team, app by app (`tenant_actions` of recording 201).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BackupRights {
    apps: BTreeMap<i64, BackupRight>,
}

impl BackupRights {
    /// What the roles say of an app; `None` where they say nothing: a new app, or a console that lists no permissions.
    pub(crate) fn of(&self, app: AppId) -> Option<BackupRight> {
        self.apps.get(&app.0).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.apps.len()
    }

    /// Walks the tree: `app_<id>` somewhere above `app_backup`, wherever a version puts them.
    fn collect(&mut self, value: &Value, app: Option<i64>, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Object(fields) => {
                for (key, below) in fields {
                    if matches!(key.as_str(), "app_backup" | "app_release") {
                        if let Some(app) = app {
                            let known = self.apps.entry(app).or_default();
                            *known = if key == "app_backup" { right(below, *known) } else { release(below, *known) };
                        }
                    } else {
                        let named = key.strip_prefix("app_").and_then(|id| id.parse().ok());
                        self.collect(below, named.or(app), depth - 1);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, app, depth - 1)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn may(perms: &Value, name: &str) -> bool {
    let perms = perms.get("perms").and_then(Value::as_array);
    perms.into_iter().flatten().any(|perm| perm.get(name) == Some(&Value::Bool(true)))
}

fn release(perms: &Value, known: BackupRight) -> BackupRight {
    BackupRight { share: may(perms, "share") && may(perms, "export"), ..known }
}

fn right(backup: &Value, known: BackupRight) -> BackupRight {
    let may = |name: &str| may(backup, name);
    BackupRight {
        describe: may("describe"),
        add: may("add"),
        import: may("import"),
        recover: may("recover"),
        migrate: may("move"),
        export: may("export"),
        delete: may("delete"),
        share: known.share,
    }
}

impl<'de> Deserialize<'de> for BackupRights {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut rights = Self::default();
        rights.collect(&Value::deserialize(from)?, None, 24);
        Ok(rights)
    }
}
