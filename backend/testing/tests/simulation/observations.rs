//! What the simulation knows about the server: what was acknowledged, which changes were applied, and which rules were broken.

use std::collections::{BTreeMap, BTreeSet};

use chat::ports::messages::StoredMessage;
use page_model::timeline::Change;
use shared_types::{ChatMessage, Nonce, PersonId, Restrictions, Rev, Seq, ServerMessage};

/// Maximum duration of a handler and of the clock error of the one that checks a restriction, in milliseconds.
const ENFORCEMENT_MARGIN: u64 = (5 * 60 + 15) * 1000;

/// What a moderator can impose on a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RestrictionKind {
    Mute,
    Ban,
}

impl RestrictionKind {
    /// Returns until when it holds.
    pub(crate) fn until(self, restrictions: Restrictions) -> Option<u64> {
        let until = match self {
            Self::Mute => restrictions.muted_until,
            Self::Ban => restrictions.banned_until,
        };
        until.map(|until| until.0)
    }
}

/// A change that the store applied.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) rev: Rev,
    pub(crate) by: PersonId,
    pub(crate) nonce: Nonce,
    /// The text of the message afterwards.
    pub(crate) text: Option<String>,
}

/// What was acknowledged when a handler started. The handler has to respect it.
#[derive(Clone, Default)]
pub(crate) struct Acknowledged {
    /// Number of deletions.
    pub(crate) deletions: usize,
    /// The muted and banned people.
    pub(crate) restricted: BTreeSet<PersonId>,
}

#[derive(Default)]
pub(crate) struct Observations {
    /// The deleted messages, in the order in which a page first showed them as deleted.
    deletions: Vec<Seq>,
    /// Until when a restriction is certainly enforced.
    restrictions: BTreeMap<(PersonId, RestrictionKind), u64>,
    /// Applied changes, in their order.
    pub(crate) applied: Vec<Applied>,
    /// The broken rules. A panic in a handler would be lost.
    pub(crate) violations: Vec<String>,
    /// Number of acknowledged restrictions, of refused posts and of outdated changes, to see that the schedules reach them.
    pub(crate) counts: BTreeMap<&'static str, usize>,
}

impl Observations {
    /// Returns what a handler that starts now has to respect.
    pub(crate) fn acknowledged(&self, now: u64) -> Acknowledged {
        let enforced = self.restrictions.iter().filter(|(_, until)| **until > now);
        Acknowledged {
            deletions: self.deletions.len(),
            restricted: enforced.map(|((person, _), _)| person.clone()).collect(),
        }
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// A page shows a message as deleted, and waits for no confirmation.
    pub(crate) fn on_shown_deleted(&mut self, seq: Seq) {
        if !self.deletions.contains(&seq) {
            self.deletions.push(seq);
            self.count("deletions");
        }
    }

    /// A moderator was told that a restriction holds until this time.
    pub(crate) fn on_restricted(&mut self, person: &PersonId, kind: RestrictionKind, until: u64) {
        self.count(if kind == RestrictionKind::Mute { "mutes" } else { "bans" });
        self.restrictions.insert((person.clone(), kind), until.saturating_sub(ENFORCEMENT_MARGIN));
    }

    /// A moderator asks for the end of a restriction. From now on it may hold or not.
    pub(crate) fn on_lifting(&mut self, person: &PersonId, kind: RestrictionKind) {
        self.restrictions.remove(&(person.clone(), kind));
    }

    /// Returns whether a person was restricted all the time since a handler started.
    fn is_restricted(&self, person: &PersonId, since: &Acknowledged) -> bool {
        since.restricted.contains(person) && self.restrictions.keys().any(|(restricted, _)| restricted == person)
    }

    /// A message is stored by a handler that started with this knowledge.
    pub(crate) fn on_put(&mut self, message: &ChatMessage, acknowledged: &Acknowledged) {
        if self.is_restricted(&message.author.id, acknowledged) {
            self.violations.push(format!("{} posted while muted or banned", message.author.id));
        }
    }

    /// A changed message is stored by a handler that started with this knowledge.
    pub(crate) fn on_replaced(&mut self, StoredMessage { message, applied }: &StoredMessage, known: &Acknowledged) {
        let Some(change) = applied.last() else { return };
        if !message.deleted && self.is_restricted(&change.by, known) {
            self.violations.push(format!("{} changed a message while muted or banned", change.by));
        }
        let text = message.text.as_ref().map(ToString::to_string);
        let (by, nonce) = (change.by.clone(), change.nonce.clone());
        self.applied.push(Applied { rev: message.rev, by, nonce, text });
    }

    /// A frame has arrived that a handler made which had to respect so many deletions.
    pub(crate) fn on_frame(&mut self, frame: &ServerMessage, deletions: usize) {
        match frame {
            ServerMessage::Message(message) => self.on_messages(std::slice::from_ref(message), deletions),
            ServerMessage::Page { messages, .. } | ServerMessage::Changes { messages, .. } => {
                self.on_messages(messages, deletions);
            }
            _ => {}
        }
    }

    /// Messages have arrived from a handler that had to respect so many deletions.
    pub(crate) fn on_messages(&mut self, messages: &[ChatMessage], deletions: usize) {
        for message in messages {
            let is_deleted = self.deletions[..deletions].contains(&message.seq);
            if is_deleted && (!message.deleted || message.text.is_some()) {
                self.violations.push(format!("message {} was sent with its text after its deletion", message.seq));
            }
        }
    }
}

/// Returns what a change is about: a later change of the same kind replaces it.
pub(crate) fn kind_of(change: &Change) -> String {
    match change {
        Change::Text(_) | Change::Delete => "text".to_owned(),
        Change::Reaction { emoji, .. } => emoji.as_str().to_owned(),
    }
}
