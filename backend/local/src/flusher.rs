//! Writes the frames that broadcasts have queued, in passes over the queues: a broadcast wakes one task, and not one for each listener.
//! Frames that are queued during a pass leave together in the next one.

use std::{
    convert::Infallible,
    mem::take,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{sync::Notify, task::yield_now};

use crate::send_queue::SendQueue;

/// Number of queues after which a pass lets other tasks run: one to two milliseconds. With fewer, messages that are sent meanwhile would
/// each get a pass of their own, and leave in more and smaller writes.
const QUEUES_AT_ONCE: usize = 512;

/// The queues that have to be written.
#[derive(Default)]
pub(crate) struct Flusher {
    listed: Mutex<Vec<Arc<SendQueue>>>,
    filled: Notify,
}

impl Flusher {
    /// Adds queues. Each is listed once until it is written.
    pub(crate) fn add(&self, queues: impl IntoIterator<Item = Arc<SendQueue>>) {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).extend(queues);
        self.filled.notify_one();
    }

    /// Writes what is listed, for ever.
    pub(crate) async fn run(&self) -> Infallible {
        loop {
            self.filled.notified().await;
            // Senders whose messages were stored by the same commit run first, so that one write has the messages of all.
            yield_now().await;
            let listed = take(&mut *self.listed.lock().unwrap_or_else(PoisonError::into_inner));
            for queues in listed.chunks(QUEUES_AT_ONCE) {
                queues.iter().for_each(|queue| queue.flush());
                yield_now().await;
            }
        }
    }
}
