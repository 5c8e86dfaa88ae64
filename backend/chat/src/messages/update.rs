//! Edits, deletions, reactions, pins and votes.
//!
//! A change takes the room's next revision, writes a change record that names the message, and replaces the message if it is still the
//! one that was read. A client that catches up finds the record, and waits at it until the message is as new as the record.

mod applied_changes;

use std::{sync::Arc, time::Duration};

use shared_types::{
    AuditEntry, ChatMessage, Emoji, MessageText, ModerationAction, Nonce, Person, Pin, Poll, Reaction, Rev, RoomName,
    Seq, Timestamp, limits, mentioned,
};

use self::applied_changes::{applied_change, is_outdated, is_overtaken, is_unneeded, recent_changes};
use crate::{
    content::images,
    messages::{pins::PinnedMessages, threads::Threads},
    ports::{
        Unavailable,
        images::Images,
        messages::{AppliedChange, ChangeRecord, MessageKey, Messages, StoredMessage},
        moderation::Moderation,
        system::Clock,
    },
};

/// Maximum number of attempts when others change the same message at the same time. With the pauses between them (0 to 15 ms, times the
/// attempt) that is 4 s on average; a function has 10 s.
const ATTEMPTS: u32 = 32;

/// Changes stored messages.
#[derive(Clone)]
pub struct MessageUpdater {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The images, which are removed with deleted messages.
    pub images: Arc<dyn Images>,
    /// The audit log, for deletions by moderators.
    pub moderation: Arc<dyn Moderation>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The desired state of a message, so that repeating an update changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageUpdate {
    /// It has this text.
    Text {
        /// The text.
        text: Option<MessageText>,
        /// Candidates for mentions, from the client. The server drops people that the text does not mention.
        mentions: Vec<Person>,
        /// The revision of the message that its author saw when they edited it.
        based_on: Option<Rev>,
    },
    /// It is deleted.
    Deleted,
    /// It is deleted, and its author is removed.
    Erased,
    /// It has the reaction of the sender, or does not.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether the reaction is there.
        on: bool,
        /// The revision of the message that the sender saw when they reacted.
        based_on: Option<Rev>,
    },
    /// It is pinned to its room, or is not.
    Pinned {
        /// Whether it is pinned.
        pinned: bool,
        /// The revision of the message that the sender saw.
        based_on: Option<Rev>,
    },
    /// Its poll has the vote of the sender for an option, or does not.
    Vote {
        /// The option.
        option: u16,
        /// Whether the vote is there.
        on: bool,
        /// The revision of the message that the sender saw when they voted.
        based_on: Option<Rev>,
    },
    /// Its poll is closed.
    PollClosed,
}

/// Why a message was not changed. `Display` is a sentence for the person who wanted the change.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// It does not exist, or is deleted.
    #[error("there is no such message any more")]
    NoMessage,
    /// Another person wrote it.
    #[error("only its author can change a message")]
    NotYours,
    /// It would have neither text nor image.
    #[error("a message must say something: delete it instead")]
    Empty,
    /// Its author edited the text, or the sender changed the reaction, after the revision that the change is based on.
    #[error("this was changed elsewhere meanwhile, and your older change does not apply")]
    Outdated,
    /// It has the maximum number of reactions.
    #[error("a message can have {} reactions, and this one has them", limits::REACTIONS)]
    TooMany,
    /// It has no poll, or its poll has no such option.
    #[error("there is no such option to vote for")]
    NoOption,
    /// Its poll is closed.
    #[error("this poll is closed")]
    Closed,
    /// Its poll has the maximum number of votes.
    #[error("a poll can have {} votes, and this one has them", limits::POLL_VOTES)]
    TooManyVotes,
    /// It is the question of a poll that has votes.
    #[error("a question that people have voted on cannot be edited")]
    Voted,
    /// The room has the maximum number of pinned messages.
    #[error("a room can have {} pinned messages, and this one has them: unpin one first", limits::PINS)]
    TooManyPins,
    /// The log did not answer. The change may be made or not; a retry finds out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A message in its desired state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// This call brought it there.
    Now(ChatMessage),
    /// An earlier attempt of the same change brought it there.
    Before(ChatMessage),
    /// An earlier attempt of the same change was applied, and a newer change followed.
    Overtaken(ChatMessage),
    /// It was so already, so the message is the same.
    Unneeded(ChatMessage),
}

impl MessageUpdater {
    /// Returns the threads of the log.
    pub(crate) fn threads(&self) -> Threads {
        Threads { messages: self.messages.clone(), clock: self.clock.clone() }
    }

    /// Changes a message unless the change was applied before, or is not needed. Returns the message as it is then. `nonce` identifies
    /// the change of this person through every retry.
    ///
    /// # Errors
    ///
    /// [`UpdateError`] says why not.
    pub(crate) async fn update(
        &self,
        room: &RoomName,
        by: &Person,
        seq: Seq,
        nonce: &Nonce,
        update: MessageUpdate,
    ) -> Result<Changed, UpdateError> {
        let (mut audited, mut image_removed) = (false, false);
        for attempt in 1..=ATTEMPTS {
            let Some(found) = self.messages.at(room, seq).await? else { return Err(UpdateError::NoMessage) };
            // A late retry must not undo a newer change. The search looks into the very message that will be replaced, so that no other
            // attempt can come between.
            let is_mine = |applied: &AppliedChange| applied.by == by.id && applied.nonce == *nonce;
            let is_done = match update {
                // An erased message keeps no list of changes.
                MessageUpdate::Erased => found.message.author.is_erased(),
                MessageUpdate::Text { .. }
                | MessageUpdate::Deleted
                | MessageUpdate::Reaction { .. }
                | MessageUpdate::Pinned { .. }
                | MessageUpdate::Vote { .. }
                | MessageUpdate::PollClosed => found.applied.iter().any(is_mine),
            };
            if is_done {
                if found.message.deleted && found.message.thread.is_some() {
                    // The attempt that deleted or erased the reply may have ended before the summary of its thread was updated.
                    self.threads().uncount(room, &by.id, &found.message).await;
                }
                let outcome =
                    if is_overtaken(&update, &found.message, by) { Changed::Overtaken } else { Changed::Before };
                return Ok(outcome(found.message));
            }
            let now = self.clock.now();
            let mut message = updated(&found.message, by, &update, now)?;
            if is_unneeded(&update, &found.message, &message) {
                return Ok(Changed::Unneeded(found.message));
            }
            if is_outdated(&update, by, &found) {
                return Err(UpdateError::Outdated);
            }
            if message.deleted && !found.message.deleted && found.message.author.id != by.id && !audited {
                self.record_deletion(room, by, &found.message, now).await?;
                audited = true;
            }
            if let Some(image) = found.message.image.as_ref().filter(|_| message.deleted && !image_removed) {
                // Before the message: a deletion that stops here leaves a message that shows the loss and can be deleted again. The other
                // order would leave images that no message leads to.
                images::remove(self.images.as_ref(), &message_key(room, &found.message), image.count()).await?;
                image_removed = true;
            }
            let pins = PinnedMessages { messages: self.messages.as_ref() };
            let is_pinning = message.pinned.is_some() && found.message.pinned.is_none();
            if is_pinning && !pins.admit(room, seq, found.message.rev).await? {
                return Err(UpdateError::TooManyPins);
            }
            if message.deleted && !found.message.deleted {
                self.threads().note_deletion(room, &found.message).await?;
            }
            // Taken after the message was read, so it is higher than every change in it.
            message.rev = self.messages.next_rev(room).await?;
            let record = ChangeRecord { rev: message.rev, at: now, seq: Some(seq) };
            self.messages.record_change(room, record).await?;
            let mine = applied_change(&update, by, nonce, message.rev, now);
            let applied = match update {
                // The list would tell who wrote the message.
                MessageUpdate::Erased => Vec::new(),
                MessageUpdate::Text { .. }
                | MessageUpdate::Deleted
                | MessageUpdate::Reaction { .. }
                | MessageUpdate::Pinned { .. }
                | MessageUpdate::Vote { .. }
                | MessageUpdate::PollClosed => recent_changes(found.applied, mine),
            };
            let changed = StoredMessage { message, applied };
            if self.messages.replace(room, found.message.rev, &changed).await? {
                if found.message.pinned.is_some() && changed.message.pinned.is_none() {
                    pins.remove(room, seq, changed.message.rev).await;
                }
                if changed.message.deleted && !(found.message.deleted && found.message.author == changed.message.author)
                {
                    self.threads().uncount(room, &found.message.author.id, &changed.message).await;
                }
                return Ok(Changed::Now(changed.message));
            }
            // Another change was faster. Release the revision, so that no client waits for it.
            self.messages.record_change(room, ChangeRecord { seq: None, ..record }).await?;
            // Revisions are unique, so the pause spreads the attempts that collided.
            self.clock.sleep(Duration::from_millis(record.rev.0 % 16) * attempt).await;
        }
        Err(Unavailable { doing: "changing a message", cause: "others kept changing it".into() }.into())
    }

    /// Writes the audit entry before the message is deleted, so that no deletion lacks an entry.
    async fn record_deletion(
        &self,
        room: &RoomName,
        by: &Person,
        of: &ChatMessage,
        at: Timestamp,
    ) -> Result<(), Unavailable> {
        let action = ModerationAction::Delete {
            room: room.clone(),
            seq: of.seq,
            author: of.author.clone().without_appearance(),
        };
        self.moderation.record(&AuditEntry { at, by: by.clone().without_appearance(), action }).await
    }
}

fn message_key(room: &RoomName, message: &ChatMessage) -> MessageKey {
    MessageKey { room: room.clone(), author: message.author.id.clone(), nonce: message.nonce.clone() }
}

/// Returns the message in its desired state.
fn updated(
    found: &ChatMessage,
    by: &Person,
    update: &MessageUpdate,
    now: Timestamp,
) -> Result<ChatMessage, UpdateError> {
    if !may_change(found, by, update) {
        return Err(UpdateError::NotYours);
    }
    let mut wanted = found.clone();
    match update {
        MessageUpdate::Deleted => delete(&mut wanted),
        MessageUpdate::Erased => {
            delete(&mut wanted);
            wanted.author = Person::erased();
        }
        MessageUpdate::Text { .. }
        | MessageUpdate::Reaction { .. }
        | MessageUpdate::Pinned { .. }
        | MessageUpdate::Vote { .. }
        | MessageUpdate::PollClosed
            if found.deleted =>
        {
            return Err(UpdateError::NoMessage);
        }
        // Otherwise the votes would be for something else.
        MessageUpdate::Text { .. } if found.poll.as_ref().is_some_and(|poll| poll.count() > 0) => {
            return Err(UpdateError::Voted);
        }
        MessageUpdate::Text { text: None, .. } if found.image.is_none() => return Err(UpdateError::Empty),
        MessageUpdate::Text { text, mentions, .. } => {
            wanted.text.clone_from(text);
            wanted.mentions = text.as_ref().map(|text| mentioned(text.as_str(), mentions)).unwrap_or_default();
            if wanted.text != found.text {
                wanted.edited_at = Some(now);
            }
        }
        MessageUpdate::Reaction { emoji, on, .. } => react(&mut wanted.reactions, by, emoji, *on)?,
        MessageUpdate::Pinned { pinned: false, .. } => wanted.pinned = None,
        MessageUpdate::Pinned { pinned: true, .. } => {
            wanted.pinned.get_or_insert_with(|| Pin { by: by.clone().without_appearance(), at: now });
        }
        MessageUpdate::Vote { option, on, .. } => vote(wanted.poll.as_mut(), by, *option, *on)?,
        MessageUpdate::PollClosed => wanted.poll.as_mut().ok_or(UpdateError::NoOption)?.closed = true,
    }
    Ok(wanted)
}

/// Returns whether a person may make an update. The match has no default, so a new update has to say who may make it.
fn may_change(found: &ChatMessage, by: &Person, update: &MessageUpdate) -> bool {
    let own = found.author.id == by.id;
    match update {
        MessageUpdate::Deleted | MessageUpdate::PollClosed => own || by.moderator,
        MessageUpdate::Text { .. } | MessageUpdate::Erased => own,
        MessageUpdate::Reaction { .. } | MessageUpdate::Vote { .. } => true,
        // `Permission::Pin` has decided.
        MessageUpdate::Pinned { .. } => true,
    }
}

fn delete(message: &mut ChatMessage) {
    message.deleted = true;
    message.text = None;
    message.image = None;
    message.reply_to = None;
    message.mentions.clear();
    message.edited_at = None;
    message.reactions.clear();
    message.pinned = None;
    message.poll = None;
}

fn vote(poll: Option<&mut Poll>, by: &Person, option: u16, on: bool) -> Result<(), UpdateError> {
    let poll = poll.ok_or(UpdateError::NoOption)?;
    let has_vote = poll.has_vote(option, &by.id).ok_or(UpdateError::NoOption)?;
    if has_vote == on {
        return Ok(());
    }
    if poll.closed {
        return Err(UpdateError::Closed);
    }
    poll.vote(option, on, &by.id);
    if poll.count() > limits::POLL_VOTES { Err(UpdateError::TooManyVotes) } else { Ok(()) }
}

fn react(reactions: &mut Vec<Reaction>, by: &Person, emoji: &Emoji, on: bool) -> Result<(), UpdateError> {
    let count: usize = reactions.iter().map(|reaction| reaction.people.len()).sum();
    let index = reactions.iter().position(|reaction| reaction.emoji == *emoji);
    let has_own = |reaction: &Reaction| reaction.people.iter().any(|person| person.id == by.id);
    match (index, on) {
        (Some(index), true) if has_own(&reactions[index]) => {}
        (_, true) if count >= limits::REACTIONS => return Err(UpdateError::TooMany),
        (Some(index), true) => {
            // An older server may have stored it without its variation selectors.
            reactions[index].emoji = emoji.clone();
            reactions[index].people.push(by.clone().without_appearance());
        }
        (None, true) => {
            reactions.push(Reaction { emoji: emoji.clone(), people: vec![by.clone().without_appearance()] })
        }
        (Some(index), false) => {
            reactions[index].people.retain(|person| person.id != by.id);
            reactions.retain(|reaction| !reaction.people.is_empty());
        }
        (None, false) => {}
    }
    Ok(())
}
