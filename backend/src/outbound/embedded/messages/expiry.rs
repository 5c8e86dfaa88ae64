//! What has been kept long enough goes, a little with each commit.

use async_trait::async_trait;
use redb::{ReadableTable, WriteTransaction};
use shared_types::{ChatMessage, Timestamp};

use super::{
    super::store::Lasting,
    EmbeddedMessages, MARKS, MESSAGES,
    claims::{CLAIMS, GIVEN_UP},
    decode,
};
use crate::ports::{Expiring, Identity, Result};

#[async_trait]
impl Expiring for EmbeddedMessages {
    async fn expire(&self, limit: usize) -> Result<Vec<Identity>> {
        let (oldest, now) = (self.oldest_kept(), self.clock.now());
        let removed = self.store.write("removing what was kept long enough", Lasting::Later, move |transaction| {
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
            remove_marks(transaction, oldest, limit)?;
            Ok(expired)
        });
        let identities = removed.await?.into_iter().map(|(room, message)| {
            let room = room.parse().map_err(crate::ports::Unavailable::while_doing("naming a room"))?;
            Ok(Identity { room, author: message.author.id, nonce: message.nonce })
        });
        identities.collect()
    }
}

/// The first messages of each room, as far as they have been kept long enough.
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
        let message: ChatMessage = decode(stored.value())?;
        if message.sent_at >= oldest {
            // The others of this room are younger: on to the next room.
            from = (room, u64::MAX);
        } else {
            found.push((room.clone(), message));
            from = (room, seq + 1);
        }
    }
    Ok(found)
}

/// The first marks of each room, as far as they have been kept long enough.
fn remove_marks(
    transaction: &WriteTransaction,
    oldest: Timestamp,
    limit: usize,
) -> std::result::Result<(), redb::Error> {
    let mut marks = transaction.open_table(MARKS)?;
    let mut from = (String::new(), 0);
    for _ in 0..limit {
        let Some(entry) = marks.range((from.0.as_str(), from.1)..)?.next() else { break };
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
    Ok(())
}

/// There are few: a day's worth of what people asked to be forgotten.
fn remove_given_up(transaction: &WriteTransaction, now: Timestamp) -> std::result::Result<(), redb::Error> {
    transaction.open_table(GIVEN_UP)?.retain(|_, (_, _, until)| until >= now.0)?;
    Ok(())
}
