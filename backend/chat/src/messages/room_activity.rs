//! Room activity: the newest message of several rooms, for a client that is in another room.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{RoomActivity, RoomName, ServerMessage};

use crate::ports::{Result, messages::Messages};

/// Maximum number of rooms that are read concurrently.
const CONCURRENT_READS: usize = 16;

/// Answers `rooms`.
pub struct RoomActivityQuery {
    /// The message log.
    pub messages: Arc<dyn Messages>,
}

impl RoomActivityQuery {
    /// Returns the newest message of each of these rooms, in their order: `rooms`. Rooms without messages are left out.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer for one of them.
    pub async fn newest(&self, rooms: Vec<RoomName>) -> Result<ServerMessage> {
        let reads: Vec<_> = rooms.into_iter().map(|room| self.newest_in(room)).collect();
        let activities: Vec<Option<RoomActivity>> =
            stream::iter(reads).buffered(CONCURRENT_READS).try_collect().await?;
        Ok(ServerMessage::Rooms { rooms: activities.into_iter().flatten().collect() })
    }

    async fn newest_in(&self, room: RoomName) -> Result<Option<RoomActivity>> {
        let newest = self.messages.before(&room, None, 1).await?.pop();
        Ok(newest.map(|message| RoomActivity {
            room,
            newest: message.seq,
            author: message.author.id,
            sent_at: message.sent_at,
        }))
    }
}
