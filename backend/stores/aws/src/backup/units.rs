//! Sizes of items in DynamoDB's units.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::Item;

/// Returns the read units of a consistent Scan that returned these items: one for each 4 KB of all of them together.
pub(super) fn read_units(items: &[Item]) -> u64 {
    items.iter().map(size).sum::<u64>().div_ceil(4096)
}

/// Returns the write units of an item: one for each 1 KB.
pub(super) fn write_units(item: &Item) -> u64 {
    size(item).div_ceil(1024).max(1)
}

/// Returns about the size of an item in bytes: its names and values.
fn size(item: &Item) -> u64 {
    item.iter().map(|(name, value)| name.len() as u64 + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> u64 {
    match value {
        AttributeValue::S(text) => text.len() as u64,
        AttributeValue::N(digits) => digits.len() as u64 / 2 + 2,
        AttributeValue::B(bytes) => bytes.as_ref().len() as u64,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<u64>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{item, text};

    #[test]
    fn units_are_counted_by_size() {
        let kilobyte = |bytes: usize| item([("t", text("x".repeat(bytes - 1)))]);
        assert_eq!([1, 1024, 1025, 4097].map(|bytes| write_units(&kilobyte(bytes))), [1, 1, 2, 5]);
        assert_eq!(read_units(&[]), 0);
        assert_eq!(read_units(&[kilobyte(1024), kilobyte(3072)]), 1);
        assert_eq!(read_units(&[kilobyte(1024), kilobyte(3073)]), 2);
    }
}
