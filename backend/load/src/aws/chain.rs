//! How many calls follow one another.

use std::time::Instant;

/// Returns the length of the longest chain of calls of which each starts after the one before has ended.
///
/// All calls take about the same time here, so the longest chain is the round trips that a request waits for.
pub(crate) fn longest(calls: impl Iterator<Item = (Instant, Instant)>) -> usize {
    let mut calls: Vec<_> = calls.collect();
    calls.sort_by_key(|(_, end)| *end);
    let (mut length, mut last) = (0, None);
    for (start, end) in calls {
        if last.is_none_or(|last| start >= last) {
            (length, last) = (length + 1, Some(end));
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(calls: &[(u64, u64)], expected: usize) {
        let zero = Instant::now();
        let at = |milliseconds| zero + Duration::from_millis(milliseconds);
        assert_eq!(longest(calls.iter().map(|(start, end)| (at(*start), at(*end)))), expected, "{calls:?}");
    }

    #[test]
    fn calls_at_the_same_time_count_once() {
        check(&[], 0);
        check(&[(0, 10), (1, 11), (2, 12)], 1);
        check(&[(0, 10), (10, 20), (21, 31)], 3);
        check(&[(0, 10), (1, 13), (13, 23), (14, 24), (25, 35)], 3);
    }
}
