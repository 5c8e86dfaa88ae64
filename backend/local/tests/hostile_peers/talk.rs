//! People who talk in one room, and check that each of them gets every message once and in order.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chat_testing::{
    delays::Delays,
    local_server::{Socket, connect},
};
use futures::{SinkExt, StreamExt, future::join_all};
use serde_json::json;
use shared_types::ServerMessage;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// Maximum wait for a frame.
pub(crate) const FRAME_TIMEOUT: Duration = Duration::from_secs(30);

/// Length of a message, in characters: near the maximum, so that buffers fill soon.
const TEXT_CHARS: usize = 3_500;

/// Time at which each message was sent, by its nonce.
type SendTimes = Arc<Mutex<HashMap<String, Instant>>>;

/// A conversation.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) port: u16,
    pub(crate) talkers: u64,
    /// Messages of each talker. They send the next one when the last one came back.
    pub(crate) messages: u64,
}

impl Talk {
    /// Runs the conversation in the lobby. Panics if a message is lost, repeated or out of its author's order.
    pub(crate) async fn run(&self, name: &str) -> Delays {
        let times = SendTimes::default();
        let sockets = join_all((0..self.talkers).map(|_| join(self.port))).await;
        let talkers = sockets.into_iter().enumerate().map(|(number, socket)| {
            let author = format!("{name}-{number}").replace(' ', "_");
            tokio::spawn(talk(socket, author, self.messages, self.talkers * self.messages, times.clone()))
        });
        let delays = join_all(talkers).await.into_iter().flat_map(Result::unwrap).collect();
        Delays(delays)
    }
}

/// Opens a socket as a guest and says hello.
pub(crate) async fn join(port: u16) -> Socket {
    let mut socket = connect(port, "").await.unwrap();
    send(&mut socket, json!({ "action": "hello" })).await;
    next(&mut socket, |message| matches!(message, ServerMessage::Page { .. }).then_some(())).await;
    socket
}

/// Returns how many people are in the lobby.
pub(crate) async fn online(socket: &mut Socket) -> u32 {
    send(socket, json!({ "action": "people" })).await;
    next(socket, |message| if let ServerMessage::Presence { online, .. } = message { Some(online) } else { None }).await
}

/// Waits until only the person of this socket is in the lobby.
pub(crate) async fn wait_until_alone(socket: &mut Socket) {
    send(socket, json!({ "action": "people" })).await;
    next(socket, |message| matches!(message, ServerMessage::Presence { online: 1, .. }).then_some(())).await;
}

/// Sends `count` messages, receives `all` messages of this conversation, and returns how long they took.
async fn talk(mut socket: Socket, author: String, count: u64, all: u64, times: SendTimes) -> Vec<Duration> {
    let conversation = author.rsplit_once('-').unwrap().0.to_owned();
    let (mut sent, mut came_back, mut delays) = (0, 0, Vec::new());
    let mut last: HashMap<String, u64> = HashMap::new();
    while (delays.len() as u64) < all {
        if sent == came_back && sent < count {
            let nonce = format!("{author}-{sent}");
            times.lock().unwrap().insert(nonce.clone(), Instant::now());
            send(&mut socket, json!({ "action": "send", "text": "x".repeat(TEXT_CHARS), "nonce": nonce })).await;
            sent += 1;
        }
        let message = next(&mut socket, |message| if let ServerMessage::Message(m) = message { Some(m) } else { None });
        let nonce = message.await.nonce.to_string();
        let Some((by, number)) = nonce.rsplit_once('-').filter(|(by, _)| by.starts_with(&conversation)) else {
            continue;
        };
        delays.push(times.lock().unwrap()[&nonce].elapsed());
        let expected = last.get(by).map_or(0, |last| last + 1);
        assert_eq!(number.parse(), Ok(expected), "{author} gets the messages of {by} once and in order");
        last.insert(by.to_owned(), expected);
        came_back += u64::from(by == author);
    }
    delays
}

pub(crate) async fn send(socket: &mut Socket, frame: serde_json::Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// Returns the next message that `wanted` takes. Panics if the server sends an error.
pub(crate) async fn next<T>(socket: &mut Socket, mut wanted: impl FnMut(ServerMessage) -> Option<T>) -> T {
    loop {
        let frame = timeout(FRAME_TIMEOUT, socket.next()).await.expect("a frame arrives in time").unwrap().unwrap();
        let Message::Text(text) = frame else { continue };
        let message = serde_json::from_str(&text).unwrap();
        if let ServerMessage::Error { code, message, .. } = &message {
            panic!("{code:?}: {message}");
        }
        if let Some(found) = wanted(message) {
            return found;
        }
    }
}
