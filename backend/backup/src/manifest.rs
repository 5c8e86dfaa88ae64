//! The manifest of a backup, and the files that it lists.

use std::{collections::BTreeMap, fs, io, path::Path};

use chat::ports::backup::Record;
use serde::{Deserialize, Serialize};

use crate::{
    error::{BackupError, Result},
    files::{MANIFEST, hex_sha256},
};

/// The format version that this program writes, and the newest that it can read. It changes when an older program would read a backup
/// wrongly. An additional kind does not change it, because older programs refuse it, and neither does a field whose loss nobody notices.
/// Version 2: messages have threads, further images and polls, which a program of version 1 would drop.
const VERSION: u64 = 2;

/// What distinguishes a manifest from another JSON file.
const FORMAT: &str = "serverless-chat-page backup";

/// The files of records, in the order in which they are restored.
///
/// Revisions come first: what is written during a restore, or after an interrupted one, takes none that the backup uses. An image comes
/// before its message, so that no message is shown without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineFile {
    Rooms,
    Secrets,
    Moderation,
    Idempotency,
    Changes,
    Images,
    Messages,
    Saved,
}

impl LineFile {
    pub(crate) const ALL: [Self; 8] = [
        Self::Rooms,
        Self::Secrets,
        Self::Moderation,
        Self::Idempotency,
        Self::Changes,
        Self::Images,
        Self::Messages,
        Self::Saved,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rooms => "rooms.jsonl",
            Self::Secrets => "secrets.jsonl",
            Self::Moderation => "moderation.jsonl",
            Self::Idempotency => "idempotency.jsonl",
            Self::Changes => "changes.jsonl",
            Self::Images => "images.jsonl",
            Self::Messages => "messages.jsonl",
            Self::Saved => "saved.jsonl",
        }
    }

    /// Returns the file of a record.
    pub(crate) fn of(record: &Record) -> Self {
        match record {
            Record::Room { .. } | Record::Rules { .. } | Record::Details { .. } | Record::Chat { .. } => Self::Rooms,
            Record::Secrets { .. } => Self::Secrets,
            Record::Restrictions { .. }
            | Record::SignOuts { .. }
            | Record::BannedAddresses { .. }
            | Record::Role { .. }
            | Record::ReadPosition { .. }
            | Record::ThreadPosition { .. }
            | Record::ReadReceipt { .. }
            | Record::Device { .. }
            | Record::Profile { .. }
            | Record::Passkey { .. }
            | Record::Member { .. }
            | Record::Audit { .. } => Self::Moderation,
            Record::Idempotency { .. } | Record::Tombstone { .. } => Self::Idempotency,
            Record::Change { .. } => Self::Changes,
            Record::Message { .. } => Self::Messages,
            Record::Saved { .. } => Self::Saved,
        }
    }
}

/// The content of `manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    format: String,
    version: u64,
    /// By name.
    pub(crate) files: BTreeMap<String, FileEntry>,
    /// Stored values that could not be read when the backup was made.
    #[serde(default)]
    pub(crate) unreadable: u64,
    /// Images of messages that were missing when the backup was made.
    #[serde(default)]
    pub(crate) missing_images: u64,
}

/// One file of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    /// In hexadecimal digits.
    pub(crate) sha256: String,
}

/// The fields that every version of a manifest has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

impl Manifest {
    pub(crate) fn new(files: BTreeMap<String, FileEntry>, unreadable: u64, missing_images: u64) -> Self {
        Self { format: FORMAT.into(), version: VERSION, files, unreadable, missing_images }
    }

    /// Reads the manifest of a backup. Returns it with its SHA-256, which identifies the backup.
    pub(crate) fn read(backup: &Path) -> Result<(Self, String)> {
        let path = backup.join(MANIFEST);
        let json = match fs::read(&path) {
            Ok(json) => json,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::NoBackup(backup.display().to_string()));
            }
            Err(error) => return Err(BackupError::at(&path)(error)),
        };
        let damaged = |error: serde_json::Error| BackupError::damaged(&path, error);
        let head: Head = serde_json::from_slice(&json).map_err(damaged)?;
        if head.format != FORMAT {
            return Err(BackupError::damaged(&path, "it is the manifest of something else"));
        }
        if head.version > VERSION {
            return Err(BackupError::newer(&path, format!("version {}; this version knows {VERSION}", head.version)));
        }
        let manifest: Self = serde_json::from_slice(&json).map_err(damaged)?;
        let is_unknown = |name: &&String| LineFile::ALL.iter().all(|file| file.name() != name.as_str());
        match manifest.files.keys().find(is_unknown) {
            Some(name) => Err(BackupError::newer(&path, format!("the file {name} is unknown"))),
            None => Ok((manifest, hex_sha256(&json))),
        }
    }

    /// Returns the number of lines of a file.
    pub(crate) fn lines(&self, file: LineFile) -> u64 {
        self.files.get(file.name()).map_or(0, |entry| entry.lines)
    }
}
