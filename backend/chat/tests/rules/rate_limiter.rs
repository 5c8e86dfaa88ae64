//! Tests of the order of rate limits, restrictions and slow mode, and of the requests to a remote rate store.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::rate_limit::{RateBucket, RateLimiter, RateLimits},
    commands::{FrameHandler, FramePorts, FrameRequest, FrameSettings},
    ports::{
        Result,
        connections::{AddressKey, Connection, ConnectionId},
        rate_store::{RateDecision, RateLimit, RateStore},
        system::Clock,
    },
    presence::connect::ConnectRequest,
};
use chat_testing::{
    contract::fixtures::connection_from,
    test_chat::{TestChat, connect_request},
};
use serde_json::json;
use shared_types::{Person, Timestamp};
use store_redb::rate_store::InProcessRateStore;

use crate::{
    moderation_fake::BanningModeration,
    rate_limit::{OFFICE, enter, errors},
};

/// Rate store that counts its requests and yields, as a remote one does.
struct RemoteRateStore {
    store: InProcessRateStore,
    requests: AtomicU32,
}

impl RemoteRateStore {
    fn new(chat: &TestChat) -> Self {
        Self { store: InProcessRateStore::new(chat.clock.clone()), requests: AtomicU32::new(0) }
    }
}

#[async_trait]
impl RateStore for RemoteRateStore {
    async fn take(&self, key: &str, limit: RateLimit, now: Timestamp) -> Result<RateDecision> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        self.store.take(key, limit, now).await
    }

    async fn acquire_slow_mode_slot(
        &self,
        key: &str,
        holder: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<RateDecision> {
        self.store.acquire_slow_mode_slot(key, holder, window, now).await
    }

    async fn mark_ticket_used(&self, key: &str, until: Timestamp) -> Result<bool> {
        self.store.mark_ticket_used(key, until).await
    }
}

#[tokio::test]
async fn a_rate_limited_person_causes_no_store_requests() {
    let chat = TestChat::with_rates(0, 0).await;
    chat.advance_to_next_minute();
    let remote = Arc::new(RemoteRateStore::new(&chat));
    let rate = RateLimiter::new(remote.clone(), chat.clock.clone(), RateLimits { person: 30, address: 60 });
    let [ann, bea] = ["ann", "bea"].map(|id| Person {
        id: id.parse().unwrap(),
        name: "A".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    });
    let office = AddressKey("office".into());
    let take = async |who: &Person, times: usize| {
        let mut allowed = 0;
        for _ in 0..times {
            allowed += usize::from(rate.take(RateBucket::Message, who, Some(&office)).await.is_ok());
        }
        allowed
    };
    assert_eq!(take(&ann, 1_000).await, 10);
    assert_eq!(
        remote.requests.load(Ordering::Relaxed),
        2 * 11,
        "person and address, for ten messages and the first rejected one"
    );
    assert_eq!(take(&bea, 9).await, 9, "the address has counted only one rejected message");
    chat.clock.advance(Duration::from_secs(10));
    assert_eq!(take(&ann, 1).await, 1);
}

#[tokio::test]
async fn the_first_connections_of_an_address_count_for_it_in_their_first_minute_only() {
    let chat = TestChat::with_rates(0, 0).await;
    chat.advance_to_next_minute();
    let limits = RateLimits { person: 30, address: 90 };
    let rate = RateLimiter::new(Arc::new(RemoteRateStore::new(&chat)), chat.clock.clone(), limits);
    assert_eq!(rate.first_of_address(), 1);
    let open = |id: &str, is_first_of_address| {
        let opened_at = chat.clock.now();
        Connection { is_first_of_address, opened_at, ..connection_from("office", id) }
    };
    let allowed = async |speaker: &Connection, times: usize| {
        let mut allowed = 0;
        for _ in 0..times {
            allowed += usize::from(rate.take_from(RateBucket::Message, speaker, None).await.is_ok());
        }
        allowed
    };
    let (first, moderator, late) = (open("first", true), open("c2", true), open("late", false));
    assert_eq!((allowed(&first, 10).await, allowed(&moderator, 10).await, allowed(&late, 10).await), (10, 10, 10));
    assert_eq!(allowed(&late, 1).await, 0, "all have counted in the minute in which they were opened");
    chat.clock.advance(Duration::from_secs(60));
    assert_eq!((allowed(&late, 10).await, allowed(&moderator, 20).await), (10, 20));
    assert_eq!(
        (allowed(&moderator, 1).await, allowed(&open("new", true), 1).await),
        (0, 0),
        "the address is at its limit"
    );
    assert_eq!(allowed(&first, 11).await, 10, "the limit of its person");
}

#[tokio::test]
async fn a_rate_limited_person_causes_no_restriction_lookup() {
    let chat = TestChat::with_rates(3, 0).await;
    let moderation = Arc::new(BanningModeration { allowed_lookups: u32::MAX, ..BanningModeration::default() });
    let lookups = || moderation.lookups.load(Ordering::Relaxed);
    let connect_rule = chat.connect_rule(moderation.clone());
    let connect = async |id: &str| {
        connect_rule.admit(ConnectRequest { ticket: Some(chat.ticket("ann")), ..connect_request(id) }).await
    };
    connect("c1").await.unwrap();
    assert!(connect("c2").await.is_err());
    let before = lookups();
    assert!(before > 0 && connect("c3").await.is_err());
    assert_eq!(lookups(), before);

    let send = FrameHandler::new(FramePorts { moderation: moderation.clone(), ..chat.ports() }, chat.settings());
    let errors_after_send = async |nonce: &str| {
        let body = json!({ "action": "send", "text": "x", "nonce": nonce }).to_string();
        let (connection, request_id) = (ConnectionId("c1".into()), nonce.into());
        send.handle(FrameRequest { connection, request_id, body }).await;
        errors(&chat, "c1").len()
    };
    assert_eq!((errors_after_send("one").await, errors_after_send("two").await), (0, 1));
    let before = lookups();
    assert_eq!((errors_after_send("three").await, lookups()), (1, before));
}

#[tokio::test]
async fn a_rate_limited_message_takes_no_slow_mode_slot() {
    let chat = TestChat::with_rates(0, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    chat.advance_to_next_minute();
    let remote = Arc::new(RemoteRateStore::new(&chat));
    let rate = RateLimiter::new(remote, chat.clock.clone(), RateLimits { person: 3, address: 0 });
    let moderation = Arc::new(BanningModeration { allowed_lookups: u32::MAX, slow: 5, ..BanningModeration::default() });
    let send = FrameHandler::new(FramePorts { moderation, ..chat.ports() }, FrameSettings { rate, ..chat.settings() });
    let is_accepted = async |nonce: &str| {
        let body = json!({ "action": "send", "text": "x", "nonce": nonce }).to_string();
        let (connection, request_id) = (ConnectionId("c1".into()), nonce.into());
        send.handle(FrameRequest { connection, request_id, body }).await;
        errors(&chat, "c1").is_empty()
    };
    assert!(is_accepted("one").await);
    chat.clock.advance(Duration::from_secs(6));
    assert!(!is_accepted("two").await, "a second message within ten seconds is too fast");
    chat.clock.advance(Duration::from_secs(4));
    assert!(is_accepted("three").await, "the rejected message did not take the slot");
}
