//! Tests of sockets: their end, and the rejection of a connect.

use chat_testing::local_server::{LocalServer, Socket};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::LOCAL;

/// Returns the close code of a socket. It skips the frames before.
async fn close_code(socket: &mut Socket) -> Option<u16> {
    while let Some(frame) = socket.next().await {
        if let Ok(Message::Close(close)) = frame {
            return close.map(|close| close.code.into());
        }
    }
    None
}

/// Returns the next frame of a type. It skips others.
pub(crate) async fn next(socket: &mut Socket, of_type: &str) -> Value {
    next_of(socket, &[of_type]).await
}

/// Returns the next frame of one of some types. It skips others.
pub(crate) async fn next_of(socket: &mut Socket, types: &[&str]) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"].as_str().is_some_and(|of_type| types.contains(&of_type)) {
                return frame;
            }
        }
    }
}

pub(crate) async fn send(socket: &mut Socket, frame: &str) {
    socket.send(Message::text(frame)).await.unwrap();
}

#[tokio::test]
async fn only_an_idle_socket_is_closed() {
    let local = LocalServer::start(LOCAL, &["--idle-seconds", "2"]);
    let mut silent = local.socket("").await.unwrap();
    let mut active = local.socket("").await.unwrap();
    let pinging = async {
        loop {
            send(&mut active, r#"{"action":"ping"}"#).await;
            next(&mut active, "pong").await;
        }
    };
    tokio::select! {
        code = close_code(&mut silent) => assert_eq!(code, Some(1001)),
        () = pinging => unreachable!("it pings forever"),
    }
    send(&mut active, r#"{"action":"ping"}"#).await;
    next(&mut active, "pong").await;
}

#[tokio::test]
async fn an_active_socket_is_closed_at_its_maximum_lifetime() {
    let local = LocalServer::start(LOCAL, &["--lifetime-seconds", "1"]);
    let mut socket = local.socket("").await.unwrap();
    send(&mut socket, r#"{"action":"ping"}"#).await;
    assert_eq!(close_code(&mut socket).await, Some(1001));
}

#[tokio::test]
async fn binary_and_oversized_frames_close_only_their_socket() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut bystander = local.socket("").await.unwrap();
    for (frame, code) in [
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::text("x".repeat(32 * 1024 + 1)), 1009),
        (Message::text("x".repeat(3 * 1024 * 1024)), 1009),
    ] {
        let mut socket = local.socket("").await.unwrap();
        // The server may have closed the socket before the last byte was sent.
        drop(socket.send(frame).await);
        assert_eq!(close_code(&mut socket).await, Some(code));
    }
    send(&mut bystander, r#"{"action":"send","text":"still here"}"#).await;
    assert_eq!(next(&mut bystander, "message").await["text"], "still here");
}

#[tokio::test]
async fn a_rejected_socket_gets_the_reason() {
    let local = LocalServer::start(LOCAL, &["--limit-connection-count", "1"]);
    let _first = local.socket("").await.unwrap();
    for (query, status, reason) in [
        ("?room=Bad%20Room", 400, "the room's name"),
        ("?ticket=forged", 401, "reload the page"),
        ("", 429, "all 1 places are taken"),
    ] {
        let Err(Error::Http(answer)) = local.socket(query).await else { panic!("{query} was admitted") };
        let body = String::from_utf8(answer.body().clone().unwrap_or_default()).unwrap();
        assert_eq!(answer.status(), status, "{query}");
        assert!(body.contains(reason), "{query}: {body}");
    }
}

#[tokio::test]
async fn an_interrupt_closes_sockets_and_ends_with_success() {
    let mut local = LocalServer::start(LOCAL, &[]);
    let mut socket = local.socket("").await.unwrap();
    send(&mut socket, r#"{"action":"ping"}"#).await;
    next(&mut socket, "pong").await;
    local.interrupt();
    assert_eq!(close_code(&mut socket).await, Some(1001));
    let (status, log) = local.wait();
    assert!(status.success(), "{log}");
}

#[test]
fn sockets_open_for_loopback_and_listed_origins_only() {
    let local = LocalServer::start(LOCAL, &["--allowed-origins", "https://chat.example,https://b.example"]);
    for (headers, status) in [
        ("", 101),
        ("Origin: http://localhost:8081\r\n", 101),
        ("Origin: http://127.0.0.1\r\n", 101),
        ("origin: https://b.example\r\n", 101),
        ("Origin: https://evil.example\r\n", 403),
        ("Origin: http://chat.example\r\n", 403),
        ("Origin: null\r\n", 403),
        ("Origin: \r\n", 403),
        ("Origin: http://localhost\r\nOrigin: https://evil.example\r\n", 403),
    ] {
        assert_eq!(local.handshake("localhost", headers).0, status, "{headers}");
    }
}

#[test]
fn a_public_server_accepts_its_own_origin() {
    let local = LocalServer::start(LOCAL, &["--host", "0.0.0.0"]);
    for (host, headers, status) in [
        ("chat.lan:8080", "Origin: http://chat.lan:8080\r\n", 101),
        ("chat.lan", "Origin: https://chat.lan\r\n", 101),
        ("chat.lan:8080", "Origin: http://evil.example:8080\r\n", 403),
        ("chat.lan:8080", "Origin: http://localhost:8080\r\n", 403),
    ] {
        assert_eq!(local.handshake(host, headers).0, status, "{host} {headers}");
    }
}

#[test]
fn too_many_connects_from_an_address_get_retry_after() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "3", "--behind-proxy"]);
    // One socket may open in a window of ten seconds, and of three connects at least two are in the same window. The proxy
    // appends the last address; a client controls the addresses before it.
    let from = |number: u8| format!("X-Forwarded-For: 198.51.100.{number}, 203.0.113.7\r\n");
    let answers: Vec<_> = (0..3).map(|number| local.handshake("localhost", &from(number))).collect();
    let (status, head) = answers.into_iter().find(|(status, _)| *status != 101).unwrap();
    assert_eq!(status, 429);
    let seconds = head.lines().find_map(|line| line.strip_prefix("retry-after: ")).unwrap();
    assert!((1..=60).contains(&seconds.parse::<u32>().unwrap()), "{head}");
    assert_eq!(local.handshake("localhost", "X-Forwarded-For: 203.0.113.7, 198.51.100.1\r\n").0, 101);
}

#[test]
fn without_a_proxy_forwarded_addresses_are_ignored() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "3"]);
    let from = |number: u8| format!("X-Forwarded-For: 198.51.100.{number}\r\n");
    let answers: Vec<_> = (0..3).map(|number| local.handshake("localhost", &from(number)).0).collect();
    assert!(answers.contains(&429), "{answers:?}");
}
