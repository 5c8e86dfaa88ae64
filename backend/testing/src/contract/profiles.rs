//! Profiles of people and their pictures, and the profiles of connections.

use std::collections::HashMap;

use chat::ports::{
    connections::{Connection, ConnectionId},
    profiles::StoredProfile,
};
use futures::future::join_all;
use shared_types::{Appearance, ImageType, PersonId, Profile, Timestamp, limits};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{connection, limit, room},
};

contract! { profiles_contract profiles {
    a_profile_is_replaced_and_removed
    profiles_belong_to_one_person
    appearances_of_many_people_are_read_at_once
    people_with_a_profile_are_listed_in_order_or_not_at_all
    of_two_changes_at_the_same_time_one_succeeds
    a_picture_is_replaced_and_removed
    the_sweep_keeps_pictures
    the_people_with_pictures_are_listed_in_order
    a_connection_has_the_profile_that_was_set
    a_moved_connection_keeps_its_profile
    a_move_of_a_connection_that_was_read_earlier_keeps_its_profile
    the_profile_of_a_removed_connection_is_not_set
} }

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn profile(version: u64, status: &str) -> StoredProfile {
    StoredProfile {
        version,
        name: "Ann 🏖".parse().ok(),
        status: status.parse().ok(),
        appearance: Appearance { picture: Some(Timestamp(version)), colour: 11.try_into().ok() },
        nonce: "n-1".parse().ok(),
        changing_until: Some(Timestamp(1_764_540_000_000)),
        used: Some(Timestamp(4_102_444_800_000)),
    }
}

/// Stores the next version of a profile.
async fn set(stores: &Stores, of: &str, profile: &StoredProfile) -> bool {
    stores.profiles.set_profile(&person(of), profile.version - 1, profile).await.unwrap()
}

async fn stored(stores: &Stores, of: &str) -> StoredProfile {
    stores.profiles.profile(&person(of)).await.unwrap()
}

pub async fn a_profile_is_replaced_and_removed(stores: Stores) {
    assert_eq!(stored(&stores, "ann").await, StoredProfile::default());
    assert!(!set(&stores, "ann", &profile(2, "too new")).await);
    assert!(set(&stores, "ann", &profile(1, "月曜まで休み 🏖")).await);
    assert_eq!(stored(&stores, "ann").await, profile(1, "月曜まで休み 🏖"));
    for stale in [1, 3] {
        assert!(!set(&stores, "ann", &profile(stale, "stale")).await, "{stale}");
    }
    let colour = StoredProfile {
        version: 2,
        appearance: Appearance { picture: None, colour: 0.try_into().ok() },
        ..StoredProfile::default()
    };
    assert!(set(&stores, "ann", &colour).await);
    assert_eq!(stored(&stores, "ann").await, colour);
    // An empty one is removed, and the next one is the first again, with any version.
    let used = Some(Timestamp(4_102_444_800_000));
    let empty = |version| StoredProfile { version, used, ..StoredProfile::default() };
    assert!(!set(&stores, "ann", &empty(2)).await);
    assert!(set(&stores, "ann", &empty(3)).await);
    assert_eq!(stored(&stores, "ann").await, StoredProfile::default());
    let ann = person("ann");
    assert!(!set(&stores, "ann", &profile(4, "read before the removal")).await);
    let again = profile(1_764_540_000_000, "again");
    assert!(stores.profiles.set_profile(&ann, 0, &again).await.unwrap());
    assert!(!stores.profiles.set_profile(&ann, 0, &profile(5, "of two first ones, one succeeds")).await.unwrap());
    assert_eq!(stored(&stores, "ann").await, again);
    assert!(set(&stores, "ann", &profile(1_764_540_000_001, "next")).await);
}

pub async fn profiles_belong_to_one_person(stores: Stores) {
    // One id is the beginning of another one, and they differ by the case of a letter.
    let people = ["ann", "anna", "ann=", "an", "Ann", "aNN"];
    for of in people {
        assert!(set(&stores, of, &profile(1, of)).await, "{of}");
        stores.images.put_picture(&person(of), ImageType::Png, of.as_bytes()).await.unwrap();
    }
    for of in people {
        assert_eq!(stored(&stores, of).await, profile(1, of));
        assert_eq!(stores.images.picture(&person(of)).await.unwrap(), Some(of.as_bytes().to_vec()), "{of}");
    }
    stores.images.remove_picture(&person("ann")).await.unwrap();
    assert_eq!(stores.images.picture(&person("Ann")).await.unwrap(), Some(b"Ann".to_vec()));
    assert_eq!(stored(&stores, "bea").await, StoredProfile::default());
}

pub async fn appearances_of_many_people_are_read_at_once(stores: Stores) {
    let people: Vec<PersonId> = (0..limits::ROOM_MEMBERS).map(|number| person(&format!("p{number}"))).collect();
    let appearances = async |people: &[PersonId]| stores.profiles.appearances(people).await.unwrap();
    assert!(appearances(&people).await.is_empty());
    assert!(appearances(&[]).await.is_empty());
    let of = |number: usize| Appearance { picture: Some(Timestamp(number as u64)), colour: 3.try_into().ok() };
    // Of more people than one request of a store may name, with one who has a status only.
    let with = (0..people.len()).step_by(30);
    for number in with.clone() {
        let stored = StoredProfile { appearance: of(number), ..profile(1, "hi") };
        assert!(stores.profiles.set_profile(&people[number], 0, &stored).await.unwrap());
    }
    let status = StoredProfile { appearance: Appearance::NONE, ..profile(1, "hi") };
    assert!(stores.profiles.set_profile(&people[1], 0, &status).await.unwrap());
    let expected: HashMap<_, _> = with.map(|number| (people[number].clone(), of(number))).collect();
    assert_eq!(appearances(&people).await, expected);
    let twice = [people[30].clone(), people[1].clone(), people[30].clone()];
    assert_eq!(appearances(&twice).await, HashMap::from([(people[30].clone(), of(30))]));
}

pub async fn people_with_a_profile_are_listed_in_order_or_not_at_all(stores: Stores) {
    let list = async |after: Option<&str>, most| {
        let after = after.map(person);
        let listed = stores.profiles.people(after.as_ref(), most).await.unwrap();
        listed.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(list(None, 10).await.is_empty());
    let people = ["-", "0", "Ann", "_", "ann", "ann-", "anna", "z"];
    for of in people {
        assert!(set(&stores, of, &profile(1, of)).await, "{of}");
    }
    let all = list(None, 100).await;
    if all.is_empty() {
        // Its profiles end without the clean-up.
        return;
    }
    assert_eq!(all, people);
    assert_eq!(list(None, 2).await, people[..2]);
    assert_eq!(list(Some("Ann"), 2).await, people[3..5]);
    assert_eq!(list(Some("ann0"), 9).await, people[6..]);
    assert!(list(Some("z"), 9).await.is_empty());
}

pub async fn of_two_changes_at_the_same_time_one_succeeds(stores: Stores) {
    let (person, stores) = (person("ann"), &stores);
    for version in 1..4 {
        let changes: Vec<_> = (0..8).map(|number| profile(version, &number.to_string())).collect();
        let set =
            join_all(changes.iter().map(|change| stores.profiles.set_profile(&person, version - 1, change))).await;
        let set: Vec<_> = changes.iter().zip(set).filter(|(_, set)| *set.as_ref().unwrap()).collect();
        assert_eq!(set.len(), 1);
        assert_eq!(stored(stores, "ann").await, *set[0].0);
    }
}

pub async fn a_picture_is_replaced_and_removed(stores: Stores) {
    let ann = person("ann");
    assert_eq!(stores.images.picture(&ann).await.unwrap(), None);
    stores.images.remove_picture(&ann).await.unwrap();
    for (kind, bytes) in [(ImageType::Png, vec![1; 24_576]), (ImageType::Webp, vec![2; 7]), (ImageType::Jpeg, vec![3])]
    {
        stores.images.put_picture(&ann, kind, &bytes).await.unwrap();
        assert_eq!(stores.images.picture(&ann).await.unwrap(), Some(bytes));
    }
    for _ in 0..2 {
        stores.images.remove_picture(&ann).await.unwrap();
        assert_eq!(stores.images.picture(&ann).await.unwrap(), None);
    }
}

pub async fn the_sweep_keeps_pictures(stores: Stores) {
    let ann = person("ann");
    stores.images.put_picture(&ann, ImageType::Png, b"1").await.unwrap();
    stores.images.sweep(Timestamp(u64::MAX / 2_000_000)).await.unwrap();
    assert_eq!(stores.images.picture(&ann).await.unwrap(), Some(b"1".to_vec()));
}

pub async fn the_people_with_pictures_are_listed_in_order(stores: Stores) {
    let list = async |after: Option<&str>, most| {
        let after = after.map(person);
        let listed = stores.images.pictures(after.as_ref(), most).await.unwrap();
        listed.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(list(None, 10).await.is_empty());
    let long = "aB-_=0".repeat(10);
    let people = ["-", "0", "=", "Ann", "_", long.as_str(), "aNN", "ann", "ann-", "annA", "anna", "z"];
    for of in people {
        stores.images.put_picture(&person(of), ImageType::Png, b"1").await.unwrap();
    }
    assert_eq!(list(None, 1_000).await, people);
    assert_eq!(list(None, 2).await, people[..2]);
    assert_eq!(list(Some("Ann"), 2).await, people[4..6]);
    assert_eq!(list(Some("ann0"), 9).await, people[9..], "also after somebody who has none");
    assert!(list(Some("z"), 9).await.is_empty());
}

fn shown(connection: &Connection, status: &str, picture: Option<u64>, colour: u64) -> Profile {
    let appearance = Appearance { picture: picture.map(Timestamp), colour: colour.try_into().ok() };
    Profile { person: connection.person.id.clone(), status: status.parse().ok(), appearance }
}

/// Returns a connection that is stored.
async fn admitted(stores: &Stores, id: &str) -> Connection {
    let connection = connection(id, "lobby");
    stores.connections.admit(&connection, limit(9)).await.unwrap();
    connection
}

/// Checks the profile of a connection in all reads.
async fn check(stores: &Stores, id: &str, in_room: &str, profile: &Profile) {
    let found = stores.connections.find(&ConnectionId(id.into())).await.unwrap().unwrap();
    let listener = stores.connections.in_room(&room(in_room)).await.unwrap().iter().find(|one| one.id.0 == id).cloned();
    for read in [found, listener.unwrap()] {
        assert_eq!((read.status, read.person.appearance), (profile.status.clone(), profile.appearance));
    }
}

pub async fn a_connection_has_the_profile_that_was_set(stores: Stores) {
    let with = connection("c0", "lobby");
    let admitted_with = shown(&with, "from the start", Some(1), 0);
    stores.connections.admit(&with.with_profile(&admitted_with), limit(9)).await.unwrap();
    check(&stores, "c0", "lobby", &admitted_with).await;

    let other = admitted(&stores, "c1").await;
    for profile in [
        shown(&other, "hi 🏖", Some(1_764_540_000_000), 11),
        shown(&other, "", Some(2), 99),
        shown(&other, "hi", None, 0),
        shown(&other, "", None, 99),
    ] {
        let changed = stores.connections.set_profile(&other.id, &profile).await.unwrap().unwrap();
        assert_eq!(changed.person, shared_types::Person { appearance: profile.appearance, ..other.person.clone() });
        assert_eq!(changed.status, profile.status);
        check(&stores, "c1", "lobby", &profile).await;
    }
    check(&stores, "c0", "lobby", &admitted_with).await;
}

pub async fn a_moved_connection_keeps_its_profile(stores: Stores) {
    let moved = admitted(&stores, "c1").await;
    let profile = shown(&moved, "hi", Some(7), 3);
    let changed = stores.connections.set_profile(&moved.id, &profile).await.unwrap().unwrap();
    stores.connections.move_to(&changed, &room("cats")).await.unwrap().unwrap();
    check(&stores, "c1", "cats", &profile).await;
    // Also after a move.
    let profile = shown(&moved, "away", None, 4);
    stores.connections.set_profile(&moved.id, &profile).await.unwrap().unwrap();
    check(&stores, "c1", "cats", &profile).await;
    assert_eq!(stores.connections.in_room(&room("lobby")).await.unwrap().len(), 0);
}

pub async fn a_move_of_a_connection_that_was_read_earlier_keeps_its_profile(stores: Stores) {
    let read_earlier = admitted(&stores, "c1").await;
    let profile = shown(&read_earlier, "hi", Some(7), 3);
    stores.connections.set_profile(&read_earlier.id, &profile).await.unwrap().unwrap();
    let moved = stores.connections.move_to(&read_earlier, &room("cats")).await.unwrap().unwrap();
    assert_eq!((&moved.status, moved.person.appearance), (&profile.status, profile.appearance));
    check(&stores, "c1", "cats", &profile).await;
    let without = shown(&read_earlier, "", None, 99);
    stores.connections.set_profile(&read_earlier.id, &without).await.unwrap().unwrap();
    stores.connections.move_to(&moved, &room("dogs")).await.unwrap().unwrap();
    check(&stores, "c1", "dogs", &without).await;
    assert_eq!(stores.connections.move_to(&moved, &room("lobby")).await.unwrap(), None, "it is in another room");
}

pub async fn the_profile_of_a_removed_connection_is_not_set(stores: Stores) {
    let removed = admitted(&stores, "c1").await;
    stores.connections.remove(&removed.id).await.unwrap();
    let profile = shown(&removed, "hi", Some(7), 3);
    assert_eq!(stores.connections.set_profile(&removed.id, &profile).await.unwrap(), None);
    assert_eq!(stores.connections.find(&removed.id).await.unwrap(), None);
    assert_eq!(stores.connections.in_room(&room("lobby")).await.unwrap().len(), 0);
}
