//! The messages that people saved for themselves.

use async_trait::async_trait;
use shared_types::{PersonId, RoomName, SavedPosition, Seq};

use crate::ports::Result;

/// The store of saved messages: for each person a list of messages, which only this person sees.
#[async_trait]
pub trait SavedMessages: Send + Sync {
    /// Adds a message to the list of a person, unless it is there: then its time stays. After success it MUST survive a crash and a power
    /// cut.
    async fn save(&self, person: &PersonId, message: &SavedPosition) -> Result<()>;

    /// Removes a message from the list of a person. Does nothing if it is not there.
    async fn unsave(&self, person: &PersonId, room: &RoomName, seq: Seq) -> Result<()>;

    /// Returns up to `limit` messages of the list of a person, in any order. MUST see every `save` and `unsave` that has ended. Messages
    /// that were saved longer ago than messages are kept may be missing.
    async fn saved(&self, person: &PersonId, limit: usize) -> Result<Vec<SavedPosition>>;
}
