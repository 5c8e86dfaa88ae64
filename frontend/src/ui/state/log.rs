//! The log of messages, and the dialogs about a message.

use leptos::{html, prelude::*};
use page_model::timeline::{Row, UnreadSummary};
use shared_types::Seq;

/// The log of messages.
#[derive(Clone, Copy)]
pub(crate) struct LogState {
    pub(crate) rows: RwSignal<Vec<KeyedRow>>,
    pub(crate) older: RwSignal<OlderMessages>,
    /// Whether a message arrived below what the reader sees.
    pub(crate) unread_below: RwSignal<bool>,
    /// Whether the rows are a range of the history with a gap between them and the newest messages.
    pub(crate) is_detached: RwSignal<bool>,
    /// The unread messages, until the first of them is in view.
    pub(crate) unread: RwSignal<Option<UnreadSummary>>,
    /// The message at which the toolbar is shown.
    pub(crate) toolbar_message: RwSignal<Option<Seq>>,
    pub(crate) toolbar: NodeRef<html::Div>,
    /// The message whose address was copied last.
    pub(crate) copied_message: RwSignal<Option<Seq>>,
    /// The scrolling element.
    pub(crate) element: NodeRef<html::Div>,
}

impl LogState {
    pub(super) fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            older: RwSignal::new(OlderMessages::None),
            unread_below: RwSignal::new(false),
            is_detached: RwSignal::new(false),
            unread: RwSignal::new(None),
            toolbar_message: RwSignal::new(None),
            toolbar: NodeRef::new(),
            copied_message: RwSignal::new(None),
            element: NodeRef::new(),
        }
    }
}

/// The dialogs about one message.
#[derive(Clone, Copy)]
pub(crate) struct MessageDialogs {
    /// The message that the open dialog is about.
    pub(crate) message: RwSignal<Option<Seq>>,
    pub(crate) emoji_picker: NodeRef<html::Dialog>,
    pub(crate) delete_dialog: NodeRef<html::Dialog>,
}

impl MessageDialogs {
    pub(super) fn new() -> Self {
        Self { message: RwSignal::new(None), emoji_picker: NodeRef::new(), delete_dialog: NodeRef::new() }
    }
}

/// The images in the log.
#[derive(Clone, Copy)]
pub(crate) struct ImageState {
    /// The addresses of images that this page sent, by the keys of their rows.
    pub(crate) own_sources: StoredValue<Vec<(String, String)>>,
    /// The key of the row whose image is open in the lightbox.
    pub(crate) viewed_row: RwSignal<Option<String>>,
    /// The rows among which the visitor turns in the lightbox: the last ones in the log with the viewed row.
    pub(crate) album: RwSignal<Vec<KeyedRow>>,
    pub(crate) lightbox: NodeRef<html::Dialog>,
}

impl ImageState {
    pub(super) fn new() -> Self {
        Self {
            own_sources: StoredValue::new(Vec::new()),
            viewed_row: RwSignal::new(None),
            album: RwSignal::new(Vec::new()),
            lightbox: NodeRef::new(),
        }
    }
}

/// A row with a signal of its own, so that a change redraws this row only.
#[derive(Clone)]
pub(crate) struct KeyedRow {
    pub(crate) key: String,
    pub(crate) row: ArcRwSignal<Row>,
}

/// Whether there are messages before the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OlderMessages {
    None,
    Some,
    Loading,
}
