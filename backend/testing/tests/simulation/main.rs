//! The guarantee, in one process: the real rules and the real page, with a network, a store and clocks that fail.
//!
//! Every schedule has a seed and is the same each time. `SCHEDULES` says how many (500), `SEED` which one comes first;
//! a failure prints the seed that repeats it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

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

/// Messages on a page: few, so that gaps are often larger.
const PAGE: usize = 20;

/// How long things go wrong.
const STORM: Duration = Duration::from_secs(90);

/// How long it takes at most until everybody has everything: until the last hole may be passed, with clocks that are
/// wrong in opposite directions, and two heartbeats.
const CALM: Duration = Duration::from_secs(40 * 60);

#[test]
fn nothing_is_lost_nothing_comes_twice_and_everyone_sees_one_order() {
    let (first, schedules) = (number("SEED", 0), number("SCHEDULES", 500));
    let mut messages = 0;
    for seed in first..first + schedules {
        let told = std::panic::catch_unwind(|| run(seed));
        messages += told.unwrap_or_else(|_| panic!("repeat it with SEED={seed} SCHEDULES=1"));
    }
    println!("{schedules} schedules, {messages} messages: none lost, none twice, one order");
}

/// Runs one schedule and judges it; answers with the number of messages.
fn run(seed: u64) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server = Server::new(seed, faults(seed)).await;
        let calm = Instant::now() + STORM;
        let people = 2 + seed % 4;
        let mut living = Vec::new();
        for number in 0..people {
            let person = Person::arrive(&server).await;
            // Of three schedules, in one somebody sleeps long while somebody else dozes off.
            let habit = match (seed % 3, number) {
                (0, 0) => Habit::SleepsLong,
                (0, 1) => Habit::DozesOff,
                _ => Habit::Stays,
            };
            living.push(tokio::spawn(person.live(calm, calm + CALM, habit)));
        }
        tokio::time::sleep_until(calm).await;
        server.calm_down();
        let mut accounts = Vec::new();
        for life in living {
            accounts.push(life.await.unwrap());
        }
        judge(&server, &accounts).await
    })
}

/// A third of the schedules has everything at once, the others each their own trouble.
fn faults(seed: u64) -> Faults {
    let storm = Faults { crash: 15, outage: 15, stall: 5, busy: 100, loss: 20, twice: 50, cut: 10 };
    match seed / 3 % 9 {
        0..3 => storm,
        3 => Faults { crash: 60, ..server::CALM },
        4 => Faults { outage: 80, ..server::CALM },
        5 => Faults { stall: 60, twice: 100, ..server::CALM },
        6 => Faults { busy: 400, loss: 30, ..server::CALM },
        7 => Faults { loss: 100, twice: 200, ..server::CALM },
        _ => Faults { cut: 80, crash: 10, ..server::CALM },
    }
}

async fn judge(server: &Arc<Server>, accounts: &[Account]) -> usize {
    let stored = server.messages.before(&RoomName::lobby(), None, usize::MAX).await.unwrap();
    let places = places(&stored);
    let written: usize = accounts.iter().map(|account| account.written.len()).sum();
    let endings: Vec<_> = accounts.iter().map(|account| &account.ending).collect();
    assert_eq!(stored.len(), written, "everything that was written is stored, and nothing else: {endings:?}");
    for account in accounts {
        for nonce in &account.written {
            let place = places.get(&(account.id.clone(), nonce.to_string()));
            assert!(place.is_some(), "{nonce} was written and is lost");
        }
        for (nonce, seq) in &account.confirmed {
            assert_eq!(places.get(&(account.id.clone(), nonce.to_string())), Some(seq), "{nonce} was confirmed there");
        }
        let order: Vec<_> =
            account.written.iter().map(|nonce| places[&(account.id.clone(), nonce.to_string())]).collect();
        assert!(
            account.failed || order.is_sorted(),
            "a person's messages are in the order in which they were written: {order:?}"
        );
        let shown: Vec<u64> = account.page.iter().map(|(_, _, seq)| *seq).collect();
        let from = shown.first().copied().unwrap_or(0);
        let expected: Vec<u64> = stored.iter().map(|message| message.seq.0).filter(|seq| *seq >= from).collect();
        assert_eq!(shown, expected, "the page of {} is the end of the log", account.id);
        assert!(shown.len() >= stored.len().min(PAGE), "the page shows a page at least");
        let expected: Vec<String> = stored.iter().filter(|message| message.seq.0 >= from).map(content_of).collect();
        assert_eq!(account.content, expected, "the page of {} shows the messages as they are", account.id);
        if let (Some((first, _)), Some((last, _))) = (account.apart.first(), account.apart.last()) {
            let between = stored.iter().filter(|message| (*first..=*last).contains(&message.seq.0));
            let expected: Vec<_> = between.map(|message| (message.seq.0, content_of(message))).collect();
            assert_eq!(account.apart, expected, "what {} reads far back has no gap and is as it is stored", account.id);
        }
        assert_eq!(account.changing, 0, "every change is confirmed or given up");
        for ((seq, _), change) in &account.changed {
            let message = stored.iter().find(|message| message.seq.0 == *seq).unwrap();
            assert!(is_made(change, message, &account.id), "{change:?} of {} is in {message:?}", account.id);
        }
    }
    written
}

fn content_of(message: &ChatMessage) -> String {
    let reactions = message.reactions.iter().map(|reaction| (&reaction.emoji, &reaction.people));
    person::content(message.text.as_ref(), message.deleted, message.edited_at.is_some(), reactions)
}

/// Whether the last word of somebody on a message is true of it.
fn is_made(change: &Change, message: &ChatMessage, who: &str) -> bool {
    match change {
        _ if message.deleted => true,
        Change::Delete => false,
        Change::Text(text) => message.text == *text,
        Change::Reaction { emoji, on } => {
            let meant = message.reactions.iter().filter(|reaction| reaction.emoji == *emoji);
            meant.flat_map(|reaction| &reaction.people).any(|person| person.id.as_str() == who) == *on
        }
    }
}

fn places(stored: &[ChatMessage]) -> BTreeMap<(String, String), u64> {
    let mut places = BTreeMap::new();
    for message in stored {
        let message_key = (message.author.id.to_string(), message.nonce.to_string());
        assert_eq!(places.insert(message_key.clone(), message.seq.0), None, "{message_key:?} is stored twice");
    }
    places
}
