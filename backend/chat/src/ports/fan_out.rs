//! Delivers frames to rooms with more listeners than one function can post to.

use async_trait::async_trait;
use shared_types::RoomName;

use crate::ports::{Result, connection_gateway::Frame, connections::ConnectionId, shards::Shard};

/// A frame for all listeners of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The room.
    pub room: RoomName,
    /// The frame.
    pub frame: Frame,
    /// The connection that has the frame already: the author's. Everybody else gets it.
    pub except: Option<ConnectionId>,
    /// Identifies the frame in its room, the same through every retry. At most 40 characters of `[0-9a-zA-Z-]`.
    pub id: String,
}

/// Takes over the delivery of frames to large rooms: workers behind a queue, or a managed service.
#[async_trait]
pub trait FanOut: Send + Sync {
    /// Takes over a frame. When it returns, the frame MUST survive the end of this process, and a failure of one listener MUST
    /// NOT keep it from the others. A frame whose id was published in the last minutes may be dropped. A listener gets the
    /// frames of a room in the order in which they were published, or catches up.
    async fn publish(&self, publication: Publication) -> Result<()>;
}

/// The work of one worker: a frame for the listeners of one shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardTask {
    /// The listeners.
    pub shard: Shard,
    /// The frame, and its room.
    pub publication: Publication,
}

/// The queue between the publisher of a frame and the workers.
#[async_trait]
pub trait ShardQueue: Send + Sync {
    /// Stores tasks. Tasks of one room whose shards have the same beginning MUST reach the workers in the order in which they
    /// were pushed, and only when the ones before are done or given up. A task that equals one of the last minutes may be
    /// dropped. After an error some of the tasks may be stored.
    async fn push(&self, tasks: &[ShardTask]) -> Result<()>;
}
