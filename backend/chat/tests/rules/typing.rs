//! Tests of `typing`.

use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::limits;

#[tokio::test]
async fn in_a_small_room_the_others_see_who_is_typing() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.connect("c3", Some("cats"), None, None).await.unwrap();
    for socket in ["c1", "c2", "c3"] {
        chat.received(socket);
    }
    chat.send("c1", json!({ "action": "typing" })).await;
    let received = chat.received("c2");
    assert_eq!(
        (received.len(), &received[0]["type"], &received[0]["person"]["name"]),
        (1, &json!("typing"), &json!("Ann"))
    );
    assert_eq!((chat.received("c1"), chat.received("c3")), (vec![], vec![]));
}

#[tokio::test]
async fn in_a_large_room_typing_is_not_sent() {
    let chat = TestChat::new().await;
    for number in 0..=limits::TYPING_CONNECTIONS {
        chat.connect_to_lobby(&format!("c{number}"), "Ann").await;
    }
    for socket in ["c0", "c1"] {
        chat.received(socket);
    }
    chat.send("c0", json!({ "action": "typing" })).await;
    assert_eq!(chat.received("c1"), [] as [Value; 0]);
}
