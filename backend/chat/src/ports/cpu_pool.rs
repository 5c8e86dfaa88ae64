//! Threads for work that occupies a processor.

use async_trait::async_trait;

/// Work that occupies a processor for milliseconds. It does not block and does not wait.
pub type Work = Box<dyn FnOnce() + Send>;

/// Runs work that would delay the sockets of other people if it ran between their frames.
#[async_trait]
pub trait CpuPool: Send + Sync {
    /// Runs `work`, and returns when it has ended or cannot be run.
    ///
    /// In a process that handles several requests at the same time, an implementation MUST NOT use a thread that serves sockets.
    /// It MUST return in both cases, so that no caller waits for ever. The work never panics: [`CpuTurn::run`] catches it.
    ///
    /// [`CpuTurn::run`]: crate::cpu::CpuTurn::run
    async fn run(&self, work: Work);
}

/// Runs work on the thread of its caller: for functions, which handle one request at a time, and for tests.
pub struct InlineCpuPool;

#[async_trait]
impl CpuPool for InlineCpuPool {
    async fn run(&self, work: Work) {
        work();
    }
}
