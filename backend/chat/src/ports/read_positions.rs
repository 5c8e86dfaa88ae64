//! Stores up to where each person has read each room, for all of their devices.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{PersonId, PersonName, RoomName, Seq, Timestamp};

use crate::ports::Result;

/// Up to where a person has read a room. As JSON it is stored data: fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadPosition {
    /// The person.
    pub person: PersonId,
    /// The room.
    pub room: RoomName,
    /// The newest message that the person has seen.
    pub seq: Seq,
    /// When the position advanced for the last time.
    pub at: Timestamp,
}

/// Up to where a person has read a thread. As JSON it is stored data: fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadPosition {
    /// The person.
    pub person: PersonId,
    /// The room.
    pub room: RoomName,
    /// The message that began the thread.
    pub root: Seq,
    /// The newest reply that the person has seen.
    pub seq: Seq,
    /// When the position advanced for the last time.
    pub at: Timestamp,
}

impl ThreadPosition {
    /// Returns the text by which stores sort the threads of a person: by room, and in it by the message that began the thread.
    pub fn sort_key(&self) -> String {
        format!("{}{:020}", Self::sort_prefix(&self.room), self.root.0)
    }

    /// Returns the beginning of the sort keys of a room. The name of a room has no slash.
    pub fn sort_prefix(room: &RoomName) -> String {
        format!("{room}/")
    }

    /// Reads a [sort key](Self::sort_key). Returns the room and the message that began the thread, or nothing if it is malformed.
    pub fn parse_sort_key(key: &str) -> Option<(RoomName, Seq)> {
        let (room, root) = key.split_once('/')?;
        Some((room.parse().ok()?, Seq(root.parse().ok()?)))
    }
}

/// Up to where a person has read a room that shows it. As JSON it is stored data: fields keep their names.
///
/// A receipt belongs to a stored [`ReadPosition`], whose `seq` is as high or higher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredReceipt {
    /// The room.
    pub room: RoomName,
    /// The person.
    pub person: PersonId,
    /// The person's name when they read.
    pub name: PersonName,
    /// The newest message that the person has seen.
    pub seq: Seq,
    /// When the receipt advanced for the last time.
    pub at: Timestamp,
}

/// The store of read positions, and of those that rooms show.
#[async_trait]
pub trait ReadPositions: Send + Sync {
    /// Stores a position if the stored one of its person and room is lower, in one step, and returns whether it was. A position MUST never
    /// go back, however many calls run at once. A crash may lose it. The store may drop a position [`limits::READ_POSITION_LIFE`] after
    /// its `at`.
    ///
    /// [`limits::READ_POSITION_LIFE`]: shared_types::limits::READ_POSITION_LIFE
    async fn advance(&self, position: &ReadPosition) -> Result<bool>;

    /// Returns the position of a person in a room. One that advanced a moment ago may be missing.
    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>>;

    /// Returns the positions of a person, in any order, at most [`limits::READ_POSITIONS`]. If more are stored, any of them may be missing.
    /// Changes of the last moment may be missing, too.
    ///
    /// [`limits::READ_POSITIONS`]: shared_types::limits::READ_POSITIONS
    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>>;

    /// Stores the position in a thread if the stored one of its person and thread is lower, in one step, and returns whether it was. It MUST
    /// never go back. A crash may lose it. The store may drop it [`limits::READ_POSITION_LIFE`] after its `at`.
    ///
    /// [`limits::READ_POSITION_LIFE`]: shared_types::limits::READ_POSITION_LIFE
    async fn advance_thread(&self, position: &ThreadPosition) -> Result<bool>;

    /// Returns the positions of a person in the threads of a room, at most [`limits::THREAD_POSITIONS`], that of the thread which began
    /// last first. Changes of the last moment may be missing.
    ///
    /// [`limits::THREAD_POSITIONS`]: shared_types::limits::THREAD_POSITIONS
    async fn thread_positions(&self, person: &PersonId, room: &RoomName) -> Result<Vec<ThreadPosition>>;

    /// Stores a receipt if the stored one of its person and room is lower, in one step, and returns whether it was. A receipt MUST never go
    /// back. A crash may lose it. The store may drop it [`limits::READ_POSITION_LIFE`] after its `at`. The caller has stored the position.
    ///
    /// [`limits::READ_POSITION_LIFE`]: shared_types::limits::READ_POSITION_LIFE
    async fn show(&self, receipt: &StoredReceipt) -> Result<bool>;

    /// Returns the receipts of a room, in any order, at most `limit`. Receipts that ended, and not those of the last moment, may be among
    /// them.
    async fn receipts(&self, room: &RoomName, limit: usize) -> Result<Vec<StoredReceipt>>;

    /// Returns the receipt of a person in a room. One that advanced a moment ago may be missing.
    async fn receipt(&self, person: &PersonId, room: &RoomName) -> Result<Option<StoredReceipt>>;

    /// Removes the receipt of a person in a room, and keeps the position. Does nothing if there is none. A crash may bring it back.
    async fn hide(&self, person: &PersonId, room: &RoomName) -> Result<()>;

    /// Removes up to [`limits::READ_POSITIONS`] positions of a person in rooms, as many in threads, and the receipts in their rooms. A receipt in
    /// a room without a position stays. Returns whether others may be left.
    ///
    /// [`limits::READ_POSITIONS`]: shared_types::limits::READ_POSITIONS
    async fn remove(&self, person: &PersonId) -> Result<bool>;
}
