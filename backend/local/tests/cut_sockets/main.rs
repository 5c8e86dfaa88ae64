//! Test with twenty people who send messages over real sockets that are cut every two seconds.
//!
//! `SECONDS` is the duration (default 6), `SEED` determines who writes when.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

mod person;
mod proxy;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chat_testing::{
    guest::{visit, whole_log},
    local_server::LocalServer,
    number::number,
};
use futures::future::join_all;
use person::{Account, Person, Phase, end_of};
use proxy::Proxy;
use shared_types::{ChatMessage, Nonce, PersonId, Seq};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, interval_at, timeout_at},
};

/// Path of the local server, built by cargo for this test.
const LOCAL: &str = env!("CARGO_BIN_EXE_local");

const PEOPLE: u64 = 20;

const BETWEEN_CUTS: Duration = Duration::from_secs(2);

/// Maximum time after the last cut until everybody has every message. The longest reconnect delay of a page is 30 s; the other
/// 30 s are for a slow machine.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn messages_arrive_once_and_in_order_over_cut_sockets() {
    let (seconds, seed) = (number("SECONDS", 6), number("SEED", 0));
    fastrand::seed(seed);
    let local = LocalServer::start(LOCAL, &[]);
    let proxy = Proxy::start(local.port).await;
    let (phase, phases) = watch::channel(Phase::Active);
    let (confirmed, mut all_confirmed) = mpsc::channel(1);
    let mut people = Vec::new();
    for person in 0..PEOPLE {
        let person = Person::open(proxy.port, seed * PEOPLE + person).await;
        people.push(tokio::spawn(person.run(phases.clone(), confirmed.clone())));
    }
    drop(confirmed);

    let cut = cut_repeatedly(&proxy, Duration::from_secs(seconds)).await;
    let deadline = Instant::now() + SETTLE_TIMEOUT;
    phase.send_replace(Phase::Settling);
    let end = timeout_at(deadline, all_confirmed.recv()).await.expect("every message is confirmed in time");
    assert_eq!(end, None);
    let log = Arc::new(whole_log(local.port).await);
    phase.send_replace(Phase::Verifying(log.clone(), deadline));
    let accounts: Vec<Account> = join_all(people).await.into_iter().map(Result::unwrap).collect();

    verify(&log, &accounts);
    let newest = visit(local.port, &mut None).await.unwrap().messages;
    assert!(!newest.is_empty() && log.ends_with(&newest), "the store's page is the end of the log");
    assert!(!local.log().contains("ERROR"), "{}", local.log());
    let (messages, sockets) = (log.len(), accounts.iter().map(|account| account.sockets).sum::<u32>());
    println!(
        "{PEOPLE} people, {messages} messages, {sockets} sockets, {cut} connections cut: 100 % delivered, 0 twice, \
         0 out of order (SECONDS={seconds} SEED={seed})"
    );
}

/// Cuts all connections repeatedly for a duration. Returns the number of cut connections.
async fn cut_repeatedly(proxy: &Proxy, duration: Duration) -> usize {
    let start = Instant::now();
    let mut cuts = interval_at(start + BETWEEN_CUTS, BETWEEN_CUTS);
    let mut cut = 0;
    while cuts.tick().await <= start + duration {
        cut += proxy.cut();
    }
    assert!(cut > 0, "there were connections to cut");
    cut
}

fn verify(log: &[ChatMessage], accounts: &[Account]) {
    let mut seqs: BTreeMap<(&PersonId, &Nonce), Seq> = BTreeMap::new();
    for message in log {
        let twice = seqs.insert((&message.author.id, &message.nonce), message.seq);
        assert_eq!(twice, None, "{} of {} is stored twice", message.nonce, message.author.id);
    }
    let written: usize = accounts.iter().map(|account| account.written.len()).sum();
    assert_eq!(log.len(), written, "every written message is stored, and nothing else");
    for Account { id, written, page, .. } in accounts {
        let order: Vec<_> = written.iter().map(|nonce| seqs.get(&(id, nonce)).expect("it is stored")).collect();
        assert!(order.is_sorted(), "the messages of {id} are in the order in which they were written: {order:?}");
        let end = end_of(log, page);
        let missing: Vec<_> = end.iter().filter(|message| !page.contains(message)).collect();
        assert!(missing.is_empty(), "the page of {id} lacks {} of {} messages: {missing:?}", missing.len(), end.len());
        assert_eq!(page, &end, "the page of {id} is the end of the log");
    }
}
