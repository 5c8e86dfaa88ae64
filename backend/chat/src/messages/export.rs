//! Exports everything that a person wrote and saved, as it is stored, for that person.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use shared_types::{
    Appearance, ChatImage, ChatMessage, DeviceId, Hue, Person, PersonId, PersonName, PrivateRoom, RoomName,
    SavedPosition, Seq, SignedInDevice, StatusText, Timestamp, image_path, limits, numbered, picture_path,
};

use crate::{
    access::{devices::DeviceRegistry, passkeys, room_membership::RoomMembership},
    ports::{
        Result,
        messages::{IdempotencyRecord, MessageKey, Messages},
        moderation::Moderation,
        passkeys::{PasskeyId, Passkeys, StoredPasskey},
        profiles::{Profiles, StoredProfile},
        read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
        saved_messages::SavedMessages,
        system::Clock,
    },
};

/// Number of messages that are read at the same time.
const AT_ONCE: usize = 64;

/// Maximum number of messages in one answer. A read takes 187 µs of a whole processor, and a function has a seventh of one:
/// 1,500 × 187 µs × 7 = 2 s of its 10 s. Waiting adds little: 1,500 / 64 × 5 ms = 0.1 s.
const MESSAGES: usize = 1_500;

/// Maximum bytes of messages in one answer, as JSON, plus at most one batch of [`AT_ONCE`] messages of 24 KB, 1.5 MB. A function answers
/// with 6 MB at most.
const BYTES: usize = 4_000_000;

/// Exports the data of a person.
pub struct DataExport {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Up to where the person has read.
    pub read_positions: Arc<dyn ReadPositions>,
    /// The members of private rooms.
    pub membership: RoomMembership,
    /// The titles of private rooms.
    pub moderation: Arc<dyn Moderation>,
    /// The devices of people.
    pub devices: DeviceRegistry,
    /// The profiles of people.
    pub profiles: Arc<dyn Profiles>,
    /// The passkeys of people.
    pub passkeys: Arc<dyn Passkeys>,
    /// What people saved.
    pub saved: Arc<dyn SavedMessages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A part of the data of a person, or all of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportPart {
    /// The person.
    pub person: Person,
    /// When the data was read.
    pub exported_at: Timestamp,
    /// The private rooms of which the person is a member; only in the first part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub private_rooms: Vec<PrivateRoom>,
    /// The devices on which the person is signed in; only in the first part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<SignedInDevice>,
    /// The profile of the person, if they have one; only in the first part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<ExportedProfile>,
    /// The passkeys of the person, without their keys; only in the first part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<ExportedPasskey>,
    /// The messages, by room and oldest first.
    pub messages: Vec<ExportedMessage>,
    /// Up to where the person has read each room. In the first part only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<ExportedPosition>,
    /// The messages that the person saved; only in the last part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<SavedPosition>,
    /// The path of the next part, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The profile of a person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedProfile {
    /// The name that the person chose, where the server stores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<Hue>,
    /// When the picture was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_path: Option<String>,
}

/// A message and its room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMessage {
    room: RoomName,
    #[serde(flatten)]
    message: ChatMessage,
    /// The path of its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_path: Option<String>,
    /// The paths of its other images.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more_image_paths: Vec<String>,
}

/// A passkey of the person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedPasskey {
    passkey: PasskeyId,
    name: PersonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    created: Timestamp,
    last: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
}

impl From<StoredPasskey> for ExportedPasskey {
    fn from(stored: StoredPasskey) -> Self {
        let StoredPasskey { id, name, browser, system, created, last, policy: _, host, device, key: _ } = stored;
        Self { passkey: id, name, browser, system, created, last, host, device }
    }
}

/// Up to where a person has read a room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedPosition {
    room: RoomName,
    seq: Seq,
    at: Timestamp,
    /// What the room shows of it, if it did when the person read.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ExportedReceipt>,
    /// Where the person has read in threads of the room.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    threads: Vec<ExportedThreadPosition>,
}

/// Up to where a person has read a thread.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedThreadPosition {
    root: Seq,
    seq: Seq,
    at: Timestamp,
}

/// Up to where a room shows that a person has read it, and with which name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedReceipt {
    name: PersonName,
    seq: Seq,
    at: Timestamp,
}

impl DataExport {
    /// Exports what a person wrote, after the message that an earlier part ended with, and at the end what they saved. Deleted messages are not included. What a person
    /// wrote in a private room stays theirs when they are no member any more; then the reactions of others and the paths of images,
    /// which they cannot load, are left out.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn export(&self, person: Person, mut after: Option<MessageKey>) -> Result<ExportPart> {
        let private_rooms = match after {
            None => self.membership.rooms_of(&person.id, self.moderation.as_ref()).await?,
            Some(_) => Vec::new(),
        };
        let devices = match after {
            None => self.devices.list(&person.id, None, limits::DEVICE_LIFE).await?,
            Some(_) => Vec::new(),
        };
        let profile = if after.is_none() { self.exported_profile(&person.id).await? } else { None };
        let passkeys = match after {
            None => passkeys::listed(self.passkeys.as_ref(), &person.id, self.clock.now()).await?,
            Some(_) => Vec::new(),
        };
        let (mut messages, mut bytes): (Vec<ExportedMessage>, usize) = (Vec::new(), 0);
        let read = if after.is_none() { self.exported_positions(&person.id).await? } else { Vec::new() };
        let next = loop {
            let records = self.messages.records_of(&person.id, after.as_ref(), AT_ONCE).await?;
            let Some((last, _)) = records.last() else { break None };
            after = Some(last.clone());
            let reads: Vec<_> =
                records.iter().map(|(message_key, record)| self.exported_message(message_key, *record)).collect();
            let read: Vec<Option<ExportedMessage>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
            let exported = read.into_iter().flatten();
            messages.extend(
                exported.inspect(|message| bytes += serde_json::to_string(message).map_or(0, |json| json.len())),
            );
            if messages.len() + AT_ONCE > MESSAGES || bytes > BYTES {
                break after.map(|last| format!("/me/data/{}/{}", last.room, last.nonce.as_str()));
            }
        };
        let visible = self.membership.readable(messages.iter().map(|message| &message.room), &person.id).await?;
        for left in messages.iter_mut().filter(|message| !visible.contains(&message.room)) {
            left.message.reactions.clear();
            left.message.replies = None;
            left.image_path = None;
            left.more_image_paths.clear();
        }
        messages.sort_by(|one, other| (&one.room, one.message.seq).cmp(&(&other.room, other.message.seq)));
        let mut saved = match next {
            Some(_) => Vec::new(),
            None => self.saved.saved(&person.id, limits::SAVED).await?,
        };
        saved.sort_unstable();
        let passkeys = passkeys.into_iter().map(ExportedPasskey::from).collect();
        Ok(ExportPart {
            person,
            exported_at: self.clock.now(),
            private_rooms,
            devices,
            passkeys,
            profile,
            messages,
            read,
            saved,
            next,
        })
    }

    /// Returns the profile of a person, if they have one.
    async fn exported_profile(&self, person: &PersonId) -> Result<Option<ExportedProfile>> {
        let StoredProfile { name, status, appearance: Appearance { picture, colour }, .. } =
            self.profiles.profile(person).await?;
        let picture_path = picture.map(|_| picture_path(person));
        let has_one = name.is_some() || status.is_some() || colour.is_some() || picture.is_some();
        Ok(has_one.then_some(ExportedProfile { name, status, colour, picture, picture_path }))
    }

    /// Returns where a person has read. Costs two reads for each position: its receipt, and the positions in threads.
    async fn exported_positions(&self, person: &PersonId) -> Result<Vec<ExportedPosition>> {
        let positions = self.read_positions.positions(person).await?;
        let exported = positions.into_iter().map(|ReadPosition { person, room, seq, at }| async move {
            let receipt = self.read_positions.receipt(&person, &room);
            let threads = self.read_positions.thread_positions(&person, &room);
            let (receipt, threads) = futures::try_join!(receipt, threads)?;
            let thread = |ThreadPosition { root, seq, at, .. }| ExportedThreadPosition { root, seq, at };
            let threads = threads.into_iter().map(thread).collect();
            let receipt = receipt.map(|StoredReceipt { name, seq, at, .. }| ExportedReceipt { name, seq, at });
            Ok(ExportedPosition { room, seq, at, receipt, threads })
        });
        stream::iter(exported).buffered(AT_ONCE).try_collect().await
    }

    async fn exported_message(
        &self,
        MessageKey { room, author, nonce }: &MessageKey,
        record: IdempotencyRecord,
    ) -> Result<Option<ExportedMessage>> {
        let found = self.messages.at(room, Seq::from(record.rev)).await?;
        let message = found.map(|found| found.message).filter(|message| !message.deleted);
        Ok(message.map(|message| {
            let mut paths = (0..message.image.as_ref().map_or(0, ChatImage::count))
                .map(|number| numbered(&image_path(room, author, nonce), number));
            let (image_path, more_image_paths) = (paths.next(), paths.collect());
            ExportedMessage { room: room.clone(), message, image_path, more_image_paths }
        }))
    }
}
