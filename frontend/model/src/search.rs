//! A search in the room: its text, its results, and how far back it has looked.

mod excerpt;

use shared_types::{ChatMessage, ClientMessage, SearchText, Seq};

pub use excerpt::ExcerptPart;
pub use excerpt::excerpt;
pub(crate) use excerpt::{fold, parts_of};

/// A search. The server searches a part of the room with each request.
#[derive(Debug, Default)]
pub struct Search {
    text: Option<SearchText>,
    found: Vec<ChatMessage>,
    progress: Progress,
}

/// The progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Not started.
    #[default]
    Idle,
    /// Messages before this one, or the newest, are searched as soon as there is a socket.
    Queued(Option<Seq>),
    /// The request was sent.
    Requested(Option<Seq>),
    /// Messages before this one were not searched.
    Partial(Seq),
    /// The whole room was searched.
    Done,
    /// The request for messages before this one, or the newest, failed.
    Failed(Option<Seq>),
}

impl Search {
    /// Starts a search. White space clears it.
    pub fn start(&mut self, text: &str) {
        *self = Self::default();
        if let Ok(text) = text.parse() {
            self.text = Some(text);
            self.progress = Progress::Queued(None);
        }
    }

    /// Searches further back, or repeats the failed request.
    pub fn continue_search(&mut self) {
        match self.progress {
            Progress::Partial(before) => self.progress = Progress::Queued(Some(before)),
            Progress::Failed(before) => self.progress = Progress::Queued(before),
            _ => {}
        }
    }

    /// Returns the request to send, once.
    pub fn take_request(&mut self) -> Option<ClientMessage> {
        let Progress::Queued(before) = self.progress else { return None };
        self.progress = Progress::Requested(before);
        Some(ClientMessage::Search { text: self.text.clone()?, before })
    }

    /// Results have arrived. An answer to an older request is dropped.
    pub fn on_results(&mut self, text: &SearchText, messages: Vec<ChatMessage>, before: Option<Seq>) {
        let Progress::Requested(from) = self.progress else { return };
        let goes_on = |seq: Seq| from.is_none_or(|from| seq < from);
        let fits = messages.iter().all(|message| goes_on(message.seq)) && before.is_none_or(goes_on);
        if self.text.as_ref() == Some(text) && fits {
            self.found.extend(messages);
            self.progress = before.map_or(Progress::Done, Progress::Partial);
        }
    }

    /// The server answered with an error.
    pub fn on_error(&mut self) {
        if let Progress::Requested(before) = self.progress {
            self.progress = Progress::Failed(before);
        }
    }

    /// The socket is lost: the request is repeated on the next one.
    pub fn on_disconnect(&mut self) {
        if let Progress::Requested(before) = self.progress {
            self.progress = Progress::Queued(before);
        }
    }

    /// The progress.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The results so far, newest first.
    pub fn found(&self) -> &[ChatMessage] {
        &self.found
    }

    /// The text of the search.
    pub fn text(&self) -> &str {
        self.text.as_ref().map_or("", SearchText::as_str)
    }
}

#[cfg(test)]
mod tests;
