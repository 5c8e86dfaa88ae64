//! Bounds how many read or write units a second a command uses.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spreads work over time, so that it uses a number of units a second on average.
pub(super) struct Pace {
    units_per_second: u32,
    /// When the units that were used until now are paid for.
    paid: Instant,
}

impl Pace {
    /// Returns the pace; 0 units a second are taken for 1.
    pub(super) fn new(units_per_second: u32) -> Self {
        Self { units_per_second: units_per_second.max(1), paid: Instant::now() }
    }

    /// Waits until the next work may begin after work of this many units.
    pub(super) async fn used(&mut self, units: u64) {
        let time = Duration::from_millis(units.saturating_mul(1000) / u64::from(self.units_per_second));
        self.paid = self.paid.max(Instant::now()) + time;
        sleep_until(self.paid).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_takes_as_long_as_its_units() {
        let start = Instant::now();
        let mut pace = Pace::new(100);
        for units in [50, 150, 0, 300] {
            pace.used(units).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(5));
        tokio::time::advance(Duration::from_secs(60)).await;
        pace.used(100).await;
        assert_eq!(start.elapsed(), Duration::from_secs(66), "unused time is not saved up");
    }
}
