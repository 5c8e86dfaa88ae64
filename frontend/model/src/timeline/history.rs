//! Going about in the room's history: to older messages, to one that is far back, and to the newest again.
//!
//! Whoever goes far back reads a stretch that is apart from the newest one, with a gap between them. When they read on until
//! the two meet, they become one.

use shared_types::{ChatMessage, ClientMessage, HistoryRange, Seq};

use super::{REQUEST_TIMEOUT_MS, Timeline, message_range::MessageRange};

impl Timeline {
    /// The question for older messages, when there are any and nothing else was asked about the history.
    pub fn request_older(&mut self) -> Option<ClientMessage> {
        let before = self.shown().first().filter(|_| self.more())?;
        self.request_history(HistoryRange::Before(before))
    }

    /// The question for newer messages, when the reader is apart from the newest ones.
    pub fn request_newer(&mut self) -> Option<ClientMessage> {
        let after = self.detached_range.as_ref()?.last()?;
        self.request_history(HistoryRange::After(after))
    }

    /// The reader wants to see a message, wherever it is. When [`Timeline::is_seeking`] ends it is shown, or not to be had.
    pub fn seek(&mut self, seq: Seq) {
        self.target = None;
        if self.newest_range.reaches_back_to(seq) {
            self.detached_range = None;
        } else if !self.detached_range.as_ref().is_some_and(|detached_range| detached_range.spans(seq)) {
            self.target = Some(seq);
        }
    }

    /// The question for the message that is sought. It goes before any other about the history.
    pub fn request_target(&mut self) -> Option<ClientMessage> {
        let around = HistoryRange::Around(self.target?);
        if self.history_request == Some(around) {
            return None;
        }
        self.history_request = None;
        self.request_history(around)
    }

    /// The question about the history that the server put off, when it is due.
    pub fn retry_history(&mut self, now: u64) -> Option<ClientMessage> {
        self.retry_history_at.take_if(|at| now >= *at)?;
        Some(ClientMessage::History { place: self.history_request? })
    }

    /// Time passed: a question about the history whose answer does not come is open again.
    pub fn expire_history(&mut self, now: u64) {
        // One that was put off has not been asked.
        if self.retry_history_at.is_some() {
            self.history_awaited = None;
            return;
        }
        let asked = self.history_request.map(|place| (place, now));
        self.history_awaited = self.history_awaited.filter(|(place, _)| self.history_request == Some(*place)).or(asked);
        if self.history_awaited.is_some_and(|(_, since)| now >= since + REQUEST_TIMEOUT_MS) {
            self.history_request = None;
            self.history_awaited = None;
        }
    }

    /// Whether a message that the reader wants to see is still to arrive.
    pub fn is_seeking(&self) -> bool {
        self.target.is_some()
    }

    /// The reader goes back to the newest messages.
    pub fn return_to_newest(&mut self) {
        self.target = None;
        self.detached_range = None;
    }

    /// Whether the reader is at a stretch that is apart from the newest messages.
    pub fn is_detached(&self) -> bool {
        self.detached_range.is_some()
    }

    /// Whether there are messages older than those shown.
    pub fn more(&self) -> bool {
        self.shown().more
    }

    /// Whether an answer with older messages is awaited.
    pub fn is_loading_older(&self) -> bool {
        matches!(self.history_request, Some(HistoryRange::Before(_)))
    }

    /// What the reader sees of the room.
    pub(super) fn shown(&self) -> &MessageRange {
        self.detached_range.as_ref().unwrap_or(&self.newest_range)
    }

    /// A stretch of the history arrived. One that nobody waits for any more would leave a gap in what is shown.
    pub(super) fn on_history(
        &mut self,
        place: Option<HistoryRange>,
        messages: Vec<ChatMessage>,
        more: bool,
        newer: bool,
    ) {
        // An older server does not say which stretch it is, and can tell of older messages only.
        let Some(asked) = self.history_request.filter(|asked| place.is_none_or(|place| place == *asked)) else {
            return;
        };
        self.history_request = None;
        match asked {
            HistoryRange::Before(seq) if self.shown().first() == Some(seq) => {
                self.detached_range.as_mut().unwrap_or(&mut self.newest_range).more = more && !messages.is_empty();
                self.insert_all(messages);
            }
            HistoryRange::After(seq) if self.detached_range.as_ref().and_then(MessageRange::last) == Some(seq) => {
                let ends = !newer || messages.is_empty();
                self.insert_all(messages);
                self.join_up(ends);
            }
            HistoryRange::Around(seq) if self.target == Some(seq) && !messages.is_empty() => {
                self.detached_range = Some(MessageRange { messages: Vec::new(), more });
                self.insert_all(messages);
                self.join_up(!newer);
            }
            HistoryRange::Before(_) | HistoryRange::After(_) | HistoryRange::Around(_) => {}
        }
        if let HistoryRange::Around(seq) = asked {
            self.target.take_if(|target| *target == seq);
        }
        // The answer may have been made before them.
        let late = std::mem::take(&mut self.late_changes);
        late.into_iter().for_each(|message| self.insert_message(message));
    }

    /// The server could not tell about the history.
    pub(super) fn on_history_error(&mut self) {
        if let Some(HistoryRange::Around(_)) = self.history_request.take() {
            self.target = None;
        }
    }

    fn request_history(&mut self, place: HistoryRange) -> Option<ClientMessage> {
        if self.history_request.is_some() {
            return None;
        }
        self.history_request = Some(place);
        self.retry_history_at = None;
        Some(ClientMessage::History { place })
    }

    /// Puts messages into what is shown.
    fn insert_all(&mut self, messages: Vec<ChatMessage>) {
        for message in messages {
            let seq = message.seq;
            self.confirm(&message);
            self.detached_range.as_mut().unwrap_or(&mut self.newest_range).insert(message);
            self.confirm_changes(seq);
        }
    }

    /// Makes the stretch that is apart part of the newest one, if nothing is missing between them.
    fn join_up(&mut self, ends: bool) {
        let meets = |detached_range: &MessageRange| ends || detached_range.last() >= self.newest_range.first();
        let Some(detached_range) = self.detached_range.take_if(|detached_range| meets(detached_range)) else { return };
        let newest = std::mem::replace(&mut self.newest_range, detached_range);
        newest.messages.into_iter().for_each(|message| self.newest_range.insert(message));
    }
}
