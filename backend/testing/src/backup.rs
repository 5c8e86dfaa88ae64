//! A chat that has every kind of record that a backup holds, and the files of a backup for comparison.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use chat::ports::{
    connections::AddressKey,
    devices::{Devices, SignOuts, StoredDevice},
    messages::{
        AppliedChange, AppliedReaction, AppliedVote, ChangeRecord, IdempotencyRecord, MessageKey, Messages,
        StoredMessage,
    },
    moderation::{Moderation, Subject},
    passkeys::{PasskeyId, Passkeys, StoredPasskey},
    profiles::{Profiles, StoredProfile},
    read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
    room_members::RoomMembers,
    saved_messages::SavedMessages,
    secrets::Secrets,
};
use shared_types::{
    Appearance, AuditEntry, ChatIdentity, ChatImage, ChatMessage, ImageType, ModerationAction, MoreImages, Person,
    PersonId, Pin, PollDraft, Reaction, ReplyRef, Restrictions, Rev, Role, RoleEntry, RoomDetails, RoomMember,
    RoomName, RoomRules, SavedPosition, Seq, ThreadSummary, Timestamp,
};

use crate::contract::fixtures::{message, message_key, now, room};

/// The image of [`fill`].
pub const IMAGE: &[u8] = b"the bytes of an image";

/// The second image of its message.
pub const SECOND_IMAGE: &[u8] = b"the bytes of another image";

/// The picture of a person of [`fill`]. Its type has to be recognized when it is restored on AWS.
pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of a picture";

/// Whose picture it is.
pub fn person_with_picture() -> PersonId {
    "Ann".parse().unwrap()
}

/// Their message.
pub fn image_key() -> MessageKey {
    message_key("lobby", "Ann", "Image")
}

/// The ports through which [`fill`] writes.
pub struct Ports<'a> {
    pub messages: &'a dyn Messages,
    pub saved: &'a dyn SavedMessages,
    pub moderation: &'a dyn Moderation,
    pub read_positions: &'a dyn ReadPositions,
    pub members: &'a dyn RoomMembers,
    pub devices: &'a dyn Devices,
    pub profiles: &'a dyn Profiles,
    pub passkeys: &'a dyn Passkeys,
    pub secrets: &'a dyn Secrets,
}

/// Writes the images of [`fill`] into a data directory.
pub fn write_images(directory: &Path) {
    fs::create_dir(directory.join("images")).unwrap();
    // The names of the files of `image_key`: upper case letters are in the mask.
    fs::write(directory.join("images/ann.lobby.image.9"), IMAGE).unwrap();
    fs::write(directory.join("images/ann.lobby.image=1.9"), SECOND_IMAGE).unwrap();
    fs::create_dir(directory.join("pictures")).unwrap();
    fs::write(directory.join("pictures/ann.1"), PICTURE).unwrap();
}

/// Writes every kind of record. The images have to be stored by the caller. All times are whole seconds.
pub async fn fill(ports: &Ports<'_>) {
    let at = Timestamp(now().0 / 1000 * 1000);
    fill_lobby(ports.messages, at).await;
    fill_cats(ports.messages, at).await;
    let saved = SavedPosition { saved_at: at, room: room("cats"), seq: Seq(2) };
    ports.saved.save(&person("bob").id, &saved).await.unwrap();
    fill_moderation(ports.moderation, at).await;
    for (id, in_room, seq) in [("ann", "lobby", 5), ("ann", "cats", 1), ("bob", "lobby", 4)] {
        let position = ReadPosition { person: person(id).id, room: room(in_room), seq: Seq(seq), at };
        assert!(ports.read_positions.advance(&position).await.unwrap());
    }
    let (reader, root, seq) = (person("ann").id, Seq(2), Seq(5));
    let position = ThreadPosition { person: reader, room: room("lobby"), root, seq, at };
    assert!(ports.read_positions.advance_thread(&position).await.unwrap());
    let shown =
        StoredReceipt { room: room("cats"), person: person("ann").id, name: person("ann").name, seq: Seq(1), at };
    assert!(ports.read_positions.show(&shown).await.unwrap());
    fill_members(ports.members, at).await;
    fill_devices(ports, at).await;
    fill_profiles(ports.profiles, at).await;
    let kept = ports.secrets.keep_first([1; 32], at).await.unwrap();
    assert!(ports.secrets.replace(&kept, [2; 32], at + Duration::from_secs(1)).await.unwrap());
}

async fn fill_devices(ports: &Ports<'_>, at: Timestamp) {
    let device = |id: &str, browser: Option<&str>| StoredDevice {
        id: id.parse().unwrap(),
        browser: browser.map(str::to_owned),
        system: Some("Linux".into()),
        since: at,
        last: at,
    };
    for (of, stored) in [("ann", device("d-1", Some("Firefox"))), ("bob", device("d-2", None))] {
        ports.devices.record(&person(of).id, &stored).await.unwrap();
    }
    let passkey = StoredPasskey {
        id: PasskeyId::of_credential(b"credential"),
        name: person("ann").name,
        browser: Some("Firefox".into()),
        system: None,
        created: at,
        last: at,
        policy: "mark".into(),
        host: Some("chat.example".into()),
        device: Some("d-1".parse().unwrap()),
        key: r#"{"cred":{}}"#.into(),
    };
    assert!(ports.passkeys.add(&person("ann").id, &passkey).await.unwrap());
    // Bob has restrictions, too.
    for of in ["ann", "bob"] {
        let sign_outs = SignOuts::default().with(&[device("d-3", None)], &[], at);
        assert!(ports.moderation.set_sign_outs(&person(of).id, &sign_outs).await.unwrap());
    }
}

async fn fill_profiles(profiles: &dyn Profiles, at: Timestamp) {
    let with_picture = StoredProfile {
        version: 1,
        name: "Anna 🏖".parse().ok(),
        status: "On holiday 🏖".parse().ok(),
        appearance: Appearance { picture: Some(at), colour: 3.try_into().ok() },
        nonce: "n-1".parse().ok(),
        changing_until: None,
        used: Some(at),
    };
    let without = StoredProfile { version: 1, status: "生".parse().ok(), ..StoredProfile::default() };
    for (of, profile) in [(person_with_picture(), with_picture), (person("bob").id, without)] {
        assert!(profiles.set_profile(&of, 0, &profile).await.unwrap());
    }
}

async fn fill_members(members: &dyn RoomMembers, at: Timestamp) {
    let private = room("p-abcdefghijklmnopqrst");
    let Person { id, name, .. } = person("mo");
    let host = RoomMember { person: id, name: Some(name), host: true, since: at, appearance: Appearance::NONE };
    let member =
        RoomMember { person: person("bob").id, name: None, host: false, since: at, appearance: Appearance::NONE };
    members.add(&private, &host).await.unwrap();
    members.add(&private, &member).await.unwrap();
    // Bob has left a direct message.
    let direct = RoomName::of_direct_message(&[7; 32]);
    members.add_together(&direct, &[RoomMember { host: false, ..host }, member.clone()]).await.unwrap();
    members.set_left(&direct, &member.person, Some(Seq(7))).await.unwrap();
}

fn person(id: &str) -> Person {
    Person {
        id: id.parse().unwrap(),
        name: format!("{id} 生").parse().unwrap(),
        moderator: id == "mo",
        appearance: Appearance::NONE,
    }
}

/// Sends a message, as `messages/post.rs` does. Returns it.
pub async fn send(messages: &dyn Messages, in_room: &RoomName, draft: ChatMessage) -> ChatMessage {
    let rev = messages.next_rev(in_room).await.unwrap();
    let sent = ChatMessage { seq: rev.into(), rev, ..draft };
    let key = MessageKey { room: in_room.clone(), author: sent.author.id.clone(), nonce: sent.nonce.clone() };
    messages.reserve(&key, IdempotencyRecord { rev, at: sent.sent_at }).await.unwrap();
    messages.put(in_room, &sent).await.unwrap()
}

/// Changes a message, as `messages/update.rs` does.
async fn change(messages: &dyn Messages, in_room: &RoomName, before: &ChatMessage, changed: StoredMessage) {
    let rev = messages.next_rev(in_room).await.unwrap();
    let change = ChangeRecord { rev, at: before.sent_at, seq: Some(before.seq) };
    messages.record_change(in_room, change).await.unwrap();
    let changed = StoredMessage { message: ChatMessage { rev, ..changed.message }, ..changed };
    assert!(messages.replace(in_room, before.rev, &changed).await.unwrap());
}

async fn fill_lobby(messages: &dyn Messages, at: Timestamp) {
    let lobby = room("lobby");
    let mut sent = Vec::new();
    for number in 1..=5 {
        let draft = ChatMessage { sent_at: at, ..message(number, &format!("text {number} \n \"quoted\" 生")) };
        sent.push(send(messages, &lobby, draft).await);
    }
    let applied = AppliedChange {
        by: person("bob").id,
        nonce: "c-1".parse().unwrap(),
        at,
        edit_rev: None,
        pin_rev: None,
        vote: Some(AppliedVote { option: 1, rev: Rev(6) }),
        reaction: Some(AppliedReaction { emoji: "👍".parse().unwrap(), rev: Rev(6) }),
    };
    let reactions = vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![person("bob")] }];
    let edited = ChatMessage { edited_at: Some(at), reactions, ..sent[1].clone() };
    change(messages, &lobby, &sent[1], StoredMessage { message: edited, applied: vec![applied] }).await;
    let void = ChangeRecord { rev: messages.next_rev(&lobby).await.unwrap(), at, seq: None };
    messages.record_change(&lobby, void).await.unwrap();
    send_image(messages, &lobby, at).await;

    let erased = ChatMessage { deleted: true, text: None, author: Person::erased(), ..sent[2].clone() };
    change(messages, &lobby, &sent[2], StoredMessage { message: erased, applied: Vec::new() }).await;
    let key = message_key("lobby", "ann", sent[2].nonce.as_str());
    messages.tombstone(&key, at + Duration::from_secs(7 * 24 * 60 * 60)).await.unwrap();
    // A send that took a revision and a record and was interrupted, and one that only took a revision.
    let rev = messages.next_rev(&lobby).await.unwrap();
    messages.reserve(&message_key("lobby", "ann", "lost"), IdempotencyRecord { rev, at }).await.unwrap();
    messages.next_rev(&lobby).await.unwrap();
}

async fn send_image(messages: &dyn Messages, lobby: &RoomName, at: Timestamp) {
    let image = ChatImage {
        kind: ImageType::Png,
        size: (IMAGE.len() as u64).try_into().unwrap(),
        width: 3.try_into().unwrap(),
        height: 2.try_into().unwrap(),
        preview: None,
        alt: "a cat".parse().ok(),
        more: MoreImages::default(),
    };
    let second = ChatImage { size: (SECOND_IMAGE.len() as u64).try_into().unwrap(), alt: None, ..image.clone() };
    let image = ChatImage { more: MoreImages(vec![second]), ..image };
    let MessageKey { author, nonce, .. } = image_key();
    let author = Person { id: author, name: "Ann".parse().unwrap(), moderator: false, appearance: Appearance::NONE };
    let draft = ChatMessage { author, nonce, text: None, image: Some(image), sent_at: at, ..message(1, "") };
    send(messages, lobby, draft).await;
}

async fn fill_cats(messages: &dyn Messages, at: Timestamp) {
    let cats = room("cats");
    let question = send(messages, &cats, ChatMessage { author: person("mo"), sent_at: at, ..message(1, "?") }).await;
    let reply_to = Some(ReplyRef { seq: question.seq, author: question.author });
    let pinned = Some(Pin { by: person("mo"), at });
    let poll = PollDraft { options: vec!["One".parse().unwrap(), "二".parse().unwrap()], several: true };
    let reply = ChatMessage {
        poll: Some(poll.into()),
        pinned,
        reply_to,
        thread: Some(question.seq),
        in_room: true,
        mentions: vec![person("mo")],
        sent_at: at,
        ..message(2, "@mo !")
    };
    let reply = send(messages, &cats, reply).await;
    let summary = ThreadSummary {
        count: 1,
        people: vec![Person { moderator: false, ..reply.author.clone() }],
        recent: vec![reply.seq],
        last_at: at,
        rev: reply.rev,
        ..ThreadSummary::default()
    };
    assert!(messages.summarize(&cats, question.seq, None, &summary).await.unwrap());
}

async fn fill_moderation(moderation: &dyn Moderation, at: Timestamp) {
    let (day, cats) = (Duration::from_secs(24 * 60 * 60), room("cats"));
    moderation
        .set_rules(
            &cats,
            RoomRules { slow: 30, read_only: true, archived: true, member_pins: true, keep_days: Some(3_000) },
        )
        .await
        .unwrap();
    let details = RoomDetails {
        title: "猫 Cats".parse().ok(),
        topic: "Cats only".parse().ok(),
        description: "One\nTwo".parse().ok(),
        receipts: true,
    };
    moderation.set_details(&cats, &details, false).await.unwrap();
    let identity = ChatIdentity { name: "猫 Chat".parse().ok(), icon: "🐈".parse().ok(), unique_names: Some(true) };
    moderation.set_identity(&identity).await.unwrap();
    let (bob, address) = (person("bob").id, AddressKey("key-of-an-address".into()));
    let both = Restrictions { muted_until: Some(at + day), banned_until: Some(at + day * 2) };
    moderation.set_restrictions(&Subject::Person(bob.clone()), both).await.unwrap();
    let banned = Restrictions { muted_until: None, ..both };
    moderation.set_restrictions(&Subject::Address(address.clone()), banned).await.unwrap();
    moderation.set_banned_addresses(&bob, &[address], at + day * 2).await.unwrap();
    let delete = |seq| ModerationAction::Delete { room: cats.clone(), seq: Seq(seq), author: person("bob") };
    let Person { id, name, .. } = person("mo");
    let owner = RoleEntry { person: id, name: Some(name), role: Role::Owner, configured: false };
    assert!(moderation.set_role(&owner).await.unwrap());
    let ban = ModerationAction::Ban { person: bob, name: None, until: Some(at + day) };
    for (at, action) in [(at, delete(1)), (at, delete(2)), (at + day, ban)] {
        moderation.record(&AuditEntry { at, by: person("mo"), action }).await.unwrap();
    }
}

/// Returns the files of a directory by path.
pub fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

/// Checks that two backups are the same byte for byte.
pub fn assert_same_backup(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&other[&name]), "{name}");
    }
}
