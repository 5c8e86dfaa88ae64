//! The search dialog.

use page_model::search::{ExcerptPart, Progress};
use page_view::{NodeRef, State};
use shared_types::{Person, Seq, Timestamp};
use web_sys::HtmlDialogElement;

/// The search dialog.
#[derive(Clone, Copy)]
pub(crate) struct SearchState {
    pub(crate) results: State<SearchResults>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl SearchState {
    pub(super) fn new() -> Self {
        Self { results: State::new(SearchResults::default()), dialog: NodeRef::new() }
    }
}

/// The results of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SearchResults {
    pub(crate) progress: Progress,
    pub(crate) hits: Vec<SearchHit>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchHit {
    pub(crate) seq: Seq,
    pub(crate) author: Person,
    pub(crate) at: Timestamp,
    /// Day and time in the reader's calendar.
    pub(crate) when: String,
    /// The part of the text that matches.
    pub(crate) excerpt: Vec<ExcerptPart>,
}
