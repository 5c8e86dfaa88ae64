//! What was said, and what makes it the same through every retry.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{ChatMessage, Nonce, PersonId, Rev, RoomName, Seq, Timestamp};

use crate::ports::Result;

/// The right of a message to a place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The place.
    pub rev: Rev,
    /// When it was claimed.
    pub at: Timestamp,
}

/// What makes a message the same through every retry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// The room it is said in.
    pub room: RoomName,
    /// Who says it.
    pub author: PersonId,
    /// The client's name for it.
    pub nonce: Nonce,
}

/// A message as it is stored: with the changes that were made to it of late, so that none is made twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMessage {
    /// The message.
    #[serde(flatten)]
    pub message: ChatMessage,
    /// The changes, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<AppliedChange>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedChange {
    /// Who made it.
    pub by: PersonId,
    /// Their name for it.
    pub nonce: Nonce,
    /// When.
    pub at: Timestamp,
}

/// What a revision was taken for, where it was not for a new message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeRecord {
    /// The revision.
    pub rev: Rev,
    /// When it was taken.
    pub at: Timestamp,
    /// The message it changes; `None` when it changes nothing, and nobody has to wait for it.
    pub seq: Option<Seq>,
}

/// The log of every room.
///
/// The cost of each call MUST NOT depend on how many messages are stored.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Takes the room's next revision. MUST never give one out twice, not even after a crash, unless nothing was ever
    /// `put` under it or above it.
    async fn next_rev(&self, room: &RoomName) -> Result<Rev>;

    /// Claims a place for an identity if it has none. Answers with the claim that holds, this one or an earlier one.
    async fn reserve(&self, message_key: &MessageKey, claim: IdempotencyRecord) -> Result<IdempotencyRecord>;

    /// Replaces the claim `held` by `fresh` if it still holds. Answers with the claim that holds then.
    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord>;

    /// Up to `limit` of an author's claims that were not given up, above that identity (`None`: from the first), by room and
    /// nonce. MUST see every `claim`, `take_over` and `tombstone` that has ended.
    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>>;

    /// Leaves a claim out of `records_of` from now on. It MUST go on to hold until then, so that a retry that is still on its
    /// way finds it; after that nothing is left of it.
    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()>;

    /// Stores a message at its `seq` if nothing is there. Answers with the message that is there then. When this has
    /// ended well the message MUST survive a crash and a power cut.
    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage>;

    /// The message at a place. MUST see every `put` and `replace` that has ended.
    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>>;

    /// Up to `limit` messages with a `seq` below `before` (`None`: the newest), oldest first. MUST see every `put`
    /// that has ended.
    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Up to `limit` messages with a `seq` above `rev`, oldest first. MUST see every `put` that has ended.
    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>>;

    /// Puts the message in the place of the one with its `seq`, if that still has the revision `seen`; answers whether it
    /// had. When this has ended well the message MUST survive a crash and a power cut.
    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool>;

    /// Notes what a revision is for. It MUST be there when a `replace` after it is.
    async fn record_change(&self, room: &RoomName, mark: ChangeRecord) -> Result<()>;

    /// Up to `limit` marks above `rev`, lowest first. MUST see every `mark` that has ended.
    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>>;

    /// The newest `limit` marks, lowest first. MUST see every `mark` that has ended.
    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>>;
}

/// What has been kept long enough, where it does not go by itself.
#[async_trait]
pub trait Expiring: Send + Sync {
    /// Removes up to `limit` messages that have been kept long enough, and what was noted about them; answers with whose
    /// images are to go after them. It answers with less than `limit` when nothing is left to remove.
    async fn expire(&self, limit: usize) -> Result<Vec<MessageKey>>;
}
