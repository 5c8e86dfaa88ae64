//! Restrictions, banned and recent addresses, room rules and the audit log.

use std::time::Duration;

use chat::ports::{
    connections::AddressKey,
    moderation::{CountedAction, RestrictionChange, RoomSettings, Subject},
    rate_store::{RateDecision, RateLimit},
};
use futures::future::join_all;
use shared_types::{
    Appearance, AuditEntry, ChatIdentity, ModerationAction, Person, Restrictions, RoomDetails, RoomRules, Timestamp,
};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{now, room},
};

contract! { moderation_contract moderation {
    restrictions_of_people_and_addresses_are_separate
    a_mute_and_a_ban_do_not_affect_each_other
    an_action_is_counted_exactly_and_tells_the_restrictions
    banned_addresses_belong_to_one_person
    recent_addresses_of_a_person_are_known_until_they_expire
    rules_of_rooms_are_separate
    rooms_with_a_retention_are_listed_by_name
    details_of_rooms_are_separate
    details_are_set_once_if_there_must_be_none
    titles_are_in_the_order_of_the_request
    the_chat_has_a_name_and_an_icon_until_they_are_removed
    the_audit_log_is_newest_first_with_whole_milliseconds
} }

pub async fn restrictions_of_people_and_addresses_are_separate(stores: Stores) {
    // The clock is read once, so that a second that begins during the test does not change the times.
    let start = now().0 / 1000 * 1000;
    let soon = |minutes: u64| Some(Timestamp(start + minutes * 60_000));
    let (person, address) = (Subject::Person("ann".parse().unwrap()), Subject::Address(AddressKey("ann".into())));
    assert_eq!(stores.moderation.restrictions(&person).await.unwrap(), Restrictions::default());
    let both = Restrictions { muted_until: soon(1), banned_until: soon(2) };
    stores.moderation.set_restrictions(&person, both).await.unwrap();
    assert_eq!(stores.moderation.restrictions(&person).await.unwrap(), both);
    assert_eq!(stores.moderation.restrictions(&address).await.unwrap(), Restrictions::default());
    let banned = Restrictions { muted_until: None, banned_until: soon(3) };
    stores.moderation.set_restrictions(&address, banned).await.unwrap();
    stores.moderation.set_restrictions(&person, Restrictions::default()).await.unwrap();
    assert_eq!(stores.moderation.restrictions(&person).await.unwrap(), Restrictions::default());
    assert_eq!(stores.moderation.restrictions(&address).await.unwrap(), banned);
}

pub async fn a_mute_and_a_ban_do_not_affect_each_other(stores: Stores) {
    // The clock is read once, so that a second that begins during the test does not change the times.
    let start = now().0 / 1000 * 1000;
    let soon = |minutes: u64| Some(Timestamp(start + minutes * 60_000));
    let ann = Subject::Person("ann".parse().unwrap());
    let (mute, ban) = (RestrictionChange::MutedUntil(soon(1)), RestrictionChange::BannedUntil(soon(2)));
    let (muted, banned) = futures::join!(stores.moderation.restrict(&ann, mute), stores.moderation.restrict(&ann, ban));
    let both = Restrictions { muted_until: soon(1), banned_until: soon(2) };
    assert!([muted.unwrap(), banned.unwrap()].contains(&both), "the second one sees the first");
    assert_eq!(stores.moderation.restrictions(&ann).await.unwrap(), both);
    let forgiven = stores.moderation.restrict(&ann, RestrictionChange::BannedUntil(None)).await.unwrap();
    assert_eq!(forgiven, Restrictions { banned_until: None, ..both });
    stores.moderation.restrict(&ann, RestrictionChange::MutedUntil(None)).await.unwrap();
    assert_eq!(stores.moderation.restrictions(&ann).await.unwrap(), Restrictions::default());
}

pub async fn an_action_is_counted_exactly_and_tells_the_restrictions(stores: Stores) {
    let seconds = Duration::from_secs;
    let limit = RateLimit { burst: 10, burst_window: seconds(10), sustained: 15, window: seconds(60) };
    let (ann, bea) = ("ann".parse().unwrap(), "bea".parse().unwrap());
    let minute = now().0 / 60_000 * 60_000;
    let minute_plus = |milliseconds: u64| Timestamp(minute + milliseconds);
    let count =
        async |bucket, at: u64| stores.moderation.count_action(&ann, bucket, limit, minute_plus(at)).await.unwrap();
    let Some(first) = count("message", 0).await else {
        // The store counts in its rate store.
        return assert_eq!(count("message", 1).await, None);
    };
    assert_eq!((first.rate, first.restrictions), (RateDecision::Allowed, Restrictions::default()));
    let muted = Restrictions { muted_until: Some(minute_plus(600_000)), banned_until: None };
    let mute = RestrictionChange::MutedUntil(muted.muted_until);
    stores.moderation.restrict(&Subject::Person(ann.clone()), mute).await.unwrap();
    let counted: Vec<_> = join_all((0..50).map(|_| count("message", 1))).await.into_iter().flatten().collect();
    assert!(counted.len() == 50 && counted.iter().all(|counted| counted.restrictions == muted), "{counted:?}");
    let allowed = |counted: &&CountedAction| counted.rate == RateDecision::Allowed;
    assert_eq!(counted.iter().filter(allowed).count(), 9);
    let rate = async |bucket, at| count(bucket, at).await.unwrap().rate;
    assert_eq!(rate("message", 3_000).await, RateDecision::Denied(seconds(7)));
    for _ in 0..5 {
        assert_eq!(rate("message", 10_000).await, RateDecision::Allowed);
    }
    assert_eq!(rate("message", 10_000).await, RateDecision::Denied(seconds(50)));
    assert_eq!(rate("change", 10_000).await, RateDecision::Allowed, "another bucket");
    let other = stores.moderation.count_action(&bea, "message", limit, minute_plus(10_000)).await.unwrap().unwrap();
    assert_eq!((other.rate, other.restrictions), (RateDecision::Allowed, Restrictions::default()), "another person");
    // A long conversation.
    for minute in 1..40 {
        assert_eq!(rate("message", minute * 60_000).await, RateDecision::Allowed);
    }
    for _ in 0..9 {
        assert_eq!(rate("message", 39 * 60_000).await, RateDecision::Allowed);
    }
    let last = count("message", 39 * 60_000).await.unwrap();
    assert_eq!((last.rate, last.restrictions), (RateDecision::Denied(seconds(10)), muted));
    assert_eq!(stores.moderation.restrictions(&Subject::Person(ann.clone())).await.unwrap(), muted);
}

pub async fn banned_addresses_belong_to_one_person(stores: Stores) {
    let ann = "ann".parse().unwrap();
    assert_eq!(stores.moderation.banned_addresses(&ann).await.unwrap(), []);
    let addresses = ["a", "b"].map(|key| AddressKey(key.into()));
    stores.moderation.set_banned_addresses(&ann, &addresses, Timestamp(now().0 + 60_000)).await.unwrap();
    assert_eq!(stores.moderation.banned_addresses(&ann).await.unwrap(), addresses);
    assert_eq!(stores.moderation.banned_addresses(&"bea".parse().unwrap()).await.unwrap(), []);
}

pub async fn recent_addresses_of_a_person_are_known_until_they_expire(stores: Stores) {
    let (ann, bea) = ("ann".parse().unwrap(), "bea".parse().unwrap());
    let [a, b, c] = ["a", "b", "c"].map(|key| AddressKey(key.into()));
    assert_eq!(stores.moderation.seen(&ann).await.unwrap(), []);
    let soon = Timestamp(now().0 + 60_000);
    for address in [&a, &b, &a] {
        stores.moderation.set_seen(&ann, address, soon).await.unwrap();
    }
    stores.moderation.set_seen(&bea, &c, soon).await.unwrap();
    let mut seen = stores.moderation.seen(&ann).await.unwrap();
    seen.sort_by(|AddressKey(one), AddressKey(other)| one.cmp(other));
    assert_eq!((seen, stores.moderation.seen(&bea).await.unwrap()), (vec![a, b], vec![c]));
    assert_eq!(stores.moderation.restrictions(&Subject::Person(ann)).await.unwrap(), Restrictions::default());
}

pub async fn rules_of_rooms_are_separate(stores: Stores) {
    let of = async |name| stores.moderation.rules(&room(name)).await.unwrap();
    for rules in [
        RoomRules { slow: 30, read_only: true, archived: false, member_pins: false, keep_days: None },
        RoomRules { slow: 0, read_only: true, archived: false, member_pins: false, keep_days: None },
        RoomRules { slow: u16::MAX, read_only: false, archived: false, member_pins: false, keep_days: None },
        RoomRules { slow: 0, read_only: false, archived: true, member_pins: false, keep_days: None },
        RoomRules { slow: 0, read_only: false, archived: false, member_pins: true, keep_days: None },
        RoomRules { slow: 0, read_only: false, archived: false, member_pins: false, keep_days: Some(30) },
        RoomRules { slow: 5, read_only: true, archived: true, member_pins: true, keep_days: Some(3_650) },
        RoomRules::default(),
    ] {
        stores.moderation.set_rules(&room("cats"), rules).await.unwrap();
        assert_eq!((of("cats").await, of("lobby").await), (rules, RoomRules::default()));
    }
}

pub async fn rooms_with_a_retention_are_listed_by_name(stores: Stores) {
    let keep = async |name, keep_days| {
        stores.moderation.set_rules(&room(name), RoomRules { keep_days, ..RoomRules::default() }).await.unwrap();
    };
    let list = async |after: Option<&str>, limit| {
        let after = after.map(room);
        let found = stores.moderation.rooms_with_keep_days(after.as_ref(), limit).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(list(None, 9).await, [""; 0]);
    for (name, keep_days) in [("dogs", Some(1)), ("cats", Some(30)), ("lobby", None), ("cats-2", Some(7))] {
        keep(name, keep_days).await;
    }
    assert_eq!(list(None, 9).await, ["cats", "cats-2", "dogs"]);
    assert_eq!(list(None, 2).await, ["cats", "cats-2"]);
    assert_eq!(list(Some("cats-2"), 2).await, ["dogs"]);
    assert_eq!(list(Some("dogs"), 2).await, [""; 0]);
    keep("cats", Some(2)).await;
    keep("cats-2", None).await;
    assert_eq!(list(None, 9).await, ["cats", "dogs"]);
    let of = async |name| stores.moderation.settings(&room(name)).await.unwrap().rules.keep_days;
    assert_eq!((of("cats").await, of("cats-2").await), (Some(2), None));
}

fn details(title: &str) -> RoomDetails {
    RoomDetails { title: title.parse().ok(), ..RoomDetails::default() }
}

pub async fn details_of_rooms_are_separate(stores: Stores) {
    let moderation = &stores.moderation;
    let of = async |name| moderation.settings(&room(name)).await.unwrap();
    assert_eq!(of("cats").await, RoomSettings::default());
    let rules = RoomRules { slow: 30, read_only: true, archived: false, member_pins: false, keep_days: None };
    let full =
        RoomDetails {
            topic: "x".repeat(250).parse().ok(), description: "猫\n語".parse().ok(), ..details("猫 Cats")
        };
    for details in [full, details("Cats"), RoomDetails::default()] {
        assert!(moderation.set_details(&room("cats"), &details, false).await.unwrap());
        moderation.set_rules(&room("cats"), rules).await.unwrap();
        assert_eq!(of("cats").await, RoomSettings { rules, details });
        assert_eq!(of("lobby").await, RoomSettings::default());
    }
}

pub async fn details_are_set_once_if_there_must_be_none(stores: Stores) {
    let (moderation, cats) = (&stores.moderation, room("cats"));
    let (one, other) = (details("One"), details("Other"));
    let (first, second) =
        futures::join!(moderation.set_details(&cats, &one, true), moderation.set_details(&cats, &other, true));
    let stored = moderation.settings(&cats).await.unwrap().details;
    match (first.unwrap(), second.unwrap()) {
        (true, false) => assert_eq!(stored, one),
        (false, true) => assert_eq!(stored, other),
        both => panic!("{both:?}"),
    }
    assert!(!moderation.set_details(&cats, &RoomDetails::default(), true).await.unwrap());
    assert!(moderation.set_details(&cats, &RoomDetails::default(), false).await.unwrap());
    assert!(moderation.set_details(&cats, &other, true).await.unwrap(), "removed details are none");
}

pub async fn titles_are_in_the_order_of_the_request(stores: Stores) {
    let moderation = &stores.moderation;
    assert_eq!(moderation.titles(&[]).await.unwrap(), []);
    let topic_only = RoomDetails { topic: "Mice".parse().ok(), ..RoomDetails::default() };
    for (name, details) in [("cats", details("Cats")), ("dogs", details("犬")), ("mice", topic_only)] {
        moderation.set_details(&room(name), &details, false).await.unwrap();
    }
    let titles = async |names: &[&str]| {
        let rooms: Vec<_> = names.iter().map(|name| room(name)).collect();
        let titles = moderation.titles(&rooms).await.unwrap();
        titles.into_iter().map(|titled| format!("{} {}", titled.room, titled.title)).collect::<Vec<_>>()
    };
    assert_eq!(titles(&["dogs", "mice", "lobby", "cats"]).await, ["dogs 犬", "cats Cats"]);
    assert_eq!(titles(&["cats", "dogs", "cats"]).await, ["cats Cats", "dogs 犬", "cats Cats"]);
    assert_eq!(titles(&["lobby"]).await, [""; 0]);
}

pub async fn the_audit_log_is_newest_first_with_whole_milliseconds(stores: Stores) {
    let start = now().0;
    let entry = |at: u64, slow| AuditEntry {
        at: Timestamp(start + at),
        by: Person {
            id: "mod".parse().unwrap(),
            name: "Mo".parse().unwrap(),
            moderator: true,
            appearance: Appearance::NONE,
        },
        action: ModerationAction::Rules {
            room: room("lobby"),
            rules: RoomRules { slow, read_only: false, archived: false, member_pins: false, keep_days: None },
        },
    };
    assert_eq!(stores.moderation.audit(None, 10).await.unwrap(), []);
    for (at, slow) in [(9, 1), (10, 2), (10, 3), (10, 3), (10, 4), (100, 5)] {
        stores.moderation.record(&entry(at, slow)).await.unwrap();
    }
    let times = async |before: Option<u64>, limit| {
        let entries = stores.moderation.audit(before.map(|before| Timestamp(start + before)), limit).await.unwrap();
        entries.iter().map(|entry| entry.at.0 - start).collect::<Vec<_>>()
    };
    assert_eq!(times(None, 10).await, [100, 10, 10, 10, 10, 9]);
    assert_eq!(times(None, 1).await, [100]);
    assert_eq!(times(None, 2).await, [100, 10, 10, 10, 10]);
    assert_eq!(times(Some(100), 1).await, [10, 10, 10, 10]);
    assert_eq!(times(Some(10), 5).await, [9]);
    assert_eq!(times(Some(9), 5).await, [0_u64; 0]);
    assert_eq!(stores.moderation.audit(Some(Timestamp(start + 10)), 9).await.unwrap(), [entry(9, 1)]);
}

pub async fn the_chat_has_a_name_and_an_icon_until_they_are_removed(stores: Stores) {
    assert_eq!(stores.moderation.identity().await.unwrap(), ChatIdentity::default());
    let both =
        ChatIdentity {
            name: "猫 \"Cats\"".parse().ok(), icon: "👩🏽\u{200d}🚀".parse().ok(), unique_names: Some(true)
        };
    let icon = ChatIdentity { name: None, ..both.clone() };
    for identity in [both, icon, ChatIdentity::default()] {
        stores.moderation.set_identity(&identity).await.unwrap();
        assert_eq!(stores.moderation.identity().await.unwrap(), identity);
        // The process that changes it knows it at once.
        assert_eq!(stores.moderation.has_unique_names().await.unwrap(), identity.has_unique_names());
    }
}
