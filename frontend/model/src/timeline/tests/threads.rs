//! Threads: what the log shows, the line under the message that began one, and the thread beside the log.

use shared_types::ThreadSummary;

use super::*;

/// A reply of Bob in the thread of message 1.
fn reply(seq: u64) -> ChatMessage {
    ChatMessage { thread: Some(Seq(1)), ..message_by(seq, "bob") }
}

fn deleted(seq: u64, rev: u64) -> ChatMessage {
    ChatMessage { rev: Rev(rev), deleted: true, text: None, ..reply(seq) }
}

fn root(count: u32, recent: &[u64], rev: u64) -> ChatMessage {
    let recent: Vec<_> = recent.iter().copied().map(Seq).collect();
    // The server's form has further fields.
    let mut summary =
        ThreadSummary { count, people: vec![person("bob")], recent, rev: Rev(rev), ..ThreadSummary::default() };
    summary.last_at = Timestamp(MINUTE);
    ChatMessage { replies: Some(summary), ..message_by(1, "ann") }
}

/// A timeline with these messages.
fn timeline(messages: Vec<ChatMessage>, up_to: u64) -> Timeline {
    let mut timeline = Timeline::blank(RoomName::lobby(), person("me"));
    timeline
        .apply(ServerMessage::Page { place: None, messages, more: false, newer: false, up_to: Some(Rev(up_to)) }, 0);
    timeline
}

fn apply(timeline: &mut Timeline, message: ChatMessage) {
    timeline.apply(ServerMessage::Message(message), 0);
}

fn seqs(rows: &[Row]) -> Vec<Option<u64>> {
    rows.iter().map(|row| row.seq.map(|seq| seq.0)).collect()
}

fn replies(timeline: &Timeline) -> Option<usize> {
    timeline.rows(&Utc::default(), &[])[0].thread.as_ref().map(|thread| thread.replies)
}

fn answer(timeline: &mut Timeline, first: ChatMessage, seqs: &[u64], more: bool, before: Option<u64>) -> bool {
    let messages: Vec<_> = seqs.iter().map(|seq| reply(*seq)).collect();
    timeline.on_thread(&first, &messages, more, before.map(Seq))
}

fn thread_seqs(timeline: &Timeline) -> Vec<Option<u64>> {
    seqs(&timeline.thread_rows(&Utc::default(), &[]).rows)
}

#[test]
fn the_log_shows_replies_that_were_sent_to_the_room_too() {
    let both = ChatMessage { in_room: true, ..reply(3) };
    let mut timeline = timeline(vec![message_by(1, "ann"), reply(2), both, message_by(4, "ann")], 4);
    let rows = timeline.rows(&Utc::default(), &[]);
    assert_eq!(seqs(&rows), [Some(1), Some(3), Some(4)]);
    assert_eq!(timeline.thread_of_hidden(Seq(2)), Some(Seq(1)));
    assert_eq!(timeline.thread_of_hidden(Seq(3)), None);
    apply(&mut timeline, reply(5));
    assert_eq!((timeline.newest(), timeline.newest_in_room()), (Some((Seq(5), true)), Some((Seq(4), true))));
    assert_eq!(timeline.rev(), Rev(5), "a hidden reply is no gap");
}

#[test]
fn each_reply_is_counted_once() {
    let mut timeline = timeline(vec![root(2, &[2, 3], 3)], 3);
    assert_eq!(replies(&timeline), Some(2));
    for (message, count) in [
        (reply(3), 2),
        (reply(4), 3),
        (reply(4), 3),
        (ChatMessage { rev: Rev(5), ..reply(4) }, 3),
        // The summary of a newer root counts it.
        (ChatMessage { rev: Rev(6), ..root(3, &[2, 3, 4], 4) }, 3),
        (reply(7), 4),
        (deleted(7, 8), 3),
        (deleted(3, 9), 2),
        (deleted(3, 9), 2),
        (ChatMessage { rev: Rev(10), ..root(2, &[2, 3, 4, 7], 9) }, 2),
    ] {
        let seq = message.seq;
        apply(&mut timeline, message);
        assert_eq!(replies(&timeline), Some(count), "{seq:?}");
    }
}

#[test]
fn a_thread_without_replies_has_no_line() {
    let mut timeline = timeline(vec![message_by(1, "ann")], 1);
    assert_eq!(replies(&timeline), None);
    apply(&mut timeline, reply(2));
    let rows = timeline.rows(&Utc::default(), &[]);
    let thread = rows[0].thread.as_ref().unwrap();
    assert_eq!(
        (thread.replies, &thread.people, thread.when.as_str(), thread.failed),
        (1, &vec![person("bob")], "00:02", false)
    );
    apply(&mut timeline, deleted(2, 3));
    assert_eq!(replies(&timeline), None);
}

#[test]
fn a_reply_of_the_visitor_waits_in_the_thread_and_not_in_the_log() {
    let mut timeline = timeline(vec![message_by(1, "ann")], 1);
    timeline.open_thread(Seq(1));
    for (nonce, in_room) in [("a", false), ("b", true)] {
        timeline.post(Draft { thread: Some(in_room), reply_to: Some(Seq(1)), ..draft(nonce) }, 0);
    }
    assert_eq!(seqs(&timeline.rows(&Utc::default(), &[])), [Some(1), None]);
    assert_eq!((thread_seqs(&timeline), replies(&timeline)), (vec![Some(1), None, None], Some(2)));
    let Some(ClientMessage::Send { reply_to, thread, in_room, .. }) = timeline.next_message(0) else { panic!() };
    assert_eq!((reply_to, thread, in_room), (Some(Seq(1)), Some(Seq(1)), false));
    apply(&mut timeline, ChatMessage { nonce: "a".parse().unwrap(), author: person("me"), ..reply(2) });
    assert_eq!((thread_seqs(&timeline), replies(&timeline)), (vec![Some(1), Some(2), None], Some(2)));
}

#[test]
fn an_unsent_reply_is_in_the_log_while_nothing_else_tells_of_it() {
    let mut timeline = timeline(vec![message_by(7, "ann")], 7);
    timeline.post(Draft { thread: Some(false), reply_to: Some(Seq(1)), ..draft("a") }, 0);
    let shown = |timeline: &Timeline| seqs(&timeline.rows(&Utc::default(), &[]));
    assert_eq!(shown(&timeline), [Some(7), None], "its first message is not loaded");
    timeline.open_thread(Seq(1));
    assert_eq!((shown(&timeline), thread_seqs(&timeline)), (vec![Some(7)], vec![None]));
    timeline.close_thread();
    assert_eq!(shown(&timeline), [Some(7), None]);
    apply(&mut timeline, ChatMessage { nonce: "a".parse().unwrap(), author: person("me"), ..reply(8) });
    assert_eq!(shown(&timeline), [Some(7)], "it is sent");
}

#[test]
fn a_reply_to_a_deleted_root_never_goes_to_the_room() {
    let mut timeline = timeline(vec![message_by(1, "ann")], 1);
    timeline.post(Draft { thread: Some(false), reply_to: Some(Seq(1)), ..draft("a") }, 0);
    apply(&mut timeline, ChatMessage { rev: Rev(2), deleted: true, ..message_by(1, "ann") });
    let Some(ClientMessage::Send { reply_to, thread, .. }) = timeline.next_message(0) else { panic!() };
    assert_eq!((reply_to, thread), (None, Some(Seq(1))), "the server refuses it");
    let refused = ServerMessage::Error {
        code: ErrorCode::NoMessage,
        message: "gone".into(),
        action: Some(Action::Send.into()),
        nonce: Some("a".parse().unwrap()),
        retry_after: None,
    };
    timeline.apply(refused, 0);
    let rows = timeline.rows(&Utc::default(), &[]);
    assert_eq!((rows.len(), rows[0].thread.as_ref().map(|thread| thread.failed)), (1, Some(true)));
}

#[test]
fn an_opened_thread_shows_what_is_known_and_then_the_answer() {
    let mut timeline = timeline(vec![message_by(1, "ann"), reply(2), message_by(3, "ann"), reply(4)], 4);
    assert_eq!(timeline.open_thread(Seq(4)), Seq(1), "a reply leads to its thread");
    assert_eq!(thread_seqs(&timeline), [Some(1), Some(2), Some(4)]);
    assert_eq!(timeline.thread_request(false), Some(ClientMessage::Thread { seq: Seq(1), before: None }));
    apply(&mut timeline, reply(6));
    assert!(answer(&mut timeline, root(5, &[2, 4, 5], 5), &[4, 5], true, None));
    assert_eq!(thread_seqs(&timeline), [Some(1), Some(4), Some(5), Some(6)], "what is newer than the answer stays");
    assert_eq!(replies(&timeline), Some(6), "the log has the summary of the answer");
    assert_eq!(timeline.thread_request(true), Some(ClientMessage::Thread { seq: Seq(1), before: Some(Seq(4)) }));
    assert!(answer(&mut timeline, root(5, &[2, 4, 5], 5), &[2], false, Some(4)));
    assert_eq!(thread_seqs(&timeline), [Some(1), Some(2), Some(4), Some(5), Some(6)]);
    assert!(!answer(&mut timeline, message_by(3, "ann"), &[], false, None), "of another thread");
    timeline.close_thread();
    assert_eq!(thread_seqs(&timeline), []);
}

#[test]
fn the_thread_of_a_message_that_is_not_loaded_can_be_changed_and_read() {
    let mut timeline = timeline(vec![message_by(100, "ann")], 100);
    timeline.open_thread(Seq(50));
    assert!(answer(&mut timeline, root(2, &[2, 50], 50), &[2, 50], false, None), "50 is a reply");
    assert_eq!((timeline.shown_thread(), thread_seqs(&timeline)), (Some(Seq(1)), vec![Some(1), Some(2), Some(50)]));
    timeline.change(Seq(50), Change::Reaction { emoji: "👍".parse().unwrap(), on: true }, "c".parse().unwrap());
    let rows = timeline.thread_rows(&Utc::default(), &[]).rows;
    assert_eq!(rows[2].reactions.len(), 1);
    apply(&mut timeline, ChatMessage { rev: Rev(101), deleted: true, ..root(2, &[2, 50], 50) });
    let shown = timeline.thread_rows(&Utc::default(), &[]);
    assert!(shown.is_closed && shown.rows[0].deleted && shown.rows.len() == 3);
}

#[test]
fn a_reply_that_was_written_before_the_root_was_known_stays_in_the_thread() {
    let mut timeline = timeline(vec![message_by(100, "ann")], 100);
    timeline.open_thread(Seq(50));
    timeline.post(Draft { thread: Some(false), reply_to: Some(Seq(50)), ..draft("a") }, 0);
    assert!(answer(&mut timeline, root(2, &[2, 50], 50), &[2, 50], false, None), "50 is a reply");
    assert_eq!(thread_seqs(&timeline), [Some(1), Some(2), Some(50), None]);
    let Some(ClientMessage::Send { thread, .. }) = timeline.next_message(0) else { panic!() };
    assert_eq!(thread, Some(Seq(1)));
}

#[test]
fn a_page_of_replies_is_sparse_until_the_window_is_full() {
    let page = |hidden: u64, shown: u64| {
        let replies = (2..2 + hidden).map(reply);
        let messages = replies.chain((1_000..1_000 + shown).map(|seq| message_by(seq, "ann")));
        let messages = messages.collect();
        let mut timeline = Timeline::blank(RoomName::lobby(), person("me"));
        let page = ServerMessage::Page { place: None, messages, more: true, newer: false, up_to: Some(Rev(2_000)) };
        timeline.apply(page, 0);
        timeline
    };
    assert!(page(20, 0).is_sparse() && page(50, 19).is_sparse() && page(199, 0).is_sparse());
    // Of more than 300 messages 200 are kept, which must not begin again.
    assert!(!page(50, 20).is_sparse() && !page(0, 19).is_sparse() && !page(200, 0).is_sparse());
}
