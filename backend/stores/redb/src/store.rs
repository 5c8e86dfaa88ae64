//! The database file, and the one thread that writes to it.
//!
//! Writes that arrive during a commit share the next one, so that many senders share one fsync. A write that need not survive a crash
//! by itself (taking a revision, writing an idempotency record) commits without an fsync. Commits are ordered, so the next durable one
//! includes it.

use std::{io, path::Path, sync::Arc, thread};

use chat::ports::{Result, Unavailable};
use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

pub(crate) mod migrations;
mod open;
mod secrets;
mod writer;

use open::Fault;
pub use open::OpenError;
pub(crate) use open::sync_directory;

/// Number of queued writes from which on senders wait.
const QUEUE: usize = 1024;

/// The store of one data directory. Clones share it; dropping the last one finishes the writes and releases the directory.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    database: Arc<Database>,
    /// `Some` until the store is dropped.
    writes: Option<mpsc::Sender<Write>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop(self.writes.take());
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
}

/// Whether a write must be durable when it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteDurability {
    /// It must: the commit is fsynced.
    Now,
    /// It may wait for the next durable commit.
    Later,
}

type Answer = Box<dyn FnOnce(std::result::Result<(), &str>) + Send>;
type Work = Box<dyn FnOnce(&WriteTransaction) -> (std::result::Result<(), redb::Error>, Answer) + Send>;

struct Write {
    durability: WriteDurability,
    work: Work,
}

impl Store {
    /// Opens the store of a directory, and creates both if they are missing.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if another process uses it or it cannot be opened.
    pub fn open(directory: &Path) -> std::result::Result<Self, OpenError> {
        let database = open::open_or_create(directory).map_err(|fault| fault.in_directory(directory))?;
        Self::of(database).map_err(|error| Fault::from(redb::Error::from(error)).in_directory(directory))
    }

    /// Returns a store in the database of a source: for tests that simulate a disk.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened, the data of an older version cannot be migrated, or the writer thread cannot be started.
    pub fn over(source: impl DatabaseSource) -> io::Result<Self> {
        let database = source.open().map_err(io::Error::other)?;
        migrations::migrate(&database).map_err(io::Error::other)?;
        Self::of(database)
    }

    fn of(database: Database) -> io::Result<Self> {
        let database = Arc::new(database);
        let (writes, queue) = mpsc::channel(QUEUE);
        let written = database.clone();
        let writer =
            thread::Builder::new().name("store".into()).spawn(move || writer::write_until_closed(&written, queue))?;
        Ok(Self { shared: Arc::new(Shared { database, writes: Some(writes), writer: Some(writer) }) })
    }

    /// Runs `work` in the next commit and returns after it.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        durability: WriteDurability,
        work: impl FnOnce(&WriteTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
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
        let stopped = || Unavailable { doing, cause: "the store has stopped".into() };
        let writes = self.shared.writes.as_ref().ok_or_else(stopped)?;
        writes.send(Write { durability, work }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?.map_err(|cause| Unavailable { doing, cause })
    }

    /// Runs `work` on the state of the last commit.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&ReadTransaction) -> std::result::Result<T, redb::Error> + Send + 'static,
    ) -> Result<T> {
        let database = self.shared.database.clone();
        let read = move || work(&database.begin_read()?);
        tokio::task::spawn_blocking(read)
            .await
            .map_err(Unavailable::while_doing(doing))?
            .map_err(Unavailable::while_doing(doing))
    }
}
