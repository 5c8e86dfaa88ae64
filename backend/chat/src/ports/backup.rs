//! What a backup holds, and where it is read from and written to.
//!
//! A backup is a list of [`Record`]s and the images of its messages. The crate `chat-backup` defines the files.

use std::fmt;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use shared_types::{
    AuditEntry, ChatIdentity, ChatImage, ImageType, PersonId, PersonName, Restrictions, Rev, Role, RoleEntry,
    RoomDetails, RoomMember, RoomName, RoomRules, SavedPosition, Seq, Timestamp,
};

use crate::ports::{
    Unavailable,
    connections::AddressKey,
    devices::{SignOuts, StoredDevice},
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, StoredMessage},
    moderation::Subject,
    passkeys::StoredPasskey,
    profiles::StoredProfile,
    read_positions::{ReadPosition, StoredReceipt, ThreadPosition},
    secrets::Keys,
};

/// One stored fact of a chat. As JSON it is one line of a backup: kinds and fields are stored data and keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "most records are messages, and a few hundred are in memory at a time")]
pub enum Record {
    /// The signing secrets.
    Secrets {
        /// The secret that signs.
        current: SecretBytes,
        /// The secret before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<SecretBytes>,
        /// When the current secret was made.
        made_at: Timestamp,
    },
    /// A room's last revision.
    Room {
        /// The room.
        room: RoomName,
        /// The last revision that was taken.
        rev: Rev,
    },
    /// The rules of a room.
    Rules {
        /// The room.
        room: RoomName,
        /// The rules.
        rules: RoomRules,
    },
    /// The details of a room.
    Details {
        /// The room.
        room: RoomName,
        /// The details.
        details: RoomDetails,
    },
    /// Name and icon of the chat.
    Chat {
        /// The name and the icon.
        chat: ChatIdentity,
    },
    /// The restrictions of a person or an address.
    Restrictions {
        /// The person or address.
        subject: Subject,
        /// The restrictions.
        restrictions: Restrictions,
    },
    /// The devices of a person that are signed out.
    SignOuts {
        /// The person.
        person: PersonId,
        /// The sign-outs.
        sign_outs: SignOuts,
    },
    /// The addresses that were banned together with a person.
    BannedAddresses {
        /// The person.
        person: PersonId,
        /// The addresses.
        addresses: Vec<AddressKey>,
        /// When the list ends.
        until: Timestamp,
    },
    /// The role of a person.
    Role {
        /// The person.
        person: PersonId,
        /// The person's name when they got the role, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// The role.
        role: Role,
    },
    /// Up to where a person has read a room.
    ReadPosition {
        /// The position.
        #[serde(flatten)]
        position: ReadPosition,
    },
    /// Up to where a person has read a thread.
    ThreadPosition {
        /// The position.
        #[serde(flatten)]
        position: ThreadPosition,
    },
    /// Up to where a person has read a room that shows it.
    ReadReceipt {
        /// The receipt.
        #[serde(flatten)]
        receipt: StoredReceipt,
    },
    /// A device of a person.
    Device {
        /// The person.
        person: PersonId,
        /// The device.
        device: StoredDevice,
    },
    /// The profile of a person.
    Profile {
        /// The person.
        person: PersonId,
        /// The profile.
        profile: StoredProfile,
        /// The file of the picture. A [`RecordSource`] leaves it out; `chat-backup` adds it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<PictureBytes>,
    },
    /// A passkey of a person.
    Passkey {
        /// The person.
        person: PersonId,
        /// The passkey.
        passkey: StoredPasskey,
    },
    /// A member of a private room.
    Member {
        /// The room.
        room: RoomName,
        /// The member.
        member: RoomMember,
        /// Whether they have left the direct message.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        left: bool,
        /// The newest message then. `None` in backups of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_after: Option<Seq>,
    },
    /// An entry of the audit log.
    Audit {
        /// The entry.
        entry: AuditEntry,
    },
    /// A message that a person saved for themselves.
    Saved {
        /// The person.
        person: PersonId,
        /// The message, and when it was saved.
        #[serde(flatten)]
        position: SavedPosition,
    },
    /// An idempotency record.
    Idempotency {
        /// The message.
        #[serde(flatten)]
        key: MessageKey,
        /// Its record.
        #[serde(flatten)]
        record: IdempotencyRecord,
    },
    /// A tombstone.
    Tombstone {
        /// The erased message.
        #[serde(flatten)]
        key: MessageKey,
        /// Its record.
        #[serde(flatten)]
        record: IdempotencyRecord,
        /// When the tombstone ends.
        until: Timestamp,
    },
    /// A change record.
    Change {
        /// The room.
        room: RoomName,
        /// The record.
        #[serde(flatten)]
        change: ChangeRecord,
    },
    /// A message with its remembered changes.
    Message {
        /// The room.
        room: RoomName,
        /// The message.
        message: StoredMessage,
    },
}

impl Record {
    /// The names of all kinds, as in the field `kind`.
    pub const KINDS: [&str; 21] = [
        "secrets",
        "room",
        "rules",
        "details",
        "chat",
        "restrictions",
        "signOuts",
        "bannedAddresses",
        "role",
        "readPosition",
        "readReceipt",
        "device",
        "profile",
        "passkey",
        "member",
        "audit",
        "saved",
        "idempotency",
        "tombstone",
        "change",
        "message",
    ];

    /// Returns the record of the signing secrets.
    pub fn of_keys(keys: &Keys) -> Self {
        let Keys { current, previous, made_at } = *keys;
        Self::Secrets { current: SecretBytes(current), previous: previous.map(SecretBytes), made_at }
    }

    /// Returns the record of a person's role.
    pub fn of_role(RoleEntry { person, name, role, configured: _ }: RoleEntry) -> Self {
        Self::Role { person, name, role }
    }

    /// Returns the room whose revision this record used, and that revision.
    pub fn used_rev(&self) -> Option<(&RoomName, Rev)> {
        match self {
            Self::Room { room, rev } => Some((room, *rev)),
            Self::Idempotency { key, record } | Self::Tombstone { key, record, .. } => Some((&key.room, record.rev)),
            Self::Change { room, change } => Some((room, change.rev)),
            Self::Message { room, message } => Some((room, message.message.rev)),
            Self::Secrets { .. }
            | Self::Rules { .. }
            | Self::Details { .. }
            | Self::Chat { .. }
            | Self::Restrictions { .. }
            | Self::SignOuts { .. }
            | Self::BannedAddresses { .. }
            | Self::Role { .. }
            | Self::ReadPosition { .. }
            | Self::ThreadPosition { .. }
            | Self::ReadReceipt { .. }
            | Self::Device { .. }
            | Self::Profile { .. }
            | Self::Passkey { .. }
            | Self::Member { .. }
            | Self::Saved { .. }
            | Self::Audit { .. } => None,
        }
    }

    /// Returns the images that belong to this record, if it is a message with some.
    pub fn images(&self) -> Vec<ImageRef> {
        let Self::Message { room, message: StoredMessage { message, .. } } = self else { return Vec::new() };
        let key = MessageKey { room: room.clone(), author: message.author.id.clone(), nonce: message.nonce.clone() };
        let images = message.image.iter().flat_map(ChatImage::all).enumerate();
        let image_ref = |(number, image): (usize, &ChatImage)| {
            Some(ImageRef { key: key.of_image(number)?, kind: image.kind, sent_at: message.sent_at })
        };
        images.filter_map(image_ref).collect()
    }
}

/// The image of a message: what a store needs to know to read or to write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageRef {
    /// The message.
    #[serde(flatten)]
    pub key: MessageKey,
    /// Its media type.
    #[serde(rename = "type")]
    pub kind: ImageType,
    /// When the message was sent.
    pub sent_at: Timestamp,
}

/// The file of a picture, at most `limits::PICTURE_BYTES`. As JSON it is base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureBytes(pub Vec<u8>);

impl Serialize for PictureBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for PictureBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BASE64.decode(String::deserialize(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}

/// A signing secret. As JSON it is base64; `Debug` leaves it out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretBytes(pub [u8; 32]);

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        // Without the text: it could be a secret with a slip of the pen.
        bytes.map(Self).ok_or_else(|| de::Error::custom("a secret of 32 bytes in base64 is needed"))
    }
}

/// Why a store cannot be backed up or restored into. `Display` is a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store is in a state that forbids it. Nothing was changed.
    #[error("{0}")]
    Refused(String),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Reads the records of a chat.
///
/// People may write meanwhile. Every message that was acknowledged before the source was opened MUST be among the records, with its
/// idempotency record and the change record of its last change. Expired records may be left out.
#[async_trait]
pub trait RecordSource: Send {
    /// Returns the next records, as many as fit into a few megabytes, in any order. An empty list means that there are no more.
    async fn next(&mut self) -> Result<Vec<Record>, StoreError>;

    /// Returns how many stored values could not be read and are missing among the records.
    fn unreadable(&self) -> u64;
}

/// Reads the images of a chat.
#[async_trait]
pub trait ImageSource: Send + Sync {
    /// Returns the bytes of an image; `None` if it does not exist (any more).
    async fn image(&self, image: &ImageRef) -> Result<Option<Vec<u8>>, StoreError>;

    /// Returns the bytes of the picture of a person; `None` if it does not exist (any more).
    async fn picture(&self, person: &PersonId) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Writes the records and images of a backup into an empty chat.
///
/// The caller calls `begin`, `put` and `put_images` for each record and image in the order that `chat-backup` defines, and `finish`.
#[async_trait]
pub trait RestoreTarget: Send {
    /// Begins to restore the backup with this id. MUST refuse a target that holds a chat. A target in which the restore of the same
    /// backup was interrupted may be accepted: then everything is put again.
    async fn begin(&mut self, backup: &str) -> Result<(), StoreError>;

    /// Writes records. What a repeated restore finds MUST stay as it is; a room's revision MUST never become lower.
    async fn put(&mut self, records: Vec<Record>) -> Result<(), StoreError>;

    /// Writes images.
    async fn put_images(&mut self, images: Vec<(ImageRef, Vec<u8>)>) -> Result<(), StoreError>;

    /// Ends the restore. After success everything MUST survive a crash and a power cut, and the chat can be used.
    async fn finish(&mut self) -> Result<(), StoreError>;

    /// Returns how many records and images were left out because they are older than the target keeps them.
    fn expired(&self) -> u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_in_debug_output_or_in_errors() {
        let keys = Keys { current: [65; 32], previous: Some([66; 32]), made_at: Timestamp(1) };
        let record = Record::of_keys(&keys);
        let debug = format!("{record:?}");
        assert!(!debug.contains("65") && !debug.contains('A'), "{debug}");
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
        let error = serde_json::from_str::<Record>(&json.replace("QUFB", "QUF-")).unwrap_err().to_string();
        assert!(!error.contains("QUF"), "{error}");
    }
}
