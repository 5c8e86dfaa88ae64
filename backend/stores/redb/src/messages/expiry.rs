//! Removes expired messages, change records, tombstones, read positions, receipts, devices, passkeys and sign-outs, a bounded number with each commit.

use async_trait::async_trait;
use chat::ports::{
    Result,
    messages::{Expiring, MessageKey},
};
use redb::{ReadableTable, WriteTransaction};
use shared_types::{ChatImage, ChatMessage, Timestamp};

use super::{CHANGES, MESSAGES, readable};
use crate::{
    devices,
    messages::{
        RedbMessages,
        idempotency::{RECORDS, TOMBSTONES},
        pins::PINS,
        threads::REPLIES,
    },
    moderation::remove_old_sign_outs,
    passkeys,
    read_positions::{PairKey, remove_old_positions, remove_old_receipts, remove_old_threads},
};

const DOING: &str = "removing expired messages";

/// Number of read positions, receipts, devices, passkeys or sign-outs that one commit looks at: some milliseconds.
const PAIRS_AT_ONCE: usize = 1_000;

#[async_trait]
impl Expiring for RedbMessages {
    async fn expire(&self, limit: usize) -> Result<Vec<(MessageKey, usize)>> {
        let (oldest, now) = (self.oldest_kept(), self.clock.now());
        let removed = self.store.write_later(DOING, move |transaction| {
            remove_tombstones(transaction, now)?;
            if oldest == Timestamp(0) {
                return Ok(Vec::new());
            }
            let expired = expired(transaction, oldest, limit)?;
            remove_all(transaction, expired.iter().map(|(room, message)| (room.as_str(), message)))?;
            Ok(expired)
        });
        let removed = removed.await?;
        let mut from = (oldest > Timestamp(0)).then(|| (String::new(), 0));
        while let Some(position) = from {
            let changes =
                move |transaction: &WriteTransaction| remove_changes(transaction, oldest, position.clone(), limit);
            from = self.store.write_later(DOING, changes).await?;
        }
        // Once in a sweep, with its last messages.
        if removed.len() < limit {
            self.remove_old_pairs(now, remove_old_positions).await?;
            self.remove_old_pairs(now, remove_old_threads).await?;
            self.remove_old_pairs(now, remove_old_receipts).await?;
            self.remove_old_pairs(now, devices::remove_old).await?;
            self.remove_old_pairs(now, passkeys::remove_old).await?;
            self.remove_old_sign_outs(now).await?;
        }
        Ok(removed.into_iter().filter_map(|(room, message)| key_and_images(&room, message)).collect())
    }
}

/// Removes old entries of a table from a position on, of at most so many, and returns where to continue.
type RemoveOld = fn(&WriteTransaction, Timestamp, PairKey, usize) -> std::result::Result<Option<PairKey>, redb::Error>;

impl RedbMessages {
    /// Removes all old entries of a table, a bounded number with each commit.
    async fn remove_old_pairs(&self, now: Timestamp, remove: RemoveOld) -> Result<()> {
        let mut from = Some(PairKey::default());
        while let Some(position) = from {
            let next = move |transaction: &WriteTransaction| remove(transaction, now, position.clone(), PAIRS_AT_ONCE);
            from = self.store.write_later(DOING, next).await?;
        }
        Ok(())
    }

    /// Removes the sign-outs of devices whose cookies have expired, a bounded number with each commit.
    async fn remove_old_sign_outs(&self, now: Timestamp) -> Result<()> {
        let mut from = Some(String::new());
        while let Some(position) = from {
            let next =
                move |transaction: &WriteTransaction| remove_old_sign_outs(transaction, now, &position, PAIRS_AT_ONCE);
            from = self.store.write_later(DOING, next).await?;
        }
        Ok(())
    }
}

/// Removes messages with their idempotency records and their entries in the indexes. A record that belongs to a later message stays.
pub(super) fn remove_all<'a>(
    transaction: &WriteTransaction,
    removed: impl Iterator<Item = (&'a str, &'a ChatMessage)>,
) -> std::result::Result<(), redb::Error> {
    let (mut messages, mut records) = (transaction.open_table(MESSAGES)?, transaction.open_table(RECORDS)?);
    let (mut pins, mut replies) = (transaction.open_table(PINS)?, transaction.open_table(REPLIES)?);
    for (room, message) in removed {
        messages.remove((room, message.seq.0))?;
        pins.remove((room, message.seq.0))?;
        if let Some(root) = message.thread {
            replies.remove((room, root.0, message.seq.0))?;
        }
        let record = (message.author.id.as_str(), room, message.nonce.as_str());
        if records.get(record)?.is_some_and(|found| found.value().0 == message.seq.0) {
            records.remove(record)?;
        }
    }
    Ok(())
}

/// Returns the key of a message and the number of its images. A room whose name cannot be parsed is in no image path.
fn key_and_images(room: &str, message: ChatMessage) -> Option<(MessageKey, usize)> {
    let room = room.parse().inspect_err(|error| tracing::error!(%error, "message of a room with an invalid name"));
    let images = message.image.as_ref().map_or(0, ChatImage::count);
    room.ok().map(|room| (MessageKey { room, author: message.author.id, nonce: message.nonce }, images))
}

/// Returns the first messages of each room that are expired. One that cannot be read is skipped: its age is unknown, and it is never shown.
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
            // The other messages of this room are younger: continue with the next room.
            Some(message) if message.sent_at >= oldest => from = (room, u64::MAX),
            message => {
                found.extend(message.map(|message| (room.clone(), message)));
                from = (room, seq + 1);
            }
        }
    }
    Ok(found)
}

/// Removes the first change records of each room that are expired, from a position on. It looks at `limit` of them, and returns the
/// position to continue from, if there are more.
fn remove_changes(
    transaction: &WriteTransaction,
    oldest: Timestamp,
    mut from: (String, u64),
    limit: usize,
) -> std::result::Result<Option<(String, u64)>, redb::Error> {
    let mut changes = transaction.open_table(CHANGES)?;
    for _ in 0..limit {
        let Some(entry) = changes.range((from.0.as_str(), from.1)..)?.next() else { return Ok(None) };
        let (key, change) = entry?;
        let (room, rev, at) = (key.value().0.to_owned(), key.value().1, change.value().0);
        drop((key, change));
        if at < oldest.0 {
            changes.remove((room.as_str(), rev))?;
            from = (room, rev + 1);
        } else {
            from = (room, u64::MAX);
        }
    }
    Ok(Some(from))
}

/// Removes expired tombstones. There are few: those of the people who erased their data within a week.
fn remove_tombstones(transaction: &WriteTransaction, now: Timestamp) -> std::result::Result<(), redb::Error> {
    transaction.open_table(TOMBSTONES)?.retain(|_, (_, _, until)| until >= now.0)?;
    Ok(())
}
