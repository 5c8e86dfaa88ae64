//! How often something may be done, to the millisecond and however many come at once.

use std::time::Duration;

use chat::ports::rate_store::{RateDecision, RateLimit};
use futures::future::join_all;
use shared_types::Timestamp;

use super::contract;
use crate::contract::{Stores, fixtures::now};

contract! { rate_store_contract rate_store {
    of_fifty_at_once_just_as_many_as_are_allowed_get_through
    a_burst_is_over_sooner_than_what_is_sustained
    whoever_waits_as_long_as_they_were_told_gets_through_and_not_a_millisecond_sooner
    keys_are_counted_apart
    of_ten_uses_at_once_one_is_the_first
    a_turn_is_one_holder_s_until_it_is_over_and_they_may_ask_again
    of_ten_who_want_a_turn_at_once_one_has_it
} }

/// Ten in ten seconds, and fifteen in a minute.
const ALLOWANCE: RateLimit =
    RateLimit { burst: 10, burst_window: Duration::from_secs(10), sustained: 15, window: Duration::from_secs(60) };

/// Some milliseconds into a minute that has begun.
fn into_a_minute(milliseconds: u64) -> Timestamp {
    Timestamp(now().0 / 60_000 * 60_000 + milliseconds)
}

/// How many of so many that are tried at once get through.
async fn get_through(stores: &Stores, tries: usize, at: Timestamp) -> usize {
    let tries = join_all((0..tries).map(|_| stores.rate_store.take("ann", ALLOWANCE, at))).await;
    tries.into_iter().filter(|taken| matches!(taken, Ok(RateDecision::Allowed))).count()
}

pub async fn of_fifty_at_once_just_as_many_as_are_allowed_get_through(stores: Stores) {
    assert_eq!(get_through(&stores, 50, into_a_minute(0)).await, 10);
    assert_eq!(get_through(&stores, 50, into_a_minute(9_999)).await, 0);
}

pub async fn a_burst_is_over_sooner_than_what_is_sustained(stores: Stores) {
    let wait = async |at| match stores.rate_store.take("ann", ALLOWANCE, at).await.unwrap() {
        RateDecision::Allowed => None,
        RateDecision::Denied(wait) => Some(wait),
    };
    assert_eq!(get_through(&stores, 10, into_a_minute(3_000)).await, 10);
    assert_eq!(wait(into_a_minute(3_000)).await, Some(Duration::from_secs(7)));
    assert_eq!(get_through(&stores, 10, into_a_minute(10_000)).await, 5);
    assert_eq!(wait(into_a_minute(10_000)).await, Some(Duration::from_secs(50)));
    assert_eq!(wait(into_a_minute(59_999)).await, Some(Duration::from_millis(1)));
    assert_eq!(get_through(&stores, 50, into_a_minute(60_000)).await, 10);
}

pub async fn whoever_waits_as_long_as_they_were_told_gets_through_and_not_a_millisecond_sooner(stores: Stores) {
    let mut at = into_a_minute(1_234);
    for _ in 0..3 {
        let wait = loop {
            match stores.rate_store.take("ann", ALLOWANCE, at).await.unwrap() {
                RateDecision::Allowed => at.0 += 1,
                RateDecision::Denied(wait) => break wait,
            }
        };
        at.0 += wait.as_millis() as u64;
        assert!(
            matches!(stores.rate_store.take("ann", ALLOWANCE, Timestamp(at.0 - 1)).await, Ok(RateDecision::Denied(_))),
            "{wait:?}"
        );
        assert!(matches!(stores.rate_store.take("ann", ALLOWANCE, at).await, Ok(RateDecision::Allowed)), "{wait:?}");
    }
}

pub async fn keys_are_counted_apart(stores: Stores) {
    let at = into_a_minute(0);
    assert_eq!(get_through(&stores, 11, at).await, 10);
    assert_eq!(stores.rate_store.take("bea", ALLOWANCE, at).await.unwrap(), RateDecision::Allowed);
}

pub async fn of_ten_uses_at_once_one_is_the_first(stores: Stores) {
    let until = Timestamp(now().0 + 60_000);
    let uses = join_all((0..10).map(|_| stores.rate_store.mark_ticket_used("ticket", until))).await;
    assert_eq!(uses.into_iter().filter(|first| matches!(first, Ok(true))).count(), 1);
    assert!(!stores.rate_store.mark_ticket_used("ticket", until).await.unwrap());
    assert!(stores.rate_store.mark_ticket_used("another", until).await.unwrap());
}

pub async fn a_turn_is_one_holder_s_until_it_is_over_and_they_may_ask_again(stores: Stores) {
    let ask = async |holder, at: u64, seconds| {
        let window = Duration::from_secs(seconds);
        match stores.rate_store.acquire_slow_mode_slot("ann", holder, window, into_a_minute(at)).await.unwrap() {
            RateDecision::Allowed => None,
            RateDecision::Denied(wait) => Some(wait.as_millis()),
        }
    };
    assert_eq!(ask("one", 0, 30).await, None);
    for at in [0, 29_999, 45_000] {
        assert_eq!(ask("one", at, 30).await, None, "{at}: it is theirs");
    }
    assert_eq!(ask("two", 10_000, 30).await, Some(20_000), "asking again did not take it anew");
    assert_eq!(ask("two", 10_000, 11).await, Some(1_000));
    assert_eq!(ask("two", 29_999, 30).await, Some(1));
    assert_eq!(ask("two", 30_000, 30).await, None);
    assert_eq!(ask("one", 30_001, 30).await, Some(29_999));
    assert_eq!(ask("one", 40_000, 10).await, None, "the stretch became shorter");
}

pub async fn of_ten_who_want_a_turn_at_once_one_has_it(stores: Stores) {
    let names: Vec<String> = (0..10).map(|number| format!("n{number}")).collect();
    let (window, at) = (Duration::from_secs(30), into_a_minute(0));
    let answers =
        join_all(names.iter().map(|name| stores.rate_store.acquire_slow_mode_slot("ann", name, window, at))).await;
    assert_eq!(answers.into_iter().filter(|answer| matches!(answer, Ok(RateDecision::Allowed))).count(), 1);
}
