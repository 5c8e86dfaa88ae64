//! Combines frames that wait for the same listener, so that several messages are one post.

use std::mem;

use shared_types::{RoomName, limits};

use crate::ports::connection_gateway::Frame;

/// Maximum size of a combined frame, in bytes. API Gateway charges posts in units of 32 KB, so a larger one would save nothing.
const BATCH_BYTES: usize = limits::FRAME_BYTES;

/// Returns these frames of a room in their order, with messages that follow each other in as few frames as possible. Only for clients that accept
/// `messages` frames.
pub(super) fn combine(room: &RoomName, frames: &[Frame]) -> Vec<Frame> {
    let (mut combined, mut waiting) = (Vec::new(), Waiting::default());
    for frame in frames {
        if frame.messages() == 0 {
            waiting.flush(room, &mut combined);
            combined.push(frame.clone());
            continue;
        }
        if waiting.bytes + frame.json().len() > BATCH_BYTES {
            waiting.flush(room, &mut combined);
        }
        waiting.bytes += frame.json().len();
        waiting.messages.push(frame);
    }
    waiting.flush(room, &mut combined);
    combined
}

/// Messages of the next combined frame.
#[derive(Default)]
struct Waiting<'a> {
    messages: Vec<&'a Frame>,
    /// Their size in frames of their own. It is more than in one frame: each has a type of 17 bytes, and the combined frame begins and ends
    /// with 33.
    bytes: usize,
}

impl Waiting<'_> {
    fn flush(&mut self, room: &RoomName, combined: &mut Vec<Frame>) {
        match mem::take(&mut self.messages).as_slice() {
            [] => {}
            [one] => combined.push(Frame::clone(one)),
            several => combined.push(Frame::of_messages(room, several.iter().copied())),
        }
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use shared_types::{ChatMessage, Person, Rev, RoomRules, Seq, ServerMessage, Timestamp};

    use super::*;

    fn message(seq: u64, text: &str) -> ChatMessage {
        ChatMessage {
            seq: Seq(seq),
            rev: Rev(seq),
            author: Person {
                id: "p1".parse().unwrap(),
                name: "Ann".parse().unwrap(),
                moderator: false,
                appearance: Default::default(),
            },
            nonce: "n-1".parse().unwrap(),
            text: text.parse().ok(),
            html: None,
            image: None,
            reply_to: None,
            mentions: Vec::new(),
            sent_at: Timestamp(1_700_000_000_000),
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

    fn read(frame: &Frame) -> ServerMessage {
        serde_json::from_slice(frame.json()).unwrap()
    }

    #[test]
    fn messages_that_follow_each_other_are_one_frame() {
        let messages: Vec<_> = (1..=4).map(|seq| message(seq, "\"生\" ]}")).collect();
        let rules = ServerMessage::Rules { rules: RoomRules::default() };
        let mut frames: Vec<_> = messages
            .iter()
            .cloned()
            .map(|one| Frame::of_room(&RoomName::lobby(), &ServerMessage::Message(one)))
            .collect();
        frames.insert(3, Frame::of_room(&RoomName::lobby(), &rules));
        let combined = combine(&RoomName::lobby(), &frames);
        let expected = [
            ServerMessage::Messages { messages: messages[..3].to_vec() },
            rules,
            ServerMessage::Message(messages[3].clone()),
        ];
        assert_eq!(combined.iter().map(read).collect::<Vec<_>>(), expected);
        assert_eq!(
            combined[0].json(),
            Frame::of_room(&RoomName::lobby(), &expected[0]).json(),
            "written as any other frame"
        );
        let counted = combined.iter().map(|frame| (frame.messages(), frame.rev()));
        assert_eq!(counted.collect::<Vec<_>>(), [(3, Some(Rev(1))), (0, None), (1, Some(Rev(4)))]);
    }

    #[test]
    fn a_combined_frame_has_the_size_of_one_price_unit_at_most() {
        let frames: Vec<_> =
            (1..=10).map(|seq| Frame::from(&ServerMessage::Message(message(seq, &"x".repeat(4_000))))).collect();
        let combined = combine(&RoomName::lobby(), &frames);
        assert_eq!(combined.iter().map(Frame::messages).collect::<Vec<_>>(), [7, 3]);
        assert!(combined.iter().all(|frame| frame.json().len() <= BATCH_BYTES));
    }
}
