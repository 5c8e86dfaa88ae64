//! How often something may be done.

use std::time::Duration;

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::Result;

/// How much is allowed: `burst` times in a stretch of `burst_window`, and `sustained` times in one of `window`. Stretches
/// are counted from the beginning of time, so at the border of two of them twice as much gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// So often in a short stretch.
    pub burst: u32,
    /// The short stretch; a part of `window` without a rest.
    pub burst_window: Duration,
    /// So often in a long one.
    pub sustained: u32,
    /// The long stretch.
    pub window: Duration,
}

/// Where a time lies: in which long stretch since the beginning of time, in which short one of that, and how many milliseconds
/// are left of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindows {
    /// The number of the long one.
    pub long: u64,
    /// The number of the short one in it.
    pub short: u64,
    /// What is left of the long one, in milliseconds.
    pub until_long: u64,
    /// What is left of the short one, in milliseconds.
    pub until_short: u64,
}

impl RateLimit {
    /// The stretches that a time lies in.
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

/// Whether something is still allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateDecision {
    /// It was, and counts from now on.
    Allowed,
    /// It was not, and does not count; it will be after so long.
    Denied(Duration),
}

/// How often things were done.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// Counts that something was done under `key`, if that is allowed. MUST be exact however many come at once.
    async fn take(&self, key: &str, allowance: RateLimit, now: Timestamp) -> Result<RateDecision>;

    /// Gives the turn `key` to `holder`, unless another took it less than `window` ago: then the answer is for how long it is
    /// theirs. Whoever took it last has it, and asks again as often as they like without taking it anew. MUST be exact however
    /// many come at once.
    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision>;

    /// Notes that `key` was used, and answers whether it was for the first time. MUST remember it until `until`.
    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool>;
}
