//! What the simulation knows about the server: what was acknowledged, which changes were applied, and which rules were broken.

use std::collections::{BTreeMap, BTreeSet};

use chat::ports::messages::StoredMessage;
use page_model::timeline::Change;
use shared_types::{ChatMessage, Nonce, PersonId, Restrictions, Rev, Seq, ServerMessage};

/// Maximum error of a clock, in milliseconds.
const CLOCK_ERROR: u64 = 5 * 60 * 1000;

/// Maximum duration of a handler and of the clock error of the one that checks a restriction, in milliseconds.
const ENFORCEMENT_MARGIN: u64 = CLOCK_ERROR + 15 * 1000;

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
    /// The message.
    pub(crate) seq: Seq,
    /// The text of the message afterwards.
    pub(crate) text: Option<String>,
    /// Whether it pinned or unpinned the message.
    pub(crate) is_pin: bool,
}

/// What was acknowledged when a handler started. The handler has to respect it.
#[derive(Clone, Default)]
pub(crate) struct Acknowledged {
    /// Number of deletions.
    pub(crate) deletions: usize,
    /// The restrictions that are enforced, by their numbers.
    restrictions: BTreeSet<usize>,
}

/// A restriction that a moderator was told of.
struct Imposed {
    /// Its place among all restrictions. One that is lifted and imposed again gets another number.
    number: usize,
    /// Until when it is certainly enforced.
    until: u64,
}

#[derive(Default)]
pub(crate) struct Observations {
    /// The deleted messages, in the order in which a page first showed them as deleted.
    deletions: Vec<Seq>,
    /// The restrictions that nobody asked to end.
    restrictions: BTreeMap<(PersonId, RestrictionKind), Imposed>,
    /// Until when the last restriction that was asked for is certainly enforced. A command that is handled twice is handled with two
    /// clocks, and the second answer may be lost.
    asked: BTreeMap<(PersonId, RestrictionKind), u64>,
    /// Number of restrictions so far.
    imposed: usize,
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
        let enforced = self.restrictions.values().filter(|imposed| imposed.until > now);
        Acknowledged { deletions: self.deletions.len(), restrictions: enforced.map(|imposed| imposed.number).collect() }
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
        let about = (person.clone(), kind);
        let asked = self.asked.get(&about).copied().unwrap_or(u64::MAX);
        let until = until.saturating_sub(ENFORCEMENT_MARGIN).min(asked);
        let number = self.imposed;
        let imposed = self.restrictions.entry(about).or_insert(Imposed { number, until });
        imposed.until = until;
        self.imposed += 1;
    }

    /// A moderator asks for a restriction until this time. It may be shorter than the one that holds, and its answer may be lost.
    pub(crate) fn on_imposing(&mut self, person: &PersonId, kind: RestrictionKind, until: u64) {
        let until = until.saturating_sub(CLOCK_ERROR + ENFORCEMENT_MARGIN);
        self.asked.insert((person.clone(), kind), until);
        if let Some(imposed) = self.restrictions.get_mut(&(person.clone(), kind)) {
            imposed.until = imposed.until.min(until);
        }
    }

    /// A moderator asks for the end of a restriction. From now on it may hold or not.
    pub(crate) fn on_lifting(&mut self, person: &PersonId, kind: RestrictionKind) {
        self.restrictions.remove(&(person.clone(), kind));
    }

    /// Returns whether the same restriction of a person was enforced all the time since a handler started. A ban that followed the end
    /// of a mute leaves a gap between them, in which the handler may have read the restrictions.
    fn is_restricted(&self, person: &PersonId, since: &Acknowledged) -> bool {
        let own = self.restrictions.iter().filter(|((restricted, _), _)| restricted == person);
        own.map(|(_, imposed)| imposed).any(|imposed| since.restrictions.contains(&imposed.number))
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
        let is_pin = change.pin_rev.is_some();
        if is_pin {
            self.count("pins");
        }
        if change.vote.is_some() {
            self.count("votes");
        }
        self.applied.push(Applied { rev: message.rev, by, nonce, seq: message.seq, text, is_pin });
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
        Change::Pinned(_) => "pin".to_owned(),
        Change::Vote { .. } => "vote".to_owned(),
        Change::ClosePoll => "close".to_owned(),
    }
}

#[test]
fn a_restriction_that_follows_the_end_of_another_one_does_not_extend_it() {
    let ann: PersonId = "ann".parse().unwrap();
    let far = 10 * ENFORCEMENT_MARGIN;
    let mut observations = Observations::default();
    observations.on_restricted(&ann, RestrictionKind::Mute, far);
    let muted = observations.acknowledged(0);
    observations.on_restricted(&ann, RestrictionKind::Mute, far);
    assert!(observations.is_restricted(&ann, &muted), "it is the same mute");
    observations.on_lifting(&ann, RestrictionKind::Mute);
    for kind in [RestrictionKind::Ban, RestrictionKind::Mute] {
        observations.on_restricted(&ann, kind, far);
        assert!(!observations.is_restricted(&ann, &muted), "{kind:?} came after a gap");
    }
    assert!(observations.is_restricted(&ann, &observations.acknowledged(0)));
}
