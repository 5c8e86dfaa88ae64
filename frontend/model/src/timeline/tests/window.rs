//! Tests of the window of messages that the page draws.

use super::*;

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
    timeline.apply(live(402), 0);
    assert_eq!(timeline.request_newer(), Some(ClientMessage::History { place: HistoryRange::After(Seq(300)) }));
    assert!(!timeline.exceeds_window(), "a request is open");
    timeline.apply(history(HistoryRange::After(Seq(300)), 301..=400, false, true), 0);
    assert_eq!(seqs(&timeline), Vec::from_iter(101..=402));
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
