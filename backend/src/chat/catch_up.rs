//! Catching up: what a client gets to see of the past, and up to which revision it then has everything.

use std::sync::Arc;

use shared_types::{ChatMessage, Rev, RoomName, Seq, ServerMessage, Timestamp, limits};

use super::HOLE_LIFE;
use crate::ports::{Clock, Messages, Result};

/// The rule of catching up.
pub struct CatchUp {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The most messages in one answer; never more than `limits::PAGE_MESSAGES`.
    pub page_size: usize,
}

/// A stretch of the order, oldest first.
pub(super) struct Page {
    pub(super) messages: Vec<ChatMessage>,
    pub(super) more: bool,
}

impl CatchUp {
    /// The newest page: `page` with `upTo`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn newest(&self, room: &RoomName) -> Result<ServerMessage> {
        let (page, up_to) = self.newest_page(room).await?;
        Ok(ServerMessage::Page { messages: page.messages, more: page.more, up_to: Some(up_to) })
    }

    /// The page before a place in the order: `page` without `upTo`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn before(&self, room: &RoomName, before: Seq) -> Result<ServerMessage> {
        let Page { messages, more } = self.page(room, Some(before)).await?;
        Ok(ServerMessage::Page { messages, more, up_to: None })
    }

    /// What changed after a revision: `changes`, whole, or `truncated` with the newest page instead.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn changes(&self, room: &RoomName, after: Rev) -> Result<ServerMessage> {
        let limit = self.limit();
        let messages = self.messages.changed_after(room, after, limit + 1).await?;
        if messages.len() > limit || total_bytes(&messages) > limits::ANSWER_BYTES {
            let (page, up_to) = self.newest_page(room).await?;
            return Ok(ServerMessage::Changes { messages: page.messages, up_to, truncated: true });
        }
        let up_to = settled(after, &messages, self.clock.now());
        Ok(ServerMessage::Changes { messages, up_to, truncated: false })
    }

    /// The newest page and the revision up to which it is everything.
    pub(super) async fn newest_page(&self, room: &RoomName) -> Result<(Page, Rev)> {
        let page = self.page(room, None).await?;
        // What lies before the page is history, not a gap.
        let before = page.messages.first().map_or(Rev(0), |oldest| Rev(oldest.seq.0.saturating_sub(1)));
        let before = if page.more { before } else { Rev(0) };
        let up_to = settled(before, &page.messages, self.clock.now());
        Ok((page, up_to))
    }

    async fn page(&self, room: &RoomName, before: Option<Seq>) -> Result<Page> {
        let limit = self.limit();
        let mut messages = self.messages.before(room, before, limit + 1).await?;
        let surplus = messages.len().saturating_sub(limit);
        let heavy = surplus_by_weight(&messages[surplus..]) + surplus;
        messages.drain(..heavy);
        Ok(Page { messages, more: heavy > 0 })
    }

    fn limit(&self) -> usize {
        self.page_size.clamp(1, limits::PAGE_MESSAGES)
    }
}

/// The revision up to which a client has everything that had everything up to `after` and is given `messages`.
///
/// A revision that no message has may still be on its way, so it is passed only when it is older than any send can
/// be: when a message behind it is.
fn settled(after: Rev, messages: &[ChatMessage], now: Timestamp) -> Rev {
    let mut revs: Vec<(Rev, Timestamp)> = messages.iter().map(|message| (message.rev, message.sent_at)).collect();
    revs.sort_unstable();
    let mut up_to = after;
    for (rev, at) in revs {
        let behind_a_hole = rev.0 > up_to.0 + 1;
        let old = u128::from(now.0.saturating_sub(at.0)) > HOLE_LIFE.as_millis();
        if behind_a_hole && !old {
            break;
        }
        up_to = up_to.max(rev);
    }
    up_to
}

/// How many of the oldest messages have to go so that the rest fits one answer.
fn surplus_by_weight(messages: &[ChatMessage]) -> usize {
    let mut bytes = 0;
    let fitting = messages.iter().rev().take_while(|message| {
        bytes += json_bytes(message);
        bytes <= limits::ANSWER_BYTES
    });
    messages.len() - fitting.count()
}

fn total_bytes(messages: &[ChatMessage]) -> usize {
    messages.iter().map(json_bytes).sum()
}

fn json_bytes(message: &ChatMessage) -> usize {
    // One byte more for the comma. A message of ours always has a JSON form; without one it weighs nothing.
    serde_json::to_string(message).map_or(0, |json| json.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 10_000_000_000;

    fn settled_with(after: u64, revs: &[(u64, u64)]) -> u64 {
        let messages: Vec<_> = revs.iter().map(|&(rev, age)| message(rev, age)).collect();
        settled(Rev(after), &messages, Timestamp(NOW)).0
    }

    fn message(rev: u64, age: u64) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": NOW - age,
        }))
        .unwrap()
    }

    #[test]
    fn with_nothing_new_a_client_has_what_it_had() {
        assert_eq!(settled_with(7, &[]), 7);
    }

    #[test]
    fn without_a_hole_a_client_has_everything_it_is_given() {
        assert_eq!(settled_with(7, &[(8, 0), (9, 0)]), 9);
    }

    #[test]
    fn a_young_hole_is_not_passed() {
        assert_eq!(settled_with(7, &[(8, 0), (10, 0)]), 8);
        assert_eq!(settled_with(7, &[(8, 0), (10, HOLE_LIFE.as_millis() as u64)]), 8);
    }

    #[test]
    fn an_old_hole_is_passed() {
        assert_eq!(settled_with(7, &[(8, NOW), (10, HOLE_LIFE.as_millis() as u64 + 1), (11, 0)]), 11);
    }

    #[test]
    fn an_answer_keeps_the_newest_messages_that_fit() {
        let heavy: Vec<_> =
            (1..=12).map(|rev| ChatMessage { text: "語".repeat(4000).parse().ok(), ..message(rev, 0) }).collect();
        assert!(total_bytes(&heavy) > limits::ANSWER_BYTES);
        let surplus = surplus_by_weight(&heavy);
        assert!(surplus > 0 && total_bytes(&heavy[surplus..]) <= limits::ANSWER_BYTES);
        assert!(total_bytes(&heavy[surplus - 1..]) > limits::ANSWER_BYTES);
    }
}
