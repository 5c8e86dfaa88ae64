//! How long a request can run, and from which age on an unfinished message counts as abandoned.

use std::time::Duration;

/// The longest a send can live: the `send` function's timeout of 10 s, three times over.
pub const LONGEST_SEND: Duration = Duration::from_secs(30);

/// The most by which two servers' clocks may differ from the true time, each.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// From this age on, a claim with no message at its place is claimed anew. Whoever made it has ended by then, even if
/// their clock and ours are wrong in opposite directions: 30 s + 2 × 5 min.
pub const RECORD_LIFE: Duration = LONGEST_SEND.saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);

/// From this age on, a hole in the order stays one: its claim is no longer written to ([`RECORD_LIFE`]), and the last
/// send that still meant to has ended (30 s), again with both clocks wrong: 630 s + 30 s + 2 × 5 min.
pub const GAP_LIFE: Duration =
    RECORD_LIFE.saturating_add(LONGEST_SEND).saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);
