//! Connections in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections},
    shards::{Shard, ShardListeners, Shards},
    watchers::{Audience, Watcher},
};
use futures::stream::{self, BoxStream, StreamExt};
use shared_types::{PersonId, PersonName, Profile, RoomName};

/// [`Connections`] and [`Shards`] in memory.
#[derive(Default)]
pub struct MemoryConnections {
    connections: Mutex<BTreeMap<ConnectionId, Connection>>,
    borders: Mutex<BTreeMap<RoomName, BTreeSet<ConnectionId>>>,
    /// The rooms that each connection watches.
    watched: Mutex<BTreeMap<ConnectionId, (PersonId, Vec<RoomName>)>>,
}

impl MemoryConnections {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Connection>> {
        self.connections.lock().unwrap()
    }
}

#[async_trait]
impl Shards for MemoryConnections {
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners> {
        let known = self.lock();
        let begin = shard.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let end = shard.up_to.as_ref().map_or(Bound::Unbounded, Bound::Included);
        let mut listeners = known.range((begin, end)).map(|(_, known)| known).filter(|known| known.room == *room);
        let first = listeners.by_ref().take(most).cloned().collect();
        Ok(ShardListeners { listeners: first, more: listeners.next().is_some() })
    }

    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>> {
        Ok(self.borders.lock().unwrap().get(room).into_iter().flatten().cloned().collect())
    }

    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.borders.lock().unwrap().entry(room.clone()).or_default().insert(border.clone());
        Ok(())
    }

    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.borders.lock().unwrap().entry(room.clone()).or_default().remove(border);
        Ok(())
    }
}

#[async_trait]
impl Connections for MemoryConnections {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        let mut known = self.lock();
        if known.len() >= limits.all as usize {
            return Ok(Admission::Full);
        }
        let same_address_connections = || known.values().filter(|known| known.address == connection.address).count();
        if connection.address.is_some()
            && limits.per_address.is_some_and(|limit| same_address_connections() >= limit as usize)
        {
            return Ok(Admission::AddressLimitReached);
        }
        let is_first_of_address =
            connection.address.is_some() && same_address_connections() < limits.first_of_address as usize;
        known.insert(connection.id.clone(), Connection { is_first_of_address, ..connection.clone() });
        Ok(Admission::Admitted)
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        Ok(self.lock().get(id).cloned())
    }

    fn recall(&self, id: &ConnectionId) -> Option<Connection> {
        self.lock().get(id).cloned()
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        Ok(self.lock().get_mut(id).map(|connection| {
            connection.person.name = name.clone();
            connection.chosen = chosen.cloned();
            connection.clone()
        }))
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        Ok(self.lock().get_mut(id).map(|connection| {
            connection.person.moderator = moderator;
            connection.clone()
        }))
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        Ok(self.lock().get_mut(id).map(|connection| {
            *connection = connection.clone().with_profile(profile);
            connection.clone()
        }))
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        if let Some(known) = self.lock().get_mut(&connection.id) {
            known.hidden = hidden;
        }
        Ok(())
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        let mut known = self.lock();
        let found = known.get_mut(&connection.id).filter(|found| found.room == connection.room);
        Ok(found.map(|found| {
            found.room = room.clone();
            found.hidden = false;
            found.clone()
        }))
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let mut known = self.lock();
        self.watched.lock().unwrap().remove(id);
        Ok(known.remove(id))
    }

    async fn audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        let listeners = self.in_room(room).await?;
        let watched = self.watched.lock().unwrap();
        let watchers = watched.iter().filter(|(_, (_, rooms))| rooms.contains(room));
        let watchers = watchers.map(|(id, (person, _))| Watcher { id: id.clone(), person: person.clone() });
        Ok(Audience::of_first(listeners, watchers.collect(), most))
    }

    async fn watch(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        let known = self.lock();
        if known.contains_key(&connection.id) {
            let watches = (connection.person.id.clone(), rooms.to_vec());
            self.watched.lock().unwrap().insert(connection.id.clone(), watches);
        }
        Ok(())
    }

    async fn unwatch(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        if let Some((_, rooms)) = self.watched.lock().unwrap().get_mut(id) {
            rooms.retain(|watched| watched != room);
        }
        Ok(())
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        Ok(self.lock().values().filter(|connection| connection.room == *room).cloned().collect())
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        let all: Vec<_> = self.lock().values().cloned().map(Ok).collect();
        stream::iter(all).boxed()
    }

    async fn count(&self) -> Result<u32> {
        Ok(self.lock().len() as u32)
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        Ok(self.count().await? == seen && seen == truth)
    }
}
