//! Several rooms: what was said last in each, for whoever is not there.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{RoomActivity, RoomName, ServerMessage};

use crate::ports::{Result, messages::Messages};

/// Rooms that are read at once.
const AT_ONCE: usize = 16;

/// The rule of looking into other rooms.
pub struct RoomActivityQuery {
    /// The log.
    pub messages: Arc<dyn Messages>,
}

impl RoomActivityQuery {
    /// What was said last in each of these rooms: `rooms`, in their order, without those in which nothing was said.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer for one of them.
    pub async fn newest(&self, rooms: Vec<RoomName>) -> Result<ServerMessage> {
        let reads: Vec<_> = rooms.into_iter().map(|room| self.newest_in(room)).collect();
        let news: Vec<Option<RoomActivity>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(ServerMessage::Rooms { rooms: news.into_iter().flatten().collect() })
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
