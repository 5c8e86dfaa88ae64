//! The messages of a room. Frames of the server go in with [`Timeline::apply`]; rows to draw come out with
//! [`Timeline::rows`].

mod change;
mod composer_policy;
mod entry;
mod held;
mod history;
mod message_range;
mod outgoing;
mod people;
mod retry_state;
mod rows;
mod send_limits;
mod stored_draft;
#[cfg(test)]
mod tests;
mod thread;
mod typing;
mod window;

pub use change::Change;
use change::PendingChange;
pub use composer_policy::ComposerPolicy;
use message_range::MessageRange;
pub use outgoing::Draft;
use outgoing::OutgoingMessage;
pub use people::Presence;
use people::{PresenceTracker, update_appearance};
pub use people::{dedup_people, tag};
pub use retry_state::{CONFIRM_MS, TRIES};
pub use rows::{DeliveryState, ReplyPreview, Row, RowOption, RowPoll, RowReaction, RowThread, UnreadSummary, key};
use send_limits::{LimitKind, SendLimits};
use thread::OpenThread;
pub use thread::ThreadRows;

use shared_types::{
    Action, ActionName, Appearance, ChatMessage, ClientMessage, ErrorCode, HistoryRange, Nonce, PageState, Person,
    PersonId, PersonName, Restrictions, Rev, Role, RoomName, RoomRules, Seq, ServerMessage, Timestamp,
};

use crate::sorted;

/// Timeout of a request for missing changes or history, in milliseconds. It is also the interval at which the page
/// requests a gap again that the server cannot fill yet.
pub const REQUEST_TIMEOUT_MS: u64 = 20_000;

/// The messages of a room: those that the server confirmed, and those that the visitor sent since.
#[derive(Debug)]
pub struct Timeline {
    room: RoomName,
    me: Person,
    /// Whether the server told the visitor's appearance. The page state does not.
    is_appearance_known: bool,
    /// Whether the visitor is an owner of the chat.
    is_owner: bool,
    /// The visitor's name on the server.
    server_name: PersonName,
    /// The newest confirmed messages.
    newest_range: MessageRange,
    /// An older range that the reader went to, while there is a gap between it and the newest messages.
    detached_range: Option<MessageRange>,
    /// The thread that is shown beside the log.
    thread: Option<OpenThread>,
    /// The visitor's unconfirmed messages, oldest first.
    outgoing: Vec<OutgoingMessage>,
    /// Whether they wait for slow mode or a rate limit only.
    is_waiting_for_slot: bool,
    /// The visitor's unconfirmed changes, oldest first.
    pending_changes: Vec<PendingChange>,
    /// The messages that the visitor is about to change.
    held: Vec<ChatMessage>,
    /// The rules of the room.
    rules: RoomRules,
    /// The visitor's restrictions.
    restrictions: Restrictions,
    send_limits: SendLimits,
    /// Who is online.
    presence_tracker: PresenceTracker,
    /// The members of a private room, once they are loaded.
    members: Vec<Person>,
    /// Who is typing, and until when they count as typing.
    typists: Vec<(Person, u64)>,
    /// Errors of the visitor's commands.
    errors: Vec<String>,
    /// All changes up to this revision are known.
    rev: Rev,
    /// Whether not even the newest page of the room has arrived.
    awaits_page: bool,
    /// Known revisions with a gap before them, sorted.
    revs_ahead: Vec<Rev>,
    /// When missing changes were last requested.
    changes_asked_at: Option<u64>,
    /// When to request changes again after the server rate-limited the request.
    ask_changes_at: Option<u64>,
    /// Changes of messages that are not loaded, received while a history request is open.
    late_changes: Vec<ChatMessage>,
    /// The deleted messages that are not loaded, sorted.
    deleted_elsewhere: Vec<Seq>,
    /// The open request for history.
    history_request: Option<HistoryRange>,
    /// The same request, and when it was sent.
    history_awaited: Option<(HistoryRange, u64)>,
    /// When to repeat that request after the server rate-limited it.
    retry_history_at: Option<u64>,
    /// The message that the reader wants to see and that is not loaded.
    target: Option<Seq>,
    /// The message that the reader goes to, until the page has scrolled to it.
    unseen_target: Option<Seq>,
    /// The first visible message, as far as the page has told.
    first_visible: Option<Seq>,
}

impl Timeline {
    /// The messages of a page state.
    pub fn new(page: &PageState) -> Self {
        Self {
            is_owner: page.owner,
            newest_range: MessageRange::of(page.messages.clone(), page.more),
            rules: page.rules,
            restrictions: page.restrictions,
            presence_tracker: PresenceTracker::new(page.online),
            rev: page.up_to,
            awaits_page: false,
            ..Self::blank(page.room.clone(), page.you.clone())
        }
    }

    /// A room of which nothing is known yet.
    pub(crate) fn blank(room: RoomName, me: Person) -> Self {
        Self {
            room,
            server_name: me.name.clone(),
            me,
            is_appearance_known: false,
            is_owner: false,
            newest_range: MessageRange::of(Vec::new(), false),
            detached_range: None,
            thread: None,
            outgoing: Vec::new(),
            is_waiting_for_slot: false,
            pending_changes: Vec::new(),
            held: Vec::new(),
            rules: RoomRules::default(),
            restrictions: Restrictions::default(),
            send_limits: SendLimits::default(),
            presence_tracker: PresenceTracker::new(0),
            members: Vec::new(),
            typists: Vec::new(),
            errors: Vec::new(),
            late_changes: Vec::new(),
            deleted_elsewhere: Vec::new(),
            rev: Rev(0),
            awaits_page: true,
            revs_ahead: Vec::new(),
            changes_asked_at: None,
            ask_changes_at: None,
            history_request: None,
            history_awaited: None,
            retry_history_at: None,
            target: None,
            unseen_target: None,
            first_visible: None,
        }
    }

    /// Applies a frame of the server at `now`. Returns the request that follows from it.
    pub fn apply(&mut self, message: ServerMessage, now: u64) -> Option<ClientMessage> {
        match message {
            ServerMessage::Welcome { you, online, people, away, rules, .. } => {
                self.server_name = you.name.clone();
                self.me = you;
                self.is_appearance_known = true;
                self.set_rules(rules);
                self.presence_tracker.update(Presence { online, people, away }, now);
            }
            ServerMessage::Presence { online, people, away } => {
                self.is_appearance_known |= update_appearance(&mut self.me, &people);
                self.presence_tracker.update(Presence { online, people, away }, now);
            }
            ServerMessage::Message(message) => self.on_message(message, now),
            ServerMessage::Messages { messages } => {
                messages.into_iter().for_each(|message| self.on_message(message, now));
            }
            ServerMessage::Page { place, messages, more, newer, up_to: None } => {
                self.on_history(place, messages, more, newer);
            }
            ServerMessage::Page { messages, more, up_to: Some(up_to), .. } => {
                self.replace_newest(MessageRange::of(messages, more), up_to);
            }
            ServerMessage::Changes { messages, up_to, truncated: true } => {
                self.replace_after_gap(MessageRange::of(messages, true), up_to);
            }
            ServerMessage::Changes { messages, up_to, truncated: false } => self.apply_changes(messages, up_to),
            ServerMessage::Error { code, message, action, nonce, retry_after } => {
                self.on_error(RequestError { code, reason: message, retry_after, now }, action, nonce);
            }
            ServerMessage::Rules { rules } => self.set_rules(rules),
            ServerMessage::Restrictions { person, restrictions } if person == self.me.id => {
                self.set_restrictions(restrictions)
            }
            ServerMessage::Role { person, role, moderator } if person == self.me.id => {
                self.me.moderator = moderator;
                self.is_owner = role == Role::Owner;
            }
            ServerMessage::Typing { person } => self.on_typing(person, now),
            ServerMessage::CatchUp { .. } => self.ask_changes_at = Some(now),
            ServerMessage::Upload { .. }
            | ServerMessage::Rooms { .. }
            | ServerMessage::Directory { .. }
            | ServerMessage::Details { .. }
            | ServerMessage::News { .. }
            | ServerMessage::Read { .. }
            | ServerMessage::Receipts { .. }
            | ServerMessage::Seen { .. }
            | ServerMessage::Found { .. }
            | ServerMessage::Pins { .. }
            | ServerMessage::Thread { .. }
            | ServerMessage::Threads { .. }
            | ServerMessage::Save { .. }
            | ServerMessage::Saved { .. }
            | ServerMessage::Restrictions { .. }
            | ServerMessage::Audit { .. }
            | ServerMessage::Role { .. }
            | ServerMessage::Roles { .. }
            | ServerMessage::Usage { .. }
            | ServerMessage::Identity { .. }
            | ServerMessage::DataErased { .. }
            | ServerMessage::UserPurged { .. }
            | ServerMessage::RoomCreated { .. }
            | ServerMessage::MyRooms { .. }
            | ServerMessage::MemberAdded { .. }
            | ServerMessage::RoomAdded { .. }
            | ServerMessage::Members { .. }
            | ServerMessage::RoomLeft { .. }
            | ServerMessage::SignedOut { .. }
            | ServerMessage::Profiles { .. }
            | ServerMessage::Pong => {}
        }
        self.due_changes_request(now)
    }

    /// Applies the newest page of a page state, which may be older than what is known.
    pub(crate) fn apply_page(&mut self, page: &PageState) {
        self.is_owner = page.owner;
        let newest = MessageRange::of(page.messages.clone(), page.more);
        if page.up_to <= self.rev {
            return;
        }
        if self.newest_range.last().is_some_and(|last| newest.reaches_back_to(last)) {
            // The revision stays: messages that are older than the page may have changed, too. The next socket asks for that.
            newest.messages.into_iter().for_each(|message| self.insert_message(message));
        } else {
            self.replace_after_gap(newest, page.up_to);
        }
    }

    /// The first message on a new socket: asks for changes after the known revision.
    pub fn hello(&mut self, now: u64) -> ClientMessage {
        ClientMessage::Hello { since: self.since_on_entry(now) }
    }

    /// The request for missing changes, when there is a gap and the last request has timed out.
    pub fn due_changes_request(&mut self, now: u64) -> Option<ClientMessage> {
        if let Some(at) = self.ask_changes_at {
            return (now >= at).then(|| self.changes_request(now, None));
        }
        if self.revs_ahead.is_empty() {
            return None;
        }
        if self.changes_asked_at.is_some_and(|asked| now < asked + REQUEST_TIMEOUT_MS) {
            return None;
        }
        Some(self.changes_request(now, None))
    }

    /// The request for changes, whether or not there is a gap. `hidden` reports whether the page is hidden.
    pub fn changes_request(&mut self, now: u64, hidden: Option<bool>) -> ClientMessage {
        self.changes_asked_at = Some(now);
        self.ask_changes_at = None;
        ClientMessage::Changes { after: self.rev, hidden }
    }

    /// Shows the visitor under another name until the server confirms it.
    pub fn rename(&mut self, name: PersonName) {
        self.me.name = name;
    }

    /// Shows a person with the appearance that the server told: the visitor, or somebody who is online. Returns whether it was another one
    /// before.
    pub fn set_appearance(&mut self, person: &PersonId, appearance: Appearance) -> bool {
        let mut is_new = false;
        if self.me.id == *person {
            self.is_appearance_known = true;
            is_new = std::mem::replace(&mut self.me.appearance, appearance) != appearance;
        }
        for shown in self.presence_tracker.people_mut().filter(|shown| shown.id == *person) {
            is_new |= std::mem::replace(&mut shown.appearance, appearance) != appearance;
        }
        is_new
    }

    /// The visitor.
    pub fn me(&self) -> &Person {
        &self.me
    }

    /// Whether the visitor is an owner of the chat.
    pub fn is_owner(&self) -> bool {
        self.is_owner
    }

    /// The sequence number of the newest confirmed message, and whether somebody else wrote it.
    pub fn newest(&self) -> Option<(Seq, bool)> {
        self.newest_range.messages.last().map(|last| (last.seq, last.author.id != self.me.id))
    }

    /// When the newest confirmed message was sent.
    pub fn newest_at(&self) -> Option<Timestamp> {
        self.newest_range.messages.last().map(|last| last.sent_at)
    }

    /// The revision up to which all changes are known.
    pub fn rev(&self) -> Rev {
        self.rev
    }

    /// The sequence number of the newest confirmed message that the room shows, and whether somebody else wrote it.
    pub fn newest_in_room(&self) -> Option<(Seq, bool)> {
        let last = self.newest_range.messages.iter().rfind(|message| message.is_in_room())?;
        Some((last.seq, last.author.id != self.me.id))
    }

    fn on_message(&mut self, message: ChatMessage, now: u64) {
        let rev = message.rev;
        if message.author.id == self.me.id && message.rev.0 == message.seq.0 {
            self.send_limits.on_own_message(now);
        }
        self.stop_typing(&message.author.id);
        self.insert_message(message);
        if rev > self.rev {
            sorted::insert(&mut self.revs_ahead, rev);
            self.advance_rev();
        }
    }

    /// Replaces the newest messages when the changes before them are unknown.
    fn replace_after_gap(&mut self, newest: MessageRange, up_to: Rev) {
        self.replace_newest(newest, up_to);
        // What changed in the detached range is unknown, too: it is loaded again, unless another target is already wanted.
        self.target = self.target.or_else(|| self.reload_target());
    }

    fn replace_newest(&mut self, newest: MessageRange, up_to: Rev) {
        // Messages and changes that are newer than the answer are not part of it: they are kept.
        let before = std::mem::replace(&mut self.newest_range, newest);
        let newer: Vec<_> = before.messages.into_iter().filter(|confirmed| confirmed.rev > up_to).collect();
        for message in self.newest_range.messages.clone() {
            self.confirm(&message);
            self.confirm_changes(message.seq);
        }
        for message in newer {
            if self.newest_range.find(message.seq).is_some() || message.seq.0 > up_to.0 {
                self.insert_message(message);
            }
        }
        self.rev = up_to;
        self.awaits_page = false;
        self.history_request = None;
        self.late_changes.clear();
        self.advance_rev();
    }

    fn apply_changes(&mut self, messages: Vec<ChatMessage>, up_to: Rev) {
        messages.into_iter().for_each(|message| self.insert_message(message));
        self.rev = self.rev.max(up_to);
        self.awaits_page = false;
        self.advance_rev();
    }

    /// Advances `rev` over changes that are no longer missing.
    fn advance_rev(&mut self) {
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

    /// Inserts a message if its range is loaded. Other messages arrive with their range.
    fn insert_message(&mut self, message: ChatMessage) {
        let seq = message.seq;
        self.confirm(&message);
        if let Some(thread) = &mut self.thread {
            thread.on_message(&message);
        }
        if let Some(detached_range) = self.detached_range.as_mut().filter(|detached_range| detached_range.spans(seq)) {
            detached_range.insert(message.clone());
            self.confirm_changes(seq);
        }
        if self.newest_range.reaches_back_to(seq) {
            self.newest_range.insert(message);
            self.confirm_changes(seq);
        } else {
            if message.deleted {
                sorted::insert(&mut self.deleted_elsewhere, seq);
            }
            self.confirm_changes_unloaded(&message);
            if self.history_request.is_some() {
                self.late_changes.push(message);
            }
        }
    }

    /// The server has this message. Removes it from the outgoing ones.
    fn confirm(&mut self, message: &ChatMessage) {
        self.update_held(message);
        if message.author.id == self.me.id {
            // An older server stored the first image only.
            if message.image.as_ref().is_some_and(|image| image.more.is_empty()) {
                self.split_images(&message.nonce);
            }
            self.outgoing.retain(|outgoing| outgoing.draft.nonce != message.nonce);
        }
    }

    /// The message with this sequence number, if it is loaded.
    fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        let in_history = || self.detached_range.as_ref()?.find(seq);
        self.newest_range.find(seq).or_else(in_history).or_else(|| self.thread.as_ref()?.find(seq))
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
            // The page shows why.
            Some(Action::Rename) => self.me.name = self.server_name.clone(),
            // It is retried automatically.
            Some(Action::PurgeUser) if code == ErrorCode::Unavailable || retry_after.is_some() => {}
            // Nothing on the page shows that these failed.
            Some(Action::Pin) if nonce.is_none() => self.errors.push(reason.clone()),
            Some(Action::Mute | Action::Ban | Action::PurgeUser | Action::Rules | Action::Describe | Action::Save) => {
                self.errors.push(reason.clone())
            }
            // A row of the log shows the error of a message or a change, a dialog that of a query. Hello, changes, people and ping are
            // sent again.
            Some(
                Action::Hello
                | Action::Send
                | Action::Upload
                | Action::Edit
                | Action::Delete
                | Action::React
                | Action::Pin
                | Action::Vote
                | Action::ClosePoll
                | Action::Pins
                | Action::Thread
                | Action::Threads
                | Action::Saved
                | Action::Changes
                | Action::People
                | Action::Rooms
                | Action::Directory
                | Action::Search
                | Action::Typing
                | Action::Restrictions
                | Action::Audit
                | Action::SetRole
                | Action::Roles
                | Action::Usage
                | Action::SetIdentity
                | Action::EraseMyData
                | Action::Ping
                | Action::Enter
                | Action::Read
                | Action::ReadThread
                | Action::Receipts
                | Action::CreateRoom
                | Action::MyRooms
                | Action::Members
                | Action::AddMember
                | Action::RemoveMember
                | Action::LeaveRoom
                | Action::Direct
                | Action::SignOut
                | Action::Profile
                | Action::SetProfile,
            )
            | None => {}
        }
        if code == ErrorCode::Muted {
            self.set_muted(now, retry_after);
        }
        let Some(nonce) = nonce else { return };
        self.on_change_error(&error, &nonce);
        let Some(outgoing) = self.outgoing.iter_mut().find(|outgoing| outgoing.has_nonce(&nonce)) else { return };
        let is_upload_request = outgoing.on_error(code, now, reason);
        if code == ErrorCode::TooFast {
            let kind = if is_upload_request { LimitKind::Upload } else { LimitKind::Message };
            self.send_limits.block(kind, now, retry_after);
        }
    }
}

/// An error of the server.
struct RequestError {
    code: ErrorCode,
    reason: String,
    /// After how many seconds a retry is allowed.
    retry_after: Option<u32>,
    /// When it arrived.
    now: u64,
}
