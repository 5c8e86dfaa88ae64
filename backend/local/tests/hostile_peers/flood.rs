//! Peers that send as fast as they can.

use chat_testing::{local_server::LocalServer, number::number};
use futures::future::join_all;

use crate::{
    LOCAL,
    peer::{Peer, frame},
    talk::Talk,
};

const PING: u8 = 0x89;
const TEXT: u8 = 0x81;

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_flood_a_socket_do_not_affect_others() {
    let (peers, messages) = (number("HOSTILE_PEERS", 8), number("HOSTILE_MESSAGES", 10));
    for (name, bytes) in [
        ("pings", frame(PING, b"")),
        ("unknown actions", frame(TEXT, br#"{"action":"x"}"#)),
        ("heartbeats", frame(TEXT, br#"{"action":"ping"}"#)),
    ] {
        let local = LocalServer::start(LOCAL, &[]);
        let talk = Talk { port: local.port, talkers: 5, messages };
        println!("alone: {}", talk.run("alone").await);
        let flood = bytes.repeat(1000);
        let floods = join_all((0..peers).map(|_| Peer::open(local.port))).await.into_iter();
        let floods: Vec<_> = floods.map(|peer| tokio::spawn(peer.flood(flood.clone()))).collect();
        println!("beside {peers} that flood {name}: {}", talk.run("beside").await);
        floods.iter().for_each(|flood| flood.abort());
        let sent = join_all(floods).await;
        assert!(sent.iter().all(Result::is_err), "they send until the end");
    }
}
