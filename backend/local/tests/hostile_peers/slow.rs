//! Peers that never read.

use std::fs;

use chat_testing::{
    guest::visit,
    local_server::{LocalServer, connect},
    number::number,
};
use futures::{SinkExt, future::join_all};
use serde_json::json;
use shared_types::ServerMessage;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    LOCAL,
    peer::{Peer, connect_slowly},
    talk::{self, Talk, wait_until_alone},
};

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_never_read_do_not_affect_others() {
    let (peers, messages) = (number("HOSTILE_PEERS", 24), number("HOSTILE_MESSAGES", 20));
    let local = LocalServer::start(LOCAL, &["--behind-seconds", "600"]);
    let talk = Talk { port: local.port, talkers: 20, messages };
    let alone = talk.run("alone").await;
    let before = memory(&local);
    let held = join_all((0..peers).map(|_| Peer::open(local.port))).await;
    // Enough for the buffers of the kernel and the queue.
    let filling = Talk { messages: 20, ..talk }.run("filling").await;
    let beside = talk.run("beside").await;
    let peak = memory(&local);

    drop(held);
    let mut observer = talk::join(local.port).await;
    wait_until_alone(&mut observer).await;
    println!("alone: {alone}");
    println!("beside {peers} peers that never read, while their buffers fill: {filling}");
    println!("beside {peers} peers that never read, after that: {beside}");
    println!("memory: {before} KB before, {peak} KB beside them, {} KB after", memory(&local));
}

#[tokio::test]
async fn a_peer_that_stays_behind_is_disconnected() {
    let local = LocalServer::start(LOCAL, &["--behind-seconds", "1"]);
    let peer = Peer::open(local.port).await;
    Talk { port: local.port, talkers: 20, messages: 40 }.run("fills its queue").await;
    let mut observer = talk::join(local.port).await;
    wait_until_alone(&mut observer).await;
    drop(peer);
}

#[tokio::test]
async fn a_peer_that_reads_again_is_told_to_catch_up() {
    let local = LocalServer::start(LOCAL, &["--behind-seconds", "600"]);
    let mut slow = connect_slowly(local.port).await;
    Talk { port: local.port, talkers: 20, messages: 30 }.run("fills its queue").await;
    let mut newest = 0;
    let after = talk::next(&mut slow, |message| match message {
        ServerMessage::Message(message) => {
            newest = newest.max(message.rev.0);
            None
        }
        ServerMessage::CatchUp { after } => after,
        _ => None,
    });
    let after = after.await.0;
    assert!(after > 0 && after <= newest, "{after}, {newest}: it has got everything up to there");
    talk::send(&mut slow, json!({ "action": "changes", "after": after })).await;
    let answer =
        talk::next(&mut slow, |message| matches!(message, ServerMessage::Changes { .. }).then_some(message)).await;
    assert!(matches!(answer, ServerMessage::Changes { up_to, .. } if up_to.0 == 600));
}

#[tokio::test]
async fn a_banned_peer_that_never_reads_is_disconnected() {
    let mut local = LocalServer::start(LOCAL, &[]);
    let mut cookie = None;
    let moderator = visit(local.port, &mut cookie).await.unwrap().you.id;
    local.interrupt();
    local.wait();
    local.relaunch(&["--moderators", moderator.as_str(), "--behind-seconds", "600"]);

    let mut hostile_cookie = None;
    let page = visit(local.port, &mut hostile_cookie).await.unwrap();
    let mut hostile = Peer::open_with(local.port, &format!("?ticket={}", page.ticket)).await;
    let talk = Talk { port: local.port, talkers: 10, messages: 50 };
    talk.run("fills its queue").await;

    let ticket = visit(local.port, &mut cookie).await.unwrap().ticket;
    let mut moderator = connect(local.port, &format!("?ticket={ticket}")).await.unwrap();
    let ban = json!({ "action": "ban", "person": page.you.id, "seconds": 60 });
    moderator.send(Message::text(ban.to_string())).await.unwrap();
    wait_until_alone(&mut moderator).await;
    // Reads what its kernel has, and then the end: its socket is closed although it did not answer.
    hostile.read_to_end().await;
}

/// Returns the resident memory of the server, in KB.
pub(crate) fn memory(local: &LocalServer) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", local.process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
