//! The reads of a room's listeners.

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use chat::{
    ports::{
        Result,
        connections::{Connection, SMALL_ROOM},
    },
    presence::recent_listeners::ListenerReads,
};
use shared_types::RoomName;

use super::{DynamoConnections, from_item, room_partition, watchers::WATCHER};
use crate::item::{Item, read_all, text};

const DOING: &str = "reading the listeners of a room";

#[async_trait]
impl ListenerReads for DynamoConnections {
    async fn few(&self, room: &RoomName) -> Result<Option<Vec<Connection>>> {
        let first = self.table.first_items(self.listeners_of(room), SMALL_ROOM + 1, DOING).await?;
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
        Ok(self.open_listeners(&self.table.all_items(self.listeners_of(room).consistent_read(false), DOING).await?))
    }
}

impl DynamoConnections {
    /// Reads every connection in a room, consistently.
    pub(super) async fn all_in_room(&self, room: &RoomName) -> Result<Vec<Connection>> {
        Ok(self.open_listeners(&self.table.all_items(self.listeners_of(room), DOING).await?))
    }

    /// Returns a consistent query of the listeners of a room, without its watchers.
    fn listeners_of(&self, room: &RoomName) -> QueryFluentBuilder {
        without_watchers(self.table.querying(&room_partition(room)))
    }

    /// Returns the listeners among items whose connections have not expired.
    pub(super) fn open_listeners(&self, items: &[Item]) -> Vec<Connection> {
        let mut listeners = read_all(items, from_item);
        listeners.retain(|connection| self.lives(connection));
        listeners
    }
}

/// Bounds a query of a room's partition to the listeners. Watchers are after them.
pub(super) fn without_watchers(query: QueryFluentBuilder) -> QueryFluentBuilder {
    query
        .key_condition_expression("pk = :pk AND sk < :watchers")
        .expression_attribute_values(":watchers", text(WATCHER))
}
