//! The part of a message that matches a search.

/// Maximum length of an excerpt, in characters: about three lines.
const EXCERPT_CHARS: usize = 240;
/// Maximum length of the text before the first match, in characters.
const LEAD_CHARS: usize = 60;

/// A part of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptPart {
    /// The text.
    pub text: String,
    /// Whether it matches the search.
    pub matches: bool,
}

/// The part of `text` around the first match of a word in `wanted`. Case is ignored.
pub fn excerpt(text: &str, wanted: &str) -> Vec<ExcerptPart> {
    // Upper case, because the page contains that table already. For ß, which becomes two letters, the first letter is
    // enough.
    let capital = |letter: char| letter.to_uppercase().next().unwrap_or(letter);
    let letters: Vec<char> = text.chars().collect();
    let capitals: Vec<char> = letters.iter().copied().map(capital).collect();
    let mut matches = vec![false; letters.len()];
    for word in wanted.split_whitespace() {
        let word: Vec<char> = word.chars().map(capital).collect();
        for (start, window) in capitals.windows(word.len()).enumerate() {
            if window == word {
                matches[start..start + word.len()].fill(true);
            }
        }
    }
    let first = matches.iter().position(|matches| *matches).unwrap_or(0);
    let begin = if letters.len() > EXCERPT_CHARS { first.saturating_sub(LEAD_CHARS) } else { 0 };
    let end = letters.len().min(begin + EXCERPT_CHARS);
    let mut parts: Vec<ExcerptPart> = Vec::new();
    for place in begin..end {
        match parts.last_mut() {
            Some(part) if part.matches == matches[place] => part.text.push(letters[place]),
            _ => parts.push(ExcerptPart { text: letters[place].into(), matches: matches[place] }),
        }
    }
    if begin > 0 {
        parts.insert(0, ExcerptPart { text: "…".into(), matches: false });
    }
    if end < letters.len() {
        parts.push(ExcerptPart { text: "…".into(), matches: false });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats the parts in one line, with brackets around matches.
    fn line(text: &str, wanted: &str) -> String {
        let part = |part: ExcerptPart| if part.matches { format!("[{}]", part.text) } else { part.text };
        excerpt(text, wanted).into_iter().map(part).collect()
    }

    #[test]
    fn an_excerpt_marks_every_match() {
        for (text, wanted, expected) in [
            ("Where is the boat?", "boat", "Where is the [boat]?"),
            ("Boat, BOAT, boats", "boat", "[Boat], [BOAT], [boat]s"),
            ("two words in a text", "text two", "[two] words in a [text]"),
            ("aaa", "aa", "[aaa]"),
            ("猫がいる。猫！", "猫", "[猫]がいる。[猫]！"),
            ("Straße ÄÖ", "äö", "Straße [ÄÖ]"),
            ("<b>bold</b>", "b>", "<[b>]bold</[b>]"),
            ("nothing", "else", "nothing"),
            ("", "x", ""),
        ] {
            assert_eq!(line(text, wanted), expected, "{wanted} in {text}");
        }
    }

    #[test]
    fn an_excerpt_of_a_long_message_surrounds_the_first_match() {
        let text = ["a".repeat(1_000), "boat".into(), "b".repeat(1_000)].concat();
        let expected = ["…", &"a".repeat(LEAD_CHARS), "[boat]", &"b".repeat(EXCERPT_CHARS - LEAD_CHARS - 4), "…"];
        assert_eq!(line(&text, "boat"), expected.concat());
        let expected = ["[boat]", &"b".repeat(EXCERPT_CHARS - 4), "…"];
        assert_eq!(line(&text[1_000..], "boat"), expected.concat());
    }
}
