//! The connection gateway to the sockets of this process, as `@connections` on AWS. It is in this crate because the server owns the
//! sockets.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use chat::ports::{
    connection_gateway::{ConnectionGateway, DeliveryOutcome},
    connections::ConnectionId,
};
use shared_types::limits;
use tokio::sync::mpsc::{self, error::TrySendError};

/// Maximum number of queued frames of a slow reader: two pages of single messages. Beyond it the reader has to catch up.
const WAITING: usize = 256;

/// Maximum number of queued bytes: eight of the largest answers. A thousand clients that request pages and read none hold 1 GB and not
/// 32.
const WAITING_BYTES: usize = 1024 * 1024;

/// The queues of outgoing frames of all open sockets.
#[derive(Default)]
pub struct Sockets {
    queues: Mutex<HashMap<ConnectionId, Queue>>,
}

/// The queue of one socket.
struct Queue {
    frames: mpsc::Sender<Outgoing>,
    /// The queued bytes.
    bytes: Arc<AtomicUsize>,
}

/// The receiving end of a queue, for the writer of the socket.
pub(crate) struct Waiting {
    frames: mpsc::Receiver<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

impl Waiting {
    /// Waits for the next item; `None` when the queue was removed.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        let next = self.frames.recv().await?;
        if let Outgoing::Frame(frame) = &next {
            self.bytes.fetch_sub(frame.len(), Ordering::Relaxed);
        }
        Some(next)
    }
}

/// An item of a queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    /// Send this frame.
    Frame(String),
    /// Close with this code; nothing follows.
    Close(u16),
}

impl Sockets {
    /// Creates the queue of a socket and returns its receiving end.
    pub(crate) fn open(&self, id: &ConnectionId) -> (mpsc::Sender<Outgoing>, Waiting) {
        let ((sender, frames), bytes) = (mpsc::channel(WAITING), Arc::<AtomicUsize>::default());
        self.queues().insert(id.clone(), Queue { frames: sender.clone(), bytes: bytes.clone() });
        (sender, Waiting { frames, bytes })
    }

    /// Removes the queue of a socket.
    pub(crate) fn close(&self, id: &ConnectionId) {
        self.queues().remove(id);
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<ConnectionId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ConnectionGateway for Sockets {
    async fn post(&self, to: &ConnectionId, frame: &str) -> DeliveryOutcome {
        let queues = self.queues();
        let Some(Queue { frames, bytes }) = queues.get(to) else { return DeliveryOutcome::Gone };
        // The lock is held while bytes are added, so the sum never exceeds the bound.
        if bytes.load(Ordering::Relaxed) + frame.len() > WAITING_BYTES && !frames.is_closed() {
            return DeliveryOutcome::Busy;
        }
        bytes.fetch_add(frame.len(), Ordering::Relaxed);
        match frames.try_send(Outgoing::Frame(frame.into())) {
            Ok(()) => DeliveryOutcome::Delivered,
            Err(refused) => {
                bytes.fetch_sub(frame.len(), Ordering::Relaxed);
                if matches!(refused, TrySendError::Full(_)) { DeliveryOutcome::Busy } else { DeliveryOutcome::Gone }
            }
        }
    }

    async fn probe(&self, id: &ConnectionId) -> DeliveryOutcome {
        match self.queues().get(id).map(|queue| queue.frames.is_closed()) {
            Some(false) => DeliveryOutcome::Delivered,
            Some(true) | None => DeliveryOutcome::Gone,
        }
    }

    async fn close(&self, id: &ConnectionId) -> DeliveryOutcome {
        match self.queues().get(id).map(|queue| queue.frames.try_send(Outgoing::Close(limits::CLOSE_BANNED))) {
            Some(Ok(())) => DeliveryOutcome::Delivered,
            Some(Err(TrySendError::Full(_))) => DeliveryOutcome::Busy,
            Some(Err(TrySendError::Closed(_))) | None => DeliveryOutcome::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_queue_of_a_client_that_does_not_read_is_bounded() {
        let (sockets, id) = (Sockets::default(), ConnectionId("c".into()));
        let (_sender, mut waiting) = sockets.open(&id);
        let answer = "x".repeat(WAITING_BYTES / 4);
        for _ in 0..4 {
            assert_eq!(sockets.post(&id, &answer).await, DeliveryOutcome::Delivered);
        }
        assert_eq!(sockets.post(&id, "x").await, DeliveryOutcome::Busy);
        assert!(matches!(waiting.next().await, Some(Outgoing::Frame(frame)) if frame == answer));
        assert_eq!(sockets.post(&id, &answer).await, DeliveryOutcome::Delivered);
        assert_eq!(sockets.post(&id, "x").await, DeliveryOutcome::Busy);
        drop(waiting);
        assert_eq!(sockets.post(&id, "x").await, DeliveryOutcome::Gone);
    }
}
