//! Tests of seeking a message far back, and of the return to the newest messages.

use shared_types::Reaction;

use super::*;

fn history_request(place: HistoryRange) -> Option<ClientMessage> {
    Some(ClientMessage::History { place })
}

/// A timeline that shows the messages 30 to 32; the newest messages are 90 to 92.
fn detached() -> Timeline {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    assert_eq!(shown(&timeline), ["bob 30", "bob 31", "bob 32"]);
    assert!(timeline.is_detached() && !timeline.is_seeking());
    timeline
}

#[test]
fn messages_in_any_order_are_shown_by_sequence_number() {
    let mut page = page_state(1..=5, false);
    page.messages.swap(0, 3);
    page.messages.swap(1, 4);
    let timeline = Timeline::new(&page);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "bob 3", "bob 4", "bob 5"]);
}

#[test]
fn a_message_far_back_is_shown_in_a_detached_range() {
    let mut timeline = detached();
    timeline.return_to_newest();
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"]);
}

#[test]
fn a_loaded_message_is_not_requested() {
    let mut timeline = detached();
    for seq in [31, 90] {
        timeline.seek(Seq(seq));
        assert_eq!((timeline.request_target(), timeline.is_seeking()), (None, false));
    }
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"], "90 is in the newest range");
}

#[test]
fn reading_on_joins_the_detached_and_the_newest_range() {
    let mut timeline = detached();
    assert_eq!(timeline.request_newer(), history_request(HistoryRange::After(Seq(32))));
    assert_eq!(timeline.request_newer(), None, "one request is open");
    timeline.apply(history(HistoryRange::After(Seq(32)), 33..=35, true, true), 0);
    assert_eq!(timeline.request_newer(), history_request(HistoryRange::After(Seq(35))));
    timeline.apply(live(93), 0);
    timeline.apply(history(HistoryRange::After(Seq(35)), 36..=90, true, true), 0);
    assert!(!timeline.is_detached(), "the newest range starts at 90");
    let all: Vec<_> = (30..=93).map(|seq| format!("bob {seq}")).collect();
    assert_eq!(shown(&timeline), all);
    assert_eq!(timeline.request_older(), history_request(HistoryRange::Before(Seq(30))));
}

#[test]
fn a_range_that_meets_the_newest_is_joined_at_once() {
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
fn older_messages_extend_the_detached_range() {
    let mut timeline = detached();
    assert_eq!(timeline.request_older(), history_request(HistoryRange::Before(Seq(30))));
    assert!(timeline.is_loading_older());
    timeline.apply(page(28..=29, false), 0);
    assert_eq!(shown(&timeline), ["bob 28", "bob 29", "bob 30", "bob 31", "bob 32"]);
    assert_eq!(timeline.request_older(), None, "there are no older messages");
    timeline.return_to_newest();
    assert!(timeline.more());
}

#[test]
fn messages_and_changes_arrive_in_the_right_range() {
    let mut timeline = detached();
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
fn a_change_received_before_its_range_is_not_lost() {
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
fn a_history_request_is_repeated_after_a_lost_socket() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    timeline.on_disconnect();
    assert!(timeline.is_seeking());
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
}

#[test]
fn a_target_request_replaces_other_history_requests() {
    let mut timeline = room(90..=92, true);
    timeline.request_older();
    timeline.seek(Seq(31));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    timeline.apply(page(88..=89, true), 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"], "the answer is outdated");
    timeline.apply(history(HistoryRange::Around(Seq(31)), 30..=32, true, true), 0);
    assert_eq!(shown(&timeline), ["bob 30", "bob 31", "bob 32"]);
}

#[test]
fn a_missing_target_ends_the_seek() {
    let mut timeline = room(90..=92, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    timeline.apply(refused(None, "history", ErrorCode::Unavailable), 0);
    assert_eq!((timeline.is_seeking(), timeline.is_detached()), (false, false));
    assert!(timeline.request_older().is_some());
}

#[test]
fn a_truncated_answer_reloads_the_detached_range() {
    let mut timeline = detached();
    let truncated = ServerMessage::Changes { messages: vec![message_by(500, "bob")], up_to: Rev(500), truncated: true };
    timeline.apply(truncated, 0);
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(31))));
    assert_eq!(shown(&timeline).len(), 3, "the old range stays until then");
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
fn a_truncated_answer_keeps_the_target() {
    for mut timeline in [room(90..=92, true), detached()] {
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
fn a_history_request_is_repeated_after_a_timeout() {
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
    assert!(timeline.is_loading_older(), "its timeout starts when it is sent");
}

#[test]
fn posting_returns_to_the_newest_messages() {
    let mut timeline = detached();
    post(&mut timeline, "hi");
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92", "hi…"]);
}

#[test]
fn a_message_far_back_can_be_changed() {
    let mut timeline = detached();
    timeline.change(Seq(31), Change::Reaction { emoji: "👍".parse().unwrap(), on: true }, "c".parse().unwrap());
    assert!(matches!(timeline.next_change(0), Some(ClientMessage::React { seq: Seq(31), .. })));
    let reactions = vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![person("me")] }];
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(93), reactions, ..message_by(31, "bob") }), 1);
    assert!(timeline.changing_messages().is_empty());
}

/// The server rate-limits a history request for this many seconds.
fn too_fast(seconds: u32) -> ServerMessage {
    let (code, action) = (ErrorCode::TooFast, Some("history".into()));
    ServerMessage::Error { code, message: "why".into(), action, nonce: None, retry_after: Some(seconds) }
}

#[test]
fn a_rate_limited_history_request_is_repeated() {
    let target = |timeline: &mut Timeline| {
        timeline.seek(Seq(61));
        timeline.request_target()
    };
    let requests: [fn(&mut Timeline) -> Option<ClientMessage>; 3] =
        [Timeline::request_older, Timeline::request_newer, target];
    for request in requests {
        let mut timeline = detached();
        let first = request(&mut timeline);
        assert!(first.is_some());
        timeline.apply(too_fast(60), 1_000);
        for now in [1_000, 30_000, 60_999] {
            timeline.expire_history(now);
            let sent = [timeline.retry_history(now), timeline.request_target(), timeline.request_older()];
            assert_eq!(sent, [const { None }; 3], "at {now}");
        }
        assert_eq!(timeline.retry_history(61_000), first);
        assert_eq!(timeline.retry_history(61_001), None);
        timeline.expire_history(61_000);
        timeline.expire_history(61_000 + REQUEST_TIMEOUT_MS);
        assert!(request(&mut timeline).is_some(), "the repeated request times out, too");
    }
}

#[test]
fn a_target_does_not_wait_for_a_rate_limited_request() {
    let mut timeline = detached();
    timeline.request_older();
    timeline.apply(too_fast(60), 0);
    timeline.seek(Seq(61));
    assert_eq!(timeline.request_target(), history_request(HistoryRange::Around(Seq(61))));
    assert_eq!(timeline.retry_history(60_000), None, "the request is replaced");
}
