//! Devices of people, and which of them are signed out.

use std::time::Duration;

use chat::ports::{
    devices::{SignOuts, StoredDevice},
    moderation::{RestrictionChange, Subject},
    rate_store::RateLimit,
};
use futures::future::join_all;
use shared_types::{DeviceId, PersonId, Restrictions, Timestamp};

use super::contract;
use crate::contract::{Stores, fixtures::now};

contract! { devices_contract devices {
    a_device_is_replaced_and_removed
    devices_belong_to_one_person
    the_list_of_devices_is_cut
    sign_outs_are_stored_one_after_the_other
    sign_outs_and_restrictions_do_not_affect_each_other
    counting_an_action_keeps_the_sign_outs
} }

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn id(id: &str) -> DeviceId {
    id.parse().unwrap()
}

fn device(name: &str) -> StoredDevice {
    let now = Timestamp(now().0 / 1000 * 1000);
    StoredDevice { id: id(name), browser: Some("Firefox".into()), system: Some("Linux".into()), since: now, last: now }
}

async fn record(stores: &Stores, of: &str, device: &StoredDevice) {
    stores.devices.record(&person(of), device).await.unwrap();
}

/// Returns the devices of a person, by id.
async fn devices(stores: &Stores, of: &str) -> Vec<StoredDevice> {
    let mut found = stores.devices.devices(&person(of), 100).await.unwrap();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

pub async fn a_device_is_replaced_and_removed(stores: Stores) {
    assert_eq!(devices(&stores, "ann").await, []);
    let (first, plain) = (device("d-1"), StoredDevice { browser: None, system: None, ..device("d-2") });
    record(&stores, "ann", &first).await;
    record(&stores, "ann", &plain).await;
    assert_eq!(devices(&stores, "ann").await, [first.clone(), plain.clone()]);
    let later = StoredDevice { last: first.last + Duration::from_secs(86_400), browser: None, ..first };
    record(&stores, "ann", &later).await;
    assert_eq!(devices(&stores, "ann").await, [later, plain.clone()]);
    for _ in 0..2 {
        stores.devices.remove(&person("ann"), &id("d-1")).await.unwrap();
        assert_eq!(devices(&stores, "ann").await, std::slice::from_ref(&plain));
    }
}

pub async fn devices_belong_to_one_person(stores: Stores) {
    // One id is the beginning of another one.
    for of in ["ann", "anna", "ann=", "an"] {
        record(&stores, of, &device(&format!("of-{of}"))).await;
    }
    assert_eq!(devices(&stores, "ann").await, [device("of-ann")]);
    stores.devices.remove(&person("ann"), &id("of-anna")).await.unwrap();
    assert_eq!(devices(&stores, "anna").await.len(), 1);
    assert_eq!(devices(&stores, "bea").await, []);
}

pub async fn the_list_of_devices_is_cut(stores: Stores) {
    for number in 0..5 {
        record(&stores, "ann", &device(&format!("d-{number}"))).await;
    }
    assert_eq!(stores.devices.devices(&person("ann"), 3).await.unwrap().len(), 3);
}

async fn sign_outs(stores: &Stores, of: &str) -> SignOuts {
    stores.moderation.sign_outs(&person(of)).await.unwrap()
}

pub async fn sign_outs_are_stored_one_after_the_other(stores: Stores) {
    assert_eq!(sign_outs(&stores, "ann").await, SignOuts::default());
    let one = SignOuts::default().with(&[device("d-1")], &[], now());
    assert!(stores.moderation.set_sign_outs(&person("ann"), &one).await.unwrap());
    assert_eq!(sign_outs(&stores, "ann").await, one);
    // It follows what was stored before this one.
    let late = SignOuts::default().with(&[device("d-2")], &[], now());
    assert!(!stores.moderation.set_sign_outs(&person("ann"), &late).await.unwrap());
    assert_eq!(sign_outs(&stores, "ann").await, one);
    assert_eq!(sign_outs(&stores, "anna").await, SignOuts::default());
    // Of several at once one is stored.
    let next = |number: usize| one.with(&[device(&format!("next-{number}"))], &[], now());
    let all: Vec<SignOuts> = (0..8).map(next).collect();
    let ann = person("ann");
    let stored = join_all(all.iter().map(|one| stores.moderation.set_sign_outs(&ann, one))).await;
    assert_eq!(stored.into_iter().filter(|stored| *stored.as_ref().unwrap()).count(), 1);
    assert_eq!(sign_outs(&stores, "ann").await.version, 2);
}

pub async fn sign_outs_and_restrictions_do_not_affect_each_other(stores: Stores) {
    let (ann, moderation) = (person("ann"), &stores.moderation);
    let subject = Subject::Person(ann.clone());
    let soon = Some(Timestamp(now().0 / 1000 * 1000 + 60_000));
    moderation.restrict(&subject, RestrictionChange::MutedUntil(soon)).await.unwrap();
    let one = SignOuts::default().with(&[device("d-1")], &[], now());
    assert!(moderation.set_sign_outs(&ann, &one).await.unwrap());
    let muted = Restrictions { muted_until: soon, banned_until: None };
    assert_eq!(moderation.restrictions(&subject).await.unwrap(), muted);
    assert_eq!(sign_outs(&stores, "ann").await, one);
    moderation.restrict(&subject, RestrictionChange::BannedUntil(soon)).await.unwrap();
    moderation.restrict(&subject, RestrictionChange::MutedUntil(None)).await.unwrap();
    let banned = Restrictions { muted_until: None, banned_until: soon };
    assert_eq!(
        (moderation.restrictions(&subject).await.unwrap(), sign_outs(&stores, "ann").await),
        (banned, one.clone())
    );
    moderation.set_restrictions(&subject, Restrictions::default()).await.unwrap();
    // Another person's decision drops what has expired.
    moderation.restrict(&Subject::Person(person("bea")), RestrictionChange::MutedUntil(soon)).await.unwrap();
    let none = Restrictions::default();
    assert_eq!((moderation.restrictions(&subject).await.unwrap(), sign_outs(&stores, "ann").await), (none, one));
}

pub async fn counting_an_action_keeps_the_sign_outs(stores: Stores) {
    let minute = Duration::from_secs(60);
    let limit = RateLimit { burst: 100, burst_window: minute, sustained: 100, window: minute };
    let (ann, moderation) = (person("ann"), &stores.moderation);
    let one = SignOuts::default().with(&[device("d-1")], &[], now());
    assert!(moderation.set_sign_outs(&ann, &one).await.unwrap());
    // Counters of many windows are removed. The sign-outs stay.
    for window in 0..60 {
        let at = now() + minute * window;
        if let Some(counted) = moderation.count_action(&ann, "connect", limit, at).await.unwrap() {
            assert_eq!(counted.restrictions, Restrictions::default());
        }
    }
    assert_eq!(sign_outs(&stores, "ann").await, one);
}
