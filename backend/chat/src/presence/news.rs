//! News: tells the connections that watch a room about its new and deleted messages, beside the connections in the room.
//!
//! A watcher is read with the listeners of its room, so it costs a send nothing but its own post. It belongs to no presence, no typing
//! and no count. A watcher that fails or is gone never fails a send: what it missed is in the next answer to `rooms`.

use std::{collections::HashSet, slice};

use futures::future::{BoxFuture, FutureExt};
use shared_types::{ChatMessage, RoomName, ServerMessage, Timestamp};

use crate::{
    messages::excerpt::beginning,
    ports::{
        Result, Unavailable,
        connection_gateway::{DeliveryOutcome, Frame},
        connections::Connection,
        watchers::{Audience, Watcher},
    },
    presence::broadcast::{Broadcast, ListenerOutcome, frames_of},
};

/// The news of one rendered message: one frame for the people that it mentions, and one for the others.
struct News<'a> {
    message: &'a ChatMessage,
    plain: Frame,
    mentioning: Frame,
}

impl<'a> News<'a> {
    fn of(room: &RoomName, message: &'a ChatMessage) -> Self {
        let news = |mentioned: bool| {
            Frame::from(&ServerMessage::News {
                room: room.clone(),
                seq: message.seq,
                author: message.author.clone(),
                sent_at: message.sent_at,
                mentioned,
                text: if mentioned { beginning(message) } else { None },
                deleted: message.deleted,
            })
        };
        Self { message, plain: news(false), mentioning: news(true) }
    }

    /// Returns the frame for a watcher. The author's other pages are told nothing new; that a message is deleted they are.
    fn frame_for(&self, watcher: &Watcher) -> Option<&Frame> {
        if self.message.author.id == watcher.person && !self.message.deleted {
            return None;
        }
        let is_mentioned = self.message.mentions.iter().any(|person| person.id == watcher.person);
        // Only those whom it mentions are told of a reply that the room does not show. Whom a deleted one mentioned is not known.
        if !self.message.is_in_room() && !is_mentioned && !self.message.deleted {
            return None;
        }
        Some(if is_mentioned { &self.mentioning } else { &self.plain })
    }
}

impl Broadcast {
    /// Sends a new or deleted message to its room, as [`to_room_of`](Self::to_room_of), and news of it to the watchers of the room.
    /// Watchers of a large room get none.
    ///
    /// # Errors
    ///
    /// As [`to_room_of`](Self::to_room_of).
    pub async fn news_of(&self, author: &Connection, message: &ServerMessage) -> Result<()> {
        match self.direct_audience(&author.room).await? {
            Some(audience) => self.to_audience(&author.room, &audience, slice::from_ref(message)).await,
            None => self.to_large_room_of(author, message).await?,
        }
        Ok(())
    }

    /// Sends new messages to a room, as [`all_to_room`](Self::all_to_room), and news of them to the watchers of the room.
    ///
    /// # Errors
    ///
    /// As [`all_to_room`](Self::all_to_room).
    pub async fn news_of_all(&self, room: &RoomName, messages: &[ServerMessage]) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        match self.direct_audience(room).await? {
            Some(audience) => self.to_audience(room, &audience, messages).await,
            None => self.publish_all(room, &frames_of(room, messages)).await?,
        }
        Ok(())
    }

    async fn to_audience(&self, room: &RoomName, audience: &Audience, messages: &[ServerMessage]) {
        let until = self.posting_deadline();
        self.to_all(room, audience.listeners.iter(), messages).await;
        if audience.watchers.is_empty() {
            return;
        }
        // A connection that has just come into the room may still be its watcher.
        let listeners: HashSet<_> = audience.listeners.iter().map(|listener| &listener.id).collect();
        let watchers: Vec<_> = audience.watchers.iter().filter(|watcher| !listeners.contains(&watcher.id)).collect();
        for message in messages {
            if let ServerMessage::Message(message) = message {
                self.to_watchers(room, &watchers, &News::of(room, message), until).await;
            }
        }
    }

    async fn to_watchers(&self, room: &RoomName, watchers: &[&Watcher], news: &News<'_>, until: Timestamp) {
        let posts = watchers.iter().filter_map(|watcher| {
            let frame = news.frame_for(watcher)?;
            let post = async move {
                let outcome = self.deliver(&watcher.id, frame, until).await;
                self.conclude_watcher(room, watcher, outcome).await
            };
            Some(post.boxed())
        });
        let posts: Vec<BoxFuture<'_, ListenerOutcome>> = posts.collect();
        self.post_all(posts, until).await;
    }

    /// Removes a watcher that is gone, and returns the result for it.
    async fn conclude_watcher(&self, room: &RoomName, watcher: &Watcher, outcome: DeliveryOutcome) -> ListenerOutcome {
        match outcome {
            DeliveryOutcome::Delivered => ListenerOutcome::Delivered,
            DeliveryOutcome::Busy | DeliveryOutcome::Behind => ListenerOutcome::Missed,
            DeliveryOutcome::Gone => {
                let removed = async {
                    let removed = self.connections.remove(&watcher.id).await?;
                    // The connection was removed while it began to watch the room.
                    self.connections.unwatch(room, &watcher.id).await?;
                    Ok::<_, Unavailable>(removed)
                };
                match removed.await {
                    Ok(removed) => removed.map_or(ListenerOutcome::Gone, ListenerOutcome::Removed),
                    Err(error) => {
                        tracing::warn!(%error, connection = %watcher.id, "removing a closed watcher failed; it expires");
                        ListenerOutcome::Gone
                    }
                }
            }
        }
    }
}
