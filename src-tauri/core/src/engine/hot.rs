//! A backup that was taken while its databases ran, marked where everybody sees it: the platform keeps no such sign, so it
//! stands in the note (protocol.md §4.2, `force`).

const MARK: &str = "[hot]";
/// The console cuts notes off (protocol.md §4.1).
const NOTE_LIMIT: usize = 255;

/// The note with the sign behind it.
pub(crate) fn marked(note: &str) -> String {
    let room = NOTE_LIMIT - MARK.len() - 1;
    let kept: String = note.chars().take(room).collect();
    format!("{} {MARK}", kept.trim_end())
}

pub(crate) fn is_hot(note: &str) -> bool {
    note.trim_end().ends_with(MARK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_is_found_again_and_fits() {
        assert_eq!(marked("before the move"), "before the move [hot]");
        assert!(is_hot(&marked("x")) && !is_hot("a hot backup"));
        let long = marked(&"迁".repeat(400));
        assert!(is_hot(&long) && long.chars().count() <= NOTE_LIMIT);
    }
}
