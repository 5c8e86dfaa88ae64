//! What stands in for the world in the tests of who is who: a clock set by hand, and a store of secrets.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::{Clock, Keys, Result, Secrets};

/// A clock that moves when it is moved; in milliseconds.
pub(super) struct HandClock(pub(super) AtomicU64);

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }

    async fn sleep(&self, _: Duration) {}
}

/// A store of secrets that several processes share.
#[derive(Default)]
pub(super) struct Safe {
    pub(super) kept: Mutex<Option<Keys>>,
    /// How often it was looked into.
    pub(super) looked: AtomicU64,
}

#[async_trait]
impl Secrets for Safe {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        self.looked.fetch_add(1, Ordering::Relaxed);
        let fresh = Keys { current: proposed, previous: None, made_at: now };
        Ok(*self.kept.lock().unwrap().get_or_insert(fresh))
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let mut kept = self.kept.lock().unwrap();
        let is_seen = *kept == Some(*seen);
        if is_seen {
            *kept = Some(Keys { current: fresh, previous: Some(seen.current), made_at: now });
        }
        Ok(is_seen)
    }
}
