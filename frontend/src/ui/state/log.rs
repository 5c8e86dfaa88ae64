//! The log of messages, and the dialogs about a message.

use leptos::ev;
use page_model::timeline::{Row, UnreadSummary};
use page_view::{NodeRef, SharedState, State};
use shared_types::Seq;
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::ui::state::composer::ComposerPlace;

/// The log of messages.
#[derive(Clone, Copy)]
pub(crate) struct LogState {
    pub(crate) rows: State<Vec<KeyedRow>>,
    pub(crate) older: State<OlderMessages>,
    /// Whether a message arrived below what the reader sees.
    pub(crate) unread_below: State<bool>,
    /// Whether the rows are a range of the history with a gap between them and the newest messages.
    pub(crate) is_detached: State<bool>,
    /// The unread messages, until the first of them is in view.
    pub(crate) unread: State<Option<UnreadSummary>>,
    /// The message at which the toolbar is shown.
    pub(crate) toolbar_message: State<Option<Seq>>,
    pub(crate) toolbar: NodeRef<HtmlElement>,
    /// The button that copies code, and whether it has done so.
    pub(crate) code_button: NodeRef<HtmlElement>,
    pub(crate) code_copied: State<bool>,
    /// Keys that were pressed in the log before what handles them was loaded.
    pub(crate) waiting_keys: State<Vec<ev::KeyboardEvent>>,
    /// The scrolling element.
    pub(crate) element: NodeRef<HtmlElement>,
}

impl LogState {
    pub(super) fn new() -> Self {
        Self {
            rows: State::new(Vec::new()),
            older: State::new(OlderMessages::None),
            unread_below: State::new(false),
            is_detached: State::new(false),
            unread: State::new(None),
            toolbar_message: State::new(None),
            toolbar: NodeRef::new(),
            code_button: NodeRef::new(),
            code_copied: State::new(false),
            waiting_keys: State::new(Vec::new()),
            element: NodeRef::new(),
        }
    }
}

/// The dialogs about one message.
#[derive(Clone, Copy)]
pub(crate) struct MessageDialogs {
    /// The message that the open dialog is about.
    pub(crate) message: State<Option<Seq>>,
    pub(crate) emoji_picker: NodeRef<HtmlDialogElement>,
    /// The field and the selection in it for which the emoji picker is opened, if it is not opened for a message.
    pub(crate) picked_into: State<Option<(ComposerPlace, (u32, u32))>>,
    pub(crate) delete_dialog: NodeRef<HtmlDialogElement>,
}

impl MessageDialogs {
    pub(super) fn new() -> Self {
        Self {
            message: State::new(None),
            emoji_picker: NodeRef::new(),
            picked_into: State::new(None),
            delete_dialog: NodeRef::new(),
        }
    }
}

/// The images in the log.
#[derive(Clone, Copy)]
pub(crate) struct ImageState {
    /// The addresses of images that this page sent, by the keys of their rows with their numbers ([`shared_types::numbered`]).
    pub(crate) own_sources: State<Vec<(String, String)>>,
    /// The key of the image that is open in the lightbox: that of its row, with its number.
    pub(crate) viewed_row: State<Option<String>>,
    /// The rows among which the visitor turns in the lightbox: the last ones in the log with the viewed row.
    pub(crate) album: State<Vec<KeyedRow>>,
    pub(crate) lightbox: NodeRef<HtmlDialogElement>,
}

impl ImageState {
    pub(super) fn new() -> Self {
        Self {
            own_sources: State::new(Vec::new()),
            viewed_row: State::new(None),
            album: State::new(Vec::new()),
            lightbox: NodeRef::new(),
        }
    }
}

/// A row with a state of its own, so that a change redraws this row only.
#[derive(Clone)]
pub(crate) struct KeyedRow {
    pub(crate) key: String,
    pub(crate) row: SharedState<Row>,
}

/// Whether there are messages before the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OlderMessages {
    None,
    Some,
    Loading,
}
