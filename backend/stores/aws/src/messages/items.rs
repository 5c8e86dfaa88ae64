//! Keys of the items in the message table, and messages as items and back.

use chat::ports::{
    Result, Unavailable,
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, PinEntry, StoredMessage, ThreadVersion, version_of},
};
use shared_types::{Appearance, ChatMessage, Person, PersonId, Rev, RoomName, Seq, Timestamp, merged_reactions};

use crate::{
    item::{
        Item, Malformed, item, json, number, read, read_number, read_optional, read_optional_number, read_parsed, text,
    },
    table::Key,
};

/// Attributes of a message: the version of the summary of its thread.
pub(super) const REPLIES_REV: &str = "repliesRev";
pub(super) const REPLIES_COUNT: &str = "repliesCount";
pub(super) const REPLIES_VERSION: &str = "repliesVersion";

/// Attribute of a message: picture and colour of the author, at most 60 bytes.
pub(super) const AUTHOR_APPEARANCE: &str = "authorAppearance";

pub(super) fn room_partition(room: &RoomName) -> String {
    format!("room#{room}")
}

pub(super) fn message_key(room: &RoomName, seq: Seq) -> Key {
    Key::new(room_partition(room), message_sk(seq.0))
}

/// Twenty digits hold every `u64`, so that the order of the texts is the order of the numbers.
pub(super) fn message_sk(seq: u64) -> String {
    format!("m#{seq:020}")
}

pub(super) fn change_sk(rev: u64) -> String {
    format!("c#{rev:020}")
}

pub(super) fn pin_sk(seq: u64) -> String {
    format!("p#{seq:020}")
}

/// The sort key of a reply in the index of threads.
pub(super) fn reply_sk(root: Seq, reply: u64) -> String {
    format!("t#{:020}#{reply:020}", root.0)
}

pub(super) fn to_reply(item: &Item) -> std::result::Result<Seq, Malformed> {
    Ok(Seq(read_number(item, "seq")?))
}

pub(super) fn to_pin(item: &Item) -> std::result::Result<PinEntry, Malformed> {
    Ok(PinEntry { seq: Seq(read_number(item, "seq")?), rev: Rev(read_number(item, "rev")?) })
}

/// The records of an author are also the list of what they wrote, without a further write.
pub(super) fn record_key(message_key: &MessageKey) -> Key {
    Key::new(author_partition(&message_key.author), record_sk(message_key))
}

pub(super) fn author_partition(author: &PersonId) -> String {
    format!("n#{author}")
}

/// Tombstones are outside their author's list, which every erase request reads from its start.
pub(super) fn tombstone_key(message_key: &MessageKey) -> Key {
    Key::new(format!("given-up#{}", message_key.author), record_sk(message_key))
}

/// Neither part can contain a `#`, so no two messages share a key.
pub(super) fn record_sk(message_key: &MessageKey) -> String {
    format!("{}#{}", message_key.room, message_key.nonce)
}

pub(super) fn to_message_key(author: &PersonId, item: &Item) -> std::result::Result<MessageKey, Malformed> {
    let parts = |sk: &str| {
        let (room, nonce) = sk.split_once('#')?;
        Some(MessageKey { room: room.parse().ok()?, author: author.clone(), nonce: nonce.parse().ok()? })
    };
    read_parsed(item, "sk", parts)
}

pub(super) fn to_record(item: &Item) -> std::result::Result<IdempotencyRecord, Malformed> {
    Ok(IdempotencyRecord { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?) })
}

pub(super) fn to_change(item: &Item) -> std::result::Result<ChangeRecord, Malformed> {
    let seq = read_optional_number(item, "seq")?.map(Seq);
    Ok(ChangeRecord { rev: Rev(read_number(item, "rev")?), at: Timestamp(read_number(item, "at")?), seq })
}

pub(super) fn to_stored(item: &Item) -> std::result::Result<StoredMessage, Malformed> {
    let applied = read_optional(item, "applied", |json| serde_json::from_str(json).ok())?;
    Ok(StoredMessage { message: to_message(item)?, applied: applied.unwrap_or_default() })
}

/// Returns a message as an item, without an expiry.
pub(super) fn from_message(room: &RoomName, message: &ChatMessage, doing: &'static str) -> Result<Item> {
    let Key { pk, sk } = message_key(room, message.seq);
    let mut stored = item([
        ("pk", text(pk)),
        ("sk", text(sk)),
        ("seq", number(message.seq.0)),
        ("rev", number(message.rev.0)),
        ("authorId", text(&message.author.id)),
        ("authorName", text(&message.author.name)),
        ("nonce", text(&message.nonce)),
        ("sentAt", number(message.sent_at.0)),
    ]);
    if let Some(message_text) = &message.text {
        stored.insert("text".into(), text(message_text));
    }
    // As JSON, as on the wire: no query looks at a part of it.
    let parts = [
        ("image", message.image.as_ref().map(json)),
        ("replyTo", message.reply_to.as_ref().map(json)),
        ("mentions", (!message.mentions.is_empty()).then(|| json(&message.mentions))),
        ("reactions", (!message.reactions.is_empty()).then(|| json(&message.reactions))),
        ("pinned", message.pinned.as_ref().map(json)),
        ("poll", message.poll.as_ref().map(json)),
        ("replies", message.replies.as_ref().map(json)),
        (AUTHOR_APPEARANCE, (!message.author.appearance.is_default()).then(|| json(&message.author.appearance))),
    ];
    for (name, part) in parts {
        if let Some(part) = part.transpose().map_err(Unavailable::while_doing(doing))? {
            stored.insert(name.into(), part);
        }
    }
    if let Some(at) = message.edited_at {
        stored.insert("editedAt".into(), number(at.0));
    }
    if let Some(root) = message.thread {
        stored.insert("thread".into(), number(root.0));
    }
    if message.in_room {
        stored.insert("inRoom".into(), number(1));
    }
    // Its version, for conditions.
    if let Some(ThreadVersion { rev, count, update }) = version_of(message.replies.as_ref()) {
        stored.insert(REPLIES_REV.into(), number(rev.0));
        stored.insert(REPLIES_COUNT.into(), number(count.into()));
        stored.extend(update.map(|update| (REPLIES_VERSION.into(), number(update.into()))));
    }
    if message.author.moderator {
        stored.insert("authorModerator".into(), number(1));
    }
    if message.deleted {
        stored.insert("deleted".into(), number(1));
    }
    Ok(stored)
}

pub(super) fn to_message(item: &Item) -> std::result::Result<ChatMessage, Malformed> {
    let moderator = item.contains_key("authorModerator");
    Ok(ChatMessage {
        seq: Seq(read_number(item, "seq")?),
        rev: Rev(read_number(item, "rev")?),
        author: Person {
            id: read(item, "authorId")?,
            name: read(item, "authorName")?,
            moderator,
            // A message is shown without one that cannot be read.
            appearance: read_optional(item, AUTHOR_APPEARANCE, |json| serde_json::from_str(json).ok())
                .ok()
                .flatten()
                .unwrap_or(Appearance::NONE),
        },
        nonce: read(item, "nonce")?,
        text: read_optional(item, "text", |text| text.parse().ok())?,
        html: None,
        image: read_optional(item, "image", |json| serde_json::from_str(json).ok())?,
        reply_to: read_optional(item, "replyTo", |json| serde_json::from_str(json).ok())?,
        mentions: read_optional(item, "mentions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
        sent_at: Timestamp(read_number(item, "sentAt")?),
        edited_at: read_optional_number(item, "editedAt")?.map(Timestamp),
        deleted: item.contains_key("deleted"),
        reactions: merged_reactions(
            read_optional(item, "reactions", |json| serde_json::from_str(json).ok())?.unwrap_or_default(),
        ),
        pinned: read_optional(item, "pinned", |json| serde_json::from_str(json).ok())?,
        poll: read_optional(item, "poll", |json| serde_json::from_str(json).ok())?,
        thread: read_optional_number(item, "thread")?.map(Seq),
        in_room: item.contains_key("inRoom"),
        replies: read_optional(item, "replies", |json| serde_json::from_str(json).ok())?,
    })
}
