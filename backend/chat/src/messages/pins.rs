//! The pinned messages of a room.
//!
//! A message tells itself whether it is pinned. An index of the room names the messages to read, so that a list of them costs the same in
//! every room. It may name too many, never too few:
//!
//! - An entry is written before its message is pinned, and removed after its message was unpinned or deleted.
//! - It has the revision of the message before it was pinned. A replace of a message fails if its revision has changed, so an entry whose
//!   message is not pinned and has a higher revision belongs to no attempt that can still succeed. Only such entries are removed.
//! - What reads the index reads the messages, too, and removes the entries that an interrupted attempt left.

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, Rev, RoomName, Seq, limits};

use crate::ports::{
    Result, Unavailable,
    messages::{Messages, PinEntry},
};

/// Number of messages that are read at the same time.
const AT_ONCE: usize = 16;

/// Maximum number of entries of a room's index: twice as many as can be pinned. Each surplus one is left by an attempt that was interrupted
/// between its entry and its message, and stays until that message is changed.
const INDEXED: usize = 2 * limits::PINS;

/// The pinned messages of rooms.
pub struct PinnedMessages<'a> {
    /// The log.
    pub messages: &'a dyn Messages,
}

impl PinnedMessages<'_> {
    /// Returns the pinned messages of a room, the one that was pinned last first.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn list(&self, room: &RoomName) -> Result<Vec<ChatMessage>> {
        let entries = self.messages.indexed_pins(room, INDEXED).await?;
        let mut pinned = self.pinned(room, entries).await?;
        pinned.sort_by_key(|message| (message.pinned.as_ref().map(|pin| pin.at), message.seq));
        pinned.reverse();
        pinned.truncate(limits::PINS);
        Ok(pinned)
    }

    /// Adds a message to the index before it is pinned. Returns whether the room can have one more pinned message.
    pub(crate) async fn admit(&self, room: &RoomName, seq: Seq, rev: Rev) -> Result<bool> {
        let entries = self.messages.indexed_pins(room, INDEXED).await?;
        let is_indexed = entries.iter().any(|entry| entry.seq == seq);
        if !is_indexed && entries.len() >= limits::PINS {
            let is_full = entries.len() >= INDEXED;
            let pinned = self.pinned(room, entries).await?;
            if is_full || pinned.len() >= limits::PINS {
                return Ok(false);
            }
        }
        self.messages.index_pin(room, PinEntry { seq, rev }).await?;
        Ok(true)
    }

    /// Removes a message from the index after a change with this revision, which left it unpinned. An entry that stays does no harm.
    pub(crate) async fn remove(&self, room: &RoomName, seq: Seq, rev: Rev) {
        if let Err(error) = self.messages.unindex_pin(room, seq, rev).await {
            tracing::warn!(%error, "an unpinned message stays in the index; the next list removes it");
        }
    }

    /// Returns the messages of these entries that are pinned. Removes the entries of the others, if no attempt to pin them can succeed.
    async fn pinned(&self, room: &RoomName, entries: Vec<PinEntry>) -> Result<Vec<ChatMessage>> {
        let reads = entries.into_iter().map(|PinEntry { seq, rev }| async move {
            let found = self.messages.at(room, seq).await?.map(|found| found.message);
            match &found {
                Some(message) if message.pinned.is_some() => {}
                Some(message) if message.rev > rev => self.remove(room, seq, message.rev).await,
                Some(_) => {}
                None => self.remove(room, seq, Rev(u64::MAX)).await,
            }
            Ok::<_, Unavailable>(found.filter(|message| message.pinned.is_some()))
        });
        let reads: Vec<_> = reads.collect();
        let found: Vec<Option<ChatMessage>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}
