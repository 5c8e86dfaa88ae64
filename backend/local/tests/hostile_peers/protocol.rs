//! Peers that break the WebSocket protocol.

use chat_testing::local_server::LocalServer;

use crate::{
    LOCAL,
    peer::{Peer, frame},
};

/// First byte of a frame: the last fragment, or not, and the type.
const TEXT: u8 = 0x81;
const TEXT_UNFINISHED: u8 = 0x01;
const CONTINUATION_UNFINISHED: u8 = 0x00;
const RESERVED_BIT: u8 = 0xc1;
const UNKNOWN_TYPE: u8 = 0x83;
const PING_UNFINISHED: u8 = 0x09;

#[tokio::test]
async fn protocol_errors_close_with_their_code() {
    let local = LocalServer::start(LOCAL, &[]);
    let unmasked = vec![TEXT, 2, b'{', b'}'];
    for (name, bytes, code) in [
        ("reserved bit", frame(RESERVED_BIT, b"{}"), 1002),
        ("unknown type", frame(UNKNOWN_TYPE, b"{}"), 1002),
        ("fragmented ping", frame(PING_UNFINISHED, b""), 1002),
        ("continuation of nothing", frame(CONTINUATION_UNFINISHED, b"{}"), 1002),
        ("unmasked", unmasked, 1002),
        ("not UTF-8", frame(TEXT, &[0xff, 0xfe]), 1007),
        ("too large", frame(TEXT, &vec![b'x'; 32 * 1024 + 1]), 1009),
        ("announced as too large", frame(TEXT, &vec![b'x'; 32 * 1024 + 1])[..14].to_vec(), 1009),
    ] {
        let mut peer = Peer::open(local.port).await;
        peer.send(&bytes).await;
        assert_eq!(peer.read_to_close().await, Some(code), "{name}");
    }
}

#[tokio::test]
async fn fragments_count_against_the_frame_limit() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut peer = Peer::open(local.port).await;
    peer.send(&frame(TEXT_UNFINISHED, &[b'x'; 1024])).await;
    for _ in 0..128 {
        peer.send(&frame(CONTINUATION_UNFINISHED, &[b'x'; 1024])).await;
    }
    assert_eq!(peer.read_to_close().await, Some(1009), "129 KB of a frame that has not ended");
}
