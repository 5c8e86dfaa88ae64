//! Connections that watch other rooms.

use chat::ports::connections::{Admission, Connection, ConnectionId, SMALL_ROOM};
use futures::{TryStreamExt, future::join_all};
use shared_types::RoomName;

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{connection, limit, room},
};

contract! { watchers_contract watchers {
    the_audience_of_a_room_is_its_listeners_and_its_watchers
    a_watcher_is_in_no_other_read_of_the_room
    the_next_watch_replaces_the_rooms_of_the_last_one
    a_removed_connection_watches_nothing
    a_removed_connection_cannot_begin_to_watch
    one_room_can_be_unwatched
    an_audience_is_bounded_and_listeners_are_first
    many_connections_watch_at_once
} }

async fn admitted(stores: &Stores, id: &str, in_room: &str) -> Connection {
    let connection = connection(id, in_room);
    assert_eq!(stores.connections.admit(&connection, limit(100)).await.unwrap(), Admission::Admitted);
    connection
}

async fn watch(stores: &Stores, connection: &Connection, rooms: &[&str]) {
    let rooms: Vec<RoomName> = rooms.iter().map(|name| room(name)).collect();
    stores.connections.watch(connection, &rooms).await.unwrap();
}

/// Returns the ids of the listeners and of the watchers of a room, sorted.
async fn audience(stores: &Stores, name: &str) -> [Vec<String>; 2] {
    let audience = stores.connections.audience(&room(name), 100).await.unwrap();
    assert!(!audience.more);
    let listeners = audience.listeners.iter().map(|listener| listener.id.0.clone()).collect();
    let watchers = audience.watchers.iter().map(|watcher| watcher.id.0.clone()).collect();
    [listeners, watchers].map(|mut ids: Vec<String>| {
        ids.sort();
        ids
    })
}

fn ids<const N: usize, const M: usize>(listeners: [&str; N], watchers: [&str; M]) -> [Vec<String>; 2] {
    [listeners.map(String::from).to_vec(), watchers.map(String::from).to_vec()]
}

pub async fn the_audience_of_a_room_is_its_listeners_and_its_watchers(stores: Stores) {
    assert_eq!(audience(&stores, "cats").await, ids([], []));
    let ann = admitted(&stores, "c1=", "lobby").await;
    let bea = admitted(&stores, "zz=", "cats").await;
    watch(&stores, &ann, &["cats", "dogs"]).await;
    watch(&stores, &bea, &["lobby"]).await;
    assert_eq!(audience(&stores, "cats").await, ids(["zz="], ["c1="]));
    assert_eq!(audience(&stores, "dogs").await, ids([], ["c1="]));
    assert_eq!(audience(&stores, "lobby").await, ids(["c1="], ["zz="]));
    let watchers = stores.connections.audience(&room("dogs"), 9).await.unwrap().watchers;
    assert_eq!(watchers[0].person, ann.person.id);
}

pub async fn a_watcher_is_in_no_other_read_of_the_room(stores: Stores) {
    let bea = admitted(&stores, "c2", "cats").await;
    for number in 0..=SMALL_ROOM {
        watch(&stores, &admitted(&stores, &format!("w{number:02}"), "lobby").await, &["cats"]).await;
    }
    let cats = room("cats");
    assert_eq!(*stores.connections.in_room(&cats).await.unwrap(), *std::slice::from_ref(&bea));
    assert_eq!(stores.connections.in_small_room(&cats).await.unwrap().unwrap()[..], *std::slice::from_ref(&bea));
    assert_eq!(*stores.connections.recently_in_room(&cats, None).await.unwrap(), *std::slice::from_ref(&bea));
    let listeners = stores.shards.listeners(&cats, &Default::default(), 9).await.unwrap();
    assert_eq!((listeners.listeners, listeners.more), (vec![bea], false));
    assert_eq!(stores.connections.count().await.unwrap() as usize, SMALL_ROOM + 2);
    let all: Vec<Connection> = stores.connections.all().try_collect().await.unwrap();
    assert_eq!(all.len(), SMALL_ROOM + 2, "a watcher is no connection of its own");
}

pub async fn the_next_watch_replaces_the_rooms_of_the_last_one(stores: Stores) {
    let ann = admitted(&stores, "c1", "lobby").await;
    watch(&stores, &ann, &["cats", "dogs"]).await;
    watch(&stores, &ann, &["dogs", "mice"]).await;
    for (name, expected) in [("cats", ids([], [])), ("dogs", ids([], ["c1"])), ("mice", ids([], ["c1"]))] {
        assert_eq!(audience(&stores, name).await, expected, "{name}");
    }
    watch(&stores, &ann, &[]).await;
    for name in ["dogs", "mice"] {
        assert_eq!(audience(&stores, name).await, ids([], []), "{name}");
    }
    watch(&stores, &ann, &["dogs"]).await;
    assert_eq!(audience(&stores, "dogs").await, ids([], ["c1"]));
}

pub async fn a_removed_connection_watches_nothing(stores: Stores) {
    let ann = admitted(&stores, "c1", "lobby").await;
    watch(&stores, &ann, &["cats", "dogs"]).await;
    assert!(stores.connections.remove(&ann.id).await.unwrap().is_some());
    for name in ["lobby", "cats", "dogs"] {
        assert_eq!(audience(&stores, name).await, ids([], []), "{name}");
    }
}

pub async fn a_removed_connection_cannot_begin_to_watch(stores: Stores) {
    let ann = admitted(&stores, "c1", "lobby").await;
    stores.connections.remove(&ann.id).await.unwrap();
    watch(&stores, &ann, &["cats"]).await;
    assert_eq!(audience(&stores, "cats").await, ids([], []));
    assert_eq!(stores.connections.find(&ann.id).await.unwrap(), None, "it does not come back");
}

pub async fn one_room_can_be_unwatched(stores: Stores) {
    let ann = admitted(&stores, "c1", "lobby").await;
    watch(&stores, &ann, &["cats", "dogs"]).await;
    stores.connections.unwatch(&room("cats"), &ann.id).await.unwrap();
    stores.connections.unwatch(&room("cats"), &ConnectionId("unknown".into())).await.unwrap();
    assert_eq!(audience(&stores, "cats").await, ids([], []));
    assert_eq!(audience(&stores, "dogs").await, ids([], ["c1"]));
}

pub async fn an_audience_is_bounded_and_listeners_are_first(stores: Stores) {
    for id in ["c1", "c2", "c3"] {
        admitted(&stores, id, "cats").await;
    }
    for id in ["a1", "a2"] {
        watch(&stores, &admitted(&stores, id, "lobby").await, &["cats"]).await;
    }
    for (most, expected) in [(2, (2, 0, true)), (3, (3, 0, false)), (4, (3, 1, false)), (5, (3, 2, false))] {
        let read = stores.connections.audience(&room("cats"), most).await.unwrap();
        assert_eq!((read.listeners.len(), read.watchers.len(), read.more), expected, "{most}");
    }
}

pub async fn many_connections_watch_at_once(stores: Stores) {
    let mut watchers = Vec::new();
    for number in 0..20 {
        watchers.push(admitted(&stores, &format!("c{number:02}"), "lobby").await);
    }
    join_all(watchers.iter().map(|watcher| watch(&stores, watcher, &["cats", "dogs"]))).await;
    for name in ["cats", "dogs"] {
        assert_eq!(audience(&stores, name).await[1].len(), 20, "{name}");
    }
}
