//! The newest message of several rooms that is not deleted, for a client that is in another one.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{RoomActivity, RoomName};

use crate::ports::{Result, messages::Messages};

/// Number of rooms that are read at the same time.
const AT_ONCE: usize = 16;

/// Number of messages that are looked at where the newest one is deleted. A room whose newest messages are all deleted has nothing to
/// read, and is left out.
const BEHIND_A_DELETED_ONE: usize = 20;

/// Reads the newest message of rooms.
#[derive(Clone)]
pub struct RoomActivityQuery {
    /// The log.
    pub messages: Arc<dyn Messages>,
}

impl RoomActivityQuery {
    /// Returns the newest message of each room, in the given order, without empty rooms. Deleted messages do not count. A room
    /// costs one read, and a second one if its newest message is deleted.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer for one of them.
    pub async fn newest(&self, rooms: Vec<RoomName>) -> Result<Vec<RoomActivity>> {
        let reads: Vec<_> = rooms.into_iter().map(|room| self.newest_in(room)).collect();
        let activity: Vec<Option<RoomActivity>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(activity.into_iter().flatten().collect())
    }

    async fn newest_in(&self, room: RoomName) -> Result<Option<RoomActivity>> {
        let mut newest = self.messages.before(&room, None, 1).await?.pop();
        if let Some(deleted) = newest.take_if(|message| message.deleted) {
            let older = self.messages.before(&room, Some(deleted.seq), BEHIND_A_DELETED_ONE).await?;
            newest = older.into_iter().rev().find(|message| !message.deleted);
        }
        Ok(newest.map(|message| RoomActivity {
            room,
            newest: message.seq,
            author: message.author.id,
            sent_at: message.sent_at,
        }))
    }
}
