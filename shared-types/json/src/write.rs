//! Writing types as JSON.

/// A type that can be written as JSON.
pub trait ToJson {
    /// Writes itself as a value.
    fn to_json(&self, out: &mut Writer);
}

/// A type that can be written as entries of an object, beside entries of other types.
pub trait ToEntries {
    /// Writes itself as entries of the object that is being written.
    fn to_entries(&self, out: &mut Writer);
}

/// JSON that is being written, without white space.
#[derive(Debug, Default)]
pub struct Writer {
    json: String,
}

impl Writer {
    /// Returns the JSON.
    pub fn finish(self) -> String {
        self.json
    }

    /// Writes an object.
    pub fn object(&mut self, content: &dyn ToEntries) {
        self.json.push('{');
        content.to_entries(self);
        self.json.push('}');
    }

    /// Writes an object with the content that a function writes. Returns what the function returns.
    pub(crate) fn object_of(&mut self, write: &mut dyn FnMut(&mut Self) -> bool) -> bool {
        self.json.push('{');
        let written = write(self);
        self.json.push('}');
        written
    }

    /// Writes an entry of an object.
    pub fn entry(&mut self, name: &str, value: &dyn ToJson) {
        self.separate();
        self.text(name);
        self.json.push(':');
        value.to_json(self);
    }

    /// Writes the entry with the name of a variant.
    pub fn tag(&mut self, tag: &str, variant: &str) {
        self.separate();
        self.text(tag);
        self.json.push(':');
        self.text(variant);
    }

    /// Writes an array.
    pub fn list(&mut self, values: &mut dyn Iterator<Item = &dyn ToJson>) {
        self.json.push('[');
        for value in values {
            self.separate();
            value.to_json(self);
        }
        self.json.push(']');
    }

    /// Writes a comma, except before the first item of an array or an object.
    fn separate(&mut self) {
        if !self.json.ends_with(['{', '[']) {
            self.json.push(',');
        }
    }

    /// Writes a string. As in serde_json, only what has to be escaped is escaped.
    pub fn text(&mut self, text: &str) {
        self.json.push('"');
        for letter in text.chars() {
            let escape = match letter {
                '"' | '\\' => letter,
                '\u{8}' => 'b',
                '\t' => 't',
                '\n' => 'n',
                '\u{c}' => 'f',
                '\r' => 'r',
                '\0'..'\u{20}' => {
                    self.json.push_str(if letter < '\u{10}' { "\\u000" } else { "\\u001" });
                    self.json.push(char::from(b"0123456789abcdef"[letter as usize % 16]));
                    continue;
                }
                _ => {
                    self.json.push(letter);
                    continue;
                }
            };
            self.json.push('\\');
            self.json.push(escape);
        }
        self.json.push('"');
    }

    /// Writes a number.
    pub fn number(&mut self, number: u64) {
        self.json.push_str(&number.to_string());
    }
}

impl ToJson for bool {
    fn to_json(&self, out: &mut Writer) {
        out.json.push_str(if *self { "true" } else { "false" });
    }
}

impl ToJson for u64 {
    fn to_json(&self, out: &mut Writer) {
        out.number(*self);
    }
}

impl ToJson for u32 {
    fn to_json(&self, out: &mut Writer) {
        out.number((*self).into());
    }
}

impl ToJson for u16 {
    fn to_json(&self, out: &mut Writer) {
        out.number((*self).into());
    }
}

impl ToJson for String {
    fn to_json(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl<T: ToJson> ToJson for &T {
    fn to_json(&self, out: &mut Writer) {
        (*self).to_json(out);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self, out: &mut Writer) {
        match self {
            Some(value) => value.to_json(out),
            None => out.json.push_str("null"),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, out: &mut Writer) {
        out.list(&mut self.iter().map(|value| value as &dyn ToJson));
    }
}

impl<A: ToJson, B: ToJson, C: ToJson, D: ToJson> ToJson for (A, B, C, D) {
    fn to_json(&self, out: &mut Writer) {
        let (a, b, c, d) = self;
        out.list(&mut [a as &dyn ToJson, b, c, d].into_iter());
    }
}

impl<T: ToEntries> ToEntries for Option<T> {
    fn to_entries(&self, out: &mut Writer) {
        if let Some(value) = self {
            value.to_entries(out);
        }
    }
}
