//! Tests of rooms with more listeners than a request posts to itself.

use std::{sync::Arc, time::Duration};

use chat::{
    commands::{FrameHandler, FrameRequest},
    ports::{connections::ConnectionId, fan_out::ShardTask, shards::Shard},
    presence::large_rooms::{LargeRooms, ShardedFanOut},
};
use chat_testing::{fifo_queue::FifoQueue, test_chat::TestChat};
use serde_json::{Value, json};

/// Rooms with more listeners than this are large.
const DIRECT: usize = 4;

/// A chat whose frames for large rooms go to a queue.
struct LargeChat {
    chat: TestChat,
    queue: Arc<FifoQueue>,
    large_rooms: LargeRooms,
}

impl LargeChat {
    /// Returns a chat with this many people in the lobby: `c1`, `c2` and so on.
    async fn with_listeners(count: usize) -> Self {
        let chat = TestChat::with_rates(0, 0).await;
        for number in 1..=count {
            chat.connect_to_lobby(&format!("c{number}"), "Ann").await;
        }
        let queue = FifoQueue::new(chat.clock.clone());
        let fan_out = Arc::new(ShardedFanOut { shards: chat.connections.clone(), queue: queue.clone() });
        let large_rooms = LargeRooms::new(chat.connections.clone(), fan_out, DIRECT);
        Self { chat, queue, large_rooms }
    }

    async fn send(&self, id: &str, frame: Value) {
        let request = FrameRequest {
            connection: ConnectionId(id.into()),
            request_id: format!("request-{}", self.queue.pushed()),
            body: frame.to_string(),
        };
        let handler = FrameHandler::new(self.chat.ports(), self.chat.settings());
        handler.with_large_rooms(self.large_rooms.clone()).handle(request).await;
    }

    async fn send_message(&self, id: &str, text: &str, nonce: &str) {
        self.send(id, json!({ "action": "send", "text": text, "nonce": nonce })).await;
    }

    /// Returns type and id of the waiting publications, and the connection that has each already.
    fn published(&self) -> Vec<(String, String, Option<String>)> {
        let published = self.queue.waiting().into_iter().map(|ShardTask { publication, .. }| {
            let frame: Value = serde_json::from_slice(publication.frame.json()).unwrap();
            (frame["type"].as_str().unwrap().into(), publication.id, publication.except.map(|except| except.0))
        });
        published.collect()
    }
}

fn message(rev: &str, author: &str) -> (String, String, Option<String>) {
    ("message".into(), rev.into(), Some(author.into()))
}

#[tokio::test]
async fn a_room_up_to_the_limit_is_posted_to_directly() {
    let large = LargeChat::with_listeners(DIRECT).await;
    large.send_message("c1", "hi", "n").await;
    for id in ["c1", "c2", "c3", "c4"] {
        assert_eq!(large.chat.received_texts(id), ["hi"]);
    }
    assert_eq!(large.queue.waiting(), []);
}

#[tokio::test]
async fn a_message_of_a_larger_room_is_queued_and_its_author_is_answered() {
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    large.send_message("c2", "hi", "n").await;
    assert_eq!(large.chat.received_texts("c2"), ["hi"]);
    for id in ["c1", "c3", "c4", "c5"] {
        assert_eq!(large.chat.received_texts(id), [""; 0], "a worker posts to the others");
    }
    assert_eq!(large.published(), [message("1", "c2")]);
    assert_eq!(large.queue.waiting()[0].shard, Shard::default());
}

#[tokio::test]
async fn each_shard_of_a_divided_room_has_its_own_task() {
    use chat::ports::shards::Shards;
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    for border in ["c2", "c4"] {
        large.chat.connections.add_border(&"lobby".parse().unwrap(), &ConnectionId(border.into())).await.unwrap();
    }
    large.send_message("c1", "hi", "n").await;
    let shards = large.queue.waiting().into_iter().map(|task| task.shard);
    let ends = shards.map(|shard| [shard.after, shard.up_to].map(|end| end.map_or(String::new(), |end| end.0)));
    assert_eq!(ends.collect::<Vec<_>>(), [["", "c2"], ["c2", "c4"], ["c4", ""]]);
}

#[tokio::test]
async fn a_retry_is_answered_and_queued_once() {
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    for _ in 0..3 {
        large.send_message("c1", "hi", "n").await;
        assert_eq!(large.chat.received_texts("c1"), ["hi"]);
    }
    assert_eq!(large.published(), [message("1", "c1")]);
}

#[tokio::test]
async fn an_author_is_not_answered_while_the_queue_refuses() {
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    large.queue.set_refusing(true);
    large.send_message("c1", "hi", "n").await;
    let answer = large.chat.received("c1");
    assert_eq!((&answer[0]["type"], &answer[0]["code"]), (&json!("error"), &json!("unavailable")), "{answer:?}");
    assert_eq!(answer.len(), 1, "the author sends again, so that the others hear of the message");
    large.queue.set_refusing(false);
    large.send_message("c1", "hi", "n").await;
    assert_eq!(large.chat.received_texts("c1"), ["hi"]);
    assert_eq!(large.published(), [message("1", "c1")]);
}

#[tokio::test]
async fn changes_and_rules_of_a_large_room_are_queued_too() {
    let large = LargeChat::with_listeners(DIRECT).await;
    let ticket = large.chat.ticket("mod");
    large.chat.connect("m", Some("lobby"), Some(&ticket), Some("Mod")).await.unwrap();
    large.send_message("c1", "hi", "n").await;
    large.send("c1", json!({ "action": "edit", "seq": 1, "text": "ho", "nonce": "e" })).await;
    large.send("c2", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true, "nonce": "r" })).await;
    for slow in [30, 0, 30] {
        large.send("m", json!({ "action": "rules", "rules": { "slowSeconds": slow } })).await;
    }
    let published = large.published();
    assert_eq!(published[..3], [message("1", "c1"), message("2", "c1"), message("3", "c2")]);
    let rules: Vec<_> = published[3..].iter().map(|(kind, id, _)| (kind.as_str(), id.as_str())).collect();
    assert_eq!(rules.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["rules"; 3]);
    assert_ne!(rules[0].1, rules[2].1, "equal rules are not a repetition");
    assert_eq!(large.chat.received("c2").last().unwrap()["reactions"][0]["emoji"], "👍", "who reacts is answered");
}

#[tokio::test]
async fn a_request_posts_to_watchers_after_listeners_up_to_the_limit() {
    for (listeners, news) in [(DIRECT - 1, 1), (DIRECT, 0), (DIRECT + 1, 0)] {
        let large = LargeChat::with_listeners(listeners).await;
        large.chat.connect("w", Some("cats"), None, None).await.unwrap();
        large.send("w", json!({ "action": "rooms", "rooms": ["lobby"], "watch": true })).await;
        large.chat.received("w");
        large.send_message("c1", "hi", "n").await;
        assert_eq!(large.chat.received("w").len(), news, "{listeners}");
        assert_eq!(large.chat.received_texts("c1"), ["hi"]);
    }
}

#[tokio::test]
async fn erased_messages_of_a_large_room_are_queued() {
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    large.send_message("c1", "one", "n-1").await;
    large.send_message("c1", "two", "n-2").await;
    large.send("c1", json!({ "action": "forget" })).await;
    assert_eq!(large.published().len(), 4);
    assert!(large.published()[2..].iter().all(|(kind, _, except)| kind == "message" && except.is_none()));
}

#[tokio::test]
async fn a_room_that_shrank_is_posted_to_directly_after_a_minute() {
    let large = LargeChat::with_listeners(DIRECT + 1).await;
    large.send_message("c1", "one", "n-1").await;
    large.chat.disconnect("c5").await;
    large.send_message("c1", "two", "n-2").await;
    assert_eq!(large.published().len(), 2, "the room is not read again");
    large.chat.clock.advance(Duration::from_secs(60));
    large.send_message("c1", "three", "n-3").await;
    assert_eq!(large.published().len(), 2);
    assert_eq!(large.chat.received_texts("c2"), ["three"]);
}
