//! Tests of the delivery of broadcasts to gone, busy and hanging listeners.

use std::time::Duration;

use chat::ports::{
    connections::{ConnectionId, Connections},
    system::Clock,
};
use chat_testing::world::World;
use serde_json::json;

#[tokio::test]
async fn a_gone_listener_is_removed() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.gateway.lock().gone.insert(ConnectionId("c2".into()));
    world.clock.advance(Duration::from_secs(30));
    world.post("c1", "hi", "n").await;
    assert_eq!(world.texts("c1"), ["hi"]);
    assert_eq!(world.connections.find(&ConnectionId("c2".into())).await.unwrap(), None);
    assert_eq!(world.connections.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_listener_that_is_still_connecting_is_kept() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.clock.advance(Duration::from_secs(3600));
    world.join("c2", "Bea").await;
    // API Gateway reports a connection as gone until `$connect` has ended.
    world.gateway.lock().gone.insert(ConnectionId("c2".into()));
    world.clock.advance(Duration::from_secs(10));
    world.post("c1", "hi", "n").await;
    world.gateway.lock().gone.clear();
    world.say("c2", json!({ "action": "hello" })).await;
    assert_eq!(world.told("c2")[0]["type"], "welcome");
}

#[tokio::test]
async fn a_busy_listener_is_retried() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.gateway.lock().busy.insert(ConnectionId("c2".into()), 4);
    world.post("c1", "hi", "n").await;
    assert_eq!(world.texts("c2"), ["hi"]);
}

#[tokio::test]
async fn a_listener_that_stays_busy_stays_connected() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.gateway.lock().busy.insert(ConnectionId("c2".into()), 100);
    world.post("c1", "hi", "n").await;
    assert_eq!(world.texts("c1"), ["hi"]);
    assert_eq!(world.texts("c2"), [""; 0]);
    assert!(world.connections.find(&ConnectionId("c2".into())).await.unwrap().is_some());
}

#[tokio::test]
async fn delivery_to_a_hanging_listener_has_a_deadline() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.gateway.lock().hanging.insert(ConnectionId("c2".into()));
    let before = world.clock.now();
    world.post("c1", "hi", "n").await;
    assert!(world.clock.now().0 - before.0 <= 5_000, "half of the function's 10 s is left for the store");
    assert_eq!(world.texts("c1"), ["hi"]);
}
