//! Restrictions, banned and recent addresses, room rules and the audit log.

use chat::ports::{
    connections::AddressKey,
    moderation::{RestrictionChange, Subject},
};
use shared_types::{AuditEntry, ModerationAction, Person, Restrictions, RoomRules, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{now, room},
};

contract! { moderation_contract moderation {
    restrictions_of_people_and_addresses_are_separate
    a_mute_and_a_ban_do_not_affect_each_other
    banned_addresses_belong_to_one_person
    recent_addresses_of_a_person_are_known_until_they_expire
    rules_of_rooms_are_separate
    the_audit_log_is_newest_first_with_whole_milliseconds
} }

pub async fn restrictions_of_people_and_addresses_are_separate(stores: Stores) {
    let soon = |minutes: u64| Some(Timestamp(now().0 / 1000 * 1000 + minutes * 60_000));
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
    let soon = |minutes: u64| Some(Timestamp(now().0 / 1000 * 1000 + minutes * 60_000));
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
        RoomRules { slow: 30, read_only: true },
        RoomRules { slow: 0, read_only: true },
        RoomRules { slow: u16::MAX, read_only: false },
        RoomRules::default(),
    ] {
        stores.moderation.set_rules(&room("cats"), rules).await.unwrap();
        assert_eq!((of("cats").await, of("lobby").await), (rules, RoomRules::default()));
    }
}

pub async fn the_audit_log_is_newest_first_with_whole_milliseconds(stores: Stores) {
    let start = now().0;
    let entry = |at: u64, slow| AuditEntry {
        at: Timestamp(start + at),
        by: Person { id: "mod".parse().unwrap(), name: "Mo".parse().unwrap(), moderator: true },
        action: ModerationAction::Rules { room: room("lobby"), rules: RoomRules { slow, read_only: false } },
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
