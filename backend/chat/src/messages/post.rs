//! Stores a message once, however often it is sent: first an idempotency record reserves its place in the order, then the message is
//! written there.

use std::sync::Arc;

use shared_types::{
    ChatImage, ChatMessage, ImageSize, ImageType, MessageText, Nonce, Person, PersonId, Poll, PollDraft, ReplyRef, Rev,
    RoomName, Seq, ServerMessage, Timestamp, mentioned,
};

use crate::{
    content::images::{self, RefusedImage},
    messages::{
        deadlines::RECORD_LIFE,
        threads::{ThreadError, Threads, participants},
    },
    ports::{
        Result, Unavailable,
        connections::Connection,
        images::{Images, Upload},
        messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages},
        system::Clock,
    },
};

/// A message that a client wants to send.
#[derive(Clone)]
pub struct Draft {
    /// The room.
    pub room: RoomName,
    /// The author, as the server knows them.
    pub author: Person,
    /// Identifies the message of its author, the same through every retry.
    pub nonce: Nonce,
    /// The text.
    pub text: Option<MessageText>,
    /// The image that was uploaded for it, with the others.
    pub image: Option<ChatImage>,
    /// The message that it replies to.
    pub reply_to: Option<Seq>,
    /// Candidates for mentions, from the client. The server drops people that the text does not mention.
    pub mentions: Vec<Person>,
    /// The options, if the text is the question of a poll.
    pub poll: Option<PollDraft>,
    /// The message in whose thread it is, or a reply in that thread.
    pub thread: Option<Seq>,
    /// Whether a message in a thread is also shown in the room.
    pub in_room: bool,
}

/// Why a message was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// An image cannot be used.
    #[error(transparent)]
    Image(#[from] RefusedImage),
    /// There is no such thread, or nobody can reply in it.
    #[error(transparent)]
    Thread(#[from] ThreadError),
    /// A store did not answer. The message may be stored or not; a retry finds out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A message that is stored, and who is told about it beside the people that it mentions.
#[derive(Debug)]
pub struct Posted {
    /// The message.
    pub message: ChatMessage,
    /// The people of its thread: the author of the first message, and the latest who replied before.
    pub participants: Vec<PersonId>,
}

/// When a message takes a revision.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RevCondition {
    None,
    /// The room has no rules.
    NoRules,
}

/// Stores new messages.
#[derive(Clone)]
pub struct MessagePoster {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Uploaded images.
    pub images: Arc<dyn Images>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl MessagePoster {
    /// Returns the address for the upload of an image, as an `upload` message.
    ///
    /// # Errors
    ///
    /// `Unavailable` if no address could be made.
    pub async fn upload(
        &self,
        speaker: &Connection,
        nonce: Nonce,
        kind: ImageType,
        size: ImageSize,
    ) -> Result<ServerMessage> {
        let (room, author) = (speaker.room.clone(), speaker.person.id.clone());
        let message_key = MessageKey { room, author, nonce: nonce.clone() };
        let url = self.images.address(&Upload { message_key, kind, size }).await?;
        Ok(ServerMessage::Upload { nonce, url, several: true })
    }

    /// Stores a message unless it is stored already, and returns the stored one.
    ///
    /// Each step can be repeated, so a retry by the client completes what a crash interrupted.
    ///
    /// # Errors
    ///
    /// [`PostError`] if the image is invalid, or a store did not answer.
    pub async fn post(&self, draft: Draft) -> std::result::Result<Posted, PostError> {
        let doing = "storing a message";
        let stored = self.store(draft, RevCondition::None).await?;
        stored.ok_or_else(|| Unavailable { doing, cause: "no revision was taken".into() }.into())
    }

    /// Does the same if the room has no rules, which the store checks when it takes the revision. Returns `None` and stores nothing if the
    /// room may have some.
    ///
    /// # Errors
    ///
    /// [`PostError`] if the image is invalid, or a store did not answer.
    pub async fn post_without_rules(&self, draft: Draft) -> std::result::Result<Option<Posted>, PostError> {
        self.store(draft, RevCondition::NoRules).await
    }

    async fn store(&self, mut draft: Draft, condition: RevCondition) -> std::result::Result<Option<Posted>, PostError> {
        let Some(thread) = draft.thread else {
            let stored = self.store_in(None, draft, condition).await?;
            return Ok(stored.map(|message| Posted { message, participants: Vec::new() }));
        };
        let (threads, room) = (self.threads(), draft.room.clone());
        let root = threads.root_for(&room, thread, &draft.author.id, &draft.nonce).await?;
        draft.thread = Some(root.seq);
        let (stored, latest) =
            futures::join!(self.store_in(Some(&root), draft, condition), threads.latest(&room, root.seq));
        let Some(message) = stored? else { return Ok(None) };
        let participants = participants(&root).cloned().collect();
        threads.count(&room, root, &message, latest).await;
        Ok(Some(Posted { message, participants }))
    }

    fn threads(&self) -> Threads {
        Threads { messages: self.messages.clone(), clock: self.clock.clone() }
    }

    /// Stores a message, in the thread of `root` if that is given.
    async fn store_in(
        &self,
        root: Option<&ChatMessage>,
        draft: Draft,
        condition: RevCondition,
    ) -> std::result::Result<Option<ChatMessage>, PostError> {
        let Draft { room, author, nonce, text, image, reply_to, mentions, poll, thread, in_room } = draft;
        let message_key = MessageKey { room: room.clone(), author: author.id.clone(), nonce: nonce.clone() };
        // Check before a revision is taken, so that a refused message leaves no gap in the order.
        let checked = match &image {
            Some(image) => Some(images::check(self.images.as_ref(), &message_key, image).await?),
            None => None,
        };
        // Pages that do not know threads show a reply in a thread as a reply to its first message.
        let reply_to = match (reply_to, root) {
            (Some(seq), root) if root.is_none_or(|root| root.seq != seq) => self.reply_ref(&room, seq).await?,
            (_, Some(root)) => Some(ReplyRef { seq: root.seq, author: root.author.clone().without_appearance() }),
            (_, None) => None,
        };
        let mentions = text.as_ref().map(|text| mentioned(text.as_str(), &mentions)).unwrap_or_default();
        let mut message = ChatMessage {
            seq: Seq(0),
            rev: Rev(0),
            author,
            nonce,
            text,
            html: None,
            image,
            reply_to,
            mentions,
            sent_at: self.clock.now(),
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
            pinned: None,
            poll: poll.map(Poll::from),
            thread,
            in_room: in_room && thread.is_some(),
            replies: None,
        };
        if condition == RevCondition::None
            && checked.is_none()
            && let Some(stored) = self.messages.append(&message_key, &message).await?
        {
            return Ok(Some(stored));
        }
        let rev = match condition {
            RevCondition::None => self.messages.next_rev(&room).await?,
            RevCondition::NoRules => match self.messages.next_rev_without_rules(&room).await? {
                Some(rev) => rev,
                None => return Ok(None),
            },
        };
        let fresh = IdempotencyRecord { at: self.clock.now(), rev };
        let held = self.messages.reserve(&message_key, fresh).await?;

        let record = if held == fresh {
            fresh
        } else if let Some(stored) = self.messages.at(&room, Seq::from(held.rev)).await? {
            self.release_rev(&room, fresh).await;
            return Ok(Some(stored.message));
        } else if is_abandoned(held, fresh.at) {
            // Clients may have caught up past the gap that the old record left. A message written into it now would never reach them.
            self.messages.take_over(&message_key, held, fresh).await?
        } else {
            held
        };

        // The time comes from the record, so that two concurrent attempts write identical bytes.
        (message.seq, message.rev, message.sent_at) = (Seq::from(record.rev), record.rev, record.at);
        // Only a message that is not stored yet gets here, so the images of a stored message never change. They are kept first, so that no
        // client is shown the message without them.
        if let Some(checked) = checked {
            images::keep(self.images.as_ref(), &checked).await?;
        }
        let stored = self.messages.put(&room, &message).await?;
        if record != fresh {
            self.release_rev(&room, fresh).await;
        }
        Ok(Some(stored))
    }

    /// Returns the reference to a message that is replied to; `None` if it does not exist or is deleted. It may have been deleted while
    /// the reply was written, or before a retry of the reply: the reply is then a message like any other, and is not refused.
    async fn reply_ref(&self, room: &RoomName, seq: Seq) -> Result<Option<ReplyRef>> {
        let found = self.messages.at(room, seq).await?.map(|found| found.message).filter(|found| !found.deleted);
        Ok(found.map(|found| ReplyRef { seq, author: found.author.without_appearance() }))
    }

    /// Records that a retry took a revision and did not use it, so that no client waits for it. Without the record clients wait until the
    /// revision is old; nothing is lost.
    async fn release_rev(&self, room: &RoomName, unused: IdempotencyRecord) {
        let record = ChangeRecord { rev: unused.rev, at: unused.at, seq: None };
        if let Err(error) = self.messages.record_change(room, record).await {
            tracing::warn!(%error, "unused revision not recorded; clients wait until it is old");
        }
    }
}

fn is_abandoned(record: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(record.at) > RECORD_LIFE
}
