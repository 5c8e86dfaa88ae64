//! Simulation of rooms with 10,000 and 100,000 listeners in one process: the real rules, a queue with the rules of SQS FIFO, and
//! listeners that are gone, busy or slow. Prints frames and time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod gateway;
mod room;

use std::{collections::BTreeSet, time::Instant};

use chat_testing::fifo_queue::VISIBILITY;
use gateway::Health;
use room::{Checked, Room};

/// Listeners of a shard: a quarter of the 2,000 that a request posts to itself.
const SHARD: usize = 500;

#[tokio::test]
async fn everybody_in_a_room_of_10_000_gets_every_message_once_or_catches_up() {
    crowd(10_000, 20).await;
}

#[tokio::test]
async fn everybody_in_a_room_of_100_000_gets_every_message_once_or_catches_up() {
    crowd(100_000, 4).await;
}

/// Sends messages to a crowd while people come and go, and checks what each listener got.
async fn crowd(size: usize, messages: u64) {
    let mut room = Room::with_listeners(size, 1).await;
    let begin = Instant::now();
    // The first message divides the room.
    room.send(1).await;
    room.work().await;
    let borders = room.borders().await;
    assert!(borders.len() + 1 >= size / SHARD * 9 / 10, "{} shards", borders.len() + 1);
    let divided = begin.elapsed();
    for seq in 2..=messages {
        room.send(seq).await;
        // Workers are slower than the author: frames wait, and go out together.
        if seq % 3 == 0 {
            room.work_once().await;
            room.replace_some(size / 100).await;
        }
    }
    room.work().await;
    assert_eq!(room.queue.dead(), []);
    let posted = room.gateway.posts();
    let Checked { missed, unordered } = room.check(messages, &BTreeSet::new()).await;
    // Where a shard is divided, a message may overtake the one before it.
    assert!(unordered <= size / 10, "{unordered} listeners got frames in another order");
    println!(
        "{size} listeners, {messages} messages: {posted} posts, {} tasks, {} shards, first message {divided:.1?}, all {:.1?}, \
         {missed} caught up, {unordered} sorted frames",
        room.queue.pushed(),
        room.borders().await.len() + 1,
        begin.elapsed()
    );
}

/// Messages that come while the workers are busy with the one before.
const BURST: u64 = 10;

/// Returns the posts of one message in a divided room whose workers have caught up, and those of each message of a burst.
async fn posts_of_a_message(percent: usize) -> (usize, usize) {
    let mut room = Room::with_batches(3_000, percent, 5).await;
    for seq in 1..=2 {
        room.send(seq).await;
        room.work().await;
    }
    let begin = room.gateway.posts();
    room.send(3).await;
    room.work().await;
    let alone = room.gateway.posts() - begin;
    for seq in 4..4 + BURST {
        room.send(seq).await;
    }
    room.work().await;
    let of_a_burst = (room.gateway.posts() - begin - alone) / BURST as usize;
    assert_eq!(room.check(3 + BURST, &BTreeSet::new()).await.unordered, 0);
    println!(
        "3000 listeners, {percent} % accept batches: {alone} posts for one message, {of_a_burst} for each of {BURST}"
    );
    (alone, of_a_burst)
}

#[tokio::test]
async fn posts_of_a_message_fall_under_load() {
    let (alone, of_a_burst) = posts_of_a_message(100).await;
    assert!(of_a_burst * 8 < alone, "{of_a_burst} posts for each message of a burst, {alone} for one");
    let (alone, of_a_burst) = posts_of_a_message(50).await;
    assert!((45..60).contains(&(of_a_burst * 100 / alone)), "{of_a_burst} of {alone}: half of them get single frames");
    let (alone, of_a_burst) = posts_of_a_message(0).await;
    assert!(of_a_burst * 100 >= alone * 95, "{of_a_burst} of {alone}");
}

#[tokio::test]
async fn a_poison_shard_ends_in_the_dead_letter_queue_and_stops_no_other() {
    let mut room = Room::with_listeners(3_000, 2).await;
    room.send(1).await;
    room.work().await;
    let borders = room.borders().await;
    let (begin, end) = (borders[1].clone(), borders.get(2).cloned());
    room.shards.poison(&begin);
    for seq in 2..=4 {
        room.send(seq).await;
    }
    room.work().await;
    let poisoned: BTreeSet<_> =
        room.listeners().filter(|id| *id > begin && end.as_ref().is_none_or(|end| id <= end)).collect();
    assert!(poisoned.len() >= SHARD / 4);
    for id in room.listeners().filter(|id| room.gateway.health(id) == Health::Good) {
        let expected: &[u64] = if poisoned.contains(&id) { &[1] } else { &[1, 2, 3, 4] };
        assert_eq!(room.gateway.received(&id), expected, "{id}");
    }
    for _ in 0..4 {
        room.clock.advance(VISIBILITY);
        room.work().await;
        assert_eq!(room.queue.dead(), []);
    }
    // A message that was not in the first batch is received once less.
    for _ in 0..2 {
        room.clock.advance(VISIBILITY);
        room.work().await;
    }
    let dead: Vec<_> = room.queue.dead().into_iter().map(|task| (task.shard.after, task.publication.id)).collect();
    assert_eq!(dead, ["2", "3", "4"].map(|id| (Some(begin.clone()), id.to_owned())));
    // The next message finds the shard healthy again, and its listeners catch up.
    room.shards.heal();
    room.send(5).await;
    room.work().await;
    let Checked { missed, unordered } = room.check(5, &poisoned).await;
    assert!(missed >= poisoned.len() && unordered == 0);
}

#[tokio::test]
async fn a_shard_that_failed_is_retried_alone() {
    let mut room = Room::with_listeners(3_000, 3).await;
    room.send(1).await;
    room.work().await;
    let before = room.gateway.posts();
    let begin = room.borders().await[0].clone();
    room.shards.poison(&begin);
    room.send(2).await;
    room.work().await;
    let others = room.gateway.posts() - before;
    room.shards.heal();
    room.clock.advance(VISIBILITY);
    room.work().await;
    let retried = room.gateway.posts() - before - others;
    assert!(retried <= (SHARD + SHARD / 2) * 2, "{retried} posts: only the failed shard, each at most twice");
    assert_eq!(room.queue.dead(), []);
    assert_eq!(room.check(2, &BTreeSet::new()).await.unordered, 0);
}

#[tokio::test]
async fn messages_of_a_shard_wait_for_one_that_failed() {
    let mut room = Room::with_listeners(3_000, 6).await;
    room.send(1).await;
    room.work().await;
    let begin = room.borders().await[0].clone();
    room.shards.poison(&begin);
    room.send(2).await;
    room.work().await;
    room.shards.heal();
    let held_back = room.listeners().find(|id| *id > begin && room.gateway.health(id) == Health::Good).unwrap();
    room.send(3).await;
    room.work().await;
    assert_eq!(room.gateway.received(&held_back), [1], "the third message does not overtake the second one");
    room.clock.advance(VISIBILITY);
    room.work().await;
    assert_eq!(room.gateway.received(&held_back), [1, 2, 3]);
    assert_eq!(room.check(3, &BTreeSet::new()).await.unordered, 0);
}

#[tokio::test]
async fn a_worker_that_is_killed_loses_nothing() {
    let mut room = Room::with_listeners(3_000, 4).await;
    room.send(1).await;
    room.work().await;
    room.send(2).await;
    room.kill_worker_after(700).await;
    room.clock.advance(VISIBILITY);
    room.work().await;
    let repeated = room.count_repeated();
    assert!(repeated > 0, "the worker was killed in the middle of a shard");
    // Pages show a repeated frame once.
    room.gateway.drop_repeated();
    assert_eq!(room.check(2, &BTreeSet::new()).await.unordered, 0);
    println!("3000 listeners, worker killed: {repeated} frames repeated");
}
