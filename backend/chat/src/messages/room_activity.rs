//! The newest message of several rooms that is not deleted, and what is unread there, for a client that is in another one.

use std::{iter, sync::Arc};

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, Rev, RoomActivity, RoomName, Seq, limits};

use crate::{
    messages::renderer::MessageRenderer,
    ports::{Result, connections::Connection, messages::Messages},
};

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
    /// Gives turns to the clients, because to count what is unread many messages are decoded.
    pub renderer: MessageRenderer,
}

impl RoomActivityQuery {
    /// Returns the newest message of each room, in the given order, without empty rooms. Deleted messages do not count. A room
    /// costs one read, and a second one if its newest message is deleted. `read` has the read positions in the first rooms: what is
    /// unread there is counted, in at most [`limits::WATCHED_ROOMS`] of them, with one more read where something is.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer for one of them.
    pub async fn newest(&self, reader: &Connection, rooms: Vec<RoomName>, read: Vec<Seq>) -> Result<Vec<RoomActivity>> {
        let read = read.into_iter().take(limits::WATCHED_ROOMS).map(Some).chain(iter::repeat(None));
        let reads: Vec<_> = rooms.into_iter().zip(read).map(|(room, read)| self.activity(reader, room, read)).collect();
        let activity: Vec<Option<RoomActivity>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(activity.into_iter().flatten().collect())
    }

    async fn activity(&self, reader: &Connection, room: RoomName, read: Option<Seq>) -> Result<Option<RoomActivity>> {
        let Some(newest) = self.newest_in(&room).await? else { return Ok(None) };
        let unread = match read {
            Some(read) if newest.seq > read => Some(self.unread(reader, &room, read).await?),
            Some(_) => Some(Unread::default()),
            None => None,
        };
        Ok(Some(RoomActivity {
            room,
            newest: newest.seq,
            author: newest.author.id,
            sent_at: newest.sent_at,
            unread: unread.map(|unread| unread.count),
            mentioned: unread.is_some_and(|unread| unread.mentioned),
        }))
    }

    async fn newest_in(&self, room: &RoomName) -> Result<Option<ChatMessage>> {
        let mut newest = self.messages.before(room, None, 1).await?.pop();
        if let Some(deleted) = newest.take_if(|message| message.deleted) {
            let older = self.messages.before(room, Some(deleted.seq), BEHIND_A_DELETED_ONE).await?;
            newest = older.into_iter().rev().find(|message| !message.deleted);
        }
        Ok(newest)
    }

    /// Counts the messages of others after a read position, in a turn of the reader.
    async fn unread(&self, reader: &Connection, room: &RoomName, read: Seq) -> Result<Unread> {
        let _turn = self.renderer.turn(&reader.into()).await;
        let messages = self.messages.created_after(room, Rev(read.0), limits::UNREAD_COUNT).await?;
        let me = &reader.person.id;
        let mut unread = Unread::default();
        for message in messages.iter().filter(|message| !message.deleted && message.author.id != *me) {
            unread.count += 1;
            unread.mentioned |= message.mentions.iter().any(|person| person.id == *me);
        }
        Ok(unread)
    }
}

/// What is unread in a room.
#[derive(Clone, Copy, Default)]
struct Unread {
    count: u32,
    mentioned: bool,
}
