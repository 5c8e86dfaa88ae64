//! Read positions of people in rooms.

use chat::ports::read_positions::{ReadPosition, StoredReceipt, ThreadPosition};
use futures::future::join_all;
use shared_types::{PersonId, Seq, Timestamp, limits};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{now, room},
};

contract! { read_positions_contract read_positions {
    a_position_advances_and_never_goes_back
    of_positions_stored_at_once_the_highest_stays
    positions_belong_to_one_person_and_one_room
    the_positions_of_a_person_are_bounded
    removed_positions_are_gone_and_may_return
    the_position_of_a_thread_advances_and_never_goes_back
    positions_of_threads_belong_to_one_person_and_one_room_and_are_bounded
    a_receipt_advances_and_never_goes_back
    receipts_belong_to_one_room_and_are_bounded
    removed_positions_take_their_receipts_along
    a_receipt_without_a_position_stays
    a_hidden_receipt_is_gone_and_its_position_stays
} }

fn person(id: &str) -> PersonId {
    id.parse().unwrap()
}

fn position(by: &str, in_room: &str, seq: u64) -> ReadPosition {
    ReadPosition { person: person(by), room: room(in_room), seq: Seq(seq), at: now() }
}

async fn advance(stores: &Stores, by: &str, in_room: &str, seq: u64) -> bool {
    stores.read_positions.advance(&position(by, in_room, seq)).await.unwrap()
}

async fn read(stores: &Stores, by: &str, in_room: &str) -> Option<u64> {
    stores.read_positions.position(&person(by), &room(in_room)).await.unwrap().map(|seq| seq.0)
}

/// Returns the positions of a person, by room.
async fn positions(stores: &Stores, by: &str) -> Vec<(String, u64)> {
    let found = stores.read_positions.positions(&person(by)).await.unwrap();
    assert!(found.iter().all(|found| found.person == person(by)), "{found:?}");
    let mut found: Vec<_> = found.into_iter().map(|found| (found.room.to_string(), found.seq.0)).collect();
    found.sort();
    found
}

pub async fn a_position_advances_and_never_goes_back(stores: Stores) {
    assert_eq!(read(&stores, "ann", "cats").await, None);
    for (seq, advanced, stored) in
        [(7, true, 7), (7, false, 7), (3, false, 7), (8, true, 8), (u64::MAX, true, u64::MAX)]
    {
        assert_eq!(advance(&stores, "ann", "cats", seq).await, advanced, "{seq}");
        assert_eq!(read(&stores, "ann", "cats").await, Some(stored), "{seq}");
    }
    let later = ReadPosition { at: Timestamp(now().0 + 5_000), ..position("ann", "dogs", 4) };
    assert!(stores.read_positions.advance(&later).await.unwrap());
    let found = stores.read_positions.positions(&person("ann")).await.unwrap();
    assert!(found.contains(&later), "{found:?}");
}

pub async fn of_positions_stored_at_once_the_highest_stays(stores: Stores) {
    join_all((1..=20).map(|seq| advance(&stores, "ann", "cats", seq))).await;
    assert_eq!(read(&stores, "ann", "cats").await, Some(20));
}

pub async fn positions_belong_to_one_person_and_one_room(stores: Stores) {
    // One id is the beginning of another one.
    for (by, in_room, seq) in
        [("ann", "cats", 1), ("ann", "dogs", 2), ("anna", "cats", 3), ("ann=", "cats", 4), ("an", "z", 5)]
    {
        assert!(advance(&stores, by, in_room, seq).await);
    }
    assert_eq!(positions(&stores, "ann").await, [("cats".to_owned(), 1), ("dogs".to_owned(), 2)]);
    assert_eq!(positions(&stores, "anna").await, [("cats".to_owned(), 3)]);
    assert_eq!(positions(&stores, "bea").await, []);
    assert_eq!((read(&stores, "ann", "dogs").await, read(&stores, "anna", "dogs").await), (Some(2), None));
}

pub async fn the_positions_of_a_person_are_bounded(stores: Stores) {
    for number in 0..limits::READ_POSITIONS + 3 {
        advance(&stores, "ann", &format!("room-{number}"), 1).await;
    }
    assert_eq!(positions(&stores, "ann").await.len(), limits::READ_POSITIONS);
    while stores.read_positions.remove(&person("ann")).await.unwrap() {}
    assert_eq!(positions(&stores, "ann").await, []);
}

pub async fn removed_positions_are_gone_and_may_return(stores: Stores) {
    for (by, in_room) in [("ann", "cats"), ("ann", "dogs"), ("anna", "cats")] {
        advance(&stores, by, in_room, 7).await;
    }
    for _ in 0..2 {
        assert!(!stores.read_positions.remove(&person("ann")).await.unwrap());
        assert_eq!(positions(&stores, "ann").await, []);
    }
    assert_eq!(read(&stores, "anna", "cats").await, Some(7));
    assert!(advance(&stores, "ann", "cats", 3).await);
    assert_eq!(read(&stores, "ann", "cats").await, Some(3));
}

async fn advance_thread(stores: &Stores, by: &str, in_room: &str, root: u64, seq: u64) -> bool {
    let (root, seq) = (Seq(root), Seq(seq));
    let position = ThreadPosition { person: person(by), room: room(in_room), root, seq, at: now() };
    stores.read_positions.advance_thread(&position).await.unwrap()
}

/// Returns the positions of a person in the threads of a room: the message that began each, and the newest reply that was read.
async fn threads(stores: &Stores, by: &str, in_room: &str) -> Vec<(u64, u64)> {
    let found = stores.read_positions.thread_positions(&person(by), &room(in_room)).await.unwrap();
    assert!(found.iter().all(|found| found.person == person(by) && found.room == room(in_room)), "{found:?}");
    found.into_iter().map(|found| (found.root.0, found.seq.0)).collect()
}

pub async fn the_position_of_a_thread_advances_and_never_goes_back(stores: Stores) {
    assert_eq!(threads(&stores, "ann", "cats").await, []);
    for (seq, advanced, stored) in [(7, true, 7), (7, false, 7), (3, false, 7), (8, true, 8)] {
        assert_eq!(advance_thread(&stores, "ann", "cats", 2, seq).await, advanced, "{seq}");
        assert_eq!(threads(&stores, "ann", "cats").await, [(2, stored)], "{seq}");
    }
    assert_eq!(read(&stores, "ann", "cats").await, None, "it is not the position of the room");
    assert_eq!(positions(&stores, "ann").await, []);
}

pub async fn positions_of_threads_belong_to_one_person_and_one_room_and_are_bounded(stores: Stores) {
    // One name is the beginning of another one.
    for (by, in_room, root) in
        [("ann", "cats", 9), ("ann", "cats", 10), ("ann", "cats-2", 3), ("ann", "cat", 4), ("anna", "cats", 5)]
    {
        assert!(advance_thread(&stores, by, in_room, root, 20).await);
    }
    assert_eq!(threads(&stores, "ann", "cats").await, [(10, 20), (9, 20)], "that which began last is first");
    assert_eq!(threads(&stores, "ann", "cat").await, [(4, 20)]);
    assert_eq!(threads(&stores, "ann", "ca").await, []);
    for root in 0..limits::READ_POSITIONS as u64 + 3 {
        advance_thread(&stores, "ann", "full", root, 999).await;
    }
    let found = threads(&stores, "ann", "full").await;
    assert_eq!((found.len(), found[0].0), (limits::THREAD_POSITIONS, limits::READ_POSITIONS as u64 + 2));
    while stores.read_positions.remove(&person("ann")).await.unwrap() {}
    for in_room in ["cats", "cats-2", "cat", "full"] {
        assert_eq!(threads(&stores, "ann", in_room).await, [], "{in_room}");
    }
    assert_eq!(threads(&stores, "anna", "cats").await, [(5, 20)]);
}

fn shown(by: &str, in_room: &str, seq: u64) -> StoredReceipt {
    let name = format!("{by} 生").parse().unwrap();
    StoredReceipt { room: room(in_room), person: person(by), name, seq: Seq(seq), at: now() }
}

async fn show(stores: &Stores, by: &str, in_room: &str, seq: u64) -> bool {
    advance(stores, by, in_room, seq).await;
    stores.read_positions.show(&shown(by, in_room, seq)).await.unwrap()
}

/// Returns the receipts of a room, by person.
async fn receipts(stores: &Stores, in_room: &str) -> Vec<(String, u64)> {
    let found = stores.read_positions.receipts(&room(in_room), limits::RECEIPTS).await.unwrap();
    assert!(found.iter().all(|receipt| receipt.room == room(in_room)), "{found:?}");
    let mut found: Vec<_> = found.into_iter().map(|receipt| (receipt.person.to_string(), receipt.seq.0)).collect();
    found.sort();
    found
}

fn of(receipts: &[(&str, u64)]) -> Vec<(String, u64)> {
    receipts.iter().map(|(by, seq)| ((*by).to_owned(), *seq)).collect()
}

pub async fn a_receipt_advances_and_never_goes_back(stores: Stores) {
    assert_eq!(receipts(&stores, "cats").await, of(&[]));
    assert!(advance(&stores, "ann", "cats", 2).await);
    assert_eq!(receipts(&stores, "cats").await, of(&[]), "a position alone is nobody else's");
    for (seq, advanced, stored) in [(7, true, 7), (7, false, 7), (3, false, 7), (8, true, 8)] {
        assert_eq!(show(&stores, "ann", "cats", seq).await, advanced, "{seq}");
        assert_eq!(receipts(&stores, "cats").await, of(&[("ann", stored)]), "{seq}");
    }
    let renamed =
        StoredReceipt { name: "Annie".parse().unwrap(), at: Timestamp(now().0 + 5_000), ..shown("ann", "cats", 9) };
    assert!(stores.read_positions.show(&renamed).await.unwrap());
    let found = stores.read_positions.receipt(&person("ann"), &room("cats")).await.unwrap();
    assert_eq!(found, Some(renamed.clone()));
    assert_eq!(stores.read_positions.receipts(&room("cats"), limits::RECEIPTS).await.unwrap(), [renamed]);
    assert_eq!(stores.read_positions.receipt(&person("ann"), &room("dogs")).await.unwrap(), None);
}

pub async fn receipts_belong_to_one_room_and_are_bounded(stores: Stores) {
    // One name is the beginning of another one.
    for (by, in_room, seq) in [("ann", "cats", 1), ("bea", "cats", 2), ("ann", "cats-2", 3), ("ann", "cat", 4)] {
        assert!(show(&stores, by, in_room, seq).await);
    }
    assert_eq!(receipts(&stores, "cats").await, of(&[("ann", 1), ("bea", 2)]));
    assert_eq!(receipts(&stores, "cat").await, of(&[("ann", 4)]));
    assert_eq!(receipts(&stores, "ca").await, of(&[]));
    assert_eq!(stores.read_positions.receipts(&room("cats"), 1).await.unwrap().len(), 1);
    join_all((0..limits::RECEIPTS + 3).map(|number| {
        let stores = &stores;
        async move { show(stores, &format!("p{number}"), "full", 1).await }
    }))
    .await;
    assert_eq!(receipts(&stores, "full").await.len(), limits::RECEIPTS);
}

pub async fn removed_positions_take_their_receipts_along(stores: Stores) {
    for (by, in_room) in [("ann", "cats"), ("ann", "dogs"), ("bea", "cats")] {
        show(&stores, by, in_room, 7).await;
    }
    while stores.read_positions.remove(&person("ann")).await.unwrap() {}
    assert_eq!(receipts(&stores, "cats").await, of(&[("bea", 7)]));
    assert_eq!(receipts(&stores, "dogs").await, of(&[]));
    assert!(show(&stores, "ann", "cats", 3).await, "they may return");
    assert_eq!(receipts(&stores, "cats").await.len(), 2);
}

pub async fn a_receipt_without_a_position_stays(stores: Stores) {
    show(&stores, "ann", "cats", 7).await;
    assert!(stores.read_positions.show(&shown("ann", "dogs", 7)).await.unwrap());
    while stores.read_positions.remove(&person("ann")).await.unwrap() {}
    assert_eq!((receipts(&stores, "cats").await, receipts(&stores, "dogs").await), (of(&[]), of(&[("ann", 7)])));
}

pub async fn a_hidden_receipt_is_gone_and_its_position_stays(stores: Stores) {
    for (by, in_room) in [("ann", "cats"), ("ann", "dogs"), ("bea", "cats")] {
        show(&stores, by, in_room, 7).await;
    }
    for _ in 0..2 {
        stores.read_positions.hide(&person("ann"), &room("cats")).await.unwrap();
        assert_eq!(receipts(&stores, "cats").await, of(&[("bea", 7)]));
    }
    assert_eq!((receipts(&stores, "dogs").await, read(&stores, "ann", "cats").await), (of(&[("ann", 7)]), Some(7)));
    assert!(stores.read_positions.show(&shown("ann", "cats", 3)).await.unwrap(), "it may return");
}
