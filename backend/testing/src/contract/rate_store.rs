//! Rate limits, used tickets and slow mode slots, exact to the millisecond and under concurrency.

use std::time::Duration;

use chat::ports::rate_store::{RateDecision, RateLimit};
use futures::future::join_all;
use shared_types::Timestamp;

use super::contract;
use crate::contract::{Stores, fixtures::now};

contract! { rate_store_contract rate_store {
    the_limit_is_exact_for_fifty_concurrent_calls
    the_burst_window_ends_before_the_sustained_window
    the_returned_delay_is_exact_to_the_millisecond
    keys_are_counted_separately
    one_of_ten_concurrent_uses_is_the_first
    a_slow_mode_slot_is_held_and_can_be_asked_for_again
    one_of_ten_concurrent_holders_acquires_the_slot
} }

/// Ten in ten seconds, and fifteen in a minute.
const LIMIT: RateLimit =
    RateLimit { burst: 10, burst_window: Duration::from_secs(10), sustained: 15, window: Duration::from_secs(60) };

/// Returns a time in the current minute: its beginning plus some milliseconds.
fn minute_plus(milliseconds: u64) -> Timestamp {
    Timestamp(now().0 / 60_000 * 60_000 + milliseconds)
}

/// Returns how many of `tries` concurrent calls are allowed.
async fn allowed(stores: &Stores, tries: usize, at: Timestamp) -> usize {
    let tries = join_all((0..tries).map(|_| stores.rate_store.take("ann", LIMIT, at))).await;
    tries.into_iter().filter(|decision| matches!(decision, Ok(RateDecision::Allowed))).count()
}

pub async fn the_limit_is_exact_for_fifty_concurrent_calls(stores: Stores) {
    assert_eq!(allowed(&stores, 50, minute_plus(0)).await, 10);
    assert_eq!(allowed(&stores, 50, minute_plus(9_999)).await, 0);
}

pub async fn the_burst_window_ends_before_the_sustained_window(stores: Stores) {
    let wait = async |at| match stores.rate_store.take("ann", LIMIT, at).await.unwrap() {
        RateDecision::Allowed => None,
        RateDecision::Denied(wait) => Some(wait),
    };
    assert_eq!(allowed(&stores, 10, minute_plus(3_000)).await, 10);
    assert_eq!(wait(minute_plus(3_000)).await, Some(Duration::from_secs(7)));
    assert_eq!(allowed(&stores, 10, minute_plus(10_000)).await, 5);
    assert_eq!(wait(minute_plus(10_000)).await, Some(Duration::from_secs(50)));
    assert_eq!(wait(minute_plus(59_999)).await, Some(Duration::from_millis(1)));
    assert_eq!(allowed(&stores, 50, minute_plus(60_000)).await, 10);
}

pub async fn the_returned_delay_is_exact_to_the_millisecond(stores: Stores) {
    let mut at = minute_plus(1_234);
    for _ in 0..3 {
        let wait = loop {
            match stores.rate_store.take("ann", LIMIT, at).await.unwrap() {
                RateDecision::Allowed => at.0 += 1,
                RateDecision::Denied(wait) => break wait,
            }
        };
        at.0 += wait.as_millis() as u64;
        assert!(
            matches!(stores.rate_store.take("ann", LIMIT, Timestamp(at.0 - 1)).await, Ok(RateDecision::Denied(_))),
            "{wait:?}"
        );
        assert!(matches!(stores.rate_store.take("ann", LIMIT, at).await, Ok(RateDecision::Allowed)), "{wait:?}");
    }
}

pub async fn keys_are_counted_separately(stores: Stores) {
    let at = minute_plus(0);
    assert_eq!(allowed(&stores, 11, at).await, 10);
    assert_eq!(stores.rate_store.take("bea", LIMIT, at).await.unwrap(), RateDecision::Allowed);
}

pub async fn one_of_ten_concurrent_uses_is_the_first(stores: Stores) {
    let until = Timestamp(now().0 + 60_000);
    let uses = join_all((0..10).map(|_| stores.rate_store.mark_ticket_used("ticket", until))).await;
    assert_eq!(uses.into_iter().filter(|first| matches!(first, Ok(true))).count(), 1);
    assert!(!stores.rate_store.mark_ticket_used("ticket", until).await.unwrap());
    assert!(stores.rate_store.mark_ticket_used("another", until).await.unwrap());
}

pub async fn a_slow_mode_slot_is_held_and_can_be_asked_for_again(stores: Stores) {
    let ask = async |holder, at: u64, seconds| {
        let window = Duration::from_secs(seconds);
        match stores.rate_store.acquire_slow_mode_slot("ann", holder, window, minute_plus(at)).await.unwrap() {
            RateDecision::Allowed => None,
            RateDecision::Denied(wait) => Some(wait.as_millis()),
        }
    };
    assert_eq!(ask("one", 0, 30).await, None);
    for at in [0, 29_999, 45_000] {
        assert_eq!(ask("one", at, 30).await, None, "{at}: the holder has it");
    }
    assert_eq!(ask("two", 10_000, 30).await, Some(20_000), "a repeated call does not extend it");
    assert_eq!(ask("two", 10_000, 11).await, Some(1_000));
    assert_eq!(ask("two", 29_999, 30).await, Some(1));
    assert_eq!(ask("two", 30_000, 30).await, None);
    assert_eq!(ask("one", 30_001, 30).await, Some(29_999));
    assert_eq!(ask("one", 40_000, 10).await, None, "the interval became shorter");
}

pub async fn one_of_ten_concurrent_holders_acquires_the_slot(stores: Stores) {
    let holders: Vec<String> = (0..10).map(|number| format!("n{number}")).collect();
    let (window, at) = (Duration::from_secs(30), minute_plus(0));
    let answers =
        join_all(holders.iter().map(|holder| stores.rate_store.acquire_slow_mode_slot("ann", holder, window, at)))
            .await;
    assert_eq!(answers.into_iter().filter(|answer| matches!(answer, Ok(RateDecision::Allowed))).count(), 1);
}
