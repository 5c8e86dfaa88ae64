//! Where a day and a group of messages begins.

use super::*;

/// One letter a row: D where a day begins, H where a group does, a dot inside a group.
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
fn messages_of_one_author_stand_in_one_group() {
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
fn another_name_is_another_group() {
    let renamed = Person { name: "Robert".parse().unwrap(), ..person("bob") };
    assert_eq!(grouping([ChatMessage { author: renamed, ..message_by(2, "bob") }]), "DH");
}

#[test]
fn midnight_begins_a_day_and_a_group() {
    assert_eq!(grouping([message_by(24 * 60 - 1, "bob"), message_by(24 * 60, "bob")]), "DHD");
}

#[test]
fn a_slow_clock_does_not_put_an_own_message_on_another_day() {
    let mut timeline = room(1..=3_000, false);
    post(&mut timeline, "a");
    let rows = timeline.rows(&Utc::default(), &[]);
    assert_eq!(rows[3_000].day, None);
}
