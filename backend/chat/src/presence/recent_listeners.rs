//! The recently read listeners of large rooms, for stores whose reads cost money: DynamoDB charges for each listener that it reads.
//!
//! A room of 1,000 is 200 KB, which is 50 read units if the read is consistent. A page load, a `hello` and a disconnect each need
//! it, so 100 reconnects a second would be 15,000 units a second of one partition, which gives 3,000.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use shared_types::{RoomName, Timestamp};

use crate::ports::{
    Result,
    connections::{Connection, ConnectionId, RECENT},
};

/// The reads of a store.
#[async_trait]
pub trait ListenerReads: Send + Sync {
    /// Reads every connection in a room, consistently, or returns `None` if they are more than `SMALL_ROOM`.
    async fn few(&self, room: &RoomName) -> Result<Option<Vec<Connection>>>;

    /// Reads every connection in a room. The changes of the last moment may be missing.
    async fn eventually(&self, room: &RoomName) -> Result<Vec<Connection>>;
}

/// The listeners of the large rooms that this process read in the last [`RECENT`].
#[derive(Default)]
pub struct RecentListeners(Mutex<HashMap<RoomName, RoomRead>>);

struct RoomRead {
    at: Timestamp,
    listeners: Arc<[Connection]>,
}

impl RoomRead {
    fn is_recent(&self, now: Timestamp) -> bool {
        now.since(self.at) < RECENT
    }
}

impl RecentListeners {
    /// Returns the listeners of a small room, or `None` for a large one. It reads nothing if the room was read recently.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn in_small_room(
        &self,
        reads: &impl ListenerReads,
        room: &RoomName,
        now: Timestamp,
    ) -> Result<Option<Arc<[Connection]>>> {
        if self.recent(room, None, now).is_some() {
            return Ok(None);
        }
        Ok(reads.few(room).await?.map(Arc::from))
    }

    /// Returns the listeners of a small room as they are, and those of a large one as they were at most [`RECENT`] ago, with the
    /// connection `with` and with what this process changed.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn in_room(
        &self,
        reads: &impl ListenerReads,
        room: &RoomName,
        with: Option<&Connection>,
        now: Timestamp,
    ) -> Result<Arc<[Connection]>> {
        if let Some(listeners) = self.recent(room, with, now) {
            return Ok(listeners);
        }
        if let Some(few) = reads.few(room).await? {
            return Ok(few.into());
        }
        let listeners: Arc<[Connection]> = reads.eventually(room).await?.into();
        let mut rooms = self.lock();
        rooms.retain(|_, read| read.is_recent(now));
        rooms.insert(room.clone(), RoomRead { at: now, listeners: listeners.clone() });
        drop(rooms);
        Ok(self.recent(room, with, now).unwrap_or(listeners))
    }

    /// Adds a connection to what was read of its room, or replaces it.
    pub fn put(&self, connection: &Connection) {
        if let Some(read) = self.lock().get_mut(&connection.room) {
            let others = read.listeners.iter().filter(|listener| listener.id != connection.id);
            read.listeners = others.chain([connection]).cloned().collect();
        }
    }

    /// Removes a connection, which is not stored any more, from what was read.
    pub fn remove(&self, id: &ConnectionId) {
        for read in self.lock().values_mut() {
            if read.listeners.iter().any(|listener| listener.id == *id) {
                read.listeners = read.listeners.iter().filter(|listener| listener.id != *id).cloned().collect();
            }
        }
    }

    fn recent(&self, room: &RoomName, with: Option<&Connection>, now: Timestamp) -> Option<Arc<[Connection]>> {
        let listeners = self.read(room, now)?;
        let Some(with) = with.filter(|with| !listeners.contains(with)) else { return Some(listeners) };
        self.put(with);
        self.read(room, now)
    }

    fn read(&self, room: &RoomName, now: Timestamp) -> Option<Arc<[Connection]>> {
        self.lock().get(room).filter(|read| read.is_recent(now)).map(|read| read.listeners.clone())
    }

    /// Locks the map. A panic elsewhere leaves it consistent: every change is one call.
    fn lock(&self) -> MutexGuard<'_, HashMap<RoomName, RoomRead>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
