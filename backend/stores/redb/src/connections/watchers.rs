//! The watchers of rooms, in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chat::ports::{connections::ConnectionId, watchers::Watcher};
use shared_types::RoomName;

/// The watchers of each room, and the rooms of each watcher.
#[derive(Default)]
pub(super) struct RoomWatchers {
    by_room: HashMap<RoomName, Watchers>,
    rooms: HashMap<ConnectionId, Vec<RoomName>>,
}

/// The watchers of one room.
#[derive(Default)]
struct Watchers {
    watchers: BTreeMap<ConnectionId, Watcher>,
    /// The same as a list, until the next change. Broadcasts share it.
    list: Option<Arc<[Watcher]>>,
}

impl RoomWatchers {
    /// Returns the watchers of a room.
    pub(super) fn of(&mut self, room: &RoomName) -> Arc<[Watcher]> {
        let Some(Watchers { watchers, list }) = self.by_room.get_mut(room) else { return Arc::default() };
        list.get_or_insert_with(|| watchers.values().cloned().collect()).clone()
    }

    /// Makes a connection a watcher of exactly these rooms.
    pub(super) fn set(&mut self, watcher: &Watcher, rooms: &[RoomName]) {
        self.remove(&watcher.id);
        if rooms.is_empty() {
            return;
        }
        for room in rooms {
            let Watchers { watchers, list } = self.by_room.entry(room.clone()).or_default();
            watchers.insert(watcher.id.clone(), watcher.clone());
            *list = None;
        }
        self.rooms.insert(watcher.id.clone(), rooms.to_vec());
    }

    /// Removes a connection from all rooms that it watches.
    pub(super) fn remove(&mut self, id: &ConnectionId) {
        for room in self.rooms.remove(id).unwrap_or_default() {
            self.remove_one(&room, id);
        }
    }

    /// Removes a connection from one room.
    pub(super) fn remove_one(&mut self, room: &RoomName, id: &ConnectionId) {
        let Some(Watchers { watchers, list }) = self.by_room.get_mut(room) else { return };
        if watchers.remove(id).is_some() {
            *list = None;
        }
        if watchers.is_empty() {
            self.by_room.remove(room);
        }
    }
}
