//! What is heard and asked for, in its order.

use super::*;

#[test]
fn the_next_message_is_shown_and_nothing_is_asked() {
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(live(3), 0), None);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "bob 3"]);
    assert_eq!(timeline.rev(), Rev(3));
}

#[test]
fn a_message_that_comes_twice_is_shown_once() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(2), 0);
    timeline.apply(live(2), 0);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2"]);
}

#[test]
fn one_identity_is_one_message_even_at_two_places() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "n1".parse().unwrap(), ..message_by(2, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 1"]);
}

#[test]
fn two_people_may_use_the_same_nonce() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "n1".parse().unwrap(), ..message_by(2, "ann") }), 0);
    assert_eq!(shown(&timeline), ["bob 1", "ann 2"]);
}

#[test]
fn a_gap_is_seen_and_asked_for_once() {
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(live(4), 0), Some(ClientMessage::Changes { after: Rev(2) }));
    assert_eq!(timeline.apply(live(6), 1), None, "the question is on its way");
    assert_eq!(timeline.rev(), Rev(2));
    assert_eq!(timeline.apply(changes(&[3, 5], 5), 2), None);
    assert_eq!(timeline.rev(), Rev(6));
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "bob 3", "bob 4", "bob 5", "bob 6"]);
}

#[test]
fn a_gap_that_arrives_late_closes_by_itself() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(4), 0);
    timeline.apply(live(3), 1);
    assert_eq!(timeline.rev(), Rev(4));
    assert_eq!(timeline.due_changes_request(REQUEST_TIMEOUT_MS), None);
}

#[test]
fn a_gap_that_stays_is_asked_for_again_later() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(4), 0);
    assert_eq!(timeline.apply(changes(&[], 2), 1), None, "the server may not pass the hole yet");
    assert_eq!(timeline.due_changes_request(REQUEST_TIMEOUT_MS - 1), None);
    assert_eq!(timeline.due_changes_request(REQUEST_TIMEOUT_MS), Some(ClientMessage::Changes { after: Rev(2) }));
}

#[test]
fn a_changed_message_takes_the_place_of_the_old_one() {
    let mut timeline = room(1..=2, false);
    let edited = ChatMessage { rev: Rev(3), text: "better".parse().ok(), ..message_by(1, "bob") };
    timeline.apply(ServerMessage::Message(edited), 0);
    timeline.apply(live(1), 0);
    assert_eq!(shown(&timeline), ["better", "bob 2"]);
}

#[test]
fn a_change_in_a_stretch_that_was_not_loaded_comes_with_that_stretch() {
    let mut timeline = room(50..=51, true);
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(52), ..message_by(7, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51"]);
    assert_eq!(timeline.rev(), Rev(52));
}

#[test]
fn a_gap_too_large_to_tell_starts_the_page_anew() {
    let mut timeline = room(1..=2, false);
    let messages = vec![message_by(90, "bob"), message_by(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91"]);
    assert!(timeline.more());
    assert_eq!(timeline.rev(), Rev(91));
}

#[test]
fn what_was_heard_after_the_answer_was_made_survives_it() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(92), 0);
    let messages = vec![message_by(90, "bob"), message_by(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"]);
    assert_eq!(timeline.rev(), Rev(92));
}

#[test]
fn older_messages_are_asked_for_once_and_stand_before() {
    let mut timeline = room(5..=6, true);
    assert_eq!(timeline.request_older(), Some(ClientMessage::History { place: HistoryRange::Before(Seq(5)) }));
    assert_eq!(timeline.request_older(), None);
    timeline.apply(page(3..=4, true), 0);
    assert_eq!(shown(&timeline), ["bob 3", "bob 4", "bob 5", "bob 6"]);
    assert_eq!(timeline.request_older(), Some(ClientMessage::History { place: HistoryRange::Before(Seq(3)) }));
    timeline.apply(page(1..=2, false), 0);
    assert_eq!(timeline.request_older(), None, "there is no more");
}

#[test]
fn older_messages_of_a_page_that_was_replaced_are_not_wanted() {
    let mut timeline = room(50..=51, true);
    timeline.request_older();
    let truncated = ServerMessage::Changes { messages: vec![message_by(99, "bob")], up_to: Rev(99), truncated: true };
    timeline.apply(truncated, 0);
    timeline.apply(page(48..=49, true), 0);
    assert_eq!(shown(&timeline), ["bob 99"]);
}

#[test]
fn a_refused_question_for_older_messages_may_be_asked_again() {
    let mut timeline = room(5..=6, true);
    timeline.request_older();
    timeline.apply(refused(None, "history", ErrorCode::Unavailable), 0);
    assert!(timeline.request_older().is_some());
}

#[test]
fn an_empty_room_asks_for_nothing_older() {
    #[allow(clippy::reversed_empty_ranges)]
    let mut timeline = room(1..=0, true);
    assert_eq!(timeline.request_older(), None);
}

#[test]
fn what_others_said_last_is_told_from_what_the_visitor_said() {
    let mut timeline = room(1..=1, false);
    assert_eq!(timeline.newest(), Some((Seq(1), true)));
    post(&mut timeline, "a");
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.newest(), Some((Seq(2), false)));
}

#[test]
fn the_server_says_who_the_visitor_is() {
    let mut timeline = room(1..=1, false);
    timeline.rename("Me".parse::<PersonName>().unwrap());
    assert_eq!(timeline.me().name.as_str(), "Me");
    timeline.apply(
        ServerMessage::Welcome {
            you: person("ann"),
            room: shared_types::RoomName::lobby(),
            online: 2,
            people: Vec::new(),
            rules: RoomRules::default(),
        },
        0,
    );
    assert_eq!(*timeline.me(), person("ann"));
}
