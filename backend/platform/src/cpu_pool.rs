//! The CPU pool of a process that serves many clients.

use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use async_trait::async_trait;
use chat::{
    cpu::CpuScheduler,
    ports::cpu_pool::{CpuPool, Work},
};

/// Runs work on the threads that tokio keeps for blocking work, beside those that serve sockets.
///
/// Tokio has up to 512 of these threads. How many of them work at the same time is bounded by the turns of a [`CpuScheduler`].
pub struct BlockingCpuPool;

#[async_trait]
impl CpuPool for BlockingCpuPool {
    async fn run(&self, work: Work) {
        // The only error is that the runtime stops. Then the work is dropped.
        drop(tokio::task::spawn_blocking(work).await);
    }
}

/// Returns the scheduler of this machine: one processor is always left for the sockets, unless there is only one.
pub fn scheduler() -> CpuScheduler {
    let processors = available_parallelism().map_or(1, NonZero::get);
    CpuScheduler::new(Arc::new(BlockingCpuPool), processors.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use std::thread::current;

    use chat::cpu::CpuClient;

    use super::*;

    #[tokio::test]
    async fn work_does_not_run_on_the_thread_of_the_sockets() {
        let turn = scheduler().turn(&CpuClient::default()).await;
        let thread = turn.run("testing", || current().id()).await.unwrap();
        assert_ne!(thread, current().id());
    }
}
