//! The dialogs with links: to the room, and to another device.

use std::fmt;

use page_view::{NodeRef, State};
use shared_types::InvitationId;
use web_sys::HtmlDialogElement;

/// The dialog with the link to the room and, for moderators, with invitations.
#[derive(Clone, Copy)]
pub(crate) struct InviteState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    /// The link to the room, or a new invitation.
    pub(crate) link: ShownLink,
    /// Whether the link is a new invitation.
    pub(crate) is_invitation: State<bool>,
    pub(crate) list: State<InvitationsView>,
    /// The lifetime that is selected for a new invitation, in seconds.
    pub(crate) selected_life: State<u32>,
    /// The number of uses that is selected for a new invitation.
    pub(crate) selected_uses: State<u32>,
    /// Whether a request is on its way.
    pub(crate) is_pending: State<bool>,
    /// Whether no invitation to the private room could be made.
    pub(crate) is_failed: State<bool>,
}

impl InviteState {
    pub(super) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            link: ShownLink::new(),
            is_invitation: State::new(false),
            list: State::new(InvitationsView::Loading),
            selected_life: State::new(0),
            selected_uses: State::new(0),
            is_pending: State::new(false),
            is_failed: State::new(false),
        }
    }
}

/// The invitations as they are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests them"))]
pub(crate) enum InvitationsView {
    Loading,
    Failed,
    /// Newest first.
    Known(Vec<InvitationRow>),
}

/// An invitation as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvitationRow {
    pub(crate) id: InvitationId,
    /// Who made it, how many people it still lets in, and until when, as a sentence.
    pub(crate) text: String,
    /// Whether it still lets people in.
    pub(crate) is_usable: bool,
}

/// The dialog with the link to another device.
#[derive(Clone, Copy)]
pub(crate) struct DeviceLinkState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) link: ShownLink,
    pub(crate) status: State<DeviceLinkStatus>,
}

impl DeviceLinkState {
    pub(super) fn new() -> Self {
        Self { dialog: NodeRef::new(), link: ShownLink::new(), status: State::new(DeviceLinkStatus::Loading) }
    }
}

/// The state of the link to another device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests it"))]
pub(crate) enum DeviceLinkStatus {
    Loading,
    Failed,
    Shown,
    Expired,
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

    /// Shows another link, or none if it is empty.
    pub(crate) fn show(self, url: String) {
        self.copied.set(None);
        self.url.set(url);
    }
}

impl fmt::Debug for ShownLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::any::type_name::<Self>())
    }
}
