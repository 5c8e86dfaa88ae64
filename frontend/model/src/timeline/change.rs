//! What the visitor did to messages that are there, from the moment of the click until the server confirms it. Until then the
//! page shows them as they will be.

use shared_types::{ChatMessage, ClientMessage, Emoji, ErrorCode, MessageText, Nonce, Person, Reaction, Rev, Seq};

use super::{
    LimitKind, RequestError, Timeline,
    retry_state::{RetryPhase, RetryState},
};

/// What is to become of a message. Each says how it is to be, so that it can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It says this from now on.
    Text(Option<MessageText>),
    /// It is taken back.
    Delete,
    /// The visitor means this emoji, or does not any more.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether they mean it.
        on: bool,
    },
}

/// A change that is not confirmed.
#[derive(Debug)]
pub(super) struct PendingChange {
    seq: Seq,
    /// The revision of the message that the visitor saw.
    seen: Rev,
    nonce: Nonce,
    change: Change,
    retry: RetryState,
}

impl Change {
    /// What the server counts it as.
    fn kind(&self) -> LimitKind {
        if matches!(self, Self::Reaction { .. }) { LimitKind::Reaction } else { LimitKind::Edit }
    }

    /// Whether one takes the place of the other: both are about the same.
    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reaction { emoji, .. }, Self::Reaction { emoji: before, .. }) => emoji == before,
            (Self::Text(_), Self::Text(_)) | (Self::Delete, _) => true,
            _ => false,
        }
    }

    fn is_applied_to(&self, message: &ChatMessage, me: &Person) -> bool {
        match self {
            // A message that was taken back meanwhile can't become anything else.
            _ if message.deleted => true,
            Self::Delete => false,
            Self::Text(text) => message.text == *text,
            Self::Reaction { emoji, on } => has_reaction(&message.reactions, emoji, me) == *on,
        }
    }

    fn apply_to(&self, message: &mut ChatMessage, me: &Person) {
        match self {
            Self::Text(text) => {
                message.text.clone_from(text);
                message.html = None;
                message.edited_at = Some(message.sent_at);
            }
            Self::Delete => {
                message.deleted = true;
                message.text = None;
                message.html = None;
                message.image = None;
                message.reactions.clear();
            }
            Self::Reaction { emoji, on: true } => {
                match message.reactions.iter_mut().find(|reaction| reaction.emoji == *emoji) {
                    Some(reaction) => reaction.people.push(me.clone()),
                    None => message.reactions.push(Reaction { emoji: emoji.clone(), people: vec![me.clone()] }),
                }
            }
            Self::Reaction { emoji, on: false } => {
                for reaction in message.reactions.iter_mut().filter(|reaction| reaction.emoji == *emoji) {
                    reaction.people.retain(|person| person.id != me.id);
                }
                message.reactions.retain(|reaction| !reaction.people.is_empty());
            }
        }
    }
}

/// Whether somebody means an emoji.
pub(super) fn has_reaction(reactions: &[Reaction], emoji: &Emoji, who: &Person) -> bool {
    let meant = reactions.iter().filter(|reaction| reaction.emoji == *emoji);
    meant.flat_map(|reaction| &reaction.people).any(|person| person.id == who.id)
}

impl PendingChange {
    fn is_confirmed_by(&self, message: &ChatMessage, me: &Person) -> bool {
        let made = self.seq == message.seq && self.change.is_applied_to(message, me);
        made && (self.retry.is_in_flight() || message.deleted)
    }
}

impl Timeline {
    /// Notes what the visitor did to a message. `nonce` names it in an error.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce) {
        let same = |before: &PendingChange| before.seq == seq && change.replaces(&before.change);
        // What was on its way may still be made, and is confirmed before this follows it; what only waits need not go at all.
        self.pending_changes.retain(|before| !same(before) || before.retry.may_be_delivered());
        let follows = self.pending_changes.iter().any(same);
        let Some(confirmed) = self.find(seq) else { return };
        if follows || !change.is_applied_to(confirmed, &self.me) {
            let seen = confirmed.rev;
            self.pending_changes.push(PendingChange { seq, seen, nonce, change, retry: RetryState::new() });
        }
    }

    /// The next change for the socket, now that there is one; one at a time, like messages.
    pub fn next_change(&mut self, now: u64) -> Option<ClientMessage> {
        if self.pending_changes.iter().any(|pending| pending.retry.is_in_flight()) {
            return None;
        }
        // One that waits for another try holds back what was done to the same message since.
        let first = |place: &usize| {
            !self.pending_changes[..*place].iter().any(|before| before.seq == self.pending_changes[*place].seq)
        };
        let due = |place: &usize| {
            let pending = &self.pending_changes[*place];
            pending.retry.is_due(now) && self.send_limits.allows(pending.change.kind(), now)
        };
        let place = (0..self.pending_changes.len()).find(|place| due(place) && first(place))?;
        let next = &mut self.pending_changes[place];
        next.retry.start_attempt(now);
        let (seq, nonce) = (next.seq, Some(next.nonce.clone()));
        Some(match next.change.clone() {
            Change::Text(text) => {
                let before = self.find(seq).map(|confirmed| confirmed.mentions.clone()).unwrap_or_default();
                let mentions = self.mentioned(text.as_ref(), &before);
                ClientMessage::Edit { seq, text, mentions, nonce }
            }
            Change::Delete => ClientMessage::Delete { seq, nonce },
            Change::Reaction { emoji, on } => ClientMessage::React { seq, emoji, on, nonce },
        })
    }

    /// The messages that the visitor changed without a confirmation so far.
    pub fn changing_messages(&self) -> Vec<Seq> {
        self.pending_changes.iter().map(|pending| pending.seq).collect()
    }

    /// Why something that the visitor did was not done, since this was last asked.
    pub fn take_errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.errors)
    }

    /// A message as it will be once everything the visitor did to it is done.
    pub(super) fn with_pending_changes(&self, confirmed: &ChatMessage) -> ChatMessage {
        let mut wanted = confirmed.clone();
        for pending in self.pending_changes.iter().filter(|pending| pending.seq == confirmed.seq) {
            if !pending.change.is_applied_to(&wanted, &self.me) {
                pending.change.apply_to(&mut wanted, &self.me);
            }
        }
        wanted
    }

    /// The message of that place is as it is now: what was wanted of it may be done.
    pub(super) fn confirm_changes(&mut self, seq: Seq) {
        // As a rule nothing is, and a page of messages need not be copied for that.
        if self.pending_changes.is_empty() {
            return;
        }
        // What is shown, and not a frame that was overtaken on its way here.
        let Some(message) = self.find(seq).cloned() else { return };
        let me = &self.me;
        self.pending_changes.retain(|pending| !pending.is_confirmed_by(&message, me));
    }

    /// A message was heard of that is not loaded any more. Only one that is newer than what the visitor saw says something
    /// about what they did to it.
    pub(super) fn confirm_changes_unloaded(&mut self, message: &ChatMessage) {
        let me = &self.me;
        self.pending_changes.retain(|pending| message.rev <= pending.seen || !pending.is_confirmed_by(message, me));
    }

    /// The server refused a change.
    pub(super) fn on_change_error(&mut self, error: &RequestError, nonce: &Nonce) {
        let Some(place) = self.pending_changes.iter().position(|pending| pending.nonce == *nonce) else { return };
        let RequestError { code, reason, retry_after, now } = error;
        match code {
            ErrorCode::NotConnected => {}
            ErrorCode::TooFast => {
                self.send_limits.block(self.pending_changes[place].change.kind(), *now, *retry_after);
                self.pending_changes[place].retry.postpone();
            }
            ErrorCode::Unavailable => self.pending_changes[place].retry.retry_later(*now, reason),
            _ => {
                self.pending_changes.remove(place);
                self.errors.push(reason.clone());
            }
        }
        self.drop_failed_changes();
    }

    pub(super) fn expire_change(&mut self, now: u64, reason: &str) -> bool {
        let Some(late) = self.pending_changes.iter_mut().find(|pending| pending.retry.is_overdue(now)) else {
            return false;
        };
        late.retry.retry_later(now, reason);
        self.drop_failed_changes();
        true
    }

    pub(super) fn requeue_changes(&mut self) {
        for pending in self.pending_changes.iter_mut().filter(|pending| pending.retry.is_in_flight()) {
            pending.retry.requeue();
        }
    }

    /// A change that was tried often enough is not shown as if it were made.
    fn drop_failed_changes(&mut self) {
        let errors = &mut self.errors;
        self.pending_changes.retain(|pending| match &pending.retry.phase {
            RetryPhase::Failed(reason) => {
                errors.push(reason.clone());
                false
            }
            _ => true,
        });
    }
}
