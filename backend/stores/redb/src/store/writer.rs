//! The thread that writes to the database, and reopens it after an error.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use redb::{Database, Durability, WriteTransaction};
use tokio::sync::{mpsc, watch};

use crate::store::{DatabaseSource, handle::DatabaseHandle, state::StoreState};

/// Maximum number of writes in one commit; further ones wait for the next.
const BATCH: usize = 256;

/// Number of writes without an fsync after which a commit is durable in any case. They are kept to be repeated after an error, some
/// 300 bytes each: 1,024 are 0.3 MB.
const LATER_WRITES: usize = 1024;

/// Pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Maximum pause between two attempts to open the file.
const MAX_REOPEN_PAUSE: Duration = Duration::from_secs(2);

/// Maximum pause of writes while commits fail. Each failed commit costs a repair that reads the whole file, so that a full disk costs
/// one repair in this time.
const MAX_WRITE_PAUSE: Duration = Duration::from_secs(5);

pub(super) type Answer = Box<dyn FnOnce(Result<(), &str>) + Send>;
pub(super) type Work = Box<dyn FnOnce(&WriteTransaction) -> (Result<(), redb::Error>, Answer) + Send>;
pub(super) type Repeat = Arc<dyn Fn(&WriteTransaction) -> Result<(), redb::Error> + Send + Sync>;

/// A write in the queue.
pub(super) struct Write {
    pub(super) work: Work,
    /// `None` if the write must be durable when it is answered. Else it may wait for the next durable commit, and this repeats it if an
    /// error loses it before that.
    pub(super) repeat: Option<Repeat>,
}

/// Why a commit failed.
struct Failure {
    cause: String,
    /// Whether redb refuses all further work until the file is opened again.
    needs_reopening: bool,
}

impl From<redb::Error> for Failure {
    fn from(error: redb::Error) -> Self {
        use redb::Error::{Backend, DatabaseClosed, Io, LockPoisoned, PreviousIo};
        let needs_reopening = matches!(error, Io(_) | PreviousIo | Backend(_) | DatabaseClosed | LockPoisoned(_));
        Self { cause: error.to_string(), needs_reopening }
    }
}

/// The state of the writer thread.
pub(super) struct Writer {
    pub(super) handle: Arc<DatabaseHandle>,
    pub(super) source: Arc<dyn DatabaseSource>,
    pub(super) state: watch::Sender<StoreState>,
    /// Disconnected when the store is dropped.
    pub(super) closing: Receiver<Infallible>,
    pub(super) recovery: Recovery,
}

/// What the writer needs to know to recover from an error.
#[derive(Default)]
pub(super) struct Recovery {
    /// The writes since the last durable commit, in order. They were answered, so their callers rely on them.
    later: Vec<Repeat>,
    /// Whether an error has lost them, so that the next commit repeats them.
    is_lost: bool,
    /// Number of commits that have failed since the last durable one.
    failures: u32,
    /// Whether the file was missing at the last commit.
    is_missing: bool,
}

impl Writer {
    /// Writes what is in the queue until the store is dropped or the file cannot be opened again.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Write>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
            // On a busy machine other senders are about to add theirs, and would have to wait for a commit of their own.
            thread::yield_now();
            while batch.len() < BATCH
                && let Ok(write) = queue.try_recv()
            {
                batch.push(write);
            }
            let mut answers = Vec::with_capacity(batch.len());
            let failure = self.commit(&mut batch, &mut answers).err();
            // Work that a failed batch did not reach is dropped here; its callers learn it from the closed channel.
            batch.clear();
            if let Some(Failure { cause, needs_reopening: true }) = &failure {
                self.state.send_replace(StoreState::Reopening { cause: cause.clone() });
            }
            for answer in answers {
                answer(failure.as_ref().map_or(Ok(()), |failure| Err(failure.cause.as_str())));
            }
            if let Some(Failure { cause, needs_reopening: true }) = failure {
                let is_open = self.reopen(&mut queue) && self.pause_writes(cause, &mut queue);
                if !is_open {
                    return;
                }
            }
        }
    }

    /// Commits a batch. After an error nothing of it is kept.
    fn commit(&mut self, batch: &mut Vec<Write>, answers: &mut Vec<Answer>) -> Result<(), Failure> {
        let Recovery { later, is_lost, .. } = &self.recovery;
        let is_durable = *is_lost || later.len() >= LATER_WRITES || batch.iter().any(|write| write.repeat.is_none());
        let lost = if *is_lost { later.as_slice() } else { &[] };
        let writes = batch.len();
        let write = || write_batch(&self.handle, is_durable, lost, batch, answers);
        let written = match catch_unwind(AssertUnwindSafe(write)) {
            Ok(written) => written.map_err(Failure::from),
            Err(_) => Err(Failure { cause: "redb panicked; the file may be damaged".into(), needs_reopening: true }),
        };
        let new = written.inspect_err(|Failure { cause, .. }| {
            tracing::error!(%cause, writes, "commit failed; its writes are answered with an error");
        })?;
        if is_durable {
            self.recovery = Recovery { is_missing: self.recovery.is_missing, ..Recovery::default() };
        } else {
            self.recovery.later.extend(new);
        }
        self.check_place()
    }

    /// Checks that the file is still where the next start looks for it.
    fn check_place(&mut self) -> Result<(), Failure> {
        let checked = self.source.check_place();
        if let Err(cause) = &checked
            && !self.recovery.is_missing
        {
            tracing::error!(%cause, "writes are refused; put the directory back, or restart the server with a backup");
        }
        self.recovery.is_missing = checked.is_err();
        checked.map_err(|cause| Failure { cause, needs_reopening: false })
    }

    /// Closes the file and opens it again. Returns false if that is impossible, or if the store is dropped meanwhile.
    fn reopen(&mut self, queue: &mut mpsc::Receiver<Write>) -> bool {
        self.recovery.is_lost = true;
        self.recovery.failures = self.recovery.failures.saturating_add(1);
        self.handle.close();
        let deadline = Instant::now() + self.source.reopen_within();
        let mut pause = FIRST_PAUSE;
        loop {
            let cause = match open(self.source.as_ref()) {
                Ok(database) => {
                    self.handle.replace(database);
                    tracing::info!("the store was reopened after an error");
                    return true;
                }
                Err(cause) => cause,
            };
            if Instant::now() >= deadline {
                tracing::error!(%cause, "reopening the store failed; giving up");
                self.state.send_replace(StoreState::Failed { cause });
                return false;
            }
            tracing::warn!(%cause, pause_ms = pause.as_millis(), "reopening the store failed; retrying after a pause");
            if !self.wait(pause, queue) {
                return false;
            }
            pause = (pause * 2).min(MAX_REOPEN_PAUSE);
        }
    }

    /// Refuses writes for a time if several commits in a row have failed, and then accepts them again. Returns false if the store is
    /// dropped meanwhile.
    fn pause_writes(&mut self, cause: String, queue: &mut mpsc::Receiver<Write>) -> bool {
        if let Some(doublings) = self.recovery.failures.checked_sub(2) {
            self.state.send_replace(StoreState::Paused { cause });
            let pause = FIRST_PAUSE.saturating_mul(1 << doublings.min(6)).min(MAX_WRITE_PAUSE);
            if !self.wait(pause, queue) {
                return false;
            }
        }
        self.state.send_replace(StoreState::Ready);
        true
    }

    /// Waits, and then drops the writes that were queued before the state was visible; their callers learn it from the closed channel.
    /// Returns false if the store is dropped meanwhile.
    fn wait(&self, pause: Duration, queue: &mut mpsc::Receiver<Write>) -> bool {
        let waited = self.closing.recv_timeout(pause);
        while queue.try_recv().is_ok() {}
        matches!(waited, Err(RecvTimeoutError::Timeout))
    }
}

/// Writes a batch in one transaction, after the writes that an error has lost. Returns what repeats the writes of the batch.
fn write_batch(
    handle: &DatabaseHandle,
    is_durable: bool,
    lost: &[Repeat],
    batch: &mut Vec<Write>,
    answers: &mut Vec<Answer>,
) -> Result<Vec<Repeat>, redb::Error> {
    let mut transaction = handle.begin_write()?;
    transaction.set_durability(if is_durable { Durability::Immediate } else { Durability::None })?;
    for repeat in lost {
        repeat(&transaction)?;
    }
    let mut repeats = Vec::new();
    for write in batch.drain(..) {
        let (outcome, answer) = (write.work)(&transaction);
        answers.push(answer);
        // One failed write means that the file is damaged: the whole batch is rolled back, and every caller gets the error.
        outcome?;
        repeats.extend(write.repeat);
    }
    transaction.commit()?;
    Ok(repeats)
}

/// Opens the database of a source. redb panics for some damaged files.
fn open(source: &dyn DatabaseSource) -> Result<Database, String> {
    let opened = catch_unwind(AssertUnwindSafe(|| source.open()));
    opened.unwrap_or(Err(redb::Error::Corrupted("redb panicked".into()))).map_err(|error| error.to_string())
}
