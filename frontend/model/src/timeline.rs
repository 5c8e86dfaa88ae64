//! What was said, as this page knows it: plain state without a DOM. The server's messages go in with
//! [`Timeline::apply`], what is to be drawn comes out with [`Timeline::rows`].

mod change;
mod composer_policy;
mod history;
mod message_range;
mod outgoing;
mod people;
mod retry_state;
mod rows;
mod send_limits;
#[cfg(test)]
mod tests;
mod typing;

pub use change::Change;
use change::PendingChange;
pub use composer_policy::ComposerPolicy;
use message_range::MessageRange;
pub use outgoing::Draft;
use outgoing::{OutgoingMessage, Upload};
pub use people::Presence;
use people::PresenceTracker;
pub use people::{dedup_people, tag};
use retry_state::RetryPhase;
pub use retry_state::{CONFIRM_MS, TRIES};
pub use rows::{DeliveryState, ReplyPreview, Row, RowReaction, UnreadSummary, key};
use send_limits::{LimitKind, SendLimits};

use shared_types::{
    Action, ActionName, ChatMessage, ClientMessage, ErrorCode, HistoryRange, Nonce, PageState, Person, PersonName,
    Restrictions, Rev, RoomName, RoomRules, Seq, ServerMessage,
};

/// How long an answer about a gap may take before the question is asked again, in milliseconds. A gap that the server
/// may not close yet is asked for at this pace, too.
pub const REQUEST_TIMEOUT_MS: u64 = 20_000;

/// The conversation in a room: what the server has confirmed, in its order, and what the visitor said since.
#[derive(Debug)]
pub struct Timeline {
    room: RoomName,
    me: Person,
    /// What the server calls them.
    server_name: PersonName,
    /// The newest confirmed messages.
    newest_range: MessageRange,
    /// Messages further back that the reader went to, while there is a gap between them and the newest.
    detached_range: Option<MessageRange>,
    /// The visitor's unconfirmed messages, in the order in which they were written.
    outgoing: Vec<OutgoingMessage>,
    /// Whether they wait for their turn, and for nothing else.
    is_waiting_for_slot: bool,
    /// What the visitor did to messages and is not confirmed, in its order.
    pending_changes: Vec<PendingChange>,
    /// What holds in the room.
    rules: RoomRules,
    /// What the visitor may not do.
    restrictions: Restrictions,
    send_limits: SendLimits,
    /// Who is here.
    presence_tracker: PresenceTracker,
    /// Who is writing, and until when that may be said.
    typists: Vec<(Person, u64)>,
    /// Why something that the visitor did was not done.
    errors: Vec<String>,
    /// Everything up to this revision is known.
    rev: Rev,
    /// Revisions that were seen although one before them was not.
    revs_ahead: Vec<Rev>,
    /// When the server was last asked what is missing.
    changes_asked_at: Option<u64>,
    /// When it is to be asked again, where it put that off: whatever is missing, nobody knows of it here.
    ask_changes_at: Option<u64>,
    /// Changes of messages that were not loaded, heard while they may be on their way.
    late_changes: Vec<ChatMessage>,
    /// The stretch of the history that was asked for.
    history_request: Option<HistoryRange>,
    /// Since when that answer is awaited.
    history_awaited: Option<(HistoryRange, u64)>,
    /// When that question is to be asked again, where the server put it off.
    retry_history_at: Option<u64>,
    /// A message whose stretch is wanted.
    target: Option<Seq>,
}

impl Timeline {
    /// The conversation as the page brought it.
    pub fn new(page: &PageState) -> Self {
        Self {
            room: page.room.clone(),
            me: page.you.clone(),
            server_name: page.you.name.clone(),
            newest_range: MessageRange::of(page.messages.clone(), page.more),
            detached_range: None,
            outgoing: Vec::new(),
            is_waiting_for_slot: false,
            pending_changes: Vec::new(),
            rules: page.rules,
            restrictions: page.restrictions,
            send_limits: SendLimits::default(),
            presence_tracker: PresenceTracker::new(page.online),
            typists: Vec::new(),
            errors: Vec::new(),
            late_changes: Vec::new(),
            rev: page.up_to,
            revs_ahead: Vec::new(),
            changes_asked_at: None,
            ask_changes_at: None,
            history_request: None,
            history_awaited: None,
            retry_history_at: None,
            target: None,
        }
    }

    /// Takes in what the server said at `now`; gives back what to ask in turn.
    pub fn apply(&mut self, message: ServerMessage, now: u64) -> Option<ClientMessage> {
        match message {
            ServerMessage::Welcome { you, online, people, rules, .. } => {
                self.server_name = you.name.clone();
                self.me = you;
                self.set_rules(rules);
                self.presence_tracker.update(online, people, now);
            }
            ServerMessage::Presence { online, people } => self.presence_tracker.update(online, people, now),
            ServerMessage::Message(message) => self.on_message(message, now),
            ServerMessage::Page { place, messages, more, newer, up_to: None } => {
                self.on_history(place, messages, more, newer);
            }
            ServerMessage::Page { messages, more, up_to: Some(up_to), .. } => {
                self.replace_newest(MessageRange::of(messages, more), up_to);
            }
            ServerMessage::Changes { messages, up_to, truncated: true } => {
                self.replace_newest(MessageRange::of(messages, true), up_to);
                // Nobody says what changed in what the reader sees; what they are on their way to goes before that.
                let middle = |detached_range: &MessageRange| {
                    Some(detached_range.messages.get(detached_range.messages.len() / 2)?.seq)
                };
                self.target = self.target.or_else(|| self.detached_range.as_ref().and_then(middle));
            }
            ServerMessage::Changes { messages, up_to, truncated: false } => self.apply_changes(messages, up_to),
            ServerMessage::Error { code, message, action, nonce, retry_after } => {
                self.on_error(RequestError { code, reason: message, retry_after, now }, action, nonce);
            }
            ServerMessage::Rules { rules } => self.set_rules(rules),
            ServerMessage::Restrictions { person, restrictions } if person == self.me.id => {
                self.set_restrictions(restrictions)
            }
            ServerMessage::Typing { person } => self.on_typing(person, now),
            ServerMessage::Upload { .. }
            | ServerMessage::Rooms { .. }
            | ServerMessage::Found { .. }
            | ServerMessage::Restrictions { .. }
            | ServerMessage::Audit { .. }
            | ServerMessage::DataErased { .. }
            | ServerMessage::UserPurged { .. }
            | ServerMessage::Pong => {}
        }
        self.due_changes_request(now)
    }

    /// The first word on a new socket, at `now`: up to where everything is known.
    pub fn hello(&mut self, now: u64) -> ClientMessage {
        self.changes_asked_at = Some(now);
        self.ask_changes_at = None;
        ClientMessage::Hello { since: Some(self.rev) }
    }

    /// The question for what is missing, when something is and the last question is old enough.
    pub fn due_changes_request(&mut self, now: u64) -> Option<ClientMessage> {
        if let Some(at) = self.ask_changes_at {
            return (now >= at).then(|| self.changes_request(now));
        }
        if self.revs_ahead.is_empty() {
            return None;
        }
        if self.changes_asked_at.is_some_and(|asked| now < asked + REQUEST_TIMEOUT_MS) {
            return None;
        }
        Some(self.changes_request(now))
    }

    /// The question for what changed, whether anything seems to be missing or not.
    pub fn changes_request(&mut self, now: u64) -> ClientMessage {
        self.changes_asked_at = Some(now);
        self.ask_changes_at = None;
        ClientMessage::Changes { after: self.rev }
    }

    /// Calls the visitor by another name, until the server says who they are.
    pub fn rename(&mut self, name: PersonName) {
        self.me.name = name;
    }

    /// The visitor.
    pub fn me(&self) -> &Person {
        &self.me
    }

    /// The place of the newest confirmed message, and whether somebody else wrote it.
    pub fn newest(&self) -> Option<(Seq, bool)> {
        self.newest_range.messages.last().map(|last| (last.seq, last.author.id != self.me.id))
    }

    /// Up to which revision everything is known.
    pub fn rev(&self) -> Rev {
        self.rev
    }

    fn on_message(&mut self, message: ChatMessage, now: u64) {
        let rev = message.rev;
        if message.author.id == self.me.id && message.rev.0 == message.seq.0 {
            self.send_limits.on_own_message(now);
        }
        self.stop_typing(&message.author.id);
        self.insert_message(message);
        if rev > self.rev {
            self.revs_ahead.push(rev);
            self.advance_rev();
        }
    }

    fn replace_newest(&mut self, newest: MessageRange, up_to: Rev) {
        // What was heard live after the answer was made is not in it, and stays: new messages, and newer forms of these.
        let before = std::mem::replace(&mut self.newest_range, newest);
        let heard: Vec<_> = before.messages.into_iter().filter(|confirmed| confirmed.rev > up_to).collect();
        for message in self.newest_range.messages.clone() {
            self.confirm(&message);
            self.confirm_changes(message.seq);
        }
        for message in heard {
            if self.newest_range.find(message.seq).is_some() || message.seq.0 > up_to.0 {
                self.insert_message(message);
            }
        }
        self.rev = up_to;
        self.history_request = None;
        self.late_changes.clear();
        self.advance_rev();
    }

    fn apply_changes(&mut self, messages: Vec<ChatMessage>, up_to: Rev) {
        messages.into_iter().for_each(|message| self.insert_message(message));
        self.rev = self.rev.max(up_to);
        self.advance_rev();
    }

    /// Moves `rev` over what is no longer missing.
    fn advance_rev(&mut self) {
        self.revs_ahead.sort_unstable();
        for &seen in &self.revs_ahead {
            if seen.0 == self.rev.0 + 1 {
                self.rev = seen;
            }
        }
        let rev = self.rev;
        self.revs_ahead.retain(|&seen| seen > rev);
        if self.revs_ahead.is_empty() {
            self.changes_asked_at = None;
        }
    }

    /// Inserts a message unless it belongs to a stretch that was not loaded: it comes with that stretch.
    fn insert_message(&mut self, message: ChatMessage) {
        let seq = message.seq;
        self.confirm(&message);
        if let Some(detached_range) = self.detached_range.as_mut().filter(|detached_range| detached_range.spans(seq)) {
            detached_range.insert(message.clone());
            self.confirm_changes(seq);
        }
        if self.newest_range.reaches_back_to(seq) {
            self.newest_range.insert(message);
            self.confirm_changes(seq);
        } else {
            self.confirm_changes_unloaded(&message);
            if self.history_request.is_some() {
                self.late_changes.push(message);
            }
        }
    }

    /// The server has this message, wherever it stands: it need not be sent any more.
    fn confirm(&mut self, message: &ChatMessage) {
        if message.author.id == self.me.id {
            self.outgoing.retain(|outgoing| outgoing.draft.nonce != message.nonce);
        }
    }

    /// The message of that place, if it is loaded.
    fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        self.newest_range.find(seq).or_else(|| self.detached_range.as_ref()?.find(seq))
    }

    fn on_error(&mut self, error: RequestError, action: Option<ActionName>, nonce: Option<Nonce>) {
        let RequestError { code, ref reason, retry_after, now } = error;
        match action.and_then(|action| action.known()) {
            Some(Action::History) if code == ErrorCode::TooFast => {
                self.retry_history_at = Some(send_limits::blocked_until(now, retry_after));
            }
            Some(Action::History) => self.on_history_error(),
            Some(Action::Changes | Action::Hello) if code == ErrorCode::TooFast => {
                self.ask_changes_at = Some(send_limits::blocked_until(now, retry_after));
            }
            Some(Action::Rename) => {
                self.me.name = self.server_name.clone();
                self.errors.push(reason.clone());
            }
            // It is asked again by itself.
            Some(Action::PurgeUser) if code == ErrorCode::Unavailable || retry_after.is_some() => {}
            // Nobody waits for these, and nothing shows that they were not done.
            Some(Action::Mute | Action::Ban | Action::PurgeUser | Action::Rules) => self.errors.push(reason.clone()),
            _ => {}
        }
        if code == ErrorCode::Muted {
            self.set_muted(now, retry_after);
        }
        let Some(nonce) = nonce else { return };
        self.on_change_error(&error, &nonce);
        let Some(outgoing) = self.outgoing.iter_mut().find(|outgoing| outgoing.draft.nonce == nonce) else { return };
        match code {
            // On a socket that the server does not know, nothing is wrong with the message: it goes out with the next.
            ErrorCode::NotConnected => {}
            // It goes out later, before whatever was written behind it.
            ErrorCode::TooFast => {
                let kind = if outgoing.postpone() { LimitKind::Upload } else { LimitKind::Message };
                self.send_limits.block(kind, now, retry_after);
            }
            // Nothing is wrong with the message here either.
            ErrorCode::Unavailable => outgoing.retry_later(now, reason),
            // It waited for so long that the storage forgot it.
            ErrorCode::NoImage => {
                outgoing.retry_later(now, reason);
                outgoing.upload = Upload::NotStarted;
            }
            _ => outgoing.retry.phase = RetryPhase::Failed(error.reason),
        }
    }
}

/// Why the server did not do something.
struct RequestError {
    code: ErrorCode,
    reason: String,
    /// After how many seconds it may be tried again.
    retry_after: Option<u32>,
    /// When that was heard.
    now: u64,
}
