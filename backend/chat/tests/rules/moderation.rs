//! Moderation, as sentences.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    access::{
        policy::{AccessPolicy, OidcClient},
        sessions::Session,
    },
    moderation::restrictions::RestrictionStore,
    ports::{
        Result,
        connections::{AddressKey, ConnectionId, ConnectionLimits, Connections},
        messages::Messages,
        moderation::{Moderation, Subject},
        system::Clock,
    },
    presence::connect::{ConnectError, ConnectRequest},
};
use chat_testing::test_chat::{START, TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::{
    AuditEntry, ModerationAction, Person, PersonId, Restrictions, RoomName, RoomRules, Seq, Timestamp, limits,
};

/// A chat that `mod` and `other-mod` keep order in. `mod` is in the lobby through `m`, Ann through `a`, Bea through `b`; Ann
/// is in `cats`, too, through `a2`.
async fn chat() -> TestChat {
    let chat =
        TestChat::with_access_policy(AccessPolicy::open(vec!["mod".parse().unwrap(), "other-mod".parse().unwrap()]))
            .await;
    for (socket, room, who, name) in [
        ("m", None, "mod", "Mo"),
        ("a", None, "ann", "Ann"),
        ("a2", Some("cats"), "ann", "Ann"),
        ("b", None, "bea", "Bea"),
    ] {
        chat.connect(socket, room, Some(&chat.ticket(who)), Some(name)).await.unwrap();
    }
    chat
}

fn mute(person: &str, seconds: u64) -> Value {
    json!({ "action": "mute", "person": person, "seconds": seconds })
}

fn ban(person: &str, seconds: u64) -> Value {
    json!({ "action": "ban", "person": person, "seconds": seconds })
}

fn no_code() -> (Value, Value) {
    (Value::Null, Value::Null)
}

fn code(code: &str) -> (Value, Value) {
    (json!(code), Value::Null)
}

#[tokio::test]
async fn only_a_moderator_moderates() {
    let chat = chat().await;
    chat.send_message("b", "hi", "n").await;
    let acts = [
        mute("bea", 60),
        ban("bea", 60),
        json!({ "action": "standing", "person": "bea" }),
        json!({ "action": "clear", "person": "eve" }),
        json!({ "action": "rules", "rules": { "readOnly": true } }),
        json!({ "action": "audit" }),
    ];
    for act in acts {
        assert_eq!(chat.error_for("a", act.clone()).await, code("notAllowed"), "{act}");
        assert_eq!(chat.error_for("m", act.clone()).await, no_code(), "{act}");
    }
    assert_eq!(chat.error_for("a", json!({ "action": "delete", "seq": 1 })).await, code("notYours"));
    assert_eq!(chat.error_for("m", json!({ "action": "delete", "seq": 1 })).await, no_code());
    assert_eq!(chat.audit().await.len(), 5, "what was refused is not noted, and neither is reading");
}

#[tokio::test]
async fn a_moderator_moderates_neither_a_moderator_nor_themself() {
    let chat = chat().await;
    chat.connect("o", Some("cats"), Some(&chat.ticket("other-mod")), Some("Ol")).await.unwrap();
    let both = ["mod", "other-mod"];
    let acts = both.map(|person| [mute(person, 60), ban(person, 60), json!({ "action": "clear", "person": person })]);
    for act in acts.into_iter().flatten() {
        assert_eq!(chat.error_for("m", act.clone()).await, code("notAllowed"), "{act}");
    }
    assert_eq!(chat.audit().await, [Value::Null; 0]);
    assert!(chat.is_connected("o").await);
}

#[tokio::test]
async fn what_a_person_may_not_do_is_told_to_the_moderator_who_asks() {
    let chat = chat().await;
    chat.send("m", mute("ann", 60)).await;
    for socket in ["m", "a"] {
        chat.received(socket);
    }
    chat.send("m", json!({ "action": "standing", "person": "ann" })).await;
    let restrictions = json!({ "type": "standing", "person": "ann", "standing": { "mutedUntil": START + 60_000 } });
    assert_eq!((chat.received("m"), chat.received("a")), (vec![restrictions], vec![]));
    chat.clock.advance(Duration::from_secs(60));
    chat.send("m", json!({ "action": "standing", "person": "ann" })).await;
    assert_eq!(chat.received("m"), [json!({ "type": "standing", "person": "ann", "standing": {} })]);
}

#[tokio::test]
async fn a_moderator_takes_away_all_that_a_person_wrote_a_part_with_each_request_and_it_is_noted_once() {
    let chat = chat().await;
    chat.send_message("b", "Bea's", "b").await;
    chat.send_message("a2", "spam in another room", "s").await;
    for number in 0..limits::FORGET_MESSAGES {
        chat.send_message("a", "spam", &format!("s-{number}")).await;
    }
    let mut cleared = Vec::new();
    for _ in 0..2 {
        chat.received("m");
        chat.send("m", json!({ "action": "clear", "person": "ann" })).await;
        cleared.extend(chat.received("m").into_iter().filter(|frame| frame["type"] == "cleared"));
    }
    let said = |count: usize, more: bool| json!({ "type": "cleared", "person": "ann", "count": count, "more": more });
    assert_eq!(cleared, [said(limits::FORGET_MESSAGES, true), said(1, false)]);
    for room in ["lobby", "cats"] {
        let stored = chat.messages.before(&room.parse().unwrap(), None, 100).await.unwrap();
        let left: Vec<_> = stored.iter().filter(|message| !message.deleted).map(|message| &message.author.id).collect();
        assert!(left.iter().all(|author| author.as_str() == "bea"), "{left:?}");
        assert!(!serde_json::to_string(&stored).unwrap().contains("ann"));
    }
    assert_eq!(
        chat.audit().await,
        [json!({
            "at": START, "by": { "id": "mod", "name": "Mo", "moderator": true },
            "act": "clear", "person": "ann", "name": "Ann",
        })]
    );
    assert!(chat.is_connected("a").await, "it is no ban");
}

#[tokio::test]
async fn whoever_keeps_order_by_a_claim_is_kept_in_order_by_those_whom_the_owner_named() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    let chat = TestChat::with_access_policy(AccessPolicy::oidc(client, vec!["mod".parse().unwrap()])).await;
    let enter = async |socket: &str, who: &str| {
        let name = Some(who.parse().unwrap());
        let visitor = Session { id: who.parse().unwrap(), name, moderator: who.starts_with("claim") };
        chat.connect(socket, None, Some(&chat.sessions.ticket(&visitor)), None).await
    };
    for (socket, who) in [("m", "mod"), ("c", "claim"), ("d", "claim-too"), ("a", "ann")] {
        enter(socket, who).await.unwrap();
    }
    for act in [mute("claim-too", 60), ban("mod", 60), json!({ "action": "clear", "person": "claim-too" })] {
        assert_eq!(chat.error_for("c", act.clone()).await, code("notAllowed"), "{act}");
    }
    let send = json!({ "action": "send", "text": "x" });
    assert!(chat.is_accepted("c", mute("ann", 60)).await);
    assert!(chat.is_accepted("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await);
    assert_eq!(chat.error_for("c", send.clone()).await, no_code(), "rules are none for whoever makes them");
    assert!(chat.is_accepted("m", mute("claim", 60)).await);
    assert_eq!(chat.error_for("c", send).await, (json!("muted"), json!(60)));

    assert!(chat.is_accepted("m", ban("claim", 60)).await);
    assert!(!chat.is_connected("c").await);
    assert_eq!(enter("c2", "claim").await.unwrap_err().status, 403);
    // Or while they are away.
    chat.disconnect("d").await;
    assert!(chat.is_accepted("m", ban("claim-too", 60)).await);
    assert_eq!(enter("d2", "claim-too").await.unwrap_err().status, 403);
    chat.clock.advance(Duration::from_secs(60));
    enter("c3", "claim").await.unwrap();
}

#[tokio::test]
async fn whoever_is_muted_reads_takes_back_and_says_nothing_until_the_time_is_over() {
    let chat = chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", mute("ann", 60)).await;
    let restrictions = json!({ "type": "standing", "person": "ann", "standing": { "mutedUntil": START + 60_000 } });
    for socket in ["m", "a", "a2"] {
        assert_eq!(chat.received(socket).last(), Some(&restrictions), "{socket}");
    }
    chat.received("b");
    chat.clock.advance(Duration::from_millis(500));
    let said = [
        json!({ "action": "send", "text": "x" }),
        json!({ "action": "edit", "seq": 1, "text": "y" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "upload", "nonce": "u", "type": "image/png", "size": 9 }),
        json!({ "action": "rename", "name": "Eve" }),
    ];
    for frame in &said {
        assert_eq!(chat.error_for("a", frame.clone()).await, (json!("muted"), json!(60)), "{frame}");
    }
    chat.send("a", json!({ "action": "typing" })).await;
    assert_eq!((chat.received("a"), chat.received("b")), (vec![], vec![]), "nobody hears of it");
    for frame in [json!({ "action": "history", "before": 2 }), json!({ "action": "delete", "seq": 1 })] {
        assert!(chat.is_accepted("a", frame).await);
    }
    chat.clock.advance(Duration::from_millis(59_500));
    for frame in [&said[0], &said[4]] {
        assert_eq!(chat.error_for("a", frame.clone()).await, no_code(), "{frame}");
    }
}

#[tokio::test]
async fn a_mute_can_be_taken_back_and_is_told_to_who_comes_back() {
    let chat = chat().await;
    chat.send("m", mute("ann", 60)).await;
    chat.received("a");
    chat.send("a", json!({ "action": "hello" })).await;
    assert!(chat.received("a").iter().any(|frame| frame["standing"]["mutedUntil"] == START + 60_000));
    chat.send("m", mute("ann", 0)).await;
    assert_eq!(chat.received("a"), [json!({ "type": "standing", "person": "ann", "standing": {} })]);
    assert!(chat.is_accepted("a", json!({ "action": "send", "text": "x" })).await);
}

#[tokio::test]
async fn whoever_is_sent_away_is_out_of_every_room_and_stays_out_until_the_time_is_over() {
    let chat = chat().await;
    chat.connect("b2", Some("cats"), Some(&chat.ticket("bea")), Some("Bea")).await.unwrap();
    chat.received("b2");
    chat.send("m", ban("ann", 60)).await;
    let mut closed = chat.gateway.lock().closed.clone();
    closed.sort();
    assert_eq!(closed.iter().map(|id| id.0.as_str()).collect::<Vec<_>>(), ["a", "a2"]);
    assert!(!chat.is_connected("a").await && !chat.is_connected("a2").await);
    assert_eq!(chat.received("b2").last().unwrap()["online"], 1, "those who stay are told");
    chat.clock.advance(Duration::from_millis(500));
    let refused = chat.connect("a3", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap_err();
    assert_eq!(refused.status, 403);
    assert!(refused.reason.contains("60 seconds"), "{}", refused.reason);
    chat.clock.advance(Duration::from_millis(59_500));
    chat.connect("a4", None, Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
}

#[tokio::test]
async fn the_address_of_whoever_is_sent_away_stays_out_and_comes_back_with_them() {
    let chat = chat().await;
    let mut eve = chat.connection("b").await;
    let address = AddressKey("home".into());
    (eve.id, eve.person.id, eve.address) = (ConnectionId("e".into()), "eve".parse().unwrap(), Some(address.clone()));
    chat.connections.admit(&eve, ConnectionLimits { all: 100, per_address: None }).await.unwrap();
    let restriction_store = RestrictionStore {
        moderation: chat.moderation.clone(),
        clock: chat.clock.clone(),
        configured_moderators: chat.configured_moderators(),
    };
    let person = |id: &str, moderator| Person { id: id.parse().unwrap(), name: "X".parse().unwrap(), moderator };
    let keys = [AddressKey("other".into()), address];
    let is_out = async |who| restriction_store.banned_until(&who, &keys).await.unwrap().is_some();
    assert!(!is_out(person("new", false)).await);
    chat.send("m", ban("eve", 60)).await;
    assert!(is_out(person("new", false)).await);
    assert!(!is_out(person("mod", true)).await, "a moderator is never locked out");
    assert_eq!(restriction_store.banned_until(&person("new", false), &keys[..1]).await.unwrap(), None);
    // They are not connected any more, and their address is still known.
    chat.send("m", ban("eve", 0)).await;
    assert!(!is_out(person("new", false)).await && !is_out(person("eve", false)).await);
}

#[tokio::test]
async fn whoever_is_where_somebody_is_sent_away_from_goes_with_them_and_moderators_stay() {
    let chat = chat().await;
    let at = |address: &str| ConnectRequest { address: address.parse().ok(), ..connect_request("") };
    for (socket, who, from) in [
        ("e", "eve", "203.0.113.7"),
        ("n", "nina", "203.0.113.7"),
        ("o", "other-mod", "203.0.113.7"),
        ("f", "far", "198.51.100.1"),
    ] {
        let (connection, ticket) = (ConnectionId(socket.into()), Some(chat.ticket(who)));
        chat.connect_with(ConnectRequest { connection, ticket, ..at(from) }).await.unwrap();
    }
    chat.send("m", ban("eve", 60)).await;
    let until = START + 60_000;
    for (socket, who) in [("e", "eve"), ("n", "nina")] {
        assert!(!chat.is_connected(socket).await, "{who}");
        assert_eq!(
            chat.received(socket),
            [json!({ "type": "standing", "person": who, "standing": { "bannedUntil": until } })],
            "each is told about themself"
        );
    }
    for socket in ["o", "f", "a", "m"] {
        assert!(chat.is_connected(socket).await, "{socket}");
    }
}

#[tokio::test]
async fn whoever_left_before_they_were_sent_away_does_not_come_back_as_somebody_else_for_a_day_after_they_were_there() {
    let chat = chat().await;
    let from = |socket: &str, who: &str, address: &str| {
        let (connection, ticket) = (ConnectionId(socket.into()), Some(chat.ticket(who)));
        chat.connect_with(ConnectRequest { connection, ticket, address: address.parse().ok(), ..connect_request("") })
    };
    for (socket, who, address) in [("e", "eve", "203.0.113.7"), ("f", "finn", "198.51.100.1")] {
        from(socket, who, address).await.unwrap();
        chat.disconnect(socket).await;
    }
    chat.clock.advance(limits::ADDRESSES_KEPT - Duration::from_secs(1));
    chat.send("m", ban("eve", 600)).await;
    assert_eq!(from("n", "new", "203.0.113.7").await.unwrap_err().status, 403);
    from("n", "new", "198.51.100.1").await.unwrap();
    chat.clock.advance(Duration::from_secs(1));
    chat.send("m", ban("finn", 600)).await;
    from("n2", "newer", "198.51.100.1").await.unwrap();
    chat.send("m", ban("eve", 0)).await;
    from("n3", "newest", "203.0.113.7").await.unwrap();
}

#[tokio::test]
async fn whoever_comes_in_from_there_meanwhile_is_out_with_their_first_word() {
    let chat = chat().await;
    let mut eve = chat.connection("b").await;
    (eve.id, eve.person.id) = (ConnectionId("e".into()), "eve".parse().unwrap());
    eve.address = Some(AddressKey("home".into()));
    let there = Subject::Address(AddressKey("home".into()));
    let banned = Restrictions { banned_until: Some(Timestamp(START + 60_000)), ..Restrictions::default() };
    chat.moderation.set_restrictions(&there, banned).await.unwrap();
    chat.connections.admit(&eve, ConnectionLimits { all: 100, per_address: None }).await.unwrap();
    chat.send("e", json!({ "action": "hello" })).await;
    assert!(!chat.is_connected("e").await);
    assert_eq!(chat.received("e"), [Value::Null; 0]);
}

#[tokio::test]
async fn whoever_is_sent_away_while_they_come_in_is_not_in() {
    let chat = chat().await;
    let moderation = Arc::new(Decides { asked: AtomicU32::new(0), mercies: 1, slow: 0 });
    let knock = ConnectRequest { ticket: Some(chat.ticket("eve")), ..connect_request("e") };
    let refused = chat.connect_rule(moderation).admit(knock).await;
    assert!(matches!(refused, Err(ConnectError::Banned { seconds: 60 })), "{refused:?}");
    assert!(!chat.is_connected("e").await);
}

/// A moderator who sends everybody away after it was looked so often whether they may stay.
pub(crate) struct Decides {
    pub(crate) asked: AtomicU32,
    pub(crate) mercies: u32,
    /// What holds in every room.
    pub(crate) slow: u16,
}

#[async_trait]
impl Moderation for Decides {
    async fn restrictions(&self, _: &Subject) -> Result<Restrictions> {
        let is_over = self.asked.fetch_add(1, Ordering::Relaxed) >= self.mercies;
        let banned_until = is_over.then_some(Timestamp(START + 60_000));
        Ok(Restrictions { banned_until, ..Restrictions::default() })
    }

    async fn set_restrictions(&self, _: &Subject, _: Restrictions) -> Result<()> {
        unreachable!()
    }

    async fn banned_addresses(&self, _: &PersonId) -> Result<Vec<AddressKey>> {
        unreachable!()
    }

    async fn set_banned_addresses(&self, _: &PersonId, _: &[AddressKey], _: Timestamp) -> Result<()> {
        unreachable!()
    }

    async fn set_seen(&self, _: &PersonId, _: &AddressKey, _: Timestamp) -> Result<()> {
        Ok(())
    }

    async fn seen(&self, _: &PersonId) -> Result<Vec<AddressKey>> {
        unreachable!()
    }

    async fn rules(&self, _: &RoomName) -> Result<RoomRules> {
        Ok(RoomRules { slow: self.slow, read_only: false })
    }

    async fn set_rules(&self, _: &RoomName, _: RoomRules) -> Result<()> {
        unreachable!()
    }

    async fn record(&self, _: &AuditEntry) -> Result<()> {
        unreachable!()
    }

    async fn audit(&self, _: Option<Timestamp>, _: usize) -> Result<Vec<AuditEntry>> {
        unreachable!()
    }
}

#[tokio::test]
async fn addresses_banned_with_a_person_are_forgotten_in_time() {
    let chat = chat().await;
    let (ann, addresses) = ("ann".parse().unwrap(), [AddressKey("home".into())]);
    chat.moderation.set_banned_addresses(&ann, &addresses, Timestamp(START + 60_000)).await.unwrap();
    chat.clock.advance(Duration::from_millis(59_999));
    assert_eq!(chat.moderation.banned_addresses(&ann).await.unwrap(), addresses);
    chat.clock.advance(Duration::from_millis(1));
    assert_eq!(chat.moderation.banned_addresses(&ann).await.unwrap(), []);
}

#[tokio::test]
async fn a_socket_that_cannot_be_closed_says_and_hears_nothing_any_more() {
    let chat = chat().await;
    chat.gateway.lock().hanging.insert(ConnectionId("a".into()));
    chat.send("m", ban("ann", 60)).await;
    chat.gateway.lock().hanging.clear();
    assert_eq!(chat.error_for("a", json!({ "action": "send", "text": "x" })).await, code("notConnected"));
    chat.send_message("b", "hi", "n").await;
    assert_eq!(chat.received("a"), [Value::Null; 0]);
}

#[tokio::test]
async fn whoever_comes_in_while_they_are_sent_away_is_out_with_their_first_word() {
    let chat = chat().await;
    let ann = chat.connection("a").await;
    chat.send("m", ban("ann", 60)).await;
    chat.gateway.lock().gone.clear();
    chat.connections.admit(&ann, ConnectionLimits { all: 100, per_address: None }).await.unwrap();
    assert_eq!(chat.error_for("a", json!({ "action": "send", "text": "x" })).await, (json!("notAllowed"), json!(60)));
    chat.send("a", json!({ "action": "hello" })).await;
    assert!(!chat.is_connected("a").await);
    assert_eq!(chat.received("a"), [Value::Null; 0], "and is not told what was said");
}

#[tokio::test]
async fn a_read_only_room_is_read_and_its_moderators_speak() {
    let chat = chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    let told = json!({ "type": "rules", "rules": { "readOnly": true } });
    for socket in ["m", "a", "b"] {
        assert_eq!(chat.received(socket).last(), Some(&told), "{socket}");
    }
    assert!(!chat.received("a2").contains(&told), "another room");
    for frame in [
        json!({ "action": "send", "text": "x" }),
        json!({ "action": "edit", "seq": 1, "text": "y" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "upload", "nonce": "u", "type": "image/png", "size": 9 }),
    ] {
        assert_eq!(chat.error_for("a", frame.clone()).await, code("readOnly"), "{frame}");
    }
    for (socket, frame) in [
        ("a", json!({ "action": "delete", "seq": 1 })),
        ("a2", json!({ "action": "send", "text": "x" })),
        ("m", json!({ "action": "send", "text": "x" })),
    ] {
        assert!(chat.is_accepted(socket, frame).await, "{socket}");
    }
    chat.send("b", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("b").iter().find(|frame| frame["type"] == "welcome").unwrap()["rules"], told["rules"]);
}

#[tokio::test]
async fn in_slow_mode_everybody_says_one_thing_in_so_many_seconds() {
    let chat = chat().await;
    chat.send("m", json!({ "action": "rules", "rules": { "slow": 30 } })).await;
    let send = |text| json!({ "action": "send", "text": text });
    assert!(chat.is_accepted("a", send("one")).await);
    chat.clock.advance(Duration::from_secs(10));
    assert_eq!(chat.error_for("a", send("two")).await, (json!("tooFast"), json!(20)));
    assert!(chat.is_accepted("b", send("another's")).await);
    assert!(chat.is_accepted("a2", send("in another room")).await);
    assert!(chat.is_accepted("m", send("one")).await && chat.is_accepted("m", send("two")).await);
    chat.clock.advance(Duration::from_secs(20));
    assert!(chat.is_accepted("a", send("two")).await);
}

#[tokio::test]
async fn in_slow_mode_a_message_that_is_sent_again_waits_for_nothing() {
    let chat = chat().await;
    chat.send("m", json!({ "action": "rules", "rules": { "slow": 30 } })).await;
    let send = |nonce| json!({ "action": "send", "text": "x", "nonce": nonce });
    for seconds in [0, 1, 28] {
        chat.clock.advance(Duration::from_secs(seconds));
        assert!(chat.is_accepted("a", send("one")).await, "{seconds}");
        assert_eq!(chat.error_for("a", send("two")).await.0, "tooFast");
    }
    chat.clock.advance(Duration::from_secs(1));
    assert!(chat.is_accepted("a", send("one")).await, "and takes no turn anew");
    assert!(chat.is_accepted("a", send("two")).await);
}

#[tokio::test]
async fn a_message_that_a_moderator_takes_away_is_gone_for_everybody_and_noted_once() {
    let chat = chat().await;
    chat.send_message("a", "a secret", "n").await;
    chat.received("b");
    let delete = json!({ "action": "delete", "seq": 1, "nonce": "d" });
    for _ in 0..2 {
        chat.send("m", delete.clone()).await;
        let told = chat.received("b").pop().unwrap();
        assert_eq!(
            (&told["deleted"], &told["text"], &told["author"]["id"]),
            (&json!(true), &Value::Null, &json!("ann"))
        );
    }
    let entries = chat.audit().await;
    let author = json!({ "id": "ann", "name": "Ann" });
    assert_eq!(
        (entries.len(), &entries[0]["act"], &entries[0]["author"]),
        (1, &json!("delete"), &author),
        "{entries:?}"
    );
    assert!(!entries[0].to_string().contains("secret"));
    chat.send_message("m", "mine", "m").await;
    chat.send("m", json!({ "action": "delete", "seq": 3 })).await;
    assert_eq!(chat.audit().await.len(), 1, "one's own is nobody's business");
    assert!(chat.messages.at(&RoomName::lobby(), Seq(3)).await.unwrap().unwrap().message.deleted);
}

#[tokio::test]
async fn the_log_says_who_did_what_to_whom_and_goes_back_page_by_page() {
    let chat = chat().await;
    chat.send("m", mute("ann", 60)).await;
    chat.clock.advance(Duration::from_millis(1));
    chat.send("m", ban("nobody", 0)).await;
    chat.received("m");
    chat.send("m", json!({ "action": "audit" })).await;
    let by = json!({ "id": "mod", "name": "Mo", "moderator": true });
    let muted =
        json!({ "at": START, "by": by, "act": "mute", "person": "ann", "name": "Ann", "until": START + 60_000 });
    let lifted = json!({ "at": START + 1, "by": by, "act": "ban", "person": "nobody" });
    assert_eq!(chat.received("m"), [json!({ "type": "audit", "entries": [lifted, muted], "more": false })]);
    chat.send("m", json!({ "action": "audit", "before": START + 1 })).await;
    assert_eq!(chat.received("m"), [json!({ "type": "audit", "entries": [muted], "more": false })]);
}

#[tokio::test]
async fn what_moderators_did_is_forgotten_in_time() {
    let chat = chat().await;
    let (moderation, clock) = (&chat.moderation, &chat.clock);
    let rules = |slow| AuditEntry {
        at: clock.now(),
        by: Person { id: "mod".parse().unwrap(), name: "Mo".parse().unwrap(), moderator: true },
        action: ModerationAction::Rules { room: "lobby".parse().unwrap(), rules: RoomRules { slow, read_only: false } },
    };
    let old = rules(1);
    moderation.record(&old).await.unwrap();
    clock.advance(limits::AUDIT_KEPT);
    assert_eq!(moderation.audit(None, 9).await.unwrap(), [old]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(moderation.audit(None, 9).await.unwrap(), []);
    moderation.record(&rules(2)).await.unwrap();
    assert_eq!(moderation.audit(None, 9).await.unwrap(), [rules(2)]);
}
