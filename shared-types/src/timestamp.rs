//! Timestamps and durations in whole milliseconds. Floating point would make the page's WebAssembly larger.

use std::{
    ops::{Add, Sub},
    time::Duration,
};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// Time on the server's clock, in milliseconds since 1970-01-01T00:00:00Z. Arithmetic saturates: it ends at the first or the
/// last timestamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Returns the time since an earlier timestamp, or zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(milliseconds(duration)))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Returns a waiting time in seconds, rounded up, so that a client that waits for it does not retry too early.
pub fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_arithmetic_saturates() {
        let minute = Duration::from_secs(60);
        assert_eq!(Timestamp(5) + minute, Timestamp(60_005));
        assert_eq!(Timestamp(60_005) - minute, Timestamp(5));
        assert_eq!((Timestamp(u64::MAX) + minute, Timestamp(5) - minute), (Timestamp(u64::MAX), Timestamp(0)));
        assert_eq!(Timestamp(5) + Duration::MAX, Timestamp(u64::MAX));
        assert_eq!(Timestamp(60_005).since(Timestamp(5)), minute);
        assert_eq!(Timestamp(5).since(Timestamp(60_005)), Duration::ZERO);
    }

    #[test]
    fn whole_seconds_rounds_up() {
        for (milliseconds, seconds) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (u64::MAX, u32::MAX)] {
            assert_eq!(whole_seconds(Duration::from_millis(milliseconds)), seconds);
        }
    }
}
