//! Connections in memory: they end with their process.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
    shards::{Shard, ShardListeners, Shards},
    watchers::{Audience, Watcher},
};
use futures::stream::{self, BoxStream, StreamExt};
use shared_types::{PersonName, Profile, RoomName};

use self::watchers::RoomWatchers;

mod watchers;

type ByRoom = HashMap<RoomName, Room>;

/// The connections of one room.
#[derive(Default)]
struct Room {
    connections: HashMap<ConnectionId, Connection>,
    /// The same as a list, until the next change. Broadcasts share it.
    list: Option<Arc<[Connection]>>,
}

/// [`Connections`] of this process. They need no expiry, because the server closes every socket in time.
#[derive(Default)]
pub struct InProcessConnections {
    by_room: Mutex<ByRoom>,
    /// Locked before `by_room`.
    index: Mutex<Index>,
    borders: Mutex<HashMap<RoomName, BTreeSet<ConnectionId>>>,
    /// Locked after `index`.
    watchers: Mutex<RoomWatchers>,
}

/// What finds and counts connections without looking at all of them.
#[derive(Default)]
struct Index {
    rooms: HashMap<ConnectionId, RoomName>,
    /// Number of connections from each address.
    by_address: HashMap<AddressKey, usize>,
}

impl Index {
    fn count_from(&self, address: &AddressKey) -> usize {
        self.by_address.get(address).copied().unwrap_or_default()
    }

    fn forget(&mut self, address: &AddressKey) {
        if let Some(count) = self.by_address.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(address);
            }
        }
    }
}

#[async_trait]
impl Connections for InProcessConnections {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        let mut index = lock(&self.index);
        if index.rooms.len() >= number(limits.all) {
            return Ok(Admission::Full);
        }
        if let (Some(address), Some(most)) = (&connection.address, limits.per_address)
            && index.count_from(address) >= number(most)
        {
            return Ok(Admission::AddressLimitReached);
        }
        index.rooms.insert(connection.id.clone(), connection.room.clone());
        if let Some(address) = &connection.address {
            *index.by_address.entry(address.clone()).or_default() += 1;
        }
        let mut by_room = lock(&self.by_room);
        by_room.entry(connection.room.clone()).or_default().change().insert(connection.id.clone(), connection.clone());
        Ok(Admission::Admitted)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let Some(room) = lock(&self.index).rooms.get(id).cloned() else { return Ok(None) };
        Ok(lock(&self.by_room).get(&room).and_then(|room| room.connections.get(id)).cloned())
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        Ok(self.with(id, |connection| {
            connection.person.name = name.clone();
            connection.chosen = chosen.cloned();
            connection.clone()
        }))
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        Ok(self.with(id, |connection| {
            connection.person.moderator = moderator;
            connection.clone()
        }))
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        Ok(self.with(id, |connection| {
            *connection = connection.clone().with_profile(profile);
            connection.clone()
        }))
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        self.with(&connection.id, |connection| connection.hidden = hidden);
        Ok(())
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        let mut index = lock(&self.index);
        let Some(current) = index.rooms.get_mut(&connection.id).filter(|current| **current == connection.room) else {
            return Ok(None);
        };
        let mut by_room = lock(&self.by_room);
        let Some(left) = by_room.get_mut(current) else { return Ok(None) };
        let Some(found) = left.change().remove(&connection.id) else { return Ok(None) };
        if left.connections.is_empty() {
            by_room.remove(current);
        }
        let moved = Connection { room: room.clone(), hidden: false, ..found };
        by_room.entry(room.clone()).or_default().change().insert(moved.id.clone(), moved.clone());
        *current = room.clone();
        Ok(Some(moved))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let mut index = lock(&self.index);
        let Some(room) = index.rooms.remove(id) else { return Ok(None) };
        lock(&self.watchers).remove(id);
        let mut by_room = lock(&self.by_room);
        let Some(listeners) = by_room.get_mut(&room) else { return Ok(None) };
        let removed = listeners.change().remove(id);
        if listeners.connections.is_empty() {
            by_room.remove(&room);
        }
        if let Some(address) = removed.as_ref().and_then(|connection| connection.address.as_ref()) {
            index.forget(address);
        }
        Ok(removed)
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        Ok(lock(&self.by_room).get_mut(room).map_or_else(|| [].into(), Room::list))
    }

    async fn audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        let listeners = self.in_room(room).await?;
        Ok(Audience::of_first(listeners, lock(&self.watchers).of(room), most))
    }

    async fn watch(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        let index = lock(&self.index);
        if index.rooms.contains_key(&connection.id) {
            let watcher = Watcher { id: connection.id.clone(), person: connection.person.id.clone() };
            lock(&self.watchers).set(&watcher, rooms);
        }
        Ok(())
    }

    async fn unwatch(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        lock(&self.watchers).remove_one(room, id);
        Ok(())
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        let rooms = lock(&self.by_room);
        let all: Vec<_> = rooms.values().flat_map(|room| room.connections.values().cloned()).map(Ok).collect();
        stream::iter(all).boxed()
    }

    async fn count(&self) -> Result<u32> {
        Ok(u32::try_from(lock(&self.index).rooms.len()).unwrap_or(u32::MAX))
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        // The count is the number of entries, so it never needs a correction.
        Ok(self.count().await? == seen && seen == truth)
    }
}

/// The local server posts to rooms of every size itself. Tests of large rooms use this.
#[async_trait]
impl Shards for InProcessConnections {
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners> {
        let is_in_shard = |listener: &&Connection| {
            shard.after.as_ref().is_none_or(|after| listener.id > *after)
                && shard.up_to.as_ref().is_none_or(|up_to| listener.id <= *up_to)
        };
        let mut listeners: Vec<_> = self.in_room(room).await?.iter().filter(is_in_shard).cloned().collect();
        listeners.sort_by(|one, other| one.id.cmp(&other.id));
        let more = listeners.len() > most;
        listeners.truncate(most);
        Ok(ShardListeners { listeners, more })
    }

    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>> {
        Ok(lock(&self.borders).get(room).into_iter().flatten().cloned().collect())
    }

    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        lock(&self.borders).entry(room.clone()).or_default().insert(border.clone());
        Ok(())
    }

    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        if let Some(borders) = lock(&self.borders).get_mut(room) {
            borders.remove(border);
        }
        Ok(())
    }
}

impl InProcessConnections {
    fn with<T>(&self, id: &ConnectionId, change: impl FnOnce(&mut Connection) -> T) -> Option<T> {
        let room = lock(&self.index).rooms.get(id).cloned()?;
        lock(&self.by_room).get_mut(&room)?.change().get_mut(id).map(change)
    }
}

impl Room {
    /// Returns the connections to change them.
    fn change(&mut self) -> &mut HashMap<ConnectionId, Connection> {
        self.list = None;
        &mut self.connections
    }

    fn list(&mut self) -> Arc<[Connection]> {
        self.list.get_or_insert_with(|| self.connections.values().cloned().collect()).clone()
    }
}

fn number(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// Locks a map. A panic elsewhere leaves the maps consistent: every change is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
