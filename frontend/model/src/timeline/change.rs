//! The visitor's changes of messages, from the click until the server confirms them. The page shows them as if they
//! were confirmed.

use shared_types::{ChatMessage, ClientMessage, Emoji, ErrorCode, MessageText, Nonce, Person, Pin, Reaction, Rev, Seq};

use super::{
    LimitKind, RequestError, Timeline,
    retry_state::{RetryPhase, RetryState},
};

/// A change of a message. It names the result, so that it can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Replace the text.
    Text(Option<MessageText>),
    /// Delete the message.
    Delete,
    /// Add or remove the visitor's reaction.
    Reaction {
        /// The emoji.
        emoji: Emoji,
        /// Whether to add it.
        on: bool,
    },
    /// Pin the message to the room, or unpin it.
    Pinned(bool),
    /// Vote for an option of the poll, or take the vote back.
    Vote {
        /// The option.
        option: u16,
        /// Whether to vote for it.
        on: bool,
        /// Whether several options can be chosen. Otherwise the vote replaces the other one.
        several: bool,
    },
    /// Close the poll.
    ClosePoll,
}

/// An unconfirmed change.
#[derive(Debug)]
pub(super) struct PendingChange {
    seq: Seq,
    /// The revision of the message when the visitor changed it.
    seen: Rev,
    nonce: Nonce,
    change: Change,
    /// Whether it was made on top of a reaction, a pin or a vote that failed on this page, and that the server may have applied all the same.
    follows_failed: bool,
    /// The people that the new text mentions, of those known when it was written.
    mentions: Vec<Person>,
    retry: RetryState,
}

impl Change {
    /// The rate limit that it counts against.
    fn kind(&self) -> LimitKind {
        if matches!(self, Self::Reaction { .. } | Self::Vote { .. }) { LimitKind::Reaction } else { LimitKind::Edit }
    }

    /// Whether this change replaces an earlier one of the same kind.
    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Reaction { emoji, .. }, Self::Reaction { emoji: before, .. }) => emoji == before,
            (Self::Vote { option, several, .. }, Self::Vote { option: before, .. }) => !several || option == before,
            (Self::Text(_), Self::Text(_)) | (Self::Pinned(_), Self::Pinned(_)) | (Self::Delete, _) => true,
            _ => false,
        }
    }

    fn is_applied_to(&self, message: &ChatMessage, me: &Person) -> bool {
        match self {
            // A message that was deleted meanwhile cannot change.
            _ if message.deleted => true,
            Self::Delete => false,
            Self::Text(text) => message.text == *text,
            Self::Reaction { emoji, on } => has_reaction(&message.reactions, emoji, me) == *on,
            Self::Pinned(pinned) => message.pinned.is_some() == *pinned,
            Self::Vote { option, on, .. } => message
                .poll
                .as_ref()
                .and_then(|poll| poll.has_vote(*option, &me.id))
                .is_none_or(|has_vote| has_vote == *on),
            Self::ClosePoll => message.poll.as_ref().is_none_or(|poll| poll.closed),
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
                message.pinned = None;
                message.poll = None;
            }
            Self::Pinned(pinned) => message.pinned = pinned.then(|| Pin { by: me.clone(), at: message.sent_at }),
            Self::Vote { .. } | Self::ClosePoll => {
                let Some(poll) = &mut message.poll else { return };
                match self {
                    Self::Vote { option, on, .. } => poll.vote(*option, *on, &me.id),
                    _ => poll.closed = true,
                }
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

/// Whether a person reacted with this emoji.
pub(super) fn has_reaction(reactions: &[Reaction], emoji: &Emoji, who: &Person) -> bool {
    let matching = reactions.iter().filter(|reaction| reaction.emoji == *emoji);
    matching.flat_map(|reaction| &reaction.people).any(|person| person.id == who.id)
}

impl PendingChange {
    fn is_confirmed_by(&self, message: &ChatMessage, me: &Person) -> bool {
        let applied = self.seq == message.seq && self.change.is_applied_to(message, me);
        applied && (self.retry.is_in_flight() || message.deleted)
    }
}

impl Timeline {
    /// Records a change. The server names `nonce` in an error.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce) {
        let same = |before: &PendingChange| before.seq == seq && change.replaces(&before.change);
        // A change that was sent may be applied, so it is confirmed before this one is sent. A change that only waits
        // is dropped.
        let replaced = self.pending_changes.iter().rfind(|before| same(before)).map(|before| before.seen);
        self.pending_changes.retain(|before| !same(before) || before.retry.may_be_delivered());
        let follows = self.pending_changes.iter().any(same);
        let Some(confirmed) = self.loaded_or_held(seq) else { return };
        if follows || !change.is_applied_to(confirmed, &self.me) {
            // While an edit waits, the page shows its text, and hides that of an edit by another window. So who edits again has seen no
            // more than before.
            let seen = replaced.filter(|_| matches!(change, Change::Text(_))).unwrap_or(confirmed.rev);
            let mentions = match &change {
                Change::Text(text) => self.mentioned(text.as_ref(), &confirmed.mentions),
                Change::Delete
                | Change::Reaction { .. }
                | Change::Pinned(_)
                | Change::Vote { .. }
                | Change::ClosePoll => Vec::new(),
            };
            let retry = RetryState::new();
            let follows_failed = false;
            self.pending_changes.push(PendingChange { seq, seen, nonce, change, follows_failed, mentions, retry });
        }
    }

    /// The next change to send. Only one is in flight at a time.
    pub fn next_change(&mut self, now: u64) -> Option<ClientMessage> {
        if self.pending_changes.iter().any(|pending| pending.retry.is_in_flight()) {
            return None;
        }
        // A change that waits for a retry blocks later changes of the same message.
        let first = |place: &usize| {
            !self.pending_changes[..*place].iter().any(|before| before.seq == self.pending_changes[*place].seq)
        };
        let due = |place: &usize| {
            let pending = &self.pending_changes[*place];
            pending.retry.is_due(now) && self.send_limits.allows(pending.change.kind(), now)
        };
        let place = (0..self.pending_changes.len()).find(|place| due(place) && first(place))?;
        let known = self.loaded_or_held(self.pending_changes[place].seq).map(|confirmed| confirmed.rev);
        let next = &mut self.pending_changes[place];
        if next.follows_failed {
            next.seen = known.unwrap_or_default().max(next.seen);
        }
        next.retry.start_attempt(now);
        let (seq, seen, nonce, before) = (next.seq, next.seen, Some(next.nonce.clone()), next.mentions.clone());
        Some(match next.change.clone() {
            Change::Text(text) => {
                let mentions = self.mentioned(text.as_ref(), &before);
                ClientMessage::Edit { seq, text, mentions, based_on: Some(seen), nonce }
            }
            Change::Delete => ClientMessage::Delete { seq, nonce },
            Change::Reaction { emoji, on } => ClientMessage::React { seq, emoji, on, based_on: Some(seen), nonce },
            Change::Pinned(pinned) => ClientMessage::Pin { seq, pinned, based_on: Some(seen), nonce },
            Change::Vote { option, on, .. } => ClientMessage::Vote { seq, option, on, based_on: Some(seen), nonce },
            Change::ClosePoll => ClientMessage::ClosePoll { seq, nonce },
        })
    }

    /// The messages with unconfirmed changes.
    pub fn changing_messages(&self) -> Vec<Seq> {
        self.pending_changes.iter().map(|pending| pending.seq).collect()
    }

    /// Whether a change is sent and not answered.
    pub(super) fn has_changes_in_flight(&self) -> bool {
        self.pending_changes.iter().any(|pending| pending.retry.is_in_flight())
    }

    /// Returns the errors of the visitor's commands since the last call.
    pub fn take_errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.errors)
    }

    /// Whether a message is deleted, or the visitor deleted it and the server has not confirmed that. Of messages that are not loaded
    /// only the deletions that arrived on this page are known.
    pub fn is_deleted(&self, seq: Seq) -> bool {
        self.find(seq).is_some_and(|found| found.deleted)
            || self.deleted_elsewhere.binary_search(&seq).is_ok()
            || self.pending_changes.iter().any(|pending| pending.seq == seq && pending.change == Change::Delete)
    }

    /// The message with all unconfirmed changes applied.
    pub(super) fn with_pending_changes(&self, confirmed: &ChatMessage) -> ChatMessage {
        let mut wanted = confirmed.clone();
        for pending in self.pending_changes.iter().filter(|pending| pending.seq == confirmed.seq) {
            if !pending.change.is_applied_to(&wanted, &self.me) {
                pending.change.apply_to(&mut wanted, &self.me);
            }
        }
        wanted
    }

    /// Confirms the changes of a message that have been applied.
    pub(super) fn confirm_changes(&mut self, seq: Seq) {
        // Usually there are none, and the message need not be copied.
        if self.pending_changes.is_empty() {
            return;
        }
        // The message as it is shown: the frame may be outdated.
        let Some(message) = self.find(seq).cloned() else { return };
        let me = self.me.clone();
        self.drop_confirmed(&message, |pending| pending.is_confirmed_by(&message, &me));
    }

    /// Confirms changes of a message that is not loaded. Only a revision newer than the one that the visitor saw
    /// counts.
    pub(super) fn confirm_changes_unloaded(&mut self, message: &ChatMessage) {
        let me = self.me.clone();
        self.drop_confirmed(message, |pending| message.rev > pending.seen && pending.is_confirmed_by(message, &me));
    }

    /// Drops the confirmed changes of a message. A later change of the same text or reaction was made on top of a confirmed one, so it is
    /// based on that.
    fn drop_confirmed(&mut self, message: &ChatMessage, is_confirmed: impl Fn(&PendingChange) -> bool) {
        let mut confirmed: Vec<Change> = Vec::new();
        self.pending_changes.retain_mut(|pending| {
            if is_confirmed(pending) {
                confirmed.push(pending.change.clone());
                return false;
            }
            if pending.seq == message.seq && confirmed.iter().any(|before| pending.change.replaces(before)) {
                pending.seen = pending.seen.max(message.rev);
            }
            true
        });
    }

    /// The server refused a change.
    pub(super) fn on_change_error(&mut self, error: &RequestError, nonce: &Nonce) {
        let Some(pending) = self.pending_changes.iter_mut().find(|pending| pending.nonce == *nonce) else { return };
        let RequestError { code, reason, retry_after, now } = error;
        match (code, &pending.change) {
            // The failed one was applied. Its broadcast tells the revision for the next attempt, and may still be under way.
            (ErrorCode::Outdated, _) if pending.follows_failed => pending.retry.retry_later(*now, reason),
            // The visitor changed this reaction or vote in another window meanwhile, or somebody pinned or unpinned the message: that is shown, and
            // there is nothing to report.
            (ErrorCode::Outdated, Change::Reaction { .. } | Change::Pinned(_) | Change::Vote { .. }) => {
                return self.pending_changes.retain(|pending| pending.nonce != *nonce);
            }
            _ => pending.retry.on_error(*code, *now, reason),
        }
        if *code == ErrorCode::TooFast {
            self.send_limits.block(pending.change.kind(), *now, *retry_after);
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

    /// Stops showing changes that failed.
    fn drop_failed_changes(&mut self) {
        let is_failed = |pending: &PendingChange| matches!(pending.retry.phase, RetryPhase::Failed(_));
        let failed: Vec<_> = self.pending_changes.extract_if(.., |pending| is_failed(pending)).collect();
        for failed in failed {
            let follows =
                |pending: &PendingChange| pending.seq == failed.seq && pending.change.replaces(&failed.change);
            for pending in self.pending_changes.iter_mut().filter(|pending| follows(pending)) {
                pending.follows_failed |=
                    matches!(pending.change, Change::Reaction { .. } | Change::Pinned(_) | Change::Vote { .. });
            }
            if let RetryPhase::Failed(reason) = failed.retry.phase {
                self.errors.push(reason);
            }
        }
    }
}
