//! Backups in one format for both deployments, so that a chat can move from one to the other.
//!
//! A backup is a directory:
//!
//! | path | holds |
//! |---|---|
//! | `manifest.json` | version, and for each file its lines, bytes and SHA-256; written last, so a directory without it is no backup |
//! | `rooms.jsonl` | rules, details and last revision of each room |
//! | `secrets.jsonl` | the signing secrets |
//! | `moderation.jsonl` | restrictions, banned addresses, audit log |
//! | `idempotency.jsonl` | idempotency records and tombstones |
//! | `changes.jsonl` | change records |
//! | `images.jsonl` | the image of each message: message key, type, size, SHA-256 |
//! | `messages.jsonl` | messages with their remembered changes |
//! | `images/` | image files, each named by its SHA-256 |
//!
//! Each line is one [`Record`](chat::ports::backup::Record) as JSON. Neither reading nor writing holds more than one batch of them in
//! memory, besides one number for each room.

mod check;
mod error;
mod files;
mod lines;
mod manifest;
mod restore;
mod write;

pub use self::{
    error::BackupError,
    lines::{BadLine, parse_record},
    restore::restore,
    write::back_up,
};

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Summary {
    /// Number of messages.
    pub messages: u64,
    /// Number of images.
    pub images: u64,
    /// Number of stored values that could not be read, and so are not in the backup. The chat does not show them either.
    pub unreadable: u64,
    /// Number of images of messages that were missing. They were deleted while the backup was made, or were lost before.
    pub missing_images: u64,
    /// Number of records and images that were not restored because they are older than the target keeps them.
    pub expired: u64,
}

/// A phrase for the operator: "12 messages and 3 images", and what is missing.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { messages, images, unreadable, missing_images, expired } = self;
        write!(f, "{messages} messages and {images} images")?;
        for (number, what) in [
            (unreadable, "stored values could not be read and are missing"),
            (missing_images, "images of messages had no file any more"),
            (expired, "records and images were older than they are kept and were left out"),
        ] {
            if *number > 0 {
                write!(f, " ({number} {what})")?;
            }
        }
        Ok(())
    }
}
