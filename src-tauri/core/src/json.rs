//! JSON from outside, weighed before it is read: a few bytes of text may become a hundred times as much memory.

use serde::de::{DeserializeOwned, Error};

/// What one text may come to in memory, about. The largest apps known come to a tenth of it.
const LIMIT_BYTES: usize = 48 << 20;
/// Of an object or a list before anything is in it, with the room that is set aside for the first few.
const OPENED_BYTES: usize = 400;
/// Of one more field or item.
const ITEM_BYTES: usize = 120;

pub(crate) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    weigh(text)?;
    serde_json::from_slice(text)
}

pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    from_slice(text.as_bytes())
}

/// Depth is bounded by the reader itself.
fn weigh(text: &[u8]) -> serde_json::Result<()> {
    let mut weight = text.len();
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => weight += OPENED_BYTES,
            b',' if !in_text => weight += ITEM_BYTES,
            _ => {}
        }
        if weight > LIMIT_BYTES {
            return Err(serde_json::Error::custom("it would take more memory than is given to such a file"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_text_that_would_swell_is_refused_before_it_is_read() {
        let refused = |text: String| {
            let error = from_str::<Value>(&text).unwrap_err().to_string();
            assert!(error.contains("memory"), "{error}");
        };
        refused(format!("[{}0]", "0,".repeat(500_000)));
        refused(format!("[{}[]]", "[],".repeat(100_000)));
        refused(format!("[{}0]", "{\"\":0},".repeat(100_000)));
        refused(format!("\"{}\"", "a".repeat(LIMIT_BYTES)));
        // What would never close is refused for that.
        assert!(from_str::<Value>(&"[".repeat(1_000)).is_err());
    }

    #[test]
    fn marks_within_texts_weigh_nothing_and_usual_files_pass() {
        let text = format!("{{\"a\": \"{}\\\"{{\"}}", "{[,".repeat(1_000_000));
        assert!(from_str::<Value>(&text).is_ok());
        let rows = format!("[{}0]", "{\"id\": 1, \"name\": \"web\", \"ports\": [80]},".repeat(20_000));
        assert!(from_str::<Value>(&rows).is_ok());
    }
}
