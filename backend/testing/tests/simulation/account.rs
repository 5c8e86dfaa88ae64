//! What a person did and saw, for the verification.

use std::collections::{BTreeMap, BTreeSet};

use page_model::timeline::{Change, Row};
use shared_types::{Emoji, MessageText, Nonce, Rev, RoomName, Seq};

/// A change that a person made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) nonce: Nonce,
    /// The number of the window.
    pub(crate) window: usize,
    pub(crate) seq: Seq,
    pub(crate) change: Change,
    /// The text that the window showed.
    pub(crate) shown: Option<String>,
    /// The revision that the window named when it sent the change; `None` if it was never sent, or is a deletion.
    pub(crate) based_on: Option<Rev>,
    /// Whether it failed, or the page was closed before it was confirmed. It may be applied later, or not.
    pub(crate) is_unknown: bool,
}

/// What a window showed at the end.
pub(crate) struct View {
    /// The room that the window showed.
    pub(crate) room: RoomName,
    /// Positions of the sent messages.
    pub(crate) seqs: Vec<u64>,
    /// Content of each row, as [`content`] formats it.
    pub(crate) content: Vec<String>,
    /// Detached range of older messages that the person was reading: position and content of each row.
    pub(crate) detached: Vec<(u64, String)>,
    /// Positions of the messages that began a thread, each with the number of its replies.
    pub(crate) threads: BTreeMap<u64, usize>,
    /// Number of changes that are not confirmed.
    pub(crate) changing: usize,
    /// State of the page, for debugging.
    pub(crate) ending: String,
}

/// What a person did and saw, in all windows.
#[derive(Default)]
pub(crate) struct Account {
    /// Id of the person.
    pub(crate) id: String,
    /// Written messages of each window in each room, in their order.
    pub(crate) written: BTreeMap<(usize, RoomName), Vec<Nonce>>,
    /// Confirmed messages, each with its position when it was confirmed.
    pub(crate) confirmed: BTreeMap<Nonce, u64>,
    /// Changes in their order.
    pub(crate) made: Vec<Made>,
    /// Messages that failed in a window. Later messages are sent before their retry, so their order may differ.
    pub(crate) failed: BTreeSet<Nonce>,
    /// Replies in threads that were refused.
    pub(crate) refused: BTreeSet<Nonce>,
    /// The windows at the end.
    pub(crate) views: Vec<View>,
}

impl Account {
    /// Marks the outcome of a window's changes of these messages as unknown.
    pub(crate) fn mark_unknown(&mut self, window: usize, seqs: &[Seq]) {
        let of_window = self.made.iter_mut().filter(|made| made.window == window);
        of_window.filter(|made| seqs.contains(&made.seq)).for_each(|made| made.is_unknown = true);
    }
}

/// Returns the content of a row, in the format of the verification.
pub(crate) fn content_of(row: &Row) -> String {
    let reactions = row.reactions.iter().map(|reaction| (&reaction.emoji, &reaction.people));
    let votes = row.poll.iter().flat_map(|poll| &poll.options).map(|option| option.votes).collect();
    content(row.text.as_ref(), [row.deleted, row.edited, row.pinned], votes, reactions)
}

pub(crate) fn content<'a>(
    text: Option<&MessageText>,
    flags: [bool; 3],
    votes: Vec<usize>,
    reactions: impl Iterator<Item = (&'a Emoji, &'a Vec<shared_types::Person>)>,
) -> String {
    let people =
        |people: &Vec<shared_types::Person>| people.iter().map(|person| person.id.to_string()).collect::<Vec<_>>();
    let reactions: Vec<_> = reactions.map(|(emoji, who)| (emoji.as_str(), people(who))).collect();
    format!("{:?} {flags:?} {votes:?} {reactions:?}", text.map(MessageText::as_str))
}
