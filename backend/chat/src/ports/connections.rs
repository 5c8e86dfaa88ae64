//! Stores the open connections and enforces the limits on their number.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use shared_types::{DeviceId, Person, PersonName, Profile, RoomName, StatusText, Timestamp, limits};

use crate::ports::{Result, watchers::Audience};

/// The id of one open socket, assigned by API Gateway or by the local server. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub String);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One open socket: its room and its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// The room it is in. Only [`Connections::move_to`] changes it.
    pub room: RoomName,
    /// The person who uses it.
    pub person: Person,
    /// The key of the client's address; `None` where the address is unknown.
    pub address: Option<AddressKey>,
    /// Whether the store admitted it as one of the first from its address ([`ConnectionLimits::first_of_address`]), so that its actions
    /// need not be counted for the address. A store MAY leave it `false`.
    pub is_first_of_address: bool,
    /// When it was opened. In a store that outlives the process, a connection older than `limits::LIFETIME` has expired;
    /// no read but `all` may return it (MUST NOT).
    pub opened_at: Timestamp,
    /// Whether its page is hidden, as the client reported. The reads of a room know it; `find` and `all` may return `false`.
    pub hidden: bool,
    /// Whether its client accepts `messages` frames, as it said when it connected. The reads of a room know it; `find` and `all` may return
    /// `false`.
    pub accepts_batches: bool,
    /// The device of the person. `None` if the ticket was of a version that did not store devices, or the function that admitted or moved
    /// the connection was.
    pub device: Option<DeviceId>,
    /// The status of its person. `None` also if the function that admitted or moved the connection was of a version that did not know it; it
    /// is the same with the appearance of the person.
    pub status: Option<StatusText>,
    /// The name that its person chose, if they have another one because somebody else in the room has the chosen one. `None` also if the
    /// function that gave the name was of a version that did not store it.
    pub chosen: Option<PersonName>,
}

impl Connection {
    /// Returns the connection with another profile of its person.
    #[must_use]
    pub fn with_profile(self, profile: &Profile) -> Self {
        let person = Person { appearance: profile.appearance, ..self.person };
        Self { person, status: profile.status.clone(), ..self }
    }

    /// Returns the person with the name that they chose. What is kept when they leave the room has this name.
    pub fn person_as_chosen(&self) -> Person {
        let name = self.chosen.as_ref().unwrap_or(&self.person.name);
        Person { name: name.clone(), ..self.person.clone() }
    }
}

/// Maximum number of connections of a small room. There typing and presence are exact, and a read of all of them is cheap.
pub const SMALL_ROOM: usize = limits::TYPING_CONNECTIONS;

/// Maximum age of what [`Connections::recently_in_room`] returns for a larger room. 1,000 reconnects in 10 s read the room twice in each
/// process instead of 1,000 times, and nobody notices a count of people that is this old.
pub const RECENT: Duration = Duration::from_secs(5);

/// A keyed hash of an IP address, made with the signing secret. Stored data never contains the address itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AddressKey(pub String);

/// The result of [`Connections::admit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The connection was stored.
    Admitted,
    /// The limit of all connections is reached; nothing was stored.
    Full,
    /// The limit of the connection's address is reached; nothing was stored.
    AddressLimitReached,
}

/// Maximum numbers of open connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Maximum for the whole deployment.
    pub all: u32,
    /// Maximum per address, where the address is known; `None` means no limit per address.
    pub per_address: Option<u32>,
    /// Maximum number of open connections of an address of which each is [one of the first](Connection::is_first_of_address). A store
    /// MUST NOT exceed it, however many calls run at once.
    pub first_of_address: u32,
}

/// The store of open connections.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Stores a connection if both limits allow it. MUST NOT exceed either limit, however many calls run at once. Where both
    /// limits are reached, the result is [`Admission::Full`]. A crash may leave the count of an address too high: the count
    /// MUST be correct again once no connection came from that address for so long that all of its connections have expired.
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission>;

    /// Returns a connection as this process found it before, without a request to the store. It MAY have been renamed, moved or removed
    /// since.
    /// `None` where the store remembers nothing, or where finding it costs nothing.
    fn recall(&self, _id: &ConnectionId) -> Option<Connection> {
        None
    }

    /// Returns the current state of a connection.
    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Changes the name of the connection's person, and the one that they chose if that is another one, and returns the changed connection.
    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>>;

    /// Changes whether the connection's person is a moderator, and returns the changed connection.
    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>>;

    /// Changes the appearance and the status of the connection's person, and returns the changed connection.
    async fn set_profile(&self, id: &ConnectionId, profile: &Profile) -> Result<Option<Connection>>;

    /// Sets whether the page of a connection is hidden. Does nothing if the connection was removed.
    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()>;

    /// Moves a connection from the room in which the caller found it to another one, and returns the moved connection. Its page counts as
    /// visible. After the call, the reads of the new room MUST include the connection, and those of the old room MUST NOT. Returns `None`
    /// and changes nothing if the connection was removed, or is not in the room any more in which the caller found it. Of several calls at
    /// the same time for one connection, one MUST succeed.
    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>>;

    /// Removes a connection and decrements the total count and the count of its address. MUST decrement once, however often it
    /// is called; the first call returns the connection.
    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Returns every connection in a room. MUST include each one whose `admit` had ended before the call.
    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>>;

    /// Returns every connection in a room, as [`in_room`](Self::in_room), or `None` if they are more than [`SMALL_ROOM`]. Its cost SHOULD
    /// NOT grow with the room.
    async fn in_small_room(&self, room: &RoomName) -> Result<Option<Arc<[Connection]>>> {
        Ok(Some(self.in_room(room).await?).filter(|listeners| listeners.len() <= SMALL_ROOM))
    }

    /// Returns the connections in a room for what may be seconds old: presence, not messages. MUST be like
    /// [`in_room`](Self::in_room) in a room that had at most [`SMALL_ROOM`] connections for [`RECENT`]. In another room it MAY be up
    /// to [`RECENT`] old, but MUST include `with`, a connection that the caller knows to be open.
    async fn recently_in_room(&self, room: &RoomName, with: Option<&Connection>) -> Result<Arc<[Connection]>> {
        _ = with;
        self.in_room(room).await
    }

    /// Returns the connections that are told about a new message of a room: those in it, as [`in_room`](Self::in_room), and those that
    /// [watch](Self::watch) it, both in one read. Returns at most `most`, and listeners before watchers.
    async fn audience(&self, room: &RoomName, most: usize) -> Result<Audience> {
        Ok(Audience::of_first(self.in_room(room).await?, Arc::default(), most))
    }

    /// Makes a connection a watcher of exactly these rooms, at most [`limits::WATCHED_ROOMS`] and one more, without repetition. Does nothing if the
    /// connection was removed. [`remove`](Self::remove) ends it, and MUST NOT leave a watcher of a connection whose `watch` had ended.
    async fn watch(&self, connection: &Connection, rooms: &[RoomName]) -> Result<()> {
        _ = (connection, rooms);
        Ok(())
    }

    /// Removes the watcher of a room whose connection is gone, if there is one.
    async fn unwatch(&self, room: &RoomName, id: &ConnectionId) -> Result<()> {
        _ = (room, id);
        Ok(())
    }

    /// Returns every connection, expired ones included. The cost grows with the number of connections, so only two callers use
    /// it: the sweep, and a moderator who mutes or bans a person who may be in any room. A store that outlives the process MUST NOT hold
    /// all of them at once. MUST include each one whose `admit` had ended before the call and whose `remove` begins after the last one
    /// was returned.
    fn all(&self) -> BoxStream<'_, Result<Connection>>;

    /// Returns the number of connections, as `admit` counts them.
    async fn count(&self) -> Result<u32>;

    /// Sets the count to `truth` if it still is `seen`. Returns whether it was.
    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool>;
}
