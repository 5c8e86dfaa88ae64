//! What has to be true of the changes that a person made, compared with those that the store applied.

use std::collections::{BTreeMap, BTreeSet};

use page_model::timeline::Change;
use shared_types::{ChatMessage, Seq};

use crate::{
    account::{Account, Made},
    observations::{Applied, kind_of},
};

/// A change that was applied, with its author's view of it.
type Step<'a> = (&'a Applied, &'a Made);

/// Verifies the changes of a person.
pub(crate) fn verify_changes(account: &Account, applied: &[Applied], stored: &[ChatMessage]) {
    let by_nonce: BTreeMap<_, _> = account.made.iter().map(|made| (&made.nonce, made)).collect();
    let own = applied.iter().filter(|change| change.by.as_str() == account.id);
    let mut histories: BTreeMap<(Seq, String), Vec<Step>> = BTreeMap::new();
    let mut nonces = BTreeSet::new();
    for change in own {
        assert!(nonces.insert(&change.nonce), "applied twice: {change:?}");
        let made = by_nonce[&change.nonce];
        histories.entry((made.seq, kind_of(&made.change))).or_default().push((change, made));
    }
    for (about, history) in &histories {
        verify_order(history);
        if about.1 == "text" {
            verify_edits(history, account);
        }
    }
    let mut last: BTreeMap<(Seq, String, usize), &Made> = BTreeMap::new();
    for made in &account.made {
        last.insert((made.seq, kind_of(&made.change), made.window), made);
    }
    for ((seq, kind, _), made) in last {
        let message = stored.iter().find(|message| message.seq == seq).unwrap();
        // Another moderator may have unpinned what this one pinned.
        let newest_pin = applied.iter().rfind(|change| change.is_pin && change.seq == seq);
        if kind == "pin" && newest_pin.is_some_and(|change| change.by.as_str() != account.id) {
            continue;
        }
        let history = histories.get(&(seq, kind)).map(Vec::as_slice).unwrap_or_default();
        verify_last(made, history, message, &account.id);
    }
}

/// No change of a window is applied after a later one of the same text or reaction, and none without having seen the one before, in
/// whichever window that was made.
fn verify_order(history: &[Step]) {
    for pair in history.windows(2) {
        let [(before, made_before), (after, made)] = pair else { continue };
        assert!(
            made.change == Change::Delete || made.based_on >= Some(before.rev),
            "{made:?} at {} undid {made_before:?} at {}",
            after.rev,
            before.rev
        );
    }
    for window in [0, 1] {
        let of_window: Vec<_> = history.iter().filter(|(_, made)| made.window == window).collect();
        let number = |made: &Made| made.nonce.as_str().rsplit('-').next().unwrap().parse::<u64>().unwrap();
        assert!(of_window.is_sorted_by_key(|(_, made)| number(made)), "a late attempt undid a change: {of_window:?}");
    }
}

/// An edit replaces the text that its author saw, and no other one.
fn verify_edits(history: &[Step], account: &Account) {
    for pair in history.windows(2) {
        let [(before, _), (_, made)] = pair else { continue };
        if made.change != Change::Delete {
            let seen = texts_seen(made, history, account);
            assert!(seen.contains(&before.text), "{made:?} overwrote {:?}, and its author saw {seen:?}", before.text);
        }
    }
}

/// Returns the texts that an edit can be based on: the one that its window showed and, if that was an edit which was never applied, what
/// that one was based on.
fn texts_seen(made: &Made, history: &[Step], account: &Account) -> Vec<Option<String>> {
    let mut seen = vec![made.shown.clone()];
    let text_of = |made: &Made| match &made.change {
        Change::Text(text) => text.as_ref().map(ToString::to_string),
        Change::Delete | Change::Reaction { .. } | Change::Pinned(_) | Change::Vote { .. } | Change::ClosePoll => None,
    };
    while let Some(shown) = seen.last().cloned().flatten()
        && let Some(own) = account.made.iter().find(|own| text_of(own).as_ref() == Some(&shown))
        && !history.iter().any(|(applied, _)| applied.nonce == own.nonce)
    {
        seen.push(own.shown.clone());
    }
    seen
}

/// The last change of a window whose outcome is known is stored, unless another window made one that it had not seen.
fn verify_last(made: &Made, history: &[Step], message: &ChatMessage, who: &str) {
    let unseen = |(applied, other): &Step| {
        other.window != made.window && made.based_on.is_none_or(|based_on| applied.rev > based_on)
    };
    if made.is_unknown || history.iter().any(unseen) {
        return;
    }
    assert!(is_stored(&made.change, message, who), "{made:?} of {who} is in {message:?} after {history:?}");
}

/// Returns whether a change is stored in a message.
fn is_stored(change: &Change, message: &ChatMessage, who: &str) -> bool {
    match change {
        _ if message.deleted => true,
        Change::Delete => false,
        Change::Text(text) => message.text == *text,
        Change::Reaction { emoji, on } => {
            let matching = message.reactions.iter().filter(|reaction| reaction.emoji == *emoji);
            matching.flat_map(|reaction| &reaction.people).any(|person| person.id.as_str() == who) == *on
        }
        Change::Pinned(pinned) => message.pinned.is_some() == *pinned,
        Change::Vote { option, on, .. } => {
            message.poll.as_ref().and_then(|poll| poll.has_vote(*option, &who.parse().unwrap())) == Some(*on)
        }
        Change::ClosePoll => message.poll.as_ref().is_some_and(|poll| poll.closed),
    }
}
