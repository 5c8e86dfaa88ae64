//! A guest of the local binary: the cookie that identifies them, and requests that use it.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use shared_types::{ChatMessage, ClientMessage, HistoryRange, PageState, ServerMessage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::local_server::{Socket, connect};

/// Maximum time of a request, so that a test ends in every case.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Requests the state of the lobby and stores the session cookie: later visits with this cookie are the same guest. Returns `None`
/// if the response did not arrive completely.
pub async fn visit(port: u16, cookie: &mut Option<String>) -> Option<PageState> {
    let answer = timeout(REQUEST_TIMEOUT, get(port, cookie.as_deref())).await.ok()?.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let page = serde_json::from_str(body).ok()?;
    let set = head.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    *cookie = set.split(';').next().map(String::from);
    Some(page)
}

async fn get(port: u16, cookie: Option<&str>) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    let request = format!("GET /state/lobby HTTP/1.1\r\nHost: localhost\r\n{cookie}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Reads all messages of the lobby through a socket: the newest page, then the pages before it. Returns them oldest first.
pub async fn whole_log(port: u16) -> Vec<ChatMessage> {
    let mut socket = connect(port, "").await.unwrap();
    let mut log: Vec<ChatMessage> = Vec::new();
    let mut request = ClientMessage::Hello { since: None };
    loop {
        send(&mut socket, &request).await;
        let (older, more) = timeout(REQUEST_TIMEOUT, next_page(&mut socket)).await.unwrap();
        log.splice(0..0, older);
        match log.first() {
            Some(first) if more => request = ClientMessage::History { place: HistoryRange::Before(first.seq) },
            _ => return log,
        }
    }
}

async fn send(socket: &mut Socket, message: &ClientMessage) {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
}

async fn next_page(socket: &mut Socket) -> (Vec<ChatMessage>, bool) {
    loop {
        let Message::Text(text) = socket.next().await.unwrap().unwrap() else { continue };
        if let ServerMessage::Page { messages, more, .. } = serde_json::from_str(&text).unwrap() {
            return (messages, more);
        }
    }
}
