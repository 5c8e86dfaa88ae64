//! Tests of the log: it holds no messages, names or credentials.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use chat_testing::local_server::{LocalServer, Socket, command, connect, make_page};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

/// Marker that must not appear in the log. It is part of every text, name and bad frame below.
const SECRET: &str = "xyzzy";

/// Starts the binary with a log level.
fn start(level: &str) -> LocalServer {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let log = File::create(directory.path().join("log")).unwrap();
    let mut process = command(LOCAL, directory.path()).env("RUST_LOG", level).stderr(log).spawn().unwrap();
    let mut first_line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
    let port = first_line.trim().rsplit(':').next().unwrap().parse().unwrap();
    LocalServer { binary: LOCAL, process, port, directory }
}

fn get(port: u16, path: &str, cookie: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn request(socket: &mut Socket, frame: &str) -> Value {
    socket.send(Message::Text(frame.into())).await.unwrap();
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["type"] != "presence" {
                return answer;
            }
        }
    }
}

#[tokio::test]
async fn the_log_holds_no_messages_names_or_credentials() {
    let local = start("trace");
    let first = get(local.port, "/state/lobby", &format!("name={SECRET}"));
    let cookie = first.split("guest=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let state: Value = serde_json::from_str(first.rsplit("\r\n\r\n").next().unwrap().trim()).unwrap();
    let ticket = state["ticket"].as_str().unwrap().to_owned();
    get(local.port, "/", &format!("guest={cookie}; name={SECRET}"));
    for path in
        ["/?", "/images/ann/lobby/", "/uploads/ann/lobby/", "/me/data/lobby/", "/assets/", "/r/a%20", "/state/_", "/"]
    {
        get(local.port, &format!("{path}{SECRET}"), "");
    }
    local.send_raw(&format!("{SECRET} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    local.send_raw(&format!(
        "GET / HTTP/1.1\r\nHost: {SECRET}.example\r\nOrigin: http://{SECRET}\r\nConnection: close\r\n\r\n"
    ));

    let mut socket = connect(local.port, &format!("?ticket={ticket}&name={SECRET}")).await.unwrap();
    let frames = [
        json!({ "action": "send", "text": SECRET, "nonce": "n" }).to_string(),
        json!({ "action": "edit", "seq": 1, "text": format!("{SECRET} again") }).to_string(),
        json!({ "action": "search", "text": SECRET }).to_string(),
        json!({ "action": SECRET }).to_string(),
        json!({ "action": "send", "text": [SECRET] }).to_string(),
        json!({ "action": "upload", "nonce": "u", "type": SECRET, "size": 1 }).to_string(),
        json!({ "action": "react", "seq": 1, "emoji": SECRET, "on": true }).to_string(),
        json!({ "action": "rename", "name": format!("{SECRET}\u{202e}") }).to_string(),
        json!({ "action": "mute", "person": SECRET, "seconds": 1 }).to_string(),
        SECRET.into(),
        json!({ "action": "forget" }).to_string(),
    ];
    for frame in &frames {
        request(&mut socket, frame).await;
    }
    drop(socket);
    drop(connect(local.port, &format!("?ticket={ticket}")).await);

    let log = fs::read_to_string(local.directory.path().join("log")).unwrap();
    assert!(log.contains("frame refused") && log.contains("joined"), "the log is not empty: {log}");
    for (what, secret) in [("a text or name", SECRET), ("the cookie", &cookie), ("the ticket", &ticket)] {
        assert!(!log.contains(secret), "{what} is in the log: {log}");
    }
}

#[test]
fn an_invalid_level_is_logged_and_means_info() {
    let log = |level| {
        let local = start(level);
        get(local.port, "/", "");
        local.log()
    };
    let output = log("loud");
    assert!(
        output.contains("RUST_LOG is no level") && output.contains("loud") && output.contains("request"),
        "{output}"
    );
    let output = log("warn");
    assert!(!output.contains("RUST_LOG") && !output.contains("request"), "{output}");
}
