use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::access::{
    fakes::{FakeSecrets, ManualClock},
    policy::OidcClient,
};

const NOW: u64 = 1_700_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;
const MOMENT: Duration = Duration::from_millis(1);

struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().zip(drawn.iter().rev().cycle()).for_each(|(byte, drawn)| *byte = *drawn);
    }
}

/// A stack: its store, its clock and its randomness, with as many processes as are wanted.
struct Stack {
    safe: Arc<FakeSecrets>,
    clock: Arc<ManualClock>,
    entropy: Arc<Counter>,
}

impl Stack {
    fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock(AtomicU64::new(NOW)));
        Self { safe: Arc::default(), clock, entropy: Arc::new(Counter(AtomicU64::new(seed))) }
    }

    async fn process(&self, door: AccessPolicy) -> Sessions {
        Sessions::load(self.safe.clone(), self.clock.clone(), self.entropy.clone(), door).await.unwrap()
    }

    fn pass(&self, time: Duration) {
        self.clock.0.store((self.clock.now() + time).0, Ordering::Relaxed);
    }
}

async fn sessions() -> (Stack, Sessions) {
    let stack = Stack::new(1);
    let sessions = stack.process(AccessPolicy::open(Vec::new())).await;
    (stack, sessions)
}

fn ann() -> Session {
    Session { id: "ann".parse().unwrap(), name: None, moderator: false }
}

fn oidc(issuer: &str, id: &str) -> AccessPolicy {
    let client = OidcClient { issuer: issuer.parse().unwrap(), id: id.into(), moderator_claim: None };
    AccessPolicy::oidc(client, Vec::new())
}

#[tokio::test]
async fn a_ticket_says_who_it_was_made_for() {
    let stack = Stack::new(1);
    let named = Session { name: "Ann 生".parse().ok(), moderator: true, ..ann() };
    for (visitor, door) in [(ann(), AccessPolicy::open(Vec::new())), (named, oidc("https://a.example", "chat"))] {
        let sessions = stack.process(door).await;
        assert_eq!(sessions.read_ticket(&sessions.ticket(&visitor)).await, Ok(visitor.clone()));
        assert_eq!(sessions.read_cookie(&sessions.cookie(&visitor)).await, Ok(visitor));
    }
}

#[tokio::test]
async fn a_ticket_is_worthless_after_its_minutes() {
    let (stack, sessions) = sessions().await;
    let ticket = sessions.ticket(&ann());
    stack.pass(TICKET_LIFE);
    assert_eq!(sessions.read_ticket(&ticket).await, Ok(ann()));
    stack.pass(MOMENT);
    assert_eq!(sessions.read_ticket(&ticket).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_cookie_is_no_ticket_and_a_ticket_no_cookie() {
    let (_, sessions) = sessions().await;
    assert_eq!(sessions.read_ticket(&sessions.cookie(&ann())).await, Err(InvalidToken));
    assert_eq!(sessions.read_cookie(&sessions.ticket(&ann())).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_ticket_that_was_touched_is_rejected() {
    let (_, sessions) = sessions().await;
    let ticket = sessions.ticket(&ann());
    let (claims, mac) = ticket.split_once('.').unwrap();
    let bob = BASE64.encode(format!(r#"{{"id":"bob","until":{},"salt":""}}"#, NOW + DAY));
    for forged in [
        format!("{bob}.{mac}"),
        format!("{bob}."),
        format!("{claims}."),
        format!("{claims}.{}", BASE64.encode([0; 32])),
        ticket[..ticket.len() - 2].to_string(),
        format!("{ticket}AA"),
        format!("x{ticket}"),
        claims.into(),
        String::new(),
        ".".into(),
        "..".into(),
        "A".repeat(100_000),
    ] {
        assert_eq!(sessions.read_ticket(&forged).await, Err(InvalidToken), "{forged:.100}");
    }
}

#[tokio::test]
async fn another_stack_s_ticket_is_rejected() {
    let (_, sessions) = sessions().await;
    let other = Stack::new(9).process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(sessions.read_ticket(&other.ticket(&ann())).await, Err(InvalidToken));
}

#[tokio::test]
async fn who_came_in_by_another_door_has_to_come_in_again() {
    let stack = Stack::new(1);
    let doors = [
        AccessPolicy::open(Vec::new()),
        AccessPolicy::passphrase("open", Vec::new()),
        AccessPolicy::passphrase("sesame", Vec::new()),
        oidc("https://a.example", "chat"),
        oidc("https://b.example", "chat"),
        oidc("https://a.example", "other"),
    ];
    for (i, made) in doors.iter().enumerate() {
        let cookie = stack.process(made.clone()).await.cookie(&ann());
        for (k, asked) in doors.iter().enumerate() {
            let read = stack.process(asked.clone()).await.read_cookie(&cookie).await;
            assert_eq!(read.is_ok(), i == k, "made at door {i}, shown at door {k}");
        }
    }
}

#[tokio::test]
async fn the_secret_changes_after_its_time_and_what_it_signed_stays_good_until_the_next_change() {
    let (stack, sessions) = sessions().await;
    let cookie = sessions.cookie(&ann());
    assert_eq!(sessions.rotate().await.ok(), Some(false));
    stack.pass(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    assert_eq!(sessions.rotate().await.ok(), Some(false));

    let later = stack.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(later.read_cookie(&cookie).await, Ok(ann()));
    stack.pass(SECRET_LIFE);
    assert_eq!(later.rotate().await.ok(), Some(true));
    assert_eq!(stack.process(AccessPolicy::open(Vec::new())).await.read_cookie(&cookie).await, Err(InvalidToken));
}

#[tokio::test]
async fn a_process_that_has_not_heard_of_the_new_secret_looks_again() {
    let (stack, old) = sessions().await;
    stack.pass(SECRET_LIFE);
    assert_eq!(old.rotate().await.ok(), Some(true));
    let new = stack.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(old.read_ticket(&new.ticket(&ann())).await, Ok(ann()));
    assert_eq!(new.read_ticket(&old.ticket(&ann())).await, Ok(ann()));
}

#[tokio::test]
async fn forgers_make_a_process_look_again_once_a_minute() {
    let (stack, sessions) = sessions().await;
    let looked = || stack.safe.looked.load(Ordering::Relaxed);
    stack.pass(RELOAD);
    let before = looked();
    for _ in 0..100 {
        assert_eq!(sessions.read_ticket("e30.AAAA").await, Err(InvalidToken));
    }
    assert_eq!(looked() - before, 1);
}

#[tokio::test]
async fn a_change_is_no_reason_to_refuse_anybody_where_it_is_not_known_yet() {
    let (stack, sessions) = sessions().await;
    stack.pass(SECRET_LIFE);
    // It looks just before the change, and so not again for a minute.
    assert_eq!(sessions.read_ticket("e30.AAAA").await, Err(InvalidToken));
    let other = stack.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(other.rotate().await.ok(), Some(true));
    assert_eq!(sessions.read_ticket(&other.ticket(&ann())).await, Ok(ann()));
    // By now everybody looks when they do not know what they are shown.
    stack.pass(2 * RELOAD + MOMENT);
    let signed_with_the_new_one = other.ticket(&ann());
    assert_eq!(sessions.read_ticket(&signed_with_the_new_one).await, Ok(ann()));
    assert_eq!(sessions.held().keys.current, other.held().keys.current, "it looked again");
}

#[tokio::test]
async fn a_secret_that_was_removed_because_it_got_out_does_not_come_back() {
    let (stack, sessions) = sessions().await;
    let leaked = sessions.held().keys.current;
    let forged = sessions.cookie(&ann());
    *stack.safe.kept.lock().unwrap() = None;
    stack.pass(BELIEVED);
    assert_eq!(sessions.read_cookie(&forged).await, Err(InvalidToken));
    assert_ne!(sessions.held().keys.current, leaked);
    assert_eq!(sessions.read_cookie(&sessions.cookie(&ann())).await, Ok(ann()));
}

#[tokio::test]
async fn whoever_changes_the_secret_signs_with_the_new_one() {
    let (stack, sessions) = sessions().await;
    let before = sessions.held().keys.current;
    stack.pass(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    assert_eq!(sessions.held().keys.previous, Some(before));
}

#[tokio::test]
async fn no_two_tickets_are_the_same() {
    let (_, sessions) = sessions().await;
    assert_ne!(sessions.ticket(&ann()), sessions.ticket(&ann()));
}

#[tokio::test]
async fn who_keeps_order_is_decided_when_it_is_asked() {
    let stack = Stack::new(1);
    let before = stack.process(AccessPolicy::open(vec!["ann".parse().unwrap()])).await;
    let known = before.read_cookie(&before.cookie(&ann())).await.unwrap();
    assert!(known.moderator);
    // As each visit gives them out anew.
    let (cookie, ticket) = (before.cookie(&known), before.ticket(&known));
    let after = stack.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(after.read_cookie(&cookie).await.map(|visitor| visitor.moderator), Ok(false));
    assert_eq!(after.read_ticket(&ticket).await.map(|visitor| visitor.moderator), Ok(false));
}

#[tokio::test]
async fn an_address_is_known_by_a_hash_that_only_this_stack_can_make() {
    let (stack, sessions) = sessions().await;
    let keys = |sessions: &Sessions, address: &str| sessions.address_keys(address.parse().unwrap());
    let one = keys(&sessions, "192.0.2.1");
    assert_eq!(one.len(), 1);
    assert_eq!(keys(&sessions, "::ffff:192.0.2.1"), one);
    assert_ne!(keys(&sessions, "192.0.2.2"), one);
    assert_eq!(keys(&sessions, "2001:db8:0:1::1"), keys(&sessions, "2001:db8:0:1:ffff::2"));
    assert_ne!(keys(&sessions, "2001:db8:0:1::1"), keys(&sessions, "2001:db8:0:2::1"));
    let other = Stack::new(9).process(AccessPolicy::open(Vec::new())).await;
    assert_ne!(keys(&other, "192.0.2.1"), one);

    stack.pass(SECRET_LIFE);
    assert_eq!(sessions.rotate().await.ok(), Some(true));
    let later = stack.process(AccessPolicy::open(Vec::new())).await;
    assert_eq!(keys(&later, "192.0.2.1").get(1), one.first(), "whoever was banned before is known by it still");
}

#[test]
fn a_visitor_is_called_as_somebody_vouched_or_as_they_chose_or_like_a_guest() {
    let named = |name: &str| Some(name.parse().unwrap());
    let vouched = Session { name: named("Ann Example"), moderator: true, ..ann() };
    let Person { id, name, moderator } = vouched.called(named("Bo"));
    assert_eq!((id.as_str(), name.as_str(), moderator), ("ann", "Ann Example", true));
    assert_eq!(ann().called(named("Bo")).name.as_str(), "Bo");
    assert_eq!(ann().called(None).name, guest_name(&ann().id));
    // With a Cyrillic letter it could be read as another's.
    assert_eq!(ann().called(named("\u{410}nn")).name, guest_name(&ann().id));
}
