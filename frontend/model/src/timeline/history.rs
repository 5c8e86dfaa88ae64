//! Navigation in the history: older messages, a message far back, the newest messages.

use shared_types::{ChatMessage, ClientMessage, HistoryRange, PageState, Seq, limits};

use super::{REQUEST_TIMEOUT_MS, Timeline, message_range::MessageRange};

/// Maximum number of messages in the offline copy of a page: as many as in a page of the server.
const COPIED: usize = limits::PAGE_MESSAGES;

impl Timeline {
    /// The state of a page of the server that has the newest messages. It has no ticket.
    pub fn newest_page(&self, page: &PageState) -> PageState {
        let known = &self.newest_range.messages;
        let from = known.len().saturating_sub(COPIED);
        PageState {
            messages: known[from..].to_vec(),
            more: self.newest_range.more || from > 0,
            up_to: self.rev,
            ticket: String::new(),
            ..page.clone()
        }
    }

    /// The request for older messages, if there are any and no other history request is open.
    pub fn request_older(&mut self) -> Option<ClientMessage> {
        let before = self.shown().first().filter(|_| self.more())?;
        self.request_history(HistoryRange::Before(before))
    }

    /// Joins the detached range and the newest one, if nothing is missing between them. That needs no connection.
    pub fn join_ranges(&mut self) {
        // What changed in a range that is about to be loaded again is unknown.
        if self.target.is_none() {
            self.join_up(false);
        }
    }

    /// The request for newer messages, while a detached range is shown. After [`Timeline::join_ranges`], which may need none.
    pub fn request_newer(&mut self) -> Option<ClientMessage> {
        let after = self.detached_range.as_ref()?.last()?;
        self.request_history(HistoryRange::After(after))
    }

    /// Goes to a message. When [`Timeline::is_seeking`] becomes false, the message is shown or does not exist. It stays in the window
    /// until [`Timeline::on_target_seen`].
    pub fn seek(&mut self, seq: Seq) {
        self.unseen_target = Some(seq);
        self.target = None;
        if self.newest_range.reaches_back_to(seq) {
            self.detached_range = None;
        } else if !self.detached_range.as_ref().is_some_and(|detached_range| detached_range.spans(seq)) {
            self.target = Some(seq);
        }
    }

    /// The request for the message that is the target. It replaces any other history request.
    pub fn request_target(&mut self) -> Option<ClientMessage> {
        let around = HistoryRange::Around(self.target?);
        if self.history_request == Some(around) {
            return None;
        }
        self.history_request = None;
        self.request_history(around)
    }

    /// The history request that the server rate-limited, when it is due.
    pub fn retry_history(&mut self, now: u64) -> Option<ClientMessage> {
        self.retry_history_at.take_if(|at| now >= *at)?;
        Some(ClientMessage::History { place: self.history_request? })
    }

    /// Drops a history request that has timed out.
    pub fn expire_history(&mut self, now: u64) {
        // A rate-limited request has not been sent again yet.
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

    /// Whether the target is not loaded yet.
    pub fn is_seeking(&self) -> bool {
        self.target.is_some()
    }

    /// The message that the reader goes to, until they see it.
    pub fn unseen_target(&self) -> Option<Seq> {
        self.unseen_target
    }

    /// The page has scrolled to the message that the reader went to, or there is no such message.
    pub fn on_target_seen(&mut self) {
        self.unseen_target = None;
    }

    /// Sets the first visible message. A range whose changes are unknown is loaded again around it.
    pub fn set_first_visible(&mut self, seq: Option<Seq>) {
        self.first_visible = seq;
    }

    /// The message around which the detached range is loaded again: the first visible one, or the middle one.
    pub(super) fn reload_target(&self) -> Option<Seq> {
        let range = self.detached_range.as_ref()?;
        let middle = || Some(range.messages.get(range.messages.len() / 2)?.seq);
        self.first_visible.filter(|seq| range.spans(*seq)).or_else(middle)
    }

    /// Returns to the newest messages.
    pub fn return_to_newest(&mut self) {
        self.unseen_target = None;
        self.target = None;
        self.detached_range = None;
    }

    /// Whether a detached range is shown.
    pub fn is_detached(&self) -> bool {
        self.detached_range.is_some()
    }

    /// Whether there are messages older than those shown, as far as the page knows.
    pub fn more(&self) -> bool {
        self.awaits_page || self.shown().more
    }

    /// Whether older messages are being loaded.
    pub fn is_loading_older(&self) -> bool {
        self.awaits_page || matches!(self.history_request, Some(HistoryRange::Before(_)))
    }

    /// The range that is shown.
    pub(super) fn shown(&self) -> &MessageRange {
        self.detached_range.as_ref().unwrap_or(&self.newest_range)
    }

    /// A range of the history has arrived. An answer to an outdated request is dropped, because it would leave a gap.
    pub(super) fn on_history(
        &mut self,
        place: Option<HistoryRange>,
        messages: Vec<ChatMessage>,
        more: bool,
        newer: bool,
    ) {
        // An older server does not name the range, and only knows requests for older messages.
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
        // These changes may be newer than the answer.
        let late = std::mem::take(&mut self.late_changes);
        late.into_iter().for_each(|message| self.insert_message(message));
    }

    /// The server refused a history request.
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

    /// Inserts messages into the range that is shown.
    fn insert_all(&mut self, messages: Vec<ChatMessage>) {
        for message in messages {
            let seq = message.seq;
            self.confirm(&message);
            self.detached_range.as_mut().unwrap_or(&mut self.newest_range).insert(message);
            self.confirm_changes(seq);
        }
    }

    /// Joins the detached range and the newest one, if nothing is missing between them.
    fn join_up(&mut self, ends: bool) {
        let meets = |detached_range: &MessageRange| ends || detached_range.last() >= self.newest_range.first();
        let Some(detached_range) = self.detached_range.take_if(|detached_range| meets(detached_range)) else { return };
        let newest = std::mem::replace(&mut self.newest_range, detached_range);
        newest.messages.into_iter().for_each(|message| self.newest_range.insert(message));
    }
}
