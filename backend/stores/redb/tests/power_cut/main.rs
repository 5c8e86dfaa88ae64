//! Runs the store on a disk that loses power repeatedly, at random writes.
//!
//! `CUTS` is the number of power cuts (300), `SEED` the seed of the first disk. A failure prints its seed. The seed decides what is
//! posted, at which write the power fails and what the disk keeps; the scheduler decides how many posts share a commit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test panics when it fails")]

mod disk;
mod full_disk;
mod migration;

use std::{
    collections::BTreeMap,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use chat::{
    messages::post::{Draft, MessagePoster, Posted},
    ports::messages::Messages,
};
use chat_testing::number::number;
use disk::{Disk, DiskSource};
use fastrand::Rng;
use futures::future::join_all;
use platform::system::SystemClock;
use shared_types::{ChatMessage, MessageText, Person, RoomName, Seq};
use store_redb::{messages::RedbMessages, store::Store};
use tokio::runtime::Runtime;

/// Number of power cuts of one disk.
const CUTS_PER_DISK: u64 = 10;

/// Maximum number of writes and syncs between two power cuts. Opening takes a few, a commit about ten. Small numbers are more likely,
/// so that some cuts interrupt the repair after the last one.
const MAX_CHARGE: u64 = 300;

/// Maximum number of concurrent posts.
const MAX_CONCURRENT: usize = 8;

#[test]
fn acknowledged_messages_survive_power_cuts() {
    let (first, disks) = (number("SEED", 0), number("CUTS", 300).div_ceil(CUTS_PER_DISK));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut totals = Totals::default();
    for seed in first..first + disks {
        let run = || run_disk(&runtime, seed, &mut totals);
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| panic!("to repeat: SEED={seed} CUTS=1"));
    }
    let Totals { cuts, unopened, acknowledged, unanswered } = totals;
    assert!(acknowledged > 0 && unanswered > 0, "some posts were acknowledged and some were not");
    println!(
        "{cuts} power cuts, {unopened} of them while the store opened; {acknowledged} messages acknowledged, \
         {unanswered} cut off: none lost, none twice"
    );
}

#[test]
fn fifty_concurrent_posts_share_a_few_syncs() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (disk, mut rng) = (Disk::new(), Rng::with_seed(0));
    disk.charge(u64::MAX);
    let store = open(&disk, &mut rng).unwrap();
    let poster = poster(Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock))));
    let sent: Vec<SentMessage> =
        (0..50).map(|number| SentMessage { text: format!("{number}"), acknowledged: None }).collect();
    let before = disk.syncs();
    let posts = sent.iter().enumerate().map(|(number, sent)| poster.post(draft(number, sent)));
    let stored = runtime.block_on(join_all(posts));
    assert!(stored.iter().all(Result::is_ok));
    let syncs = disk.syncs() - before;
    // One commit for each would need at least fifty.
    println!("{syncs} syncs for 50 messages");
    assert!((1..25).contains(&syncs), "{syncs} syncs for 50 messages");
}

#[derive(Default)]
struct Totals {
    cuts: u64,
    unopened: u64,
    acknowledged: usize,
    unanswered: u64,
}

/// A message that was posted at least once, and its `seq` once a post was acknowledged.
struct SentMessage {
    text: String,
    acknowledged: Option<Seq>,
}

fn run_disk(runtime: &Runtime, seed: u64, totals: &mut Totals) {
    let mut rng = Rng::with_seed(seed);
    let mut disk = Disk::new();
    let mut is_created = false;
    let mut all_sent = Vec::<SentMessage>::new();
    for _ in 0..CUTS_PER_DISK {
        let max_charge = rng.u64(1..=MAX_CHARGE);
        disk.charge(rng.u64(1..=max_charge));
        match open(&disk, &mut rng) {
            Ok(store) => runtime.block_on(async {
                is_created = true;
                let messages: Arc<dyn Messages> = Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock)));
                check(&messages, &all_sent, &disk).await;
                while !disk.is_off() {
                    totals.unanswered += post_some(&messages, &mut all_sent, &mut rng).await;
                }
            }),
            Err(_) if disk.is_off() => totals.unopened += 1,
            Err(error) => panic!("the store does not open: {error}"),
        }
        disk.cut(&mut rng);
        totals.cuts += 1;
        if !is_created {
            // A file whose creation was interrupted is never renamed to its final name; the next start creates a new one.
            disk = Disk::new();
        }
    }
    disk.charge(u64::MAX);
    let store = open(&disk, &mut rng).unwrap();
    runtime.block_on(async {
        let messages: Arc<dyn Messages> = Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock)));
        check(&messages, &all_sent, &disk).await;
    });
    totals.acknowledged += all_sent.iter().filter(|sent| sent.acknowledged.is_some()).count();
}

fn open(disk: &Disk, rng: &mut Rng) -> io::Result<Store> {
    // With a small cache redb writes early, with a large one at the commit.
    let cache_bytes = if rng.bool() { 0 } else { 1 << 20 };
    Store::over(DiskSource::of(disk, cache_bytes))
}

/// Checks that the store has every acknowledged message, unchanged and once.
async fn check(messages: &Arc<dyn Messages>, all_sent: &[SentMessage], disk: &Disk) {
    let stored = messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
    let mut stored_at = BTreeMap::new();
    for message in &stored {
        let sent = &all_sent[number_of(message)];
        assert_eq!(message.text.as_ref().map(MessageText::as_str), Some(sent.text.as_str()), "the text is complete");
        assert_eq!(stored_at.insert(number_of(message), message.seq), None, "{} is stored twice", message.nonce);
    }
    for (number, sent) in all_sent.iter().enumerate() {
        if let Some(seq) = sent.acknowledged {
            assert_eq!(stored_at.get(&number), Some(&seq), "message {number} is at its acknowledged seq");
        }
    }
    let last = stored.last().map_or(0, |message| message.seq.0);
    match messages.next_rev(&RoomName::lobby()).await {
        Ok(next) => assert!(next.0 > last, "revision {} was returned, but {last} is in use", next.0),
        Err(error) => assert!(disk.is_off(), "{error}"),
    }
}

/// Posts a few messages concurrently: new ones, retries of unacknowledged ones, and sometimes retries of acknowledged ones. Returns
/// the number of posts without an answer.
async fn post_some(messages: &Arc<dyn Messages>, all_sent: &mut Vec<SentMessage>, rng: &mut Rng) -> u64 {
    let mut numbers: Vec<usize> = Vec::new();
    for _ in 0..rng.usize(1..=MAX_CONCURRENT) {
        let old = if all_sent.is_empty() { 0 } else { rng.usize(0..all_sent.len()) };
        let retried = all_sent.get(old).is_some_and(|sent| sent.acknowledged.is_none() || rng.u8(0..8) == 0);
        if retried && !numbers.contains(&old) {
            numbers.push(old);
        } else {
            numbers.push(all_sent.len());
            all_sent.push(SentMessage { text: "x".repeat(rng.usize(1..2000)), acknowledged: None });
        }
    }
    let poster = poster(messages.clone());
    let posts = numbers.iter().map(|&number| poster.post(draft(number, &all_sent[number])));
    let answers = join_all(posts).await;
    let mut unanswered = 0;
    for (number, answer) in numbers.into_iter().zip(answers) {
        match answer {
            Ok(Posted { message, .. }) => {
                let seq = *all_sent[number].acknowledged.get_or_insert(message.seq);
                assert_eq!(seq, message.seq, "a retry of message {number} returns the first one");
            }
            Err(_) => unanswered += 1,
        }
    }
    unanswered
}

fn poster(messages: Arc<dyn Messages>) -> MessagePoster {
    MessagePoster {
        messages,
        images: Arc::new(store_memory::images::MemoryImages::default()),
        clock: Arc::new(SystemClock),
    }
}

fn draft(number: usize, sent: &SentMessage) -> Draft {
    let author = Person {
        id: "ann".parse().unwrap(),
        name: "Ann".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    let nonce = number.to_string().parse().unwrap();
    Draft {
        room: RoomName::lobby(),
        author,
        nonce,
        text: sent.text.parse().ok(),
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        poll: None,
        thread: None,
        in_room: false,
    }
}

fn number_of(message: &ChatMessage) -> usize {
    message.nonce.as_str().parse().unwrap()
}
