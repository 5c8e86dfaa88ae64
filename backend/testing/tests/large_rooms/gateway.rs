//! Sockets that record the revisions they receive. Some are gone, busy or slow.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::ConnectionId,
    system::Clock,
};
use chat_testing::clock::ManualClock;
use serde_json::Value;

/// What a socket does with posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// It receives all of them.
    Good,
    /// It is busy (429) at every other post.
    OftenBusy,
    /// It is always busy.
    Busy,
    /// It does not answer within 2 s.
    Hanging,
    /// It is gone.
    Gone,
}

#[derive(Default)]
struct State {
    health: HashMap<ConnectionId, Health>,
    /// Sockets that accept several messages in one frame.
    batched: HashSet<ConnectionId>,
    received: HashMap<ConnectionId, Vec<u64>>,
    attempts: HashMap<ConnectionId, u32>,
    answers: HashMap<ConnectionId, Vec<Value>>,
    revs: HashMap<Bytes, Vec<u64>>,
}

pub(crate) struct Gateway {
    state: Mutex<State>,
    posts: AtomicUsize,
    clock: Arc<ManualClock>,
}

impl Gateway {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        Self { state: Mutex::default(), posts: AtomicUsize::new(0), clock }
    }

    pub(crate) fn set_health(&self, id: &ConnectionId, health: Health) {
        self.state.lock().unwrap().health.insert(id.clone(), health);
    }

    pub(crate) fn accept_batches(&self, id: &ConnectionId) {
        self.state.lock().unwrap().batched.insert(id.clone());
    }

    pub(crate) fn health(&self, id: &ConnectionId) -> Health {
        self.state.lock().unwrap().health.get(id).copied().unwrap_or(Health::Good)
    }

    /// Returns the number of posts, with those that failed.
    pub(crate) fn posts(&self) -> usize {
        self.posts.load(Ordering::Relaxed)
    }

    /// Returns the revisions that a socket received live, in order.
    pub(crate) fn received(&self, id: &ConnectionId) -> Vec<u64> {
        self.state.lock().unwrap().received.get(id).cloned().unwrap_or_default()
    }

    /// Removes every frame that its socket had received before.
    pub(crate) fn drop_repeated(&self) {
        for received in self.state.lock().unwrap().received.values_mut() {
            received.sort_unstable();
            received.dedup();
        }
    }

    /// Returns the answers that a socket received since the last call.
    pub(crate) fn answers(&self, id: &ConnectionId) -> Vec<Value> {
        self.state.lock().unwrap().answers.remove(id).unwrap_or_default()
    }
}

/// Returns the revisions of the messages that a frame tells.
fn revs_of(frame: &Frame) -> Vec<u64> {
    let frame: Value = serde_json::from_slice(frame.json()).unwrap();
    let rev = |message: &Value| message["rev"].as_u64().unwrap();
    match frame["type"].as_str().unwrap() {
        "message" => vec![rev(&frame)],
        "messages" => frame["messages"].as_array().unwrap().iter().map(rev).collect(),
        _ => Vec::new(),
    }
}

#[async_trait]
impl ConnectionGateway for Gateway {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        self.posts.fetch_add(1, Ordering::Relaxed);
        let health = self.health(to);
        if health == Health::Hanging {
            self.clock.sleep(Duration::from_secs(2)).await;
            return DeliveryOutcome::Busy;
        }
        let mut state = self.state.lock().unwrap();
        let attempts = state.attempts.entry(to.clone()).or_default();
        *attempts += 1;
        match health {
            Health::Gone => return DeliveryOutcome::Gone,
            Health::Busy => return DeliveryOutcome::Busy,
            Health::OftenBusy if *attempts % 2 == 1 => return DeliveryOutcome::Busy,
            Health::OftenBusy | Health::Good | Health::Hanging => {}
        }
        let revs = state.revs.entry(frame.json().clone()).or_insert_with(|| revs_of(frame)).clone();
        if revs.is_empty() {
            let answer = serde_json::from_slice(frame.json()).unwrap();
            state.answers.entry(to.clone()).or_default().push(answer);
        } else {
            assert!(revs.len() == 1 || state.batched.contains(to), "{to} did not ask for several messages at once");
            state.received.entry(to.clone()).or_default().extend(revs);
        }
        DeliveryOutcome::Delivered
    }

    async fn probe(&self, _: &ConnectionId) -> DeliveryOutcome {
        DeliveryOutcome::Delivered
    }

    async fn close(&self, _: &ConnectionId) -> DeliveryOutcome {
        DeliveryOutcome::Delivered
    }
}
