//! A connection gateway that records what it posts.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::ConnectionId,
    system::Clock,
};
use serde_json::Value;

use crate::clock::ManualClock;

/// A [`ConnectionGateway`] that records every frame, and fails for the sockets that a test names.
pub struct RecordingGateway {
    state: Mutex<GatewayState>,
    clock: Arc<ManualClock>,
}

/// The recorded frames, and the sockets for which calls fail.
#[derive(Default)]
pub struct GatewayState {
    /// Frames that were posted and not yet read by the test.
    pub frames: HashMap<ConnectionId, Vec<Value>>,
    /// Sockets that no longer exist.
    pub gone: HashSet<ConnectionId>,
    /// Number of further posts for which a socket is busy.
    pub busy: HashMap<ConnectionId, u32>,
    /// Sockets for which every post and close times out after 2 s.
    pub hanging: HashSet<ConnectionId>,
    /// Sockets that were closed, in order.
    pub closed: Vec<ConnectionId>,
}

impl RecordingGateway {
    pub fn new(clock: Arc<ManualClock>) -> Self {
        Self { state: Mutex::default(), clock }
    }

    pub fn lock(&self) -> MutexGuard<'_, GatewayState> {
        self.state.lock().unwrap()
    }

    /// Returns whether a call for this socket times out, and lets that time pass. Concurrent calls time out together.
    async fn times_out(&self, id: &ConnectionId) -> bool {
        if !self.lock().hanging.contains(id) {
            return false;
        }
        self.clock.sleep(Duration::from_secs(2)).await;
        true
    }
}

#[async_trait]
impl ConnectionGateway for RecordingGateway {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        if self.times_out(to).await {
            return DeliveryOutcome::Busy;
        }
        let mut state = self.lock();
        if state.gone.contains(to) {
            return DeliveryOutcome::Gone;
        }
        if let Some(times) = state.busy.get_mut(to).filter(|times| **times > 0) {
            *times -= 1;
            return DeliveryOutcome::Busy;
        }
        state.frames.entry(to.clone()).or_default().push(serde_json::from_slice(frame.json()).unwrap());
        DeliveryOutcome::Delivered
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.lock().gone.contains(id) { DeliveryOutcome::Gone } else { DeliveryOutcome::Delivered }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        if self.times_out(id).await {
            return DeliveryOutcome::Busy;
        }
        let mut state = self.lock();
        state.closed.push(id.clone());
        if state.gone.insert(id.clone()) { DeliveryOutcome::Delivered } else { DeliveryOutcome::Gone }
    }
}
