//! Looking for messages of the room, as plain state: what was asked, what was found, and how far back that is.

mod excerpt;

use shared_types::{ChatMessage, ClientMessage, SearchText, Seq};

pub use excerpt::ExcerptPart;
pub use excerpt::excerpt;

/// A search. It is made by the server, a part of the room at a time.
#[derive(Debug, Default)]
pub struct Search {
    text: Option<SearchText>,
    found: Vec<ChatMessage>,
    progress: Progress,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is looked for.
    #[default]
    Idle,
    /// The messages before this one, or all, are to be looked at as soon as there is a socket.
    Queued(Option<Seq>),
    /// The server was asked for them.
    Requested(Option<Seq>),
    /// The messages before this one were not looked at.
    Partial(Seq),
    /// The beginning of the room is reached.
    Done,
    /// The server could not look at the messages before this one, or at any.
    Failed(Option<Seq>),
}

impl Search {
    /// Somebody looks for something else. White space is nothing.
    pub fn start(&mut self, text: &str) {
        *self = Self::default();
        if let Ok(text) = text.parse() {
            self.text = Some(text);
            self.progress = Progress::Queued(None);
        }
    }

    /// Somebody wants to see what is further back, or to have a part looked at again that could not be.
    pub fn continue_search(&mut self) {
        match self.progress {
            Progress::Partial(before) => self.progress = Progress::Queued(Some(before)),
            Progress::Failed(before) => self.progress = Progress::Queued(before),
            _ => {}
        }
    }

    /// What is to be said now that there is a socket.
    pub fn take_request(&mut self) -> Option<ClientMessage> {
        let Progress::Queued(before) = self.progress else { return None };
        self.progress = Progress::Requested(before);
        Some(ClientMessage::Search { text: self.text.clone()?, before })
    }

    /// The server's answer; one to an older question says nothing.
    pub fn on_results(&mut self, text: &SearchText, messages: Vec<ChatMessage>, before: Option<Seq>) {
        let Progress::Requested(from) = self.progress else { return };
        let goes_on = |seq: Seq| from.is_none_or(|from| seq < from);
        let fits = messages.iter().all(|message| goes_on(message.seq)) && before.is_none_or(goes_on);
        if self.text.as_ref() == Some(text) && fits {
            self.found.extend(messages);
            self.progress = before.map_or(Progress::Done, Progress::Partial);
        }
    }

    /// The server could not do it.
    pub fn on_error(&mut self) {
        if let Progress::Requested(before) = self.progress {
            self.progress = Progress::Failed(before);
        }
    }

    /// The socket is gone, and the answer with it: the question waits for the next one.
    pub fn on_disconnect(&mut self) {
        if let Progress::Requested(before) = self.progress {
            self.progress = Progress::Queued(before);
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// What was found so far, newest first.
    pub fn found(&self) -> &[ChatMessage] {
        &self.found
    }

    /// What is looked for.
    pub fn text(&self) -> &str {
        self.text.as_ref().map_or("", SearchText::as_str)
    }
}

#[cfg(test)]
mod tests;
