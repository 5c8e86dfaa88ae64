//! One person says a thousand things a second, and ten others talk as people do. Nothing of theirs is lost, doubled or out of
//! order, and how long it takes from saying to hearing is printed.
//!
//! `FLOOD_SECONDS` is how long it lasts, and `FLOOD_RATE` how much is said in each of them; without a flood it is 0.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

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

/// The path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const TALKERS: u32 = 10;

/// How often a talker says something: 40 times a minute, less than one person may, and all of them less than an address.
const PACE: Duration = Duration::from_millis(1_500);

/// The longest that the last word takes to arrive.
const PATIENCE: Duration = Duration::from_secs(15);

/// When each thing was said.
type Said = Arc<Mutex<HashMap<String, Instant>>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_person_costs_the_others_nothing() {
    let (seconds, rate) = (number("FLOOD_SECONDS", 3), number("FLOOD_RATE", 1_000));
    let (person, address) = (limits::RATE_PERSON.to_string(), limits::RATE_ADDRESS.to_string());
    let local = LocalServer::start(LOCAL, &["--limit-person-rate", &person, "--limit-address-rate", &address]);
    let words = (Duration::from_secs(seconds).as_millis() / PACE.as_millis()).max(1) as usize;
    let said = Said::default();
    let mut talkers = Vec::new();
    for number in 0..TALKERS {
        talkers.push(talk(enter(local.port).await, number, words, said.clone()));
    }
    let flooder = enter(local.port).await;
    let (flood, talked) = tokio::join!(
        tokio::spawn(flood(flooder, rate, Duration::from_secs(seconds))),
        join_all(talkers.into_iter().map(tokio::spawn))
    );
    let (flood, talked): (Flood, Vec<Heard>) = (flood.unwrap(), talked.into_iter().map(Result::unwrap).collect());

    let log = whole_log(local.port).await;
    let order: Vec<_> = log.iter().filter_map(|one| said_by_a_talker(one.text.as_ref()?.as_str(), one.seq)).collect();
    assert_eq!(order.len(), TALKERS as usize * words, "everything is stored once");
    for heard in &talked {
        // Two things that are said at the same moment may arrive in either order, and a page puts them in their places.
        let mut words = heard.words.clone();
        words.sort();
        assert_eq!(words, order, "everybody hears everything once, and at the same place");
        for number in 0..TALKERS {
            let of_one = heard.words.iter().filter(|(_, word)| word.starts_with(&format!("word {number}-")));
            assert!(of_one.is_sorted(), "what one says arrives in its order: {:?}", heard.words);
        }
    }
    assert!(rate == 0 || flood.refused > 0, "it was a flood: {flood:?}");
    let lines = local.log().matches("frame refused").count() as u64;
    assert!(lines <= seconds + 2, "{lines} lines in {seconds} s");
    assert!(rate == 0 || lines > 0, "what is refused is logged now and then");
    print_delays(talked.into_iter().flat_map(|heard| heard.delays).collect(), &flood, seconds);
}

/// A socket of a guest of its own.
async fn enter(port: u16) -> Socket {
    let page = visit(port, &mut None).await.unwrap();
    connect(port, &format!("?ticket={}", page.ticket)).await.unwrap()
}

/// What a talker heard of all talkers, in its order, and how long each of it was on its way.
#[derive(Default)]
struct Heard {
    words: Vec<(Seq, String)>,
    delays: Vec<Duration>,
}

/// Says so many words at a human pace, and listens until everybody's were heard.
async fn talk(mut socket: Socket, number: u32, words: usize, said: Said) -> Heard {
    let mut heard = Heard::default();
    let mut pace = interval_at(tokio::time::Instant::now() + PACE * number / TALKERS, PACE);
    let (all, mut next) = (TALKERS as usize * words, 0);
    while heard.words.len() < all {
        tokio::select! {
            _ = pace.tick(), if next < words => {
                let word = format!("word {number}-{next}");
                said.lock().unwrap().insert(word.clone(), Instant::now());
                say(&mut socket, &word, &format!("n-{next}")).await;
                next += 1;
            }
            frame = timeout(PATIENCE, socket.next()) => {
                heard.take(frame.expect("nothing is lost").unwrap().unwrap(), &said);
            }
        }
    }
    // Whatever was told twice is here before the answer to this.
    socket.send(Message::text(json!({ "action": "ping" }).to_string())).await.unwrap();
    while heard.take(timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap(), &said) {}
    heard
}

impl Heard {
    /// Takes in a frame; answers whether there may be more.
    fn take(&mut self, frame: Message, said: &Said) -> bool {
        let Message::Text(text) = frame else { return true };
        match serde_json::from_str(&text).unwrap() {
            ServerMessage::Message(message) => {
                let Some(word) = message.text.and_then(|text| said_by_a_talker(text.as_str(), message.seq)) else {
                    return true;
                };
                self.delays.push(said.lock().unwrap()[&word.1].elapsed());
                self.words.push(word);
                true
            }
            ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
            ServerMessage::Pong => false,
            _ => true,
        }
    }
}

/// The place and the text of what a talker said.
fn said_by_a_talker(text: &str, seq: Seq) -> Option<(Seq, String)> {
    text.starts_with("word ").then(|| (seq, text.to_owned()))
}

/// What became of a flood.
#[derive(Debug, Default)]
struct Flood {
    sent: u64,
    stored: u64,
    refused: u64,
}

/// Says so much a second for so long, and reads every answer.
async fn flood(socket: Socket, rate: u64, how_long: Duration) -> Flood {
    let (mut sink, mut stream) = socket.split();
    let all = rate * how_long.as_secs();
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
        while flood.stored + flood.refused < all {
            let frame = timeout(PATIENCE, stream.next()).await.expect("every frame is answered").unwrap().unwrap();
            let Message::Text(text) = frame else { continue };
            match serde_json::from_str(&text).unwrap() {
                ServerMessage::Message(message)
                    if message.text.as_ref().is_some_and(|text| text.as_str() == "flood") =>
                {
                    flood.stored += 1;
                }
                ServerMessage::Error { code: ErrorCode::TooFast, retry_after: Some(_), .. } => flood.refused += 1,
                ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
                _ => {}
            }
        }
        flood
    };
    tokio::join!(send, read).1
}

async fn say(socket: &mut Socket, text: &str, nonce: &str) {
    let frame = json!({ "action": "send", "text": text, "nonce": nonce });
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

fn print_delays(mut delays: Vec<Duration>, flood: &Flood, seconds: u64) {
    delays.sort();
    let at = |percent: usize| delays[(delays.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let Flood { sent, stored, refused } = flood;
    println!(
        "{seconds} s: {sent} frames of one person, {stored} stored, {refused} refused; of {} deliveries to others \
         50 % took {:.1} ms, 90 % {:.1}, 99 % {:.1}, all {:.1}",
        delays.len(),
        at(50),
        at(90),
        at(99),
        at(100),
    );
}
