//! Tests of the start of days and groups.

use super::*;

/// One letter for each row: D for the first of a day, H for the first of a group, a dot inside a group.
fn grouping(messages: impl IntoIterator<Item = ChatMessage>) -> String {
    let mut timeline = room(1..=1, false);
    for message in messages {
        timeline.apply(ServerMessage::Message(message), 0);
    }
    let letter = |row: Row| match (row.day, row.starts_group) {
        (Some(_), _) => 'D',
        (None, true) => 'H',
        (None, false) => '.',
    };
    timeline.rows(&Utc::default(), &[]).into_iter().map(letter).collect()
}

#[test]
fn messages_of_one_author_form_a_group() {
    assert_eq!(
        grouping([message_by(2, "bob"), message_by(3, "ann"), message_by(4, "ann"), message_by(5, "bob")]),
        "D.H.H"
    );
}

#[test]
fn a_pause_of_five_minutes_ends_a_group() {
    assert_eq!(grouping([message_by(5, "bob"), message_by(10, "bob")]), "D.H");
}

#[test]
fn another_name_starts_a_group() {
    let renamed = Person { name: "Robert".parse().unwrap(), ..person("bob") };
    assert_eq!(grouping([ChatMessage { author: renamed, ..message_by(2, "bob") }]), "DH");
}

#[test]
fn midnight_starts_a_day_and_a_group() {
    assert_eq!(grouping([message_by(24 * 60 - 1, "bob"), message_by(24 * 60, "bob")]), "DHD");
}

#[test]
fn a_slow_clock_keeps_an_own_message_on_the_same_day() {
    let mut timeline = room(1..=3_000, false);
    post(&mut timeline, "a");
    let rows = timeline.rows(&Utc::default(), &[]);
    assert_eq!(rows[3_000].day, None);
}
