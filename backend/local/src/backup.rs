//! The commands `backup` and `restore`.

use std::{error::Error, path::Path};

use chat_backup::{BackupError, Summary};
use store_redb::store::{CopySummary, DirectoryImages, DirectoryTarget, Store};

/// Backs up a data directory. If a server runs on it, the server makes the backup, because no other process can open its database.
///
/// # Errors
///
/// A sentence that says what cannot be read or written.
pub async fn back_up(data: &Path, target: &Path) -> Result<Summary, Box<dyn Error>> {
    if !data.join("chat.redb").try_exists()? {
        return Err(format!("there is no chat in {}: name its data directory with --data", data.display()).into());
    }
    // The server has a working directory of its own.
    let target = std::path::absolute(target)?;
    #[cfg(unix)]
    if let Some(summary) = super::control::ask_for_backup(data, &target)? {
        return Ok(summary);
    }
    Ok(of_store(&Store::open(data)?, data, &target).await?)
}

/// Backs up an open store. Blocks the thread while it reads and writes files.
///
/// # Errors
///
/// [`BackupError`] says what cannot be read or written.
pub(crate) async fn of_store(store: &Store, data: &Path, target: &Path) -> Result<Summary, BackupError> {
    let mut records = store.records()?;
    chat_backup::back_up(&mut records, &DirectoryImages::of(data), target).await
}

/// Makes a data directory of a backup. A copy of a data directory, which `backup` made in older versions, is accepted, too.
///
/// # Errors
///
/// A sentence that says why the backup cannot be used, or what cannot be written.
pub async fn restore(backup: &Path, data: &Path) -> Result<Summary, Box<dyn Error>> {
    if backup.join("chat.redb").try_exists()? {
        let CopySummary { messages, images } = store_redb::store::restore(backup, data)?;
        return Ok(Summary { messages, images, ..Summary::default() });
    }
    Ok(chat_backup::restore(backup, &mut DirectoryTarget::new(data)).await?)
}
