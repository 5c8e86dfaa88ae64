//! A clock that tests control.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::ports::system::Clock;
use shared_types::Timestamp;

/// A clock that only moves when a test advances it. A sleep advances it and returns at once. Concurrent sleeps pass together.
pub struct ManualClock(AtomicU64);

impl ManualClock {
    pub fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(now.0)))
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.now() + duration;
        // Other sleeps begin now.
        tokio::task::yield_now().await;
        self.advance(end.since(self.now()));
    }
}
