//! Tests of direct messages: who starts one, who sees it, what it is called, and who gets its messages.

use std::{collections::BTreeSet, time::Duration};

use chat::{
    access::{direct_messages::inbox_of, policy::AccessPolicy},
    ports::{
        connections::ConnectionId,
        moderation::Moderation,
        read_positions::{ReadPosition, ReadPositions},
        room_members::RoomMembers,
    },
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{Appearance, Role, RoleEntry, RoomMember, RoomName, Seq, Timestamp, limits};

use crate::{
    private_rooms::{open, types},
    private_rooms_races::{self as races, Vanishing},
};

/// The other people of the chat: all of them are known.
const OTHERS: [&str; 8] = ["bea", "cy", "dan", "eli", "fay", "gus", "hal", "ida"];

/// A chat with the moderator `mod`, in which everybody has a window in the lobby: `a` of `ann`, `b` of `bea` and so on.
async fn chat() -> TestChat {
    let chat = TestChat::with_access_policy(AccessPolicy::open(vec!["mod".parse().unwrap()])).await;
    for person in ["ann", "mod"].into_iter().chain(OTHERS) {
        open(&chat, &person[..1], person, "lobby").await;
        // The sockets of the tests have no address. This makes the people known.
        chat.send(&person[..1], json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    }
    for person in ["ann", "mod"].into_iter().chain(OTHERS) {
        chat.received(&person[..1]);
    }
    chat
}

fn direct(people: &[&str]) -> Value {
    let people: Vec<Value> = people.iter().map(|person| json!({ "person": person, "name": person })).collect();
    json!({ "action": "direct", "people": people })
}

/// Opens a direct message. Returns its address and its title.
async fn start(chat: &TestChat, window: &str, people: &[&str]) -> (String, String) {
    chat.received(window);
    chat.send(window, direct(people)).await;
    let answer = chat.received(window).pop().unwrap();
    assert_eq!(answer["type"], "roomCreated", "{answer}");
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("room"), text("title"))
}

/// Enters a room. Returns its title.
async fn enter(chat: &TestChat, window: &str, room: &str) -> Value {
    chat.received(window);
    chat.send(window, json!({ "action": "enter", "room": room })).await;
    let welcome = chat.received(window).into_iter().find(|frame| frame["type"] == "welcome").unwrap();
    welcome["details"]["title"].clone()
}

/// Returns the code and the sentence of the error for a frame.
async fn refusal(chat: &TestChat, window: &str, frame: Value) -> (String, String) {
    chat.received(window);
    chat.send(window, frame.clone()).await;
    let answer = chat.received(window).pop().unwrap();
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{frame}: {answer}")).to_owned();
    (text("code"), text("message"))
}

/// Watches for news, as every page does.
async fn watch(chat: &TestChat, window: &str) {
    chat.send(window, json!({ "action": "rooms", "rooms": [], "watch": true })).await;
    chat.received(window);
}

async fn members(chat: &TestChat, room: &str) -> Vec<String> {
    let members = chat.members.members(&room.parse().unwrap(), 99).await.unwrap();
    let mut members: Vec<String> = members.into_iter().map(|member| member.person.to_string()).collect();
    members.sort();
    members
}

async fn my_rooms(chat: &TestChat, window: &str) -> Value {
    chat.received(window);
    chat.send(window, json!({ "action": "myRooms" })).await;
    chat.received(window).pop().unwrap()["rooms"].clone()
}

#[tokio::test]
async fn two_people_get_one_room_however_they_start_it() {
    let chat = chat().await;
    let (room, title) = start(&chat, "a", &["bea"]).await;
    assert_eq!((room.parse::<RoomName>().unwrap().is_direct(), title.as_str()), (true, "bea"));
    assert_eq!(members(&chat, &room).await, ["ann", "bea"], "both are members at once");
    assert_eq!(start(&chat, "b", &["ann"]).await, (room.clone(), "ann".into()));
    assert_eq!(start(&chat, "a", &["bea", "bea"]).await.0, room);
    assert_eq!(members(&chat, &room).await, ["ann", "bea"]);
    for (window, title) in [("a", "bea"), ("b", "ann")] {
        assert_eq!(my_rooms(&chat, window).await, json!([{ "room": room, "title": title }]));
        assert_eq!(enter(&chat, window, &room).await, title);
    }
    assert_ne!(start(&chat, "c", &["dan"]).await.0, room);
}

#[tokio::test]
async fn a_person_begins_a_bounded_number_of_conversations_in_an_hour() {
    let chat = TestChat::with_rates(10_000, 10_000).await;
    let known = |number: u32| format!("p{number}");
    for number in 0..=limits::NEW_DIRECT_MESSAGES {
        let person = known(number).parse().unwrap();
        let position = ReadPosition { person, room: RoomName::lobby(), seq: Seq(1), at: Timestamp(1) };
        assert!(chat.read_positions.advance(&position).await.unwrap());
    }
    open(&chat, "a", "ann", "lobby").await;
    for number in 0..limits::NEW_DIRECT_MESSAGES {
        start(&chat, "a", &[&known(number)]).await;
    }
    let (code, _) = refusal(&chat, "a", direct(&[&known(limits::NEW_DIRECT_MESSAGES)])).await;
    assert_eq!(code, "tooFast");
    // What exists is opened, and a new one an hour later.
    start(&chat, "a", &[&known(0)]).await;
    chat.clock.advance(Duration::from_secs(60 * 60));
    start(&chat, "a", &[&known(limits::NEW_DIRECT_MESSAGES)]).await;
}

#[tokio::test]
async fn eight_people_talk_in_one_conversation() {
    let chat = chat().await;
    let (room, title) = start(&chat, "a", &["hal", "bea", "cy", "dan", "eli", "fay", "gus"]).await;
    assert_eq!(title, "bea, cy, dan, eli, fay, gus, hal");
    assert_eq!(members(&chat, &room).await, ["ann", "bea", "cy", "dan", "eli", "fay", "gus", "hal"]);
    enter(&chat, "h", &room).await;
    enter(&chat, "c", &room).await;
    chat.received("h");
    chat.send_message("c", "hi", "n1").await;
    assert_eq!(chat.received_texts("h"), ["hi"]);
    let (smaller, _) = start(&chat, "a", &["bea", "cy"]).await;
    assert_ne!(smaller, room);
}

#[tokio::test]
async fn bad_direct_messages_are_refused_with_a_sentence() {
    let chat = chat().await;
    chat.send("m", json!({ "action": "ban", "person": "ida", "seconds": 60 })).await;
    for (people, code, sentence) in [
        (&[][..], "badField", "choose one to 7 others"),
        (&OTHERS[..], "badField", "choose one to 7 others"),
        (&["ann"], "badField", "to yourself"),
        (&["ann", "bea"], "badField", "to yourself"),
        (&["nobody"], "badField", "unknown here"),
        (&["bea", "nobody"], "badField", "unknown here"),
        (&["ida"], "badField", "unknown here or has gone"),
        (&["bea", "ida"], "badField", "unknown here or has gone"),
    ] {
        let (answer, message) = refusal(&chat, "a", direct(people)).await;
        assert_eq!(answer, code, "{people:?}: {message}");
        assert!(message.contains(sentence), "{people:?}: {message}");
    }
    for frame in [
        json!({ "action": "direct" }),
        json!({ "action": "direct", "people": "bea" }),
        json!({ "action": "direct", "people": ["bea"] }),
        json!({ "action": "direct", "people": [{ "person": "b b" }] }),
        json!({ "action": "direct", "people": [{ "person": "bea", "name": "" }] }),
    ] {
        assert_eq!(chat.error_for("a", frame.clone()).await.0, "badField", "{frame}");
    }
    for window in ["a", "b"] {
        assert_eq!(my_rooms(&chat, window).await, json!([]), "nothing was made");
    }
    // Seven others are not too many, and the ban ends.
    assert!(chat.is_accepted("a", direct(&OTHERS[..7])).await);
    chat.clock.advance(Duration::from_secs(61));
    assert!(chat.is_accepted("a", direct(&["ida"])).await);
}

#[tokio::test]
async fn people_who_are_muted_start_none_and_get_some() {
    let chat = chat().await;
    chat.send("m", json!({ "action": "mute", "person": "ann", "seconds": 60 })).await;
    assert_eq!(chat.error_for("a", direct(&["bea"])).await.0, "muted");
    let (room, _) = start(&chat, "b", &["ann"]).await;
    enter(&chat, "a", &room).await;
    assert_eq!(chat.error_for("a", json!({ "action": "send", "text": "hi" })).await.0, "muted");
}

#[tokio::test]
async fn somebody_without_an_address_is_known_by_a_role_or_what_they_read() {
    let chat = chat().await;
    let owner = RoleEntry { person: "olaf".parse().unwrap(), name: None, role: Role::Owner, configured: false };
    chat.moderation.set_role(&owner).await.unwrap();
    assert!(chat.is_accepted("a", direct(&["olaf"])).await);
    assert!(chat.is_accepted("b", direct(&["mod"])).await);
}

#[tokio::test]
async fn the_people_and_the_name_of_a_direct_message_do_not_change() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea", "mod"]).await;
    for window in ["a", "m"] {
        enter(&chat, window, &room).await;
        for frame in [
            json!({ "action": "addMember", "person": "cy" }),
            json!({ "action": "removeMember", "person": "bea" }),
            json!({ "action": "removeMember", "person": "cy" }),
            json!({ "action": "describe", "details": { "title": "Mine" } }),
        ] {
            let (code, message) = refusal(&chat, window, frame.clone()).await;
            assert_eq!(code, "notAllowed", "{window} {frame}");
            assert!(message.contains("direct message"), "{message}");
        }
        for rules in [json!({ "slow": 5 }), json!({ "readOnly": true }), json!({ "archived": true })] {
            let frame = json!({ "action": "rules", "rules": rules });
            assert_eq!(chat.error_for(window, frame.clone()).await.0, "notAllowed", "{window} {frame}");
        }
    }
    chat.received("a");
    chat.send("a", json!({ "action": "members" })).await;
    let answer = chat.received("a").pop().unwrap();
    assert!(answer["people"].as_array().unwrap().iter().all(|member| member.get("host").is_none()), "{answer}");
    assert_eq!(members(&chat, &room).await, ["ann", "bea", "mod"]);
    assert_eq!(chat.audit().await, [] as [Value; 0]);
}

#[tokio::test]
async fn nobody_else_sees_a_direct_message() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    enter(&chat, "a", &room).await;
    let other = chat::access::direct_messages::direct_message_of(&["x", "y"].map(|id| id.parse().unwrap()));
    for window in ["c", "m"] {
        watch(&chat, window).await;
        for room in [room.as_str(), other.as_str()] {
            let answer = refusal(&chat, window, json!({ "action": "enter", "room": room })).await;
            assert_eq!(answer.0, "notAllowed", "{window}");
            assert_eq!(answer.1, "This room is private or does not exist.", "{window}");
            let rooms = json!({ "action": "rooms", "rooms": [room], "titles": true, "watch": true, "read": [0] });
            chat.send(window, rooms).await;
            assert_eq!(chat.received(window), [json!({ "type": "rooms", "rooms": [] })], "{window}");
        }
    }
    chat.send_message("a", "SECRET", "n1").await;
    for window in ["c", "m"] {
        assert_eq!(chat.received(window), [] as [Value; 0], "{window}");
    }
}

#[tokio::test]
async fn nobody_enters_an_inbox() {
    let chat = chat().await;
    watch(&chat, "b").await;
    let inbox = inbox_of(&"bea".parse().unwrap());
    for window in ["b", "c"] {
        assert_eq!(chat.error_for(window, json!({ "action": "enter", "room": inbox })).await.0, "notAllowed");
    }
}

#[tokio::test]
async fn the_first_message_is_news_wherever_its_reader_is() {
    let chat = chat().await;
    for window in ["a", "b", "c"] {
        watch(&chat, window).await;
    }
    let (room, _) = start(&chat, "a", &["bea", "cy"]).await;
    assert_eq!(chat.received("b"), [] as [Value; 0], "an empty conversation is no news");
    enter(&chat, "a", &room).await;
    for window in ["b", "c"] {
        chat.received(window);
    }
    chat.send_message("a", "hello you", "n1").await;
    for (window, title) in [("b", "ann, cy"), ("c", "ann, bea")] {
        let news = chat.received(window);
        assert_eq!(news.len(), 1, "{window}: {news:?}");
        let expected = json!({
            "type": "news", "room": room, "seq": 1, "author": { "id": "ann", "name": "ann" },
            "sentAt": news[0]["sentAt"], "mentioned": true, "text": "hello you", "title": title,
        });
        assert_eq!(news[0], expected, "{window}");
    }
    // In the room the message is no news, and the author is told nothing new.
    enter(&chat, "b", &room).await;
    open(&chat, "a2", "ann", "lobby").await;
    watch(&chat, "a2").await;
    chat.received("b");
    chat.send_message("a", "again", "n2").await;
    assert_eq!((chat.received_texts("b"), types(&chat, "a2")), (vec!["again".to_owned()], vec![]));
    assert_eq!(types(&chat, "c").iter().filter(|kind| *kind == "news").count(), 1);
    // A deletion is news, too.
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    assert_eq!(chat.received("c").pop().unwrap()["deleted"], true);
}

#[tokio::test]
async fn unread_direct_messages_count_as_mentions() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    enter(&chat, "a", &room).await;
    for number in 0..3 {
        chat.send_message("a", "hi", &format!("n{number}")).await;
    }
    chat.received("b");
    let rooms = json!({ "action": "rooms", "rooms": [room], "titles": true, "watch": true, "read": [1] });
    chat.send("b", rooms).await;
    let answer = chat.received("b").pop().unwrap();
    assert_eq!(answer["titles"], json!([{ "room": room, "title": "ann" }]));
    assert_eq!((&answer["rooms"][0]["unread"], &answer["rooms"][0]["mentioned"]), (&json!(2), &json!(true)));
}

#[tokio::test]
async fn a_page_that_begins_to_watch_learns_of_direct_messages_that_it_does_not_know() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    let (empty, _) = start(&chat, "c", &["bea"]).await;
    enter(&chat, "a", &room).await;
    chat.send_message("a", "hi", "n1").await;
    chat.send_message("a", "hi", "n2").await;
    chat.send("b", json!({ "action": "read", "room": room, "seq": 1 })).await;
    chat.received("b");
    chat.send("b", json!({ "action": "rooms", "rooms": ["cats"], "titles": true, "watch": true, "read": [0] })).await;
    let answer = chat.received("b").pop().unwrap();
    let titles: BTreeSet<_> = answer["titles"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let titled = |room: &str, title: &str| json!({ "room": room, "title": title }).to_string();
    assert_eq!(titles, BTreeSet::from([titled(&room, "ann"), titled(&empty, "cy")]));
    assert_eq!(answer["rooms"].as_array().unwrap().len(), 1, "rooms without messages are left out: {answer}");
    let found = &answer["rooms"][0];
    assert_eq!((&found["room"], &found["unread"], &found["read"]), (&json!(room), &json!(1), &json!(1)));
    // Other requests have what they name.
    chat.send("b", json!({ "action": "rooms", "rooms": ["cats"], "titles": true })).await;
    assert_eq!(chat.received("b"), [json!({ "type": "rooms", "rooms": [] })]);
}

#[tokio::test]
async fn a_title_follows_new_names() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    let (other, _) = start(&chat, "b", &["cy"]).await;
    enter(&chat, "a", &room).await;
    enter(&chat, "b", &room).await;
    chat.received("a");
    chat.send("b", json!({ "action": "rename", "name": "Beatrix" })).await;
    let details = chat.received("a").into_iter().find(|frame| frame["type"] == "details").unwrap();
    assert_eq!(details, json!({ "type": "details", "room": room, "details": { "title": "Beatrix" } }));
    let welcome = chat.received("b").into_iter().find(|frame| frame["type"] == "welcome").unwrap();
    assert_eq!(welcome["details"]["title"], "ann", "the name of the other one stays");
    assert_eq!(my_rooms(&chat, "a").await, json!([{ "room": room, "title": "Beatrix" }]));
    assert_eq!(my_rooms(&chat, "c").await, json!([{ "room": other, "title": "Beatrix" }]), "from another room");
    // Their other socket there is renamed from another room.
    open(&chat, "b2", "bea", "lobby").await;
    chat.received("a");
    chat.send("b2", json!({ "action": "rename", "name": "Bee" })).await;
    let details = chat.received("a").into_iter().find(|frame| frame["type"] == "details").unwrap();
    assert_eq!(details["details"]["title"], "Bee");
    assert_eq!(my_rooms(&chat, "a").await, json!([{ "room": room, "title": "Bee" }]));
    // A name that somebody without a stored one brings with another socket is stored when they come.
    chat.connect("c2", Some("lobby"), Some(&chat.ticket("cy")), Some("Cyd")).await.unwrap();
    enter(&chat, "c2", &other).await;
    chat.received("b");
    assert_eq!(enter(&chat, "b", &other).await, "Cyd");
}

#[tokio::test]
async fn a_name_that_the_opener_gave_ends_when_its_person_comes() {
    let chat = chat().await;
    chat.received("a");
    let people = json!([{ "person": "bea", "name": "Fake" }, { "person": "cy" }]);
    chat.send("a", json!({ "action": "direct", "people": people })).await;
    let answer = chat.received("a").pop().unwrap();
    assert_eq!(answer["title"], "Fake, cy");
    let room = answer["room"].as_str().unwrap().to_owned();
    enter(&chat, "b", &room).await;
    assert_eq!(enter(&chat, "a", &room).await, "bea, cy");
}

#[tokio::test]
async fn nobody_gives_another_person_a_confusable_name() {
    let chat = chat().await;
    chat.received("a");
    // The first letter is Cyrillic.
    let people = json!([{ "person": "bea", "name": "\u{410}nn" }]);
    chat.send("a", json!({ "action": "direct", "people": people })).await;
    assert_eq!(chat.received("a").pop().unwrap()["title"], "bea");
}

#[tokio::test]
async fn a_person_who_erased_everything_is_gone_from_their_direct_messages() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    enter(&chat, "b", &room).await;
    chat.send_message("b", "mine", "n1").await;
    open(&chat, "b2", "bea", "lobby").await;
    assert_eq!(chat.erase_data("b2").await, (1, false));
    assert!(!chat.is_connected("b").await);
    assert_eq!(members(&chat, &room).await, ["ann"]);
    assert_eq!(my_rooms(&chat, "a").await, json!([{ "room": room, "title": "gone" }]));
    let person = chat.connection("a").await.person;
    let export = serde_json::to_value(chat.data_export().export(person, None).await.unwrap()).unwrap();
    assert_eq!(export["privateRooms"], json!([{ "room": room, "title": "gone" }]));
    assert_eq!(
        refusal(&chat, "a", direct(&["bea"])).await.0,
        "badField",
        "the server does not know the person any more"
    );
    // Somebody who is in the chat again can be written to again.
    chat.send("b2", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    assert_eq!(start(&chat, "a", &["bea"]).await, (room.clone(), "bea".into()));
    assert_eq!(members(&chat, &room).await, ["ann", "bea"]);
}

#[tokio::test]
async fn the_number_of_conversations_is_bounded() {
    let chat = chat().await;
    let other = |number: usize| format!("p-{number:020}").parse().unwrap();
    let member = |id: &str| RoomMember {
        person: id.parse().unwrap(),
        name: None,
        host: false,
        since: Timestamp(1),
        appearance: Appearance::NONE,
    };
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for number in 0..limits::ADDED_ROOMS {
        chat.members.add(&other(number), &member("bea")).await.unwrap();
    }
    assert_eq!(chat.error_for("c", direct(&["bea"])).await.0, "tooMany");
    assert_eq!(start(&chat, "a", &["bea"]).await.0, room, "one that exists opens");
    assert!(chat.is_accepted("b", direct(&["cy"])).await, "others cannot use up all rooms of a person");
    for number in limits::ADDED_ROOMS..limits::PRIVATE_ROOMS {
        chat.members.add(&other(number), &member("bea")).await.unwrap();
    }
    assert_eq!(chat.error_for("b", direct(&["dan"])).await.0, "tooMany");
}

#[tokio::test]
async fn a_conversation_that_was_left_returns_with_the_next_message() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for window in ["a", "b"] {
        enter(&chat, window, &room).await;
    }
    chat.send_message("a", "hi", "n-1").await;
    for window in ["a", "b"] {
        chat.received(window);
    }
    open(&chat, "b2", "bea", "lobby").await;
    watch(&chat, "b2").await;
    chat.send("b", json!({ "action": "leaveRoom" })).await;
    assert_eq!(chat.received("b").pop().unwrap(), json!({ "type": "roomLeft", "room": room }));
    assert!(chat.gateway.lock().closed.contains(&ConnectionId("b".into())), "its socket there is closed");
    assert_eq!(my_rooms(&chat, "b2").await, json!([]));
    let listed = json!({ "action": "rooms", "rooms": [], "titles": true, "watch": true });
    chat.received("b2");
    chat.send("b2", listed.clone()).await;
    assert_eq!(chat.received("b2").pop().unwrap()["rooms"], json!([]));
    assert_eq!(members(&chat, &room).await, ["ann", "bea"], "the address follows from them");

    // A deletion is no news.
    chat.send("a", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(my_rooms(&chat, "b2").await, json!([]));
    chat.send_message("a", "are you there?", "n-2").await;
    let news = chat.received("b2").pop().unwrap();
    assert_eq!((&news["type"], &news["title"]), (&json!("news"), &json!("ann")), "{news}");
    assert_eq!(my_rooms(&chat, "b2").await, json!([{ "room": room, "title": "ann" }]));
}

#[tokio::test]
async fn a_message_of_which_somebody_who_left_cannot_be_told_is_sent_again() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for window in ["a", "b"] {
        enter(&chat, window, &room).await;
    }
    chat.send("b", json!({ "action": "leaveRoom" })).await;
    open(&chat, "b2", "bea", "lobby").await;
    chat.received("a");
    let members = Vanishing::failing_once(&chat);
    let frame = json!({ "action": "send", "text": "are you there?", "nonce": "n-1" });
    races::send(&chat, members.clone(), "a", frame.clone()).await;
    let refused = chat.received("a").pop().unwrap();
    assert_eq!((&refused["code"], &refused["nonce"]), (&json!("unavailable"), &json!("n-1")), "{refused}");
    assert_eq!(my_rooms(&chat, "b2").await, json!([]));
    races::send(&chat, members, "a", frame).await;
    assert_eq!(chat.received("a").pop().unwrap()["type"], "message");
    assert_eq!(my_rooms(&chat, "b2").await, json!([{ "room": room, "title": "ann" }]));
}

#[tokio::test]
async fn a_message_that_is_sent_again_brings_nobody_back_who_left_after_it() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for window in ["a", "b"] {
        enter(&chat, window, &room).await;
    }
    for nonce in ["n-1", "n-2"] {
        chat.send_message("a", "hi", nonce).await;
    }
    open(&chat, "b2", "bea", "lobby").await;
    chat.send("b", json!({ "action": "leaveRoom" })).await;
    for nonce in ["n-1", "n-2"] {
        chat.received("a");
        chat.send_message("a", "hi", nonce).await;
        assert_eq!(chat.received("a").pop().unwrap()["type"], "message", "the sender is answered");
        assert_eq!(my_rooms(&chat, "b2").await, json!([]));
    }
    chat.send("a", json!({ "action": "edit", "seq": 2, "text": "hello" })).await;
    assert_eq!(my_rooms(&chat, "b2").await, json!([]), "a change is no new message");
    chat.send_message("a", "new", "n-3").await;
    assert_eq!(my_rooms(&chat, "b2").await, json!([{ "room": room, "title": "ann" }]));
}

#[tokio::test]
async fn who_has_left_a_conversation_keeps_what_they_saved_and_wrote() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for window in ["a", "b"] {
        enter(&chat, window, &room).await;
    }
    chat.send_message("a", "hers", "n-1").await;
    chat.send_message("b", "mine", "n-2").await;
    chat.send("a", json!({ "action": "react", "seq": 2, "emoji": "👍", "on": true })).await;
    chat.send("b", json!({ "action": "save", "seq": 1, "saved": true })).await;
    chat.send("b", json!({ "action": "leaveRoom" })).await;
    open(&chat, "b2", "bea", "lobby").await;
    chat.received("b2");
    chat.send("b2", json!({ "action": "saved" })).await;
    let saved = chat.received("b2").pop().unwrap();
    assert_eq!(saved["messages"][0]["message"]["text"], "hers", "{saved}");
    chat.send("b2", json!({ "action": "save", "seq": 2, "saved": true, "messageRoom": room })).await;
    assert_eq!(chat.received("b2").pop().unwrap()["type"], "save", "it can be saved, so it can be read");
    let person = chat.connection("b2").await.person;
    let export = serde_json::to_value(chat.data_export().export(person, None).await.unwrap()).unwrap();
    assert_eq!(export["messages"][0]["reactions"][0]["emoji"], "👍", "{export}");
}

#[tokio::test]
async fn who_has_left_opens_the_conversation_again_or_erases_it() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    let leave = async |window: &str| {
        open(&chat, window, "ann", &room).await;
        chat.send(window, json!({ "action": "leaveRoom" })).await;
        chat.received(window);
        assert_eq!(my_rooms(&chat, "a").await, json!([]));
    };
    leave("x").await;
    assert_eq!(start(&chat, "a", &["bea"]).await.0, room);
    assert_eq!(my_rooms(&chat, "a").await, json!([{ "room": room, "title": "bea" }]));
    leave("y").await;
    assert_eq!(chat.erase_data("a").await, (0, false));
    assert_eq!(members(&chat, &room).await, ["bea"], "nothing of Ann is left");
    assert!(chat.members.left_rooms(&"ann".parse().unwrap(), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_conversation_that_was_left_takes_no_place() {
    let chat = chat().await;
    let (room, _) = start(&chat, "a", &["bea"]).await;
    for number in 0..limits::ADDED_ROOMS {
        let member = RoomMember {
            person: "bea".parse().unwrap(),
            name: None,
            host: false,
            since: Timestamp(1),
            appearance: Appearance::NONE,
        };
        let other = RoomName::of_direct_message(&[number as u8; 32]);
        chat.members.add(&other, &member).await.unwrap();
        chat.members.set_left(&other, &member.person, Some(Seq(0))).await.unwrap();
    }
    assert!(chat.is_accepted("c", direct(&["bea"])).await, "{room}");
}
