//! Columns of the console's tables by the version that brought them. A console saves a restored row as `Model(**row)`: a
//! column it does not know raises, and the restore fails (protocol.md §8.7). Older metadata on a newer console is fine.

use super::Version;

/// Table (a key of a component in `console_apps_metadata.json`), column, first version that knows it.
const SINCE: &[(&str, &str, Version)] = &[
    ("service_volumes", "mode", Version(5, 3, 3)),
    ("service_base", "k8s_component_name", Version(5, 5, 0)),
    ("service_base", "job_strategy", Version(5, 8, 0)),
    ("service_ports", "name", Version(5, 11, 0)),
    ("service_base", "arch", Version(5, 15, 0)),
    ("service_base", "dockerfile", Version(6, 4, 0)),
    ("service_base", "build_strategy", Version(6, 7, 0)),
];

/// (table, column) of all that a console is too old for.
pub(crate) fn columns_unknown_to(console: Version) -> Vec<(&'static str, &'static str)> {
    let later = SINCE.iter().filter(|(_, _, since)| console < *since);
    later.map(|(table, column, _)| (*table, *column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_unknown_up_to_its_version() {
        assert!(columns_unknown_to(Version(6, 9, 8)).is_empty());
        assert_eq!(columns_unknown_to(Version(6, 6, 2)), [("service_base", "build_strategy")]);
        let on_v5 = columns_unknown_to(Version(5, 17, 3));
        assert_eq!(on_v5, [("service_base", "dockerfile"), ("service_base", "build_strategy")]);
        assert_eq!(columns_unknown_to(Version(5, 2, 2)).len(), SINCE.len());
    }
}
