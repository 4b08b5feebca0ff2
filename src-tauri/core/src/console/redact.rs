//! Makes a console's words fit to be shown: no traceback, no address inside its cluster, no token.

const LIMIT_CHARS: usize = 400;
const COVER: &str = "…";

/// What may be quoted of a text; nothing at all of a traceback (recording 104: `msg_show` is one).
pub(super) fn quotable(text: &str, hide: &[&str]) -> Option<String> {
    if is_traceback(text) {
        return None;
    }
    let mut shown = text.to_owned();
    for secret in hide.iter().filter(|secret| secret.len() >= 4) {
        shown = shown.replace(secret, COVER);
    }
    let words: Vec<String> = shown.split_whitespace().map(cover_word).collect();
    let shown: String = words.join(" ").chars().filter(|c| !c.is_control()).take(LIMIT_CHARS).collect();
    (!shown.is_empty()).then_some(shown)
}

/// What unhandled errors of v6 show to users (recording 104).
pub(super) fn is_traceback(text: &str) -> bool {
    text.contains("Traceback (most recent call last)")
}

/// Covers words that carry an address or a token (recordings 539, 1412: region URLs; tokens start `eyJ`).
fn cover_word(word: &str) -> String {
    let telling = word.contains("://")
        || word.contains("host='")
        || word.contains("port=")
        || word.contains("/v2/")
        || word.contains("eyJ")
        || word.contains(" object at 0x");
    if telling { COVER.to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_words_remain() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(quotable(text, &["hunter2"]).as_deref(), expected);
        check("应用名称已存在", Some("应用名称已存在"));
        check("Traceback (most recent call last):\n  File", None);
        check("", None);
        check("bad key hunter2 here", Some("bad key … here"));
        check("see http://10.0.0.1:8443/v2/tenants now", Some("see … now"));
        check("token eyJhbGciOi.x.y", Some("token …"));
        check("pool(host='127.0.0.1', port=18802): retries", Some("… … retries"));
    }
}
