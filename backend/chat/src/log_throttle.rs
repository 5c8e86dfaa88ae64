//! A line of the log that strangers can cause as often as they like, and that is written once a second.

use std::sync::{Mutex, PoisonError};

use shared_types::Timestamp;

/// The least between two lines, in milliseconds.
const PAUSE_MS: u64 = 1_000;

/// When the line was written last, and how often it was not since.
#[derive(Default)]
pub(crate) struct LogThrottle(Mutex<(Timestamp, u32)>);

impl LogThrottle {
    /// Whether it is to be written now; if so, how often it was not since the last time.
    pub(crate) fn allow(&self, now: Timestamp) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, silent) = &mut *state;
        if now.0.abs_diff(last.0) < PAUSE_MS {
            *silent = silent.saturating_add(1);
            return None;
        }
        *last = now;
        Some(std::mem::take(silent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_thousand_lines_a_second_one_is_written_and_the_others_are_counted() {
        let throttle = LogThrottle::default();
        let written: Vec<_> = (5_000..8_000).filter_map(|now| throttle.allow(Timestamp(now))).collect();
        assert_eq!(written, [0, 999, 999]);
    }
}
