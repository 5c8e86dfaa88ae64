//! The store on a disk that loses power in the middle of things, again and again.
//!
//! `CUTS` says how many cuts (300), `SEED` which disk comes first; a failure prints the seed. The seed decides what is
//! posted, at which write the power goes and what the disk keeps; how many posts share a commit is the scheduler's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

mod disk;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use chat::{
    messages::post::{Draft, MessagePoster},
    ports::messages::Messages,
};
use chat_testing::number::number;
use disk::Disk;
use fastrand::Rng;
use futures::future::join_all;
use platform::system::SystemClock;
use redb::Database;
use shared_types::{ChatMessage, MessageText, Person, RoomName, Seq};
use store_redb::{messages::RedbMessages, store::Store};
use tokio::runtime::Runtime;

/// Cuts in the life of one disk.
const CUTS_PER_DISK: u64 = 10;

/// The longest time between two cuts, in writes and syncs. Opening takes a few, a commit about ten; short times are the
/// likely ones, so that some cuts come while the damage of the last one is repaired.
const LONGEST_CHARGE: u64 = 300;

/// Most posts at once.
const AT_ONCE: usize = 8;

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged_and_the_store_opens_after_it() {
    let (first, disks) = (number("SEED", 0), number("CUTS", 300).div_ceil(CUTS_PER_DISK));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut sums = Sums::default();
    for seed in first..first + disks {
        let life = || live(&runtime, seed, &mut sums);
        catch_unwind(AssertUnwindSafe(life)).unwrap_or_else(|_| panic!("repeat it with SEED={seed} CUTS=1"));
    }
    let Sums { cuts, unopened, acknowledged, unanswered } = sums;
    assert!(acknowledged > 0 && unanswered > 0, "there were posts before and in the cuts");
    println!(
        "{cuts} power cuts, {unopened} of them while the store opened; {acknowledged} messages acknowledged, \
         {unanswered} cut off: none lost, none twice"
    );
}

#[test]
fn fifty_who_speak_at_once_share_a_few_syncs() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (disk, mut dice) = (Disk::new(), Rng::with_seed(0));
    disk.charge(u64::MAX);
    let store = open(&disk, &mut dice).unwrap();
    let post = post(Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock))));
    let said: Vec<Said> = (0..50).map(|number| Said { text: format!("{number}"), acknowledged: None }).collect();
    let before = disk.syncs();
    let posts = said.iter().enumerate().map(|(number, said)| post.post(draft(number, said)));
    let stored = runtime.block_on(join_all(posts));
    assert!(stored.iter().all(Result::is_ok));
    let syncs = disk.syncs() - before;
    // One commit each would be fifty at least.
    println!("{syncs} syncs for 50 messages");
    assert!((1..25).contains(&syncs), "{syncs} syncs for 50 messages");
}

#[derive(Default)]
struct Sums {
    cuts: u64,
    unopened: u64,
    acknowledged: usize,
    unanswered: u64,
}

/// What was posted, and where it stands once that was acknowledged.
struct Said {
    text: String,
    acknowledged: Option<Seq>,
}

type Everything = Vec<Said>;

fn live(runtime: &Runtime, seed: u64, sums: &mut Sums) {
    let mut dice = Rng::with_seed(seed);
    let mut disk = Disk::new();
    let mut made = false;
    let mut everything = Everything::new();
    for _ in 0..CUTS_PER_DISK {
        let longest = dice.u64(1..=LONGEST_CHARGE);
        disk.charge(dice.u64(1..=longest));
        match open(&disk, &mut dice) {
            Ok(store) => runtime.block_on(async {
                made = true;
                let messages: Arc<dyn Messages> = Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock)));
                judge(&messages, &everything, &disk).await;
                while !disk.is_dark() {
                    sums.unanswered += talk(&messages, &mut everything, &mut dice).await;
                }
            }),
            Err(_) if disk.is_dark() => sums.unopened += 1,
            Err(error) => panic!("the store does not open: {error}"),
        }
        disk.cut(&mut dice);
        sums.cuts += 1;
        if !made {
            // A file whose making was broken off never gets its name, and the next start begins with a new one.
            disk = Disk::new();
        }
    }
    disk.charge(u64::MAX);
    let store = open(&disk, &mut dice).unwrap();
    runtime.block_on(async {
        let messages: Arc<dyn Messages> = Arc::new(RedbMessages::new(store, None, Arc::new(SystemClock)));
        judge(&messages, &everything, &disk).await;
    });
    sums.acknowledged += everything.iter().filter(|said| said.acknowledged.is_some()).count();
}

fn open(disk: &Disk, dice: &mut Rng) -> Result<Store, redb::DatabaseError> {
    // A small cache writes early, a large one at the commit.
    let cache = if dice.bool() { 0 } else { 1 << 20 };
    let database = Database::builder().set_cache_size(cache).create_with_backend(disk.clone())?;
    Ok(Store::over(database).unwrap())
}

/// Holds the log to what was acknowledged.
async fn judge(messages: &Arc<dyn Messages>, everything: &Everything, disk: &Disk) {
    let stored = messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
    let mut places = BTreeMap::new();
    for message in &stored {
        let said = &everything[number_of(message)];
        assert_eq!(message.text.as_ref().map(MessageText::as_str), Some(said.text.as_str()), "it is whole");
        assert_eq!(places.insert(number_of(message), message.seq), None, "{} is stored twice", message.nonce);
    }
    for (number, said) in everything.iter().enumerate() {
        if let Some(seq) = said.acknowledged {
            assert_eq!(places.get(&number), Some(&seq), "message {number} was acknowledged there");
        }
    }
    let last = stored.last().map_or(0, |message| message.seq.0);
    match messages.next_rev(&RoomName::lobby()).await {
        Ok(next) => assert!(next.0 > last, "revision {} is handed out, and {last} is taken", next.0),
        Err(error) => assert!(disk.is_dark(), "{error}"),
    }
}

/// A few posts at once: new ones, retries of what was not acknowledged, and now and then of what was. Answers with the
/// number of those that got no answer.
async fn talk(messages: &Arc<dyn Messages>, everything: &mut Everything, dice: &mut Rng) -> u64 {
    let mut numbers: Vec<usize> = Vec::new();
    for _ in 0..dice.usize(1..=AT_ONCE) {
        let old = if everything.is_empty() { 0 } else { dice.usize(0..everything.len()) };
        let retried = everything.get(old).is_some_and(|said| said.acknowledged.is_none() || dice.u8(0..8) == 0);
        if retried && !numbers.contains(&old) {
            numbers.push(old);
        } else {
            numbers.push(everything.len());
            everything.push(Said { text: "x".repeat(dice.usize(1..2000)), acknowledged: None });
        }
    }
    let post = post(messages.clone());
    let posts = numbers.iter().map(|&number| post.post(draft(number, &everything[number])));
    let answers = join_all(posts).await;
    let mut unanswered = 0;
    for (number, answer) in numbers.into_iter().zip(answers) {
        match answer {
            Ok(message) => {
                let seq = *everything[number].acknowledged.get_or_insert(message.seq);
                assert_eq!(seq, message.seq, "a retry of message {number} is answered with the first one");
            }
            Err(_) => unanswered += 1,
        }
    }
    unanswered
}

fn post(messages: Arc<dyn Messages>) -> MessagePoster {
    MessagePoster {
        messages,
        images: Arc::new(store_memory::images::MemoryImages::default()),
        clock: Arc::new(SystemClock),
    }
}

fn draft(number: usize, said: &Said) -> Draft {
    let author = Person { id: "ann".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false };
    let nonce = number.to_string().parse().unwrap();
    Draft {
        room: RoomName::lobby(),
        author,
        nonce,
        text: said.text.parse().ok(),
        image: None,
        reply_to: None,
        mentions: Vec::new(),
    }
}

fn number_of(message: &ChatMessage) -> usize {
    message.nonce.as_str().parse().unwrap()
}
