//! Going about in the room's history: to older messages, to one that is far back, and to the newest again.
//!
//! Whoever goes far back reads a stretch that is apart from the newest one, with a gap between them. When they read on until
//! the two meet, they become one.

use shared_types::{ChatMessage, ClientMessage, HistoryRange, Seq};

use super::{ASK_AGAIN_MS, Timeline, stretch::Stretch};

impl Timeline {
    /// The question for older messages, when there are any and nothing else was asked about the history.
    pub fn ask_older(&mut self) -> Option<ClientMessage> {
        let before = self.shown().first().filter(|_| self.more())?;
        self.ask_about(HistoryRange::Before(before))
    }

    /// The question for newer messages, when the reader is apart from the newest ones.
    pub fn ask_newer(&mut self) -> Option<ClientMessage> {
        let after = self.apart.as_ref()?.last()?;
        self.ask_about(HistoryRange::After(after))
    }

    /// The reader wants to see a message, wherever it is. When [`Timeline::is_seeking`] ends it is shown, or not to be had.
    pub fn seek(&mut self, seq: Seq) {
        self.sought = None;
        if self.said.reaches_back_to(seq) {
            self.apart = None;
        } else if !self.apart.as_ref().is_some_and(|apart| apart.spans(seq)) {
            self.sought = Some(seq);
        }
    }

    /// The question for the message that is sought. It goes before any other about the history.
    pub fn ask_sought(&mut self) -> Option<ClientMessage> {
        let around = HistoryRange::Around(self.sought?);
        if self.asked_about == Some(around) {
            return None;
        }
        self.asked_about = None;
        self.ask_about(around)
    }

    /// The question about the history that the server put off, when it is due.
    pub fn ask_history_again(&mut self, now: u64) -> Option<ClientMessage> {
        self.asked_again_at.take_if(|at| now >= *at)?;
        Some(ClientMessage::History { place: self.asked_about? })
    }

    /// Time passed: a question about the history whose answer does not come is open again.
    pub fn expire_history(&mut self, now: u64) {
        // One that was put off has not been asked.
        if self.asked_again_at.is_some() {
            self.awaited = None;
            return;
        }
        let asked = self.asked_about.map(|place| (place, now));
        self.awaited = self.awaited.filter(|(place, _)| self.asked_about == Some(*place)).or(asked);
        if self.awaited.is_some_and(|(_, since)| now >= since + ASK_AGAIN_MS) {
            self.asked_about = None;
            self.awaited = None;
        }
    }

    /// Whether a message that the reader wants to see is still to arrive.
    pub fn is_seeking(&self) -> bool {
        self.sought.is_some()
    }

    /// The reader goes back to the newest messages.
    pub fn return_to_newest(&mut self) {
        self.sought = None;
        self.apart = None;
    }

    /// Whether the reader is at a stretch that is apart from the newest messages.
    pub fn is_apart(&self) -> bool {
        self.apart.is_some()
    }

    /// Whether there are messages older than those shown.
    pub fn more(&self) -> bool {
        self.shown().more
    }

    /// Whether an answer with older messages is awaited.
    pub fn loading(&self) -> bool {
        matches!(self.asked_about, Some(HistoryRange::Before(_)))
    }

    /// What the reader sees of the room.
    pub(super) fn shown(&self) -> &Stretch {
        self.apart.as_ref().unwrap_or(&self.said)
    }

    /// A stretch of the history arrived. One that nobody waits for any more would leave a gap in what is shown.
    pub(super) fn hear_history(
        &mut self,
        place: Option<HistoryRange>,
        messages: Vec<ChatMessage>,
        more: bool,
        newer: bool,
    ) {
        // An older server does not say which stretch it is, and can tell of older messages only.
        let Some(asked) = self.asked_about.filter(|asked| place.is_none_or(|place| place == *asked)) else { return };
        self.asked_about = None;
        match asked {
            HistoryRange::Before(seq) if self.shown().first() == Some(seq) => {
                self.apart.as_mut().unwrap_or(&mut self.said).more = more && !messages.is_empty();
                self.insert_all(messages);
            }
            HistoryRange::After(seq) if self.apart.as_ref().and_then(Stretch::last) == Some(seq) => {
                let ends = !newer || messages.is_empty();
                self.insert_all(messages);
                self.join_up(ends);
            }
            HistoryRange::Around(seq) if self.sought == Some(seq) && !messages.is_empty() => {
                self.apart = Some(Stretch { messages: Vec::new(), more });
                self.insert_all(messages);
                self.join_up(!newer);
            }
            HistoryRange::Before(_) | HistoryRange::After(_) | HistoryRange::Around(_) => {}
        }
        if let HistoryRange::Around(seq) = asked {
            self.sought.take_if(|sought| *sought == seq);
        }
        // The answer may have been made before them.
        let late = std::mem::take(&mut self.late);
        late.into_iter().for_each(|message| self.insert_known_stretch(message));
    }

    /// The server could not tell about the history.
    pub(super) fn refuse_history(&mut self) {
        if let Some(HistoryRange::Around(_)) = self.asked_about.take() {
            self.sought = None;
        }
    }

    fn ask_about(&mut self, place: HistoryRange) -> Option<ClientMessage> {
        if self.asked_about.is_some() {
            return None;
        }
        self.asked_about = Some(place);
        self.asked_again_at = None;
        Some(ClientMessage::History { place })
    }

    /// Puts messages into what is shown.
    fn insert_all(&mut self, messages: Vec<ChatMessage>) {
        for message in messages {
            let seq = message.seq;
            self.confirm(&message);
            self.apart.as_mut().unwrap_or(&mut self.said).put(message);
            self.confirm_changes(seq);
        }
    }

    /// Makes the stretch that is apart part of the newest one, if nothing is missing between them.
    fn join_up(&mut self, ends: bool) {
        let meets = |apart: &Stretch| ends || apart.last() >= self.said.first();
        let Some(apart) = self.apart.take_if(|apart| meets(apart)) else { return };
        let newest = std::mem::replace(&mut self.said, apart);
        newest.messages.into_iter().for_each(|message| self.said.put(message));
    }
}
