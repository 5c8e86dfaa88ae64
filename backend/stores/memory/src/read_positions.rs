//! Read positions in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
};
use shared_types::{PersonId, RoomName, Seq, limits};

/// [`ReadPositions`] in memory.
#[derive(Default)]
pub struct MemoryReadPositions {
    positions: Mutex<BTreeMap<(PersonId, RoomName), ReadPosition>>,
    threads: Mutex<BTreeMap<(PersonId, RoomName, Seq), ThreadPosition>>,
    receipts: Mutex<BTreeMap<(RoomName, PersonId), StoredReceipt>>,
}

#[async_trait]
impl ReadPositions for MemoryReadPositions {
    async fn advance(&self, position: &ReadPosition) -> Result<bool> {
        let mut positions = self.positions.lock().unwrap();
        let key = (position.person.clone(), position.room.clone());
        let is_higher = positions.get(&key).is_none_or(|stored| stored.seq < position.seq);
        if is_higher {
            positions.insert(key, position.clone());
        }
        Ok(is_higher)
    }

    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>> {
        Ok(self.positions.lock().unwrap().get(&(person.clone(), room.clone())).map(|stored| stored.seq))
    }

    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>> {
        let positions = self.positions.lock().unwrap();
        let own = positions.values().filter(|stored| stored.person == *person);
        Ok(own.take(limits::READ_POSITIONS).cloned().collect())
    }

    async fn advance_thread(&self, position: &ThreadPosition) -> Result<bool> {
        let mut threads = self.threads.lock().unwrap();
        let key = (position.person.clone(), position.room.clone(), position.root);
        let is_higher = threads.get(&key).is_none_or(|stored| stored.seq < position.seq);
        if is_higher {
            threads.insert(key, position.clone());
        }
        Ok(is_higher)
    }

    async fn thread_positions(&self, person: &PersonId, room: &RoomName) -> Result<Vec<ThreadPosition>> {
        let threads = self.threads.lock().unwrap();
        let own = threads.values().rev().filter(|stored| stored.person == *person && stored.room == *room);
        Ok(own.take(limits::THREAD_POSITIONS).cloned().collect())
    }

    async fn show(&self, receipt: &StoredReceipt) -> Result<bool> {
        let mut receipts = self.receipts.lock().unwrap();
        let key = (receipt.room.clone(), receipt.person.clone());
        let is_higher = receipts.get(&key).is_none_or(|stored| stored.seq < receipt.seq);
        if is_higher {
            receipts.insert(key, receipt.clone());
        }
        Ok(is_higher)
    }

    async fn receipts(&self, room: &RoomName, limit: usize) -> Result<Vec<StoredReceipt>> {
        let receipts = self.receipts.lock().unwrap();
        Ok(receipts.values().filter(|stored| stored.room == *room).take(limit).cloned().collect())
    }

    async fn receipt(&self, person: &PersonId, room: &RoomName) -> Result<Option<StoredReceipt>> {
        Ok(self.receipts.lock().unwrap().get(&(room.clone(), person.clone())).cloned())
    }

    async fn hide(&self, person: &PersonId, room: &RoomName) -> Result<()> {
        self.receipts.lock().unwrap().remove(&(room.clone(), person.clone()));
        Ok(())
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        self.threads.lock().unwrap().retain(|(owner, ..), _| owner != person);
        let mut receipts = self.receipts.lock().unwrap();
        self.positions.lock().unwrap().retain(|(owner, room), _| {
            let is_kept = owner != person;
            if !is_kept {
                receipts.remove(&(room.clone(), owner.clone()));
            }
            is_kept
        });
        Ok(false)
    }
}
