//! Errors of backups and restores.

use std::{io, path::Path};

use chat::ports::backup::StoreError;

/// Why a backup or a restore failed. `Display` is a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target directory has files already.
    #[error("the directory {0} is not empty: name a new one")]
    NotEmpty(String),
    /// The directory is no backup, or the backup was interrupted.
    #[error("{0} holds no complete backup: the file manifest.json is missing")]
    NoBackup(String),
    /// The manifest cannot be read.
    #[error("{file} is damaged ({cause}): use another backup")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A newer version of this program made the backup.
    #[error("{file} was written by a newer version of this program ({what}): restore it with that version")]
    Newer {
        /// The file.
        file: String,
        /// What this version does not know.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    Files {
        /// The file or directory.
        path: String,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The store refused, or did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// Returns a function for `map_err` that names a file or directory.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Files { path: path.display().to_string(), error }
    }

    pub(crate) fn damaged(path: &Path, cause: impl ToString) -> Self {
        Self::Damaged { file: path.display().to_string(), cause: cause.to_string() }
    }

    pub(crate) fn newer(path: &Path, what: impl ToString) -> Self {
        Self::Newer { file: path.display().to_string(), what: what.to_string() }
    }
}

pub(crate) type Result<T> = std::result::Result<T, BackupError>;
