//! Runs the store on a file that is damaged, removed or replaced.
//!
//! `DAMAGES` is the number of damaged files (default 40), `SEED` the seed of the first one. A failure prints its seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

use std::{
    cell::Cell,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use chat::ports::messages::Messages;
use chat_testing::{
    contract::fixtures::{message, room},
    damage::damage,
    number::number,
};
use fastrand::Rng;
use platform::system::SystemClock;
use shared_types::{ChatMessage, Seq};
use store_redb::{
    messages::RedbMessages,
    store::{OpenError, Store},
};

/// Number of messages in a store: enough for a tree of several levels, so that most of the file is in use.
const MESSAGES: u64 = 300;

fn messages_of(store: Store) -> RedbMessages {
    RedbMessages::new(store, None, Arc::new(SystemClock))
}

async fn fill(messages: &RedbMessages) {
    let text = "x".repeat(1_000);
    let lobby = room("lobby");
    let messages_to_put: Vec<ChatMessage> = (1..=MESSAGES).map(|seq| message(seq, &text)).collect();
    futures::future::join_all(messages_to_put.iter().map(|message| messages.put(&lobby, message))).await;
}

fn for_each_seed(test: impl AsyncFn(&mut Rng)) {
    let first = number("SEED", 0);
    for seed in first..first + number("DAMAGES", 40) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let run = || runtime.block_on(test(&mut Rng::with_seed(seed)));
        let done = catch_unwind(AssertUnwindSafe(run));
        done.unwrap_or_else(|_| panic!("to repeat: SEED={seed} DAMAGES=1"));
    }
}

#[test]
fn a_damaged_file_is_refused_or_complete() {
    let refused = Cell::new(0);
    for_each_seed(async |rng| {
        let directory = tempfile::tempdir().unwrap();
        fill(&messages_of(Store::open(directory.path()).unwrap())).await;
        damage(&directory.path().join("chat.redb"), rng);
        match Store::open(directory.path()) {
            Ok(store) => {
                let read = messages_of(store).before(&room("lobby"), None, usize::MAX).await.unwrap();
                assert_eq!(read.len() as u64, MESSAGES);
            }
            Err(error) => {
                assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
                refused.set(refused.get() + 1);
            }
        }
    });
    assert!(refused.get() > 0, "some damage is in pages that are in use");
}

#[test]
fn damage_of_an_open_file_is_an_error_and_no_panic() {
    let failed = Cell::new(0);
    for_each_seed(async |rng| {
        let directory = tempfile::tempdir().unwrap();
        fill(&messages_of(Store::open(directory.path()).unwrap())).await;
        // The cache is empty again, so the reads find the damage.
        let messages = messages_of(Store::open(directory.path()).unwrap());
        damage(&directory.path().join("chat.redb"), rng);
        let lobby = room("lobby");
        for seq in (1..=MESSAGES).step_by(30) {
            let read = messages.at(&lobby, Seq(seq)).await;
            let written = messages.put(&lobby, &message(1_000 + seq, "new")).await;
            failed.set(failed.get() + u32::from(read.is_err()) + u32::from(written.is_err()));
        }
    });
    assert!(failed.get() > 0, "some damage is in pages that are in use");
}

#[cfg(unix)]
#[tokio::test]
async fn writes_are_refused_while_the_directory_is_gone() {
    let parent = tempfile::tempdir().unwrap();
    let (data, away) = (parent.path().join("data"), parent.path().join("away"));
    let store = Store::open(&data).unwrap();
    let messages = messages_of(store.clone());
    let lobby = room("lobby");
    messages.put(&lobby, &message(1, "before")).await.unwrap();
    store.check_ready().unwrap();

    fs::rename(&data, &away).unwrap();
    let error = messages.put(&lobby, &message(2, "during")).await.unwrap_err().to_string();
    assert!(error.contains("was removed while it was open"), "{error}");
    assert!(store.check_ready().unwrap_err().contains("not in the data directory"));
    // Another file in its place is not the open one.
    fs::create_dir(&data).unwrap();
    fs::write(data.join("chat.redb"), "another").unwrap();
    let error = messages.put(&lobby, &message(2, "during")).await.unwrap_err().to_string();
    assert!(error.contains("was replaced while it was open"), "{error}");

    fs::remove_dir_all(&data).unwrap();
    fs::rename(&away, &data).unwrap();
    messages.put(&lobby, &message(3, "after")).await.unwrap();
    store.check_ready().unwrap();
}
