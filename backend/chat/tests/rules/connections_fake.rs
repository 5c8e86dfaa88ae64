//! Fakes of the connections: a store that charges for what is read, and one that does not answer.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use chat::{
    ports::{
        Result, Unavailable,
        connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections, SMALL_ROOM},
        system::Clock,
    },
    presence::recent_listeners::{ListenerReads, RecentListeners},
};
use futures::stream::BoxStream;
use shared_types::{PersonName, Profile, RoomName};

/// Half read units of DynamoDB for this number of listeners of 200 bytes: a consistent read of 4 KB is two of them.
fn half_units(listeners: usize, consistent: bool) -> u64 {
    let units = (listeners * 200).div_ceil(4096).max(1) as u64;
    if consistent { 2 * units } else { units }
}

/// One process of a deployment whose connections are in DynamoDB. It remembers the listeners of large rooms, and counts what it reads.
pub(crate) struct CountingStore {
    pub(crate) store: Arc<dyn Connections>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recent: RecentListeners,
    /// Half read units of rooms.
    pub(crate) half_units: AtomicU64,
    /// Reads of all listeners of a room.
    pub(crate) full_reads: AtomicU64,
}

impl CountingStore {
    pub(crate) fn new(store: Arc<dyn Connections>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let (recent, half_units, full_reads) = Default::default();
        Arc::new(Self { store, clock, recent, half_units, full_reads })
    }

    /// Returns the read units of rooms since the last call, rounded up, and the number of complete reads.
    pub(crate) fn take_counts(&self) -> (u64, u64) {
        (self.half_units.swap(0, Ordering::Relaxed).div_ceil(2), self.full_reads.swap(0, Ordering::Relaxed))
    }

    async fn read_all(&self, room: &RoomName, consistent: bool) -> Result<Arc<[Connection]>> {
        let listeners = self.store.in_room(room).await?;
        self.half_units.fetch_add(half_units(listeners.len(), consistent), Ordering::Relaxed);
        self.full_reads.fetch_add(1, Ordering::Relaxed);
        Ok(listeners)
    }
}

#[async_trait]
impl ListenerReads for CountingStore {
    async fn few(&self, room: &RoomName) -> Result<Option<Vec<Connection>>> {
        let listeners = self.store.in_room(room).await?;
        self.half_units.fetch_add(half_units(listeners.len().min(SMALL_ROOM + 1), true), Ordering::Relaxed);
        Ok(Some(listeners.to_vec()).filter(|listeners| listeners.len() <= SMALL_ROOM))
    }

    async fn eventually(&self, room: &RoomName) -> Result<Vec<Connection>> {
        Ok(self.read_all(room, false).await?.to_vec())
    }
}

#[async_trait]
impl Connections for CountingStore {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        self.store.admit(connection, limits).await
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let found = self.store.find(id).await?;
        if found.is_none() {
            self.recent.remove(id);
        }
        Ok(found)
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        let renamed = self.store.rename(id, name, chosen).await?;
        renamed.iter().for_each(|renamed| self.recent.put(renamed));
        Ok(renamed)
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        self.store.set_moderator(id, moderator).await
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        self.store.set_profile(id, profile).await
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        self.store.set_hidden(connection, hidden).await
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        let moved = self.store.move_to(connection, room).await?;
        self.recent.remove(&connection.id);
        moved.iter().for_each(|moved| self.recent.put(moved));
        Ok(moved)
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        let removed = self.store.remove(id).await?;
        self.recent.remove(id);
        Ok(removed)
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        self.read_all(room, true).await
    }

    async fn in_small_room(&self, room: &RoomName) -> Result<Option<Arc<[Connection]>>> {
        self.recent.in_small_room(self, room, self.clock.now()).await
    }

    async fn recently_in_room(&self, room: &RoomName, with: Option<&Connection>) -> Result<Arc<[Connection]>> {
        self.recent.in_room(self, room, with, self.clock.now()).await
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        self.store.all()
    }

    async fn count(&self) -> Result<u32> {
        self.store.count().await
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        self.store.correct_count(seen, truth).await
    }
}

/// Connections whose rooms cannot be read: each read fails, or never ends.
pub(crate) struct UnreadableRooms {
    pub(crate) store: Arc<dyn Connections>,
    pub(crate) hangs: bool,
}

#[async_trait]
impl Connections for UnreadableRooms {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        self.store.admit(connection, limits).await
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.store.find(id).await
    }

    async fn rename(&self, _: &ConnectionId, _: &PersonName, _: Option<&PersonName>) -> Result<Option<Connection>> {
        unreachable!()
    }

    async fn set_moderator(&self, _: &ConnectionId, _: bool) -> Result<Option<Connection>> {
        unreachable!()
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>> {
        self.store.set_profile(id, profile).await
    }

    async fn set_hidden(&self, _: &Connection, _: bool) -> Result<()> {
        unreachable!()
    }

    async fn move_to(&self, _: &Connection, _: &RoomName) -> Result<Option<Connection>> {
        unreachable!()
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.store.remove(id).await
    }

    async fn in_room(&self, _: &RoomName) -> Result<Arc<[Connection]>> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Err(Unavailable { doing: "reading the listeners of a room", cause: "throttled".into() })
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        unreachable!()
    }

    async fn count(&self) -> Result<u32> {
        unreachable!()
    }

    async fn correct_count(&self, _: u32, _: u32) -> Result<bool> {
        unreachable!()
    }
}
