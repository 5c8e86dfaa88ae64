//! Peers that fall silent in a busy room.

use chat_testing::local_server::{LocalServer, Socket};
use futures::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::{LOCAL, peer::Peer, talk};

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_gone_within_the_idle_time() {
    let local = LocalServer::start(LOCAL, &["--idle-seconds", "2"]);
    let mut broken = Peer::open(local.port).await;
    let mut talker = talk::join(local.port).await;
    tokio::select! {
        code = broken.read_to_close() => assert_eq!(code, Some(1001)),
        () = chat_for_ever(&mut talker) => unreachable!("it talks for ever"),
    }
}

#[tokio::test]
async fn a_peer_that_only_listens_stays_in_a_busy_room() {
    let local = LocalServer::start(LOCAL, &["--idle-seconds", "2"]);
    let mut listener = local.socket("").await.unwrap();
    let mut talker = talk::join(local.port).await;
    let end = Instant::now() + std::time::Duration::from_secs(5);
    let listening = async {
        while let Some(Ok(frame)) = listener.next().await {
            assert!(!matches!(frame, Message::Close(_)), "{frame:?}");
            if Instant::now() >= end {
                return;
            }
        }
        panic!("the socket was closed");
    };
    tokio::select! {
        () = listening => {}
        () = chat_for_ever(&mut talker) => unreachable!("it talks for ever"),
    }
}

/// Sends one message after the other, each when the one before came back.
async fn chat_for_ever(talker: &mut Socket) {
    loop {
        talker.send(Message::text(r#"{"action":"send","text":"busy"}"#)).await.unwrap();
        while !timeout(talk::FRAME_TIMEOUT, talker.next()).await.unwrap().unwrap().unwrap().is_text() {}
    }
}
