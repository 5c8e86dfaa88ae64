//! The worker behind the queue: posts frames to the listeners of one shard, and keeps the shards at a good size.
//!
//! A shard that has grown is divided by the worker that finds it so: it posts to the first listeners and hands the rest on as a
//! task of its own. A shard that has shrunk is joined with the one before it. So a room needs no count of its listeners, and a
//! new room of any size is divided by its first frame.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt, future::join_all, stream};
use shared_types::Timestamp;

use crate::{
    ports::{
        Result, Unavailable,
        connection_gateway::{ConnectionGateway, Frame},
        connections::{Connection, ConnectionId, Connections},
        fan_out::{Publication, ShardQueue, ShardTask},
        shards::{Shard, ShardListeners, Shards},
        system::{Clock, Entropy},
    },
    presence::{
        broadcast::{Broadcast, CONCURRENT_POSTS, Summary},
        shard_batches::{Batch, BatchFrames, in_groups},
    },
};

/// How long a worker starts posts. With 2 s of the last post, its retry, and 3 s to hand on the rest, a worker ends within
/// 8 + 2.1 + 3 = 13.1 s of the function's 15.
const POSTING_TIME: Duration = Duration::from_secs(8);

/// How long a worker starts with further batches of a group. Reading the listeners, handing on the rest and adding a border take 3 s each at
/// most, so it ends within 4 + 9 = 13 s.
const STARTING_TIME: Duration = Duration::from_secs(4);

/// A shard is a quarter of what a request posts to itself: 500 of 2,000 listeners.
const SHARDS_OF_DIRECT: usize = 4;

/// The settings of [`ShardWorker`].
#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// Maximum number of listeners that a request posts to itself, as in `LargeRooms`.
    pub direct_listeners: usize,
    /// Maximum number of posts a second of one worker.
    pub posts_per_second: u32,
}

/// Posts the frames of tasks.
pub struct ShardWorker {
    /// Posts to listeners and removes those that are gone.
    broadcast: Broadcast,
    shards: Arc<dyn Shards>,
    queue: Arc<dyn ShardQueue>,
    shard_size: usize,
    posts_per_second: u32,
}

/// The ports of [`ShardWorker`].
pub struct WorkerPorts {
    /// The open connections.
    pub connections: Arc<dyn Connections>,
    /// The same connections in shards.
    pub shards: Arc<dyn Shards>,
    /// Takes what a worker hands on.
    pub queue: Arc<dyn ShardQueue>,
    /// The gateway to the connections.
    pub gateway: Arc<dyn ConnectionGateway>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness of pauses.
    pub entropy: Arc<dyn Entropy>,
}

/// One listener of a batch, and its position among them.
struct Delivery<'a> {
    batch: usize,
    position: usize,
    listener: &'a Connection,
    frames: Cow<'a, [Frame]>,
}

impl ShardWorker {
    /// Connects the worker with its ports.
    pub fn new(ports: WorkerPorts, settings: WorkerSettings) -> Self {
        let WorkerPorts { connections, shards, queue, gateway, clock, entropy } = ports;
        Self {
            broadcast: Broadcast { connections, gateway, clock, entropy, deadline: None, large_rooms: None },
            shards,
            queue,
            shard_size: (settings.direct_listeners / SHARDS_OF_DIRECT).max(1),
            posts_per_second: settings.posts_per_second.max(1),
        }
    }

    /// Runs tasks. Returns the positions of those that failed, to be run again; the others are done.
    ///
    /// Tasks of one shard share one read of its listeners, and go to each listener in as few posts as it accepts. A listener gets their
    /// frames in order. If a task fails, those after it whose shards have the same beginning fail too, so that they stay in order when they
    /// are run again; other shards do not notice.
    pub async fn run(&self, tasks: Vec<ShardTask>) -> Vec<usize> {
        let begin = self.broadcast.clock.now();
        let mut groups = in_groups(tasks);
        let mut failed = Vec::new();
        // Groups run at the same time, the batches of one group one after the other.
        while !groups.is_empty() {
            let batches: Vec<Batch> = groups.iter_mut().filter_map(VecDeque::pop_front).collect();
            let results = self.run_batches(&batches, begin).await;
            for ((batch, result), after) in batches.into_iter().zip(results).zip(&mut groups) {
                let Err(error) = result else { continue };
                let first = failed.len();
                failed.extend(batch.tasks.into_iter().chain(after.drain(..).flat_map(|batch| batch.tasks)));
                let tasks = failed.len() - first;
                tracing::error!(%error, tasks, "a shard failed; it is retried, then its listeners catch up");
            }
            groups.retain(|batches| !batches.is_empty());
        }
        failed.sort_unstable();
        failed
    }

    /// Runs batches of different groups. Returns their results. `begin` is when the worker began.
    async fn run_batches(&self, batches: &[Batch], begin: Timestamp) -> Vec<Result<()>> {
        let start_until = begin + STARTING_TIME;
        let listeners = join_all(batches.iter().map(|batch| self.take_listeners(batch, start_until))).await;
        let unstarted = self.post(batches, &listeners, begin + POSTING_TIME).await;
        let results = batches.iter().zip(listeners).enumerate();
        let results = results.map(|(at, (batch, read))| self.conclude(batch, read, unstarted.get(&at).copied()));
        join_all(results).await
    }

    /// Returns the result of a batch of which the listeners from `unstarted` on got nothing, and hands these on.
    async fn conclude(&self, batch: &Batch, taken: Result<Taken>, unstarted: Option<usize>) -> Result<()> {
        let (Taken { listeners, up_to }, Some(unstarted)) = (taken?, unstarted) else { return Ok(()) };
        match listeners.get(..unstarted) {
            Some([.., last]) => self.hand_on(batch, &last.id, up_to).await,
            _ => Err(no_time_left()),
        }
    }

    /// Reads the listeners of a batch. If there are many, it returns the first ones and hands the others on. It fails after
    /// `start_until`, so that nothing is handed on of a batch that will be run again.
    async fn take_listeners(&self, batch: &Batch, start_until: Timestamp) -> Result<Taken> {
        let Batch { room, shard, .. } = batch;
        if self.broadcast.clock.now() >= start_until {
            return Err(no_time_left());
        }
        // Half more than a good size, so that a shard is not divided into a full one and a tiny one.
        let most = self.shard_size + self.shard_size / 2;
        let ShardListeners { mut listeners, more } = self.shards.listeners(room, shard, most).await?;
        let mut up_to = shard.up_to.clone();
        let changed = if more {
            listeners.truncate(self.shard_size);
            let Some(last) = listeners.last() else { return Ok(Taken { listeners, up_to }) };
            // From here on the listeners after the last one are in the hands of another worker.
            let rest = up_to.replace(last.id.clone());
            self.hand_on(batch, &last.id, rest).await?;
            self.shards.add_border(room, &last.id).await
        } else if let Some(after) = shard.after.as_ref().filter(|_| listeners.len() < self.shard_size / 4) {
            self.shards.remove_border(room, after).await
        } else {
            Ok(())
        };
        if let Err(error) = changed {
            tracing::warn!(%error, "border of a shard not changed; the next frame tries again");
        }
        Ok(Taken { listeners, up_to })
    }

    /// Makes tasks of a batch for the listeners after one of them, up to another one or the end.
    async fn hand_on(&self, batch: &Batch, after: &ConnectionId, up_to: Option<ConnectionId>) -> Result<()> {
        let shard = Shard { after: Some(after.clone()), up_to };
        let task = |publication: &Publication| ShardTask { shard: shard.clone(), publication: publication.clone() };
        self.queue.push(&batch.publications.iter().map(task).collect::<Vec<_>>()).await
    }

    /// Posts to the listeners of all batches. Returns for each batch whose time was over the first listener that it did not
    /// post to.
    async fn post(&self, batches: &[Batch], listeners: &[Result<Taken>], until: Timestamp) -> BTreeMap<usize, usize> {
        let frames: Vec<_> = batches.iter().map(BatchFrames::new).collect();
        let readable = frames.iter().zip(listeners).enumerate();
        let readable =
            readable.filter_map(|(at, (frames, listeners))| Some((at, frames, &listeners.as_ref().ok()?.listeners)));
        let deliveries = readable.flat_map(|(batch, frames, listeners)| {
            listeners.iter().enumerate().map(move |(position, listener)| Delivery {
                batch,
                position,
                listener,
                frames: frames.of(listener),
            })
        });
        let begin = self.broadcast.clock.now();
        let mut posts = 0_u64;
        let paced = deliveries.map(|delivery| {
            let pause = Duration::from_millis(posts * 1_000 / u64::from(self.posts_per_second));
            posts += delivery.frames.len() as u64;
            (delivery, begin + pause)
        });
        let paced = paced.map(async |(delivery, at)| {
            self.sleep_until(at).await;
            if self.broadcast.clock.now() >= until {
                return Err((delivery.batch, delivery.position));
            }
            Ok(self.broadcast.deliver_all(delivery.listener, &delivery.frames, until).await)
        });
        let mut outcomes = stream::iter(paced).buffer_unordered(CONCURRENT_POSTS);
        let (mut summary, mut unstarted) = (Summary::default(), BTreeMap::new());
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                Ok(outcome) => summary.add(outcome),
                Err((batch, position)) => {
                    let first = unstarted.entry(batch).or_insert(position);
                    *first = position.min(*first);
                }
            }
        }
        summary.log_missed();
        unstarted
    }

    async fn sleep_until(&self, at: Timestamp) {
        let pause = at.since(self.broadcast.clock.now());
        if !pause.is_zero() {
            self.broadcast.clock.sleep(pause).await;
        }
    }
}

/// What a worker has taken of a shard.
struct Taken {
    listeners: Vec<Connection>,
    /// The last listener that it may have; `None` is the end of the room.
    up_to: Option<ConnectionId>,
}

fn no_time_left() -> Unavailable {
    Unavailable { doing: "posting to a shard", cause: "no time left".into() }
}
