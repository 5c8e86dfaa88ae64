//! Tests of the visitor's messages until they are confirmed or have failed.

use super::*;

#[test]
fn a_posted_message_is_pending_until_confirmed() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    assert_eq!(timeline.next_message(0), sent("a"));
    assert_eq!(timeline.next_message(0), None, "it is in flight");
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
    let key = timeline.rows(&Utc::default(), &[])[1].key();
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
    assert_eq!(timeline.rows(&Utc::default(), &[])[1].key(), key);
}

#[test]
fn a_posted_message_is_confirmed_outside_the_loaded_range() {
    let mut timeline = room(50..=51, true);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(confirmed(7, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51"]);
}

#[test]
fn a_restored_message_is_not_shown_twice() {
    let mut timeline = room(1..=1, false);
    timeline.apply(confirmed(2, "a"), 0);
    timeline.restore(draft("a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn the_same_nonce_of_another_author_confirms_nothing() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "a".parse().unwrap(), ..message_by(2, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "a…"]);
}

#[test]
fn messages_are_sent_one_at_a_time_in_order() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    assert_eq!(timeline.next_message(0), sent("a"));
    assert_eq!(timeline.next_message(0), None);
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn a_refused_message_shows_the_reason_and_can_be_retried() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
    timeline.retry(&"a".parse().unwrap());
    assert_eq!(timeline.next_message(1), sent("a"));
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
}

#[test]
fn a_message_after_a_failed_one_is_sent() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn a_failed_message_can_be_discarded_and_a_pending_one_cannot() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.discard(&"a".parse().unwrap());
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    timeline.discard(&"a".parse().unwrap());
    assert_eq!(shown(&timeline), ["bob 1"]);
}

#[test]
fn a_message_refused_as_not_connected_is_resent() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NotConnected), 0);
    timeline.on_disconnect();
    assert_eq!(timeline.next_message(1), sent("a"));
}

#[test]
fn a_message_on_a_lost_socket_is_resent_first() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    for now in 0..10 {
        assert_eq!(timeline.next_message(now), sent("a"));
        timeline.on_disconnect();
    }
    assert_eq!(shown(&timeline), ["bob 1", "a…", "b…"]);
}

#[test]
fn an_unavailable_server_is_retried_until_the_message_fails() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    for now in [0, 1_000, 3_000, 6_000, 10_000] {
        assert_eq!(shown(&timeline), ["bob 1", "a…"]);
        assert_eq!(timeline.next_message(now), sent("a"));
        timeline.apply(refused(Some("a"), "send", ErrorCode::Unavailable), now);
        assert_eq!(timeline.next_message(now), None, "there is a pause");
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn a_message_that_is_never_confirmed_fails() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    assert!(!timeline.expire(CONFIRM_MS, "Why."), "waiting for a socket has no timeout");
    for round in 1..=u64::from(TRIES) {
        let now = round * 10 * CONFIRM_MS;
        assert_eq!(timeline.next_message(now), sent("a"));
        assert!(!timeline.expire(now + CONFIRM_MS - 1, "Why."));
        assert!(timeline.expire(now + CONFIRM_MS, "Why."));
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! Why."]);
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn unconfirmed_messages_are_kept_for_the_next_visit() {
    let mut timeline = room(1..=1, false);
    ["a", "b", "c"].into_iter().for_each(|nonce| post(&mut timeline, nonce));
    timeline.next_message(0);
    timeline.apply(confirmed(2, "a"), 0);
    timeline.next_message(0);
    let unsent: Vec<_> = timeline.unsent().into_iter().map(|draft| draft.nonce.to_string()).collect();
    assert_eq!(unsent, ["b", "c"]);
}

#[test]
fn a_late_answer_to_another_attempt_does_not_retry_a_refused_message() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::Muted), 0);
    // The frame was handled twice.
    timeline.apply(refused(Some("a"), "send", ErrorCode::Unavailable), 0);
    assert_eq!((shown(&timeline), timeline.next_message(MINUTE)), (vec!["bob 1".into(), "a! No.".into()], None));
    timeline.retry(&"a".parse().unwrap());
    assert_eq!(timeline.next_message(MINUTE), sent("a"), "the visitor can");
}
