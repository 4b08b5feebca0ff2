//! Every sentence reads as one.

use super::*;

#[test]
fn facts_stand_where_the_text_names_them() {
    let line = Line::new(LineCode::LeftApp, [("app", "wiki".into()), ("app_id", "7".into()), ("team", "ops".into())]);
    assert_eq!(line.message, "App “wiki” (7) in ops");
}

#[test]
fn numbers_and_names_take_their_forms() {
    let facts = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let check = |text: &str, name: &str, value: &str, wanted: &str| {
        assert_eq!(fill(text, &facts(&[(name, value)]), "、"), wanted);
    };
    check("{count|rule|rules}: {names}", "count", "1", "1 rule: {names}");
    check("{count|rule|rules}", "count", "2", "2 rules");
    check("{bytes:bytes}", "bytes", "1234567890", "1.2 GB");
    check("{bytes:bytes}", "bytes", "84000", "84 KB");
    check("{names:list}", "names", "a, b", "a、b");
    check("{version:when}", "version", "20260820103012", "2026-08-20 10:30:12");
    check("{sha256:short}", "sha256", "0123456789abcdef0123", "0123456789ab…");
    // A value is no template.
    check("{names} {names", "names", "{names}", "{names} {names");
}

#[test]
fn every_sentence_begins_with_a_capital_or_a_fact_and_ends_without_a_stop() {
    for code in LineCode::ALL {
        let text = code.template();
        let first = text.chars().next().unwrap();
        assert!(first.is_uppercase() || first == '{', "{text}");
        assert!(!text.ends_with('.'), "{text}");
    }
}
