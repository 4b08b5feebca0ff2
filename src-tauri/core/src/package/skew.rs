//! Metadata newer than a console: the columns in a package's rows that the console has no place for (protocol.md §8.7).

use super::model::AppModel;
use serde_json::Value;

/// Those of `columns` (table, column) that the console's metadata of a package names, as `table.column`.
pub(crate) fn columns_named(model: &AppModel, columns: &[(&str, &str)]) -> Vec<String> {
    let named = |(table, column): &(&str, &str)| {
        model.components.iter().any(|component| names(component.console_raw.0.get(table), column))
    };
    columns.iter().filter(|pair| named(pair)).map(|(table, column)| format!("{table}.{column}")).collect()
}

/// Whether a row, or one of a list of rows, has the column; its value does not matter.
fn names(rows: Option<&Value>, column: &str) -> bool {
    match rows {
        Some(Value::Object(row)) => row.contains_key(column),
        Some(Value::Array(rows)) => rows.iter().any(|row| row.get(column).is_some()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{ComponentModel, Raw};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_column_counts_even_where_it_holds_nothing() {
        let raw = json!({"service_base": {"arch": "", "cmd": ""}, "service_ports": [{"port": 1}, {"name": null}]});
        let component = ComponentModel { console_raw: Raw(raw), ..ComponentModel::default() };
        let model = AppModel { components: vec![component], ..AppModel::default() };
        let columns = [("service_base", "arch"), ("service_base", "dockerfile"), ("service_ports", "name"), ("x", "y")];
        assert_eq!(columns_named(&model, &columns), ["service_base.arch", "service_ports.name"]);
    }
}
