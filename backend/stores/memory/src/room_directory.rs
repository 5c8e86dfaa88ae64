//! The directory of open rooms in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    room_directory::{DirectoryEntry, RoomDirectory},
};
use shared_types::{RoomDetails, RoomName, Timestamp};

/// [`RoomDirectory`] in memory.
#[derive(Default)]
pub struct MemoryRoomDirectory(Mutex<BTreeMap<RoomName, DirectoryEntry>>);

impl MemoryRoomDirectory {
    /// Changes an entry. Returns whether there is one.
    fn change(&self, room: &RoomName, change: impl FnOnce(&mut DirectoryEntry)) -> bool {
        self.0.lock().unwrap().get_mut(room).map(change).is_some()
    }
}

#[async_trait]
impl RoomDirectory for MemoryRoomDirectory {
    async fn add(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        let mut rooms = self.0.lock().unwrap();
        rooms.entry(room.clone()).or_insert_with(|| DirectoryEntry::new(room.clone(), active));
        Ok(())
    }

    async fn set_active(&self, room: &RoomName, active: Timestamp) -> Result<bool> {
        Ok(self.change(room, |entry| entry.active = entry.active.max(active)))
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails) -> Result<()> {
        self.change(room, |entry| {
            (entry.title, entry.topic) = (details.title.clone(), details.topic.clone());
        });
        Ok(())
    }

    async fn set_archived(&self, room: &RoomName, archived: bool) -> Result<()> {
        self.change(room, |entry| entry.archived = archived);
        Ok(())
    }

    async fn remove(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        self.0.lock().unwrap().retain(|listed, entry| listed != room || entry.active != active);
        Ok(())
    }

    async fn entries(&self, limit: usize) -> Result<Vec<DirectoryEntry>> {
        Ok(self.0.lock().unwrap().values().take(limit).cloned().collect())
    }
}
