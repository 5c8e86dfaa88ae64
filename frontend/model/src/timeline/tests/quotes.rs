//! Tests of quotes: above the composer, in unsent replies and in the log.

use super::*;
use crate::composer_mode::ComposerMode;

/// The composer while a reply to a message is written.
fn reply_to(timeline: &Timeline, seq: u64) -> ComposerMode {
    let rows = timeline.rows(&Utc::default(), &[]);
    ComposerMode::reply(rows.into_iter().find(|row| row.seq == Some(Seq(seq))).unwrap()).unwrap()
}

fn deleted(seq: u64, rev: u64) -> ServerMessage {
    let message = ChatMessage { rev: Rev(rev), text: None, deleted: true, ..message_by(seq, "bob") };
    ServerMessage::Message(message)
}

fn draft(nonce: &str, reply_to: u64) -> Draft {
    let nonce = nonce.parse().unwrap();
    Draft { nonce, text: "my answer".parse().ok(), image: None, reply_to: Some(Seq(reply_to)), thread: None }
}

/// Returns the quotes of the rows: the quoted text of each row that has one.
fn quotes(timeline: &Timeline) -> Vec<Option<String>> {
    let rows = timeline.rows(&Utc::default(), &[]);
    rows.into_iter().filter_map(|row| Some(row.reply_to?.text.map(|text| text.to_string()))).collect()
}

#[test]
fn a_quote_disappears_with_its_message() {
    let mut timeline = room(1..=2, false);
    let mode = reply_to(&timeline, 1);
    assert_eq!(mode.refreshed(&timeline), None);
    timeline.apply(deleted(2, 3), 0);
    assert_eq!(mode.refreshed(&timeline), None, "another message");
    timeline.apply(deleted(1, 4), 0);
    assert_eq!(mode.refreshed(&timeline), Some(ComposerMode::New));
}

#[test]
fn a_quote_disappears_when_the_visitor_deletes_offline() {
    let mut timeline = room(1..=2, false);
    let mode = reply_to(&timeline, 1);
    timeline.post(draft("r", 1), 0);
    assert_eq!(quotes(&timeline), [Some("bob 1".into())]);
    timeline.change(Seq(1), Change::Delete, "d".parse().unwrap());
    assert_eq!(mode.refreshed(&timeline), Some(ComposerMode::New));
    assert_eq!(quotes(&timeline), []);
}

#[test]
fn an_edited_message_is_quoted_with_its_new_text() {
    let mut timeline = room(1..=2, false);
    let mode = reply_to(&timeline, 1);
    let edited = ChatMessage { rev: Rev(3), text: "without the secret".parse().ok(), ..message_by(1, "bob") };
    timeline.apply(ServerMessage::Message(edited), 0);
    let Some(ComposerMode::Reply(quote)) = mode.refreshed(&timeline) else { panic!("the quote is outdated") };
    assert_eq!(quote.text.unwrap().as_str(), "without the secret");
}

#[test]
fn a_formatted_message_is_quoted_without_its_marks() {
    let mut timeline = room(1..=2, false);
    let formatted = ChatMessage {
        rev: Rev(3),
        text: "**bold**\n`code`".parse().ok(),
        html: Some("<p><strong>bold</strong><br><code>code</code></p>".into()),
        ..message_by(1, "bob")
    };
    timeline.apply(ServerMessage::Message(formatted), 0);
    timeline.post(draft("r", 1), 0);
    assert_eq!(quotes(&timeline), [Some("bold code".into())]);
    assert_eq!(reply_to(&timeline, 1).refreshed(&timeline), None, "the composer quotes the same");
}

#[test]
fn the_text_of_a_quote_is_dropped_with_its_range() {
    let mut timeline = room(1..=2, false);
    let mode = reply_to(&timeline, 1);
    let newest = ServerMessage::Changes { messages: vec![message_by(50, "bob")], up_to: Rev(50), truncated: true };
    timeline.apply(newest, 0);
    let Some(ComposerMode::Reply(quote)) = mode.refreshed(&timeline) else { panic!("it may be deleted") };
    assert_eq!(quote.text, None);
    timeline.apply(deleted(1, 51), 0);
    assert_eq!(mode.refreshed(&timeline), Some(ComposerMode::New), "it is not loaded");
}

#[test]
fn an_unsent_reply_goes_out_without_its_deleted_quote() {
    let mut timeline = room(1..=2, false);
    timeline.post(draft("r", 1), 0);
    timeline.apply(deleted(1, 3), 0);
    let Some(ClientMessage::Send { text, reply_to, .. }) = timeline.next_message(0) else { panic!("it is sent") };
    assert_eq!((text.unwrap().as_str(), reply_to), ("my answer", None));
}
