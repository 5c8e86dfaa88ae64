//! Tests of unread messages.

use super::*;

/// The unread messages after `line`, and the texts of the rows that are marked as the first unread one.
fn unread(timeline: &Timeline, line: u64) -> (Option<(u64, usize, bool)>, Vec<String>) {
    let mut rows = timeline.rows(&Utc::default(), &[]);
    let unread = UnreadSummary::mark(&mut rows, Seq(line), timeline.more());
    let marked = rows.iter().filter(|row| row.first_new).map(|row| row.text.as_ref().unwrap().to_string());
    (unread.map(|unread| (unread.from.0, unread.count, unread.more)), marked.collect())
}

#[test]
fn messages_of_others_after_the_line_are_unread() {
    let timeline = room(1..=5, false);
    assert_eq!(unread(&timeline, 3), (Some((4, 2, false)), vec!["bob 4".into()]));
    assert_eq!(unread(&timeline, 5), (None, vec![]));
    assert_eq!(unread(&timeline, 0), (Some((1, 5, false)), vec!["bob 1".into()]));
}

#[test]
fn own_and_deleted_messages_are_not_unread() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(message_by(2, "me")), 0);
    timeline.apply(ServerMessage::Message(ChatMessage { deleted: true, text: None, ..message_by(3, "bob") }), 0);
    timeline.apply(live(4), 0);
    post(&mut timeline, "mine");
    assert_eq!(unread(&timeline, 1), (Some((4, 1, false)), vec!["bob 4".into()]));
}

#[test]
fn with_a_gap_the_unread_link_leads_to_the_last_read() {
    assert_eq!(unread(&room(50..=52, true), 20), (Some((20, 3, true)), vec![]));
    assert_eq!(unread(&room(50..=52, true), 50), (Some((51, 2, false)), vec!["bob 51".into()]));
    assert_eq!(unread(&room(50..=52, false), 20), (Some((50, 3, false)), vec!["bob 50".into()]));
}
