//! The listeners of a room in parts.

use chat::ports::{
    connections::{Admission, ConnectionId},
    shards::{Shard, ShardListeners},
};
use futures::future::join_all;

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{connection, limit, room},
};

contract! { shards_contract shards {
    a_shard_holds_the_listeners_of_its_room_between_its_ends
    a_reader_is_told_that_a_shard_has_more
    every_listener_is_in_one_shard_wherever_the_room_is_divided
    a_removed_listener_leaves_its_shard
    borders_are_sorted_and_belong_to_one_room
    concurrent_borders_are_all_kept
} }

fn id(id: &str) -> ConnectionId {
    ConnectionId(id.into())
}

fn shard(after: Option<&str>, up_to: Option<&str>) -> Shard {
    Shard { after: after.map(id), up_to: up_to.map(id) }
}

async fn admit(stores: &Stores, ids: &[&str], in_room: &str) {
    for id in ids {
        let admitted = stores.connections.admit(&connection(id, in_room), limit(100)).await.unwrap();
        assert_eq!(admitted, Admission::Admitted);
    }
}

async fn ids(stores: &Stores, shard: &Shard, most: usize) -> (Vec<String>, bool) {
    let read = stores.shards.listeners(&room("lobby"), shard, most).await.unwrap();
    let ShardListeners { listeners, more } = read;
    (listeners.into_iter().map(|listener| listener.id.0).collect(), more)
}

fn all(ids: &[&str]) -> (Vec<String>, bool) {
    (ids.iter().map(|id| (*id).to_owned()).collect(), false)
}

pub async fn a_shard_holds_the_listeners_of_its_room_between_its_ends(stores: Stores) {
    admit(&stores, &["c4=", "c2=", "c1=", "c3="], "lobby").await;
    admit(&stores, &["c2-cats="], "cats").await;
    assert_eq!(ids(&stores, &Shard::default(), 9).await, all(&["c1=", "c2=", "c3=", "c4="]));
    assert_eq!(ids(&stores, &shard(Some("c1="), Some("c3=")), 9).await, all(&["c2=", "c3="]));
    assert_eq!(ids(&stores, &shard(Some("c2-between"), None), 9).await, all(&["c2=", "c3=", "c4="]));
    assert_eq!(ids(&stores, &shard(None, Some("c2=")), 9).await, all(&["c1=", "c2="]));
    assert_eq!(ids(&stores, &shard(Some("c4="), None), 9).await, all(&[]));
    let whole = stores.shards.listeners(&room("cats"), &Shard::default(), 9).await.unwrap();
    assert_eq!(whole.listeners, *stores.connections.in_room(&room("cats")).await.unwrap());
}

pub async fn a_reader_is_told_that_a_shard_has_more(stores: Stores) {
    admit(&stores, &["a", "b", "c", "d"], "lobby").await;
    let (first, more) = ids(&stores, &Shard::default(), 3).await;
    assert_eq!((first.as_slice(), more), (["a", "b", "c"].map(String::from).as_slice(), true));
    assert_eq!(ids(&stores, &Shard::default(), 4).await, all(&["a", "b", "c", "d"]));
    assert_eq!(
        ids(&stores, &shard(None, Some("c")), 3).await,
        all(&["a", "b", "c"]),
        "the next one is of another shard"
    );
    assert_eq!(ids(&stores, &shard(Some("c"), None), 3).await, all(&["d"]), "the rest");
}

pub async fn every_listener_is_in_one_shard_wherever_the_room_is_divided(stores: Stores) {
    let names: Vec<_> = (0..30).map(|number| format!("{}{number}", ["Zz", "aB", "0-"][number % 3])).collect();
    admit(&stores, &names.iter().map(String::as_str).collect::<Vec<_>>(), "lobby").await;
    let mut sorted = names.clone();
    sorted.sort();
    for borders in [vec![], vec!["a"], vec!["Zz0", "aB1", "zz"], vec!["0", "0-17", "0-2", "Zz9"]] {
        let borders: Vec<_> = borders.into_iter().map(id).collect();
        let mut found = Vec::new();
        for shard in Shard::between(&borders) {
            found.extend(ids(&stores, &shard, 99).await.0);
        }
        assert_eq!(found, sorted, "{borders:?}");
    }
}

pub async fn a_removed_listener_leaves_its_shard(stores: Stores) {
    admit(&stores, &["a", "b", "c"], "lobby").await;
    stores.connections.remove(&id("b")).await.unwrap();
    assert_eq!(ids(&stores, &Shard::default(), 9).await, all(&["a", "c"]));
}

pub async fn borders_are_sorted_and_belong_to_one_room(stores: Stores) {
    let lobby = room("lobby");
    assert_eq!(stores.shards.borders(&lobby).await.unwrap(), []);
    stores.shards.remove_border(&lobby, &id("m")).await.unwrap();
    for border in ["m", "Z", "a", "m"] {
        stores.shards.add_border(&lobby, &id(border)).await.unwrap();
    }
    assert_eq!(stores.shards.borders(&lobby).await.unwrap(), ["Z", "a", "m"].map(id));
    assert_eq!(stores.shards.borders(&room("cats")).await.unwrap(), []);
    for border in ["a", "a", "unknown"] {
        stores.shards.remove_border(&lobby, &id(border)).await.unwrap();
    }
    assert_eq!(stores.shards.borders(&lobby).await.unwrap(), ["Z", "m"].map(id));
    for border in ["Z", "m"] {
        stores.shards.remove_border(&lobby, &id(border)).await.unwrap();
    }
    assert_eq!(stores.shards.borders(&lobby).await.unwrap(), []);
}

pub async fn concurrent_borders_are_all_kept(stores: Stores) {
    let lobby = room("lobby");
    let borders: Vec<_> = (10..30).map(|number| id(&format!("b{number}"))).collect();
    let added = join_all(borders.iter().map(|border| stores.shards.add_border(&lobby, border))).await;
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    assert_eq!(stores.shards.borders(&lobby).await.unwrap(), borders);
}
