//! A JSON document in memory.

use std::borrow::Cow;

use crate::JsonError;

/// A JSON value. It borrows texts without escapes from the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0 to `u64::MAX` without point and exponent; `None` for any other number. No wire type has those.
    Number(Option<u64>),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object: its entries in the order of the document. A name can occur twice.
    Object(Vec<Entry<'a>>),
}

/// Name and value of an entry of an object.
pub type Entry<'a> = (Cow<'a, str>, Value<'a>);

impl Value<'_> {
    /// Returns the text of a string.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn text(&self) -> Result<&str, JsonError> {
        if let Self::Text(text) = self { Ok(text) } else { Err(JsonError) }
    }

    /// Returns the whole number.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn number(&self) -> Result<u64, JsonError> {
        if let Self::Number(Some(number)) = self { Ok(*number) } else { Err(JsonError) }
    }

    /// Returns the elements of an array.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn list(&self) -> Result<&[Self], JsonError> {
        if let Self::List(list) = self { Ok(list) } else { Err(JsonError) }
    }

    /// Returns the name of a variant without fields: `"name"`, or `{"name":null}` as in serde.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn variant_name(&self) -> Result<&str, JsonError> {
        match self {
            Self::Object(entries) => match entries.as_slice() {
                [(name, Self::Null)] => Ok(name),
                _ => Err(JsonError),
            },
            _ => self.text(),
        }
    }
}
