//! Rate counters, slow mode slots and used tickets in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    rate_store::{RateDecision, RateLimit, RateStore},
};
use shared_types::Timestamp;

/// [`RateStore`] in memory. It keeps the time of every allowed call and counts those of the current windows.
#[derive(Default)]
pub struct MemoryRateStore {
    /// Times of allowed calls by key, in milliseconds.
    allowed: Mutex<BTreeMap<String, Vec<u64>>>,
    used: Mutex<BTreeSet<String>>,
    /// Holder of each slow mode slot, and when it was acquired.
    slots: Mutex<BTreeMap<String, (String, u64)>>,
}

#[async_trait]
impl RateStore for MemoryRateStore {
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision> {
        let (long, short) = (limit.window.as_millis() as u64, limit.burst_window.as_millis() as u64);
        let mut allowed = self.allowed.lock().unwrap();
        let times = allowed.entry(key.into()).or_default();
        let count_since = |begin: u64| times.iter().filter(|time| **time >= begin && **time <= now.0).count() as u32;
        let (long_began, short_began) = (now.0 - now.0 % long, now.0 - now.0 % long % short);
        if count_since(long_began) >= limit.sustained {
            return Ok(RateDecision::Denied(Duration::from_millis(long_began + long - now.0)));
        }
        if count_since(short_began) >= limit.burst {
            return Ok(RateDecision::Denied(Duration::from_millis(short_began + short - now.0)));
        }
        times.push(now.0);
        Ok(RateDecision::Allowed)
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        let mut slots = self.slots.lock().unwrap();
        match slots.get(key) {
            Some((of, _)) if of == holder => return Ok(RateDecision::Allowed),
            Some((_, taken_at)) if taken_at + window.as_millis() as u64 > now.0 => {
                return Ok(RateDecision::Denied(Duration::from_millis(taken_at + window.as_millis() as u64 - now.0)));
            }
            _ => {}
        }
        slots.insert(key.into(), (holder.into(), now.0));
        Ok(RateDecision::Allowed)
    }

    async fn mark_ticket_used(&self, key: &str, _until: Timestamp) -> Result<bool> {
        Ok(self.used.lock().unwrap().insert(key.into()))
    }
}
