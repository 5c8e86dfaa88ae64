//! The dialogs with pinned and with saved messages, and with threads.

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
    pub(crate) fn new() -> Self {
        Self { view: State::new(MessageListView::default()), dialog: NodeRef::new() }
    }
}

/// What the dialog shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MessageListView {
    pub(crate) progress: ListProgress,
    pub(crate) entries: Vec<ListEntry>,
    /// Where the list goes on, if it does.
    pub(crate) more: Option<ListPosition>,
}

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum ListPosition {
    /// At earlier saved messages.
    Saved(SavedPosition),
    /// At the threads that are not listed yet.
    Threads,
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
    /// The thread that it began, in a list of threads.
    pub(crate) thread: Option<ThreadNote>,
}

/// What the list shows of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadNote {
    /// Number of replies, and when the last one was sent.
    pub(crate) replies: String,
    /// Whether there are unread replies.
    pub(crate) is_unread: bool,
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
