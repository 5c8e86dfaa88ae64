//! JSON for the page, small in WebAssembly.
//!
//! serde generates code for each pair of a type and a format. Here there is one format: text becomes a [`Value`], and a type
//! reads itself from the value. `#[derive(Json)]` generates that from serde's own attributes, so that a type is declared once
//! and both forms have the same names.
//!
//! [`from_str`] accepts what `serde_json::from_str` accepts, with the same result, and [`to_string`] writes the same bytes as
//! `serde_json::to_string`. There are four differences, in documents that no server writes:
//!
//! - The whole document is checked. In fields that a struct does not know, serde_json also accepts half of a surrogate pair and
//!   more than [`MAX_DEPTH`] levels.
//! - A number that no `f64` can hold, such as `1e999`, is accepted in an unknown field.
//! - The name of a variant without fields may be written as `{"name":null}`; in some places serde also reads `{"name":{}}`.
//! - In a flattened enum serde also reads the number of a variant in place of its name.

#[cfg(feature = "compare")]
pub mod compare;
mod describe;
mod parse;
mod read;
mod value;
mod write;

pub use describe::{Describe, Field, Schema, Variant};
pub use light_json_derive::Json;
pub use parse::MAX_DEPTH;
pub use read::{Entries, Fields, FromEntries, FromJson, LateVariants};
pub use value::{Entry, Value};
pub use write::{ToEntries, ToJson, Writer};

/// Error: a text is not JSON, or not of the expected type. It has no details, because the page shows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError;

/// Reads a value from JSON.
///
/// # Errors
///
/// Fails if the text is not JSON, or not of the expected type.
pub fn from_str<T: FromJson>(json: &str) -> Result<T, JsonError> {
    T::from_json(&Value::parse(json)?)
}

/// Writes a value as JSON, without white space. Returns `None` for a late variant.
pub fn early_to_string(value: &impl LateVariants) -> Option<String> {
    let mut out = Writer::default();
    out.object_of(&mut |out| value.early_to_entries(out)).then(|| out.finish())
}

/// Writes a value as JSON, without white space.
pub fn to_string(value: &impl ToJson) -> String {
    let mut out = Writer::default();
    value.to_json(&mut out);
    out.finish()
}
