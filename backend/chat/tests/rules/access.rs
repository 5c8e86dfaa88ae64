//! The door of the socket, as sentences: whose pages may open one, with which tickets, and under which names.

use std::time::Duration;

use chat::{
    access::{
        policy::{AccessPolicy, OidcClient},
        sessions::Sessions,
    },
    ports::connections::Connections,
    presence::{connect::ConnectRequest, connect_handler::ConnectRejection},
};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::json;
use shared_types::Timestamp;

async fn knock_from(chat: &TestChat, id: &str, origin: Option<&str>, host: &str) -> Result<(), ConnectRejection> {
    let origin = origin.map(String::from);
    chat.connect_with(ConnectRequest { origin, host: Some(host.into()), ..connect_request(id) }).await
}

#[tokio::test]
async fn a_page_of_ours_opens_a_socket_and_so_does_who_is_no_browser_and_no_other_page_does() {
    let chat = TestChat::new().await;
    for (id, origin, host) in [
        ("c1", None, "chat.lan:8080"),
        ("c2", Some("http://chat.lan:8080"), "chat.lan:8080"),
        ("c3", Some("https://chat.example"), "chat.lan:8080"),
    ] {
        knock_from(&chat, id, origin, host).await.unwrap();
    }
    for origin in ["https://evil.example", "https://chat.example.evil.example", "null", ""] {
        let refusal = knock_from(&chat, "c4", Some(origin), "chat.lan:8080").await.unwrap_err();
        assert_eq!(refusal.status, 403, "{origin}");
        assert!(refusal.reason.contains("not this chat's own"), "{refusal:?}");
    }
    assert_eq!(chat.connections.count().await.unwrap(), 3);
}

#[tokio::test]
async fn a_foreign_page_can_not_spend_a_ticket() {
    let chat = TestChat::new().await;
    let ticket = Some(chat.ticket("ann"));
    let foreign = Some("https://evil.example".into());
    let knock = ConnectRequest { ticket: ticket.clone(), origin: foreign, ..connect_request("c1") };
    assert_eq!(chat.connect_with(knock).await.unwrap_err().status, 403);
    chat.connect_with(ConnectRequest { ticket, ..connect_request("c1") }).await.unwrap();
}

#[tokio::test]
async fn a_ticket_opens_one_socket_however_many_try_it_at_once() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann");
    let windows: Vec<_> = (0..10).map(|number| format!("c{number}")).collect();
    let knocks = windows.iter().map(|window| chat.connect(window, None, Some(&ticket), None));
    let opened = futures::future::join_all(knocks).await;
    assert_eq!(opened.iter().filter(|opened| opened.is_ok()).count(), 1);
    assert!(
        opened.iter().filter_map(|opened| opened.as_ref().err()).all(|refusal| refusal.status == 401),
        "{opened:?}"
    );

    chat.clock.advance(Duration::from_secs(599));
    assert_eq!(chat.connect("c11", None, Some(&ticket), None).await.unwrap_err().status, 401, "to its last second");
    chat.connect("c11", None, Some(&chat.ticket("ann")), None).await.unwrap();
    assert_eq!(chat.connection("c11").await.person.id.as_str(), "ann");
}

#[tokio::test]
async fn two_tickets_of_the_same_moment_open_two_sockets() {
    let chat = TestChat::new().await;
    let (one, other) = (chat.ticket("ann"), chat.ticket("ann"));
    chat.connect("c1", None, Some(&one), None).await.unwrap();
    chat.connect("c2", None, Some(&other), None).await.unwrap();
}

#[tokio::test]
async fn without_a_ticket_a_socket_opens_only_where_everybody_may_enter() {
    let issuer = "https://id.example".parse().unwrap();
    let client = OidcClient { issuer, id: "chat".into(), moderator_claim: None };
    for (door, opens) in [
        (AccessPolicy::open(Vec::new()), true),
        (AccessPolicy::passphrase("correct horse", Vec::new()), false),
        (AccessPolicy::oidc(client, Vec::new()), false),
    ] {
        let chat = TestChat::with_access_policy(door).await;
        let knocked = chat.connect("c1", None, None, None).await;
        assert_eq!(knocked.is_ok(), opens);
        if let Err(refusal) = knocked {
            assert_eq!((refusal.status, refusal.reason.as_str()), (401, "sign in on the page first"));
        }
        chat.connect("c2", None, Some(&chat.ticket("ann")), None).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_of_another_door_opens_nothing() {
    let open = TestChat::new().await;
    let closed = TestChat::with_access_policy(AccessPolicy::passphrase("correct horse", Vec::new())).await;
    assert_eq!(closed.connect("c1", None, Some(&open.ticket("ann")), None).await.unwrap_err().status, 401);
}

#[tokio::test]
async fn a_name_that_could_be_read_as_another_s_is_nobody_s() {
    let chat = TestChat::new().await;
    let disguised = "\u{410}nn";
    let refusal = chat.connect("c1", None, None, Some(disguised)).await.unwrap_err();
    assert_eq!(refusal.status, 400);
    assert!(refusal.reason.starts_with("your name mixes letters of several scripts"), "{refusal:?}");

    chat.connect_to_lobby("c1", "Анна").await;
    chat.send("c1", json!({ "action": "rename", "name": disguised })).await;
    let told = chat.received("c1");
    assert_eq!((&told[0]["code"], &told[0]["action"]), (&json!("badField"), &json!("rename")));
    assert_eq!(chat.connection("c1").await.person.name.as_str(), "Анна");
}

#[tokio::test]
async fn behind_a_provider_nobody_chooses_a_name_and_elsewhere_everybody_does() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    for (door, is_refused) in [
        (AccessPolicy::oidc(client, Vec::new()), true),
        (AccessPolicy::passphrase("open sesame", Vec::new()), false),
        (AccessPolicy::open(Vec::new()), false),
    ] {
        let chat = TestChat::with_access_policy(door).await;
        chat.connect("c1", None, Some(&chat.ticket("ann")), None).await.unwrap();
        let before = chat.connection("c1").await.person.name;
        chat.send("c1", json!({ "action": "rename", "name": "Bo" })).await;
        let told = chat.received("c1");
        let called = chat.connection("c1").await.person.name;
        if is_refused {
            assert_eq!((&told[0]["code"], &told[0]["action"]), (&json!("notAllowed"), &json!("rename")));
            assert_eq!(called, before);
        } else {
            assert_eq!((&told[0]["type"], called.as_str()), (&json!("welcome"), "Bo"));
        }
    }
}

#[tokio::test]
async fn what_an_address_is_known_by_is_kept_and_the_address_is_not() {
    let chat = TestChat::new().await;
    let address = "203.0.113.7".parse().unwrap();
    chat.connect_with(ConnectRequest { address: Some(address), ..connect_request("c1") }).await.unwrap();
    let known = chat.connection("c1").await.address.unwrap();
    assert_eq!(known, chat.sessions.address_keys(address)[0]);
    assert!(!known.0.contains("203"), "{known:?}");
}

#[tokio::test]
async fn the_day_changes_the_secret_when_it_has_signed_long_enough_and_nobody_notices() {
    let chat = TestChat::new().await;
    let made_at = async || chat.secrets.keep_first([0; 32], Timestamp(0)).await.unwrap().made_at;
    let first = made_at().await;
    chat.clock.advance(Duration::from_secs(179 * 24 * 60 * 60));
    chat.run_cleanup().await;
    assert_eq!(made_at().await, first);

    let ticket = chat.ticket("ann");
    chat.clock.advance(Duration::from_secs(24 * 60 * 60));
    let late = chat.ticket("bea");
    chat.run_cleanup().await;
    let second = made_at().await;
    assert_ne!(second, first);
    chat.connect("c1", None, Some(&late), None).await.unwrap();
    assert_eq!(chat.connect("c2", None, Some(&ticket), None).await.unwrap_err().status, 401, "it is a day old");

    // By now everybody has heard of the new one: what this process signs is signed with it, and good through the next change.
    chat.clock.advance(Duration::from_secs(3 * 60));
    let ann = chat.sessions.read_ticket(&chat.ticket("ann")).await.unwrap();
    let cookie = chat.sessions.cookie(&ann);
    chat.clock.advance(Duration::from_secs(180 * 24 * 60 * 60));
    chat.run_cleanup().await;
    assert_ne!(made_at().await, second);
    let entropy = platform::system::SystemEntropy;
    let door = AccessPolicy::open(Vec::new());
    let another =
        Sessions::load(chat.secrets.clone(), chat.clock.clone(), std::sync::Arc::new(entropy), door).await.unwrap();
    assert_eq!(another.read_cookie(&cookie).await, Ok(ann));
}
