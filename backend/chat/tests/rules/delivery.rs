//! Tests of the delivery of broadcasts to gone, busy and hanging listeners.

use std::time::Duration;

use chat::ports::{
    connections::{ConnectionId, Connections},
    system::Clock,
};
use chat_testing::test_chat::TestChat;
use serde_json::json;

#[tokio::test]
async fn a_gone_listener_is_removed() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    chat.clock.advance(Duration::from_secs(30));
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received_texts("c1"), ["hi"]);
    assert_eq!(chat.connections.find(&ConnectionId("c2".into())).await.unwrap(), None);
    assert_eq!(chat.connections.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_listener_that_is_still_connecting_is_kept() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.clock.advance(Duration::from_secs(3600));
    chat.connect_to_lobby("c2", "Bea").await;
    // API Gateway reports a connection as gone until `$connect` has ended.
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    chat.clock.advance(Duration::from_secs(10));
    chat.send_message("c1", "hi", "n").await;
    chat.gateway.lock().gone.clear();
    chat.send("c2", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("c2")[0]["type"], "welcome");
}

#[tokio::test]
async fn a_busy_listener_is_retried_once() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().busy.insert(ConnectionId("c2".into()), 1);
    chat.send_message("c1", "one", "n-1").await;
    assert_eq!(chat.received_texts("c2"), ["one"]);
    chat.gateway.lock().busy.insert(ConnectionId("c2".into()), 3);
    chat.send_message("c1", "two", "n-2").await;
    assert_eq!(chat.gateway.lock().busy[&ConnectionId("c2".into())], 1, "two attempts were made");
    chat.send("c2", json!({ "action": "changes", "after": 1 })).await;
    assert_eq!(chat.received("c2")[0]["messages"][0]["text"], "two", "its catch-up returns what it missed");
}

#[tokio::test]
async fn a_listener_that_stays_busy_stays_connected() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().busy.insert(ConnectionId("c2".into()), 100);
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received_texts("c1"), ["hi"]);
    assert_eq!(chat.received_texts("c2"), [""; 0]);
    assert!(chat.connections.find(&ConnectionId("c2".into())).await.unwrap().is_some());
}

#[tokio::test]
async fn delivery_to_a_hanging_listener_has_a_deadline() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().hanging.insert(ConnectionId("c2".into()));
    let before = chat.clock.now();
    chat.send_message("c1", "hi", "n").await;
    assert!(chat.clock.now().0 - before.0 <= 5_000, "half of the function's 10 s is left for the store");
    assert_eq!(chat.received_texts("c1"), ["hi"]);
}

#[tokio::test]
async fn all_posts_of_a_request_share_one_deadline() {
    let chat = TestChat::with_limits(500, 100).await;
    chat.connect_to_lobby("c1", "Ann").await;
    // More connections than the gateway posts to in parallel.
    for number in 2..300 {
        chat.connect_to_lobby(&format!("c{number}"), "Bea").await;
        chat.gateway.lock().hanging.insert(ConnectionId(format!("c{number}")));
    }
    let before = chat.clock.now();
    chat.send_message("c1", "hi", "n").await;
    let took = chat.clock.now().0 - before.0;
    assert!(took <= 7_000, "{took} ms: the function has 10 s");
}
