//! Completion of emoji names after a colon, such as `:smile:`.

/// Maximum number of suggestions.
const OFFERED: usize = 6;

/// Minimum length of a name that is completed: shorter ones are faces such as `:D` or `:3`.
const MIN_CHARS: usize = 2;

/// An emoji name that is being typed: the text from the colon to the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmojiQuery<'a> {
    /// Position of the colon, in bytes.
    at: usize,
    /// The name, as far as it is typed.
    name: &'a str,
    /// Whether the second colon is typed, too.
    is_closed: bool,
}

/// The emoji name that is being typed before the caret, if there is one.
pub fn emoji_query(before_caret: &str) -> Option<EmojiQuery<'_>> {
    let (open, is_closed) = match before_caret.strip_suffix(':') {
        Some(open) => (open, true),
        None => (before_caret, false),
    };
    let at = open.rfind(':')?;
    let name = &open[at + 1..];
    let in_a_word = open[..at].ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == ':');
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-'));
    (!in_a_word && is_name && name.len() >= MIN_CHARS).then_some(EmojiQuery { at, name, is_closed })
}

impl EmojiQuery<'_> {
    /// The names that start with the query, then those that contain it, with their emoji. `names` is a list of names and
    /// emoji by turns, separated by spaces. It is empty for a closed name.
    pub fn matching(&self, names: &'static str) -> Vec<(&'static str, &'static str)> {
        let wanted = self.name.to_ascii_lowercase();
        if self.is_closed {
            return Vec::new();
        }
        let starts = |name: &str| name.starts_with(&wanted);
        let contains = |name: &str| !name.starts_with(&wanted) && name.contains(&wanted);
        let first = pairs(names).filter(|(name, _)| starts(name));
        let then = pairs(names).filter(|(name, _)| contains(name));
        first.chain(then).take(OFFERED).collect()
    }

    /// The emoji of a name that was typed with both colons.
    pub fn closed(&self, names: &'static str) -> Option<&'static str> {
        let wanted = self.name.to_ascii_lowercase();
        pairs(names).find(|(name, _)| self.is_closed && *name == wanted).map(|(_, emoji)| emoji)
    }

    /// How much of the text before the caret the emoji replaces, in UTF-16 units.
    pub fn length(&self) -> u32 {
        (1 + self.name.len() + usize::from(self.is_closed)) as u32
    }
}

fn pairs(names: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut words = names.split(' ');
    std::iter::from_fn(move || Some((words.next()?, words.next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "smile 😄 smiley 😃 sweat_smile 😅 +1 👍 heart ❤️";

    #[test]
    fn a_name_starts_with_a_colon_outside_a_word() {
        for (text, expected) in [
            (":sm", Some(("sm", false))),
            ("hi :smile:", Some(("smile", true))),
            ("日本:sm", Some(("sm", false))),
            (":+1", Some(("+1", false))),
            ("(:sm", Some(("sm", false))),
            (":D", None),
            (":3", None),
            ("10:30", None),
            ("10:30:45", None),
            ("https://", None),
            ("a:smile", None),
            ("::sm", None),
            ("std::sm", None),
            (":sm ile", None),
            ("hi", None),
            ("", None),
        ] {
            assert_eq!(emoji_query(text).map(|query| (query.name, query.is_closed)), expected, "{text}");
        }
    }

    #[test]
    fn names_that_start_with_the_query_come_first() {
        let matching = |text| emoji_query(text).unwrap().matching(NAMES);
        assert_eq!(matching(":smi"), [("smile", "😄"), ("smiley", "😃"), ("sweat_smile", "😅")]);
        assert_eq!(matching(":HEA"), [("heart", "❤️")]);
        assert_eq!(matching(":nothing"), []);
        assert_eq!(matching(":smile:"), []);
    }

    #[test]
    fn a_closed_name_is_replaced_if_it_is_known() {
        let closed = |text| emoji_query(text).unwrap().closed(NAMES);
        assert_eq!(closed("a :smile:"), Some("😄"));
        assert_eq!(closed(":smil:"), None);
        assert_eq!(closed(":smile"), None);
        assert_eq!(emoji_query("a :smile:").unwrap().length(), 7);
        assert_eq!(emoji_query("a :smile").unwrap().length(), 6);
    }
}
