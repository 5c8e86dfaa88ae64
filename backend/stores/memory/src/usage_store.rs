//! Usage figures in memory.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    usage_store::{RoomRevs, UsageLog, UsageStore},
};
use shared_types::{RoomName, StorageSize};

use crate::messages::MemoryMessages;

/// [`UsageStore`] in memory.
pub struct MemoryUsage {
    messages: Arc<MemoryMessages>,
    figures: Mutex<(UsageLog, RoomRevs)>,
}

impl MemoryUsage {
    /// Returns the figures of these messages.
    pub fn new(messages: Arc<MemoryMessages>) -> Self {
        Self { messages, figures: Mutex::default() }
    }
}

#[async_trait]
impl UsageStore for MemoryUsage {
    async fn last_revs(&self, rooms: &[RoomName]) -> Result<RoomRevs> {
        Ok(rooms.iter().filter_map(|room| Some((room.clone(), self.messages.last_rev(room)?))).collect())
    }

    async fn storage(&self) -> Result<StorageSize> {
        Ok(StorageSize::default())
    }

    async fn log(&self) -> Result<UsageLog> {
        Ok(self.figures.lock().unwrap().0.clone())
    }

    async fn counted_revs(&self) -> Result<RoomRevs> {
        Ok(self.figures.lock().unwrap().1.clone())
    }

    async fn store(&self, log: &UsageLog, revs: &RoomRevs) -> Result<()> {
        *self.figures.lock().unwrap() = (log.clone(), revs.clone());
        Ok(())
    }
}
