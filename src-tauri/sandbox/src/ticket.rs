//! The sandbox's own codec of the `.bak` ticket: AuthCode as `www/utils/crypt.py` of rainbond console has it,
//! in the character form of Python 3 (v5.3.1 and later) and in the byte form of Python 2, which the later consoles read too.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest, Md5};

const KEY: &str = "GOODRAINLOVE";
const CODE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How a ticket was refused, by the Python exception it raises in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The first ten characters are no number.
    ValueError,
    /// The tag does not match: the console goes on with an empty text, which is no JSON.
    JsonDecodeError,
}

impl Refusal {
    pub(crate) fn exception(self) -> &'static str {
        match self {
            Self::ValueError => "ValueError",
            Self::JsonDecodeError => "JSONDecodeError",
        }
    }
}

fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

fn keys() -> (String, String) {
    let whole = md5_hex(KEY.as_bytes());
    (md5_hex(&whole.as_bytes()[..16]), md5_hex(&whole.as_bytes()[16..]))
}

/// The keystream of RC4 under `crypt_key`, as long as needed.
fn keystream(key_c: &str, len: usize) -> Vec<u8> {
    let (key_a, _) = keys();
    let crypt_key = format!("{key_a}{}", md5_hex(format!("{key_a}{key_c}").as_bytes()));
    let key = crypt_key.as_bytes();
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0usize;
    for i in 0..256 {
        j = (j + usize::from(state[i]) + usize::from(key[i % key.len()])) % 256;
        state.swap(i, j);
    }
    let (mut a, mut b) = (0usize, 0usize);
    (0..len)
        .map(|_| {
            a = (a + 1) % 256;
            b = (b + usize::from(state[a])) % 256;
            state.swap(a, b);
            state[(usize::from(state[a]) + usize::from(state[b])) % 256]
        })
        .collect()
}

fn tag(plain: &[u8]) -> String {
    let (_, key_b) = keys();
    md5_hex(&[plain, key_b.as_bytes()].concat())[..16].to_owned()
}

/// Encodes `plain` with the four characters `key_c` in front, character by character.
pub(crate) fn encode(plain: &str, key_c: &str) -> String {
    let message = format!("0000000000{}{plain}", tag(plain.as_bytes()));
    let stream = keystream(key_c, message.chars().count());
    let mixed: String = message
        .chars()
        .zip(stream)
        .map(|(ch, key)| char::from_u32(u32::from(ch) ^ u32::from(key)).unwrap_or(ch))
        .collect();
    format!("{key_c}{}", CODE.encode(mixed.as_bytes()))
}

/// Encodes `plain` byte by byte, as Python 2 did.
pub(crate) fn encode_bytes(plain: &str, key_c: &str) -> String {
    let message = format!("0000000000{}{plain}", tag(plain.as_bytes()));
    format!("{key_c}{}", CODE.encode(mixed(key_c, message.as_bytes())))
}

fn mixed(key_c: &str, bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(keystream(key_c, bytes.len())).map(|(byte, key)| byte ^ key).collect()
}

/// The four characters in front, and what follows them.
fn taken_apart(file: &[u8]) -> Result<(String, Vec<u8>), Refusal> {
    let text = String::from_utf8_lossy(file);
    let text = text.trim();
    let (Some(key_c), Some(rest)) = (text.get(..4), text.get(4..)) else { return Err(Refusal::ValueError) };
    // Python's base64 drops what is not in its alphabet and an incomplete last group fails.
    let bytes = CODE.decode(rest.trim_end_matches('=')).map_err(|_| Refusal::ValueError)?;
    Ok((key_c.to_owned(), bytes))
}

/// Decodes a ticket, the character form first.
pub(crate) fn decode(file: &[u8]) -> Result<String, Refusal> {
    let (key_c, bytes) = taken_apart(file)?;
    let Ok(chars) = std::str::from_utf8(&bytes) else { return open(&mixed(&key_c, &bytes)) };
    let stream = keystream(&key_c, chars.chars().count());
    let plain: Option<String> =
        chars.chars().zip(stream).map(|(ch, key)| char::from_u32(u32::from(ch) ^ u32::from(key))).collect();
    open(plain.ok_or(Refusal::ValueError)?.as_bytes())
}

/// Decodes a ticket as Python 2 does: the character form is garbage to it.
pub(crate) fn decode_bytes(file: &[u8]) -> Result<String, Refusal> {
    let (key_c, bytes) = taken_apart(file)?;
    open(&mixed(&key_c, &bytes))
}

fn open(message: &[u8]) -> Result<String, Refusal> {
    let expiry = message.get(..10).and_then(|digits| std::str::from_utf8(digits).ok());
    let expiry: u64 = expiry.and_then(|digits| digits.trim().parse().ok()).ok_or(Refusal::ValueError)?;
    let (Some(seal), Some(plain)) = (message.get(10..26), message.get(26..)) else {
        return Err(Refusal::JsonDecodeError);
    };
    if expiry != 0 || seal != tag(plain).as_bytes() {
        return Err(Refusal::JsonDecodeError);
    }
    String::from_utf8(plain.to_vec()).map_err(|_| Refusal::JsonDecodeError)
}

/// Python's `json.dumps`: separators with blanks, everything outside ASCII as `\uXXXX`.
pub(crate) fn python_json(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let fields = map
                .iter()
                .map(|(key, value)| format!("{}: {}", python_json(&Value::String(key.clone())), python_json(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(python_json).collect::<Vec<_>>().join(", ")),
        Value::String(text) => ascii(&Value::String(text.clone()).to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0u16; 2];
    for ch in text.chars() {
        if ch.is_ascii() && ch != '\u{7f}' {
            out.push(ch);
        } else {
            for unit in ch.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: &[(&str, &str, &str)] = &[
        ("8195", "", "8195bMOtw7fCmkTDvFp3UsKmQ1V5AcKWwqvDpmLCssKLwrh5C2IkUQ"),
        ("8195", "{}", "8195bMOtw7fCmkTDvFp3UsKmR1V7AMKWw77DpjPDo8KKw6x_WWQgUR7DjA"),
        (
            "8195",
            r#"{"backup_id": "b1", "note": "hello"}"#,
            "8195bMOtw7fCmkTDvFp3UsKmQVEoUsKSwq_CtWLDr8KAwrx_DGZwUB7Ck8Ovw5bCgsOzw7AkIR3Cl8Kbwr1Sw7RETcKxwqhtwrshwojDqsOxw5rDrcKrw7vCisKzHhN9wrvCsQ",
        ),
        (
            "9ed2",
            r#"{"backup_id": "b1", "note": "\u8fc1\u79fb \u6d4b\u8bd5"}"#,
            "9ed2fF3DpDVfwoJ8w7XDisKlcMK2b8ONwqxewpx6wp_DjHRGwq8Iw7ktB07Dm8OdwozDo8KvwqoVI0UZwonCusKfAMOEwqYzwqQGwovChALDti3CncOZFnAHKGHCo8OYAxBKIGgcwoDDnMKeaMK_OsO8RF5pw7PCscOkwpI7",
        ),
        (
            "d655",
            r#"{"note": "迁移"}"#,
            "d655LMO9w7cVwrHCk8KiwpDCoMOWw5DCi8K8wodKw7FWwrTCkMKsScOWMl_DhcO9Szluwp_CgcOUw6xxVlHovornp6TCtQM",
        ),
        (
            "5864",
            r#"{"note": "café"}"#,
            "5864FF1vNgMeaTnCrMK9wrB9HB8DwoPChsOLwoTDoXDDnsKLTUvCinIlAMOOw6LCp8O1wozDpSjCgcKLch7CvSo",
        ),
        (
            "c8a8",
            r#"{"note": "ok \ud83d\ude80"}"#,
            "c8a8QnTDjljCuRjCsMOWfz0gQit5wqJ-DnA1wooVZQXDtMOWw6wUwrc0c0VwFkklwrrDqMKgwpnDrQcLwojCljfDi0bDlXZIw7nCtcKG",
        ),
    ];

    #[test]
    fn the_published_vectors_hold_both_ways() {
        for (key_c, plain, file) in PUBLISHED {
            assert_eq!(encode(plain, key_c), *file);
            assert_eq!(decode(file.as_bytes()).unwrap(), *plain);
        }
    }

    #[test]
    fn the_older_byte_form_is_read() {
        let file = "8195bO33mkT8WndSpkFRKFKSr7Vi74C8fwxmcFAek-_WgvPwJCEdl5u9UvRETbGobbshiOrx2u2r-4qzHhN9u7E";
        let plain = r#"{"backup_id": "b1", "note": "hello"}"#;
        assert_eq!(decode(file.as_bytes()).unwrap(), plain);
        assert_eq!(decode_bytes(file.as_bytes()).unwrap(), plain);
        assert_eq!(encode_bytes(plain, "8195"), file);
        assert!(decode_bytes(encode(plain, "8195").as_bytes()).is_err());
    }

    #[test]
    fn recorded_files_decode_to_what_is_recorded() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/recorded/v6.9.8");
        let vectors: serde_json::Value =
            serde_json::from_slice(&std::fs::read(root.join("authcode-vectors.json")).unwrap()).unwrap();
        let mut seen = 0;
        for vector in vectors["vectors"].as_array().unwrap() {
            let Some(file) = vector["file"].as_str() else { continue };
            let Ok(bytes) = std::fs::read(root.join(file)) else { continue };
            let plain = decode(&bytes).unwrap();
            assert_eq!(plain, vector["plaintext"].as_str().unwrap(), "{file}");
            assert_eq!(encode(&plain, vector["rand_key"].as_str().unwrap()).as_bytes(), bytes, "{file}");
            seen += 1;
        }
        assert!(seen >= 5, "{seen} recorded files");
    }

    #[test]
    fn a_changed_ticket_is_refused() {
        let mut file = encode(r#"{"backup_id": "b1"}"#, "0123").into_bytes();
        let last = file.len() - 3;
        file[last] = if file[last] == b'A' { b'B' } else { b'A' };
        assert!(decode(&file).is_err());
        assert!(decode(b"arbitrary ASCII text").is_err());
        assert!(decode(b"").is_err());
    }

    #[test]
    fn json_is_written_as_python_does() {
        let value = serde_json::json!({"note": "上线 🚀", "ID": 7, "list": [1, null]});
        assert_eq!(python_json(&value), r#"{"note": "\u4e0a\u7ebf \ud83d\ude80", "ID": 7, "list": [1, null]}"#);
    }
}
