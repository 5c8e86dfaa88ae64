//! The messages that a person saved for themselves, in all rooms.
//!
//! The list has the place of each message and not its text: otherwise a copy would survive the deletion of the message. A saved message
//! that is deleted or expired stays in the list, and its person can remove it.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, Person, PersonId, RoomName, SavedMessage, SavedPosition, Seq, ServerMessage, limits};

use crate::{
    access::room_membership::RoomMembership,
    content::html_cache::HtmlCache,
    cpu::CpuClient,
    messages::{excerpt::excerpt, renderer::MessageRenderer},
    ports::{Result, Unavailable, messages::Messages, saved_messages::SavedMessages, system::Clock},
};

/// Number of messages that are read, and of entries that are removed, at the same time.
const AT_ONCE: usize = 16;

/// Maximum number of entries that one `forget` removes: seven rounds of 16 writes of 5 ms.
const REMOVED_AT_ONCE: usize = 100;

/// What people saved.
#[derive(Clone)]
pub struct SavedList {
    /// The lists.
    pub saved: Arc<dyn SavedMessages>,
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Who may see private rooms.
    pub membership: RoomMembership,
    /// Renders messages.
    pub renderer: MessageRenderer,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a message was not saved. `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// It does not exist or is deleted, or the person may not read its room.
    #[error("there is no such message any more")]
    NoMessage,
    /// The person has saved as many as they can.
    #[error("you can save {} messages, and you have: remove one first", limits::SAVED)]
    TooMany,
    /// A store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl SavedList {
    /// Saves a message for a person. Of several at the same time, some may exceed the limit.
    ///
    /// # Errors
    ///
    /// [`SaveError`] says why not.
    pub(crate) async fn save(&self, person: &Person, room: &RoomName, seq: Seq) -> std::result::Result<(), SaveError> {
        if !self.membership.may_enter(room, &person.id).await? {
            return Err(SaveError::NoMessage);
        }
        let (found, saved) =
            futures::try_join!(self.messages.at(room, seq), self.saved.saved(&person.id, limits::SAVED))?;
        if found.is_none_or(|found| found.message.deleted) {
            return Err(SaveError::NoMessage);
        }
        let is_saved = saved.iter().any(|entry| entry.seq == seq && entry.room == *room);
        if !is_saved && saved.len() >= limits::SAVED {
            return Err(SaveError::TooMany);
        }
        let entry = SavedPosition { saved_at: self.clock.now(), room: room.clone(), seq };
        Ok(self.saved.save(&person.id, &entry).await?)
    }

    /// Removes a message from the list of a person, also one of a room that they may not read any more.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer.
    pub(crate) async fn remove(&self, person: &Person, room: &RoomName, seq: Seq) -> Result<()> {
        self.saved.unsave(&person.id, room, seq).await
    }

    /// Returns the messages that a person saved before a position, the last one first, as `saved`.
    ///
    /// # Errors
    ///
    /// `Unavailable` if a store did not answer.
    pub(crate) async fn list(
        &self,
        person: &Person,
        before: Option<SavedPosition>,
        client: &CpuClient,
    ) -> Result<ServerMessage> {
        let turn = self.renderer.turn(client).await;
        let mut saved = self.saved.saved(&person.id, limits::SAVED).await?;
        saved.retain(|entry| before.as_ref().is_none_or(|before| entry < before));
        saved.sort_unstable_by(|one, other| other.cmp(one));
        let more = saved.len() > limits::SAVED_PAGE;
        saved.truncate(limits::SAVED_PAGE);
        let before = saved.last().filter(|_| more).cloned();
        let visible = self.membership.readable(saved.iter().map(|position| &position.room), &person.id).await?;
        let reads: Vec<_> = saved
            .into_iter()
            .map(|position| {
                let is_visible = visible.contains(&position.room);
                self.saved_message(position, is_visible)
            })
            .collect();
        let messages = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        let messages: Vec<(SavedPosition, Option<ChatMessage>)> = messages;
        let render = move |html: &HtmlCache| {
            let rendered = messages.into_iter().map(|(position, message)| {
                let message = message.map(|message| excerpt(html, &position.room, message));
                SavedMessage { position, message }
            });
            rendered.collect()
        };
        Ok(ServerMessage::Saved { messages: turn.run("render saved messages", render).await?, before })
    }

    /// Reads a message, if it is not deleted and the person may read its room.
    async fn saved_message(
        &self,
        position: SavedPosition,
        is_visible: bool,
    ) -> Result<(SavedPosition, Option<ChatMessage>)> {
        let found = match is_visible {
            true => self.messages.at(&position.room, position.seq).await?,
            false => None,
        };
        Ok((position, found.map(|found| found.message).filter(|message| !message.deleted)))
    }

    /// Removes a part of what a person saved. Returns whether something is left.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the store did not answer. What was removed until then stays removed.
    pub(crate) async fn erase(&self, person: &PersonId) -> Result<bool> {
        let mut saved = self.saved.saved(person, limits::SAVED).await?;
        let more = saved.len() > REMOVED_AT_ONCE;
        saved.truncate(REMOVED_AT_ONCE);
        let removals: Vec<_> = saved
            .into_iter()
            .map(|SavedPosition { room, seq, .. }| async move { self.saved.unsave(person, &room, seq).await })
            .collect();
        stream::iter(removals).buffered(AT_ONCE).try_collect::<()>().await?;
        Ok(more)
    }
}
