//! The window of messages that the page draws.
//!
//! Every drawn message costs memory and layout. So a reader who goes far back keeps only the messages around what they
//! read; the others are loaded again on the way.

use shared_types::Seq;

use super::{Timeline, message_range::MessageRange};

/// Maximum number of messages that are drawn.
const MAX_SHOWN: usize = 300;
/// Number of messages that stay when there are more.
const KEPT: usize = 200;

/// Number of messages that a page should show, where the room has as many.
const MIN_ROWS: usize = 20;

impl Timeline {
    /// Whether so many of the loaded messages are replies in threads that the page shows few, and older ones should be loaded. Not if that
    /// would fill the window.
    pub fn is_sparse(&self) -> bool {
        let loaded = &self.shown().messages;
        let few = || loaded.iter().filter(|message| message.is_in_room()).nth(MIN_ROWS - 1).is_none();
        !self.awaits_page && self.shown().more && (MIN_ROWS..KEPT).contains(&loaded.len()) && few()
    }

    /// Whether more messages are shown than should be drawn. An open history request needs the range that it extends.
    pub fn exceeds_window(&self) -> bool {
        self.shown().messages.len() > MAX_SHOWN && self.history_request.is_none()
    }

    /// Keeps the messages around the first visible one, `reading`, or the newest ones for a reader at the end. A message that the
    /// reader goes to counts as visible.
    pub fn limit_window(&mut self, reading: Option<Seq>) {
        let reading = self.unseen_target.filter(|seq| self.shown().spans(*seq)).or(reading);
        let messages = &self.shown().messages;
        let count = messages.len();
        let reading = reading.map_or(count, |seq| messages.partition_point(|message| message.seq < seq));
        let start = reading.saturating_sub(KEPT / 2).min(count.saturating_sub(KEPT));
        let end = (start + KEPT).min(count);
        match &mut self.detached_range {
            Some(range) => {
                range.messages.truncate(end);
                range.drop_before(start);
            }
            None if end == count => self.newest_range.drop_before(start),
            None => {
                let more = self.newest_range.more || start > 0;
                let messages = self.newest_range.messages[start..end].to_vec();
                self.detached_range = Some(MessageRange { messages, more });
                // The ranges meet, so that the way back needs no connection.
                self.newest_range.drop_before((count - KEPT).min(end - 1));
            }
        }
    }
}

impl MessageRange {
    /// Drops the messages before an index. They are then older messages that are not loaded.
    fn drop_before(&mut self, index: usize) {
        self.more |= index > 0;
        self.messages.drain(..index);
    }
}
