//! Tests of CPU-heavy commands: they run in the pool, and others do not wait for them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use chat::{
    cpu::{CpuClient, CpuScheduler},
    messages::renderer::MessageRenderer,
    ports::cpu_pool::{CpuPool, Work},
};
use chat_testing::{clock::ManualClock, test_chat::TestChat};
use platform::cpu_pool::ThreadCpuPool;
use serde_json::{Value, json};

/// Counts the works, and runs them on the thread of the caller.
#[derive(Default)]
struct CountingPool(AtomicUsize);

#[async_trait::async_trait]
impl CpuPool for CountingPool {
    async fn run(&self, work: Work) {
        self.0.fetch_add(1, Ordering::Relaxed);
        work();
    }
}

/// A pool in which other work takes ten seconds.
struct BusyPool(Arc<ManualClock>);

#[async_trait::async_trait]
impl CpuPool for BusyPool {
    async fn run(&self, work: Work) {
        self.0.advance(Duration::from_secs(10));
        work();
    }
}

#[tokio::test]
async fn an_answer_that_takes_long_is_sent() {
    let mut chat = chat_with_pool(Arc::new(CountingPool::default())).await;
    chat.renderer = MessageRenderer::new(CpuScheduler::new(Arc::new(BusyPool(chat.clock.clone())), 1));
    chat.send("ann", json!({ "action": "search", "text": "apples" })).await;
    assert_eq!(chat.received("ann")[0]["type"], "found", "the deadline of posts is for broadcasts");
}

async fn chat_with_pool(pool: Arc<dyn CpuPool>) -> TestChat {
    let mut chat = TestChat::new().await;
    chat.renderer = MessageRenderer::new(CpuScheduler::new(pool, 1));
    chat.connect_to_lobby("ann", "Ann").await;
    chat.connect_to_lobby("bea", "Bea").await;
    chat
}

#[tokio::test]
async fn pages_and_searches_run_in_the_cpu_pool() {
    let pool = Arc::new(CountingPool::default());
    let chat = chat_with_pool(pool.clone()).await;
    chat.send_message("ann", "*a*", "n").await;
    for (frame, expected) in [
        (json!({ "action": "ping" }), 0),
        (json!({ "action": "hello" }), 1),
        (json!({ "action": "hello", "since": 0 }), 1),
        (json!({ "action": "history", "before": 2 }), 1),
        (json!({ "action": "changes", "after": 0 }), 1),
        (json!({ "action": "search", "text": "a" }), 1),
    ] {
        let before = pool.0.load(Ordering::Relaxed);
        chat.send("ann", frame.clone()).await;
        assert_eq!(pool.0.load(Ordering::Relaxed) - before, expected, "{frame}");
    }
}

#[tokio::test]
async fn a_busy_pool_does_not_delay_messages() {
    let chat = chat_with_pool(Arc::new(ThreadCpuPool::start(1).unwrap())).await;
    let (release, released) = mpsc::channel::<()>();
    let turn = chat.renderer.cpu.turn(&CpuClient::default()).await;
    let busy = turn.run("keeping the pool busy", move || released.recv());
    let search = chat.send("ann", json!({ "action": "search", "text": "apples" }));
    let others = async {
        chat.send_message("bea", "apples", "n").await;
        let received = chat.received("ann");
        assert_eq!(received.iter().map(|frame| &frame["type"]).collect::<Vec<_>>(), ["message"]);
        release.send(()).unwrap();
    };
    let (busy, (), ()) = tokio::join!(busy, search, others);
    assert!(busy.unwrap().is_ok());
    assert_eq!(chat.received("ann")[0]["type"], "found");
}

async fn html_in_history(chat: &TestChat) -> Value {
    chat.received("ann");
    chat.send("ann", json!({ "action": "history", "before": 100 })).await;
    chat.received("ann")[0]["messages"][0]["html"].clone()
}

#[tokio::test]
async fn a_message_is_rendered_once_for_each_revision() {
    let chat = chat_with_pool(Arc::new(CountingPool::default())).await;
    chat.send_message("ann", "*a*", "n").await;
    for _ in 0..3 {
        chat.send("bea", json!({ "action": "hello" })).await;
        assert_eq!(html_in_history(&chat).await, "<p><em>a</em></p>");
    }
    assert_eq!(chat.renderer.html.rendered(), 1);
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "*b*" })).await;
    assert_eq!(html_in_history(&chat).await, "<p><em>b</em></p>");
    assert_eq!(chat.renderer.html.rendered(), 2);
    chat.send("ann", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(html_in_history(&chat).await, Value::Null);
    assert_eq!(chat.renderer.html.rendered(), 2);
}
