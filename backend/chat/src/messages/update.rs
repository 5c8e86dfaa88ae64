//! Changing what was said: edits, deletions and reactions.
//!
//! *Mark, then replace*: a change takes the room's next revision, notes for which message, and puts the changed message in
//! the place of the one it saw. Whoever catches up finds the mark, and does not pass it before the message is as new as it.

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

/// How often a change begins anew when others change the same message at the same time. With the pauses between them
/// (0 to 15 ms, times the attempt) that is 4 s on average, and a function has 10 s.
const ATTEMPTS: u32 = 32;

/// How many changes of one message are remembered: 200 of some 80 bytes are 16 KB.
const REMEMBERED: usize = 200;

/// The rule of changing.
#[derive(Clone)]
pub struct MessageUpdater {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The images that go with what is taken back.
    pub images: Arc<dyn Images>,
    /// Where it is noted that a moderator took away what somebody else said.
    pub moderation: Arc<dyn Moderation>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What is to become of a message. Each says how it is to be, so that a repetition changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageUpdate {
    /// It says this from now on.
    Text {
        /// What.
        text: Option<MessageText>,
        /// Whom that calls, as its client has it. Whoever it does not call is left out.
        mentions: Vec<Person>,
    },
    /// It is taken back.
    Deleted,
    /// It is taken back, and nobody wrote it.
    Erased,
    /// The speaker means this emoji, or does not.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether they mean it.
        on: bool,
    },
}

/// Why a message was not changed. Its `Display` is a sentence for who wanted to.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// It is not there, or was taken back.
    #[error("there is no such message any more")]
    NoMessage,
    /// It is another's.
    #[error("only its author can change a message")]
    NotYours,
    /// It would say nothing.
    #[error("a message must say something: delete it instead")]
    Empty,
    /// It has as many reactions as it can have.
    #[error("a message can have {} reactions, and this one has them", limits::REACTIONS)]
    TooMany,
    /// The log did not answer; the change may or may not be made, and repeating it finds out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A message as it is wanted.
pub(crate) enum Changed {
    /// It is so by this change.
    Now(ChatMessage),
    /// It was so before.
    Before(ChatMessage),
}

impl MessageUpdater {
    /// Changes a message, unless that was done already; answers with the message as it is then. `nonce` is the speaker's
    /// name for the change, the same through every retry.
    ///
    /// # Errors
    ///
    /// [`UpdateError`] says why not.
    pub async fn update(
        &self,
        room: &RoomName,
        by: &Person,
        seq: Seq,
        nonce: &Nonce,
        update: MessageUpdate,
    ) -> Result<ChatMessage, UpdateError> {
        let (Changed::Now(message) | Changed::Before(message)) = self.change(room, by, seq, nonce, update).await?;
        Ok(message)
    }

    /// As [`Self::update`], and says whether it was this that changed the message.
    pub(crate) async fn change(
        &self,
        room: &RoomName,
        by: &Person,
        seq: Seq,
        nonce: &Nonce,
        update: MessageUpdate,
    ) -> Result<Changed, UpdateError> {
        let mut noted = false;
        for attempt in 1..=ATTEMPTS {
            let Some(found) = self.messages.at(room, seq).await? else { return Err(UpdateError::NoMessage) };
            // A retry that comes late must not undo what its author did since. It is looked for in the very message that
            // is replaced, so that no attempt can slip in between.
            let is_mine = |applied: &AppliedChange| applied.by == by.id && applied.nonce == *nonce;
            let is_done = match update {
                // A message that is nobody's has no list of changes.
                MessageUpdate::Erased => found.message.author.is_erased(),
                _ => found.applied.iter().any(is_mine),
            };
            if is_done {
                self.remove_image(room, &found.message).await?;
                return Ok(Changed::Before(found.message));
            }
            let now = self.clock.now();
            let mut message = amended(&found.message, by, &update, now)?;
            if message.deleted && !found.message.deleted && found.message.author.id != by.id && !noted {
                self.note(room, by, &found.message, now).await?;
                noted = true;
            }
            // Taken after the message was read, so it is above every change in it.
            message.rev = self.messages.next_rev(room).await?;
            let mark = ChangeRecord { rev: message.rev, at: now, seq: Some(seq) };
            self.messages.record_change(room, mark).await?;
            let mine = AppliedChange { by: by.id.clone(), nonce: nonce.clone(), at: now };
            let applied = match update {
                // Or the message would say who wrote it.
                MessageUpdate::Erased => Vec::new(),
                _ => lately(found.applied, mine),
            };
            let changed = StoredMessage { message, applied };
            if self.messages.replace(room, found.message.rev, &changed).await? {
                if changed.message.deleted {
                    self.remove_image(room, &ChatMessage { deleted: true, ..found.message }).await?;
                }
                return Ok(Changed::Now(changed.message));
            }
            // Somebody was faster, and nobody is to wait for us under this revision.
            self.messages.record_change(room, ChangeRecord { seq: None, ..mark }).await?;
            // No two have the same revision, so it spreads those who met.
            self.clock.sleep(Duration::from_millis(mark.rev.0 % 16) * attempt).await;
        }
        Err(Unavailable { doing: "changing a message", cause: "others kept changing it".into() }.into())
    }

    /// Before the message goes: what was done and is not noted would be done by nobody.
    async fn note(&self, room: &RoomName, by: &Person, of: &ChatMessage, at: Timestamp) -> Result<(), Unavailable> {
        let act = ModerationAction::Delete { room: room.clone(), seq: of.seq, author: of.author.clone() };
        self.moderation.record(&AuditEntry { at, by: by.clone(), action: act }).await
    }

    async fn remove_image(&self, room: &RoomName, message: &ChatMessage) -> Result<(), Unavailable> {
        if !message.deleted {
            return Ok(());
        }
        let (author, nonce) = (message.author.id.clone(), message.nonce.clone());
        self.images.remove(&MessageKey { room: room.clone(), author, nonce }).await
    }
}

/// The changes of which a retry may still come, and this one.
fn lately(mut applied: Vec<AppliedChange>, mine: AppliedChange) -> Vec<AppliedChange> {
    let now = mine.at;
    applied.push(mine);
    applied.retain(|applied| now.since(applied.at) <= RECORD_LIFE);
    let surplus = applied.len().saturating_sub(REMEMBERED);
    applied.drain(..surplus);
    applied
}

/// The message as it is wanted.
fn amended(
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
        MessageUpdate::Deleted => take_back(&mut wanted),
        MessageUpdate::Erased => {
            take_back(&mut wanted);
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
        MessageUpdate::Reaction { emoji, on } => react(&mut wanted.reactions, by, emoji, *on)?,
    }
    Ok(wanted)
}

fn take_back(message: &mut ChatMessage) {
    message.deleted = true;
    message.text = None;
    message.image = None;
    message.reply_to = None;
    message.mentions.clear();
    message.edited_at = None;
    message.reactions.clear();
}

fn react(reactions: &mut Vec<Reaction>, by: &Person, emoji: &Emoji, on: bool) -> Result<(), UpdateError> {
    let count: usize = reactions.iter().map(|reaction| reaction.people.len()).sum();
    let place = reactions.iter().position(|reaction| reaction.emoji == *emoji);
    let means = |reaction: &Reaction| reaction.people.iter().any(|person| person.id == by.id);
    match (place, on) {
        (Some(place), true) if means(&reactions[place]) => {}
        (_, true) if count >= limits::REACTIONS => return Err(UpdateError::TooMany),
        (Some(place), true) => reactions[place].people.push(by.clone()),
        (None, true) => reactions.push(Reaction { emoji: emoji.clone(), people: vec![by.clone()] }),
        (Some(place), false) => {
            reactions[place].people.retain(|person| person.id != by.id);
            reactions.retain(|reaction| !reaction.people.is_empty());
        }
        (None, false) => {}
    }
    Ok(())
}
