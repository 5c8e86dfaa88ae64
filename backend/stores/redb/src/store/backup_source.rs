//! Reads the records and images of a data directory for a backup.
//!
//! All records are read in one transaction, so they are the state of one moment.

use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use chat::ports::{
    Unavailable,
    backup::{ImageRef, ImageSource, Record, RecordSource, StoreError},
    connections::AddressKey,
    messages::{ChangeRecord, IdempotencyRecord, MessageKey},
    read_positions::ReadPosition,
    secrets::Keys,
};
use redb::{ReadTransaction, TableDefinition, TableHandle};
use shared_types::{PersonId, Rev, Seq, Timestamp};

use crate::{
    devices::DEVICES,
    images::{
        PICTURES,
        names::{image_name, picture_name},
    },
    messages::{self, CHANGES, MESSAGES, REVS, decode, idempotency, open, pins, saved, threads},
    moderation::{
        AUDIT, BANNED_ADDRESSES, BannedAddresses, CHAT, DETAILS, IDENTITY, RESTRICTIONS, RULES, SIGN_OUTS,
        roles::ROLES, to_subject,
    },
    passkeys::PASSKEYS,
    profiles::PROFILES,
    read_positions::{READ_POSITIONS, RECEIPTS, THREAD_POSITIONS, thread_position},
    room_directory::DIRECTORY,
    room_members::{MEMBERS, ROOMS_OF, StoredMember},
    store::{
        Store,
        file_copy::IMAGES,
        migrations,
        secrets::{SECRET_TIMES, SECRETS},
    },
    tokens::{OF_ROOMS, TOKENS},
};

const DOING: &str = "reading the store for a backup";

/// Number of records in one batch: 256 of the longest messages, 140 KB, are 36 MB.
const BATCH: usize = 256;

/// A stored value: its record, or `None` if it cannot be read.
type Value = Result<Option<Record>, redb::Error>;
type Values = Box<dyn Iterator<Item = Value> + Send>;

/// The records of a [`Store`], as they were when it was opened.
pub struct TableRecords {
    tables: VecDeque<Values>,
    unreadable: u64,
}

impl Store {
    /// Returns the records as they are now. People may go on writing; the file keeps what the backup still has to read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read, or has a table that this version does not know.
    pub fn records(&self) -> Result<TableRecords, StoreError> {
        let transaction = self.shared.database.begin_read().map_err(Unavailable::while_doing(DOING))?;
        if let Some(table) = unknown_table(&transaction).map_err(Unavailable::while_doing(DOING))? {
            return Err(StoreError::Refused(format!(
                "the store has the unknown table {table:?}, so the backup would not be complete"
            )));
        }
        let tables = tables(&transaction).map_err(Unavailable::while_doing(DOING))?;
        Ok(TableRecords { tables, unreadable: 0 })
    }
}

#[async_trait]
impl RecordSource for TableRecords {
    async fn next(&mut self) -> Result<Vec<Record>, StoreError> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH
            && let Some(table) = self.tables.front_mut()
        {
            match table.next() {
                None => drop(self.tables.pop_front()),
                Some(Err(error)) => return Err(Unavailable::while_doing(DOING)(error).into()),
                Some(Ok(Some(record))) => batch.push(record),
                Some(Ok(None)) => self.unreadable += 1,
            }
        }
        Ok(batch)
    }

    fn unreadable(&self) -> u64 {
        self.unreadable
    }
}

/// The images and pictures of a data directory.
pub struct DirectoryImages(PathBuf);

impl DirectoryImages {
    /// Returns the images of a data directory.
    pub fn of(directory: &Path) -> Self {
        Self(directory.to_owned())
    }
}

#[async_trait]
impl ImageSource for DirectoryImages {
    /// Blocks the thread.
    async fn image(&self, image: &ImageRef) -> Result<Option<Vec<u8>>, StoreError> {
        read_file(&self.0.join(IMAGES).join(image_name(&image.key)))
    }

    /// Blocks the thread.
    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>, StoreError> {
        read_file(&self.0.join(PICTURES).join(picture_name(person)))
    }
}

/// Returns the bytes of a file, if it exists.
fn read_file(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Unavailable::while_doing("reading an image")(error).into()),
    }
}

/// Returns a table that [`tables`] does not read.
fn unknown_table(transaction: &ReadTransaction) -> Result<Option<String>, redb::Error> {
    let known = BTreeSet::from([
        migrations::META.name(),
        REVS.name(),
        MESSAGES.name(),
        CHANGES.name(),
        idempotency::RECORDS.name(),
        idempotency::TOMBSTONES.name(),
        RESTRICTIONS.name(),
        SIGN_OUTS.name(),
        BANNED_ADDRESSES.name(),
        RULES.name(),
        DETAILS.name(),
        CHAT.name(),
        ROLES.name(),
        AUDIT.name(),
        READ_POSITIONS.name(),
        THREAD_POSITIONS.name(),
        RECEIPTS.name(),
        DEVICES.name(),
        PROFILES.name(),
        PASSKEYS.name(),
        SECRETS.name(),
        SECRET_TIMES.name(),
        MEMBERS.name(),
        // It follows from the members.
        ROOMS_OF.name(),
        saved::SAVED.name(),
        // Not in backups: the messages tell which of them are pinned, and which are in a thread.
        pins::PINS.name(),
        threads::REPLIES.name(),
        // Not in backups: it follows from the messages.
        DIRECTORY.name(),
        // Not in backups: a restored chat must not accept tokens that were used or revoked since.
        TOKENS.name(),
        OF_ROOMS.name(),
    ]);
    Ok(transaction.list_tables()?.map(|table| table.name().to_owned()).find(|name| !known.contains(name.as_str())))
}

fn tables(transaction: &ReadTransaction) -> Result<VecDeque<Values>, redb::Error> {
    let keys = keys(transaction)?;
    let secrets: Values = Box::new(keys.into_iter().map(|keys| Ok(Some(Record::of_keys(&keys)))));
    Ok(VecDeque::from([
        secrets,
        values(transaction, RULES, |room, rules| {
            Some(Record::Rules { room: room.parse().ok()?, rules: decode(rules).ok()? })
        })?,
        values(transaction, DETAILS, |room, details| {
            Some(Record::Details { room: room.parse().ok()?, details: decode(details).ok()? })
        })?,
        identity(transaction)?,
        values(transaction, RESTRICTIONS, |key, stored| {
            Some(Record::Restrictions { subject: to_subject(key)?, restrictions: decode(stored).ok()? })
        })?,
        values(transaction, SIGN_OUTS, |person, stored| {
            Some(Record::SignOuts { person: person.parse().ok()?, sign_outs: decode(stored).ok()? })
        })?,
        values(transaction, BANNED_ADDRESSES, banned_addresses)?,
        values(transaction, ROLES, |_, entry| decode(entry).ok().map(Record::of_role))?,
        values(transaction, MEMBERS, |(room, _), member| {
            let StoredMember { member, left, left_after } = decode(member).ok()?;
            Some(Record::Member { room: room.parse().ok()?, member, left, left_after })
        })?,
        values(transaction, AUDIT, |_, entry| Some(Record::Audit { entry: decode(entry).ok()? }))?,
        values(transaction, READ_POSITIONS, |(person, room), (seq, at)| {
            let (person, room) = (person.parse().ok()?, room.parse().ok()?);
            Some(Record::ReadPosition { position: ReadPosition { person, room, seq: Seq(seq), at: Timestamp(at) } })
        })?,
        values(transaction, THREAD_POSITIONS, |(person, key), value| {
            Some(Record::ThreadPosition { position: thread_position(&person.parse().ok()?, key, value)? })
        })?,
        values(transaction, RECEIPTS, |_, receipt| Some(Record::ReadReceipt { receipt: decode(receipt).ok()? }))?,
        values(transaction, DEVICES, |(person, _), device| {
            Some(Record::Device { person: person.parse().ok()?, device: decode(device).ok()? })
        })?,
        values(transaction, PROFILES, |person, profile| {
            let (person, profile) = (person.parse().ok()?, decode(profile).ok()?);
            Some(Record::Profile { person, profile, picture: None })
        })?,
        values(transaction, PASSKEYS, |(person, _), passkey| {
            Some(Record::Passkey { person: person.parse().ok()?, passkey: decode(passkey).ok()? })
        })?,
        values(transaction, saved::SAVED, |key, at| {
            Some(Record::Saved { person: key.0.parse().ok()?, position: saved::to_position(key, at)? })
        })?,
        values(transaction, idempotency::RECORDS, |key, (rev, at)| {
            Some(Record::Idempotency { key: message_key(key)?, record: record(rev, at) })
        })?,
        values(transaction, idempotency::TOMBSTONES, |key, (rev, at, until)| {
            let (key, until) = (message_key(key)?, Timestamp(until));
            Some(Record::Tombstone { key, record: record(rev, at), until })
        })?,
        values(transaction, CHANGES, |(room, rev), (at, seq)| {
            let change = ChangeRecord { rev: Rev(rev), at: Timestamp(at), seq: (seq > 0).then_some(Seq(seq)) };
            Some(Record::Change { room: room.parse().ok()?, change })
        })?,
        values(transaction, MESSAGES, |(room, _), message| {
            Some(Record::Message { room: room.parse().ok()?, message: decode(message).ok()? })
        })?,
        values(transaction, REVS, |room, rev| Some(Record::Room { room: room.parse().ok()?, rev: Rev(rev) }))?,
    ]))
}

/// Returns name and icon of the chat.
fn identity(transaction: &ReadTransaction) -> Result<Values, redb::Error> {
    let Some(chat) = messages::open(transaction, CHAT)? else { return Ok(Box::new(std::iter::empty())) };
    let identity = chat.get(IDENTITY)?.map(|stored| decode(stored.value()).ok().map(|chat| Record::Chat { chat }));
    Ok(Box::new(identity.into_iter().map(Ok)))
}

/// Returns all values of a table, in the order of their keys.
fn values<K: redb::Key + Send + 'static, V: redb::Value + Send + 'static>(
    transaction: &ReadTransaction,
    table: TableDefinition<'_, K, V>,
    read: impl for<'a> Fn(K::SelfType<'a>, V::SelfType<'a>) -> Option<Record> + Send + 'static,
) -> Result<Values, redb::Error> {
    let name = table.name().to_owned();
    let Some(opened) = messages::open(transaction, table)? else { return Ok(Box::new(std::iter::empty())) };
    let entries = opened.range::<K::SelfType<'_>>(..)?;
    Ok(Box::new(entries.map(move |entry| {
        let (key, value) = entry?;
        let record = read(key.value(), value.value());
        if record.is_none() {
            // Without the key, which has ids of people.
            tracing::error!(table = name, "stored value cannot be read; left out of the backup");
        }
        Ok(record)
    })))
}

fn keys(transaction: &ReadTransaction) -> Result<Option<Keys>, redb::Error> {
    let Some(secrets) = open(transaction, SECRETS)? else { return Ok(None) };
    let Some(current) = secrets.get("signing")?.map(|kept| *kept.value()) else { return Ok(None) };
    let previous = secrets.get("previous")?.map(|kept| *kept.value());
    let made_at = match open(transaction, SECRET_TIMES)? {
        Some(times) => times.get("signing")?.map(|at| at.value()).unwrap_or_default(),
        None => 0,
    };
    Ok(Some(Keys { current, previous, made_at: Timestamp(made_at) }))
}

fn banned_addresses(person: &str, stored: &[u8]) -> Option<Record> {
    let person: PersonId = person.parse().ok()?;
    let BannedAddresses { addresses, until } = decode(stored).ok()?;
    Some(Record::BannedAddresses { person, addresses: addresses.into_iter().map(AddressKey).collect(), until })
}

fn message_key((author, room, nonce): (&str, &str, &str)) -> Option<MessageKey> {
    Some(MessageKey { room: room.parse().ok()?, author: author.parse().ok()?, nonce: nonce.parse().ok()? })
}

fn record(rev: u64, at: u64) -> IdempotencyRecord {
    IdempotencyRecord { rev: Rev(rev), at: Timestamp(at) }
}
