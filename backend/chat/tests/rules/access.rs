//! Tests of who may open a socket: origins, tickets and names.

use std::time::Duration;

use chat::{
    access::{
        policy::{AccessPolicy, OidcClient},
        sessions::{Session, Sessions},
    },
    ports::{
        connections::Connections,
        profiles::{Profiles, StoredProfile},
    },
    presence::{connect::ConnectRequest, connect_handler::ConnectRejection},
};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::json;
use shared_types::{PersonId, Timestamp};

async fn connect_from(chat: &TestChat, id: &str, origin: Option<&str>, host: &str) -> Result<(), ConnectRejection> {
    let origin = origin.map(String::from);
    chat.connect_with(ConnectRequest { origin, host: Some(host.into()), ..connect_request(id) }).await
}

#[tokio::test]
async fn only_own_origins_and_non_browsers_open_a_socket() {
    let chat = TestChat::new().await;
    for (id, origin, host) in [
        ("c1", None, "chat.lan:8080"),
        ("c2", Some("http://chat.lan:8080"), "chat.lan:8080"),
        ("c3", Some("https://chat.example"), "chat.lan:8080"),
    ] {
        connect_from(&chat, id, origin, host).await.unwrap();
    }
    for origin in ["https://evil.example", "https://chat.example.evil.example", "null", ""] {
        let rejection = connect_from(&chat, "c4", Some(origin), "chat.lan:8080").await.unwrap_err();
        assert_eq!(rejection.status, 403, "{origin}");
        assert!(rejection.reason.contains("not this chat's own"), "{rejection:?}");
    }
    assert_eq!(chat.connections.count().await.unwrap(), 3);
}

#[tokio::test]
async fn a_rejected_origin_does_not_use_up_the_ticket() {
    let chat = TestChat::new().await;
    let ticket = Some(chat.ticket("ann"));
    let foreign = Some("https://evil.example".into());
    let request = ConnectRequest { ticket: ticket.clone(), origin: foreign, ..connect_request("c1") };
    assert_eq!(chat.connect_with(request).await.unwrap_err().status, 403);
    chat.connect_with(ConnectRequest { ticket, ..connect_request("c1") }).await.unwrap();
}

#[tokio::test]
async fn a_ticket_opens_one_socket_even_in_parallel() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann");
    let windows: Vec<_> = (0..10).map(|number| format!("c{number}")).collect();
    let connects = windows.iter().map(|window| chat.connect(window, None, Some(&ticket), None));
    let opened = futures::future::join_all(connects).await;
    assert_eq!(opened.iter().filter(|opened| opened.is_ok()).count(), 1);
    assert!(
        opened.iter().filter_map(|opened| opened.as_ref().err()).all(|rejection| rejection.status == 401),
        "{opened:?}"
    );

    chat.clock.advance(Duration::from_secs(599));
    assert_eq!(chat.connect("c11", None, Some(&ticket), None).await.unwrap_err().status, 401, "until it expires");
    chat.connect("c11", None, Some(&chat.ticket("ann")), None).await.unwrap();
    assert_eq!(chat.connection("c11").await.person.id.as_str(), "ann");
}

#[tokio::test]
async fn two_tickets_of_the_same_time_open_two_sockets() {
    let chat = TestChat::new().await;
    let (one, other) = (chat.ticket("ann"), chat.ticket("ann"));
    chat.connect("c1", None, Some(&one), None).await.unwrap();
    chat.connect("c2", None, Some(&other), None).await.unwrap();
}

#[tokio::test]
async fn only_open_access_admits_sockets_without_a_ticket() {
    let issuer = "https://id.example".parse().unwrap();
    let client = OidcClient { issuer, id: "chat".into(), moderator_claim: None };
    for (policy, admits) in [
        (AccessPolicy::open(Vec::new()), true),
        (AccessPolicy::passphrase("correct horse", Vec::new()), false),
        (AccessPolicy::oidc(client, Vec::new()), false),
    ] {
        let chat = TestChat::with_access_policy(policy).await;
        let result = chat.connect("c1", None, None, None).await;
        assert_eq!(result.is_ok(), admits);
        if let Err(rejection) = result {
            assert_eq!((rejection.status, rejection.reason.as_str()), (401, "sign in on the page first"));
        }
        chat.connect("c2", None, Some(&chat.ticket("ann")), None).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_of_another_access_policy_is_rejected() {
    let open = TestChat::new().await;
    let closed = TestChat::with_access_policy(AccessPolicy::passphrase("correct horse", Vec::new())).await;
    assert_eq!(closed.connect("c1", None, Some(&open.ticket("ann")), None).await.unwrap_err().status, 401);
}

#[tokio::test]
async fn a_confusable_name_is_rejected() {
    let chat = TestChat::new().await;
    let confusable = "\u{410}nn";
    let rejection = chat.connect("c1", None, None, Some(confusable)).await.unwrap_err();
    assert_eq!(rejection.status, 400);
    assert!(rejection.reason.starts_with("your name mixes letters of several scripts"), "{rejection:?}");

    chat.connect_to_lobby("c1", "Анна").await;
    chat.send("c1", json!({ "action": "rename", "name": confusable })).await;
    let received = chat.received("c1");
    assert_eq!((&received[0]["code"], &received[0]["action"]), (&json!("badField"), &json!("rename")));
    assert_eq!(chat.connection("c1").await.person.name.as_str(), "Анна");
}

#[tokio::test]
async fn only_oidc_access_forbids_renames() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    for (policy, is_rejected) in [
        (AccessPolicy::oidc(client, Vec::new()), true),
        (AccessPolicy::passphrase("open sesame", Vec::new()), false),
        (AccessPolicy::open(Vec::new()), false),
    ] {
        let chat = TestChat::with_access_policy(policy).await;
        chat.connect("c1", None, Some(&chat.ticket("ann")), None).await.unwrap();
        let before = chat.connection("c1").await.person.name;
        chat.send("c1", json!({ "action": "rename", "name": "Bo" })).await;
        let received = chat.received("c1");
        let after = chat.connection("c1").await.person.name;
        if is_rejected {
            assert_eq!((&received[0]["code"], &received[0]["action"]), (&json!("notAllowed"), &json!("rename")));
            assert_eq!(after, before);
        } else {
            assert_eq!((&received[0]["type"], after.as_str()), (&json!("welcome"), "Bo"));
        }
    }
}

#[tokio::test]
async fn a_stored_name_counts_unless_a_provider_gives_the_names() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    for (policy, name) in
        [(AccessPolicy::oidc(client, Vec::new()), "Ann Oakley"), (AccessPolicy::open(Vec::new()), "Queen")]
    {
        let chat = TestChat::with_access_policy(policy).await;
        let ann = "ann".parse::<PersonId>().unwrap();
        // Stored while the chat had another access mode.
        let stored = StoredProfile { version: 1, name: Some("Queen".parse().unwrap()), ..StoredProfile::default() };
        assert!(chat.profiles.set_profile(&ann, 0, &stored).await.unwrap());
        let given = Some("Ann Oakley".parse().unwrap());
        let ticket = chat.sessions.ticket(&Session { id: ann, name: given, moderator: false, device: None });
        chat.connect("c1", None, Some(&ticket), None).await.unwrap();
        assert_eq!(chat.connection("c1").await.person.name.as_str(), name);
    }
}

#[tokio::test]
async fn only_the_hash_of_an_address_is_stored() {
    let chat = TestChat::new().await;
    let address = "203.0.113.7".parse().unwrap();
    chat.connect_with(ConnectRequest { address: Some(address), ..connect_request("c1") }).await.unwrap();
    let stored = chat.connection("c1").await.address.unwrap();
    assert_eq!(stored, chat.sessions.address_keys(address)[0]);
    assert!(!stored.0.contains("203"), "{stored:?}");
}

#[tokio::test]
async fn the_sweep_rotates_the_secret_and_sessions_survive() {
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
    assert_eq!(chat.connect("c2", None, Some(&ticket), None).await.unwrap_err().status, 401, "the ticket is a day old");

    // By now every process has loaded the new secret. This process signs with it, and the cookie survives the next rotation.
    chat.clock.advance(Duration::from_secs(3 * 60));
    let ann = chat.sessions.read_ticket(&chat.ticket("ann")).await.unwrap();
    let cookie = chat.sessions.cookie(&ann);
    chat.clock.advance(Duration::from_secs(180 * 24 * 60 * 60));
    chat.run_cleanup().await;
    assert_ne!(made_at().await, second);
    let entropy = platform::system::SystemEntropy;
    let policy = AccessPolicy::open(Vec::new());
    let another =
        Sessions::load(chat.secrets.clone(), chat.clock.clone(), std::sync::Arc::new(entropy), policy).await.unwrap();
    assert_eq!(another.read_cookie(&cookie).await, Ok(ann));
}
