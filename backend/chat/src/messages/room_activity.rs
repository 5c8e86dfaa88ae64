//! The newest message of several rooms that is not deleted, and what is unread there, for a client that is in another one.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use shared_types::{ChatMessage, Rev, RoomActivity, RoomName, Seq, limits};

use crate::{
    messages::{renderer::MessageRenderer, threads::participants},
    ports::{Result, Unavailable, connections::Connection, messages::Messages, read_positions::ReadPositions},
};

/// Number of rooms that are read at the same time.
const AT_ONCE: usize = 16;

/// Number of messages that are looked at where the newest one is deleted. A room whose newest messages are all deleted has nothing to
/// read, and is left out.
const BEHIND_A_DELETED_ONE: usize = 20;

/// Maximum number of threads of a room whose first messages are read to learn whether the reader takes part. Of more threads with unread
/// replies, those with the newest ones count.
const THREADS: usize = 4;

/// Reads the newest message of rooms.
#[derive(Clone)]
pub struct RoomActivityQuery {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Up to where people have read, on all of their devices.
    pub read_positions: Arc<dyn ReadPositions>,
    /// Gives turns to the clients, because to count what is unread many messages are decoded.
    pub renderer: MessageRenderer,
}

impl RoomActivityQuery {
    /// Returns the newest message of each room, in the given order, without empty rooms. Deleted messages do not count. A room
    /// costs one read, and a second one if its newest message is deleted.
    ///
    /// `read` has the read positions of the client in the first rooms. If there are any, the stored ones of the person are read, too, with
    /// one read. What is unread is counted after the larger of both, in at most [`limits::WATCHED_ROOMS`] rooms, with one more read where
    /// something is, and one for the first message of each thread there that may be the reader's, at most 4 in a room.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer for one of them, or the positions could not be read.
    pub async fn newest(&self, reader: &Connection, rooms: Vec<RoomName>, read: Vec<Seq>) -> Result<Vec<RoomActivity>> {
        let newest: Vec<_> = rooms.iter().map(|room| self.newest_in(room)).collect();
        let newest = stream::iter(newest).buffered(AT_ONCE).try_collect::<Vec<Option<ChatMessage>>>();
        let stored = async {
            if read.is_empty() { Ok(Vec::new()) } else { self.read_positions.positions(&reader.person.id).await }
        };
        let (newest, stored) = futures::try_join!(newest, stored)?;
        let found = rooms.into_iter().zip(newest).enumerate().filter_map(|(place, (room, newest))| {
            let own = read.get(place).filter(|_| place < limits::WATCHED_ROOMS).copied();
            let stored = stored.iter().find(|stored| stored.room == room).map(|stored| stored.seq);
            Some(self.activity(reader, room, newest?, ReadBoth { own, stored }))
        });
        let found: Vec<_> = found.collect();
        stream::iter(found).buffered(AT_ONCE).try_collect().await
    }

    async fn activity(
        &self,
        reader: &Connection,
        room: RoomName,
        newest: ChatMessage,
        ReadBoth { own, stored }: ReadBoth,
    ) -> Result<RoomActivity> {
        let unread = match own.map(|own| own.max(stored.unwrap_or_default())) {
            Some(read) if newest.seq > read => Some(self.unread(reader, &room, read).await?),
            Some(_) => Some(Unread::default()),
            None => None,
        };
        Ok(RoomActivity {
            room,
            newest: newest.seq,
            author: newest.author.id,
            sent_at: newest.sent_at,
            unread: unread.map(|unread| unread.count),
            read: stored,
            mentioned: unread.is_some_and(|unread| unread.mentioned),
        })
    }

    /// Returns the newest message of a room that is not deleted. It costs one read, and a second one if the newest message is deleted.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub(crate) async fn newest_in(&self, room: &RoomName) -> Result<Option<ChatMessage>> {
        let mut newest = self.messages.before(room, None, 1).await?.pop();
        if let Some(deleted) = newest.take_if(|message| message.deleted) {
            let older = self.messages.before(room, Some(deleted.seq), BEHIND_A_DELETED_ONE).await?;
            newest = older.into_iter().rev().find(|message| !message.deleted);
        }
        Ok(newest)
    }

    /// Counts the messages of others after a read position, in a turn of the reader. Each message of a direct message counts as a mention.
    async fn unread(&self, reader: &Connection, room: &RoomName, read: Seq) -> Result<Unread> {
        let _turn = self.renderer.turn(&reader.into()).await;
        let messages = self.messages.created_after(room, Rev(read.0), limits::UNREAD_COUNT).await?;
        let me = &reader.person.id;
        let (mut unread, mut replies) = (Unread::default(), Vec::new());
        for message in messages.iter().filter(|message| !message.deleted && message.author.id != *me) {
            let is_mentioned = room.is_direct() || message.mentions.iter().any(|person| person.id == *me);
            unread.mentioned |= is_mentioned;
            match message.thread.filter(|_| !message.is_in_room() && !is_mentioned) {
                Some(thread) => replies.push(thread),
                None => unread.count += 1,
            }
        }
        unread.count += self.in_own_threads(reader, room, &replies).await?;
        Ok(unread)
    }

    /// Counts the replies in threads in which the reader takes part, given the first messages of their threads, in order.
    async fn in_own_threads(&self, reader: &Connection, room: &RoomName, replies: &[Seq]) -> Result<u32> {
        let mut threads = Vec::new();
        for thread in replies.iter().rev() {
            if threads.len() < THREADS && !threads.contains(thread) {
                threads.push(*thread);
            }
        }
        let own = try_join_all(threads.into_iter().map(|thread| async move {
            let root = self.messages.at(room, thread).await?.map(|found| found.message);
            let is_own = |root: &ChatMessage| participants(root).any(|person| *person == reader.person.id);
            Ok::<_, Unavailable>(root.filter(is_own).map(|root| root.seq))
        }));
        let own = own.await?;
        let count = replies.iter().filter(|thread| own.contains(&Some(**thread))).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// The read positions in a room: the one that the client knows, and the stored one.
struct ReadBoth {
    own: Option<Seq>,
    stored: Option<Seq>,
}

/// What is unread in a room.
#[derive(Clone, Copy, Default)]
struct Unread {
    count: u32,
    mentioned: bool,
}
