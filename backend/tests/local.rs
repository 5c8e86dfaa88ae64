//! The single binary as a process: how it starts, what it serves, and how its sockets and itself end.

#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

#[path = "support/local.rs"]
mod support;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{Command, ExitStatus},
};

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use support::{Local, Socket, command, connect, make_page};
use tokio_tungstenite::tungstenite::{Error, Message};

impl Local {
    async fn socket(&self, query: &str) -> Result<Socket, Error> {
        connect(self.port, query).await
    }

    fn get(&self, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn interrupt(&self) {
        let done = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.process.wait().unwrap();
        (status, self.log())
    }
}

/// The code with which a socket is closed; what comes before is passed over.
async fn close_code(socket: &mut Socket) -> Option<u16> {
    while let Some(frame) = socket.next().await {
        if let Ok(Message::Close(close)) = frame {
            return close.map(|close| close.code.into());
        }
    }
    None
}

/// The next frame of a type; others are passed over.
async fn next(socket: &mut Socket, of_type: &str) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] == of_type {
                return frame;
            }
        }
    }
}

async fn say(socket: &mut Socket, frame: &str) {
    socket.send(Message::text(frame)).await.unwrap();
}

#[tokio::test]
async fn a_silent_socket_is_closed_and_one_that_pings_is_not() {
    let local = Local::start(&["--idle-seconds", "2"]);
    let mut silent = local.socket("").await.unwrap();
    let mut lively = local.socket("").await.unwrap();
    let pinging = async {
        loop {
            say(&mut lively, r#"{"action":"ping"}"#).await;
            next(&mut lively, "pong").await;
        }
    };
    tokio::select! {
        code = close_code(&mut silent) => assert_eq!(code, Some(1001)),
        () = pinging => unreachable!("it pings for ever"),
    }
    say(&mut lively, r#"{"action":"ping"}"#).await;
    next(&mut lively, "pong").await;
}

#[tokio::test]
async fn a_socket_is_closed_at_the_end_of_its_life_however_lively_it_is() {
    let local = Local::start(&["--lifetime-seconds", "1"]);
    let mut socket = local.socket("").await.unwrap();
    say(&mut socket, r#"{"action":"ping"}"#).await;
    assert_eq!(close_code(&mut socket).await, Some(1001));
}

#[tokio::test]
async fn a_binary_frame_and_a_frame_that_is_too_big_close_their_socket_and_no_other() {
    let local = Local::start(&[]);
    let mut bystander = local.socket("").await.unwrap();
    for (frame, code) in [
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::text("x".repeat(128 * 1024 + 1)), 1009),
        (Message::text("x".repeat(3 * 1024 * 1024)), 1009),
    ] {
        let mut socket = local.socket("").await.unwrap();
        // The far end may have closed before the last byte was out.
        drop(socket.send(frame).await);
        assert_eq!(close_code(&mut socket).await, Some(code));
    }
    say(&mut bystander, r#"{"action":"send","text":"still here"}"#).await;
    assert_eq!(next(&mut bystander, "message").await["text"], "still here");
}

#[tokio::test]
async fn a_refused_socket_is_told_why() {
    let local = Local::start(&["--limit-connection-count", "1"]);
    let _first = local.socket("").await.unwrap();
    for (query, status, reason) in [
        ("?room=Bad%20Room", 400, "the room's name"),
        ("?ticket=forged", 401, "reload the page"),
        ("", 429, "all 1 places are taken"),
    ] {
        let Err(Error::Http(answer)) = local.socket(query).await else { panic!("{query} was let in") };
        let body = String::from_utf8(answer.body().clone().unwrap_or_default()).unwrap();
        assert_eq!(answer.status(), status, "{query}");
        assert!(body.contains(reason), "{query}: {body}");
    }
}

#[tokio::test]
async fn an_interrupt_closes_sockets_in_order_and_ends_the_process_well() {
    let mut local = Local::start(&[]);
    let mut socket = local.socket("").await.unwrap();
    say(&mut socket, r#"{"action":"ping"}"#).await;
    next(&mut socket, "pong").await;
    local.interrupt();
    assert_eq!(close_code(&mut socket).await, Some(1001));
    let (status, log) = local.ended();
    assert!(status.success(), "{log}");
}

#[test]
fn a_data_directory_that_another_process_holds_is_refused_with_a_sentence() {
    let local = Local::start(&[]);
    let second = command(local.directory.path()).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(told.contains("is in use by another process"), "{told}");
}

#[test]
fn a_page_that_is_not_built_is_refused_with_a_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let refused = command(directory.path()).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("cargo xtask run") && told.contains("--page"), "{told}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let local = Local::start(&[]);
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let second = command(directory.path()).args(["--port", &local.port.to_string()]).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(told.contains(&local.port.to_string()) && told.contains("--port"), "{told}");
}

#[test]
fn assets_are_immutable_and_come_compressed_to_those_who_can_read_it() {
    let local = Local::start(&[]);
    let plain = local.get("/assets/page-1a2b.js", "");
    assert!(plain.contains("immutable") && plain.ends_with("export {}"), "{plain}");
    let pressed = local.get("/assets/page-1a2b.js", "Accept-Encoding: br\r\n");
    assert!(pressed.contains("content-encoding: br") && pressed.ends_with("pressed"), "{pressed}");
    let missing = local.get("/assets/../data/chat.redb", "");
    assert!(missing.starts_with("HTTP/1.1 404") && !missing.contains("immutable"), "{missing}");
}

#[test]
fn what_keeps_its_name_is_asked_for_again_and_the_worker_is_above_all_that_it_answers_for() {
    let local = Local::start(&[]);
    for (path, kind, content) in [
        ("/sw.js", "text/javascript", "skipWaiting()"),
        ("/assets/app/manifest.webmanifest", "application/manifest+json", "{}"),
    ] {
        let answer = local.get(path, "");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(content), "{answer}");
        assert!(answer.contains("cache-control: no-cache") && answer.contains(kind), "{answer}");
    }
    let missing = local.get("/assets/app/nothing", "");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
}

#[test]
fn a_page_is_one_visitor_s_own_and_its_guest_stays_the_same() {
    let local = Local::start(&[]);
    let first = local.get("/r/cats", "");
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("cache-control: no-store"), "{first}");
    let cookie = first.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let guest = cookie.split(';').next().unwrap();
    let state = |headers: &str| -> Value {
        let answer = local.get("/state/cats", headers);
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let cookies = format!("Cookie: {guest}; name=Ann%20B\r\n");
    assert_eq!(state(&cookies)["you"]["id"].as_str(), guest.strip_prefix("guest=").and_then(|g| g.split('.').next()));
    assert_eq!(state(&cookies)["you"]["name"], "Ann B");
    assert_ne!(state("")["you"]["id"], state("")["you"]["id"]);
    assert!(local.get("/r/Bad_Room", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn a_guest_who_came_by_https_has_a_cookie_of_this_host_alone() {
    let local = Local::start(&[]);
    let set = |headers: &str| -> String {
        let answer = local.get("/", headers);
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().to_owned()
    };
    let https = "X-Forwarded-Proto: https\r\n";
    let cookie = set(https);
    assert!(
        cookie.starts_with("__Host-guest=") && cookie.contains("; Path=/; ") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let (_, guest) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    let id = |cookie: &str| cookie.split_once('=').unwrap().1.split('.').next().unwrap().to_owned();
    // One that came without might have been put there by anybody on the way.
    for (sent, same) in [("__Host-guest", true), ("guest", false)] {
        assert_eq!(id(&set(&format!("{https}Cookie: {sent}={guest}\r\n"))) == id(&cookie), same, "{sent}");
    }
}

#[test]
fn whatever_is_answered_says_that_it_is_no_page_and_nobody_else_s() {
    let local = Local::start(&[]);
    fs::remove_file(local.directory.path().join("dist/index.html")).unwrap();
    for (path, status) in
        [("/", 503), ("/state/cats", 200), ("/assets/nothing", 404), ("/images/nothing", 404), ("/uploads/x", 405)]
    {
        let answer = local.get(path, "");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        for header in [
            "content-security-policy: default-src 'none'; ",
            "x-content-type-options: nosniff\r\n",
            "referrer-policy: same-origin\r\n",
            "cross-origin-resource-policy: same-origin\r\n",
        ] {
            assert_eq!(answer.matches(header).count(), 1, "{path}: {header} in {answer}");
        }
    }
}

#[test]
fn the_log_has_one_line_a_request_and_no_query() {
    let mut local = Local::start(&[]);
    local.get("/r/cats?ticket=secret", "");
    local.interrupt();
    let (_, log) = local.ended();
    assert_eq!(log.matches("/r/cats").count(), 1, "{log}");
    assert!(!log.contains("secret"), "{log}");
}
