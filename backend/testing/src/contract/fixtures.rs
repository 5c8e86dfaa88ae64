//! Test data of the contract cases.

use std::{sync::LazyLock, time::SystemTime};

use chat::ports::{
    connections::{AddressKey, Connection, ConnectionId, ConnectionLimits},
    images::Upload,
    messages::{IdempotencyRecord, MessageKey},
};
use shared_types::{Appearance, ChatImage, ChatMessage, ImageType, MoreImages, Person, Rev, RoomName, Seq, Timestamp};

use crate::contract::Stores;

pub fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

/// Returns a connection. `c1` has an address, and `c2` is a moderator.
pub fn connection(id: &str, in_room: &str) -> Connection {
    Connection {
        id: ConnectionId(id.into()),
        room: room(in_room),
        person: Person {
            id: format!("p-{id}").parse().unwrap(),
            name: "Ann 生".parse().unwrap(),
            moderator: id == "c2",
            appearance: Appearance::NONE,
        },
        address: (id == "c1").then(|| AddressKey("a-1".into())),
        is_first_of_address: false,
        opened_at: now(),
        hidden: false,
        accepts_batches: id == "c2",
        device: (id == "c1").then(|| "d-1".parse().unwrap()),
        status: None,
        chosen: None,
    }
}

pub fn connection_from(address: &str, id: &str) -> Connection {
    Connection { address: Some(AddressKey(address.into())), ..connection(id, "lobby") }
}

/// Returns limits for all connections together, without a limit per address.
pub fn limit(all: u32) -> ConnectionLimits {
    ConnectionLimits { all, per_address: None, first_of_address: 0 }
}

/// Returns the time of the first call, so that what is made twice is equal.
pub fn now() -> Timestamp {
    static START: LazyLock<Timestamp> = LazyLock::new(|| {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Timestamp(since_epoch.as_millis() as u64)
    });
    *START
}

/// Returns the images of a message.
pub fn album(count: usize) -> ChatImage {
    let image = ChatImage {
        kind: ImageType::Png,
        size: 9.try_into().unwrap(),
        width: 3.try_into().unwrap(),
        height: 2.try_into().unwrap(),
        preview: "0af".repeat(16).parse().ok(),
        alt: "猫".parse().ok(),
        more: MoreImages::default(),
    };
    ChatImage { more: MoreImages(vec![image.clone(); count - 1]), ..image }
}

pub fn message(seq: u64, text: &str) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: Person {
            id: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            moderator: false,
            appearance: Appearance::NONE,
        },
        nonce: format!("n-{seq}").parse().unwrap(),
        text: text.parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: now(),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    }
}

pub fn message_key(in_room: &str, author: &str, nonce: &str) -> MessageKey {
    MessageKey { room: room(in_room), author: author.parse().unwrap(), nonce: nonce.parse().unwrap() }
}

pub fn record(rev: u64) -> IdempotencyRecord {
    IdempotencyRecord { rev: Rev(rev), at: Timestamp(now().0 + rev) }
}

/// Stores a message under each sequence number.
pub async fn store_messages(stores: &Stores, in_room: &str, seqs: impl IntoIterator<Item = u64>) {
    for seq in seqs {
        let message = message(seq, &format!("{in_room} {seq}"));
        stores.messages.put(&room(in_room), &message).await.unwrap();
    }
}

pub fn seqs(messages: &[ChatMessage]) -> Vec<u64> {
    messages.iter().map(|message| message.seq.0).collect()
}

/// Returns an upload of `ann=` in the lobby.
pub fn upload(nonce: &str, kind: ImageType, size: usize) -> Upload {
    Upload { message_key: message_key("lobby", "ann=", nonce), kind, size: (size as u64).try_into().unwrap() }
}
