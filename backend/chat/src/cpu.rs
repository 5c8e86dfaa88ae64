//! CPU-heavy work of many clients: it runs in a [`CpuPool`], a bounded number at the same time, and the clients take turns.
//!
//! A client waits for its turn before it reads from the store, because what it reads is decoded on a processor, too, and takes
//! memory. So what waits is only a request, and the queue needs no bound of its own: a socket handles one frame after the other,
//! and the local server bounds the page loads of an address.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::channel::oneshot;

use crate::ports::{
    Result, Unavailable,
    connections::{AddressKey, Connection},
    cpu_pool::{CpuPool, InlineCpuPool},
};

/// Gives turns at the processors to clients. Clones share them.
#[derive(Clone)]
pub struct CpuScheduler {
    pool: Arc<dyn CpuPool>,
    queue: Arc<Mutex<Queue>>,
}

/// One of the limited number of turns. Dropping it, or the end of its work, gives it to the next client.
pub struct CpuTurn {
    scheduler: CpuScheduler,
}

/// The client for which work is done: an address, or a person whose address is unknown. The requests of one client wait for each
/// other, and the clients take turns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CpuClient(String);

struct Queue {
    /// Number of turns that no client has. Then no client waits.
    free: usize,
    /// The waiting requests of each waiting client, the oldest first.
    waiting: HashMap<CpuClient, VecDeque<oneshot::Sender<CpuTurn>>>,
    /// The waiting clients. The first one is next, and goes to the end if it has more requests.
    clients: VecDeque<CpuClient>,
}

impl CpuScheduler {
    /// Creates a scheduler for a pool. `turns` is the number of works at the same time; at least one.
    pub fn new(pool: Arc<dyn CpuPool>, turns: usize) -> Self {
        let queue = Queue { free: turns.max(1), waiting: HashMap::new(), clients: VecDeque::new() };
        Self { pool, queue: Arc::new(Mutex::new(queue)) }
    }

    /// Creates a scheduler that runs all work at once on the thread of its caller.
    pub fn inline() -> Self {
        Self::new(Arc::new(InlineCpuPool), usize::MAX)
    }

    /// Waits for a turn of this client.
    pub async fn turn(&self, client: &CpuClient) -> CpuTurn {
        let waiting = {
            let mut queue = self.queue();
            if queue.free > 0 {
                queue.free -= 1;
                return CpuTurn { scheduler: self.clone() };
            }
            queue.wait(client)
        };
        // The sender is only dropped with the whole queue, and this scheduler holds the queue.
        waiting.await.unwrap_or_else(|_| CpuTurn { scheduler: self.clone() })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CpuTurn {
    /// Runs `work` in the pool. The turn ends with the work, also if the caller does not wait for it any longer.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the work panicked, or if the pool did not run it.
    pub async fn run<T: Send + 'static>(
        self,
        doing: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let pool = self.scheduler.pool.clone();
        pool.run(Box::new(move || {
            let turn = self;
            // Nobody waits for the result of a request whose client has left.
            if !reply.is_canceled() {
                let result = catch_unwind(AssertUnwindSafe(work)).map_err(|_| "the work panicked");
                drop(reply.send(result));
            }
            drop(turn);
        }))
        .await;
        let result = answer.await.unwrap_or(Err("the pool did not run the work"));
        result.map_err(Unavailable::while_doing(doing))
    }
}

impl Drop for CpuTurn {
    fn drop(&mut self) {
        let next = self.scheduler.queue().free_turn();
        if let Some(next) = next {
            // If this request stopped waiting just now, the turn comes back and is dropped, which gives it to the next one.
            drop(next.send(Self { scheduler: self.scheduler.clone() }));
        }
    }
}

/// Lets other threads have the processor, if one waits for it. Work calls it about every 100 microseconds: else Linux lets a thread
/// that serves sockets wait for the end of its time slice of three milliseconds, whatever the priorities are.
pub fn yield_processor() {
    std::thread::yield_now();
}

impl Queue {
    /// Adds a request of a client. It waits until the receiver gets its turn.
    fn wait(&mut self, client: &CpuClient) -> oneshot::Receiver<CpuTurn> {
        let (sender, receiver) = oneshot::channel();
        let requests = self.waiting.entry(client.clone()).or_default();
        if requests.is_empty() {
            self.clients.push_back(client.clone());
        }
        requests.push_back(sender);
        receiver
    }

    /// Returns the request that has the next turn, or counts the turn as free if none is waiting.
    fn free_turn(&mut self) -> Option<oneshot::Sender<CpuTurn>> {
        while let Some(client) = self.clients.pop_front() {
            let Some(requests) = self.waiting.get_mut(&client) else { continue };
            let next = requests.pop_front();
            if requests.is_empty() {
                self.waiting.remove(&client);
            } else {
                self.clients.push_back(client);
            }
            if let Some(next) = next.filter(|next| !next.is_canceled()) {
                return Some(next);
            }
        }
        self.free += 1;
        None
    }
}

impl From<&AddressKey> for CpuClient {
    fn from(AddressKey(address): &AddressKey) -> Self {
        Self(format!("address {address}"))
    }
}

impl From<&[AddressKey]> for CpuClient {
    /// Takes the keys of one address. Requests without an address are one client together.
    fn from(keys: &[AddressKey]) -> Self {
        keys.first().map(Self::from).unwrap_or_default()
    }
}

impl From<&Connection> for CpuClient {
    fn from(connection: &Connection) -> Self {
        connection.address.as_ref().map_or_else(|| Self(format!("person {}", connection.person.id)), Self::from)
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

    use super::*;

    fn request<'a>(scheduler: &'a CpuScheduler, name: &'a str) -> BoxFuture<'a, CpuTurn> {
        async move { scheduler.turn(&CpuClient(name.into())).await }.boxed()
    }

    /// Requests a turn for each name at once, and returns the names in the order in which they get it.
    async fn order(scheduler: &CpuScheduler, names: &[&'static str]) -> Vec<&'static str> {
        let held = request(scheduler, "first").await;
        let mut waiting: FuturesUnordered<_> =
            names.iter().map(|name| request(scheduler, name).map(|_turn| *name)).collect();
        assert!(waiting.next().now_or_never().is_none(), "the only turn is held");
        drop(held);
        waiting.collect().await
    }

    #[tokio::test]
    async fn clients_take_turns() {
        let scheduler = CpuScheduler::new(Arc::new(InlineCpuPool), 1);
        let order = order(&scheduler, &["a", "a", "a", "a", "b", "b", "c"]).await;
        assert_eq!(order, ["a", "b", "c", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn a_turn_skips_requests_that_stopped_waiting() {
        let scheduler = CpuScheduler::new(Arc::new(InlineCpuPool), 1);
        let held = request(&scheduler, "a").await;
        let (mut left, mut waits) = (request(&scheduler, "b"), request(&scheduler, "c"));
        assert!(left.as_mut().now_or_never().is_none() && waits.as_mut().now_or_never().is_none());
        drop(left);
        drop(held);
        assert!(waits.now_or_never().is_some());
        assert_eq!(scheduler.queue().free, 1);
    }

    #[tokio::test]
    async fn a_turn_whose_request_left_too_late_is_free_again() {
        let scheduler = CpuScheduler::new(Arc::new(InlineCpuPool), 1);
        let held = request(&scheduler, "a").await;
        let mut late = request(&scheduler, "b");
        assert!(late.as_mut().now_or_never().is_none());
        drop(held);
        drop(late);
        assert_eq!(scheduler.queue().free, 1);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_frees_the_turn() {
        let scheduler = CpuScheduler::new(Arc::new(InlineCpuPool), 1);
        let turn = request(&scheduler, "a").await;
        let result = turn.run("testing", || panic!("on purpose")).await;
        assert_eq!(result.map_err(|error| error.to_string()), Err::<(), _>("testing: the work panicked".into()));
        assert_eq!(request(&scheduler, "a").await.run("testing", || 7).await.ok(), Some(7));
    }

    /// A pool that has stopped.
    struct Stopped;

    #[async_trait::async_trait]
    impl CpuPool for Stopped {
        async fn run(&self, _: crate::ports::cpu_pool::Work) {}
    }

    #[tokio::test]
    async fn work_that_is_not_run_is_an_error_and_frees_the_turn() {
        let scheduler = CpuScheduler::new(Arc::new(Stopped), 1);
        for _ in 0..2 {
            let result = request(&scheduler, "a").await.run("testing", || 7).await;
            assert!(result.unwrap_err().to_string().contains("did not run"));
        }
    }
}
