//! News: tells the connections that watch a room about its new and deleted messages, beside the connections in the room.
//!
//! A watcher is read with the listeners of its room, so it costs a send nothing but its own post. It belongs to no presence, no typing
//! and no count. A watcher that fails or is gone never fails a send: what it missed is in the next answer to `rooms`.
//!
//! News of a direct message goes to the inboxes of its people instead, so that it finds all their sockets, whatever rooms these watch. It
//! counts as a mention, and has the title of the room, because the page may not know the room yet.

use std::{collections::HashSet, slice};

use futures::future::{BoxFuture, FutureExt, join, try_join_all};
use shared_types::{ChatMessage, PersonId, RoomMember, RoomName, RoomTitle, ServerMessage, Timestamp};

use crate::{
    access::{
        direct_messages::{inbox_of, title_for},
        room_membership::RoomMembership,
    },
    messages::excerpt::beginning,
    ports::{
        Result, Unavailable,
        connection_gateway::{DeliveryOutcome, Frame},
        connections::{Connection, SMALL_ROOM},
        watchers::{Audience, Watcher},
    },
    presence::broadcast::{Broadcast, ListenerOutcome, frames_of},
};

/// The news of one rendered message: one frame for the people that it mentions, and one for the others. That of a direct message has a frame for
/// each of its people.
struct News<'a> {
    message: &'a ChatMessage,
    /// The people of its thread.
    participants: &'a [PersonId],
    plain: Frame,
    mentioning: Frame,
    direct: Vec<(PersonId, Frame)>,
}

/// The people who are told more than other watchers.
#[derive(Clone, Copy)]
struct Told<'a> {
    /// The members, if the room is a direct message.
    members: &'a [RoomMember],
    /// The people of the thread in which the messages are.
    participants: &'a [PersonId],
}

impl<'a> News<'a> {
    fn of(room: &RoomName, message: &'a ChatMessage, Told { members, participants }: Told<'a>) -> Self {
        let news = |mentioned: bool, title: Option<RoomTitle>| {
            Frame::from(&ServerMessage::News {
                room: room.clone(),
                seq: message.seq,
                author: message.author.clone(),
                sent_at: message.sent_at,
                mentioned,
                text: if mentioned { beginning(message) } else { None },
                deleted: message.deleted,
                title,
            })
        };
        let direct = |RoomMember { person, .. }: &RoomMember| (person.clone(), news(true, title_for(person, members)));
        let direct = members.iter().map(direct).collect();
        Self { message, participants, plain: news(false, None), mentioning: news(true, None), direct }
    }

    /// Returns the frame for a watcher. The author's other pages are told nothing new; that a message is deleted they are.
    fn frame_for(&self, watcher: &Watcher) -> Option<&Frame> {
        if self.message.author.id == watcher.person && !self.message.deleted {
            return None;
        }
        if let Some((_, frame)) = self.direct.iter().find(|(person, _)| *person == watcher.person) {
            return Some(frame);
        }
        let is_mentioned = self.message.mentions.iter().any(|person| person.id == watcher.person);
        // A reply that the room does not show is news only for the people that it mentions, and for those of its thread. A deleted one does
        // not name them any more.
        let is_participant = self.participants.contains(&watcher.person);
        if !self.message.is_in_room() && !is_mentioned && !is_participant && !self.message.deleted {
            return None;
        }
        Some(if is_mentioned { &self.mentioning } else { &self.plain })
    }
}

impl Broadcast {
    /// Sends a new or deleted message to its room, as [`to_room_of`](Self::to_room_of), and news of it to the watchers of the room.
    /// Watchers of a large room get none. `participants` are the people of the thread in which it is.
    ///
    /// # Errors
    ///
    /// As [`to_room_of`](Self::to_room_of).
    pub async fn news_of(
        &self,
        author: &Connection,
        message: &ServerMessage,
        participants: &[PersonId],
        membership: &RoomMembership,
    ) -> Result<()> {
        let (audience, members) = self.audience_and_members(&author.room, slice::from_ref(message), membership).await?;
        match audience {
            Some(audience) => {
                let told = Told { members: &members, participants };
                self.to_audience(&author.room, &audience, told, slice::from_ref(message)).await;
            }
            None => self.to_large_room_of(author, message).await?,
        }
        Ok(())
    }

    /// Sends new messages, which are in no thread, to a room, as [`all_to_room`](Self::all_to_room), and news of them to the watchers of the
    /// room.
    ///
    /// # Errors
    ///
    /// As [`all_to_room`](Self::all_to_room).
    pub async fn news_of_all(
        &self,
        room: &RoomName,
        messages: &[ServerMessage],
        membership: &RoomMembership,
    ) -> Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        let (audience, members) = self.audience_and_members(room, messages, membership).await?;
        match audience {
            Some(audience) => {
                self.to_audience(room, &audience, Told { members: &members, participants: &[] }, messages).await;
            }
            None => self.publish_all(room, &frames_of(room, messages)).await?,
        }
        Ok(())
    }

    /// Returns who is told about a new message in a room, and the members if it is a direct message. Then the watchers are the sockets of
    /// the members: one read of the members, beside that of the listeners, and one of each inbox. A new message brings the conversation back
    /// to those who have left it before: one write each, before they are told.
    async fn audience_and_members(
        &self,
        room: &RoomName,
        messages: &[ServerMessage],
        membership: &RoomMembership,
    ) -> Result<(Option<Audience>, Vec<RoomMember>)> {
        if !room.is_direct() {
            return Ok((self.direct_audience(room).await?, Vec::new()));
        }
        let seqs = messages.iter().filter_map(|one| match one {
            ServerMessage::Message(message) if !message.deleted => Some(message.seq),
            _ => None,
        });
        let newest = seqs.max();
        let is_new = newest.is_some();
        // Somebody who has left would not be told of the message by `rooms` either. If this fails, the message is sent again.
        let members = async {
            let members = membership.members.direct_members(room).await?;
            // They may have left after a message that is sent again now.
            let left = members.iter().filter(|one| one.left.is_some_and(|left| newest > Some(left)));
            let returning = left.map(|one| membership.members.set_left(room, &one.member.person, None));
            try_join_all(returning).await?;
            Ok::<Vec<RoomMember>, Unavailable>(members.into_iter().map(|one| one.member).collect())
        };
        let inboxes = async {
            let members = match members.await {
                Err(error) if !is_new => {
                    tracing::warn!(%error, "reading the people of a direct message failed; they see the change when they open it");
                    return Ok(Default::default());
                }
                members => members?,
            };
            let inboxes = members
                .iter()
                .map(|member| async { self.connections.audience(&inbox_of(&member.person), SMALL_ROOM).await });
            let inboxes = try_join_all(inboxes).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "reading the inboxes of a direct message failed; the next answer to `rooms` has its message");
                Vec::new()
            });
            let watchers: Vec<_> = inboxes.into_iter().flat_map(|inbox| inbox.watchers.to_vec()).collect();
            Ok::<_, Unavailable>((watchers, members))
        };
        let (audience, inboxes) = join(self.direct_audience(room), inboxes).await;
        let (watchers, members) = inboxes?;
        Ok((audience?.map(|audience| Audience { watchers: watchers.into(), ..audience }), members))
    }

    async fn to_audience(&self, room: &RoomName, audience: &Audience, told: Told<'_>, messages: &[ServerMessage]) {
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
                self.to_watchers(room, &watchers, &News::of(room, message, told), until).await;
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
                    let inbox = room.is_direct().then(|| inbox_of(&watcher.person));
                    self.connections.unwatch(inbox.as_ref().unwrap_or(room), &watcher.id).await?;
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
