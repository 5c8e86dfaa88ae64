//! What the visitor can ask the session to do.

use page_model::{composer_mode::ComposerMode, notification_level::NotificationLevel, timeline::Change};
use shared_types::{Language, MessageText, Nonce, Person, PersonName, RoomName, RoomRules, Seq};
use web_sys::File;

/// What somebody wants.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "on the server nobody asks for anything"))]
pub(crate) enum Intent {
    /// Send a text, the images in the tray, or both.
    Post(Option<MessageText>),
    /// Write something new, an answer, or another text for a message.
    SetComposerMode(ComposerMode),
    Change(Seq, Change),
    AttachImages(Vec<File>),
    DetachImage(u32),
    /// Read the troubles and be done with them.
    DismissErrors,
    /// Say what is to be seen on an image in the tray.
    DescribeImage(u32, String),
    Retry(Nonce),
    Discard(Nonce),
    Rename(PersonName),
    /// Have the page in another language.
    SetLanguage(Language),
    /// Something is being written.
    Typing,
    LoadOlder,
    LoadNewer,
    /// Go back to the newest messages.
    GoToNewest,
    /// See a message, wherever it is.
    GoToMessage(Seq),
    /// Copy a message's address.
    CopyMessageLink(Seq),
    /// The newest message came into view.
    MarkRead,
    /// Ask who is here.
    RefreshPeople,
    Reconnect,
    /// See where else something new was said.
    RefreshRooms,
    /// Take a room off the list.
    RemoveRoom(RoomName),
    /// Look for messages with these words.
    Search(String),
    /// Look further back.
    SearchMore,
    SetNotifications(NotificationLevel),
    /// Know what the person may not do about whom a moderator decides.
    LoadRestrictions,
    /// Keep somebody quiet or away for so many seconds; 0 takes it back.
    Restrict {
        person: Person,
        ban: bool,
        seconds: u32,
    },
    /// Have everything deleted that somebody wrote.
    PurgeUser(Person),
    /// Let this hold in the room.
    SetRules(RoomRules),
    /// See what moderators did.
    Audit,
    /// See what they did before that.
    AuditMore,
    /// Get everything that the visitor wrote.
    Export,
    /// Have everything deleted that the visitor wrote.
    EraseMyData,
    /// Have no more of it deleted.
    StopErasing,
    /// Copy the visitor's id.
    CopyId,
    /// The visitor leaves by the door: nothing of theirs is to stay on this device.
    SignOut,
}
