//! How fast anybody may be, as sentences.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::rate_limit::{RateBucket, RateError, RateLimiter, RateLimits},
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    ports::{
        Result,
        connections::{AddressKey, ConnectionId},
        messages::Messages,
        rate_store::{RateDecision, RateLimit, RateStore},
        system::Clock,
    },
    presence::connect::ConnectRequest,
};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{Person, RoomName, Timestamp};
use store_redb::rate_store::InProcessRateStore;

use crate::moderation::Decides;

const HOME: &str = "203.0.113.7";

/// Opens a window of somebody at an address.
async fn enter(chat: &TestChat, window: &str, person: &str, address: &str) {
    let (ticket, address) = (Some(chat.ticket(person)), address.parse::<IpAddr>().ok());
    let name = Some(person.to_owned());
    chat.connect_with(ConnectRequest { ticket, name, address, ..connect_request(window) }).await.unwrap();
}

/// Says so many things, and gives the errors that it was told.
async fn say_often(chat: &TestChat, window: &str, times: usize) -> Vec<Value> {
    for number in 0..times {
        chat.send_message(window, "hi", &format!("{window}-{number}-{}", chat.clock.now().0)).await;
    }
    errors(chat, window)
}

fn errors(chat: &TestChat, window: &str) -> Vec<Value> {
    chat.received(window).into_iter().filter(|frame| frame["type"] == "error").collect()
}

#[tokio::test]
async fn a_burst_is_a_third_of_a_minute_s_and_whoever_is_too_fast_is_told_for_how_long() {
    let chat = TestChat::with_rates(30, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    chat.advance_to_next_minute();
    chat.clock.advance(Duration::from_millis(2_500));
    assert_eq!(say_often(&chat, "c1", 10).await, [json!(null); 0]);
    chat.send_message("c1", "hi", "n-11").await;
    let told = errors(&chat, "c1");
    assert_eq!(
        told,
        [json!({
            "type": "error", "code": "tooFast", "action": "send", "nonce": "n-11", "retryAfter": 8,
            "message": "This is too much in too short a time: try again in 8 s.",
        })]
    );
    chat.clock.advance(Duration::from_secs(8));
    chat.send_message("c1", "hi", "n-11").await;
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
}

#[tokio::test]
async fn a_minute_s_messages_are_all_that_a_minute_has_however_they_are_spread() {
    let chat = TestChat::with_rates(30, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    chat.advance_to_next_minute();
    let mut said = 0;
    for _ in 0..6 {
        said += 8 - say_often(&chat, "c1", 8).await.len();
        chat.clock.advance(Duration::from_secs(10));
    }
    assert_eq!(said, 30);
    assert_eq!(say_often(&chat, "c1", 8).await, [json!(null); 0], "a new minute has begun");
}

#[tokio::test]
async fn what_is_refused_takes_no_place_and_leaves_no_hole() {
    let chat = TestChat::with_rates(3, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    chat.send_message("c1", "one", "n1").await;
    chat.send_message("c1", "two", "n2").await;
    assert_eq!(errors(&chat, "c1").len(), 1);
    chat.clock.advance(Duration::from_secs(10));
    chat.send_message("c1", "two", "n2").await;
    let stored = chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap();
    assert_eq!(stored.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_person_is_one_however_many_windows_they_have_and_no_other_person() {
    let chat = TestChat::with_rates(3, 0).await;
    chat.advance_to_next_minute();
    enter(&chat, "a1", "ann", HOME).await;
    chat.clock.advance(Duration::from_secs(10));
    enter(&chat, "a2", "ann", HOME).await;
    enter(&chat, "b1", "bea", HOME).await;
    assert_eq!(say_often(&chat, "a1", 1).await.len(), 0);
    assert_eq!(say_often(&chat, "a2", 1).await.len(), 1);
    assert_eq!(say_often(&chat, "b1", 1).await.len(), 0);
}

#[tokio::test]
async fn everybody_behind_an_address_shares_what_it_has_and_a_neighbour_does_not() {
    let chat = TestChat::with_rates(0, 9).await;
    for (window, person, address) in
        [("a1", "ann", HOME), ("b1", "bea", HOME), ("c1", "cy", "2001:db8::1"), ("d1", "dan", "2001:db8::2:1")]
    {
        enter(&chat, window, person, address).await;
    }
    assert_eq!(say_often(&chat, "a1", 3).await.len(), 0);
    assert_eq!(say_often(&chat, "b1", 1).await.len(), 1);
    assert_eq!(say_often(&chat, "c1", 3).await.len(), 0, "somebody else's address");
    assert_eq!(say_often(&chat, "d1", 1).await.len(), 1, "the same network");
}

#[tokio::test]
async fn a_flood_of_one_person_takes_nothing_from_those_who_share_their_address() {
    let chat = TestChat::with_rates(30, 60).await;
    enter(&chat, "a1", "ann", HOME).await;
    enter(&chat, "b1", "bea", HOME).await;
    assert_eq!(say_often(&chat, "a1", 1_000).await.len(), 990);
    assert_eq!(say_often(&chat, "b1", 10).await.len(), 0);
}

/// A limiter that is asked over a network, and how often.
struct Far(InProcessRateStore, AtomicU32);

#[async_trait]
impl RateStore for Far {
    async fn take(&self, key: &str, allowance: RateLimit, now: Timestamp) -> Result<RateDecision> {
        self.1.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        self.0.take(key, allowance, now).await
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        self.0.acquire_slow_mode_slot(key, holder, window, now).await
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        self.0.mark_ticket_used(key, until).await
    }
}

#[tokio::test]
async fn whoever_has_to_wait_is_refused_without_a_question_until_they_need_not() {
    let chat = TestChat::with_rates(0, 0).await;
    chat.advance_to_next_minute();
    let far = Arc::new(Far(InProcessRateStore::new(chat.clock.clone()), AtomicU32::new(0)));
    let rate = RateLimiter::new(far.clone(), chat.clock.clone(), RateLimits { person: 30, address: 60 });
    let [ann, bea] =
        ["ann", "bea"].map(|id| Person { id: id.parse().unwrap(), name: "A".parse().unwrap(), moderator: false });
    let home = AddressKey("home".into());
    let take = async |who: &Person, times: usize| {
        let mut allowed = 0;
        for _ in 0..times {
            allowed += usize::from(rate.take(RateBucket::Message, who, Some(&home)).await.is_ok());
        }
        allowed
    };
    assert_eq!(take(&ann, 1_000).await, 10);
    assert_eq!(far.1.load(Ordering::Relaxed), 2 * 11, "person and address, ten times and once more");
    assert_eq!(take(&bea, 9).await, 9, "the address has counted one that was refused, and no more");
    chat.clock.advance(Duration::from_secs(10));
    assert_eq!(take(&ann, 1).await, 1);
}

#[tokio::test]
async fn whoever_has_to_wait_is_refused_before_it_is_asked_what_was_decided_about_them() {
    let chat = TestChat::with_rates(3, 0).await;
    let moderation = Arc::new(Decides { asked: AtomicU32::new(0), mercies: u32::MAX, slow: 0 });
    let asked = || moderation.asked.load(Ordering::Relaxed);
    let join = chat.connect_rule(moderation.clone());
    let knock =
        async |id: &str| join.admit(ConnectRequest { ticket: Some(chat.ticket("ann")), ..connect_request(id) }).await;
    knock("c1").await.unwrap();
    assert!(knock("c2").await.is_err());
    let before = asked();
    assert!(before > 0 && knock("c3").await.is_err());
    assert_eq!(asked(), before);

    let send = FrameHandler::new(FramePorts { moderation: moderation.clone(), ..chat.ports() }, chat.settings());
    let say = async |nonce: &str| {
        let body = json!({ "action": "send", "text": "x", "nonce": nonce }).to_string();
        let (connection, request_id) = (ConnectionId("c1".into()), nonce.into());
        send.handle(FrameRequest { connection, request_id, body }).await;
        errors(&chat, "c1").len()
    };
    assert_eq!((say("one").await, say("two").await), (0, 1));
    let before = asked();
    assert_eq!((say("three").await, asked()), (1, before));
}

#[tokio::test]
async fn what_is_refused_for_its_rate_takes_no_turn_in_slow_mode() {
    let chat = TestChat::with_rates(0, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    chat.advance_to_next_minute();
    let far = Arc::new(Far(InProcessRateStore::new(chat.clock.clone()), AtomicU32::new(0)));
    let rate = RateLimiter::new(far, chat.clock.clone(), RateLimits { person: 3, address: 0 });
    let moderation = Arc::new(Decides { asked: AtomicU32::new(0), mercies: u32::MAX, slow: 5 });
    let send = FrameHandler::new(FramePorts { moderation, ..chat.ports() }, FrameSettings { rate, ..chat.settings() });
    let is_said = async |nonce: &str| {
        let body = json!({ "action": "send", "text": "x", "nonce": nonce }).to_string();
        let (connection, request_id) = (ConnectionId("c1".into()), nonce.into());
        send.handle(FrameRequest { connection, request_id, body }).await;
        errors(&chat, "c1").is_empty()
    };
    assert!(is_said("one").await);
    chat.clock.advance(Duration::from_secs(6));
    assert!(!is_said("two").await, "a second one within ten seconds is too fast");
    chat.clock.advance(Duration::from_secs(4));
    assert!(is_said("three").await, "and did not take the turn");
}

#[tokio::test]
async fn a_moderator_has_no_limit_and_their_address_has() {
    let chat = TestChat::with_rates(3, 30).await;
    enter(&chat, "m1", "mod", HOME).await;
    enter(&chat, "a1", "ann", HOME).await;
    assert_eq!(say_often(&chat, "a1", 2).await.len(), 1, "others have one");
    assert_eq!(say_often(&chat, "m1", 9).await.len(), 0);
    assert_eq!(say_often(&chat, "m1", 1).await.len(), 1);
}

#[tokio::test]
async fn each_kind_is_counted_apart_and_a_sign_of_life_is_free() {
    let chat = TestChat::with_rates(3, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    let paid = [
        json!({ "action": "send", "text": "hi", "nonce": "n" }),
        json!({ "action": "edit", "seq": 1, "text": "ho" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "upload", "nonce": "i", "type": "image/png", "size": 9 }),
        json!({ "action": "rename", "name": "Anna" }),
        json!({ "action": "history", "before": 1 }),
        json!({ "action": "changes", "after": 0 }),
        json!({ "action": "people" }),
        json!({ "action": "rooms", "rooms": ["lobby"] }),
        json!({ "action": "search", "text": "hi" }),
        json!({ "action": "forget" }),
    ];
    for frame in &paid {
        chat.send("c1", frame.clone()).await;
    }
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
    // A change counts with any other, and a first word with what the room is told.
    for frame in paid.iter().chain(&[json!({ "action": "delete", "seq": 1 }), json!({ "action": "hello" })]) {
        chat.send("c1", frame.clone()).await;
        let told = errors(&chat, "c1");
        assert_eq!(told.len(), 1, "{frame}");
        assert_eq!((&told[0]["code"], &told[0]["action"]), (&json!("tooFast"), &frame["action"]));
        assert!(told[0]["retryAfter"].as_u64().is_some(), "{frame}");
    }
    for _ in 0..5 {
        chat.send("c1", json!({ "action": "ping" })).await;
    }
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
}

#[tokio::test]
async fn images_may_be_uploaded_a_third_as_often_as_messages_may_be_said() {
    let chat = TestChat::with_rates(18, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    chat.advance_to_next_minute();
    for number in 0..3 {
        let upload = json!({ "action": "upload", "nonce": format!("i-{number}"), "type": "image/png", "size": 9 });
        chat.send("c1", upload).await;
    }
    let told: Vec<_> = chat.received("c1").iter().map(|frame| frame["type"].clone()).collect();
    assert_eq!(told, ["upload", "upload", "error"]);
    assert_eq!(say_often(&chat, "c1", 6).await, [json!(null); 0]);
}

#[tokio::test]
async fn typing_too_fast_is_told_to_nobody_and_is_no_error() {
    let chat = TestChat::with_rates(6, 0).await;
    enter(&chat, "a1", "ann", HOME).await;
    enter(&chat, "b1", "bea", HOME).await;
    for _ in 0..5 {
        chat.send("a1", json!({ "action": "typing" })).await;
    }
    assert_eq!(chat.received("b1").iter().filter(|frame| frame["type"] == "typing").count(), 2);
    assert_eq!(chat.received("a1"), [json!(null); 0]);
}

#[tokio::test]
async fn connects_are_counted_by_person_and_by_address() {
    for (rates, knocks) in
        [((3, 0), [("ann", HOME), ("ann", "198.51.100.1")]), ((0, 3), [("ann", HOME), ("bea", HOME)])]
    {
        let chat = TestChat::with_rates(rates.0, rates.1).await;
        chat.advance_to_next_minute();
        enter(&chat, "c1", knocks[0].0, knocks[0].1).await;
        let ticket = Some(chat.ticket(knocks[1].0));
        let knock = ConnectRequest { ticket, address: knocks[1].1.parse().ok(), ..connect_request("c2") };
        let refusal = chat.connect_with(knock).await.unwrap_err();
        assert_eq!((refusal.status, refusal.retry_after), (429, Some(10)), "{refusal:?}");
        assert!(!chat.is_connected("c2").await);
        chat.clock.advance(Duration::from_secs(10));
        enter(&chat, "c2", knocks[1].0, knocks[1].1).await;
    }
}

#[tokio::test]
async fn one_address_holds_a_quarter_of_all_places_at_most() {
    let chat = TestChat::with_rates(0, 600).await;
    for number in 0..25 {
        enter(&chat, &format!("c{number}"), &format!("p{number}"), HOME).await;
    }
    let knock = async |window: &str, address: &str| {
        let ticket = Some(chat.ticket(window));
        chat.connect_with(ConnectRequest { ticket, address: address.parse().ok(), ..connect_request(window) }).await
    };
    let refusal = knock("late", HOME).await.unwrap_err();
    let reason = "too many sockets are open from your address: close one of them, or try again later";
    assert_eq!((refusal.status, refusal.reason.as_str(), refusal.retry_after), (429, reason, None));
    knock("elsewhere", "198.51.100.1").await.unwrap();
    chat.disconnect("c3").await;
    knock("next", HOME).await.unwrap();
    assert_eq!(knock("one-more", HOME).await.unwrap_err().status, 429);
}

#[tokio::test]
async fn without_a_limit_for_addresses_one_holds_all_places() {
    let chat = TestChat::with_rates(60, 0).await;
    for number in 0..100 {
        enter(&chat, &format!("c{number}"), &format!("p{number}"), HOME).await;
    }
}

#[tokio::test]
async fn a_passphrase_is_tried_ten_times_a_minute_from_one_address_and_a_hundred_times_by_all() {
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

#[tokio::test]
async fn zero_is_no_limit() {
    let chat = TestChat::with_rates(0, 0).await;
    enter(&chat, "c1", "ann", HOME).await;
    assert_eq!(say_often(&chat, "c1", 1_000).await, [json!(null); 0]);
    let person = chat.connection("c1").await.person;
    assert!(chat.rate.take(RateBucket::Connect, &person, None).await.is_ok());
}
