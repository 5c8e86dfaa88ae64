//! Tests of the daily sweep of connections.

use std::time::Duration;

use chat::ports::connections::{ConnectionId, Connections};
use chat_testing::world::World;

#[tokio::test]
async fn the_sweep_removes_gone_connections_only() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.gateway.lock().gone.insert(ConnectionId("c2".into()));
    // The age of a connection does not matter: the sweep probes the socket.
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    world.sweep().await;
    assert_eq!(world.connections.all().await.unwrap().len(), 1);
    assert_eq!(world.connections.count().await.unwrap(), 1);
    assert!(world.connections.find(&ConnectionId("c1".into())).await.unwrap().is_some());
}
