//! How long deliveries took.

use std::{fmt, time::Duration};

/// Times from sending a message to receiving it. Displayed as the number of deliveries and the times below which 50, 90 and 99 of
/// 100 are, and all.
#[derive(Clone, Debug, Default)]
pub struct Delays(pub Vec<Duration>);

impl fmt::Display for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = |percent: usize| {
            let index = sorted.len().saturating_sub(1) * percent / 100;
            sorted.get(index).map_or(f64::NAN, |delay| delay.as_secs_f64() * 1000.0)
        };
        let (p50, p90, p99, all) = (at(50), at(90), at(99), at(100));
        write!(f, "{} deliveries, p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, all {all:.1} ms", sorted.len())
    }
}

impl Extend<Duration> for Delays {
    fn extend<T: IntoIterator<Item = Duration>>(&mut self, delays: T) {
        self.0.extend(delays);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_displayed_as_percentiles() {
        let delays = Delays((0..=1000).rev().map(Duration::from_millis).collect());
        assert_eq!(delays.to_string(), "1001 deliveries, p50 500.0 ms, p90 900.0 ms, p99 990.0 ms, all 1000.0 ms");
        assert!(Delays::default().to_string().starts_with("0 deliveries"));
    }
}
