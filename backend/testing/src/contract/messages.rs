//! Messages, their order and the records of their changes.

use chat::ports::messages::{
    AppliedChange, AppliedReaction, AppliedVote, ChangeRecord, IdempotencyRecord, PinEntry, StoredMessage,
};
use futures::future::join_all;
use shared_types::{ChatMessage, Person, Pin, Poll, PollOption, Reaction, ReplyRef, Rev, Seq, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{album, message, message_key, now, room, seqs, store_messages},
};

contract! { messages_contract messages {
    revisions_go_up_by_one_in_each_room
    concurrent_calls_get_different_revisions
    a_second_put_returns_the_stored_message
    a_message_keeps_the_moderator_flag_of_its_author
    a_message_keeps_the_appearance_of_its_author
    a_page_is_in_order_and_ends_before_a_seq
    created_after_excludes_its_revision
    replace_requires_the_current_revision
    change_records_are_read_after_a_revision_and_newest
    rooms_with_similar_names_are_separate
    the_index_of_pins_keeps_the_highest_revision
    an_entry_of_the_index_of_pins_is_removed_below_a_revision
    nothing_is_left_of_a_removed_message
    the_record_of_a_later_message_is_not_removed
    change_records_are_removed_from_the_oldest_on
} }

pub async fn revisions_go_up_by_one_in_each_room(stores: Stores) {
    for expected in 1..=3 {
        assert_eq!(stores.messages.next_rev(&room("lobby")).await.unwrap(), Rev(expected));
    }
    assert_eq!(stores.messages.next_rev(&room("cats")).await.unwrap(), Rev(1));
}

pub async fn concurrent_calls_get_different_revisions(stores: Stores) {
    let lobby = room("lobby");
    let revs = join_all((0..50).map(|_| stores.messages.next_rev(&lobby))).await;
    let mut revs: Vec<u64> = revs.into_iter().map(|rev| rev.unwrap().0).collect();
    revs.sort_unstable();
    assert_eq!(revs, (1..=50).collect::<Vec<_>>());
}

pub async fn a_second_put_returns_the_stored_message(stores: Stores) {
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

pub async fn a_message_keeps_the_appearance_of_its_author(stores: Stores) {
    let room = room("lobby");
    for (seq, picture, colour) in [(1, Some(1_764_540_000_000), Some(11)), (2, Some(0), None), (3, None, Some(0))] {
        let mut sent = message(seq, "hi");
        sent.author.appearance.picture = picture.map(Timestamp);
        sent.author.appearance.colour = colour.and_then(|colour: u64| colour.try_into().ok());
        stores.messages.put(&room, &sent).await.unwrap();
        assert_eq!(stores.messages.at(&room, Seq(seq)).await.unwrap().unwrap().message, sent);
        // An erased author has none.
        let changed = ChatMessage { rev: Rev(seq + 10), author: Person::erased(), ..sent };
        let erased = StoredMessage { message: changed, applied: Vec::new() };
        assert!(stores.messages.replace(&room, Rev(seq), &erased).await.unwrap());
        assert_eq!(stores.messages.at(&room, Seq(seq)).await.unwrap().unwrap(), erased);
    }
}

pub async fn a_message_keeps_the_moderator_flag_of_its_author(stores: Stores) {
    let lobby = room("lobby");
    let mut sent = message(1, "order, please");
    sent.author.moderator = true;
    assert_eq!(stores.messages.put(&lobby, &sent).await.unwrap(), sent);
    assert_eq!(stores.messages.put(&lobby, &sent).await.unwrap(), sent, "a retry returns the stored message");
    assert_eq!(stores.messages.before(&lobby, None, 1).await.unwrap(), std::slice::from_ref(&sent));
    let edited = ChatMessage { rev: Rev(2), edited_at: Some(now()), ..sent };
    let changed = StoredMessage { message: edited, applied: Vec::new() };
    assert!(stores.messages.replace(&lobby, Rev(1), &changed).await.unwrap());
    assert_eq!(stores.messages.at(&lobby, Seq(1)).await.unwrap(), Some(changed));
}

pub async fn a_page_is_in_order_and_ends_before_a_seq(stores: Stores) {
    // Stored out of order and with a hole, across a digit boundary.
    store_messages(&stores, "lobby", [12, 3, 9, 10, 2, 1]).await;
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

pub async fn created_after_excludes_its_revision(stores: Stores) {
    store_messages(&stores, "lobby", [12, 3, 9, 10, 2, 1]).await;
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

pub async fn replace_requires_the_current_revision(stores: Stores) {
    let lobby = room("lobby");
    let original = message(3, "hi");
    stores.messages.put(&lobby, &original).await.unwrap();
    let at = async |seq| stores.messages.at(&lobby, Seq(seq)).await.unwrap();
    let unchanged = StoredMessage { message: original.clone(), applied: Vec::new() };
    let option = |text: &str, votes| PollOption { text: text.parse().unwrap(), votes };
    let options = vec![option("Today", vec![original.author.id.clone()]), option("明日", Vec::new())];
    let poll = Poll { options, several: true, closed: false };
    let changed = StoredMessage {
        message: ChatMessage {
            rev: Rev(7),
            text: None,
            image: Some(album(10)),
            reply_to: Some(ReplyRef { seq: Seq(1), author: original.author.clone() }),
            mentions: vec![original.author.clone()],
            edited_at: Some(now()),
            deleted: true,
            reactions: vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![original.author.clone()] }],
            poll: Some(Poll { closed: true, ..poll }),
            pinned: Some(Pin { by: original.author.clone(), at: now() }),
            ..original.clone()
        },
        applied: vec![AppliedChange {
            by: original.author.id.clone(),
            nonce: original.nonce.clone(),
            at: now(),
            edit_rev: Some(Rev(2)),
            pin_rev: Some(Rev(3)),
            vote: Some(AppliedVote { option: 1, rev: Rev(4) }),
            reaction: Some(AppliedReaction { emoji: "👍".parse().unwrap(), rev: Rev(2) }),
        }],
    };
    assert!(!stores.messages.replace(&lobby, Rev(2), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&unchanged));
    assert!(stores.messages.replace(&lobby, Rev(3), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&changed));
    assert_eq!(stores.messages.before(&lobby, None, 9).await.unwrap(), std::slice::from_ref(&changed.message));
    let as_of = |rev| StoredMessage { message: ChatMessage { rev: Rev(rev), ..original.clone() }, applied: Vec::new() };
    assert!(!stores.messages.replace(&lobby, Rev(3), &as_of(8)).await.unwrap(), "another write came first");
    assert_eq!(
        stores.messages.put(&lobby, &original).await.unwrap(),
        changed.message,
        "a retry of the send changes nothing"
    );
    let never_sent = StoredMessage { message: message(4, "never sent"), applied: Vec::new() };
    assert!(!stores.messages.replace(&lobby, Rev(4), &never_sent).await.unwrap());
    assert_eq!(at(4).await, None);
    // Of several writes with the same expected revision, one succeeds.
    let tries = (9..29).map(|rev| {
        let (messages, lobby, changed) = (stores.messages.clone(), lobby.clone(), as_of(rev));
        async move { messages.replace(&lobby, Rev(7), &changed).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|first| *first).count(), 1);
}

pub async fn change_records_are_read_after_a_revision_and_newest(stores: Stores) {
    let (lobby, at) = (room("lobby"), now());
    let change = |rev: u64, seq: Option<u64>| ChangeRecord { rev: Rev(rev), at, seq: seq.map(Seq) };
    let records = [change(2, Some(1)), change(5, None), change(9, Some(1)), change(10, Some(4)), change(12, None)];
    store_messages(&stores, "lobby", [1, 3, 4]).await;
    assert_eq!(stores.messages.changes_after(&lobby, Rev(0), 10).await.unwrap(), []);
    for index in [3, 0, 4, 2, 1] {
        stores.messages.record_change(&lobby, records[index]).await.unwrap();
        stores.messages.record_change(&room("lobby-2"), records[index]).await.unwrap();
    }
    for (after, limit, expected) in
        [(0, 10, 0..5), (0, 2, 0..2), (5, 10, 2..5), (6, 1, 2..3), (12, 10, 0..0), (u64::MAX, 9, 0..0)]
    {
        let found = stores.messages.changes_after(&lobby, Rev(after), limit).await.unwrap();
        assert_eq!(found, records[expected], "{limit} after {after}");
    }
    assert_eq!(stores.messages.newest_changes(&lobby, 2).await.unwrap(), records[3..]);
    assert_eq!(stores.messages.newest_changes(&lobby, 10).await.unwrap(), records);
    assert_eq!(stores.messages.newest_changes(&room("empty"), 10).await.unwrap(), []);
    assert_eq!(
        seqs(&stores.messages.before(&lobby, None, 10).await.unwrap()),
        [1, 3, 4],
        "change records are not messages"
    );
}

pub async fn rooms_with_similar_names_are_separate(stores: Stores) {
    store_messages(&stores, "a", [1, 2]).await;
    store_messages(&stores, "a-b", [1, 5]).await;
    store_messages(&stores, "b", [7]).await;
    assert_eq!(seqs(&stores.messages.before(&room("a"), None, 10).await.unwrap()), [1, 2]);
    assert_eq!(seqs(&stores.messages.created_after(&room("a"), Rev(1), 10).await.unwrap()), [2]);
    assert_eq!(seqs(&stores.messages.before(&room("a-b"), None, 10).await.unwrap()), [1, 5]);
    assert_eq!(stores.messages.at(&room("a"), Seq(5)).await.unwrap(), None);
    assert_eq!(seqs(&stores.messages.before(&room("empty"), None, 10).await.unwrap()), [0_u64; 0]);
}

/// Returns the index of a room: seq and revision of each entry.
async fn indexed(stores: &Stores, name: &str, limit: usize) -> Vec<(u64, u64)> {
    let entries = stores.messages.indexed_pins(&room(name), limit).await.unwrap();
    entries.iter().map(|entry| (entry.seq.0, entry.rev.0)).collect()
}

async fn index(stores: &Stores, name: &str, seq: u64, rev: u64) {
    stores.messages.index_pin(&room(name), PinEntry { seq: Seq(seq), rev: Rev(rev) }).await.unwrap();
}

pub async fn the_index_of_pins_keeps_the_highest_revision(stores: Stores) {
    assert_eq!(indexed(&stores, "lobby", 9).await, []);
    for (seq, rev) in [(10, 11), (9, 9), (10, 10), (10, 12), (9, 9)] {
        index(&stores, "lobby", seq, rev).await;
    }
    index(&stores, "lobby-2", 1, 1).await;
    assert_eq!(indexed(&stores, "lobby", 9).await, [(9, 9), (10, 12)]);
    assert_eq!(indexed(&stores, "lobby", 1).await, [(9, 9)]);
    assert_eq!(indexed(&stores, "lobby-2", 9).await, [(1, 1)]);
    assert_eq!(stores.messages.before(&room("lobby"), None, 9).await.unwrap(), [], "an entry is no message");
    assert_eq!(stores.messages.changes_after(&room("lobby"), Rev(0), 9).await.unwrap(), []);
}

pub async fn an_entry_of_the_index_of_pins_is_removed_below_a_revision(stores: Stores) {
    index(&stores, "lobby", 3, 7).await;
    index(&stores, "lobby", 4, 7).await;
    index(&stores, "cats", 3, 7).await;
    for (before, left) in [(6, &[(3, 7), (4, 7)][..]), (7, &[(3, 7), (4, 7)]), (8, &[(4, 7)]), (8, &[(4, 7)])] {
        stores.messages.unindex_pin(&room("lobby"), Seq(3), Rev(before)).await.unwrap();
        assert_eq!(indexed(&stores, "lobby", 9).await, left, "below {before}");
    }
    stores.messages.unindex_pin(&room("lobby"), Seq(4), Rev(u64::MAX)).await.unwrap();
    assert_eq!(indexed(&stores, "lobby", 9).await, []);
    assert_eq!(indexed(&stores, "cats", 9).await, [(3, 7)]);
}

pub async fn nothing_is_left_of_a_removed_message(stores: Stores) {
    let (log, lobby, ann) = (stores.messages.as_ref(), room("lobby"), message(1, "x").author.id);
    let record = |seq| IdempotencyRecord { rev: Rev(seq), at: now() };
    let sent = |seq| match seq {
        1 => {
            ChatMessage { pinned: Some(Pin { by: message(1, "x").author, at: now() }), ..message(1, "begins a thread") }
        }
        3 => ChatMessage { thread: Some(Seq(1)), ..message(3, "a reply") },
        seq => message(seq, "x"),
    };
    let messages: Vec<ChatMessage> = (1..=4).map(sent).collect();
    for message in &messages {
        let key = message_key("lobby", "ann", message.nonce.as_str());
        log.reserve(&key, record(message.seq.0)).await.unwrap();
        log.put(&lobby, message).await.unwrap();
        log.put(&room("cats"), message).await.unwrap();
    }
    for seq in [1, 4] {
        log.index_pin(&lobby, PinEntry { seq: Seq(seq), rev: Rev(seq) }).await.unwrap();
    }
    let left = async || {
        let pins = log.indexed_pins(&lobby, 9).await.unwrap().into_iter().map(|pin| pin.seq.0).collect::<Vec<_>>();
        let replies = log.replies(&lobby, Seq(1), None, 9).await.unwrap().len();
        let records = log.records_of(&ann, None, 9).await.unwrap();
        let records: Vec<u64> = records.iter().map(|(_, record)| record.rev.0).collect();
        (seqs(&log.before(&lobby, None, 9).await.unwrap()), pins, replies, records)
    };
    assert_eq!(left().await, (vec![1, 2, 3, 4], vec![1, 4], 1, vec![1, 2, 3, 4]));
    log.remove(&lobby, &messages[..3]).await.unwrap();
    assert_eq!(left().await, (vec![4], vec![4], 0, vec![4]));
    assert_eq!(log.at(&lobby, Seq(1)).await.unwrap(), None);
    assert_eq!(seqs(&log.created_after(&lobby, Rev(0), 9).await.unwrap()), [4]);
    log.remove(&lobby, &messages[..3]).await.unwrap();
    assert_eq!(left().await, (vec![4], vec![4], 0, vec![4]), "a repetition does nothing");
    assert_eq!(seqs(&log.before(&room("cats"), None, 9).await.unwrap()), [1, 2, 3, 4], "another room");
    // A change or a reply that is under way brings nothing back.
    let edited = StoredMessage { message: ChatMessage { rev: Rev(9), ..messages[1].clone() }, applied: Vec::new() };
    assert!(!log.replace(&lobby, Rev(2), &edited).await.unwrap());
    assert_eq!(log.at(&lobby, Seq(2)).await.unwrap(), None);
    log.remove(&lobby, &[]).await.unwrap();
}

pub async fn the_record_of_a_later_message_is_not_removed(stores: Stores) {
    let (log, lobby, old) = (stores.messages.as_ref(), room("lobby"), message(1, "x"));
    log.put(&lobby, &old).await.unwrap();
    // The client sent it again after its record was lost.
    let later = IdempotencyRecord { rev: Rev(7), at: now() };
    log.reserve(&message_key("lobby", "ann", old.nonce.as_str()), later).await.unwrap();
    log.remove(&lobby, std::slice::from_ref(&old)).await.unwrap();
    assert_eq!(log.at(&lobby, Seq(1)).await.unwrap(), None);
    assert_eq!(log.records_of(&old.author.id, None, 9).await.unwrap().len(), 1);
}

pub async fn change_records_are_removed_from_the_oldest_on(stores: Stores) {
    let (log, lobby, start) = (stores.messages.as_ref(), room("lobby"), now());
    let at = |rev: u64| Timestamp(start.0 + rev * 1_000);
    for rev in 1..=5 {
        let change = ChangeRecord { rev: Rev(rev), at: at(rev), seq: (rev != 2).then_some(Seq(1)) };
        log.record_change(&lobby, change).await.unwrap();
        log.record_change(&room("cats"), change).await.unwrap();
    }
    let left = async |name| {
        let changes = log.changes_after(&room(name), Rev(0), 9).await.unwrap();
        changes.iter().map(|change| change.rev.0).collect::<Vec<_>>()
    };
    assert_eq!(log.remove_changes(&lobby, at(4), 2).await.unwrap(), 2);
    assert_eq!(left("lobby").await, [3, 4, 5]);
    assert_eq!(log.remove_changes(&lobby, at(4), 2).await.unwrap(), 1);
    assert_eq!(log.remove_changes(&lobby, at(4), 2).await.unwrap(), 0);
    assert_eq!((left("lobby").await, left("cats").await), (vec![4, 5], vec![1, 2, 3, 4, 5]));
}
