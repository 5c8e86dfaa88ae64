//! Stores usage figures of the chat, and reads what they are made of.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shared_types::{Rev, RoomName, StorageSize, Timestamp, UsageDay};

use crate::ports::Result;

/// The last revision of each room.
pub type RoomRevs = BTreeMap<RoomName, Rev>;

/// The figures, as they are stored. As JSON they are stored data: fields keep their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageLog {
    /// The days, oldest first.
    #[serde(default)]
    pub days: Vec<UsageDay>,
    /// When they were counted the last time.
    #[serde(default)]
    pub counted_at: Option<Timestamp>,
    /// The stored bytes at that time.
    #[serde(default)]
    pub storage: StorageSize,
}

/// The store of usage figures. They are no part of the conversation: a crash may lose the last ones, and they are not in backups.
#[async_trait]
pub trait UsageStore: Send + Sync {
    /// Returns the last revisions of rooms. A room without one, and one that could not be read, may be missing, and so may changes of the
    /// last moment. There are at most `limits::DIRECTORY_ROOMS` rooms and a few more.
    async fn last_revs(&self, rooms: &[RoomName]) -> Result<RoomRevs>;

    /// Returns the stored bytes, as far as the store knows them with a bounded number of reads. It may be some hours old.
    async fn storage(&self) -> Result<StorageSize>;

    /// Returns the figures.
    async fn log(&self) -> Result<UsageLog>;

    /// Returns the revisions that were stored with the figures.
    async fn counted_revs(&self) -> Result<RoomRevs>;

    /// Replaces the figures and the revisions.
    async fn store(&self, log: &UsageLog, revs: &RoomRevs) -> Result<()>;
}
