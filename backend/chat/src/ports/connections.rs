//! Who is connected, and how many may be.

use std::fmt;

use async_trait::async_trait;
use shared_types::{Person, PersonName, RoomName, Timestamp};

use crate::ports::Result;

/// The name of one open socket, given by API Gateway or by the local server. Opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub String);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One open socket: where it listens and for whom it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// The room it is in, for its whole life.
    pub room: RoomName,
    /// Who speaks through it.
    pub person: Person,
    /// What the address it came from is known by, where that could be seen.
    pub address: Option<AddressKey>,
    /// When it was opened. Where connections outlive their process, one older than `limits::LIFETIME` is gone and MUST
    /// NOT be answered by any read but `all`.
    pub opened_at: Timestamp,
}

/// What an address is known by: a hash of it with the signing secret, so that nothing that is kept says where somebody
/// lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(pub String);

/// Whether a connection was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is in.
    Admitted,
    /// Every place is taken, and nothing was kept.
    Full,
    /// All that its address may have are taken, and nothing was kept.
    AddressLimitReached,
}

/// How many may be connected at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// From everywhere.
    pub all: u32,
    /// From one address, where that is known; `None` is no limit of its own.
    pub per_address: Option<u32>,
}

/// Who is connected.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Lets a connection in if there is a place for it. MUST NOT let in one too many, however many come at once, neither of all
    /// nor of one address; where both are taken up, it is [`Admission::Full`]. A place of an address that is lost by a crash
    /// MUST be free again once nobody came from there for so long that none of its connections can live.
    async fn admit(&self, connection: &Connection, places: ConnectionLimits) -> Result<Admission>;

    /// The connection of that name, as of now.
    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Changes the name of the connection's person from now on, and answers with the connection as it is then.
    async fn rename(&self, id: &ConnectionId, name: &PersonName) -> Result<Option<Connection>>;

    /// Forgets a connection and gives its place back, its address's too. MUST give it back once, however often it is called;
    /// the first call answers with the connection.
    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>>;

    /// Every connection in a room. MUST hold each one whose `admit` had ended before the call.
    async fn in_room(&self, room: &RoomName) -> Result<Vec<Connection>>;

    /// Every connection there is, expired ones too. It costs as much as there are connections, so it is for the sweep, and
    /// for a moderator who mutes or sends away somebody that may be in any room; never on anybody else's request.
    async fn all(&self) -> Result<Vec<Connection>>;

    /// The number of places taken, as `admit` counts them.
    async fn count(&self) -> Result<u32>;

    /// Sets the number of places taken to `truth` if it still is `seen`; answers whether it was.
    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool>;
}
