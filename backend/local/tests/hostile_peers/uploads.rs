//! Peers that hold uploads.

use std::fs;

use chat_testing::local_server::{LocalServer, Socket};
use futures::future::join_all;
use serde_json::json;
use shared_types::ServerMessage;

use crate::{
    LOCAL,
    peer::Peer,
    slow::memory,
    talk::{join, next, send},
};

/// Size of the uploads: the maximum.
const SIZE: usize = 2 * 1024 * 1024;

/// Returns an address for one upload.
async fn address(socket: &mut Socket, nonce: &str) -> String {
    send(socket, json!({ "action": "upload", "nonce": nonce, "type": "image/png", "size": SIZE })).await;
    next(socket, |message| if let ServerMessage::Upload { url, .. } = message { Some(url) } else { None }).await
}

/// Begins a `PUT` and sends all of its bytes but the last `missing` ones.
async fn put(port: u16, address: &str, missing: usize) -> Peer {
    let mut peer = Peer::connect(port).await;
    let head = format!(
        "PUT {address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: {SIZE}\r\n\r\n"
    );
    peer.send(head.as_bytes()).await;
    peer.send(&vec![0; SIZE - missing]).await;
    peer
}

fn files(local: &LocalServer) -> Vec<String> {
    let entries = fs::read_dir(local.directory.path().join("data/uploads")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn one_address_receives_one_upload_at_a_time() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = join(local.port).await;
    let address = address(&mut socket, "n").await;
    let before = memory(&local);
    let mut first = put(local.port, &address, 1).await;
    // The first one is being received when its file is there.
    while files(&local).is_empty() {
        tokio::task::yield_now().await;
    }
    let answers = join_all((0..200).map(async |_| put(local.port, &address, 1).await.read_head().await)).await;
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    }
    assert_eq!(files(&local).len(), 1);
    println!("memory: {before} KB before, {} KB beside 200 uploads that are one byte short", memory(&local));

    first.send(&[0]).await;
    assert!(first.read_head().await.starts_with("HTTP/1.1 200"));
    assert_eq!(files(&local).len(), 1, "the temporary file has its name");
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_no_file() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = join(local.port).await;
    let address = address(&mut socket, "n").await;
    for _ in 0..20 {
        drop(put(local.port, &address, 1).await);
    }
    // The room is free again as soon as the server has seen the end of the last one.
    loop {
        let answer = put(local.port, &address, 0).await.read_head().await;
        if answer.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    }
    assert_eq!(files(&local).len(), 1);
}

#[tokio::test]
async fn waiting_uploads_of_one_address_leave_room_for_others() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "100000", "--behind-proxy"]);
    let mut socket = join(local.port).await;
    let mut answers = Vec::new();
    for number in 0..18 {
        let address = address(&mut socket, &format!("n-{number}")).await;
        answers.push(put(local.port, &address, 0).await.read_head().await);
    }
    let stored = answers.iter().take_while(|answer| answer.starts_with("HTTP/1.1 200")).count();
    assert_eq!(stored, 16, "{answers:?}");
    assert!(answers[16..].iter().all(|answer| answer.starts_with("HTTP/1.1 429")), "{answers:?}");

    let other = address(&mut socket, "other").await;
    let mut peer = Peer::connect(local.port).await;
    let head = format!(
        "PUT {other} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100.1\r\nContent-Type: image/png\r\n\
         Content-Length: {SIZE}\r\n\r\n"
    );
    peer.send(head.as_bytes()).await;
    peer.send(&vec![0; SIZE]).await;
    assert!(peer.read_head().await.starts_with("HTTP/1.1 200"));
}
