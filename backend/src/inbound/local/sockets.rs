//! The way to the sockets of this process: what @connections is to the other home. The sockets are this server's own, so
//! the port is implemented here and not in `outbound`.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use shared_types::limits;
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::ports::{ConnectionId, Delivery, Outbox};

/// Frames that may wait for a slow reader. Two pages' worth of single messages; then the reader has to catch up.
const WAITING: usize = 256;

/// Every open socket's queue of outgoing frames.
#[derive(Default)]
pub struct Sockets {
    queues: Mutex<HashMap<ConnectionId, mpsc::Sender<Outgoing>>>,
}

/// What a socket's writer is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outgoing {
    /// Send this.
    Frame(String),
    /// Close with this code, and say nothing after it.
    Close(u16),
}

impl Sockets {
    /// Opens a socket's queue; its writer reads from the answer.
    pub(super) fn open(&self, id: &ConnectionId) -> (mpsc::Sender<Outgoing>, mpsc::Receiver<Outgoing>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.queues().insert(id.clone(), sender.clone());
        (sender, receiver)
    }

    /// Forgets a socket's queue.
    pub(super) fn close(&self, id: &ConnectionId) {
        self.queues().remove(id);
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<ConnectionId, mpsc::Sender<Outgoing>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Outbox for Sockets {
    async fn post(&self, to: &ConnectionId, frame: &str) -> Delivery {
        match self.queues().get(to).map(|queue| queue.try_send(Outgoing::Frame(frame.into()))) {
            Some(Ok(())) => Delivery::Delivered,
            Some(Err(TrySendError::Full(_))) => Delivery::Busy,
            Some(Err(TrySendError::Closed(_))) | None => Delivery::Gone,
        }
    }

    async fn probe(&self, id: &ConnectionId) -> Delivery {
        match self.queues().get(id).map(mpsc::Sender::is_closed) {
            Some(false) => Delivery::Delivered,
            Some(true) | None => Delivery::Gone,
        }
    }

    async fn close(&self, id: &ConnectionId) -> Delivery {
        match self.queues().get(id).map(|queue| queue.try_send(Outgoing::Close(limits::CLOSE_BANNED))) {
            Some(Ok(())) => Delivery::Delivered,
            Some(Err(TrySendError::Full(_))) => Delivery::Busy,
            Some(Err(TrySendError::Closed(_))) | None => Delivery::Gone,
        }
    }
}
