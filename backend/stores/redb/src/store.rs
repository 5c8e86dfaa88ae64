//! The file everything is kept in, and the one thread that writes to it.
//!
//! Writes that wait while a commit is under way are taken into the next commit together, so that many senders share one
//! fsync. A write that need not survive a crash by itself (taking a revision, claiming a place) commits without an
//! fsync; commits are ordered, so the next durable one carries it along.

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

use crate::messages::idempotency::take_over;

/// The most writes in one commit; more wait for the next.
const BATCH: usize = 256;

/// Writes that may wait in line before senders wait for a place in it.
const QUEUE: usize = 1024;

/// The secrets, by which of the two they are.
const SECRETS: TableDefinition<'_, &str, &[u8; 32]> = TableDefinition::new("secrets");
/// When a secret was made, in milliseconds.
const SECRET_TIMES: TableDefinition<'_, &str, u64> = TableDefinition::new("secret_times");

/// The store of one data directory. Clones share it; the last one to go finishes the writes and lets the directory go.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    database: Arc<Database>,
    /// There until the end.
    writes: Option<mpsc::Sender<Write>>,
    writer: Option<thread::JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        drop(self.writes.take());
        // A writer that panicked has nothing left to finish.
        self.writer.take().map(thread::JoinHandle::join);
    }
}

/// Why a data directory can't be used. Its `Display` is a sentence for the one who started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the data directory {0} is in use by another process: stop that one, or choose another with --data")]
    InUse(String),
    /// It can't be read or written.
    #[error("the data directory {directory} can't be used: {cause}")]
    Unusable {
        /// The directory.
        directory: String,
        /// What the system says.
        cause: String,
    },
}

/// Whether a write must survive a crash by the time it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteDurability {
    /// It must: the commit is fsynced.
    Now,
    /// It may wait for the next commit that must.
    Later,
}

type Answer = Box<dyn FnOnce(std::result::Result<(), &str>) + Send>;
type Work = Box<dyn FnOnce(&WriteTransaction) -> (std::result::Result<(), redb::Error>, Answer) + Send>;

struct Write {
    lasting: WriteDurability,
    work: Work,
}

impl Store {
    /// Opens the store in a directory, making both if they are not there.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when another process holds it or the system refuses it.
    pub fn open(directory: &Path) -> std::result::Result<Self, OpenError> {
        let name = || directory.display().to_string();
        let unusable = |cause: String| OpenError::Unusable { directory: name(), cause };
        make_directory(directory).map_err(|error| unusable(error.to_string()))?;
        let database = open_or_make(directory).map_err(|error| match error {
            redb::Error::DatabaseAlreadyOpen => OpenError::InUse(name()),
            other => unusable(other.to_string()),
        })?;
        Self::over(database).map_err(|error| unusable(error.to_string()))
    }

    /// A store in a database that is open already, wherever that keeps its bytes: the way for tests that need a disk
    /// of their own making, and for other backends than a file.
    ///
    /// # Errors
    ///
    /// When what an older version left can't be taken over, or the system has no thread for the writer.
    pub fn over(database: Database) -> io::Result<Self> {
        take_over(&database).map_err(io::Error::other)?;
        let database = Arc::new(database);
        let (writes, queue) = mpsc::channel(QUEUE);
        let written = database.clone();
        let writer = thread::Builder::new().name("store".into()).spawn(move || write_until_closed(&written, queue))?;
        Ok(Self { shared: Arc::new(Shared { database, writes: Some(writes), writer: Some(writer) }) })
    }

    /// Runs `work` in the next commit and answers after it.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        lasting: WriteDurability,
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
                // Whoever asked may have gone meanwhile; the write stands all the same.
                drop(reply.send(result));
            });
            (outcome, answer)
        });
        let stopped = || Unavailable { doing, cause: "the store has stopped".into() };
        let writes = self.shared.writes.as_ref().ok_or_else(stopped)?;
        writes.send(Write { lasting, work }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?.map_err(|cause| Unavailable { doing, cause })
    }

    /// Runs `work` on the state after the last commit.
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

/// Makes a directory that nobody else on the machine can read: it holds the signing secret, and what people said.
fn make_directory(directory: &Path) -> io::Result<()> {
    let mut maker = DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(directory)
}

/// Opens the database of a directory, and makes it first if there is none.
///
/// redb can't open a file whose making was broken off, so a database is made under another name, and gets its own when
/// it is whole.
fn open_or_make(directory: &Path) -> std::result::Result<Database, redb::Error> {
    let file = directory.join("chat.redb");
    if !file.try_exists()? {
        // Of two processes that start at once, one makes it.
        let turn = File::create(directory.join("chat.redb.lock"))?;
        turn.lock()?;
        if !file.try_exists()? {
            make(directory, &file)?;
        }
    }
    Ok(Database::create(file)?)
}

fn make(directory: &Path, file: &Path) -> std::result::Result<(), redb::Error> {
    let unfinished = directory.join("chat.redb.new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    drop(Database::create(&unfinished)?);
    fs::rename(&unfinished, file)?;
    Ok(sync_directory(directory)?)
}

/// Lets the names in a directory outlast a power cut, as much as what they name. Only Unix opens a directory to say so.
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
            tracing::error!(%error, writes = answers.len(), "a commit failed");
            error.to_string()
        });
        // Work that a failed batch did not come to is dropped here, and its askers learn it from the closed channel.
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
    let lasting = batch.iter().any(|write| write.lasting == WriteDurability::Now);
    transaction.set_durability(if lasting { Durability::Immediate } else { Durability::None })?;
    for write in batch.drain(..) {
        let (outcome, answer) = (write.work)(&transaction);
        answers.push(answer);
        // One failed write means the file is in trouble: nothing of the batch is kept, and everyone is told.
        outcome?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_whose_making_was_broken_off_is_made_anew() {
        let directory = tempfile::tempdir().unwrap();
        // What redb leaves when it is stopped before its first sync.
        let half_made = vec![0; 4096];
        fs::write(directory.path().join("broken.redb"), &half_made).unwrap();
        assert!(Database::create(directory.path().join("broken.redb")).is_err());

        fs::write(directory.path().join("chat.redb.new"), &half_made).unwrap();
        let kept = Store::open(directory.path()).unwrap().keep_first([1; 32], Timestamp(1)).await.unwrap();
        let found = Store::open(directory.path()).unwrap().keep_first([2; 32], Timestamp(2)).await.unwrap();
        assert_eq!((kept.current, found), ([1; 32], kept));
        assert!(!directory.path().join("chat.redb.new").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_on_the_machine_can_read_the_directory() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("data");
        drop(Store::open(&directory).unwrap());
        assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("chat.redb");
        fs::write(&file, "somebody's own").unwrap();
        assert!(matches!(Store::open(directory.path()), Err(OpenError::Unusable { .. })));
        assert_eq!(fs::read_to_string(file).unwrap(), "somebody's own");
    }
}
