//! Writes the frames that broadcasts have queued, in passes over the queues: a broadcast wakes one task, and not one for each listener.
//! Frames that are queued before a pass or during it leave together.

use std::{
    convert::Infallible,
    mem::take,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, task::yield_now, time::timeout};

use crate::send_queue::SendQueue;

/// Number of queues after which a pass lets other tasks run: one to two milliseconds. With fewer, messages that are sent meanwhile would
/// each get a pass of their own, and leave in more and smaller writes.
const QUEUES_AT_ONCE: usize = 512;

/// Time that a write takes, most of it in the kernel.
const WRITE_TIME: Duration = Duration::from_micros(3);

/// Length of a pass from which on it waits for messages that are being stored. A timer is not more precise.
const LONG_PASS: Duration = Duration::from_millis(1);

/// The queues that have to be written.
#[derive(Default)]
pub(crate) struct Flusher {
    listed: Mutex<Vec<Arc<SendQueue>>>,
    filled: Notify,
    /// Number of messages that sockets have begun to store, and of those that were queued or refused since then.
    begun: AtomicU64,
    ended: AtomicU64,
    has_ended: Notify,
}

impl Flusher {
    /// Adds queues. Each is listed once until it is written.
    pub(crate) fn add(&self, queues: impl IntoIterator<Item = Arc<SendQueue>>) {
        self.lock().extend(queues);
        self.filled.notify_one();
    }

    /// Counts a message that is being stored.
    pub(crate) fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts messages that are not being stored any more.
    pub(crate) fn end(&self, messages: usize) {
        self.ended.fetch_add(messages as u64, Ordering::Relaxed);
        self.has_ended.notify_one();
    }

    /// Writes what is listed, for ever.
    pub(crate) async fn run(&self) -> Infallible {
        loop {
            self.filled.notified().await;
            // Senders whose messages were stored by the same commit run first, so that one write has the messages of all.
            yield_now().await;
            self.wait_for_stored().await;
            let listed = take(&mut *self.lock());
            for queues in listed.chunks(QUEUES_AT_ONCE) {
                queues.iter().for_each(|queue| queue.flush());
                yield_now().await;
            }
        }
    }

    /// Waits for the messages that are being stored, so that they do not have to wait for this pass and then get one of their own: at
    /// most as long as the pass takes.
    async fn wait_for_stored(&self) {
        let pass = WRITE_TIME * u32::try_from(self.lock().len()).unwrap_or(u32::MAX);
        if pass < LONG_PASS {
            return;
        }
        let begun = self.begun.load(Ordering::Relaxed);
        let stored = async {
            while self.ended.load(Ordering::Relaxed) < begun {
                self.has_ended.notified().await;
            }
        };
        drop(timeout(pass, stored).await);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<SendQueue>>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
