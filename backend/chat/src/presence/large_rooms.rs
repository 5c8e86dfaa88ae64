//! Decides whether a request posts to a room itself, and hands frames for larger rooms to workers.

use std::{
    collections::BTreeMap,
    slice,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use shared_types::{RoomName, ServerMessage, Timestamp};

use crate::{
    ports::{
        Result,
        connection_gateway::Frame,
        connections::{Connection, ConnectionId, Connections},
        fan_out::{FanOut, Publication, ShardQueue, ShardTask},
        shards::{Shard, ShardListeners, Shards},
        system::Entropy,
        watchers::Audience,
    },
    presence::broadcast::Broadcast,
};

/// Maximum number of listeners that one request posts to itself.
///
/// A post takes up to 0.15 ms of a processor (docs/costs.md), and a function of 256 MB has 0.145 of one: 2,000 posts take
/// 2,000 × 0.15 / 0.145 = 2.1 s of the 5 s in which a request starts posts.
pub const DIRECT_LISTENERS: usize = 2_000;

/// Time for which a room that was found to be large is not read again. A room that shrinks meanwhile is still served by workers.
const LARGE_FOR: Duration = Duration::from_secs(60);

/// Maximum number of rooms that are remembered as large. One of them has more than [`DIRECT_LISTENERS`] connections, so there
/// are at most 20 in a deployment of 40,000.
const REMEMBERED_ROOMS: usize = 100;

/// Serves rooms with more listeners than a request posts to itself.
#[derive(Clone)]
pub struct LargeRooms {
    shards: Arc<dyn Shards>,
    fan_out: Arc<dyn FanOut>,
    direct_listeners: usize,
    /// Until when a room counts as large. Clones share it.
    large_until: Arc<Mutex<BTreeMap<RoomName, Timestamp>>>,
}

impl LargeRooms {
    /// Returns the service. Rooms of up to `direct_listeners` are not large; the production value is [`DIRECT_LISTENERS`].
    pub fn new(shards: Arc<dyn Shards>, fan_out: Arc<dyn FanOut>, direct_listeners: usize) -> Self {
        Self { shards, fan_out, direct_listeners, large_until: Arc::default() }
    }

    /// Returns the listeners of a room, or `None` if there are too many to post to.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the listeners could not be read.
    pub(crate) async fn listeners(&self, room: &RoomName, now: Timestamp) -> Result<Option<Vec<Connection>>> {
        if self.is_known_as_large(room, now) {
            return Ok(None);
        }
        let read = self.shards.listeners(room, &Shard::default(), self.direct_listeners).await?;
        let ShardListeners { listeners, more } = read;
        if more {
            self.remember(room, now);
            return Ok(None);
        }
        Ok(Some(listeners))
    }

    /// Returns the listeners and watchers of a room, or `None` if there are too many listeners to post to.
    async fn audience(
        &self,
        connections: &dyn Connections,
        room: &RoomName,
        now: Timestamp,
    ) -> Result<Option<Audience>> {
        if self.is_known_as_large(room, now) {
            return Ok(None);
        }
        let audience = connections.audience(room, self.direct_listeners).await?;
        if audience.more {
            self.remember(room, now);
            return Ok(None);
        }
        Ok(Some(audience))
    }

    /// Hands a frame to the workers.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the frame was not taken over.
    pub(crate) async fn publish(&self, publication: Publication) -> Result<()> {
        self.fan_out.publish(publication).await
    }

    fn is_known_as_large(&self, room: &RoomName, now: Timestamp) -> bool {
        let large = self.large_until.lock().unwrap_or_else(PoisonError::into_inner);
        large.get(room).is_some_and(|until| now < *until)
    }

    fn remember(&self, room: &RoomName, now: Timestamp) {
        let mut large = self.large_until.lock().unwrap_or_else(PoisonError::into_inner);
        large.retain(|_, until| now < *until);
        if large.len() < REMEMBERED_ROOMS {
            large.insert(room.clone(), now + LARGE_FOR);
        }
    }
}

impl Broadcast {
    /// Sends a message to all connections of its author's room, as [`to_room`](Self::to_room). The author's own connection gets
    /// it from this request also where the room is large: it is the acknowledgement.
    ///
    /// # Errors
    ///
    /// As [`to_room`](Self::to_room). A large room's author is not answered then, so that they send again.
    pub async fn to_room_of(&self, author: &Connection, message: &ServerMessage) -> Result<()> {
        match self.direct_listeners(&author.room).await? {
            Some(listeners) => self.to_all(&author.room, listeners.iter(), slice::from_ref(message)).await,
            None => self.to_large_room_of(author, message).await?,
        }
        Ok(())
    }

    /// Hands a message to the workers of its author's room, and sends it to the author.
    pub(super) async fn to_large_room_of(&self, author: &Connection, message: &ServerMessage) -> Result<()> {
        self.publish(&author.room, &Frame::of_room(&author.room, message), Some(&author.id)).await?;
        self.reply(author, message).await;
        Ok(())
    }

    /// Returns the connections that are told about a new message, to which this request posts itself; `None` if workers do.
    pub(super) async fn direct_audience(&self, room: &RoomName) -> Result<Option<Audience>> {
        match &self.large_rooms {
            Some(large_rooms) => large_rooms.audience(self.connections.as_ref(), room, self.clock.now()).await,
            None => self.connections.audience(room, usize::MAX).await.map(Some),
        }
    }

    /// Returns the listeners of a room that this request posts to itself; `None` if workers do.
    pub(super) async fn direct_listeners(&self, room: &RoomName) -> Result<Option<Arc<[Connection]>>> {
        match &self.large_rooms {
            Some(large_rooms) => Ok(large_rooms.listeners(room, self.clock.now()).await?.map(Arc::from)),
            None => self.connections.in_room(room).await.map(Some),
        }
    }

    /// Hands frames for a large room to its workers, in order.
    pub(super) async fn publish_all(&self, room: &RoomName, frames: &[Frame]) -> Result<()> {
        for frame in frames {
            self.publish(room, frame, None).await?;
        }
        Ok(())
    }

    async fn publish(&self, room: &RoomName, frame: &Frame, except: Option<&ConnectionId>) -> Result<()> {
        let Some(large_rooms) = &self.large_rooms else { return Ok(()) };
        // A frame of a revision is the same whenever it is sent. Rules can be the same again after they were different.
        let id = frame.rev().map_or_else(|| random_id(self.entropy.as_ref()), |rev| rev.0.to_string());
        let (room, frame, except) = (room.clone(), frame.clone(), except.cloned());
        large_rooms.publish(Publication { room, frame, except, id }).await
    }
}

/// [`FanOut`] to workers behind a queue: one task for each shard of the room.
pub struct ShardedFanOut {
    /// Where a room is divided.
    pub shards: Arc<dyn Shards>,
    /// The queue of the workers.
    pub queue: Arc<dyn ShardQueue>,
}

#[async_trait]
impl FanOut for ShardedFanOut {
    async fn publish(&self, publication: Publication) -> Result<()> {
        let borders = self.shards.borders(&publication.room).await?;
        let task = |shard| ShardTask { shard, publication: publication.clone() };
        self.queue.push(&Shard::between(&borders).map(task).collect::<Vec<_>>()).await
    }
}

/// Returns a random id of 32 letters and digits.
fn random_id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    format!("{:032x}", u128::from_le_bytes(bytes))
}
