//! Items of a table: writing values into attributes and reading them back.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

/// One item: attributes by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// An attribute that is missing or malformed.
#[derive(Debug, thiserror::Error)]
#[error("the attribute {attribute} is missing or not what it should be")]
pub(crate) struct Malformed {
    attribute: &'static str,
}

/// Returns a text attribute.
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// Returns a number attribute.
pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Returns a text attribute with a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<AttributeValue> {
    serde_json::to_string(value).map(text)
}

/// Returns an item of these attributes.
pub(crate) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads a text attribute and parses it.
pub(crate) fn read<T: FromStr>(item: &Item, attribute: &'static str) -> Result<T, Malformed> {
    read_parsed(item, attribute, |text| text.parse().ok())
}

/// Reads a text attribute and parses it with a function.
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

/// Reads items. One that cannot be read is logged and left out, so that it does not make its room unreadable.
pub(crate) fn read_all<T>(items: &[Item], one: impl Fn(&Item) -> Result<T, Malformed>) -> Vec<T> {
    items.iter().filter_map(|item| read_or_skip(item, &one)).collect()
}

/// Reads an item. Logs it and returns `None` if it cannot be read.
pub(crate) fn read_or_skip<T>(item: &Item, one: impl Fn(&Item) -> Result<T, Malformed>) -> Option<T> {
    one(item)
        .inspect_err(|error| {
            let key = item.get("pk").zip(item.get("sk"));
            tracing::error!(%error, ?key, "unreadable item left out");
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_number_is_none_and_an_unreadable_one_is_an_error() {
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
