//! Counters of the rate limits, slow mode slots and used tickets.

use std::time::Duration;

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::Result;

/// A rate limit: at most `burst` times in one `burst_window`, and at most `sustained` times in one `window`. The windows are
/// fixed: they are counted from the Unix epoch, so twice the limit can pass around the border of two windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Maximum number in a short window.
    pub burst: u32,
    /// Length of the short window. It divides `window` without a remainder.
    pub burst_window: Duration,
    /// Maximum number in a long window.
    pub sustained: u32,
    /// Length of the long window.
    pub window: Duration,
}

/// The windows that a time lies in: the number of the long window since the Unix epoch, the number of the short window in it,
/// and the milliseconds that are left of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindows {
    /// Number of the long window since the Unix epoch.
    pub long: u64,
    /// Number of the short window in the long one.
    pub short: u64,
    /// Milliseconds until the long window ends.
    pub until_long: u64,
    /// Milliseconds until the short window ends.
    pub until_short: u64,
}

impl RateLimit {
    /// Returns the windows that a time lies in.
    pub fn windows(&self, now: Timestamp) -> RateWindows {
        let milliseconds = |window: Duration| u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1);
        let (window, burst_window) = (milliseconds(self.window), milliseconds(self.burst_window));
        let into = now.0 % window;
        RateWindows {
            long: now.0 / window,
            short: into / burst_window,
            until_long: window - into,
            until_short: burst_window - into % burst_window,
        }
    }
}

/// The result of a rate limit check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateDecision {
    /// Allowed, and counted.
    Allowed,
    /// Denied, and not counted. It will be allowed after this time.
    Denied(Duration),
}

/// The store of rate limit counters.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// Counts one action under `key` if the limit allows it. MUST be exact, however many calls run at once.
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision>;

    /// Gives the slow mode slot `key` to `holder`, unless another holder took it less than `window` ago: then the result says how
    /// long that holder keeps it. The current holder may call this again without starting a new slot. MUST be exact, however
    /// many calls run at once.
    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision>;

    /// Records that the ticket `key` was used. Returns whether this was the first use. MUST remember it until `until`.
    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool>;
}
