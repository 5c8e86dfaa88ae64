//! The messages that people saved.

use shared_types::{PersonId, SavedPosition, Seq, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{now, room},
};

contract! { saved_messages_contract saved_messages {
    a_saved_message_keeps_its_first_time_until_it_is_removed
    lists_of_people_are_separate_and_bounded
} }

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn entry(name: &str, seq: u64, at: Timestamp) -> SavedPosition {
    SavedPosition { saved_at: at, room: room(name), seq: Seq(seq) }
}

async fn saved(stores: &Stores, id: &str) -> Vec<SavedPosition> {
    let mut saved = stores.saved.saved(&person(id), 1_000).await.unwrap();
    saved.sort();
    saved
}

pub async fn a_saved_message_keeps_its_first_time_until_it_is_removed(stores: Stores) {
    let (ann, at) = (person("ann"), now());
    let later = Timestamp(at.0 + 1);
    assert_eq!(saved(&stores, "ann").await, []);
    for at in [at, later, at] {
        stores.saved.save(&ann, &entry("lobby", 7, at)).await.unwrap();
    }
    assert_eq!(saved(&stores, "ann").await, [entry("lobby", 7, at)]);
    for (name, seq) in [("lobby", 8), ("lobby-2", 7), ("cats", 7)] {
        stores.saved.unsave(&ann, &room(name), Seq(seq)).await.unwrap();
    }
    assert_eq!(saved(&stores, "ann").await.len(), 1, "another message was removed");
    for _ in 0..2 {
        stores.saved.unsave(&ann, &room("lobby"), Seq(7)).await.unwrap();
        assert_eq!(saved(&stores, "ann").await, []);
    }
    stores.saved.save(&ann, &entry("lobby", 7, later)).await.unwrap();
    assert_eq!(saved(&stores, "ann").await, [entry("lobby", 7, later)]);
}

pub async fn lists_of_people_are_separate_and_bounded(stores: Stores) {
    let at = now();
    let of_ann = [entry("a", 1, at), entry("lobby", 9, at), entry("lobby", 10, at), entry("z9", u64::MAX, at)];
    for entry in &of_ann {
        stores.saved.save(&person("ann"), entry).await.unwrap();
    }
    for id in ["ann-2", "an", "Ann"] {
        stores.saved.save(&person(id), &entry("lobby", 1, at)).await.unwrap();
    }
    assert_eq!(saved(&stores, "ann").await, of_ann);
    assert_eq!(saved(&stores, "ann-2").await, [entry("lobby", 1, at)]);
    for (limit, expected) in [(0, 0), (3, 3), (4, 4), (5, 4)] {
        assert_eq!(stores.saved.saved(&person("ann"), limit).await.unwrap().len(), expected);
    }
}
