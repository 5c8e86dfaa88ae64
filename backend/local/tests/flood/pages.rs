//! Clients load the page of a room whose messages are expensive to render.

use std::time::{Duration, Instant};

use chat_testing::{local_server::LocalServer, number::number};
use futures::{StreamExt, future::join_all};
use shared_types::{ServerMessage, limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    LOCAL,
    talkers::{SHORT_INTERVAL, Talk, delays, enter, send_text, talkers},
};

#[tokio::test(flavor = "multi_thread")]
async fn page_loads_do_not_affect_others() {
    let (seconds, clients) = (number("FLOOD_SECONDS", 3), number("FLOOD_PAGES", 2));
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = enter(local.port, "heavy").await;
    for number in 0..limits::PAGE_MESSAGES + 1 {
        send_text(&mut socket, &"*a*b".repeat(limits::TEXT_CHARS / 4), &format!("h-{number}")).await;
        while !is_message(&socket.next().await.unwrap().unwrap()) {}
    }
    let talk = Talk::new(seconds, SHORT_INTERVAL);
    let alone = talk.run(talkers(local.port).await).await;
    let talkers = talkers(local.port).await;
    let until = Instant::now() + Duration::from_secs(seconds);
    let loads = join_all((0..clients).map(|_| tokio::spawn(load_until(local.port, until))));
    let (pages, received) = tokio::join!(loads, talk.run(talkers));
    let pages: u64 = pages.into_iter().map(Result::unwrap).sum();
    println!("{clients} clients loaded {pages} pages in {seconds} s; {}; alone: {}", delays(&received), delays(&alone));
}

fn is_message(frame: &Message) -> bool {
    let Message::Text(text) = frame else { return false };
    matches!(serde_json::from_str(text).unwrap(), ServerMessage::Message(_))
}

/// Loads the page, as a browser does, again and again. Returns how often.
async fn load_until(port: u16, until: Instant) -> u64 {
    let mut loads = 0;
    while Instant::now() < until {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let request = "GET /r/heavy HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..answer.len().min(200)]));
        loads += 1;
    }
    loads
}
