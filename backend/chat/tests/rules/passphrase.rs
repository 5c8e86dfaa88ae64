//! Tests of the passphrase check and its limits.

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
use tempfile::TempDir;

/// Returns a check with its clock and the directory of its store, which has to exist as long as the store is open.
async fn passphrase_check() -> (TempDir, Arc<ManualClock>, PassphraseCheck) {
    let clock = ManualClock::at(Timestamp(1_700_000_000_000 / 60_000 * 60_000));
    let entropy = Arc::new(SystemEntropy);
    let policy = AccessPolicy::passphrase("open sesame", Vec::new());
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let sessions = Sessions::load(Arc::new(store.clone()), clock.clone(), entropy, policy).await.unwrap();
    let rate = RateLimiter::new(Arc::new(InProcessRateStore::new(clock.clone())), clock.clone(), RateLimits::NONE);
    let moderation = Arc::new(RedbModeration::new(store, clock.clone()));
    let restriction_store = RestrictionStore { moderation, clock: clock.clone(), configured_moderators: Vec::new() };
    (directory, clock, PassphraseCheck { rate, sessions, restriction_store })
}

fn address(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([203, 0, 113, last]))
}

#[tokio::test]
async fn the_passphrase_admits_a_new_guest_each_time() {
    let (_directory, _, check) = passphrase_check().await;
    let ann = check.attempt("open sesame", address(1)).await.unwrap();
    let ben = check.attempt("open sesame", address(1)).await.unwrap();
    assert_ne!(ann.id, ben.id);
    assert_eq!((ann.name, ann.moderator), (None, false));
    assert!(matches!(check.attempt("Open Sesame", address(1)).await, Err(PassphraseError::Wrong)));
}

#[tokio::test]
async fn a_banned_address_is_rejected_whatever_the_passphrase() {
    let (_directory, clock, check) = passphrase_check().await;
    let until = Timestamp(clock.now().0 + 60_000);
    let banned_address = Subject::Address(check.sessions.address_keys(address(1).unwrap()).remove(0));
    let banned = Restrictions { banned_until: Some(until), ..Restrictions::default() };
    check.restriction_store.moderation.set_restrictions(&banned_address, banned).await.unwrap();
    for passphrase in ["open sesame", "wrong"] {
        let result = check.attempt(passphrase, address(1)).await;
        assert!(matches!(result, Err(PassphraseError::Banned { until: end }) if end == until), "{result:?}");
    }
    check.attempt("open sesame", address(2)).await.unwrap();
    clock.advance(Duration::from_secs(60));
    check.attempt("open sesame", address(1)).await.unwrap();
}

#[tokio::test]
async fn an_address_has_ten_passphrase_attempts_a_minute() {
    let (_directory, clock, check) = passphrase_check().await;
    for _ in 0..10 {
        assert!(matches!(check.attempt("wrong", address(1)).await, Err(PassphraseError::Wrong)));
    }
    clock.advance(Duration::from_secs(20));
    let late = check.attempt("open sesame", address(1)).await;
    assert!(matches!(late, Err(PassphraseError::TooOften(wait)) if wait.seconds() == 40), "{late:?}");
    check.attempt("open sesame", address(2)).await.unwrap();
    clock.advance(Duration::from_secs(40));
    check.attempt("open sesame", address(1)).await.unwrap();
}

#[tokio::test]
async fn all_addresses_share_a_hundred_attempts_a_minute() {
    let (_directory, _, check) = passphrase_check().await;
    for last in 0..100 {
        assert!(matches!(check.attempt("wrong", address(last)).await, Err(PassphraseError::Wrong)));
    }
    for other in [address(200), None] {
        assert!(matches!(check.attempt("open sesame", other).await, Err(PassphraseError::TooOften(_))));
    }
}
