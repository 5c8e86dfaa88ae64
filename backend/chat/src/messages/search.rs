//! Search in a room's history. It reads the history backwards until the answer is full. There is no search index, so a send
//! costs nothing more.

use std::sync::Arc;

use shared_types::{ChatMessage, RoomName, SearchText, Seq, ServerMessage, limits};
use unicode_normalization::UnicodeNormalization;

use crate::{
    content::markdown::with_html,
    messages::page::json_bytes,
    ports::{Result, messages::Messages},
};

/// Number of messages of one read. A whole search is five reads of about 10 ms each, and a search that ends early reads few
/// messages too many.
const PAGE: usize = 200;

/// Answers `search`.
pub struct MessageSearch {
    /// The message log.
    pub messages: Arc<dyn Messages>,
}

/// The hits so far, newest first.
#[derive(Default)]
struct SearchHits {
    messages: Vec<ChatMessage>,
    bytes: usize,
}

impl MessageSearch {
    /// Returns the messages before `before` that contain all words of `text`, newest first: `found`. It reads at most
    /// [`limits::SEARCH_READ`] messages. The answer names where to continue, unless the search reached the room's first
    /// message.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer.
    pub async fn search(&self, room: &RoomName, text: SearchText, before: Option<Seq>) -> Result<ServerMessage> {
        let words = SearchWords::of(&text);
        let (mut hits, mut position) = (SearchHits::default(), before);
        for _ in 0..limits::SEARCH_READ / PAGE {
            if hits.is_full() {
                break;
            }
            let page = self.messages.before(room, position, PAGE).await?;
            let is_last = page.len() < PAGE;
            for message in page.into_iter().rev() {
                let seq = message.seq;
                if hits.is_full() || words.match_message(&message) && !hits.add_if_fits(message) {
                    return Ok(hits.into_answer(text, position));
                }
                position = Some(seq);
            }
            if is_last {
                return Ok(hits.into_answer(text, None));
            }
        }
        Ok(hits.into_answer(text, position))
    }
}

impl SearchHits {
    fn is_full(&self) -> bool {
        self.messages.len() >= limits::SEARCH_FOUND
    }

    /// Adds a message if it still fits the answer. Returns whether it did.
    fn add_if_fits(&mut self, message: ChatMessage) -> bool {
        let message = with_html(message);
        self.bytes += json_bytes(&message);
        let fits = self.bytes <= limits::ANSWER_BYTES;
        if fits {
            self.messages.push(message);
        }
        fits
    }

    fn into_answer(self, text: SearchText, before: Option<Seq>) -> ServerMessage {
        ServerMessage::Found { text, messages: self.messages, before }
    }
}

/// The words of a search, normalized by [`normalized`].
struct SearchWords(Vec<String>);

impl SearchWords {
    fn of(text: &SearchText) -> Self {
        Self(normalized(text.as_str()).split_whitespace().map(String::from).collect())
    }

    /// Returns whether a message contains each word, in its text, in its image's description or in its author's name.
    fn match_message(&self, message: &ChatMessage) -> bool {
        let text = message.text.as_ref().map(|text| normalized(text.as_str()));
        let alt = message.image.as_ref().and_then(|image| image.alt.as_ref()).map(|alt| normalized(alt.as_str()));
        let fields = [text, alt, Some(normalized(message.author.name.as_str()))];
        let is_found = |word: &String| fields.iter().flatten().any(|field| field.contains(word));
        !message.deleted && self.0.iter().all(is_found)
    }
}

/// Makes full and half width, composed and decomposed, upper and lower case letters the same.
fn normalized(text: &str) -> String {
    // NFKC may turn one letter into 18 (U+FDFA). Without a limit, a thousand texts of such letters would take a Lambda seven
    // seconds.
    text.nfkc().flat_map(char::to_lowercase).take(2 * limits::TEXT_CHARS).collect()
}
