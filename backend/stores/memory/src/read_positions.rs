//! Read positions in memory.

use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;
use chat::ports::{
    Result,
    read_positions::{ReadPosition, ReadPositions},
};
use shared_types::{PersonId, RoomName, Seq, limits};

/// [`ReadPositions`] in memory.
#[derive(Default)]
pub struct MemoryReadPositions(Mutex<BTreeMap<(PersonId, RoomName), ReadPosition>>);

#[async_trait]
impl ReadPositions for MemoryReadPositions {
    async fn advance(&self, position: &ReadPosition) -> Result<bool> {
        let mut positions = self.0.lock().unwrap();
        let key = (position.person.clone(), position.room.clone());
        let is_higher = positions.get(&key).is_none_or(|stored| stored.seq < position.seq);
        if is_higher {
            positions.insert(key, position.clone());
        }
        Ok(is_higher)
    }

    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>> {
        Ok(self.0.lock().unwrap().get(&(person.clone(), room.clone())).map(|stored| stored.seq))
    }

    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>> {
        let positions = self.0.lock().unwrap();
        let own = positions.values().filter(|stored| stored.person == *person);
        Ok(own.take(limits::READ_POSITIONS).cloned().collect())
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        self.0.lock().unwrap().retain(|(owner, _), _| owner != person);
        Ok(false)
    }
}
