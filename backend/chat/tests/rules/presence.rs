//! Tests of presence: who is in a room, and who is notified of changes.

use std::{collections::BTreeSet, time::Duration};

use chat::ports::{connections::ConnectionId, system::Clock};
use chat_testing::world::World;
use serde_json::{Value, json};
use shared_types::limits;

/// Connects a person's window to the lobby and sends `hello`.
async fn enter(world: &World, window: &str, person: &str, name: &str) {
    let ticket = world.ticket(person);
    world.knock(window, None, Some(&ticket), Some(name)).await.unwrap();
    hello(world, window).await;
}

async fn hello(world: &World, window: &str) {
    world.say(window, json!({ "action": "hello" })).await;
}

/// Returns the names in each presence that a window received.
fn received_presence(world: &World, window: &str) -> Vec<String> {
    let told = world.told(window);
    told.iter().filter(|frame| frame["type"] == "presence").map(names).collect()
}

fn names(frame: &Value) -> String {
    let people = frame["people"].as_array().cloned().unwrap_or_default();
    assert_eq!(frame["online"], json!(people.len()), "{frame}");
    people.iter().map(|person| person["name"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// Makes a window disappear without `$disconnect`, long enough after its connect that the server removes it.
fn die_silently(world: &World, window: &str) {
    world.gateway.lock().gone.insert(ConnectionId(window.into()));
    world.clock.advance(Duration::from_secs(30));
}

#[tokio::test]
async fn presence_is_sent_when_somebody_joins_or_leaves() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    enter(&world, "b1", "bea", "Bea").await;
    let expected = json!({
        "type": "presence", "online": 2, "people": [{ "id": "ann", "name": "Ann" }, { "id": "bea", "name": "Bea" }],
    });
    assert_eq!(world.told("a1").pop(), Some(expected));
    world.leave("b1").await;
    assert_eq!(received_presence(&world, "a1"), ["Ann"]);
}

#[tokio::test]
async fn welcome_lists_the_people_sorted_by_name() {
    let world = World::new().await;
    for (window, person, name) in [("c", "p3", "Cat"), ("a", "p2", "Ann"), ("x", "p1", "Cat")] {
        enter(&world, window, person, name).await;
    }
    let told = world.told("x");
    assert_eq!(told.iter().map(|frame| frame["type"].as_str().unwrap()).collect::<Vec<_>>(), ["welcome", "page"]);
    let ids: Vec<_> = told[0]["people"].as_array().unwrap().iter().map(|person| person["id"].clone()).collect();
    assert_eq!((ids, &told[0]["online"]), (vec![json!("p2"), json!("p1"), json!("p3")], &json!(3)));
}

#[tokio::test]
async fn a_person_s_second_window_sends_no_presence() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    enter(&world, "b1", "bea", "Bea").await;
    received_presence(&world, "a1");
    enter(&world, "b2", "bea", "Bea").await;
    assert_eq!(world.told("b2")[0]["online"], json!(2));
    world.leave("b2").await;
    enter(&world, "b3", "bea", "Bea").await;
    // A page that moves to a new socket closes the old one last.
    world.leave("b1").await;
    assert_eq!(received_presence(&world, "a1"), [""; 0]);
    world.leave("b3").await;
    assert_eq!(received_presence(&world, "a1"), ["Ann"]);
}

#[tokio::test]
async fn two_windows_that_open_together_send_one_presence() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    for window in ["b1", "b2"] {
        let ticket = world.ticket("bea");
        world.knock(window, None, Some(&ticket), Some("Bea")).await.unwrap();
    }
    for window in ["b2", "b1"] {
        hello(&world, window).await;
    }
    assert_eq!(received_presence(&world, "a1"), ["Ann Bea"]);
}

#[tokio::test]
async fn two_windows_that_close_together_send_a_presence() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    for window in ["b1", "b2"] {
        enter(&world, window, "bea", "Bea").await;
    }
    received_presence(&world, "a1");
    for window in ["b1", "b2"] {
        world.leave(window).await;
    }
    assert_eq!(received_presence(&world, "a1"), ["Ann"]);
}

#[tokio::test]
async fn presence_is_sent_for_a_changed_name_only() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    enter(&world, "b1", "bea", "Bea").await;
    for window in ["a1", "b1"] {
        world.told(window);
    }
    world.say("b1", json!({ "action": "rename", "name": "Zoe" })).await;
    assert_eq!(received_presence(&world, "a1"), ["Ann Zoe"]);
    let told = world.told("b1");
    assert_eq!((told.len(), &told[0]["type"], names(&told[0])), (1, &json!("welcome"), "Ann Zoe".into()));
    world.say("b1", json!({ "action": "rename", "name": "Zoe" })).await;
    assert_eq!((received_presence(&world, "a1"), world.told("b1").len()), (vec![], 1));
}

#[tokio::test]
async fn people_is_answered_to_the_sender_only() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    enter(&world, "b1", "bea", "Bea").await;
    world.knock("elsewhere", Some("cats"), None, None).await.unwrap();
    for window in ["a1", "b1"] {
        world.told(window);
    }
    world.say("b1", json!({ "action": "people" })).await;
    assert_eq!(received_presence(&world, "b1"), ["Ann Bea"]);
    assert_eq!(world.told("a1"), [Value::Null; 0]);
}

#[tokio::test]
async fn the_next_message_detects_a_dead_connection() {
    let world = World::new().await;
    for (window, person, name) in [("a1", "ann", "Ann"), ("b1", "bea", "Bea"), ("c1", "cat", "Cat")] {
        enter(&world, window, person, name).await;
    }
    die_silently(&world, "c1");
    received_presence(&world, "a1");
    world.post("b1", "anybody here?", "n").await;
    assert_eq!(received_presence(&world, "a1"), ["Ann Bea"]);
    // The late `$disconnect` changes nothing.
    world.leave("c1").await;
    world.post("b1", "hello?", "m").await;
    assert_eq!(received_presence(&world, "a1"), [""; 0]);
}

#[tokio::test]
async fn one_dead_window_of_two_sends_no_presence() {
    let world = World::new().await;
    enter(&world, "a1", "ann", "Ann").await;
    enter(&world, "b1", "bea", "Bea").await;
    enter(&world, "b2", "bea", "Bea").await;
    die_silently(&world, "b1");
    received_presence(&world, "a1");
    world.post("a1", "hi", "n").await;
    assert!(!world.speaker_is_in("b1").await);
    assert_eq!(received_presence(&world, "a1"), [""; 0]);
}

#[tokio::test]
async fn in_a_large_room_presence_goes_to_a_random_sample() {
    let world = World::with_limits(500, 100).await;
    let count = 3 * limits::PRESENCE_TOLD;
    for number in 0..count {
        world.knock(&format!("c{number}"), None, None, None).await.unwrap();
    }
    let mut notified = BTreeSet::new();
    let mut samples = BTreeSet::new();
    for number in 0..20 {
        enter(&world, "new", "new", "Newcomer").await;
        let told: BTreeSet<usize> = (0..count).filter(|other| !world.told(&format!("c{other}")).is_empty()).collect();
        assert_eq!(told.len(), limits::PRESENCE_TOLD, "change {number}");
        assert_eq!(world.told("new").len(), 2, "welcome and page");
        notified.extend(told.iter().copied());
        samples.insert(told);
        world.leave("new").await;
        for other in 0..count {
            world.told(&format!("c{other}"));
        }
    }
    assert_eq!((notified.len(), samples.len()), (count, 20));
}

#[tokio::test]
async fn presence_counts_all_people_but_lists_the_first() {
    let world = World::with_limits(500, 100).await;
    for number in 0..limits::PEOPLE + 20 {
        world.knock(&format!("c{number}"), None, None, Some(&format!("n{number:03}"))).await.unwrap();
    }
    world.say("c0", json!({ "action": "people" })).await;
    let told = world.told("c0").pop().unwrap();
    let people = told["people"].as_array().unwrap();
    assert_eq!((people.len(), &told["online"]), (limits::PEOPLE, &json!(limits::PEOPLE + 20)));
    assert_eq!((&people[0]["name"], &people[99]["name"]), (&json!("n000"), &json!("n099")));
}

#[tokio::test]
async fn a_hanging_listener_does_not_block_presence() {
    let world = World::new().await;
    for (window, person, name) in [("a1", "ann", "Ann"), ("b1", "bea", "Bea"), ("c1", "cat", "Cat")] {
        enter(&world, window, person, name).await;
    }
    die_silently(&world, "c1");
    world.gateway.lock().hanging.insert(ConnectionId("b1".into()));
    received_presence(&world, "a1");
    let before = world.clock.now();
    world.post("a1", "hi", "n").await;
    let took = world.clock.now().0 - before.0;
    assert!(took <= 7_000, "{took} ms: three of the function's ten seconds are left for the store");
    assert_eq!(received_presence(&world, "a1"), ["Ann Bea"]);
}
