//! Tests of behaviour that only the AWS stores have: expiry, large pages, the index template in its bucket, and errors that name a
//! missing resource.

use std::{collections::HashMap, sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use chat::{
    messages::retention::RoomRetention,
    ports::{
        connections::{AddressKey, Admission, Connection, ConnectionId, ConnectionLimits, Connections},
        images::Images,
        messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages},
        moderation::Moderation,
        shards::Shards,
        system::Clock,
        template_store::TemplateStore,
    },
};
use chat_testing::{
    clock::ManualClock,
    contract::{
        Browser,
        fixtures::{connection, connection_from, limit, message, message_key, now, room, seqs, upload},
    },
};
use futures::{StreamExt, future::join_all};
use shared_types::{
    AuditEntry, ChatMessage, ImageType, ModerationAction, Person, Rev, RoomRules, Seq, Timestamp, limits,
};

use store_aws::{
    call_log::{CallLog, Calls},
    templates::{Asset, PageRelease},
};

use super::{PresignedUploads, Tables, clients, dynamodb, endpoint, fresh_name, s3};

#[tokio::test]
async fn an_expired_connection_is_found_only_by_the_sweep() {
    let Tables { clients, connections, .. } = Tables::create().await;
    let old = connection("c1", "lobby");
    let clock = ManualClock::at(old.opened_at);
    let connections = clients.connections(&connections, clock.clone());
    assert_eq!(connections.admit(&old, limit(1)).await.unwrap(), Admission::Admitted);

    clock.advance(limits::LIFETIME);
    assert_eq!(connections.find(&old.id).await.unwrap().as_ref(), Some(&old));
    clock.advance(Duration::from_millis(1));
    assert_eq!(connections.find(&old.id).await.unwrap(), None);
    assert_eq!(*connections.in_room(&old.room).await.unwrap(), []);
    assert_eq!(connections.rename(&old.id, &"Bea".parse().unwrap(), None).await.unwrap(), None);

    assert_eq!(connections.all().count().await, 1);
    assert!(connections.remove(&old.id).await.unwrap().is_some());
    assert_eq!(connections.count().await.unwrap(), 0);
}

#[tokio::test]
async fn concurrent_removals_decrement_the_count_once() {
    let Tables { clients, connections, .. } = Tables::create().await;
    let (one, other) = (connection("c1", "lobby"), connection("c2", "lobby"));
    let connections = clients.connections(&connections, ManualClock::at(one.opened_at));
    connections.admit(&one, limit(2)).await.unwrap();
    connections.admit(&other, limit(2)).await.unwrap();

    let removals = join_all((0..10).map(|_| connections.remove(&one.id))).await;
    let removed: Vec<_> = removals.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(removed, [one]);
    assert_eq!(connections.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_limit_of_zero_admits_no_connection() {
    let Tables { clients, connections, .. } = Tables::create().await;
    let request = connection("c1", "lobby");
    let connections = clients.connections(&connections, ManualClock::at(request.opened_at));
    assert_eq!(connections.admit(&request, limit(0)).await.unwrap(), Admission::Full);
    assert_eq!(connections.find(&ConnectionId("c1".into())).await.unwrap(), None);
}

#[tokio::test]
async fn a_connection_is_remembered_until_it_is_not_found() {
    let Tables { clients, connections: table, .. } = Tables::create().await;
    let request = connection("c1", "lobby");
    let [connections, other] = [(); 2].map(|()| clients.connections(&table, ManualClock::at(request.opened_at)));
    connections.admit(&request, limit(9)).await.unwrap();
    assert_eq!(connections.recall(&request.id), None);
    assert_eq!(connections.find(&request.id).await.unwrap().as_ref(), Some(&request));
    other.remove(&request.id).await.unwrap();
    assert_eq!(connections.recall(&request.id).as_ref(), Some(&request));
    assert_eq!(connections.find(&request.id).await.unwrap(), None);
    assert_eq!(connections.recall(&request.id), None);
}

#[tokio::test]
async fn the_counter_of_an_address_expires_with_its_connections() {
    let Tables { clients, connections, .. } = Tables::create().await;
    let clock = ManualClock::at(Timestamp(1_000_000_000));
    let connections = clients.connections(&connections, clock.clone());
    let (limits_of_address, longest) = (
        ConnectionLimits { all: 100, per_address: Some(3), first_of_address: 0 },
        limits::LIFETIME + Duration::from_secs(11 * 60),
    );
    let admitted = async |times: usize| {
        let requests = (0..times).map(|number| Connection {
            opened_at: clock.now(),
            ..connection_from("a", &format!("{}-{number}", clock.now().0))
        });
        let requests: Vec<_> = requests.collect();
        let answers = join_all(requests.iter().map(|request| connections.admit(request, limits_of_address))).await;
        answers.into_iter().filter(|answer| matches!(answer, Ok(Admission::Admitted))).count()
    };
    assert_eq!(admitted(2).await, 2);
    clock.advance(longest / 2);
    assert_eq!(admitted(9).await, 1);
    clock.advance(longest / 2);
    assert_eq!(admitted(9).await, 0, "one of them may still be connected");
    clock.advance(longest / 2);
    assert_eq!(admitted(20).await, 3);
    clock.advance(longest);
    assert_eq!(admitted(1).await, 1);
    clock.advance(longest);
    assert_eq!(admitted(20).await, 3, "the expired one is not counted either");
    assert_eq!(connections.count().await.unwrap(), 10, "the sweep corrects the count");
}

#[tokio::test]
async fn an_expired_socket_does_not_decrement_the_next_counter_of_its_address() {
    let Tables { clients, connections, .. } = Tables::create().await;
    let clock = ManualClock::at(Timestamp(1_000_000_000));
    let connections = clients.connections(&connections, clock.clone());
    let limits = ConnectionLimits { all: 100, per_address: Some(2), first_of_address: 0 };
    let admit = async |id: &str, opened_at| {
        let request = Connection { opened_at, ..connection_from("a", id) };
        (connections.admit(&request, limits).await.unwrap(), request.id)
    };
    let (_, old) = admit("old", clock.now()).await;
    // The counter has expired, and the pointer of the old socket was not deleted yet.
    clock.advance(limits::LIFETIME + Duration::from_secs(11 * 60));
    let (_, one) = admit("one", clock.now()).await;
    // The clock of the next server is late.
    let (answer, _) = admit("two", Timestamp(clock.now().0 - 5 * 60_000)).await;
    assert_eq!(answer, Admission::Admitted);
    assert!(connections.remove(&old).await.unwrap().is_some());
    assert_eq!(admit("three", clock.now()).await.0, Admission::AddressLimitReached, "two are open");
    assert!(connections.remove(&one).await.unwrap().is_some());
    assert_eq!(admit("four", clock.now()).await.0, Admission::Admitted);
    assert!(connections.remove(&ConnectionId("two".into())).await.unwrap().is_some());
    assert_eq!(admit("five", clock.now()).await.0, Admission::Admitted, "one of a late clock is counted, too");
}

#[tokio::test]
async fn borders_are_renewed_while_they_are_used() {
    let Tables { clients, connections: table, .. } = Tables::create().await;
    let clock = ManualClock::at(Timestamp(1_000_000_000));
    let calls = Arc::new(CallLog::default());
    let shards = clients.with_call_log(calls.clone()).connections(&table, clock.clone());
    let lobby = room("lobby");
    let writes = async || {
        calls.take();
        shards.borders(&lobby).await.unwrap();
        calls.take().writes
    };
    assert_eq!(writes().await, 0, "a room without borders gets no item");
    shards.add_border(&lobby, &ConnectionId("m".into())).await.unwrap();
    for _ in 0..3 {
        clock.advance(Duration::from_secs(12 * 60 * 60 - 1));
        assert_eq!(writes().await, 0, "more than half of their day is left");
        clock.advance(Duration::from_secs(1));
        assert_eq!(writes().await, 1);
        assert_eq!(writes().await, 0, "once");
    }
    assert_eq!(shards.borders(&lobby).await.unwrap(), [ConnectionId("m".into())]);
}

#[tokio::test]
async fn expired_messages_are_not_shown_and_hide_no_newer_ones() {
    let Tables { clients, messages, .. } = Tables::create().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let lobby = room("lobby");
    let clock = ManualClock::at(message(1, "x").sent_at);
    let messages = clients.messages(&messages, Some(day), clock.clone());
    for seq in 1..=30 {
        messages.put(&lobby, &ChatMessage { sent_at: clock.now(), ..message(seq, "old") }).await.unwrap();
    }
    assert_eq!(messages.before(&lobby, None, 100).await.unwrap().len(), 30);

    clock.advance(day);
    for seq in 31..=33 {
        messages.put(&lobby, &ChatMessage { sent_at: clock.now(), ..message(seq, "new") }).await.unwrap();
    }
    assert_eq!(messages.at(&lobby, Seq(30)).await.unwrap(), None);
    assert_eq!(seqs(&messages.before(&lobby, None, 5).await.unwrap()), [31, 32, 33]);
    assert_eq!(seqs(&messages.before(&lobby, None, 2).await.unwrap()), [32, 33]);
    assert_eq!(seqs(&messages.before(&lobby, Some(Seq(20)), 5).await.unwrap()), [0_u64; 0]);
    assert_eq!(seqs(&messages.created_after(&lobby, Rev(0), 5).await.unwrap()), [31, 32, 33]);
    assert_eq!(seqs(&messages.created_after(&lobby, Rev(0), 2).await.unwrap()), [31, 32]);
}

#[tokio::test]
async fn a_shorter_retention_hides_older_messages() {
    let Tables { clients, messages: table, .. } = Tables::create().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let lobby = room("lobby");
    let clock = ManualClock::at(message(1, "x").sent_at);
    let unlimited = clients.messages(&table, None, clock.clone());
    let one_week = clients.messages(&table, Some(7 * day), clock.clone());
    let store = async |messages: &dyn Messages, seq: u64| {
        let sent = ChatMessage { sent_at: clock.now(), ..message(seq, "x") };
        let key = MessageKey { room: lobby.clone(), author: sent.author.id.clone(), nonce: sent.nonce.clone() };
        messages.reserve(&key, IdempotencyRecord { rev: Rev(seq), at: clock.now() }).await.unwrap();
        messages
            .record_change(&lobby, ChangeRecord { rev: Rev(seq), at: clock.now(), seq: Some(Seq(seq)) })
            .await
            .unwrap();
        messages.put(&lobby, &sent).await.unwrap();
        key.author
    };
    store(&unlimited, 1).await;
    store(&one_week, 2).await;
    clock.advance(day);
    let author = store(&unlimited, 3).await;

    for (messages, kept) in
        [(&unlimited, vec![1, 2, 3]), (&clients.messages(&table, Some(day), clock.clone()), vec![3])]
    {
        assert_eq!(seqs(&messages.before(&lobby, None, 9).await.unwrap()), kept);
        assert_eq!(seqs(&messages.created_after(&lobby, Rev(0), 9).await.unwrap()), kept);
        assert_eq!(messages.at(&lobby, Seq(1)).await.unwrap().is_some(), kept.contains(&1));
        let revs = |changes: Vec<ChangeRecord>| changes.into_iter().map(|change| change.rev.0).collect::<Vec<_>>();
        assert_eq!(revs(messages.changes_after(&lobby, Rev(0), 9).await.unwrap()), kept);
        assert_eq!(revs(messages.newest_changes(&lobby, 9).await.unwrap()), kept);
        assert_eq!(messages.records_of(&author, None, 9).await.unwrap().len(), kept.len());
    }
}

#[tokio::test]
async fn expired_records_are_not_listed_and_tombstones_expire() {
    let Tables { clients, messages, .. } = Tables::create().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let clock = ManualClock::at(Timestamp(1_000_000_000));
    let messages = clients.messages(&messages, Some(day), clock.clone());
    let keys: Vec<_> = (10..60).map(|number| message_key("lobby", "ann", &format!("n-{number}"))).collect();
    let reserve_now = async |key, rev| {
        let record = IdempotencyRecord { rev: Rev(rev), at: clock.now() };
        messages.reserve(key, record).await.unwrap()
    };
    for key in &keys[..40] {
        reserve_now(key, 1).await;
    }
    clock.advance(day);
    for key in &keys[40..] {
        reserve_now(key, 2).await;
    }
    let listed = messages.records_of(&keys[0].author, None, 5).await.unwrap();
    assert_eq!(listed.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), keys[40..45]);

    messages.tombstone(&keys[40], Timestamp(clock.now().0 + 60_000)).await.unwrap();
    assert_eq!(reserve_now(&keys[40], 3).await.rev, Rev(2));
    assert_eq!(
        messages.records_of(&keys[0].author, None, 1).await.unwrap()[0].0,
        keys[41],
        "the retry wrote no record"
    );
    clock.advance(Duration::from_secs(60));
    assert_eq!(reserve_now(&keys[40], 3).await.rev, Rev(3));
}

#[tokio::test]
async fn banned_and_recent_addresses_expire() {
    let Tables { clients, connections, messages } = Tables::create().await;
    let clock = ManualClock::at(Timestamp(1_000_000_000));
    let moderation = clients.moderation(&connections, &messages, clock.clone());
    let (ann, addresses) = ("ann".parse().unwrap(), [AddressKey("a".into())]);
    moderation.set_banned_addresses(&ann, &addresses, Timestamp(clock.now().0 + 60_000)).await.unwrap();
    assert_eq!(moderation.banned_addresses(&ann).await.unwrap(), addresses);
    moderation.set_seen(&ann, &addresses[0], Timestamp(clock.now().0 + 60_000)).await.unwrap();
    assert_eq!(moderation.seen(&ann).await.unwrap(), addresses);
    clock.advance(Duration::from_secs(60 + 10 * 60));
    assert_eq!(moderation.banned_addresses(&ann).await.unwrap(), []);
    assert_eq!(moderation.seen(&ann).await.unwrap(), []);
}

/// Reads the item of the rules of a room, changes it, and writes it back, as another version does.
async fn change_rules(table: &str, change: impl FnOnce(&mut HashMap<String, AttributeValue>)) {
    let key = |value: &str| AttributeValue::S(value.into());
    let client = dynamodb();
    let get = client.get_item().table_name(table).key("pk", key("rules#lobby")).key("sk", key("rules"));
    let mut rules = get.send().await.unwrap().item.unwrap();
    change(&mut rules);
    client.put_item().table_name(table).set_item(Some(rules)).send().await.unwrap();
}

#[tokio::test]
async fn a_retention_removes_messages_with_two_writes_each() {
    let Tables { clients, connections, messages: table } = Tables::create().await;
    let (calls, day) = (Arc::new(CallLog::default()), Duration::from_secs(24 * 60 * 60));
    let clients = clients.with_call_log(calls.clone());
    let clock = ManualClock::at(message(1, "x").sent_at);
    let messages = Arc::new(clients.messages(&table, None, clock.clone()));
    let moderation = Arc::new(clients.moderation(&connections, &table, clock.clone()));
    let images = Arc::new(clients.images(&fresh_name("images"), clock.clone()));
    let retention = RoomRetention {
        messages: messages.clone(),
        moderation: moderation.clone(),
        images,
        clock: clock.clone(),
        limit: 400,
    };
    let remove = async || {
        calls.take();
        let removed = retention.remove().await.unwrap();
        let Calls { reads, writes, .. } = calls.take();
        (removed, reads, writes)
    };
    let lobby = room("lobby");
    for seq in 1..=3 {
        let sent = ChatMessage { sent_at: clock.now(), ..message(seq, "x") };
        let key = message_key("lobby", "ann", sent.nonce.as_str());
        messages.reserve(&key, IdempotencyRecord { rev: Rev(seq), at: clock.now() }).await.unwrap();
        messages.put(&lobby, &sent).await.unwrap();
    }
    assert_eq!(remove().await, (0, 1, 0), "no room has a retention");
    let keep = async |keep_days| {
        moderation.set_rules(&lobby, RoomRules { keep_days, ..RoomRules::default() }).await.unwrap();
    };
    keep(Some(2)).await;
    clock.advance(day);
    assert_eq!(remove().await, (0, 4, 0));
    clock.advance(day * 2);
    // A version that does not know the retention replaces the rules. The list stays, and the rules decide.
    change_rules(&connections, |rules| _ = rules.remove("keepDays").unwrap()).await;
    assert_eq!(remove().await, (0, 2, 0));
    keep(Some(2)).await;
    assert_eq!(remove().await, (3, 5, 6));
    assert_eq!(seqs(&messages.before(&lobby, None, 9).await.unwrap()), [0_u64; 0]);
    assert_eq!(remove().await, (0, 4, 0));
    // What a newer version stores in the rules stays.
    change_rules(&connections, |rules| _ = rules.insert("newer".into(), AttributeValue::N("1".into()))).await;
    keep(None).await;
    change_rules(&connections, |rules| assert!(rules.contains_key("newer") && !rules.contains_key("keepDays"))).await;
    assert_eq!(remove().await, (0, 1, 0));
}

#[tokio::test]
async fn audit_entries_expire() {
    let Tables { clients, connections, messages } = Tables::create().await;
    let clock = ManualClock::at(Timestamp(1_700_000_000_000));
    let moderation = clients.moderation(&connections, &messages, clock.clone());
    let action = ModerationAction::PurgeUser { person: "ann".parse().unwrap(), name: None };
    let by = Person {
        id: "mod".parse().unwrap(),
        name: "Mo".parse().unwrap(),
        moderator: true,
        appearance: Default::default(),
    };
    let entry = AuditEntry { at: clock.now(), by, action };
    moderation.record(&entry).await.unwrap();
    clock.advance(limits::AUDIT_RETENTION);
    assert_eq!(moderation.audit(None, 9).await.unwrap(), [entry]);
    clock.advance(Duration::from_millis(1));
    assert_eq!(moderation.audit(None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_page_can_be_larger_than_one_dynamodb_response() {
    let Tables { clients, messages, .. } = Tables::create().await;
    let lobby = room("lobby");
    let messages = clients.messages(&messages, None, ManualClock::at(Timestamp(0)));
    let longest = "\u{1f600}".repeat(limits::TEXT_CHARS);
    for seq in 1..=100 {
        messages.put(&lobby, &message(seq, &longest)).await.unwrap();
    }
    assert_eq!(seqs(&messages.before(&lobby, None, 100).await.unwrap()), (1..=100).collect::<Vec<_>>());
    assert_eq!(seqs(&messages.created_after(&lobby, Rev(0), 101).await.unwrap()), (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_names_the_missing_table() {
    let connections = clients(endpoint()).connections("no-such-table", ManualClock::at(Timestamp(0)));
    let error = connections.count().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "reading the number of connections: table no-such-table: service error: ResourceNotFoundException: \
         Requested resource not found"
    );
}

/// A page of one file, in a release of this name.
fn release(name: &str, file: &'static str) -> PageRelease {
    let asset = Asset { name: file, bytes: b"a program", content_type: "application/wasm", is_brotli: true };
    PageRelease { index_html: file.into(), assets: vec![asset], name: name.into() }
}

#[tokio::test]
async fn the_template_is_returned_once_its_files_are_uploaded() {
    let (bucket, s3) = (fresh_name("assets"), s3());
    let clock = ManualClock::at(now());
    let start = |name, file| clients(endpoint()).templates(&bucket, release(name, file), clock.clone());
    let load = async |file: &str| s3.get_object().bucket(&bucket).key(format!("assets/{file}")).send().await;

    let one = start("one", "page-1.wasm");
    let error = one.index_html().await.unwrap_err().to_string();
    assert!(error.contains(&bucket) && error.contains("assets/page-1.wasm"), "{error}");

    s3.create_bucket().bucket(&bucket).send().await.unwrap();
    assert_eq!(&*one.index_html().await.unwrap(), "page-1.wasm", "the next visit tries again");
    let file = load("page-1.wasm").await.unwrap();
    assert_eq!((file.content_type(), file.content_encoding()), (Some("application/wasm"), Some("br")));
    assert_eq!(file.cache_control(), Some("public, max-age=31536000, immutable"));

    assert_eq!(&*start("two", "page-2.wasm").index_html().await.unwrap(), "page-2.wasm");
    assert!(load("page-1.wasm").await.is_ok() && load("page-2.wasm").await.is_ok(), "open pages keep their files");
}

#[tokio::test]
async fn files_are_uploaded_once_a_month() {
    let (bucket, s3) = (fresh_name("assets"), s3());
    s3.create_bucket().bucket(&bucket).send().await.unwrap();
    let clock = ManualClock::at(now());
    let start = async || {
        let templates = clients(endpoint()).templates(&bucket, release("one", "page-1.wasm"), clock.clone());
        templates.index_html().await.unwrap();
    };
    let object = async || s3.head_object().bucket(&bucket).key("assets/page-1.wasm").send().await;
    start().await;
    s3.delete_object().bucket(&bucket).key("assets/page-1.wasm").send().await.unwrap();

    start().await;
    assert!(object().await.is_err(), "the marker stands for all files");
    clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    start().await;
    assert!(object().await.is_ok(), "the bucket would delete files of 90 days");
}

#[tokio::test]
async fn an_upload_address_expires() {
    let Tables { clients, .. } = Tables::create().await;
    let bucket = fresh_name("images");
    s3().create_bucket().bucket(&bucket).send().await.unwrap();
    let ago = |age: Duration| Timestamp(now().0 - u64::try_from(age.as_millis()).unwrap());
    for (age, is_accepted) in [(limits::UPLOAD_LIFE / 2, true), (limits::UPLOAD_LIFE + Duration::from_secs(1), false)] {
        let images = clients.images(&bucket, ManualClock::at(ago(age)));
        let address = images.address(&upload("n", ImageType::Png, 4)).await.unwrap();
        assert_eq!(PresignedUploads.put(&address, "image/png", b"1234").await, is_accepted, "{age:?}");
    }
}
