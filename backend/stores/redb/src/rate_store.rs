//! How often things were done, in memory: with the process, what it counted is forgotten.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    rate_store::{RateDecision, RateLimit, RateStore, RateWindows},
    system::Clock,
};
use shared_types::Timestamp;

/// From so many entries on it is looked which of them are over: some 100 bytes each, 100 KB.
const MANY: usize = 1_000;

/// [`RateStore`] of this process.
///
/// It holds what was done in the present stretch and no more: whenever it has grown to twice of what was left the last time,
/// it drops what is over.
pub struct InProcessRateStore {
    clock: Arc<dyn Clock>,
    taken: Mutex<Bounded<Count>>,
    used: Mutex<Bounded<Timestamp>>,
    turns: Mutex<Bounded<Turn>>,
}

/// Whose turn it is.
struct Turn {
    holder: String,
    taken_at: Timestamp,
    over: Timestamp,
}

/// What was done under a key.
struct Count {
    total: u32,
    long_ends: Timestamp,
    burst: u32,
    short_ends: Timestamp,
}

#[async_trait]
impl RateStore for InProcessRateStore {
    async fn take(&self, key: &str, allowance: RateLimit, now: Timestamp) -> Result<RateDecision> {
        let RateWindows { until_long, until_short, .. } = allowance.windows(now);
        let (long_ends, short_ends) = (Timestamp(now.0 + until_long), Timestamp(now.0 + until_short));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.drop_those(|count| count.long_ends <= now);
        let count = taken.entries.entry(key.into()).or_insert(Count { total: 0, long_ends, burst: 0, short_ends });
        if count.long_ends != long_ends {
            *count = Count { total: 0, long_ends, burst: 0, short_ends };
        } else if count.short_ends != short_ends {
            (count.burst, count.short_ends) = (0, short_ends);
        }
        if count.total >= allowance.sustained {
            return Ok(RateDecision::Denied(Duration::from_millis(until_long)));
        }
        if count.burst >= allowance.burst {
            return Ok(RateDecision::Denied(Duration::from_millis(until_short)));
        }
        count.total += 1;
        count.burst += 1;
        Ok(RateDecision::Allowed)
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        let over = now + window;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.drop_those(|turn| turn.over <= now);
        match turns.entries.get(key) {
            Some(turn) if turn.holder == holder => return Ok(RateDecision::Allowed),
            Some(turn) if turn.taken_at + window > now => {
                return Ok(RateDecision::Denied((turn.taken_at + window).since(now)));
            }
            _ => {}
        }
        turns.entries.insert(key.into(), Turn { holder: holder.into(), taken_at: now, over });
        Ok(RateDecision::Allowed)
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        let now = self.clock.now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.drop_those(|until| *until < now);
        let known = used.entries.get(key).is_some_and(|until| *until >= now);
        used.entries.entry(key.into()).or_insert(until);
        Ok(!known)
    }
}

impl InProcessRateStore {
    /// Nothing was done yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, taken: Mutex::default(), used: Mutex::default(), turns: Mutex::default() }
    }
}

/// Entries of which those that are over are dropped now and then, at a cost that is small for each that comes.
struct Bounded<T> {
    entries: HashMap<String, T>,
    look_at: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), look_at: MANY }
    }
}

impl<T> Bounded<T> {
    fn drop_those(&mut self, is_over: impl Fn(&T) -> bool) {
        if self.entries.len() >= self.look_at {
            self.entries.retain(|_, entry| !is_over(entry));
            self.look_at = MANY.max(2 * self.entries.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use platform::system::SystemClock;

    use super::*;

    #[tokio::test]
    async fn what_is_over_is_dropped() {
        let rate_store = InProcessRateStore::new(Arc::new(SystemClock));
        let minute = Duration::from_secs(60);
        let allowance = RateLimit { burst: 1, burst_window: minute, sustained: 1, window: minute };
        for second in 0..10_000_u64 {
            let now = Timestamp(second * 1_000);
            assert_eq!(rate_store.take(&format!("k{second}"), allowance, now).await.unwrap(), RateDecision::Allowed);
            rate_store.mark_ticket_used(&format!("k{second}"), now).await.unwrap();
            assert_eq!(
                rate_store.acquire_slow_mode_slot(&format!("k{second}"), "n", minute, now).await.unwrap(),
                RateDecision::Allowed
            );
        }
        assert!(rate_store.taken.lock().unwrap().entries.len() <= MANY);
        assert!(rate_store.used.lock().unwrap().entries.len() <= MANY);
        assert!(rate_store.turns.lock().unwrap().entries.len() <= MANY);
    }
}
