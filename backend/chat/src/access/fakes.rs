//! Fakes for the tests of this module: a manual clock, and a store of secrets.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::{
    Result,
    secrets::{Keys, Secrets},
    system::Clock,
};

/// A clock that a test sets; in milliseconds.
pub(crate) struct ManualClock(pub(crate) AtomicU64);

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    async fn sleep(&self, _: Duration) {}
}

/// A store of secrets that several processes share.
#[derive(Default)]
pub(crate) struct FakeSecrets {
    pub(crate) stored: Mutex<Option<Keys>>,
    /// Number of reads.
    pub(crate) reads: AtomicU64,
}

#[async_trait]
impl Secrets for FakeSecrets {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let fresh = Keys { current: proposed, previous: None, made_at: now };
        Ok(*self.stored.lock().unwrap().get_or_insert(fresh))
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let mut stored = self.stored.lock().unwrap();
        let is_seen = *stored == Some(*seen);
        if is_seen {
            *stored = Some(Keys { current: fresh, previous: Some(seen.current), made_at: now });
        }
        Ok(is_seen)
    }
}
