//! Tests of profiles: picture, colour and status.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    commands::{FrameHandler, FramePorts, FrameRequest},
    ports::{
        Result, Unavailable,
        connections::ConnectionId,
        images::Images,
        profiles::{CHANGE_TIME, Profiles, StoredProfile},
        system::Clock,
    },
    presence::{connect::ConnectRule, connect_handler::ConnectHandler},
};
use chat_testing::test_chat::{START, TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{Appearance, PersonId, Timestamp};

use super::images::png;

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

/// Opens a chat. Sockets: `a` of Ann and `b` of Bea in the lobby, `a2` of Ann in `cats` with `c` of Cy.
async fn chat() -> TestChat {
    let chat = TestChat::new().await;
    for (socket, room, who) in
        [("a", "lobby", "ann"), ("b", "lobby", "bea"), ("a2", "cats", "ann"), ("c", "cats", "cy")]
    {
        open(&chat, socket, who, room).await;
    }
    for socket in ["a", "b", "a2", "c"] {
        chat.received(socket);
    }
    chat
}

async fn open(chat: &TestChat, socket: &str, who: &str, room: &str) {
    chat.connect(socket, Some(room), Some(&chat.ticket(who)), Some(who)).await.unwrap();
    chat.send(socket, json!({ "action": "hello" })).await;
}

/// Returns a picture of the right size with this content.
fn picture(content: u8) -> Vec<u8> {
    let mut bytes = png(96, 96);
    bytes.push(content);
    bytes
}

/// Uploads a picture. Returns how `setProfile` names it.
async fn upload(chat: &TestChat, socket: &str, nonce: &str, bytes: &[u8]) -> Value {
    let announced = json!({ "type": "image/png", "size": bytes.len() });
    chat.upload(socket, nonce, &announced, bytes).await;
    json!({ "nonce": nonce, "type": "image/png", "size": bytes.len() })
}

/// Sends `setProfile` with these fields. Returns the answer.
async fn set(chat: &TestChat, socket: &str, fields: Value) -> Value {
    chat.received(socket);
    let mut frame = fields;
    frame["action"] = "setProfile".into();
    chat.send(socket, frame).await;
    let received = chat.received(socket);
    received.iter().find(|frame| frame["type"] != "presence").unwrap_or_else(|| panic!("{received:?}")).clone()
}

async fn stored_picture(chat: &TestChat, of: &str) -> Option<Vec<u8>> {
    chat.images.picture(&person(of)).await.unwrap()
}

/// Returns a person of the newest `presence` that a socket received.
fn present(chat: &TestChat, socket: &str, id: &str) -> Option<Value> {
    let received = chat.received(socket);
    let newest = received.iter().rfind(|frame| frame["type"] == "presence")?;
    newest["people"].as_array()?.iter().find(|person| person["id"] == id).cloned()
}

/// Asks for profiles. Returns them.
async fn profiles(chat: &TestChat, socket: &str, of: Option<&str>) -> Value {
    chat.received(socket);
    let frame = of.map_or(json!({ "action": "profile" }), |of| json!({ "action": "profile", "person": of }));
    chat.send(socket, frame).await;
    let answer = chat.received(socket).pop().unwrap();
    assert_eq!(answer["type"], "profiles", "{answer}");
    answer["profiles"].clone()
}

#[tokio::test]
async fn a_profile_is_shown_in_all_rooms_and_in_messages() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    let answer = set(&chat, "a", json!({ "status": "On holiday", "colour": 3, "picture": picture })).await;
    let appearance = json!({ "picture": START, "colour": 3 });
    let profile = json!({ "person": "ann", "status": "On holiday", "appearance": appearance });
    assert_eq!(answer, json!({ "type": "profiles", "profiles": [profile] }));
    for socket in ["b", "a2", "c"] {
        let shown = present(&chat, socket, "ann");
        assert_eq!(shown, Some(json!({ "id": "ann", "name": "ann", "appearance": appearance })), "{socket}");
    }
    for socket in ["a", "a2"] {
        chat.received("b");
        chat.received("c");
        chat.send_message(socket, "hi", &format!("m-{socket}")).await;
        let message = chat.received(socket).pop().unwrap();
        assert_eq!(message["author"]["appearance"], appearance, "{message}");
    }
    assert_eq!(profiles(&chat, "b", None).await, json!([profile]));
    assert_eq!(profiles(&chat, "b", Some("ann")).await, json!([profile]));
    assert_eq!(profiles(&chat, "b", Some("bea")).await, json!([{ "person": "bea" }]));
    // Also of somebody who is absent, and after a reload.
    chat.disconnect("a").await;
    assert_eq!(profiles(&chat, "b", None).await, json!([]));
    assert_eq!(profiles(&chat, "b", Some("ann")).await, json!([profile]));
    open(&chat, "a3", "ann", "lobby").await;
    assert_eq!(chat.received("a3")[0]["you"]["appearance"], appearance);
    assert_eq!(profiles(&chat, "b", None).await, json!([profile]));
}

#[tokio::test]
async fn copies_of_a_person_beside_a_message_have_no_appearance() {
    let chat = chat().await;
    set(&chat, "a", json!({ "colour": 3 })).await;
    chat.send_message("a", "hi", "n-1").await;
    let mention = json!([{ "id": "ann", "name": "ann", "appearance": { "colour": 5 } }]);
    for frame in [
        json!({ "action": "send", "text": "@ann hi", "nonce": "n-2", "replyTo": 1, "mentions": mention }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "rules", "rules": { "memberPins": true } }),
    ] {
        chat.send("a", frame).await;
    }
    for seq in [1, 2] {
        let message = chat.stored_message("lobby", seq).await;
        assert_eq!(message["author"]["appearance"], json!({ "colour": 3 }), "{message}");
        let others = [&message["replyTo"], &message["mentions"], &message["reactions"]];
        assert!(others.iter().all(|other| !other.to_string().contains("appearance")), "{message}");
    }
}

#[tokio::test]
async fn fields_that_are_absent_are_removed_and_a_picture_can_be_kept() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "status": "hi", "colour": 3, "picture": picture })).await;
    let answer = set(&chat, "a", json!({ "colour": 0, "keepPicture": true })).await;
    let kept = json!([{ "person": "ann", "appearance": { "picture": START, "colour": 0 } }]);
    assert_eq!(answer["profiles"], kept);
    assert!(stored_picture(&chat, "ann").await.is_some());
    assert_eq!(set(&chat, "a", json!({})).await["profiles"], json!([{ "person": "ann" }]));
    assert_eq!(stored_picture(&chat, "ann").await, None);
    assert_eq!(present(&chat, "c", "ann"), Some(json!({ "id": "ann", "name": "ann" })));
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), StoredProfile::default(), "nothing is left");
    // Keeping a picture that is not there.
    let answer = set(&chat, "a", json!({ "status": "hi", "keepPicture": true })).await;
    assert_eq!(answer["profiles"], json!([{ "person": "ann", "status": "hi" }]));
}

#[tokio::test]
async fn a_new_picture_replaces_the_old_one_with_a_new_version() {
    let chat = chat().await;
    for (number, version) in [(1, START), (2, START + 1)] {
        let picture = upload(&chat, "a", &format!("n-{number}"), &picture(number)).await;
        let answer = set(&chat, "a", json!({ "picture": picture, "keepPicture": true })).await;
        assert_eq!(answer["profiles"][0]["appearance"]["picture"], version, "also if the clock stands still");
        assert_eq!(stored_picture(&chat, "ann").await, Some(self::picture(number)));
    }
}

#[tokio::test]
async fn a_repeated_command_finds_its_picture() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    let first = set(&chat, "a", json!({ "picture": picture, "colour": 1 })).await;
    chat.clock.advance(Duration::from_secs(1));
    // The answer was lost, and the upload is gone. The page may have connected again, in another room.
    assert_eq!(set(&chat, "a2", json!({ "picture": picture, "colour": 1 })).await, first);
    assert_eq!(stored_picture(&chat, "ann").await, Some(self::picture(1)));
}

#[tokio::test]
async fn a_picture_that_cannot_be_used_is_refused() {
    let chat = chat().await;
    set(&chat, "a", json!({ "status": "before" })).await;
    let animated = [&picture(0)[..33], &0_u32.to_be_bytes(), b"acTL", &[0; 4]].concat();
    let webp = [b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0", &[95, 0, 0, 95, 0, 0][..]].concat();
    for (number, (kind, bytes, size, code)) in [
        ("image/png", png(95, 96), None, "badImage"),
        ("image/png", png(96, 97), None, "badImage"),
        ("image/png", png(192, 192), None, "badImage"),
        ("image/webp", picture(1), None, "badImage"),
        ("image/jpeg", b"<html><script>".to_vec(), None, "badImage"),
        ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg'>".to_vec(), None, "badImage"),
        ("image/png", animated, None, "badImage"),
        ("image/webp", webp, None, "badImage"),
        ("image/png", picture(1), Some(30), "badImage"),
        ("image/png", vec![0; 24_577], None, "badField"),
        ("image/png", vec![0; 2_097_152], None, "badField"),
        ("image/gif", b"GIF89a\x60\0\x60\0\0\0\0".to_vec(), None, "badField"),
    ]
    .into_iter()
    .enumerate()
    {
        let (nonce, size) = (format!("n-{number}"), size.unwrap_or(bytes.len()));
        // Each has another minute: uploads have a rate limit of their own.
        chat.advance_to_next_minute();
        chat.upload("a", &nonce, &json!({ "type": kind, "size": size }), &bytes).await;
        let picture = json!({ "nonce": nonce, "type": kind, "size": size });
        let answer = set(&chat, "a", json!({ "status": "after", "picture": picture })).await;
        assert_eq!((&answer["code"], &answer["nonce"]), (&json!(code), &json!(nonce)), "{kind} {number}: {answer}");
        if code == "badImage" {
            // It is removed, so a repetition does not find it.
            let answer = set(&chat, "a", json!({ "status": "after", "picture": picture })).await;
            assert_eq!(answer["code"], "noImage", "{kind} {number}: {answer}");
        }
    }
    chat.advance_to_next_minute();
    let missing = json!({ "nonce": "never", "type": "image/png", "size": 9 });
    assert_eq!(set(&chat, "a", json!({ "picture": missing })).await["code"], "noImage");
    assert_eq!(profiles(&chat, "b", None).await, json!([{ "person": "ann", "status": "before" }]));
    assert_eq!(stored_picture(&chat, "ann").await, None);
}

#[tokio::test]
async fn nobody_uses_the_upload_of_another_person() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    assert_eq!(set(&chat, "b", json!({ "picture": picture })).await["code"], "noImage");
    assert_eq!(stored_picture(&chat, "bea").await, None);
}

#[tokio::test]
async fn a_status_is_checked() {
    let chat = chat().await;
    let long = "x".repeat(81);
    for bad in ["", "a\u{202e}b", "a\u{0}b", "\u{200b}", "a\u{2066}b", long.as_str()] {
        assert_eq!(set(&chat, "a", json!({ "status": bad })).await["code"], "badField", "{}", bad.escape_unicode());
        chat.advance_to_next_minute();
    }
    assert_eq!(set(&chat, "a", json!({ "status": "one\ntwo" })).await["profiles"][0]["status"], "one two");
}

#[tokio::test]
async fn a_muted_person_cannot_change_their_profile_and_others_can_in_a_read_only_room() {
    let chat = super::moderation::moderated_chat().await;
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    let picture = upload(&chat, "b", "n-1", &picture(1)).await;
    assert_eq!(set(&chat, "b", json!({ "picture": picture })).await["type"], "profiles");
    // What can be no picture is for a message.
    for (socket, kind, size, allowed) in [
        ("b", "image/png", 24_576, true),
        ("b", "image/png", 24_577, false),
        ("b", "image/png", 2_097_152, false),
        ("b", "image/gif", 30, false),
        ("m", "image/png", 2_097_152, true),
    ] {
        chat.received(socket);
        chat.send(socket, json!({ "action": "upload", "nonce": "n", "type": kind, "size": size })).await;
        let answer = chat.received(socket).pop().unwrap();
        let expected = if allowed { ("type", "upload") } else { ("code", "readOnly") };
        assert_eq!(answer[expected.0], expected.1, "{kind} {size}: {answer}");
    }
    chat.send("m", super::moderation::mute("ann", 60)).await;
    assert_eq!(set(&chat, "a", json!({ "status": "hi" })).await["code"], "muted");
}

#[tokio::test]
async fn changes_of_a_profile_have_a_limit() {
    let chat = chat().await;
    for number in 0..10 {
        let answer = set(&chat, "a", json!({ "colour": number })).await;
        assert_eq!(answer["type"], "profiles", "{answer}");
    }
    let answer = set(&chat, "a2", json!({ "colour": 11 })).await;
    assert_eq!((&answer["code"], &answer["retryAfter"]), (&json!("tooFast"), &json!(40)), "{answer}");
    chat.advance_to_next_minute();
    assert_eq!(set(&chat, "a", json!({ "colour": 11 })).await["type"], "profiles");
}

/// Opens sockets of many other people in the lobby. Returns their ids.
async fn crowd(chat: &TestChat, people: usize) -> Vec<String> {
    let sockets: Vec<String> = (0..people).map(|number| format!("x{number:03}")).collect();
    for socket in &sockets {
        open(chat, socket, socket, "lobby").await;
    }
    for socket in ["a", "b"].into_iter().chain(sockets.iter().map(String::as_str)) {
        chat.received(socket);
    }
    sockets
}

#[tokio::test]
async fn in_a_large_room_all_sockets_of_the_person_are_told_of_their_profile() {
    let chat = chat().await;
    let own: Vec<String> = (0..3).map(|number| format!("own{number}")).collect();
    for socket in &own {
        open(&chat, socket, "zoe", "lobby").await;
    }
    let others = crowd(&chat, 60).await;
    for socket in &own {
        chat.received(socket);
    }
    chat.send(&own[0], json!({ "action": "setProfile", "colour": 3 })).await;
    let shown = json!({ "id": "zoe", "name": "zoe", "appearance": { "colour": 3 } });
    for socket in &own {
        assert_eq!(present(&chat, socket, "zoe").as_ref(), Some(&shown), "{socket}");
    }
    let told: Vec<_> = others.iter().filter_map(|socket| present(&chat, socket, "zoe")).collect();
    assert!(told.len() <= 25 && told.len() > 20 && told.iter().all(|told| *told == shown), "{told:?}");
}

#[tokio::test]
async fn in_a_large_room_everybody_is_told_of_a_profile_that_was_cleared() {
    let chat = super::moderation::moderated_chat().await;
    set(&chat, "a", json!({ "status": "rude", "colour": 1 })).await;
    let others = crowd(&chat, 30).await;
    chat.send("m", json!({ "action": "clear", "person": "ann" })).await;
    for socket in others.iter().map(String::as_str).chain(["a", "b"]) {
        assert_eq!(present(&chat, socket, "ann"), Some(json!({ "id": "ann", "name": "Ann" })), "{socket}");
    }
}

#[tokio::test]
async fn clearing_a_person_removes_their_profile() {
    let chat = super::moderation::moderated_chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "status": "rude", "colour": 1, "picture": picture })).await;
    chat.send("a", rename("Rude")).await;
    chat.send("a", rename("Ann")).await;
    chat.received("b");
    chat.send("m", json!({ "action": "clear", "person": "ann" })).await;
    assert_eq!(stored_picture(&chat, "ann").await, None);
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), StoredProfile::default());
    assert_eq!(present(&chat, "b", "ann"), Some(json!({ "id": "ann", "name": "Ann" })));
    assert_eq!(profiles(&chat, "b", None).await, json!([]));
    let connection = chat.connection("a2").await;
    assert_eq!((connection.status, connection.person.appearance), (None, Appearance::NONE));
}

/// Removes the profile of a person without its picture.
async fn lose_profile(chat: &TestChat, of: &str) {
    let version = chat.profiles.profile(&person(of)).await.unwrap().version;
    let lost = StoredProfile { version: version + 1, ..StoredProfile::default() };
    assert!(chat.profiles.set_profile(&person(of), version, &lost).await.unwrap());
}

#[tokio::test]
async fn erasing_all_data_removes_a_picture_also_without_a_profile() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "status": "hi", "picture": picture })).await;
    // The store lost the profile.
    lose_profile(&chat, "ann").await;
    assert!(stored_picture(&chat, "ann").await.is_some());
    assert_eq!(chat.erase_data("a").await, (0, false));
    assert_eq!(stored_picture(&chat, "ann").await, None);
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), StoredProfile::default());
}

#[tokio::test]
async fn an_erased_author_has_no_appearance() {
    let chat = chat().await;
    set(&chat, "a", json!({ "colour": 4 })).await;
    chat.send_message("a", "hi", "n-1").await;
    assert_eq!(chat.erase_data("a").await, (1, false));
    let author = chat.stored_message("lobby", 1).await["author"].clone();
    assert_eq!(author, json!({ "id": "gone", "name": "gone" }));
}

#[tokio::test]
async fn an_export_has_the_profile() {
    let chat = chat().await;
    let export = async || {
        let person = chat.connection("a").await.person;
        serde_json::to_value(chat.data_export().export(person, None).await.unwrap()).unwrap()["profile"].clone()
    };
    assert_eq!(export().await, Value::Null);
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "status": "hi", "colour": 2, "picture": picture })).await;
    let expected = json!({ "status": "hi", "colour": 2, "picture": START, "picturePath": "/pictures/ann" });
    assert_eq!(export().await, expected);
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn the_daily_clean_up_removes_pictures_that_no_profile_names() {
    let chat = chat().await;
    for (socket, nonce, of) in [("a", "n-1", 1), ("b", "n-2", 2), ("c", "n-3", 3)] {
        let picture = upload(&chat, socket, nonce, &picture(of)).await;
        set(&chat, socket, json!({ "colour": of, "picture": picture })).await;
    }
    // The store lost one profile, and a request for another one was interrupted. Ids are on both sides of the beginning of the day.
    lose_profile(&chat, "bea").await;
    let stored = chat.profiles.profile(&person("cy")).await.unwrap();
    let appearance = Appearance { picture: None, ..stored.appearance };
    let (version, until) = (stored.version + 1, chat.clock.now() + CHANGE_TIME);
    let interrupted = StoredProfile { version, appearance, changing_until: Some(until), ..stored.clone() };
    assert!(chat.profiles.set_profile(&person("cy"), stored.version, &interrupted).await.unwrap());
    for person in ["-", "Zoe", "zoe"].map(person) {
        chat.images.put_picture(&person, shared_types::ImageType::Png, b"1").await.unwrap();
    }
    chat.run_cleanup().await;
    let pictures = async || chat.images.pictures(None, 9).await.unwrap();
    assert_eq!(pictures().await, ["ann", "cy"].map(person), "a change may still be going on");
    chat.clock.advance(CHANGE_TIME);
    chat.run_cleanup().await;
    assert_eq!(pictures().await, ["ann"].map(person));
    let stored = chat.profiles.profile(&person("cy")).await.unwrap();
    assert_eq!((stored.appearance.colour, stored.changing_until), (3.try_into().ok(), None), "the rest stays");
}

#[tokio::test]
async fn a_profile_ends_with_its_picture_when_its_person_stays_away() {
    let chat = chat().await;
    for (socket, nonce, of) in [("a", "n-1", 1), ("b", "n-2", 2)] {
        let picture = upload(&chat, socket, nonce, &picture(of)).await;
        set(&chat, socket, json!({ "picture": picture })).await;
    }
    let stored = chat.profiles.profile(&person("ann")).await.unwrap();
    for (days, version) in [(199, 0), (2, 1)] {
        chat.clock.advance(DAY * days);
        open(&chat, &format!("late-{days}"), "ann", "lobby").await;
        let now = chat.profiles.profile(&person("ann")).await.unwrap();
        assert_eq!((now.version - stored.version, now.appearance), (version, stored.appearance), "{days}");
    }
    chat.clock.advance(DAY * 200);
    chat.run_cleanup().await;
    assert!(stored_picture(&chat, "ann").await.is_some());
    assert_eq!(stored_picture(&chat, "bea").await, None, "she was not here for 401 days");
    assert_eq!(chat.profiles.profile(&person("bea")).await.unwrap(), StoredProfile::default());
}

#[tokio::test]
async fn a_profile_that_never_had_a_picture_ends_when_its_person_stays_away() {
    let chat = chat().await;
    set(&chat, "a", json!({ "status": "hi" })).await;
    set(&chat, "b", json!({ "colour": 2 })).await;
    chat.clock.advance(DAY * 399);
    open(&chat, "late", "ann", "lobby").await;
    chat.run_cleanup().await;
    let stored = async |of| chat.profiles.profile(&person(of)).await.unwrap();
    assert_eq!(stored("bea").await.appearance.colour, 2.try_into().ok(), "not yet");
    chat.clock.advance(DAY * 2);
    chat.run_cleanup().await;
    assert_eq!(stored("ann").await.status, "hi".parse().ok(), "she was here");
    assert_eq!(stored("bea").await, StoredProfile::default());
}

#[tokio::test]
async fn a_profile_of_before_a_removal_is_not_taken_for_the_new_one() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "picture": picture })).await;
    let read = chat.profiles.profile(&person("ann")).await.unwrap();
    set(&chat, "a2", json!({})).await;
    chat.clock.advance(Duration::from_secs(1));
    for colour in 0..3 {
        set(&chat, "a2", json!({ "colour": colour })).await;
        let kept = StoredProfile { version: read.version + 1, ..read.clone() };
        assert!(!chat.profiles.set_profile(&person("ann"), read.version, &kept).await.unwrap(), "{colour}");
    }
}

#[tokio::test]
async fn after_a_failure_the_picture_can_be_changed_at_once() {
    let chat = chat().await;
    let (profiles, uploaded) = (FaultyProfiles::of(&chat), upload(&chat, "a", "n-1", &picture(1)).await);
    profiles.failing.store(2, Ordering::Relaxed);
    let frame = json!({ "action": "setProfile", "picture": uploaded });
    assert_eq!(send_with(&chat, &profiles, "a", frame.clone()).await["code"], "unavailable");
    let stored = chat.profiles.profile(&person("ann")).await.unwrap();
    assert!(!stored.is_changing(chat.clock.now()) && !stored.is_empty(), "{stored:?}");
    assert_eq!(set(&chat, "a", json!({ "picture": uploaded })).await["type"], "profiles");
    assert_eq!(stored_picture(&chat, "ann").await, Some(picture(1)));
}

/// Profiles that fail, or that run something before a call.
struct FaultyProfiles {
    store: Arc<dyn Profiles>,
    /// Number of calls of `profile` that succeed before the others fail.
    reads_left: AtomicU32,
    /// Number of calls of `set_profile` that succeed before the others fail.
    writes_left: AtomicU32,
    /// Number of the one call of `set_profile` that fails, from 1. 0 means none.
    failing: AtomicU32,
}

impl FaultyProfiles {
    fn of(chat: &TestChat) -> Arc<Self> {
        let (reads_left, writes_left) = (AtomicU32::new(u32::MAX), AtomicU32::new(u32::MAX));
        Arc::new(Self { store: chat.profiles.clone(), reads_left, writes_left, failing: AtomicU32::new(0) })
    }
}

/// Counts a call. Returns whether none was left.
fn is_last(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
}

fn fault() -> Unavailable {
    Unavailable { doing: "reading a profile", cause: "a fault of the test".into() }
}

#[async_trait]
impl Profiles for FaultyProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        if is_last(&self.reads_left) { Err(fault()) } else { self.store.profile(person).await }
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        if is_last(&self.reads_left) { Err(fault()) } else { self.store.appearances(people).await }
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        if is_last(&self.writes_left) || self.failing.fetch_sub(1, Ordering::Relaxed) == 1 {
            Err(fault())
        } else {
            self.store.set_profile(person, before, profile).await
        }
    }
}

/// Sends a frame to a chat with other profiles.
async fn send_with(chat: &TestChat, profiles: &Arc<FaultyProfiles>, socket: &str, frame: Value) -> Value {
    chat.received(socket);
    let ports = FramePorts { profiles: profiles.clone(), ..chat.ports() };
    let request =
        FrameRequest { connection: ConnectionId(socket.into()), request_id: "r".into(), body: frame.to_string() };
    FrameHandler::new(ports, chat.settings()).handle(request).await;
    chat.received(socket).pop().unwrap_or_default()
}

#[tokio::test]
async fn somebody_whose_profile_cannot_be_read_can_connect() {
    let chat = chat().await;
    set(&chat, "a", json!({ "colour": 3 })).await;
    let profiles = FaultyProfiles::of(&chat);
    profiles.reads_left.store(0, Ordering::Relaxed);
    let rule = ConnectRule { profiles, ..chat.connect_rule(chat.moderation.clone()) };
    let mut request = connect_request("a3");
    request.ticket = Some(chat.ticket("ann"));
    ConnectHandler::new(rule).handle(request).await.unwrap();
    assert_eq!(chat.connection("a3").await.person.appearance, Appearance::NONE);
}

/// Profiles that change after the first read of `ann`'s.
struct ChangingProfiles(Arc<dyn Profiles>, AtomicU32);

#[async_trait]
impl Profiles for ChangingProfiles {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        let found = self.0.profile(person).await?;
        // Twice: once while the socket connects, and once while that is corrected.
        if self.1.fetch_add(1, Ordering::Relaxed) < 2 {
            let colour = shared_types::Hue::try_from(found.version + 1).ok();
            let appearance = Appearance { picture: None, colour };
            let (version, used) = (found.version + 1, Some(Timestamp(START)));
            let name = format!("Ann {version}").parse().ok();
            let next = StoredProfile { version, name, appearance, used, ..found.clone() };
            assert!(self.0.set_profile(person, found.version, &next).await?);
        }
        Ok(found)
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        self.0.appearances(people).await
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        self.0.set_profile(person, before, profile).await
    }
}

/// Profiles during whose change a socket of the same person enters the lobby: after the connections were listed and changed, before the
/// profile is read again.
struct ProfilesDuringEnter {
    chat: Arc<TestChat>,
    socket: &'static str,
    reads: AtomicU32,
}

#[async_trait]
impl Profiles for ProfilesDuringEnter {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        // `setProfile` reads the profile before it stores the new one.
        if self.reads.fetch_add(1, Ordering::Relaxed) == 1 {
            self.chat.send(self.socket, json!({ "action": "enter", "room": "lobby" })).await;
        }
        self.chat.profiles.profile(person).await
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        self.chat.profiles.appearances(people).await
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        self.chat.profiles.set_profile(person, before, profile).await
    }
}

#[tokio::test]
async fn a_socket_that_enters_a_large_room_during_a_change_shows_the_new_profile() {
    let chat = Arc::new(chat().await);
    open(&chat, "z", "zoe", "lobby").await;
    open(&chat, "entering", "zoe", "cats").await;
    let others = crowd(&chat, 60).await;
    let profiles = ProfilesDuringEnter { chat: chat.clone(), socket: "entering", reads: AtomicU32::new(0) };
    let ports = FramePorts { profiles: Arc::new(profiles), ..chat.ports() };
    let body = json!({ "action": "setProfile", "colour": 3 }).to_string();
    let request = FrameRequest { connection: ConnectionId("z".into()), request_id: "r".into(), body };
    FrameHandler::new(ports, chat.settings()).handle(request).await;
    let shown = Appearance { picture: None, colour: 3.try_into().ok() };
    for socket in ["z", "entering"] {
        let connection = chat.connection(socket).await;
        assert_eq!((connection.room.as_str(), connection.person.appearance), ("lobby", shown), "{socket}");
    }
    // Who comes later sees it with both.
    chat.send(&others[0], json!({ "action": "hello" })).await;
    let welcome = chat.received(&others[0]).into_iter().find(|frame| frame["type"] == "welcome").unwrap();
    assert_eq!(welcome["online"], 63, "{welcome}");
    let connections: &dyn chat::ports::connections::Connections = chat.connections.as_ref();
    let listeners = connections.in_room(&shared_types::RoomName::lobby()).await.unwrap();
    let own: Vec<_> = listeners.iter().filter(|listener| listener.person.id.as_str() == "zoe").collect();
    assert!(own.len() == 2 && own.iter().all(|listener| listener.person.appearance == shown), "{own:?}");
}

#[tokio::test]
async fn a_change_while_a_socket_connects_is_not_missed() {
    let chat = chat().await;
    let profiles = Arc::new(ChangingProfiles(chat.profiles.clone(), AtomicU32::new(0)));
    let rule = ConnectRule { profiles, ..chat.connect_rule(chat.moderation.clone()) };
    let mut request = connect_request("a3");
    request.ticket = Some(chat.ticket("ann"));
    ConnectHandler::new(rule).handle(request).await.unwrap();
    let stored = chat.profiles.profile(&person("ann")).await.unwrap();
    assert_eq!(stored.version, 2, "it was changed twice, and its use is not due");
    let connected = chat.connection("a3").await.person;
    assert_eq!((connected.appearance, Some(connected.name)), (stored.appearance, stored.name));
}

#[tokio::test]
async fn two_devices_that_change_the_picture_do_not_mix_their_files() {
    let chat = chat().await;
    let (profiles, uploaded) = (FaultyProfiles::of(&chat), upload(&chat, "a", "n-1", &picture(1)).await);
    // The first device is interrupted after the file, before the profile.
    profiles.writes_left.store(1, Ordering::Relaxed);
    let frame = json!({ "action": "setProfile", "picture": uploaded });
    assert_eq!(send_with(&chat, &profiles, "a", frame.clone()).await["code"], "unavailable");
    assert_eq!(stored_picture(&chat, "ann").await, Some(picture(1)));
    // Another one cannot tell yet whether the first is still at work. Status and colour can change.
    let other = upload(&chat, "a2", "n-2", &picture(2)).await;
    assert_eq!(set(&chat, "a2", json!({ "picture": other })).await["code"], "unavailable");
    assert_eq!(set(&chat, "a2", json!({})).await["code"], "unavailable");
    assert_eq!(set(&chat, "a2", json!({ "status": "hi", "keepPicture": true })).await["type"], "profiles");
    assert_eq!(stored_picture(&chat, "ann").await, Some(picture(1)));
    // Later it can: the file of the first one is removed, although no profile names it.
    chat.clock.advance(CHANGE_TIME);
    assert_eq!(set(&chat, "a2", json!({ "colour": 1 })).await["type"], "profiles");
    assert_eq!(stored_picture(&chat, "ann").await, None);
    // The first device tries again.
    let answer = set(&chat, "a", json!({ "picture": uploaded })).await;
    assert_eq!(answer["type"], "profiles", "{answer}");
    assert_eq!(stored_picture(&chat, "ann").await, Some(picture(1)));
}

#[tokio::test]
async fn a_profile_that_cannot_be_shown_is_stored_and_the_retry_shows_it() {
    let chat = chat().await;
    let profiles = FaultyProfiles::of(&chat);
    // The second read of the profile, after the connections were changed.
    profiles.reads_left.store(1, Ordering::Relaxed);
    let frame = json!({ "action": "setProfile", "colour": 5 });
    assert_eq!(send_with(&chat, &profiles, "a", frame).await["code"], "unavailable");
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap().appearance.colour, 5.try_into().ok());
    assert_eq!(present(&chat, "b", "ann"), None, "nobody is told");
    assert_eq!(set(&chat, "a", json!({ "colour": 5 })).await["type"], "profiles");
    assert_eq!(chat.connection("a2").await.person.appearance.colour, 5.try_into().ok());
    assert_eq!(present(&chat, "b", "ann").unwrap()["appearance"], json!({ "colour": 5 }));
}

#[tokio::test]
async fn a_private_room_shows_a_change_to_its_members_only() {
    let chat = TestChat::new().await;
    let room = super::private_rooms::private_room(&chat).await;
    super::private_rooms::open(&chat, "e", "eve", "lobby").await;
    assert_eq!(set(&chat, "h", json!({ "status": "in secret" })).await["type"], "profiles");
    assert_eq!(chat.received("e"), Vec::<Value>::new(), "nobody of another room is told");
    // Who knows the id may ask for the profile; it says nothing about rooms.
    let profile = profiles(&chat, "e", Some("hana")).await;
    assert_eq!(profile, json!([{ "person": "hana", "status": "in secret" }]));
    assert_eq!(profiles(&chat, "e", None).await, json!([]));
    assert!(!profile.to_string().contains(&room));
}

fn rename(name: &str) -> Value {
    json!({ "action": "rename", "name": name })
}

async fn name_of(chat: &TestChat, socket: &str) -> String {
    chat.connection(socket).await.person.name.to_string()
}

async fn stored_name(chat: &TestChat, of: &str) -> Option<String> {
    chat.profiles.profile(&person(of)).await.unwrap().name.map(|name| name.to_string())
}

#[tokio::test]
async fn a_new_name_is_that_of_the_person_on_all_devices() {
    let chat = chat().await;
    chat.send("a", rename("Ａnna")).await;
    for (socket, room) in [("a", "lobby"), ("a2", "cats")] {
        let received = chat.received(socket);
        let [welcome] = received.as_slice() else { panic!("{socket}: {received:?}") };
        let told = (&welcome["type"], &welcome["you"]["name"], &welcome["room"], &welcome["online"]);
        assert_eq!(told, (&json!("welcome"), &json!("Anna"), &json!(room), &json!(2)), "{socket}");
    }
    for socket in ["b", "c"] {
        assert_eq!(present(&chat, socket, "ann"), Some(json!({ "id": "ann", "name": "Anna" })), "{socket}");
    }
    chat.send_message("a2", "hi", "m-1").await;
    assert_eq!(chat.received("c").pop().unwrap()["author"]["name"], "Anna");
    // The cookie of the other device has the name of before.
    open(&chat, "a3", "ann", "lobby").await;
    assert_eq!(chat.received("a3")[0]["you"]["name"], "Anna");
    // The other tabs of a browser send the same name.
    chat.received("a2");
    let stored = chat.profiles.profile(&person("ann")).await.unwrap();
    chat.send("a3", rename("Anna")).await;
    assert_eq!(chat.received("a2"), Vec::<Value>::new());
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), stored);
}

#[tokio::test]
async fn a_profile_that_is_emptied_keeps_the_name() {
    let chat = chat().await;
    let picture = upload(&chat, "a", "n-1", &picture(1)).await;
    set(&chat, "a", json!({ "status": "hi", "picture": picture })).await;
    chat.send("a", rename("Anna")).await;
    set(&chat, "a2", json!({})).await;
    assert_eq!(stored_picture(&chat, "ann").await, None);
    assert_eq!(stored_name(&chat, "ann").await.as_deref(), Some("Anna"));
    chat.clock.advance(DAY * 201);
    open(&chat, "a3", "ann", "lobby").await;
    chat.clock.advance(DAY * 399);
    chat.run_cleanup().await;
    assert_eq!(stored_name(&chat, "ann").await.as_deref(), Some("Anna"), "she was here 399 days ago");
    chat.clock.advance(DAY * 2);
    chat.run_cleanup().await;
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), StoredProfile::default());
}

#[tokio::test]
async fn a_name_ends_when_its_person_deletes_their_data() {
    let chat = chat().await;
    chat.send("a", rename("Anna")).await;
    chat.send("a", json!({ "action": "forget" })).await;
    assert_eq!(chat.profiles.profile(&person("ann")).await.unwrap(), StoredProfile::default());
    open(&chat, "a3", "ann", "lobby").await;
    assert_eq!(name_of(&chat, "a3").await, "ann", "the name of the cookie");
}

#[tokio::test]
async fn a_name_that_cannot_be_stored_changes_nothing() {
    let chat = chat().await;
    let profiles = FaultyProfiles::of(&chat);
    profiles.writes_left.store(0, Ordering::Relaxed);
    assert_eq!(send_with(&chat, &profiles, "a", rename("Anna")).await["code"], "unavailable");
    assert_eq!((name_of(&chat, "a").await, name_of(&chat, "a2").await), ("ann".into(), "ann".into()));
    assert_eq!(present(&chat, "b", "ann"), None);
    chat.send("a", rename("Anna")).await;
    assert_eq!((name_of(&chat, "a").await, name_of(&chat, "a2").await), ("Anna".into(), "Anna".into()));
}

#[tokio::test]
async fn names_have_the_limit_of_profiles() {
    let chat = chat().await;
    for number in 0..shared_types::limits::PROFILE_CHANGES {
        chat.send("a", rename(&format!("Ann {number}"))).await;
    }
    chat.received("a");
    chat.send("a", rename("Anna")).await;
    let refused = chat.received("a").pop().unwrap();
    assert_eq!((&refused["code"], &refused["action"]), (&json!("tooFast"), &json!("rename")));
    assert_ne!(name_of(&chat, "a").await, "Anna");
}

/// Profiles during whose read with this number, from 1, another device of the person is renamed.
struct ProfilesDuringRename {
    chat: Arc<TestChat>,
    /// Number of reads so far.
    reads: AtomicU32,
    number: u32,
    /// Whether the read finds the name of the other device.
    finds: bool,
}

#[async_trait]
impl Profiles for ProfilesDuringRename {
    async fn profile(&self, person: &PersonId) -> Result<StoredProfile> {
        let is_it = self.reads.fetch_add(1, Ordering::Relaxed) + 1 == self.number;
        let found = self.chat.profiles.profile(person).await?;
        if is_it {
            self.chat.send("a2", rename("Zoe")).await;
        }
        if is_it && self.finds { self.chat.profiles.profile(person).await } else { Ok(found) }
    }

    async fn appearances(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Appearance>> {
        self.chat.profiles.appearances(people).await
    }

    async fn set_profile(&self, person: &PersonId, before: u64, profile: &StoredProfile) -> Result<bool> {
        self.chat.profiles.set_profile(person, before, profile).await
    }
}

#[tokio::test]
async fn two_devices_that_rename_at_once_have_the_name_that_is_stored_last() {
    for (number, finds, expected) in [(1, false, "Anna"), (2, true, "Zoe"), (2, false, "Zoe")] {
        let chat = Arc::new(chat().await);
        let profiles = Arc::new(ProfilesDuringRename { chat: chat.clone(), reads: AtomicU32::new(0), number, finds });
        let ports = FramePorts { profiles, ..chat.ports() };
        let body = rename("Anna").to_string();
        let request = FrameRequest { connection: ConnectionId("a".into()), request_id: "r".into(), body };
        FrameHandler::new(ports, chat.settings()).handle(request).await;
        assert_eq!(stored_name(&chat, "ann").await.as_deref(), Some(expected), "{number}, {finds}");
        for socket in ["a", "a2"] {
            assert_eq!(name_of(&chat, socket).await, expected, "{number}, {finds}: {socket}");
            let received = chat.received(socket);
            let told = received.iter().rfind(|frame| frame["type"] == "welcome").unwrap();
            assert_eq!(told["you"]["name"], expected, "{number}, {finds}: {socket}");
        }
        for socket in ["b", "c"] {
            assert_eq!(present(&chat, socket, "ann").unwrap()["name"], expected, "{number}, {finds}: {socket}");
        }
    }
}
