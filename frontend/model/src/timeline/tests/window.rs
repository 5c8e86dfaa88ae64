//! Tests of the window of messages that the page draws.

use shared_types::MessageText;

use super::*;
use crate::{client::Client, texts::PlainTexts};

/// A timeline that shows the newest messages from 101 to `last`. There are older ones.
fn long_room(last: u64) -> Timeline {
    let mut timeline = room(101..=200, true);
    (201..=last).for_each(|seq| _ = timeline.apply(live(seq), 0));
    timeline
}

/// The sequence numbers that are shown.
fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.rows(&Utc::default(), &[]).iter().filter_map(|row| Some(row.seq?.0)).collect()
}

#[test]
fn a_reader_at_the_end_keeps_the_newest_messages() {
    let mut timeline = long_room(400);
    assert!(!timeline.exceeds_window(), "300 messages are drawn");
    timeline.apply(live(401), 0);
    assert!(timeline.exceeds_window());
    timeline.limit_window(None);
    assert_eq!(seqs(&timeline), Vec::from_iter(202..=401));
    assert!(!timeline.is_detached() && timeline.more());
    assert_eq!(timeline.request_older(), Some(ClientMessage::History { place: HistoryRange::Before(Seq(202)) }));
}

#[test]
fn a_reader_far_back_keeps_the_messages_around_what_they_read() {
    for (reading, first) in [(101, 101), (150, 101), (210, 110), (300, 200)] {
        let mut timeline = long_room(401);
        timeline.limit_window(Some(Seq(reading)));
        assert_eq!(seqs(&timeline), Vec::from_iter(first..first + 200), "reading {reading}");
        assert!(timeline.is_detached() && timeline.more());
    }
    let mut timeline = long_room(401);
    timeline.limit_window(Some(Seq(390)));
    assert_eq!(seqs(&timeline), Vec::from_iter(202..=401));
    assert!(!timeline.is_detached(), "the window ends with the newest message");
}

#[test]
fn the_way_back_to_the_newest_messages_has_no_gap() {
    let mut timeline = long_room(401);
    timeline.limit_window(Some(Seq(101)));
    timeline.request_older();
    timeline.apply(page(1..=100, false), 0);
    timeline.limit_window(Some(Seq(1)));
    timeline.apply(live(402), 0);
    assert_eq!(timeline.request_newer(), Some(ClientMessage::History { place: HistoryRange::After(Seq(200)) }));
    assert!(!timeline.exceeds_window(), "a request is open");
    timeline.apply(history(HistoryRange::After(Seq(200)), 201..=300, false, true), 0);
    assert_eq!(seqs(&timeline), Vec::from_iter(1..=402));
    assert!(!timeline.is_detached());
    timeline.limit_window(Some(Seq(350)));
    assert_eq!(seqs(&timeline), Vec::from_iter(203..=402));
}

#[test]
fn a_detached_range_is_cut_at_both_ends() {
    let mut timeline = room(900..=999, true);
    timeline.seek(Seq(500));
    timeline.request_target();
    timeline.apply(history(HistoryRange::Around(Seq(500)), 300..=700, false, true), 0);
    timeline.limit_window(Some(Seq(500)));
    assert_eq!(seqs(&timeline), Vec::from_iter(400..600));
    assert!(timeline.more(), "there were none before 300");
    timeline.return_to_newest();
    assert_eq!(seqs(&timeline), Vec::from_iter(900..=999));
}

#[test]
fn changes_outside_the_window_do_not_return_their_message() {
    let mut timeline = long_room(401);
    timeline.limit_window(None);
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(402), deleted: true, ..message_by(150, "bob") }), 0);
    assert_eq!(seqs(&timeline), Vec::from_iter(202..=401));
    assert_eq!(timeline.rev(), Rev(402));
}

/// The timeline of a long room in which "me" wrote message 150, which mentions "cat" and left the window.
fn own_message_outside_window() -> Timeline {
    let mut timeline = long_room(400);
    let own = ChatMessage { rev: Rev(401), mentions: vec![person("cat")], ..message_by(150, "me") };
    timeline.apply(ServerMessage::Message(own), 0);
    timeline.hold(&[Seq(150)]);
    timeline.apply(live(402), 0);
    timeline.limit_window(None);
    assert!(!seqs(&timeline).contains(&150));
    timeline
}

fn change(timeline: &mut Timeline, change: Change, nonce: &str) {
    timeline.change(Seq(150), change, nonce.parse().unwrap());
}

#[test]
fn an_edit_of_a_message_that_left_the_window_is_sent() {
    let mut timeline = own_message_outside_window();
    // Changed in another window since.
    let newer = ChatMessage { rev: Rev(403), mentions: vec![person("cat")], ..message_by(150, "me") };
    timeline.apply(ServerMessage::Message(newer.clone()), 0);
    let text: Option<MessageText> = "better, @cat".parse().ok();
    change(&mut timeline, Change::Text(text.clone()), "a");
    let (mentions, nonce) = (vec![person("cat")], "a".parse().ok());
    let edit = ClientMessage::Edit { seq: Seq(150), text: text.clone(), mentions, based_on: Some(Rev(403)), nonce };
    assert_eq!(timeline.next_change(0), Some(edit));
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(404), text, ..newer }), 0);
    assert_eq!((timeline.changing_messages(), timeline.take_errors()), (vec![], vec![]));
}

#[test]
fn a_held_message_is_known_after_every_way_out_of_the_log() {
    let edit = || Change::Text("better".parse().ok());
    let truncated = ServerMessage::Changes { messages: vec![message_by(900, "bob")], up_to: Rev(900), truncated: true };
    let ways: [&dyn Fn(&mut Timeline); 4] = [
        &|timeline| timeline.return_to_newest(),
        &|timeline| timeline.seek(Seq(95)),
        &|timeline| post(timeline, "hi"),
        &|timeline| _ = timeline.apply(truncated.clone(), 0),
    ];
    for (index, leave) in ways.into_iter().enumerate() {
        let mut timeline = room(90..=99, true);
        timeline.seek(Seq(31));
        timeline.request_target();
        timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
        timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(100), ..message_by(31, "me") }), 0);
        timeline.hold(&[Seq(31)]);
        leave(&mut timeline);
        timeline.return_to_newest();
        timeline.change(Seq(31), edit(), "a".parse().unwrap());
        assert_eq!(timeline.changing_messages(), [Seq(31)], "way {index}");
    }
}

#[test]
fn a_deletion_and_a_reaction_of_a_message_that_left_the_window_are_sent() {
    let sent_after = |wanted| {
        let mut timeline = own_message_outside_window();
        change(&mut timeline, wanted, "a");
        timeline.next_change(0)
    };
    assert!(matches!(sent_after(Change::Delete), Some(ClientMessage::Delete { seq: Seq(150), .. })));
    let reaction = Change::Reaction { emoji: "👍".parse().unwrap(), on: true };
    let is_expected = |sent| matches!(sent, Some(ClientMessage::React { based_on: Some(Rev(401)), .. }));
    assert!(is_expected(sent_after(reaction)));
}

#[test]
fn a_change_in_flight_survives_the_end_of_its_message_in_the_window() {
    let mut timeline = long_room(400);
    let own = ChatMessage { rev: Rev(401), mentions: vec![person("cat")], ..message_by(150, "me") };
    timeline.apply(ServerMessage::Message(own), 0);
    let text: Option<MessageText> = "better, @cat".parse().ok();
    change(&mut timeline, Change::Text(text.clone()), "a");
    timeline.hold(&[]);
    timeline.apply(live(402), 0);
    timeline.limit_window(None);
    let mentions = |sent: Option<ClientMessage>| match sent {
        Some(ClientMessage::Edit { mentions, .. }) => mentions,
        other => panic!("no edit: {other:?}"),
    };
    assert_eq!(mentions(timeline.next_change(0)), [person("cat")]);
    timeline.on_disconnect();
    assert_eq!(mentions(timeline.next_change(0)), [person("cat")], "on the next socket");
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(403), text, ..message_by(150, "me") }), 0);
    assert_eq!(timeline.changing_messages(), []);
}

#[test]
fn a_message_that_is_used_no_more_is_not_held() {
    let mut timeline = own_message_outside_window();
    timeline.hold(&[]);
    change(&mut timeline, Change::Delete, "a");
    assert_eq!(timeline.changing_messages(), []);
}

#[test]
fn overlapping_ranges_are_joined_without_a_request() {
    for reading in [101, 150, 250] {
        let mut timeline = long_room(401);
        timeline.limit_window(Some(Seq(reading)));
        assert!(timeline.is_detached());
        timeline.join_ranges();
        assert!(!timeline.is_detached(), "reading {reading}");
        let shown = seqs(&timeline);
        assert_eq!(shown, Vec::from_iter(shown[0]..=401));
    }
    let mut timeline = long_room(401);
    timeline.limit_window(Some(Seq(250)));
    timeline.join_ranges();
    assert_eq!(timeline.request_newer(), None, "nothing is missing");
    assert!(!timeline.is_detached());
}

#[test]
fn a_reader_without_a_connection_returns_to_the_newest_messages() {
    let (mut client, _) = Client::start(&page_state(101..=401, true), &PlainTexts, 0, || 0);
    client.limit_window(|| Some(Seq(101)));
    assert!(client.timeline().is_detached());
    assert_eq!(client.load_newer(), []);
    assert!(!client.timeline().is_detached());
}

#[test]
fn a_cut_leaves_no_gap_before_the_newest_messages() {
    let mut timeline = room(101..=700, true);
    timeline.limit_window(Some(Seq(101)));
    assert_eq!(seqs(&timeline), Vec::from_iter(101..=300));
    timeline.join_ranges();
    assert_eq!(seqs(&timeline), Vec::from_iter(101..=700));
}

#[test]
fn ranges_with_a_gap_are_not_joined() {
    let mut timeline = room(900..=999, true);
    timeline.seek(Seq(500));
    timeline.request_target();
    timeline.apply(history(HistoryRange::Around(Seq(500)), 400..=600, true, true), 0);
    timeline.join_ranges();
    assert!(timeline.is_detached());
}

#[test]
fn a_target_is_kept_until_it_is_seen() {
    let mut timeline = room(900..=999, true);
    timeline.seek(Seq(420));
    timeline.request_target();
    timeline.apply(history(HistoryRange::Around(Seq(420)), 400..=800, true, true), 0);
    timeline.limit_window(Some(Seq(700)));
    assert_eq!(timeline.unseen_target(), Some(Seq(420)));
    assert_eq!(seqs(&timeline), Vec::from_iter(400..600));
    timeline.on_target_seen();
    timeline.limit_window(Some(Seq(590)));
    assert_eq!(seqs(&timeline), Vec::from_iter(400..600));
    timeline.request_newer();
    timeline.apply(history(HistoryRange::After(Seq(599)), 600..=800, true, true), 0);
    timeline.limit_window(Some(Seq(700)));
    assert!(!seqs(&timeline).contains(&420), "the reader has gone on");
}

#[test]
fn a_target_that_is_not_loaded_does_not_move_the_window() {
    let mut timeline = long_room(401);
    timeline.seek(Seq(20));
    timeline.limit_window(Some(Seq(390)));
    assert_eq!(seqs(&timeline), Vec::from_iter(202..=401));
    timeline.return_to_newest();
    assert_eq!(timeline.unseen_target(), None);
}

#[test]
fn a_range_is_loaded_again_around_the_first_visible_message() {
    let after_gap = |reading: Option<u64>| {
        let mut timeline = room(900..=999, true);
        timeline.seek(Seq(500));
        timeline.request_target();
        timeline.apply(history(HistoryRange::Around(Seq(500)), 401..=600, true, true), 0);
        timeline.set_first_visible(reading.map(Seq));
        let messages = vec![message_by(2_000, "bob")];
        timeline.apply(ServerMessage::Changes { messages, up_to: Rev(2_000), truncated: true }, 0);
        match timeline.request_target() {
            Some(ClientMessage::History { place: HistoryRange::Around(seq) }) => seq.0,
            other => panic!("nothing is loaded: {other:?}"),
        }
    };
    assert_eq!([Some(410), Some(590), None, Some(950)].map(after_gap), [410, 590, 501, 501]);
}
