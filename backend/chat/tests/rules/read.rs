//! Tests of `read`: where a person has read up to, on all of their devices.

use std::time::Duration;

use chat::ports::read_positions::ReadPositions;
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::limits;

/// Returns a chat with Ann in the lobby, as `here`, and in `cats`, as `there`, and Bea in `cats`, as `bea`.
async fn chat() -> TestChat {
    let chat = TestChat::new().await;
    for (id, room, person) in [("here", "lobby", "ann"), ("there", "cats", "ann"), ("bea", "cats", "bea")] {
        chat.connect(id, Some(room), Some(&chat.ticket(person)), Some(person)).await.unwrap();
        chat.clock.advance(Duration::from_secs(1));
    }
    chat
}

async fn read(chat: &TestChat, id: &str, room: &str, seq: u64) {
    chat.send(id, json!({ "action": "read", "room": room, "seq": seq })).await;
}

/// Returns what a socket is told of rooms, with the read positions that it knows.
async fn activity(chat: &TestChat, id: &str, rooms: &[&str], read: &[u64]) -> Value {
    chat.received(id);
    chat.send(id, json!({ "action": "rooms", "rooms": rooms, "read": read, "watch": true })).await;
    let answer = chat.received(id).remove(0);
    assert_eq!(answer["type"], "rooms", "{answer}");
    answer["rooms"].clone()
}

async fn send_messages(chat: &TestChat, id: &str, count: u64) {
    for number in 0..count {
        chat.send_message(id, "hi", &format!("n-{number}")).await;
    }
    for id in ["here", "there", "bea"] {
        chat.received(id);
    }
}

#[tokio::test]
async fn what_is_read_on_one_device_is_read_on_the_other() {
    let chat = chat().await;
    send_messages(&chat, "bea", 3).await;
    let before = activity(&chat, "here", &["cats"], &[1]).await;
    assert_eq!((&before[0]["unread"], before[0].get("read")), (&json!(2), None), "{before}");
    read(&chat, "there", "cats", 3).await;
    let told = json!({ "type": "read", "room": "cats", "seq": 3 });
    assert_eq!(chat.received("here"), std::slice::from_ref(&told), "it watches the room");
    assert_eq!(chat.received("there"), [told], "its page learns that another device is open");
    assert_eq!(chat.received("bea"), [] as [Value; 0]);
    let after = activity(&chat, "here", &["cats"], &[1]).await;
    assert_eq!((&after[0]["unread"], &after[0]["read"]), (&json!(0), &json!(3)), "{after}");
    let others = activity(&chat, "bea", &["cats"], &[1]).await;
    assert_eq!(others[0].get("read"), None, "it is Ann's");
}

#[tokio::test]
async fn the_larger_of_both_positions_counts() {
    let chat = chat().await;
    send_messages(&chat, "bea", 5).await;
    read(&chat, "there", "cats", 2).await;
    for (known, unread) in [(0, 3), (2, 3), (4, 1), (5, 0)] {
        let found = activity(&chat, "here", &["cats"], &[known]).await;
        assert_eq!((&found[0]["unread"], &found[0]["read"]), (&json!(unread), &json!(2)), "{known}");
    }
    let uncounted = activity(&chat, "here", &["cats"], &[]).await;
    assert_eq!((uncounted[0].get("unread"), uncounted[0].get("read")), (None, None), "an older page");
}

#[tokio::test]
async fn a_position_never_goes_back_and_is_told_once() {
    let chat = chat().await;
    send_messages(&chat, "bea", 3).await;
    activity(&chat, "here", &["cats"], &[0]).await;
    for (seq, told) in [(2, 1), (2, 0), (1, 0), (3, 1)] {
        read(&chat, "there", "cats", seq).await;
        assert_eq!((chat.received("here").len(), chat.received("there").len()), (told, told), "{seq}");
    }
    assert_eq!(activity(&chat, "here", &["cats"], &[0]).await[0]["read"], 3);
}

#[tokio::test]
async fn a_room_can_be_marked_as_read_from_another_one() {
    let chat = chat().await;
    send_messages(&chat, "bea", 3).await;
    read(&chat, "here", "cats", 3).await;
    assert_eq!(chat.received("there"), [json!({ "type": "read", "room": "cats", "seq": 3 })]);
    chat.received("here");
    read(&chat, "bea", "dogs", 7).await;
    assert_eq!(chat.received("bea"), [] as [Value; 0], "no other socket of Bea is open");
}

#[tokio::test]
async fn welcome_has_the_position_in_its_room() {
    let chat = chat().await;
    read(&chat, "here", "cats", 3).await;
    let welcome = async |id: &str, frame: Value| {
        chat.received(id);
        chat.send(id, frame).await;
        chat.received(id).into_iter().find(|frame| frame["type"] == "welcome").unwrap()
    };
    assert_eq!(welcome("there", json!({ "action": "hello" })).await["read"], 3);
    assert_eq!(welcome("here", json!({ "action": "hello" })).await.get("read"), None, "it is in the lobby");
    assert_eq!(welcome("here", json!({ "action": "enter", "room": "cats" })).await["read"], 3);
    assert_eq!(welcome("bea", json!({ "action": "hello" })).await.get("read"), None);
}

#[tokio::test]
async fn the_sockets_in_a_larger_room_are_not_told() {
    let chat = chat().await;
    for number in 0..limits::TYPING_CONNECTIONS {
        chat.connect(&format!("c{number}"), Some("cats"), None, None).await.unwrap();
    }
    send_messages(&chat, "bea", 1).await;
    read(&chat, "here", "cats", 1).await;
    assert_eq!(chat.received("there"), [] as [Value; 0]);
    assert_eq!(activity(&chat, "here", &["cats"], &[0]).await[0]["unread"], 0);
}

#[tokio::test]
async fn reads_are_limited_for_each_person() {
    let chat = TestChat::with_rates(6, 0).await;
    for id in ["ann", "bea"] {
        chat.connect_to_lobby(id, id).await;
    }
    let mut codes = Vec::new();
    for seq in 1..=7 {
        codes.push(chat.error_for("ann", json!({ "action": "read", "room": "lobby", "seq": seq })).await.0);
    }
    assert_eq!((&codes[0], &codes[6]), (&Value::Null, &json!("tooFast")), "{codes:?}");
    let frame = json!({ "action": "read", "room": "lobby", "seq": 1 });
    assert_eq!(chat.error_for("bea", frame).await.0, Value::Null, "others are not affected");
    chat.send_message("ann", "hi", "n").await;
    assert_eq!(chat.received_texts("bea"), ["hi"], "messages are counted separately");
}

#[tokio::test]
async fn bad_positions_are_refused() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("ann", "Ann").await;
    for fields in [
        json!({}),
        json!({ "room": "cats" }),
        json!({ "seq": 1 }),
        json!({ "room": "No Room", "seq": 1 }),
        json!({ "room": "cats", "seq": -1 }),
        json!({ "room": "cats", "seq": "7" }),
    ] {
        let mut frame = fields.clone();
        frame["action"] = "read".into();
        assert_eq!(chat.error_for("ann", frame).await.0, "badField", "{fields}");
    }
}

#[tokio::test]
async fn read_positions_are_exported_and_erased() {
    let chat = chat().await;
    send_messages(&chat, "there", 1).await;
    read(&chat, "here", "cats", 1).await;
    read(&chat, "bea", "cats", 1).await;
    let export = chat.data_export();
    let person = chat.connection("here").await.person;
    let exported = serde_json::to_value(export.export(person.clone(), None).await.unwrap()).unwrap();
    assert_eq!(exported["read"], json!([{ "room": "cats", "seq": 1, "at": START + 3_000 }]));
    assert_eq!(chat.erase_data("here").await, (1, false));
    assert_eq!(chat.read_positions.positions(&person.id).await.unwrap(), []);
    let bea = chat.connection("bea").await.person.id;
    assert_eq!(chat.read_positions.positions(&bea).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_thread_that_is_read_on_one_device_is_read_on_the_other() {
    let chat = TestChat::new().await;
    for (id, person) in [("here", "ann"), ("there", "ann"), ("bea", "bea")] {
        chat.connect(id, Some("cats"), Some(&chat.ticket(person)), Some(person)).await.unwrap();
    }
    send_messages(&chat, "bea", 1).await;
    let reply = json!({ "action": "send", "text": "reply", "nonce": "r-1", "replyTo": 1, "thread": 1 });
    chat.send("bea", reply).await;
    let read = async |id: &str| {
        chat.received(id);
        chat.send(id, json!({ "action": "threads", "roots": [1] })).await;
        let answer = chat.received(id).remove(0);
        assert_eq!(answer["threads"][0]["seq"], 1, "{answer}");
        answer["threads"][0].get("read").cloned()
    };
    assert_eq!(read("there").await, None);
    for (seq, stored) in [(2, 2), (1, 2)] {
        chat.send("here", json!({ "action": "readThread", "root": 1, "seq": seq })).await;
        assert_eq!(read("there").await, Some(json!(stored)), "{seq}");
    }
    assert_eq!(read("bea").await, None, "it is Ann's");
    let ann = chat.connection("here").await.person;
    assert_eq!(chat.read_positions.positions(&ann.id).await.unwrap(), [], "it is not the position of the room");
    chat.send("here", json!({ "action": "read", "room": "cats", "seq": 1 })).await;
    let exported = serde_json::to_value(chat.data_export().export(ann.clone(), None).await.unwrap()).unwrap();
    let thread = &exported["read"][0]["threads"][0];
    assert_eq!((&thread["root"], &thread["seq"]), (&json!(1), &json!(2)), "{exported}");
    chat.erase_data("here").await;
    assert_eq!(chat.read_positions.thread_positions(&ann.id, &"cats".parse().unwrap()).await.unwrap(), []);
}
