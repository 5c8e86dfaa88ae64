//! The commands `backup` and `restore`.

use std::{error::Error, path::Path};

use store_redb::store::{CopySummary, Store};

/// Copies a data directory. If a server runs on it, the server makes the copy, because no other process can open its database.
///
/// # Errors
///
/// A sentence that says what cannot be read or written.
pub fn back_up(data: &Path, target: &Path) -> Result<CopySummary, Box<dyn Error>> {
    if !data.join("chat.redb").try_exists()? {
        return Err(format!("there is no chat in {}: name its data directory with --data", data.display()).into());
    }
    // The server has a working directory of its own.
    let target = std::path::absolute(target)?;
    #[cfg(unix)]
    if let Some(summary) = super::control::ask_for_backup(data, &target)? {
        return Ok(summary);
    }
    Ok(Store::open(data)?.back_up(data, &target)?)
}

/// Makes a data directory of a backup.
///
/// # Errors
///
/// A sentence that says why the backup cannot be used, or what cannot be written.
pub fn restore(backup: &Path, data: &Path) -> Result<CopySummary, Box<dyn Error>> {
    Ok(store_redb::store::restore(backup, data)?)
}
