//! Tests of the worker that posts to shards of large rooms.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::{
    commands::FramePorts,
    ports::{
        Result, Unavailable,
        connection_gateway::Frame,
        connections::ConnectionId,
        fan_out::{Publication, ShardQueue, ShardTask},
        shards::{Shard, ShardListeners, Shards},
        system::Clock,
    },
    presence::{
        connect::ConnectRequest,
        shard_worker::{ShardWorker, WorkerPorts, WorkerSettings},
    },
};
use chat_testing::{
    fifo_queue::FifoQueue,
    test_chat::{TestChat, connect_request},
};
use serde_json::{Value, json};
use shared_types::{Rev, RoomName, RoomRules, ServerMessage};

/// A shard has a quarter of it: eight listeners. Twelve are not divided, and one is joined.
const DIRECT: usize = 32;

struct Worked {
    chat: TestChat,
    queue: Arc<FifoQueue>,
    worker: ShardWorker,
}

impl Worked {
    async fn with_listeners(count: usize) -> Self {
        Self::with(count, |shards| shards, 1_000_000).await
    }

    /// Returns a worker of a room with this many people, `c100`, `c101` and so on.
    async fn with(
        count: usize,
        shards: impl FnOnce(Arc<dyn Shards>) -> Arc<dyn Shards>,
        posts_per_second: u32,
    ) -> Self {
        let chat = TestChat::with_limits(1_000, 100).await;
        for number in 0..count {
            chat.connect_to_lobby(&format!("c{}", 100 + number), "Ann").await;
        }
        let queue = FifoQueue::new(chat.clock.clone());
        let FramePorts { connections, gateway, clock, entropy, .. } = chat.ports();
        let shards = shards(chat.connections.clone());
        let ports = WorkerPorts { connections, shards, queue: queue.clone(), gateway, clock, entropy };
        let worker = ShardWorker::new(ports, WorkerSettings { direct_listeners: DIRECT, posts_per_second });
        Self { chat, queue, worker }
    }

    fn received(&self, number: usize) -> Vec<String> {
        self.chat.received_texts(&format!("c{number}"))
    }

    async fn borders(&self) -> Vec<String> {
        self.chat.connections.borders(&lobby()).await.unwrap().into_iter().map(|border| border.0).collect()
    }
}

fn lobby() -> RoomName {
    "lobby".parse().unwrap()
}

fn id(number: usize) -> ConnectionId {
    ConnectionId(format!("c{number}"))
}

fn shard(after: Option<usize>, up_to: Option<usize>) -> Shard {
    Shard { after: after.map(id), up_to: up_to.map(id) }
}

fn task(shard: Shard, text: &str) -> ShardTask {
    let frame = Frame::from_json(format!(r#"{{"room":"lobby","type":"message","text":"{text}"}}"#), Some(Rev(1)));
    ShardTask { shard, publication: Publication { room: lobby(), frame, except: None, id: text.into() } }
}

#[tokio::test]
async fn each_listener_of_a_shard_gets_its_frames_once_and_in_order() {
    let worked = Worked::with_listeners(10).await;
    let mut own = task(shard(None, Some(104)), "two");
    own.publication.except = Some(id(102));
    let tasks = vec![task(shard(None, Some(104)), "one"), own, task(shard(Some(104), None), "one")];
    assert_eq!(worked.worker.run(tasks).await, [0; 0]);
    assert_eq!(worked.received(100), ["one", "two"]);
    assert_eq!(worked.received(102), ["one"], "who wrote it has it already");
    assert_eq!(worked.received(104), ["one", "two"]);
    assert_eq!(worked.received(105), ["one"]);
}

#[tokio::test]
async fn messages_that_wait_together_are_one_post_for_those_who_accept_it() {
    let worked = Worked::with_listeners(0).await;
    for (id, frames) in [("c100", Some("messages")), ("c101", None), ("c102", Some("other,messages"))] {
        let request = ConnectRequest { frames: frames.map(Into::into), ..connect_request(id) };
        worked.chat.connect_with(request).await.unwrap();
    }
    let mut own = task(Shard::default(), "two");
    own.publication.except = Some(id(102));
    let rules = Frame::from(&ServerMessage::Rules { rules: RoomRules::default() });
    let mut after = task(Shard::default(), "rules");
    after.publication.frame = rules;
    let tasks = vec![task(Shard::default(), "one"), own, after, task(Shard::default(), "three")];
    assert_eq!(worked.worker.run(tasks).await, [0; 0]);
    let received = |number: usize| worked.chat.received(&format!("c{number}"));
    let types = |frames: &[Value]| frames.iter().map(|frame| frame["type"].clone()).collect::<Vec<_>>();
    let batched = received(100);
    assert_eq!(types(&batched), ["messages", "rules", "message"]);
    assert_eq!(batched[0]["room"], "lobby");
    assert_eq!(batched[0]["messages"], json!([{ "text": "one" }, { "text": "two" }]));
    assert_eq!(types(&received(101)), ["message", "message", "rules", "message"]);
    let own = received(102);
    assert_eq!(types(&own), ["message", "rules", "message"]);
    assert_eq!(own[0]["text"], "one", "who wrote a message has it already");
}

#[tokio::test]
async fn a_shard_that_grew_is_divided_and_the_rest_is_handed_on() {
    let worked = Worked::with_listeners(30).await;
    let tasks = vec![task(Shard::default(), "one"), task(Shard::default(), "two")];
    assert_eq!(worked.worker.run(tasks).await, [0; 0]);
    assert_eq!(worked.borders().await, ["c107"]);
    assert_eq!(worked.queue.waiting(), ["one", "two"].map(|text| task(shard(Some(107), None), text)));
    worked.queue.run(&worked.worker).await;
    assert_eq!(worked.borders().await, ["c107", "c115", "c123"]);
    for number in 100..130 {
        assert_eq!(worked.received(number), ["one", "two"], "{number}");
    }
}

#[tokio::test]
async fn a_shard_of_half_more_than_its_size_is_not_divided() {
    let worked = Worked::with_listeners(12).await;
    assert_eq!(worked.worker.run(vec![task(Shard::default(), "one")]).await, [0; 0]);
    assert_eq!((worked.borders().await.len(), worked.received(111)), (0, vec!["one".into()]));
}

#[tokio::test]
async fn a_shard_that_shrank_is_joined_with_the_one_before() {
    let worked = Worked::with_listeners(10).await;
    for border in [104, 108] {
        worked.chat.connections.add_border(&lobby(), &id(border)).await.unwrap();
    }
    let tasks = [shard(None, Some(104)), shard(Some(104), Some(108)), shard(Some(108), None)];
    worked.worker.run(tasks.map(|shard| task(shard, "one")).to_vec()).await;
    assert_eq!(worked.borders().await, ["c104"]);
}

/// Shards of which one cannot be read.
struct Unreadable(Arc<dyn Shards>, Shard);

#[async_trait]
impl Shards for Unreadable {
    async fn listeners(&self, room: &RoomName, shard: &Shard, most: usize) -> Result<ShardListeners> {
        if *shard == self.1 {
            return Err(Unavailable { doing: "reading a shard", cause: "the test says so".into() });
        }
        self.0.listeners(room, shard, most).await
    }

    async fn borders(&self, room: &RoomName) -> Result<Vec<ConnectionId>> {
        self.0.borders(room).await
    }

    async fn add_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.0.add_border(room, border).await
    }

    async fn remove_border(&self, room: &RoomName, border: &ConnectionId) -> Result<()> {
        self.0.remove_border(room, border).await
    }
}

#[tokio::test]
async fn a_shard_that_cannot_be_read_fails_alone_with_all_its_tasks() {
    let worked = Worked::with(10, |all| Arc::new(Unreadable(all, shard(Some(103), None))), 1_000_000).await;
    let (good, bad) = (shard(None, Some(103)), shard(Some(103), None));
    let tasks = vec![task(bad.clone(), "one"), task(good.clone(), "one"), task(bad, "two"), task(good, "two")];
    assert_eq!(worked.worker.run(tasks).await, [0, 2]);
    assert_eq!(worked.received(100), ["one", "two"]);
    assert_eq!(worked.received(104), [""; 0]);
}

#[tokio::test]
async fn what_follows_a_failed_task_of_its_group_fails_too() {
    let worked = Worked::with(10, |all| Arc::new(Unreadable(all, shard(None, Some(104)))), 1_000_000).await;
    let (whole, divided, other) = (Shard::default(), shard(None, Some(104)), shard(Some(104), None));
    let tasks = vec![task(whole.clone(), "one"), task(divided, "two"), task(other, "other"), task(whole, "three")];
    assert_eq!(worked.worker.run(tasks).await, [1, 3], "the third one waits for the second one");
    assert_eq!(worked.received(100), ["one"]);
    assert_eq!(worked.received(105), ["one", "other"], "another group does not wait");
}

#[tokio::test]
async fn tasks_of_a_group_whose_shards_differ_stay_in_order() {
    let worked = Worked::with_listeners(10).await;
    let (whole, divided) = (Shard::default(), shard(None, Some(104)));
    let tasks = vec![task(whole.clone(), "one"), task(divided, "two"), task(whole, "three")];
    assert_eq!(worked.worker.run(tasks).await, [0; 0]);
    assert_eq!(worked.received(100), ["one", "two", "three"]);
    assert_eq!(worked.received(105), ["one", "three"]);
}

#[tokio::test]
async fn a_rest_that_cannot_be_handed_on_fails_the_shard() {
    let worked = Worked::with_listeners(30).await;
    worked.queue.set_refusing(true);
    assert_eq!(worked.worker.run(vec![task(Shard::default(), "one")]).await, [0]);
    assert_eq!(worked.received(100), [""; 0], "the retry posts to everybody once");
}

#[tokio::test]
async fn a_busy_listener_is_retried_once_and_harms_nobody() {
    let worked = Worked::with_listeners(3).await;
    worked.chat.gateway.lock().busy.extend([(id(100), 1), (id(101), 3)]);
    assert_eq!(worked.worker.run(vec![task(Shard::default(), "one")]).await, [0; 0]);
    assert_eq!([100, 101, 102].map(|number| worked.received(number).len()), [1, 0, 1]);
    assert_eq!(worked.chat.gateway.lock().busy[&id(101)], 1, "two attempts were made");
}

#[tokio::test]
async fn a_gone_listener_is_removed() {
    let worked = Worked::with_listeners(3).await;
    worked.chat.clock.advance(Duration::from_secs(30));
    worked.chat.gateway.lock().gone.insert(id(101));
    assert_eq!(worked.worker.run(vec![task(Shard::default(), "one")]).await, [0; 0]);
    assert!(!worked.chat.is_connected("c101").await);
    assert!(worked.chat.is_connected("c102").await);
}

/// Returns a room of so many listeners, of which all but the last ten of 300 do not answer, and a worker. Its shards are as large as 300,
/// because one group of concurrent posts would end together.
async fn with_hanging_listeners(count: usize) -> (Worked, ShardWorker) {
    let chat = Worked::with_listeners(count).await;
    let FramePorts { connections, gateway, clock, entropy, .. } = chat.chat.ports();
    let (shards, queue) = (chat.chat.connections.clone(), chat.queue.clone());
    let ports = WorkerPorts { connections, shards, queue, gateway, clock, entropy };
    let worker = ShardWorker::new(ports, WorkerSettings { direct_listeners: 1_200, posts_per_second: 1_000_000 });
    for number in 100..390 {
        chat.chat.gateway.lock().hanging.insert(id(number));
    }
    (chat, worker)
}

#[tokio::test]
async fn listeners_that_no_time_is_left_for_are_handed_on() {
    let (chat, worker) = with_hanging_listeners(300).await;
    let before = chat.chat.clock.now();
    assert_eq!(worker.run(vec![task(Shard::default(), "one")]).await, [0; 0]);
    let took = chat.chat.clock.now().0 - before.0;
    assert!(took <= 13_100, "{took} ms: the function has 15 s");
    let waiting = chat.queue.waiting();
    let [ShardTask { shard: Shard { after: Some(after), up_to: None }, .. }] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert!(*after > id(163), "{after}: at least one round of posts was made");
    for number in 100..390 {
        chat.chat.gateway.lock().hanging.remove(&id(number));
    }
    chat.queue.run(&worker).await;
    assert_eq!(chat.received(399), ["one"], "the last listener is not always the one that is lost");
}

#[tokio::test]
async fn no_listener_is_handed_on_twice() {
    // The shard is divided after 300 listeners, and the time ends before all of these got their post.
    let (chat, worker) = with_hanging_listeners(500).await;
    assert_eq!(worker.run(vec![task(Shard::default(), "one")]).await, [0; 0]);
    let mut waiting: Vec<_> = chat.queue.waiting().into_iter().map(|task| task.shard).collect();
    waiting.sort_by(|one, other| one.after.cmp(&other.after));
    let [Shard { up_to: Some(border), .. }, Shard { after: Some(after), up_to: None }] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(border, after, "the first ends where the second begins");
}

#[tokio::test]
async fn posts_keep_to_their_rate() {
    let worked = Worked::with(12, |shards| shards, 4).await;
    let before = worked.chat.clock.now();
    let tasks = vec![task(Shard::default(), "one"), task(Shard::default(), "two")];
    assert_eq!(worked.worker.run(tasks).await, [0; 0]);
    let took = worked.chat.clock.now().0 - before.0;
    assert!((5_000..=6_000).contains(&took), "24 posts at 4 a second took {took} ms");
}

#[tokio::test]
async fn nothing_is_pushed_without_need() {
    let worked = Worked::with_listeners(5).await;
    worked.queue.push(&[task(Shard::default(), "one"), task(Shard::default(), "one")]).await.unwrap();
    worked.queue.run(&worked.worker).await;
    assert_eq!((worked.queue.pushed(), worked.queue.waiting().len()), (1, 0), "a repetition is dropped");
    assert_eq!(worked.received(100), ["one"]);
}
