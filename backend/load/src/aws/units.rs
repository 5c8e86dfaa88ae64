//! Read and write units of DynamoDB, from the sizes of items.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;

/// Returns the read units of one read. A consistent read takes one for each 4 KB, another one half of it.
pub(crate) fn reads(bytes: usize, consistent: bool) -> f64 {
    let units = bytes.div_ceil(4096).max(1) as f64;
    if consistent { units } else { units / 2.0 }
}

/// Returns the write units of one write: one for each KB of the item, before or after it, whichever is larger.
pub(crate) fn writes(before: usize, after: usize) -> f64 {
    before.max(after).div_ceil(1024).max(1) as f64
}

/// Returns the size of an item as DynamoDB counts it, 0 if there is none.
pub(crate) fn size(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    attributes.map(|(name, value)| name.len() + size_of_value(value)).sum()
}

/// Returns the size of an attribute's value, such as `{"S":"text"}`.
fn size_of_value(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    let each = |size: fn(&Value) -> usize| value.as_array().into_iter().flatten().map(size).sum::<usize>();
    match kind.as_str() {
        "S" => text(value),
        "N" => digits(value),
        "B" => blob(value),
        "SS" => each(text),
        "NS" => each(digits),
        "BS" => each(blob),
        "L" => 3 + each(|value| 1 + size_of_value(value)),
        "M" => {
            let attributes = value.as_object().into_iter().flatten();
            3 + attributes.map(|(name, value)| 1 + name.len() + size_of_value(value)).sum::<usize>()
        }
        // BOOL and NULL.
        _ => 1,
    }
}

fn text(value: &Value) -> usize {
    value.as_str().map_or(0, str::len)
}

/// A number takes about one byte for two digits, and one more.
fn digits(value: &Value) -> usize {
    value.as_str().map_or(0, |digits| digits.len().div_ceil(2) + 1)
}

fn blob(value: &Value) -> usize {
    value.as_str().and_then(|blob| BASE64.decode(blob).ok()).map_or(0, |bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_as_large_as_its_names_and_values() {
        let check = |item: Value, expected| assert_eq!(size(&item), expected, "{item}");
        check(Value::Null, 0);
        check(json!({"pk": {"S": "room#ä"}}), 2 + 7);
        check(json!({"n": {"N": "12345"}}), 1 + 4);
        check(json!({"b": {"B": "AAAA"}}), 1 + 3);
        check(json!({"yes": {"BOOL": true}}), 3 + 1);
        check(json!({"l": {"L": [{"S": "ab"}, {"NULL": true}]}}), 1 + 3 + (1 + 2) + (1 + 1));
        check(json!({"m": {"M": {"key": {"S": "ab"}}}}), 1 + 3 + (1 + 3 + 2));
        check(json!({"s": {"SS": ["a", "bc"]}}), 1 + 3);
    }

    #[test]
    fn reads_are_rounded_up_to_four_kilobytes() {
        for (bytes, expected) in [(0, 1.0), (1, 1.0), (4096, 1.0), (4097, 2.0)] {
            assert_eq!(reads(bytes, true), expected, "{bytes} bytes");
            assert_eq!(reads(bytes, false), expected / 2.0, "{bytes} bytes, eventually consistent");
        }
    }

    #[test]
    fn writes_are_rounded_up_to_a_kilobyte_of_the_larger_item() {
        for (before, after, expected) in [(0, 0, 1.0), (0, 1024, 1.0), (0, 1025, 2.0), (3000, 10, 3.0)] {
            assert_eq!(writes(before, after), expected, "{before} bytes, then {after}");
        }
    }
}
