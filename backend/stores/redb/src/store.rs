//! The database file, and the one thread that writes to it.
//!
//! Writes that arrive during a commit share the next one, so that many senders share one fsync. A write that need not survive a crash
//! by itself (taking a revision, writing an idempotency record) commits without an fsync. Commits are ordered, so the next durable one
//! includes it.

use std::{convert::Infallible, io, path::Path, sync, sync::Arc, thread, time::Duration};

use chat::ports::{Result, Unavailable};
use redb::{Database, ReadTransaction, WriteTransaction};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot, watch,
};

use crate::store::{
    handle::DatabaseHandle,
    open::Fault,
    writer::{Answer, Recovery, Repeat, Work, Write, Writer},
};

mod backup_source;
mod file_copy;
mod handle;
pub(crate) mod migrations;
mod open;
mod restore_target;
mod secrets;
mod state;
mod writer;

pub use backup_source::{DirectoryImages, TableRecords};
pub use file_copy::{CopyError, CopySummary, restore};
pub use open::OpenError;
pub(crate) use open::{FILE_NAME, sync_directory};
pub use restore_target::DirectoryTarget;
pub use state::StoreState;

/// Number of queued writes from which on senders wait.
const QUEUE: usize = 1024;

/// The store of one data directory. Clones share it; dropping the last one finishes the writes and releases the directory.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    database: Arc<DatabaseHandle>,
    source: Arc<dyn DatabaseSource>,
    state: watch::Receiver<StoreState>,
    /// `Some` until the store is dropped.
    writes: Option<mpsc::Sender<Write>>,
    /// `Some` until the store is dropped. It ends the pauses of the writer thread.
    closing: Option<sync::mpsc::Sender<Infallible>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop((self.writes.take(), self.closing.take()));
        // A writer that panicked has nothing to finish.
        self.writer.take().map(thread::JoinHandle::join);
    }
}

/// Opens the database of a store: at its start, and again after an error.
pub trait DatabaseSource: Send + Sync + 'static {
    /// Opens the database.
    ///
    /// # Errors
    ///
    /// If it cannot be opened. The caller may try again.
    fn open(&self) -> std::result::Result<Database, redb::Error>;

    /// Checks that the open file is still where the next start looks for it.
    ///
    /// # Errors
    ///
    /// A sentence that says where it is missing.
    fn check_place(&self) -> std::result::Result<(), String> {
        Ok(())
    }

    /// Returns how long the store tries to reopen the database after an error. After that it fails.
    ///
    /// A volume that reconnects, or a disk on which somebody makes space, takes some seconds. A process that cannot even read for a
    /// minute is better restarted by its supervisor, where it is noticed.
    fn reopen_within(&self) -> Duration {
        Duration::from_secs(60)
    }
}

impl Store {
    /// Opens the store of a directory, and creates both if they are missing.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if another process uses it or it cannot be opened.
    pub fn open(directory: &Path) -> std::result::Result<Self, OpenError> {
        let opened = open::open_or_create(directory).map_err(|fault| fault.in_directory(directory));
        let (database, file) = opened?;
        Self::of(database, file).map_err(|error| Fault::from(redb::Error::from(error)).in_directory(directory))
    }

    /// Returns a store in the database of a source: for tests that simulate a disk.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened, the data of an older version cannot be migrated, or the writer thread cannot be started.
    pub fn over(source: impl DatabaseSource) -> io::Result<Self> {
        let database = source.open().map_err(io::Error::other)?;
        migrations::migrate(&database, None).map_err(io::Error::other)?;
        Self::of(database, source)
    }

    fn of(database: Database, source: impl DatabaseSource) -> io::Result<Self> {
        let (database, source) = (Arc::new(DatabaseHandle::new(database)), Arc::new(source));
        let (writes, queue) = mpsc::channel(QUEUE);
        let (closing, closed) = sync::mpsc::channel();
        let (state, states) = watch::channel(StoreState::Ready);
        let (handle, recovery) = (database.clone(), Recovery::default());
        let writer = Writer { handle, source: source.clone(), state, closing: closed, recovery };
        let writer = thread::Builder::new().name("store".into()).spawn(move || writer.run(queue))?;
        let (writes, closing, writer) = (Some(writes), Some(closing), Some(writer));
        Ok(Self { shared: Arc::new(Shared { database, source, state: states, writes, closing, writer }) })
    }

    /// Returns the state, and its changes.
    pub fn state(&self) -> watch::Receiver<StoreState> {
        self.shared.state.clone()
    }

    /// Checks that the store can read and write, and that its file is still in the data directory.
    ///
    /// # Errors
    ///
    /// A sentence that says why not. It does not contain the cause, so it may be shown to strangers.
    pub fn check_ready(&self) -> std::result::Result<(), &'static str> {
        match *self.shared.state.borrow() {
            StoreState::Ready => {}
            StoreState::Reopening { .. } => return Err("the store is being reopened after an error"),
            StoreState::Paused { .. } => return Err("writes are paused after an error"),
            StoreState::Failed { .. } => return Err("the store could not be reopened after an error"),
        }
        self.shared.source.check_place().map_err(|_| "the database file is not in the data directory any more")
    }

    /// Runs `work` in the next commit and returns after it. The write is durable then.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&WriteTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
    ) -> Result<T> {
        self.enqueue(doing, work, None).await
    }

    /// Runs `work` in the next commit and returns after it. A crash can lose the write until the next durable commit.
    ///
    /// An error of a later commit can lose it, too. `work` is repeated then, with the same result, because the callers are still there.
    pub(crate) async fn write_later<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl Fn(&WriteTransaction) -> std::result::Result<T, redb::Error> + Send + Sync + 'static,
    ) -> Result<T> {
        let work = Arc::new(work);
        let again = work.clone();
        let repeat = Arc::new(move |transaction: &WriteTransaction| again(transaction).map(drop));
        self.enqueue(doing, move |transaction| work(transaction), Some(repeat)).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&WriteTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
        repeat: Option<Repeat>,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |transaction| {
            let (outcome, value) = match work(transaction) {
                Ok(value) => (Ok(()), Some(value)),
                Err(error) => (Err(error), None),
            };
            let answer: Answer = Box::new(move |committed| {
                let result = committed.map_err(String::from).and_then(|()| value.ok_or_else(|| "not written".into()));
                // The caller may have stopped waiting. The write is made all the same.
                drop(reply.send(result));
            });
            (outcome, answer)
        });
        let refused = |cause| Unavailable { doing, cause };
        if let Some(cause) = self.shared.state.borrow().write_refusal() {
            return Err(refused(cause));
        }
        let not_written = || refused("an error of another write ended the commit before this one".into());
        let writes = self.shared.writes.as_ref().ok_or_else(not_written)?;
        // Without waiting if there is room, so that the first poll decides the order.
        match writes.try_send(Write { work, repeat }) {
            Ok(()) => {}
            Err(TrySendError::Full(write)) => writes.send(write).await.map_err(|_| not_written())?,
            Err(TrySendError::Closed(_)) => return Err(not_written()),
        }
        answer.await.map_err(|_| not_written())?.map_err(refused)
    }

    /// Runs `work` on the state of the last commit.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&ReadTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
    ) -> Result<T> {
        let refused = |cause| Unavailable { doing, cause };
        if let Some(cause) = self.shared.state.borrow().read_refusal() {
            return Err(refused(cause));
        }
        let database = self.shared.database.clone();
        let read = move || work(&database.begin_read()?);
        tokio::task::spawn_blocking(read)
            .await
            // Not the panic's message: it could quote what is stored.
            .map_err(|_| refused("redb panicked; the file may be damaged".into()))?
            .map_err(Unavailable::while_doing(doing))
    }
}

#[cfg(test)]
mod tests {
    use chat::ports::secrets::Secrets;
    use shared_types::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_write_or_read_is_an_error_and_others_go_on() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let kept = store.keep_first([1; 32], Timestamp(1)).await.unwrap();
        let write = store.write("writing", |_| -> std::result::Result<(), redb::Error> { panic!("a secret text") });
        let read = store.read("reading", |_| -> std::result::Result<(), redb::Error> { panic!("a secret text") });
        for panicked in [write.await, read.await] {
            assert!(!panicked.unwrap_err().to_string().contains("secret"));
        }
        let ready = |state: &StoreState| *state == StoreState::Ready;
        drop(store.state().wait_for(ready).await.unwrap());
        assert_eq!(store.keep_first([2; 32], Timestamp(2)).await.unwrap(), kept);
    }
}
