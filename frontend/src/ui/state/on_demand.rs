//! What is loaded on demand: the dialogs, and what handles attached images.

use leptos::prelude::Callback;
use page_view::{NodeRef, State};
use shared_types::{Person, Seq};
use web_sys::{HtmlDialogElement, HtmlElement};

/// What is loaded on demand.
#[derive(Clone, Copy)]
pub(crate) struct OnDemandState {
    pub(crate) loading: State<Loading>,
    /// The dialog that the visitor opened before it was loaded.
    pub(crate) request: State<Option<DialogRequest>>,
    /// Whether commands of the visitor wait until it is loaded.
    pub(crate) has_waiting: State<bool>,
    /// Whether they wait so long that the visitor is told.
    pub(crate) is_late: State<bool>,
    /// The dialog that is shown meanwhile.
    pub(crate) placeholder: NodeRef<HtmlDialogElement>,
    /// The element that contains the dialogs.
    pub(crate) container: NodeRef<HtmlElement>,
    pub(crate) profile_dialog: NodeRef<HtmlDialogElement>,
    pub(crate) people_dialog: NodeRef<HtmlDialogElement>,
}

impl OnDemandState {
    pub(super) fn new() -> Self {
        Self {
            loading: State::new(Loading::Waiting),
            request: State::new(None),
            has_waiting: State::new(false),
            is_late: State::new(false),
            placeholder: NodeRef::new(),
            container: NodeRef::new(),
            profile_dialog: NodeRef::new(),
            people_dialog: NodeRef::new(),
        }
    }
}

/// Whether the part is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum Loading {
    /// Loading has not started.
    Waiting,
    Running,
    Failed,
    Done,
}

/// A position in the page whose content is loaded on demand.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Dialogs,
    /// The attached images. The callback sends the message.
    Attachments(Callback<()>),
}

/// A dialog to open.
#[derive(Clone, Debug)]
pub(crate) enum DialogRequest {
    Profile,
    People,
    Rooms,
    Search,
    Shortcuts,
    /// Reactions to a message.
    EmojiPicker(Seq),
    /// The deletion of a message.
    Delete(Seq),
    /// The image of the row with this key.
    Lightbox(String),
    /// The restrictions of a person.
    Restrict(Person),
}

impl DialogRequest {
    /// The message that the visitor is about to change in the dialog.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
    pub(crate) fn message(&self) -> Option<Seq> {
        match self {
            Self::EmojiPicker(seq) | Self::Delete(seq) => Some(*seq),
            Self::Profile | Self::People | Self::Rooms | Self::Search | Self::Shortcuts => None,
            Self::Lightbox(_) | Self::Restrict(_) => None,
        }
    }
}
