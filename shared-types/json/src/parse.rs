//! Parser of JSON documents (RFC 8259).

use std::borrow::Cow;

use crate::{Entry, JsonError, Value};

/// Maximum number of arrays and objects inside each other, as in serde_json. The parser is recursive: without a limit a
/// document could overflow the stack.
pub const MAX_DEPTH: usize = 127;

type Result<T> = std::result::Result<T, JsonError>;

impl<'a> Value<'a> {
    /// Parses a document.
    ///
    /// # Errors
    ///
    /// Fails if the document is not JSON, is deeper than [`MAX_DEPTH`], or goes on after the value.
    pub fn parse(document: &'a str) -> Result<Self> {
        let mut parser = Parser { document, position: 0 };
        let value = parser.value(0)?;
        parser.skip_space();
        if parser.position == document.len() { Ok(value) } else { Err(JsonError) }
    }
}

struct Parser<'a> {
    document: &'a str,
    /// Position of the next byte.
    position: usize,
}

impl<'a> Parser<'a> {
    /// Returns the next byte; 0 at the end. A byte 0 in the document is an error wherever this is used.
    fn peek(&self) -> u8 {
        self.document.as_bytes().get(self.position).copied().unwrap_or(0)
    }

    /// Goes past the next byte if it is this one.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        self.position += usize::from(is_next);
        is_next
    }

    /// Goes past the next byte, which has to be this one.
    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.take(byte) { Ok(()) } else { Err(JsonError) }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.position += 1;
        }
    }

    /// Returns the document from a position to the next byte.
    fn since(&self, start: usize) -> Result<&'a str> {
        self.document.get(start..self.position).ok_or(JsonError)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>> {
        self.skip_space();
        match self.peek() {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.text().map(Value::Text),
            b'[' => self.sequence(depth, b']', Self::value).map(Value::List),
            b'{' => self.sequence(depth, b'}', Self::entry).map(Value::Object),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>> {
        self.position += word.len();
        if self.since(self.position - word.len())? == word { Ok(value) } else { Err(JsonError) }
    }

    /// Parses an array or an object: items with commas between them.
    fn sequence<T>(&mut self, depth: usize, end: u8, item: fn(&mut Self, usize) -> Result<T>) -> Result<Vec<T>> {
        if depth == MAX_DEPTH {
            return Err(JsonError);
        }
        self.position += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self, depth + 1)?);
            self.skip_space();
            if self.take(end) {
                return Ok(items);
            }
            self.expect(b',')?;
        }
    }

    fn entry(&mut self, depth: usize) -> Result<Entry<'a>> {
        self.skip_space();
        let name = self.text()?;
        self.skip_space();
        self.expect(b':')?;
        Ok((name, self.value(depth)?))
    }

    fn number(&mut self) -> Result<Value<'a>> {
        let start = self.position;
        let mut is_whole = !self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        // `since` has the digits alone here if there is no sign.
        let whole = self.since(start)?;
        if self.take(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Value::Number(if is_whole { whole.parse().ok() } else { None }))
    }

    /// Goes past one digit or more.
    fn digits(&mut self) -> Result<()> {
        let start = self.position;
        while self.peek().is_ascii_digit() {
            self.position += 1;
        }
        if self.position > start { Ok(()) } else { Err(JsonError) }
    }

    fn text(&mut self) -> Result<Cow<'a, str>> {
        self.expect(b'"')?;
        let start = self.position;
        self.skip_unescaped();
        let mut text = Cow::Borrowed(self.since(start)?);
        while self.take(b'\\') {
            text.to_mut().push(self.escaped()?);
            let start = self.position;
            self.skip_unescaped();
            text.to_mut().push_str(self.since(start)?);
        }
        self.expect(b'"')?;
        Ok(text)
    }

    /// Goes to the next quote, backslash or control character.
    fn skip_unescaped(&mut self) {
        while !matches!(self.peek(), b'"' | b'\\' | 0..0x20) {
            self.position += 1;
        }
    }

    /// Parses an escape after its backslash.
    fn escaped(&mut self) -> Result<char> {
        let escape = self.peek();
        self.position += 1;
        Ok(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(JsonError),
        })
    }

    /// Parses the digits of a `\u` escape, and the second escape of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char> {
        let mut code = self.four_hex_digits()?;
        if (0xd800..0xdc00).contains(&code) {
            self.expect(b'\\')?;
            self.expect(b'u')?;
            let low = self.four_hex_digits()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(JsonError);
            }
            code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        char::from_u32(code).ok_or(JsonError)
    }

    fn four_hex_digits(&mut self) -> Result<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = char::from(self.peek()).to_digit(16).ok_or(JsonError)?;
            self.position += 1;
            code = code * 16 + digit;
        }
        Ok(code)
    }
}
