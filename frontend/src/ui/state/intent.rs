//! What the visitor can ask the session to do.

use page_model::{composer_mode::ComposerMode, notification_level::NotificationLevel, timeline::Change};
use shared_types::{Language, MessageText, Nonce, Person, PersonName, RoomName, RoomRules, Seq};
use web_sys::File;

/// A command of the visitor.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum Intent {
    /// Send a text, the attached images, or both.
    Post(Option<MessageText>),
    /// Start a new message, a reply or an edit.
    SetComposerMode(ComposerMode),
    Change(Seq, Change),
    AttachImages(Vec<File>),
    DetachImage(u32),
    /// Dismiss the errors.
    DismissErrors,
    /// Set the description of an attached image.
    DescribeImage(u32, String),
    Retry(Nonce),
    Discard(Nonce),
    /// The visitor is typing.
    Typing,
    LoadOlder,
    LoadNewer,
    /// Go back to the newest messages.
    GoToNewest,
    /// Go to a message and load it if needed.
    GoToMessage(Seq),
    /// Copy the address of a message.
    CopyMessageLink(Seq),
    /// The newest message is in view.
    MarkRead,
    /// Ask the server who is online.
    RefreshPeople,
    Reconnect,
    /// Ask the server which rooms have unread messages.
    RefreshRooms,
    /// Remove a room from the list.
    RemoveRoom(RoomName),
    /// Load the dialogs now.
    LoadDialogs,
    /// A command of a dialog.
    Dialog(DialogIntent),
}

/// A command of the visitor in a dialog. What performs it is loaded with the dialogs.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) enum DialogIntent {
    Rename(PersonName),
    /// Switch the language of the page.
    SetLanguage(Language),
    /// Search for messages with these words.
    Search(String),
    /// Search further back.
    SearchMore,
    SetNotifications(NotificationLevel),
    /// Load the restrictions of the person in the restriction dialog.
    LoadRestrictions,
    /// Mute or ban a person for so many seconds; 0 lifts it.
    Restrict {
        person: Person,
        ban: bool,
        seconds: u32,
    },
    /// Delete all messages of a person.
    PurgeUser(Person),
    /// Set the rules of the room.
    SetRules(RoomRules),
    /// Load the audit log.
    Audit,
    /// Load older entries of the audit log.
    AuditMore,
    /// Download everything that the visitor wrote.
    Export,
    /// Delete everything that the visitor wrote.
    EraseMyData,
    /// Stop deleting.
    StopErasing,
    /// Copy the visitor's id.
    CopyId,
    /// Sign out and remove everything that is stored on this device.
    SignOut,
}
