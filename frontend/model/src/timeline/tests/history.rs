//! Going to a message far back, and from there to the newest ones.

use shared_types::Reaction;

use super::*;

fn history_request(place: HistoryRange) -> Option<ClientMessage> {
    Some(ClientMessage::History { place })
}

/// The visitor at 30 to 32 of a room whose newest messages are 90 to 92.
fn far_back() -> Timeline {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    assert_eq!(shown(&timeline), ["bob 30", "bob 31", "bob 32"]);
    assert!(timeline.is_detached() && !timeline.is_seeking());
    timeline
}

#[test]
fn a_message_far_back_is_shown_with_those_around_it_and_a_gap_to_the_newest() {
    let mut timeline = far_back();
    timeline.return_to_newest();
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"]);
}

#[test]
fn a_message_that_is_loaded_is_not_asked_for() {
    let mut timeline = far_back();
    for seq in [31, 90] {
        timeline.seek(Seq(seq));
        assert_eq!((timeline.request_target(), timeline.is_seeking()), (None, false));
    }
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"], "the last one is among the newest");
}

#[test]
fn whoever_reads_on_comes_to_the_newest_messages_without_a_gap() {
    let mut timeline = far_back();
    assert_eq!(timeline.request_newer(), history_request(HistoryRange::After(Seq(32))));
    assert_eq!(timeline.request_newer(), None, "it is on its way");
    timeline.apply(history(HistoryRange::After(Seq(32)), 33..=35, true, true), 0);
    assert_eq!(timeline.request_newer(), history_request(HistoryRange::After(Seq(35))));
    timeline.apply(live(93), 0);
    timeline.apply(history(HistoryRange::After(Seq(35)), 36..=90, true, true), 0);
    assert!(!timeline.is_detached(), "90 is where the newest begin");
    let all: Vec<_> = (30..=93).map(|seq| format!("bob {seq}")).collect();
    assert_eq!(shown(&timeline), all);
    assert_eq!(timeline.request_older(), history_request(HistoryRange::Before(Seq(30))));
}

#[test]
fn a_stretch_that_meets_the_newest_at_once_is_part_of_them() {
    for (seqs, newer) in [(40..=50, true), (40..=49, false)] {
        let mut timeline = room(50..=51, true);
        timeline.seek(Seq(45));
        timeline.request_target();
        timeline.apply(history(HistoryRange::Around(Seq(45)), seqs, false, newer), 0);
        assert!(!timeline.is_detached() && !timeline.more());
        assert_eq!(shown(&timeline).len(), 12);
    }
}

#[test]
fn older_messages_far_back_stand_before_those_around_the_sought_one() {
    let mut timeline = far_back();
    assert_eq!(timeline.request_older(), history_request(HistoryRange::Before(Seq(30))));
    assert!(timeline.is_loading_older());
    timeline.apply(page(28..=29, false), 0);
    assert_eq!(shown(&timeline), ["bob 28", "bob 29", "bob 30", "bob 31", "bob 32"]);
    assert_eq!(timeline.request_older(), None, "there is no more");
    timeline.return_to_newest();
    assert!(timeline.more());
}

#[test]
fn what_is_said_and_changed_meanwhile_is_where_it_belongs() {
    let mut timeline = far_back();
    timeline.apply(live(93), 0);
    timeline.apply(
        ServerMessage::Message(ChatMessage { rev: Rev(94), text: "new".parse().ok(), ..message_by(31, "bob") }),
        0,
    );
    assert_eq!(shown(&timeline), ["bob 30", "new", "bob 32"]);
    assert_eq!(timeline.rev(), Rev(94));
    timeline.return_to_newest();
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92", "bob 93"]);
}

#[test]
fn a_change_heard_before_the_stretch_it_is_in_is_not_lost() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    timeline.apply(
        ServerMessage::Message(ChatMessage { rev: Rev(93), text: "new".parse().ok(), ..message_by(31, "bob") }),
        0,
    );
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    assert_eq!(shown(&timeline), ["bob 30", "new", "bob 32"]);
}

#[test]
fn a_lost_socket_leaves_the_question_open() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    timeline.on_disconnect();
    assert!(timeline.is_seeking());
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
}

#[test]
fn a_question_about_the_history_gives_way_to_the_one_for_a_sought_message() {
    let mut timeline = room(90..=92, true);
    timeline.request_older();
    timeline.seek(Seq(31));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    timeline.apply(page(88..=89, true), 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"], "nobody waits for that any more");
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    assert_eq!(shown(&timeline), ["bob 30", "bob 31", "bob 32"]);
}

#[test]
fn a_message_that_is_not_to_be_had_is_given_up() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    timeline.apply(refused(None, "history", ErrorCode::Unavailable), 0);
    assert_eq!((timeline.is_seeking(), timeline.is_detached()), (false, false));
    assert!(timeline.request_older().is_some());
}

#[test]
fn after_a_gap_too_large_to_tell_what_is_far_back_is_asked_for_anew() {
    let mut timeline = far_back();
    let truncated = ServerMessage::Changes { messages: vec![message_by(500, "bob")], up_to: Rev(500), truncated: true };
    timeline.apply(truncated, 0);
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    assert_eq!(shown(&timeline).len(), 3, "it is still to be read");
    let edited = ChatMessage { rev: Rev(300), text: "new".parse().ok(), ..message_by(31, "bob") };
    timeline.apply(
        ServerMessage::Page {
            place: Some(HistoryRange::Around(Seq(31))),
            messages: vec![edited],
            more: true,
            newer: true,
            up_to: None,
        },
        0,
    );
    assert_eq!(shown(&timeline), ["new"]);
}

#[test]
fn a_gap_too_large_to_tell_does_not_stop_whoever_is_on_their_way() {
    for mut timeline in [room(90..=92, true), far_back()] {
        timeline.seek(Seq(60));
        timeline.request_target();
        let truncated =
            ServerMessage::Changes { messages: vec![message_by(500, "bob")], up_to: Rev(500), truncated: true };
        timeline.apply(truncated, 0);
        assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(60))));
        timeline.apply(history(HistoryRange::Around(Seq(60)), 59..=61, true, true), 0);
        assert_eq!((shown(&timeline).len(), timeline.is_seeking()), (3, false));
    }
}

#[test]
fn a_question_whose_answer_does_not_come_is_asked_again() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    for (now, again) in [
        (0, None),
        (REQUEST_TIMEOUT_MS - 1, None),
        (REQUEST_TIMEOUT_MS, history_request(HistoryRange::Around(Seq(31)))),
    ] {
        timeline.expire_history(now);
        assert_eq!(timeline.request_target(), again, "after {now}");
    }
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    timeline.expire_history(REQUEST_TIMEOUT_MS);
    timeline.request_older();
    timeline.expire_history(2 * REQUEST_TIMEOUT_MS - 1);
    assert!(timeline.is_loading_older(), "it has only just been asked");
}

#[test]
fn whoever_writes_is_among_the_newest_messages() {
    let mut timeline = far_back();
    post(&mut timeline, "hi");
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92", "hi…"]);
}

#[test]
fn a_message_far_back_can_be_changed() {
    let mut timeline = far_back();
    timeline.change(Seq(31), Change::Reaction { emoji: "👍".parse().unwrap(), on: true }, "c".parse().unwrap());
    assert!(matches!(timeline.next_change(0), Some(ClientMessage::React { seq: Seq(31), .. })));
    let reactions = vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![person("me")] }];
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(93), reactions, ..message_by(31, "bob") }), 1);
    assert!(timeline.changing_messages().is_empty());
}

/// The server wants no more questions for so many seconds.
fn too_fast(seconds: u32) -> ServerMessage {
    let (code, action) = (ErrorCode::TooFast, Some("history".into()));
    ServerMessage::Error { code, message: "why".into(), action, nonce: None, retry_after: Some(seconds) }
}

#[test]
fn a_question_that_came_too_early_is_asked_again_after_that_time() {
    let target = |timeline: &mut Timeline| {
        timeline.seek(Seq(61));
        timeline.request_target()
    };
    let asks: [fn(&mut Timeline) -> Option<ClientMessage>; 3] =
        [Timeline::request_older, Timeline::request_newer, target];
    for asks in asks {
        let mut timeline = far_back();
        let question = asks(&mut timeline);
        assert!(question.is_some());
        timeline.apply(too_fast(60), 1_000);
        for now in [1_000, 30_000, 60_999] {
            timeline.expire_history(now);
            let asked = [timeline.retry_history(now), timeline.request_target(), timeline.request_older()];
            assert_eq!(asked, [const { None }; 3], "at {now}");
        }
        assert_eq!(timeline.retry_history(61_000), question);
        assert_eq!(timeline.retry_history(61_001), None);
        timeline.expire_history(61_000);
        timeline.expire_history(61_000 + REQUEST_TIMEOUT_MS);
        assert!(asks(&mut timeline).is_some(), "one that was asked again is one without an answer");
    }
}

#[test]
fn what_the_reader_seeks_does_not_wait_behind_a_question_that_was_put_off() {
    let mut timeline = far_back();
    timeline.request_older();
    timeline.apply(too_fast(60), 0);
    timeline.seek(Seq(61));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(61))));
    assert_eq!(timeline.retry_history(60_000), None, "nobody waits for that any more");
}
