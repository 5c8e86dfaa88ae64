//! Restores a backup into the tables and the bucket of a new stack.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chat::content::images::image_type;
use chat::ports::{
    Unavailable,
    backup::{ImageRef, PictureBytes, Record, RestoreTarget, StoreError},
    images::Images,
    messages::{Messages, PinEntry, StoredMessage},
    moderation::{Moderation, RoomSettings},
    passkeys::Passkeys as _,
    read_positions::ReadPositions,
    room_directory::DirectoryEntry,
    room_members::RoomMembers,
    system::Clock,
};
use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{AuditEntry, Role, RoleEntry, RoomName, Timestamp, limits};

use super::{BACKUP, marker_key, pace::Pace, source::marked_backup, units::write_units};
use crate::{
    devices::DynamoDevices,
    images::S3Images,
    item::{item, text},
    messages::DynamoMessages,
    moderation::{self, DynamoModeration},
    passkeys::DynamoPasskeys,
    profiles::DynamoProfiles,
    read_positions::{self, DynamoReadPositions},
    room_directory::DynamoRoomDirectory,
    room_members::DynamoRoomMembers,
    secrets::DynamoSecrets,
    table::{Key, Table},
};

/// Number of writes at the same time: 32 of 5 ms are 6,000 a second, more than a new table takes.
const WRITES_AT_ONCE: usize = 32;

/// Number of image uploads at the same time.
const IMAGES_AT_ONCE: usize = 8;

const DOING: &str = "restoring a stack";

/// The stores of a stack that is restored.
pub(crate) struct RestoredStores {
    pub(crate) messages: DynamoMessages,
    pub(crate) moderation: DynamoModeration,
    pub(crate) members: DynamoRoomMembers,
    pub(crate) secrets: DynamoSecrets,
    pub(crate) read_positions: DynamoReadPositions,
    pub(crate) devices: DynamoDevices,
    pub(crate) profiles: DynamoProfiles,
    pub(crate) passkeys: DynamoPasskeys,
    pub(crate) room_directory: DynamoRoomDirectory,
    pub(crate) images: S3Images,
}

/// The tables and the bucket of a stack that nobody has used yet.
///
/// An item in the message table marks it from the first write to the last. An interrupted restore of the same backup can be repeated.
/// Nothing that exists is overwritten, except the signing secrets, because a stack makes its own when its page is first opened.
pub struct DynamoRestore {
    log: Table,
    stores: RestoredStores,
    clock: Arc<dyn Clock>,
    pace: Pace,
    /// The time of the last audit entry, and how many entries of that time there were.
    audit: (Timestamp, u32),
    expired: u64,
    /// When each open room was active last. Backups have no directory of rooms: a restore makes it from the messages.
    active: BTreeMap<RoomName, Timestamp>,
}

impl DynamoRestore {
    pub(crate) fn new(log: Table, stores: RestoredStores, clock: Arc<dyn Clock>, units_per_second: u32) -> Self {
        let (pace, audit) = (Pace::new(units_per_second), (Timestamp(0), 0));
        Self { log, stores, clock, pace, audit, expired: 0, active: BTreeMap::new() }
    }

    /// Returns whether the message table and the bucket hold nothing.
    async fn is_empty(&self) -> Result<bool, Unavailable> {
        let page = self.log.scanning().limit(1).send().await.map_err(self.log.failed(DOING))?;
        Ok(page.items.unwrap_or_default().is_empty() && !self.stores.images.has_any().await?)
    }

    /// Writes one record. Returns the write units.
    async fn put_one(&self, record: &Record, audit_number: u32) -> Result<u64, Unavailable> {
        match record {
            Record::Secrets { current, previous, made_at } => {
                self.stores.secrets.overwrite(current.0, previous.map(|secret| secret.0), *made_at).await.map(|()| 1)
            }
            Record::Audit { entry } => {
                let item = moderation::backup::entry_item(entry, audit_number)?;
                let units = write_units(&item);
                self.log.put_if_absent(item, DOING).await.map(|_| units)
            }
            Record::Rules { room, rules } => {
                if self.stores.moderation.rules(room).await?.is_default() {
                    self.stores.moderation.set_rules(room, *rules).await?;
                }
                // A transaction of the rules and their place in the list of rooms with a retention.
                Ok(4)
            }
            Record::Details { room, details } => {
                self.stores.moderation.set_details(room, details, true).await?;
                // The longest ones are 5.3 KB.
                Ok(6)
            }
            Record::Chat { chat } => {
                if self.stores.moderation.identity().await?.is_default() {
                    self.stores.moderation.set_identity(chat).await?;
                }
                Ok(1)
            }
            Record::Restrictions { subject, restrictions } => {
                if !restrictions.is_default() && self.stores.moderation.restrictions(subject).await?.is_default() {
                    self.stores.moderation.set_restrictions(subject, *restrictions).await?;
                }
                Ok(1)
            }
            Record::SignOuts { person, sign_outs } => {
                self.stores.moderation.restore_sign_outs(person, sign_outs).await?;
                Ok(2)
            }
            Record::BannedAddresses { person, addresses, until } => {
                if self.stores.moderation.banned_addresses(person).await?.is_empty() {
                    self.stores.moderation.set_banned_addresses(person, addresses, *until).await?;
                }
                Ok(1)
            }
            Record::Role { person, name, role } => {
                if self.stores.moderation.role(person).await? == Role::Member {
                    let entry =
                        RoleEntry { person: person.clone(), name: name.clone(), role: *role, configured: false };
                    self.stores.moderation.set_role(&entry).await?;
                }
                Ok(2)
            }
            Record::ReadPosition { position } => self.stores.read_positions.advance(position).await.map(|_| 1),
            Record::ThreadPosition { position } => self.stores.read_positions.advance_thread(position).await.map(|_| 1),
            Record::ReadReceipt { receipt } => self.stores.read_positions.show(receipt).await.map(|_| 1),
            Record::Device { person, device } => self.stores.devices.restore(person, device).await.map(|()| 1),
            Record::Profile { person, profile, picture } => {
                if let Some(PictureBytes(bytes)) = picture
                    && let Some(kind) = image_type(bytes)
                {
                    self.stores.images.put_picture(person, kind, bytes).await?;
                }
                self.stores.profiles.restore(person, profile).await.map(|()| 1)
            }
            // One that was used since the restore was interrupted stays.
            Record::Passkey { person, passkey } => self.stores.passkeys.add(person, passkey).await.map(|_| 1),
            Record::Member { room, member, left, left_after } => {
                if !self.stores.members.is_member(room, &member.person).await? {
                    self.stores.members.add(room, member).await?;
                }
                // An interrupted restore may have added the member only.
                if *left {
                    self.stores.members.set_left(room, &member.person, Some(left_after.unwrap_or_default())).await?;
                }
                Ok(if *left { 10 } else { 4 })
            }
            Record::Room { room, rev } => self.stores.messages.raise_rev(room, *rev).await.map(|()| 1),
            Record::Idempotency { .. }
            | Record::Tombstone { .. }
            | Record::Change { .. }
            | Record::Saved { .. }
            | Record::Message { .. } => {
                let Some(item) = self.stores.messages.restored_item(record)? else { return Ok(0) };
                let mut units = write_units(&item);
                if let Record::Message { room, message: StoredMessage { message, .. } } = record
                    && message.pinned.is_some()
                {
                    self.stores.messages.index_pin(room, PinEntry { seq: message.seq, rev: message.rev }).await?;
                    units += 1;
                }
                if let Record::Message { room, message: StoredMessage { message, .. } } = record
                    && let Some(root) = message.thread
                {
                    self.stores.messages.index_reply(room, root, message).await?;
                    units += 1;
                }
                self.log.put_if_absent(item, DOING).await.map(|_| units)
            }
        }
    }

    /// Returns whether a record is older than the stack keeps it.
    fn is_expired(&self, record: &Record) -> bool {
        let now = self.clock.now();
        match record {
            Record::Idempotency { record, .. } => self.stores.messages.is_over(record.at),
            Record::Tombstone { until, .. } | Record::BannedAddresses { until, .. } => *until <= now,
            Record::Saved { position, .. } => self.stores.messages.is_over(position.saved_at),
            Record::Change { change, .. } => self.stores.messages.is_over(change.at),
            Record::Message { message, .. } => self.stores.messages.is_over(message.message.sent_at),
            Record::Audit { entry } => moderation::backup::is_over(entry, now),
            Record::ReadPosition { position } => read_positions::is_over(position.at, now),
            Record::ThreadPosition { position } => read_positions::is_over(position.at, now),
            Record::ReadReceipt { receipt } => read_positions::is_over(receipt.at, now),
            Record::Device { device, .. } => device.is_over(now),
            Record::Passkey { passkey, .. } => passkey.is_over(now),
            Record::SignOuts { sign_outs, .. } => sign_outs.is_over(now),
            Record::Restrictions { restrictions, .. } => {
                restrictions.muted_until.max(restrictions.banned_until).is_none_or(|until| until <= now)
            }
            Record::Secrets { .. }
            | Record::Room { .. }
            | Record::Rules { .. }
            | Record::Details { .. }
            | Record::Chat { .. }
            | Record::Role { .. }
            | Record::Profile { .. }
            | Record::Member { .. } => false,
        }
    }

    /// Remembers when an open room was active.
    fn note_activity(&mut self, record: &Record) {
        if let Record::Message { room, message } = record
            && !room.is_private()
        {
            let active = self.active.entry(room.clone()).or_default();
            *active = message.message.sent_at.max(*active);
        }
    }

    /// Lists the open rooms that were active last. A repeated restore puts everything again, so it lists them all.
    async fn fill_directory(&self) -> Result<(), Unavailable> {
        let mut active: Vec<_> = self.active.iter().collect();
        active.sort_by_key(|(_, active)| Reverse(**active));
        active.truncate(limits::DIRECTORY_ROOMS);
        let listed: Vec<_> = active.into_iter().map(|(room, active)| self.list(room, *active)).collect();
        stream::iter(listed).buffer_unordered(WRITES_AT_ONCE).try_collect().await
    }

    async fn list(&self, room: &RoomName, active: Timestamp) -> Result<(), Unavailable> {
        let RoomSettings { rules, details } = self.stores.moderation.settings(room).await?;
        let mut entry = DirectoryEntry::new(room.clone(), active);
        (entry.title, entry.topic, entry.archived) = (details.title, details.topic, rules.archived);
        self.stores.room_directory.put(&entry).await
    }

    /// Returns the number of an entry among those of its time, which follow each other in a backup.
    fn audit_number(&mut self, entry: &AuditEntry) -> u32 {
        self.audit = if self.audit.0 == entry.at { (entry.at, self.audit.1 + 1) } else { (entry.at, 0) };
        self.audit.1
    }
}

#[async_trait]
impl RestoreTarget for DynamoRestore {
    async fn begin(&mut self, backup: &str) -> Result<(), StoreError> {
        if let Some(marker) = self.log.get(marker_key(), DOING).await? {
            return match marked_backup(&marker) == Some(backup) {
                true => Ok(()),
                false => Err(StoreError::Refused(
                    "the restore of another backup into this stack was interrupted: repeat that one, or use a new stack".into(),
                )),
            };
        }
        if !self.is_empty().await? {
            return Err(StoreError::Refused(
                "this stack holds a chat already: restore into a new stack that nobody has written in".into(),
            ));
        }
        let Key { pk, sk } = marker_key();
        let marker = item([("pk", text(pk)), ("sk", text(sk)), (BACKUP, text(backup))]);
        match self.log.put_if_absent(marker, DOING).await? {
            None => Ok(()),
            Some(_) => Err(StoreError::Refused("another restore into this stack is in progress".into())),
        }
    }

    async fn put(&mut self, records: Vec<Record>) -> Result<(), StoreError> {
        let mut kept = Vec::with_capacity(records.len());
        for record in records {
            let number = if let Record::Audit { entry } = &record { self.audit_number(entry) } else { 0 };
            if self.is_expired(&record) {
                self.expired += 1;
            } else {
                self.note_activity(&record);
                kept.push((record, number));
            }
        }
        let puts: Vec<_> = kept.iter().map(|(record, number)| self.put_one(record, *number)).collect();
        let units: Vec<u64> = stream::iter(puts).buffer_unordered(WRITES_AT_ONCE).try_collect().await?;
        self.pace.used(units.into_iter().sum()).await;
        Ok(())
    }

    async fn put_images(&mut self, images: Vec<(ImageRef, Vec<u8>)>) -> Result<(), StoreError> {
        let before = images.len();
        let kept: Vec<_> =
            images.into_iter().filter(|(image, _)| !self.stores.messages.is_over(image.sent_at)).collect();
        self.expired += (before - kept.len()) as u64;
        let puts: Vec<_> =
            kept.into_iter().map(|(image, bytes)| self.stores.images.put_restored(image, bytes)).collect();
        Ok(stream::iter(puts).buffer_unordered(IMAGES_AT_ONCE).try_collect().await?)
    }

    async fn finish(&mut self) -> Result<(), StoreError> {
        self.fill_directory().await?;
        self.log.delete(marker_key(), DOING).await?;
        Ok(())
    }

    fn expired(&self) -> u64 {
        self.expired
    }
}
