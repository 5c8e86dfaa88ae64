//! A thread of more than one page, of which several requests run at the same time and end at any point. After the thread was read once,
//! its number of replies is exact.

use std::sync::Arc;

use chat::{
    commands::FrameRequest,
    ports::{connections::ConnectionId, messages::Messages},
};
use chat_testing::number::number;
use futures::future::join_all;
use serde_json::{Value, json};
use shared_types::{ChatMessage, RoomName, Seq, limits};

use crate::server::{Faults, NO_FAULTS, Server, Visit};

/// About every fourth request ends early, so that fewer than [`limits::THREAD_RECENT`] in a row do.
const FAULTS: Faults = Faults { crash: 6, outage: 3, ..NO_FAULTS };

/// Number of times that people act at the same time, after the first page.
const ROUNDS: usize = 40;

/// The poll, with which every room of the simulation begins.
const ROOT: Seq = Seq(1);

#[test]
fn the_number_of_replies_of_a_long_thread_is_exact() {
    let first = number("SEED", 0);
    let corrected = (first..first + number("SCHEDULES", 60)).filter(|seed| run(*seed)).count();
    assert!(corrected > 0, "some requests ended before the summary");
}

/// Runs one schedule. Returns whether the number was wrong before the thread was read.
fn run(seed: u64) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server = Server::new(seed, NO_FAULTS).await;
        server.post_poll().await;
        let author = connect(&server, None).await;
        let moderator = connect(&server, Some(server.moderator_cookie())).await;
        let mut thread = LongThread { server, author, moderator, replies: 0, deletions: 0 };
        for _ in 0..limits::THREAD_PAGE + 5 {
            let reply = thread.reply();
            thread.handle(vec![reply]).await;
        }
        thread.server.set_faults(FAULTS);
        for _ in 0..ROUNDS {
            let frames = thread.round().await;
            thread.handle(frames).await;
        }
        thread.server.set_faults(NO_FAULTS);
        let before = thread.count().await;
        thread.server.thread(ROOT, None).await;
        let alive = thread.alive().await.len();
        assert_eq!(thread.count().await, alive, "repeat it with SEED={seed} SCHEDULES=1");
        before != alive
    })
}

async fn connect(server: &Arc<Server>, mut cookie: Option<String>) -> ConnectionId {
    let Visit::Page(page, _) = server.visit(RoomName::lobby(), &mut cookie).await else { panic!("no page") };
    server.connect(page.room, page.ticket).await.expect("no fault").0
}

struct LongThread {
    server: Arc<Server>,
    /// Writes all replies.
    author: ConnectionId,
    moderator: ConnectionId,
    replies: usize,
    deletions: usize,
}

impl LongThread {
    /// Returns one to four frames of people who act at the same time, each with its sender.
    async fn round(&mut self) -> Vec<(ConnectionId, Value)> {
        let alive = self.alive().await;
        let mut frames = Vec::new();
        for _ in 0..2 {
            match self.server.pick(0..10) {
                0..5 => frames.push(self.reply()),
                5..9 => frames.extend(self.deletions(alive[self.server.pick(0..alive.len() as u64) as usize].seq)),
                _ => frames.push((self.author.clone(), json!({ "action": "thread", "seq": ROOT }))),
            }
        }
        frames
    }

    /// Returns the next reply, or the last one again.
    fn reply(&mut self) -> (ConnectionId, Value) {
        if self.server.pick(0..5) > 0 {
            self.replies += 1;
        }
        let nonce = format!("reply-{}", self.replies);
        (self.author.clone(), json!({ "action": "send", "text": "a reply", "nonce": nonce, "thread": ROOT }))
    }

    /// Returns deletions of a reply: by its author, by the moderator or by both.
    fn deletions(&mut self, seq: Seq) -> Vec<(ConnectionId, Value)> {
        self.deletions += 1;
        let nonce = format!("deletion-{}", self.deletions);
        let mut frames: Vec<_> = [&self.author, &self.moderator]
            .map(|by| (by.clone(), json!({ "action": "delete", "seq": seq, "nonce": nonce })))
            .into();
        match self.server.pick(0..4) {
            0 => frames.truncate(1),
            1 => drop(frames.remove(0)),
            _ => {}
        }
        frames
    }

    /// Handles frames at the same time.
    async fn handle(&self, frames: Vec<(ConnectionId, Value)>) {
        let handled = frames.into_iter().map(|(connection, body)| {
            let request_id = format!("r{}", self.server.pick(0..u64::MAX));
            self.server.handle(FrameRequest { connection, request_id, body: body.to_string() })
        });
        join_all(handled).await;
    }

    /// Returns the replies that are not deleted.
    async fn alive(&self) -> Vec<ChatMessage> {
        let stored = self.server.messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
        stored.into_iter().filter(|message| message.thread == Some(ROOT) && !message.deleted).collect()
    }

    /// Returns the number of replies that the root has.
    async fn count(&self) -> usize {
        let root = self.server.messages.at(&RoomName::lobby(), ROOT).await.unwrap().unwrap().message;
        root.replies.unwrap().count as usize
    }
}
