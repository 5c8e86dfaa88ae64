//! How long to wait before the next try.

/// The longest wait after the first failure, in milliseconds; it doubles with every further one.
const FIRST_MS: u64 = 500;
/// The longest wait after any, in milliseconds.
const LONGEST_MS: u64 = 30_000;

/// The wait before the next try, in milliseconds: drawn evenly from nothing to the longest ("full jitter"), so that a
/// thousand pages that lost the same server do not return at the same moment.
pub fn backoff(failures: u32, random: u32) -> u64 {
    // 500 ms doubled six times is past the longest wait.
    let longest = (FIRST_MS << failures.min(6)).min(LONGEST_MS);
    u64::from(random) % (longest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(failures: u32) -> Option<u64> {
        (0..40_000).map(|random| backoff(failures, random)).max()
    }

    #[test]
    fn the_longest_wait_doubles_up_to_half_a_minute() {
        let waits: Vec<_> = [0, 1, 2, 5, 6, 7, u32::MAX].into_iter().map(longest).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000].map(Some));
    }

    #[test]
    fn the_wait_may_be_none_at_all() {
        assert_eq!(backoff(5, 0), 0);
    }
}
