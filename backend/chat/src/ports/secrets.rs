//! The secrets that sign, and where they are kept.

use std::fmt;

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::Result;

/// The secrets that sign cookies and tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// The one that signs.
    pub current: [u8; 32],
    /// The one before it: what it signed is still good.
    pub previous: Option<[u8; 32]>,
    /// When the current one was made.
    pub made_at: Timestamp,
}

/// A secret never shows in a log, not even by mistake.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

/// Where the secrets are kept.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Keeps `proposed` if there is no secret yet. Answers with what is kept. MUST be the same for all callers from the
    /// first answer on, until it is replaced.
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys>;

    /// Makes `fresh` the current secret and the current one the previous, if what is kept still is `seen`; answers whether
    /// it was.
    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool>;
}
