//! The database file, and the one thread that writes to it.
//!
//! Writes that arrive during a commit share the next one, so that many senders share one fsync. A write that need not survive a crash
//! by itself (taking a revision, writing an idempotency record) commits without an fsync. Commits are ordered, so the next durable one
//! includes it.

use std::{
    fs::{self, DirBuilder, File},
    io,
    path::Path,
    sync::Arc,
    thread,
};

use chat::ports::{
    Result, Unavailable,
    secrets::{Keys, Secrets},
};
use redb::{Database, Durability, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use shared_types::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::messages::idempotency::migrate;

/// Maximum number of writes in one commit; further ones wait for the next.
const BATCH: usize = 256;

/// Number of queued writes from which on senders wait.
const QUEUE: usize = 1024;

/// The secrets, by name: `signing` and `previous`.
const SECRETS: TableDefinition<'_, &str, &[u8; 32]> = TableDefinition::new("secrets");
/// When a secret was made, in milliseconds since 1970.
const SECRET_TIMES: TableDefinition<'_, &str, u64> = TableDefinition::new("secret_times");

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

/// Why a data directory cannot be used. `Display` is a sentence for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it.
    #[error("the data directory {0} is in use by another process: stop that one, or choose another with --data")]
    InUse(String),
    /// It cannot be read or written.
    #[error("the data directory {directory} can't be used: {cause}")]
    Unusable {
        /// The directory.
        directory: String,
        /// The error of the operating system.
        cause: String,
    },
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
        let name = || directory.display().to_string();
        let unusable = |cause: String| OpenError::Unusable { directory: name(), cause };
        make_directory(directory).map_err(|error| unusable(error.to_string()))?;
        let database = open_or_create(directory).map_err(|error| match error {
            redb::Error::DatabaseAlreadyOpen => OpenError::InUse(name()),
            other => unusable(other.to_string()),
        })?;
        Self::over(database).map_err(|error| unusable(error.to_string()))
    }

    /// Returns a store in an open database, whatever its backend: for tests that simulate a disk.
    ///
    /// # Errors
    ///
    /// If the data of an older version cannot be migrated, or the writer thread cannot be started.
    pub fn over(database: Database) -> io::Result<Self> {
        migrate(&database).map_err(io::Error::other)?;
        let database = Arc::new(database);
        let (writes, queue) = mpsc::channel(QUEUE);
        let written = database.clone();
        let writer = thread::Builder::new().name("store".into()).spawn(move || write_until_closed(&written, queue))?;
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

/// Creates a directory that other users of the machine cannot read: it holds the signing secret and the messages.
fn make_directory(directory: &Path) -> io::Result<()> {
    let mut maker = DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(directory)
}

/// Opens the database of a directory, and creates it if there is none.
///
/// redb cannot open a file whose creation was interrupted, so a database is created under a temporary name and renamed when it is
/// complete.
fn open_or_create(directory: &Path) -> std::result::Result<Database, redb::Error> {
    let file = directory.join("chat.redb");
    if !file.try_exists()? {
        // Of two processes that start at the same time, one creates it.
        let lock = File::create(directory.join("chat.redb.lock"))?;
        lock.lock()?;
        if !file.try_exists()? {
            create(directory, &file)?;
        }
    }
    Ok(Database::create(file)?)
}

fn create(directory: &Path, file: &Path) -> std::result::Result<(), redb::Error> {
    let unfinished = directory.join("chat.redb.new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    drop(Database::create(&unfinished)?);
    fs::rename(&unfinished, file)?;
    Ok(sync_directory(directory)?)
}

/// Makes the names in a directory durable. Only Unix can open a directory for that.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(())
}

#[async_trait::async_trait]
impl Secrets for Store {
    async fn keep_first(&self, proposed: [u8; 32], now: Timestamp) -> Result<Keys> {
        self.write("keeping the signing secret", WriteDurability::Now, move |transaction| {
            if let Some(kept) = kept_secrets(transaction)? {
                return Ok(kept);
            }
            let fresh = Keys { current: proposed, previous: None, made_at: now };
            keep_secrets(transaction, &fresh)?;
            Ok(fresh)
        })
        .await
    }

    async fn replace(&self, seen: &Keys, fresh: [u8; 32], now: Timestamp) -> Result<bool> {
        let seen = *seen;
        self.write("changing the signing secret", WriteDurability::Now, move |transaction| {
            if kept_secrets(transaction)? != Some(seen) {
                return Ok(false);
            }
            keep_secrets(transaction, &Keys { current: fresh, previous: Some(seen.current), made_at: now })?;
            Ok(true)
        })
        .await
    }
}

fn kept_secrets(transaction: &WriteTransaction) -> std::result::Result<Option<Keys>, redb::Error> {
    let (secrets, times) = (transaction.open_table(SECRETS)?, transaction.open_table(SECRET_TIMES)?);
    let Some(current) = secrets.get("signing")?.map(|kept| *kept.value()) else { return Ok(None) };
    let previous = secrets.get("previous")?.map(|kept| *kept.value());
    let made_at = Timestamp(times.get("signing")?.map(|at| at.value()).unwrap_or_default());
    Ok(Some(Keys { current, previous, made_at }))
}

fn keep_secrets(transaction: &WriteTransaction, keys: &Keys) -> std::result::Result<(), redb::Error> {
    let mut secrets = transaction.open_table(SECRETS)?;
    secrets.insert("signing", &keys.current)?;
    if let Some(previous) = &keys.previous {
        secrets.insert("previous", previous)?;
    }
    transaction.open_table(SECRET_TIMES)?.insert("signing", keys.made_at.0)?;
    Ok(())
}

fn write_until_closed(database: &Database, mut queue: mpsc::Receiver<Write>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let mut answers = Vec::with_capacity(batch.len());
        let committed = commit(database, &mut batch, &mut answers).map_err(|error| {
            tracing::error!(%error, writes = answers.len(), "commit failed; its writes are answered with an error");
            error.to_string()
        });
        // Work that a failed batch did not reach is dropped here; its callers learn it from the closed channel.
        batch.clear();
        for answer in answers {
            answer(committed.as_ref().map(|&()| ()).map_err(String::as_str));
        }
    }
}

fn commit(
    database: &Database,
    batch: &mut Vec<Write>,
    answers: &mut Vec<Answer>,
) -> std::result::Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    let durability = batch.iter().any(|write| write.durability == WriteDurability::Now);
    transaction.set_durability(if durability { Durability::Immediate } else { Durability::None })?;
    for write in batch.drain(..) {
        let (outcome, answer) = (write.work)(&transaction);
        answers.push(answer);
        // One failed write means that the file is damaged: the whole batch is rolled back, and every caller gets the error.
        outcome?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_interrupted_creation_is_repeated() {
        let directory = tempfile::tempdir().unwrap();
        // What redb leaves when it is interrupted before its first sync.
        let half_created = vec![0; 4096];
        fs::write(directory.path().join("broken.redb"), &half_created).unwrap();
        assert!(Database::create(directory.path().join("broken.redb")).is_err());

        fs::write(directory.path().join("chat.redb.new"), &half_created).unwrap();
        let kept = Store::open(directory.path()).unwrap().keep_first([1; 32], Timestamp(1)).await.unwrap();
        let found = Store::open(directory.path()).unwrap().keep_first([2; 32], Timestamp(2)).await.unwrap();
        assert_eq!((kept.current, found), ([1; 32], kept));
        assert!(!directory.path().join("chat.redb.new").exists());
    }

    #[cfg(unix)]
    #[test]
    fn other_users_cannot_read_the_directory() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");
        drop(Store::open(&directory).unwrap());
        assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_foreign_file_is_refused_and_left_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("chat.redb");
        fs::write(&file, "somebody's own").unwrap();
        assert!(matches!(Store::open(directory.path()), Err(OpenError::Unusable { .. })));
        assert_eq!(fs::read_to_string(file).unwrap(), "somebody's own");
    }
}
