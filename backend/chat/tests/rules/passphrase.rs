//! The passphrase: who gets in with it, and how often it may be tried.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chat::{
    access::{
        passphrase::{PassphraseCheck, PassphraseError},
        policy::AccessPolicy,
        rate_limit::{RateLimiter, RateLimits},
        sessions::Sessions,
    },
    moderation::restrictions::RestrictionStore,
    ports::{moderation::Subject, system::Clock},
};
use chat_testing::clock::ManualClock;
use platform::system::SystemEntropy;
use shared_types::{Restrictions, Timestamp};
use store_redb::{moderation::RedbModeration, rate_store::InProcessRateStore, store::Store};

async fn door() -> (Arc<ManualClock>, PassphraseCheck) {
    let clock = ManualClock::at(Timestamp(1_700_000_000_000 / 60_000 * 60_000));
    let entropy = Arc::new(SystemEntropy);
    let door = AccessPolicy::passphrase("open sesame", Vec::new());
    // On Linux an open file stays usable after its directory is removed.
    let store = Store::open(tempfile::tempdir().unwrap().path()).unwrap();
    let sessions = Sessions::load(Arc::new(store.clone()), clock.clone(), entropy, door).await.unwrap();
    let rate = RateLimiter::new(Arc::new(InProcessRateStore::new(clock.clone())), clock.clone(), RateLimits::NONE);
    let moderation = Arc::new(RedbModeration::new(store, clock.clone()));
    let restriction_store = RestrictionStore { moderation, clock: clock.clone(), configured_moderators: Vec::new() };
    (clock, PassphraseCheck { rate, sessions, restriction_store })
}

fn address(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([203, 0, 113, last]))
}

#[tokio::test]
async fn whoever_says_the_passphrase_is_a_guest_of_their_own() {
    let (_, door) = door().await;
    let ann = door.attempt("open sesame", address(1)).await.unwrap();
    let ben = door.attempt("open sesame", address(1)).await.unwrap();
    assert_ne!(ann.id, ben.id);
    assert_eq!((ann.name, ann.moderator), (None, false));
    assert!(matches!(door.attempt("Open Sesame", address(1)).await, Err(PassphraseError::Wrong)));
}

#[tokio::test]
async fn whoever_comes_from_where_somebody_was_sent_away_is_told_so_whatever_they_say() {
    let (clock, door) = door().await;
    let until = Timestamp(clock.now().0 + 60_000);
    let there = Subject::Address(door.sessions.address_keys(address(1).unwrap()).remove(0));
    let banned = Restrictions { banned_until: Some(until), ..Restrictions::default() };
    door.restriction_store.moderation.set_restrictions(&there, banned).await.unwrap();
    for passphrase in ["open sesame", "wrong"] {
        let said = door.attempt(passphrase, address(1)).await;
        assert!(matches!(said, Err(PassphraseError::Banned { until: told }) if told == until), "{said:?}");
    }
    door.attempt("open sesame", address(2)).await.unwrap();
    clock.advance(Duration::from_secs(60));
    door.attempt("open sesame", address(1)).await.unwrap();
}

#[tokio::test]
async fn an_address_has_ten_tries_a_minute_and_then_the_right_one_waits_too() {
    let (clock, door) = door().await;
    for _ in 0..10 {
        assert!(matches!(door.attempt("wrong", address(1)).await, Err(PassphraseError::Wrong)));
    }
    clock.advance(Duration::from_secs(20));
    let late = door.attempt("open sesame", address(1)).await;
    assert!(matches!(late, Err(PassphraseError::TooOften(wait)) if wait.seconds() == 40), "{late:?}");
    door.attempt("open sesame", address(2)).await.unwrap();
    clock.advance(Duration::from_secs(40));
    door.attempt("open sesame", address(1)).await.unwrap();
}

#[tokio::test]
async fn all_addresses_together_have_a_hundred_tries_a_minute() {
    let (_, door) = door().await;
    for last in 0..100 {
        assert!(matches!(door.attempt("wrong", address(last)).await, Err(PassphraseError::Wrong)));
    }
    for somebody in [address(200), None] {
        assert!(matches!(door.attempt("open sesame", somebody).await, Err(PassphraseError::TooOften(_))));
    }
}
