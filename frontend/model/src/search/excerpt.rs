//! The part of a message that shows what was looked for.

/// So much of a message is shown, in characters: about three lines.
const EXCERPT_CHARS: usize = 240;
/// So much of it stands before the first word that was found.
const LEAD_CHARS: usize = 60;

/// A stretch of a text, and whether it is what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptPart {
    /// The text.
    pub text: String,
    /// Whether it matches the search.
    pub matches: bool,
}

/// The part of `text` around the first of the words in `wanted`, in pieces. Capitals are no difference.
pub fn excerpt(text: &str, wanted: &str) -> Vec<ExcerptPart> {
    // Capitals, for the page knows those already: of ß, which becomes two, the first will do.
    let capital = |letter: char| letter.to_uppercase().next().unwrap_or(letter);
    let letters: Vec<char> = text.chars().collect();
    let capitals: Vec<char> = letters.iter().copied().map(capital).collect();
    let mut matches = vec![false; letters.len()];
    for word in wanted.split_whitespace() {
        let word: Vec<char> = word.chars().map(capital).collect();
        for (start, stretch) in capitals.windows(word.len()).enumerate() {
            if stretch == word {
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

    /// The pieces in one line, with brackets around what is marked.
    fn line(text: &str, wanted: &str) -> String {
        let part = |part: ExcerptPart| if part.matches { format!("[{}]", part.text) } else { part.text };
        excerpt(text, wanted).into_iter().map(part).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_wherever_it_stands() {
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
    fn of_a_long_message_the_part_is_shown_where_it_was_found() {
        let text = ["a".repeat(1_000), "boat".into(), "b".repeat(1_000)].concat();
        let expected = ["…", &"a".repeat(LEAD_CHARS), "[boat]", &"b".repeat(EXCERPT_CHARS - LEAD_CHARS - 4), "…"];
        assert_eq!(line(&text, "boat"), expected.concat());
        let expected = ["[boat]", &"b".repeat(EXCERPT_CHARS - 4), "…"];
        assert_eq!(line(&text[1_000..], "boat"), expected.concat());
    }
}
