//! The contract of the ports on the embedded stores, each in its own directory, and tests of behaviour that only these stores have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

mod passkey_cleanup;
mod uploads;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::ports::{
    devices::{Devices, SignOuts, StoredDevice},
    messages::{ChangeRecord, Expiring, IdempotencyRecord, Messages, StoredMessage},
    moderation::Moderation,
    read_positions::{ReadPosition, ReadPositions, StoredReceipt},
    room_directory::{DirectoryEntry, RoomDirectory},
};
use chat_testing::{
    clock::ManualClock,
    contract::{
        Browser, Stores,
        fixtures::{album, message, message_key, now, record, room, seqs},
    },
};
use platform::system::{SystemClock, SystemEntropy};
use shared_types::{ChatMessage, PersonId, Rev, RoomDetails, RoomRules, Seq, Timestamp, limits};
use store_redb::{
    connections::InProcessConnections, devices::RedbDevices, images::FileImages, messages::RedbMessages,
    moderation::RedbModeration, passkeys::RedbPasskeys, profiles::RedbProfiles, rate_store::InProcessRateStore,
    read_positions::RedbReadPositions, room_directory::RedbRoomDirectory, room_members::RedbRoomMembers, store::Store,
    tokens::RedbTokens, usage_store::RedbUsage,
};

chat_testing::contract_tests!(crate::stores);

async fn stores() -> Stores {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let images = FileImages::open(directory.path(), Arc::new(SystemClock), &SystemEntropy).unwrap();
    let images = Arc::new(images);
    let log = Arc::new(RedbMessages::new(store.clone(), None, Arc::new(SystemClock)));
    let all = Arc::new(InProcessConnections::default());
    Stores {
        connections: all.clone(),
        shards: all,
        messages: log.clone(),
        saved: log,
        moderation: Arc::new(RedbModeration::new(store.clone(), Arc::new(SystemClock))),
        tokens: Arc::new(RedbTokens::new(store.clone(), Arc::new(SystemClock))),
        room_directory: Arc::new(RedbRoomDirectory::load(store.clone()).await),
        read_positions: Arc::new(RedbReadPositions::new(store.clone())),
        members: Arc::new(RedbRoomMembers::new(store.clone())),
        devices: Arc::new(RedbDevices::new(store.clone())),
        profiles: Arc::new(RedbProfiles::new(store.clone())),
        passkeys: Arc::new(RedbPasskeys::new(store.clone())),
        usage: Arc::new(RedbUsage::new(store.clone(), directory.path())),
        secrets: Arc::new(store),
        rate_store: Arc::new(InProcessRateStore::new(Arc::new(SystemClock))),
        images: images.clone(),
        browser: Arc::new(LocalBrowser(images)),
        _keep: Box::new(directory),
    }
}

/// Uploads as the local server does it.
struct LocalBrowser(Arc<FileImages>);

#[async_trait]
impl Browser for LocalBrowser {
    async fn put(&self, address: &str, media_type: &str, bytes: &[u8]) -> bool {
        let Some(upload) = self.0.admit(address, media_type, bytes.len() as u64) else { return false };
        let Ok(mut incoming) = self.0.receive(&upload, None).await else { return false };
        incoming.write(bytes).await.unwrap() && incoming.finish().await.unwrap()
    }
}

#[tokio::test]
async fn expired_messages_are_hidden_and_then_removed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let hour = Duration::from_secs(60 * 60);
    let for_ever = RedbMessages::new(store.clone(), None, Arc::new(SystemClock));
    let for_an_hour = RedbMessages::new(store, Some(hour), Arc::new(SystemClock));
    let (lobby, now) = (room("lobby"), now());
    let before = |by: Duration| Timestamp(now.0 - by.as_millis() as u64);
    for (seq, sent_at) in [(1, before(hour * 2)), (2, before(hour)), (3, before(hour / 2))] {
        let image = (seq == 2).then(|| album(3));
        let message = ChatMessage { sent_at, image, ..message(seq, "x") };
        for_ever.put(&lobby, &message).await.unwrap();
        for_ever
            .record_change(&lobby, ChangeRecord { rev: Rev(seq + 10), at: sent_at, seq: Some(Seq(seq)) })
            .await
            .unwrap();
        let message_key = message_key("lobby", "ann", message.nonce.as_str());
        for_ever.reserve(&message_key, IdempotencyRecord { rev: Rev(seq), at: sent_at }).await.unwrap();
    }
    let read = async |messages: &RedbMessages| {
        let changes = messages.changes_after(&lobby, Rev(0), 9).await.unwrap();
        assert_eq!(messages.newest_changes(&lobby, 9).await.unwrap(), changes);
        let page = messages.before(&lobby, None, 9).await.unwrap();
        assert_eq!(messages.created_after(&lobby, Rev(0), 9).await.unwrap(), page);
        assert_eq!(messages.at(&lobby, Seq(1)).await.unwrap().is_some(), seqs(&page).contains(&1));
        let records = messages.records_of(&"ann".parse().unwrap(), None, 9).await.unwrap();
        assert_eq!((records.len(), changes.len()), (page.len(), page.len()));
        seqs(&page)
    };
    assert_eq!((read(&for_ever).await, read(&for_an_hour).await), (vec![1, 2, 3], vec![3]));
    assert_eq!(for_ever.expire(9).await.unwrap(), []);
    assert_eq!(for_an_hour.expire(1).await.unwrap(), [(message_key("lobby", "ann", "n-1"), 0)]);
    assert_eq!(for_an_hour.expire(9).await.unwrap(), [(message_key("lobby", "ann", "n-2"), 3)]);
    assert_eq!(for_an_hour.expire(9).await.unwrap(), []);
    assert_eq!(read(&for_ever).await, [3], "nothing is left of the others");
}

#[tokio::test]
async fn expired_change_records_are_removed_among_many_rooms() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let hour = Duration::from_secs(60 * 60);
    let for_ever = RedbMessages::new(store.clone(), None, Arc::new(SystemClock));
    let for_an_hour = RedbMessages::new(store, Some(hour), Arc::new(SystemClock));
    let old = Timestamp(now().0 - (hour * 2).as_millis() as u64);
    let last = room("z");
    for number in 10..40 {
        let quiet = room(&format!("a-{number}"));
        for_ever.record_change(&quiet, ChangeRecord { rev: Rev(1), at: now(), seq: None }).await.unwrap();
        for_ever.record_change(&last, ChangeRecord { rev: Rev(number), at: old, seq: None }).await.unwrap();
    }
    for_ever.record_change(&last, ChangeRecord { rev: Rev(99), at: now(), seq: None }).await.unwrap();
    assert_eq!(for_an_hour.expire(3).await.unwrap(), []);
    let left = for_ever.changes_after(&last, Rev(0), 100).await.unwrap();
    assert_eq!(left.into_iter().map(|change| change.rev).collect::<Vec<_>>(), [Rev(99)]);
    assert_eq!(for_ever.changes_after(&room("a-20"), Rev(0), 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn old_read_positions_and_unreadable_receipts_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let stored: redb::TableDefinition<'_, (&str, &str), &[u8]> = redb::TableDefinition::new("read_receipts");
    let database = redb::Database::create(directory.path().join("chat.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(stored).unwrap().insert(("lobby", "a-bad"), b"{}".as_slice()).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let store = Store::open(directory.path()).unwrap();
    let positions = RedbReadPositions::new(store.clone());
    let [new, old] = [now(), Timestamp(now().0 - limits::READ_POSITION_LIFE.as_millis() as u64 - 60_000)];
    let lobby = room("lobby");
    // More than one commit looks at.
    for (number, at) in (0..1_100).map(|number| (number, if number % 2 == 0 { old } else { new })) {
        let (person, name) = (format!("p{number:04}").parse::<PersonId>().unwrap(), "Pat".parse().unwrap());
        let position = ReadPosition { person: person.clone(), room: lobby.clone(), seq: Seq(1), at };
        assert!(positions.advance(&position).await.unwrap());
        let receipt = StoredReceipt { room: lobby.clone(), person, name, seq: Seq(1), at };
        assert!(positions.show(&receipt).await.unwrap());
    }
    assert_eq!(positions.receipts(&lobby, 9).await.unwrap().len(), 8, "one that cannot be read hides no other one");
    let bad = "a-bad".parse().unwrap();
    assert_eq!(positions.receipt(&bad, &lobby).await.unwrap(), None);
    RedbMessages::new(store, None, Arc::new(SystemClock)).expire(9).await.unwrap();
    let left = positions.receipts(&lobby, 2_000).await.unwrap();
    assert_eq!((left.len(), left.iter().all(|receipt| receipt.at == new)), (550, true));
    for (person, kept) in [("p0000", None), ("p1097", Some(Seq(1))), ("p1098", None)] {
        assert_eq!(positions.position(&person.parse().unwrap(), &lobby).await.unwrap(), kept, "{person}");
    }
}

#[tokio::test]
async fn expired_devices_and_sign_outs_are_removed_among_many() {
    let directory = tempfile::tempdir().unwrap();
    let devices_table: redb::TableDefinition<'_, (&str, &str), &[u8]> = redb::TableDefinition::new("devices");
    let database = redb::Database::create(directory.path().join("chat.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(devices_table).unwrap().insert(("ann", "bad"), b"{}".as_slice()).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let store = Store::open(directory.path()).unwrap();
    let clock = ManualClock::at(now());
    let (devices, moderation) = (RedbDevices::new(store.clone()), RedbModeration::new(store.clone(), clock.clone()));
    let ann: PersonId = "ann".parse().unwrap();
    let device =
        |id: &str, last| StoredDevice { id: id.parse().unwrap(), browser: None, system: None, since: last, last };
    let long_ago = Timestamp(1);
    for number in 0..7 {
        let last = if number % 2 == 0 { long_ago } else { now() };
        devices.record(&ann, &device(&format!("d-{number}"), last)).await.unwrap();
        let person = format!("p-{number}").parse().unwrap();
        let sign_outs = SignOuts::default().with(&[device("d-1", last)], &[], last);
        assert!(moderation.set_sign_outs(&person, &sign_outs).await.unwrap());
    }
    assert_eq!(devices.devices(&ann, 7).await.unwrap().len(), 7, "the unreadable one is left out");
    let messages = RedbMessages::new(store.clone(), None, clock.clone());
    assert_eq!(messages.expire(2).await.unwrap(), []);
    let left = devices.devices(&ann, 9).await.unwrap();
    assert_eq!(left.iter().map(|device| device.id.as_str()).collect::<Vec<_>>(), ["d-1", "d-3", "d-5"]);
    let fresh = RedbModeration::new(store, clock);
    for number in 0..7 {
        let version = fresh.sign_outs(&format!("p-{number}").parse().unwrap()).await.unwrap().version;
        assert_eq!(version, u32::from(number % 2 == 1), "{number}");
    }
    // This process remembers the removed ones.
    let next = moderation.sign_outs(&"p-0".parse().unwrap()).await.unwrap().with(&[device("d-2", now())], &[], now());
    assert!(moderation.set_sign_outs(&"p-0".parse().unwrap(), &next).await.unwrap());
}

#[tokio::test]
async fn an_unreadable_message_is_left_out_and_blocks_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let stored: redb::TableDefinition<'_, (&str, u64), &[u8]> = redb::TableDefinition::new("messages");
    let records: redb::TableDefinition<'_, (&str, &str, &str), (u64, u64)> =
        redb::TableDefinition::new("claims_by_author");
    let database = redb::Database::create(directory.path().join("chat.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(stored).unwrap().insert(("lobby", 1), b"{}".as_slice()).unwrap();
    transaction.open_table(records).unwrap().insert(("ann", "No Room", "n-0"), (1, now().0)).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let store = Store::open(directory.path()).unwrap();
    let hour = Duration::from_secs(60 * 60);
    let messages = RedbMessages::new(store, Some(hour), Arc::new(SystemClock));
    let lobby = room("lobby");
    let old = ChatMessage { sent_at: Timestamp(now().0 - (hour * 2).as_millis() as u64), ..message(2, "old") };
    messages.put(&lobby, &old).await.unwrap();
    messages.put(&lobby, &message(3, "new")).await.unwrap();
    messages.reserve(&message_key("lobby", "ann", "n-3"), record(3)).await.unwrap();

    assert_eq!(messages.at(&lobby, Seq(1)).await.unwrap(), None);
    // Both usually share a commit; the failure of one does not affect the other.
    let (cats, bad, other) = (room("cats"), message(1, "again"), message(4, "of another room"));
    let (bad, other) = tokio::join!(messages.put(&lobby, &bad), messages.put(&cats, &other));
    assert_eq!((bad.is_err(), other.is_ok()), (true, true));
    let bad = StoredMessage { message: ChatMessage { rev: Rev(9), ..message(1, "changed") }, applied: Vec::new() };
    assert!(!messages.replace(&lobby, Rev(1), &bad).await.unwrap());
    assert_eq!(seqs(&messages.before(&lobby, None, 9).await.unwrap()), [3]);
    assert_eq!(messages.records_of(&"ann".parse().unwrap(), None, 9).await.unwrap().len(), 1);
    assert_eq!(messages.expire(9).await.unwrap(), [(message_key("lobby", "ann", "n-2"), 0)]);
    assert_eq!(messages.expire(9).await.unwrap(), []);
}

#[tokio::test]
async fn idempotency_records_of_an_older_version_hold() {
    let directory = tempfile::tempdir().unwrap();
    let by_room: redb::TableDefinition<'_, (&str, &str, &str), (u64, u64)> = redb::TableDefinition::new("claims");
    let database = redb::Database::create(directory.path().join("chat.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(by_room).unwrap().insert(("lobby", "ann", "n"), (7, 9)).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let message_key = message_key("lobby", "ann", "n");
    for _ in 0..2 {
        let store = Store::open(directory.path()).unwrap();
        let messages = RedbMessages::new(store, None, Arc::new(SystemClock));
        let held = messages.reserve(&message_key, record(8)).await.unwrap();
        assert_eq!(held, IdempotencyRecord { rev: Rev(7), at: Timestamp(9) });
        let listed = messages.records_of(&message_key.author, None, 9).await.unwrap();
        assert_eq!(listed, [(message_key.clone(), held)]);
    }
}

#[tokio::test]
async fn the_directory_of_an_older_store_is_filled_from_its_messages() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let log = RedbMessages::new(store.clone(), None, Arc::new(SystemClock));
    let moderation = RedbModeration::new(store.clone(), Arc::new(SystemClock));
    let (hi, private) = (message(1, "hi"), "p-zzzzzzzzzzzzzzzzzzzz");
    for name in ["cats", "dogs", private] {
        assert_eq!(log.next_rev(&room(name)).await.unwrap(), hi.rev);
        log.put(&room(name), &hi).await.unwrap();
    }
    // A revision that no message took.
    log.next_rev(&room("empty")).await.unwrap();
    let details = RoomDetails { title: Some("Cats".parse().unwrap()), ..RoomDetails::default() };
    moderation.set_details(&room("cats"), &details, false).await.unwrap();
    moderation.set_rules(&room("dogs"), RoomRules { archived: true, ..RoomRules::default() }).await.unwrap();

    let listed = RedbRoomDirectory::load(store.clone()).await;
    let active = hi.sent_at;
    let cats = DirectoryEntry { title: details.title, ..DirectoryEntry::new(room("cats"), active) };
    let dogs = DirectoryEntry { archived: true, ..DirectoryEntry::new(room("dogs"), active) };
    assert_eq!(listed.entries(9).await.unwrap(), [cats, dogs.clone()]);

    // It is filled once.
    listed.remove(&room("cats"), active).await.unwrap();
    let listed = RedbRoomDirectory::load(store).await;
    assert_eq!(listed.entries(9).await.unwrap(), [dogs]);
}
