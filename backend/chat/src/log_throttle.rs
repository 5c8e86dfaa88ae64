//! Limits a log line that clients can cause at any rate to one a second.

use std::sync::{Mutex, PoisonError};

use shared_types::Timestamp;

/// Minimum time between two lines, in milliseconds.
const MIN_INTERVAL_MS: u64 = 1_000;

/// The time of the last written line, and the number of lines suppressed since.
#[derive(Default)]
pub(crate) struct LogThrottle(Mutex<(Timestamp, u32)>);

impl LogThrottle {
    /// Returns `None` if the line must not be written now, else the number of lines suppressed since the last one.
    pub(crate) fn allow(&self, now: Timestamp) -> Option<u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, suppressed) = &mut *state;
        if now.0.abs_diff(last.0) < MIN_INTERVAL_MS {
            *suppressed = suppressed.saturating_add(1);
            return None;
        }
        *last = now;
        Some(std::mem::take(suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_second_is_written_and_the_others_are_counted() {
        let throttle = LogThrottle::default();
        let written: Vec<_> = (5_000..8_000).filter_map(|now| throttle.allow(Timestamp(now))).collect();
        assert_eq!(written, [0, 999, 999]);
    }
}
