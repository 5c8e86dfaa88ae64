//! What was said, as this page knows it: plain state without a DOM. The server's messages go in with
//! [`Timeline::apply`], what is to be drawn comes out with [`Timeline::rows`].

mod change;
mod history;
mod own;
mod pace;
mod people;
mod rows;
mod speech;
mod stretch;
#[cfg(test)]
mod tests;
mod trial;
mod typing;

pub use change::Change;
use change::Pending;
pub use own::Draft;
use own::{Own, Upload};
use pace::{Kind, Pace};
pub use people::Presence;
use people::Present;
pub use people::{each_once, tag};
pub use rows::{News, Quoted, Row, RowReaction, State, key};
pub use speech::Speech;
use stretch::Stretch;
use trial::Fate;
pub use trial::{CONFIRM_MS, TRIES};

use shared_types::{
    Action, ActionName, ChatMessage, ClientMessage, ErrorCode, HistoryRange, Nonce, PageState, Person, PersonName,
    Restrictions, Rev, RoomName, RoomRules, Seq, ServerMessage,
};

/// How long an answer about a gap may take before the question is asked again, in milliseconds. A gap that the server
/// may not close yet is asked for at this pace, too.
pub const ASK_AGAIN_MS: u64 = 20_000;

/// The conversation in a room: what the server has confirmed, in its order, and what the visitor said since.
#[derive(Debug)]
pub struct Timeline {
    room: RoomName,
    me: Person,
    /// What the server calls them.
    called: PersonName,
    /// The newest confirmed messages.
    said: Stretch,
    /// Messages further back that the reader went to, while there is a gap between them and the newest.
    apart: Option<Stretch>,
    /// The visitor's unconfirmed messages, in the order in which they were written.
    own: Vec<Own>,
    /// Whether they wait for their turn, and for nothing else.
    held: bool,
    /// What the visitor did to messages and is not confirmed, in its order.
    pending: Vec<Pending>,
    /// What holds in the room.
    rules: RoomRules,
    /// What the visitor may not do.
    restrictions: Restrictions,
    pace: Pace,
    /// Who is here.
    present: Present,
    /// Who is writing, and until when that may be said.
    typists: Vec<(Person, u64)>,
    /// Why something that the visitor did was not done.
    troubles: Vec<String>,
    /// Everything up to this revision is known.
    rev: Rev,
    /// Revisions that were seen although one before them was not.
    ahead: Vec<Rev>,
    /// When the server was last asked what is missing.
    asked: Option<u64>,
    /// When it is to be asked again, where it put that off: whatever is missing, nobody knows of it here.
    ask_at: Option<u64>,
    /// Changes of messages that were not loaded, heard while they may be on their way.
    late: Vec<ChatMessage>,
    /// The stretch of the history that was asked for.
    asked_about: Option<HistoryRange>,
    /// Since when that answer is awaited.
    awaited: Option<(HistoryRange, u64)>,
    /// When that question is to be asked again, where the server put it off.
    asked_again_at: Option<u64>,
    /// A message whose stretch is wanted.
    sought: Option<Seq>,
}

impl Timeline {
    /// The conversation as the page brought it.
    pub fn new(page: &PageState) -> Self {
        Self {
            room: page.room.clone(),
            me: page.you.clone(),
            called: page.you.name.clone(),
            said: Stretch::of(page.messages.clone(), page.more),
            apart: None,
            own: Vec::new(),
            held: false,
            pending: Vec::new(),
            rules: page.rules,
            restrictions: page.restrictions,
            pace: Pace::default(),
            present: Present::new(page.online),
            typists: Vec::new(),
            troubles: Vec::new(),
            late: Vec::new(),
            rev: page.up_to,
            ahead: Vec::new(),
            asked: None,
            ask_at: None,
            asked_about: None,
            awaited: None,
            asked_again_at: None,
            sought: None,
        }
    }

    /// Takes in what the server said at `now`; gives back what to ask in turn.
    pub fn apply(&mut self, message: ServerMessage, now: u64) -> Option<ClientMessage> {
        match message {
            ServerMessage::Welcome { you, online, people, rules, .. } => {
                self.called = you.name.clone();
                self.me = you;
                self.rule(rules);
                self.present.hear(online, people, now);
            }
            ServerMessage::Presence { online, people } => self.present.hear(online, people, now),
            ServerMessage::Message(message) => self.hear(message, now),
            ServerMessage::Page { place, messages, more, newer, up_to: None } => {
                self.hear_history(place, messages, more, newer);
            }
            ServerMessage::Page { messages, more, up_to: Some(up_to), .. } => {
                self.replace(Stretch::of(messages, more), up_to);
            }
            ServerMessage::Changes { messages, up_to, truncated: true } => {
                self.replace(Stretch::of(messages, true), up_to);
                // Nobody says what changed in what the reader sees; what they are on their way to goes before that.
                let middle = |apart: &Stretch| Some(apart.messages.get(apart.messages.len() / 2)?.seq);
                self.sought = self.sought.or_else(|| self.apart.as_ref().and_then(middle));
            }
            ServerMessage::Changes { messages, up_to, truncated: false } => self.catch_up(messages, up_to),
            ServerMessage::Error { code, message, action, nonce, retry_after } => {
                self.refuse(Refusal { code, reason: message, retry_after, now }, action, nonce);
            }
            ServerMessage::Rules { rules } => self.rule(rules),
            ServerMessage::Restrictions { person, restrictions } if person == self.me.id => self.stand(restrictions),
            ServerMessage::Typing { person } => self.hear_typing(person, now),
            ServerMessage::Upload { .. }
            | ServerMessage::Rooms { .. }
            | ServerMessage::Found { .. }
            | ServerMessage::Restrictions { .. }
            | ServerMessage::Audit { .. }
            | ServerMessage::DataErased { .. }
            | ServerMessage::UserPurged { .. }
            | ServerMessage::Pong => {}
        }
        self.ask(now)
    }

    /// The first word on a new socket, at `now`: up to where everything is known.
    pub fn hello(&mut self, now: u64) -> ClientMessage {
        self.asked = Some(now);
        self.ask_at = None;
        ClientMessage::Hello { since: Some(self.rev) }
    }

    /// The question for what is missing, when something is and the last question is old enough.
    pub fn ask(&mut self, now: u64) -> Option<ClientMessage> {
        if let Some(at) = self.ask_at {
            return (now >= at).then(|| self.ask_now(now));
        }
        if self.ahead.is_empty() {
            return None;
        }
        if self.asked.is_some_and(|asked| now < asked + ASK_AGAIN_MS) {
            return None;
        }
        Some(self.ask_now(now))
    }

    /// The question for what changed, whether anything seems to be missing or not.
    pub fn ask_now(&mut self, now: u64) -> ClientMessage {
        self.asked = Some(now);
        self.ask_at = None;
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
        self.said.messages.last().map(|last| (last.seq, last.author.id != self.me.id))
    }

    /// Up to which revision everything is known.
    pub fn rev(&self) -> Rev {
        self.rev
    }

    fn hear(&mut self, message: ChatMessage, now: u64) {
        let rev = message.rev;
        if message.author.id == self.me.id && message.rev.0 == message.seq.0 {
            self.pace.speak(now);
        }
        self.has_written(&message.author.id);
        self.insert_known_stretch(message);
        if rev > self.rev {
            self.ahead.push(rev);
            self.close_up();
        }
    }

    fn replace(&mut self, newest: Stretch, up_to: Rev) {
        // What was heard live after the answer was made is not in it, and stays: new messages, and newer forms of these.
        let before = std::mem::replace(&mut self.said, newest);
        let heard: Vec<_> = before.messages.into_iter().filter(|said| said.rev > up_to).collect();
        for message in self.said.messages.clone() {
            self.confirm(&message);
            self.confirm_changes(message.seq);
        }
        for message in heard {
            if self.said.find(message.seq).is_some() || message.seq.0 > up_to.0 {
                self.insert_known_stretch(message);
            }
        }
        self.rev = up_to;
        self.asked_about = None;
        self.late.clear();
        self.close_up();
    }

    fn catch_up(&mut self, messages: Vec<ChatMessage>, up_to: Rev) {
        messages.into_iter().for_each(|message| self.insert_known_stretch(message));
        self.rev = self.rev.max(up_to);
        self.close_up();
    }

    /// Moves `rev` over what is no longer missing.
    fn close_up(&mut self) {
        self.ahead.sort_unstable();
        for &seen in &self.ahead {
            if seen.0 == self.rev.0 + 1 {
                self.rev = seen;
            }
        }
        let rev = self.rev;
        self.ahead.retain(|&seen| seen > rev);
        if self.ahead.is_empty() {
            self.asked = None;
        }
    }

    /// Inserts a message unless it belongs to a stretch that was not loaded: it comes with that stretch.
    fn insert_known_stretch(&mut self, message: ChatMessage) {
        let seq = message.seq;
        self.confirm(&message);
        if let Some(apart) = self.apart.as_mut().filter(|apart| apart.spans(seq)) {
            apart.put(message.clone());
            self.confirm_changes(seq);
        }
        if self.said.reaches_back_to(seq) {
            self.said.put(message);
            self.confirm_changes(seq);
        } else {
            self.confirm_changes_afar(&message);
            if self.asked_about.is_some() {
                self.late.push(message);
            }
        }
    }

    /// The server has this message, wherever it stands: it need not be sent any more.
    fn confirm(&mut self, message: &ChatMessage) {
        if message.author.id == self.me.id {
            self.own.retain(|own| own.draft.nonce != message.nonce);
        }
    }

    /// The message of that place, if it is loaded.
    fn find(&self, seq: Seq) -> Option<&ChatMessage> {
        self.said.find(seq).or_else(|| self.apart.as_ref()?.find(seq))
    }

    fn refuse(&mut self, refusal: Refusal, action: Option<ActionName>, nonce: Option<Nonce>) {
        let Refusal { code, ref reason, retry_after, now } = refusal;
        match action.and_then(|action| action.known()) {
            Some(Action::History) if code == ErrorCode::TooFast => {
                self.asked_again_at = Some(pace::end_of_rest(now, retry_after));
            }
            Some(Action::History) => self.refuse_history(),
            Some(Action::Changes | Action::Hello) if code == ErrorCode::TooFast => {
                self.ask_at = Some(pace::end_of_rest(now, retry_after));
            }
            Some(Action::Rename) => {
                self.me.name = self.called.clone();
                self.troubles.push(reason.clone());
            }
            // It is asked again by itself.
            Some(Action::PurgeUser) if code == ErrorCode::Unavailable || retry_after.is_some() => {}
            // Nobody waits for these, and nothing shows that they were not done.
            Some(Action::Mute | Action::Ban | Action::PurgeUser | Action::Rules) => self.troubles.push(reason.clone()),
            _ => {}
        }
        if code == ErrorCode::Muted {
            self.mute(now, retry_after);
        }
        let Some(nonce) = nonce else { return };
        self.refuse_change(&refusal, &nonce);
        let Some(own) = self.own.iter_mut().find(|own| own.draft.nonce == nonce) else { return };
        match code {
            // On a socket that the server does not know, nothing is wrong with the message: it goes out with the next.
            ErrorCode::NotConnected => {}
            // It goes out later, before whatever was written behind it.
            ErrorCode::TooFast => {
                let kind = if own.put_off() { Kind::Upload } else { Kind::Message };
                self.pace.rest(kind, now, retry_after);
            }
            // Nothing is wrong with the message here either.
            ErrorCode::Unavailable => own.try_again(now, reason),
            // It waited for so long that the storage forgot it.
            ErrorCode::NoImage => {
                own.try_again(now, reason);
                own.upload = Upload::Wanted;
            }
            _ => own.trial.fate = Fate::Failed(refusal.reason),
        }
    }
}

/// Why the server did not do something.
struct Refusal {
    code: ErrorCode,
    reason: String,
    /// After how many seconds it may be tried again.
    retry_after: Option<u32>,
    /// When that was heard.
    now: u64,
}
