mod changes;
mod fetched_page;
mod groups;
mod history;
mod log;
mod outgoing;
mod people;
mod quotes;
mod send_limits;
mod threads;
mod typing;
mod unread;
mod uploads;
mod window;

use shared_types::{
    AccessMode, ChatImage, ErrorCode, ImageType, Language, MoreImages, PersonName, Restrictions, RoomDetails,
    RoomRules, Timestamp,
};

use super::*;
use crate::calendar::Utc;

const MINUTE: u64 = 60_000;

fn person(id: &str) -> Person {
    Person { id: id.parse().unwrap(), name: id.parse().unwrap(), moderator: false, appearance: Default::default() }
}

/// A message of `author`, sent at minute `seq`.
fn message_by(seq: u64, author: &str) -> ChatMessage {
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
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    }
}

fn live(seq: u64) -> ServerMessage {
    ServerMessage::Message(message_by(seq, "bob"))
}

fn page(seqs: std::ops::RangeInclusive<u64>, more: bool) -> ServerMessage {
    history(HistoryRange::Before(Seq(seqs.end() + 1)), seqs, more, false)
}

/// The answer to a history request.
fn history(place: HistoryRange, seqs: std::ops::RangeInclusive<u64>, more: bool, newer: bool) -> ServerMessage {
    let messages = seqs.map(|seq| message_by(seq, "bob")).collect();
    ServerMessage::Page { place: Some(place), messages, more, newer, up_to: None }
}

fn changes(seqs: &[u64], up_to: u64) -> ServerMessage {
    let messages = seqs.iter().map(|&seq| message_by(seq, "bob")).collect();
    ServerMessage::Changes { messages, up_to: Rev(up_to), truncated: false }
}

/// The state of a page for "me" that has the messages `seqs`.
fn page_state(seqs: std::ops::RangeInclusive<u64>, more: bool) -> PageState {
    PageState {
        language: Language::English,
        room: shared_types::RoomName::lobby(),
        you: person("me"),
        online: 1,
        up_to: Rev(*seqs.end()),
        messages: seqs.map(|seq| message_by(seq, "bob")).collect(),
        more,
        socket: "/ws".into(),
        ticket: String::new(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        details: RoomDetails::default(),
        restrictions: Restrictions::default(),
        owner: false,
        chat_name: None,
    }
}

/// The timeline of "me" in a room whose page has the messages `seqs`.
fn room(seqs: std::ops::RangeInclusive<u64>, more: bool) -> Timeline {
    Timeline::new(&page_state(seqs, more))
}

/// The texts on the page, each with its delivery state.
fn shown(timeline: &Timeline) -> Vec<String> {
    let describe = |row: Row| {
        let text = row.text.map(|text| text.to_string()).unwrap_or_default();
        match row.state {
            DeliveryState::Sent => text,
            DeliveryState::Pending => format!("{text}…"),
            DeliveryState::Waiting => format!("{text}, held"),
            DeliveryState::Uploading(percent) => format!("{text} {percent} %"),
            DeliveryState::Failed(why) => format!("{text}! {why}"),
        }
    };
    timeline.rows(&Utc::default(), &[]).into_iter().map(describe).collect()
}

fn draft(nonce: &str) -> Draft {
    Draft { nonce: nonce.parse().unwrap(), text: nonce.parse().ok(), image: None, reply_to: None, thread: None }
}

fn post(timeline: &mut Timeline, nonce: &str) {
    timeline.post(draft(nonce), 10 * MINUTE);
}

/// The confirmation of the message `nonce` of "me" under the sequence number `seq`.
fn confirmed(seq: u64, nonce: &str) -> ServerMessage {
    let message = message_by(seq, "me");
    ServerMessage::Message(ChatMessage { nonce: nonce.parse().unwrap(), text: nonce.parse().ok(), ..message })
}

/// The frame with the message `nonce` of "me".
fn sent(nonce: &str) -> Option<ClientMessage> {
    Some(ClientMessage::Send {
        text: nonce.parse().ok(),
        nonce: nonce.parse().ok(),
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        poll: None,
        thread: None,
        in_room: false,
    })
}

fn refused(nonce: Option<&str>, action: &str, code: ErrorCode) -> ServerMessage {
    let nonce = nonce.map(|nonce| nonce.parse().unwrap());
    ServerMessage::Error { code, message: "No.".into(), action: Some(action.into()), nonce, retry_after: None }
}
