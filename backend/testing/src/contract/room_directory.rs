//! The directory of open rooms.

use chat::ports::room_directory::DirectoryEntry;
use futures::future::join_all;
use shared_types::{RoomDetails, Timestamp};

use super::contract;
use crate::contract::{Stores, fixtures::room};

contract! { room_directory_contract room_directory {
    a_room_is_listed_once_with_its_latest_activity
    title_topic_and_archiving_belong_to_a_listed_room
    a_room_is_removed_only_with_the_activity_that_was_seen
    the_directory_is_read_up_to_a_limit
    changes_at_once_are_all_kept
} }

async fn entries(stores: &Stores) -> Vec<DirectoryEntry> {
    let mut entries = stores.room_directory.entries(1_000).await.unwrap();
    entries.sort_by(|one, other| one.room.cmp(&other.room));
    entries
}

fn entry(name: &str, active: u64) -> DirectoryEntry {
    DirectoryEntry::new(room(name), Timestamp(active))
}

fn details(title: Option<&str>, topic: Option<&str>) -> RoomDetails {
    let title = title.map(|title| title.parse().unwrap());
    let topic = topic.map(|topic| topic.parse().unwrap());
    RoomDetails { title, topic, ..RoomDetails::default() }
}

pub async fn a_room_is_listed_once_with_its_latest_activity(stores: Stores) {
    let directory = &stores.room_directory;
    assert_eq!(entries(&stores).await, []);
    assert!(!directory.set_active(&room("cats"), Timestamp(5)).await.unwrap());
    assert_eq!(entries(&stores).await, []);
    directory.add(&room("cats"), Timestamp(5)).await.unwrap();
    directory.add(&room("cats"), Timestamp(9)).await.unwrap();
    assert_eq!(entries(&stores).await, [entry("cats", 5)]);
    for (at, latest) in [(7, 7), (7, 7), (6, 7), (8, 8)] {
        assert!(directory.set_active(&room("cats"), Timestamp(at)).await.unwrap(), "{at}");
        assert_eq!(entries(&stores).await, [entry("cats", latest)], "{at}");
    }
}

pub async fn title_topic_and_archiving_belong_to_a_listed_room(stores: Stores) {
    let directory = &stores.room_directory;
    directory.set_details(&room("cats"), &details(Some("Cats"), None)).await.unwrap();
    directory.set_archived(&room("cats"), true).await.unwrap();
    assert_eq!(entries(&stores).await, []);

    directory.add(&room("cats"), Timestamp(5)).await.unwrap();
    directory.add(&room("dogs"), Timestamp(6)).await.unwrap();
    directory.set_archived(&room("cats"), true).await.unwrap();
    for (title, topic) in [(Some("Cats"), Some("Cats only")), (Some("More cats"), None), (None, None)] {
        directory.set_details(&room("cats"), &details(title, topic)).await.unwrap();
        let RoomDetails { title, topic, .. } = details(title, topic);
        let cats = DirectoryEntry { title, topic, archived: true, ..entry("cats", 5) };
        assert_eq!(entries(&stores).await, [cats, entry("dogs", 6)]);
    }
    directory.set_archived(&room("cats"), false).await.unwrap();
    assert_eq!(entries(&stores).await, [entry("cats", 5), entry("dogs", 6)]);
}

pub async fn a_room_is_removed_only_with_the_activity_that_was_seen(stores: Stores) {
    let directory = &stores.room_directory;
    directory.add(&room("cats"), Timestamp(5)).await.unwrap();
    directory.set_active(&room("cats"), Timestamp(6)).await.unwrap();
    directory.remove(&room("cats"), Timestamp(5)).await.unwrap();
    directory.remove(&room("dogs"), Timestamp(6)).await.unwrap();
    assert_eq!(entries(&stores).await, [entry("cats", 6)]);
    directory.remove(&room("cats"), Timestamp(6)).await.unwrap();
    assert_eq!(entries(&stores).await, []);
    directory.add(&room("cats"), Timestamp(3)).await.unwrap();
    assert_eq!(entries(&stores).await, [entry("cats", 3)]);
}

pub async fn the_directory_is_read_up_to_a_limit(stores: Stores) {
    for name in ["cats", "dogs", "eels"] {
        stores.room_directory.add(&room(name), Timestamp(5)).await.unwrap();
    }
    assert_eq!(stores.room_directory.entries(2).await.unwrap().len(), 2);
}

pub async fn changes_at_once_are_all_kept(stores: Stores) {
    let directory = &stores.room_directory;
    directory.add(&room("cats"), Timestamp(1)).await.unwrap();
    let (cats, described) = (room("cats"), details(Some("Cats"), None));
    let active = join_all((1..=20).map(|at| directory.set_active(&cats, Timestamp(at))));
    let (active, titled, archived) =
        futures::join!(active, directory.set_details(&cats, &described), directory.set_archived(&cats, true));
    assert!(active.into_iter().all(|listed| listed.unwrap()));
    titled.unwrap();
    archived.unwrap();
    let expected = DirectoryEntry { title: described.title, archived: true, ..entry("cats", 20) };
    assert_eq!(entries(&stores).await, [expected]);
}
