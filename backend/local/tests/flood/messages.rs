//! One person sends a thousand messages a second. No message of the others is lost, duplicated or out of order.

use std::time::Duration;

use chat_testing::{
    guest::whole_log,
    local_server::{LocalServer, Socket},
    number::number,
};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use shared_types::{ErrorCode, ServerMessage, limits};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    LOCAL,
    talkers::{FRAME_TIMEOUT, HUMAN_INTERVAL, TALKERS, Talk, delays, enter, talker_message, talkers},
};

#[tokio::test(flavor = "multi_thread")]
async fn one_person_s_flood_does_not_affect_others() {
    let (seconds, rate) = (number("FLOOD_SECONDS", 3), number("FLOOD_RATE", 1_000));
    let (person, address) = (limits::RATE_PERSON.to_string(), limits::RATE_ADDRESS.to_string());
    let local = LocalServer::start(LOCAL, &["--limit-person-rate", &person, "--limit-address-rate", &address]);
    let talk = Talk::new(seconds, HUMAN_INTERVAL);
    let talkers = talkers(local.port).await;
    let flooder = enter(local.port, "lobby").await;
    let (flood, received) =
        tokio::join!(tokio::spawn(flood(flooder, rate, Duration::from_secs(seconds))), talk.run(talkers));
    let flood = flood.unwrap();

    let log = whole_log(local.port).await;
    let order: Vec<_> = log.iter().filter_map(|one| talker_message(one.text.as_ref()?.as_str(), one.seq)).collect();
    assert_eq!(order.len(), TALKERS as usize * talk.count, "every message is stored once");
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
    let Flood { sent, stored, rejected } = flood;
    let delays = delays(&received);
    println!("{seconds} s: {sent} frames of one person, {stored} stored, {rejected} rejected; {delays}");
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
