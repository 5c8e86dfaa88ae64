//! The system clock and the randomness of the operating system, the same in both deployments.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chat::ports::system::{Clock, Entropy};
use shared_types::Timestamp;

/// The system clock.
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 is broken. 0 makes every ticket invalid; another value could keep one valid forever.
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Timestamp(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The random number generator of the operating system.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness no secret and no id is safe, so the process stops")]
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}
