//! Backups of a stack: reads everything with Scans, and restores into empty tables.
//!
//! Only an operator's command does this. Functions never scan, and have no permission to.

mod pace;
mod restore;
mod scan;
mod source;
mod units;

pub(crate) use self::restore::RestoredStores;
pub use self::{restore::DynamoRestore, source::DynamoRecords};

use crate::table::Key;

/// Names of the tables and of the bucket of a stack.
#[derive(Clone, Debug)]
pub struct StackNames {
    /// The connection table.
    pub connections: String,
    /// The message table.
    pub messages: String,
    /// The bucket of the images.
    pub images: String,
}

/// The attribute of the marker that names the backup.
const BACKUP: &str = "backup";

/// The key of the item that marks the message table while a restore writes to it.
fn marker_key() -> Key {
    Key::new("restore", "restore")
}
