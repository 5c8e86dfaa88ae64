mod history;
mod news;
mod pace;
mod people;

use shared_types::{Access, ChatImage, ErrorCode, ImageType, Language, PersonName, RoomRules, Standing, Timestamp};

use super::*;
use crate::clock::Utc;

const MINUTE: u64 = 60_000;

fn person(id: &str) -> Person {
    Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false }
}

/// A message said by `author` at minute `seq`.
fn said(seq: u64, author: &str) -> ChatMessage {
    ChatMessage {
        seq: Seq(seq),
        rev: Rev(seq),
        author: person(author),
        nonce: format!("n{seq}").parse().unwrap(),
        text: format!("{author} {seq}").parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: Timestamp(seq * MINUTE),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
    }
}

fn live(seq: u64) -> ServerMessage {
    ServerMessage::Message(said(seq, "bob"))
}

fn page(seqs: std::ops::RangeInclusive<u64>, more: bool) -> ServerMessage {
    history(Place::Before(Seq(seqs.end() + 1)), seqs, more, false)
}

/// The answer to a question about the history.
fn history(place: Place, seqs: std::ops::RangeInclusive<u64>, more: bool, newer: bool) -> ServerMessage {
    let messages = seqs.map(|seq| said(seq, "bob")).collect();
    ServerMessage::Page { place: Some(place), messages, more, newer, up_to: None }
}

fn changes(seqs: &[u64], up_to: u64) -> ServerMessage {
    let messages = seqs.iter().map(|&seq| said(seq, "bob")).collect();
    ServerMessage::Changes { messages, up_to: Rev(up_to), truncated: false }
}

/// A room in which `seqs` are on the page, seen by "me".
fn room(seqs: std::ops::RangeInclusive<u64>, more: bool) -> Timeline {
    Timeline::new(&PageState {
        language: Language::English,
        room: shared_types::RoomName::lobby(),
        you: person("me"),
        online: 1,
        up_to: Rev(*seqs.end()),
        messages: seqs.map(|seq| said(seq, "bob")).collect(),
        more,
        socket: "/ws".into(),
        ticket: String::new(),
        access: Access::Open,
        rules: RoomRules::default(),
        standing: Standing::default(),
    })
}

/// The texts on the page, failed and pending ones marked.
fn shown(timeline: &Timeline) -> Vec<String> {
    let mark = |row: Row| {
        let text = row.text.map(|text| text.to_string()).unwrap_or_default();
        match row.state {
            State::Sent => text,
            State::Pending => format!("{text}…"),
            State::Waiting => format!("{text}, held"),
            State::Uploading(percent) => format!("{text} {percent} %"),
            State::Failed(why) => format!("{text}! {why}"),
        }
    };
    timeline.rows(&Utc(Language::English), &[]).into_iter().map(mark).collect()
}

fn draft(nonce: &str) -> Draft {
    Draft { nonce: nonce.parse().unwrap(), text: nonce.parse().ok(), image: None, reply_to: None }
}

fn post(timeline: &mut Timeline, nonce: &str) {
    timeline.post(draft(nonce), 10 * MINUTE);
}

/// The confirmation of "me"'s message `nonce` as number `seq`.
fn confirmed(seq: u64, nonce: &str) -> ServerMessage {
    let message = said(seq, "me");
    ServerMessage::Message(ChatMessage { nonce: nonce.parse().unwrap(), text: nonce.parse().ok(), ..message })
}

/// "me"'s message `nonce` on its way.
fn sent(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Send {
        text: nonce.parse().ok(),
        nonce: nonce.parse().ok(),
        image: None,
        reply_to: None,
        mentions: Vec::new(),
    })
}

fn refused(nonce: Option<&str>, action: &str, code: ErrorCode) -> ServerMessage {
    let nonce = nonce.map(|nonce| nonce.parse().unwrap());
    ServerMessage::Error { code, message: "No.".into(), action: Some(action.into()), nonce, retry_after: None }
}

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
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "n1".parse().unwrap(), ..said(2, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 1"]);
}

#[test]
fn two_people_may_use_the_same_nonce() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "n1".parse().unwrap(), ..said(2, "ann") }), 0);
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
    assert_eq!(timeline.ask(ASK_AGAIN_MS), None);
}

#[test]
fn a_gap_that_stays_is_asked_for_again_later() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(4), 0);
    assert_eq!(timeline.apply(changes(&[], 2), 1), None, "the server may not pass the hole yet");
    assert_eq!(timeline.ask(ASK_AGAIN_MS - 1), None);
    assert_eq!(timeline.ask(ASK_AGAIN_MS), Some(ClientMessage::Changes { after: Rev(2) }));
}

#[test]
fn a_changed_message_takes_the_place_of_the_old_one() {
    let mut timeline = room(1..=2, false);
    let edited = ChatMessage { rev: Rev(3), text: "better".parse().ok(), ..said(1, "bob") };
    timeline.apply(ServerMessage::Message(edited), 0);
    timeline.apply(live(1), 0);
    assert_eq!(shown(&timeline), ["better", "bob 2"]);
}

#[test]
fn a_change_in_a_stretch_that_was_not_loaded_comes_with_that_stretch() {
    let mut timeline = room(50..=51, true);
    timeline.apply(ServerMessage::Message(ChatMessage { rev: Rev(52), ..said(7, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51"]);
    assert_eq!(timeline.rev(), Rev(52));
}

#[test]
fn a_gap_too_large_to_tell_starts_the_page_anew() {
    let mut timeline = room(1..=2, false);
    let messages = vec![said(90, "bob"), said(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91"]);
    assert!(timeline.more());
    assert_eq!(timeline.rev(), Rev(91));
}

#[test]
fn what_was_heard_after_the_answer_was_made_survives_it() {
    let mut timeline = room(1..=2, false);
    timeline.apply(live(92), 0);
    let messages = vec![said(90, "bob"), said(91, "bob")];
    timeline.apply(ServerMessage::Changes { messages, up_to: Rev(91), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 90", "bob 91", "bob 92"]);
    assert_eq!(timeline.rev(), Rev(92));
}

#[test]
fn older_messages_are_asked_for_once_and_stand_before() {
    let mut timeline = room(5..=6, true);
    assert_eq!(timeline.ask_older(), Some(ClientMessage::History { place: Place::Before(Seq(5)) }));
    assert_eq!(timeline.ask_older(), None);
    timeline.apply(page(3..=4, true), 0);
    assert_eq!(shown(&timeline), ["bob 3", "bob 4", "bob 5", "bob 6"]);
    assert_eq!(timeline.ask_older(), Some(ClientMessage::History { place: Place::Before(Seq(3)) }));
    timeline.apply(page(1..=2, false), 0);
    assert_eq!(timeline.ask_older(), None, "there is no more");
}

#[test]
fn older_messages_of_a_page_that_was_replaced_are_not_wanted() {
    let mut timeline = room(50..=51, true);
    timeline.ask_older();
    let truncated = ServerMessage::Changes { messages: vec![said(99, "bob")], up_to: Rev(99), truncated: true };
    timeline.apply(truncated, 0);
    timeline.apply(page(48..=49, true), 0);
    assert_eq!(shown(&timeline), ["bob 99"]);
}

#[test]
fn an_own_message_is_pending_until_its_echo() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    assert_eq!(timeline.hand_over(0), sent("a"));
    assert_eq!(timeline.hand_over(0), None, "it was handed over");
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
    let key = timeline.rows(&Utc(Language::English), &[])[1].key();
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
    assert_eq!(timeline.rows(&Utc(Language::English), &[])[1].key(), key);
}

#[test]
fn an_own_message_is_confirmed_even_where_its_place_is_not_loaded() {
    let mut timeline = room(50..=51, true);
    post(&mut timeline, "a");
    timeline.hand_over(0);
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
    timeline.apply(ServerMessage::Message(ChatMessage { nonce: "a".parse().unwrap(), ..said(2, "bob") }), 0);
    assert_eq!(shown(&timeline), ["bob 1", "bob 2", "a…"]);
}

#[test]
fn one_message_is_on_its_way_at_a_time_in_the_order_they_were_written() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    assert_eq!(timeline.hand_over(0), sent("a"));
    assert_eq!(timeline.hand_over(0), None);
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.hand_over(0), sent("b"));
}

#[test]
fn a_refused_message_shows_why_and_may_be_retried_as_itself() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    timeline.hand_over(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
    timeline.retry(&"a".parse().unwrap());
    assert_eq!(timeline.hand_over(1), sent("a"));
    assert_eq!(shown(&timeline), ["bob 1", "a…"]);
}

#[test]
fn a_message_behind_one_that_failed_is_sent() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.hand_over(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::BadField), 0);
    assert_eq!(timeline.hand_over(0), sent("b"));
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
    timeline.hand_over(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NotConnected), 0);
    timeline.disconnected();
    assert_eq!(timeline.hand_over(1), sent("a"));
}

#[test]
fn what_a_lost_socket_carried_goes_out_again_first_however_often() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    post(&mut timeline, "b");
    for now in 0..10 {
        assert_eq!(timeline.hand_over(now), sent("a"));
        timeline.disconnected();
    }
    assert_eq!(shown(&timeline), ["bob 1", "a…", "b…"]);
}

#[test]
fn a_message_the_server_could_not_take_is_tried_again_and_then_has_failed() {
    let mut timeline = room(1..=1, false);
    post(&mut timeline, "a");
    for now in [0, 1_000, 3_000, 6_000, 10_000] {
        assert_eq!(shown(&timeline), ["bob 1", "a…"]);
        assert_eq!(timeline.hand_over(now), sent("a"));
        timeline.apply(refused(Some("a"), "send", ErrorCode::Unavailable), now);
        assert_eq!(timeline.hand_over(now), None, "not at once");
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
        assert_eq!(timeline.hand_over(now), sent("a"));
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
    timeline.hand_over(0);
    timeline.apply(confirmed(2, "a"), 0);
    timeline.hand_over(0);
    let unsent: Vec<_> = timeline.unsent().into_iter().map(|draft| draft.nonce.to_string()).collect();
    assert_eq!(unsent, ["b", "c"]);
}

#[test]
fn a_refused_question_for_older_messages_may_be_asked_again() {
    let mut timeline = room(5..=6, true);
    timeline.ask_older();
    timeline.apply(refused(None, "history", ErrorCode::Unavailable), 0);
    assert!(timeline.ask_older().is_some());
}

#[test]
fn an_empty_room_asks_for_nothing_older() {
    #[allow(clippy::reversed_empty_ranges)]
    let mut timeline = room(1..=0, true);
    assert_eq!(timeline.ask_older(), None);
}

/// One letter a row: D where a day begins, H where a group does, a dot inside a group.
fn grouping(messages: impl IntoIterator<Item = ChatMessage>) -> String {
    let mut timeline = room(1..=1, false);
    for message in messages {
        timeline.apply(ServerMessage::Message(message), 0);
    }
    let letter = |row: Row| match (row.day, row.head) {
        (Some(_), _) => 'D',
        (None, true) => 'H',
        (None, false) => '.',
    };
    timeline.rows(&Utc(Language::English), &[]).into_iter().map(letter).collect()
}

#[test]
fn messages_of_one_author_stand_in_one_group() {
    assert_eq!(grouping([said(2, "bob"), said(3, "ann"), said(4, "ann"), said(5, "bob")]), "D.H.H");
}

#[test]
fn a_pause_of_five_minutes_ends_a_group() {
    assert_eq!(grouping([said(5, "bob"), said(10, "bob")]), "D.H");
}

#[test]
fn another_name_is_another_group() {
    let renamed = Person { name: "Robert".parse().unwrap(), ..person("bob") };
    assert_eq!(grouping([ChatMessage { author: renamed, ..said(2, "bob") }]), "DH");
}

#[test]
fn midnight_begins_a_day_and_a_group() {
    assert_eq!(grouping([said(24 * 60 - 1, "bob"), said(24 * 60, "bob")]), "DHD");
}

#[test]
fn a_slow_clock_does_not_put_an_own_message_on_another_day() {
    let mut timeline = room(1..=3_000, false);
    post(&mut timeline, "a");
    let rows = timeline.rows(&Utc(Language::English), &[]);
    assert_eq!(rows[3_000].day, None);
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

#[test]
fn what_others_said_last_is_told_from_what_the_visitor_said() {
    let mut timeline = room(1..=1, false);
    assert_eq!(timeline.newest(), Some((Seq(1), true)));
    post(&mut timeline, "a");
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(timeline.newest(), Some((Seq(2), false)));
}

fn picture() -> ChatImage {
    let side = 8.try_into().unwrap();
    let size = 100.try_into().unwrap();
    ChatImage { kind: ImageType::Webp, size, width: side, height: side, preview: None, alt: None }
}

fn post_picture(timeline: &mut Timeline, nonce: &str) {
    timeline.post(Draft { image: Some(picture()), ..draft(nonce) }, 0);
}

/// The question where to put the image of `nonce`.
fn asked(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Upload { nonce: nonce.parse().unwrap(), kind: ImageType::Webp, size: picture().size })
}

/// "me"'s message `nonce` with its image, on its way.
fn sent_picture(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Send {
        text: nonce.parse().ok(),
        nonce: nonce.parse().ok(),
        image: Some(picture()),
        reply_to: None,
        mentions: Vec::new(),
    })
}

#[test]
fn a_message_goes_when_its_image_is_there() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    assert_eq!((timeline.hand_over(0), timeline.ask_upload(0)), (None, asked("a")));
    assert_eq!(timeline.ask_upload(0), None, "the answer is on its way");
    assert!(timeline.upload_begins(&nonce));
    timeline.upload_runs(&nonce, 40);
    assert_eq!(shown(&timeline), ["bob 1", "a 40 %"]);
    assert_eq!(timeline.hand_over(0), None);
    timeline.upload_ends(&nonce);
    assert_eq!((timeline.ask_upload(0), timeline.hand_over(0)), (None, sent_picture("a")));
    timeline.apply(confirmed(2, "a"), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a"]);
}

#[test]
fn a_word_does_not_wait_for_an_image() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    post(&mut timeline, "b");
    timeline.ask_upload(0);
    assert_eq!(timeline.hand_over(0), sent("b"));
}

#[test]
fn images_go_one_after_the_other() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    post_picture(&mut timeline, "b");
    assert_eq!((timeline.ask_upload(0), timeline.ask_upload(0)), (asked("a"), None));
    timeline.upload_begins(&"a".parse().unwrap());
    assert_eq!(timeline.ask_upload(0), None);
    timeline.upload_ends(&"a".parse().unwrap());
    assert_eq!(timeline.ask_upload(0), asked("b"));
}

#[test]
fn an_upload_that_breaks_is_tried_again_and_fails_at_last() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert_eq!(timeline.ask_upload(now), asked("a"));
        timeline.upload_begins(&nonce);
        timeline.upload_breaks(&nonce, now, "Broken.");
        assert_eq!(timeline.ask_upload(now), None, "there is a pause");
        now += MINUTE;
    }
    assert_eq!(shown(&timeline), ["bob 1", "a! Broken."]);
    assert_eq!(timeline.ask_upload(now), None);
    timeline.retry(&nonce);
    assert_eq!(timeline.ask_upload(now), asked("a"));
}

#[test]
fn an_upload_goes_on_while_the_socket_is_away_but_a_question_does_not() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.ask_upload(0);
    timeline.disconnected();
    assert!(!timeline.upload_begins(&"a".parse().unwrap()), "nobody waits for that answer any more");
    assert_eq!(timeline.ask_upload(0), asked("a"));
    timeline.upload_begins(&"a".parse().unwrap());
    timeline.disconnected();
    timeline.upload_ends(&"a".parse().unwrap());
    assert_eq!(timeline.hand_over(0), sent_picture("a"));
}

#[test]
fn a_question_where_to_put_an_image_that_is_not_answered_is_asked_again() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.ask_upload(0);
    assert!(!timeline.expire(CONFIRM_MS - 1, "Late."));
    assert!(timeline.expire(CONFIRM_MS, "Late."), "the socket is not to be trusted");
    assert_eq!(timeline.ask_upload(CONFIRM_MS + MINUTE), asked("a"));
}

#[test]
fn an_image_that_the_storage_forgot_is_uploaded_again() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    timeline.ask_upload(0);
    timeline.upload_begins(&nonce);
    timeline.upload_ends(&nonce);
    timeline.hand_over(0);
    timeline.apply(refused(Some("a"), "send", ErrorCode::NoImage), 0);
    assert_eq!((timeline.hand_over(MINUTE), timeline.ask_upload(MINUTE)), (None, asked("a")));
    timeline.upload_begins(&nonce);
    timeline.upload_lost(&nonce, "Gone.");
    assert_eq!(shown(&timeline), ["bob 1", "a! Gone."]);
}

#[test]
fn an_image_that_is_refused_has_failed() {
    let mut timeline = room(1..=1, false);
    post_picture(&mut timeline, "a");
    timeline.ask_upload(0);
    timeline.apply(refused(Some("a"), "upload", ErrorCode::BadField), 0);
    assert_eq!(shown(&timeline), ["bob 1", "a! No."]);
}

#[test]
fn an_upload_can_be_cancelled_and_a_sent_message_cannot() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    for uploaded in [false, true] {
        post_picture(&mut timeline, "a");
        timeline.ask_upload(0);
        timeline.upload_begins(&nonce);
        if uploaded {
            timeline.upload_ends(&nonce);
        }
        timeline.discard(&nonce);
        assert_eq!(shown(&timeline).len(), 1 + usize::from(uploaded));
    }
}

#[test]
fn only_an_image_that_is_there_is_kept_for_the_next_visit() {
    let mut timeline = room(1..=1, false);
    let nonce = "a".parse().unwrap();
    post_picture(&mut timeline, "a");
    assert!(timeline.unsent().is_empty() && timeline.uploads());
    timeline.ask_upload(0);
    timeline.upload_begins(&nonce);
    timeline.upload_ends(&nonce);
    assert!(!timeline.uploads());
    let mut next = room(1..=1, false);
    timeline.unsent().into_iter().for_each(|draft| next.restore(draft, 0));
    assert_eq!((next.ask_upload(0), next.hand_over(0)), (None, sent_picture("a")));
}

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
    ServerMessage::Message(ChatMessage { rev: Rev(rev), text: text.parse().ok(), ..said(place, "me") })
}

/// Bob's message with a thumb of "me"'s, or without one.
fn thumbed(place: u64, rev: u64, on: bool) -> ServerMessage {
    let reaction = shared_types::Reaction { emoji: "👍".parse().unwrap(), people: vec![person("me")] };
    let reactions = if on { vec![reaction] } else { Vec::new() };
    ServerMessage::Message(ChatMessage { rev: Rev(rev), reactions, ..said(place, "bob") })
}

/// How often the visitor's thumb is shown.
fn thumbs(timeline: &Timeline) -> usize {
    timeline
        .rows(&Utc(Language::English), &[])
        .iter()
        .flat_map(|row| &row.reactions)
        .filter(|reaction| reaction.mine)
        .count()
}

#[test]
fn a_change_is_shown_at_once_sent_and_confirmed_by_the_message_as_it_is_then() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    assert_eq!(shown(&timeline), ["bob 1", "better"]);
    let (text, nonce) = ("better".parse().ok(), "a".parse().ok());
    let edit = ClientMessage::Edit { seq: seq(2), text, mentions: Vec::new(), nonce };
    assert_eq!((timeline.hand_over_change(0), timeline.hand_over_change(0)), (Some(edit), None));
    timeline.apply(edited(2, 3, "better"), 0);
    assert_eq!((timeline.changing(), shown(&timeline)), (vec![], vec!["bob 1".into(), "better".into()]));
}

#[test]
fn a_change_that_changes_nothing_is_not_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(false), "a");
    change(&mut timeline, 9, thumb(true), "b");
    assert_eq!(timeline.hand_over_change(0), None);
}

#[test]
fn a_click_that_is_taken_back_before_it_was_sent_is_never_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    assert_eq!(thumbs(&timeline), 1);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!((thumbs(&timeline), timeline.hand_over_change(0)), (0, None));
}

#[test]
fn a_click_that_is_taken_back_on_its_way_is_confirmed_before_the_next_is_sent() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.hand_over_change(0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(thumbs(&timeline), 0);
    timeline.disconnected();
    let told = |message: Option<ClientMessage>| message.and_then(|message| Some(message.nonce()?.to_string()));
    assert_eq!(told(timeline.hand_over_change(0)).as_deref(), Some("a"), "it may have arrived, so it goes first");
    timeline.apply(thumbed(1, 2, true), 0);
    assert_eq!(told(timeline.hand_over_change(0)).as_deref(), Some("b"));
    timeline.apply(thumbed(1, 3, false), 0);
    assert_eq!((timeline.changing(), thumbs(&timeline)), (vec![], 0));
}

#[test]
fn a_change_that_waits_for_another_try_is_not_overtaken_by_the_next() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.hand_over_change(0);
    timeline.apply(refused(Some("a"), "react", ErrorCode::Unavailable), 0);
    change(&mut timeline, 1, thumb(false), "b");
    assert_eq!(timeline.hand_over_change(0), None);
    assert!(
        timeline.hand_over_change(MINUTE).is_some_and(|message| message.nonce().is_some_and(|n| n.as_str() == "a"))
    );
}

#[test]
fn a_frame_that_was_overtaken_confirms_nothing() {
    let mut timeline = room(1..=1, false);
    timeline.apply(thumbed(1, 5, true), 0);
    change(&mut timeline, 1, thumb(false), "a");
    timeline.hand_over_change(0);
    timeline.apply(thumbed(1, 4, false), 0);
    assert_eq!(timeline.changing(), [seq(1)]);
}

#[test]
fn a_change_that_is_refused_is_taken_back_and_told() {
    let mut timeline = room(1..=1, false);
    timeline.apply(edited(2, 2, "mine"), 0);
    change(&mut timeline, 2, text("better"), "a");
    timeline.hand_over_change(0);
    timeline.apply(refused(Some("a"), "edit", ErrorCode::NoMessage), 0);
    assert_eq!((shown(&timeline), timeline.take_troubles()), (vec!["bob 1".into(), "mine".into()], vec!["No.".into()]));
    assert!(timeline.take_troubles().is_empty());
}

#[test]
fn a_change_that_is_not_confirmed_is_tried_so_often_and_then_told() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let mut now = 0;
    for _ in 0..TRIES {
        assert!(timeline.hand_over_change(now).is_some());
        now += CONFIRM_MS;
        assert!(timeline.expire(now, "Late."), "the socket is not to be trusted");
        now += MINUTE;
    }
    assert_eq!((timeline.hand_over_change(now), thumbs(&timeline)), (None, 0));
    assert_eq!(timeline.take_troubles(), ["Late."]);
}

#[test]
fn what_is_done_to_a_message_that_is_taken_back_is_done_with() {
    let mut timeline = room(1..=1, false);
    change(&mut timeline, 1, thumb(true), "a");
    let gone = ChatMessage { rev: Rev(2), text: None, deleted: true, ..said(1, "bob") };
    timeline.apply(ServerMessage::Message(gone), 0);
    assert_eq!(timeline.changing(), []);
    let rows = timeline.rows(&Utc(Language::English), &[]);
    assert!(rows[0].deleted && rows[0].text.is_none() && rows[0].reactions.is_empty());
}

#[test]
fn a_change_of_a_message_that_is_not_loaded_any_more_is_confirmed_from_afar() {
    let mut timeline = room(1..=2, false);
    change(&mut timeline, 1, thumb(true), "a");
    timeline.hand_over_change(0);
    let newest = (50..=51).map(|seq| said(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(51), truncated: true }, 0);
    timeline.apply(thumbed(1, 1, true), 0);
    assert_eq!(timeline.changing(), [seq(1)], "that is what it was before");
    timeline.apply(thumbed(1, 52, true), 0);
    assert_eq!((timeline.changing(), shown(&timeline)), (vec![], vec!["bob 50".into(), "bob 51".into()]));
}

#[test]
fn a_change_that_is_heard_while_its_message_is_loading_is_not_lost() {
    let mut timeline = room(5..=6, true);
    timeline.ask_older();
    timeline.apply(thumbed(3, 7, true), 0);
    timeline.apply(page(3..=4, false), 0);
    assert_eq!((thumbs(&timeline), timeline.rev()), (1, Rev(7)));
}

#[test]
fn a_newest_page_keeps_what_is_newer_than_it_and_leaves_no_gap() {
    let mut timeline = room(1..=3, false);
    timeline.apply(thumbed(1, 60, true), 0);
    timeline.apply(thumbed(50, 61, true), 0);
    let newest = (50..=52).map(|seq| said(seq, "bob")).collect();
    timeline.apply(ServerMessage::Changes { messages: newest, up_to: Rev(52), truncated: true }, 0);
    assert_eq!(shown(&timeline), ["bob 50", "bob 51", "bob 52"], "1 is far above");
    assert_eq!(thumbs(&timeline), 1, "what is known of 50 is newer than the page");
}

#[test]
fn an_answer_quotes_what_is_loaded() {
    let mut timeline = room(3..=4, true);
    let answer = |to: u64| {
        let reply_to = Some(shared_types::Quote { seq: seq(to), author: person("bob") });
        ServerMessage::Message(ChatMessage { reply_to, ..said(to + 10, "ann") })
    };
    timeline.apply(answer(3), 0);
    timeline.apply(answer(1), 0);
    let quotes: Vec<_> = (timeline.rows(&Utc(Language::English), &[]).into_iter())
        .filter_map(|row| row.reply_to)
        .map(|quoted| (quoted.seq.0, quoted.text.map(|text| text.to_string())))
        .collect();
    assert_eq!(quotes, [(1, None), (3, Some("bob 3".into()))]);
}

fn types(who: &str) -> ServerMessage {
    ServerMessage::Typing { person: person(who) }
}

#[test]
fn somebody_types_until_they_have_spoken_or_been_silent() {
    let mut timeline = room(1..=1, false);
    let typing =
        |timeline: &Timeline, now: u64| timeline.typing(now).iter().map(|p| p.name.to_string()).collect::<Vec<_>>();
    timeline.apply(types("bob"), 0);
    timeline.apply(types("ann"), 1_000);
    timeline.apply(types("me"), 1_000);
    assert_eq!(typing(&timeline, 2_000), ["bob", "ann"], "and the visitor knows it of themselves");
    timeline.apply(types("bob"), 5_000);
    assert_eq!(typing(&timeline, 10_500), ["bob"], "ann has fallen silent");
    timeline.apply(live(2), 11_000);
    assert_eq!(typing(&timeline, 11_000), [""; 0]);
}
