//! The dialog that makes a poll.

use page_view::{NodeRef, State};
use web_sys::{HtmlDialogElement, HtmlInputElement, HtmlTextAreaElement};

/// The dialog that makes a poll.
#[derive(Clone, Copy)]
pub(crate) struct PollState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) question: NodeRef<HtmlInputElement>,
    pub(crate) options: NodeRef<HtmlTextAreaElement>,
    /// 1 if several choices is checked.
    pub(crate) several: State<u32>,
    /// What is wrong, or what is going on.
    pub(crate) note: State<String>,
    /// Whether the poll is sent and not confirmed.
    pub(crate) is_pending: State<bool>,
}

impl PollState {
    pub(super) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            question: NodeRef::new(),
            options: NodeRef::new(),
            several: State::new(0),
            note: State::new(String::new()),
            is_pending: State::new(false),
        }
    }
}
