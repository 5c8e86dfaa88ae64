//! What is new to the visitor.

use super::*;

/// What is new behind `line`, and the texts of the rows that are marked as the first of it.
fn news(timeline: &Timeline, line: u64) -> (Option<(u64, usize, bool)>, Vec<String>) {
    let mut rows = timeline.rows(&Utc::default(), &[]);
    let news = UnreadSummary::mark(&mut rows, Seq(line), timeline.more());
    let marked = rows.iter().filter(|row| row.first_new).map(|row| row.text.as_ref().unwrap().to_string());
    (news.map(|news| (news.from.0, news.count, news.more)), marked.collect())
}

#[test]
fn what_others_said_behind_the_line_is_new() {
    let timeline = room(1..=5, false);
    assert_eq!(news(&timeline, 3), (Some((4, 2, false)), vec!["bob 4".into()]));
    assert_eq!(news(&timeline, 5), (None, vec![]));
    assert_eq!(news(&timeline, 0), (Some((1, 5, false)), vec!["bob 1".into()]));
}

#[test]
fn what_the_visitor_said_is_not_new_and_neither_is_what_is_gone() {
    let mut timeline = room(1..=1, false);
    timeline.apply(ServerMessage::Message(message_by(2, "me")), 0);
    timeline.apply(ServerMessage::Message(ChatMessage { deleted: true, text: None, ..message_by(3, "bob") }), 0);
    timeline.apply(live(4), 0);
    post(&mut timeline, "mine");
    assert_eq!(news(&timeline, 1), (Some((4, 1, false)), vec!["bob 4".into()]));
}

#[test]
fn where_the_first_of_it_is_not_loaded_the_way_leads_to_the_last_that_was_read() {
    assert_eq!(news(&room(50..=52, true), 20), (Some((20, 3, true)), vec![]));
    assert_eq!(news(&room(50..=52, true), 50), (Some((51, 2, false)), vec!["bob 51".into()]));
    assert_eq!(news(&room(50..=52, false), 20), (Some((50, 3, false)), vec!["bob 50".into()]));
}
