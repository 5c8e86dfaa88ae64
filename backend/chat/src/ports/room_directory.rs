//! Storage of the directory of open rooms.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{RoomDetails, RoomName, RoomTitle, RoomTopic, Timestamp};

use crate::ports::Result;

/// A room in the directory. What it says may be older than the room; the log and the settings of the room decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryEntry {
    /// The room.
    pub room: RoomName,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<RoomTitle>,
    /// Its topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<RoomTopic>,
    /// Whether it is archived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// The beginning of the hour in which something was written.
    pub active: Timestamp,
}

impl DirectoryEntry {
    /// Returns the entry of a room without title and topic.
    pub fn new(room: RoomName, active: Timestamp) -> Self {
        Self { room, title: None, topic: None, archived: false, active }
    }
}

/// The store of the directory. It is an index: everything in it follows from the messages and the settings of rooms, so a crash or a power
/// cut may lose the changes of the last moment.
///
/// The caller keeps the limit `limits::DIRECTORY_ROOMS`, and never adds a private room.
#[async_trait]
pub trait RoomDirectory: Send + Sync {
    /// Adds a room without title and topic. Does nothing if it is listed.
    async fn add(&self, room: &RoomName, active: Timestamp) -> Result<()>;

    /// Sets when a listed room was active. A later time stays. Returns whether the room is listed.
    async fn set_active(&self, room: &RoomName, active: Timestamp) -> Result<bool>;

    /// Replaces title and topic of a listed room. Does nothing if it is not listed.
    async fn set_details(&self, room: &RoomName, details: &RoomDetails) -> Result<()>;

    /// Sets whether a listed room is archived. Does nothing if it is not listed.
    async fn set_archived(&self, room: &RoomName, archived: bool) -> Result<()>;

    /// Removes a room if its activity is still `active`.
    async fn remove(&self, room: &RoomName, active: Timestamp) -> Result<()>;

    /// Returns the listed rooms in any order, at most `limit`. What was changed a moment ago may be missing.
    async fn entries(&self, limit: usize) -> Result<Vec<DirectoryEntry>>;
}
