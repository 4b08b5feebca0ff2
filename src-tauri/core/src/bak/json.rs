//! JSON as Python's `json.dumps` writes it by default: `", "` and `": "`, everything but ASCII escaped.
//! Tickets must be byte for byte what the console would have written; `serde_json` has no such style.

use serde_json::Value;
use std::fmt::Write;

pub(super) fn dumps(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (at, (key, item)) in fields.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_text(out, key);
                out.push_str(": ");
                write_value(out, item);
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing into a String cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_written_as_python_writes_it() {
        let check = |value: Value, expected: &str| assert_eq!(dumps(&value), expected);
        check(json!({"a": 1, "b": [true, null]}), r#"{"a": 1, "b": [true, null]}"#);
        check(json!("迁移 🚀 é"), r#""\u8fc1\u79fb \ud83d\ude80 \u00e9""#);
        check(json!("\"\\\n\r\t\u{8}\u{c}\u{1}\u{7f}/"), r#""\"\\\n\r\t\b\f\u0001\u007f/""#);
        check(json!({}), "{}");
    }
}
