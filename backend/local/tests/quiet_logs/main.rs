//! What is logged: nothing that anybody says, is called, or is let in by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use chat_testing::local_server::{LocalServer, Socket, command, connect, make_page};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// The path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

/// What must not be found: in every text, name and wrong frame below.
const SECRET: &str = "xyzzy";

/// The binary, with that level.
fn start(level: &str) -> LocalServer {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let log = File::create(directory.path().join("log")).unwrap();
    let mut process = command(LOCAL, directory.path()).env("RUST_LOG", level).stderr(log).spawn().unwrap();
    let mut announced = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut announced).unwrap();
    let port = announced.trim().rsplit(':').next().unwrap().parse().unwrap();
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

async fn ask(socket: &mut Socket, frame: &str) -> Value {
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
async fn nothing_that_anybody_says_or_is_let_in_by_is_logged() {
    let local = start("trace");
    let first = get(local.port, "/state/lobby", &format!("name={SECRET}"));
    let cookie = first.split("guest=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let state: Value = serde_json::from_str(first.rsplit("\r\n\r\n").next().unwrap().trim()).unwrap();
    let ticket = state["ticket"].as_str().unwrap().to_owned();
    get(local.port, "/", &format!("guest={cookie}; name={SECRET}"));
    for path in ["/?", "/images/ann/lobby/", "/uploads/ann/lobby/"] {
        get(local.port, &format!("{path}{SECRET}"), "");
    }

    let mut socket = connect(local.port, &format!("?ticket={ticket}&name={SECRET}")).await.unwrap();
    let said = [
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
    for frame in &said {
        ask(&mut socket, frame).await;
    }
    drop(socket);
    drop(connect(local.port, &format!("?ticket={ticket}")).await);

    let log = fs::read_to_string(local.directory.path().join("log")).unwrap();
    assert!(log.contains("frame refused") && log.contains("joined"), "it does log: {log}");
    for (what, secret) in [("a text or name", SECRET), ("the cookie", &cookie), ("the ticket", &ticket)] {
        assert!(!log.contains(secret), "{what} is in the log: {log}");
    }
}

#[test]
fn a_level_that_is_none_is_said_and_is_info() {
    let log = |level| {
        let local = start(level);
        get(local.port, "/", "");
        local.log()
    };
    let told = log("loud");
    assert!(told.contains("RUST_LOG is no level") && told.contains("loud") && told.contains("request"), "{told}");
    let told = log("warn");
    assert!(!told.contains("RUST_LOG") && !told.contains("request"), "{told}");
}
