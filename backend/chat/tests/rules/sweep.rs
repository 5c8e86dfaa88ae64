//! Tests of the daily sweep of connections.

use std::time::Duration;

use chat::ports::connections::{ConnectionId, Connections};
use chat_testing::test_chat::TestChat;
use futures::StreamExt;

#[tokio::test]
async fn the_sweep_removes_gone_connections_only() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    // The age of a connection does not matter: the sweep probes the socket.
    chat.clock.advance(Duration::from_secs(24 * 60 * 60));
    chat.run_cleanup().await;
    assert_eq!(chat.connections.all().count().await, 1);
    assert_eq!(chat.connections.count().await.unwrap(), 1);
    assert!(chat.connections.find(&ConnectionId("c1".into())).await.unwrap().is_some());
}
