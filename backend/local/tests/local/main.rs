//! The single binary as a process: how it starts, what it serves, and how its sockets and itself end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

use std::fs;

use chat_testing::local_server::{LocalServer, Socket, command, make_page};
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

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
    let local = LocalServer::start(LOCAL, &["--idle-seconds", "2"]);
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
    let local = LocalServer::start(LOCAL, &["--lifetime-seconds", "1"]);
    let mut socket = local.socket("").await.unwrap();
    say(&mut socket, r#"{"action":"ping"}"#).await;
    assert_eq!(close_code(&mut socket).await, Some(1001));
}

#[tokio::test]
async fn a_binary_frame_and_a_frame_that_is_too_big_close_their_socket_and_no_other() {
    let local = LocalServer::start(LOCAL, &[]);
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
    let local = LocalServer::start(LOCAL, &["--limit-connection-count", "1"]);
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
    let mut local = LocalServer::start(LOCAL, &[]);
    let mut socket = local.socket("").await.unwrap();
    say(&mut socket, r#"{"action":"ping"}"#).await;
    next(&mut socket, "pong").await;
    local.interrupt();
    assert_eq!(close_code(&mut socket).await, Some(1001));
    let (status, log) = local.wait();
    assert!(status.success(), "{log}");
}

#[test]
fn a_data_directory_that_another_process_holds_is_refused_with_a_sentence() {
    let local = LocalServer::start(LOCAL, &[]);
    let second = command(LOCAL, local.directory.path()).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(told.contains("is in use by another process"), "{told}");
}

#[test]
fn a_page_that_is_not_built_is_refused_with_a_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let refused = command(LOCAL, directory.path()).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("cargo xtask run") && told.contains("--page"), "{told}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let local = LocalServer::start(LOCAL, &[]);
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let second = command(LOCAL, directory.path()).args(["--port", &local.port.to_string()]).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(told.contains(&local.port.to_string()) && told.contains("--port"), "{told}");
}

#[test]
fn assets_are_immutable_and_come_compressed_to_those_who_can_read_it() {
    let local = LocalServer::start(LOCAL, &[]);
    let plain = local.get("/assets/page-1a2b.js", "");
    assert!(plain.contains("immutable") && plain.ends_with("export {}"), "{plain}");
    let pressed = local.get("/assets/page-1a2b.js", "Accept-Encoding: br\r\n");
    assert!(pressed.contains("content-encoding: br") && pressed.ends_with("pressed"), "{pressed}");
    let missing = local.get("/assets/../data/chat.redb", "");
    assert!(missing.starts_with("HTTP/1.1 404") && !missing.contains("immutable"), "{missing}");
}

#[test]
fn what_keeps_its_name_is_asked_for_again_and_the_worker_is_above_all_that_it_answers_for() {
    let local = LocalServer::start(LOCAL, &[]);
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
    let local = LocalServer::start(LOCAL, &[]);
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
    assert_eq!(state(&cookies)["you"]["id"], state(&cookies)["you"]["id"]);
    assert_eq!(state(&cookies)["you"]["name"], "Ann B");
    assert_ne!(state("")["you"]["id"], state("")["you"]["id"]);
    assert!(local.get("/r/Bad_Room", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn a_guest_who_came_by_https_has_a_cookie_of_this_host_alone() {
    let local = LocalServer::start(LOCAL, &["--behind-proxy"]);
    let https = "X-Forwarded-Proto: https\r\n";
    let first = local.get("/state/lobby", https);
    let cookie = first.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(
        cookie.starts_with("__Host-guest=") && cookie.contains("; Path=/; ") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let (_, guest) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    let id = |answer: &str| answer.split_once(r#""you":{"id":""#).unwrap().1.split('"').next().unwrap().to_owned();
    // One that came without might have been put there by anybody on the way.
    for (sent, same) in [("__Host-guest", true), ("guest", false)] {
        let again = local.get("/state/lobby", &format!("{https}Cookie: {sent}={guest}\r\n"));
        assert_eq!(id(&again) == id(&first), same, "{sent}");
    }
}

#[test]
fn whatever_is_answered_says_that_it_is_no_page_and_nobody_else_s() {
    let local = LocalServer::start(LOCAL, &[]);
    fs::remove_file(local.directory.path().join("dist/index.html")).unwrap();
    for (path, status) in
        [("/", 503), ("/state/cats", 200), ("/assets/nothing", 404), ("/images/nothing", 404), ("/uploads/x", 405)]
    {
        let answer = local.get(path, "Origin: https://evil.example\r\n");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        assert!(!answer.contains("access-control-"), "no other site reads it: {answer}");
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
fn what_a_stranger_says_about_https_is_believed_behind_a_proxy_only() {
    for (flags, secure) in [(&[][..], false), (&["--behind-proxy"], true)] {
        let local = LocalServer::start(LOCAL, flags);
        let answer = local.get("/", "X-Forwarded-Proto: https\r\n");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(answer.contains("; Secure"), secure, "{flags:?}");
        assert!(!local.get("/", "X-Forwarded-Proto: http\r\n").contains("; Secure"), "{flags:?}");
    }
}

#[test]
fn a_socket_opens_for_a_page_of_this_machine_or_of_the_list_and_for_no_other() {
    let local = LocalServer::start(LOCAL, &["--allowed-origins", "https://chat.example,https://b.example"]);
    for (headers, status) in [
        ("", 101),
        ("Origin: http://localhost:8081\r\n", 101),
        ("Origin: http://127.0.0.1\r\n", 101),
        ("origin: https://b.example\r\n", 101),
        ("Origin: https://evil.example\r\n", 403),
        ("Origin: http://chat.example\r\n", 403),
        ("Origin: null\r\n", 403),
        ("Origin: \r\n", 403),
        ("Origin: http://localhost\r\nOrigin: https://evil.example\r\n", 403),
    ] {
        assert_eq!(local.handshake("localhost", headers).0, status, "{headers}");
    }
}

#[test]
fn a_server_for_others_opens_sockets_for_the_page_at_its_own_address() {
    let local = LocalServer::start(LOCAL, &["--host", "0.0.0.0"]);
    for (host, headers, status) in [
        ("chat.lan:8080", "Origin: http://chat.lan:8080\r\n", 101),
        ("chat.lan", "Origin: https://chat.lan\r\n", 101),
        ("chat.lan:8080", "Origin: http://evil.example:8080\r\n", 403),
        ("chat.lan:8080", "Origin: http://localhost:8080\r\n", 403),
    ] {
        assert_eq!(local.handshake(host, headers).0, status, "{host} {headers}");
    }
}

#[test]
fn a_name_that_somebody_has_pointed_at_this_machine_shows_nothing_and_is_told_of_the_flag() {
    let local = LocalServer::start(LOCAL, &["--allowed-origins", "https://chat.example"]);
    for path in ["/", "/state/lobby", "/ws", "/assets/page-1a2b.js", "/images/a/lobby/n", "/sw.js"] {
        let (status, told) =
            local.send_raw(&format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"));
        assert_eq!(status, 421, "{path}");
        assert!(!told.contains("set-cookie"), "{told}");
    }
    let all = local.get_at("evil.example", "/");
    assert!(all.contains("--allowed-origins"), "{all}");
    for host in ["localhost", "127.0.0.1:1", "[::1]:8080", "chat.example"] {
        assert!(local.get_at(host, "/").starts_with("HTTP/1.1 200"), "{host}");
    }
}

#[test]
fn sockets_of_one_address_that_open_too_fast_are_told_when_to_come_again() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "3", "--behind-proxy"]);
    // One may open in ten seconds; of three, two are in the same. The last address is what our proxy wrote, and what stands
    // before it is anybody's.
    let from = |number: u8| format!("X-Forwarded-For: 198.51.100.{number}, 203.0.113.7\r\n");
    let answers: Vec<_> = (0..3).map(|number| local.handshake("localhost", &from(number))).collect();
    let (status, told) = answers.into_iter().find(|(status, _)| *status != 101).unwrap();
    assert_eq!(status, 429);
    let seconds = told.lines().find_map(|line| line.strip_prefix("retry-after: ")).unwrap();
    assert!((1..=60).contains(&seconds.parse::<u32>().unwrap()), "{told}");
    assert_eq!(local.handshake("localhost", "X-Forwarded-For: 203.0.113.7, 198.51.100.1\r\n").0, 101);
}

#[test]
fn without_a_proxy_an_address_is_where_a_socket_comes_from_and_not_what_it_says() {
    let local = LocalServer::start(LOCAL, &["--limit-address-rate", "3"]);
    let from = |number: u8| format!("X-Forwarded-For: 198.51.100.{number}\r\n");
    let answers: Vec<_> = (0..3).map(|number| local.handshake("localhost", &from(number)).0).collect();
    assert!(answers.contains(&429), "{answers:?}");
}

#[test]
fn a_page_s_origin_that_is_none_is_refused_with_a_sentence() {
    let directory = tempfile::tempdir().unwrap();
    make_page(directory.path());
    let refused = command(LOCAL, directory.path()).args(["--allowed-origins", "chat.example"]).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("--allowed-origins") && told.contains("\"chat.example\" is no origin"), "{told}");
}

#[test]
fn the_log_has_one_line_a_request_and_no_query() {
    let mut local = LocalServer::start(LOCAL, &[]);
    local.get("/r/cats?ticket=secret", "");
    local.interrupt();
    let (_, log) = local.wait();
    assert_eq!(log.matches("/r/cats").count(), 1, "{log}");
    assert!(!log.contains("secret"), "{log}");
}
