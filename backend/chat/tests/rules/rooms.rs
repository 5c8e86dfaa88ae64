//! Tests of `rooms`: the latest activity of several rooms.

use chat_testing::world::{START, World};
use serde_json::{Value, json};
use shared_types::limits;

async fn activity(world: &World, rooms: &[&str]) -> Value {
    world.told("here");
    world.say("here", json!({ "action": "rooms", "rooms": rooms })).await;
    let told = world.told("here").remove(0);
    assert_eq!(told["type"], "rooms", "{told}");
    told["rooms"].clone()
}

#[tokio::test]
async fn room_activity_is_in_the_order_of_the_request() {
    let world = World::new().await;
    world.join("here", "Ann").await;
    for room in ["cats", "dogs"] {
        world.knock(room, Some(room), None, None).await.unwrap();
        world.post(room, "one", "n1").await;
    }
    world.post("dogs", "two", "n2").await;
    let [cats, dogs] = ["cats", "dogs"].map(|room| world.told(room).pop().unwrap());
    let expected = json!([
        { "room": "dogs", "newest": 2, "author": dogs["author"]["id"], "sentAt": START },
        { "room": "cats", "newest": 1, "author": cats["author"]["id"], "sentAt": START },
    ]);
    assert_eq!(activity(&world, &["dogs", "empty", "cats"]).await, expected);
}

#[tokio::test]
async fn rooms_without_messages_are_left_out() {
    let world = World::new().await;
    world.join("here", "Ann").await;
    assert_eq!(activity(&world, &["lobby", "cats"]).await, json!([]));
    assert_eq!(activity(&world, &[]).await, json!([]));
}

#[tokio::test]
async fn the_maximum_number_of_rooms_is_answered() {
    let world = World::new().await;
    world.join("here", "Ann").await;
    let names: Vec<String> = (0..limits::ROOMS).map(|number| format!("room-{number}")).collect();
    for name in &names {
        world.knock(name, Some(name), None, None).await.unwrap();
        world.post(name, "hi", "n").await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let told = activity(&world, &names).await;
    assert_eq!(
        told.as_array().unwrap().iter().map(|activity| activity["room"].as_str().unwrap()).collect::<Vec<_>>(),
        names
    );
}
