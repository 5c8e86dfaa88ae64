//! Tests of `$connect`, `hello` and `ping`.

use std::time::Duration;

use chat::{ports::connections::Connections, presence::connect::ConnectRequest};
use chat_testing::test_chat::{TestChat, connect_request, text_of};
use serde_json::json;

#[tokio::test]
async fn a_request_for_a_subprotocol_is_refused_with_a_reason() {
    let chat = TestChat::new().await;
    for subprotocols in ["chat", "graphql-ws, chat", ""] {
        let request = ConnectRequest { subprotocols: Some(subprotocols.into()), ..connect_request("c1") };
        let rejection = chat.connect_with(request).await.unwrap_err();
        assert_eq!(rejection.status, 400);
        assert!(rejection.reason.contains("Sec-WebSocket-Protocol"), "{}", rejection.reason);
    }
    assert!(!chat.is_connected("c1").await);
}

#[tokio::test]
async fn a_ticket_determines_the_person_of_a_socket() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann-id");
    chat.connect("c1", None, Some(&ticket), Some("Ann")).await.unwrap();
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received("c1")[0]["author"], json!({ "id": "ann-id", "name": "Ann" }));
}

#[tokio::test]
async fn a_socket_without_a_ticket_is_a_new_guest() {
    let chat = TestChat::new().await;
    chat.connect("c1", None, None, None).await.unwrap();
    chat.connect("c2", None, None, None).await.unwrap();
    chat.send("c1", json!({ "action": "hello" })).await;
    chat.send("c2", json!({ "action": "hello" })).await;
    let (first, second) = (&chat.received("c1")[0]["you"], &chat.received("c2")[0]["you"]);
    assert_ne!(first["id"], second["id"]);
    assert!(first["name"].as_str().unwrap().contains(' '), "a guest has a name of two words: {first}");
}

#[tokio::test]
async fn names_that_look_alike_become_the_same_name() {
    let chat = TestChat::new().await;
    for (socket, name) in [("c1", "Ａｎｎ"), ("c2", "Rene\u{301}")] {
        chat.connect(socket, None, None, Some(name)).await.unwrap();
        chat.send(socket, json!({ "action": "hello" })).await;
    }
    assert_eq!(chat.received("c1")[0]["you"]["name"], "Ann");
    chat.send("c1", json!({ "action": "rename", "name": "Ｒｅｎｅ\u{301}" })).await;
    let name = |socket| chat.received(socket)[0]["you"]["name"].clone();
    assert_eq!(name("c1"), json!("Ren\u{e9}"));
    assert_eq!(name("c2"), json!("Ren\u{e9}"));
}

#[tokio::test]
async fn forged_tickets_and_bad_rooms_or_names_are_rejected() {
    let chat = TestChat::new().await;
    for (room, ticket, name, status) in [
        (Some("Bad Room"), None, None, 400),
        (Some(""), None, None, 400),
        (None, None, Some("x".repeat(65)), 400),
        (None, None, Some(" ".into()), 400),
        (None, Some("ann.99999999999999.AAAA"), None, 401),
    ] {
        let rejection = chat.connect("c1", room, ticket, name.as_deref()).await.unwrap_err();
        assert_eq!(rejection.status, status, "{rejection:?}");
    }
    assert_eq!(chat.connections.count().await.unwrap(), 0);
}

#[tokio::test]
async fn an_expired_ticket_is_rejected() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann");
    chat.clock.advance(Duration::from_secs(601));
    assert_eq!(chat.connect("c1", None, Some(&ticket), None).await.unwrap_err().status, 401);
}

#[tokio::test]
async fn a_connect_above_the_connection_limit_is_rejected() {
    let chat = TestChat::with_limits(2, 100).await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let rejection = chat.connect("c3", None, None, None).await.unwrap_err();
    assert_eq!((rejection.status, rejection.reason.as_str()), (429, "all 2 places are taken: try again later"));
    chat.disconnect("c1").await;
    assert!(chat.connect("c3", None, None, None).await.is_ok());
}

#[tokio::test]
async fn hello_is_answered_with_welcome_and_the_newest_page() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "one", "n1").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.send("c2", json!({ "action": "hello" })).await;
    let received = chat.received("c2");
    assert_eq!(received.len(), 2, "{received:?}");
    assert_eq!(
        (&received[0]["type"], &received[0]["room"], &received[0]["online"]),
        (&json!("welcome"), &json!("lobby"), &json!(2))
    );
    assert_eq!(received[0]["you"]["name"], "Bea");
    assert_eq!(
        (&received[1]["type"], &received[1]["more"], &received[1]["upTo"]),
        (&json!("page"), &json!(false), &json!(1))
    );
    assert_eq!(text_of(&received[1]["messages"][0]), "one");
}

#[tokio::test]
async fn a_ping_is_answered() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send("c1", json!({ "action": "ping" })).await;
    assert_eq!(chat.received("c1"), [json!({ "type": "pong" })]);
}
