//! Many people behind one address search a room of long messages at the same time.

use std::time::Instant;

use chat_testing::{
    local_server::{LocalServer, Socket},
    number::number,
};
use futures::{SinkExt, StreamExt, future::join_all};
use serde_json::json;
use shared_types::{ServerMessage, limits};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    LOCAL,
    talkers::{FRAME_TIMEOUT, SHORT_INTERVAL, Talk, delays, enter, send_text, talkers},
};

/// What the long messages consist of: the ligature that folding expands to 18 characters, which is the slowest text to fold.
const PART: char = '\u{fdfa}';

#[tokio::test(flavor = "multi_thread")]
async fn searches_do_not_affect_others() {
    let (seconds, searches) = (number("FLOOD_SECONDS", 3), number("FLOOD_SEARCHES", 10));
    let messages = if searches > 10 { limits::SEARCH_READ } else { 20 };
    let local = LocalServer::start(LOCAL, &[]);
    fill(&mut enter(local.port, "long").await, messages).await;
    let mut sockets = Vec::new();
    for _ in 0..searches {
        sockets.push(enter(local.port, "long").await);
    }
    let search = sockets.into_iter().map(|socket| tokio::spawn(search_for_nothing(socket)));
    let talk = Talk::new(seconds, SHORT_INTERVAL);
    let alone = talk.run(talkers(local.port).await).await;
    let talkers = talkers(local.port).await;
    let start = Instant::now();
    let searching = async {
        join_all(search).await.into_iter().for_each(Result::unwrap);
        start.elapsed().as_secs_f64()
    };
    let (took, received) = tokio::join!(searching, talk.run(talkers));
    println!(
        "{searches} searches of {messages} long messages took {took:.1} s; {}; alone: {}",
        delays(&received),
        delays(&alone)
    );
}

async fn fill(socket: &mut Socket, messages: usize) {
    for number in 0..messages {
        send_text(socket, &PART.to_string().repeat(limits::TEXT_CHARS), &format!("l-{number}")).await;
        while !matches!(next(socket).await, ServerMessage::Message(_)) {}
    }
}

async fn search_for_nothing(mut socket: Socket) {
    socket.send(Message::text(json!({ "action": "search", "text": "needle" }).to_string())).await.unwrap();
    loop {
        match next(&mut socket).await {
            ServerMessage::Found { messages, .. } => return assert_eq!(messages, []),
            ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
            _ => {}
        }
    }
}

async fn next(socket: &mut Socket) -> ServerMessage {
    loop {
        let frame = timeout(8 * FRAME_TIMEOUT, socket.next()).await.expect("every frame is answered").unwrap().unwrap();
        if let Message::Text(text) = frame {
            return serde_json::from_str(&text).unwrap();
        }
    }
}
