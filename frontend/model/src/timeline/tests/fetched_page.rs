//! The messages of a fetched page state, while no socket is open.

use super::*;

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.rows(&Utc::default(), &[]).into_iter().filter_map(|row| row.seq).map(|seq| seq.0).collect()
}

#[test]
fn a_fetched_page_adds_new_messages_and_keeps_loaded_ones() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&page_state(4..=7, true));
    assert_eq!(seqs(&timeline), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(timeline.rev(), Rev(5), "changes of messages that are not on the page are still missing");
}

#[test]
fn a_fetched_page_after_a_gap_replaces_the_messages() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&page_state(7..=9, true));
    assert_eq!((seqs(&timeline), timeline.rev()), (vec![7, 8, 9], Rev(9)));
}

#[test]
fn an_old_page_changes_nothing() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&page_state(1..=4, true));
    assert_eq!(seqs(&timeline), [1, 2, 3, 4, 5]);
}

#[test]
fn a_fetched_page_confirms_a_message_and_shows_changes() {
    let mut timeline = room(1..=5, true);
    post(&mut timeline, "hi");
    let mut page = page_state(4..=6, true);
    page.messages[2] = ChatMessage { nonce: "hi".parse().unwrap(), text: "hi".parse().ok(), ..message_by(6, "me") };
    page.messages[1] = ChatMessage { rev: Rev(7), deleted: true, text: None, ..message_by(5, "bob") };
    page.up_to = Rev(7);
    timeline.apply_page(&page);
    assert_eq!(shown(&timeline).last().map(String::as_str), Some("hi"));
    assert!(timeline.is_deleted(Seq(5)));
}
