//! The connections that a process has found before.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chat::ports::connections::{Connection, ConnectionId};

/// Maximum number of connections that a process remembers: 10,000 of 300 bytes are 3 MB. When it is reached, all are forgotten.
const MOST: usize = 10_000;

/// Connections as they were found last. A connection never changes the id of its person and its address, and rarely its room, name and role.
#[derive(Default)]
pub(super) struct RememberedConnections(Mutex<HashMap<ConnectionId, Connection>>);

impl RememberedConnections {
    pub(super) fn get(&self, id: &ConnectionId) -> Option<Connection> {
        self.lock().get(id).cloned()
    }

    /// Remembers what was found; `None` is forgotten.
    pub(super) fn set(&self, id: &ConnectionId, found: Option<&Connection>) {
        let mut known = self.lock();
        let Some(connection) = found else { return drop(known.remove(id)) };
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(id.clone(), connection.clone());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
