//! Searching a room's history: it is read backwards until there is enough to answer with. Nothing is kept for it, so a send
//! costs what it did.

use std::sync::Arc;

use shared_types::{ChatMessage, RoomName, SearchText, Seq, ServerMessage, limits};
use unicode_normalization::UnicodeNormalization;

use crate::{
    content::markdown::with_html,
    messages::page::json_bytes,
    ports::{Result, messages::Messages},
};

/// Messages that are read at a time: a whole search is five reads of some 10 ms each, and what it does not need of the last of
/// them is not much.
const PAGE: usize = 200;

/// The rule of searching.
pub struct MessageSearch {
    /// The log.
    pub messages: Arc<dyn Messages>,
}

/// What was found so far, newest first.
#[derive(Default)]
struct Found {
    messages: Vec<ChatMessage>,
    bytes: usize,
}

impl MessageSearch {
    /// The messages before a place that have all these words, newest first: `found`. It reads [`limits::SEARCH_READ`] messages
    /// at most, and says where to go on if it did not come to the room's beginning.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn search(&self, room: &RoomName, text: SearchText, before: Option<Seq>) -> Result<ServerMessage> {
        let words = Words::of(&text);
        let (mut found, mut place) = (Found::default(), before);
        for _ in 0..limits::SEARCH_READ / PAGE {
            if found.is_full() {
                break;
            }
            let page = self.messages.before(room, place, PAGE).await?;
            let is_last = page.len() < PAGE;
            for message in page.into_iter().rev() {
                let seq = message.seq;
                if found.is_full() || words.are_in(&message) && !found.take(message) {
                    return Ok(found.answer(text, place));
                }
                place = Some(seq);
            }
            if is_last {
                return Ok(found.answer(text, None));
            }
        }
        Ok(found.answer(text, place))
    }
}

impl Found {
    fn is_full(&self) -> bool {
        self.messages.len() >= limits::SEARCH_FOUND
    }

    /// Takes one more if it still fits the answer; answers whether it did.
    fn take(&mut self, message: ChatMessage) -> bool {
        let message = with_html(message);
        self.bytes += json_bytes(&message);
        let fits = self.bytes <= limits::ANSWER_BYTES;
        if fits {
            self.messages.push(message);
        }
        fits
    }

    fn answer(self, text: SearchText, before: Option<Seq>) -> ServerMessage {
        ServerMessage::Found { text, messages: self.messages, before }
    }
}

/// What is looked for, without regard to case and width.
struct Words(Vec<String>);

impl Words {
    fn of(text: &SearchText) -> Self {
        Self(folded(text.as_str()).split_whitespace().map(String::from).collect())
    }

    /// Whether a message has them all, in its text, in what is to be seen on its image, or in its author's name.
    fn are_in(&self, message: &ChatMessage) -> bool {
        let text = message.text.as_ref().map(|text| folded(text.as_str()));
        let alt = message.image.as_ref().and_then(|image| image.alt.as_ref()).map(|alt| folded(alt.as_str()));
        let places = [text, alt, Some(folded(message.author.name.as_str()))];
        let is_there = |word: &String| places.iter().flatten().any(|place| place.contains(word));
        !message.deleted && self.0.iter().all(is_there)
    }
}

/// Full and half width, composed and decomposed, capital and small letters become the same.
fn folded(text: &str) -> String {
    // One letter may stand for 18 (U+FDFA), so that a thousand texts of nothing else would take a Lambda seven seconds.
    text.nfkc().flat_map(char::to_lowercase).take(2 * limits::TEXT_CHARS).collect()
}
