//! What has been kept long enough goes, a little with each commit.

use async_trait::async_trait;
use chat::ports::{
    Result,
    messages::{Expiring, MessageKey},
};
use redb::{ReadableTable, WriteTransaction};
use shared_types::{ChatMessage, Timestamp};

use super::{MARKS, MESSAGES, readable};
use crate::{
    messages::{
        RedbMessages,
        idempotency::{CLAIMS, GIVEN_UP},
    },
    store::WriteDurability,
};

const DOING: &str = "removing what was kept long enough";

#[async_trait]
impl Expiring for RedbMessages {
    async fn expire(&self, limit: usize) -> Result<Vec<MessageKey>> {
        let (oldest, now) = (self.oldest_kept(), self.clock.now());
        let removed = self.store.write(DOING, WriteDurability::Later, move |transaction| {
            remove_given_up(transaction, now)?;
            if oldest == Timestamp(0) {
                return Ok(Vec::new());
            }
            let expired = expired(transaction, oldest, limit)?;
            let (mut messages, mut claims) = (transaction.open_table(MESSAGES)?, transaction.open_table(CLAIMS)?);
            for (room, message) in &expired {
                messages.remove((room.as_str(), message.seq.0))?;
                claims.remove((message.author.id.as_str(), room.as_str(), message.nonce.as_str()))?;
            }
            Ok(expired)
        });
        let removed = removed.await?;
        let mut from = (oldest > Timestamp(0)).then(|| (String::new(), 0));
        while let Some(place) = from {
            let marks = move |transaction: &WriteTransaction| remove_marks(transaction, oldest, place, limit);
            from = self.store.write(DOING, WriteDurability::Later, marks).await?;
        }
        Ok(removed.into_iter().filter_map(|(room, message)| message_key(&room, message)).collect())
    }
}

/// Whose image goes after a message. A room whose name can't be read is in no image's path.
fn message_key(room: &str, message: ChatMessage) -> Option<MessageKey> {
    let room = room.parse().inspect_err(|error| tracing::error!(%error, "a room that can't be named had a message"));
    room.ok().map(|room| MessageKey { room, author: message.author.id, nonce: message.nonce })
}

/// The first messages of each room, as far as they have been kept long enough. One that can't be read is passed over: nobody
/// knows its age, and nobody is shown it.
fn expired(
    transaction: &WriteTransaction,
    oldest: Timestamp,
    limit: usize,
) -> std::result::Result<Vec<(String, ChatMessage)>, redb::Error> {
    let messages = transaction.open_table(MESSAGES)?;
    let (mut found, mut from) = (Vec::new(), (String::new(), 0));
    while found.len() < limit {
        let Some(entry) = messages.range((from.0.as_str(), from.1)..)?.next() else { break };
        let (key, stored) = entry?;
        let (room, seq) = (key.value().0.to_owned(), key.value().1);
        match readable::<ChatMessage>(stored.value()) {
            // The others of this room are younger: on to the next room.
            Some(message) if message.sent_at >= oldest => from = (room, u64::MAX),
            message => {
                found.extend(message.map(|message| (room.clone(), message)));
                from = (room, seq + 1);
            }
        }
    }
    Ok(found)
}

/// The first marks of each room, as far as they have been kept long enough, from that place on. It looks at `limit` of them, and
/// answers with the place to go on from, where there are more.
fn remove_marks(
    transaction: &WriteTransaction,
    oldest: Timestamp,
    mut from: (String, u64),
    limit: usize,
) -> std::result::Result<Option<(String, u64)>, redb::Error> {
    let mut marks = transaction.open_table(MARKS)?;
    for _ in 0..limit {
        let Some(entry) = marks.range((from.0.as_str(), from.1)..)?.next() else { return Ok(None) };
        let (key, mark) = entry?;
        let (room, rev, at) = (key.value().0.to_owned(), key.value().1, mark.value().0);
        drop((key, mark));
        if at < oldest.0 {
            marks.remove((room.as_str(), rev))?;
            from = (room, rev + 1);
        } else {
            from = (room, u64::MAX);
        }
    }
    Ok(Some(from))
}

/// There are few: a day's worth of what people asked to be forgotten.
fn remove_given_up(transaction: &WriteTransaction, now: Timestamp) -> std::result::Result<(), redb::Error> {
    transaction.open_table(GIVEN_UP)?.retain(|_, (_, _, until)| until >= now.0)?;
    Ok(())
}
