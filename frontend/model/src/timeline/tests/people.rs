//! Tests of online people and mentions.

use super::*;

fn presence(names: &[&str]) -> ServerMessage {
    ServerMessage::Presence {
        online: names.len() as u32,
        people: names.iter().map(|name| person(name)).collect(),
        away: Vec::new(),
    }
}

fn names(timeline: &Timeline, now: u64) -> Vec<String> {
    timeline.presence(now).people.iter().map(|person| person.name.to_string()).collect()
}

#[test]
fn arrivals_show_at_once_and_departures_later() {
    let mut timeline = room(1..=1, false);
    timeline.apply(presence(&["ann", "ben", "me"]), 0);
    assert_eq!(names(&timeline, 0), ["ann", "ben", "me"]);
    timeline.apply(presence(&["ann", "me"]), 1_000);
    assert_eq!(names(&timeline, 5_999), ["ann", "ben", "me"]);
    assert_eq!(names(&timeline, 6_000), ["ann", "me"]);
    assert_eq!(timeline.presence(6_000).online, 2);
}

#[test]
fn an_unknown_presence_changes_nothing() {
    let mut timeline = room(1..=1, false);
    timeline.apply(presence(&["ann", "me"]), 0);
    timeline.apply(presence(&[]), 1_000);
    assert_eq!((names(&timeline, 60_000), timeline.presence(60_000).online), (vec!["ann".into(), "me".into()], 2));
}

#[test]
fn a_short_absence_is_not_shown() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["ann", "me"][..]), (1_000, &["me"]), (2_000, &["ann", "me"])] {
        timeline.apply(presence(who), now);
    }
    assert_eq!(names(&timeline, 60_000), ["ann", "me"]);
}

#[test]
fn successive_departures_are_shown_together() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["a", "b", "me"][..]), (1_000, &["a", "me"]), (5_000, &["me"])] {
        timeline.apply(presence(who), now);
    }
    assert_eq!(names(&timeline, 5_999), ["a", "b", "me"]);
    assert_eq!(names(&timeline, 6_000), ["me"]);
}

#[test]
fn all_departures_are_shown_after_the_delay() {
    let mut timeline = room(1..=1, false);
    for (now, who) in [(0, &["a", "b", "me"][..]), (1_000, &["a", "me"]), (60_000, &["me"])] {
        timeline.apply(presence(who), now);
    }
    assert_eq!(names(&timeline, 64_999), ["a", "me"]);
    assert_eq!(names(&timeline, 65_000), ["me"]);
}

#[test]
fn an_edit_keeps_mentions_of_people_who_left() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(ChatMessage { mentions: vec![person("ann")], ..message_by(2, "me") }), 0);
    let text = "@ann, better".parse().ok();
    timeline.change(Seq(2), Change::Text(text), "c".parse().unwrap());
    let Some(ClientMessage::Edit { mentions, .. }) = timeline.next_change(0) else { panic!("nothing is edited") };
    assert_eq!(mentions, [person("ann")]);
}

#[test]
fn mentions_include_authors_in_the_detached_range() {
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
fn a_text_mentions_people_online_and_shown_authors() {
    let mut timeline = room(1..=2, false);
    timeline.apply(presence(&["ann", "me"]), 0);
    let text = "@ann, @bob and @eve".parse::<shared_types::MessageText>().unwrap();
    timeline.post(Draft { text: Some(text.clone()), ..draft("n") }, 0);
    let Some(ClientMessage::Send { mentions, .. }) = timeline.next_message(0) else { panic!("nothing is sent") };
    assert_eq!(mentions, [person("ann"), person("bob")]);
    timeline.change(Seq(1), Change::Text(Some(text)), "c".parse().unwrap());
    let Some(ClientMessage::Edit { mentions, .. }) = timeline.next_change(0) else { panic!("nothing is edited") };
    assert_eq!(mentions, [person("ann"), person("bob")]);
}

#[test]
fn a_text_mentions_members_who_are_absent() {
    let mut timeline = room(1..=2, false);
    timeline.apply(presence(&["ann", "me"]), 0);
    timeline.set_members(vec![person("ann"), person("zoe")]);
    timeline.post(Draft { text: "@ann, @zoe and @eve".parse().ok(), ..draft("n") }, 0);
    let Some(ClientMessage::Send { mentions, .. }) = timeline.next_message(0) else { panic!("nothing is sent") };
    assert_eq!(mentions, [person("ann"), person("zoe")]);
}

#[test]
fn a_message_shows_that_it_mentions_the_visitor() {
    let mut timeline = room(1..=1, false);
    let mentioning = |seq, id: &str| ChatMessage { mentions: vec![person(id)], ..message_by(seq, "bob") };
    timeline.apply(ServerMessage::Message(mentioning(2, "me")), 0);
    timeline.apply(ServerMessage::Message(mentioning(3, "ann")), 0);
    let mentions_me: Vec<_> = timeline.rows(&Utc::default(), &[]).into_iter().map(|row| row.mentions_me).collect();
    assert_eq!(mentions_me, [false, true, false]);
}

#[test]
fn only_people_of_the_same_name_get_a_tag() {
    let mut timeline = room(1..=1, false);
    let message_of = |seq, id: &str, name: &str| {
        let author = Person {
            id: id.parse().unwrap(),
            name: name.parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        ServerMessage::Message(ChatMessage { author, ..message_by(seq, "x") })
    };
    timeline.apply(message_of(2, "id-of-ann", "Ann"), 0);
    timeline.apply(message_of(3, "gone", "Cleo"), 0);
    timeline.apply(message_of(4, "id-of-cleo", "Cleo"), 0);
    assert!(timeline.namesakes(str::to_uppercase).is_empty(), "one name has one person");
    timeline.apply(message_of(5, "another", "ANN"), 0);
    let tags: Vec<_> =
        timeline.rows(&Utc::default(), &timeline.namesakes(str::to_uppercase)).into_iter().map(|row| row.tag).collect();
    assert_eq!(tags, [None, Some("·-ann".into()), None, None, Some("·ther".into())]);
}

#[test]
fn names_that_differ_only_in_joiners_or_case_get_tags() {
    for [one, other] in [
        ["علی\u{200c}رضا", "علیرضا"],
        ["Ann ❤", "Ann ❤\u{fe0f}"],
        ["Straße", "STRASSE"],
        ["νίκος", "ΝΊΚΟΣ"],
        ["ısı", "ISI"],
    ] {
        let mut timeline = room(1..=1, false);
        for (seq, id, name) in [(2, "a", one), (3, "b", other)] {
            let author = Person {
                id: id.parse().unwrap(),
                name: name.parse().unwrap(),
                moderator: false,
                appearance: Default::default(),
            };
            timeline.apply(ServerMessage::Message(ChatMessage { author, ..message_by(seq, "x") }), 0);
        }
        assert_eq!(timeline.namesakes(str::to_uppercase).len(), 2, "{one}");
    }
}

#[test]
fn one_person_under_two_names_gets_no_tag() {
    let mut timeline = room(1..=1, false);
    for (seq, name) in [(2, "Ann"), (3, "ann"), (4, "Anna")] {
        let author = Person {
            id: "a".parse().unwrap(),
            name: name.parse().unwrap(),
            moderator: false,
            appearance: Default::default(),
        };
        timeline.apply(ServerMessage::Message(ChatMessage { author, ..message_by(seq, "x") }), 0);
    }
    assert!(timeline.namesakes(str::to_uppercase).is_empty());
}

#[test]
fn people_whose_pages_are_hidden_are_away() {
    let mut timeline = room(1..=1, false);
    let away = |names: &[&str], away: &[&str]| match presence(names) {
        ServerMessage::Presence { online, people, .. } => {
            ServerMessage::Presence { online, people, away: away.iter().map(|name| person(name).id).collect() }
        }
        other => other,
    };
    let names =
        |timeline: &Timeline, now| timeline.presence(now).away.iter().map(ToString::to_string).collect::<Vec<_>>();
    timeline.apply(away(&["ann", "bob", "cy"], &["bob"]), 0);
    assert_eq!(names(&timeline, 0), [person("bob").id.to_string()]);
    timeline.apply(away(&["ann", "bob"], &["ann"]), 1_000);
    assert_eq!(names(&timeline, 1_000), [person("ann").id.to_string()], "at once, although Cy is still shown");
    timeline.apply(away(&["ann", "bob"], &[]), 2_000);
    assert_eq!(names(&timeline, 60_000), [] as [String; 0]);
}

/// A person whose picture was set at this time; 0 means that they have none.
fn pictured(id: &str, picture: u64) -> Person {
    let appearance = Appearance { picture: (picture > 0).then_some(Timestamp(picture)), colour: None };
    Person { appearance, ..person(id) }
}

/// A message of somebody whose picture was set at this time.
fn pictured_message(seq: u64, id: &str, picture: u64) -> ChatMessage {
    ChatMessage { author: pictured(id, picture), ..message_by(seq, id) }
}

fn present(people: &[(&str, u64)]) -> ServerMessage {
    ServerMessage::Presence {
        online: people.len() as u32,
        people: people.iter().map(|(id, picture)| pictured(id, *picture)).collect(),
        away: Vec::new(),
    }
}

/// Checks when the pictures of the authors in the log were set.
fn check_pictures(timeline: &Timeline, expected: &[u64]) {
    let picture = |row: Row| row.author.appearance.picture.unwrap_or_default().0;
    let rows = timeline.rows(&Utc::default(), &[]);
    assert_eq!(rows.into_iter().map(picture).collect::<Vec<_>>(), expected);
}

#[test]
fn the_newest_message_says_what_an_absent_author_looks_like() {
    let mut timeline = room(1..=1, false);
    for (seq, picture) in [(2, 0), (4, 7), (3, 5)] {
        timeline.apply(ServerMessage::Message(pictured_message(seq, "ann", picture)), 0);
    }
    check_pictures(&timeline, &[0, 7, 7, 7]);
}

#[test]
fn presence_says_what_people_look_like_whatever_their_messages_say() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(pictured_message(2, "ann", 5)), 0);
    timeline.apply(present(&[("ann", 9), ("me", 0)]), 0);
    check_pictures(&timeline, &[0, 9]);
    timeline.apply(present(&[("ann", 0), ("me", 0)]), 0);
    check_pictures(&timeline, &[0, 0]);
    // While somebody who left is still shown, so is their picture.
    timeline.apply(present(&[("ann", 11), ("me", 0)]), 0);
    timeline.apply(present(&[("me", 0)]), 0);
    check_pictures(&timeline, &[0, 11]);
}

#[test]
fn a_told_appearance_is_newer_than_presence() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(pictured_message(2, "ann", 5)), 0);
    timeline.apply(ServerMessage::Message(pictured_message(3, "me", 5)), 0);
    timeline.apply(present(&[("ann", 5), ("ben", 0), ("me", 5)]), 0);
    // Ben leaves, which is not shown at once.
    timeline.apply(present(&[("ann", 5), ("me", 5)]), 0);
    assert!(timeline.set_appearance(&person("ann").id, pictured("ann", 9).appearance));
    assert!(timeline.set_appearance(&person("me").id, pictured("me", 0).appearance));
    assert!(!timeline.set_appearance(&person("eve").id, pictured("eve", 1).appearance));
    check_pictures(&timeline, &[0, 9, 0]);
    for now in [0, 60_000] {
        let people = &timeline.presence(now).people;
        assert!(people.contains(&pictured("ann", 9)) && people.contains(&pictured("me", 0)), "{people:?}");
    }
    assert_eq!(timeline.me_as_known(), pictured("me", 0));
}

#[test]
fn an_empty_appearance_counts_once_it_is_told() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(pictured_message(2, "me", 5)), 0);
    check_pictures(&timeline, &[0, 5]);
    timeline.apply(present(&[("ann", 0), ("me", 0)]), 0);
    // Presence of a large room does not name the visitor.
    timeline.apply(present(&[("ann", 0), ("ben", 0), ("cy", 0)]), 0);
    check_pictures(&timeline, &[0, 0]);
}

#[test]
fn a_new_picture_splits_no_group() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(pictured_message(2, "ann", 0)), 0);
    timeline.apply(ServerMessage::Message(pictured_message(3, "ann", 5)), 0);
    let starts: Vec<_> = timeline.rows(&Utc::default(), &[]).into_iter().map(|row| row.starts_group).collect();
    assert_eq!(starts, [true, true, false]);
}

#[test]
fn a_quoted_author_has_the_known_appearance() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(pictured_message(2, "ann", 5)), 0);
    let reply_to = Some(shared_types::ReplyRef { seq: Seq(2), author: person("ann") });
    timeline.apply(ServerMessage::Message(ChatMessage { reply_to, ..message_by(3, "bob") }), 0);
    let quoted = timeline.rows(&Utc::default(), &[]).remove(2).reply_to.unwrap();
    assert_eq!(quoted.author, pictured("ann", 5));
}

#[test]
fn the_visitor_looks_as_presence_and_the_confirmed_profile_say() {
    let mut timeline = room(1..=1, false);
    // What the page state says of the visitor has no appearance.
    timeline.apply(ServerMessage::Message(pictured_message(2, "me", 3)), 0);
    assert_eq!(timeline.me_as_known(), pictured("me", 3));
    let me = person("me").id;
    assert!(timeline.set_appearance(&me, pictured("me", 4).appearance));
    assert!(!timeline.set_appearance(&me, pictured("me", 4).appearance));
    assert_eq!(timeline.me_as_known(), pictured("me", 4));
    // Without a picture, too, although the room is too large for presence to name the visitor.
    assert!(timeline.set_appearance(&me, pictured("me", 0).appearance));
    assert_eq!(timeline.me_as_known(), pictured("me", 0));
    check_pictures(&timeline, &[0, 0]);
    timeline.apply(present(&[("me", 5)]), 0);
    assert_eq!((timeline.me(), timeline.me_as_known()), (&pictured("me", 5), pictured("me", 5)));
    post(&mut timeline, "hi");
    check_pictures(&timeline, &[0, 5, 5]);
}
