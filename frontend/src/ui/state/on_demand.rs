//! What is loaded on demand: `docs/frontend.md` lists it.

use leptos::ev;
use page_view::{Callback, NodeRef, State, View};
use shared_types::{Person, Seq};
use web_sys::{HtmlDialogElement, HtmlElement};

use crate::ui::{
    message_lists::MessageList,
    state::{Chat, intent::Clipboard},
};

/// What is loaded on demand.
#[derive(Clone, Copy)]
pub(crate) struct OnDemandState {
    pub(crate) loading: State<Loading>,
    /// What the components call, once it is loaded.
    pub(crate) functions: State<Option<UiFunctions>>,
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
    /// Whether the panel with the people is open, where the window is wide enough.
    pub(crate) people_panel: State<bool>,
}

impl OnDemandState {
    pub(super) fn new() -> Self {
        Self {
            loading: State::new(Loading::Waiting),
            functions: State::new(None),
            request: State::new(None),
            has_waiting: State::new(false),
            is_late: State::new(false),
            placeholder: NodeRef::new(),
            container: NodeRef::new(),
            profile_dialog: NodeRef::new(),
            people_dialog: NodeRef::new(),
            people_panel: State::new(false),
        }
    }
}

/// The functions of the components that are loaded on demand.
#[derive(Clone, Copy)]
pub(crate) struct UiFunctions {
    /// Draws the content of a slot.
    pub(crate) draw: fn(Chat, Slot) -> Vec<View>,
    /// Opens a dialog.
    pub(crate) show: fn(Chat, DialogRequest),
    /// Whether the files of a clipboard are pasted, and not its text.
    pub(crate) pastes_files: fn(&Clipboard) -> bool,
    /// Suggests people, emoji and commands whose names match what is typed.
    pub(crate) suggest: fn(Chat),
    /// Handles a key of the composer: those of the suggestions, and those that format the text. Returns whether it was used.
    pub(crate) on_composer_key: fn(Chat, &ev::KeyboardEvent) -> bool,
    /// Runs the command in a text that starts with a slash. Returns the text to send, if there is one.
    pub(crate) run_command: fn(Chat, &str) -> Option<String>,
    /// Registers the listeners of the log that are loaded on demand.
    pub(crate) watch_log: fn(Chat),
    /// Handles a key in the log.
    pub(crate) on_log_key: fn(Chat, &ev::KeyboardEvent),
    /// Handles the keys that were pressed in the log before.
    pub(crate) handle_waiting_keys: fn(Chat),
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
    /// What is suggested while the visitor types.
    Suggestions,
    /// The buttons that format the text.
    FormatBar,
    /// The buttons of the toolbar of messages.
    MessageActions,
    /// The lists of rooms in the column.
    Rooms,
}

/// What the visitor opens.
#[derive(Clone, Debug)]
pub(crate) enum DialogRequest {
    Profile,
    People,
    Rooms,
    /// Title, topic and description of the room.
    RoomDetails,
    Search,
    Shortcuts,
    /// Reactions to a message.
    EmojiPicker(Seq),
    /// Emoji for the text in the composer.
    ComposerEmoji,
    /// The deletion of a message.
    Delete(Seq),
    /// What the action of a message with this name opens, if it opens something. Others are done at once.
    Action(Seq, String),
    /// The image of the row with this key.
    Lightbox(String),
    /// The restrictions of a person.
    Restrict(Person),
    /// The link to the room.
    Invite,
    /// Pinned or saved messages.
    Messages(MessageList),
}

impl DialogRequest {
    /// The message that the visitor is about to change in the dialog.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
    pub(crate) fn message(&self) -> Option<Seq> {
        match self {
            Self::EmojiPicker(seq) | Self::Delete(seq) | Self::Action(seq, _) => Some(*seq),
            Self::Profile | Self::People | Self::Rooms | Self::RoomDetails | Self::Search | Self::Shortcuts => None,
            Self::ComposerEmoji | Self::Lightbox(_) | Self::Restrict(_) | Self::Invite | Self::Messages(_) => None,
        }
    }
}
