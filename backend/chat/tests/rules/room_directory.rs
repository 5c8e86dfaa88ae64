//! Tests of `directory`: the list of open rooms.

use std::time::Duration;

use chat::presence::connect::ConnectRequest;
use chat::{
    access::policy::AccessPolicy,
    commands::{FrameHandler, FrameRequest, pipeline::ParsedFrame},
    ports::{connections::ConnectionId, messages::Messages, room_directory::RoomDirectory},
};
use chat_testing::test_chat::{START, TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{Timestamp, limits};

use super::private_rooms::{add, open, private_room};

/// The beginning of the hour in which a test chat starts.
const HOUR: u64 = START - START % 3_600_000;

/// A chat with the moderator `mod`.
async fn chat() -> TestChat {
    TestChat::with_access_policy(AccessPolicy::open(vec!["mod".parse().unwrap()])).await
}

/// Writes a message in a room, through a window of a new guest.
async fn write(chat: &TestChat, room: &str) {
    chat.connect(room, Some(room), None, None).await.unwrap();
    chat.send_message(room, "hi", "n").await;
}

/// Returns the answer to a request.
async fn answer(chat: &TestChat, window: &str, mut request: Value) -> Value {
    request["action"] = "directory".into();
    chat.received(window);
    chat.send(window, request).await;
    let answer = chat.received(window).pop().unwrap();
    assert_eq!(answer["type"], "directory", "{answer}");
    answer
}

/// Returns the addresses of the rooms in an answer.
async fn rooms(chat: &TestChat, window: &str, request: Value) -> Vec<String> {
    names(&answer(chat, window, request).await)
}

fn names(answer: &Value) -> Vec<String> {
    let rooms = answer["rooms"].as_array().unwrap();
    rooms.iter().map(|room| room["room"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rooms_with_a_message_are_listed_with_their_details_and_people() {
    let chat = chat().await;
    chat.connect_to_lobby("here", "Ann").await;
    chat.connect("opened", Some("opened-only"), None, None).await.unwrap();
    assert_eq!(answer(&chat, "here", json!({})).await, json!({ "type": "directory", "rooms": [] }));

    chat.connect("c", Some("cats"), None, None).await.unwrap();
    chat.send("c", json!({ "action": "describe", "details": { "title": "Cats", "topic": "Only cats" } })).await;
    assert_eq!(rooms(&chat, "here", json!({})).await, [""; 0], "a room with a title and without a message");
    chat.send_message("c", "hi", "n").await;
    chat.clock.advance(Duration::from_secs(5));
    write(&chat, "dogs").await;
    chat.connect("d2", Some("dogs"), None, None).await.unwrap();
    let expected = json!([
        { "room": "dogs", "sentAt": START + 5_000, "online": 2 },
        { "room": "cats", "title": "Cats", "topic": "Only cats", "sentAt": START, "online": 1 },
    ]);
    assert_eq!(answer(&chat, "here", json!({})).await["rooms"], expected);
}

#[tokio::test]
async fn a_new_title_and_archiving_change_the_directory() {
    let chat = chat().await;
    open(&chat, "m", "mod", "cats").await;
    chat.send_message("m", "hi", "n").await;
    write(&chat, "dogs").await;
    chat.send("m", json!({ "action": "describe", "details": { "title": "More cats" } })).await;
    assert_eq!(rooms(&chat, "m", json!({ "text": "more" })).await, ["cats"]);
    chat.send("m", json!({ "action": "rules", "rules": { "archived": true } })).await;
    assert_eq!(rooms(&chat, "m", json!({})).await, ["dogs"]);
    assert_eq!(rooms(&chat, "m", json!({ "archived": true })).await, ["cats"]);
    chat.send("m", json!({ "action": "rules", "rules": { "keepDays": 0 } })).await;
    assert_eq!(rooms(&chat, "m", json!({ "archived": true })).await, [""; 0]);
    assert_eq!(rooms(&chat, "m", json!({ "text": "cats" })).await, ["cats"]);
}

#[tokio::test]
async fn moderators_get_the_rules_of_the_rooms_if_they_ask() {
    let chat = chat().await;
    open(&chat, "m", "mod", "cats").await;
    chat.send_message("m", "hi", "n").await;
    let rules = json!({ "slow": 30, "readOnly": true, "keepDays": 7 });
    chat.send("m", json!({ "action": "rules", "rules": rules })).await;
    write(&chat, "dogs").await;
    chat.send_message("dogs", "hi", "n2").await;
    let of_rooms = async |window, request| {
        let answer = answer(&chat, window, request).await;
        let rooms = answer["rooms"].as_array().unwrap().clone();
        let mut rules: Vec<_> = rooms.iter().map(|room| (room["room"].clone(), room["rules"].clone())).collect();
        rules.sort_by_key(|(room, _)| room.to_string());
        rules
    };
    let expected = |cats: &Value, dogs: &Value| vec![(json!("cats"), cats.clone()), (json!("dogs"), dogs.clone())];
    assert_eq!(of_rooms("m", json!({ "rules": true })).await, expected(&rules, &json!({})));
    assert_eq!(of_rooms("m", json!({})).await, expected(&Value::Null, &Value::Null));
    assert_eq!(of_rooms("dogs", json!({ "rules": true })).await, expected(&Value::Null, &Value::Null));
    chat.send("m", json!({ "action": "rules", "rules": { "archived": true } })).await;
    let archived = of_rooms("m", json!({ "rules": true, "archived": true })).await;
    // A rule that a command does not name stays, if an older page does not know it.
    assert_eq!(archived, [(json!("cats"), json!({ "archived": true, "keepDays": 7 }))]);
}

#[tokio::test]
async fn a_room_of_an_older_store_is_listed_with_its_next_message() {
    let chat = chat().await;
    open(&chat, "m", "mod", "cats").await;
    chat.send_message("m", "hi", "n").await;
    chat.send("m", json!({ "action": "describe", "details": { "title": "Cats" } })).await;
    chat.room_directory.remove(&"cats".parse().unwrap(), Timestamp(HOUR)).await.unwrap();
    chat.send("m", json!({ "action": "describe", "details": { "title": "More cats" } })).await;
    assert_eq!(rooms(&chat, "m", json!({})).await, [""; 0]);
    chat.send_message("m", "again", "n2").await;
    assert_eq!(rooms(&chat, "m", json!({ "text": "more cats" })).await, ["cats"]);
}

#[tokio::test]
async fn the_filter_finds_all_words_in_title_topic_and_address() {
    let chat = chat().await;
    for (window, room, title, topic) in
        [("1", "cats", "Café CATS", "Whiskers"), ("2", "dogs", "Dogs", "Not for cats"), ("3", "neko", "猫の部屋", "ﾈｺ")]
    {
        chat.connect(window, Some(room), None, None).await.unwrap();
        let details = json!({ "title": title, "topic": topic });
        chat.send(window, json!({ "action": "describe", "details": details })).await;
        chat.send_message(window, "hi", "n").await;
    }
    for (text, found) in [
        ("cats", vec!["cats", "dogs"]),
        ("cafe", vec!["cats"]),
        ("CATS whisk", vec!["cats"]),
        ("not cats dogs", vec!["dogs"]),
        ("猫", vec!["neko"]),
        ("ねこ", vec!["neko"]),
        ("eels", vec![]),
    ] {
        assert_eq!(rooms(&chat, "1", json!({ "text": text })).await, found, "{text}");
    }
}

#[tokio::test]
async fn the_directory_is_ordered_by_activity_and_given_in_pages() {
    let chat = chat().await;
    let newest = 2 * limits::DIRECTORY_PAGE + 3;
    for number in 0..=newest {
        write(&chat, &format!("room-{number:02}")).await;
        chat.clock.advance(Duration::from_secs(20 * 60));
    }
    // An old room becomes active again.
    chat.send_message("room-01", "again", "n2").await;
    let (mut request, mut found, mut pages) = (json!({}), Vec::new(), 0);
    loop {
        let answer = answer(&chat, "room-00", request).await;
        found.extend(names(&answer));
        pages += 1;
        request = json!({ "after": answer["after"] });
        if answer["after"].is_null() {
            break;
        }
        assert_eq!(names(&answer).len(), limits::DIRECTORY_PAGE);
    }
    assert_eq!(pages, 3);
    assert_eq!(found[..2], ["room-01".to_owned(), format!("room-{newest}")]);
    found.sort();
    assert_eq!(found, (0..=newest).map(|number| format!("room-{number:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_room_in_which_everything_is_deleted_is_listed_again_with_its_next_message() {
    let chat = chat().await;
    write(&chat, "cats").await;
    write(&chat, "dogs").await;
    chat.send("cats", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(rooms(&chat, "dogs", json!({})).await, ["dogs"]);
    assert_eq!(chat.room_directory.entries(9).await.unwrap().len(), 1);
    chat.send_message("cats", "again", "n2").await;
    assert_eq!(rooms(&chat, "dogs", json!({ "text": "cats" })).await, ["cats"]);
}

#[tokio::test]
async fn a_private_room_is_never_in_the_directory_not_even_for_its_members() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", "lobby").await;
    open(&chat, "m", "mod", "lobby").await;
    chat.send_message("h", "SECRET words", "n").await;
    chat.send("h", json!({ "action": "rules", "rules": { "archived": true } })).await;
    chat.send("h", json!({ "action": "describe", "details": { "title": "SECRET", "topic": "SECRET" } })).await;
    assert_eq!(chat.room_directory.entries(9).await.unwrap(), []);
    // Whatever is stored.
    chat.room_directory.add(&room.parse().unwrap(), Timestamp(HOUR)).await.unwrap();
    for window in ["h", "b", "m"] {
        for request in [json!({}), json!({ "rules": true }), json!({ "text": room }), json!({ "archived": true })] {
            assert_eq!(rooms(&chat, window, request).await, [""; 0], "{window}");
        }
    }
}

#[tokio::test]
async fn an_address_lists_a_bounded_number_of_new_rooms_in_an_hour() {
    let chat = TestChat::with_rates(10_000, 10_000).await;
    let most = limits::DIRECTORY_NEW_ROOMS as usize;
    let flood = |number: usize| format!("spam-{number:03}");
    for number in 0..most + 5 {
        let (id, address) = (flood(number), Some("192.0.2.1".parse().unwrap()));
        let request = ConnectRequest { room: Some(id.clone()), address, ..connect_request(&id) };
        chat.connect_with(request).await.unwrap();
        chat.send_message(&id, "spam", "n").await;
    }
    let listed = async || chat.room_directory.entries(limits::DIRECTORY_ROOMS).await.unwrap().len();
    assert_eq!(listed().await, most);
    // Others are not affected.
    write(&chat, "cats").await;
    assert_eq!(listed().await, most + 1);
    // A room above the limit works, and is listed in a later hour.
    let last = flood(most + 4);
    assert_eq!(chat.messages.before(&last.parse().unwrap(), None, 9).await.unwrap().len(), 1);
    chat.clock.advance(limits::DIRECTORY_HOUR);
    chat.send_message(&last, "again", "n2").await;
    assert_eq!(listed().await, most + 2);
}

#[tokio::test]
async fn a_full_directory_replaces_the_room_that_was_active_longest_ago() {
    let chat = chat().await;
    for number in 0..limits::DIRECTORY_ROOMS {
        let room = format!("old-{number:04}").parse().unwrap();
        chat.room_directory.add(&room, Timestamp(1_000 + number as u64)).await.unwrap();
    }
    write(&chat, "cats").await;
    let entries = chat.room_directory.entries(2 * limits::DIRECTORY_ROOMS).await.unwrap();
    assert_eq!(entries.len(), limits::DIRECTORY_ROOMS);
    let has = |name: &str| entries.iter().any(|entry| entry.room.as_str() == name);
    assert!(has("cats") && !has("old-0000") && has("old-0001"));
    // These rooms have no messages, so a request removes those on its page.
    assert_eq!(rooms(&chat, "cats", json!({})).await, ["cats"]);
}

#[tokio::test]
async fn messages_that_are_stored_at_the_same_time_list_their_room() {
    let chat = chat().await;
    chat.connect("c", Some("cats"), None, None).await.unwrap();
    let handler = FrameHandler::new(chat.ports(), chat.settings());
    let mut stored = Vec::new();
    for number in 0..3 {
        let body = json!({ "action": "send", "text": "hi", "nonce": format!("n-{number}") }).to_string();
        let request = FrameRequest { connection: ConnectionId("c".into()), request_id: format!("r-{number}"), body };
        stored.push(handler.begin_send(ParsedFrame::from(request)).await.unwrap().await);
    }
    handler.finish_sends(stored).await;
    assert_eq!(rooms(&chat, "c", json!({})).await, ["cats"]);
}
