//! What was said, in its order, and what was changed of it.

use backend::ports::{Applied, Mark, Stored};
use futures::future::join_all;
use shared_types::{ChatMessage, Reaction, ReplyRef, Rev, Seq};

use super::{
    World, contract,
    fixtures::{message, now, room, seqs, stored},
};

contract! {
    revisions_go_up_by_one_in_each_room
    no_revision_is_given_out_twice
    a_message_is_stored_once_and_stays_as_it_was
    a_moderator_s_message_says_so_and_goes_on_saying_so
    a_page_ends_before_its_mark_and_is_in_order
    what_was_born_after_a_revision_begins_after_it
    a_message_is_replaced_only_by_who_saw_it
    marks_are_found_after_a_revision_and_from_the_newest
    a_room_hears_nothing_of_its_neighbours
}

async fn revisions_go_up_by_one_in_each_room(world: World) {
    for expected in 1..=3 {
        assert_eq!(world.messages.next_rev(&room("lobby")).await.unwrap(), Rev(expected));
    }
    assert_eq!(world.messages.next_rev(&room("cats")).await.unwrap(), Rev(1));
}

async fn no_revision_is_given_out_twice(world: World) {
    let lobby = room("lobby");
    let taken = join_all((0..50).map(|_| world.messages.next_rev(&lobby))).await;
    let mut taken: Vec<u64> = taken.into_iter().map(|rev| rev.unwrap().0).collect();
    taken.sort_unstable();
    assert_eq!(taken, (1..=50).collect::<Vec<_>>());
}

async fn a_message_is_stored_once_and_stays_as_it_was(world: World) {
    let lobby = room("lobby");
    let first = message(1, "  let x = \"1\";\n\u{1f600} 日本語");
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), None);
    assert_eq!(world.messages.put(&lobby, &first).await.unwrap(), first);
    assert_eq!(world.messages.put(&lobby, &message(1, "another")).await.unwrap(), first);
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), Some(Stored { message: first, applied: Vec::new() }));
}

async fn a_moderator_s_message_says_so_and_goes_on_saying_so(world: World) {
    let lobby = room("lobby");
    let mut said = message(1, "order, please");
    said.author.moderator = true;
    assert_eq!(world.messages.put(&lobby, &said).await.unwrap(), said);
    assert_eq!(world.messages.put(&lobby, &said).await.unwrap(), said, "a retry is answered with what is stored");
    assert_eq!(world.messages.before(&lobby, None, 1).await.unwrap(), std::slice::from_ref(&said));
    let edited = ChatMessage { rev: Rev(2), edited_at: Some(now()), ..said };
    let changed = Stored { message: edited, applied: Vec::new() };
    assert!(world.messages.replace(&lobby, Rev(1), &changed).await.unwrap());
    assert_eq!(world.messages.at(&lobby, Seq(1)).await.unwrap(), Some(changed));
}

async fn a_page_ends_before_its_mark_and_is_in_order(world: World) {
    // Stored out of order and with a hole, across a digit boundary.
    stored(&world, "lobby", [12, 3, 9, 10, 2, 1]).await;
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
        let page = world.messages.before(&room("lobby"), before.map(Seq), limit).await.unwrap();
        assert_eq!(seqs(&page), expected, "{limit} before {before:?}");
    }
}

async fn what_was_born_after_a_revision_begins_after_it(world: World) {
    stored(&world, "lobby", [12, 3, 9, 10, 2, 1]).await;
    for (after, limit, expected) in [
        (0, 10, &[1, 2, 3, 9, 10, 12][..]),
        (0, 2, &[1, 2]),
        (3, 10, &[9, 10, 12]),
        (5, 1, &[9]),
        (12, 10, &[]),
        (u64::MAX, 10, &[]),
    ] {
        let changes = world.messages.born_after(&room("lobby"), Rev(after), limit).await.unwrap();
        assert_eq!(seqs(&changes), expected, "{limit} after {after}");
    }
}

async fn a_message_is_replaced_only_by_who_saw_it(world: World) {
    let lobby = room("lobby");
    let born = message(3, "hi");
    world.messages.put(&lobby, &born).await.unwrap();
    let at = async |seq| world.messages.at(&lobby, Seq(seq)).await.unwrap();
    let unchanged = Stored { message: born.clone(), applied: Vec::new() };
    let changed = Stored {
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
        applied: vec![Applied { by: born.author.id.clone(), nonce: born.nonce.clone(), at: now() }],
    };
    assert!(!world.messages.replace(&lobby, Rev(2), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&unchanged));
    assert!(world.messages.replace(&lobby, Rev(3), &changed).await.unwrap());
    assert_eq!(at(3).await.as_ref(), Some(&changed));
    assert_eq!(world.messages.before(&lobby, None, 9).await.unwrap(), std::slice::from_ref(&changed.message));
    let as_of = |rev| Stored { message: ChatMessage { rev: Rev(rev), ..born.clone() }, applied: Vec::new() };
    assert!(!world.messages.replace(&lobby, Rev(3), &as_of(8)).await.unwrap(), "somebody was faster");
    assert_eq!(
        world.messages.put(&lobby, &born).await.unwrap(),
        changed.message,
        "a retry of the send changes nothing"
    );
    let never_said = Stored { message: message(4, "never said"), applied: Vec::new() };
    assert!(!world.messages.replace(&lobby, Rev(4), &never_said).await.unwrap());
    assert_eq!(at(4).await, None);
    // Of many who saw the same, one is first.
    let tries = (9..29).map(|rev| {
        let (messages, lobby, mine) = (world.messages.clone(), lobby.clone(), as_of(rev));
        async move { messages.replace(&lobby, Rev(7), &mine).await.unwrap() }
    });
    assert_eq!(join_all(tries).await.into_iter().filter(|first| *first).count(), 1);
}

async fn marks_are_found_after_a_revision_and_from_the_newest(world: World) {
    let (lobby, at) = (room("lobby"), now());
    let mark = |rev: u64, seq: Option<u64>| Mark { rev: Rev(rev), at, seq: seq.map(Seq) };
    let marks = [mark(2, Some(1)), mark(5, None), mark(9, Some(1)), mark(10, Some(4)), mark(12, None)];
    stored(&world, "lobby", [1, 3, 4]).await;
    assert_eq!(world.messages.marks_after(&lobby, Rev(0), 10).await.unwrap(), []);
    for place in [3, 0, 4, 2, 1] {
        world.messages.mark(&lobby, marks[place]).await.unwrap();
        world.messages.mark(&room("lobby-2"), marks[place]).await.unwrap();
    }
    for (after, limit, expected) in
        [(0, 10, 0..5), (0, 2, 0..2), (5, 10, 2..5), (6, 1, 2..3), (12, 10, 0..0), (u64::MAX, 9, 0..0)]
    {
        let found = world.messages.marks_after(&lobby, Rev(after), limit).await.unwrap();
        assert_eq!(found, marks[expected], "{limit} after {after}");
    }
    assert_eq!(world.messages.newest_marks(&lobby, 2).await.unwrap(), marks[3..]);
    assert_eq!(world.messages.newest_marks(&lobby, 10).await.unwrap(), marks);
    assert_eq!(world.messages.newest_marks(&room("empty"), 10).await.unwrap(), []);
    assert_eq!(seqs(&world.messages.before(&lobby, None, 10).await.unwrap()), [1, 3, 4], "marks are no messages");
}

async fn a_room_hears_nothing_of_its_neighbours(world: World) {
    stored(&world, "a", [1, 2]).await;
    stored(&world, "a-b", [1, 5]).await;
    stored(&world, "b", [7]).await;
    assert_eq!(seqs(&world.messages.before(&room("a"), None, 10).await.unwrap()), [1, 2]);
    assert_eq!(seqs(&world.messages.born_after(&room("a"), Rev(1), 10).await.unwrap()), [2]);
    assert_eq!(seqs(&world.messages.before(&room("a-b"), None, 10).await.unwrap()), [1, 5]);
    assert_eq!(world.messages.at(&room("a"), Seq(5)).await.unwrap(), None);
    assert_eq!(seqs(&world.messages.before(&room("empty"), None, 10).await.unwrap()), [0_u64; 0]);
}
