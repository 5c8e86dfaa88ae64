//! Tests of read receipts: who switches them on, who is shown, and who sees it.

use chat::{
    access::policy::AccessPolicy,
    ports::{
        moderation::Moderation as _,
        read_positions::{ReadPositions, StoredReceipt},
        system::Clock as _,
    },
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq, limits};

use crate::private_rooms::{add, open, private_room};

/// A chat with the moderator `mod`, in which `mod`, `ann` and `bea` have the windows `m`, `a` and `b` in the lobby. The lobby has a message.
async fn chat() -> TestChat {
    let chat = TestChat::with_access_policy(AccessPolicy::open(vec!["mod".parse().unwrap()])).await;
    for (window, person) in [("m", "mod"), ("a", "ann"), ("b", "bea")] {
        open(&chat, window, person, "lobby").await;
    }
    send(&chat, 1).await;
    chat
}

/// Ann writes a message in the lobby.
async fn send(chat: &TestChat, number: u64) {
    chat.send_message("a", "hi", &format!("n-{number}")).await;
    for window in ["m", "a", "b"] {
        chat.received(window);
    }
}

async fn switch(chat: &TestChat, window: &str, on: bool) -> Value {
    chat.error_for(window, json!({ "action": "describe", "details": { "receipts": on } })).await.0
}

async fn switched_on() -> TestChat {
    let chat = chat().await;
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    for window in ["a", "b"] {
        chat.received(window);
    }
    chat
}

async fn read(chat: &TestChat, window: &str, room: &str, seq: u64) {
    chat.send(window, json!({ "action": "read", "room": room, "seq": seq, "receipt": true })).await;
}

/// Returns the answer to `receipts`: people with their positions, and whether there are more.
async fn receipts(chat: &TestChat, window: &str) -> (Vec<(String, u64)>, bool) {
    chat.received(window);
    chat.send(window, json!({ "action": "receipts" })).await;
    let answer = chat.received(window).pop().unwrap();
    assert_eq!(answer["type"], "receipts", "{answer}");
    let receipt = |receipt: &Value| (receipt["name"].as_str().unwrap().to_owned(), receipt["seq"].as_u64().unwrap());
    let mut people: Vec<_> = answer["people"].as_array().unwrap().iter().map(receipt).collect();
    people.sort();
    (people, answer["more"] == true)
}

fn people(people: &[(&str, u64)]) -> (Vec<(String, u64)>, bool) {
    (people.iter().map(|(name, seq)| ((*name).to_owned(), *seq)).collect(), false)
}

#[tokio::test]
async fn a_room_shows_nobody_unless_it_is_switched_on() {
    let chat = chat().await;
    read(&chat, "b", "lobby", 1).await;
    assert_eq!(chat.received("a"), [] as [Value; 0]);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    assert_eq!(receipts(&chat, "a").await, people(&[]), "what was read before is not shown");
    send(&chat, 2).await;
    read(&chat, "b", "lobby", 2).await;
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 2)]));
}

#[tokio::test]
async fn a_read_is_announced_to_the_others_in_the_room() {
    let chat = switched_on().await;
    open(&chat, "b2", "bea", "cats").await;
    open(&chat, "c", "cy", "cats").await;
    for window in ["a", "b2"] {
        chat.received(window);
    }
    read(&chat, "b", "lobby", 1).await;
    let seen = json!({ "type": "seen", "room": "lobby", "person": { "id": "bea", "name": "bea" }, "seq": 1 });
    assert_eq!(chat.received("a"), std::slice::from_ref(&seen));
    assert_eq!(chat.received("m"), [seen]);
    for window in ["b", "b2", "c"] {
        assert_eq!(chat.received(window), [] as [Value; 0], "{window}");
    }
    // Nothing new: nothing is announced.
    for seq in [1, 0] {
        read(&chat, "b", "lobby", seq).await;
        assert_eq!(chat.received("a"), [] as [Value; 0]);
    }
}

#[tokio::test]
async fn a_report_without_receipt_or_of_another_room_shows_nothing() {
    let chat = switched_on().await;
    chat.send("b", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    send(&chat, 2).await;
    open(&chat, "c", "cy", "cats").await;
    chat.received("a");
    read(&chat, "c", "lobby", 2).await;
    assert_eq!(chat.received("a"), [] as [Value; 0]);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
}

#[tokio::test]
async fn hidden_pages_and_large_rooms_are_not_told() {
    let chat = switched_on().await;
    chat.send("a", json!({ "action": "changes", "after": 0, "hidden": true })).await;
    chat.received("a");
    read(&chat, "b", "lobby", 1).await;
    assert_eq!((chat.received("a").len(), chat.received("m").len()), (0, 1));
    for number in 0..limits::TYPING_CONNECTIONS {
        chat.connect(&format!("c{number}"), Some("lobby"), None, None).await.unwrap();
    }
    send(&chat, 2).await;
    read(&chat, "b", "lobby", 2).await;
    assert_eq!(chat.received("m"), [] as [Value; 0]);
    assert_eq!(receipts(&chat, "m").await, people(&[("bea", 2)]));
}

#[tokio::test]
async fn only_people_who_may_change_the_details_switch_it() {
    let chat = chat().await;
    assert_eq!(switch(&chat, "a", true).await, "notAllowed");
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    assert_eq!(switch(&chat, "a", false).await, "notAllowed");
    read(&chat, "b", "lobby", 1).await;
    assert_eq!(switch(&chat, "m", false).await, Value::Null);
    assert_eq!(receipts(&chat, "a").await, people(&[]), "what is stored is not shown");
    send(&chat, 2).await;
    read(&chat, "b", "lobby", 2).await;
    assert_eq!(chat.received("a"), [] as [Value; 0]);
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]), "nothing was stored meanwhile");
}

#[tokio::test]
async fn nobody_outside_a_private_room_sees_who_reads_there() {
    let chat = TestChat::new().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "ann").await;
    open(&chat, "a", "ann", &room).await;
    open(&chat, "e", "eve", "lobby").await;
    assert_eq!(switch(&chat, "a", true).await, "notAllowed", "hosts do");
    assert_eq!(switch(&chat, "h", true).await, Value::Null);
    chat.send_message("h", "hi", "n").await;
    for window in ["h", "e"] {
        chat.received(window);
    }
    read(&chat, "e", &room, 1).await;
    assert_eq!(chat.received("h"), [] as [Value; 0], "eve is no member");
    read(&chat, "a", &room, 1).await;
    assert_eq!(chat.received("h").len(), 1);
    assert_eq!(chat.received("e"), [] as [Value; 0]);
    assert_eq!(receipts(&chat, "h").await, people(&[("ann", 1)]));
    chat.send("e", json!({ "action": "receipts", "room": room })).await;
    assert_eq!(chat.received("e").pop().unwrap()["code"], "otherRoom");
    assert_eq!(receipts(&chat, "e").await, people(&[]));
}

#[tokio::test]
async fn each_person_of_a_direct_message_switches_it() {
    let chat = chat().await;
    chat.send("b", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    chat.send("a", json!({ "action": "direct", "people": [{ "person": "bea", "name": "bea" }] })).await;
    let room = chat.received("a").pop().unwrap()["room"].as_str().unwrap().to_owned();
    for window in ["a", "b"] {
        chat.send(window, json!({ "action": "enter", "room": room })).await;
    }
    let details =
        |title: &str| json!({ "type": "details", "room": room, "details": { "title": title, "receipts": true } });
    for (window, frame) in [
        ("b", json!({ "receipts": true })),
        // A page sends back the title that it shows.
        ("a", json!({ "title": "bea", "receipts": true })),
    ] {
        for window in ["a", "b"] {
            chat.received(window);
        }
        chat.send(window, json!({ "action": "describe", "details": frame })).await;
        assert_eq!((chat.received("a"), chat.received("b")), (vec![details("bea")], vec![details("ann")]));
    }
    for frame in
        [json!({ "title": "Ours" }), json!({ "topic": "Cats" }), json!({ "description": "Cats", "receipts": true })]
    {
        let frame = json!({ "action": "describe", "details": frame });
        assert_eq!(chat.error_for("a", frame).await.0, "notAllowed");
    }
    chat.send_message("a", "hi", "d").await;
    read(&chat, "b", &room, 1).await;
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]));
    // A new name changes the title, and nothing else.
    chat.received("a");
    chat.send("b", json!({ "action": "rename", "name": "Bee" })).await;
    let told = chat.received("a").into_iter().find(|frame| frame["type"] == "details");
    assert_eq!(told, Some(details("Bee")));
    let welcome = |frames: Vec<Value>| frames.into_iter().find(|frame| frame["type"] == "welcome").unwrap();
    chat.send("a", json!({ "action": "hello" })).await;
    assert_eq!(welcome(chat.received("a"))["details"], json!({ "title": "Bee", "receipts": true }));
    assert_eq!(switch(&chat, "a", false).await, Value::Null);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
}

#[tokio::test]
async fn a_page_that_does_not_know_receipts_leaves_them_as_they_are() {
    let chat = chat().await;
    let describe = |details: Value| json!({ "action": "describe", "details": details });
    let shown = async || chat.moderation.settings(&RoomName::lobby()).await.unwrap().details;
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    chat.send("m", describe(json!({ "title": "Cats" }))).await;
    let details = shown().await;
    assert_eq!((details.title.unwrap().as_str(), details.receipts), ("Cats", true));
    chat.send("m", describe(json!({}))).await;
    let details = shown().await;
    assert_eq!((details.title, details.receipts), (None, true));
    chat.send("m", describe(json!({ "receipts": false }))).await;
    assert!(!shown().await.receipts);
    chat.send("m", describe(json!({ "title": "Cats" }))).await;
    assert!(!shown().await.receipts);
    let audit = serde_json::to_value(chat.moderation.audit(None, 9).await.unwrap()).unwrap();
    let switched: Vec<&Value> = audit.as_array().unwrap().iter().filter_map(|entry| entry.get("receipts")).collect();
    assert_eq!(switched, [&json!(false), &json!(true)], "only what was switched");
}

/// Stores receipts of people with numbers in the lobby, as if each had read up to `seq`.
async fn store(chat: &TestChat, numbers: std::ops::Range<usize>, seq: impl Fn(usize) -> u64) {
    let (room, at) = (RoomName::lobby(), chat.clock.now());
    for number in numbers {
        let (person, name) = (format!("p{number}").parse().unwrap(), format!("p{number}").parse().unwrap());
        let receipt = StoredReceipt { room: room.clone(), person, name, seq: Seq(seq(number)), at };
        assert!(chat.read_positions.show(&receipt).await.unwrap());
    }
}

#[tokio::test]
async fn those_who_have_read_furthest_are_named_and_who_ended_takes_no_place() {
    let chat = switched_on().await;
    read(&chat, "b", "lobby", 1).await;
    chat.clock.advance(limits::READ_POSITION_LIFE);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
    store(&chat, 0..limits::RECEIPTS, |_| 1).await;
    let (named, more) = receipts(&chat, "a").await;
    assert_eq!((named.len(), more), (limits::RECEIPTS, false));
    // Their ids come last, and they have read further.
    store(&chat, 900..903, |_| 2).await;
    let (named, more) = receipts(&chat, "a").await;
    let further = named.iter().filter(|(_, seq)| *seq == 2).count();
    assert_eq!((named.len(), more, further), (limits::RECEIPTS, true, 3));
}

#[tokio::test]
async fn a_room_of_too_many_readers_names_nobody() {
    let chat = switched_on().await;
    store(&chat, 0..limits::STORED_RECEIPTS, |_| 1).await;
    assert_eq!(receipts(&chat, "a").await.0.len(), limits::RECEIPTS);
    read(&chat, "b", "lobby", 1).await;
    assert_eq!(receipts(&chat, "a").await, (vec![], true));
}

#[tokio::test]
async fn a_receipt_ends_at_the_newest_message() {
    let chat = switched_on().await;
    read(&chat, "b", "lobby", u64::MAX).await;
    assert_eq!(chat.received("a").pop().unwrap()["seq"], 1);
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]));
    send(&chat, 2).await;
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]));
    read(&chat, "b", "lobby", 2).await;
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 2)]), "the position is higher, the receipt is not");
}

#[tokio::test]
async fn a_receipt_that_failed_is_stored_by_the_next_report() {
    let chat = switched_on().await;
    open(&chat, "b2", "bea", "lobby").await;
    for window in ["a", "b"] {
        chat.received(window);
    }
    chat.read_positions.set_failing(true);
    let report = json!({ "action": "read", "room": "lobby", "seq": 1, "receipt": true });
    assert_eq!(chat.error_for("b", report).await.0, Value::Null, "the position is stored");
    let told = chat.received("b2");
    assert_eq!(told, [json!({ "type": "read", "room": "lobby", "seq": 1 })], "other devices are told");
    assert_eq!(chat.received("a"), [] as [Value; 0]);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
    chat.read_positions.set_failing(false);
    read(&chat, "b", "lobby", 1).await;
    assert_eq!(chat.received("a").pop().unwrap()["type"], "seen");
    assert_eq!(chat.received("b2"), [] as [Value; 0], "the position is the same");
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]));
}

#[tokio::test]
async fn a_position_of_a_report_without_receipt_is_shown_by_one_with_it() {
    let chat = switched_on().await;
    chat.send("b", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    assert_eq!(receipts(&chat, "a").await, people(&[]));
    read(&chat, "b", "lobby", 1).await;
    assert_eq!(chat.received("a").len(), 1);
    assert_eq!(receipts(&chat, "a").await, people(&[("bea", 1)]));
}

#[tokio::test]
async fn former_members_of_a_private_room_are_not_shown() {
    let chat = TestChat::new().await;
    let room = private_room(&chat).await;
    for person in ["ann", "bea", "cy"] {
        add(&chat, "h", person).await;
        open(&chat, person, person, &room).await;
    }
    assert_eq!(switch(&chat, "h", true).await, Value::Null);
    chat.send_message("h", "hi", "n").await;
    for person in ["ann", "bea", "cy"] {
        read(&chat, person, &room, 1).await;
    }
    assert_eq!(receipts(&chat, "h").await, people(&[("ann", 1), ("bea", 1), ("cy", 1)]));
    let late = chat.read_positions.receipt(&"ann".parse().unwrap(), &room.parse().unwrap()).await.unwrap().unwrap();
    let ann = chat.connection("ann").await.person.id;
    chat.send("ann", json!({ "action": "leaveRoom" })).await;
    let bea = chat.connection("bea").await.person.id;
    chat.send("h", json!({ "action": "removeMember", "person": bea })).await;
    assert_eq!(receipts(&chat, "h").await, people(&[("cy", 1)]));
    for person in [&ann, &bea] {
        assert_eq!(chat.read_positions.receipt(person, &room.parse().unwrap()).await.unwrap(), None);
    }
    // A report at the moment when they left.
    assert!(chat.read_positions.show(&late).await.unwrap());
    assert_eq!(receipts(&chat, "h").await, people(&[("cy", 1)]));
}

#[tokio::test]
async fn the_audit_log_says_when_receipts_are_switched() {
    let chat = switched_on().await;
    assert_eq!(switch(&chat, "m", true).await, Value::Null);
    chat.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(switch(&chat, "m", false).await, Value::Null);
    chat.received("m");
    chat.send("m", json!({ "action": "audit" })).await;
    let entries = chat.received("m").pop().unwrap()["entries"].as_array().unwrap().clone();
    let mut switched: Vec<_> = entries.iter().map(|entry| entry.get("receipts").cloned()).collect();
    switched.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(switched, [None, Some(json!(false)), Some(json!(true))]);
}

#[tokio::test]
async fn receipts_are_exported_and_erased() {
    let chat = switched_on().await;
    read(&chat, "b", "lobby", 1).await;
    let person = chat.connection("b").await.person;
    let exported = serde_json::to_value(chat.data_export().export(person.clone(), None).await.unwrap()).unwrap();
    let at = exported["read"][0]["at"].clone();
    let receipt = json!({ "name": "bea", "seq": 1, "at": at });
    assert_eq!(exported["read"], json!([{ "room": "lobby", "seq": 1, "at": at, "receipt": receipt }]));
    assert_eq!(chat.erase_data("b").await, (0, false));
    assert_eq!(chat.read_positions.receipts(&"lobby".parse().unwrap(), 9).await.unwrap(), []);
    assert_eq!(receipts(&chat, "a").await, people(&[]));
}
