//! The thread that is shown beside the log.

use page_model::composer_mode::EditedMessage;
use page_view::{NodeRef, State};
use shared_types::Seq;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::ui::state::log::KeyedRow;

/// The thread that is shown beside the log, and what is unread in others.
#[derive(Clone, Copy)]
pub(crate) struct ThreadState {
    /// Whether a thread is shown. Unlike `root`, it stays the same when another thread takes its place.
    pub(crate) is_open: State<bool>,
    /// The message that began it, while one is shown.
    pub(crate) root: State<Option<Seq>>,
    /// That message and the replies.
    pub(crate) rows: State<Vec<KeyedRow>>,
    pub(crate) view: State<ThreadView>,
    /// The reply that is edited.
    pub(crate) edited: State<Option<EditedMessage>>,
    /// The first messages of the threads in which the visitor wrote or was mentioned, and has not read the last reply.
    pub(crate) unread: State<Vec<Seq>>,
    /// The number of these threads as a sentence; empty if there are none.
    pub(crate) unread_sentence: State<String>,
    pub(crate) panel: NodeRef<HtmlElement>,
    /// The scrolling element.
    pub(crate) log: NodeRef<HtmlElement>,
    /// The checkbox that sends the reply to the room, too.
    pub(crate) in_room: NodeRef<HtmlInputElement>,
}

impl ThreadState {
    pub(super) fn new() -> Self {
        Self {
            is_open: State::new(false),
            root: State::new(None),
            rows: State::new(Vec::new()),
            view: State::new(ThreadView::default()),
            edited: State::new(None),
            unread: State::new(Vec::new()),
            unread_sentence: State::new(String::new()),
            panel: NodeRef::new(),
            log: NodeRef::new(),
            in_room: NodeRef::new(),
        }
    }
}

/// What the panel shows beside the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ThreadView {
    /// Whether there are older replies.
    pub(crate) more: bool,
    /// Whether the replies are loaded.
    pub(crate) is_loaded: bool,
    /// Whether nobody can reply, because the first message is deleted.
    pub(crate) is_closed: bool,
    /// Why the thread could not be loaded.
    pub(crate) error: Option<&'static str>,
    /// Whether the reply that was to be sent is too long.
    pub(crate) is_too_long: bool,
}
