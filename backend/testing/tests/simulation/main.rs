//! Simulation of the delivery guarantee in one process: the real rules and the real page, with faults of the network, the
//! store and the clocks.
//!
//! Every schedule has a seed and is deterministic. `SCHEDULES` is their number (default 500), `SEED` the first one. A failure
//! prints the seed that repeats it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod person;
mod server;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chat::ports::messages::Messages;
use chat_testing::number::number;
use page_model::timeline::Change;
use person::{Account, Habit, Person};
use server::{Faults, Server};
use shared_types::{ChatMessage, RoomName};
use tokio::time::Instant;

/// Messages on a page. The number is small, so that a client often misses more than a page.
const PAGE_SIZE: usize = 20;

/// Duration of the faults.
const FAULTS_DURATION: Duration = Duration::from_secs(90);

/// Maximum time after the faults until everybody has every message: the life of the last gap, with clocks that are wrong in
/// opposite directions, and two heartbeats.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(40 * 60);

#[test]
fn every_message_arrives_once_and_in_one_order() {
    let (first, schedules) = (number("SEED", 0), number("SCHEDULES", 500));
    let mut messages = 0;
    for seed in first..first + schedules {
        let outcome = std::panic::catch_unwind(|| run(seed));
        messages += outcome.unwrap_or_else(|_| panic!("repeat it with SEED={seed} SCHEDULES=1"));
    }
    println!("{schedules} schedules, {messages} messages: none lost, none twice, one order");
}

/// Runs and verifies one schedule. Returns the number of messages.
fn run(seed: u64) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server = Server::new(seed, faults(seed)).await;
        let faults_end = Instant::now() + FAULTS_DURATION;
        let people = 2 + seed % 4;
        let mut tasks = Vec::new();
        for number in 0..people {
            let person = Person::open_page(&server).await;
            // In every third schedule one person closes the page for a long time and another one loses the network.
            let habit = match (seed % 3, number) {
                (0, 0) => Habit::ClosesPage,
                (0, 1) => Habit::LosesNetwork,
                _ => Habit::Stays,
            };
            tasks.push(tokio::spawn(person.run(faults_end, faults_end + SETTLE_TIMEOUT, habit)));
        }
        tokio::time::sleep_until(faults_end).await;
        server.stop_faults();
        let mut accounts = Vec::new();
        for task in tasks {
            accounts.push(task.await.unwrap());
        }
        verify(&server, &accounts).await
    })
}

/// Returns the faults of a schedule. A third of the schedules has all kinds at once, the others have one or two kinds.
fn faults(seed: u64) -> Faults {
    let all_kinds =
        Faults { crash: 15, outage: 15, stall: 5, busy: 100, loss: 20, twice: 50, cut: 10, behind: 10, half_open: 2 };
    match seed / 3 % 10 {
        0..3 => all_kinds,
        3 => Faults { crash: 60, ..server::NO_FAULTS },
        4 => Faults { outage: 80, ..server::NO_FAULTS },
        5 => Faults { stall: 60, twice: 100, ..server::NO_FAULTS },
        6 => Faults { busy: 400, loss: 30, ..server::NO_FAULTS },
        7 => Faults { behind: 40, half_open: 10, ..server::NO_FAULTS },
        8 => Faults { loss: 100, twice: 200, ..server::NO_FAULTS },
        _ => Faults { cut: 80, crash: 10, ..server::NO_FAULTS },
    }
}

async fn verify(server: &Arc<Server>, accounts: &[Account]) -> usize {
    let stored = server.messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
    let seqs = seqs_by_key(&stored);
    let written: usize = accounts.iter().map(|account| account.written.len()).sum();
    let endings: Vec<_> = accounts.iter().map(|account| &account.ending).collect();
    assert_eq!(stored.len(), written, "every written message is stored, and nothing else: {endings:?}");
    for account in accounts {
        for nonce in &account.written {
            let seq = seqs.get(&(account.id.clone(), nonce.to_string()));
            assert!(seq.is_some(), "{nonce} was written and is lost");
        }
        for (nonce, seq) in &account.confirmed {
            assert_eq!(
                seqs.get(&(account.id.clone(), nonce.to_string())),
                Some(seq),
                "{nonce} was confirmed with this seq"
            );
        }
        let order: Vec<_> =
            account.written.iter().map(|nonce| seqs[&(account.id.clone(), nonce.to_string())]).collect();
        assert!(
            account.failed || order.is_sorted(),
            "a person's messages are in the order in which they were written: {order:?}"
        );
        let shown: Vec<u64> = account.page.iter().map(|(_, _, seq)| *seq).collect();
        let from = shown.first().copied().unwrap_or(0);
        let expected: Vec<u64> = stored.iter().map(|message| message.seq.0).filter(|seq| *seq >= from).collect();
        assert_eq!(shown, expected, "the page of {} is the end of the log", account.id);
        assert!(shown.len() >= stored.len().min(PAGE_SIZE), "the page shows at least one page of messages");
        let expected: Vec<String> = stored.iter().filter(|message| message.seq.0 >= from).map(content_of).collect();
        assert_eq!(account.content, expected, "the page of {} shows the current state of the messages", account.id);
        if let (Some((first, _)), Some((last, _))) = (account.detached.first(), account.detached.last()) {
            let between = stored.iter().filter(|message| (*first..=*last).contains(&message.seq.0));
            let expected: Vec<_> = between.map(|message| (message.seq.0, content_of(message))).collect();
            assert_eq!(
                account.detached, expected,
                "the older messages that {} reads have no gap and match the store",
                account.id
            );
        }
        assert_eq!(account.changing, 0, "every change is confirmed or has failed");
        for ((seq, _), change) in &account.changed {
            let message = stored.iter().find(|message| message.seq.0 == *seq).unwrap();
            assert!(is_applied(change, message, &account.id), "{change:?} of {} is in {message:?}", account.id);
        }
    }
    written
}

fn content_of(message: &ChatMessage) -> String {
    let reactions = message.reactions.iter().map(|reaction| (&reaction.emoji, &reaction.people));
    person::content(message.text.as_ref(), message.deleted, message.edited_at.is_some(), reactions)
}

/// Returns whether a person's last change of a message is stored in it.
fn is_applied(change: &Change, message: &ChatMessage, who: &str) -> bool {
    match change {
        _ if message.deleted => true,
        Change::Delete => false,
        Change::Text(text) => message.text == *text,
        Change::Reaction { emoji, on } => {
            let matching = message.reactions.iter().filter(|reaction| reaction.emoji == *emoji);
            matching.flat_map(|reaction| &reaction.people).any(|person| person.id.as_str() == who) == *on
        }
    }
}

fn seqs_by_key(stored: &[ChatMessage]) -> BTreeMap<(String, String), u64> {
    let mut seqs = BTreeMap::new();
    for message in stored {
        let message_key = (message.author.id.to_string(), message.nonce.to_string());
        assert_eq!(seqs.insert(message_key.clone(), message.seq.0), None, "{message_key:?} is stored twice");
    }
    seqs
}
