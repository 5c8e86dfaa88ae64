//! The open database, which the writer thread can close and replace.

use std::sync::{PoisonError, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

/// The open database, or none while it is being reopened.
pub(crate) struct DatabaseHandle(RwLock<Option<Database>>);

impl DatabaseHandle {
    pub(crate) fn new(database: Database) -> Self {
        Self(RwLock::new(Some(database)))
    }

    /// Begins to read the state of the last commit.
    pub(crate) fn begin_read(&self) -> Result<ReadTransaction, redb::Error> {
        let database = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(database.as_ref().ok_or(redb::Error::DatabaseClosed)?.begin_read()?)
    }

    pub(crate) fn begin_write(&self) -> Result<WriteTransaction, redb::Error> {
        let database = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(database.as_ref().ok_or(redb::Error::DatabaseClosed)?.begin_write()?)
    }

    /// Closes the database and releases the lock of its file. Reads in progress fail.
    pub(crate) fn close(&self) {
        drop(self.0.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Puts a database in the place of the closed one.
    pub(crate) fn replace(&self, database: Database) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(database);
    }
}
