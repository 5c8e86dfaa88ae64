//! The changes that a message remembers, and what they tell about another attempt.
//!
//! A change can arrive late: an attempt may wait in a network, in a retried function, or on a sleeping device. Two things keep it from
//! undoing a newer change. Its nonce is remembered if it was applied. And it names the revision that its author saw (`based_on`): a
//! change of the same text or reaction that took a later revision is newer. So a change that was never applied needs no record.

use std::collections::{BTreeMap, BTreeSet};

use shared_types::{ChatMessage, Emoji, Nonce, Person, Rev, Timestamp};

use crate::{
    messages::{deadlines::RECORD_LIFE, update::MessageUpdate},
    ports::messages::{AppliedChange, AppliedReaction, AppliedVote, StoredMessage},
};

/// Maximum number of applied changes that a message remembers: 200 of at most 130 bytes are 26 KB.
const REMEMBERED: usize = 200;

/// Returns the record of a change that takes a revision.
pub(super) fn applied_change(
    update: &MessageUpdate,
    by: &Person,
    nonce: &Nonce,
    rev: Rev,
    at: Timestamp,
) -> AppliedChange {
    let (by, nonce) = (by.id.clone(), nonce.clone());
    let mut change = AppliedChange { by, nonce, at, edit_rev: None, reaction: None, pin_rev: None, vote: None };
    match update {
        MessageUpdate::Text { .. } => change.edit_rev = Some(rev),
        MessageUpdate::Reaction { emoji, .. } => change.reaction = Some(AppliedReaction { emoji: emoji.clone(), rev }),
        MessageUpdate::Pinned { .. } => change.pin_rev = Some(rev),
        MessageUpdate::Vote { option, .. } => change.vote = Some(AppliedVote { option: *option, rev }),
        MessageUpdate::Deleted | MessageUpdate::Erased | MessageUpdate::PollClosed => {}
    }
    change
}

/// Returns whether a newer change of the same text, of the same pin, or of the person's same reaction, was applied. Other changes do not matter.
pub(super) fn is_outdated(update: &MessageUpdate, by: &Person, found: &StoredMessage) -> bool {
    let applied = &found.applied;
    let newest = match update {
        MessageUpdate::Text { .. } => applied.iter().filter_map(|change| change.edit_rev).max(),
        MessageUpdate::Pinned { .. } => applied.iter().filter_map(|change| change.pin_rev).max(),
        MessageUpdate::Reaction { emoji, .. } => {
            let own = applied.iter().filter(|change| change.by == by.id);
            let reactions = own.filter_map(|change| change.reaction.as_ref());
            reactions.filter(|reaction| reaction.emoji == *emoji).map(|reaction| reaction.rev).max()
        }
        MessageUpdate::Vote { option, .. } => {
            // With one choice, each vote changes the other options, too.
            let several = found.message.poll.as_ref().is_some_and(|poll| poll.several);
            let own = applied.iter().filter(|change| change.by == by.id).filter_map(|change| change.vote.as_ref());
            own.filter(|vote| !several || vote.option == *option).map(|vote| vote.rev).max()
        }
        MessageUpdate::Deleted | MessageUpdate::Erased | MessageUpdate::PollClosed => None,
    };
    matches!((newest, based_on(update)), (Some(newest), Some(seen)) if newest > seen)
}

/// Returns whether a deletion or a reaction would change nothing. Nothing follows a deletion, and a late attempt of the reaction is
/// outdated when a newer one is applied, if it names a revision. Without one it needs its record. An edit that changes nothing is stored all the same, so that it raises the newest edit.
pub(super) fn is_unneeded(update: &MessageUpdate, found: &ChatMessage, wanted: &ChatMessage) -> bool {
    match update {
        MessageUpdate::Deleted | MessageUpdate::PollClosed => found == wanted,
        MessageUpdate::Reaction { based_on, .. }
        | MessageUpdate::Pinned { based_on, .. }
        | MessageUpdate::Vote { based_on, .. } => based_on.is_some() && found == wanted,
        MessageUpdate::Text { .. } | MessageUpdate::Erased => false,
    }
}

/// Returns whether the effect of a change that was applied is gone, because another one followed. Its sender may have seen neither, so it
/// is told. A client that sends no `basedOn` does not know that answer.
pub(super) fn is_overtaken(update: &MessageUpdate, found: &ChatMessage, by: &Person) -> bool {
    if found.deleted || based_on(update).is_none() {
        return false;
    }
    match update {
        MessageUpdate::Text { text, .. } => found.text != *text,
        MessageUpdate::Reaction { emoji, on, .. } => has_reaction(found, emoji, by) != *on,
        MessageUpdate::Pinned { pinned, .. } => found.pinned.is_some() != *pinned,
        MessageUpdate::Vote { option, on, .. } => {
            found.poll.as_ref().and_then(|poll| poll.has_vote(*option, &by.id)) != Some(*on)
        }
        MessageUpdate::Deleted | MessageUpdate::Erased | MessageUpdate::PollClosed => false,
    }
}

/// Returns the changes that may still be retried, and this one. The newest edit, the newest pin and the newest change of each person's
/// reaction and vote are kept for any time, because an older one may have waited on a sleeping device. If there are too many, those that a newer one replaced go
/// first, then the oldest reactions and votes.
pub(super) fn recent_changes(applied: Vec<AppliedChange>, mine: AppliedChange) -> Vec<AppliedChange> {
    let now = mine.at;
    let newest_edit = applied.iter().chain([&mine]).filter_map(|change| change.edit_rev).max();
    let newest_pin = applied.iter().chain([&mine]).filter_map(|change| change.pin_rev).max();
    let newest_reactions = newest_reactions(applied.iter().chain([&mine]));
    let newest_votes = newest_votes(applied.iter().chain([&mine]));
    let is_newest_of_all = |change: &AppliedChange| {
        newest_edit.is_some() && change.edit_rev == newest_edit || newest_pin.is_some() && change.pin_rev == newest_pin
    };
    let is_newest = |change: &AppliedChange| {
        is_newest_of_all(change)
            || change.reaction.as_ref().is_some_and(|reaction| newest_reactions.contains(&reaction.rev))
            || change.vote.as_ref().is_some_and(|vote| newest_votes.contains(&vote.rev))
    };
    let mut recent = applied;
    recent.retain(|change| now.since(change.at) <= RECORD_LIFE || is_newest(change));
    let mut surplus = (recent.len() + 1).saturating_sub(REMEMBERED);
    let mut drop_surplus = |is_needed: &dyn Fn(&AppliedChange) -> bool| {
        recent.retain(|change| {
            let is_kept = surplus == 0 || is_needed(change);
            surplus -= usize::from(!is_kept);
            is_kept
        });
    };
    drop_surplus(&is_newest);
    drop_surplus(&is_newest_of_all);
    recent.push(mine);
    recent
}

/// Returns the revisions of the newest change of each person's reactions.
fn newest_reactions<'a>(applied: impl Iterator<Item = &'a AppliedChange>) -> BTreeSet<Rev> {
    let mut newest = BTreeMap::<_, Rev>::new();
    for change in applied {
        if let Some(reaction) = &change.reaction {
            let rev = newest.entry((&change.by, &reaction.emoji)).or_default();
            *rev = reaction.rev.max(*rev);
        }
    }
    newest.into_values().collect()
}

/// Returns the revisions of the newest change of each person's votes.
fn newest_votes<'a>(applied: impl Iterator<Item = &'a AppliedChange>) -> BTreeSet<Rev> {
    let mut newest = BTreeMap::<_, Rev>::new();
    for change in applied {
        if let Some(vote) = &change.vote {
            let rev = newest.entry((&change.by, vote.option)).or_default();
            *rev = vote.rev.max(*rev);
        }
    }
    newest.into_values().collect()
}

/// Returns the revision that the author of a change saw.
fn based_on(update: &MessageUpdate) -> Option<Rev> {
    match update {
        MessageUpdate::Text { based_on, .. }
        | MessageUpdate::Reaction { based_on, .. }
        | MessageUpdate::Pinned { based_on, .. }
        | MessageUpdate::Vote { based_on, .. } => *based_on,
        MessageUpdate::Deleted | MessageUpdate::Erased | MessageUpdate::PollClosed => None,
    }
}

fn has_reaction(message: &ChatMessage, emoji: &Emoji, by: &Person) -> bool {
    let matching = message.reactions.iter().filter(|reaction| reaction.emoji == *emoji);
    matching.flat_map(|reaction| &reaction.people).any(|person| person.id == by.id)
}
