//! Several rooms, as sentences: what was said last in each.

use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::limits;

async fn news(chat: &TestChat, rooms: &[&str]) -> Value {
    chat.received("here");
    chat.send("here", json!({ "action": "rooms", "rooms": rooms })).await;
    let told = chat.received("here").remove(0);
    assert_eq!(told["type"], "rooms", "{told}");
    told["rooms"].clone()
}

#[tokio::test]
async fn the_newest_message_of_each_room_is_told_in_the_order_of_the_question() {
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
    assert_eq!(news(&chat, &["dogs", "empty", "cats"]).await, expected);
}

#[tokio::test]
async fn a_room_in_which_nothing_was_said_is_left_out() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    assert_eq!(news(&chat, &["lobby", "cats"]).await, json!([]));
    assert_eq!(news(&chat, &[]).await, json!([]));
}

#[tokio::test]
async fn as_many_rooms_as_may_be_asked_about_are_all_told() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("here", "Ann").await;
    let names: Vec<String> = (0..limits::ROOMS).map(|number| format!("room-{number}")).collect();
    for name in &names {
        chat.connect(name, Some(name), None, None).await.unwrap();
        chat.send_message(name, "hi", "n").await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let told = news(&chat, &names).await;
    assert_eq!(told.as_array().unwrap().iter().map(|news| news["room"].as_str().unwrap()).collect::<Vec<_>>(), names);
}
