//! Names that some computer takes for one and the same: by case, or by two spellings of one letter.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Two names are twins when this is the same for both.
pub(crate) fn key(name: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc();
    // Lower case may come apart again, and upper case first makes one of `ß` and `ss`, of `ſ` and `s`.
    let folded = composed.normalize(name).to_uppercase().to_lowercase();
    composed.normalize(&folded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spelling_make_twins_and_letters_do_not() {
        let check = |one: &str, other: &str, twins: bool| assert_eq!(key(one) == key(other), twins, "{one} {other}");
        check("App.BAK", "app.bak", true);
        check("caf\u{e9}.json", "cafe\u{301}.json", true);
        check("CAF\u{c9}.json", "cafe\u{301}.json", true);
        check("stra\u{df}e", "STRASSE", true);
        check("\u{212b}", "\u{e5}", true);
        check("cafe", "caf\u{e9}", false);
        check("\u{5907}\u{4efd}", "\u{5907}", false);
    }
}
