//! Code in colours: where its comments, texts, numbers, keywords and names are, seen closely enough to be read more easily.
//!
//! It is no parser. Whole grammars (`syntect`) took up to 250 ms for a message made to hurt them, on a whole processor where a
//! Lambda has a seventh of one, and a page has a hundred messages. This goes over the code once: the worst took 0.8 ms.

use crate::content::languages::Language;

/// What a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word of the language.
    Keyword,
    /// A text or a character.
    Text,
    /// What is said to people.
    Comment,
    /// A number.
    Number,
    /// The name of a function or a type, as far as its looks tell.
    Name,
}

impl Kind {
    /// The class of its elements.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Keyword => "hl-k",
            Self::Text => "hl-s",
            Self::Comment => "hl-c",
            Self::Number => "hl-n",
            Self::Name => "hl-f",
        }
    }
}

/// Code, piece by piece; put together they are the code again.
pub(crate) struct Pieces<'a> {
    language: &'static Language,
    code: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(code: &'a str, language: &'static Language) -> Self {
        Self { language, code, at: 0 }
    }

    /// The kind and the length of the piece that begins here.
    fn piece(&self, rest: &str, first: char) -> (Option<Kind>, usize) {
        let language = self.language;
        if let Some((begin, end)) = language.block_comment
            && rest.starts_with(begin)
        {
            return (Some(Kind::Comment), up_to(rest, begin.len(), end));
        }
        if language.line_comments.iter().any(|begin| rest.starts_with(begin) && self.may_comment(begin)) {
            return (Some(Kind::Comment), line(rest));
        }
        if let Some(length) = self.text(rest) {
            return (Some(Kind::Text), length);
        }
        if first.is_ascii_digit() {
            return (Some(Kind::Number), number(rest));
        }
        if is_of_a_word(first) {
            let length = rest.find(|letter| !is_of_a_word(letter)).unwrap_or(rest.len());
            return (self.word(&rest[..length], &rest[length..]), length);
        }
        (None, first.len_utf8())
    }

    /// A `#` within a word or a variable begins no comment.
    fn may_comment(&self, begin: &str) -> bool {
        begin != "#" || self.code[..self.at].chars().next_back().is_none_or(char::is_whitespace)
    }

    /// The length of the text that begins here. One that does not end goes to the end of its line, or of the code.
    fn text(&self, rest: &str) -> Option<usize> {
        if self.language.has_lifetimes && rest.starts_with('\'') {
            return character(rest);
        }
        let text = self.language.texts.iter().find(|text| rest.starts_with(text.begin))?;
        let within = if text.is_long { rest } else { &rest[..line(rest)] };
        Some(up_to(within, text.begin.len(), text.end))
    }

    fn word(&self, word: &str, after: &str) -> Option<Kind> {
        if self.language.is_markup {
            let before = &self.code[..self.at];
            return (before.ends_with('<') || before.ends_with("</")).then_some(Kind::Keyword);
        }
        let is_called = after.starts_with('(') || after.starts_with("!(");
        if self.language.has_keyword(word) {
            Some(Kind::Keyword)
        } else if is_called || word.starts_with(char::is_uppercase) {
            Some(Kind::Name)
        } else {
            None
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (Option<Kind>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.code[self.at..];
        let (kind, length) = self.piece(rest, rest.chars().next()?);
        self.at += length;
        Some((kind, &rest[..length]))
    }
}

/// The length of the line that begins here, without its end.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length up to an end and with it, which is looked for from `from` on; a backslash hides what follows it.
fn up_to(within: &str, from: usize, end: &str) -> usize {
    let mut hidden = false;
    for (at, letter) in within[from..].char_indices() {
        if hidden {
            hidden = false;
        } else if within[from + at..].starts_with(end) {
            return from + at + end.len();
        } else {
            hidden = letter == '\\';
        }
    }
    within.len()
}

/// The length of a character such as `'x'` or `'\u{1f600}'`, where it is not the beginning of a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next()?, letters.next()?) {
        ((_, '\\'), (hidden, _)) => {
            // The longest, `\u{10ffff}`, has nine letters behind what is hidden.
            let end = rest[hidden..].char_indices().skip(1).take(9).find(|(_, letter)| *letter == '\'');
            end.map(|(end, _)| hidden + end + 1)
        }
        (_, (end, '\'')) => Some(end + 1),
        _ => None,
    }
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_in = |at: usize| match bytes[at] {
        b'.' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        byte => byte.is_ascii_alphanumeric() || byte == b'_',
    };
    (0..bytes.len()).find(|at| !is_in(*at)).unwrap_or(bytes.len())
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::languages::language;

    /// The pieces that have a kind, as `kind:piece`.
    fn check(name: &str, code: &str, expect: &[&str]) {
        let pieces: Vec<_> = Pieces::of(code, language(name).unwrap()).collect();
        assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<String>(), code, "nothing is lost");
        let seen: Vec<_> = pieces
            .iter()
            .filter_map(|(kind, piece)| kind.map(|kind| format!("{}:{piece}", &kind.class()[3..])))
            .collect();
        assert_eq!(seen, expect, "{name}: {code}");
    }

    #[test]
    fn what_code_is_made_of_is_seen() {
        check("rust", "let x: u32 = go(1.5e3); // on", &["k:let", "k:u32", "f:go", "n:1.5e3", "c:// on"]);
        check("rust", "/* a\nb */ Some(\"x \\\" y\")", &["c:/* a\nb */", "f:Some", "s:\"x \\\" y\""]);
        check(
            "python",
            "def f(x): # no\n  return '#' * 0x1f",
            &["k:def", "f:f", "c:# no", "k:return", "s:'#'", "n:0x1f"],
        );
        check("python", "\"\"\"a\n\"b\" c\"\"\" + 1", &["s:\"\"\"a\n\"b\" c\"\"\"", "n:1"]);
        check("ts", "const a = `x\n${b}` + 'c'", &["k:const", "s:`x\n${b}`", "s:'c'"]);
        check("lua", "--[[ a\nb ]] local c -- d", &["c:--[[ a\nb ]]", "k:local", "c:-- d"]);
        check("sql", "SELECT 'it''s' from t -- all", &["k:SELECT", "s:'it'", "s:'s'", "k:from", "c:-- all"]);
        check("sh", "echo $# \"${#a}\" # all", &["k:echo", "s:\"${#a}\"", "c:# all"]);
        check("json", "{\"a\": [1, true]}", &["s:\"a\"", "n:1", "k:true"]);
        check("html", "<p id=\"x\">a's</p><!-- p -->", &["k:p", "s:=\"x\"", "k:p", "c:<!-- p -->"]);
    }

    #[test]
    fn a_lifetime_is_no_text() {
        check("rust", "fn f<'a>(x: &'a str) -> '\"'", &["k:fn", "k:str", "s:'\"'"]);
        check("rust", "'\\'' '\\u{1f600}' '語' '", &["s:'\\''", "s:'\\u{1f600}'", "s:'語'"]);
    }

    #[test]
    fn what_does_not_end_ends_with_its_line_or_with_the_code() {
        check("js", "'a\nlet b", &["s:'a", "k:let"]);
        check("js", "`a\nlet b", &["s:`a\nlet b"]);
        check("js", "/* a\nlet b", &["c:/* a\nlet b"]);
        check("js", "\"\\", &["s:\"\\"]);
    }

    #[test]
    fn every_name_of_a_language_is_known_in_any_case_and_no_other() {
        for name in
            ["rust", "RS", "c++", "C#", "JavaScript", "tsx", "py", "golang", "bash", "yml", "toml", "css", "xml"]
        {
            assert!(language(name).is_some(), "{name}");
        }
        for name in ["", "text", "rust2", "../x", "\"><script>"] {
            assert!(language(name).is_none(), "{name}");
        }
    }
}
