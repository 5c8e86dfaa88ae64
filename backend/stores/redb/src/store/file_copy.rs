//! Makes a data directory of a copy of one, which is what `local backup` made in older versions.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use redb::{ReadableDatabase, ReadableTableMetadata};

use crate::{
    images::PICTURES,
    messages,
    store::open::{self, FILE_NAME, Fault, OpenError, UNFINISHED_NAME},
};

/// Folder of the images of messages in a data directory. Uploads without a message are not copied.
pub(super) const IMAGES: &str = "images";

/// What a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopySummary {
    /// Number of messages.
    pub messages: u64,
    /// Number of image files.
    pub images: u64,
}

/// Why a restore failed. `Display` is a sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The target has files already.
    #[error("the directory {0} is not empty: name a new one")]
    NotEmpty(String),
    /// The source is no backup, or the backup was interrupted.
    #[error("{0} holds no complete backup: the file chat.redb is missing")]
    NoBackup(String),
    /// The copy cannot be read by this version.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be read or written.
    #[error("the database could not be copied: {0}")]
    Database(#[from] redb::Error),
    /// A file cannot be read or written.
    #[error("the files could not be copied: {0}")]
    Files(#[from] io::Error),
}

/// Makes a data directory of a backup, which stays unchanged. Blocks the thread.
///
/// # Errors
///
/// [`CopyError`] if the backup is not complete, is damaged or was made by a newer version, or if the target is not empty.
pub fn restore(backup: &Path, target: &Path) -> Result<CopySummary, CopyError> {
    let database = backup.join(FILE_NAME);
    if !database.try_exists()? {
        return Err(CopyError::NoBackup(backup.display().to_string()));
    }
    prepare(target)?;
    let unfinished = target.join(UNFINISHED_NAME);
    let checked = copy_file(&database, &unfinished).map_err(CopyError::from).and_then(|()| check(backup, &unfinished));
    let messages = match checked {
        Ok(messages) => messages,
        Err(error) => {
            // A corrected attempt needs an empty directory.
            open::remove_if_present(&unfinished)?;
            return Err(error);
        }
    };
    let images = copy_files(backup, target, IMAGES)?;
    copy_files(backup, target, PICTURES)?;
    finish(target)?;
    Ok(CopySummary { messages, images })
}

/// Checks that a copied database can be used. The first start migrates it with its images. Returns the number of messages.
fn check(backup: &Path, copied: &Path) -> Result<u64, CopyError> {
    let database = open::open_checked(copied).map_err(|fault: Fault| fault.in_directory(backup))?;
    let transaction = database.begin_read().map_err(redb::Error::from)?;
    Ok(match messages::open(&transaction, messages::MESSAGES)? {
        Some(messages) => messages.len().map_err(redb::Error::from)?,
        None => 0,
    })
}

/// Creates the target, or checks that it is empty.
pub(super) fn prepare(target: &Path) -> Result<(), CopyError> {
    open::make_directory(target)?;
    match fs::read_dir(target)?.next() {
        None => Ok(()),
        Some(_) => Err(CopyError::NotEmpty(target.display().to_string())),
    }
}

/// Gives the copied database its name: the copy is complete.
pub(super) fn finish(target: &Path) -> Result<(), CopyError> {
    open::sync_directory(target)?;
    fs::rename(target.join(UNFINISHED_NAME), target.join(FILE_NAME))?;
    open::sync_directory(target)?;
    if let Some(parent) = target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        open::sync_directory(parent)?;
    }
    Ok(())
}

/// Copies a folder of a data directory to another one. Returns the number of files.
fn copy_files(from: &Path, to: &Path, folder: &str) -> io::Result<u64> {
    let (from, to) = (from.join(folder), to.join(folder));
    if from.try_exists()? { copy_folder(&from, &to) } else { Ok(0) }
}

/// Copies a folder with its folders. Returns the number of files.
fn copy_folder(from: &Path, to: &Path) -> io::Result<u64> {
    open::make_directory(to)?;
    let mut files = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        let copied = if entry.file_type()?.is_dir() {
            copy_folder(&source, &copy)
        } else {
            copy_file(&source, &copy).map(|()| 1)
        };
        match copied {
            Ok(copied) => files += copied,
            // Deleted since the folder was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    open::sync_directory(to)?;
    Ok(files)
}

/// Copies a file and makes its content durable.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.sync_all()
}
