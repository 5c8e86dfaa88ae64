//! Items of a table, and how values are written into them and read back.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

/// One item: attributes by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What a stored item is not.
#[derive(Debug, thiserror::Error)]
#[error("the attribute {attribute} is missing or not what it should be")]
pub(crate) struct Malformed {
    attribute: &'static str,
}

/// A text attribute.
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute.
pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A text attribute that holds a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<AttributeValue> {
    serde_json::to_string(value).map(text)
}

/// An item made of attributes.
pub(crate) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads a text attribute into the type that parses it.
pub(crate) fn read<T: FromStr>(item: &Item, attribute: &'static str) -> Result<T, Malformed> {
    read_parsed(item, attribute, |text| text.parse().ok())
}

/// Reads a text attribute that something of its own parses.
pub(crate) fn read_parsed<T>(
    item: &Item,
    attribute: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Malformed> {
    let text = item.get(attribute).and_then(|value| value.as_s().ok());
    text.and_then(|text| parse(text)).ok_or(Malformed { attribute })
}

/// Reads a text attribute that may be missing.
pub(crate) fn read_optional<T>(
    item: &Item,
    attribute: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Malformed> {
    let Some(value) = item.get(attribute) else { return Ok(None) };
    value.as_s().ok().and_then(|text| parse(text)).map(Some).ok_or(Malformed { attribute })
}

/// Reads a number attribute.
pub(crate) fn read_number<T: FromStr>(item: &Item, attribute: &'static str) -> Result<T, Malformed> {
    let digits = item.get(attribute).and_then(|value| value.as_n().ok());
    digits.and_then(|digits| digits.parse().ok()).ok_or(Malformed { attribute })
}

/// Reads a number attribute that may be missing.
pub(crate) fn read_optional_number<T: FromStr>(item: &Item, attribute: &'static str) -> Result<Option<T>, Malformed> {
    item.contains_key(attribute).then(|| read_number(item, attribute)).transpose()
}

/// Reads many items. One that cannot be read is left out and logged: it must not lock everyone out of its room.
pub(crate) fn read_all<T>(items: &[Item], one: impl Fn(&Item) -> Result<T, Malformed>) -> Vec<T> {
    let readable = items.iter().filter_map(|item| {
        one(item)
            .inspect_err(|error| {
                let key = item.get("pk").zip(item.get("sk"));
                tracing::error!(%error, ?key, "left out an item that cannot be read");
            })
            .ok()
    });
    readable.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_missing_is_none_and_one_that_cannot_be_read_is_a_fault() {
        let read = |stored: &[AttributeValue]| {
            let item = stored.iter().map(|value| ("slow".to_owned(), value.clone())).collect();
            read_optional_number::<u16>(&item, "slow").map_err(|fault| fault.to_string())
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[number(0)]), Ok(Some(0)));
        assert_eq!(read(&[number(65_535)]), Ok(Some(65_535)));
        for unreadable in [number(65_536), AttributeValue::N("soon".into()), text(7), AttributeValue::Null(true)] {
            let fault = "the attribute slow is missing or not what it should be".to_owned();
            assert_eq!(read(std::slice::from_ref(&unreadable)), Err(fault), "{unreadable:?}");
        }
    }
}
