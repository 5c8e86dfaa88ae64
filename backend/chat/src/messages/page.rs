//! A page: consecutive messages of a room, as many as fit one answer.

use std::collections::VecDeque;

use shared_types::{ChatMessage, HistoryRange, Rev, RoomName, Seq, limits};

use crate::{
    content::html_cache::HtmlCache,
    ports::{Result, messages::Messages},
};

/// Consecutive messages, oldest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) messages: Vec<ChatMessage>,
    /// Whether there are older ones.
    pub(crate) more: bool,
    /// Whether there are newer ones.
    pub(crate) newer: bool,
}

/// Maximum number of messages on each side of the `seq` that a page is about.
#[derive(Clone, Copy)]
struct Sides {
    older: usize,
    newer: usize,
}

/// Messages on both sides of a `seq`, as they were read. A [`Page`] is made of those that fit.
pub(crate) struct UnrenderedPage {
    /// Oldest first; the last one is next to the `seq`.
    older: Vec<ChatMessage>,
    /// Oldest first; the first one is next to the `seq`.
    newer: Vec<ChatMessage>,
    most: Sides,
}

impl UnrenderedPage {
    /// Reads the newest `limit` messages of a room.
    pub(crate) async fn newest(log: &dyn Messages, room: &RoomName, limit: usize) -> Result<Self> {
        let older = log.before(room, None, limit + 1).await?;
        Ok(Self { older, newer: Vec::new(), most: Sides { older: limit, newer: 0 } })
    }

    /// Reads up to `limit` messages about a `seq`, which may have no message.
    pub(crate) async fn about(log: &dyn Messages, room: &RoomName, place: HistoryRange, limit: usize) -> Result<Self> {
        // Where the older side ends and the newer one begins.
        let (at, most) = match place {
            HistoryRange::Before(seq) => (seq, Sides { older: limit, newer: 0 }),
            HistoryRange::After(Seq(seq)) => (Seq(seq.saturating_add(1)), Sides { older: 0, newer: limit }),
            HistoryRange::Around(seq) => (seq, Sides { older: limit / 2, newer: limit - limit / 2 }),
        };
        // One more on each side tells whether there are more.
        let (older, newer) = futures::try_join!(
            log.before(room, Some(at), most.older + 1),
            log.created_after(room, Rev(at.0.saturating_sub(1)), most.newer + 1)
        )?;
        Ok(Self { older, newer, most })
    }

    /// Takes what fits one answer from the middle outwards. It begins with the message that the page is around, so that one is always
    /// included. How large a message is shows only when it is rendered, so they are rendered one by one until one does not fit.
    pub(crate) fn render(self, html: &HtmlCache, room: &RoomName) -> Page {
        let Self { older, newer, most } = self;
        let (older_count, newer_count) = (older.len(), newer.len());
        let mut older = older.into_iter().rev().take(most.older).map(|message| (false, message));
        let mut newer = newer.into_iter().take(most.newer).map(|message| (true, message));
        let outwards = (0..most.older.max(most.newer)).flat_map(|_| [newer.next(), older.next()]).flatten();
        let (mut messages, mut bytes, mut older_taken, mut newer_taken) = (VecDeque::new(), 0, 0, 0);
        for (is_newer, message) in outwards {
            let message = html.with_html(room, message);
            bytes += json_bytes(&message);
            if bytes > limits::ANSWER_BYTES {
                break;
            }
            if is_newer {
                messages.push_back(message);
                newer_taken += 1;
            } else {
                messages.push_front(message);
                older_taken += 1;
            }
        }
        Page { messages: messages.into(), more: older_taken < older_count, newer: newer_taken < newer_count }
    }
}

/// Returns the bytes that a message takes in an answer.
///
/// The largest message fits one answer: 68,000 for text and HTML together (the worst case for JSON is half of it control characters),
/// 6,000 for its image, 42,000 for its reactions and 3,420 for its mentions are 119,420 of 126,976.
pub(crate) fn json_bytes(message: &ChatMessage) -> usize {
    // One byte more for the comma. A `ChatMessage` always serializes.
    serde_json::to_string(message).map_or(0, |json| json.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: u64) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": seq, "rev": seq, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": 1,
        }))
        .unwrap()
    }

    fn heavy(seq: u64) -> ChatMessage {
        ChatMessage { text: "語".repeat(4000).parse().ok(), ..message(seq) }
    }

    fn render(older: Vec<ChatMessage>, newer: Vec<ChatMessage>, most: Sides) -> Page {
        UnrenderedPage { older, newer, most }.render(&HtmlCache::new(0), &RoomName::lobby())
    }

    fn seqs(page: &Page) -> Vec<u64> {
        page.messages.iter().map(|message| message.seq.0).collect()
    }

    #[test]
    fn a_side_read_to_its_end_has_no_more() {
        let sides = Sides { older: 2, newer: 2 };
        let page = |older: &[u64], newer: &[u64]| {
            let [older, newer] = [older, newer].map(|side| side.iter().copied().map(message).collect());
            let page = render(older, newer, sides);
            (seqs(&page), page.more, page.newer)
        };
        assert_eq!(page(&[1, 2, 3], &[4, 5, 6]), (vec![2, 3, 4, 5], true, true));
        assert_eq!(page(&[2, 3], &[4, 5]), (vec![2, 3, 4, 5], false, false));
        assert_eq!(page(&[3], &[]), (vec![3], false, false));
        assert_eq!(page(&[], &[4, 5, 6]), (vec![4, 5], false, true));
        assert_eq!(page(&[], &[]), (vec![], false, false));
    }

    #[test]
    fn a_large_page_drops_messages_furthest_from_its_middle() {
        let count = limits::ANSWER_BYTES / json_bytes(&heavy(1));
        assert_eq!(count, 10, "so many fit");
        let [older, newer]: [Vec<_>; 2] = [(1..=20).map(heavy).collect(), (21..=40).map(heavy).collect()];
        for (older_most, newer_most, expected) in
            [(20, 0, (11..=20).collect()), (0, 20, (21..=30).collect()), (20, 20, (16..=25).collect::<Vec<u64>>())]
        {
            let most = Sides { older: older_most, newer: newer_most };
            let page = render(older.clone(), newer.clone(), most);
            assert_eq!((seqs(&page), page.more, page.newer), (expected, true, true));
            assert!(page.messages.iter().map(json_bytes).sum::<usize>() <= limits::ANSWER_BYTES);
        }
    }

    #[test]
    fn the_middle_message_is_always_in_the_page() {
        let older = (1..=20).map(heavy).collect();
        let page = render(older, vec![heavy(21)], Sides { older: 20, newer: 20 });
        assert!(seqs(&page).contains(&21) && page.more && !page.newer, "{:?}", seqs(&page));
    }

    #[test]
    fn a_page_renders_only_messages_that_fit() {
        let (older, newer) = ((1..=20).map(heavy).collect(), (21..=40).map(heavy).collect());
        let html = HtmlCache::new(0);
        let most = Sides { older: 20, newer: 20 };
        let page = UnrenderedPage { older, newer, most }.render(&html, &RoomName::lobby());
        assert_eq!(html.rendered(), page.messages.len() as u64 + 1, "the last one shows that the page is full");
    }
}
