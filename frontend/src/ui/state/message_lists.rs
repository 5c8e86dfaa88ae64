//! The dialogs with pinned and with saved messages.

use page_view::{NodeRef, State};
use shared_types::{Person, RoomName, SavedPosition, Seq, Timestamp};
use web_sys::HtmlDialogElement;

/// A dialog with a list of messages.
#[derive(Clone, Copy)]
pub(crate) struct MessageListState {
    pub(crate) view: State<MessageListView>,
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
}

impl MessageListState {
    pub(super) fn new() -> Self {
        Self { view: State::new(MessageListView::default()), dialog: NodeRef::new() }
    }
}

/// What the dialog shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MessageListView {
    pub(crate) progress: ListProgress,
    pub(crate) entries: Vec<ListEntry>,
    /// Where the list goes on, if it does.
    pub(crate) more: Option<SavedPosition>,
}

/// Whether the list is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum ListProgress {
    /// It is to be requested, or is not answered.
    #[default]
    Loading,
    Failed,
    Done,
}

/// A message of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListEntry {
    pub(crate) room: RoomName,
    /// The room as the list shows it, if it is not the room of the list.
    pub(crate) room_label: Option<String>,
    pub(crate) seq: Seq,
    /// `None` if it is gone.
    pub(crate) message: Option<ListedMessage>,
}

/// What the list shows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedMessage {
    pub(crate) author: Person,
    pub(crate) at: Timestamp,
    /// Day and time in the reader's calendar.
    pub(crate) when: String,
    pub(crate) text: String,
}
