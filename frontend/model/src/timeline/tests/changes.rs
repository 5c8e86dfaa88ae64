//! Tests of the visitor's changes of messages, shown before the server confirms them.

use super::*;

fn seq(seq: u64) -> Seq {
    Seq(seq)
}

fn text(text: &str) -> Change {
    Change::Text(text.parse().ok())
}

fn thumb(on: bool) -> Change {
    Change::Reaction { emoji: "👍".parse().unwrap(), on }
}

fn change(timeline: &mut Timeline, place: u64, change: Change, nonce: &str) {
    timeline.change(seq(place), change, nonce.parse().unwrap());
}

/// A message of "me" that has `text` since revision `rev`.
fn edited(place: u64, rev: u64, text: &str) -> ServerMessage {
    ServerMessage::Message(ChatMessage { rev: Rev(rev), text: text.parse().ok(), ..message_by(place, "me") })
}

/// Bob's message, with or without the reaction of "me".
fn thumbed(place: u64, rev: u64, on: bool) -> ServerMessage {
    let reaction = shared_types::Reaction { emoji: "👍".parse().unwrap(), people: vec![person("me")] };
    let reactions = if on { vec![reaction] } else { Vec::new() };
    ServerMessage::Message(ChatMessage { rev: Rev(rev), reactions, ..message_by(place, "bob") })
}

/// How many reactions of the visitor are shown.
fn thumbs(timeline: &Timeline) -> usize {
    timeline.rows(&Utc::default(), &[]).iter().flat_map(|row| &row.reactions).filter(|reaction| reaction.mine).count()
}

#[test]
fn a_change_is_shown_sent_and_confirmed() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    assert_eq!(shown(&timeline), ["bob 1", "better"]);
    let (text, nonce) = ("better".parse().ok(), "a".parse().ok());
    let edit = ClientMessage::Edit { seq: seq(2), text, mentions: Vec::new(), based_on: Some(Rev(2)), nonce };
    assert_eq!((timeline.next_change(0), timeline.next_change(0)), (Some(edit), None));
    timeline.apply(edited(2, 3, "better"), 0);
    assert_eq!((timeline.changing_messages(), shown(&timeline)), (vec![], vec!["bob 1".into(), "better".into()]));
}

#[test]
fn a_change_that_changes_nothing_is_not_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(false), "a");
    change(&mut timeline, 9, thumb(true), "b");
    assert_eq!(timeline.next_change(0), None);
}

#[test]
fn a_change_undone_before_it_was_sent_is_never_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    assert_eq!(thumbs(&timeline), 1);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!((thumbs(&timeline), timeline.next_change(0)), (0, None));
}

#[test]
fn a_change_in_flight_is_confirmed_before_its_undo_is_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(thumbs(&timeline), 0);
    timeline.on_disconnect();
    let nonce = |message: Option<ClientMessage>| message.and_then(|message| Some(message.nonce()?.to_string()));
    assert_eq!(
        nonce(timeline.next_change(0)).as_deref(),
        Some("a"),
        "it may have been applied, so it is confirmed first"
    );
    timeline.apply(thumbed(1, 2, true), 0);
    assert_eq!(nonce(timeline.next_change(0)).as_deref(), Some("b"));
    timeline.apply(thumbed(1, 3, false), 0);
    assert_eq!((timeline.changing_messages(), thumbs(&timeline)), (vec![], 0));
}

#[test]
fn a_retried_change_is_not_overtaken_by_the_next() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    timeline.apply(refused(Some("a"), "react", ErrorCode::Unavailable), 0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(timeline.next_change(0), None);
    assert!(timeline.next_change(MINUTE).is_some_and(|message| message.nonce().is_some_and(|n| n.as_str() == "a")));
}

#[test]
fn an_outdated_frame_confirms_nothing() {
    let mut timeline = room(1..=1, false);
    timeline.apply(thumbed(1, 5, true), 0);
    change(&mut timeline, 1, thumb(false), "a");
    timeline.next_change(0);
    timeline.apply(thumbed(1, 4, false), 0);
    assert_eq!(timeline.changing_messages(), [seq(1)]);
}

#[test]
fn a_refused_change_is_undone_and_reported() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    timeline.next_change(0);
    timeline.apply(refused(Some("a"), "edit", ErrorCode::NoMessage), 0);
    assert_eq!((shown(&timeline), timeline.take_errors()), (vec!["bob 1".into(), "mine".into()], vec!["No.".into()]));
    assert!(timeline.take_errors().is_empty());
}

#[test]
fn an_unconfirmed_change_fails_after_all_attempts() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert!(timeline.next_change(now).is_some());
        now += CONFIRM_MS;
        assert!(timeline.expire(now, "Late."), "the socket may be dead");
        now += MINUTE;
    }
    assert_eq!((timeline.next_change(now), thumbs(&timeline)), (None, 0));
    assert_eq!(timeline.take_errors(), ["Late."]);
}

#[test]
fn deleting_a_message_ends_its_pending_changes() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let deleted = ChatMessage { rev: Rev(2), text: None, deleted: true, ..message_by(1, "bob") };
    timeline.apply(ServerMessage::Message(deleted), 0);
    assert_eq!(timeline.changing_messages(), []);
    let rows = timeline.rows(&Utc::default(), &[]);
    assert!(rows[0].deleted && rows[0].text.is_none() && rows[0].reactions.is_empty());
}

#[test]
fn a_change_of_an_unloaded_message_is_confirmed() {
    let mut timeline = room(1..=2, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    let newest = (50..=51).map(|seq| message_by(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(51), truncated: true }, 0);
    timeline.apply(thumbed(1, 1, true), 0);
    assert_eq!(timeline.changing_messages(), [seq(1)], "the revision is older than the change");
    timeline.apply(thumbed(1, 52, true), 0);
    assert_eq!((timeline.changing_messages(), shown(&timeline)), (vec![], vec!["bob 50".into(), "bob 51".into()]));
}

#[test]
fn a_change_received_while_loading_is_not_lost() {
    let mut timeline = room(5..=6, true);
    timeline.request_older();
    timeline.apply(thumbed(3, 7, true), 0);
    timeline.apply(page(3..=4, false), 0);
    assert_eq!((thumbs(&timeline), timeline.rev()), (1, Rev(7)));
}

#[test]
fn a_newest_page_keeps_newer_messages_without_a_gap() {
    let mut timeline = room(1..=3, false);
    timeline.apply(thumbed(1, 60, true), 0);
    timeline.apply(thumbed(50, 61, true), 0);
    let newest = (50..=52).map(|seq| message_by(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(52), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51", "bob 52"], "message 1 is outside the range");
    assert_eq!(thumbs(&timeline), 1, "the known revision of 50 is newer than the page");
}

#[test]
fn a_reply_shows_the_loaded_text() {
    let mut timeline = room(3..=4, true);
    let reply = |to: u64| {
        let reply_to = Some(shared_types::ReplyRef { seq: seq(to), author: person("bob") });
        ServerMessage::Message(ChatMessage { reply_to, ..message_by(to + 10, "ann") })
    };
    timeline.apply(reply(3), 0);
    timeline.apply(reply(1), 0);
    let previews: Vec<_> = (timeline.rows(&Utc::default(), &[]).into_iter())
        .filter_map(|row| row.reply_to)
        .map(|reply_preview| (reply_preview.seq.0, reply_preview.text.map(|text| text.to_string())))
        .collect();
    assert_eq!(previews, [(1, None), (3, Some("bob 3".into()))]);
}

/// Returns the revision on which the next edit or reaction is based.
fn next_base(timeline: &mut Timeline) -> Option<Rev> {
    match timeline.next_change(0) {
        Some(ClientMessage::Edit { based_on, .. } | ClientMessage::React { based_on, .. }) => based_on,
        other => panic!("nothing is changed: {other:?}"),
    }
}

#[test]
fn an_edit_is_based_on_what_its_author_saw() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("from this window"), "a");
    // From another window, before this one was sent.
    timeline.apply(edited(2, 3, "from the other window"), 0);
    assert_eq!(next_base(&mut timeline), Some(Rev(2)));
    timeline.apply(refused(Some("a"), "edit", ErrorCode::Outdated), 0);
    assert_eq!((timeline.changing_messages(), shown(&timeline)[1].as_str()), (vec![], "from the other window"));
    assert_eq!(timeline.take_errors().len(), 1, "the visitor is told");
}

#[test]
fn an_edit_of_an_unconfirmed_edit_is_based_on_its_confirmation() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    assert_eq!(next_base(&mut timeline), Some(Rev(2)));
    change(&mut timeline, 2, text("best"), "b");
    timeline.apply(edited(2, 5, "better"), 0);
    assert_eq!(next_base(&mut timeline), Some(Rev(5)));
}

#[test]
fn an_edit_over_an_unconfirmed_one_is_not_based_on_a_text_that_was_hidden() {
    for is_sent in [false, true] {
        let mut timeline = room(1..=1, false);
        timeline.apply(edited(2, 2, "mine"), 0);
        change(&mut timeline, 2, text("first"), "a");
        if is_sent {
            assert_eq!(next_base(&mut timeline), Some(Rev(2)));
        }
        timeline.apply(edited(2, 3, "by another window"), 0);
        assert_eq!(shown(&timeline), ["bob 1", "first"]);
        change(&mut timeline, 2, text("second"), "b");
        if is_sent {
            timeline.apply(refused(Some("a"), "edit", ErrorCode::Outdated), 0);
        }
        assert_eq!(next_base(&mut timeline), Some(Rev(2)), "the first one was sent: {is_sent}");
    }
}

#[test]
fn a_reaction_is_based_on_what_the_visitor_saw() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    assert_eq!(next_base(&mut timeline), Some(Rev(1)));
    change(&mut timeline, 1, thumb(false), "b");
    timeline.apply(thumbed(1, 4, true), 0);
    assert_eq!(next_base(&mut timeline), Some(Rev(4)), "the one that takes it back is based on its confirmation");
}

#[test]
fn an_overtaken_reaction_is_dropped_without_an_error() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    // The other window added it and took it back.
    timeline.apply(thumbed(1, 3, false), 0);
    assert_eq!(thumbs(&timeline), 1);
    timeline.apply(refused(Some("a"), "react", ErrorCode::Outdated), 0);
    assert_eq!((thumbs(&timeline), timeline.changing_messages(), timeline.take_errors()), (0, vec![], vec![]));
}

/// Adds a reaction, takes it back while that is in flight, and lets the first one fail.
fn taken_back_after_failure() -> Timeline {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    for attempt in 0..5 {
        let now = attempt * 10_000;
        timeline.next_change(now);
        if attempt == 0 {
            change(&mut timeline, 1, thumb(false), "b");
        }
        timeline.apply(refused(Some("a"), "react", ErrorCode::Unavailable), now);
    }
    assert_eq!(timeline.take_errors().len(), 1, "the first one failed");
    timeline
}

#[test]
fn a_reaction_that_follows_a_failed_one_is_based_on_what_the_page_knows() {
    let mut timeline = taken_back_after_failure();
    timeline.apply(thumbed(1, 4, true), 0);
    assert_eq!(next_base(&mut timeline), Some(Rev(4)), "the failed one was applied all the same");
}

#[test]
fn a_reaction_is_taken_back_although_the_failed_one_made_it_outdated() {
    let mut timeline = taken_back_after_failure();
    assert_eq!(next_base(&mut timeline), Some(Rev(1)));
    // The refusal overtakes the broadcast of the reaction.
    timeline.apply(refused(Some("b"), "react", ErrorCode::Outdated), 0);
    timeline.apply(thumbed(1, 4, true), 0);
    assert_eq!(thumbs(&timeline), 0, "the last wish is shown");
    let again = timeline.next_change(1_000);
    assert!(matches!(again, Some(ClientMessage::React { on: false, based_on: Some(Rev(4)), .. })), "{again:?}");
}
