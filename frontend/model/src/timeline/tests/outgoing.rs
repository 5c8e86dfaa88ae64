//! What the visitor says, until it is confirmed or has failed.

use super::*;

#[test]
fn an_own_message_is_pending_until_its_echo() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    assert_eq!(timeline.next_message(0), sent("a"));
    assert_eq!(timeline.next_message(0), None, "it was handed over");
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
    let key = timeline.rows(&Utc::default(), &[])[1].key();
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
    assert_eq!(timeline.rows(&Utc::default(), &[])[1].key(), key);
}

#[test]
fn an_own_message_is_confirmed_even_where_its_place_is_not_loaded() {
    let mut timeline = room(50..=51, true);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(confirmed(7, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51"]);
}

#[test]
fn a_message_left_by_an_earlier_page_is_not_shown_beside_itself() {
    let mut timeline = room(1..=1, false);
    timeline.apply(confirmed(2, "a"), 0);
    timeline.restore(draft("a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn nobody_else_can_confirm_an_own_message() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "a".parse().unwrap(), ..message_by(2, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "a…"]);
}

#[test]
fn one_message_is_on_its_way_at_a_time_in_the_order_they_were_written() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    assert_eq!(timeline.next_message(0), sent("a"));
    assert_eq!(timeline.next_message(0), None);
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn a_refused_message_shows_why_and_may_be_retried_as_itself() {
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
fn a_message_behind_one_that_failed_is_sent() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    assert_eq!(timeline.next_message(0), sent("b"));
}

#[test]
fn a_failed_message_may_be_discarded_and_a_pending_one_may_not() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.discard(&"a".parse().unwrap());
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    timeline.discard(&"a".parse().unwrap());
    assert_eq!(shown(&timeline), ["bob 1"]);
}

#[test]
fn a_message_refused_because_the_socket_is_unknown_waits_for_the_next_one() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.next_message(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NotConnected), 0);
    timeline.on_disconnect();
    assert_eq!(timeline.next_message(1), sent("a"));
}

#[test]
fn what_a_lost_socket_carried_goes_out_again_first_however_often() {
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
fn a_message_the_server_could_not_take_is_tried_again_and_then_has_failed() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    for now in [0, 1_000, 3_000, 6_000, 10_000] {
        assert_eq!(shown(&timeline), ["bob 1", "a…"]);
        assert_eq!(timeline.next_message(now), sent("a"));
        timeline.apply(refused(Some("a"), "send", ErrorCode::Unavailable), now);
        assert_eq!(timeline.next_message(now), None, "not at once");
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn a_message_that_is_never_confirmed_has_failed_in_the_end() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    assert!(!timeline.expire(CONFIRM_MS, "Why."), "it waits for a socket, however long");
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
fn what_is_not_confirmed_is_kept_for_the_next_visit() {
    let mut timeline = room(1..=1, false);
    ["a", "b", "c"].into_iter().for_each(|nonce| post(&mut timeline, nonce));
    timeline.next_message(0);
    timeline.apply(confirmed(2, "a"), 0);
    timeline.next_message(0);
    let unsent: Vec<_> = timeline.unsent().into_iter().map(|draft| draft.nonce.to_string()).collect();
    assert_eq!(unsent, ["b", "c"]);
}
