//! The right of a message to a place: one through every retry, until it is given up.

use chat::ports::messages::{IdempotencyRecord, MessageKey};
use futures::future::join_all;
use shared_types::Timestamp;

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{claim, message_key, now},
};

contract! { idempotency_contract idempotency {
    the_first_claim_holds
    of_many_claims_at_once_one_holds
    a_claim_is_replaced_only_by_who_saw_it
    identities_differ_by_room_author_and_nonce
    claims_are_listed_by_author_in_the_order_of_rooms_and_nonces
    a_claim_that_was_given_up_holds_and_is_not_listed
    a_claim_that_was_given_up_and_is_claimed_anew_is_its_author_s_again
    what_was_given_up_does_not_stand_before_what_is_left
} }

pub async fn the_first_claim_holds(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let first = claim(1);
    assert_eq!(stores.messages.reserve(&message_key, first).await.unwrap(), first);
    assert_eq!(stores.messages.reserve(&message_key, claim(2)).await.unwrap(), first);
}

pub async fn of_many_claims_at_once_one_holds(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let held = join_all((1..=20).map(|rev| stores.messages.reserve(&message_key, claim(rev)))).await;
    let held: Vec<IdempotencyRecord> = held.into_iter().map(Result::unwrap).collect();
    assert!(held.iter().all(|claim| *claim == held[0]), "{held:?}");
}

pub async fn a_claim_is_replaced_only_by_who_saw_it(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let first = stores.messages.reserve(&message_key, claim(1)).await.unwrap();
    let (second, third) = (claim(2), claim(3));
    assert_eq!(stores.messages.take_over(&message_key, first, second).await.unwrap(), second);
    assert_eq!(stores.messages.take_over(&message_key, first, third).await.unwrap(), second);
    assert_eq!(stores.messages.reserve(&message_key, third).await.unwrap(), second);
}

pub async fn identities_differ_by_room_author_and_nonce(stores: Stores) {
    let sessions = [
        message_key("lobby", "ann", "n"),
        message_key("cats", "ann", "n"),
        message_key("lobby", "bea", "n"),
        message_key("lobby", "ann", "m"),
        message_key("lobby", "ann-n", "n"),
    ];
    for (rev, message_key) in (1..).zip(&sessions) {
        let claim = claim(rev);
        assert_eq!(stores.messages.reserve(message_key, claim).await.unwrap(), claim, "{message_key:?}");
    }
}

pub async fn claims_are_listed_by_author_in_the_order_of_rooms_and_nonces(stores: Stores) {
    let ann = |room, nonce| message_key(room, "ann", nonce);
    let in_order = [ann("a", "n-1"), ann("a", "n-2"), ann("a-b", "n-0"), ann("b", "m"), ann("b", "n")];
    for place in [3, 0, 4, 2, 1] {
        stores.messages.reserve(&in_order[place], claim(place as u64)).await.unwrap();
    }
    for stranger in ["an", "ann-", "anna"] {
        stores.messages.reserve(&message_key("a", stranger, "n-1"), claim(7)).await.unwrap();
    }
    let listed = async |after: Option<&MessageKey>, limit| {
        let claims = stores.messages.records_of(&in_order[0].author, after, limit).await.unwrap();
        claims.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 10).await, in_order);
    assert_eq!(listed(None, 2).await, in_order[..2]);
    assert_eq!(listed(Some(&in_order[1]), 2).await, in_order[2..4]);
    assert_eq!(listed(Some(&in_order[4]), 2).await, []);
    assert_eq!(listed(Some(&ann("a", "n-11")), 1).await, in_order[1..2], "after a place where nothing is");
    let found = stores.messages.records_of(&in_order[0].author, None, 1).await.unwrap();
    let held = stores.messages.reserve(&in_order[0], claim(99)).await.unwrap();
    assert_eq!(found, [(in_order[0].clone(), held)]);
}

pub async fn a_claim_that_was_given_up_holds_and_is_not_listed(stores: Stores) {
    let (kept, gone) = (message_key("lobby", "ann", "kept"), message_key("lobby", "ann", "gone"));
    let first = stores.messages.reserve(&gone, claim(1)).await.unwrap();
    stores.messages.reserve(&kept, claim(2)).await.unwrap();
    let tomorrow = Timestamp(now().0 + 24 * 60 * 60 * 1000);
    for _ in 0..2 {
        stores.messages.tombstone(&gone, tomorrow).await.unwrap();
        let left = stores.messages.records_of(&kept.author, None, 10).await.unwrap();
        assert_eq!(
            left.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>(),
            std::slice::from_ref(&kept)
        );
        assert_eq!(stores.messages.reserve(&gone, claim(3)).await.unwrap(), first, "a retry finds it");
    }
    let never = message_key("lobby", "ann", "never");
    stores.messages.tombstone(&never, tomorrow).await.unwrap();
    let fresh = claim(4);
    assert_eq!(stores.messages.reserve(&never, fresh).await.unwrap(), fresh);
}

pub async fn a_claim_that_was_given_up_and_is_claimed_anew_is_its_author_s_again(stores: Stores) {
    let message_key = message_key("lobby", "ann", "n");
    let (held, fresh, late) = (claim(1), claim(2), claim(3));
    stores.messages.reserve(&message_key, held).await.unwrap();
    let until = Timestamp(now().0 + 60_000);
    stores.messages.tombstone(&message_key, until).await.unwrap();
    assert_eq!(stores.messages.take_over(&message_key, late, fresh).await.unwrap(), held, "who saw another is refused");
    assert_eq!(stores.messages.take_over(&message_key, held, fresh).await.unwrap(), fresh);
    let listed = async || stores.messages.records_of(&message_key.author, None, 9).await.unwrap();
    assert_eq!(listed().await, [(message_key.clone(), fresh)], "or what it says could not be forgotten");
    assert_eq!(stores.messages.reserve(&message_key, late).await.unwrap(), fresh, "a retry finds the new one");
    assert_eq!(stores.messages.take_over(&message_key, held, late).await.unwrap(), fresh);
    assert_eq!(listed().await, [(message_key.clone(), fresh)]);
    stores.messages.tombstone(&message_key, until).await.unwrap();
    assert_eq!((listed().await, stores.messages.reserve(&message_key, late).await.unwrap()), (vec![], fresh));
}

pub async fn what_was_given_up_does_not_stand_before_what_is_left(stores: Stores) {
    let names: Vec<_> = (10..40).map(|number| message_key("lobby", "ann", &format!("n-{number}"))).collect();
    for (name, rev) in names.iter().zip(1..) {
        stores.messages.reserve(name, claim(rev)).await.unwrap();
    }
    for gone in &names[..20] {
        stores.messages.tombstone(gone, Timestamp(now().0 + 60_000)).await.unwrap();
    }
    let listed = async |after: Option<&MessageKey>, limit| {
        let claims = stores.messages.records_of(&names[0].author, after, limit).await.unwrap();
        claims.into_iter().map(|(message_key, _)| message_key).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, 3).await, names[20..23]);
    assert_eq!(listed(Some(&names[5]), 100).await, names[20..]);
    assert_eq!(listed(Some(&names[22]), 2).await, names[23..25]);
}
