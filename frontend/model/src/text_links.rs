//! Addresses in a plain text. They become links by the main rules of messages, which `docs/markdown.md` states.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart<'a> {
    /// Text without addresses.
    Text(&'a str),
    /// An address: `http://` or `https://`, and at least one more character.
    Link(&'a str),
}

/// Splits a text into addresses and what is between them. The parts together are the text.
pub fn text_parts(text: &str) -> Vec<TextPart<'_>> {
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = text[at..].find("http") {
        let start = at + found;
        let length = address_length(&text[start..]);
        let in_a_word =
            text[..start].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric() || before == '+');
        if length == 0 || in_a_word {
            at = start + 4;
            continue;
        }
        if from < start {
            parts.push(TextPart::Text(&text[from..start]));
        }
        (from, at) = (start + length, start + length);
        parts.push(TextPart::Link(&text[start..from]));
    }
    if from < text.len() {
        parts.push(TextPart::Text(&text[from..]));
    }
    parts
}

/// Returns the length of the address at the start of a text, in bytes; 0 if there is none.
fn address_length(text: &str) -> usize {
    let Some(scheme) = ["http://", "https://"].into_iter().find(|scheme| text.starts_with(scheme)) else { return 0 };
    let mut before = '/';
    let mut end = scheme.len();
    let mut open = Vec::new();
    for letter in text[scheme.len()..].chars() {
        let closes = match letter {
            '(' => Some(')'),
            '[' => Some(']'),
            '{' => Some('}'),
            _ => None,
        };
        let is_stray = matches!(letter, ')' | ']' | '}') && open.pop() != Some(letter);
        if is_stray || ends_address(letter, before) {
            break;
        }
        open.extend(closes);
        before = letter;
        end += letter.len_utf8();
    }
    let address = text[..end].trim_end_matches(['.', ',', ':', ';', '!', '?', '\'', '(', '[', '{']);
    if address.len() > scheme.len() { address.len() } else { 0 }
}

/// Whether an address ends before a letter.
fn ends_address(letter: char, before: char) -> bool {
    let is_latin = matches!(letter, '\u{c0}'..='\u{24f}');
    letter.is_whitespace()
        || letter.is_control()
        || shared_types::is_invisible(letter)
        || matches!(letter, '"' | '<' | '>' | '`' | '|' | '\\')
        || matches!(letter, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff20}' | '؟' | '।')
        || !letter.is_ascii() && !is_latin && before.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats the parts in one line, with brackets around addresses.
    fn check(text: &str, expected: &str) {
        let line: Vec<String> = text_parts(text)
            .into_iter()
            .map(|part| match part {
                TextPart::Text(text) => text.into(),
                TextPart::Link(address) => format!("⟦{address}⟧"),
            })
            .collect();
        assert_eq!(line.concat(), expected);
    }

    #[test]
    fn addresses_are_found_without_the_sentence_around_them() {
        check("no address", "no address");
        check("", "");
        check("https://example.com", "⟦https://example.com⟧");
        check("see https://example.com/a?b=c#d.", "see ⟦https://example.com/a?b=c#d⟧.");
        check("(http://example.com/a_(b))", "(⟦http://example.com/a_(b)⟧)");
        check("https://a.example, http://b.example!", "⟦https://a.example⟧, ⟦http://b.example⟧!");
        check("http://日本語.jp/東京", "⟦http://日本語.jp/東京⟧");
        check("https://example.comを見る", "⟦https://example.com⟧を見る");
        check("「https://example.com」", "「⟦https://example.com⟧」");
        check("one\nhttps://example.com\ntwo", "one\n⟦https://example.com⟧\ntwo");
    }

    #[test]
    fn what_only_looks_like_an_address_is_text() {
        for text in [
            "http",
            "https://",
            "http://.",
            "git+https://example.com",
            "xhttps://example.com",
            "javascript:alert(1)",
            "HTTPS://x",
            "http:/x",
            "data:text/html,x",
        ] {
            check(text, text);
        }
        check("https://example.com\"onclick=\"x", "⟦https://example.com⟧\"onclick=\"x");
        check("https://a.example<script>", "⟦https://a.example⟧<script>");
        check("https://a.example\u{202e}moc", "⟦https://a.example⟧\u{202e}moc");
    }

    #[test]
    fn the_parts_of_any_text_are_the_text() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let pieces =
                ["http://", "https", "://", "a", ".", "(", ")", "]", "語", "\u{301}", " ", "\u{202e}", "😀", "'"];
            let text: String = (0..random.usize(0..12)).map(|_| random.choice(pieces).unwrap()).collect();
            let joined: String = text_parts(&text)
                .into_iter()
                .map(|part| match part {
                    TextPart::Text(text) | TextPart::Link(text) => text,
                })
                .collect();
            assert_eq!(joined, text);
        }
    }
}
