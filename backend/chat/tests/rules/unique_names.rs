//! Tests of unique names: who is refused, who gets a number, and two at the same time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use chat::{
    access::{
        direct_messages::direct_message_of,
        policy::{AccessPolicy, OidcClient},
    },
    commands::{FrameHandler, FramePorts, FrameRequest},
    ports::{
        Result, Unavailable,
        connections::{Admission, Connection, ConnectionId, ConnectionLimits, Connections, SMALL_ROOM},
        moderation::Moderation,
    },
    presence::{connect::ConnectRule, connect_handler::ConnectHandler},
};
use chat_testing::test_chat::{TestChat, connect_request};
use futures::{
    future::{BoxFuture, FutureExt, join_all},
    stream::BoxStream,
};
use serde_json::{Value, json};
use shared_types::{ChatIdentity, PersonName, RoomDetails, RoomName, limits::NAME_CHARS};

use super::{chat_identity::owned_chat, moderation::code};

async fn switch(chat: &TestChat, on: bool) {
    let identity = ChatIdentity { unique_names: Some(on), ..ChatIdentity::default() };
    chat.moderation.set_identity(&identity).await.unwrap();
}

async fn chat_with_unique_names() -> TestChat {
    let chat = TestChat::new().await;
    switch(&chat, true).await;
    chat
}

/// Opens a person's window, and returns the name in the answer to its `hello`.
async fn join(chat: &TestChat, window: &str, room: &str, name: &str) -> String {
    let ticket = chat.ticket(window);
    chat.connect(window, Some(room), Some(&ticket), Some(name)).await.unwrap();
    chat.send(window, json!({ "action": "hello" })).await;
    welcome_name(chat, window)
}

fn welcome_name(chat: &TestChat, window: &str) -> String {
    let frames = chat.received(window);
    let welcome = frames.iter().find(|frame| frame["type"] == "welcome");
    welcome.unwrap_or_else(|| panic!("{frames:?}"))["you"]["name"].as_str().unwrap().to_owned()
}

async fn name_of(chat: &TestChat, window: &str) -> String {
    chat.connection(window).await.person.name.to_string()
}

fn rename(name: &str) -> Value {
    json!({ "action": "rename", "name": name })
}

#[tokio::test]
async fn names_repeat_until_an_owner_wants_it() {
    let chat = TestChat::new().await;
    assert_eq!(join(&chat, "a", "lobby", "Ann").await, "Ann");
    assert_eq!(join(&chat, "b", "lobby", "Ann").await, "Ann");
    assert_eq!(join(&chat, "c", "lobby", "Cid").await, "Cid");
    chat.send("c", rename("Ann")).await;
    assert_eq!(name_of(&chat, "c").await, "Ann");
    switch(&chat, true).await;
    assert_eq!(name_of(&chat, "b").await, "Ann", "those who are here keep their names");
    assert_eq!(join(&chat, "d", "lobby", "Ann").await, "Ann 2");
    switch(&chat, false).await;
    assert_eq!(join(&chat, "e", "lobby", "Ann").await, "Ann");
}

#[tokio::test]
async fn an_owner_switches_unique_names_and_an_older_page_leaves_them() {
    let chat = owned_chat().await;
    let set = |identity: Value| json!({ "action": "chat", "chat": identity });
    let on = json!({ "name": "Foxes", "uniqueNames": true });
    for socket in ["m", "rob", "a"] {
        assert_eq!(chat.error_for(socket, set(on.clone())).await, code("notAllowed"), "{socket}");
    }
    assert!(!chat.moderation.has_unique_names().await.unwrap());
    chat.received("own");
    for (sent, stored) in [
        (on.clone(), on.clone()),
        (json!({ "name": "Hounds" }), json!({ "name": "Hounds", "uniqueNames": true })),
        (json!({ "uniqueNames": false }), json!({})),
        (json!({ "name": "Foxes" }), json!({ "name": "Foxes" })),
    ] {
        chat.send("own", set(sent)).await;
        assert_eq!(chat.received("own"), [json!({ "type": "chat", "chat": stored })]);
        assert_eq!(serde_json::to_value(chat.moderation.identity().await.unwrap()).unwrap(), stored);
    }
    assert_eq!(chat.error_for("own", set(json!({ "uniqueNames": "yes" }))).await, code("badField"));
}

#[tokio::test]
async fn the_audit_log_has_each_change_of_the_switch_once() {
    let chat = owned_chat().await;
    let logged = async || {
        let entries = serde_json::to_value(chat.moderation.audit(None, 9).await.unwrap()).unwrap();
        let mut entries: Vec<Value> = entries.as_array().unwrap().iter().map(|entry| entry["chat"].clone()).collect();
        entries.reverse();
        entries
    };
    let (on, off, named) =
        (json!({ "uniqueNames": true }), json!({ "uniqueNames": false }), json!({ "name": "Foxes" }));
    let mut expected = Vec::new();
    for (sent, added) in [
        (json!({ "uniqueNames": true }), vec![on.clone()]),
        (json!({ "uniqueNames": true, "name": "Foxes" }), vec![named.clone()]),
        (json!({ "uniqueNames": true, "name": "Foxes" }), vec![]),
        (json!({ "name": "Hounds" }), vec![json!({ "name": "Hounds" })]),
        (json!({ "uniqueNames": false, "name": "Hounds" }), vec![off]),
        (json!({ "uniqueNames": true, "name": "Foxes" }), vec![named, on]),
        (json!({}), vec![json!({})]),
    ] {
        chat.clock.advance(std::time::Duration::from_secs(1));
        chat.send("own", json!({ "action": "chat", "chat": sent })).await;
        expected.extend(added);
        assert_eq!(logged().await, expected, "{sent}");
    }
}

#[tokio::test]
async fn somebody_who_comes_in_with_a_taken_name_gets_a_number() {
    let chat = chat_with_unique_names().await;
    assert_eq!(join(&chat, "a", "lobby", "Ann").await, "Ann");
    assert_eq!(join(&chat, "b", "lobby", "Ann").await, "Ann 2");
    assert_eq!(join(&chat, "c", "lobby", "ＡＮＮ").await, "ANN 3", "compared without width and case");
    assert_eq!(join(&chat, "d", "lobby", "Ann 2").await, "Ann 4");
    assert_eq!(join(&chat, "e", "cats", "Ann").await, "Ann", "nobody has it in that room");
    chat.disconnect("b").await;
    assert_eq!(join(&chat, "f", "lobby", "Ann").await, "Ann 2", "it is free again");
    let long = "日".repeat(NAME_CHARS);
    assert_eq!(join(&chat, "g", "lobby", &long).await, long);
    let other = join(&chat, "h", "lobby", &long).await;
    assert_eq!((other.chars().count(), other.ends_with("日 2")), (NAME_CHARS, true), "{other}");
}

#[tokio::test]
async fn a_welcome_tells_a_number_of_the_server_from_one_that_was_chosen() {
    let chat = chat_with_unique_names().await;
    let given = |window: &str| {
        let frames = chat.received(window);
        let welcome = frames.iter().find(|frame| frame["type"] == "welcome").cloned().unwrap();
        (welcome["you"]["name"].as_str().unwrap().to_owned(), welcome.get("numbered").cloned())
    };
    let number = Some(json!(true));
    for (window, name, expected) in
        [("a", "Ann", ("Ann", None)), ("b", "Ann", ("Ann 2", number.clone())), ("c", "Cid 2", ("Cid 2", None))]
    {
        chat.connect(window, None, Some(&chat.ticket(window)), Some(name)).await.unwrap();
        chat.send(window, json!({ "action": "hello" })).await;
        assert_eq!(given(window), (expected.0.to_owned(), expected.1));
    }
    chat.send("b", json!({ "action": "enter", "room": "cats" })).await;
    assert_eq!(given("b"), ("Ann".to_owned(), None));
    chat.send("b", json!({ "action": "enter", "room": "lobby" })).await;
    assert_eq!(given("b"), ("Ann 2".to_owned(), number));
    chat.send("b", rename("Bea 2")).await;
    assert_eq!(given("b"), ("Bea 2".to_owned(), None));
}

#[tokio::test]
async fn a_new_socket_has_its_number_before_its_first_frame() {
    let chat = chat_with_unique_names().await;
    join(&chat, "a", "lobby", "Ann").await;
    chat.connect("b", None, Some(&chat.ticket("bea")), Some("Ann")).await.unwrap();
    chat.send_message("b", "no hello", "n1").await;
    let frames = chat.received("a");
    assert_eq!(frames[0]["author"]["name"], "Ann 2", "{frames:?}");
}

#[tokio::test]
async fn several_windows_of_a_person_have_one_name() {
    let chat = chat_with_unique_names().await;
    let ticket = |chat: &TestChat| chat.ticket("ann");
    for window in ["a1", "a2"] {
        chat.connect(window, None, Some(&ticket(&chat)), Some("Ann")).await.unwrap();
        assert_eq!(name_of(&chat, window).await, "Ann");
    }
    chat.send("a1", rename("Bea")).await;
    chat.send("a2", rename("Bea")).await;
    assert_eq!((name_of(&chat, "a1").await, name_of(&chat, "a2").await), ("Bea".into(), "Bea".into()));
}

#[tokio::test]
async fn somebody_who_moves_to_a_room_gets_a_number_there() {
    let chat = chat_with_unique_names().await;
    join(&chat, "a", "lobby", "Ann").await;
    join(&chat, "b", "cats", "Ann").await;
    chat.received("a");
    chat.send("b", json!({ "action": "enter", "room": "lobby" })).await;
    assert_eq!(welcome_name(&chat, "b"), "Ann 2");
    let presence = chat.received("a");
    let names: Vec<&Value> = presence[0]["people"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Ann", "Ann 2"], "nobody sees two of them");
}

#[tokio::test]
async fn a_number_stays_in_the_room_where_the_name_is_taken() {
    let chat = chat_with_unique_names().await;
    let enter = async |room: &str| {
        chat.received("b");
        chat.send("b", json!({ "action": "enter", "room": room })).await;
        welcome_name(&chat, "b")
    };
    join(&chat, "a", "lobby", "Ann").await;
    join(&chat, "c", "cats", "Ann").await;
    join(&chat, "d", "cats", "Ann 2").await;
    join(&chat, "e", "owls", "Ann").await;
    assert_eq!(join(&chat, "b", "lobby", "Ann").await, "Ann 2");
    assert_eq!(enter("dogs").await, "Ann", "nobody has the name there");
    assert_eq!(enter("cats").await, "Ann 3");
    assert_eq!(enter("owls").await, "Ann 3", "Ann is taken, and 3 is free");
    switch(&chat, false).await;
    assert_eq!(enter("lobby").await, "Ann", "names need not be unique any more");
    switch(&chat, true).await;
    assert_eq!(enter("cats").await, "Ann 3");
    chat.send("b", rename("Bea")).await;
    assert_eq!(enter("dogs").await, "Bea", "a new name replaces the chosen one");
}

#[tokio::test]
async fn a_number_is_stored_in_no_private_conversation() {
    let chat = chat_with_unique_names().await;
    join(&chat, "ann", "lobby", "Ann").await;
    join(&chat, "ann2", "lobby", "Ann").await;
    // This makes her known.
    chat.send("ann", json!({ "action": "read", "room": "lobby", "seq": 1 })).await;
    chat.send("ann2", json!({ "action": "direct", "people": [{ "person": "ann", "name": "Ann" }] })).await;
    let room = direct_message_of([&"ann".parse().unwrap(), &"ann2".parse().unwrap()]);
    let stored_names = async |room: &RoomName| {
        let members = chat.ports().members.members(room, 9).await.unwrap();
        members.into_iter().map(|member| member.name.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(stored_names(&room).await, ["Ann", "Ann"], "opened");
    for window in ["ann", "ann2"] {
        chat.received(window);
        chat.send(window, json!({ "action": "enter", "room": room })).await;
        assert_eq!(welcome_name(&chat, window), "Ann", "nobody is numbered in a direct message");
    }
    assert_eq!(stored_names(&room).await, ["Ann", "Ann"], "entered");
    let ticket = chat.ticket("ann2");
    chat.connect("second", Some(room.as_str()), Some(&ticket), Some("Ann")).await.unwrap();
    assert_eq!(name_of(&chat, "second").await, "Ann", "connected");
    chat.send("ann2", rename("Bea")).await;
    chat.received("ann2");
    chat.send("ann2", rename("Ann")).await;
    assert_eq!(welcome_name(&chat, "ann2"), "Ann", "not refused");

    join(&chat, "host", "lobby", "Zoe").await;
    join(&chat, "zoe", "lobby", "Zoe").await;
    chat.send("zoe", json!({ "action": "createRoom", "title": "Plans" })).await;
    let rooms = chat.ports().members.rooms_of(&"zoe".parse().unwrap(), 9).await.unwrap();
    assert_eq!(stored_names(&rooms[0]).await, ["Zoe"], "a private room");
}

#[tokio::test]
async fn a_read_receipt_has_the_chosen_name() {
    let chat = chat_with_unique_names().await;
    join(&chat, "ann", "lobby", "Ann").await;
    join(&chat, "ann2", "lobby", "Ann").await;
    let details = RoomDetails { receipts: true, ..RoomDetails::default() };
    chat.moderation.set_details(&RoomName::lobby(), &details, false).await.unwrap();
    chat.send_message("ann", "hi", "n-1").await;
    assert_eq!(name_of(&chat, "ann2").await, "Ann 2");
    chat.send("ann2", json!({ "action": "read", "room": "lobby", "seq": 1, "receipt": true })).await;
    chat.received("ann2");
    chat.send("ann2", json!({ "action": "receipts" })).await;
    let answer = chat.received("ann2").pop().unwrap();
    let names: Vec<_> = answer["people"].as_array().unwrap().iter().map(|one| (&one["person"], &one["name"])).collect();
    assert_eq!(names, [(&json!("ann2"), &json!("Ann"))], "{answer}");
}

/// Returns a handler whose read of a room's listeners with this number, from 1, meets what `read` says.
fn handler_with(chat: &TestChat, number: u64, read: Read) -> FrameHandler {
    handler_on(chat, SlowConnections::new(chat, 0, number, read))
}

fn handler_on(chat: &TestChat, connections: Arc<SlowConnections>) -> FrameHandler {
    FrameHandler::new(FramePorts { connections, ..chat.ports() }, chat.settings())
}

fn frame_of(window: &str, body: &Value) -> FrameRequest {
    let request_id = format!("{window}-1");
    FrameRequest { connection: ConnectionId(window.into()), request_id, body: body.to_string() }
}

#[tokio::test]
async fn a_move_whose_name_is_not_certain_closes_the_socket() {
    let chat = chat_with_unique_names().await;
    join(&chat, "a", "lobby", "Ann").await;
    join(&chat, "w", "cats", "Will").await;
    join(&chat, "b", "cats", "Ann").await;
    for window in ["a", "w"] {
        chat.received(window);
    }
    let handler = handler_with(&chat, 1, Read::Fails);
    handler.handle(frame_of("b", &json!({ "action": "enter", "room": "lobby" }))).await;
    assert!(!chat.is_connected("b").await, "no second Ann stays: {:?}", chat.received("b"));
    let seen = chat.received("w");
    let people = seen.iter().rev().find_map(|frame| frame["people"].as_array());
    let names: Vec<&Value> = people.unwrap_or_else(|| panic!("{seen:?}")).iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Will"], "the old room sees that she left");
}

#[tokio::test]
async fn a_rename_that_cannot_be_checked_changes_nothing() {
    let chat = chat_with_unique_names().await;
    join(&chat, "b", "lobby", "Bea").await;
    let handler = handler_with(&chat, 2, Read::Fails);
    handler.handle(frame_of("b", &rename("Zoe"))).await;
    let frames = chat.received("b");
    let [error] = frames.as_slice() else { panic!("{frames:?}") };
    assert_eq!((&error["code"], &error["action"]), (&json!("unavailable"), &json!("rename")));
    assert_eq!(name_of(&chat, "b").await, "Bea");
}

#[tokio::test]
async fn somebody_whose_old_name_is_taken_during_a_refused_rename_is_told_the_number() {
    let chat = chat_with_unique_names().await;
    join(&chat, "b", "lobby", "Bea").await;
    let coming = vec![arriving(&chat, "b", "Zoe").await, arriving(&chat, "b", "Bea").await];
    let handler = handler_with(&chat, 2, Read::Finds(coming));
    handler.handle(frame_of("b", &rename("Zoe"))).await;
    let frames = chat.received("b");
    assert_eq!(name_of(&chat, "b").await, "Bea 2", "{frames:?}");
    let kinds: Vec<&Value> = frames.iter().map(|frame| &frame["type"]).collect();
    assert_eq!(kinds, ["welcome", "error"]);
    assert_eq!((&frames[0]["you"]["name"], &frames[1]["code"]), (&json!("Bea 2"), &json!("notAllowed")));
}

#[tokio::test]
async fn the_name_of_somebody_present_is_refused() {
    let chat = chat_with_unique_names().await;
    join(&chat, "a", "lobby", "René").await;
    join(&chat, "b", "lobby", "Bea").await;
    join(&chat, "c", "cats", "Cid").await;
    chat.received("a");
    for taken in ["René", "RENE\u{301}", "ｒené"] {
        chat.send("b", rename(taken)).await;
        let frames = chat.received("b");
        let [error] = frames.as_slice() else { panic!("{frames:?}") };
        assert_eq!((&error["code"], &error["action"]), (&json!("notAllowed"), &json!("rename")));
        assert_eq!(error["message"], "Somebody here has this name already: choose another one.");
        assert_eq!(name_of(&chat, "b").await, "Bea");
    }
    assert!(chat.received("a").is_empty(), "the others see nothing of it");
    for free in ["Rene", "Cid", "BEA", "Bea"] {
        chat.send("b", rename(free)).await;
        assert_eq!(welcome_name(&chat, "b"), free);
    }
}

#[tokio::test]
async fn a_provider_gives_the_names() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    let chat = TestChat::with_access_policy(AccessPolicy::oidc(client, Vec::new())).await;
    switch(&chat, true).await;
    for window in ["a", "b"] {
        let session = chat::access::sessions::Session {
            id: window.parse().unwrap(),
            name: "Ann".parse().ok(),
            moderator: false,
            device: None,
        };
        chat.connect(window, None, Some(&chat.sessions.ticket(&session)), None).await.unwrap();
        assert_eq!(name_of(&chat, window).await, "Ann");
    }
}

/// Connections whose calls give way to the others that run, a number of times that follows from a seed.
struct SlowConnections {
    store: Arc<dyn Connections>,
    state: AtomicU64,
    /// Number of reads of rooms until the one that meets `read`. At 0 none does.
    reads: AtomicU64,
    read: Read,
    /// The names that connections were given, in this order.
    given: Mutex<Vec<(String, String)>>,
}

/// What a read of a room meets.
enum Read {
    /// The store does not answer.
    Fails,
    /// These have come in just before.
    Finds(Vec<Connection>),
}

impl SlowConnections {
    fn new(chat: &TestChat, seed: u64, reads: u64, read: Read) -> Arc<Self> {
        let (state, reads) = (AtomicU64::new(seed), AtomicU64::new(reads));
        Arc::new(Self { store: chat.connections.clone(), state, reads, read, given: Mutex::default() })
    }

    /// The names that a connection was given, in this order.
    fn given_to(&self, window: &str) -> Vec<String> {
        let given = self.given.lock().unwrap();
        given.iter().filter(|(id, _)| id == window).map(|(_, name)| name.clone()).collect()
    }

    async fn pause(&self) {
        let state = self.state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        for _ in 0..(mixed ^ (mixed >> 27)) % 7 {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Connections for SlowConnections {
    async fn admit(&self, connection: &Connection, limits: ConnectionLimits) -> Result<Admission> {
        self.pause().await;
        let admitted = self.store.admit(connection, limits).await;
        self.pause().await;
        admitted
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.store.find(id).await
    }

    async fn rename(
        &self,
        id: &ConnectionId,
        name: &PersonName,
        chosen: Option<&PersonName>,
    ) -> Result<Option<Connection>> {
        self.pause().await;
        self.given.lock().unwrap().push((id.0.to_string(), name.to_string()));
        let renamed = self.store.rename(id, name, chosen).await;
        self.pause().await;
        renamed
    }

    async fn set_moderator(&self, id: &ConnectionId, moderator: bool) -> Result<Option<Connection>> {
        self.store.set_moderator(id, moderator).await
    }

    async fn set_profile(&self, id: &ConnectionId, profile: &shared_types::Profile) -> Result<Option<Connection>> {
        self.store.set_profile(id, profile).await
    }

    async fn set_hidden(&self, connection: &Connection, hidden: bool) -> Result<()> {
        self.store.set_hidden(connection, hidden).await
    }

    async fn move_to(&self, connection: &Connection, room: &RoomName) -> Result<Option<Connection>> {
        self.pause().await;
        let moved = self.store.move_to(connection, room).await;
        self.pause().await;
        moved
    }

    async fn remove(&self, id: &ConnectionId) -> Result<Option<Connection>> {
        self.store.remove(id).await
    }

    async fn in_room(&self, room: &RoomName) -> Result<Arc<[Connection]>> {
        self.pause().await;
        let left = self.reads.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |reads| reads.checked_sub(1));
        match &self.read {
            Read::Fails if left == Ok(1) => {
                return Err(Unavailable { doing: "reading a room", cause: "a test".into() });
            }
            Read::Finds(arriving) if left == Ok(1) => {
                let limits = ConnectionLimits { all: u32::MAX, per_address: None, first_of_address: 0 };
                for connection in arriving {
                    self.store.admit(connection, limits).await?;
                }
            }
            _ => {}
        }
        let listeners = self.store.in_room(room).await;
        self.pause().await;
        listeners
    }

    fn all(&self) -> BoxStream<'_, Result<Connection>> {
        self.store.all()
    }

    async fn count(&self) -> Result<u32> {
        self.store.count().await
    }

    async fn correct_count(&self, seen: u32, truth: u32) -> Result<bool> {
        self.store.correct_count(seen, truth).await
    }
}

/// Lets two sockets connect, two move and two rename themselves at the same time, all to the name `Ann`. Returns the names in the room then.
async fn names_after_race(seed: u64) -> Vec<String> {
    let chat = &chat_with_unique_names().await;
    for (window, room) in [("m1", "cats"), ("m2", "dogs")] {
        join(chat, window, room, "Ann").await;
    }
    for window in ["r1", "r2"] {
        join(chat, window, "lobby", &format!("Guest {window}")).await;
    }
    let connections = SlowConnections::new(chat, seed, 0, Read::Fails);
    let handler = &handler_on(chat, connections.clone());
    let frame = |window: &str, body: Value| {
        let connection = ConnectionId(window.into());
        handler.handle(FrameRequest { connection, request_id: format!("{window}-{seed}"), body: body.to_string() })
    };
    let connect = |window: &'static str| {
        let rule = ConnectRule { connections: connections.clone(), ..chat.connect_rule(chat.moderation.clone()) };
        let request = chat::presence::connect::ConnectRequest {
            ticket: Some(chat.ticket(window)),
            name: Some("Ann".into()),
            ..connect_request(window)
        };
        async move { ConnectHandler::new(rule).handle(request).await.unwrap() }
    };
    let enter = || json!({ "action": "enter", "room": "lobby" });
    let all: [BoxFuture<'_, ()>; 6] = [
        connect("c1").boxed(),
        connect("c2").boxed(),
        frame("m1", enter()).boxed(),
        frame("m2", enter()).boxed(),
        frame("r1", rename("Ann")).boxed(),
        frame("r2", rename("ann")).boxed(),
    ];
    join_all(all).await;
    let listeners = chat.connections.in_room(&RoomName::lobby()).await.unwrap();
    listeners.iter().map(|listener| listener.person.name.to_string()).collect()
}

#[tokio::test]
async fn of_several_who_take_a_name_at_the_same_time_at_most_one_has_it() {
    let mut kept = 0;
    for seed in 0..40 {
        let names = names_after_race(seed * 7_919).await;
        let mut distinct: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!((names.len(), distinct.len()), (6, 6), "seed {seed}: {names:?}");
        kept += usize::from(distinct.contains(&"ann".to_owned()));
    }
    assert!(kept > 0, "somebody gets the name");
}

#[tokio::test]
async fn a_large_room_is_read_once_in_five_seconds() {
    let chat = chat_with_unique_names().await;
    let counted = super::connections_fake::CountingStore::new(chat.connections.clone(), chat.clock.clone());
    for number in 0..=SMALL_ROOM {
        chat.connect(&format!("l{number}"), None, None, Some(&format!("Guest {number}"))).await.unwrap();
    }
    for number in 0..20 {
        let window = format!("n{number}");
        let rule = ConnectRule { connections: counted.clone(), ..chat.connect_rule(chat.moderation.clone()) };
        let request =
            chat::presence::connect::ConnectRequest { name: Some("Guest 1".into()), ..connect_request(&window) };
        ConnectHandler::new(rule).handle(request).await.unwrap();
    }
    assert!(counted.take_counts().1 <= 1, "one full read for twenty connects");
    assert_eq!(name_of(&chat, "n19").await, "Guest 1 21");
}

#[tokio::test]
async fn another_device_of_a_renamed_person_gets_a_number_where_the_name_is_taken() {
    let chat = chat_with_two_windows().await;
    chat.send("a1", rename("Bea")).await;
    assert_eq!((welcome_name(&chat, "a1"), welcome_name(&chat, "a2")), ("Bea".into(), "Bea 2".into()));
    chat.send("a2", json!({ "action": "enter", "room": "lobby" })).await;
    assert_eq!(name_of(&chat, "a2").await, "Bea", "the chosen name");
    // A refused name is not stored for the other devices either.
    join(&chat, "z", "lobby", "Zoe").await;
    chat.send("a1", rename("Zoe")).await;
    let ticket = chat.ticket("ann");
    chat.connect("a3", Some("dogs"), Some(&ticket), Some("Ann")).await.unwrap();
    assert_eq!(name_of(&chat, "a3").await, "Bea");
}

/// A chat in which Bea is in cats, and Ann has the windows `a1` in the lobby and `a2` in cats.
async fn chat_with_two_windows() -> TestChat {
    let chat = chat_with_unique_names().await;
    join(&chat, "b", "cats", "Bea").await;
    for (window, room) in [("a1", "lobby"), ("a2", "cats")] {
        let ticket = chat.ticket("ann");
        chat.connect(window, Some(room), Some(&ticket), Some("Ann")).await.unwrap();
    }
    chat
}

/// Somebody who is about to come into the room of a window.
async fn arriving(chat: &TestChat, window: &str, name: &str) -> Connection {
    let known = chat.connection(window).await;
    let person =
        shared_types::Person { id: name.parse().unwrap(), name: name.parse().unwrap(), ..known.person.clone() };
    Connection { id: ConnectionId(name.into()), person, ..known }
}

#[tokio::test]
async fn another_device_of_a_renamed_person_never_has_a_name_that_is_taken() {
    let chat = chat_with_two_windows().await;
    let connections = SlowConnections::new(&chat, 0, 0, Read::Fails);
    handler_on(&chat, connections.clone()).handle(frame_of("a1", &rename("Bea"))).await;
    assert_eq!(connections.given_to("a1"), ["Bea"]);
    assert_eq!(connections.given_to("a2"), ["Bea 2"], "not even for a moment");
    assert_eq!(chat.connection("a2").await.chosen, "Bea".parse().ok());
}

/// The reads of rooms of a `rename` with one other socket: two of the room of the sender, and two of that of the other socket.
#[tokio::test]
async fn another_device_gives_up_a_name_that_somebody_takes_at_the_same_time() {
    let chat = chat_with_two_windows().await;
    let zoe = arriving(&chat, "a2", "Zoe").await;
    let connections = SlowConnections::new(&chat, 0, 4, Read::Finds(vec![zoe]));
    handler_on(&chat, connections.clone()).handle(frame_of("a1", &rename("Zoe"))).await;
    assert_eq!(connections.given_to("a2"), ["Zoe", "Zoe 2"]);
    assert_eq!((name_of(&chat, "a1").await, name_of(&chat, "a2").await), ("Zoe".into(), "Zoe 2".into()));
}

#[tokio::test]
async fn another_device_keeps_its_name_if_it_is_not_known_which_one_is_free() {
    let chat = chat_with_two_windows().await;
    handler_with(&chat, 3, Read::Fails).handle(frame_of("a1", &rename("Zoe"))).await;
    assert_eq!((name_of(&chat, "a1").await, name_of(&chat, "a2").await), ("Zoe".into(), "Ann".into()));
    // Once it is stored, a name that is not certain to be free is given up with its socket.
    handler_with(&chat, 4, Read::Fails).handle(frame_of("a1", &rename("Ada"))).await;
    assert_eq!((name_of(&chat, "a1").await, chat.is_connected("a2").await), ("Ada".into(), false));
}
