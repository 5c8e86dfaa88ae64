//! Who is here, and whom a text calls.

use super::*;

fn presence_tracker(names: &[&str]) -> ServerMessage {
    ServerMessage::Presence { online: names.len() as u32, people: names.iter().map(|name| person(name)).collect() }
}

fn names(timeline: &Timeline, now: u64) -> Vec<String> {
    timeline.presence(now).people.iter().map(|person| person.name.to_string()).collect()
}

#[test]
fn whoever_comes_is_shown_at_once_and_whoever_goes_a_little_later() {
    let mut timeline = room(1..=1, false);
    timeline.apply(presence_tracker(&["ann", "ben", "me"]), 0);
    assert_eq!(names(&timeline, 0), ["ann", "ben", "me"]);
    timeline.apply(presence_tracker(&["ann", "me"]), 1_000);
    assert_eq!(names(&timeline, 5_999), ["ann", "ben", "me"]);
    assert_eq!(names(&timeline, 6_000), ["ann", "me"]);
    assert_eq!(timeline.presence(6_000).online, 2);
}

#[test]
fn whoever_is_back_soon_was_never_gone() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["ann", "me"][..]), (1_000, &["me"]), (2_000, &["ann", "me"])] {
        timeline.apply(presence_tracker(who), now);
    }
    assert_eq!(names(&timeline, 60_000), ["ann", "me"]);
}

#[test]
fn those_who_go_one_after_the_other_are_gone_together_and_not_ever_later() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["a", "b", "me"][..]), (1_000, &["a", "me"]), (5_000, &["me"])] {
        timeline.apply(presence_tracker(who), now);
    }
    assert_eq!(names(&timeline, 5_999), ["a", "b", "me"]);
    assert_eq!(names(&timeline, 6_000), ["me"]);
}

#[test]
fn everybody_who_goes_is_gone_a_little_later_and_not_the_first_alone() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["a", "b", "me"][..]), (1_000, &["a", "me"]), (60_000, &["me"])] {
        timeline.apply(presence_tracker(who), now);
    }
    assert_eq!(names(&timeline, 64_999), ["a", "me"]);
    assert_eq!(names(&timeline, 65_000), ["me"]);
}

#[test]
fn an_edit_goes_on_calling_whoever_is_away_by_now() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(ChatMessage { mentions: vec![person("ann")], ..message_by(2, "me") }), 0);
    let text = "@ann, better".parse().ok();
    timeline.change(Seq(2), Change::Text(text), "c".parse().unwrap());
    let Some(ClientMessage::Edit { mentions, .. }) = timeline.next_change(0) else { panic!("nothing is edited") };
    assert_eq!(mentions, [person("ann")]);
}

#[test]
fn whoever_writes_far_back_calls_those_who_are_to_be_seen_there() {
    let mut timeline = room(90..=91, true);
    timeline.seek(Seq(31));
    timeline.request_target();
    let place = Some(HistoryRange::Around(Seq(31)));
    let messages = vec![message_by(31, "eve")];
    timeline.apply(ServerMessage::Page { place, messages, more: true, newer: true, up_to: None }, 0);
    timeline.post(Draft { text: "@eve".parse().ok(), ..draft("n") }, 0);
    let Some(ClientMessage::Send { mentions, .. }) = timeline.next_message(0) else { panic!("nothing is sent") };
    assert_eq!(mentions, [person("eve")]);
}

#[test]
fn a_text_calls_those_who_are_here_and_those_who_said_something() {
    let mut timeline = room(1..=2, false);
    timeline.apply(presence_tracker(&["ann", "me"]), 0);
    let text = "@ann, @bob and @eve".parse::<shared_types::MessageText>().unwrap();
    timeline.post(Draft { text: Some(text.clone()), ..draft("n") }, 0);
    let Some(ClientMessage::Send { mentions, .. }) = timeline.next_message(0) else { panic!("nothing is sent") };
    assert_eq!(mentions, [person("ann"), person("bob")]);
    timeline.change(Seq(1), Change::Text(Some(text)), "c".parse().unwrap());
    let Some(ClientMessage::Edit { mentions, .. }) = timeline.next_change(0) else { panic!("nothing is edited") };
    assert_eq!(mentions, [person("ann"), person("bob")]);
}

#[test]
fn whom_a_message_calls_sees_that_on_it() {
    let mut timeline = room(1..=1, false);
    let calling = |seq, id: &str| ChatMessage { mentions: vec![person(id)], ..message_by(seq, "bob") };
    timeline.apply(ServerMessage::Message(calling(2, "me")), 0);
    timeline.apply(ServerMessage::Message(calling(3, "ann")), 0);
    let calls: Vec<_> = timeline.rows(&Utc::default(), &[]).into_iter().map(|row| row.mentions_me).collect();
    assert_eq!(calls, [false, true, false]);
}

#[test]
fn two_people_of_one_name_are_told_apart_by_their_ids_and_nobody_else() {
    let mut timeline = room(1..=1, false);
    let called = |seq, id: &str, name: &str| {
        let author = Person { id: id.parse().unwrap(), name: name.parse().unwrap(), moderator: false };
        ServerMessage::Message(ChatMessage { author, ..message_by(seq, "x") })
    };
    timeline.apply(called(2, "id-of-ann", "Ann"), 0);
    timeline.apply(called(3, "gone", "Cleo"), 0);
    timeline.apply(called(4, "id-of-cleo", "Cleo"), 0);
    assert!(timeline.namesakes().is_empty(), "whoever left has no name");
    timeline.apply(called(5, "another", "ANN"), 0);
    let tags: Vec<_> = timeline.rows(&Utc::default(), &timeline.namesakes()).into_iter().map(|row| row.tag).collect();
    assert_eq!(tags, [None, Some("·-ann".into()), None, None, Some("·ther".into())]);
}

#[test]
fn one_person_under_two_names_is_nobody_s_namesake() {
    let mut timeline = room(1..=1, false);
    for (seq, name) in [(2, "Ann"), (3, "ann"), (4, "Anna")] {
        let author = Person { id: "a".parse().unwrap(), name: name.parse().unwrap(), moderator: false };
        timeline.apply(ServerMessage::Message(ChatMessage { author, ..message_by(seq, "x") }), 0);
    }
    assert!(timeline.namesakes().is_empty());
}
