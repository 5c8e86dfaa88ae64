//! What was said, in its order, and what was changed of it.

use chat::ports::messages::{AppliedChange, ChangeRecord, StoredMessage};
use futures::future::join_all;
use shared_types::{ChatMessage, Reaction, ReplyRef, Rev, Seq};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{message, now, room, seqs, stored},
};

contract! { messages_contract messages {
    revisions_go_up_by_one_in_each_room
    no_revision_is_given_out_twice
    a_message_is_stored_once_and_stays_as_it_was
    a_moderator_s_message_says_so_and_goes_on_saying_so
    a_page_ends_before_its_mark_and_is_in_order
    what_was_born_after_a_revision_begins_after_it
    a_message_is_replaced_only_by_who_saw_it
    marks_are_found_after_a_revision_and_from_the_newest
    a_room_hears_nothing_of_its_neighbours
} }

pub async fn revisions_go_up_by_one_in_each_room(stores: Stores) {
    for expected in 1..=3 {
        assert_eq!(stores.messages.next_rev(&room("lobby")).await.unwrap(), Rev(expected));
    }
    assert_eq!(stores.messages.next_rev(&room("cats")).await.unwrap(), Rev(1));
}

pub async fn no_revision_is_given_out_twice(stores: Stores) {
    let lobby = room("lobby");
    let taken = join_all((0..50).map(|_| stores.messages.next_rev(&lobby))).await;
    let mut taken: Vec<u64> = taken.into_iter().map(|rev| rev.unwrap().0).collect();
    taken.sort_unstable();
    assert_eq!(taken, (1..=50).collect::<Vec<_>>());
}

pub async fn a_message_is_stored_once_and_stays_as_it_was(stores: Stores) {
    let lobby = room("lobby");
    let first = message(1, "  let x = \"1\";\n\u{1f600} 日本語");
    assert_eq!(stores.messages.at(&lobby, Seq(1)).await.unwrap(), None);
    assert_eq!(stores.messages.put(&lobby, &first).await.unwrap(), first);
    assert_eq!(stores.messages.put(&lobby, &message(1, "another")).await.unwrap(), first);
    assert_eq!(
        stores.messages.at(&lobby, Seq(1)).await.unwrap(),
        Some(StoredMessage { message: first, applied: Vec::new() })
    );
}

pub async fn a_moderator_s_message_says_so_and_goes_on_saying_so(stores: Stores) {
    let lobby = room("lobby");
    let mut said = message(1, "order, please");
    said.author.moderator = true;
    assert_eq!(stores.messages.put(&lobby, &said).await.unwrap(), said);
    assert_eq!(stores.messages.put(&lobby, &said).await.unwrap(), said, "a retry is answered with what is stored");
    assert_eq!(stores.messages.before(&lobby, None, 1).await.unwrap(), std::slice::from_ref(&said));
    let edited = ChatMessage { rev: Rev(2), edited_at: Some(now()), ..said };
    let changed = StoredMessage { message: edited, applied: Vec::new() };
    assert!(stores.messages.replace(&lobby, Rev(1), &changed).await.unwrap());
    assert_eq!(stores.messages.at(&lobby, Seq(1)).await.unwrap(), Some(changed));
}

pub async fn a_page_ends_before_its_mark_and_is_in_order(stores: Stores) {
    // Stored out of order and with a hole, across a digit boundary.
    stored(&stores, "lobby", [12, 3, 9, 10, 2, 1]).await;
    for (before, limit, expected) in [
        (None, 10, &[1, 2, 3, 9, 10, 12][..]),
        (None, 2, &[10, 12]),
        (Some(12), 2, &[9, 10]),
        (Some(10), 3, &[2, 3, 9]),
        (Some(5), 1, &[3]),
        (Some(1), 5, &[]),
        (Some(0), 5, &[]),
        (Some(u64::MAX), 1, &[12]),
    ] {
        let page = stores.messages.before(&room("lobby"), before.map(Seq), limit).await.unwrap();
        assert_eq!(seqs(&page), expected, "{limit} before {before:?}");
    }
}

pub async fn what_was_born_after_a_revision_begins_after_it(stores: Stores) {
    stored(&stores, "lobby", [12, 3, 9, 10, 2, 1]).await;
    for (after, limit, expected) in [
        (0, 10, &[1, 2, 3, 9, 10, 12][..]),
        (0, 2, &[1, 2]),
        (3, 10, &[9, 10, 12]),
        (5, 1, &[9]),
        (12, 10, &[]),
        (u64::MAX, 10, &[]),
    ] {
        let changes = stores.messages.created_after(&room("lobby"), Rev(after), limit).await.unwrap();
        assert_eq!(seqs(&changes), expected, "{limit} after {after}");
    }
}

pub async fn a_message_is_replaced_only_by_who_saw_it(stores: Stores) {
    let lobby = room("lobby");
    let born = message(3, "hi");
    stores.messages.put(&lobby, &born).await.unwrap();
    let at = async |seq| stores.messages.at(&lobby, Seq(seq)).await.unwrap();
    let unchanged = StoredMessage { message: born.clone(), applied: Vec::new() };
    let changed = StoredMessage {
        message: ChatMessage {
            rev: Rev(7),
            text: None,
            reply_to: Some(ReplyRef { seq: Seq(1), author: born.author.clone() }),
            mentions: vec![born.author.clone()],
            edited_at: Some(now()),
            deleted: true,
            reactions: vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![born.author.clone()] }],
            ..born.clone()
        },
        applied: vec![AppliedChange { by: born.author.id.clone(), nonce: born.nonce.clone(), at: now() }],
    };
    assert!(!stores.messages.replace(&lobby, Rev(2), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&unchanged));
    assert!(stores.messages.replace(&lobby, Rev(3), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&changed));
    assert_eq!(stores.messages.before(&lobby, None, 9).await.unwrap(), std::slice::from_ref(&changed.message));
    let as_of = |rev| StoredMessage { message: ChatMessage { rev: Rev(rev), ..born.clone() }, applied: Vec::new() };
    assert!(!stores.messages.replace(&lobby, Rev(3), &as_of(8)).await.unwrap(), "somebody was faster");
    assert_eq!(
        stores.messages.put(&lobby, &born).await.unwrap(),
        changed.message,
        "a retry of the send changes nothing"
    );
    let never_said = StoredMessage { message: message(4, "never said"), applied: Vec::new() };
    assert!(!stores.messages.replace(&lobby, Rev(4), &never_said).await.unwrap());
    assert_eq!(at(4).await, None);
    // Of many who saw the same, one is first.
    let tries = (9..29).map(|rev| {
        let (messages, lobby, mine) = (stores.messages.clone(), lobby.clone(), as_of(rev));
        async move { messages.replace(&lobby, Rev(7), &mine).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|first| *first).count(), 1);
}

pub async fn marks_are_found_after_a_revision_and_from_the_newest(stores: Stores) {
    let (lobby, at) = (room("lobby"), now());
    let mark = |rev: u64, seq: Option<u64>| ChangeRecord { rev: Rev(rev), at, seq: seq.map(Seq) };
    let marks = [mark(2, Some(1)), mark(5, None), mark(9, Some(1)), mark(10, Some(4)), mark(12, None)];
    stored(&stores, "lobby", [1, 3, 4]).await;
    assert_eq!(stores.messages.changes_after(&lobby, Rev(0), 10).await.unwrap(), []);
    for place in [3, 0, 4, 2, 1] {
        stores.messages.record_change(&lobby, marks[place]).await.unwrap();
        stores.messages.record_change(&room("lobby-2"), marks[place]).await.unwrap();
    }
    for (after, limit, expected) in
        [(0, 10, 0..5), (0, 2, 0..2), (5, 10, 2..5), (6, 1, 2..3), (12, 10, 0..0), (u64::MAX, 9, 0..0)]
    {
        let found = stores.messages.changes_after(&lobby, Rev(after), limit).await.unwrap();
        assert_eq!(found, marks[expected], "{limit} after {after}");
    }
    assert_eq!(stores.messages.newest_changes(&lobby, 2).await.unwrap(), marks[3..]);
    assert_eq!(stores.messages.newest_changes(&lobby, 10).await.unwrap(), marks);
    assert_eq!(stores.messages.newest_changes(&room("empty"), 10).await.unwrap(), []);
    assert_eq!(seqs(&stores.messages.before(&lobby, None, 10).await.unwrap()), [1, 3, 4], "marks are no messages");
}

pub async fn a_room_hears_nothing_of_its_neighbours(stores: Stores) {
    stored(&stores, "a", [1, 2]).await;
    stored(&stores, "a-b", [1, 5]).await;
    stored(&stores, "b", [7]).await;
    assert_eq!(seqs(&stores.messages.before(&room("a"), None, 10).await.unwrap()), [1, 2]);
    assert_eq!(seqs(&stores.messages.created_after(&room("a"), Rev(1), 10).await.unwrap()), [2]);
    assert_eq!(seqs(&stores.messages.before(&room("a-b"), None, 10).await.unwrap()), [1, 5]);
    assert_eq!(stores.messages.at(&room("a"), Seq(5)).await.unwrap(), None);
    assert_eq!(seqs(&stores.messages.before(&room("empty"), None, 10).await.unwrap()), [0_u64; 0]);
}
