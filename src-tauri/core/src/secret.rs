//! A value that cannot be printed or serialised by accident, and is wiped when dropped.

use std::fmt;
use zeroize::Zeroizing;

/// A secret text: a password, a token, a store's key. `Debug` shows nothing of it and there is no `Display` or `Serialize`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Lends the text to the one call that must have it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // What is wrong with a value is told with the value.
        let text = String::deserialize(from).map_err(|_| serde::de::Error::custom("a secret that is no text"))?;
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn a_secret_of_the_wrong_form_is_not_told() {
        let error = serde_json::from_str::<Secret>("20260820").unwrap_err().to_string();
        assert!(!error.contains("20260820"), "{error}");
    }
}
