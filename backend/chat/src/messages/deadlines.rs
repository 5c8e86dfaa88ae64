//! How long a request can run, and from which age on an unfinished message counts as abandoned.

use std::time::Duration;

/// Maximum run time of a send: three times the timeout of the `send` function, 10 s.
pub const LONGEST_SEND: Duration = Duration::from_secs(30);

/// Maximum deviation of a server clock from the true time.
pub const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// Age from which an idempotency record without a message is taken over. The request that made it has ended by then, even if its clock and
/// ours deviate in opposite directions: 30 s + 2 × 5 min.
pub const RECORD_LIFE: Duration = LONGEST_SEND.saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);

/// Age from which a gap in the order stays one: its idempotency record is not used any more ([`RECORD_LIFE`]), and the last send that still
/// meant to has ended (30 s), again with both clocks wrong: 630 s + 30 s + 2 × 5 min.
pub const GAP_LIFE: Duration =
    RECORD_LIFE.saturating_add(LONGEST_SEND).saturating_add(CLOCK_SKEW).saturating_add(CLOCK_SKEW);
