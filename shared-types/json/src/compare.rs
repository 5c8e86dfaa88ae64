//! Comparison with serde_json, for tests and the fuzzer.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::{FromJson, ToJson, Value, from_str, to_string};

/// Reads a document with serde_json and with light-json.
///
/// # Panics
///
/// Panics if the results differ in another way than the crate's documentation says.
pub fn read_both<T: FromJson + DeserializeOwned + PartialEq + Debug>(document: &str) -> Option<T> {
    let light = from_str::<T>(document).ok();
    let serde = serde_json::from_str::<T>(document).ok();
    let (parsed, whole) = (Value::parse(document), serde_json::from_str::<serde_json::Value>(document));
    match (parsed, whole) {
        (Ok(value), Ok(_)) if !is_read_by_serde_alone(&value) => assert_eq!(light, serde, "{document}"),
        (Ok(_), Ok(_)) => assert!(light.is_none() || light == serde, "{document}: {light:?} {serde:?}"),
        (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {
            assert!(serde.is_none() || light == serde, "{document}: {light:?} {serde:?}");
        }
        (parsed, whole) => {
            assert!(parsed.is_err() && whole.is_err(), "{document}: {parsed:?} {whole:?}");
            assert_eq!(light, None, "{document}");
        }
    }
    light
}

/// Writes a value with serde_json and with light-json.
///
/// # Panics
///
/// Panics if the results differ.
pub fn write_both<T: ToJson + Serialize>(value: &T) -> String {
    let light = to_string(value);
    assert_eq!(serde_json::to_string(value).ok().as_ref(), Some(&light));
    light
}

/// Returns whether a document may have a form that only serde reads: an empty object as the content of a variant, or a number
/// in place of the name of a moderation action.
fn is_read_by_serde_alone(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => false,
        Value::List(values) => values.iter().any(is_read_by_serde_alone),
        Value::Object(entries) => {
            let is_empty_variant = matches!(entries.as_slice(), [(_, Value::Object(content))] if content.is_empty());
            let has_numbered_action =
                entries.iter().any(|(name, value)| name == "act" && matches!(value, Value::Number(_)));
            is_empty_variant || has_numbered_action || entries.iter().any(|(_, value)| is_read_by_serde_alone(value))
        }
    }
}
