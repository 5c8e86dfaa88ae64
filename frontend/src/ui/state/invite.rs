//! The dialog with the link to the room.

use std::fmt;

use page_view::{NodeRef, State};
use web_sys::HtmlDialogElement;

/// The dialog with the link to the room.
#[derive(Clone, Copy)]
pub(crate) struct InviteState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) room_link: ShownLink,
}

impl InviteState {
    pub(super) fn new() -> Self {
        Self { dialog: NodeRef::new(), room_link: ShownLink::new() }
    }
}

/// A link in a dialog, with its QR code and the button that copies it.
#[derive(Clone, Copy)]
pub(crate) struct ShownLink {
    /// The absolute address; empty until it is known.
    pub(crate) url: State<String>,
    /// Whether it was copied; `None` until the visitor asks for it.
    pub(crate) copied: State<Option<bool>>,
}

impl ShownLink {
    pub(super) fn new() -> Self {
        Self { url: State::new(String::new()), copied: State::new(None) }
    }
}

impl fmt::Debug for ShownLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ShownLink")
    }
}
