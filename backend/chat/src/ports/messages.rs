//! The message log of every room, and the idempotency records that make retries safe.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{ChatMessage, Emoji, Nonce, PersonId, Rev, RoomName, Seq, ThreadSummary, Timestamp};

use crate::ports::Result;

/// The revision reserved for a message. It stays the same through every retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    /// The reserved revision.
    pub rev: Rev,
    /// When it was reserved.
    pub at: Timestamp,
}

/// Identifies a message through every retry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageKey {
    /// The room of the message.
    pub room: RoomName,
    /// The author.
    pub author: PersonId,
    /// The nonce that the client chose.
    pub nonce: Nonce,
}

impl MessageKey {
    /// Returns the key of image `number` of the message, by which it is uploaded, stored and served. `None` if the message can have no such
    /// image.
    pub fn of_image(&self, number: usize) -> Option<Self> {
        let Self { room, author, nonce } = self;
        Some(Self { room: room.clone(), author: author.clone(), nonce: nonce.of_image(number)? })
    }
}

/// A message as it is stored: with its recent changes, so that none is applied twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMessage {
    /// The message.
    #[serde(flatten)]
    pub message: ChatMessage,
    /// The recent changes, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<AppliedChange>,
}

/// A change that was applied to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedChange {
    /// The person who made it.
    pub by: PersonId,
    /// The nonce of the change, chosen by the client.
    pub nonce: Nonce,
    /// When it was made.
    pub at: Timestamp,
    /// The revision that it took, if it is an edit of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_rev: Option<Rev>,
    /// The reaction that it added or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<AppliedReaction>,
    /// The revision that it took, if it pinned or unpinned the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_rev: Option<Rev>,
    /// The vote that it added or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<AppliedVote>,
}

/// A vote that was added or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedVote {
    /// The option.
    pub option: u16,
    /// The revision that the change took.
    pub rev: Rev,
}

/// A reaction that was added or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedReaction {
    /// The emoji.
    pub emoji: Emoji,
    /// The revision that the change took.
    pub rev: Rev,
}

/// Records why a revision was taken, where it was not for a new message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRecord {
    /// The revision.
    pub rev: Rev,
    /// When it was taken.
    pub at: Timestamp,
    /// The message that the revision changes; `None` when it changes nothing, so that readers need not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
}

/// An entry in a room's index of pinned messages.
///
/// The index can have more messages than are pinned: [`PinnedMessages`](crate::messages::pins::PinnedMessages) says why. The message itself
/// tells whether it is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinEntry {
    /// The message.
    pub seq: Seq,
    /// The revision of the message before it was pinned.
    pub rev: Rev,
}

/// The message log of every room.
///
/// The cost of each call MUST NOT depend on how many messages are stored.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Takes the room's next revision. MUST never return one twice, not even after a crash, unless nothing was ever `put` at it
    /// or above it.
    async fn next_rev(&self, room: &RoomName) -> Result<Rev>;

    /// Takes the room's next revision, as [`next_rev`](Self::next_rev), if the room has no rules, in one step. Returns `None` and takes
    /// nothing where the room may have rules. MUST see every [`set_rules`](super::moderation::Moderation::set_rules) that has ended, if
    /// [`has_no_rules`](super::moderation::Moderation::has_no_rules) was true for the room.
    async fn next_rev_without_rules(&self, _room: &RoomName) -> Result<Option<Rev>> {
        Ok(None)
    }

    /// Stores an idempotency record for a message if it has none. Returns the record in force: this one or an earlier one.
    async fn reserve(&self, message_key: &MessageKey, record: IdempotencyRecord) -> Result<IdempotencyRecord>;

    /// Replaces the record `held` by `fresh` if it is still in force. Returns the record in force afterwards.
    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord>;

    /// Returns up to `limit` of an author's records that are not tombstoned, with a key above `after` (`None`: from the first),
    /// ordered by room and nonce. MUST see every `reserve`, `take_over` and `tombstone` that has ended.
    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>>;

    /// Hides a record from `records_of` from now on. The record MUST stay in force until `until`, so that a retry still in
    /// transit finds it; after that nothing of it remains.
    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()>;

    /// Takes the next revision for a message without an image, writes its idempotency record and stores it, all or nothing, and returns
    /// the stored message. `seq` and `rev` of `message` are not read; `sent_at` is the time of the record. After success the message
    /// MUST survive a crash and a power cut.
    ///
    /// Returns `None` and does nothing where this cannot be one step, and where the message has a record already, which is a tombstone or
    /// that of an earlier attempt. The caller takes the steps one by one then.
    ///
    /// Concurrent calls MUST be stored in the order in which they were polled first.
    async fn append(&self, _message_key: &MessageKey, _message: &ChatMessage) -> Result<Option<ChatMessage>> {
        Ok(None)
    }

    /// Stores a message at its `seq` if there is none. Returns the message that is stored there afterwards. After success the
    /// message MUST survive a crash and a power cut. A reply in a thread MUST be visible to [`replies`](Self::replies) whenever it is
    /// visible.
    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage>;

    /// Returns the message at a `seq`. MUST see every `put` and `replace` that has ended.
    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>>;

    /// Returns up to `limit` messages with a `seq` below `before` (`None`: the newest), oldest first. MUST see every `put` that
    /// has ended.
    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Returns up to `limit` messages with a `seq` above `rev`, oldest first. MUST see every `put` that has ended.
    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Replaces the message with the same `seq` if that still has the revision `seen`, and the version of the thread summary that
    /// `changed` has ([`version_of`]). Returns whether it had. After success the
    /// message MUST survive a crash and a power cut.
    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool>;

    /// Stores why a revision was taken. The record MUST be visible whenever a `replace` that came after it is.
    async fn record_change(&self, room: &RoomName, change: ChangeRecord) -> Result<()>;

    /// Returns up to `limit` change records above `rev`, lowest first. MUST see every `record_change` that has ended.
    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>>;

    /// Returns the newest `limit` change records, lowest first. MUST see every `record_change` that has ended.
    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>>;

    /// Adds a message to the index of pinned messages. An entry of the same message with a higher revision stays. The entry MUST be
    /// visible whenever a `replace` that came after it is.
    async fn index_pin(&self, room: &RoomName, entry: PinEntry) -> Result<()>;

    /// Removes the entry of a message from the index of pinned messages if its revision is below `before`.
    async fn unindex_pin(&self, room: &RoomName, seq: Seq, before: Rev) -> Result<()>;

    /// Returns up to `limit` entries of the index of pinned messages, by `seq`. MUST see every `index_pin` and `unindex_pin` that has
    /// ended. Entries of expired messages may be missing.
    async fn indexed_pins(&self, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>>;

    /// Returns up to `limit` replies in the thread of `root` with a `seq` below `before` (`None`: the newest), lowest first. There may be
    /// some that have no message (yet). MUST see every `put` and `append` that has ended, unless the reply is expired.
    async fn replies(&self, room: &RoomName, root: Seq, before: Option<Seq>, limit: usize) -> Result<Vec<Seq>>;

    /// Replaces the summary of the thread that a message began, if it still has the version of `seen`. Returns whether it had. Nothing
    /// else of the message changes, and no revision is taken. If the stored summary is the wanted one already, it may return that it had:
    /// the attempt is repeated because its answer was lost.
    async fn summarize(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool>;

    /// Removes messages of a room for ever, with their idempotency records and their entries in the indexes of pins and replies. The images
    /// are removed by the caller, before. No change record is written and no revision is taken: the messages are as if they had expired. An
    /// interrupted call MUST leave a message that can be removed again, or nothing of it.
    async fn remove(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()>;

    /// Removes up to `limit` change records of a room from before `before`, lowest revision first. Returns their number.
    async fn remove_changes(&self, room: &RoomName, before: Timestamp, limit: usize) -> Result<usize>;
}

/// Version of the thread summary of a message. The number of the update alone would do, but versions of the server that do not know it
/// change the other two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadVersion {
    /// Its revision.
    pub rev: Rev,
    /// Its number of replies.
    pub count: u32,
    /// The number of its update; `None` if an earlier version of the server made it.
    pub update: Option<u32>,
}

/// Returns the version of a thread summary; `None` without one. A change of a message and a new reply in its thread may happen at the same
/// time: the version keeps one from overwriting the other.
pub fn version_of(summary: Option<&ThreadSummary>) -> Option<ThreadVersion> {
    summary.map(|summary| ThreadVersion { rev: summary.rev, count: summary.count, update: summary.version })
}

/// Removes expired messages from a store that has no time to live of its own.
#[async_trait]
pub trait Expiring: Send + Sync {
    /// Removes up to `limit` expired messages with their records. Returns the keys of the messages, each with the number of its images,
    /// which the caller has to remove. Fewer keys than `limit` mean that nothing is left to remove.
    async fn expire(&self, limit: usize) -> Result<Vec<(MessageKey, usize)>>;
}
