//! Searches the history of a room by reading it backwards. There is no index, so search adds nothing to the cost of a send.

use std::{iter, sync::Arc};

use shared_types::{ChatImage, ChatMessage, RoomName, SearchText, Seq, ServerMessage, limits};

use crate::{
    content::{folding::folded, html_cache::HtmlCache},
    cpu::{CpuClient, yield_processor},
    messages::{page::json_bytes, renderer::MessageRenderer},
    ports::{Result, messages::Messages},
};

/// Number of messages in one read. A whole search is five reads of about 10 ms each, and little of the last one is unused.
const PAGE: usize = 200;

/// Searches messages.
#[derive(Clone)]
pub struct MessageSearch {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// Renders the hits, and gives turns to the clients.
    pub renderer: MessageRenderer,
}

/// A search that has not ended.
struct Search {
    room: RoomName,
    words: Words,
    found: Found,
    /// The oldest message that was looked at.
    position: Option<Seq>,
}

/// The hits so far, newest first.
#[derive(Default)]
struct Found {
    messages: Vec<ChatMessage>,
    bytes: usize,
}

impl MessageSearch {
    /// Returns the messages before a `seq` that contain all words, newest first, as `found`. Reads at most [`limits::SEARCH_READ`]
    /// messages; the answer tells where to go on if the start of the room was not reached. Each read is a turn of the client, so that
    /// others go on between two reads.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn search(
        &self,
        room: &RoomName,
        text: SearchText,
        before: Option<Seq>,
        client: &CpuClient,
    ) -> Result<ServerMessage> {
        let words = Words::of(&text);
        let mut search = Search { room: room.clone(), words, found: Found::default(), position: before };
        for _ in 0..limits::SEARCH_READ / PAGE {
            if search.found.is_full() {
                break;
            }
            let turn = self.renderer.turn(client).await;
            let page = self.messages.before(room, search.position, PAGE).await?;
            let is_last = page.len() < PAGE;
            let is_complete;
            (search, is_complete) = turn.run("searching messages", move |html| search.step(page, html)).await?;
            if is_complete {
                break;
            }
            if is_last {
                search.position = None;
                break;
            }
        }
        let Search { found, position, .. } = search;
        Ok(ServerMessage::Found { text, messages: found.messages, before: position })
    }
}

impl Search {
    /// Looks for the words in messages, newest first. Returns whether the answer is complete.
    fn step(mut self, page: Vec<ChatMessage>, html: &HtmlCache) -> (Self, bool) {
        for message in page.into_iter().rev() {
            yield_processor();
            let seq = message.seq;
            if self.found.is_full() || self.words.are_in(&message) && !self.found.take(message, &self.room, html) {
                return (self, true);
            }
            self.position = Some(seq);
        }
        (self, false)
    }
}

impl Found {
    fn is_full(&self) -> bool {
        self.messages.len() >= limits::SEARCH_FOUND
    }

    /// Adds a message if it still fits the answer, and returns whether it did.
    fn take(&mut self, message: ChatMessage, room: &RoomName, html: &HtmlCache) -> bool {
        let message = html.with_html(room, message);
        self.bytes += json_bytes(&message);
        let fits = self.bytes <= limits::ANSWER_BYTES;
        if fits {
            self.messages.push(message);
        }
        fits
    }
}

/// The words of a query, folded.
struct Words(Vec<String>);

impl Words {
    fn of(text: &SearchText) -> Self {
        Self(folded(text.as_str()).split_whitespace().map(String::from).collect())
    }

    /// Returns whether a message contains all words in its text, the descriptions of its images, the options of its poll or its author's name.
    fn are_in(&self, message: &ChatMessage) -> bool {
        let text = message.text.as_ref().map(|text| text.as_str());
        let images = message.image.iter().flat_map(ChatImage::all);
        let alts = images.filter_map(|image| image.alt.as_ref()).map(|alt| alt.as_str());
        let mut missing: Vec<&str> = self.0.iter().map(String::as_str).collect();
        let options = message.poll.iter().flat_map(|poll| &poll.options).map(|option| option.text.as_str());
        // The shortest first: a text is not folded for words that the name has.
        for field in iter::once(message.author.name.as_str()).chain(alts).chain(options).chain(text) {
            // What is folded from ASCII is ASCII, so it contains no other word.
            if !missing.iter().all(|word| field.is_ascii() && !word.is_ascii()) {
                let field = folded(field);
                missing.retain(|word| !field.contains(word));
            }
        }
        // A query of nothing but marks has no words.
        !message.deleted && missing.is_empty() && !self.0.is_empty()
    }
}
