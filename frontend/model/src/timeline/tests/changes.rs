//! What the visitor does to messages, shown before it is confirmed.

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

/// A message of "me"'s that says `text` since revision `rev`.
fn edited(place: u64, rev: u64, text: &str) -> ServerMessage {
    ServerMessage::Message(ChatMessage { rev: Rev(rev), text: text.parse().ok(), ..message_by(place, "me") })
}

/// Bob's message with a thumb of "me"'s, or without one.
fn thumbed(place: u64, rev: u64, on: bool) -> ServerMessage {
    let reaction = shared_types::Reaction { emoji: "👍".parse().unwrap(), people: vec![person("me")] };
    let reactions = if on { vec![reaction] } else { Vec::new() };
    ServerMessage::Message(ChatMessage { rev: Rev(rev), reactions, ..message_by(place, "bob") })
}

/// How often the visitor's thumb is shown.
fn thumbs(timeline: &Timeline) -> usize {
    timeline.rows(&Utc::default(), &[]).iter().flat_map(|row| &row.reactions).filter(|reaction| reaction.mine).count()
}

#[test]
fn a_change_is_shown_at_once_sent_and_confirmed_by_the_message_as_it_is_then() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    assert_eq!(shown(&timeline), ["bob 1", "better"]);
    let (text, nonce) = ("better".parse().ok(), "a".parse().ok());
    let edit = ClientMessage::Edit { seq: seq(2), text, mentions: Vec::new(), nonce };
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
fn a_click_that_is_taken_back_before_it_was_sent_is_never_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    assert_eq!(thumbs(&timeline), 1);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!((thumbs(&timeline), timeline.next_change(0)), (0, None));
}

#[test]
fn a_click_that_is_taken_back_on_its_way_is_confirmed_before_the_next_is_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(thumbs(&timeline), 0);
    timeline.on_disconnect();
    let told = |message: Option<ClientMessage>| message.and_then(|message| Some(message.nonce()?.to_string()));
    assert_eq!(told(timeline.next_change(0)).as_deref(), Some("a"), "it may have arrived, so it goes first");
    timeline.apply(thumbed(1, 2, true), 0);
    assert_eq!(told(timeline.next_change(0)).as_deref(), Some("b"));
    timeline.apply(thumbed(1, 3, false), 0);
    assert_eq!((timeline.changing_messages(), thumbs(&timeline)), (vec![], 0));
}

#[test]
fn a_change_that_waits_for_another_try_is_not_overtaken_by_the_next() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    timeline.apply(refused(Some("a"), "react", ErrorCode::Unavailable), 0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(timeline.next_change(0), None);
    assert!(timeline.next_change(MINUTE).is_some_and(|message| message.nonce().is_some_and(|n| n.as_str() == "a")));
}

#[test]
fn a_frame_that_was_overtaken_confirms_nothing() {
    let mut timeline = room(1..=1, false);
    timeline.apply(thumbed(1, 5, true), 0);
    change(&mut timeline, 1, thumb(false), "a");
    timeline.next_change(0);
    timeline.apply(thumbed(1, 4, false), 0);
    assert_eq!(timeline.changing_messages(), [seq(1)]);
}

#[test]
fn a_change_that_is_refused_is_taken_back_and_told() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    timeline.next_change(0);
    timeline.apply(refused(Some("a"), "edit", ErrorCode::NoMessage), 0);
    assert_eq!((shown(&timeline), timeline.take_errors()), (vec!["bob 1".into(), "mine".into()], vec!["No.".into()]));
    assert!(timeline.take_errors().is_empty());
}

#[test]
fn a_change_that_is_not_confirmed_is_tried_so_often_and_then_told() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert!(timeline.next_change(now).is_some());
        now += CONFIRM_MS;
        assert!(timeline.expire(now, "Late."), "the socket is not to be trusted");
        now += MINUTE;
    }
    assert_eq!((timeline.next_change(now), thumbs(&timeline)), (None, 0));
    assert_eq!(timeline.take_errors(), ["Late."]);
}

#[test]
fn what_is_done_to_a_message_that_is_taken_back_is_done_with() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let gone = ChatMessage { rev: Rev(2), text: None, deleted: true, ..message_by(1, "bob") };
    timeline.apply(ServerMessage::Message(gone), 0);
    assert_eq!(timeline.changing_messages(), []);
    let rows = timeline.rows(&Utc::default(), &[]);
    assert!(rows[0].deleted && rows[0].text.is_none() && rows[0].reactions.is_empty());
}

#[test]
fn a_change_of_a_message_that_is_not_loaded_any_more_is_confirmed_from_afar() {
    let mut timeline = room(1..=2, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.next_change(0);
    let newest = (50..=51).map(|seq| message_by(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(51), truncated: true }, 0);
    timeline.apply(thumbed(1, 1, true), 0);
    assert_eq!(timeline.changing_messages(), [seq(1)], "that is what it was before");
    timeline.apply(thumbed(1, 52, true), 0);
    assert_eq!((timeline.changing_messages(), shown(&timeline)), (vec![], vec!["bob 50".into(), "bob 51".into()]));
}

#[test]
fn a_change_that_is_heard_while_its_message_is_loading_is_not_lost() {
    let mut timeline = room(5..=6, true);
    timeline.request_older();
    timeline.apply(thumbed(3, 7, true), 0);
    timeline.apply(page(3..=4, false), 0);
    assert_eq!((thumbs(&timeline), timeline.rev()), (1, Rev(7)));
}

#[test]
fn a_newest_page_keeps_what_is_newer_than_it_and_leaves_no_gap() {
    let mut timeline = room(1..=3, false);
    timeline.apply(thumbed(1, 60, true), 0);
    timeline.apply(thumbed(50, 61, true), 0);
    let newest = (50..=52).map(|seq| message_by(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(52), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51", "bob 52"], "1 is far above");
    assert_eq!(thumbs(&timeline), 1, "what is known of 50 is newer than the page");
}

#[test]
fn an_answer_quotes_what_is_loaded() {
    let mut timeline = room(3..=4, true);
    let answer = |to: u64| {
        let reply_to = Some(shared_types::ReplyRef { seq: seq(to), author: person("bob") });
        ServerMessage::Message(ChatMessage { reply_to, ..message_by(to + 10, "ann") })
    };
    timeline.apply(answer(3), 0);
    timeline.apply(answer(1), 0);
    let quotes: Vec<_> = (timeline.rows(&Utc::default(), &[]).into_iter())
        .filter_map(|row| row.reply_to)
        .map(|reply_preview| (reply_preview.seq.0, reply_preview.text.map(|text| text.to_string())))
        .collect();
    assert_eq!(quotes, [(1, None), (3, Some("bob 3".into()))]);
}
