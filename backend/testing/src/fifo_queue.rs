//! A queue with the rules of an SQS FIFO queue and its event source mapping.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    ports::{
        Result, Unavailable,
        fan_out::{ShardQueue, ShardTask},
        system::Clock,
    },
    presence::shard_worker::ShardWorker,
};
use shared_types::Timestamp;

use crate::clock::ManualClock;

/// Messages of one batch: `BatchSize` in template.yml.
const BATCH: usize = 10;

/// Time after which a failed message is handed out again: `VisibilityTimeout` in template.yml.
pub const VISIBILITY: Duration = Duration::from_secs(90);

/// Number of times that a message is handed out: `maxReceiveCount` in template.yml.
const RECEIVES: u32 = 5;

/// Time for which a message with the same deduplication id is dropped.
const DEDUPLICATION: Duration = Duration::from_secs(5 * 60);

/// A [`ShardQueue`] in memory. A test runs workers on it.
pub struct FifoQueue {
    state: Mutex<State>,
    clock: Arc<ManualClock>,
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    known: HashMap<(String, String), Timestamp>,
    dead: Vec<ShardTask>,
    refuses: bool,
    pushed: usize,
}

#[derive(Clone)]
struct Message {
    group: String,
    task: ShardTask,
    received: u32,
    visible_at: Timestamp,
}

/// Messages that a worker has received: their positions are the same as those of the tasks.
struct Received(Vec<Message>);

impl FifoQueue {
    pub fn new(clock: Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), clock })
    }

    /// Refuses all further tasks, or accepts them again.
    pub fn set_refusing(&self, refuses: bool) {
        self.state.lock().unwrap().refuses = refuses;
    }

    /// Returns the number of tasks that were accepted, without those that were dropped as repetitions.
    pub fn pushed(&self) -> usize {
        self.state.lock().unwrap().pushed
    }

    /// Returns the waiting tasks, in order.
    pub fn waiting(&self) -> Vec<ShardTask> {
        self.state.lock().unwrap().messages.iter().map(|message| message.task.clone()).collect()
    }

    /// Returns the tasks in the dead-letter queue.
    pub fn dead(&self) -> Vec<ShardTask> {
        self.state.lock().unwrap().dead.clone()
    }

    /// Hands one batch to a worker. Returns whether there was one.
    pub async fn run_one(&self, worker: &ShardWorker) -> bool {
        let Received(batch) = self.receive();
        if batch.is_empty() {
            return false;
        }
        let failed = worker.run(batch.iter().map(|message| message.task.clone()).collect()).await;
        let failed: HashSet<usize> = failed.into_iter().collect();
        let mut state = self.state.lock().unwrap();
        for (position, message) in batch.into_iter().enumerate() {
            if failed.contains(&position) {
                continue;
            }
            state.messages.retain(|waiting| waiting.task != message.task || waiting.group != message.group);
        }
        true
    }

    /// Runs a worker until nothing is left that can be handed out now.
    pub async fn run(&self, worker: &ShardWorker) {
        while self.run_one(worker).await {}
    }

    /// Receives a batch. Groups with a message that another worker has, or that has failed, are left out until it is visible. As in SQS, a
    /// batch has as many messages of one group as possible before it has those of the next.
    fn receive(&self) -> Received {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap();
        let (dead, alive): (Vec<_>, Vec<_>) = std::mem::take(&mut state.messages)
            .into_iter()
            .partition(|message| message.received >= RECEIVES && message.visible_at <= now);
        state.dead.extend(dead.into_iter().map(|message| message.task));
        state.messages = alive;
        let busy: HashSet<String> =
            state.messages.iter().filter(|message| message.visible_at > now).map(|one| one.group.clone()).collect();
        let mut order: HashMap<String, usize> = HashMap::new();
        for message in state.messages.iter().filter(|message| !busy.contains(&message.group)) {
            let next = order.len();
            order.entry(message.group.clone()).or_insert(next);
        }
        let mut free: Vec<_> =
            state.messages.iter_mut().filter_map(|message| Some((*order.get(&message.group)?, message))).collect();
        // The sort keeps the order within each group.
        free.sort_by_key(|(group, _)| *group);
        let received = free.into_iter().take(BATCH).map(|(_, message)| {
            message.received += 1;
            message.visible_at = now + VISIBILITY;
            message.clone()
        });
        Received(received.collect())
    }
}

#[async_trait]
impl ShardQueue for FifoQueue {
    async fn push(&self, tasks: &[ShardTask]) -> Result<()> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap();
        if state.refuses {
            return Err(Unavailable { doing: "pushing a task", cause: "the test says so".into() });
        }
        for task in tasks {
            let [after, up_to] =
                [&task.shard.after, &task.shard.up_to].map(|end| end.as_ref().map_or("", |end| end.0.as_str()));
            let group = format!("{}#{after}", task.publication.room);
            let id = (group.clone(), format!("{}#{up_to}", task.publication.id));
            if state.known.get(&id).is_some_and(|at| now.since(*at) < DEDUPLICATION) {
                continue;
            }
            state.known.insert(id, now);
            state.pushed += 1;
            state.messages.push(Message { group, task: task.clone(), received: 0, visible_at: now });
        }
        Ok(())
    }
}
