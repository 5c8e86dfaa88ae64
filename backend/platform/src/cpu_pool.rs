//! The CPU pool of a process that serves many clients.

use std::{
    io,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, available_parallelism},
};

use async_trait::async_trait;
use chat::{
    cpu::CpuScheduler,
    ports::cpu_pool::{CpuPool, Work},
};
use tokio::sync::oneshot;

/// By how much the threads are "nicer" than those that serve sockets. Linux gives a thread with 10 about a tenth of the time of a
/// usual one, if both want the same processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Threads for work that occupies a processor. On Linux they have a lower priority than the threads that serve sockets, so that they
/// take a processor from these only while it is free.
pub struct ThreadCpuPool {
    queue: mpsc::Sender<Work>,
}

impl ThreadCpuPool {
    /// Starts a pool of at least one thread.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub fn start(threads: usize) -> io::Result<Self> {
        let (queue, works) = mpsc::channel();
        let works = Arc::new(Mutex::new(works));
        for _ in 0..threads.max(1) {
            let works = works.clone();
            thread::Builder::new().name("cpu".into()).spawn(move || run_all(&works))?;
        }
        Ok(Self { queue })
    }
}

#[async_trait]
impl CpuPool for ThreadCpuPool {
    async fn run(&self, work: Work) {
        let (ended, wait) = oneshot::channel::<()>();
        let work = Box::new(move || {
            work();
            drop(ended);
        });
        // The threads live as long as the pool, so this fails only if one of them was killed. The work is dropped then.
        if self.queue.send(work).is_ok() {
            drop(wait.await);
        }
    }
}

/// Runs works until the pool is dropped.
fn run_all(works: &Mutex<mpsc::Receiver<Work>>) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "lowering the priority of a CPU thread failed; searches may delay messages");
    }
    loop {
        let next = works.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(_) => return,
        }
    }
}

/// Returns the scheduler of this machine: one processor is always left for the sockets, unless there is only one.
///
/// # Errors
///
/// If the system cannot start the threads.
pub fn scheduler() -> io::Result<CpuScheduler> {
    let threads = available_parallelism().map_or(1, NonZero::get).saturating_sub(1).max(1);
    Ok(CpuScheduler::new(Arc::new(ThreadCpuPool::start(threads)?), threads))
}

#[cfg(test)]
mod tests {
    use std::thread::current;

    use chat::cpu::CpuClient;

    use super::*;

    #[tokio::test]
    async fn work_does_not_run_on_the_thread_of_the_sockets() {
        let turn = scheduler().unwrap().turn(&CpuClient::default()).await;
        let thread = turn.run("testing", || current().id()).await.unwrap();
        assert_ne!(thread, current().id());
    }

    #[tokio::test]
    async fn a_pool_runs_as_many_works_at_once_as_it_has_threads() {
        let pool = ThreadCpuPool::start(2).unwrap();
        let both = Arc::new(std::sync::Barrier::new(2));
        let meet = || {
            let both = both.clone();
            pool.run(Box::new(move || {
                both.wait();
            }))
        };
        tokio::join!(meet(), meet());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_threads_have_a_lower_priority_than_their_process() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let turn = scheduler().unwrap().turn(&CpuClient::default()).await;
        assert_eq!(turn.run("testing", niceness).await.unwrap(), (niceness() + NICENESS).min(19));
    }
}
