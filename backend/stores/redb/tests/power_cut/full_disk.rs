//! A disk that is full for a time, while the store is open.

use std::{sync::Arc, time::Duration};

use chat::ports::messages::{IdempotencyRecord, MessageKey, Messages};
use fastrand::Rng;
use platform::system::SystemClock;
use shared_types::{Rev, RoomName, Timestamp};
use store_redb::{
    messages::RedbMessages,
    store::{Store, StoreState},
};
use tokio::runtime::Runtime;

use crate::{
    SentMessage, check,
    disk::{Disk, DiskSource},
    draft, post_some, poster,
};

/// Number of times that the disk is full in one run.
const ROUNDS: u64 = 5;

/// Maximum wait for a state, so that a test ends in every case. The longest pause of the store is 5 s.
const REACHED_WITHIN: Duration = Duration::from_secs(30);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

fn open(cache_bytes: usize) -> (Disk, Store, Arc<dyn Messages>) {
    let disk = Disk::new();
    disk.charge(u64::MAX);
    let store = Store::over(DiskSource::of(&disk, cache_bytes)).unwrap();
    let messages = Arc::new(RedbMessages::new(store.clone(), None, Arc::new(SystemClock)));
    (disk, store, messages)
}

async fn wait_until_ready(store: &Store) {
    wait_for(store, |state| *state == StoreState::Ready).await;
}

async fn wait_for(store: &Store, reached: impl FnMut(&StoreState) -> bool) {
    let mut state = store.state();
    let reached = tokio::time::timeout(REACHED_WITHIN, state.wait_for(reached)).await;
    drop(reached.expect("the state is reached").unwrap());
}

#[test]
fn a_store_works_again_when_the_disk_has_space_again() {
    let mut failed = 0;
    for seed in 0..10 {
        let mut rng = Rng::with_seed(seed);
        let (disk, store, messages) = open(if rng.bool() { 0 } else { 1 << 20 });
        let mut all_sent = Vec::new();
        runtime().block_on(async {
            for _ in 0..ROUNDS {
                disk.fill_after(rng.u64(0..40));
                for _ in 0..3 {
                    failed += post_some(&messages, &mut all_sent, &mut rng).await;
                }
                disk.make_space();
                wait_until_ready(&store).await;
                check(&messages, &all_sent, &disk).await;
            }
            let sent = SentMessage { text: "after".into(), acknowledged: None };
            poster(messages.clone()).post(draft(all_sent.len(), &sent)).await.unwrap();
        });
    }
    assert!(failed > 50, "{failed} posts failed");
}

#[test]
fn a_full_disk_refuses_writes_and_serves_reads() {
    let (disk, store, messages) = open(1 << 20);
    let (mut all_sent, mut rng) = (Vec::new(), Rng::with_seed(0));
    runtime().block_on(async {
        post_some(&messages, &mut all_sent, &mut rng).await;
        disk.stop_growth();
        let mut failed = 0;
        while failed == 0 {
            failed = post_some(&messages, &mut all_sent, &mut rng).await;
        }
        let reads = |state: &StoreState| matches!(state, StoreState::Ready | StoreState::Paused { .. });
        wait_for(&store, reads).await;
        let stored = messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
        assert!(stored.len() >= all_sent.iter().filter(|sent| sent.acknowledged.is_some()).count());
        disk.make_space();
        wait_until_ready(&store).await;
        assert_eq!(post_some(&messages, &mut all_sent, &mut rng).await, 0);
        check(&messages, &all_sent, &disk).await;
    });
}

#[test]
fn reopening_keeps_writes_that_were_answered_without_a_sync() {
    let (disk, store, messages) = open(1 << 20);
    let lobby = RoomName::lobby();
    let message_key =
        MessageKey { room: lobby.clone(), author: "ann".parse().unwrap(), nonce: "kept".parse().unwrap() };
    runtime().block_on(async {
        let rev = messages.next_rev(&lobby).await.unwrap();
        let record = IdempotencyRecord { rev, at: Timestamp(1) };
        messages.reserve(&message_key, record).await.unwrap();
        disk.fill_after(0);
        let sent = SentMessage { text: "lost".into(), acknowledged: None };
        poster(messages.clone()).post(draft(0, &sent)).await.unwrap_err();
        disk.make_space();
        wait_until_ready(&store).await;
        assert!(messages.next_rev(&lobby).await.unwrap() > rev, "no revision is returned twice");
        let other = IdempotencyRecord { rev: Rev(99), at: Timestamp(2) };
        assert_eq!(messages.reserve(&message_key, other).await.unwrap(), record);
    });
}

#[test]
fn a_store_that_cannot_be_reopened_fails() {
    let disk = Disk::new();
    disk.charge(u64::MAX);
    let source = DiskSource { reopen_within: Duration::ZERO, ..DiskSource::of(&disk, 0) };
    let store = Store::over(source).unwrap();
    let messages: Arc<dyn Messages> = Arc::new(RedbMessages::new(store.clone(), None, Arc::new(SystemClock)));
    runtime().block_on(async {
        disk.charge(0);
        let sent = SentMessage { text: "lost".into(), acknowledged: None };
        poster(messages.clone()).post(draft(0, &sent)).await.unwrap_err();
        wait_for(&store, |state| matches!(state, StoreState::Failed { .. })).await;
        assert!(store.check_ready().unwrap_err().contains("could not be reopened"));
        let error = messages.next_rev(&RoomName::lobby()).await.unwrap_err();
        assert!(error.to_string().contains("could not be reopened"), "{error}");
    });
}
