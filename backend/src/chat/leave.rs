//! Leaving, and how many are left.

use std::collections::HashSet;

use shared_types::{RoomName, ServerMessage};

use super::Broadcast;
use crate::ports::{Connection, ConnectionId, Result};

/// The rule of leaving.
pub struct Leave {
    /// Those who stay are told.
    pub broadcast: Broadcast,
}

impl Leave {
    /// Forgets a connection and tells the others how many are left.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the store did not answer; the sweep makes up for it.
    pub async fn leave(&self, id: &ConnectionId) -> Result<()> {
        match self.broadcast.connections.remove(id).await? {
            Some(connection) => self.broadcast.presence(&connection.room, None).await.map(drop),
            None => Ok(()),
        }
    }
}

impl Broadcast {
    /// Tells a room, all but `except`, how many people are in it; answers with that number.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn presence(&self, room: &RoomName, except: Option<&ConnectionId>) -> Result<u32> {
        let mut listeners = self.connections.in_room(room).await?;
        let online = people(&listeners);
        listeners.retain(|listener| Some(&listener.id) != except);
        self.to_all(&listeners, &ServerMessage::Presence { online }).await;
        Ok(online)
    }

    /// How many people are in a room.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the listeners could not be read.
    pub async fn online(&self, room: &RoomName) -> Result<u32> {
        Ok(people(&self.connections.in_room(room).await?))
    }
}

/// How many people these connections are: somebody with two windows open is one.
pub(super) fn people(connections: &[Connection]) -> u32 {
    let people: HashSet<_> = connections.iter().map(|connection| &connection.person.id).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}
