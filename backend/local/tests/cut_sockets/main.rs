//! Twenty people talk over real sockets that are cut every two seconds.
//!
//! `SECONDS` says for how long (6), `SEED` who writes when.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

mod person;
mod proxy;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chat_testing::{
    guest::{visit, whole_log},
    local_server::LocalServer,
    number::number,
};
use futures::future::join_all;
use person::{Account, Mood, Person, end_of};
use proxy::Proxy;
use shared_types::{ChatMessage, Nonce, PersonId, Seq};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, interval_at, timeout_at},
};

/// The path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const PEOPLE: u64 = 20;

const BETWEEN_CUTS: Duration = Duration::from_secs(2);

/// How long it takes at most until everybody has everything: the longest wait of a page that was cut off often is 30 s,
/// as much again is for a slow machine.
const CALM: Duration = Duration::from_secs(60);

#[tokio::test]
async fn everything_written_is_delivered_once_and_in_order_over_sockets_that_are_cut() {
    let (seconds, seed) = (number("SECONDS", 6), number("SEED", 0));
    fastrand::seed(seed);
    let local = LocalServer::start(LOCAL, &[]);
    let proxy = Proxy::before(local.port).await;
    let (mood, feeling) = watch::channel(Mood::Restless);
    let (confirmed, mut all_confirmed) = mpsc::channel(1);
    let mut people = Vec::new();
    for person in 0..PEOPLE {
        let person = Person::arrive(proxy.port, seed * PEOPLE + person).await;
        people.push(tokio::spawn(person.live(feeling.clone(), confirmed.clone())));
    }
    drop(confirmed);

    let cut = storm(&proxy, Duration::from_secs(seconds)).await;
    let patience = Instant::now() + CALM;
    mood.send_replace(Mood::Calm);
    let silence = timeout_at(patience, all_confirmed.recv()).await.expect("everything written is confirmed in time");
    assert_eq!(silence, None);
    let log = Arc::new(whole_log(local.port).await);
    mood.send_replace(Mood::Waiting(log.clone(), patience));
    let accounts: Vec<Account> = join_all(people).await.into_iter().map(Result::unwrap).collect();

    judge(&log, &accounts);
    let newest = visit(local.port, &mut None).await.unwrap().messages;
    assert!(!newest.is_empty() && log.ends_with(&newest), "the store's page is the end of the log");
    assert!(!local.log().contains("ERROR"), "{}", local.log());
    let (messages, sockets) = (log.len(), accounts.iter().map(|account| account.sockets).sum::<u32>());
    println!(
        "{PEOPLE} people, {messages} messages, {sockets} sockets, {cut} connections cut: 100 % delivered, 0 twice, \
         0 out of order (SECONDS={seconds} SEED={seed})"
    );
}

/// Cuts everybody off again and again for so long; answers with how many connections that were.
async fn storm(proxy: &Proxy, duration: Duration) -> usize {
    let start = Instant::now();
    let mut cuts = interval_at(start + BETWEEN_CUTS, BETWEEN_CUTS);
    let mut cut = 0;
    while cuts.tick().await <= start + duration {
        cut += proxy.cut();
    }
    assert!(cut > 0, "there were connections to cut");
    cut
}

fn judge(log: &[ChatMessage], accounts: &[Account]) {
    let mut places: BTreeMap<(&PersonId, &Nonce), Seq> = BTreeMap::new();
    for message in log {
        let twice = places.insert((&message.author.id, &message.nonce), message.seq);
        assert_eq!(twice, None, "{} of {} is stored twice", message.nonce, message.author.id);
    }
    let written: usize = accounts.iter().map(|account| account.written.len()).sum();
    assert_eq!(log.len(), written, "everything that was written is stored, and nothing else");
    for Account { id, written, page, .. } in accounts {
        let order: Vec<_> = written.iter().map(|nonce| places.get(&(id, nonce)).expect("it is stored")).collect();
        assert!(order.is_sorted(), "the messages of {id} are in the order in which they were written: {order:?}");
        let end = end_of(log, page);
        let missing: Vec<_> = end.iter().filter(|message| !page.contains(message)).collect();
        assert!(missing.is_empty(), "the page of {id} lacks {} of {} messages: {missing:?}", missing.len(), end.len());
        assert_eq!(page, &end, "the page of {id} is the end of the log");
    }
}
