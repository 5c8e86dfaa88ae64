//! Deadlines: how long a request can run, and at which age an unfinished message counts as abandoned.

use std::time::Duration;

/// Maximum duration of a send: three times the `send` function's timeout of 10 s.
pub const LONGEST_SEND: Duration = Duration::from_secs(30);

/// Maximum difference between a server's clock and the true time.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// Age at which an idempotency record without a stored message is abandoned and may be taken over. The request that made
/// the record has ended by then, even if its clock and ours are wrong in opposite directions: 30 s + 2 × 5 min.
pub const RECORD_LIFE: Duration = LONGEST_SEND.saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);

/// Age at which a gap in the revisions is permanent. By then no new send uses its idempotency record ([`RECORD_LIFE`]), and
/// the last send that did has ended (30 s), again with both clocks wrong: 630 s + 30 s + 2 × 5 min.
pub const GAP_LIFE: Duration =
    RECORD_LIFE.saturating_add(LONGEST_SEND).saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);
