//! The single binary is killed again and again while people talk, and goes on with what is in its directory.
//!
//! `KILLS` says how many times (5), `SEED` at which moments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use chat_testing::{
    guest::{visit, whole_log},
    local_server::{LocalServer, Socket, connect},
    number::number,
};
use futures::{SinkExt, StreamExt, future::join_all};
use shared_types::{ChatMessage, ClientMessage, Nonce, PersonId, Seq, ServerMessage};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

/// The path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const SENDERS: u64 = 4;

/// The longest wait for an answer of a server that runs.
const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged_and_keeps_each_sender_s_order() {
    let (kills, seed) = (number("KILLS", 5), number("SEED", 0));
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut local = LocalServer::start(LOCAL, &[]);
    let (serves, server) = watch::channel(Some(local.port));
    let (tell, mut acknowledgements) = mpsc::unbounded_channel();
    let enough = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| tokio::spawn(Sender::new(server.clone(), tell.clone(), enough.clone()).send_until_enough()))
        .collect();
    for _ in 0..kills {
        for _ in 0..dice.u32(20..120) {
            timeout(PATIENCE, acknowledgements.recv()).await.expect("the server answers").unwrap();
        }
        // An acknowledgement has just been given; the kill is to hit any moment from one to the next.
        tokio::time::sleep(Duration::from_millis(dice.u64(0..5))).await;
        serves.send_replace(None);
        local.kill();
        local.restart();
        serves.send_replace(Some(local.port));
    }
    enough.store(true, Relaxed);
    let ended = timeout(PATIENCE, join_all(senders)).await.expect("what is under way comes to its end");
    let accounts: Vec<Account> = ended.into_iter().map(Result::unwrap).collect();
    let messages = judge(&whole_log(local.port).await, &accounts);
    println!("{kills} kills, {messages} messages acknowledged, 0 lost, 0 twice (SEED={seed})");
}

/// Every message was acknowledged in the end, so the log is exactly what the senders have seen; answers with its length.
fn judge(log: &[ChatMessage], accounts: &[Account]) -> usize {
    assert!(log.is_sorted_by(|one, next| one.seq < next.seq), "the log has one order");
    let mut places: BTreeMap<_, Vec<Seq>> = BTreeMap::new();
    for message in log {
        places.entry((message.author.id.clone(), message.nonce.clone())).or_default().push(message.seq);
    }
    let mut expected = BTreeMap::new();
    for Account { id, acknowledged } in accounts {
        assert!(!acknowledged.is_empty(), "everyone said something");
        expected.extend(acknowledged.iter().map(|(nonce, seq)| ((id.clone(), nonce.clone()), vec![*seq])));
    }
    let wrong: Vec<_> = expected.iter().filter(|(message_key, seqs)| places.get(message_key) != Some(seqs)).collect();
    assert!(wrong.is_empty(), "of {} acknowledged {} are not there once: {wrong:?}", expected.len(), wrong.len());
    assert_eq!(log.len(), expected.len(), "nothing else is there");
    for Account { id, acknowledged } in accounts {
        assert!(acknowledged.is_sorted_by_key(|(_, seq)| *seq), "{id} reads their messages in their order");
    }
    log.len()
}

/// What a sender knows in the end: what was acknowledged, in the order in which it was written, and where it stood.
struct Account {
    id: PersonId,
    acknowledged: Vec<(Nonce, Seq)>,
}

/// Somebody who says one thing after another, each as soon as the one before is acknowledged.
struct Sender {
    /// The port at which the server runs, while it does.
    server: watch::Receiver<Option<u16>>,
    tell: mpsc::UnboundedSender<()>,
    enough: Arc<AtomicBool>,
    cookie: Option<String>,
    id: Option<PersonId>,
    acknowledged: Vec<(Nonce, Seq)>,
    /// What was said and is not acknowledged.
    pending: Option<Nonce>,
}

impl Sender {
    fn new(server: watch::Receiver<Option<u16>>, tell: mpsc::UnboundedSender<()>, enough: Arc<AtomicBool>) -> Self {
        Self { server, tell, enough, cookie: None, id: None, acknowledged: Vec::new(), pending: None }
    }

    async fn send_until_enough(mut self) -> Account {
        while self.pending.is_some() || !self.enough.load(Relaxed) {
            let port = self.server.wait_for(Option::is_some).await.unwrap().unwrap();
            // When the server was killed meanwhile, what is pending is said to the next one.
            let _ = self.talk(port).await;
        }
        Account { id: self.id.unwrap(), acknowledged: self.acknowledged }
    }

    /// Talks until there was enough, or the server is gone: `None`.
    async fn talk(&mut self, port: u16) -> Option<()> {
        let page = visit(port, &mut self.cookie).await?;
        let me = self.id.get_or_insert(page.you.id.clone()).clone();
        assert_eq!(me, page.you.id, "a guest is the same person after a restart");
        let mut socket = connect(port, &format!("?ticket={}", page.ticket)).await.ok()?;
        while let Some(nonce) = self.next() {
            let text = format!("{nonce} of {me}").parse().ok();
            let send = ClientMessage::Send {
                text,
                nonce: Some(nonce.clone()),
                image: None,
                reply_to: None,
                mentions: Vec::new(),
            };
            socket.send(Message::text(serde_json::to_string(&send).unwrap())).await.ok()?;
            let answer = acknowledgement(&mut socket, &me, &nonce);
            let seq = timeout(PATIENCE, answer).await.expect("the server answers")?;
            self.pending = None;
            self.acknowledged.push((nonce, seq));
            // In the end nobody counts them any more.
            let _ = self.tell.send(());
        }
        Some(())
    }

    /// What is to be said now: what is pending, or else something new.
    fn next(&mut self) -> Option<Nonce> {
        if self.pending.is_none() && !self.enough.load(Relaxed) {
            self.pending = Some(format!("n{}", self.acknowledged.len()).parse().unwrap());
        }
        self.pending.clone()
    }
}

/// The place at which a message was stored, once its own broadcast says so; `None` when the socket ends before that.
async fn acknowledgement(socket: &mut Socket, me: &PersonId, nonce: &Nonce) -> Option<Seq> {
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else { continue };
        match serde_json::from_str(&text).unwrap() {
            ServerMessage::Message(said) if said.author.id == *me && said.nonce == *nonce => return Some(said.seq),
            ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
            _ => {}
        }
    }
}
