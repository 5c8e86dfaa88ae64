//! Message updates: edits, deletions, erasures and reactions.
//!
//! *Record, then replace*: an update takes the room's next revision, writes a change record for it that names the message,
//! and replaces the message if it is still the one that it read. A catch-up finds the change record, and does not go beyond
//! it before the message has at least its revision.

use std::{sync::Arc, time::Duration};

use shared_types::{
    AuditEntry, ChatMessage, Emoji, MessageText, ModerationAction, Nonce, Person, Reaction, RoomName, Seq, Timestamp,
    limits, mentioned,
};

use crate::{
    messages::deadlines::RECORD_LIFE,
    ports::{
        Unavailable,
        images::Images,
        messages::{AppliedChange, ChangeRecord, MessageKey, Messages, StoredMessage},
        moderation::Moderation,
        system::Clock,
    },
};

/// Maximum number of attempts when other requests update the same message at the same time. With the pauses between them
/// (0 to 15 ms, times the attempt) that is 4 s on average, and a function has 10 s.
const ATTEMPTS: u32 = 32;

/// Maximum number of applied changes that are kept with one message: 200 of about 80 bytes are 16 KB.
const KEPT_CHANGES: usize = 200;

/// Updates stored messages.
#[derive(Clone)]
pub struct MessageUpdater {
    /// The message log.
    pub messages: Arc<dyn Messages>,
    /// The image store. The image of a deleted message is removed.
    pub images: Arc<dyn Images>,
    /// The audit log. It records when a moderator deletes a message of another person.
    pub moderation: Arc<dyn Moderation>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// An update of a message. Each names the wanted state, so a repetition changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageUpdate {
    /// Replaces the text.
    Text {
        /// The new text.
        text: Option<MessageText>,
        /// The mentioned people according to the client. People whom the text does not mention are left out.
        mentions: Vec<Person>,
    },
    /// Deletes the message.
    Deleted,
    /// Deletes the message and removes its author.
    Erased,
    /// Adds or removes a reaction of the person.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether the reaction is added.
        on: bool,
    },
}

/// Why a message was not updated. Its `Display` is a sentence for the person who requested the update.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The message does not exist or is deleted.
    #[error("there is no such message any more")]
    NoMessage,
    /// Another person wrote it.
    #[error("only its author can change a message")]
    NotYours,
    /// The message would have neither text nor image.
    #[error("a message must say something: delete it instead")]
    Empty,
    /// The message has the maximum number of reactions.
    #[error("a message can have {} reactions, and this one has them", limits::REACTIONS)]
    TooMany,
    /// A store did not answer. The update may or may not be applied; a retry resolves it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A message in the wanted state.
pub(crate) enum UpdateOutcome {
    /// This request applied the update.
    Applied(ChatMessage),
    /// An earlier request applied it.
    AlreadyApplied(ChatMessage),
}

impl MessageUpdater {
    /// Updates a message unless the same update was applied before, and returns the message as it is then. `nonce` is the
    /// client's name for the update, the same in every retry.
    ///
    /// # Errors
    ///
    /// Returns [`UpdateError`] when the update was rejected or a store did not answer.
    pub async fn update(
        &self,
        room: &RoomName,
        by: &Person,
        seq: Seq,
        nonce: &Nonce,
        update: MessageUpdate,
    ) -> Result<ChatMessage, UpdateError> {
        let (UpdateOutcome::Applied(message) | UpdateOutcome::AlreadyApplied(message)) =
            self.apply(room, by, seq, nonce, update).await?;
        Ok(message)
    }

    /// Does the same as [`Self::update`], and returns whether this request or an earlier one applied the update.
    pub(crate) async fn apply(
        &self,
        room: &RoomName,
        by: &Person,
        seq: Seq,
        nonce: &Nonce,
        update: MessageUpdate,
    ) -> Result<UpdateOutcome, UpdateError> {
        let mut audited = false;
        for attempt in 1..=ATTEMPTS {
            let Some(found) = self.messages.at(room, seq).await? else { return Err(UpdateError::NoMessage) };
            // A late retry must not undo newer updates of the same person. The applied changes are part of the message that
            // is replaced, so no other attempt can come in between.
            let is_same = |applied: &AppliedChange| applied.by == by.id && applied.nonce == *nonce;
            let is_applied = match update {
                // An erased message has no list of applied changes.
                MessageUpdate::Erased => found.message.author.is_erased(),
                _ => found.applied.iter().any(is_same),
            };
            if is_applied {
                self.remove_image(room, &found.message).await?;
                return Ok(UpdateOutcome::AlreadyApplied(found.message));
            }
            let now = self.clock.now();
            let mut message = updated(&found.message, by, &update, now)?;
            if message.deleted && !found.message.deleted && found.message.author.id != by.id && !audited {
                self.audit_deletion(room, by, &found.message, now).await?;
                audited = true;
            }
            // The revision is taken after the message was read, so it is above every change in the message.
            message.rev = self.messages.next_rev(room).await?;
            let record = ChangeRecord { rev: message.rev, at: now, seq: Some(seq) };
            self.messages.record_change(room, record).await?;
            let this_change = AppliedChange { by: by.id.clone(), nonce: nonce.clone(), at: now };
            let applied = match update {
                // The list would show who wrote the message.
                MessageUpdate::Erased => Vec::new(),
                _ => with_change(found.applied, this_change),
            };
            let changed = StoredMessage { message, applied };
            if self.messages.replace(room, found.message.rev, &changed).await? {
                if changed.message.deleted {
                    self.remove_image(room, &ChatMessage { deleted: true, ..found.message }).await?;
                }
                return Ok(UpdateOutcome::Applied(changed.message));
            }
            // Another update came first. Catch-up must not wait for a change under this revision.
            self.messages.record_change(room, ChangeRecord { seq: None, ..record }).await?;
            // Revisions are unique, so the pauses of competing requests differ.
            self.clock.sleep(Duration::from_millis(record.rev.0 % 16) * attempt).await;
        }
        Err(Unavailable { doing: "changing a message", cause: "others kept changing it".into() }.into())
    }

    /// Records in the audit log that a moderator deletes a message. This comes before the deletion, so that no deletion is
    /// missing from the log.
    async fn audit_deletion(
        &self,
        room: &RoomName,
        by: &Person,
        message: &ChatMessage,
        at: Timestamp,
    ) -> Result<(), Unavailable> {
        let (room, seq, author) = (room.clone(), message.seq, message.author.clone());
        let action = ModerationAction::Delete { room, seq, author };
        self.moderation.record(&AuditEntry { at, by: by.clone(), action }).await
    }

    /// Removes the image of a message if the message is deleted.

    async fn remove_image(&self, room: &RoomName, message: &ChatMessage) -> Result<(), Unavailable> {
        if !message.deleted {
            return Ok(());
        }
        let (author, nonce) = (message.author.id.clone(), message.nonce.clone());
        self.images.remove(&MessageKey { room: room.clone(), author, nonce }).await
    }
}

/// Adds a change to the applied ones, and drops those that are too old to be retried.
fn with_change(mut applied: Vec<AppliedChange>, change: AppliedChange) -> Vec<AppliedChange> {
    let now = change.at;
    applied.push(change);
    applied.retain(|applied| now.since(applied.at) <= RECORD_LIFE);
    let surplus = applied.len().saturating_sub(KEPT_CHANGES);
    applied.drain(..surplus);
    applied
}

/// Returns the message with the update applied.
fn updated(
    found: &ChatMessage,
    by: &Person,
    update: &MessageUpdate,
    now: Timestamp,
) -> Result<ChatMessage, UpdateError> {
    let own = found.author.id == by.id;
    let mut wanted = found.clone();
    match update {
        MessageUpdate::Deleted if !own && !by.moderator => return Err(UpdateError::NotYours),
        MessageUpdate::Erased if !own => return Err(UpdateError::NotYours),
        MessageUpdate::Text { .. } if !own => return Err(UpdateError::NotYours),
        MessageUpdate::Deleted => mark_deleted(&mut wanted),
        MessageUpdate::Erased => {
            mark_deleted(&mut wanted);
            wanted.author = Person::erased();
        }
        _ if found.deleted => return Err(UpdateError::NoMessage),
        MessageUpdate::Text { text: None, .. } if found.image.is_none() => return Err(UpdateError::Empty),
        MessageUpdate::Text { text, mentions } => {
            wanted.text.clone_from(text);
            wanted.mentions = text.as_ref().map(|text| mentioned(text.as_str(), mentions)).unwrap_or_default();
            if wanted.text != found.text {
                wanted.edited_at = Some(now);
            }
        }
        MessageUpdate::Reaction { emoji, on } => set_reaction(&mut wanted.reactions, by, emoji, *on)?,
    }
    Ok(wanted)
}

/// Marks a message as deleted and removes its content.
fn mark_deleted(message: &mut ChatMessage) {
    message.deleted = true;
    message.text = None;
    message.image = None;
    message.reply_to = None;
    message.mentions.clear();
    message.edited_at = None;
    message.reactions.clear();
}

/// Adds or removes a person's reaction.
fn set_reaction(reactions: &mut Vec<Reaction>, by: &Person, emoji: &Emoji, on: bool) -> Result<(), UpdateError> {
    let count: usize = reactions.iter().map(|reaction| reaction.people.len()).sum();
    let index = reactions.iter().position(|reaction| reaction.emoji == *emoji);
    let has_reacted = |reaction: &Reaction| reaction.people.iter().any(|person| person.id == by.id);
    match (index, on) {
        (Some(index), true) if has_reacted(&reactions[index]) => {}
        (_, true) if count >= limits::REACTIONS => return Err(UpdateError::TooMany),
        (Some(index), true) => reactions[index].people.push(by.clone()),
        (None, true) => reactions.push(Reaction { emoji: emoji.clone(), people: vec![by.clone()] }),
        (Some(index), false) => {
            reactions[index].people.retain(|person| person.id != by.id);
            reactions.retain(|reaction| !reaction.people.is_empty());
        }
        (None, false) => {}
    }
    Ok(())
}
