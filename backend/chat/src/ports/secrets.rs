//! Storage of the signing secrets.

use std::fmt;

use async_trait::async_trait;
use shared_types::Timestamp;

use crate::ports::Result;

/// The secrets that sign cookies and tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// The secret that signs.
    pub current: [u8; 32],
    /// The secret before it: its signatures are still valid.
    pub previous: Option<[u8; 32]>,
    /// When the current secret was made.
    pub made_at: Timestamp,
}

/// Leaves the secrets out, so that they can't get into a log by mistake.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

/// The store of the signing secrets.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Stores `proposed` if there is no secret yet. Returns the stored secrets. All callers MUST get the same ones from the first
    /// answer on, until they are replaced.
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys>;

    /// Makes `fresh` the current secret and the current one the previous, if the stored secrets still are `seen`. Returns whether
    /// they were.
    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool>;
}
