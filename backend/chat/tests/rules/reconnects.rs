//! Tests of what page loads, `hello` and disconnects read, and of rooms that cannot be read.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::{
    commands::{FrameHandler, FramePorts, FrameRequest},
    front_page::{FrontPage, PageVisitor, Visit},
    messages::catch_up::CatchUp,
    ports::{
        connection_gateway::{ConnectionGateway, DeliveryOutcome, Frame},
        connections::{ConnectionId, Connections},
    },
    presence::disconnect::DisconnectHandler,
};
use chat_testing::test_chat::TestChat;
use serde_json::json;
use shared_types::{Language, RoomName};

use crate::connections_fake::{CountingStore, UnreadableRooms};

/// A gateway that delivers everything and keeps nothing.
struct FastGateway;

#[async_trait]
impl ConnectionGateway for FastGateway {
    async fn post(&self, _: &ConnectionId, _: &Frame) -> DeliveryOutcome {
        DeliveryOutcome::Delivered
    }

    async fn probe(&self, _: &ConnectionId) -> DeliveryOutcome {
        DeliveryOutcome::Delivered
    }

    async fn close(&self, _: &ConnectionId) -> DeliveryOutcome {
        DeliveryOutcome::Delivered
    }
}

/// Loads a page of the lobby. Returns the number of people on it.
async fn load_page(chat: &TestChat, connections: Arc<dyn Connections>) -> u32 {
    let (messages, clock) = (chat.messages.clone(), chat.clock.clone());
    let page = FrontPage {
        connections,
        catch_up: CatchUp { messages, clock: clock.clone(), renderer: chat.renderer.clone(), page_size: 10 },
        sessions: chat.sessions.clone(),
        restriction_store: chat.restriction_store(),
        membership: chat.membership(),
        devices: chat.device_registry(),
        socket: String::new(),
        clock,
    };
    let visitor = PageVisitor { cookie: None, name: None, addresses: &[], user_agent: None };
    let visit = page.visit(&RoomName::lobby(), &visitor, Language::English).await;
    match visit.unwrap() {
        Visit::Room(visit) => visit.state.online,
        Visit::SignInFirst { .. } | Visit::NoSuchRoom(_) => panic!("the lobby is open"),
    }
}

/// Sends `hello` through a process with these connections.
async fn hello(chat: &TestChat, connections: Arc<dyn Connections>, gateway: Arc<dyn ConnectionGateway>, id: &str) {
    let ports = FramePorts { connections, gateway, ..chat.ports() };
    let (connection, body) = (ConnectionId(id.into()), json!({ "action": "hello", "since": 0 }).to_string());
    let request = FrameRequest { connection, request_id: "r".into(), body };
    FrameHandler::new(ports, chat.settings()).handle(request).await;
}

async fn disconnect(chat: &TestChat, connections: Arc<dyn Connections>, gateway: Arc<dyn ConnectionGateway>, id: &str) {
    let FramePorts { clock, entropy, .. } = chat.ports();
    DisconnectHandler::new(connections, gateway, clock, entropy).handle(&ConnectionId(id.into())).await;
}

async fn connect(chat: &TestChat, id: &str, person: &str) {
    let ticket = chat.ticket(person);
    // The same person needs a new ticket for each socket.
    chat.clock.advance(Duration::from_millis(1));
    chat.connect(id, None, Some(&ticket), None).await.unwrap();
}

#[tokio::test]
async fn a_hundred_reconnects_a_second_read_a_large_room_every_five_seconds() {
    const PEOPLE: usize = 1_000;
    let (chat, gateway) = (TestChat::with_limits(2 * PEOPLE as u32, 10).await, Arc::new(FastGateway));
    for number in 0..PEOPLE {
        connect(&chat, &format!("old-{number}"), &format!("p{number}")).await;
    }
    // One process for pages, one for frames and one for disconnects.
    let [pages, frames, leaves] = [(); 3].map(|()| CountingStore::new(chat.connections.clone(), chat.clock.clone()));
    // A quarter of a storm of 10 s: in 2.5 s every fourth person reconnects.
    for number in 0..PEOPLE / 4 {
        let (old, new) = (format!("old-{number}"), format!("new-{number}"));
        disconnect(&chat, leaves.clone(), gateway.clone(), &old).await;
        load_page(&chat, pages.clone()).await;
        connect(&chat, &new, &format!("p{number}")).await;
        hello(&chat, frames.clone(), gateway.clone(), &new).await;
        chat.clock.advance(Duration::from_millis(9));
    }
    // Each process finds out with 2 units that the room is large, and reads it once for 25. Without that, 250 reconnects read
    // 3 × 50 units each: 37,500.
    for process in [&pages, &frames, &leaves] {
        assert_eq!(process.take_counts(), (2 + 25, 1));
    }
    chat.clock.advance(Duration::from_secs(5));
    assert_eq!(load_page(&chat, pages.clone()).await as usize, PEOPLE);
    assert_eq!(pages.take_counts(), (2 + 25, 1), "after five seconds the count is read again");
}

#[tokio::test]
async fn a_small_room_is_read_exactly_for_each_reconnect() {
    let chat = TestChat::new().await;
    let process = CountingStore::new(chat.connections.clone(), chat.clock.clone());
    for number in 0..10 {
        connect(&chat, &format!("c{number}"), &format!("p{number}")).await;
        assert_eq!(load_page(&chat, process.clone()).await, number + 1);
        assert_eq!(process.take_counts(), (1, 0));
        hello(&chat, process.clone(), chat.gateway.clone(), &format!("c{number}")).await;
        assert_eq!(process.take_counts(), (1, 0));
    }
    chat.received("c0");
    disconnect(&chat, process.clone(), chat.gateway.clone(), "c9").await;
    assert_eq!((process.take_counts(), &chat.received("c0")[0]["online"]), ((1, 0), &json!(9)));
}

#[tokio::test]
async fn two_windows_that_close_in_two_processes_send_a_presence() {
    let chat = TestChat::new().await;
    for number in 0..30 {
        connect(&chat, &format!("c{number}"), &format!("p{number}")).await;
    }
    for window in ["b1", "b2"] {
        connect(&chat, window, "bea").await;
    }
    let processes = [(); 2].map(|()| CountingStore::new(chat.connections.clone(), chat.clock.clone()));
    for (process, window) in processes.iter().zip(["b1", "b2"]) {
        // Both processes read the room while both windows were open.
        process.recently_in_room(&RoomName::lobby(), None).await.unwrap();
        chat.received(window);
    }
    disconnect(&chat, processes[0].clone(), chat.gateway.clone(), "b1").await;
    assert!(chat.gateway.lock().frames.is_empty(), "the person has another window");
    disconnect(&chat, processes[1].clone(), chat.gateway.clone(), "b2").await;
    let frames = std::mem::take(&mut chat.gateway.lock().frames);
    assert_eq!(frames.len(), 25);
    assert!(frames.values().flatten().all(|frame| frame["online"] == 30));
}

#[tokio::test]
async fn a_person_who_reconnects_in_a_large_room_is_announced() {
    let chat = TestChat::new().await;
    for number in 0..30 {
        connect(&chat, &format!("c{number}"), &format!("p{number}")).await;
    }
    connect(&chat, "b1", "bea").await;
    let process = CountingStore::new(chat.connections.clone(), chat.clock.clone());
    process.recently_in_room(&RoomName::lobby(), None).await.unwrap();
    // Another process removes the first socket.
    chat.connections.remove(&ConnectionId("b1".into())).await.unwrap();
    connect(&chat, "b2", "bea").await;
    hello(&chat, process, chat.gateway.clone(), "b2").await;
    let frames = std::mem::take(&mut chat.gateway.lock().frames);
    let told = frames.iter().filter(|(id, _)| id.0 != "b2").count();
    assert_eq!(told, 25);
}

#[tokio::test]
async fn a_page_whose_room_cannot_be_counted_is_served_without_the_number() {
    let chat = TestChat::new().await;
    connect(&chat, "c1", "ann").await;
    assert_eq!(load_page(&chat, chat.connections.clone()).await, 1);
    for hangs in [false, true] {
        let store = chat.connections.clone();
        assert_eq!(load_page(&chat, Arc::new(UnreadableRooms { store, hangs })).await, 0, "hangs: {hangs}");
    }
}

#[tokio::test]
async fn hello_is_answered_although_the_people_cannot_be_read() {
    let chat = TestChat::new().await;
    connect(&chat, "c1", "ann").await;
    let store = chat.connections.clone();
    hello(&chat, Arc::new(UnreadableRooms { store, hangs: false }), chat.gateway.clone(), "c1").await;
    let received = chat.received("c1");
    let types: Vec<_> = received.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!((types, &received[0]["online"]), (vec!["welcome", "changes"], &json!(0)));
}

#[tokio::test]
async fn typing_in_a_large_room_does_not_read_the_room() {
    let chat = TestChat::new().await;
    let process = CountingStore::new(chat.connections.clone(), chat.clock.clone());
    for number in 0..60 {
        connect(&chat, &format!("c{number}"), &format!("p{number}")).await;
    }
    let ports = FramePorts { connections: process.clone(), ..chat.ports() };
    let handler = FrameHandler::new(ports, chat.settings());
    let body = json!({ "action": "typing" }).to_string();
    handler.handle(FrameRequest { connection: ConnectionId("c0".into()), request_id: "r".into(), body }).await;
    assert_eq!(process.take_counts(), (2, 0), "26 of 60 listeners, 200 bytes each");
    assert!(chat.gateway.lock().frames.is_empty());
}
