//! The connection gateway to the sockets of this process, as `@connections` on AWS. It is in this crate because the server owns the
//! sockets.

use std::{
    collections::HashMap,
    slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
    connections::ConnectionId,
};
use shared_types::limits;

use crate::{flusher::Flusher, send_queue::SendQueue, server_frame::ServerFrame};

/// The send queues of all open sockets.
#[derive(Default)]
pub struct Sockets {
    queues: Mutex<HashMap<ConnectionId, Arc<SendQueue>>>,
    /// Writes what broadcasts have queued. The server runs it.
    pub(crate) flusher: Flusher,
}

impl Sockets {
    /// Creates the send queue of a socket.
    pub(crate) fn open(&self, id: &ConnectionId) -> Arc<SendQueue> {
        let queue = Arc::<SendQueue>::default();
        self.queues().insert(id.clone(), queue.clone());
        queue
    }

    /// Removes the send queue of a socket.
    pub(crate) fn remove(&self, id: &ConnectionId) {
        self.queues().remove(id);
    }

    fn find(&self, id: &ConnectionId) -> Option<Arc<SendQueue>> {
        self.queues().get(id).cloned()
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<SendQueue>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ConnectionGateway for Sockets {
    async fn post(&self, to: &ConnectionId, frame: &Frame) -> DeliveryOutcome {
        let Some(queue) = self.find(to) else { return DeliveryOutcome::Gone };
        let pushed = queue.push(&ServerFrame::of(slice::from_ref(frame)));
        if pushed.needs_flush {
            self.flusher.add([queue]);
        }
        pushed.outcome
    }

    fn post_to_many(
        &self,
        to: &mut dyn Iterator<Item = &ConnectionId>,
        frames: &[Frame],
    ) -> Option<Vec<DeliveryOutcome>> {
        let frame = ServerFrame::of(frames);
        let (mut outcomes, mut filled) = (Vec::new(), Vec::new());
        let queues = self.queues();
        for id in to {
            let Some(queue) = queues.get(id) else {
                outcomes.push(DeliveryOutcome::Gone);
                continue;
            };
            let pushed = queue.push(&frame);
            if pushed.needs_flush {
                filled.push(queue.clone());
            }
            outcomes.push(pushed.outcome);
        }
        drop(queues);
        self.flusher.add(filled);
        Some(outcomes)
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        match self.find(id) {
            Some(queue) if !queue.status().is_closing => DeliveryOutcome::Delivered,
            _ => DeliveryOutcome::Gone,
        }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        match self.find(id) {
            Some(queue) if queue.close(limits::CLOSE_BANNED) => DeliveryOutcome::Delivered,
            _ => DeliveryOutcome::Gone,
        }
    }
}
