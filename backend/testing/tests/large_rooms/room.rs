//! A large room: its listeners, the frame handler of its author, and the workers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::rate_limit::{RateLimiter, RateLimits},
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    cpu::CpuScheduler,
    messages::renderer::MessageRenderer,
    ports::{
        Result, Unavailable,
        connections::{Connection, ConnectionId, ConnectionLimits, Connections},
        shards::{Shard, ShardListeners, Shards},
        system::{Clock, Entropy},
    },
    presence::{
        large_rooms::{DIRECT_LISTENERS, LargeRooms, ShardedFanOut},
        shard_worker::{ShardWorker, WorkerPorts, WorkerSettings},
    },
};
use chat_testing::{clock::ManualClock, fifo_queue::FifoQueue};
use serde_json::json;
use shared_types::{AccessMode, Appearance, Person, RoomName, Timestamp};
use store_memory::{
    connections::MemoryConnections, devices::MemoryDevices, images::MemoryImages, messages::MemoryMessages,
    moderation::MemoryModeration, passkeys::MemoryPasskeys, profiles::MemoryProfiles, rate_store::MemoryRateStore,
    read_positions::MemoryReadPositions, room_directory::MemoryRoomDirectory, room_members::MemoryRoomMembers,
    usage_store::MemoryUsage,
};

use crate::gateway::{Gateway, Health};

/// The posts a second of a worker, as in template.yml.
const POSTS_PER_SECOND: u32 = 4_000;

pub(crate) struct Room {
    pub(crate) queue: Arc<FifoQueue>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) shards: Arc<PoisonedShards>,
    pub(crate) clock: Arc<ManualClock>,
    connections: Arc<MemoryConnections>,
    handler: FrameHandler,
    worker: ShardWorker,
    rng: fastrand::Rng,
    /// The rev of the newest message when each listener came.
    present_from: BTreeMap<ConnectionId, u64>,
    newest: u64,
    opened: u64,
    /// How many of a hundred listeners accept several messages in one frame.
    percent: usize,
}

/// What [`Room::check`] counted.
pub(crate) struct Checked {
    /// Listeners that missed a message and caught up.
    pub(crate) missed: usize,
    /// Listeners that got a message before an earlier one. A page sorts them.
    pub(crate) unordered: usize,
}

impl Room {
    /// Returns a room of this many listeners. One in a hundred has a fault, and one in two accepts several messages in one frame.
    pub(crate) async fn with_listeners(count: usize, seed: u64) -> Self {
        Self::with_batches(count, 50, seed).await
    }

    /// Returns a room in which so many percent of the listeners accept several messages in one frame.
    pub(crate) async fn with_batches(count: usize, percent: usize, seed: u64) -> Self {
        let clock = ManualClock::at(Timestamp(1_700_000_000_000));
        let entropy = Arc::new(SeededEntropy(Mutex::new(fastrand::Rng::with_seed(seed))));
        let connections = Arc::new(MemoryConnections::default());
        let shards = Arc::new(PoisonedShards { all: connections.clone(), poison: Mutex::default() });
        let (queue, gateway) = (FifoQueue::new(clock.clone()), Arc::new(Gateway::new(clock.clone())));
        let handler = handler(connections.clone(), gateway.clone(), clock.clone(), entropy.clone());
        let fan_out = Arc::new(ShardedFanOut { shards: shards.clone(), queue: queue.clone() });
        let handler = handler.with_large_rooms(LargeRooms::new(shards.clone(), fan_out, DIRECT_LISTENERS));
        let ports = WorkerPorts {
            connections: connections.clone(),
            shards: shards.clone(),
            queue: queue.clone(),
            gateway: gateway.clone(),
            clock: clock.clone(),
            entropy,
        };
        let settings = WorkerSettings { direct_listeners: DIRECT_LISTENERS, posts_per_second: POSTS_PER_SECOND };
        let worker = ShardWorker::new(ports, settings);
        let (present_from, rng) = (BTreeMap::new(), fastrand::Rng::with_seed(seed));
        let mut room = Self {
            queue,
            gateway,
            shards,
            clock,
            connections,
            handler,
            worker,
            rng,
            present_from,
            newest: 0,
            opened: 0,
            percent,
        };
        for _ in 0..count {
            room.join().await;
        }
        // Sockets that are gone are removed only after a while.
        room.clock.advance(Duration::from_secs(60));
        room
    }

    /// A listener comes. Ids begin with their time, as those of API Gateway do.
    async fn join(&mut self) {
        let random: String = (0..8).map(|_| self.rng.alphanumeric()).collect();
        let id = ConnectionId(format!("{:06x}{random}=", self.opened / 16));
        let health = match self.opened % 400 {
            100 => Health::OftenBusy,
            200 => Health::Busy,
            300 => Health::Gone,
            399 if self.opened % 1_200 == 399 => Health::Hanging,
            _ => Health::Good,
        };
        let accepts_batches = (self.opened % 100) < self.percent as u64;
        self.opened += 1;
        self.gateway.set_health(&id, health);
        let person = Person {
            id: format!("p{}", self.opened).parse().unwrap(),
            name: "Ann".parse().unwrap(),
            moderator: false,
            appearance: Appearance::NONE,
        };
        let connection = Connection {
            id: id.clone(),
            room: lobby(),
            person,
            address: None,
            opened_at: self.clock.now(),
            hidden: false,
            is_first_of_address: false,
            accepts_batches,
            device: None,
            status: None,
            chosen: None,
        };
        if accepts_batches {
            self.gateway.accept_batches(&id);
        }
        self.connections
            .admit(&connection, ConnectionLimits { all: u32::MAX, per_address: None, first_of_address: 0 })
            .await
            .unwrap();
        self.present_from.insert(id, self.newest);
    }

    /// Some listeners leave, and as many come.
    pub(crate) async fn replace_some(&mut self, count: usize) {
        for _ in 0..count {
            let begin = ConnectionId(format!("{:06x}", self.rng.u64(1..=self.opened / 16)));
            let leaving = self.present_from.range(begin..).next().map(|(id, _)| id.clone());
            if let Some(leaving) = leaving.filter(|id| *id != self.author()) {
                self.connections.remove(&leaving).await.unwrap();
                self.present_from.remove(&leaving);
            }
            self.join().await;
        }
    }

    /// Returns the ids of the listeners.
    pub(crate) fn listeners(&self) -> impl Iterator<Item = ConnectionId> {
        self.present_from.keys().cloned()
    }

    pub(crate) async fn borders(&self) -> Vec<ConnectionId> {
        self.shards.borders(&lobby()).await.unwrap()
    }

    fn author(&self) -> ConnectionId {
        self.present_from.keys().next().unwrap().clone()
    }

    async fn handle(&self, connection: ConnectionId, body: String) {
        self.handler.handle(FrameRequest { connection, request_id: "r".into(), body }).await;
    }

    /// The author sends a message, which is answered at once.
    pub(crate) async fn send(&mut self, seq: u64) {
        let frame = json!({ "action": "send", "text": format!("message {seq}"), "nonce": format!("n-{seq}") });
        self.handle(self.author(), frame.to_string()).await;
        assert_eq!(self.gateway.received(&self.author()).last(), Some(&seq), "the acknowledgement");
        self.newest = seq;
    }

    /// Runs workers until the queue has nothing for them.
    pub(crate) async fn work(&self) {
        self.queue.run(&self.worker).await;
    }

    /// Runs one batch.
    pub(crate) async fn work_once(&self) {
        self.queue.run_one(&self.worker).await;
    }

    /// Kills a worker after so many posts.
    pub(crate) async fn kill_worker_after(&self, posts: usize) {
        let end = self.gateway.posts() + posts;
        let killed = async {
            while self.gateway.posts() < end {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = killed => {}
            _ = self.queue.run_one(&self.worker) => panic!("the worker ended first"),
        }
    }

    /// Returns the number of frames that a listener had received before.
    pub(crate) fn count_repeated(&self) -> usize {
        let repeated = self.listeners().map(|id| {
            let received = self.gateway.received(&id);
            received.len() - received.iter().collect::<BTreeSet<_>>().len()
        });
        repeated.sum()
    }

    /// Checks that every listener got every message of its time once, or gets it when it catches up. Only listeners with a fault
    /// and those that are named may miss a message.
    pub(crate) async fn check(&self, newest: u64, excused: &BTreeSet<ConnectionId>) -> Checked {
        let (mut missed, mut unordered) = (0, 0);
        for (id, from) in &self.present_from {
            let mut received = self.gateway.received(id);
            unordered += usize::from(!received.is_sorted());
            received.sort_unstable();
            assert!(received.windows(2).all(|pair| pair[0] < pair[1]), "{id} got {received:?}: not once");
            let expected: Vec<u64> = (from + 1..=newest).collect();
            if received.ends_with(&expected) {
                continue;
            }
            missed += 1;
            let health = self.gateway.health(id);
            assert!(health != Health::Good || excused.contains(id), "{id} got {received:?} of {expected:?}");
            if health == Health::Gone {
                continue;
            }
            let all = self.catch_up(id, &received, *from).await;
            assert!(expected.iter().all(|rev| all.contains(rev)), "{id} has {all:?} of {expected:?}");
        }
        Checked { missed, unordered }
    }

    /// A listener asks for what it missed, as a page does with its heartbeat. Returns all revisions that it has then.
    async fn catch_up(&self, id: &ConnectionId, received: &[u64], from: u64) -> BTreeSet<u64> {
        let mut upto = from;
        while received.contains(&(upto + 1)) {
            upto += 1;
        }
        self.gateway.set_health(id, Health::Good);
        self.handle(id.clone(), json!({ "action": "changes", "after": upto }).to_string()).await;
        let answers = self.gateway.answers(id);
        let changes = answers.iter().find(|answer| answer["type"] == "changes").unwrap();
        let messages = changes["messages"].as_array().unwrap();
        received.iter().copied().chain(messages.iter().map(|message| message["rev"].as_u64().unwrap())).collect()
    }
}

fn lobby() -> RoomName {
    RoomName::lobby()
}

fn handler(
    connections: Arc<MemoryConnections>,
    gateway: Arc<Gateway>,
    clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
) -> FrameHandler {
    let rate_store = Arc::new(MemoryRateStore::default());
    let messages = Arc::new(MemoryMessages::default());
    let ports = FramePorts {
        connections,
        messages: messages.clone(),
        usage: Arc::new(MemoryUsage::new(messages.clone())),
        saved: messages,
        images: Arc::new(MemoryImages::default()),
        gateway,
        moderation: Arc::new(MemoryModeration::default()),
        members: Arc::new(MemoryRoomMembers::default()),
        devices: Arc::new(MemoryDevices::default()),
        profiles: Arc::new(MemoryProfiles::default()),
        passkeys: Arc::new(MemoryPasskeys::default()),
        rate_store: rate_store.clone(),
        read_positions: Arc::new(MemoryReadPositions::default()),
        room_directory: Arc::new(MemoryRoomDirectory::default()),
        renderer: MessageRenderer::new(CpuScheduler::inline()),
        clock: clock.clone(),
        entropy,
    };
    let settings = FrameSettings {
        rate: RateLimiter::new(rate_store, clock, RateLimits { person: 0, address: 0 }),
        access: AccessMode::Open,
        configured_moderators: Vec::new(),
        page_size: 100,
    };
    FrameHandler::new(ports, settings)
}

/// Shards of which those with one beginning cannot be read.
pub(crate) struct PoisonedShards {
    all: Arc<MemoryConnections>,
    poison: Mutex<Option<ConnectionId>>,
}

impl PoisonedShards {
    pub(crate) fn poison(&self, begin: &ConnectionId) {
        *self.poison.lock().unwrap() = Some(begin.clone());
    }

    pub(crate) fn heal(&self) {
        *self.poison.lock().unwrap() = None;
    }
}

#[async_trait]
impl Shards for PoisonedShards {
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners> {
        let is_poisoned =
            self.poison.lock().unwrap().as_ref().is_some_and(|poison| shard.after.as_ref() == Some(poison));
        if is_poisoned {
            return Err(Unavailable { doing: "reading a shard", cause: "poisoned".into() });
        }
        self.all.listeners(room, shard, most).await
    }

    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>> {
        self.all.borders(room).await
    }

    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.all.add_border(room, border).await
    }

    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.all.remove_border(room, border).await
    }
}

struct SeededEntropy(Mutex<fastrand::Rng>);

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill(bytes);
    }
}
