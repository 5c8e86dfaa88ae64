//! Test with one person who sends a thousand messages a second while ten others send at a human rate. No message of the others
//! is lost, duplicated or out of order. The test prints the delays from sending to receiving.
//!
//! `FLOOD_SECONDS` is the duration, `FLOOD_RATE` the messages a second; 0 turns the flood off.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chat_testing::{
    guest::{visit, whole_log},
    local_server::{LocalServer, Socket, connect},
    number::number,
};
use futures::{SinkExt, StreamExt, future::join_all};
use serde_json::json;
use shared_types::{ErrorCode, Seq, ServerMessage, limits};
use tokio::time::{MissedTickBehavior, interval, interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const TALKERS: u32 = 10;

/// Interval between two messages of a talker: 40 a minute. That is below the rate limit of a person, and all talkers together
/// are below the limit of an address.
const SEND_INTERVAL: Duration = Duration::from_millis(1_500);

/// Maximum wait for a frame.
const FRAME_TIMEOUT: Duration = Duration::from_secs(15);

/// Time at which each message was sent, by its text.
type SendTimes = Arc<Mutex<HashMap<String, Instant>>>;

#[tokio::test(flavor = "multi_thread")]
async fn one_person_s_flood_does_not_affect_others() {
    let (seconds, rate) = (number("FLOOD_SECONDS", 3), number("FLOOD_RATE", 1_000));
    let (person, address) = (limits::RATE_PERSON.to_string(), limits::RATE_ADDRESS.to_string());
    let local = LocalServer::start(LOCAL, &["--limit-person-rate", &person, "--limit-address-rate", &address]);
    let count = (Duration::from_secs(seconds).as_millis() / SEND_INTERVAL.as_millis()).max(1) as usize;
    let send_times = SendTimes::default();
    let mut talkers = Vec::new();
    for number in 0..TALKERS {
        talkers.push(talk(enter(local.port).await, number, count, send_times.clone()));
    }
    let flooder = enter(local.port).await;
    let (flood, received) = tokio::join!(
        tokio::spawn(flood(flooder, rate, Duration::from_secs(seconds))),
        join_all(talkers.into_iter().map(tokio::spawn))
    );
    let (flood, received): (Flood, Vec<Received>) =
        (flood.unwrap(), received.into_iter().map(Result::unwrap).collect());

    let log = whole_log(local.port).await;
    let order: Vec<_> = log.iter().filter_map(|one| talker_message(one.text.as_ref()?.as_str(), one.seq)).collect();
    assert_eq!(order.len(), TALKERS as usize * count, "every message is stored once");
    for one in &received {
        // Two messages sent at the same time may arrive in either order; a page sorts them by `seq`.
        let mut messages = one.messages.clone();
        messages.sort();
        assert_eq!(messages, order, "everybody receives every message once, with the same `seq`");
        for number in 0..TALKERS {
            let of_talker = one.messages.iter().filter(|(_, text)| text.starts_with(&format!("word {number}-")));
            assert!(of_talker.is_sorted(), "the messages of a talker arrive in their order: {:?}", one.messages);
        }
    }
    assert!(rate == 0 || flood.rejected > 0, "the flood exceeds the limit: {flood:?}");
    let lines = local.log().matches("frame refused").count() as u64;
    assert!(lines <= seconds + 2, "{lines} lines in {seconds} s");
    assert!(rate == 0 || lines > 0, "rejected frames are logged, throttled");
    print_delays(received.into_iter().flat_map(|one| one.delays).collect(), &flood, seconds);
}

/// Opens a socket as a new guest.
async fn enter(port: u16) -> Socket {
    let page = visit(port, &mut None).await.unwrap();
    connect(port, &format!("?ticket={}", page.ticket)).await.unwrap()
}

/// Messages of all talkers that one talker received, in order of arrival, with their delays.
#[derive(Default)]
struct Received {
    messages: Vec<(Seq, String)>,
    delays: Vec<Duration>,
}

/// Sends `count` messages at a human rate, and receives until the messages of all talkers arrived.
async fn talk(mut socket: Socket, number: u32, count: usize, send_times: SendTimes) -> Received {
    let mut received = Received::default();
    let mut ticks = interval_at(tokio::time::Instant::now() + SEND_INTERVAL * number / TALKERS, SEND_INTERVAL);
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
fn talker_message(text: &str, seq: Seq) -> Option<(Seq, String)> {
    text.starts_with("word ").then(|| (seq, text.to_owned()))
}

/// Result of the flood: numbers of messages.
#[derive(Debug, Default)]
struct Flood {
    sent: u64,
    stored: u64,
    rejected: u64,
}

/// Sends `rate` messages a second for a duration, and reads every answer.
async fn flood(socket: Socket, rate: u64, duration: Duration) -> Flood {
    let (mut sink, mut stream) = socket.split();
    let all = rate * duration.as_secs();
    let send = async {
        let mut ticks = interval(Duration::from_millis(10));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for number in 0..all {
            if number % (rate / 100).max(1) == 0 {
                ticks.tick().await;
            }
            let frame = json!({ "action": "send", "text": "flood", "nonce": format!("f-{number}") });
            sink.send(Message::text(frame.to_string())).await.unwrap();
        }
    };
    let read = async {
        let mut flood = Flood { sent: all, ..Flood::default() };
        while flood.stored + flood.rejected < all {
            let frame = timeout(FRAME_TIMEOUT, stream.next()).await.expect("every frame is answered").unwrap().unwrap();
            let Message::Text(text) = frame else { continue };
            match serde_json::from_str(&text).unwrap() {
                ServerMessage::Message(message)
                    if message.text.as_ref().is_some_and(|text| text.as_str() == "flood") =>
                {
                    flood.stored += 1;
                }
                ServerMessage::Error { code: ErrorCode::TooFast, retry_after: Some(_), .. } => flood.rejected += 1,
                ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
                _ => {}
            }
        }
        flood
    };
    tokio::join!(send, read).1
}

async fn send_text(socket: &mut Socket, text: &str, nonce: &str) {
    let frame = json!({ "action": "send", "text": text, "nonce": nonce });
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

fn print_delays(mut delays: Vec<Duration>, flood: &Flood, seconds: u64) {
    delays.sort();
    let at = |percent: usize| delays[(delays.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let Flood { sent, stored, rejected } = flood;
    println!(
        "{seconds} s: {sent} frames of one person, {stored} stored, {rejected} rejected; of {} deliveries to others \
         50 % took {:.1} ms, 90 % {:.1}, 99 % {:.1}, all {:.1}",
        delays.len(),
        at(50),
        at(90),
        at(99),
        at(100),
    );
}
