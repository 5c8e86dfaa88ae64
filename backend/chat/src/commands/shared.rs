//! Steps that several commands share.

use shared_types::{ChatMessage, Nonce, PersonId, Seq, ServerMessage};

use super::{FrameHandler, Reply};
use crate::{
    messages::{
        erase::ErasedMessages,
        update::{Changed, MessageUpdate, UpdateError},
    },
    ports::{Result, connections::Connection, moderation::RoomSettings},
    presence::people::RoomPeople,
};

impl FrameHandler {
    /// Updates a message and broadcasts it. `edit`, `delete`, `react` and `pin` share this.
    ///
    /// A retry broadcasts again, because the first attempt may have ended before its broadcast. If another change came after it, the
    /// sender is told as well, because the broadcast does not show theirs. An update that is not needed is answered to the sender alone.
    pub(super) async fn update(&self, sender: &Connection, seq: Seq, nonce: &Nonce, update: MessageUpdate) -> Reply {
        match self.updater.update(&sender.room, &sender.person, seq, nonce, update).await? {
            Changed::Now(message) | Changed::Before(message) => self.tell_room(sender, message).await?,
            Changed::Overtaken(message) => {
                self.tell_room(sender, message).await?;
                return Err(UpdateError::Outdated.into());
            }
            Changed::Unneeded(message) => {
                return Ok(Some(ServerMessage::Message(self.renderer.one(&sender.room, message))));
            }
        }
        Ok(None)
    }

    /// Erases a batch of a person's messages and broadcasts the changes. Returns the number of messages, and whether some are
    /// left.
    pub(super) async fn erase_batch(&self, person: &PersonId) -> Result<(u32, bool)> {
        let ErasedMessages { messages, more } = self.eraser.erase(person).await?;
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let changed = messages.into_iter().map(|(room, message)| {
            let message = ServerMessage::Message(self.renderer.one(&room, message));
            (room, message)
        });
        self.broadcast.to_rooms(changed.collect()).await?;
        Ok((count, more))
    }

    /// Broadcasts a message to the room of the connection that changed it. Watchers of the room are told of a deletion only.
    pub(super) async fn tell_room(&self, sender: &Connection, message: ChatMessage) -> Result<()> {
        if message.deleted {
            return self.tell_room_and_watchers(sender, message).await;
        }
        let message = ServerMessage::Message(self.renderer.one(&sender.room, message));
        self.broadcast.to_room_of(sender, &message).await
    }

    /// Broadcasts a new or deleted message to the room of the connection that sent it, and news of it to the watchers of the room.
    pub(super) async fn tell_room_and_watchers(&self, sender: &Connection, message: ChatMessage) -> Result<()> {
        let message = ServerMessage::Message(self.renderer.one(&sender.room, message));
        self.broadcast.news_of(sender, &message).await
    }

    /// Sends `welcome`: the person, the people in the room, its rules and its details.
    pub(super) async fn welcome(&self, to: &Connection, people: RoomPeople, settings: RoomSettings) {
        let (RoomPeople { online, people }, RoomSettings { rules, details }) = (people, settings);
        let (you, room) = (to.person.clone(), to.room.clone());
        let welcome = ServerMessage::Welcome { you, room, online, people, rules, details };
        self.broadcast.to_one(&to.id, &welcome).await;
    }
}
