//! Tests of `rooms`: the latest activity of several rooms.

use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::limits;

async fn activity(chat: &TestChat, rooms: &[&str]) -> Value {
    chat.received("here");
    chat.send("here", json!({ "action": "rooms", "rooms": rooms })).await;
    let received = chat.received("here").remove(0);
    assert_eq!(received["type"], "rooms", "{received}");
    received["rooms"].clone()
}

#[tokio::test]
async fn room_activity_is_in_the_order_of_the_request() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    for room in ["cats", "dogs"] {
        chat.connect(room, Some(room), None, None).await.unwrap();
        chat.send_message(room, "one", "n1").await;
    }
    chat.send_message("dogs", "two", "n2").await;
    let [cats, dogs] = ["cats", "dogs"].map(|room| chat.received(room).pop().unwrap());
    let expected = json!([
        { "room": "dogs", "newest": 2, "author": dogs["author"]["id"], "sentAt": START },
        { "room": "cats", "newest": 1, "author": cats["author"]["id"], "sentAt": START },
    ]);
    assert_eq!(activity(&chat, &["dogs", "empty", "cats"]).await, expected);
}

#[tokio::test]
async fn a_deleted_newest_message_leaves_a_room_as_it_was() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    chat.connect("cats", Some("cats"), None, None).await.unwrap();
    for (text, nonce) in [("one", "n1"), ("two", "n2"), ("three", "n3")] {
        chat.send_message("cats", text, nonce).await;
    }
    for (deleted, newest) in [(3, Some(2)), (1, Some(2)), (2, None)] {
        chat.send("cats", json!({ "action": "delete", "seq": deleted })).await;
        assert_eq!(activity(&chat, &["cats"]).await[0]["newest"].as_u64(), newest, "{deleted}");
    }
}

#[tokio::test]
async fn rooms_without_messages_are_left_out() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    assert_eq!(activity(&chat, &["lobby", "cats"]).await, json!([]));
    assert_eq!(activity(&chat, &[]).await, json!([]));
}

#[tokio::test]
async fn the_maximum_number_of_rooms_is_answered() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    let names: Vec<String> = (0..limits::ROOMS).map(|number| format!("room-{number}")).collect();
    for name in &names {
        chat.connect(name, Some(name), None, None).await.unwrap();
        chat.send_message(name, "hi", "n").await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let received = activity(&chat, &names).await;
    assert_eq!(
        received.as_array().unwrap().iter().map(|activity| activity["room"].as_str().unwrap()).collect::<Vec<_>>(),
        names
    );
}
