//! Tests of bans: the person, their addresses, and connections during a ban.

use std::{sync::Arc, time::Duration};

use chat::{
    moderation::restrictions::RestrictionStore,
    ports::{
        connections::{AddressKey, ConnectionId, Connections},
        moderation::{Moderation, Subject},
        system::Clock,
    },
    presence::connect::{ConnectError, ConnectRequest},
};
use chat_testing::contract::fixtures::limit;
use chat_testing::test_chat::{START, connect_request};
use serde_json::{Value, json};
use shared_types::{Person, Restrictions, Timestamp, limits};

use crate::{
    moderation::{ban, code, moderated_chat},
    moderation_fake::BanningModeration,
};

#[tokio::test]
async fn a_banned_person_is_out_of_every_room_until_the_end() {
    let chat = moderated_chat().await;
    chat.connect("b2", Some("cats"), Some(&chat.ticket("bea")), Some("Bea")).await.unwrap();
    chat.received("b2");
    chat.send("m", ban("ann", 60)).await;
    let mut closed = chat.gateway.lock().closed.clone();
    closed.sort();
    assert_eq!(closed.iter().map(|id| id.0.as_str()).collect::<Vec<_>>(), ["a", "a2"]);
    assert!(!chat.is_connected("a").await && !chat.is_connected("a2").await);
    assert_eq!(chat.received("b2").last().unwrap()["online"], 1, "the others get the presence");
    chat.clock.advance(Duration::from_millis(500));
    let rejection = chat.connect("a3", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap_err();
    assert_eq!(rejection.status, 403);
    assert!(rejection.reason.contains("60 seconds"), "{}", rejection.reason);
    chat.clock.advance(Duration::from_millis(59_500));
    chat.connect("a4", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
}

#[tokio::test]
async fn a_ban_covers_the_person_s_address_until_it_is_lifted() {
    let chat = moderated_chat().await;
    let mut eve = chat.connection("b").await;
    let address = AddressKey("office".into());
    (eve.id, eve.person.id, eve.address) = (ConnectionId("e".into()), "eve".parse().unwrap(), Some(address.clone()));
    chat.connections.admit(&eve, limit(100)).await.unwrap();
    let restriction_store = RestrictionStore {
        moderation: chat.moderation.clone(),
        clock: chat.clock.clone(),
        configured_moderators: chat.configured_moderators(),
    };
    let person = |id: &str, moderator| Person {
        id: id.parse().unwrap(),
        name: "X".parse().unwrap(),
        moderator,
        appearance: Default::default(),
    };
    let keys = [AddressKey("other".into()), address];
    let is_banned = async |who| restriction_store.banned_until(&who, &keys).await.unwrap().is_some();
    assert!(!is_banned(person("new", false)).await);
    chat.send("m", ban("eve", 60)).await;
    assert!(is_banned(person("new", false)).await);
    assert!(!is_banned(person("mod", true)).await, "a moderator is never banned");
    assert_eq!(restriction_store.banned_until(&person("new", false), &keys[..1]).await.unwrap(), None);
    // The person is disconnected, but their address is still known.
    chat.send("m", ban("eve", 0)).await;
    assert!(!is_banned(person("new", false)).await && !is_banned(person("eve", false)).await);
}

#[tokio::test]
async fn a_ban_closes_same_address_connections_of_non_moderators() {
    let chat = moderated_chat().await;
    let request_from = |address: &str| ConnectRequest { address: address.parse().ok(), ..connect_request("") };
    for (socket, who, from) in [
        ("e", "eve", "203.0.113.7"),
        ("n", "nina", "203.0.113.7"),
        ("o", "other-mod", "203.0.113.7"),
        ("f", "far", "198.51.100.1"),
    ] {
        let (connection, ticket) = (ConnectionId(socket.into()), Some(chat.ticket(who)));
        chat.connect_with(ConnectRequest { connection, ticket, ..request_from(from) }).await.unwrap();
    }
    chat.send("m", ban("eve", 60)).await;
    let until = START + 60_000;
    for (socket, who) in [("e", "eve"), ("n", "nina")] {
        assert!(!chat.is_connected(socket).await, "{who}");
        assert_eq!(
            chat.received(socket),
            [json!({ "type": "standing", "person": who, "standing": { "bannedUntil": until } })],
            "each gets their own restrictions"
        );
    }
    for socket in ["o", "f", "a", "m"] {
        assert!(chat.is_connected(socket).await, "{socket}");
    }
}

#[tokio::test]
async fn a_ban_covers_addresses_seen_within_a_day() {
    let chat = moderated_chat().await;
    let connect = |socket: &str, who: &str, address: &str| {
        let (connection, ticket) = (ConnectionId(socket.into()), Some(chat.ticket(who)));
        chat.connect_with(ConnectRequest { connection, ticket, address: address.parse().ok(), ..connect_request("") })
    };
    for (socket, who, address) in [("e", "eve", "203.0.113.7"), ("f", "finn", "198.51.100.1")] {
        connect(socket, who, address).await.unwrap();
        chat.disconnect(socket).await;
    }
    chat.clock.advance(limits::ADDRESS_RETENTION - Duration::from_secs(1));
    chat.send("m", ban("eve", 600)).await;
    assert_eq!(connect("n", "new", "203.0.113.7").await.unwrap_err().status, 403);
    connect("n", "new", "198.51.100.1").await.unwrap();
    chat.clock.advance(Duration::from_secs(1));
    chat.send("m", ban("finn", 600)).await;
    connect("n2", "newer", "198.51.100.1").await.unwrap();
    chat.send("m", ban("eve", 0)).await;
    connect("n3", "newest", "203.0.113.7").await.unwrap();
}

#[tokio::test]
async fn hello_from_a_banned_address_closes_the_connection() {
    let chat = moderated_chat().await;
    let mut eve = chat.connection("b").await;
    (eve.id, eve.person.id) = (ConnectionId("e".into()), "eve".parse().unwrap());
    eve.address = Some(AddressKey("office".into()));
    let address = Subject::Address(AddressKey("office".into()));
    let banned = Restrictions { banned_until: Some(Timestamp(START + 60_000)), ..Restrictions::default() };
    chat.moderation.set_restrictions(&address, banned).await.unwrap();
    chat.connections.admit(&eve, limit(100)).await.unwrap();
    chat.send("e", json!({ "action": "hello" })).await;
    assert!(!chat.is_connected("e").await);
    assert_eq!(chat.received("e"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_ban_during_connect_rejects_the_connection() {
    let chat = moderated_chat().await;
    let moderation = Arc::new(BanningModeration { allowed_lookups: 1, ..BanningModeration::default() });
    let request = ConnectRequest { ticket: Some(chat.ticket("eve")), ..connect_request("e") };
    let rejection = chat.connect_rule(moderation).admit(request).await;
    assert!(matches!(rejection, Err(ConnectError::Banned { seconds: 60 })), "{rejection:?}");
    assert!(!chat.is_connected("e").await);
}

#[tokio::test]
async fn addresses_banned_with_a_person_expire() {
    let chat = moderated_chat().await;
    let (ann, addresses) = ("ann".parse().unwrap(), [AddressKey("office".into())]);
    chat.moderation.set_banned_addresses(&ann, &addresses, Timestamp(START + 60_000)).await.unwrap();
    chat.clock.advance(Duration::from_millis(59_999));
    assert_eq!(chat.moderation.banned_addresses(&ann).await.unwrap(), addresses);
    chat.clock.advance(Duration::from_millis(1));
    assert_eq!(chat.moderation.banned_addresses(&ann).await.unwrap(), []);
}

#[tokio::test]
async fn a_banned_socket_that_stays_open_is_disconnected() {
    let chat = moderated_chat().await;
    chat.gateway.lock().hanging.insert(ConnectionId("a".into()));
    chat.send("m", ban("ann", 60)).await;
    chat.gateway.lock().hanging.clear();
    assert_eq!(chat.error_for("a", json!({ "action": "send", "text": "x" })).await, code("notConnected"));
    chat.send_message("b", "hi", "n").await;
    assert_eq!(chat.received("a"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_ban_of_hanging_sockets_ends_within_its_deadline() {
    let chat = moderated_chat().await;
    for number in 0..10 {
        let window = format!("a{number}");
        chat.connect(&window, None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
        chat.gateway.lock().hanging.insert(ConnectionId(window));
    }
    let before = chat.clock.now();
    chat.send("m", ban("ann", 60)).await;
    let took = chat.clock.now().0 - before.0;
    assert!(took <= 7_000, "{took} ms: telling, closing and the reply have the function's 10 s");
    for number in 0..10 {
        assert!(!chat.is_connected(&format!("a{number}")).await);
    }
}

#[tokio::test]
async fn hello_of_a_banned_person_closes_the_connection() {
    let chat = moderated_chat().await;
    let ann = chat.connection("a").await;
    chat.send("m", ban("ann", 60)).await;
    chat.gateway.lock().gone.clear();
    chat.connections.admit(&ann, limit(100)).await.unwrap();
    assert_eq!(chat.error_for("a", json!({ "action": "send", "text": "x" })).await, (json!("notAllowed"), json!(60)));
    chat.send("a", json!({ "action": "hello" })).await;
    assert!(!chat.is_connected("a").await);
    assert_eq!(chat.received("a"), [Value::Null; 0], "it gets no messages");
}
