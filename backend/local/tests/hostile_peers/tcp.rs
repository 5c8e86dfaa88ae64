//! Peers that hold TCP connections, or give them up.

use chat_testing::{guest::visit, local_server::LocalServer};
use futures::StreamExt;

use crate::{
    LOCAL,
    peer::Peer,
    talk::{self, online},
};

#[tokio::test]
async fn an_abandoned_handshake_leaves_nobody_online() {
    let local = LocalServer::start(LOCAL, &["--limit-connection-count", "100"]);
    for _ in 0..300 {
        Peer::connect(local.port).await.request_upgrade("").await;
    }
    let mut observer = talk::join(local.port).await;
    talk::wait_until_alone(&mut observer).await;
    assert_eq!(online(&mut observer).await, 1);
}

#[tokio::test]
async fn a_closed_socket_gives_its_place_back_at_once() {
    // Twice as many as one address may have.
    let local = LocalServer::start(LOCAL, &["--limit-connection-count", "44", "--limit-address-rate", "100000"]);
    for _ in 0..150 {
        let mut socket = local.socket("").await.expect("there is a place");
        socket.close(None).await.unwrap();
        while let Some(Ok(frame)) = socket.next().await {
            if frame.is_close() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_address_has_a_bound_of_connections() {
    // A quarter of 256 connections for pages and 44 sockets.
    let local = LocalServer::start(LOCAL, &["--limit-connection-count", "44", "--limit-address-rate", "100000"]);
    let mut held = Vec::new();
    for _ in 0..75 {
        held.push(Peer::connect(local.port).await);
    }
    // The server accepts in the order in which clients connect.
    let answer = Peer::connect(local.port).await.read_to_end().await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Try again in 10 seconds"), "{answer}");

    // An idle connection is closed after 10 s, and gives its place back.
    let head = held.pop().unwrap().read_to_end().await;
    assert!(head.is_empty() || head.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&head));
    drop(held);
    while visit(local.port, &mut None).await.is_none() {}
}
