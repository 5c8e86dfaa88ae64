//! Makes a data directory of a backup.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chat::ports::{
    Unavailable,
    backup::{ImageRef, Record, RestoreTarget, StoreError},
    connections::AddressKey,
    messages::{MessageKey, PinEntry},
    secrets::Keys,
};
use redb::{Database, ReadableTable, WriteTransaction};
use shared_types::{AuditEntry, RoleEntry};

use crate::{
    devices,
    images::{
        PICTURES,
        names::{image_name, picture_name},
    },
    messages::{CHANGES, MESSAGES, REVS, encode, idempotency, pins, saved, threads},
    moderation::{
        AUDIT, BANNED_ADDRESSES, BannedAddresses, CHAT, DETAILS, IDENTITY, RESTRICTIONS, RULES, SIGN_OUTS, roles,
        subject_key,
    },
    passkeys, profiles, read_positions, room_members,
    store::{
        file_copy::{CopyError, IMAGES, finish, prepare},
        migrations,
        open::{self, UNFINISHED_NAME},
        secrets::keep_secrets,
    },
};

const DOING: &str = "restoring a data directory";

/// A new data directory. Its database has another name until `finish`, so an interrupted restore leaves no chat.
///
/// Everything is written in one transaction. redb writes its pages to the file when they do not fit into its cache.
pub struct DirectoryTarget {
    directory: PathBuf,
    open: Option<(Database, WriteTransaction)>,
}

impl DirectoryTarget {
    /// Returns the target in a directory that is empty or does not exist.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), open: None }
    }

    fn transaction(&self) -> Result<&WriteTransaction, StoreError> {
        let missing = || Unavailable { doing: DOING, cause: "the restore was not begun".into() };
        Ok(self.open.as_ref().map(|(_, transaction)| transaction).ok_or_else(missing)?)
    }
}

#[async_trait]
impl RestoreTarget for DirectoryTarget {
    async fn begin(&mut self, _backup: &str) -> Result<(), StoreError> {
        prepare(&self.directory).map_err(|error| match error {
            CopyError::NotEmpty(_) => StoreError::Refused(format!("{error}, or empty it if a restore was interrupted")),
            error => Unavailable::while_doing(DOING)(error).into(),
        })?;
        let create = || {
            let database = open::builder().create(self.directory.join(UNFINISHED_NAME)).map_err(redb::Error::from)?;
            migrations::migrate(&database, None)?;
            let transaction = database.begin_write().map_err(redb::Error::from)?;
            Ok::<_, open::Fault>((database, transaction))
        };
        self.open = Some(create().map_err(Unavailable::while_doing(DOING))?);
        Ok(())
    }

    async fn put(&mut self, records: Vec<Record>) -> Result<(), StoreError> {
        let (transaction, folder) = (self.transaction()?, self.directory.join(PICTURES));
        for record in &records {
            if let Record::Profile { person, picture: Some(picture), .. } = record {
                let write = || {
                    open::make_directory(&folder)?;
                    write_durably(&folder.join(picture_name(person)), &picture.0)
                };
                write().map_err(Unavailable::while_doing("writing a picture"))?;
            }
            put(transaction, record).map_err(Unavailable::while_doing(DOING))?;
        }
        Ok(())
    }

    async fn put_images(&mut self, images: Vec<(ImageRef, Vec<u8>)>) -> Result<(), StoreError> {
        let folder = self.directory.join(IMAGES);
        let write = || {
            open::make_directory(&folder)?;
            images.iter().try_for_each(|(image, bytes)| write_durably(&folder.join(image_name(&image.key)), bytes))
        };
        Ok(write().map_err(Unavailable::while_doing("writing an image"))?)
    }

    async fn finish(&mut self) -> Result<(), StoreError> {
        if let Some((database, transaction)) = self.open.take() {
            transaction.commit().map_err(Unavailable::while_doing(DOING))?;
            drop(database);
        }
        for folder in [IMAGES, PICTURES].map(|folder| self.directory.join(folder)) {
            if folder.exists() {
                open::sync_directory(&folder).map_err(Unavailable::while_doing(DOING))?;
            }
        }
        Ok(finish(&self.directory).map_err(Unavailable::while_doing(DOING))?)
    }

    /// The server removes what is too old for its settings.
    fn expired(&self) -> u64 {
        0
    }
}

fn put(transaction: &WriteTransaction, record: &Record) -> Result<(), redb::Error> {
    match record {
        Record::Secrets { current, previous, made_at } => {
            let keys = Keys { current: current.0, previous: previous.map(|secret| secret.0), made_at: *made_at };
            keep_secrets(transaction, &keys)?;
        }
        Record::Room { room, rev } => {
            transaction.open_table(REVS)?.insert(room.as_str(), rev.0)?;
        }
        Record::Rules { room, rules } => {
            transaction.open_table(RULES)?.insert(room.as_str(), encode(rules)?.as_slice())?;
        }
        Record::Details { room, details } => {
            transaction.open_table(DETAILS)?.insert(room.as_str(), encode(details)?.as_slice())?;
        }
        Record::Chat { chat } => {
            transaction.open_table(CHAT)?.insert(IDENTITY, encode(chat)?.as_slice())?;
        }
        Record::Restrictions { subject, restrictions } => {
            let key = subject_key(subject);
            transaction.open_table(RESTRICTIONS)?.insert(key.as_str(), encode(restrictions)?.as_slice())?;
        }
        Record::SignOuts { person, sign_outs } => {
            transaction.open_table(SIGN_OUTS)?.insert(person.as_str(), encode(sign_outs)?.as_slice())?;
        }
        Record::BannedAddresses { person, addresses, until } => {
            let addresses = addresses.iter().map(|AddressKey(key)| key.clone()).collect();
            let banned = encode(&BannedAddresses { addresses, until: *until })?;
            transaction.open_table(BANNED_ADDRESSES)?.insert(person.as_str(), banned.as_slice())?;
        }
        Record::Role { person, name, role } => {
            let entry = RoleEntry { person: person.clone(), name: name.clone(), role: *role, configured: false };
            roles::put(transaction, &entry)?;
        }
        Record::Member { room, member, left, left_after } => {
            let left = left.then(|| left_after.unwrap_or_default());
            room_members::put(transaction, room, member, left)?;
        }
        Record::Audit { entry } => put_entry(transaction, entry)?,
        Record::ReadPosition { position } => drop(read_positions::advance(transaction, position)?),
        Record::ThreadPosition { position } => drop(read_positions::advance_thread(transaction, position)?),
        Record::ReadReceipt { receipt } => drop(read_positions::show(transaction, receipt)?),
        Record::Device { person, device } => devices::put(transaction, person, device)?,
        Record::Profile { person, profile, picture: _ } => profiles::put(transaction, person, profile)?,
        Record::Passkey { person, passkey } => passkeys::put(transaction, person, passkey)?,
        Record::Saved { person, position } => saved::put(transaction, person, position)?,
        Record::Idempotency { key, record } => {
            let mut records = transaction.open_table(idempotency::RECORDS)?;
            if records.get(record_key(key))?.is_none() {
                records.insert(record_key(key), (record.rev.0, record.at.0))?;
            }
        }
        Record::Tombstone { key, record, until } => {
            let mut tombstones = transaction.open_table(idempotency::TOMBSTONES)?;
            tombstones.insert(record_key(key), (record.rev.0, record.at.0, until.0))?;
        }
        Record::Change { room, change } => {
            let (mut changes, key) = (transaction.open_table(CHANGES)?, (room.as_str(), change.rev.0));
            if changes.get(key)?.is_none() {
                changes.insert(key, (change.at.0, change.seq.map_or(0, |seq| seq.0)))?;
            }
        }
        Record::Message { room, message } => {
            if message.message.pinned.is_some() {
                let (seq, rev) = (message.message.seq, message.message.rev);
                pins::put(transaction, room, PinEntry { seq, rev })?;
            }
            threads::put(transaction, room, &message.message)?;
            let key = (room.as_str(), message.message.seq.0);
            transaction.open_table(MESSAGES)?.insert(key, encode(message)?.as_slice())?;
        }
    }
    Ok(())
}

/// Appends an entry to the audit log. Entries of one time keep their order.
fn put_entry(transaction: &WriteTransaction, entry: &AuditEntry) -> Result<(), redb::Error> {
    let (mut audit, at) = (transaction.open_table(AUDIT)?, entry.at.0);
    let last = audit.range((at, 0)..=(at, u64::MAX))?.next_back().transpose()?.map(|(key, _)| key.value().1);
    audit.insert((at, last.map_or(0, |last| last + 1)), encode(entry)?.as_slice())?;
    Ok(())
}

fn record_key(key: &MessageKey) -> (&str, &str, &str) {
    (key.author.as_str(), key.room.as_str(), key.nonce.as_str())
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    fs::File::options().write(true).open(path)?.sync_all()
}
