//! Removes the messages of rooms whose rules keep them for a shorter time than the chat does.
//!
//! A read does not look at the rules of the room: that would cost a read for each page, search and catch-up. So a message is there until a
//! clean-up removes it, for a day at most on AWS and for an hour in the local deployment.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatImage, ChatMessage, Rev, RoomName, Timestamp};

use crate::{
    content::images,
    ports::{
        Result,
        images::Images,
        messages::{MessageKey, Messages},
        moderation::Moderation,
        system::Clock,
    },
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Number of rooms that one call lists.
const LISTED_AT_ONCE: usize = 1_000;

/// Maximum number of rooms of one run, with names of 64 characters: 4 MB. They are looked at in 2 minutes, at three reads of 5 ms for each.
const ROOMS: usize = 50_000;

/// Number of rooms that are cleaned at the same time.
const ROOMS_AT_ONCE: usize = 8;

/// Number of messages that are read and removed together. A commit of the local deployment takes some milliseconds, for which a send waits.
const AT_ONCE: usize = 200;

/// Maximum number of messages that one run removes from a room, so that the first clean-up of a large room leaves time for the others. The
/// next run continues.
pub(crate) const MESSAGES: usize = 20_000;

/// Number of messages whose images are removed at the same time.
const IMAGES_AT_ONCE: usize = 16;

/// For how long one run begins further work. The function has five minutes, for the sweep of connections, too.
const RUN: Duration = Duration::from_secs(2 * 60);

/// Removes messages after the retention of their room.
pub struct RoomRetention {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The rules of the rooms.
    pub moderation: Arc<dyn Moderation>,
    /// The images.
    pub images: Arc<dyn Images>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Maximum number of messages that one run removes from a room.
    pub limit: usize,
}

impl RoomRetention {
    /// Removes messages that are older than the rules of their room say, with their images, and returns their number. A failure in one room
    /// does not stop the others.
    ///
    /// # Errors
    ///
    /// The first `Unavailable` of a store. It is safe to repeat.
    pub async fn remove(&self) -> Result<usize> {
        let started = self.clock.now();
        let mut rooms = self.rooms().await?;
        // Each time another room is the first, so that none waits for ever if there is too much for one run.
        let first = usize::try_from(started.0).unwrap_or_default() % rooms.len().max(1);
        rooms.rotate_left(first);
        let removals: Vec<_> = rooms.iter().map(|room| self.remove_in(room, started + RUN)).collect();
        let mut removals = stream::iter(removals).buffer_unordered(ROOMS_AT_ONCE);
        let (mut count, mut failure) = (0, None);
        while let Some(removed) = removals.next().await {
            match removed {
                Ok(removed) => count += removed,
                Err(cause) => _ = failure.get_or_insert(cause),
            }
        }
        failure.map_or(Ok(count), Err)
    }

    /// Lists the rooms that may have a retention.
    async fn rooms(&self) -> Result<Vec<RoomName>> {
        let mut rooms: Vec<RoomName> = Vec::new();
        loop {
            let page = self.moderation.rooms_with_keep_days(rooms.last(), LISTED_AT_ONCE).await?;
            let is_last = page.len() < LISTED_AT_ONCE;
            rooms.extend(page);
            if is_last {
                return Ok(rooms);
            }
            if rooms.len() >= ROOMS {
                tracing::warn!(rooms = rooms.len(), "there are more rooms with a retention than one clean-up looks at");
                return Ok(rooms);
            }
        }
    }

    /// Removes the old messages and change records of one room, as long as it is before `end`. Returns the number of messages.
    async fn remove_in(&self, room: &RoomName, end: Timestamp) -> Result<usize> {
        let has_time = || self.clock.now() < end;
        if !has_time() {
            return Ok(0);
        }
        let Some(days) = self.moderation.rules(room).await?.keep_days else { return Ok(0) };
        let oldest = self.clock.now() - DAY * u32::from(days);
        // Most runs find nothing in a room: one message tells.
        let first = self.messages.created_after(room, Rev(0), 1).await?.pop();
        let mut has_old = first.is_some_and(|message| message.sent_at < oldest);
        let mut count = 0;
        while has_old && has_time() && count < self.limit {
            let mut old = self.messages.created_after(room, Rev(0), AT_ONCE).await?;
            old.retain(|message| message.sent_at < oldest);
            self.remove_images(room, &old).await?;
            self.messages.remove(room, &old).await?;
            count += old.len();
            has_old = old.len() >= AT_ONCE;
        }
        // A change is younger than its message, which is removed above.
        while has_time() && self.messages.remove_changes(room, oldest, AT_ONCE).await? >= AT_ONCE {}
        Ok(count)
    }

    /// Removes the images before their messages: a run that is interrupted in between finds the message again.
    async fn remove_images(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        let with_images = messages.iter().filter_map(|message| {
            let count = message.image.as_ref().map(ChatImage::count)?;
            let (author, nonce) = (message.author.id.clone(), message.nonce.clone());
            Some((MessageKey { room: room.clone(), author, nonce }, count))
        });
        let removals: Vec<_> = with_images
            .map(|(message_key, count)| async move { images::remove(self.images.as_ref(), &message_key, count).await })
            .collect();
        stream::iter(removals).buffer_unordered(IMAGES_AT_ONCE).try_collect().await
    }
}
