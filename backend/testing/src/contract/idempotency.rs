//! Idempotency records: every retry of a message finds the same record, until the record is taken over or becomes a tombstone.

use chat::ports::messages::{IdempotencyRecord, MessageKey};
use futures::future::join_all;
use shared_types::{Rev, Seq, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{message, message_key, now, record, room},
};

contract! { idempotency_contract idempotency {
    an_appended_message_is_stored_once_with_its_record
    appended_messages_keep_the_order_of_their_calls
    the_first_record_is_kept
    one_of_many_concurrent_records_is_kept
    take_over_requires_the_current_record
    keys_differ_by_room_author_and_nonce
    records_of_an_author_are_in_order_of_room_and_nonce
    a_tombstone_is_found_by_retries_and_is_not_listed
    a_tombstone_that_is_taken_over_is_listed_again
    tombstones_do_not_hide_the_records_after_them
} }

/// A store may leave `append` to the caller, who takes the steps one by one.
pub async fn an_appended_message_is_stored_once_with_its_record(stores: Stores) {
    let (lobby, first_key) = (room("lobby"), message_key("lobby", "ann", "n-1"));
    let Some(first) = stores.messages.append(&first_key, &message(9, "one")).await.unwrap() else { return };
    assert_eq!((first.seq, first.rev, first.text.as_ref().unwrap().as_str()), (Seq(1), Rev(1), "one"));
    assert_eq!(stores.messages.at(&lobby, Seq(1)).await.unwrap().unwrap().message, first);
    let held = IdempotencyRecord { rev: Rev(1), at: first.sent_at };
    assert_eq!(stores.messages.reserve(&first_key, record(7)).await.unwrap(), held);
    assert_eq!(stores.messages.append(&first_key, &message(9, "again")).await.unwrap(), None, "it has a record");
    let gone_key = message_key("lobby", "ann", "n-2");
    stores.messages.reserve(&gone_key, record(8)).await.unwrap();
    stores.messages.tombstone(&gone_key, Timestamp(u64::MAX)).await.unwrap();
    assert_eq!(stores.messages.append(&gone_key, &message(9, "erased")).await.unwrap(), None, "it has a tombstone");
    assert_eq!(stores.messages.next_rev(&lobby).await.unwrap(), Rev(2), "a refused one takes no revision");
    assert_eq!(stores.messages.before(&lobby, None, 9).await.unwrap(), [first]);
}

pub async fn appended_messages_keep_the_order_of_their_calls(stores: Stores) {
    let texts: Vec<String> = (0..50).map(|number| format!("number {number}")).collect();
    let appended = join_all(texts.iter().map(|text| async {
        let key = message_key("lobby", "ann", &text.replace(' ', "-"));
        stores.messages.append(&key, &message(1, text)).await.unwrap()
    }));
    let Some(appended) = appended.await.into_iter().collect::<Option<Vec<_>>>() else { return };
    assert_eq!(appended.iter().map(|message| message.seq.0).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    assert_eq!(stores.messages.before(&room("lobby"), None, 99).await.unwrap(), appended);
}

pub async fn the_first_record_is_kept(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let first = record(1);
    assert_eq!(stores.messages.reserve(&message_key, first).await.unwrap(), first);
    assert_eq!(stores.messages.reserve(&message_key, record(2)).await.unwrap(), first);
}

pub async fn one_of_many_concurrent_records_is_kept(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let held = join_all((1..=20).map(|rev| stores.messages.reserve(&message_key, record(rev)))).await;
    let held: Vec<IdempotencyRecord> = held.into_iter().map(Result::unwrap).collect();
    assert!(held.iter().all(|record| *record == held[0]), "{held:?}");
}

pub async fn take_over_requires_the_current_record(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let first = stores.messages.reserve(&message_key, record(1)).await.unwrap();
    let (second, third) = (record(2), record(3));
    assert_eq!(stores.messages.take_over(&message_key, first, second).await.unwrap(), second);
    assert_eq!(stores.messages.take_over(&message_key, first, third).await.unwrap(), second);
    assert_eq!(stores.messages.reserve(&message_key, third).await.unwrap(), second);
}

pub async fn keys_differ_by_room_author_and_nonce(stores: Stores) {
    let keys = [
        message_key("lobby", "ann", "n"),
        message_key("cats", "ann", "n"),
        message_key("lobby", "bea", "n"),
        message_key("lobby", "ann", "m"),
        message_key("lobby", "ann-n", "n"),
    ];
    for (rev, message_key) in (1..).zip(&keys) {
        let record = record(rev);
        assert_eq!(stores.messages.reserve(message_key, record).await.unwrap(), record, "{message_key:?}");
    }
}

pub async fn records_of_an_author_are_in_order_of_room_and_nonce(stores: Stores) {
    let ann = |room, nonce| message_key(room, "ann", nonce);
    let in_order = [ann("a", "n-1"), ann("a", "n-2"), ann("a-b", "n-0"), ann("b", "m"), ann("b", "n")];
    for index in [3, 0, 4, 2, 1] {
        stores.messages.reserve(&in_order[index], record(index as u64)).await.unwrap();
    }
    for other in ["an", "ann-", "anna"] {
        stores.messages.reserve(&message_key("a", other, "n-1"), record(7)).await.unwrap();
    }
    let listed = async |after: Option<&MessageKey>, limit| {
        let records = stores.messages.records_of(&in_order[0].author, after, limit).await.unwrap();
        records.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 10).await, in_order);
    assert_eq!(listed(None, 2).await, in_order[..2]);
    assert_eq!(listed(Some(&in_order[1]), 2).await, in_order[2..4]);
    assert_eq!(listed(Some(&in_order[4]), 2).await, []);
    assert_eq!(listed(Some(&ann("a", "n-11")), 1).await, in_order[1..2], "after a key without a record");
    let found = stores.messages.records_of(&in_order[0].author, None, 1).await.unwrap();
    let held = stores.messages.reserve(&in_order[0], record(99)).await.unwrap();
    assert_eq!(found, [(in_order[0].clone(), held)]);
}

pub async fn a_tombstone_is_found_by_retries_and_is_not_listed(stores: Stores) {
    let (kept, deleted) = (message_key("lobby", "ann", "kept"), message_key("lobby", "ann", "deleted"));
    let first = stores.messages.reserve(&deleted, record(1)).await.unwrap();
    stores.messages.reserve(&kept, record(2)).await.unwrap();
    let tomorrow = Timestamp(now().0 + 24 * 60 * 60 * 1000);
    for _ in 0..2 {
        stores.messages.tombstone(&deleted, tomorrow).await.unwrap();
        let left = stores.messages.records_of(&kept.author, None, 10).await.unwrap();
        assert_eq!(
            left.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>(),
            std::slice::from_ref(&kept)
        );
        assert_eq!(stores.messages.reserve(&deleted, record(3)).await.unwrap(), first, "a retry finds it");
    }
    let never = message_key("lobby", "ann", "never");
    stores.messages.tombstone(&never, tomorrow).await.unwrap();
    let fresh = record(4);
    assert_eq!(stores.messages.reserve(&never, fresh).await.unwrap(), fresh);
}

pub async fn a_tombstone_that_is_taken_over_is_listed_again(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let (held, fresh, late) = (record(1), record(2), record(3));
    stores.messages.reserve(&message_key, held).await.unwrap();
    let until = Timestamp(now().0 + 60_000);
    stores.messages.tombstone(&message_key, until).await.unwrap();
    assert_eq!(
        stores.messages.take_over(&message_key, late, fresh).await.unwrap(),
        held,
        "another record was expected"
    );
    assert_eq!(stores.messages.take_over(&message_key, held, fresh).await.unwrap(), fresh);
    let listed = async || stores.messages.records_of(&message_key.author, None, 9).await.unwrap();
    assert_eq!(listed().await, [(message_key.clone(), fresh)], "otherwise its message could not be erased");
    assert_eq!(stores.messages.reserve(&message_key, late).await.unwrap(), fresh, "a retry finds the new one");
    assert_eq!(stores.messages.take_over(&message_key, held, late).await.unwrap(), fresh);
    assert_eq!(listed().await, [(message_key.clone(), fresh)]);
    stores.messages.tombstone(&message_key, until).await.unwrap();
    assert_eq!((listed().await, stores.messages.reserve(&message_key, late).await.unwrap()), (vec![], fresh));
}

pub async fn tombstones_do_not_hide_the_records_after_them(stores: Stores) {
    let keys: Vec<_> = (10..40).map(|number| message_key("lobby", "ann", &format!("n-{number}"))).collect();
    for (key, rev) in keys.iter().zip(1..) {
        stores.messages.reserve(key, record(rev)).await.unwrap();
    }
    for key in &keys[..20] {
        stores.messages.tombstone(key, Timestamp(now().0 + 60_000)).await.unwrap();
    }
    let listed = async |after: Option<&MessageKey>, limit| {
        let records = stores.messages.records_of(&keys[0].author, after, limit).await.unwrap();
        records.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 3).await, keys[20..23]);
    assert_eq!(listed(Some(&keys[5]), 100).await, keys[20..]);
    assert_eq!(listed(Some(&keys[22]), 2).await, keys[23..25]);
}
