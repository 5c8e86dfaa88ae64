//! Syntax highlighting: finds the comments, strings, numbers, keywords and names in code, exactly enough for readers.
//!
//! It is not a parser. Complete grammars (`syntect`) took up to 250 ms for a message that was made to be slow, on a whole
//! processor. A Lambda has a seventh of one, and a page has a hundred messages. This tokenizer reads the code once: the slowest
//! message took 0.8 ms.

use crate::content::languages::Language;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword of the language.
    Keyword,
    /// A string or a character.
    String,
    /// A comment.
    Comment,
    /// A number.
    Number,
    /// The name of a function or a type, guessed from its form.
    Name,
}

impl TokenKind {
    /// Returns the CSS class of the token's element.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Keyword => "hl-k",
            Self::String => "hl-s",
            Self::Comment => "hl-c",
            Self::Number => "hl-n",
            Self::Name => "hl-f",
        }
    }
}

/// An iterator over the tokens of a piece of code. The tokens together are the whole code.
pub(crate) struct Tokens<'a> {
    language: &'static Language,
    code: &'a str,
    /// The byte offset of the next token.
    position: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) fn of(code: &'a str, language: &'static Language) -> Self {
        Self { language, code, position: 0 }
    }

    /// Returns the kind and the length of the token at the start of `rest`.
    fn token(&self, rest: &str, first: char) -> (Option<TokenKind>, usize) {
        let language = self.language;
        if let Some((begin, end)) = language.block_comment
            && rest.starts_with(begin)
        {
            return (Some(TokenKind::Comment), length_through(rest, begin.len(), end));
        }
        if language.line_comments.iter().any(|begin| rest.starts_with(begin) && self.may_begin_comment(begin)) {
            return (Some(TokenKind::Comment), line_length(rest));
        }
        if let Some(length) = self.string_length(rest) {
            return (Some(TokenKind::String), length);
        }
        if first.is_ascii_digit() {
            return (Some(TokenKind::Number), number_length(rest));
        }
        if is_word_char(first) {
            let length = rest.find(|letter| !is_word_char(letter)).unwrap_or(rest.len());
            return (self.word_kind(&rest[..length], &rest[length..]), length);
        }
        (None, first.len_utf8())
    }

    /// Returns whether a comment may begin here. A `#` within a word or a variable does not begin one.
    fn may_begin_comment(&self, begin: &str) -> bool {
        begin != "#" || self.code[..self.position].chars().next_back().is_none_or(char::is_whitespace)
    }

    /// Returns the length of the string at the start of `rest`. A string without an end extends to the end of its line, or of
    /// the code if it may have several lines.
    fn string_length(&self, rest: &str) -> Option<usize> {
        if self.language.has_lifetimes && rest.starts_with('\'') {
            return char_literal_length(rest);
        }
        let syntax = self.language.strings.iter().find(|syntax| rest.starts_with(syntax.begin))?;
        let within = if syntax.is_multiline { rest } else { &rest[..line_length(rest)] };
        Some(length_through(within, syntax.begin.len(), syntax.end))
    }

    fn word_kind(&self, word: &str, after: &str) -> Option<TokenKind> {
        if self.language.is_markup {
            let before = &self.code[..self.position];
            return (before.ends_with('<') || before.ends_with("</")).then_some(TokenKind::Keyword);
        }
        let is_called = after.starts_with('(') || after.starts_with("!(");
        if self.language.has_keyword(word) {
            Some(TokenKind::Keyword)
        } else if is_called || word.starts_with(char::is_uppercase) {
            Some(TokenKind::Name)
        } else {
            None
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Option<TokenKind>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.code[self.position..];
        let (kind, length) = self.token(rest, rest.chars().next()?);
        self.position += length;
        Some((kind, &rest[..length]))
    }
}

/// Returns the length of the line at the start of `rest`, without its line break.
fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Returns the length through the first `end` after `from`, or the whole length if there is none. A backslash escapes the
/// character after it.
fn length_through(within: &str, from: usize, end: &str) -> usize {
    let mut escaped = false;
    for (offset, letter) in within[from..].char_indices() {
        if escaped {
            escaped = false;
        } else if within[from + offset..].starts_with(end) {
            return from + offset + end.len();
        } else {
            escaped = letter == '\\';
        }
    }
    within.len()
}

/// Returns the length of a character literal such as `'x'` or `'\u{1f600}'`; `None` if a lifetime begins here.
fn char_literal_length(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next()?, letters.next()?) {
        ((_, '\\'), (escaped, _)) => {
            // The longest literal, `\u{10ffff}`, has nine letters after the escaped one.
            let end = rest[escaped..].char_indices().skip(1).take(9).find(|(_, letter)| *letter == '\'');
            end.map(|(end, _)| escaped + end + 1)
        }
        (_, (end, '\'')) => Some(end + 1),
        _ => None,
    }
}

fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_in_number = |at: usize| match bytes[at] {
        b'.' => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        byte => byte.is_ascii_alphanumeric() || byte == b'_',
    };
    (0..bytes.len()).find(|at| !is_in_number(*at)).unwrap_or(bytes.len())
}

fn is_word_char(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::languages::language;

    /// Checks the tokens that have a kind, written as `class:token`.
    fn check(name: &str, code: &str, expect: &[&str]) {
        let tokens: Vec<_> = Tokens::of(code, language(name).unwrap()).collect();
        assert_eq!(tokens.iter().map(|(_, token)| *token).collect::<String>(), code, "the tokens are the whole code");
        let found: Vec<_> = tokens
            .iter()
            .filter_map(|(kind, token)| kind.map(|kind| format!("{}:{token}", &kind.class()[3..])))
            .collect();
        assert_eq!(found, expect, "{name}: {code}");
    }

    #[test]
    fn tokens_of_each_kind_are_found() {
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
    fn a_lifetime_is_not_a_string() {
        check("rust", "fn f<'a>(x: &'a str) -> '\"'", &["k:fn", "k:str", "s:'\"'"]);
        check("rust", "'\\'' '\\u{1f600}' '語' '", &["s:'\\''", "s:'\\u{1f600}'", "s:'語'"]);
    }

    #[test]
    fn an_unclosed_string_ends_with_its_line_or_the_code() {
        check("js", "'a\nlet b", &["s:'a", "k:let"]);
        check("js", "`a\nlet b", &["s:`a\nlet b"]);
        check("js", "/* a\nlet b", &["c:/* a\nlet b"]);
        check("js", "\"\\", &["s:\"\\"]);
    }

    #[test]
    fn language_names_ignore_case() {
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
