//! Tests of received messages, gaps and requests.

use super::*;

#[test]
fn the_next_message_is_shown_without_a_request() {
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(live(3), 0), None);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "bob 3"]);
    assert_eq!(timeline.rev(), Rev(3));
}

#[test]
fn a_duplicate_message_is_shown_once() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(2), 0);
    timeline.apply(live(2), 0);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2"]);
}

/// So the server must not push `changes` to combine messages: a page that missed one before them would not ask for it.
#[test]
fn changes_count_as_everything_up_to_their_revision() {
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(changes(&[5], 5), 0), None);
    assert_eq!(timeline.rev(), Rev(5), "nothing asks for 3 and 4");
}

#[test]
fn messages_of_one_frame_are_applied_as_single_ones() {
    let frame =
        |seqs: &[u64]| ServerMessage::Messages { messages: seqs.iter().map(|seq| message_by(*seq, "bob")).collect() };
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(frame(&[3, 4]), 0), None);
    assert_eq!(timeline.rev(), Rev(4));
    let gap = Some(ClientMessage::Changes { after: Rev(4), hidden: None });
    assert_eq!(timeline.apply(frame(&[4, 6, 8]), 0), gap, "unlike changes, the frame does not say that it is complete");
    assert_eq!(timeline.rev(), Rev(4));
    timeline.apply(frame(&[5, 7]), 1);
    assert_eq!(timeline.rev(), Rev(8));
    assert_eq!(shown(&timeline), (1..=8).map(|seq| format!("bob {seq}")).collect::<Vec<_>>());
}

#[test]
fn a_message_key_is_shown_once_at_any_sequence_number() {
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
fn a_gap_is_requested_once() {
    let mut timeline = room(1..=2, false);
    assert_eq!(timeline.apply(live(4), 0), Some(ClientMessage::Changes { after: Rev(2), hidden: None }));
    assert_eq!(timeline.apply(live(6), 1), None, "one request is open");
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
fn a_remaining_gap_is_requested_again() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(4), 0);
    assert_eq!(timeline.apply(changes(&[], 2), 1), None, "the server cannot fill the gap yet");
    assert_eq!(timeline.due_changes_request(REQUEST_TIMEOUT_MS - 1), None);
    assert_eq!(
        timeline.due_changes_request(REQUEST_TIMEOUT_MS),
        Some(ClientMessage::Changes { after: Rev(2), hidden: None })
    );
}

#[test]
fn a_changed_message_replaces_the_old_one() {
    let mut timeline = room(1..=2, false);
    let edited = ChatMessage { rev: Rev(3), text: "better".parse().ok(), ..message_by(1, "bob") };
    timeline.apply(ServerMessage::Message(edited), 0);
    timeline.apply(live(1), 0);
    assert_eq!(shown(&timeline), ["better", "bob 2"]);
}

#[test]
fn a_change_in_an_unloaded_range_arrives_with_it() {
    let mut timeline = room(50..=51, true);
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(52), ..message_by(7, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51"]);
    assert_eq!(timeline.rev(), Rev(52));
}

#[test]
fn a_truncated_answer_replaces_the_newest_range() {
    let mut timeline = room(1..=2, false);
    let messages = vec![message_by(90, "bob"), message_by(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91"]);
    assert!(timeline.more());
    assert_eq!(timeline.rev(), Rev(91));
}

#[test]
fn messages_newer_than_an_answer_survive_it() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(92), 0);
    let messages = vec![message_by(90, "bob"), message_by(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"]);
    assert_eq!(timeline.rev(), Rev(92));
}

#[test]
fn older_messages_are_requested_once_and_prepended() {
    let mut timeline = room(5..=6, true);
    assert_eq!(timeline.request_older(), Some(ClientMessage::History { place: HistoryRange::Before(Seq(5)) }));
    assert_eq!(timeline.request_older(), None);
    timeline.apply(page(3..=4, true), 0);
    assert_eq!(shown(&timeline), ["bob 3", "bob 4", "bob 5", "bob 6"]);
    assert_eq!(timeline.request_older(), Some(ClientMessage::History { place: HistoryRange::Before(Seq(3)) }));
    timeline.apply(page(1..=2, false), 0);
    assert_eq!(timeline.request_older(), None, "there are no older messages");
}

#[test]
fn older_messages_of_a_replaced_range_are_dropped() {
    let mut timeline = room(50..=51, true);
    timeline.request_older();
    let truncated = ServerMessage::Changes { messages: vec![message_by(99, "bob")], up_to: Rev(99), truncated: true };
    timeline.apply(truncated, 0);
    timeline.apply(page(48..=49, true), 0);
    assert_eq!(shown(&timeline), ["bob 99"]);
}

#[test]
fn a_refused_request_for_older_messages_can_be_repeated() {
    let mut timeline = room(5..=6, true);
    timeline.request_older();
    timeline.apply(refused(None, "history", ErrorCode::Unavailable), 0);
    assert!(timeline.request_older().is_some());
}

#[test]
fn an_empty_room_requests_no_older_messages() {
    #[allow(clippy::reversed_empty_ranges)]
    let mut timeline = room(1..=0, true);
    assert_eq!(timeline.request_older(), None);
}

#[test]
fn the_newest_message_tells_whether_another_person_wrote_it() {
    let mut timeline = room(1..=1, false);
    assert_eq!(timeline.newest(), Some((Seq(1), true)));
    post(&mut timeline, "a");
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.newest(), Some((Seq(2), false)));
}

#[test]
fn welcome_sets_the_visitor() {
    let mut timeline = room(1..=1, false);
    timeline.rename("Me".parse::<PersonName>().unwrap());
    assert_eq!(timeline.me().name.as_str(), "Me");
    timeline.apply(
        ServerMessage::Welcome {
            you: person("ann"),
            room: shared_types::RoomName::lobby(),
            online: 2,
            people: Vec::new(),
            away: Vec::new(),
            rules: RoomRules::default(),
            details: RoomDetails::default(),
            read: None,
            numbered: false,
        },
        0,
    );
    assert_eq!(*timeline.me(), person("ann"));
}
