//! Connections, and the limits of their number.

use chat::ports::connections::{Admission, Connection, ConnectionId, ConnectionLimits, SMALL_ROOM};
use futures::{TryStreamExt, future::join_all};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{connection, connection_from, limit, room},
};

contract! { connections_contract connections {
    a_connection_is_found_by_its_id_and_its_room
    an_unknown_connection_is_not_found
    a_rename_changes_the_connection_and_its_room_entry
    a_chosen_name_stays_with_a_numbered_one
    a_hidden_page_is_known_in_its_room
    a_small_room_is_read_completely_and_a_larger_one_is_not
    a_recent_read_has_every_connection_that_was_read_or_is_known
    a_removed_connection_is_subtracted_from_the_count_once
    the_limit_is_exact_for_fifty_concurrent_connects
    the_limit_per_address_is_exact_for_fifty_concurrent_connects
    a_removed_connection_frees_one_slot_of_its_address
    only_known_addresses_have_a_limit_per_address
    no_more_connections_are_first_of_their_address_than_allowed
    the_count_is_corrected_only_if_it_is_unchanged
    a_moved_connection_is_in_its_new_room_only
    a_connection_that_is_not_where_it_was_found_does_not_move
    of_concurrent_moves_of_one_connection_one_succeeds
    a_connection_that_moves_while_it_is_removed_leaves_nothing_behind
} }

fn sorted(mut connections: Vec<Connection>) -> Vec<Connection> {
    connections.sort_by(|a, b| a.id.cmp(&b.id));
    connections
}

async fn admitted(stores: &Stores, ids: &[(&str, &str)]) -> Vec<Connection> {
    let connections: Vec<_> = ids.iter().map(|(id, room)| connection(id, room)).collect();
    for connection in &connections {
        assert_eq!(stores.connections.admit(connection, limit(100)).await.unwrap(), Admission::Admitted);
    }
    connections
}

async fn in_room(stores: &Stores, name: &str) -> Vec<Connection> {
    stores.connections.in_room(&room(name)).await.unwrap().to_vec()
}

pub async fn a_connection_is_found_by_its_id_and_its_room(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby"), ("c2", "lobby"), ("c3", "cats")]).await;
    assert_eq!(stores.connections.find(&known[0].id).await.unwrap().as_ref(), Some(&known[0]));
    assert_eq!(sorted(in_room(&stores, "lobby").await), known[..2]);
    assert_eq!(in_room(&stores, "cats").await, known[2..]);
    assert_eq!(sorted(stores.connections.all().try_collect().await.unwrap()), known);
    assert_eq!(stores.connections.count().await.unwrap(), 3);
}

pub async fn an_unknown_connection_is_not_found(stores: Stores) {
    let unknown = ConnectionId("unknown".into());
    assert_eq!(stores.connections.find(&unknown).await.unwrap(), None);
    assert_eq!(stores.connections.rename(&unknown, &"Eve".parse().unwrap(), None).await.unwrap(), None);
    assert_eq!(stores.connections.remove(&unknown).await.unwrap(), None);
    assert_eq!(in_room(&stores, "lobby").await, []);
    assert_eq!(stores.connections.count().await.unwrap(), 0);
}

pub async fn a_rename_changes_the_connection_and_its_room_entry(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby"), ("c2", "lobby")]).await;
    let mut expected = known.clone();
    expected[0].person.name = "Bea".parse().unwrap();
    let renamed = stores.connections.rename(&known[0].id, &"Bea".parse().unwrap(), None).await.unwrap();
    assert_eq!(renamed.as_ref(), Some(&expected[0]));
    assert_eq!(stores.connections.find(&known[0].id).await.unwrap().as_ref(), Some(&expected[0]));
    assert_eq!(sorted(in_room(&stores, "lobby").await), expected);
}

pub async fn a_chosen_name_stays_with_a_numbered_one(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby")]).await.remove(0);
    let (ann, numbered) = ("Ann".parse().unwrap(), "Ann 2".parse().unwrap());
    let mut expected = known.clone();
    expected.person.name = numbered;
    expected.chosen = Some(ann);
    let renamed = stores.connections.rename(&known.id, &expected.person.name, expected.chosen.as_ref()).await.unwrap();
    assert_eq!(renamed.as_ref(), Some(&expected));
    assert_eq!(in_room(&stores, "lobby").await, [expected.clone()]);
    let found = stores.connections.find(&known.id).await.unwrap().unwrap();
    expected.room = room("cats");
    assert_eq!(stores.connections.move_to(&found, &expected.room).await.unwrap().as_ref(), Some(&expected));
    assert_eq!(in_room(&stores, "cats").await, [expected.clone()]);
    assert_eq!(stores.connections.find(&known.id).await.unwrap().as_ref(), Some(&expected));
    expected.person.name = "Bea".parse().unwrap();
    expected.chosen = None;
    assert_eq!(
        stores.connections.rename(&known.id, &expected.person.name, None).await.unwrap().as_ref(),
        Some(&expected)
    );
    assert_eq!(in_room(&stores, "cats").await, [expected.clone()]);
    assert_eq!(stores.connections.find(&known.id).await.unwrap().as_ref(), Some(&expected));
}

pub async fn a_hidden_page_is_known_in_its_room(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby")]).await.remove(0);
    for hidden in [true, true, false] {
        stores.connections.set_hidden(&known, hidden).await.unwrap();
        assert_eq!(in_room(&stores, "lobby").await, [Connection { hidden, ..known.clone() }]);
        assert!(stores.connections.find(&known.id).await.unwrap().is_some());
    }
    stores.connections.remove(&known.id).await.unwrap();
    stores.connections.set_hidden(&known, true).await.unwrap();
    assert_eq!(in_room(&stores, "lobby").await, [], "a removed connection does not come back");
}

/// Admits this number of connections to the lobby.
async fn admitted_many(stores: &Stores, count: usize) -> Vec<Connection> {
    let connections: Vec<_> = (0..count).map(|number| connection(&format!("n{number:02}"), "lobby")).collect();
    for connection in &connections {
        assert_eq!(stores.connections.admit(connection, limit(100)).await.unwrap(), Admission::Admitted);
    }
    connections
}

pub async fn a_small_room_is_read_completely_and_a_larger_one_is_not(stores: Stores) {
    let lobby = room("lobby");
    let small_room = async || stores.connections.in_small_room(&lobby).await.unwrap().map(|read| read.to_vec());
    assert_eq!(small_room().await, Some(Vec::new()));
    let known = admitted_many(&stores, SMALL_ROOM).await;
    assert_eq!(small_room().await.map(sorted), Some(known.clone()));
    stores.connections.admit(&connection("one-more", "lobby"), limit(100)).await.unwrap();
    assert_eq!(small_room().await, None);
    stores.connections.remove(&known[0].id).await.unwrap();
    assert_eq!(small_room().await.map(|read| read.len()), Some(SMALL_ROOM));
}

pub async fn a_recent_read_has_every_connection_that_was_read_or_is_known(stores: Stores) {
    let lobby = room("lobby");
    let recently = async |with| sorted(stores.connections.recently_in_room(&lobby, with).await.unwrap().to_vec());
    let mut known = admitted_many(&stores, 3).await;
    assert_eq!(recently(None).await, known, "a small room is read exactly");
    stores.connections.remove(&known.remove(0).id).await.unwrap();
    assert_eq!(recently(None).await, known);
    for connection in &known {
        stores.connections.remove(&connection.id).await.unwrap();
    }

    let mut known = admitted_many(&stores, SMALL_ROOM + 5).await;
    assert_eq!(recently(None).await.len(), known.len());
    let newcomer = connection("newcomer", "lobby");
    stores.connections.admit(&newcomer, limit(100)).await.unwrap();
    assert!(recently(Some(&newcomer)).await.contains(&newcomer), "the caller knows that it is open");
    stores.connections.remove(&known.remove(0).id).await.unwrap();
    let renamed = stores.connections.rename(&known[0].id, &"Bea".parse().unwrap(), None).await.unwrap().unwrap();
    known[0] = renamed;
    known.push(newcomer.clone());
    assert_eq!(recently(None).await, sorted(known), "with what this process changed");
}

pub async fn a_removed_connection_is_subtracted_from_the_count_once(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby"), ("c2", "lobby")]).await;
    assert_eq!(stores.connections.remove(&known[0].id).await.unwrap().as_ref(), Some(&known[0]));
    assert_eq!(stores.connections.remove(&known[0].id).await.unwrap(), None);
    assert_eq!(stores.connections.count().await.unwrap(), 1);
    assert_eq!(stores.connections.find(&known[0].id).await.unwrap(), None);
    assert_eq!(in_room(&stores, "lobby").await, known[1..]);
}

pub async fn the_limit_is_exact_for_fifty_concurrent_connects(stores: Stores) {
    let connections: Vec<_> = (0..50).map(|n| connection(&format!("c{n}"), "lobby")).collect();
    let answers = join_all(connections.iter().map(|request| stores.connections.admit(request, limit(20)))).await;
    let admitted = answers.into_iter().filter(|answer| matches!(answer, Ok(Admission::Admitted))).count();
    assert_eq!(admitted, 20);
    assert_eq!(stores.connections.count().await.unwrap(), 20);
    assert_eq!(in_room(&stores, "lobby").await.len(), 20);

    let removed = stores.connections.all().try_next().await.unwrap().unwrap();
    stores.connections.remove(&removed.id).await.unwrap();
    let next = connection("next", "lobby");
    assert_eq!(stores.connections.admit(&next, limit(20)).await.unwrap(), Admission::Admitted);
    assert_eq!(stores.connections.admit(&connection("late", "lobby"), limit(20)).await.unwrap(), Admission::Full);
    assert_eq!(stores.connections.find(&ConnectionId("late".into())).await.unwrap(), None);
}

pub async fn the_limit_per_address_is_exact_for_fifty_concurrent_connects(stores: Stores) {
    let limits = ConnectionLimits { all: 60, per_address: Some(10), first_of_address: 0 };
    let connections: Vec<_> = (0..50).map(|n| connection_from("a", &format!("c{n}"))).collect();
    let answers = join_all(connections.iter().map(|request| stores.connections.admit(request, limits))).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let counted = |admission| answers.iter().filter(|answer| **answer == admission).count();
    assert_eq!((counted(Admission::Admitted), counted(Admission::AddressLimitReached)), (10, 40));
    assert_eq!(in_room(&stores, "lobby").await.len(), 10);
    assert_eq!(stores.connections.count().await.unwrap(), 10, "a rejected connection is not counted");
    for other in [connection_from("b", "other"), connection("nowhere", "lobby")] {
        assert_eq!(stores.connections.admit(&other, limits).await.unwrap(), Admission::Admitted, "{other:?}");
    }
    let full = ConnectionLimits { all: 12, ..limits };
    assert_eq!(stores.connections.admit(&connection_from("a", "late"), full).await.unwrap(), Admission::Full);
}

pub async fn a_removed_connection_frees_one_slot_of_its_address(stores: Stores) {
    let limits = ConnectionLimits { all: 9, per_address: Some(2), first_of_address: 0 };
    let admit =
        async |address, id: &str| stores.connections.admit(&connection_from(address, id), limits).await.unwrap();
    for id in ["c1", "c2"] {
        assert_eq!(admit("a", id).await, Admission::Admitted);
    }
    assert_eq!(admit("a", "c3").await, Admission::AddressLimitReached);
    assert_eq!(stores.connections.find(&ConnectionId("c3".into())).await.unwrap(), None);
    for _ in 0..3 {
        stores.connections.remove(&ConnectionId("c1".into())).await.unwrap();
    }
    assert_eq!(admit("a", "c4").await, Admission::Admitted);
    assert_eq!(admit("a", "c5").await, Admission::AddressLimitReached);
    // A connection that is rejected by the limit of all does not count against its address.
    let full = ConnectionLimits { all: 2, ..limits };
    assert_eq!(stores.connections.admit(&connection_from("b", "c6"), full).await.unwrap(), Admission::Full);
    for (id, admission) in
        [("c7", Admission::Admitted), ("c8", Admission::Admitted), ("c9", Admission::AddressLimitReached)]
    {
        assert_eq!(admit("b", id).await, admission, "{id}");
    }
}

pub async fn only_known_addresses_have_a_limit_per_address(stores: Stores) {
    let limited = ConnectionLimits { all: 9, per_address: Some(1), first_of_address: 0 };
    for id in ["n1", "n2"] {
        assert_eq!(stores.connections.admit(&connection(id, "lobby"), limited).await.unwrap(), Admission::Admitted);
    }
    for id in ["c1", "c2", "c3"] {
        let request = connection_from("a", id);
        assert_eq!(stores.connections.admit(&request, limit(9)).await.unwrap(), Admission::Admitted, "{id}");
    }
    assert_eq!(stores.connections.count().await.unwrap(), 5);
}

pub async fn no_more_connections_are_first_of_their_address_than_allowed(stores: Stores) {
    let limits = ConnectionLimits { all: 60, per_address: Some(30), first_of_address: 3 };
    let first_ones = async || {
        let open: Vec<Connection> = stores.connections.all().try_collect().await.unwrap();
        let first: Vec<_> = open.into_iter().filter(|connection| connection.is_first_of_address).collect();
        assert!(first.len() <= 3, "{first:?}");
        first
    };
    let connections: Vec<_> = (0..20).map(|n| connection_from("a", &format!("c{n}"))).collect();
    join_all(connections.iter().map(|request| stores.connections.admit(request, limits))).await;
    for (number, first) in first_ones().await.into_iter().enumerate() {
        stores.connections.remove(&first.id).await.unwrap();
        let next = connection_from("a", &format!("d{number}"));
        stores.connections.admit(&next, limits).await.unwrap();
        let next = stores.connections.find(&next.id).await.unwrap().unwrap();
        assert!(!next.is_first_of_address, "others are open");
    }
    let open: Vec<Connection> = stores.connections.all().try_collect().await.unwrap();
    for connection in open {
        stores.connections.remove(&connection.id).await.unwrap();
    }
    for connection in &connections {
        stores.connections.admit(connection, limits).await.unwrap();
    }
    first_ones().await;
    let nowhere = connection("nowhere", "lobby");
    stores.connections.admit(&nowhere, limits).await.unwrap();
    assert_eq!(stores.connections.find(&nowhere.id).await.unwrap(), Some(nowhere), "without an address there is none");
}

pub async fn the_count_is_corrected_only_if_it_is_unchanged(stores: Stores) {
    admitted(&stores, &[("c1", "lobby"), ("c2", "lobby")]).await;
    assert!(!stores.connections.correct_count(7, 2).await.unwrap());
    assert!(stores.connections.correct_count(2, 2).await.unwrap());
    assert_eq!(stores.connections.count().await.unwrap(), 2);
}

pub async fn a_moved_connection_is_in_its_new_room_only(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby"), ("c2", "lobby"), ("c3", "cats")]).await;
    let found = stores.connections.find(&known[0].id).await.unwrap().unwrap();
    stores.connections.set_hidden(&found, true).await.unwrap();
    let expected = Connection { room: room("cats"), ..known[0].clone() };
    assert_eq!(stores.connections.move_to(&found, &room("cats")).await.unwrap().as_ref(), Some(&expected));
    assert_eq!(stores.connections.find(&known[0].id).await.unwrap().as_ref(), Some(&expected));
    assert!(stores.connections.recall(&known[0].id).is_none_or(|recalled| recalled.room == room("cats")));
    assert_eq!(in_room(&stores, "lobby").await, known[1..2]);
    assert_eq!(sorted(in_room(&stores, "cats").await), [expected.clone(), known[2].clone()]);
    let recently = stores.connections.recently_in_room(&room("lobby"), None).await.unwrap();
    assert_eq!(recently.to_vec(), known[1..2]);
    assert_eq!(stores.connections.count().await.unwrap(), 3);
    let renamed = stores.connections.rename(&known[0].id, &"Bea".parse().unwrap(), None).await.unwrap();
    assert_eq!(renamed.map(|renamed| renamed.room), Some(room("cats")));
    assert_eq!(stores.connections.remove(&known[0].id).await.unwrap().map(|removed| removed.room), Some(room("cats")));
    assert_eq!(in_room(&stores, "cats").await, known[2..]);
    assert_eq!(stores.connections.count().await.unwrap(), 2);
}

pub async fn a_connection_that_is_not_where_it_was_found_does_not_move(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby"), ("c2", "lobby")]).await;
    stores.connections.move_to(&known[0], &room("cats")).await.unwrap().unwrap();
    assert_eq!(stores.connections.move_to(&known[0], &room("dogs")).await.unwrap(), None);
    stores.connections.remove(&known[1].id).await.unwrap();
    assert_eq!(stores.connections.move_to(&known[1], &room("dogs")).await.unwrap(), None);
    assert_eq!(in_room(&stores, "dogs").await, []);
    assert_eq!(in_room(&stores, "cats").await.len(), 1);
    assert_eq!(stores.connections.find(&known[1].id).await.unwrap(), None);
}

pub async fn of_concurrent_moves_of_one_connection_one_succeeds(stores: Stores) {
    let known = admitted(&stores, &[("c1", "lobby")]).await.remove(0);
    let rooms: Vec<_> = (0..10).map(|number| room(&format!("r{number}"))).collect();
    // A move that fails may be one that another one got in the way of.
    let moves = join_all(rooms.iter().map(|room| stores.connections.move_to(&known, room))).await;
    let moved: Vec<_> = moves.into_iter().filter_map(|moved| moved.ok().flatten()).collect();
    assert_eq!(moved.len(), 1);
    assert_eq!(stores.connections.find(&known.id).await.unwrap().as_ref(), Some(&moved[0]));
    let lists = join_all(rooms.iter().map(|room| stores.connections.in_room(room))).await;
    let listeners: Vec<_> = lists.into_iter().flat_map(|list| list.unwrap().to_vec()).collect();
    assert_eq!(listeners, moved);
    assert_eq!(in_room(&stores, "lobby").await, []);
}

pub async fn a_connection_that_moves_while_it_is_removed_leaves_nothing_behind(stores: Stores) {
    let ids: Vec<_> = (0..20).map(|number| format!("c{number}")).collect();
    let ids: Vec<_> = ids.iter().map(|id| (id.as_str(), "lobby")).collect();
    let known = admitted(&stores, &ids).await;
    let cats = room("cats");
    let both = known.iter().map(async |known| {
        _ = futures::join!(stores.connections.move_to(known, &cats), stores.connections.remove(&known.id));
        // The removal may have failed because of the move.
        stores.connections.remove(&known.id).await.unwrap();
    });
    join_all(both).await;
    assert_eq!(in_room(&stores, "lobby").await, []);
    assert_eq!(in_room(&stores, "cats").await, []);
    assert_eq!(stores.connections.count().await.unwrap(), 0);
}
