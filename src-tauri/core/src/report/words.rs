//! The core's sentences in the words of the page: the same two files, read as they are, so that nothing is said twice.

use crate::line::{Line, LineCode, fill};
use std::collections::HashMap;
use std::sync::LazyLock;

const ENGLISH: &str = include_str!("../../../../ui/src/strings/lines.en.ts");
const CHINESE: &str = include_str!("../../../../ui/src/strings/lines.zh.ts");

static EN: LazyLock<HashMap<&str, String>> = LazyLock::new(|| parse(ENGLISH));
static ZH: LazyLock<HashMap<&str, String>> = LazyLock::new(|| parse(CHINESE));

/// One language.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    pub lang: &'static str,
    comma: &'static str,
    lines: &'static LazyLock<HashMap<&'static str, String>>,
}

impl Words {
    pub(crate) const ENGLISH: Self = Self { lang: "en", comma: ", ", lines: &EN };
    pub(crate) const CHINESE: Self = Self { lang: "zh-CN", comma: "、", lines: &ZH };

    pub(crate) fn say(&self, line: &Line) -> String {
        let template = name(line.code).and_then(|name| self.lines.get(name.as_str()));
        template.map_or_else(|| line.message.clone(), |text| fill(text, &line.facts, self.comma))
    }

    pub(crate) fn word(&self, code: LineCode) -> String {
        self.say(&Line::new(code, []))
    }
}

/// As the page names it.
fn name(code: LineCode) -> Option<String> {
    serde_json::to_value(code).ok()?.as_str().map(str::to_owned)
}

/// `name: "text",`, the text perhaps on the next line.
fn parse(source: &str) -> HashMap<&str, String> {
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let mut words = HashMap::new();
    let mut known = None;
    for line in source.lines().map(str::trim) {
        let text = match line.split_once(':') {
            Some((name, rest)) if is_name(name) => {
                known = Some(name);
                rest.trim()
            }
            _ => line,
        };
        let Ok(text) = serde_json::from_str::<String>(text.trim_end_matches(',')) else { continue };
        if let Some(name) = known.take() {
            words.insert(name, text);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_sentence() {
        for words in [Words::ENGLISH, Words::CHINESE] {
            for code in LineCode::ALL {
                let name = name(*code).unwrap();
                assert!(words.lines.contains_key(name.as_str()), "{} has no {name}", words.lang);
            }
        }
    }

    #[test]
    fn a_sentence_is_said_in_its_language() {
        let line = Line::new(LineCode::LeftFile, [("path", "/a".to_owned())]);
        assert!(Words::CHINESE.say(&line).contains("/a") && Words::CHINESE.say(&line) != Words::ENGLISH.say(&line));
        let count = Line::new(LineCode::StaysGatewayRules, [("count", "1".to_owned())]);
        assert!(Words::ENGLISH.say(&count).starts_with("1 "), "{}", Words::ENGLISH.say(&count));
    }
}
