//! Tests of private rooms: who sees one, and who changes its members.

use std::time::Duration;

use chat::{
    access::policy::AccessPolicy,
    ports::{moderation::Moderation, room_members::RoomMembers},
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{Action, Appearance, PersonId, Role, RoleEntry, RoomMember, Timestamp, limits};

/// The address of a private room that does not exist.
const MISSING: &str = "p-zzzzzzzzzzzzzzzzzzzz";

/// A chat with the moderators `mod` and `max`.
async fn chat() -> TestChat {
    let moderators = ["mod", "max"].map(|id| id.parse().unwrap());
    TestChat::with_access_policy(AccessPolicy::open(moderators.into())).await
}

/// Opens a person's window in a room, and says `hello`.
pub(crate) async fn open(chat: &TestChat, window: &str, person: &str, room: &str) {
    let ticket = chat.ticket(person);
    chat.connect(window, Some(room), Some(&ticket), Some(person)).await.unwrap();
    chat.send(window, json!({ "action": "hello" })).await;
    chat.received(window);
}

/// Makes a private room of `hana`, whose window `h` is in it. Returns its address.
pub(crate) async fn private_room(chat: &TestChat) -> String {
    open(chat, "h", "hana", "lobby").await;
    chat.send("h", json!({ "action": "createRoom", "title": "SECRET title" })).await;
    let created = chat.received("h").pop().unwrap();
    assert_eq!((&created["type"], &created["title"]), (&json!("roomCreated"), &json!("SECRET title")), "{created}");
    let room = created["room"].as_str().unwrap().to_owned();
    chat.send("h", json!({ "action": "enter", "room": room })).await;
    let welcome = &chat.received("h")[0];
    assert_eq!((&welcome["room"], &welcome["details"]["title"]), (&json!(room), &json!("SECRET title")));
    room
}

/// Makes a direct message of `hana`, whose window `h` is in it, with the moderator `max`. Returns its address.
async fn direct_message(chat: &TestChat) -> String {
    open(chat, "h", "hana", "lobby").await;
    chat.send("h", json!({ "action": "direct", "people": [{ "person": "max", "name": "SECRET name" }] })).await;
    let room = chat.received("h").pop().unwrap()["room"].as_str().unwrap().to_owned();
    chat.send("h", json!({ "action": "enter", "room": room })).await;
    chat.received("h");
    room
}

pub(crate) async fn add(chat: &TestChat, by: &str, person: &str) {
    assert!(chat.is_accepted(by, json!({ "action": "addMember", "person": person })).await);
}

pub(crate) fn types(chat: &TestChat, window: &str) -> Vec<String> {
    chat.received(window).iter().map(|frame| frame["type"].as_str().unwrap().to_owned()).collect()
}

async fn members(chat: &TestChat, window: &str) -> Vec<String> {
    chat.received(window);
    chat.send(window, json!({ "action": "members" })).await;
    let answer = chat.received(window).pop().unwrap();
    let people = answer["people"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let text = |person: &Value| {
        format!("{}{}", person["person"].as_str().unwrap(), if person["host"] == true { "*" } else { "" })
    };
    people.iter().map(text).collect()
}

/// Returns the appearances in the answer to `members`, by person.
async fn appearances(chat: &TestChat, window: &str) -> Vec<(String, Value)> {
    chat.received(window);
    chat.send(window, json!({ "action": "members" })).await;
    let answer = chat.received(window).pop().unwrap();
    let of = |person: &Value| (person["person"].as_str().unwrap().to_owned(), person["appearance"].clone());
    answer["people"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn the_list_of_members_shows_what_absent_people_look_like() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    open(&chat, "b", "bea", "lobby").await;
    assert!(chat.is_accepted("b", json!({ "action": "setProfile", "colour": 3, "status": "away" })).await);
    chat.disconnect("b").await;
    let expected = [("hana".to_owned(), Value::Null), ("bea".to_owned(), json!({ "colour": 3 }))];
    add(&chat, "h", "bea").await;
    assert_eq!(appearances(&chat, "h").await, expected, "{room}");
}

async fn my_rooms(chat: &TestChat, window: &str) -> Value {
    chat.received(window);
    chat.send(window, json!({ "action": "myRooms" })).await;
    chat.received(window).pop().unwrap()["rooms"].clone()
}

/// A kind of private rooms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Titled,
    Direct,
}

/// Returns frames of an action that name a room wherever the action can. The match has no default: a new action does not compile without
/// a decision. Every frame is also sent with the room as its tag.
fn frames_that_name(action: Action, room: &str) -> Vec<Value> {
    match action {
        Action::Enter => vec![json!({ "room": room }), json!({ "room": room, "since": 0 })],
        Action::Rooms => vec![
            json!({ "rooms": [room] }),
            json!({ "rooms": ["lobby", room], "titles": true, "watch": true, "read": [0, 0] }),
            json!({ "rooms": [room, "cats"], "watch": true, "read": [0, 0] }),
        ],
        Action::Directory => vec![
            json!({}),
            json!({ "text": "secret" }),
            json!({ "text": room }),
            json!({ "archived": true }),
            json!({ "after": { "active": 1, "room": room } }),
        ],
        Action::Read => vec![json!({ "room": room, "seq": 1 }), json!({ "room": room, "seq": 1, "receipt": true })],
        Action::ReadThread => vec![json!({ "root": 1, "seq": 2 })],
        Action::Pin => vec![json!({ "seq": 1, "pinned": true })],
        Action::Vote => vec![json!({ "seq": 1, "option": 0, "on": true })],
        Action::ClosePoll => vec![json!({ "seq": 1 })],
        Action::Save => vec![
            json!({ "seq": 1, "saved": true }),
            json!({ "messageRoom": room, "seq": 1, "saved": true }),
            json!({ "messageRoom": room, "seq": 1, "saved": false }),
        ],
        Action::Saved => vec![json!({}), json!({ "before": { "savedAt": 1, "room": room, "seq": 1 } })],
        Action::Hello => vec![json!({}), json!({ "since": 0 })],
        Action::Send => {
            vec![
                json!({ "text": "hi", "nonce": "e-1" }),
                json!({ "text": "hi", "nonce": "e-2", "replyTo": 1 }),
                json!({ "text": "hi", "nonce": "e-4", "thread": 1 }),
            ]
        }
        Action::Upload => vec![json!({ "nonce": "e-3", "type": "image/png", "size": 9 })],
        Action::Edit => vec![json!({ "seq": 1, "text": "changed" })],
        Action::Delete => vec![json!({ "seq": 1 })],
        Action::React => vec![json!({ "seq": 1, "emoji": "👍", "on": true })],
        Action::History => vec![json!({ "before": 99 }), json!({ "around": 1 })],
        Action::Changes => vec![json!({ "after": 0 }), json!({ "after": 0, "hidden": false })],
        Action::Rename => vec![json!({ "name": "Eva" })],
        Action::Thread => vec![json!({ "seq": 1 })],
        Action::Threads => vec![json!({ "roots": [1] })],
        Action::Search => vec![json!({ "text": "words" })],
        Action::Mute | Action::Ban => vec![json!({ "person": "hana", "seconds": 0 })],
        Action::Restrictions => vec![json!({ "person": "hana" })],
        Action::PurgeUser => vec![json!({ "person": "nobody" })],
        Action::Rules => vec![json!({ "rules": { "slow": 5 } })],
        Action::Describe => vec![json!({ "details": { "title": "Cats" } })],
        Action::SetIdentity => vec![json!({ "chat": { "name": "Cats" } })],
        Action::SetRole => vec![json!({ "person": "hana", "role": "moderator" })],
        Action::CreateRoom => vec![json!({ "title": "Cats" })],
        Action::AddMember => vec![
            json!({ "person": "eve" }),
            json!({ "person": "eve", "memberRoom": room }),
            json!({ "person": "cy", "memberRoom": room }),
        ],
        // The people of the room, and nobody else: the address of their direct message is another one.
        Action::Direct => vec![json!({ "people": [{ "person": "hana" }, { "person": "max" }] })],
        Action::SignOut => vec![json!({ "device": "d-1" })],
        Action::Profile => vec![json!({}), json!({ "person": "hana" })],
        Action::SetProfile => vec![json!({ "status": "here", "colour": 3 })],
        Action::RemoveMember => vec![json!({ "person": "hana" })],
        Action::People
        | Action::Pins
        | Action::Receipts
        | Action::Typing
        | Action::Audit
        | Action::Roles
        | Action::Usage
        | Action::EraseMyData
        | Action::Ping
        | Action::MyRooms
        | Action::Members
        | Action::LeaveRoom => vec![json!({})],
    }
}

/// Returns everything that `eve` receives, who is no member, when she runs an action and names a private room. It names either the room
/// that exists or one that does not. Everything else is the same.
async fn received_by_eve(
    action: Action,
    frame: usize,
    tagged: bool,
    names_existing: bool,
    (kind, is_moderator): (Kind, bool),
) -> String {
    let chat = chat().await;
    // A moderator is a member, so that the audit log has entries of the room.
    let room = match kind {
        Kind::Titled => {
            let room = private_room(&chat).await;
            add(&chat, "h", "max").await;
            room
        }
        Kind::Direct => direct_message(&chat).await,
    };
    open(&chat, "x", "max", &room).await;
    chat.send_message("h", "SECRET words, @eve", "h-1").await;
    chat.send_message("h", "SECRET words to delete", "h-2").await;
    chat.send("x", json!({ "action": "delete", "seq": 2 })).await;
    chat.send("x", json!({ "action": "describe", "details": { "title": "SECRET title", "topic": "SECRET topic" } }))
        .await;
    let eve = if is_moderator { "mod" } else { "eve" };
    if is_moderator {
        let owner = RoleEntry { person: "mod".parse().unwrap(), name: None, role: Role::Owner, configured: false };
        chat.moderation.set_role(&owner).await.unwrap();
    }
    open(&chat, "e", eve, "lobby").await;
    chat.received("e");

    let named = if names_existing { room.as_str() } else { MISSING };
    let mut request = frames_that_name(action, named)[frame].clone();
    request["action"] = action.as_str().into();
    if tagged {
        request["room"] = named.into();
    }
    chat.send("e", request.clone()).await;
    let mention = json!([{ "id": eve, "name": "Eve" }]);
    chat.send("h", json!({ "action": "send", "text": "SECRET @Eve", "nonce": "h-3", "mentions": mention })).await;
    chat.send("h", json!({ "action": "typing" })).await;
    chat.send("h", json!({ "action": "rules", "rules": { "slow": 7 } })).await;
    chat.send("h", json!({ "action": "addMember", "person": "bea" })).await;

    let received = Value::from(chat.received("e")).to_string();
    assert!(!received.contains("SECRET"), "{request}: {received}");
    assert!(names_existing || !received.contains(&room), "{request}: {received}");
    assert!(!chat.members.is_member(&room.parse().unwrap(), &eve.parse().unwrap()).await.unwrap(), "{request}");
    match kind {
        Kind::Titled => assert_eq!(members(&chat, "h").await, ["hana*", "bea", "max"], "{request}"),
        Kind::Direct => assert_eq!(members(&chat, "h").await, ["hana", "max"], "{request}"),
    }
    // Addresses that the chat makes are random: the one of `createRoom` is another one in each chat.
    received.replace(&room, MISSING)
}

async fn check_every_action(kind: Kind, is_moderator: bool) {
    for &action in Action::ALL {
        for frame in 0..frames_that_name(action, MISSING).len() {
            // `enter` and `rooms` name the room themselves.
            for tagged in [false, true] {
                let existing = received_by_eve(action, frame, tagged, true, (kind, is_moderator)).await;
                let missing = received_by_eve(action, frame, tagged, false, (kind, is_moderator)).await;
                assert_eq!(existing, missing, "{action}, frame {frame}, tagged: {tagged}");
            }
        }
    }
}

#[tokio::test]
async fn no_action_shows_a_private_room_to_a_guest_who_is_no_member() {
    check_every_action(Kind::Titled, false).await;
}

#[tokio::test]
async fn no_action_shows_a_private_room_to_an_owner_who_is_no_member() {
    check_every_action(Kind::Titled, true).await;
}

#[tokio::test]
async fn no_action_shows_a_direct_message_to_a_guest_who_is_no_member() {
    check_every_action(Kind::Direct, false).await;
}

#[tokio::test]
async fn no_action_shows_a_direct_message_to_an_owner_who_is_no_member() {
    check_every_action(Kind::Direct, true).await;
}

#[tokio::test]
async fn nobody_else_can_connect_to_a_private_room() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    let mut answers = Vec::new();
    for (window, person) in [("e1", "eve"), ("m1", "mod")] {
        for room in [room.as_str(), MISSING] {
            let ticket = chat.ticket(person);
            let refused = chat.connect(window, Some(room), Some(&ticket), Some(person)).await.unwrap_err();
            assert!(!chat.is_connected(window).await, "{person}");
            answers.push((refused.status, refused.reason));
        }
    }
    assert!(
        answers.iter().all(|answer| *answer == (404, "this room is private or does not exist".into())),
        "{answers:?}"
    );
    chat.connect("g", Some(&room), None, None).await.unwrap_err();
    let ticket = chat.ticket("hana");
    chat.connect("h2", Some(&room), Some(&ticket), None).await.unwrap();
}

#[tokio::test]
async fn a_member_talks_and_hears_in_a_private_room() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", "lobby").await;
    assert_eq!(my_rooms(&chat, "b").await, json!([{ "room": room, "title": "SECRET title" }]));
    chat.send("b", json!({ "action": "rooms", "rooms": [room], "titles": true, "watch": true, "read": [0] })).await;
    chat.received("b");
    chat.send_message("h", "hi", "n1").await;
    assert_eq!(types(&chat, "b"), ["news"]);
    chat.send("b", json!({ "action": "enter", "room": room })).await;
    assert_eq!(types(&chat, "b"), ["welcome", "page"]);
    chat.send_message("b", "hello", "n2").await;
    assert_eq!(chat.received_texts("h"), ["hi", "hello"]);
    assert_eq!(members(&chat, "b").await, ["hana*", "bea"]);
}

#[tokio::test]
async fn a_member_adds_people_from_another_room() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    chat.send("h", json!({ "action": "enter", "room": "lobby" })).await;
    chat.received("h");
    let frame = json!({ "action": "addMember", "person": "bea", "name": "Bea", "memberRoom": room });
    for _ in 0..2 {
        chat.send("h", frame.clone()).await;
        let added = json!({ "type": "memberAdded", "memberRoom": room, "person": "bea" });
        assert_eq!(chat.received("h"), [added]);
    }
    open(&chat, "b", "bea", &room).await;
    assert_eq!(members(&chat, "b").await, ["hana*", "bea"]);
    // An open room has no members.
    let (code, _) = chat.error_for("h", json!({ "action": "addMember", "person": "cy", "memberRoom": "cats" })).await;
    assert_eq!(code, "notAllowed");
}

/// Asks as a page does that begins to watch, and has the lobby and some rooms. Returns the answer.
async fn begin_to_watch(chat: &TestChat, window: &str, rooms: &[&str]) -> Value {
    chat.received(window);
    chat.send(window, json!({ "action": "rooms", "rooms": rooms, "titles": true, "watch": true, "read": [] })).await;
    chat.received(window).pop().unwrap()
}

#[tokio::test]
async fn a_new_member_is_told_on_every_socket_once() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    for (window, person) in [("b", "bea"), ("b2", "bea"), ("c", "cy"), ("m", "mod")] {
        open(&chat, window, person, "lobby").await;
        begin_to_watch(&chat, window, &[]).await;
    }
    for window in ["b", "b2", "c", "m"] {
        chat.received(window);
    }
    let added = json!({ "type": "roomAdded", "memberRoom": room, "title": "SECRET title" });
    for told in [vec![added], vec![]] {
        add(&chat, "h", "bea").await;
        for window in ["b", "b2"] {
            assert_eq!(chat.received(window), told, "{window}");
        }
    }
    for stranger in ["c", "m"] {
        assert_eq!(chat.received(stranger), [] as [Value; 0], "{stranger}");
    }
    // The page asks for the room now, and watches it.
    begin_to_watch(&chat, "b", &[&room]).await;
    chat.send_message("h", "hi", "n1").await;
    assert_eq!((types(&chat, "b"), types(&chat, "c")), (vec!["news".to_owned()], vec![]));
    // A person who was removed is told again when somebody brings them back.
    assert!(chat.is_accepted("h", json!({ "action": "removeMember", "person": "bea" })).await);
    assert_eq!(types(&chat, "b"), ["roomLeft"]);
    add(&chat, "h", "bea").await;
    assert_eq!(types(&chat, "b"), ["roomAdded"]);
}

#[tokio::test]
async fn a_page_that_begins_to_watch_learns_of_private_rooms_that_it_does_not_know() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    chat.send_message("h", "hi", "n1").await;
    for (window, person) in [("b", "bea"), ("m", "mod")] {
        open(&chat, window, person, "lobby").await;
    }
    let answer = begin_to_watch(&chat, "b", &["cats"]).await;
    assert_eq!(answer["titles"], json!([{ "room": room, "title": "SECRET title" }]));
    let found = &answer["rooms"][0];
    assert_eq!((&found["room"], &found["unread"]), (&json!(room), &json!(1)), "{answer}");
    assert_eq!(begin_to_watch(&chat, "m", &["cats"]).await, json!({ "type": "rooms", "rooms": [] }));
}

#[tokio::test]
async fn every_member_adds_people_and_only_hosts_remove_them() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", &room).await;
    add(&chat, "b", "cy").await;
    add(&chat, "b", "cy").await;
    for person in ["cy", "hana", "nobody"] {
        let (code, _) = chat.error_for("b", json!({ "action": "removeMember", "person": person })).await;
        assert_eq!(code, "notAllowed", "{person}");
    }
    for frame in [
        json!({ "action": "rules", "rules": { "readOnly": true } }),
        json!({ "action": "rules", "rules": { "keepDays": 1 } }),
        json!({ "action": "describe", "details": { "title": "Mine" } }),
    ] {
        assert_eq!(chat.error_for("b", frame).await.0, "notAllowed");
    }
    assert_eq!(members(&chat, "b").await, ["hana*", "bea", "cy"]);
    for frame in [
        json!({ "action": "rules", "rules": { "readOnly": true } }),
        json!({ "action": "rules", "rules": { "keepDays": 30 } }),
        json!({ "action": "rules", "rules": {} }),
        json!({ "action": "describe", "details": { "title": "Ours" } }),
        json!({ "action": "removeMember", "person": "cy" }),
    ] {
        assert!(chat.is_accepted("h", frame).await);
    }
    assert_eq!(members(&chat, "b").await, ["hana*", "bea"]);
    assert_eq!(chat.moderation.rules(&room.parse().unwrap()).await.unwrap().keep_days, Some(30));
    assert_eq!(chat.audit().await, [] as [Value; 0], "hosts are no moderators of the chat");
}

#[tokio::test]
async fn a_removed_member_hears_nothing_more() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b1", "bea", &room).await;
    open(&chat, "b2", "bea", "lobby").await;
    chat.send("b2", json!({ "action": "rooms", "rooms": [room], "watch": true })).await;
    for window in ["h", "b1", "b2"] {
        chat.received(window);
    }
    chat.send("h", json!({ "action": "removeMember", "person": "bea" })).await;
    assert_eq!(types(&chat, "h"), ["presence", "members"]);
    for window in ["b1", "b2"] {
        assert_eq!(chat.received(window), [json!({ "type": "roomLeft", "room": room })]);
    }
    assert!(!chat.is_connected("b1").await && chat.is_connected("b2").await);
    chat.send_message("h", "SECRET", "n1").await;
    assert_eq!((types(&chat, "b1"), types(&chat, "b2")), (vec![], vec![]));
    chat.send("b1", json!({ "action": "changes", "after": 0 })).await;
    assert_eq!(types(&chat, "b1"), [""; 0], "the socket is closed");
    chat.send("b2", json!({ "action": "rooms", "rooms": [room], "watch": true, "titles": true })).await;
    assert_eq!(chat.received("b2"), [json!({ "type": "rooms", "rooms": [] })]);
    chat.send_message("h", "SECRET", "n2").await;
    assert_eq!(types(&chat, "b2"), [""; 0]);
    assert_eq!(chat.error_for("b2", json!({ "action": "enter", "room": room })).await.0, "notAllowed");
    assert_eq!(my_rooms(&chat, "b2").await, json!([]));
}

#[tokio::test]
async fn a_person_who_leaves_is_told_and_shut_out() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", &room).await;
    chat.received("h");
    chat.send("h", json!({ "action": "leaveRoom" })).await;
    assert_eq!(chat.received("h").pop(), Some(json!({ "type": "roomLeft", "room": room })));
    assert!(!chat.is_connected("h").await);
    assert_eq!(members(&chat, "b").await, ["bea*"], "the longest member is the host now");
    chat.send("b", json!({ "action": "removeMember", "person": "bea" })).await;
    assert_eq!(chat.received("b").pop(), Some(json!({ "type": "roomLeft", "room": room })));
    assert!(!chat.is_connected("b").await);
    let ticket = chat.ticket("bea");
    assert_eq!(chat.connect("b", Some(&room), Some(&ticket), None).await.unwrap_err().status, 404);
}

#[tokio::test]
async fn the_longest_member_becomes_host_when_all_hosts_have_left() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    for person in ["zoe", "abe"] {
        chat.clock.advance(Duration::from_secs(1));
        add(&chat, "h", person).await;
    }
    open(&chat, "a", "abe", &room).await;
    chat.send("h", json!({ "action": "leaveRoom" })).await;
    assert_eq!(members(&chat, "a").await, ["zoe*", "abe"]);
    assert_eq!(chat.error_for("a", json!({ "action": "removeMember", "person": "zoe" })).await.0, "notAllowed");
    open(&chat, "z", "zoe", &room).await;
    assert!(chat.is_accepted("z", json!({ "action": "removeMember", "person": "abe" })).await);
}

#[tokio::test]
async fn rooms_that_are_left_out_do_not_move_the_read_positions_of_others() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    open(&chat, "c", "cat", "cats").await;
    for number in 0..3 {
        chat.send_message("c", "hi", &format!("c{number}")).await;
    }
    chat.send_message("h", "SECRET", "h1").await;
    open(&chat, "e", "eve", "lobby").await;
    chat.send("e", json!({ "action": "rooms", "rooms": [room, "cats"], "read": [0, 2] })).await;
    let answer = chat.received("e").pop().unwrap();
    assert_eq!(answer["rooms"].as_array().unwrap().len(), 1);
    assert_eq!((&answer["rooms"][0]["room"], &answer["rooms"][0]["unread"]), (&json!("cats"), &json!(1)));
}

#[tokio::test]
async fn an_entry_of_the_audit_log_is_shown_in_its_private_room_only() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "max").await;
    open(&chat, "x", "max", &room).await;
    open(&chat, "x2", "max", "lobby").await;
    for slow in 0..u16::try_from(limits::AUDIT_ENTRIES).unwrap() + 5 {
        if slow == 2 {
            chat.send("x2", json!({ "action": "rules", "rules": { "slow": 9 } })).await;
        }
        chat.clock.advance(Duration::from_millis(1));
        chat.send("x", json!({ "action": "rules", "rules": { "slow": slow } })).await;
    }
    let audit = async |window: &str| {
        chat.received(window);
        chat.send(window, json!({ "action": "audit" })).await;
        let answer = chat.received(window).pop().unwrap();
        (answer["entries"].as_array().unwrap().len(), answer["more"].clone())
    };
    assert_eq!(audit("x").await, (limits::AUDIT_ENTRIES, json!(true)));
    assert_eq!(audit("x2").await, (1, json!(false)), "behind a hundred entries of the private room");
}

#[tokio::test]
async fn a_member_without_a_room_has_at_most_the_limit_of_rooms() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    let member = |person: &str| RoomMember {
        person: person.parse().unwrap(),
        name: None,
        host: false,
        since: Timestamp(1),
        appearance: Appearance::NONE,
    };
    let other = |number: usize| format!("p-{number:020}").parse().unwrap();
    for number in 0..limits::ADDED_ROOMS {
        chat.members.add(&other(number), &member("bea")).await.unwrap();
    }
    let (code, _) = chat.error_for("h", json!({ "action": "addMember", "person": "bea" })).await;
    assert_eq!(code, "tooMany", "others cannot use up all rooms of a person");
    open(&chat, "b", "bea", "lobby").await;
    assert!(chat.is_accepted("b", json!({ "action": "createRoom", "title": "Mine" })).await);
    for number in limits::ADDED_ROOMS..limits::PRIVATE_ROOMS {
        chat.members.add(&other(number), &member("bea")).await.unwrap();
    }
    assert_eq!(chat.error_for("b", json!({ "action": "createRoom", "title": "Mine" })).await.0, "tooMany");
    for number in 1..limits::ROOM_MEMBERS {
        chat.members.add(&room.parse().unwrap(), &member(&format!("p{number}"))).await.unwrap();
    }
    assert_eq!(chat.error_for("h", json!({ "action": "addMember", "person": "cy" })).await.0, "tooMany");
    assert!(chat.is_accepted("h", json!({ "action": "addMember", "person": "p1" })).await, "a member stays one");
}

#[tokio::test]
async fn an_export_has_no_reactions_of_a_room_that_the_person_has_left() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", &room).await;
    chat.send_message("b", "mine", "n1").await;
    chat.send("h", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    let person = chat.connection("b").await.person;
    let export = async || serde_json::to_value(chat.data_export().export(person.clone(), None).await.unwrap()).unwrap();
    let before = export().await;
    assert_eq!(before["privateRooms"], json!([{ "room": room, "title": "SECRET title" }]));
    assert_eq!(before["messages"][0]["reactions"][0]["emoji"], "👍");
    chat.send("h", json!({ "action": "removeMember", "person": "bea" })).await;
    let after = export().await;
    assert_eq!(after.get("privateRooms"), None);
    assert_eq!((&after["messages"][0]["text"], after["messages"][0].get("reactions")), (&json!("mine"), None));
}

#[tokio::test]
async fn erasing_all_data_ends_the_memberships() {
    let chat = chat().await;
    let room = private_room(&chat).await;
    add(&chat, "h", "bea").await;
    open(&chat, "b", "bea", "lobby").await;
    open(&chat, "b2", "bea", &room).await;
    chat.send_message("b2", "mine", "n1").await;
    assert_eq!(chat.erase_data("b").await, (1, false));
    assert_eq!(members(&chat, "h").await, ["hana*"]);
    assert!(!chat.is_connected("b2").await);
    assert_eq!(my_rooms(&chat, "b").await, json!([]));
}

#[tokio::test]
async fn erasing_all_data_ends_memberships_beyond_the_limit() {
    let chat = chat().await;
    let bea: PersonId = "bea".parse().unwrap();
    let member =
        RoomMember { person: bea.clone(), name: None, host: false, since: Timestamp(1), appearance: Appearance::NONE };
    for number in 0..=limits::PRIVATE_ROOMS {
        chat.members.add(&format!("p-{number:020}").parse().unwrap(), &member).await.unwrap();
    }
    open(&chat, "b", "bea", "lobby").await;
    assert_eq!(chat.erase_data("b").await, (0, true), "the list was full, so there may be more rooms");
    assert_eq!(chat.members.rooms_of(&bea, limits::PRIVATE_ROOMS).await.unwrap().len(), 1);
    assert_eq!(chat.erase_data("b").await, (0, false));
    assert_eq!(chat.members.rooms_of(&bea, limits::PRIVATE_ROOMS).await.unwrap(), []);
}
