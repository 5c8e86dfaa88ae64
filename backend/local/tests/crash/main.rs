//! Test that kills the local server repeatedly while people send messages, and restarts it with the same data directory.
//!
//! `KILLS` is the number of kills (default 5), `SEED` determines their times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

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

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const SENDERS: u64 = 4;

/// Maximum wait for an answer of a running server.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_killed_process_keeps_acknowledged_messages_in_order() {
    let (kills, seed) = (number("KILLS", 5), number("SEED", 0));
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut local = LocalServer::start(LOCAL, &[]);
    let (port, server) = watch::channel(Some(local.port));
    let (acknowledged, mut acknowledgements) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| tokio::spawn(Sender::new(server.clone(), acknowledged.clone(), stop.clone()).send_until_stopped()))
        .collect();
    for _ in 0..kills {
        for _ in 0..rng.u32(20..120) {
            timeout(ANSWER_TIMEOUT, acknowledgements.recv()).await.expect("the server answers").unwrap();
        }
        // An acknowledgement was just received. The kill comes at a random time before the next one.
        tokio::time::sleep(Duration::from_millis(rng.u64(0..5))).await;
        port.send_replace(None);
        local.kill();
        local.restart();
        port.send_replace(Some(local.port));
    }
    stop.store(true, Relaxed);
    let ended = timeout(ANSWER_TIMEOUT, join_all(senders)).await.expect("pending messages are acknowledged");
    let accounts: Vec<Account> = ended.into_iter().map(Result::unwrap).collect();
    let messages = verify(&whole_log(local.port).await, &accounts);
    println!("{kills} kills, {messages} messages acknowledged, 0 lost, 0 twice (SEED={seed})");
}

/// Verifies that the log is exactly what the senders saw, because every message was acknowledged. Returns its length.
fn verify(log: &[ChatMessage], accounts: &[Account]) -> usize {
    assert!(log.is_sorted_by(|one, next| one.seq < next.seq), "the log has one order");
    let mut stored: BTreeMap<_, Vec<Seq>> = BTreeMap::new();
    for message in log {
        stored.entry((message.author.id.clone(), message.nonce.clone())).or_default().push(message.seq);
    }
    let mut expected = BTreeMap::new();
    for Account { id, acknowledged } in accounts {
        assert!(!acknowledged.is_empty(), "every sender sent something");
        expected.extend(acknowledged.iter().map(|(nonce, seq)| ((id.clone(), nonce.clone()), vec![*seq])));
    }
    let wrong: Vec<_> = expected.iter().filter(|(message_key, seqs)| stored.get(message_key) != Some(seqs)).collect();
    assert!(
        wrong.is_empty(),
        "of {} acknowledged messages {} are not stored exactly once: {wrong:?}",
        expected.len(),
        wrong.len()
    );
    assert_eq!(log.len(), expected.len(), "the log holds nothing else");
    for Account { id, acknowledged } in accounts {
        assert!(acknowledged.is_sorted_by_key(|(_, seq)| *seq), "the messages of {id} are in their order");
    }
    log.len()
}

/// Result of a sender: the acknowledged messages in the order in which they were sent, with their positions.
struct Account {
    id: PersonId,
    acknowledged: Vec<(Nonce, Seq)>,
}

/// Client that sends one message after another, each as soon as the one before is acknowledged.
struct Sender {
    /// Port of the server while it runs.
    server: watch::Receiver<Option<u16>>,
    acknowledged_one: mpsc::UnboundedSender<()>,
    stop: Arc<AtomicBool>,
    cookie: Option<String>,
    id: Option<PersonId>,
    acknowledged: Vec<(Nonce, Seq)>,
    /// The message that is sent and not acknowledged yet.
    pending: Option<Nonce>,
}

impl Sender {
    fn new(
        server: watch::Receiver<Option<u16>>,
        acknowledged_one: mpsc::UnboundedSender<()>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        Self { server, acknowledged_one, stop, cookie: None, id: None, acknowledged: Vec::new(), pending: None }
    }

    async fn send_until_stopped(mut self) -> Account {
        while self.pending.is_some() || !self.stop.load(Relaxed) {
            let port = self.server.wait_for(Option::is_some).await.unwrap().unwrap();
            // If the server was killed meanwhile, the pending message is sent to the next one.
            let _ = self.send_messages(port).await;
        }
        Account { id: self.id.unwrap(), acknowledged: self.acknowledged }
    }

    /// Sends messages until the test stops (`Some`) or the server is gone (`None`).
    async fn send_messages(&mut self, port: u16) -> Option<()> {
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
                poll: None,
                thread: None,
                in_room: false,
            };
            socket.send(Message::text(serde_json::to_string(&send).unwrap())).await.ok()?;
            let answer = acknowledgement(&mut socket, &me, &nonce);
            let seq = timeout(ANSWER_TIMEOUT, answer).await.expect("the server answers")?;
            self.pending = None;
            self.acknowledged.push((nonce, seq));
            // The test stops counting at its end, so the receiver may be closed.
            let _ = self.acknowledged_one.send(());
        }
        Some(())
    }

    /// Returns the nonce of the message to send: the pending one, or else a new one.
    fn next(&mut self) -> Option<Nonce> {
        if self.pending.is_none() && !self.stop.load(Relaxed) {
            self.pending = Some(format!("n{}", self.acknowledged.len()).parse().unwrap());
        }
        self.pending.clone()
    }
}

/// Waits for the broadcast of a message and returns its position; `None` if the socket ends before.
async fn acknowledgement(socket: &mut Socket, me: &PersonId, nonce: &Nonce) -> Option<Seq> {
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else { continue };
        match serde_json::from_str(&text).unwrap() {
            ServerMessage::Message(message) if message.author.id == *me && message.nonce == *nonce => {
                return Some(message.seq);
            }
            ServerMessage::Error { code, message, .. } => panic!("{code:?}: {message}"),
            _ => {}
        }
    }
}
