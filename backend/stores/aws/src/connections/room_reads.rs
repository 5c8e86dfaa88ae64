//! The reads of a room's listeners.

use async_trait::async_trait;
use chat::{
    ports::{
        Result,
        connections::{Connection, SMALL_ROOM},
    },
    presence::recent_listeners::ListenerReads,
};
use shared_types::RoomName;

use super::{DynamoConnections, from_item, room_partition};
use crate::item::{Item, read_all};

const DOING: &str = "reading the listeners of a room";

#[async_trait]
impl ListenerReads for DynamoConnections {
    async fn few(&self, room: &RoomName) -> Result<Option<Vec<Connection>>> {
        let first = self.table.first_of_partition(&room_partition(room), SMALL_ROOM + 1, DOING).await?;
        let is_complete = first.len() <= SMALL_ROOM;
        let listeners = self.open_listeners(&first);
        match (is_complete, listeners.len() <= SMALL_ROOM) {
            (true, _) => Ok(Some(listeners)),
            (false, false) => Ok(None),
            // Expired ones are among the first.
            (false, true) => Ok(Some(self.all_in_room(room).await?).filter(|all| all.len() <= SMALL_ROOM)),
        }
    }

    async fn eventually(&self, room: &RoomName) -> Result<Vec<Connection>> {
        Ok(self.open_listeners(&self.table.partition_eventually(&room_partition(room), DOING).await?))
    }
}

impl DynamoConnections {
    /// Reads every connection in a room, consistently.
    pub(super) async fn all_in_room(&self, room: &RoomName) -> Result<Vec<Connection>> {
        Ok(self.open_listeners(&self.table.partition(&room_partition(room), DOING).await?))
    }

    fn open_listeners(&self, items: &[Item]) -> Vec<Connection> {
        let mut listeners = read_all(items, from_item);
        listeners.retain(|connection| self.lives(connection));
        listeners
    }
}
