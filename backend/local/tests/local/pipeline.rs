//! Messages that a client sends before the last one has come back.

use chat_testing::local_server::LocalServer;
use serde_json::Value;

use crate::{
    LOCAL,
    sockets::{next, next_of, send},
};

/// More than are stored at the same time.
const MESSAGES: u64 = 100;

#[tokio::test]
async fn messages_sent_at_once_keep_their_order() {
    let local = LocalServer::start(LOCAL, &[]);
    let (mut ann, mut bob) = (local.socket("?name=Ann").await.unwrap(), local.socket("?name=Bob").await.unwrap());
    let mut listener = local.socket("").await.unwrap();
    for number in 1..=MESSAGES {
        for socket in [&mut ann, &mut bob] {
            send(socket, &format!(r#"{{"action":"send","text":"{number}"}}"#)).await;
        }
    }
    for socket in [&mut listener, &mut ann, &mut bob] {
        let mut last = [("Ann", 0), ("Bob", 0)];
        let mut seqs = Vec::new();
        for _ in 0..2 * MESSAGES {
            let message = next(socket, "message").await;
            let author = last.iter_mut().find(|(name, _)| message["author"]["name"] == *name).unwrap();
            let number: u64 = message["text"].as_str().unwrap().parse().unwrap();
            assert_eq!(number, author.1 + 1, "the messages of {} are in order", author.0);
            author.1 = number;
            seqs.push(message["seq"].as_u64().unwrap());
        }
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=2 * MESSAGES).collect::<Vec<_>>(), "each has a place of its own");
    }
}

#[tokio::test]
async fn a_command_waits_for_the_messages_before_it() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = local.socket("").await.unwrap();
    for number in 1..=10 {
        send(&mut socket, &format!(r#"{{"action":"send","text":"{number}"}}"#)).await;
    }
    send(&mut socket, r#"{"action":"edit","seq":10,"text":"ten"}"#).await;
    send(&mut socket, r#"{"action":"send","text":"11"}"#).await;
    let mut texts = Vec::new();
    while texts.len() < 12 {
        texts.push(next_of(&mut socket, &["message", "error"]).await["text"].clone());
    }
    let expected = (1..=10).map(|number| number.to_string()).chain(["ten".into(), "11".into()]);
    assert_eq!(texts, expected.map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_retry_among_messages_sent_at_once_is_stored_once() {
    let local = LocalServer::start(LOCAL, &[]);
    let mut socket = local.socket("").await.unwrap();
    for nonce in ["a", "b", "a", "c", "b"] {
        send(&mut socket, &format!(r#"{{"action":"send","text":"{nonce}","nonce":"{nonce}"}}"#)).await;
    }
    let mut seqs = Vec::new();
    for _ in 0..5 {
        let message = next(&mut socket, "message").await;
        seqs.push((message["text"].as_str().unwrap().to_owned(), message["seq"].as_u64().unwrap()));
    }
    let seq_of = |text: &str| seqs.iter().find(|(other, _)| other == text).unwrap().1;
    assert!(
        seqs.iter().all(|(text, seq)| *seq == seq_of(text)),
        "a retry has the place of the first attempt: {seqs:?}"
    );
    assert!(seq_of("a") < seq_of("b") && seq_of("b") < seq_of("c"));
}
