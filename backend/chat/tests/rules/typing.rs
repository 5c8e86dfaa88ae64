//! Tests of `typing`.

use chat_testing::world::World;
use serde_json::{Value, json};
use shared_types::limits;

#[tokio::test]
async fn in_a_small_room_the_others_see_who_is_typing() {
    let world = World::new().await;
    world.join("c1", "Ann").await;
    world.join("c2", "Bea").await;
    world.knock("c3", Some("cats"), None, None).await.unwrap();
    for socket in ["c1", "c2", "c3"] {
        world.told(socket);
    }
    world.say("c1", json!({ "action": "typing" })).await;
    let told = world.told("c2");
    assert_eq!((told.len(), &told[0]["type"], &told[0]["person"]["name"]), (1, &json!("typing"), &json!("Ann")));
    assert_eq!((world.told("c1"), world.told("c3")), (vec![], vec![]));
}

#[tokio::test]
async fn in_a_large_room_typing_is_not_sent() {
    let world = World::new().await;
    for number in 0..=limits::TYPING_CONNECTIONS {
        world.join(&format!("c{number}"), "Ann").await;
    }
    for socket in ["c0", "c1"] {
        world.told(socket);
    }
    world.say("c0", json!({ "action": "typing" })).await;
    assert_eq!(world.told("c1"), [] as [Value; 0]);
}
