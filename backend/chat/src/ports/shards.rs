//! Divides the listeners of a large room into shards.

use async_trait::async_trait;
use shared_types::RoomName;

use crate::ports::{
    Result,
    connections::{Connection, ConnectionId},
};

/// A part of a room's listeners: those whose connection ids are in one range. The default is all of them.
///
/// A room is divided at the ids that [`Shards::borders`] returns. Any ids divide it completely: each listener is in exactly one
/// shard, whatever came and went since the borders were chosen. Only the sizes of the shards depend on good borders.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// The ids are above this one.
    pub after: Option<ConnectionId>,
    /// The ids are not above this one.
    pub up_to: Option<ConnectionId>,
}

impl Shard {
    /// Returns the shards of a room that is divided at these ids, which are sorted.
    pub fn between(borders: &[ConnectionId]) -> impl Iterator<Item = Self> {
        let ends = borders.iter().cloned().map(Some).chain([None]);
        let begins = [None].into_iter().chain(borders.iter().cloned().map(Some));
        begins.zip(ends).map(|(after, up_to)| Self { after, up_to })
    }
}

/// The first listeners of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardListeners {
    /// The listeners, sorted by id.
    pub listeners: Vec<Connection>,
    /// Whether the shard has more of them.
    pub more: bool,
}

/// Reads the listeners of a room in parts, and remembers where the room is divided.
#[async_trait]
pub trait Shards: Send + Sync {
    /// Returns the first listeners of a shard, at most `most`. MUST include each one whose `admit` had ended before the call.
    /// The cost MUST NOT depend on the other shards.
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners>;

    /// Returns the ids at which a room is divided, sorted and without repetition. They may be forgotten when nobody has read them for half
    /// a day.
    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>>;

    /// Divides a room at one more id. MUST NOT lose what concurrent calls add or remove.
    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()>;

    /// Joins the two shards at this id. Does nothing if the room is not divided there.
    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()>;
}
