//! Connections that are told about new messages of rooms in which they are not.

use std::sync::Arc;

use shared_types::PersonId;

use crate::ports::connections::{Connection, ConnectionId};

/// A connection that watches a room. It is in another room, so it is not one of this room's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// The connection.
    pub id: ConnectionId,
    /// The person who uses it.
    pub person: PersonId,
}

/// The connections that are told about a new message of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The connections in the room.
    pub listeners: Arc<[Connection]>,
    /// The connections that watch the room.
    pub watchers: Arc<[Watcher]>,
    /// Whether the room has more listeners than were asked for. Then both lists may be incomplete.
    pub more: bool,
}

impl Audience {
    /// Returns an audience of at most `most` connections: first the listeners, then the watchers.
    pub fn of_first(mut listeners: Arc<[Connection]>, mut watchers: Arc<[Watcher]>, most: usize) -> Self {
        let more = listeners.len() > most;
        if more {
            listeners = listeners.iter().take(most).cloned().collect();
        }
        let left = most - listeners.len();
        if watchers.len() > left {
            watchers = watchers.iter().take(left).cloned().collect();
        }
        Self { listeners, watchers, more }
    }
}
