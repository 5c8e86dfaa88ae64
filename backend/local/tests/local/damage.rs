//! Tests of a damaged database file.

use std::{process::Command, time::Duration};

use chat_testing::{
    damage::damage,
    local_server::{LocalServer, command},
};
use fastrand::Rng;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    LOCAL,
    sockets::{next, next_of, send},
};

/// Number of damaged files of each test.
const SEEDS: u64 = 8;

/// Number of messages in a store: enough for a tree of several levels, so that most of the file is in use.
const MESSAGES: u32 = 200;

async fn start_with_messages() -> LocalServer {
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = local.socket("").await.unwrap();
    let text = "x".repeat(1_000);
    for number in 0..MESSAGES {
        send(&mut socket, &format!(r#"{{"action":"send","text":"{text}","nonce":"n-{number}"}}"#)).await;
    }
    for _ in 0..MESSAGES {
        next(&mut socket, "message").await;
    }
    local
}

/// Says hello and returns the answer.
async fn hello(local: &LocalServer) -> Value {
    let mut socket = local.socket("").await.unwrap();
    send(&mut socket, r#"{"action":"hello"}"#).await;
    let answer = next_of(&mut socket, &["page", "error"]);
    timeout(Duration::from_secs(15), answer).await.expect("the server answers")
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_a_sentence_or_served() {
    let mut refused = 0;
    for seed in 0..SEEDS {
        let mut local = start_with_messages().await;
        local.interrupt();
        local.wait();
        let data = local.directory.path().join("data");
        damage(&data.join("chat.redb"), &mut Rng::with_seed(seed));
        let copy = local.directory.path().join("copy");
        let check = Command::new(LOCAL).args(["backup", "--data"]).arg(&data).arg("--to").arg(copy).output().unwrap();
        if check.status.success() {
            local.restart();
            assert_eq!(hello(&local).await["type"], "page", "seed {seed}");
        } else {
            let output = command(LOCAL, local.directory.path()).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "seed {seed}: {error}");
            assert!(error.contains("chat.redb is damaged") && error.contains("restore a backup"), "{seed}: {error}");
            refused += 1;
        }
    }
    assert!(refused > 0, "some damage is in pages that are in use");
}

#[tokio::test]
async fn damage_while_the_server_runs_never_leaves_a_hello_unanswered() {
    for seed in 0..SEEDS {
        let mut local = start_with_messages().await;
        // The cache of a new process is empty, so it reads the damage.
        local.kill();
        local.restart();
        damage(&local.directory.path().join("data/chat.redb"), &mut Rng::with_seed(seed));
        for _ in 0..3 {
            hello(&local).await;
        }
        assert!(local.get("/healthz", "").starts_with("HTTP/1.1 200"), "seed {seed}");
        assert!(!local.log().contains("RUST_BACKTRACE"), "a panic is one line of the log: {}", local.log());
    }
}
