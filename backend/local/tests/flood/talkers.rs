//! Ten people who talk, and how long their messages take.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chat_testing::{
    delays::Delays,
    guest::visit,
    local_server::{Socket, connect},
};
use futures::{SinkExt, StreamExt, future::join_all};
use serde_json::json;
use shared_types::{Seq, ServerMessage};
use tokio::time::{interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;

pub(crate) const TALKERS: u32 = 10;

/// Interval between two messages of a talker: 40 a minute. That is below the rate limit of a person, and all talkers together
/// are below the limit of an address.
pub(crate) const HUMAN_INTERVAL: Duration = Duration::from_millis(1_500);

/// Interval between two messages of a talker where no limit is set: 100 messages a second of all talkers, so that the slowest in
/// 100 are more than one.
pub(crate) const SHORT_INTERVAL: Duration = Duration::from_millis(100);

/// Maximum wait for a frame.
pub(crate) const FRAME_TIMEOUT: Duration = Duration::from_secs(15);

/// Time at which each message was sent, by its text.
type SendTimes = Arc<Mutex<HashMap<String, Instant>>>;

/// A conversation of all talkers.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    /// Number of messages of each talker.
    pub(crate) count: usize,
    /// Time between two messages of a talker.
    pub(crate) interval: Duration,
}

impl Talk {
    /// Returns the conversation of this many seconds.
    pub(crate) fn new(seconds: u64, interval: Duration) -> Self {
        Self { count: (Duration::from_secs(seconds).as_millis() / interval.as_millis()).max(1) as usize, interval }
    }

    /// Lets the talkers send. Returns what each received.
    pub(crate) async fn run(self, talkers: Vec<Socket>) -> Vec<Received> {
        let send_times = SendTimes::default();
        let talk = talkers.into_iter().zip(0..).map(|(socket, number)| talk(socket, number, self, send_times.clone()));
        join_all(talk.map(tokio::spawn)).await.into_iter().map(Result::unwrap).collect()
    }
}

/// Opens the sockets of the talkers, in the lobby.
pub(crate) async fn talkers(port: u16) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for _ in 0..TALKERS {
        sockets.push(enter(port, "lobby").await);
    }
    sockets
}

/// Opens a socket of a room as a new guest.
pub(crate) async fn enter(port: u16, room: &str) -> Socket {
    let page = visit(port, &mut None).await.unwrap();
    connect(port, &format!("?room={room}&ticket={}", page.ticket)).await.unwrap()
}

/// Messages of all talkers that one talker received, in order of arrival, with their delays.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) messages: Vec<(Seq, String)>,
    delays: Vec<Duration>,
}

/// Sends the messages of one talker, and receives until the messages of all talkers arrived.
async fn talk(mut socket: Socket, number: u32, talk: Talk, send_times: SendTimes) -> Received {
    let Talk { count, interval } = talk;
    let mut received = Received::default();
    let mut ticks = interval_at(tokio::time::Instant::now() + interval * number / TALKERS, interval);
    let (all, mut next) = (TALKERS as usize * count, 0);
    while received.messages.len() < all {
        tokio::select! {
            _ = ticks.tick(), if next < count => {
                let text = format!("word {number}-{next}");
                send_times.lock().unwrap().insert(text.clone(), Instant::now());
                send_text(&mut socket, &text, &format!("n-{next}")).await;
                next += 1;
            }
            frame = timeout(FRAME_TIMEOUT, socket.next()) => {
                received.add(frame.expect("no message is lost").unwrap().unwrap(), &send_times);
            }
        }
    }
    // A duplicate arrives before the answer to this ping.
    socket.send(Message::text(json!({ "action": "ping" }).to_string())).await.unwrap();
    while received.add(timeout(FRAME_TIMEOUT, socket.next()).await.unwrap().unwrap().unwrap(), &send_times) {}
    received
}

impl Received {
    /// Adds a frame. Returns whether more frames may follow.
    fn add(&mut self, frame: Message, send_times: &SendTimes) -> bool {
        let Message::Text(text) = frame else { return true };
        match serde_json::from_str(&text).unwrap() {
            ServerMessage::Message(message) => {
                let Some(message) = message.text.and_then(|text| talker_message(text.as_str(), message.seq)) else {
                    return true;
                };
                self.delays.push(send_times.lock().unwrap()[&message.1].elapsed());
                self.messages.push(message);
                true
            }
            ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
            ServerMessage::Pong => false,
            _ => true,
        }
    }
}

/// Returns the position and the text of a talker's message, and `None` for a message of the flood.
pub(crate) fn talker_message(text: &str, seq: Seq) -> Option<(Seq, String)> {
    text.starts_with("word ").then(|| (seq, text.to_owned()))
}

pub(crate) async fn send_text(socket: &mut Socket, text: &str, nonce: &str) {
    let frame = json!({ "action": "send", "text": text, "nonce": nonce });
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// Returns how long the deliveries to all talkers took.
pub(crate) fn delays(received: &[Received]) -> Delays {
    Delays(received.iter().flat_map(|one| one.delays.iter().copied()).collect())
}
