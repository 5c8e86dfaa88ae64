//! Searches the history of a room by reading it backwards. There is no index, so search adds nothing to the cost of a send.

use std::sync::Arc;

use shared_types::{ChatMessage, RoomName, SearchText, Seq, ServerMessage, limits};
use unicode_normalization::UnicodeNormalization;

use crate::{
    content::markdown::with_html,
    messages::page::json_bytes,
    ports::{Result, messages::Messages},
};

/// Number of messages in one read. A whole search is five reads of about 10 ms each, and little of the last one is unused.
const PAGE: usize = 200;

/// Searches messages.
#[derive(Clone)]
pub struct MessageSearch {
    /// The log.
    pub messages: Arc<dyn Messages>,
}

/// The hits so far, newest first.
#[derive(Default)]
struct Found {
    messages: Vec<ChatMessage>,
    bytes: usize,
}

impl MessageSearch {
    /// Returns the messages before a `seq` that contain all words, newest first, as `found`. Reads at most [`limits::SEARCH_READ`]
    /// messages; the answer tells where to go on if the start of the room was not reached.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn search(&self, room: &RoomName, text: SearchText, before: Option<Seq>) -> Result<ServerMessage> {
        let words = Words::of(&text);
        let (mut found, mut position) = (Found::default(), before);
        for _ in 0..limits::SEARCH_READ / PAGE {
            if found.is_full() {
                break;
            }
            let page = self.messages.before(room, position, PAGE).await?;
            let is_last = page.len() < PAGE;
            for message in page.into_iter().rev() {
                let seq = message.seq;
                if found.is_full() || words.are_in(&message) && !found.take(message) {
                    return Ok(found.answer(text, position));
                }
                position = Some(seq);
            }
            if is_last {
                return Ok(found.answer(text, None));
            }
        }
        Ok(found.answer(text, position))
    }
}

impl Found {
    fn is_full(&self) -> bool {
        self.messages.len() >= limits::SEARCH_FOUND
    }

    /// Adds a message if it still fits the answer, and returns whether it did.
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

/// The words of a query, without regard to case and width.
struct Words(Vec<String>);

impl Words {
    fn of(text: &SearchText) -> Self {
        Self(folded(text.as_str()).split_whitespace().map(String::from).collect())
    }

    /// Returns whether a message contains all words in its text, its image description or its author's name.
    fn are_in(&self, message: &ChatMessage) -> bool {
        let text = message.text.as_ref().map(|text| folded(text.as_str()));
        let alt = message.image.as_ref().and_then(|image| image.alt.as_ref()).map(|alt| folded(alt.as_str()));
        let fields = [text, alt, Some(folded(message.author.name.as_str()))];
        let is_there = |word: &String| fields.iter().flatten().any(|field| field.contains(word));
        !message.deleted && self.0.iter().all(is_there)
    }
}

/// Folds width, composition and case.
fn folded(text: &str) -> String {
    // One character can expand to 18 (U+FDFA). Without the bound a thousand such texts would take a function seven seconds.
    text.nfkc().flat_map(char::to_lowercase).take(2 * limits::TEXT_CHARS).collect()
}
