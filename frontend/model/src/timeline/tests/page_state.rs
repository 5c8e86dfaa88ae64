//! The messages of a fetched page state, while no socket is open.

use super::*;

fn fetched(seqs: std::ops::RangeInclusive<u64>) -> PageState {
    PageState {
        language: Language::English,
        room: shared_types::RoomName::lobby(),
        you: person("me"),
        online: 1,
        up_to: Rev(*seqs.end()),
        messages: seqs.map(|seq| message_by(seq, "bob")).collect(),
        more: true,
        socket: "/ws".into(),
        ticket: String::new(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        restrictions: Restrictions::default(),
    }
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.rows(&Utc::default(), &[]).into_iter().filter_map(|row| row.seq).map(|seq| seq.0).collect()
}

#[test]
fn a_fetched_page_adds_new_messages_and_keeps_loaded_ones() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&fetched(4..=7));
    assert_eq!(seqs(&timeline), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(timeline.rev(), Rev(5), "changes of messages that are not on the page are still missing");
}

#[test]
fn a_fetched_page_after_a_gap_replaces_the_messages() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&fetched(7..=9));
    assert_eq!((seqs(&timeline), timeline.rev()), (vec![7, 8, 9], Rev(9)));
}

#[test]
fn an_old_page_changes_nothing() {
    let mut timeline = room(1..=5, true);
    timeline.apply_page(&fetched(1..=4));
    assert_eq!(seqs(&timeline), [1, 2, 3, 4, 5]);
}

#[test]
fn a_fetched_page_confirms_a_message_and_shows_changes() {
    let mut timeline = room(1..=5, true);
    post(&mut timeline, "hi");
    let mut page = fetched(4..=6);
    page.messages[2] = ChatMessage { nonce: "hi".parse().unwrap(), text: "hi".parse().ok(), ..message_by(6, "me") };
    page.messages[1] = ChatMessage { rev: Rev(7), deleted: true, text: None, ..message_by(5, "bob") };
    page.up_to = Rev(7);
    timeline.apply_page(&page);
    assert_eq!(shown(&timeline).last().map(String::as_str), Some("hi"));
    assert!(timeline.is_deleted(Seq(5)));
}
