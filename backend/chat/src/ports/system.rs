//! Time and randomness of the process.

use std::time::Duration;

use async_trait::async_trait;
use shared_types::Timestamp;

/// The clock.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the wall clock time.
    fn now(&self) -> Timestamp;

    /// Waits for a duration.
    async fn sleep(&self, duration: Duration);
}

/// A source of cryptographically secure randomness.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}
