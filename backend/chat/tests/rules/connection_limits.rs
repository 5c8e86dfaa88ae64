//! Tests of the limits on connects, open connections and passphrase attempts.

use std::time::Duration;

use chat::{access::rate_limit::RateError, ports::connections::AddressKey, presence::connect::ConnectRequest};
use chat_testing::test_chat::{TestChat, connect_request};

use crate::rate_limit::{OFFICE, enter};

#[tokio::test]
async fn connects_are_counted_by_person_and_by_address() {
    for (rates, connects) in
        [((3, 0), [("ann", OFFICE), ("ann", "198.51.100.1")]), ((0, 3), [("ann", OFFICE), ("bea", OFFICE)])]
    {
        let chat = TestChat::with_rates(rates.0, rates.1).await;
        chat.advance_to_next_minute();
        enter(&chat, "c1", connects[0].0, connects[0].1).await;
        let ticket = Some(chat.ticket(connects[1].0));
        let request = ConnectRequest { ticket, address: connects[1].1.parse().ok(), ..connect_request("c2") };
        let rejection = chat.connect_with(request).await.unwrap_err();
        assert_eq!((rejection.status, rejection.retry_after), (429, Some(10)), "{rejection:?}");
        assert!(!chat.is_connected("c2").await);
        chat.clock.advance(Duration::from_secs(10));
        enter(&chat, "c2", connects[1].0, connects[1].1).await;
    }
}

#[tokio::test]
async fn one_address_holds_at_most_a_quarter_of_connections() {
    let chat = TestChat::with_rates(0, 600).await;
    for number in 0..25 {
        enter(&chat, &format!("c{number}"), &format!("p{number}"), OFFICE).await;
    }
    let connect = async |window: &str, address: &str| {
        let ticket = Some(chat.ticket(window));
        chat.connect_with(ConnectRequest { ticket, address: address.parse().ok(), ..connect_request(window) }).await
    };
    let rejection = connect("late", OFFICE).await.unwrap_err();
    let reason = "too many sockets are open from your address: close one of them, or try again later";
    assert_eq!((rejection.status, rejection.reason.as_str(), rejection.retry_after), (429, reason, None));
    connect("elsewhere", "198.51.100.1").await.unwrap();
    chat.disconnect("c3").await;
    connect("next", OFFICE).await.unwrap();
    assert_eq!(connect("one-more", OFFICE).await.unwrap_err().status, 429);
}

#[tokio::test]
async fn without_address_limits_one_address_holds_all() {
    let chat = TestChat::with_rates(60, 0).await;
    for number in 0..100 {
        enter(&chat, &format!("c{number}"), &format!("p{number}"), OFFICE).await;
    }
}

#[tokio::test]
async fn passphrase_attempts_have_an_address_and_a_total_limit() {
    let chat = TestChat::with_rates(0, 0).await;
    chat.advance_to_next_minute();
    let attempts = async |address: &str, times: usize| {
        let mut allowed = 0;
        for _ in 0..times {
            match chat.rate.attempt(Some(&AddressKey(address.into()))).await {
                Ok(()) => allowed += 1,
                Err(RateError::TooFast(too_fast)) => assert_eq!(too_fast.seconds(), 60),
                Err(other) => panic!("{other}"),
            }
        }
        allowed
    };
    assert_eq!(attempts("a0", 50).await, 10);
    for address in 1..10 {
        assert_eq!(attempts(&format!("a{address}"), 10).await, 10);
    }
    assert_eq!(attempts("a10", 1).await, 0);
}
