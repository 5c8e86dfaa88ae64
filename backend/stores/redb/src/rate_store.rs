//! Rate counters, slow mode slots and used tickets in memory: they end with the process.

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

/// Number of entries from which expired ones are looked for: about 100 bytes each, 100 KB.
const CLEANUP_THRESHOLD: usize = 1_000;

/// [`RateStore`] of this process.
///
/// It keeps the current windows only: whenever it has grown to twice the size that the last cleanup left, it drops expired entries.
pub struct InProcessRateStore {
    clock: Arc<dyn Clock>,
    counts: Mutex<Bounded<Count>>,
    used: Mutex<Bounded<Timestamp>>,
    slots: Mutex<Bounded<Slot>>,
}

/// Who holds a slow mode slot.
struct Slot {
    holder: String,
    taken_at: Timestamp,
    expires_at: Timestamp,
}

/// The counts of a key.
struct Count {
    total: u32,
    long_ends: Timestamp,
    burst: u32,
    short_ends: Timestamp,
}

#[async_trait]
impl RateStore for InProcessRateStore {
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision> {
        let RateWindows { until_long, until_short, .. } = limit.windows(now);
        let (long_ends, short_ends) = (Timestamp(now.0 + until_long), Timestamp(now.0 + until_short));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.drop_expired(|count| count.long_ends <= now);
        let count = counts.entries.entry(key.into()).or_insert(Count { total: 0, long_ends, burst: 0, short_ends });
        if count.long_ends != long_ends {
            *count = Count { total: 0, long_ends, burst: 0, short_ends };
        } else if count.short_ends != short_ends {
            (count.burst, count.short_ends) = (0, short_ends);
        }
        if count.total >= limit.sustained {
            return Ok(RateDecision::Denied(Duration::from_millis(until_long)));
        }
        if count.burst >= limit.burst {
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
        let expires_at = now + window;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.drop_expired(|slot| slot.expires_at <= now);
        match slots.entries.get(key) {
            Some(slot) if slot.holder == holder => return Ok(RateDecision::Allowed),
            Some(slot) if slot.taken_at + window > now => {
                return Ok(RateDecision::Denied((slot.taken_at + window).since(now)));
            }
            _ => {}
        }
        slots.entries.insert(key.into(), Slot { holder: holder.into(), taken_at: now, expires_at });
        Ok(RateDecision::Allowed)
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        let now = self.clock.now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.drop_expired(|until| *until < now);
        let known = used.entries.get(key).is_some_and(|until| *until >= now);
        used.entries.entry(key.into()).or_insert(until);
        Ok(!known)
    }
}

impl InProcessRateStore {
    /// Returns an empty store.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counts: Mutex::default(), used: Mutex::default(), slots: Mutex::default() }
    }
}

/// Entries of which expired ones are dropped now and then, at a small cost per insertion.
struct Bounded<T> {
    entries: HashMap<String, T>,
    next_cleanup: usize,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self { entries: HashMap::new(), next_cleanup: CLEANUP_THRESHOLD }
    }
}

impl<T> Bounded<T> {
    fn drop_expired(&mut self, is_expired: impl Fn(&T) -> bool) {
        if self.entries.len() >= self.next_cleanup {
            self.entries.retain(|_, entry| !is_expired(entry));
            self.next_cleanup = CLEANUP_THRESHOLD.max(2 * self.entries.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use platform::system::SystemClock;

    use super::*;

    #[tokio::test]
    async fn expired_entries_are_dropped() {
        let rate_store = InProcessRateStore::new(Arc::new(SystemClock));
        let minute = Duration::from_secs(60);
        let limit = RateLimit { burst: 1, burst_window: minute, sustained: 1, window: minute };
        for second in 0..10_000_u64 {
            let now = Timestamp(second * 1_000);
            assert_eq!(rate_store.take(&format!("k{second}"), limit, now).await.unwrap(), RateDecision::Allowed);
            rate_store.mark_ticket_used(&format!("k{second}"), now).await.unwrap();
            assert_eq!(
                rate_store.acquire_slow_mode_slot(&format!("k{second}"), "n", minute, now).await.unwrap(),
                RateDecision::Allowed
            );
        }
        assert!(rate_store.counts.lock().unwrap().entries.len() <= CLEANUP_THRESHOLD);
        assert!(rate_store.used.lock().unwrap().entries.len() <= CLEANUP_THRESHOLD);
        assert!(rate_store.slots.lock().unwrap().entries.len() <= CLEANUP_THRESHOLD);
    }
}
